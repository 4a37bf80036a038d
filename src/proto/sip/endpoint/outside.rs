//! What happens outside of calls: answers without state, registrations, questions of ours.

use super::Endpoint;
use crate::sip::core::Owner;
use crate::sip::core::stateless::add_to_tag;
use crate::sip::dialog;
use crate::sip::invite::{allow, contact, reason};
use crate::sip::read;
use crate::sip::transaction::ServerKey;
use crate::sip::words::{Carrier, Event, Flow};
use causeway_base::EndCause;
use sip_codec::header::{CSeq, CallId, From, MaxForwards, NameAddr, To, Via};
use sip_codec::{HeaderName, Headers, Method, ParseError, Request, SipUri, Text, Uri};
use std::time::{Duration, Instant};

impl Endpoint {
    pub(super) fn options(&mut self, flow: Flow, request: &Request, size: usize) {
        let mut more = Headers::new();
        more.push_raw(HeaderName::Allow, allow(&self.core.config, flow));
        more.push_raw(HeaderName::Accept, "application/sdp");
        more.push_raw(HeaderName::Supported, "timer, 100rel, replaces");
        self.core.stateless(flow, size, request, 200, more);
        if flow.name.is_some() {
            self.core.event(Event::Asked { flow });
        }
    }

    pub(super) fn malformed(&mut self, flow: Flow, error: ParseError, size: usize) {
        let ParseError::Answer(refusal) = error else { return };
        let mut response = refusal.response();
        response.headers = Headers::new();
        for (name, value) in refusal.recovered.iter() {
            response.headers.push_raw(name.clone(), value.clone());
        }
        let mut flow = flow;
        if let Some(mut via) = read::first::<Via>(&response.headers) {
            let source = flow.remote;
            if flow.carrier == Carrier::Udp && !via.params.has("rport") {
                flow.remote.set_port(via.port.unwrap_or(flow.carrier.default_port()));
            }
            via.note_source(source.ip(), source.port());
            response.headers.set_first(&via);
        }
        let tag = Text::from(self.core.random.token());
        add_to_tag(&mut response.headers, &tag);
        self.core.transmit_bounded(flow, size, response, refusal.advice);
    }

    pub(super) fn refuse(
        &mut self,
        flow: Flow,
        request: &Request,
        size: usize,
        cause: EndCause,
        retry_after: Option<Duration>,
    ) {
        let status = match cause.sip_status() {
            ..300 => 480,
            status => status,
        };
        let mut more = Headers::new();
        if let Some(after) = retry_after {
            more.push_raw(HeaderName::RetryAfter, after.as_secs().to_string());
        }
        more.push(&reason(cause));
        self.core.stateless(flow, size, request, status, more);
    }

    /// A registration that was taken keeps its answer for those who ask again (RFC 3261 section
    /// 17.2.2); a refusal costs nothing.
    pub(super) fn answer_register(
        &mut self,
        now: Instant,
        flow: Flow,
        request: &Request,
        size: usize,
        status: u16,
        headers: Headers,
    ) {
        let key = ServerKey::of_request(request);
        if key.is_some_and(|key| self.core.find_server(&key).is_some()) {
            return; // It came twice before it was answered, and has its answer.
        }
        let kept = (200..300).contains(&status);
        let kept = kept.then(|| self.core.accept(now, None, flow, request, None)).flatten();
        let tag = self.core.nonces.stateless_tag(request);
        match kept.and_then(|id| Some((id, self.core.response_to(id, status, Some(&tag))?))) {
            Some((id, mut response)) => {
                for (name, value) in headers.iter() {
                    response.headers.push_raw(name.clone(), value.clone());
                }
                self.core.respond(now, id, response);
            }
            None => self.core.stateless(flow, size, request, status, headers),
        }
    }

    pub(super) fn ping(&mut self, now: Instant, ping: u64, flow: Flow, target: Uri) {
        let mut request = Request::new(Method::Options, target.clone());
        let ours = self.core.config.host(flow);
        let from = SipUri::new(ours).with_port(flow.local.port());
        let tag = Text::from(self.core.random.token());
        let call_id = Text::from(self.core.random.token());
        request.headers.push(&MaxForwards(dialog::MAX_FORWARDS));
        request.headers.push(&From::new(from).with_tag(tag));
        request.headers.push(&To(NameAddr::new(target)));
        request.headers.push(&CallId(call_id));
        request.headers.push(&CSeq { seq: 1, method: Method::Options });
        request.headers.push(&contact(&self.core.config, flow, false, None));
        request.headers.push_raw(HeaderName::Allow, allow(&self.core.config, flow));
        self.core.send(now, Owner::Ping(ping), flow, request);
    }
}

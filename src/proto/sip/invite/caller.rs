//! An outgoing call until its INVITE is answered.

use super::auth::Auth;
use super::failover::{MAX_ALTERNATIVES, WAY_PATIENCE, blames_the_way};
use super::session::Session;
use super::session_timer::SessionTimer;
use super::{Call, Peer, Phase, offer_headers, put_sdp, reason};
use crate::sip::config::MIN_SE;
use crate::sip::core::{Core, Delivery, Owner};
use crate::sip::dialog::{Dialog, MAX_FORWARDS};
use crate::sip::identity;
use crate::sip::limits::{MAX_EXTRA_HEADERS, MAX_FORKS, MAX_ROUTES};
use crate::sip::read;
use crate::sip::timer::T1_64;
use crate::sip::transaction::ClientKey;
use crate::sip::words::{Event, Hop, Invite};
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::header::{
    CSeq, CallId, From, MaxForwards, MinSe, NameAddr, RAck, RSeq, Route, SessionExpires, To, Via,
};
use sip_codec::{HeaderName, Method, Request, Response, Text, TypedHeader as _, Uri};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Times that a callee may ask for a longer session interval.
const MAX_INTERVAL_RETRIES: u8 = 2;

#[derive(Debug)]
pub(crate) struct Calling {
    pub(crate) invite: ClientKey,
    pub(crate) seq: u32,
    offer: Option<Bytes>,
    early: Vec<Early>,
    cancel: Cancel,
    /// Until when it may ring; after a CANCEL, until when a final response may come.
    until: Instant,
    interval_retries: u8,
    /// The ways that are left.
    pub(super) alternatives: VecDeque<Hop>,
    /// Until when the way under trial may say nothing, while another one is left.
    silent_until: Option<Instant>,
}

/// Whether the INVITE is to be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancel {
    No,
    /// As soon as a provisional response came.
    Wanted(EndCause),
    Sent,
}

/// A dialog that a provisional response made.
#[derive(Debug)]
struct Early {
    dialog: Dialog,
    /// The last RSeq in order.
    rseq: Option<u32>,
    /// The answer that came already.
    sdp: Option<Bytes>,
}

impl Calling {
    pub(crate) fn deadline(&self) -> Instant {
        self.silent_until.map_or(self.until, |silent| silent.min(self.until))
    }

    /// It was not given up.
    pub(super) fn is_wanted(&self) -> bool {
        self.cancel == Cancel::No
    }

    /// Another way is tried from now on.
    pub(super) fn be_patient_from(&mut self, now: Instant) {
        self.silent_until = (!self.alternatives.is_empty()).then(|| now + WAY_PATIENCE);
    }

    /// The INVITE was sent again, with credentials or another interval.
    pub(crate) fn restarted(&mut self, invite: ClientKey, seq: u32) {
        self.invite = invite;
        self.seq = seq;
        self.early.clear();
    }

    /// The early dialog of a tag, made where it is new. `None` beyond the limit.
    fn early(
        &mut self,
        tag: &Text,
        delivery: &Delivery,
        response: &Response,
    ) -> Option<&mut Early> {
        let known = self.early.iter().position(|e| e.dialog.remote_tag == *tag);
        if let Some(at) = known {
            return self.early.get_mut(at);
        }
        if self.early.len() >= MAX_FORKS {
            return None;
        }
        let dialog = Dialog::of_response(&delivery.request, response, delivery.flow)?;
        self.early.push(Early { dialog, rseq: None, sdp: None });
        self.early.last_mut()
    }
}

impl Call {
    /// Sends the INVITE of a new call.
    pub(crate) fn dial(core: &mut Core, now: Instant, invite: Invite) -> Self {
        let call_id = Text::from(core.random.token());
        let local_tag = Text::from(core.random.token());
        let request = first_request(core, &invite, &call_id, &local_tag);
        let key = core.send(now, Owner::Call(invite.call), invite.flow, request);
        let alternatives = invite.alternatives.into_iter().take(MAX_ALTERNATIVES).collect();
        let mut calling = Calling {
            invite: key,
            seq: 1,
            offer: invite.offer,
            early: Vec::new(),
            cancel: Cancel::No,
            until: now + core.config.ring_patience,
            interval_retries: 0,
            alternatives,
            silent_until: None,
        };
        calling.be_patient_from(now);
        Self {
            id: invite.call,
            call_id,
            local_tag,
            source: None,
            merged_tag: None,
            owns_call_id: true,
            phase: Phase::Calling(Box::new(calling)),
            ended: false,
            acks: Vec::new(),
            auth: Auth {
                credentials: invite.credentials,
                challenge: None,
                called: Some(invite.target),
            },
            peer: Peer::default(),
        }
    }

    /// Gives up an outgoing call (RFC 3261 section 9.1): the CANCEL waits for a provisional
    /// response, the final response is awaited for 64 * T1.
    pub(super) fn cancel(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        self.end(core, cause);
        let Phase::Calling(calling) = &mut self.phase else { return };
        if calling.cancel != Cancel::No {
            return;
        }
        calling.until = now + T1_64;
        calling.silent_until = None;
        calling.cancel = Cancel::Wanted(cause);
        self.cancel_if_may(core, now);
    }

    fn cancel_if_may(&mut self, core: &mut Core, now: Instant) {
        let Phase::Calling(calling) = &mut self.phase else { return };
        if let Cancel::Wanted(cause) = calling.cancel
            && core.may_cancel(calling.invite)
        {
            calling.cancel = Cancel::Sent;
            calling.until = now + T1_64;
            core.send_cancel(now, calling.invite, reason(cause).to_value());
        }
    }

    pub(super) fn calling_timeout(&mut self, core: &mut Core, now: Instant) {
        let Phase::Calling(calling) = &self.phase else { return };
        if calling.silent_until.is_some_and(|silent| silent <= now) {
            return self.way_is_silent(core, now);
        }
        if now < calling.until {
            return;
        }
        if calling.cancel == Cancel::No {
            return self.cancel(core, now, EndCause::NoAnswer);
        }
        core.abandon(calling.invite);
        self.phase = Phase::Closing(None);
    }

    /// A provisional response or a failure.
    pub(super) fn calling_response(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) {
        self.cancel_if_may(core, now);
        let status = response.status.code();
        if let Phase::Calling(calling) = &mut self.phase {
            calling.silent_until = None;
        }
        match status {
            100 => {}
            101..=199 => self.provisional(core, now, delivery, response),
            422 if !self.ended && self.lengthen_interval(core, now, delivery, response) => {}
            _ if blames_the_way(status) && self.goes_on(core, now, delivery, response) => {}
            _ => {
                self.phase = Phase::Closing(None);
                self.end(core, EndCause::from_sip_status(status));
            }
        }
    }

    fn provisional(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) {
        let Phase::Calling(calling) = &mut self.phase else { return };
        let mut sdp = read::sdp(&response.headers, &response.body);
        if calling.offer.is_none() {
            sdp = None;
        }
        if let Some(tag) = read::to_tag(&response.headers) {
            let Some(early) = calling.early(&tag, delivery, response) else { return };
            self.peer.learn(&response.headers);
            if early.sdp.is_some() {
                sdp = None;
            }
            let reliable = read::has_token(&response.headers, &HeaderName::Require, "100rel");
            if reliable && let Some(RSeq(rseq)) = read::first(&response.headers) {
                if early.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
                    return;
                }
                early.rseq = Some(rseq);
                let seq = read::cseq(&delivery.request.headers).map_or(0, |(seq, _)| seq);
                let mut prack = early.dialog.request(Method::Prack);
                prack.headers.push(&RAck { rseq, seq, method: Method::Invite });
                let flow = early.dialog.flow();
                self.authorize(core, &mut prack);
                core.send(now, Owner::Call(self.id), flow, prack);
            }
            self.remember_answer(&tag, sdp.as_ref());
        }
        let (call, status) = (self.id, response.status.code());
        self.event(core, Event::Progress { call, status, sdp });
    }

    fn remember_answer(&mut self, tag: &Text, sdp: Option<&Bytes>) {
        let Phase::Calling(calling) = &mut self.phase else { return };
        let early = calling.early.iter_mut().find(|e| e.dialog.remote_tag == *tag);
        if let (Some(early), Some(sdp)) = (early, sdp) {
            early.sdp = Some(sdp.clone());
        }
    }

    /// 422: asks again with the interval that the callee wants (RFC 4028 section 7.3).
    fn lengthen_interval(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) -> bool {
        let Phase::Calling(calling) = &mut self.phase else { return false };
        let Some(MinSe(wanted)) = read::first(&response.headers) else { return false };
        if calling.interval_retries >= MAX_INTERVAL_RETRIES {
            return false;
        }
        calling.interval_retries += 1;
        let mut request = delivery.request.clone();
        request.headers.pop_front::<Via>();
        let interval = Duration::from_secs(u64::from(wanted)).max(core.config.session_expires);
        let seconds = u32::try_from(interval.as_secs()).unwrap_or(u32::MAX);
        request.headers.set(&SessionExpires::new(seconds, None));
        request.headers.set(&MinSe(wanted));
        let seq = calling.seq + 1;
        request.headers.set(&CSeq { seq, method: Method::Invite });
        let key = core.send(now, Owner::Call(self.id), delivery.flow, request);
        calling.restarted(key, seq);
        true
    }

    /// The first 2xx: the dialog is confirmed.
    pub(super) fn establish(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) {
        let Phase::Calling(calling) = &mut self.phase else { return };
        let tag = read::to_tag(&response.headers).unwrap_or_default();
        let known = calling.early.iter().position(|e| e.dialog.remote_tag == tag);
        let (dialog, early_sdp) = match known.map(|at| calling.early.swap_remove(at)) {
            Some(mut early) => {
                early.dialog.confirm(response);
                (Some(early.dialog), early.sdp)
            }
            None => (Dialog::of_response(&delivery.request, response, delivery.flow), None),
        };
        let branches = calling.early.iter().any(|early| early.sdp.is_some());
        let (offer, seq) = (calling.offer.take(), calling.seq);
        let Some(mut dialog) = dialog else {
            self.phase = Phase::Closing(None);
            return self.end(core, EndCause::ProtocolError);
        };
        self.peer.learn(&response.headers);
        let sdp = read::sdp(&response.headers, &response.body);
        let offered = offer.is_some();
        if sdp.is_none() && (early_sdp.is_none() || !offered) {
            self.acknowledge(core, &dialog, seq, &delivery.request, None);
            self.send_bye(core, now, &mut dialog, EndCause::BadMediaDescription);
            self.phase = Phase::Closing(None);
            return self.end(core, EndCause::BadMediaDescription);
        }
        let timer = SessionTimer::of_response(now, &response.headers);
        let mut session = Session::new(dialog, timer, offer);
        if !offered {
            session.owe_ack(seq, &delivery.request);
        } else if let Some(uri) = session.dialog.sought() {
            session.hold_ack(seq, &delivery.request);
            self.event(core, Event::Sought { call: self.id, uri: Box::new(uri) });
        } else {
            self.acknowledge(core, &session.dialog, seq, &delivery.request, None);
        }
        self.phase = Phase::Established(Box::new(session));
        // Where another branch answered early too, the application must hear which one it is.
        let sdp = match early_sdp {
            Some(early) if branches => sdp.or(Some(early)),
            early => sdp.filter(|sdp| early.as_ref() != Some(sdp)),
        };
        self.event(core, Event::Answered { call: self.id, sdp });
    }
}

fn first_request(core: &Core, invite: &Invite, call_id: &Text, local_tag: &Text) -> Request {
    let mut request = Request::new(Method::Invite, invite.target.clone());
    let headers = &mut request.headers;
    headers.push(&MaxForwards(MAX_FORWARDS));
    for route in invite.route.iter().take(MAX_ROUTES) {
        headers.push(&Route(route.clone()));
    }
    headers.push(&From(identity::from(invite)).with_tag(local_tag.clone()));
    headers.push(&callee(&invite.target));
    headers.push(&CallId(call_id.clone()));
    headers.push(&CSeq { seq: 1, method: Method::Invite });
    let sips = invite.target.scheme() == b"sips";
    let user = identity::from(invite).uri.user();
    offer_headers(&core.config, headers, invite.flow, sips, user);
    if invite.offer.is_some() {
        headers.remove(&HeaderName::Supported);
        headers.push_raw(HeaderName::Supported, "timer, 100rel, replaces");
    }
    let seconds = u32::try_from(core.config.session_expires.as_secs()).unwrap_or(1800);
    headers.push(&SessionExpires::new(seconds, None));
    headers.push(&MinSe(u32::try_from(MIN_SE.as_secs()).unwrap_or(90)));
    identity::present(headers, &invite.presentation);
    let extra = invite.headers.iter().filter(|(name, _)| !is_ours(name));
    for (name, value) in extra.take(MAX_EXTRA_HEADERS) {
        headers.push_raw(name.clone(), value.clone());
    }
    if let Some(sdp) = invite.offer.clone() {
        put_sdp(headers, &mut request.body, sdp);
    }
    request
}

/// To, without its tag: the target without what is only for its way.
pub(super) fn callee(target: &Uri) -> To {
    let mut to = target.clone();
    if let Some(uri) = to.as_sip_mut() {
        uri.params = Default::default();
        uri.headers = Default::default();
    }
    To(NameAddr::new(to))
}

/// Headers that name the call, its way or its offer: the endpoint's own.
fn is_ours(name: &HeaderName) -> bool {
    matches!(
        name,
        HeaderName::Via
            | HeaderName::From
            | HeaderName::To
            | HeaderName::CallId
            | HeaderName::CSeq
            | HeaderName::Contact
            | HeaderName::MaxForwards
            | HeaderName::Route
            | HeaderName::RecordRoute
            | HeaderName::Allow
            | HeaderName::Supported
            | HeaderName::Require
            | HeaderName::SessionExpires
            | HeaderName::MinSe
            | HeaderName::ContentType
            | HeaderName::ContentLength
            | HeaderName::Authorization
            | HeaderName::ProxyAuthorization
            | HeaderName::PAssertedIdentity
            | HeaderName::Privacy
            | HeaderName::UserAgent
    )
}

//! An incoming call until it is answered.

use super::auth::Auth;
use super::reliable::{Due, Rel, Reliable};
use super::session::{Confirms, Session};
use super::session_timer::SessionTimer;
use super::{Call, Peer, Phase, put_sdp, reason};
use crate::sip::core::{Core, ServerId};
use crate::sip::dialog::Dialog;
use crate::sip::read;
use crate::sip::words::{Event, Flow};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use sip_codec::header::{RAck, RSeq};
use sip_codec::{HeaderName, Headers, Method, Request, Response, Text};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Incoming {
    server: ServerId,
    /// Nothing proves that its source is the caller.
    stranger: bool,
    pub(super) dialog: Dialog,
    seq: u32,
    /// Of the INVITE, for the session timer of the answer.
    invite: Headers,
    offered: bool,
    rel: Rel,
    reliable: Reliable,
    /// The answer went out in a provisional response.
    early_answer: Option<Bytes>,
    /// The answer that waits for a PRACK.
    answer: Option<Bytes>,
    /// When to say again that it rings: proxies give up after three minutes
    /// (RFC 3261 section 13.3.1.1).
    repeat_at: Option<Instant>,
    /// Until when the application owes its next word.
    answer_by: Instant,
}

/// Between provisional responses (RFC 3261 section 13.3.1.1).
const REPEAT: Duration = Duration::from_secs(60);

impl Incoming {
    pub(crate) fn deadline(&self) -> Option<Instant> {
        [self.reliable.deadline(), self.repeat_at, Some(self.answer_by)].into_iter().flatten().min()
    }
}

impl Call {
    /// Takes an INVITE. `None` where its transaction exists already, or the request makes no
    /// dialog. 100 Trying, but not to a stranger (`credit`): that would end the repeats of its
    /// INVITE, which bring the credit for our answer.
    pub(crate) fn admit(
        core: &mut Core,
        now: Instant,
        id: LegId,
        flow: Flow,
        request: &Request,
        credit: Option<usize>,
    ) -> Option<Self> {
        let local_tag = Text::from(core.random.token());
        let dialog = Dialog::of_request(request, &local_tag, flow)?;
        let server = core.accept(now, Some(id), flow, request, credit)?;
        if credit.is_none() {
            core.reply(now, server, 100, None);
        }
        let headers = &request.headers;
        let mut invite = Headers::new();
        for name in [HeaderName::Supported, HeaderName::SessionExpires, HeaderName::MinSe] {
            headers.copy_to(&name, &mut invite);
        }
        let rel = if read::has_token(headers, &HeaderName::Require, "100rel") {
            Rel::Required
        } else if read::has_token(headers, &HeaderName::Supported, "100rel") {
            Rel::Supported
        } else {
            Rel::Unknown
        };
        let mut peer = Peer::default();
        peer.learn(headers);
        let first_rseq = 1 + core.random.below(1 << 20);
        let call_id = dialog.call_id.clone();
        let incoming = Incoming {
            server,
            stranger: credit.is_some(),
            seq: read::cseq(headers).map_or(0, |(seq, _)| seq),
            dialog,
            invite,
            offered: read::sdp(headers, &request.body).is_some(),
            rel,
            reliable: Reliable::new(first_rseq),
            early_answer: None,
            answer: None,
            repeat_at: None,
            answer_by: now + core.config.ring_patience,
        };
        Some(Self {
            id,
            call_id,
            local_tag,
            source: Some(flow.remote.ip()),
            merged_tag: read::from_tag(headers),
            owns_call_id: false,
            phase: Phase::Incoming(Box::new(incoming)),
            ended: false,
            acks: Vec::new(),
            auth: Auth::default(),
            peer,
        })
    }

    /// A provisional response, reliable where it must be, or may and is wanted so.
    pub(crate) fn progress(
        &mut self,
        core: &mut Core,
        now: Instant,
        status: u16,
        sdp: Option<Bytes>,
        reliable: bool,
    ) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        if !(101..200).contains(&status) || incoming.answer.is_some() {
            return;
        }
        incoming.answer_by = now + core.config.ring_patience;
        let sdp = sdp.filter(|_| incoming.offered && incoming.early_answer.is_none());
        if incoming.rel == Rel::Required || (reliable && incoming.rel == Rel::Supported) {
            incoming.reliable.push(status, sdp);
            return self.send_reliable(core, now);
        }
        let server = incoming.server;
        let Some(response) = self.provisional_response(core, status, sdp) else { return };
        core.respond(now, server, response);
        if let Phase::Incoming(incoming) = &mut self.phase {
            incoming.repeat_at = Some(now + REPEAT);
        }
    }

    fn provisional_response(
        &self,
        core: &Core,
        status: u16,
        sdp: Option<Bytes>,
    ) -> Option<Response> {
        let Phase::Incoming(incoming) = &self.phase else { return None };
        let mut response = core.response_to(incoming.server, status, Some(&self.local_tag))?;
        incoming.dialog.introduce(&core.config, &mut response.headers);
        if let Some(sdp) = sdp {
            put_sdp(&mut response.headers, &mut response.body, sdp);
        }
        Some(response)
    }

    fn send_reliable(&mut self, core: &mut Core, now: Instant) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        let Some((queued, rseq)) = incoming.reliable.next() else { return };
        let server = incoming.server;
        let Some(mut response) = self.provisional_response(core, queued.status, queued.sdp.clone())
        else {
            return;
        };
        response.headers.push_raw(HeaderName::Require, "100rel");
        response.headers.push(&RSeq(rseq));
        let Some((flow, bytes)) = core.respond(now, server, response) else { return };
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        incoming.reliable.sent(now, flow, bytes, queued.sdp.is_some());
        if queued.sdp.is_some() {
            incoming.early_answer = queued.sdp;
        }
    }

    /// 200. Waits where the answer is in a reliable response that is not acknowledged.
    pub(crate) fn answer(&mut self, core: &mut Core, now: Instant, sdp: Bytes) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        if incoming.reliable.holds_answer() {
            incoming.answer = Some(sdp);
            return;
        }
        let Some(mut response) = core.response_to(incoming.server, 200, Some(&self.local_tag))
        else {
            return;
        };
        incoming.dialog.introduce(&core.config, &mut response.headers);
        let timer =
            SessionTimer::of_request(now, &incoming.invite, &core.config, &mut response.headers);
        if incoming.early_answer.is_none() {
            put_sdp(&mut response.headers, &mut response.body, sdp.clone());
        }
        if core.respond(now, incoming.server, response).is_none() {
            return;
        }
        let mut session = Session::new(incoming.dialog.clone(), timer, Some(sdp));
        let Incoming { server, seq, offered, stranger, .. } = **incoming;
        session.await_ack(now, seq, server, !offered, Confirms::Call { stranger });
        self.phase = Phase::Established(Box::new(session));
    }

    /// A failure.
    pub(crate) fn reject(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        let status = match cause.sip_status() {
            ..300 => 480,
            status => status,
        };
        self.refuse(core, now, status, cause);
    }

    fn refuse(&mut self, core: &mut Core, now: Instant, status: u16, cause: EndCause) {
        let Phase::Incoming(incoming) = &self.phase else { return };
        if let Some(mut response) = core.response_to(incoming.server, status, Some(&self.local_tag))
        {
            response.headers.push(&reason(cause));
            if cause == EndCause::RateLimited {
                response.headers.push_raw(HeaderName::RetryAfter, "10");
            }
            core.respond(now, incoming.server, response);
        }
        self.phase = Phase::Closing(None);
        self.end(core, cause);
    }

    /// The caller's CANCEL came, and was answered. Too late for an answered call (section 9.2).
    pub(crate) fn cancelled(&mut self, core: &mut Core, now: Instant, invite: ServerId) {
        match &mut self.phase {
            Phase::Incoming(_) => self.refuse(core, now, 487, EndCause::Cancelled),
            Phase::Established(session) => session.offer_cancelled(core, now, invite),
            _ => {}
        }
    }

    /// Others need the room of a call that nobody proved to have made. Says nothing more to a
    /// source that may have nothing to do with it.
    pub(crate) fn give_up_unconfirmed(&mut self, core: &mut Core, now: Instant) {
        match &self.phase {
            Phase::Incoming(incoming) if incoming.stranger => {
                self.refuse(core, now, 503, EndCause::CapacityReached);
            }
            Phase::Established(session) if session.is_unproven() => {
                self.phase = Phase::Closing(None);
                self.end(core, EndCause::SignallingTimeout);
            }
            _ => {}
        }
    }

    pub(super) fn incoming_timeout(&mut self, core: &mut Core, now: Instant) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        if now >= incoming.answer_by {
            return self.refuse(core, now, 480, EndCause::NoAnswer);
        }
        if incoming.repeat_at.is_some_and(|at| now >= at) {
            incoming.repeat_at = Some(now + REPEAT);
            core.repeat_last(incoming.server);
        }
        match incoming.reliable.timeout(now) {
            Due::Nothing => {}
            Due::Retransmit(..) if incoming.stranger => core.repeat_last(incoming.server),
            Due::Retransmit(flow, bytes) => core.transmit(flow, bytes),
            Due::GiveUp => self.refuse(core, now, 504, EndCause::SignallingTimeout),
        }
    }

    /// A request on the early dialog.
    pub(super) fn incoming_request(
        &mut self,
        core: &mut Core,
        now: Instant,
        id: ServerId,
        request: &Request,
    ) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        let seq = read::cseq(&request.headers).map_or(0, |(seq, _)| seq);
        if !incoming.dialog.in_order(seq) {
            return core.reply(now, id, 500, None);
        }
        match request.method {
            Method::Prack => self.acknowledged(core, now, id, request),
            Method::Bye => {
                core.reply(now, id, 200, None);
                self.refuse(core, now, 487, EndCause::Cancelled);
            }
            Method::Update if !request.body.is_empty() => self.not_now(core, now, id, 500),
            Method::Invite => self.not_now(core, now, id, 500),
            Method::Refer => core.reply(now, id, 403, None),
            Method::Info => {
                let event = super::info::read(self.id, &request.headers, &request.body);
                event.into_iter().for_each(|event| self.event(core, event));
                core.reply(now, id, 200, None);
            }
            _ => core.reply(now, id, 200, None),
        }
    }

    fn acknowledged(&mut self, core: &mut Core, now: Instant, id: ServerId, request: &Request) {
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        let rack: Option<RAck> = read::first(&request.headers);
        let fits = rack.is_some_and(|rack| {
            rack.method == Method::Invite
                && rack.seq == incoming.seq
                && incoming.reliable.acknowledge(rack.rseq)
        });
        if !fits {
            return core.reply(now, id, 481, None);
        }
        if read::sdp(&request.headers, &request.body).is_some() {
            // An offer in a PRACK while the call is not answered: what stands, stands.
            core.reply(now, id, 488, None);
        } else {
            core.reply(now, id, 200, None);
        }
        self.send_reliable(core, now);
        let Phase::Incoming(incoming) = &mut self.phase else { return };
        if let Some(sdp) = incoming.answer.take() {
            self.answer(core, now, sdp);
        }
    }

    /// The ACK of a 2xx came.
    pub(crate) fn ack(&mut self, core: &mut Core, now: Instant, request: &Request) {
        if matches!(self.phase, Phase::Established(_)) {
            let seq = read::cseq(&request.headers).map_or(0, |(seq, _)| seq);
            let sdp = read::sdp(&request.headers, &request.body);
            self.session_ack(core, now, seq, sdp);
        }
    }

    /// Confirmed, for the first answer only.
    pub(super) fn confirmed(&self, core: &mut Core, sdp: Option<Bytes>) {
        self.event(core, Event::Confirmed { call: self.id, sdp });
    }
}

//! A confirmed dialog: offers anew and their glare, refreshes, INFO, BYE.

use super::session_timer::{Due, SessionTimer};
use super::{Call, Phase, info, offer_headers, put_sdp};
use crate::sip::core::{Core, Delivery, Owner, ServerId};
use crate::sip::dialog::Dialog;
use crate::sip::read;
use crate::sip::timer::{Backoff, T1_64, T2};
use crate::sip::transaction::ClientKey;
use crate::sip::words::{Event, Flow};
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::header::{MinSe, SessionExpires};
use sip_codec::{HeaderName, Headers, Method, Request, Response};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) dialog: Dialog,
    timer: Option<SessionTimer>,
    /// The last session description that we sent and the peer took, or may take.
    local_sdp: Option<Bytes>,
    /// Our offer or refresh under way.
    ours: Option<Ours>,
    /// The peer's, which the application owes an answer.
    theirs: Option<Theirs>,
    /// Our 2xx that waits for its ACK.
    unacked: Option<Unacked>,
    /// The ACK that waits for our answer to the offer in a 2xx.
    owed_ack: Option<OwedAck>,
    /// An offer that waits until nothing else is under way.
    queued: Option<Bytes>,
    /// After glare: when to offer again.
    retry_at: Option<Instant>,
    /// Hung up while the ACK is missing: the BYE waits for it (RFC 3261 section 15).
    bye: Option<EndCause>,
}

#[derive(Clone, Debug)]
struct Ours {
    key: ClientKey,
    /// What was offered; `None` for a refresh.
    offer: Option<Bytes>,
}

#[derive(Debug)]
struct Theirs {
    server: ServerId,
    invite: bool,
    seq: u32,
    offered: bool,
    headers: Headers,
    /// An application that does not answer is answered for.
    until: Instant,
}

#[derive(Debug)]
struct Unacked {
    seq: u32,
    flow: Flow,
    bytes: Bytes,
    backoff: Backoff,
    until: Instant,
    /// Our 2xx had an offer: the ACK has the answer.
    offer: bool,
    first: bool,
}

#[derive(Debug)]
struct OwedAck {
    seq: u32,
    invite: Box<Request>,
}

impl Session {
    pub(crate) fn new(
        dialog: Dialog,
        timer: Option<SessionTimer>,
        local_sdp: Option<Bytes>,
    ) -> Self {
        Self {
            dialog,
            timer,
            local_sdp,
            ours: None,
            theirs: None,
            unacked: None,
            owed_ack: None,
            queued: None,
            retry_at: None,
            bye: None,
        }
    }

    /// A 2xx of ours was sent (RFC 3261 section 13.3.1.4).
    pub(crate) fn await_ack(
        &mut self,
        now: Instant,
        seq: u32,
        flow: Flow,
        bytes: Bytes,
        offer: bool,
        first: bool,
    ) {
        let (backoff, until) = (Backoff::start(now, T2), now + T1_64);
        self.unacked = Some(Unacked { seq, flow, bytes, backoff, until, offer, first });
    }

    /// A 2xx with an offer came: its ACK waits for our answer.
    pub(crate) fn owe_ack(&mut self, seq: u32, invite: &Request) {
        let mut invite = invite.clone();
        invite.body = Bytes::new();
        self.owed_ack = Some(OwedAck { seq, invite: Box::new(invite) });
    }

    /// A request of ours was sent again with credentials.
    pub(crate) fn restarted(&mut self, old: ClientKey, new: ClientKey) {
        if let Some(ours) = &mut self.ours
            && ours.key == old
        {
            ours.key = new;
        }
    }

    /// The peer takes its offer back before it was answered.
    pub(crate) fn offer_cancelled(&mut self, core: &mut Core, now: Instant, invite: ServerId) {
        if let Some(theirs) = self.theirs.take_if(|theirs| theirs.server == invite) {
            core.reply(now, theirs.server, 487, None);
        }
    }

    /// Neither side has an offer or an INVITE under way.
    fn is_quiet(&self) -> bool {
        self.ours.is_none()
            && self.theirs.is_none()
            && self.unacked.is_none()
            && self.owed_ack.is_none()
            && self.retry_at.is_none()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let refresh = self.timer.as_ref().map(SessionTimer::deadline);
        let ack = self.unacked.as_ref().map(|u| u.backoff.at().min(u.until));
        let answer = self.theirs.as_ref().map(|t| t.until);
        [refresh, ack, answer, self.retry_at].into_iter().flatten().min()
    }
}

impl Call {
    fn session(&mut self) -> Option<&mut Session> {
        match &mut self.phase {
            Phase::Established(session) => Some(session),
            _ => None,
        }
    }

    pub(super) fn session_timeout(&mut self, core: &mut Core, now: Instant) {
        self.ack_timeout(core, now);
        let Some(session) = self.session() else { return };
        if session.theirs.as_ref().is_some_and(|t| now >= t.until) {
            return self.reject_reoffer(core, now);
        }
        if session.retry_at.is_some_and(|at| now >= at) {
            session.retry_at = None;
        }
        match session.timer.as_mut().map_or(Due::Nothing, |timer| timer.timeout(now)) {
            Due::Nothing => {}
            Due::Refresh => self.refresh(core, now),
            Due::Expired => return self.session_lost(core, now, EndCause::SessionExpired),
        }
        self.offer_queued(core, now);
    }

    fn ack_timeout(&mut self, core: &mut Core, now: Instant) {
        let Some(session) = self.session() else { return };
        let Some(unacked) = &mut session.unacked else { return };
        if now >= unacked.until {
            session.unacked = None;
            let cause = session.bye.take().unwrap_or(EndCause::SignallingTimeout);
            return self.bye(core, now, cause);
        }
        if unacked.backoff.fire(now) {
            let (flow, bytes) = (unacked.flow, unacked.bytes.clone());
            core.transmit(flow, bytes);
        }
    }

    /// The ACK of our 2xx.
    pub(super) fn session_ack(
        &mut self,
        core: &mut Core,
        now: Instant,
        seq: u32,
        sdp: Option<Bytes>,
    ) {
        let Some(session) = self.session() else { return };
        let Some(unacked) = session.unacked.take_if(|unacked| unacked.seq == seq) else { return };
        if let Some(cause) = session.bye.take() {
            return self.bye(core, now, cause);
        }
        if unacked.offer && sdp.is_none() {
            // An offer without an answer leaves the call without media.
            return self.session_lost(core, now, EndCause::BadMediaDescription);
        }
        let sdp = sdp.filter(|_| unacked.offer);
        match sdp {
            sdp if unacked.first => self.confirmed(core, sdp),
            Some(sdp) => self.event(core, Event::ReofferAnswered { call: self.id, sdp }),
            None => {}
        }
        self.offer_queued(core, now);
    }

    /// Hangs up: BYE, after the ACK where it is missing.
    pub(super) fn hangup_session(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        self.end(core, cause);
        let Some(session) = self.session() else { return };
        if session.unacked.is_some() {
            session.bye = Some(cause);
            return;
        }
        self.bye(core, now, cause);
    }

    /// The peer is silent or broken: says goodbye all the same.
    pub(super) fn session_lost(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        self.bye(core, now, cause);
    }

    fn bye(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        self.end(core, cause);
        let phase = std::mem::replace(&mut self.phase, Phase::Closing(None));
        let Phase::Established(mut session) = phase else {
            self.phase = phase;
            return;
        };
        if let Some(theirs) = session.theirs.take() {
            core.reply(now, theirs.server, 487, None);
        }
        if let Some(owed) = session.owed_ack.take() {
            self.acknowledge(core, &session.dialog, owed.seq, &owed.invite, None);
        }
        self.send_bye(core, now, &mut session.dialog, cause);
        self.phase = Phase::Closing(Some(Box::new(session.dialog)));
    }

    // Offers of ours.

    /// Offers anew, now or as soon as nothing else is under way.
    pub(crate) fn reoffer(&mut self, core: &mut Core, now: Instant, sdp: Bytes) {
        if let Some(session) = self.session() {
            session.queued = Some(sdp);
            self.offer_queued(core, now);
        }
    }

    fn offer_queued(&mut self, core: &mut Core, now: Instant) {
        if self.ended {
            return;
        }
        let Some(session) = self.session() else { return };
        if !session.is_quiet() {
            return;
        }
        let Some(sdp) = session.queued.take() else { return };
        let Some(mut request) = self.refresh_request(Method::Invite) else { return };
        put_sdp(&mut request.headers, &mut request.body, sdp.clone());
        self.send_ours(core, now, request, Some(sdp));
    }

    /// A session refresh: UPDATE where the peer takes it, else a re-INVITE that changes
    /// nothing. One under way refreshes as well.
    fn refresh(&mut self, core: &mut Core, now: Instant) {
        let by_update = self.peer.update;
        let Some(session) = self.session() else { return };
        if !session.is_quiet() || session.queued.is_some() || self.ended {
            return;
        }
        if by_update {
            let Some(request) = self.refresh_request(Method::Update) else { return };
            return self.send_ours(core, now, request, None);
        }
        let Some(sdp) = self.session().and_then(|s| s.local_sdp.clone()) else { return };
        let Some(mut request) = self.refresh_request(Method::Invite) else { return };
        put_sdp(&mut request.headers, &mut request.body, sdp);
        self.send_ours(core, now, request, None);
    }

    /// A target refresh request with the session timer's headers.
    fn refresh_request(&mut self, method: Method) -> Option<Request> {
        let timer = self.peer.timer;
        let session = self.session()?;
        let mut request = session.dialog.request(method);
        offer_headers(&mut request.headers, session.dialog.flow(), session.dialog.sips);
        if let Some(at) = session.timer.as_ref().filter(|_| timer) {
            request.headers.push(&at.header());
        }
        Some(request)
    }

    fn send_ours(
        &mut self,
        core: &mut Core,
        now: Instant,
        mut request: Request,
        offer: Option<Bytes>,
    ) {
        self.authorize(core, &mut request);
        let id = self.id;
        let Some(session) = self.session() else { return };
        let key = core.send(now, Owner::Call(id), session.dialog.flow(), request);
        session.ours = Some(Ours { key, offer });
    }

    /// A response to a request of ours within the session.
    pub(super) fn session_response(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) {
        let status = response.status.code();
        if self.session().is_none() || status < 200 {
            return;
        }
        if matches!(status, 408 | 481) {
            return self.session_lost(core, now, EndCause::SignallingTimeout);
        }
        let Some(session) = self.session() else { return };
        let Some(ours) = session.ours.take_if(|ours| ours.key == delivery.key) else {
            return;
        };
        if response.status.is_success() {
            self.ours_accepted(core, now, delivery, response, ours);
        } else if status == 491 {
            self.glare(core, now, ours);
        } else if status == 422 {
            self.interval_too_short(response, ours);
        } else if ours.offer.is_some() {
            self.event(core, Event::ReofferFailed { call: self.id, status });
        }
        self.offer_queued(core, now);
    }

    fn ours_accepted(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
        ours: Ours,
    ) {
        self.peer.learn(&response.headers);
        let Some(session) = self.session() else { return };
        session.dialog.refresh_target(&response.headers);
        if let Some(timer) = SessionTimer::of_response(now, &response.headers) {
            session.timer = Some(timer);
        }
        if delivery.request.method == Method::Invite {
            let seq = read::cseq(&response.headers).map_or(0, |(seq, _)| seq);
            let dialog = session.dialog.clone();
            self.acknowledge(core, &dialog, seq, &delivery.request, None);
        }
        let Some(offer) = ours.offer else { return };
        let call = self.id;
        if let Some(sdp) = read::sdp(&response.headers, &response.body) {
            if let Some(session) = self.session() {
                session.local_sdp = Some(offer);
            }
            self.event(core, Event::ReofferAnswered { call, sdp });
        } else {
            self.event(core, Event::ReofferFailed { call, status: response.status.code() });
        }
    }

    /// 491: both offered at once. Each tries again after a time of its own
    /// (RFC 3261 section 14.1).
    fn glare(&mut self, core: &mut Core, now: Instant, ours: Ours) {
        let tens =
            if self.owns_call_id { 210 + core.random.below(191) } else { core.random.below(201) };
        let Some(session) = self.session() else { return };
        session.retry_at = Some(now + Duration::from_millis(u64::from(tens) * 10));
        if session.queued.is_none() {
            session.queued = ours.offer.or_else(|| session.local_sdp.clone());
        }
    }

    /// 422 to a refresh: the next one asks for what the peer wants.
    fn interval_too_short(&mut self, response: &Response, ours: Ours) {
        let wanted: Option<MinSe> = read::first(&response.headers);
        let Some(session) = self.session() else { return };
        if let Some(timer) = &mut session.timer {
            timer.lengthen(wanted.map_or(0, |MinSe(seconds)| seconds));
        }
        if session.queued.is_none() {
            session.queued = ours.offer;
        }
    }

    // Requests of the peer.

    pub(super) fn session_request(
        &mut self,
        core: &mut Core,
        now: Instant,
        id: ServerId,
        flow: Flow,
        request: &Request,
    ) {
        let Some(session) = self.session() else { return };
        let seq = read::cseq(&request.headers).map_or(0, |(seq, _)| seq);
        if !session.dialog.in_order(seq) {
            return core.reply(now, id, 500, None);
        }
        let refresh = matches!(request.method, Method::Invite | Method::Update);
        session.dialog.follow(flow, refresh);
        match request.method {
            Method::Bye => self.peer_hung_up(core, now, id),
            Method::Invite | Method::Update => self.peer_offers(core, now, id, request, seq),
            Method::Info => self.peer_informs(core, now, id, request),
            Method::Prack => core.reply(now, id, 481, None),
            _ => core.reply(now, id, 200, None),
        }
    }

    fn peer_hung_up(&mut self, core: &mut Core, now: Instant, id: ServerId) {
        core.reply(now, id, 200, None);
        let phase = std::mem::replace(&mut self.phase, Phase::Closing(None));
        if let Phase::Established(session) = phase {
            if let Some(theirs) = session.theirs {
                core.reply(now, theirs.server, 487, None);
            }
            self.phase = Phase::Closing(Some(Box::new(session.dialog)));
        }
        self.end(core, EndCause::Normal);
    }

    fn peer_informs(&mut self, core: &mut Core, now: Instant, id: ServerId, request: &Request) {
        if !request.body.is_empty() && !info::is_known(&request.headers) {
            if let Some(mut response) = core.response_to(id, 415, None) {
                response.headers.push_raw(HeaderName::Accept, info::ACCEPT);
                core.respond(now, id, response);
            }
            return;
        }
        if let Some(event) = info::read(self.id, &request.headers, &request.body) {
            self.event(core, event);
        }
        core.reply(now, id, 200, None);
    }

    fn peer_offers(
        &mut self,
        core: &mut Core,
        now: Instant,
        id: ServerId,
        request: &Request,
        seq: u32,
    ) {
        if super::session_timer::is_too_short(&request.headers) {
            return self.too_short(core, now, id);
        }
        let invite = request.method == Method::Invite;
        let offer = read::sdp(&request.headers, &request.body);
        let ended = self.ended;
        let Some(session) = self.session() else { return };
        if ended {
            return core.reply(now, id, 487, None);
        }
        if !invite && offer.is_none() {
            return self.refreshed(core, now, id, &request.headers);
        }
        if session.theirs.is_some() {
            return self.not_now(core, now, id, 500);
        }
        let answer_missing = session.unacked.as_ref().is_some_and(|unacked| unacked.offer);
        if session.ours.is_some() || session.owed_ack.is_some() || answer_missing {
            return self.not_now(core, now, id, 491);
        }
        session.dialog.refresh_target(&request.headers);
        let offered = offer.is_some();
        let mut headers = Headers::new();
        for name in [HeaderName::Supported, HeaderName::SessionExpires, HeaderName::MinSe] {
            request.headers.copy_to(&name, &mut headers);
        }
        let until = now + T1_64 / 2;
        session.theirs = Some(Theirs { server: id, invite, seq, offered, headers, until });
        // A new INVITE says that the 2xx before it arrived, though its ACK did not.
        let unacked = if invite { session.unacked.take() } else { None };
        let confirmed = unacked.is_some_and(|unacked| unacked.first);
        self.peer.learn(&request.headers);
        if confirmed {
            self.confirmed(core, None);
        }
        self.event(core, Event::Reoffered { call: self.id, offer });
    }

    fn too_short(&self, core: &mut Core, now: Instant, id: ServerId) {
        if let Some(mut response) = core.response_to(id, 422, None) {
            response.headers.push(&MinSe(90));
            core.respond(now, id, response);
        }
    }

    /// An UPDATE without an offer refreshes target and timer.
    fn refreshed(&mut self, core: &mut Core, now: Instant, id: ServerId, headers: &Headers) {
        let Some(session) = self.session() else { return };
        session.dialog.refresh_target(headers);
        let Some(mut response) = core.response_to(id, 200, None) else { return };
        offer_headers(&mut response.headers, session.dialog.flow(), session.dialog.sips);
        let timer = SessionTimer::of_request(now, headers, &core.config, &mut response.headers);
        if headers.has(&<SessionExpires as sip_codec::TypedHeader>::NAME) {
            session.timer = timer;
        }
        core.respond(now, id, response);
    }

    /// The application's answer to the peer's offer, or its offer where the peer made none.
    pub(crate) fn answer_reoffer(&mut self, core: &mut Core, now: Instant, sdp: Bytes) {
        let Some(session) = self.session() else { return };
        session.local_sdp = Some(sdp.clone());
        if let Some(owed) = session.owed_ack.take() {
            let dialog = session.dialog.clone();
            self.acknowledge(core, &dialog, owed.seq, &owed.invite, Some(sdp));
            return self.offer_queued(core, now);
        }
        let Some(theirs) = session.theirs.take() else { return };
        let Some(mut response) = core.response_to(theirs.server, 200, None) else { return };
        offer_headers(&mut response.headers, session.dialog.flow(), session.dialog.sips);
        session.timer =
            SessionTimer::of_request(now, &theirs.headers, &core.config, &mut response.headers);
        put_sdp(&mut response.headers, &mut response.body, sdp);
        if let Some((flow, bytes)) = core.respond(now, theirs.server, response)
            && theirs.invite
        {
            session.await_ack(now, theirs.seq, flow, bytes, !theirs.offered, false);
        }
        self.offer_queued(core, now);
    }

    /// The peer's offer does not suit: 488, what was agreed stays.
    pub(crate) fn reject_reoffer(&mut self, core: &mut Core, now: Instant) {
        let Some(session) = self.session() else { return };
        if let Some(theirs) = session.theirs.take() {
            core.reply(now, theirs.server, 488, None);
        } else if session.owed_ack.is_some() {
            return self.session_lost(core, now, EndCause::NoCommonCodec);
        }
        self.offer_queued(core, now);
    }

    /// Sends an INFO.
    pub(crate) fn inform(
        &mut self,
        core: &mut Core,
        now: Instant,
        content_type: &'static str,
        body: Bytes,
    ) {
        if self.ended {
            return;
        }
        let Some(session) = self.session() else { return };
        let mut request = session.dialog.request(Method::Info);
        let flow = session.dialog.flow();
        request.headers.push_raw(HeaderName::ContentType, content_type);
        request.body = body;
        self.authorize(core, &mut request);
        core.send(now, Owner::Call(self.id), flow, request);
    }
}

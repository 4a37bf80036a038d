//! Requests of the peer within a confirmed dialog: offers anew, refreshes, INFO, BYE.

use super::session::Confirms;
use super::session::Theirs;
use super::session_timer::{SessionTimer, is_too_short};
use super::{Call, Phase, info, put_sdp};
use crate::sip::core::{Core, ServerId};
use crate::sip::read;
use crate::sip::timer::T1_64;
use crate::sip::words::{Event, Flow};
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::header::MinSe;
use sip_codec::{HeaderName, Headers, Method, Request};
use std::time::Instant;

impl Call {
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
            Method::Refer => self.peer_refers(core, now, id, request, seq),
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
        if is_too_short(&request.headers) {
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
        self.seek(core);
        let Some(session) = self.session() else { return };
        let overtaken = session.queued.take().is_some();
        session.retry_at = None;
        let offered = offer.is_some();
        let mut headers = Headers::new();
        for name in [HeaderName::Supported, HeaderName::SessionExpires, HeaderName::MinSe] {
            request.headers.copy_to(&name, &mut headers);
        }
        let until = now + T1_64 / 2;
        session.theirs = Some(Theirs { server: id, invite, seq, offered, headers, until });
        // A new INVITE says that the 2xx before it arrived, though its ACK did not.
        let unacked = if invite { session.unacked.take() } else { None };
        let confirmed = unacked.is_some_and(|unacked| unacked.confirms != Confirms::Offer);
        self.peer.learn(&request.headers);
        if confirmed {
            self.confirmed(core, None);
        }
        if overtaken {
            self.event(core, Event::ReofferFailed { call: self.id, status: 491 });
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
        session.dialog.introduce(&core.config, &mut response.headers);
        let timer = SessionTimer::of_request(now, headers, &core.config, &mut response.headers);
        if headers.has(&HeaderName::SessionExpires) {
            session.timer = timer;
        }
        core.respond(now, id, response);
        self.seek(core);
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
        session.dialog.introduce(&core.config, &mut response.headers);
        session.timer =
            SessionTimer::of_request(now, &theirs.headers, &core.config, &mut response.headers);
        put_sdp(&mut response.headers, &mut response.body, sdp);
        if core.respond(now, theirs.server, response).is_some() && theirs.invite {
            session.await_ack(now, theirs.seq, theirs.server, !theirs.offered, Confirms::Offer);
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
}

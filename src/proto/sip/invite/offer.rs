//! Offers and refreshes of ours within a confirmed dialog, and their glare.

use super::info::Taken;
use super::session::Ours;
use super::session_timer::SessionTimer;
use super::{Call, put_sdp};
use crate::sip::config::Config;
use crate::sip::core::{Core, Delivery, Owner};
use crate::sip::read;
use crate::sip::words::Event;
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::header::MinSe;
use sip_codec::{Method, Request, Response};
use std::time::{Duration, Instant};

impl Call {
    /// Offers anew, now or as soon as nothing else is under way.
    pub(crate) fn reoffer(&mut self, core: &mut Core, now: Instant, sdp: Bytes) {
        if let Some(session) = self.session() {
            session.queued = Some(sdp);
            self.offer_queued(core, now);
        }
    }

    pub(super) fn offer_queued(&mut self, core: &mut Core, now: Instant) {
        if self.ended {
            return;
        }
        let Some(session) = self.session() else { return };
        if !session.is_quiet() {
            return;
        }
        let Some(sdp) = session.queued.take() else { return };
        let Some(mut request) = self.refresh_request(&core.config, Method::Invite) else { return };
        put_sdp(&mut request.headers, &mut request.body, sdp.clone());
        self.send_ours(core, now, request, Some(sdp));
    }

    /// A session refresh: UPDATE where the peer takes it, else a re-INVITE that changes
    /// nothing. One under way refreshes as well.
    pub(super) fn refresh(&mut self, core: &mut Core, now: Instant) {
        let by_update = self.peer.update;
        let Some(session) = self.session() else { return };
        if !session.is_quiet() || session.queued.is_some() || self.ended {
            return;
        }
        if by_update {
            let Some(request) = self.refresh_request(&core.config, Method::Update) else { return };
            return self.send_ours(core, now, request, None);
        }
        let Some(sdp) = self.session().and_then(|s| s.local_sdp.clone()) else { return };
        let Some(mut request) = self.refresh_request(&core.config, Method::Invite) else { return };
        put_sdp(&mut request.headers, &mut request.body, sdp);
        self.send_ours(core, now, request, None);
    }

    /// A target refresh request with the session timer's headers.
    fn refresh_request(&mut self, config: &Config, method: Method) -> Option<Request> {
        let timer = self.peer.timer;
        let session = self.session()?;
        let mut request = session.dialog.request(method);
        session.dialog.introduce(config, &mut request.headers);
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
        let is_info = delivery.request.method == Method::Info;
        if status == 481 || status == 408 && !is_info {
            return self.session_lost(core, now, EndCause::SignallingTimeout);
        }
        if is_info {
            return self.informed(core, now, delivery.key, Taken::of(status));
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
        self.seek(core);
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
}

//! A confirmed dialog: what is under way in it, its ACK, its deadlines, its BYE. Offers of ours
//! stand in [`super::offer`], requests of the peer in [`super::request`].

use super::referral::Referral;
use super::session_timer::{Due, SessionTimer};
use super::{Call, Phase};
use crate::sip::core::{Core, ServerId};
use crate::sip::dialog::Dialog;
use crate::sip::timer::{Backoff, T1_64, T2};
use crate::sip::transaction::ClientKey;
use crate::sip::words::Event;
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::{Headers, Request};
use std::collections::VecDeque;
use std::time::Instant;

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) dialog: Dialog,
    pub(super) timer: Option<SessionTimer>,
    /// The last session description that we sent and the peer took, or may take.
    pub(super) local_sdp: Option<Bytes>,
    /// Our offer or refresh under way.
    pub(super) ours: Option<Ours>,
    /// The peer's, which the application owes an answer.
    pub(super) theirs: Option<Theirs>,
    /// Our 2xx that waits for its ACK.
    pub(super) unacked: Option<Unacked>,
    /// The ACK that waits for our answer to the offer in a 2xx.
    pub(super) owed_ack: Option<OwedAck>,
    /// The ACK that waits to learn by which way it goes.
    held_ack: Option<OwedAck>,
    /// An offer that waits until nothing else is under way.
    pub(super) queued: Option<Bytes>,
    /// After glare: when to offer again.
    pub(super) retry_at: Option<Instant>,
    /// Hung up while the ACK is missing: the BYE waits for it (RFC 3261 section 15).
    bye: Option<EndCause>,
    /// What the peer wants somebody called for.
    pub(super) referral: Option<Referral>,
    /// INFO goes one after the other, so that digits keep their order.
    pub(super) informing: Option<Informing>,
    pub(super) infos: VecDeque<(&'static str, Bytes)>,
    /// The media types of INFO that the peer does not take.
    pub(super) untaken: Vec<&'static str>,
}

/// An INFO of ours under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Informing {
    pub(super) key: ClientKey,
    pub(super) content_type: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Ours {
    pub(super) key: ClientKey,
    /// What was offered; `None` for a refresh.
    pub(super) offer: Option<Bytes>,
}

#[derive(Debug)]
pub(super) struct Theirs {
    pub(super) server: ServerId,
    pub(super) invite: bool,
    pub(super) seq: u32,
    pub(super) offered: bool,
    pub(super) headers: Headers,
    /// An application that does not answer is answered for.
    pub(super) until: Instant,
}

#[derive(Debug)]
pub(super) struct Unacked {
    seq: u32,
    server: ServerId,
    backoff: Backoff,
    until: Instant,
    /// Our 2xx had an offer: the ACK has the answer.
    pub(super) offer: bool,
    pub(super) confirms: Confirms,
}

/// What an ACK confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirms {
    /// The call itself; a stranger shows by it that it gets what we send.
    Call { stranger: bool },
    /// An offer within it.
    Offer,
}

#[derive(Debug)]
pub(super) struct OwedAck {
    pub(super) seq: u32,
    pub(super) invite: Box<Request>,
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
            held_ack: None,
            queued: None,
            retry_at: None,
            bye: None,
            referral: None,
            informing: None,
            infos: VecDeque::new(),
            untaken: Vec::new(),
        }
    }

    /// A 2xx of ours was sent (RFC 3261 section 13.3.1.4).
    pub(crate) fn await_ack(
        &mut self,
        now: Instant,
        seq: u32,
        server: ServerId,
        offer: bool,
        confirms: Confirms,
    ) {
        let (backoff, until) = (Backoff::start(now, T2), now + T1_64);
        self.unacked = Some(Unacked { seq, server, backoff, until, offer, confirms });
    }

    /// A 2xx with an offer came: its ACK waits for our answer.
    pub(crate) fn owe_ack(&mut self, seq: u32, invite: &Request) {
        let mut invite = invite.clone();
        invite.body = Bytes::new();
        self.owed_ack = Some(OwedAck { seq, invite: Box::new(invite) });
    }

    /// A 2xx came: its ACK waits for the way.
    pub(crate) fn hold_ack(&mut self, seq: u32, invite: &Request) {
        self.held_ack = Some(OwedAck { seq, invite: Box::new(invite.clone()) });
    }

    /// A request of ours was sent again with credentials.
    pub(crate) fn restarted(&mut self, old: ClientKey, new: ClientKey) {
        if let Some(ours) = &mut self.ours
            && ours.key == old
        {
            ours.key = new;
        }
        if let Some(informing) = &mut self.informing
            && informing.key == old
        {
            informing.key = new;
        }
    }

    /// The peer takes its offer back before it was answered.
    pub(crate) fn offer_cancelled(&mut self, core: &mut Core, now: Instant, invite: ServerId) {
        if let Some(theirs) = self.theirs.take_if(|theirs| theirs.server == invite) {
            core.reply(now, theirs.server, 487, None);
        }
    }

    /// Nothing has shown yet that the caller gets what we send.
    pub(super) fn is_unproven(&self) -> bool {
        let stranger = Confirms::Call { stranger: true };
        self.unacked.as_ref().is_some_and(|unacked| unacked.confirms == stranger)
    }

    /// Neither side has an offer or an INVITE under way.
    pub(super) fn is_quiet(&self) -> bool {
        self.ours.is_none()
            && self.theirs.is_none()
            && self.unacked.is_none()
            && self.owed_ack.is_none()
            && self.held_ack.is_none()
            && self.retry_at.is_none()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let refresh = self.timer.as_ref().map(SessionTimer::deadline);
        let ack = self.unacked.as_ref().map(|u| u.backoff.at().min(u.until));
        let answer = self.theirs.as_ref().map(|t| t.until);
        let referral = self.referral.as_ref().map(Referral::until);
        [refresh, ack, answer, self.retry_at, referral].into_iter().flatten().min()
    }
}

impl Call {
    pub(super) fn session(&mut self) -> Option<&mut Session> {
        match &mut self.phase {
            Phase::Established(session) => Some(session),
            _ => None,
        }
    }

    pub(super) fn session_timeout(&mut self, core: &mut Core, now: Instant) {
        self.ack_timeout(core, now);
        self.referral_timeout(core, now);
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
            if session.is_unproven() {
                return self.give_up_unconfirmed(core, now);
            }
            session.unacked = None;
            let cause = session.bye.take().unwrap_or(EndCause::SignallingTimeout);
            return self.bye(core, now, cause);
        }
        if unacked.backoff.fire(now) {
            core.repeat_last(unacked.server);
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
            sdp if unacked.confirms != Confirms::Offer => self.confirmed(core, sdp),
            Some(sdp) => self.event(core, Event::ReofferAnswered { call: self.id, sdp }),
            None => {}
        }
        self.offer_queued(core, now);
    }

    /// The ACK that waited for its way.
    pub(super) fn send_held_ack(&mut self, core: &mut Core) {
        let Some(session) = self.session() else { return };
        let Some(held) = session.held_ack.take() else { return };
        let dialog = session.dialog.clone();
        self.acknowledge(core, &dialog, held.seq, &held.invite, None);
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
        let owed = session.owed_ack.take().or_else(|| session.held_ack.take());
        if let Some(owed) = owed {
            self.acknowledge(core, &session.dialog, owed.seq, &owed.invite, None);
        }
        self.send_bye(core, now, &mut session.dialog, cause);
        self.phase = Phase::Closing(Some(Box::new(session.dialog)));
    }
}

//! REFER of the peer within a call, and the NOTIFYs that tell what became of it (RFC 3515).
//!
//! The application decides whether anybody is called. One referral at a time is watched: who asks
//! again meanwhile is told to wait (491).

use super::{Call, Phase};
use crate::sip::core::{Core, Owner, ServerId};
use crate::sip::timer::T1_64;
use crate::sip::words::Event;
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::header::ReferTo;
use sip_codec::{HeaderName, Method, Request, StatusCode, Uri};
use std::time::{Duration, Instant};

/// How long a referral is watched: longer than a callee may ring.
const WATCHED: Duration = Duration::from_secs(200);

/// A referral of the peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Referral {
    /// The number of its REFER, as `Event` names it.
    number: u32,
    stage: Stage,
    /// Until when it is answered, or watched.
    until: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The application owes an answer.
    Asked { server: ServerId },
    /// The peer is told what becomes of it.
    Watched,
}

impl Referral {
    pub(super) const fn until(&self) -> Instant {
        self.until
    }
}

/// Whom a REFER names, if it is somebody who can be called: an INVITE to an address that asks for
/// nothing else.
fn target(request: &Request) -> Result<Uri, u16> {
    let mut targets = request.headers.all::<ReferTo>();
    let (Some(Ok(ReferTo(address))), None) = (targets.next(), targets.next()) else {
        return Err(400);
    };
    let mut uri = address.uri;
    match &mut uri {
        Uri::Sip(sip) => {
            let is_call = sip.params.get("method").is_none_or(|method| {
                method.as_str().is_some_and(|m| m.eq_ignore_ascii_case("INVITE"))
            });
            // Replaces would have us speak in a dialog of others; other headers are not ours to set.
            if !is_call || !sip.headers.is_empty() {
                return Err(501);
            }
            sip.params.remove("method");
        }
        Uri::Tel(_) => {}
        // RFC 3261 section 21.4.14.
        Uri::Other(_) => return Err(416),
    }
    Ok(uri)
}

impl Call {
    /// The peer wants somebody called in its place.
    pub(super) fn peer_refers(
        &mut self,
        core: &mut Core,
        now: Instant,
        id: ServerId,
        request: &Request,
        number: u32,
    ) {
        let target = match target(request) {
            Ok(target) => Box::new(target),
            Err(status) => return core.reply(now, id, status, None),
        };
        let ended = self.ended;
        let Some(session) = self.session() else { return };
        if ended || session.referral.is_some() {
            return core.reply(now, id, 491, None);
        }
        let stage = Stage::Asked { server: id };
        session.referral = Some(Referral { number, stage, until: now + T1_64 / 2 });
        self.event(core, Event::Referred { call: self.id, referral: number, target });
    }

    /// Whether the referral is taken: 202 and a first word on it, or why not.
    pub(crate) fn answer_referral(
        &mut self,
        core: &mut Core,
        now: Instant,
        number: u32,
        verdict: Result<(), EndCause>,
    ) {
        let Some(session) = self.session() else { return };
        let Some(referral) = session.referral.filter(|referral| referral.number == number) else {
            return;
        };
        let Stage::Asked { server } = referral.stage else { return };
        let status = match verdict {
            Ok(()) => 202,
            Err(cause) => cause.sip_status().max(300),
        };
        if let Some(mut response) = core.response_to(server, status, None) {
            match verdict {
                Ok(()) => session.dialog.introduce(&core.config, &mut response.headers),
                Err(cause) => response.headers.push(&super::reason(cause)),
            }
            core.respond(now, server, response);
        }
        session.referral = verdict.is_ok().then_some(Referral {
            stage: Stage::Watched,
            until: now + WATCHED,
            ..referral
        });
        if verdict.is_ok() {
            self.notify(core, now, 100);
        }
    }

    /// What became of the referral; a final status is the last word on it.
    pub(crate) fn report_referral(
        &mut self,
        core: &mut Core,
        now: Instant,
        number: u32,
        status: u16,
    ) {
        let Some(session) = self.session() else { return };
        let is_watched = |referral: &Referral| {
            referral.number == number && matches!(referral.stage, Stage::Watched)
        };
        if session.referral.as_ref().is_some_and(is_watched) {
            self.notify(core, now, status);
        }
    }

    /// Nobody answered for it in time, or watched for too long.
    pub(super) fn referral_timeout(&mut self, core: &mut Core, now: Instant) {
        let Some(session) = self.session() else { return };
        let Some(referral) = session.referral.filter(|referral| referral.until <= now) else {
            return;
        };
        match referral.stage {
            Stage::Asked { .. } => {
                self.answer_referral(core, now, referral.number, Err(EndCause::Declined));
            }
            Stage::Watched => self.notify(core, now, 408),
        }
    }

    /// The peer does not want to be told any more.
    pub(super) fn notify_refused(&mut self) {
        if let Some(session) = self.session() {
            session.referral = None;
        }
    }

    /// NOTIFY with the status as the fragment of a response (RFC 3515 section 2.4.4).
    fn notify(&mut self, core: &mut Core, now: Instant, status: u16) {
        let id = self.id;
        let Phase::Established(session) = &mut self.phase else { return };
        let Some(referral) = session.referral else { return };
        let mut request = session.dialog.request(Method::Notify);
        session.dialog.introduce(&core.config, &mut request.headers);
        let headers = &mut request.headers;
        headers.push_raw(HeaderName::Event, format!("refer;id={}", referral.number));
        let state = if status < 200 {
            let left = referral.until.saturating_duration_since(now).as_secs();
            format!("active;expires={left}")
        } else {
            session.referral = None;
            "terminated;reason=noresource".to_owned()
        };
        headers.push_raw(HeaderName::SubscriptionState, state);
        headers.push_raw(HeaderName::ContentType, "message/sipfrag;version=2.0");
        let phrase = StatusCode::new(status).map(|status| status.reason()).unwrap_or_default();
        request.body = Bytes::from(format!("SIP/2.0 {status} {phrase}\r\n"));
        let flow = session.dialog.flow();
        self.authorize(core, &mut request);
        core.send(now, Owner::Call(id), flow, request);
    }
}

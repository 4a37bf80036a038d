//! An outgoing call whose way fails goes on by the next one (RFC 3263 section 4.3).

use super::caller::callee;
use super::{Call, Phase, contact};
use crate::sip::core::{Core, Delivery, Owner};
use crate::sip::identity;
use crate::sip::limits::MAX_ROUTES;
use crate::sip::read;
use crate::sip::words::{Event, Hop};
use causeway_base::EndCause;
use sip_codec::header::{CSeq, From, PAssertedIdentity, RetryAfter, Route, Via};
use sip_codec::{HeaderName, Headers, Method, Request, Response, Text};
use std::time::{Duration, Instant};

/// How long a way may say nothing while another one is left: four transmissions over UDP.
pub(super) const WAY_PATIENCE: Duration = Duration::from_secs(4);

/// How long a server may ask to be left alone: beyond an hour it is no overload.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// Ways beyond the first that are tried: as many as a look-up gives.
pub(super) const MAX_ALTERNATIVES: usize = 15;

/// Whether a final response says that the server, not the callee, could not take the call.
pub(super) const fn blames_the_way(status: u16) -> bool {
    matches!(status, 408 | 502..=504)
}

impl Call {
    /// After a failure of its way: whether it went by another one. A server that bears our name
    /// and has too much to do wants its connection closed.
    pub(super) fn goes_on(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) -> bool {
        let after: Option<RetryAfter> = read::first(&response.headers);
        let goes_on = self.try_next(core, now, &delivery.request);
        if let (503, Some(_), Some(after)) = (response.status.code(), delivery.flow.name, after) {
            let retry_after = Duration::from_secs(u64::from(after.seconds)).min(MAX_RETRY_AFTER);
            core.event(Event::Overloaded { flow: delivery.flow, retry_after });
        }
        goes_on
    }

    /// The way of `request`, the last INVITE, failed. Says whether it went by another one: with a
    /// new branch and sequence number, so that a server that both ways lead to sees no loop.
    pub(super) fn try_next(&mut self, core: &mut Core, now: Instant, request: &Request) -> bool {
        let ended = self.ended;
        let Phase::Calling(calling) = &mut self.phase else { return false };
        if ended || !calling.is_wanted() {
            return false;
        }
        let Some(hop) = calling.alternatives.pop_front() else { return false };
        let mut request = request.clone();
        request.headers.pop_front::<Via>();
        for name in [
            HeaderName::Route,
            HeaderName::Contact,
            HeaderName::Authorization,
            HeaderName::ProxyAuthorization,
            HeaderName::PAssertedIdentity,
        ] {
            request.headers.remove(&name);
        }
        let sips = hop.target.scheme() == b"sips";
        let user = hop.from.uri.user();
        request.headers.push(&contact(&core.config, hop.flow, sips, user));
        for route in hop.route.iter().take(MAX_ROUTES) {
            request.headers.push(&Route(route.clone()));
        }
        tell_who_calls(&mut request.headers, &self.local_tag, &hop);
        request.headers.set(&callee(&hop.target));
        let seq = calling.seq + 1;
        request.headers.set(&CSeq { seq, method: Method::Invite });
        request.uri = hop.target.clone();
        // First the news, so that the application counts the way before anything goes by it.
        core.event(Event::WentOn { call: self.id });
        self.auth.credentials = hop.credentials;
        self.auth.challenge = None;
        self.auth.called = Some(hop.target);
        let key = core.send(now, Owner::Call(self.id), hop.flow, request);
        calling.restarted(key, seq);
        calling.be_patient_from(now);
        true
    }

    /// Nothing came back by this way in time, and another one is left.
    pub(super) fn way_is_silent(&mut self, core: &mut Core, now: Instant) {
        let Phase::Calling(calling) = &self.phase else { return };
        let invite = calling.invite;
        let Some(request) = core.request_of(invite) else { return };
        core.abandon(invite);
        if !self.try_next(core, now, &request) {
            self.phase = Phase::Closing(None);
            self.end(core, EndCause::SignallingTimeout);
        }
    }
}

/// What this way may know of the caller: not what was told the one before.
fn tell_who_calls(headers: &mut Headers, tag: &Text, hop: &Hop) {
    // Who hides from the callee is anonymous by every way.
    if !identity::asks_for_privacy(headers) {
        headers.set(&From(hop.from.clone()).with_tag(tag.clone()));
    }
    if let Some(asserted) = &hop.asserted {
        headers.push(&PAssertedIdentity(asserted.clone()));
    }
}

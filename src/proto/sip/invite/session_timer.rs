//! Session timers (RFC 4028).

use crate::sip::config::{Config, MIN_SE};
use crate::sip::read;
use sip_codec::header::{MinSe, Refresher, SessionExpires};
use sip_codec::{HeaderName, Headers};
use std::time::{Duration, Instant};

/// A session ends this long before its interval does, or a third of it (section 10).
const MARGIN: Duration = Duration::from_secs(32);

/// The longest interval that is kept: a day. Longer ones are treated alike.
const MAX_INTERVAL: Duration = Duration::from_secs(86_400);

/// Until when a session lives without a refresh, and who refreshes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    interval: Duration,
    ours: bool,
    at: Instant,
}

/// What a passed deadline asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Refresh,
    Expired,
}

impl SessionTimer {
    fn new(now: Instant, seconds: u32, ours: bool) -> Self {
        let interval = Duration::from_secs(u64::from(seconds)).clamp(MIN_SE, MAX_INTERVAL);
        let after = if ours { interval / 2 } else { interval - MARGIN.min(interval / 3) };
        Self { interval, ours, at: now + after }
    }

    /// From a 2xx to a request of ours: "uac" is us.
    pub(crate) fn of_response(now: Instant, headers: &Headers) -> Option<Self> {
        let expires: SessionExpires = read::first(headers)?;
        Some(Self::new(now, expires.seconds, expires.refresher() != Some(Refresher::Uas)))
    }

    /// For our 2xx to a request of the peer (section 9): "uac" is the peer. Adds what the
    /// response must say.
    pub(crate) fn of_request(
        now: Instant,
        request: &Headers,
        config: &Config,
        response: &mut Headers,
    ) -> Option<Self> {
        let supported = read::has_token(request, &HeaderName::Supported, "timer");
        let asked: Option<SessionExpires> = read::first(request);
        let wanted = u32::try_from(config.session_expires.as_secs()).unwrap_or(u32::MAX);
        if !supported {
            // The caller cannot refresh, so we do, whether a proxy asked or nobody: a telephone
            // that lost its power must not keep its seat and its ports.
            let seconds = asked.map_or(wanted, |asked| asked.seconds);
            response.push(&SessionExpires::new(seconds, Some(Refresher::Uas)));
            return Some(Self::new(now, seconds, true));
        }
        let least = read::first(request).map_or(0, |MinSe(least)| least);
        let (seconds, refresher) = match &asked {
            Some(asked) => {
                let seconds = asked.seconds.min(wanted.max(least));
                (seconds, asked.refresher().unwrap_or(Refresher::Uac))
            }
            None => (wanted.max(least), Refresher::Uas),
        };
        response.push(&SessionExpires::new(seconds, Some(refresher)));
        if refresher == Refresher::Uac {
            response.push_raw(HeaderName::Require, "timer");
        }
        Some(Self::new(now, seconds, refresher == Refresher::Uas))
    }

    /// What our refresh says.
    pub(crate) fn header(&self) -> SessionExpires {
        let seconds = u32::try_from(self.interval.as_secs()).unwrap_or(u32::MAX);
        let refresher = if self.ours { Refresher::Uac } else { Refresher::Uas };
        SessionExpires::new(seconds, Some(refresher))
    }

    /// The peer takes no interval below this one.
    pub(crate) fn lengthen(&mut self, seconds: u32) {
        let least = Duration::from_secs(u64::from(seconds)).min(MAX_INTERVAL);
        self.interval = self.interval.max(least);
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.at
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Due {
        if now < self.at {
            return Due::Nothing;
        }
        if !self.ours {
            return Due::Expired;
        }
        // If the refresh fails, its transaction says so; until then the next half runs.
        self.at = now + self.interval / 2;
        Due::Refresh
    }
}

/// Whether the interval that a request asks for is too short: it is answered 422.
pub(crate) fn is_too_short(headers: &Headers) -> bool {
    read::first::<SessionExpires>(headers)
        .is_some_and(|expires| u64::from(expires.seconds) < MIN_SE.as_secs())
}

//! A request until its answer.

use super::Outbox;
use causeway_asn1::h225::RasMessage;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an answer may take before the request is sent again (H.225.0 table 18: 3 to 5 s).
pub(super) const PATIENCE: Duration = Duration::from_secs(4);

/// How often a request is sent (the same table: two repeats).
pub(super) const MAX_TRIES: u8 = 3;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) sequence: u16,
    to: SocketAddr,
    message: RasMessage,
    tries: u8,
    timer: Instant,
}

/// What the timer of a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fired {
    /// Not due, or sent again.
    Waits,
    /// Nobody answered.
    Unanswered,
}

impl Pending {
    /// Sends a request of this number.
    pub(super) fn send(
        now: Instant,
        to: SocketAddr,
        sequence: u16,
        message: RasMessage,
        out: &mut Outbox,
    ) -> Self {
        out.send(to, &message);
        Self { sequence, to, message, tries: 1, timer: now + PATIENCE }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.timer
    }

    /// The gatekeeper works on it.
    pub(super) fn in_progress(&mut self, sequence: u16, until: Instant) {
        if sequence == self.sequence {
            self.timer = self.timer.max(until);
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) -> Fired {
        if self.timer > now {
            return Fired::Waits;
        }
        if self.tries >= MAX_TRIES {
            return Fired::Unanswered;
        }
        self.tries += 1;
        self.timer = now + PATIENCE;
        out.send(self.to, &self.message);
        Fired::Waits
    }
}

//! A request until its answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an answer may take before the request is sent again (H.225.0 table 18: 3 to 5 s).
pub(super) const PATIENCE: Duration = Duration::from_secs(4);

/// How often a request is sent (the same table: two repeats).
pub(super) const MAX_TRIES: u8 = 3;

/// One request, which is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) sequence: u16,
    to: SocketAddr,
    data: Vec<u8>,
    tries: u8,
    timer: Instant,
}

/// What the timer of a request came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fired {
    /// Not due.
    Waits,
    /// Send it again.
    Again(SocketAddr, Vec<u8>),
    /// Nobody answered.
    Unanswered,
}

impl Pending {
    /// One of this number that was sent now.
    pub(super) fn new(now: Instant, to: SocketAddr, sequence: u16, data: Vec<u8>) -> Self {
        Self { sequence, to, data, tries: 1, timer: now + PATIENCE }
    }

    /// To whom.
    pub(super) fn to(&self) -> SocketAddr {
        self.to
    }

    pub(super) fn deadline(&self) -> Instant {
        self.timer
    }

    /// Who was asked works on it.
    pub(super) fn in_progress(&mut self, sequence: u16, until: Instant) {
        if sequence == self.sequence {
            self.timer = self.timer.max(until);
        }
    }

    pub(super) fn timeout(&mut self, now: Instant) -> Fired {
        if self.timer > now {
            return Fired::Waits;
        }
        if self.tries >= MAX_TRIES {
            return Fired::Unanswered;
        }
        self.tries += 1;
        self.timer = now + PATIENCE;
        Fired::Again(self.to, self.data.clone())
    }
}

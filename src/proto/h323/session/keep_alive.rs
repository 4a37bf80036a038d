//! Whether the other side is still there: it is asked by round-trip requests of H.245, which
//! everybody answers.

use std::time::{Duration, Instant};

/// How often it is asked: rooms ask about as often.
pub(super) const INTERVAL: Duration = Duration::from_secs(30);

/// Questions in a row without an answer after which it is gone.
pub(super) const MAX_UNANSWERED: u8 = 3;

#[derive(Debug, Default)]
pub(super) struct KeepAlive {
    next: Option<Instant>,
    unanswered: u8,
}

impl KeepAlive {
    pub(super) fn start(&mut self, now: Instant) {
        self.next = Some(now + INTERVAL);
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Whether it is time to ask.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.next.is_some_and(|next| next <= now);
        if due {
            self.start(now);
        }
        due
    }

    pub(super) const fn answered(&mut self) {
        self.unanswered = 0;
    }

    /// Whether the other side is gone.
    pub(super) const fn unanswered(&mut self) -> bool {
        self.unanswered = self.unanswered.saturating_add(1);
        self.unanswered >= MAX_UNANSWERED
    }
}

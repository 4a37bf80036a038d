//! Whether a trunk's target answers: OPTIONS at an interval, with some patience.

use std::time::{Duration, Instant};

/// Unanswered OPTIONS in a row after which a target is down: one may get lost on the way.
pub const MISSES: u8 = 2;

/// After a miss the next OPTIONS does not wait for its interval, so that a target that is gone
/// is known soon.
pub const RETRY: Duration = Duration::from_secs(5);

/// What is known of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was not asked yet. It may be called.
    Untried,
    /// It answered.
    Up,
    /// It has not answered [`MISSES`] times in a row.
    Down,
}

/// One target of a trunk.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    interval: Duration,
    /// After a miss.
    retry: Duration,
    state: State,
    misses: u8,
    /// When to ask again; `None` while an answer is awaited.
    due: Option<Instant>,
}

impl Health {
    /// A target to be asked every `interval`, the first time at `first`: spread over the
    /// interval, so that not all targets are asked at once.
    pub fn new(interval: Duration, first: Instant) -> Self {
        let retry = RETRY.min(interval);
        Self { interval, retry, state: State::Untried, misses: 0, due: Some(first) }
    }

    /// A target that is never to be asked more often than every `interval`.
    pub fn steady(interval: Duration, first: Instant) -> Self {
        Self { retry: interval, ..Self::new(interval, first) }
    }

    /// What is known.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Whether calls may go to it.
    pub fn is_usable(&self) -> bool {
        self.state != State::Down
    }

    /// When [`Health::handle_timeout`] is due.
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.due
    }

    /// Whether an OPTIONS is to be sent now ([`super::Command::Ping`]). Its outcome is owed to
    /// [`Health::handle_answer`].
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            self.due = None;
        }
        is_due
    }

    /// The outcome of an OPTIONS, or of a call: `None` for silence. Gives the state where it
    /// changed. Any answer shows life, but for 503 and 408: the latter a proxy gives for a
    /// target that is silent.
    pub fn handle_answer(&mut self, now: Instant, status: Option<u16>) -> Option<State> {
        let lives = status.is_some_and(|status| !matches!(status, 408 | 503));
        let before = self.state;
        if lives {
            self.misses = 0;
            self.state = State::Up;
            self.due = Some(now + self.interval);
        } else {
            self.misses = self.misses.saturating_add(1);
            if self.misses >= MISSES {
                self.state = State::Down;
            }
            let soon = if self.state == State::Down { self.interval } else { self.retry };
            self.due = Some(now + soon);
        }
        (self.state != before).then_some(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    #[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a test")]
    fn zero() -> Instant {
        Instant::now()
    }

    #[test]
    fn two_misses_take_it_down_and_one_answer_brings_it_up() {
        let now = zero();
        let mut health = Health::new(INTERVAL, now);
        assert!(health.handle_timeout(now) && !health.handle_timeout(now));
        assert_eq!(health.handle_answer(now, None), None);
        assert_eq!(health.poll_timeout(), Some(now + RETRY));
        assert!(health.is_usable() && !health.handle_timeout(now));
        let now = now + RETRY;
        assert!(health.handle_timeout(now));
        assert_eq!(health.handle_answer(now, Some(503)), Some(State::Down));
        assert_eq!(health.poll_timeout(), Some(now + INTERVAL));
        assert!(!health.is_usable());
        assert_eq!(health.handle_answer(now, Some(405)), Some(State::Up));
        assert_eq!(health.handle_answer(now, Some(408)), None);
        assert_eq!(health.handle_answer(now, Some(200)), None);
    }

    proptest! {
        #[test]
        fn it_is_down_exactly_after_two_misses_in_a_row(
            answers in proptest::collection::vec(proptest::option::of(100u16..700), 0..40),
        ) {
            let mut now = zero();
            let mut health = Health::new(INTERVAL, now);
            let mut row = 0;
            for status in answers {
                now = health.poll_timeout().expect("it is asked again and again");
                prop_assert!(health.handle_timeout(now));
                health.handle_answer(now, status);
                let alive = status.is_some_and(|s| s != 503 && s != 408);
                row = if alive { 0 } else { row + 1 };
                prop_assert_eq!(health.is_usable(), row < 2);
            }
        }
    }
}

//! The time of H.245, which stands still while nothing can be said by it: nobody is late with an
//! answer to what is not sent.

use std::time::{Duration, Instant};

/// Its time, from that of the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Clock {
    /// Nothing happened.
    #[default]
    Unset,
    /// It stands at this time.
    Stopped(Instant),
    /// It runs, so much behind that of the call.
    Running(Duration),
}

impl Clock {
    pub(super) fn read(&mut self, now: Instant) -> Instant {
        match *self {
            Clock::Unset => {
                *self = Clock::Stopped(now);
                now
            }
            Clock::Stopped(at) => at,
            Clock::Running(behind) => now.checked_sub(behind).unwrap_or(now),
        }
    }

    /// Lets it run or stand still from now on.
    pub(super) fn set(&mut self, now: Instant, runs: bool) {
        let at = self.read(now);
        *self = if runs {
            Clock::Running(now.saturating_duration_since(at))
        } else {
            Clock::Stopped(at)
        };
    }

    /// When, in the time of the call, it is `due` in the time of H.245. `None` while it stands.
    pub(super) fn due(self, due: Instant) -> Option<Instant> {
        match self {
            Clock::Unset | Clock::Stopped(_) => None,
            Clock::Running(behind) => Some(due + behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    fn it_stands_still_and_goes_on() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut clock = Clock::default();
        assert_eq!(clock.read(start), start);
        assert_eq!((clock.read(at(5)), clock.due(at(9))), (start, None));
        clock.set(at(10), true);
        assert_eq!((clock.read(at(12)), clock.due(at(3))), (at(2), Some(at(13))));
        clock.set(at(12), true);
        assert_eq!(clock.read(at(12)), at(2), "what runs goes on running");
        clock.set(at(14), false);
        assert_eq!(clock.read(at(20)), at(4));
        clock.set(at(20), true);
        assert_eq!(clock.due(at(5)), Some(at(21)));
    }
}

//! How often guests have their telephone called: who joins again is the same guest, so that calls
//! are counted by meeting, link and source, not by seat.

use super::calls::MAX_CALLS_TO_ME;
use causeway_dial::calling_out::DAY;
use causeway_dial::network::customer;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Guests that are counted at a time, some two hundred bytes each. Nobody is forgotten within a day
/// to make room, so that beyond it nobody new is called.
const MAX_GUESTS: usize = 8_192;

/// Who has a telephone called. `Debug` is not derived: where somebody comes from is personal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Guest {
    meeting: Arc<str>,
    link: Arc<str>,
    source: IpAddr,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest").field("meeting", &self.meeting).finish_non_exhaustive()
    }
}

impl Guest {
    /// By a link to a meeting, from a source (an IPv6 source is a /64).
    pub(super) fn new(meeting: &Arc<str>, link: &str, source: IpAddr) -> Self {
        Self { meeting: Arc::clone(meeting), link: link.into(), source: customer(source) }
    }
}

/// The calls of the last day.
#[derive(Debug, Default)]
pub(super) struct Callbacks {
    made: Mutex<HashMap<Guest, Vec<Instant>>>,
}

impl Callbacks {
    /// Counts one call; false where that would be one too many.
    pub(super) fn take(&self, now: Instant, guest: &Guest) -> bool {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |at: &Instant| now.saturating_duration_since(*at) < DAY;
        if made.len() >= MAX_GUESTS && !made.contains_key(guest) {
            made.retain(|_, calls| calls.iter().any(counts));
            if made.len() >= MAX_GUESTS {
                return false;
            }
        }
        let calls = made.entry(guest.clone()).or_default();
        calls.retain(counts);
        let fits = calls.len() < MAX_CALLS_TO_ME;
        if fits {
            calls.push(now);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_known_by_meeting_link_and_source_for_a_day() {
        let (callbacks, now) = (Callbacks::default(), Instant::now());
        let guest =
            |meeting: &str, link, last| Guest::new(&meeting.into(), link, [192, 0, 2, last].into());
        let one = guest("board", "link", 1);
        let calls = |at, of: &Guest| (0..20).filter(|_| callbacks.take(at, of)).count();
        assert_eq!(calls(now, &one), MAX_CALLS_TO_ME);
        for other in [guest("other", "link", 1), guest("board", "x", 1), guest("board", "link", 2)]
        {
            assert_eq!(calls(now, &other), MAX_CALLS_TO_ME, "{other:?}");
        }
        assert_eq!(calls(now + DAY / 2, &one), 0);
        assert_eq!(calls(now + DAY, &one), MAX_CALLS_TO_ME);
    }

    #[test]
    fn those_who_are_counted_are_bounded_and_not_pushed_out() {
        let (callbacks, now) = (Callbacks::default(), Instant::now());
        let meeting: Arc<str> = "board".into();
        let guest =
            |number: usize| Guest::new(&meeting, &number.to_string(), [192, 0, 2, 1].into());
        assert!((0..MAX_GUESTS).all(|number| callbacks.take(now, &guest(number))));
        assert!(!callbacks.take(now, &guest(MAX_GUESTS)));
        assert!(callbacks.take(now, &guest(0)), "who is known has calls left");
        assert!(callbacks.take(now + DAY, &guest(MAX_GUESTS)), "they are forgotten a day later");
    }
}

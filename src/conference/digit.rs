//! One stream of digits out of several ways to send them.
//!
//! A telephone may send one press as an RTP event (RFC 4733), as SIP INFO or user input of H.245,
//! and as a tone in its audio. Each way brings a press once; so the n-th report of a digit by one way is the n-th
//! report by another, as long as the two lie within [`SAME_PRESS`]. Two quick presses of the
//! same key stay two.

use causeway_plan::DigitMethod;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Reports of one digit by different ways within this are one press: INFO may come at the end
/// of the press, and 500 ms later when its first datagram was lost (T1, RFC 3261 section 17).
pub const SAME_PRESS: Duration = Duration::from_millis(1000);

/// Presses remembered: nobody presses more than 20 keys in [`SAME_PRESS`] (Q.24: a tone and its
/// pause last 80 ms at least), and a peer that floods only forgets its own.
pub const MAX_RECENT: usize = 32;

/// Whether a character is a digit of a telephone (RFC 4733 section 3.2).
pub const fn is_digit(digit: char) -> bool {
    matches!(digit, '0'..='9' | 'A'..='D' | '*' | '#')
}

#[derive(Debug)]
struct Press {
    digit: char,
    at: Instant,
    reported: Vec<DigitMethod>,
}

/// Merges the reports of one leg.
#[derive(Debug, Default)]
pub struct DigitMerge {
    recent: VecDeque<Press>,
}

impl DigitMerge {
    /// Takes a report. True when it is a press that was not counted yet.
    pub fn report(&mut self, now: Instant, digit: char, method: DigitMethod) -> bool {
        while self
            .recent
            .front()
            .is_some_and(|press| now.saturating_duration_since(press.at) > SAME_PRESS)
        {
            self.recent.pop_front();
        }
        let same = self
            .recent
            .iter_mut()
            .find(|press| press.digit == digit && !press.reported.contains(&method));
        if let Some(press) = same {
            press.reported.push(method);
            return false;
        }
        if self.recent.len() == MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(Press { digit, at: now, reported: vec![method] });
        true
    }

    /// Whether more was pressed lately than anybody can: each press that is sent on costs a message.
    pub fn is_flooded(&self) -> bool {
        self.recent.len() == MAX_RECENT
    }
}

#[cfg(test)]
mod tests {
    use super::DigitMethod::{InBand, Rfc4733, SipInfo, UserInput};
    use super::*;
    use proptest::prelude::*;

    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn start() -> Instant {
        Instant::now()
    }

    fn merged(reports: &[(u64, char, DigitMethod)]) -> String {
        let (t, mut merge) = (start(), DigitMerge::default());
        reports
            .iter()
            .filter(|(ms, digit, method)| {
                merge.report(t + Duration::from_millis(*ms), *digit, *method)
            })
            .map(|(_, digit, _)| digit)
            .collect()
    }

    #[test]
    fn one_press_by_three_ways_is_one() {
        assert_eq!(merged(&[(0, '5', Rfc4733), (40, '5', InBand), (700, '5', SipInfo)]), "5");
        assert_eq!(merged(&[(0, '5', Rfc4733), (40, '5', InBand), (90, '5', UserInput)]), "5");
    }

    #[test]
    fn the_same_key_twice_by_one_way_is_two() {
        assert_eq!(merged(&[(0, '1', Rfc4733), (90, '1', Rfc4733)]), "11");
        let both = [(0, '1', Rfc4733), (60, '1', InBand), (150, '1', Rfc4733), (210, '1', InBand)];
        assert_eq!(merged(&both), "11");
    }

    #[test]
    fn a_late_way_matches_the_press_it_belongs_to() {
        let late =
            [(0, '1', Rfc4733), (150, '2', Rfc4733), (300, '1', SipInfo), (450, '2', SipInfo)];
        assert_eq!(merged(&late), "12");
    }

    #[test]
    fn another_way_after_the_window_is_a_new_press() {
        assert_eq!(merged(&[(0, '#', Rfc4733), (1001, '#', SipInfo)]), "##");
    }

    proptest! {
        #[test]
        fn presses_reported_by_every_way_count_once_each(
            keys in prop::collection::vec((80u64..400, prop::sample::select(vec!['1', '2', '#'])), 1..20),
            delays in (0u64..400, 0u64..400, 0u64..400),
        ) {
            let mut at = 0;
            let mut reports = Vec::new();
            for (gap, key) in &keys {
                at += gap;
                reports.push((at + delays.0, *key, Rfc4733));
                reports.push((at + delays.1, *key, SipInfo));
                reports.push((at + delays.2, *key, InBand));
            }
            reports.sort_by_key(|report| report.0);
            let mut pressed: Vec<char> = keys.iter().map(|key| key.1).collect();
            let mut counted: Vec<char> = merged(&reports).chars().collect();
            pressed.sort_unstable();
            counted.sort_unstable();
            prop_assert_eq!(counted, pressed);
        }
    }
}

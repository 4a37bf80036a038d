//! What receivers ask of one encode: a hundred of them that lose the same packet get one full
//! picture.

use std::time::{Duration, Instant};

/// Full pictures of one encode are at least so far apart: each costs every receiver as much as
/// half a second of it.
pub const MIN_GAP: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Content,
    Asked,
}

/// The demand for full pictures of one encode.
#[derive(Debug, Default)]
pub struct KeyFrameDemand {
    state: State,
    last: Option<Instant>,
}

impl KeyFrameDemand {
    /// Nobody asked.
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody asks, by whatever means, or begins to look.
    pub const fn ask(&mut self) {
        self.state = State::Asked;
    }

    /// Whether the picture that is encoded now is to be a full one.
    pub fn take(&mut self, now: Instant) -> bool {
        let early = self.last.is_some_and(|last| now < last + MIN_GAP);
        if self.state == State::Content || early {
            return false;
        }
        self.made(now);
        true
    }

    /// A full picture was made, asked for or not.
    pub const fn made(&mut self, now: Instant) {
        self.state = State::Content;
        self.last = Some(now);
    }
}

/// A full intra request is repeated under its number for so long. There are peers that never count
/// on: later the same number asks for another picture.
pub const REPETITION: Duration = Duration::from_secs(1);

/// Tells the repetitions of a full intra request from a new one (RFC 5104 section 4.3.1.2). One
/// for each receiver.
#[derive(Clone, Copy, Debug, Default)]
pub struct IntraFilter {
    /// The last new request: when it came, and its number.
    last: Option<(Instant, u8)>,
}

impl IntraFilter {
    /// Whether the request with this number is a new one.
    pub fn is_new(&mut self, now: Instant, sequence: u8) -> bool {
        let repeats = self.last.is_some_and(|(at, last)| last == sequence && now < at + REPETITION);
        if !repeats {
            self.last = Some((now, sequence));
        }
        !repeats
    }
}

/// What is waited between the first two full pictures that one receiver is given on request. Each
/// costs all who share its encode.
pub const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait between two of them.
pub const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// Requests so far apart have nothing to do with each other.
const CALM: Duration = Duration::from_secs(10);

/// How many full pictures one receiver is given on request: the first at once, then fewer and fewer
/// while it goes on asking. Else one on a bad path rules over all who share its encode.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestBudget {
    /// When it was given the last one, and what is waited after that.
    last: Option<(Instant, Duration)>,
}

impl RequestBudget {
    /// Whether it is given one now. What it is refused it may ask for later.
    pub fn take(&mut self, now: Instant) -> bool {
        let wait = match self.last {
            Some((at, wait)) if now < at + wait => return false,
            Some((at, wait)) if now < at + CALM => (2 * wait).min(LONGEST_WAIT),
            _ => FIRST_WAIT,
        };
        self.last = Some((now, wait));
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;

    #[test]
    fn a_storm_of_requests_gets_one_picture_in_half_a_second() {
        let start = Instant::now();
        let mut demand = KeyFrameDemand::new();
        assert!(!demand.take(start));
        let mut made = vec![];
        for ms in 0..1_200u32 {
            demand.ask();
            if demand.take(start + Duration::from_millis(ms.into())) {
                made.push(ms);
            }
        }
        assert_eq!(made, [0, 500, 1_000]);
    }

    #[test]
    fn what_came_too_early_is_not_forgotten_and_what_was_made_anyway_counts() {
        let start = Instant::now();
        let mut demand = KeyFrameDemand::new();
        demand.made(start);
        demand.ask();
        assert!(!demand.take(start + MIN_GAP / 2));
        assert!(demand.take(start + MIN_GAP));
        demand.ask();
        demand.made(start + 2 * MIN_GAP);
        assert!(!demand.take(start + 4 * MIN_GAP));
    }

    #[test]
    fn a_request_that_repeats_another_is_none() {
        let start = Instant::now();
        let mut filter = IntraFilter::default();
        let new = [255, 255, 0, 0, 255].map(|sequence| filter.is_new(start, sequence));
        assert_eq!(new, [true, false, true, false, true]);
    }

    #[test]
    fn who_goes_on_asking_is_given_fewer_and_fewer_and_starts_anew_after_a_calm() {
        let start = Instant::now();
        let mut budget = RequestBudget::default();
        let mut given = |from: u32, to: u32| -> Vec<u32> {
            (from..to).filter(|tenth| budget.take(start + *tenth * FIRST_WAIT / 10)).collect()
        };
        assert_eq!(given(0, 160), [0, 10, 30, 70, 110, 150]);
        assert_eq!(given(260, 280), [260, 270]);
    }

    #[test]
    fn a_peer_that_never_counts_on_is_heard_once_a_second() {
        let start = Instant::now();
        let mut filter = IntraFilter::default();
        let new: Vec<_> =
            (0..30u32).filter(|tenth| filter.is_new(start + *tenth * REPETITION / 10, 7)).collect();
        assert_eq!(new, [0, 10, 20]);
    }
}

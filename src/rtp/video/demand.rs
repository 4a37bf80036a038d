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

/// Tells the repetitions of a full intra request from a new one (RFC 5104 section 4.3.1.2). One
/// for each receiver.
#[derive(Clone, Copy, Debug, Default)]
pub struct IntraFilter {
    last: Option<u8>,
}

impl IntraFilter {
    /// Whether the request with this number is a new one.
    pub fn is_new(&mut self, sequence: u8) -> bool {
        self.last.replace(sequence) != Some(sequence)
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
        let mut filter = IntraFilter::default();
        let new: Vec<_> = [255, 255, 0, 0, 255].map(|sequence| filter.is_new(sequence)).into();
        assert_eq!(new, [true, false, true, false, true]);
    }
}

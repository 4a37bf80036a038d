//! When pictures are made: thirty times a second, at times that do not drift.

use std::time::{Duration, Instant};

/// Beats in a second: what cameras of room systems and browsers give.
pub(super) const RATE: u8 = 30;

/// One time at which pictures are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    /// Counted from the start, with those that were skipped.
    pub(super) number: u64,
    /// When it was to be.
    pub(super) at: Instant,
}

impl Beat {
    /// Whether a stream of so many pictures a second has one now: evenly spread.
    pub(super) fn is_due(&self, frame_rate: u8) -> bool {
        let count = |beats: u64| beats * u64::from(frame_rate.min(RATE)) / u64::from(RATE);
        count(self.number + 1) > count(self.number)
    }
}

/// The beats from a start on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beats {
    start: Instant,
    next: u64,
}

impl Beats {
    /// The first one is at the start.
    pub(super) const fn new(start: Instant) -> Self {
        Self { start, next: 0 }
    }

    /// When the next one is.
    pub(super) fn deadline(&self) -> Instant {
        self.start + time_of(self.next)
    }

    /// The newest beat that has come; earlier ones that nobody took are left out. `None` before
    /// [`Self::deadline`].
    pub(super) fn take(&mut self, now: Instant) -> Option<Beat> {
        let since = now.checked_duration_since(self.start)?;
        if since < time_of(self.next) {
            return None;
        }
        let mut number = (since.as_nanos() * u128::from(RATE) / 1_000_000_000) as u64;
        // Times are whole nanoseconds, rounded down.
        if time_of(number + 1) <= since {
            number += 1;
        }
        let number = number.max(self.next);
        self.next = number + 1;
        Some(Beat { number, at: self.start + time_of(number) })
    }
}

fn time_of(beat: u64) -> Duration {
    let rate = u64::from(RATE);
    Duration::from_secs(beat / rate)
        + Duration::from_secs(1) * (beat % rate) as u32 / u32::from(RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_has_its_pictures_in_a_second_evenly_spread() {
        let at = Instant::now();
        for rate in 1..=60 {
            let due: Vec<u64> =
                (0..300).filter(|number| Beat { number: *number, at }.is_due(rate)).collect();
            assert_eq!(due.len(), 10 * usize::from(rate.min(30)), "{rate}");
            let gaps = due.windows(2).map(|pair| pair[1] - pair[0]);
            let (least, most) = gaps.fold((300, 0), |(a, b), gap| (gap.min(a), gap.max(b)));
            assert!(most - least <= 1, "{rate}: {least} to {most}");
        }
    }

    #[test]
    fn beats_do_not_drift_and_those_that_were_missed_are_left_out() {
        let start = Instant::now();
        let mut beats = Beats::new(start);
        let mut late = start;
        for number in 0..3_000 {
            assert_eq!(beats.take(beats.deadline() - Duration::from_nanos(1)), None);
            late = beats.deadline() + Duration::from_millis(5);
            let beat = beats.take(late).expect("it has come");
            assert_eq!(beat.number, number);
        }
        assert_eq!(beats.deadline(), start + Duration::from_secs(100));
        let skipped = beats.take(late + Duration::from_millis(100)).expect("it has come");
        assert_eq!(skipped.number, 3_002);
        assert!(beats.deadline() > late + Duration::from_millis(100));
    }
}

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

/// Meetings have their pictures made at different times within a beat, so that they do not all want
/// the threads at once: so many, four milliseconds apart.
pub(super) const PHASES: u8 = 8;

/// One of [`PHASES`].
pub(super) type Phase = u8;

/// The beats from a start on, of all phases.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beats {
    start: Instant,
    /// The next step; each beat has one for each phase.
    next: u64,
}

impl Beats {
    /// The first one of the first phase is at the start.
    pub(super) const fn new(start: Instant) -> Self {
        Self { start, next: 0 }
    }

    /// When the next one is. Phases in which nothing is to be made are left out.
    pub(super) fn deadline(&mut self, is_used: impl Fn(Phase) -> bool) -> Instant {
        let steps = self.next..self.next + u64::from(PHASES);
        self.next = steps.clone().find(|step| is_used(phase(*step))).unwrap_or(steps.start);
        self.start + time_of(self.next)
    }

    /// The next beat that has come, with its phase. Those of a phase of which a newer one has come
    /// too are left out. `None` before [`Self::deadline`].
    pub(super) fn take(&mut self, now: Instant) -> Option<(Phase, Beat)> {
        let since = now.checked_duration_since(self.start)?;
        if since < time_of(self.next) {
            return None;
        }
        let mut newest = (since.as_nanos() * u128::from(STEPS) / 1_000_000_000) as u64;
        // Times are whole nanoseconds, rounded down.
        if time_of(newest + 1) <= since {
            newest += 1;
        }
        let step = self.next.max(newest.saturating_sub(u64::from(PHASES) - 1));
        self.next = step + 1;
        let beat = Beat { number: step / u64::from(PHASES), at: self.start + time_of(step) };
        Some((phase(step), beat))
    }
}

/// Steps in a second.
const STEPS: u64 = RATE as u64 * PHASES as u64;

const fn phase(step: u64) -> Phase {
    (step % PHASES as u64) as Phase
}

fn time_of(step: u64) -> Duration {
    Duration::from_secs(step / STEPS)
        + Duration::from_secs(1) * (step % STEPS) as u32 / STEPS as u32
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
        let first = |phase: Phase| phase == 0;
        let mut late = start;
        for number in 0..3_000 {
            let deadline = beats.deadline(first);
            assert_eq!(beats.take(deadline - Duration::from_nanos(1)), None);
            late = deadline + Duration::from_millis(1);
            assert_eq!(beats.take(late), Some((0, Beat { number, at: deadline })));
        }
        assert_eq!(beats.deadline(first), start + Duration::from_secs(100));
        let skipped = std::iter::from_fn(|| beats.take(late + Duration::from_millis(100)));
        let skipped: Vec<_> = skipped.map(|(phase, beat)| (phase, beat.number)).collect();
        assert_eq!(skipped.len(), usize::from(PHASES), "each phase once: {skipped:?}");
        assert!(skipped.iter().all(|(_, number)| (3_001..=3_002).contains(number)));
        assert!(beats.deadline(first) > late + Duration::from_millis(100));
    }

    #[test]
    fn phases_share_a_beat_evenly_and_those_without_pictures_cost_no_wake() {
        let start = Instant::now();
        let mut beats = Beats::new(start);
        let mut came = vec![];
        while came.len() < 3 * usize::from(PHASES) {
            let deadline = beats.deadline(|_| true);
            came.extend(beats.take(deadline).map(|(phase, beat)| (beat.number, phase)));
        }
        let due = (0..3).flat_map(|number| (0..PHASES).map(move |phase| (number, phase)));
        assert_eq!(came, due.collect::<Vec<_>>());
        let third = beats.deadline(|phase| phase == 2);
        assert_eq!(beats.take(third).map(|(phase, beat)| (phase, beat.number)), Some((2, 3)));
    }
}

//! What processes died of, and what follows from it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Deaths of a process that one stream may cause within [`BLAME_WINDOW`]: the fault of another, or
/// of the machine, can meet it by chance.
const MAX_DEATHS: usize = 3;

const BLAME_WINDOW: Duration = Duration::from_secs(60);

/// How long a stream is barred first, and at most.
const FIRST_BAR: Duration = Duration::from_secs(30);
const LONGEST_BAR: Duration = Duration::from_secs(30 << 5);

/// A stream that has lived so long since its last offence is as good as new.
const FORGIVEN: Duration = Duration::from_secs(3600);

/// What a stream is guilty of.
#[derive(Debug, Default)]
pub(super) struct Offences {
    deaths: VecDeque<Instant>,
    /// How long it was barred the last time.
    bar: Duration,
}

impl Offences {
    /// A process died of it. Returns how long it is to be barred, if at all: once it was, every
    /// further death bars it again, for twice as long.
    pub(super) fn blame(&mut self, now: Instant) -> Option<Duration> {
        let since = |death: &Instant| now.saturating_duration_since(*death);
        if self.deaths.back().is_some_and(|last| since(last) > FORGIVEN) {
            *self = Self::default();
        }
        while self.deaths.front().is_some_and(|first| since(first) > BLAME_WINDOW) {
            self.deaths.pop_front();
        }
        self.deaths.push_back(now);
        if self.bar.is_zero() && self.deaths.len() < MAX_DEATHS {
            return None;
        }
        self.bar = (self.bar * 2).clamp(FIRST_BAR, LONGEST_BAR);
        // One is kept, to know when.
        self.deaths.drain(..self.deaths.len() - 1);
        Some(self.bar)
    }
}

/// A process that lived so long was well.
const WELL: Duration = Duration::from_secs(10);

/// Processes that may die young before the next one has to wait: as many as one stream may kill.
const MAX_AT_ONCE: u32 = MAX_DEATHS as u32;

/// The first and the longest wait.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Processes in a row that died young, or did not even begin.
#[derive(Debug, Default)]
pub(super) struct Streak(u32);

impl Streak {
    /// One died, which had begun at `born`. Returns how long the next one is to wait.
    pub(super) fn died(&mut self, born: Instant, now: Instant) -> Duration {
        if now.saturating_duration_since(born) >= WELL {
            self.0 = 0;
        }
        self.0 += 1;
        match self.0.checked_sub(MAX_AT_ONCE + 1) {
            None => Duration::ZERO,
            Some(more) => (FIRST_WAIT * (1 << more.min(8))).min(LONGEST_WAIT),
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
mod tests {
    use super::*;

    #[test]
    fn three_deaths_in_a_minute_bar_a_stream_and_each_further_one_for_twice_as_long() {
        let start = Instant::now();
        let mut offences = Offences::default();
        let mut at = |seconds| offences.blame(start + Duration::from_secs(seconds));
        assert_eq!([0, 40, 70].map(&mut at), [None; 3], "never three in a minute");
        assert_eq!(at(90), Some(FIRST_BAR));
        assert_eq!(at(125), Some(FIRST_BAR * 2));
        assert_eq!(at(1_000), Some(FIRST_BAR * 4));
        for n in 0..9 {
            assert!(at(3_000 + n * 2_000) <= Some(LONGEST_BAR));
        }
        assert_eq!(at(30_000), None, "forgiven");
    }

    #[test]
    fn processes_that_die_young_wait_ever_longer() {
        let start = Instant::now();
        let mut streak = Streak::default();
        let waits: Vec<_> = (0..12).map(|_| streak.died(start, start).as_millis()).collect();
        assert_eq!(waits[..6], [0, 0, 0, 100, 200, 400]);
        assert_eq!(waits[11], LONGEST_WAIT.as_millis());
        assert_eq!(streak.died(start, start + WELL), Duration::ZERO);
    }
}

//! What processes died of, and what follows from it.

use causeway_base::LegId;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Deaths of a process that one stream may cause within [`BLAME_WINDOW`]: the fault of another, or
/// of the machine, can meet it by chance.
const MAX_DEATHS: usize = 3;

const BLAME_WINDOW: Duration = Duration::from_secs(60);

/// How long a stream is barred first, and at most.
const FIRST_BAR: Duration = Duration::from_secs(30);
const LONGEST_BAR: Duration = Duration::from_secs(30 << 5);

/// Who has lived so long since the last offence is as good as new.
const FORGIVEN: Duration = Duration::from_secs(3600);

/// Records that are kept: of more lines than a machine decodes in an hour in peace. Beyond it the
/// oldest goes.
const MAX_RECORDS: usize = 4096;

/// Whose streams they are: who is barred does not come back by another stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// A video line of a leg.
    Line(LegId, usize),
    /// A stream by itself.
    Stream(u64),
}

/// What all are guilty of, whichever process met it.
#[derive(Debug, Default)]
pub(super) struct Records {
    offences: HashMap<Owner, Offences>,
}

impl Records {
    /// A process died of a stream of this owner. Returns how long it is to be barred, if at all.
    pub(super) fn blame(&mut self, owner: Owner, now: Instant) -> Option<Duration> {
        self.offences.retain(|_, offences| !offences.is_forgiven(now));
        if self.offences.len() >= MAX_RECORDS && !self.offences.contains_key(&owner) {
            let last = |(_, offences): &(&Owner, &Offences)| offences.deaths.back().copied();
            let oldest = self.offences.iter().min_by_key(last).map(|(owner, _)| *owner);
            oldest.and_then(|oldest| self.offences.remove(&oldest));
        }
        self.offences.entry(owner).or_default().blame(now)
    }

    /// Until when an owner's streams are not decoded, if it is barred.
    pub(super) fn barred_until(&self, owner: Owner, now: Instant) -> Option<Instant> {
        let offences = self.offences.get(&owner)?;
        let until = *offences.deaths.back()? + offences.bar;
        (until > now).then_some(until)
    }
}

/// What one is guilty of.
#[derive(Debug, Default)]
struct Offences {
    deaths: VecDeque<Instant>,
    /// How long it was barred after the last one, if it was.
    bar: Duration,
}

impl Offences {
    /// A process died of it. Returns how long it is to be barred, if at all: once it was, every
    /// further death bars it again, for twice as long.
    fn blame(&mut self, now: Instant) -> Option<Duration> {
        let since = |death: &Instant| now.saturating_duration_since(*death);
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

    fn is_forgiven(&self, now: Instant) -> bool {
        self.deaths.back().is_none_or(|last| now.saturating_duration_since(*last) > FORGIVEN)
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
        let (mut records, owner) = (Records::default(), Owner::Line(LegId(1), 0));
        let mut at = |seconds| records.blame(owner, start + Duration::from_secs(seconds));
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
    fn each_owner_answers_for_itself_and_few_are_remembered() {
        let start = Instant::now();
        let mut records = Records::default();
        let [one, other] = [0, 1].map(|line| Owner::Line(LegId(7), line));
        assert_eq!([(); 3].map(|()| records.blame(one, start)), [None, None, Some(FIRST_BAR)]);
        assert_eq!(records.blame(other, start), None);
        let until = start + FIRST_BAR;
        assert_eq!(records.barred_until(one, until - Duration::from_millis(1)), Some(until));
        assert_eq!(records.barred_until(one, until), None, "but not forgotten");
        assert_eq!(records.barred_until(other, start), None, "two in a minute bar nobody");
        let later = start + Duration::from_secs(61);
        assert_eq!(records.blame(one, later), Some(FIRST_BAR * 2));
        for stream in 0..2 * MAX_RECORDS as u64 {
            records.blame(Owner::Stream(stream), later + Duration::from_micros(stream));
            assert!(records.offences.len() <= MAX_RECORDS);
        }
        assert!(!records.offences.contains_key(&one), "the oldest goes first");
        records.blame(other, later + 2 * FORGIVEN);
        assert_eq!(records.offences.len(), 1);
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

//! Which packets to ask for again, and when (RFC 4585 section 6.2.1).

use causeway_base::SeqExtender;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that are missed at once: half a second of 5 Mbit/s. Whoever loses more gets a key
/// frame sooner than its packets.
pub const MAX_MISSING: usize = 256;

/// Sequence numbers of one message: fits a datagram whatever they are.
pub const MAX_PER_MESSAGE: usize = 128;

/// How often one packet is asked for.
pub const MAX_ASKS: u8 = 6;

/// How late a packet may be before it is asked for: paths reorder by a few milliseconds.
pub const REORDERING: Duration = Duration::from_millis(8);

/// The shortest wait for an answer: below, the same packet would be sent twice.
const MIN_WAIT: Duration = Duration::from_millis(20);

/// A packet that did not come.
#[derive(Clone, Copy, Debug)]
struct Missing {
    seq: u64,
    due: Instant,
    asks: u8,
}

/// What a sequence number told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It is the next, or comes after a gap.
    New,
    /// It was missing, and had been asked for this often.
    Recovered {
        /// How often.
        asks: u8,
    },
    /// It had come before, or was given up.
    Old,
    /// So many are missing that asking is no use.
    Overrun,
}

/// The packets of one stream that are missing.
#[derive(Debug)]
pub struct NackSchedule {
    numbers: SeqExtender,
    /// In order of their numbers.
    missing: VecDeque<Missing>,
    wait: Duration,
}

impl Default for NackSchedule {
    fn default() -> Self {
        Self { numbers: SeqExtender::new(), missing: VecDeque::new(), wait: 5 * MIN_WAIT }
    }
}

impl NackSchedule {
    /// A schedule that has seen nothing, and takes a round trip of 80 ms for granted.
    pub fn new() -> Self {
        Self::default()
    }

    /// The round trip is this: an answer is waited for a little longer.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        self.wait = (round_trip + round_trip / 4).max(MIN_WAIT);
    }

    /// How long a packet is worth waiting for: until it was asked for twice and more, but not
    /// until nobody remembers what was said. The patience of an assembler.
    pub fn patience(&self) -> Duration {
        (REORDERING + 3 * self.wait).clamp(Duration::from_millis(100), Duration::from_millis(500))
    }

    /// A packet of the stream came, by itself or sent again.
    pub fn arrived(&mut self, now: Instant, seq: u16) -> Seen {
        let seq = self.numbers.guess(seq);
        let Some(highest) = self.numbers.highest() else {
            self.numbers.accept(seq);
            return Seen::New;
        };
        if seq <= highest {
            let Ok(at) = self.missing.binary_search_by_key(&seq.0, |missing| missing.seq) else {
                return Seen::Old;
            };
            return match self.missing.remove(at) {
                Some(missing) => Seen::Recovered { asks: missing.asks },
                None => Seen::Old,
            };
        }
        self.numbers.accept(seq);
        let gap = (seq.0 - highest.0 - 1) as usize;
        if self.missing.len() + gap > MAX_MISSING {
            self.missing.clear();
            return Seen::Overrun;
        }
        let due = now + REORDERING;
        self.missing.extend((highest.0 + 1..seq.0).map(|seq| Missing { seq, due, asks: 0 }));
        Seen::New
    }

    /// The numbers to ask for now, in order, written to the start of `out`; how many. What was
    /// asked for in vain too often is given up.
    pub fn poll(&mut self, now: Instant, out: &mut [u16; MAX_PER_MESSAGE]) -> usize {
        let mut count = 0;
        let wait = self.wait;
        self.missing.retain_mut(|missing| {
            if missing.due > now {
                return true;
            }
            if missing.asks >= MAX_ASKS {
                return false;
            }
            if let Some(slot) = out.get_mut(count) {
                *slot = missing.seq as u16;
                count += 1;
                missing.asks += 1;
                missing.due = now + wait;
            }
            true
        });
        count
    }

    /// When [`Self::poll`] has something to do.
    pub fn deadline(&self) -> Option<Instant> {
        self.missing.iter().map(|missing| missing.due).min()
    }

    /// What is missing before this number is of no use any more: its frame was given up.
    pub fn forget_before(&mut self, seq: u16) {
        let seq = self.numbers.guess(seq);
        let gone = self.missing.partition_point(|missing| missing.seq < seq.0);
        self.missing.drain(..gone);
    }

    /// Packets that are missing.
    pub fn missing(&self) -> usize {
        self.missing.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    fn poll(schedule: &mut NackSchedule, now: Instant) -> Vec<u16> {
        let mut out = [0; MAX_PER_MESSAGE];
        let count = schedule.poll(now, &mut out);
        out[..count].to_vec()
    }

    #[test]
    fn a_reordered_packet_is_not_asked_for() {
        let start = Instant::now();
        let mut schedule = NackSchedule::new();
        assert_eq!(schedule.arrived(start, 65_535), Seen::New);
        assert_eq!(schedule.arrived(start, 1), Seen::New);
        assert_eq!(poll(&mut schedule, start + 7 * MS), [0u16; 0]);
        assert_eq!(schedule.arrived(start + 7 * MS, 0), Seen::Recovered { asks: 0 });
        assert_eq!(schedule.arrived(start + 7 * MS, 0), Seen::Old);
        assert_eq!(schedule.deadline(), None);
    }

    #[test]
    fn a_lost_packet_is_asked_for_once_a_round_trip_and_then_given_up() {
        let start = Instant::now();
        let mut schedule = NackSchedule::new();
        schedule.set_round_trip(40 * MS);
        schedule.arrived(start, 1);
        schedule.arrived(start, 4);
        let mut asked = vec![];
        for tick in 0..500 {
            let now = start + tick * MS;
            let numbers = poll(&mut schedule, now);
            if !numbers.is_empty() {
                assert_eq!(numbers, [2, 3]);
                asked.push(tick);
            }
        }
        assert_eq!(asked, [8, 58, 108, 158, 208, 258]);
        assert_eq!(schedule.missing(), 0);
        assert_eq!(schedule.arrived(start + 500 * MS, 2), Seen::Old);
    }

    #[test]
    fn too_many_at_once_are_not_asked_for() {
        let start = Instant::now();
        let mut schedule = NackSchedule::new();
        schedule.arrived(start, 0);
        assert_eq!(schedule.arrived(start, MAX_MISSING as u16 + 1), Seen::New);
        assert_eq!(schedule.missing(), MAX_MISSING);
        assert_eq!(poll(&mut schedule, start + 9 * MS).len(), MAX_PER_MESSAGE);
        assert_eq!(poll(&mut schedule, start + 9 * MS).len(), MAX_MISSING - MAX_PER_MESSAGE);
        assert_eq!(schedule.arrived(start, MAX_MISSING as u16 + 3), Seen::Overrun);
        assert_eq!(schedule.missing(), 0);
    }

    #[test]
    fn patience_follows_the_round_trip_within_bounds() {
        let mut schedule = NackSchedule::new();
        for (round_trip, patience) in [(1, 100), (60, 233), (2_000, 500)] {
            schedule.set_round_trip(round_trip * MS);
            assert_eq!(schedule.patience(), patience * MS);
        }
    }

    proptest! {
        #[test]
        fn only_what_did_not_come_is_asked_for(numbers in prop::collection::vec(0u16..400, 1..200)) {
            let start = Instant::now();
            let mut schedule = NackSchedule::new();
            let mut came = std::collections::BTreeSet::new();
            for (at, number) in numbers.iter().enumerate() {
                let now = start + at as u32 * 5 * MS;
                schedule.arrived(now, number.wrapping_add(65_400));
                came.insert(*number);
                prop_assert!(schedule.missing() <= MAX_MISSING);
                for asked in poll(&mut schedule, now) {
                    prop_assert!(!came.contains(&asked.wrapping_sub(65_400)));
                }
            }
        }
    }
}

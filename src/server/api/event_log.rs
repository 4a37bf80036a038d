//! The last events, for those who come back: a bounded ring with numbers.
//!
//! A reader holds no queue here, only the number of the event that it wants next. One that is
//! slower than the ring is long learns that it missed something.

use super::resource::{ApiEvent, Cursor};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Events that are kept: some minutes of a busy node, 2 MB at most.
pub const MAX_EVENTS: usize = 4096;

/// Events that a reader takes at once.
const MAX_BATCH: usize = 64;

/// The last events.
#[derive(Debug)]
pub struct EventLog {
    ring: Mutex<Ring>,
    last: watch::Sender<u64>,
    /// Tells the numbers of this run from those of others.
    run: u32,
}

#[derive(Debug, Default)]
struct Ring {
    events: VecDeque<Arc<ApiEvent>>,
    /// The number of the next event; the first has 1.
    next: u64,
}

/// The number of an event, in the run of the server that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventNumber {
    run: u32,
    number: u64,
}

impl fmt::Display for EventNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.run, self.number)
    }
}

impl EventNumber {
    /// Reads what [`EventNumber`] shows.
    pub fn parse(text: &str) -> Option<Self> {
        let (run, number) = text.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && !text.starts_with('+');
        if !digits(run) || !digits(number) {
            return None;
        }
        Some(Self { run: u32::from_str_radix(run, 16).ok()?, number: number.parse().ok()? })
    }

    /// Reads a cursor.
    pub fn of(cursor: &Cursor) -> Option<Self> {
        Self::parse(cursor.as_str())
    }
}

/// What a reader gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The next events with their numbers; at least one.
    Events(Vec<(EventNumber, Arc<ApiEvent>)>),
    /// The next events are not kept any more, or were of another run. Read everything anew; the
    /// stream goes on behind this number.
    Missed(EventNumber),
    /// Nothing new.
    Nothing,
}

impl EventLog {
    /// An empty log. `run` differs from start to start.
    pub fn new(run: u32) -> Self {
        let ring = Mutex::new(Ring { events: VecDeque::new(), next: 1 });
        Self { ring, last: watch::Sender::new(0), run }
    }

    /// Writes an event down, and wakes those who wait.
    pub fn publish(&self, event: ApiEvent) {
        let mut ring = self.lock();
        if ring.events.len() == MAX_EVENTS {
            ring.events.pop_front();
        }
        ring.events.push_back(Arc::new(event));
        let number = ring.next;
        ring.next += 1;
        drop(ring);
        self.last.send_modify(|last| *last = number.max(*last));
    }

    /// Something happened that nobody saw: every reader learns that it missed something.
    pub fn gap(&self) {
        let mut ring = self.lock();
        ring.events.clear();
        let number = ring.next;
        ring.next += 1;
        drop(ring);
        self.last.send_modify(|last| *last = number.max(*last));
    }

    /// The number of the newest event.
    pub fn newest(&self) -> EventNumber {
        EventNumber { run: self.run, number: self.lock().next - 1 }
    }

    /// What came after an event.
    pub fn after(&self, seen: EventNumber) -> Read {
        let ring = self.lock();
        let newest = EventNumber { run: self.run, number: ring.next - 1 };
        if seen.run != self.run || seen.number > newest.number {
            return Read::Missed(newest);
        }
        let oldest = ring.next - ring.events.len() as u64;
        let wanted = seen.number + 1;
        let Some(skipped) = wanted.checked_sub(oldest) else { return Read::Missed(newest) };
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let events: Vec<_> = (wanted..)
            .map(|number| EventNumber { run: self.run, number })
            .zip(ring.events.iter().skip(skipped).cloned())
            .take(MAX_BATCH)
            .collect();
        if events.is_empty() { Read::Nothing } else { Read::Events(events) }
    }

    /// Tells when there is more.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::resource::{Happening, Time};
    use super::*;

    fn event(second: i64) -> ApiEvent {
        let at = Time(jiff::Timestamp::from_second(second).expect("in range"));
        ApiEvent { at, meeting: None, happening: Happening::HostsGone }
    }

    fn seconds(read: &Read) -> Vec<i64> {
        match read {
            Read::Events(events) => {
                events.iter().map(|(_, event)| event.at.0.as_second()).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn who_comes_back_gets_what_was_missed_in_order() {
        let log = EventLog::new(7);
        let start = log.newest();
        assert_eq!(log.after(start), Read::Nothing);
        for second in 1..=100 {
            log.publish(event(second));
        }
        let first = log.after(start);
        assert_eq!(seconds(&first), (1..=64).collect::<Vec<_>>());
        let Read::Events(events) = first else { panic!("events") };
        let (last, _) = events.last().expect("64");
        let again = EventNumber::parse(&last.to_string()).expect("its own text");
        assert_eq!(seconds(&log.after(again)), (65..=100).collect::<Vec<_>>());
        assert_eq!(log.after(log.newest()), Read::Nothing);
    }

    #[test]
    fn who_was_away_too_long_learns_it() {
        let log = EventLog::new(7);
        let start = log.newest();
        for second in 0..=MAX_EVENTS as i64 {
            log.publish(event(second));
        }
        assert_eq!(log.after(start), Read::Missed(log.newest()));
        assert_eq!(log.lock().events.len(), MAX_EVENTS);
        let seen = log.newest();
        log.gap();
        assert_eq!(log.after(seen), Read::Missed(log.newest()));
        assert_eq!(log.after(log.newest()), Read::Nothing);
        let other_run = EventLog::new(8).newest();
        assert_eq!(log.after(other_run), Read::Missed(log.newest()));
        let future = EventNumber { run: 7, number: u64::MAX };
        assert_eq!(log.after(future), Read::Missed(log.newest()));
    }

    #[test]
    fn a_number_reads_what_it_shows_and_nothing_else() {
        let number = EventNumber { run: 0xabc, number: 12 };
        assert_eq!(number.to_string(), "00000abc-12");
        assert_eq!(EventNumber::parse("00000abc-12"), Some(number));
        for text in
            ["", "-", "1-", "-1", "1", "+1-2", "1-+2", "fffffffff-1", "1-99999999999999999999"]
        {
            assert_eq!(EventNumber::parse(text), None, "{text}");
        }
    }
}

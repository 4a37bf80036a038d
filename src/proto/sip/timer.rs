//! The timers of RFC 3261 appendix A and a queue of deadlines.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// T1: the round trip that is assumed (RFC 3261 section 17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);

/// T2: the longest interval between retransmissions of non-INVITE requests and INVITE responses.
pub const T2: Duration = Duration::from_secs(4);

/// T4: how long a message stays in the network.
pub const T4: Duration = Duration::from_secs(5);

/// 64 * T1: timers B, F, H, J, L and M, and the patience for an ACK or a PRACK.
pub const T1_64: Duration = Duration::from_secs(32);

/// Timer D on unreliable transports: at least 32 s.
pub const TIMER_D: Duration = Duration::from_secs(32);

/// How long a callee may say nothing after a provisional response: longer than timer C of the
/// proxies between (three minutes; a callee repeats itself every minute).
pub const PROCEEDING: Duration = Duration::from_secs(240);

/// A retransmission schedule: doubling from T1 up to a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    interval: Duration,
    cap: Duration,
    at: Instant,
}

impl Backoff {
    /// First due one T1 from now; `cap` bounds the interval.
    pub(crate) fn start(now: Instant, cap: Duration) -> Self {
        Self { interval: T1, cap, at: now + T1 }
    }

    /// When the next retransmission is due.
    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    /// Whether it is due; if so the next one is scheduled.
    pub(crate) fn fire(&mut self, now: Instant) -> bool {
        if now < self.at {
            return false;
        }
        self.interval = (self.interval * 2).min(self.cap);
        self.at = now + self.interval;
        true
    }

    /// Continues at the cap only (timer E in Proceeding).
    pub(crate) fn slow_down(&mut self) {
        self.interval = self.cap;
    }
}

/// The interval cap of timer A, which doubles without a limit of its own until timer B.
pub(crate) const UNCAPPED: Duration = T1_64;

/// One deadline per key; the earliest is known without a search.
#[derive(Debug)]
pub(crate) struct TimerQueue<K> {
    by_time: BTreeSet<(Instant, K)>,
    by_key: HashMap<K, Instant>,
}

impl<K: Clone + Ord + Hash> TimerQueue<K> {
    pub(crate) fn new() -> Self {
        Self { by_time: BTreeSet::new(), by_key: HashMap::new() }
    }

    /// Sets, moves or (with `None`) removes the deadline of a key.
    pub(crate) fn set(&mut self, key: &K, at: Option<Instant>) {
        if let Some(old) = self.by_key.remove(key) {
            if Some(old) == at {
                self.by_key.insert(key.clone(), old);
                return;
            }
            self.by_time.remove(&(old, key.clone()));
        }
        if let Some(at) = at {
            self.by_key.insert(key.clone(), at);
            self.by_time.insert((at, key.clone()));
        }
    }

    /// Takes one key whose deadline has passed.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (at, _) = self.by_time.first()?;
        if *at > now {
            return None;
        }
        let (_, key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some(key)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a test")]
    fn zero() -> Instant {
        Instant::now()
    }

    #[test]
    fn timer_a_doubles_and_timer_g_stops_at_t2() {
        let start = zero();
        let mut sent = Vec::new();
        let mut backoff = Backoff::start(start, T2);
        while backoff.at() - start < T1_64 {
            let at = backoff.at();
            assert!(backoff.fire(at));
            sent.push((at - start).as_millis());
        }
        assert_eq!(sent, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    }

    #[test]
    fn a_moved_deadline_fires_once() {
        let start = zero();
        let mut queue = TimerQueue::new();
        queue.set(&'a', Some(start + T1));
        queue.set(&'a', Some(start + T2));
        queue.set(&'b', Some(start + T1));
        queue.set(&'c', Some(start));
        queue.set(&'c', None);
        assert_eq!(queue.next(), Some(start + T1));
        assert_eq!(queue.pop_due(start + T1), Some('b'));
        assert_eq!(queue.pop_due(start + T1), None);
        assert_eq!(queue.pop_due(start + T2), Some('a'));
        assert_eq!((queue.len(), queue.next()), (0, None));
    }
}

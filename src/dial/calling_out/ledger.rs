//! What was called out already, against the caps.

use super::{Callee, CallingOut};
use causeway_base::EndCause;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The day of the caps: any 24 hours, so that midnight doubles nothing.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The most calls that a day's cap may allow, so that the ledger stays below some megabytes.
pub const MAX_DAY_CALLS: usize = 100_000;

/// A call for which less time is left is not begun: nobody could speak in it.
const MIN_TIME: Duration = Duration::from_secs(60);

/// One call that was allowed to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutgoingId(u64);

/// A call may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// For [`Ledger::ended`].
    pub id: OutgoingId,
    /// When it must have been hung up.
    pub until: Instant,
}

/// A call that ended before the ledger began: it counts on after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The key of the conference that called; `None` for a gateway rule.
    pub conference: Option<Arc<str>>,
    /// How long ago it ended.
    pub ended_ago: Duration,
    /// What it took.
    pub time: Duration,
}

/// Calls out: those that run, and those that ended within a [`DAY`].
#[derive(Debug, Default)]
pub struct Ledger {
    next: u64,
    running: HashMap<OutgoingId, Running>,
    ended: VecDeque<Ended>,
    /// By key: a conference that ends and begins anew is the same one.
    conferences: HashMap<Arc<str>, Conference>,
}

#[derive(Debug)]
struct Running {
    conference: Option<Arc<str>>,
    began: Instant,
    /// What it may take.
    time: Duration,
}

#[derive(Debug)]
struct Ended {
    conference: Option<Arc<str>>,
    at: Instant,
    /// What it took.
    time: Duration,
}

#[derive(Debug, Default)]
struct Conference {
    running: usize,
    /// Of the last [`DAY`], running ones included.
    total: usize,
}

impl Ledger {
    /// Nobody was called yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what ended before a restart, the oldest first.
    pub fn recall(&mut self, now: Instant, past: Past) {
        let at = now.checked_sub(past.ended_ago).unwrap_or(now);
        if let Some(key) = &past.conference {
            self.conferences.entry(Arc::clone(key)).or_default().total += 1;
        }
        self.ended.push_back(Ended { conference: past.conference, at, time: past.time });
        self.forget(now);
    }

    /// Whether a call may begin, and how long it may take. `conference`: the key of the one that
    /// calls; `None` for a gateway rule.
    ///
    /// # Errors
    /// [`EndCause::CallingOutCapReached`].
    pub fn room(
        &mut self,
        now: Instant,
        rules: &CallingOut,
        conference: Option<&Arc<str>>,
    ) -> Result<Duration, EndCause> {
        self.forget(now);
        let within = conference.is_none_or(|key| {
            let (running, total) =
                self.conferences.get(key).map_or((0, 0), |known| (known.running, known.total));
            running < rules.conference_simultaneous && total < rules.conference_total
        });
        let calls = self.running.len() + self.ended.len();
        let time = rules.call_time.min(rules.day_time.saturating_sub(self.time()));
        if !within || calls >= rules.day_calls.min(MAX_DAY_CALLS) || time < MIN_TIME {
            return Err(EndCause::CallingOutCapReached);
        }
        Ok(time)
    }

    /// Begins a call that [`CallingOut::callee`] allowed; `conference` as for [`Self::room`].
    ///
    /// # Errors
    /// [`EndCause::CallingOutCapReached`].
    pub fn place(
        &mut self,
        now: Instant,
        rules: &CallingOut,
        conference: Option<&Arc<str>>,
        _allowed: &Callee,
    ) -> Result<Placed, EndCause> {
        let time = self.room(now, rules, conference)?;
        if let Some(key) = conference {
            let known = self.conferences.entry(Arc::clone(key)).or_default();
            known.running += 1;
            known.total += 1;
        }
        let id = OutgoingId(self.next);
        self.next += 1;
        self.running.insert(id, Running { conference: conference.cloned(), began: now, time });
        Ok(Placed { id, until: now + time })
    }

    /// A call ended, or was never answered. What it did not use is free again; saying it twice
    /// changes nothing.
    pub fn ended(&mut self, now: Instant, id: OutgoingId) {
        let Some(Running { conference, began, time }) = self.running.remove(&id) else { return };
        if let Some(known) = conference.as_ref().and_then(|key| self.conferences.get_mut(key)) {
            known.running -= 1;
        }
        let taken = now.saturating_duration_since(began).min(time);
        self.ended.push_back(Ended { conference, at: now.max(began), time: taken });
    }

    /// Calls that run.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Calls of the last [`DAY`], running ones included, and the time they took or may take.
    pub fn day(&mut self, now: Instant) -> (usize, Duration) {
        self.forget(now);
        (self.running.len() + self.ended.len(), self.time())
    }

    fn time(&self) -> Duration {
        let running = self.running.values().map(|call| call.time);
        running.chain(self.ended.iter().map(|call| call.time)).sum()
    }

    /// A call counts until a day after its end: no 24 hours hold more than the caps, wherever
    /// they begin.
    fn forget(&mut self, now: Instant) {
        while self.ended.front().is_some_and(|call| call.at + DAY <= now) {
            let Some(key) = self.ended.pop_front().and_then(|call| call.conference) else {
                continue;
            };
            if let Some(known) = self.conferences.get_mut(&key) {
                known.total -= 1;
                if known.total == 0 {
                    self.conferences.remove(&key);
                }
            }
        }
    }
}

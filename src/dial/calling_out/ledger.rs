//! What was called out already, against the caps.

use super::{Callee, CallingOut};
use causeway_base::{ConferenceId, EndCause};
use std::collections::{HashMap, VecDeque};
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

/// Calls out: those that run, and those that ended within a [`DAY`].
#[derive(Debug, Default)]
pub struct Ledger {
    next: u64,
    running: HashMap<OutgoingId, Running>,
    ended: VecDeque<Ended>,
    conferences: HashMap<ConferenceId, Conference>,
}

#[derive(Debug)]
struct Running {
    conference: Option<ConferenceId>,
    began: Instant,
    /// What it may take.
    time: Duration,
}

#[derive(Debug)]
struct Ended {
    at: Instant,
    /// What it took.
    time: Duration,
}

#[derive(Debug, Default)]
struct Conference {
    running: usize,
    total: usize,
    over: bool,
}

impl Ledger {
    /// Nobody was called yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a call that [`CallingOut::callee`] allowed. `conference`: the one that calls;
    /// `None` for a gateway rule.
    ///
    /// # Errors
    /// [`EndCause::CallingOutCapReached`].
    pub fn place(
        &mut self,
        now: Instant,
        rules: &CallingOut,
        conference: Option<ConferenceId>,
        _allowed: &Callee,
    ) -> Result<Placed, EndCause> {
        self.forget(now);
        let within = conference.is_none_or(|id| {
            let (running, total) =
                self.conferences.get(&id).map_or((0, 0), |known| (known.running, known.total));
            running < rules.conference_simultaneous && total < rules.conference_total
        });
        let calls = self.running.len() + self.ended.len();
        let time = rules.call_time.min(rules.day_time.saturating_sub(self.time()));
        if !within || calls >= rules.day_calls.min(MAX_DAY_CALLS) || time < MIN_TIME {
            return Err(EndCause::CallingOutCapReached);
        }
        if let Some(id) = conference {
            let known = self.conferences.entry(id).or_default();
            known.running += 1;
            known.total += 1;
        }
        let id = OutgoingId(self.next);
        self.next += 1;
        self.running.insert(id, Running { conference, began: now, time });
        Ok(Placed { id, until: now + time })
    }

    /// A call ended, or was never answered. What it did not use is free again; saying it twice
    /// changes nothing.
    pub fn ended(&mut self, now: Instant, id: OutgoingId) {
        let Some(running) = self.running.remove(&id) else { return };
        if let Some(id) = running.conference
            && let Some(known) = self.conferences.get_mut(&id)
        {
            known.running -= 1;
            if known.over && known.running == 0 {
                self.conferences.remove(&id);
            }
        }
        let time = now.saturating_duration_since(running.began).min(running.time);
        self.ended.push_back(Ended { at: now.max(running.began), time });
    }

    /// A conference is over: its total is forgotten once its last call ended.
    pub fn conference_ended(&mut self, id: ConferenceId) {
        if let Some(known) = self.conferences.get_mut(&id) {
            known.over = true;
            if known.running == 0 {
                self.conferences.remove(&id);
            }
        }
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
            self.ended.pop_front();
        }
    }
}

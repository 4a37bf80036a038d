//! How many wrong PINs and numbers are taken: from one source, from one caller, at one conference.
//! Pure; one owner asks for every guess.
//!
//! ```text
//! check -> Permit -> the PIN is compared -> failed (it stays counted) | succeeded (taken back)
//!      \-> Exhausted
//! ```
//!
//! A permit counts as a wrong guess until it is known to be a right one, so that guesses made at
//! the same time do not slip under a limit together. A right guess takes back itself and nothing
//! else: who knows one PIN cannot buy guesses at another with it.

use crate::network::customer;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sources remembered: some 8 MB when each has used up its guesses.
pub const MAX_SOURCES: usize = 32_768;

/// Callers remembered: some 5 MB.
pub const MAX_CALLERS: usize = 32_768;

/// Conferences remembered: some 5 MB. A guess counts only at a conference that exists.
pub const MAX_CONFERENCES: usize = 8_192;

/// Counts that newcomers share while a table is full of guesses that still count. Nobody is
/// forgotten to make room: if they were, an attacker with many addresses would clear its own
/// count by using them in turn. Newcomers share by network (IPv4 /16, IPv6 /32), so that one
/// network that floods a table uses up the guesses of its neighbours, not of everybody.
pub const SHARED_COUNTS: usize = 1_024;

/// The most guesses that a rule may allow: each is one instant in memory.
pub const MAX_WRONG: usize = 100;

/// How long a conference takes no PIN from strangers after its limit was reached; doubled each
/// time, until [`LONGEST_LOCK`].
pub const FIRST_LOCK: Duration = Duration::from_secs(60);

/// See [`FIRST_LOCK`].
pub const LONGEST_LOCK: Duration = Duration::from_secs(15 * 60);

/// A conference that was quiet for so long after a lock begins with [`FIRST_LOCK`] again.
pub const FORGIVEN_AFTER: Duration = Duration::from_secs(60 * 60);

/// Trunks remembered: as many as a configuration may have.
pub const MAX_TRUNKS: usize = 256;

/// Between two searches of a full table for what no longer counts.
const PURGE_INTERVAL: Duration = Duration::from_secs(10);

/// So many wrong guesses in any stretch of so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRule {
    /// How many, 1 to [`MAX_WRONG`].
    pub wrong: usize,
    /// How long.
    pub window: Duration,
}

/// The four limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRules {
    /// By [`customer`] network; 10 in 10 minutes.
    pub source: AttemptRule,
    /// By caller; 5 in 10 minutes.
    pub caller: AttemptRule,
    /// By conference; 30 in 10 minutes.
    pub conference: AttemptRule,
    /// By trunk, whose callers may each time say to be another; 100 in a minute, more than the
    /// mistakes of everybody who comes through a busy one.
    pub trunk: AttemptRule,
}

impl Default for AttemptRules {
    fn default() -> Self {
        let rule = |wrong| AttemptRule { wrong, window: Duration::from_secs(600) };
        let trunk = AttemptRule { wrong: MAX_WRONG, window: Duration::from_secs(60) };
        Self { source: rule(10), caller: rule(5), conference: rule(30), trunk }
    }
}

/// Somebody guesses a number or a PIN. `Debug` shows neither source nor caller.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Where the call comes from. `None` by a trunk: its address stands for all its callers.
    pub source: Option<IpAddr>,
    /// A keyed hash of who calls, where that is known.
    pub caller: Option<u64>,
    /// The trunk that brought the call.
    pub trunk: Option<Arc<str>>,
    /// The conference whose PIN is guessed, by its key; `None` while a number is.
    pub conference: Option<Arc<str>>,
    /// Proved to be one of ours: no limit of a conference holds for it, nor does it use one up.
    pub trusted: bool,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attempt(at {:?}, trusted {})", self.conference, self.trusted)
    }
}

/// Which limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Of the source.
    Source,
    /// Of the caller.
    Caller,
    /// Of the conference.
    Conference,
    /// Of the trunk.
    Trunk,
}

/// A limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// Which.
    pub limit: Limit,
    /// Until when.
    pub until: Instant,
}

/// One guess is allowed, and counted as wrong until [`Attempts::succeeded`] takes it back. Settle
/// it before a window is over.
#[derive(Debug)]
#[must_use = "compare the PIN, then tell whether it was right"]
pub struct Permit {
    attempt: Attempt,
    at: Instant,
}

/// Wrong guesses by source, by caller and by conference. `Debug` shows how many are remembered.
pub struct Attempts {
    sources: Table<IpAddr>,
    callers: Table<u64>,
    conferences: Table<Arc<str>>,
    trunks: Table<Arc<str>>,
}

impl std::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [sources, callers, conferences] = self.remembered();
        write!(f, "Attempts({sources} sources, {callers} callers, {conferences} conferences)")
    }
}

impl Attempts {
    /// Nobody has guessed yet.
    pub fn new(rules: AttemptRules) -> Self {
        Self {
            sources: Table::new(rules.source, MAX_SOURCES),
            callers: Table::new(rules.caller, MAX_CALLERS),
            conferences: Table::new(rules.conference, MAX_CONFERENCES),
            trunks: Table::new(rules.trunk, MAX_TRUNKS),
        }
    }

    /// Sources, callers and conferences remembered now: never more than [`MAX_SOURCES`],
    /// [`MAX_CALLERS`] and [`MAX_CONFERENCES`].
    pub fn remembered(&self) -> [usize; 3] {
        [self.sources.counts.len(), self.callers.counts.len(), self.conferences.counts.len()]
    }

    /// Which limit is reached for who would guess. Counts nothing.
    pub fn exhausted(&self, now: Instant, attempt: &Attempt) -> Option<Exhausted> {
        let source = attempt.source.map(customer);
        let caller = attempt.caller;
        let refused = |limit| move |until| Exhausted { limit, until };
        source
            .and_then(|source| self.sources.reached(now, &source, coarse(source)))
            .map(refused(Limit::Source))
            .or_else(|| {
                let until = self.callers.reached(now, &caller?, caller?);
                until.map(refused(Limit::Caller))
            })
            .or_else(|| {
                let key = attempt.stranger_at()?;
                self.conferences.locked(now, key, key).map(refused(Limit::Conference))
            })
            .or_else(|| {
                let trunk = attempt.trunk.as_ref()?;
                self.trunks.reached(now, trunk, trunk).map(refused(Limit::Trunk))
            })
    }

    /// Allows one guess, or says which limit is reached. A refusal counts nothing.
    pub fn check(&mut self, now: Instant, attempt: &Attempt) -> Result<Permit, Exhausted> {
        if let Some(exhausted) = self.exhausted(now, attempt) {
            return Err(exhausted);
        }
        let source = attempt.source.map(customer);
        let caller = attempt.caller;
        if let Some(trunk) = &attempt.trunk {
            self.trunks.entry(now, trunk, trunk).add(now);
        }
        if let Some(source) = source {
            self.sources.entry(now, &source, coarse(source)).add(now);
        }
        if let Some(caller) = caller {
            self.callers.entry(now, &caller, caller).add(now);
        }
        Ok(Permit { attempt: attempt.clone(), at: now })
    }

    /// The guess was wrong. `Some` when it used up a limit, which belongs in the audit log.
    pub fn failed(&mut self, now: Instant, permit: Permit) -> Option<Exhausted> {
        let Permit { attempt, at } = permit;
        let source = attempt.source.map(customer);
        let by_source = source.and_then(|source| {
            self.sources.entry(now, &source, coarse(source)).restamp(at, now);
            self.sources.reached(now, &source, coarse(source))
        });
        let by_caller = attempt.caller.and_then(|caller| {
            self.callers.entry(now, &caller, caller).restamp(at, now);
            self.callers.reached(now, &caller, caller)
        });
        let by_trunk = attempt.trunk.as_ref().and_then(|trunk| {
            self.trunks.entry(now, trunk, trunk).restamp(at, now);
            self.trunks.reached(now, trunk, trunk)
        });
        let at_conference = attempt.stranger_at().and_then(|key| {
            self.conferences.entry(now, key, key).add(now);
            self.conferences.entry(now, key, key).lock(now)
        });
        let reached = [
            (Limit::Conference, at_conference),
            (Limit::Source, by_source),
            (Limit::Caller, by_caller),
            (Limit::Trunk, by_trunk),
        ];
        reached.into_iter().find_map(|(limit, until)| Some(Exhausted { limit, until: until? }))
    }

    /// The guess was right: it no longer counts.
    pub fn succeeded(&mut self, now: Instant, permit: Permit) {
        if let Some(source) = permit.attempt.source.map(customer) {
            self.sources.entry(now, &source, coarse(source)).take_back(permit.at);
        }
        if let Some(caller) = permit.attempt.caller {
            self.callers.entry(now, &caller, caller).take_back(permit.at);
        }
        if let Some(trunk) = &permit.attempt.trunk {
            self.trunks.entry(now, trunk, trunk).take_back(permit.at);
        }
    }
}

impl Attempt {
    fn stranger_at(&self) -> Option<&Arc<str>> {
        self.conference.as_ref().filter(|_| !self.trusted)
    }
}

/// The network that shares a count in a flood.
fn coarse(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xFFFF_0000)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 96 << 96)),
    }
}

/// Counts by key, at most `most` of them, and [`SHARED_COUNTS`] for those who find it full.
struct Table<K> {
    most: usize,
    counts: HashMap<K, Count>,
    shared: Vec<Count>,
    purged: Option<Instant>,
}

impl<K: Hash + Eq + Clone> Table<K> {
    fn new(rule: AttemptRule, most: usize) -> Self {
        let rule = AttemptRule { wrong: rule.wrong.clamp(1, MAX_WRONG), ..rule };
        let shared = (0..SHARED_COUNTS).map(|_| Count::new(rule)).collect();
        Self { most, counts: HashMap::new(), shared, purged: None }
    }

    /// The count of a key: its own, or, where the table has no room, that of its group.
    fn entry(&mut self, now: Instant, key: &K, group: impl Hash) -> &mut Count {
        let group = self.group(group);
        if !self.counts.contains_key(key) {
            self.purge(now);
            if self.counts.len() >= self.most {
                return &mut self.shared[group];
            }
        }
        // What a newcomer may have counted in its group goes on counting.
        let shared = &self.shared;
        self.counts.entry(key.clone()).or_insert_with(|| shared[group].clone())
    }

    fn peek(&self, key: &K, group: impl Hash) -> Option<&Count> {
        self.counts.get(key).or_else(|| self.shared.get(self.group(group)))
    }

    fn reached(&self, now: Instant, key: &K, group: impl Hash) -> Option<Instant> {
        self.peek(key, group)?.reached(now)
    }

    fn locked(&self, now: Instant, key: &K, group: impl Hash) -> Option<Instant> {
        self.peek(key, group)?.locked_until.filter(|until| now < *until)
    }

    fn group(&self, group: impl Hash) -> usize {
        (self.counts.hasher().hash_one(group) % SHARED_COUNTS as u64) as usize
    }

    /// When the table is full, drops what no longer counts.
    fn purge(&mut self, now: Instant) {
        let lately = self.purged.is_some_and(|at| now < at + PURGE_INTERVAL);
        if self.counts.len() >= self.most && !lately {
            self.counts.retain(|_, count| count.matters(now));
            self.purged = Some(now);
        }
    }
}

/// When the last wrong guesses were, oldest first: never more than the rule allows.
#[derive(Clone, Debug)]
struct Count {
    rule: AttemptRule,
    wrong: VecDeque<Instant>,
    locks: u32,
    locked_until: Option<Instant>,
}

impl Count {
    fn new(rule: AttemptRule) -> Self {
        Self { rule, wrong: VecDeque::new(), locks: 0, locked_until: None }
    }

    fn add(&mut self, now: Instant) {
        while self.wrong.len() >= self.rule.wrong {
            self.wrong.pop_front();
        }
        self.wrong.push_back(now);
    }

    fn take_back(&mut self, at: Instant) {
        if let Some(place) = self.wrong.iter().rposition(|wrong| *wrong == at) {
            self.wrong.remove(place);
        }
    }

    /// A guess counts from when it proved wrong: comparing takes its time.
    fn restamp(&mut self, at: Instant, now: Instant) {
        self.take_back(at);
        self.add(now);
    }

    /// When the next guess is allowed, if none is now.
    fn reached(&self, now: Instant) -> Option<Instant> {
        if self.wrong.len() < self.rule.wrong {
            return None;
        }
        let until = *self.wrong.front()? + self.rule.window;
        (now < until).then_some(until)
    }

    /// Locks when the limit is reached and it is not locked: until when.
    fn lock(&mut self, now: Instant) -> Option<Instant> {
        self.reached(now)?;
        if self.locked_until.is_some_and(|until| now < until) {
            return None;
        }
        if self.locked_until.is_some_and(|until| now > until + FORGIVEN_AFTER) {
            self.locks = 0;
        }
        let lock = FIRST_LOCK.saturating_mul(1 << self.locks.min(8)).min(LONGEST_LOCK);
        self.locks = self.locks.saturating_add(1);
        self.locked_until = Some(now + lock);
        self.locked_until
    }

    fn matters(&self, now: Instant) -> bool {
        self.wrong.back().is_some_and(|last| now < *last + self.rule.window)
            || self.locked_until.is_some_and(|until| now <= until + FORGIVEN_AFTER)
    }
}

#[cfg(test)]
#[path = "attempt_tests.rs"]
mod tests;

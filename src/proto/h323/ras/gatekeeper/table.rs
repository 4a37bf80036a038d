//! Who is registered, by where they take RAS and by their names.

use super::words::{Identity, Registrant, Usage};
use crate::h323::ras::{CallKey, Key};
use causeway_asn1::BmpString;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Endpoints that are registered at a time: every room of a large company.
pub const MAX_REGISTRATIONS: usize = 10_000;

/// Endpoints of one address: every room of a building behind one router, and no more, so that
/// nobody fills the table alone.
pub const MAX_PER_SOURCE: usize = 1_000;

/// Calls of one endpoint: rooms have a few, a gateway with two ISDN lines sixty.
pub(super) const MAX_CALLS: usize = 64;

/// Answers of one endpoint that are kept, for requests that it repeats.
const MAX_ANSWERS: usize = 4;

/// How long a call is believed in of which its room says nothing. Then it is asked.
const SILENCE: Duration = Duration::from_secs(300);

/// A call of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) reference: u16,
    /// When the endpoint said last that it has it.
    pub(super) heard: Instant,
    /// What it said of it.
    pub(super) usage: Usage,
}

/// One that is registered.
#[derive(Debug)]
pub(super) struct Registration {
    /// What we call it.
    pub(super) identifier: BmpString,
    pub(super) registrant: Registrant,
    /// Its password, where it proved that it knows one.
    pub(super) key: Option<Key>,
    pub(super) until: Instant,
    pub(super) calls: BTreeMap<CallKey, Call>,
    /// It is being asked about its calls.
    pub(super) asked: bool,
    /// It says when its calls end, where it is asked.
    pub(super) accounts: bool,
    answers: VecDeque<(u64, Vec<u8>)>,
}

impl Registration {
    pub(super) fn new(
        identifier: BmpString,
        registrant: Registrant,
        key: Option<Key>,
        until: Instant,
    ) -> Self {
        Self {
            identifier,
            registrant,
            key,
            until,
            calls: BTreeMap::new(),
            asked: false,
            accounts: false,
            answers: VecDeque::new(),
        }
    }

    /// When it is to be asked about its calls.
    pub(super) fn question_due(&self) -> Option<Instant> {
        let oldest = self.calls.values().map(|call| call.heard).min();
        oldest.filter(|_| !self.asked).map(|heard| heard + SILENCE)
    }

    /// The call that a message names. Old endpoints say its reference alone.
    pub(super) fn call_named(
        &self,
        identifier: Option<[u8; 16]>,
        reference: u16,
        answer: Option<bool>,
    ) -> Option<CallKey> {
        let is = |(key, call): &(&CallKey, &Call)| {
            answer.is_none_or(|answer| answer == key.answer)
                && match identifier {
                    Some(identifier) if identifier != [0; 16] => key.identifier == identifier,
                    _ => call.reference == reference,
                }
        };
        self.calls.iter().find(is).map(|(key, _)| *key)
    }

    /// The same endpoint as another: by its password, or, without one, by its address. Rooms
    /// that were restarted ask from another port.
    fn is_same(&self, other: &Registrant) -> bool {
        match (&self.registrant.identity, &other.identity) {
            (Identity::Proved(one), Identity::Proved(other)) => one == other,
            (Identity::Anybody, Identity::Anybody) => self.registrant.ras.ip() == other.ras.ip(),
            _ => false,
        }
    }
}

/// Whose name somebody wants to register under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Nobody else's.
    No,
    /// That of its own earlier registrations, which are over then.
    ByItself(Vec<SocketAddr>),
    /// Somebody else's.
    ByAnother,
}

/// All that are registered.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_address: HashMap<SocketAddr, Registration>,
    by_name: HashMap<String, SocketAddr>,
    by_source: HashMap<IpAddr, usize>,
}

impl Table {
    pub(super) fn get(&self, ras: SocketAddr) -> Option<&Registration> {
        self.by_address.get(&ras)
    }

    pub(super) fn get_mut(&mut self, ras: SocketAddr) -> Option<&mut Registration> {
        self.by_address.get_mut(&ras)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&SocketAddr, &Registration)> {
        self.by_address.iter()
    }

    pub(super) fn named(&self, name: &str) -> Option<&Registrant> {
        let ras = self.by_name.get(&same(name))?;
        self.by_address.get(ras).map(|registration| &registration.registrant)
    }

    pub(super) fn at(&self, call: SocketAddr) -> Option<&Registrant> {
        let ip = call.ip().to_canonical();
        let all = self.by_address.values().map(|registration| &registration.registrant);
        let there: Vec<&Registrant> =
            all.filter(|one| one.call.ip().to_canonical() == ip).collect();
        let only = there.first().filter(|_| there.len() == 1);
        there.iter().find(|one| one.call.port() == call.port()).or(only).copied()
    }

    /// Whether one more from there has a place.
    pub(super) fn has_place(&self, from: SocketAddr) -> bool {
        let of_source = self.by_source.get(&from.ip()).copied().unwrap_or(0);
        self.by_address.contains_key(&from)
            || self.by_address.len() < MAX_REGISTRATIONS && of_source < MAX_PER_SOURCE
    }

    pub(super) fn taken(&self, registrant: &Registrant) -> Taken {
        let mut own = vec![];
        for alias in &registrant.aliases {
            let Some(ras) = self.by_name.get(&same(alias)).filter(|ras| **ras != registrant.ras)
            else {
                continue;
            };
            match self.by_address.get(ras) {
                Some(other) if !other.is_same(registrant) => return Taken::ByAnother,
                _ if own.contains(ras) => {}
                _ => own.push(*ras),
            }
        }
        if own.is_empty() { Taken::No } else { Taken::ByItself(own) }
    }

    /// Calls of one that registers again go on.
    pub(super) fn insert(&mut self, mut registration: Registration) {
        let ras = registration.registrant.ras;
        if let Some(before) = self.remove(ras) {
            registration.calls = before.calls;
            registration.asked = before.asked;
            registration.answers = before.answers;
        }
        for alias in &registration.registrant.aliases {
            self.by_name.insert(same(alias), ras);
        }
        *self.by_source.entry(ras.ip()).or_default() += 1;
        self.by_address.insert(ras, registration);
    }

    pub(super) fn remove(&mut self, ras: SocketAddr) -> Option<Registration> {
        let registration = self.by_address.remove(&ras)?;
        for alias in &registration.registrant.aliases {
            let name = same(alias);
            if self.by_name.get(&name) == Some(&ras) {
                self.by_name.remove(&name);
            }
        }
        if let Some(count) = self.by_source.get_mut(&ras.ip()) {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&ras.ip());
            }
        }
        Some(registration)
    }

    /// What tells a request from all others of its endpoint.
    pub(super) fn digest(&self, data: &[u8]) -> u64 {
        self.by_address.hasher().hash_one(data)
    }

    /// Keeps the answer to a request of an endpoint.
    pub(super) fn keep_answer(&mut self, ras: SocketAddr, digest: u64, answer: &[u8]) {
        let Some(registration) = self.by_address.get_mut(&ras) else { return };
        if registration.answers.len() >= MAX_ANSWERS {
            registration.answers.pop_front();
        }
        registration.answers.push_back((digest, answer.to_vec()));
    }

    /// What was answered to the same request before.
    pub(super) fn kept_answer(&self, ras: SocketAddr, digest: u64) -> Option<&[u8]> {
        let answers = &self.by_address.get(&ras)?.answers;
        let kept = answers.iter().find(|(kept, _)| *kept == digest);
        kept.map(|(_, answer)| answer.as_slice())
    }
}

/// Names are the same in capitals.
pub(super) fn same(name: &str) -> String {
    name.to_lowercase()
}

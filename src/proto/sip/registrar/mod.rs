//! Where devices are: bindings of addresses-of-record (RFC 3261 section 10.3, RFC 5626,
//! RFC 3327).
//!
//! The endpoint says [`super::Event::Register`]; the application proves who asks (digest), gives
//! the request to [`Registrar::register`], and its answer back in
//! [`super::Command::AnswerRegister`]. A device is called by the way it registered from, whatever
//! its Contact says: so devices behind NAT are reached, and nobody can point us at a victim.
//!
//! * `request`: what a REGISTER asks for, judged. * `binding`: one Contact of a device.

mod binding;
mod request;

pub use binding::{Gone, Target};
pub use request::Answer;

use self::binding::Binding;
use self::request::{Asked, AskedContact, Change};
use super::timer::TimerQueue;
use super::words::Flow;
use sip_codec::header::{Contact, Path, Require, Supported};
use sip_codec::{HeaderName, Headers, Request, Text, Uri};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bindings of one address-of-record: the devices of one person, and the ports that a careless
/// NAT gave one of them. Beyond it the one that would expire first makes room.
pub const MAX_BINDINGS: usize = 10;

/// Addresses-of-record with bindings. Each has credentials of its own, so that nobody fills this
/// from outside; it bounds a mistaken configuration.
pub const MAX_AORS: usize = 65_536;

/// Events that wait to be drained; beyond it the oldest are lost.
const MAX_EVENTS: usize = 65_536;

/// What a registrar is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Names by which devices know us, beside the addresses that they reach us by. None: any
    /// name will do.
    pub domains: Vec<String>,
    /// Shorter registrations are refused (423), so that nobody registers all the time.
    pub min_expires: Duration,
    /// Longer ones are shortened.
    pub max_expires: Duration,
    /// What a device gets that says nothing.
    pub default_expires: Duration,
    /// The most that a device behind NAT gets over UDP: its registrations keep the NAT open.
    pub nat_expires: Duration,
    /// How long a connection of an outbound device may be idle before it sends a keep-alive
    /// (RFC 5626 section 4.4.1).
    pub flow_timer: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            domains: Vec::new(),
            min_expires: Duration::from_secs(60),
            max_expires: Duration::from_secs(3_600),
            default_expires: Duration::from_secs(3_600),
            nat_expires: Duration::from_secs(60),
            flow_timer: Duration::from_secs(120),
        }
    }
}

/// What happened to a binding. Refreshes are none.
#[derive(Clone)]
pub enum Event {
    /// A device registered, or by another way than before.
    Registered {
        /// The address-of-record.
        aor: Arc<str>,
        /// The device.
        target: Box<Target>,
    },
    /// A device is gone.
    Unregistered {
        /// The address-of-record.
        aor: Arc<str>,
        /// The device.
        target: Box<Target>,
        /// Why.
        why: Gone,
    },
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Registered { target, .. } => write!(f, "Registered({target:?})"),
            Event::Unregistered { target, why, .. } => {
                write!(f, "Unregistered({target:?}, {why:?})")
            }
        }
    }
}

/// The bindings of all devices.
pub struct Registrar {
    config: Config,
    aors: HashMap<Arc<str>, Vec<Binding>>,
    /// Whose a binding is, by its number.
    owners: HashMap<u64, Arc<str>>,
    by_flow: HashMap<Flow, BTreeSet<u64>>,
    deadlines: TimerQueue<u64>,
    next: u64,
    events: VecDeque<Event>,
}

impl fmt::Debug for Registrar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registrar")
            .field("aors", &self.aors.len())
            .field("bindings", &self.owners.len())
            .finish_non_exhaustive()
    }
}

impl Registrar {
    /// A registrar without bindings.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            aors: HashMap::new(),
            owners: HashMap::new(),
            by_flow: HashMap::new(),
            deadlines: TimerQueue::new(),
            next: 0,
            events: VecDeque::new(),
        }
    }

    /// Takes a REGISTER of an authenticated user, whole or not at all. `owner` is the user part
    /// of the one address-of-record that this user may register; another one is answered 403.
    pub fn register(&mut self, now: Instant, request: &Request, flow: Flow, owner: &str) -> Answer {
        self.handle_timeout(now);
        let result = request::read(request, flow, &self.config).and_then(|asked| {
            if asked.aor != owner {
                return Err(Answer::status(403));
            }
            self.change(now, flow, asked)
        });
        result.unwrap_or_else(|refusal| refusal)
    }

    /// Where the devices of an address-of-record are, best first: by `q`, then those that
    /// registered last. Several with one `instance` are ways to the same device: the next is
    /// for when the one before fails.
    pub fn lookup(&self, now: Instant, aor: &str) -> Vec<Target> {
        let bindings = self.aors.get(aor).map(Vec::as_slice).unwrap_or_default();
        let mut alive: Vec<&Binding> = bindings.iter().filter(|b| b.target.until > now).collect();
        alive.sort_by_key(|b| std::cmp::Reverse((b.target.q, b.refreshed, b.number)));
        alive.into_iter().map(|binding| binding.target.clone()).collect()
    }

    /// Every device with its address-of-record, in no order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.aors
            .iter()
            .flat_map(|(aor, bindings)| bindings.iter().map(|b| (aor.as_ref(), &b.target)))
    }

    /// Bindings that are kept.
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether nobody is registered.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    /// Forgets an address-of-record: its user is no more.
    pub fn remove(&mut self, aor: &str) {
        for number in self.numbers(aor) {
            self.unbind(number, Gone::Removed);
        }
    }

    /// A connection is gone. Devices that speak outbound come back by another one (RFC 5626
    /// section 7), and so do those behind NAT; nobody can be reached by this one.
    pub fn flow_closed(&mut self, flow: Flow) {
        for number in self.by_flow.get(&flow).cloned().unwrap_or_default() {
            self.unbind(number, Gone::FlowClosed);
        }
    }

    /// Whether a device registered by this flow.
    pub fn is_used(&self, flow: Flow) -> bool {
        self.by_flow.contains_key(&flow)
    }

    /// When [`Registrar::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    /// Forgets what has expired.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(number) = self.deadlines.pop_due(now) {
            self.unbind(number, Gone::Expired);
        }
    }

    /// What happened, in order.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn numbers(&self, aor: &str) -> Vec<u64> {
        self.aors.get(aor).map(|all| all.iter().map(|b| b.number).collect()).unwrap_or_default()
    }

    /// Judges the order of a request (section 10.3, steps 6 and 7), then carries it out.
    fn change(&mut self, now: Instant, flow: Flow, asked: Asked) -> Result<Answer, Answer> {
        let bindings = self.aors.get(asked.aor.as_str()).map(Vec::as_slice).unwrap_or_default();
        let overtaken =
            |binding: &Binding, least: u32| binding.call_id == asked.call_id && asked.cseq < least;
        match &asked.change {
            Change::Nothing => {}
            Change::RemoveAll => {
                if bindings.iter().any(|b| overtaken(b, b.cseq.saturating_add(1))) {
                    return Err(Answer::status(500));
                }
                for number in self.numbers(&asked.aor) {
                    self.unbind(number, Gone::Asked);
                }
            }
            Change::Contacts(contacts) => {
                let found = |contact: &AskedContact| bindings.iter().find(|b| b.is(contact));
                if contacts.iter().filter_map(found).any(|b| overtaken(b, b.cseq)) {
                    return Err(Answer::status(500));
                }
                if bindings.is_empty() && self.aors.len() >= MAX_AORS {
                    return Err(Answer::status(503));
                }
                for contact in contacts {
                    self.bind(now, flow, &asked, contact);
                }
            }
        }
        Ok(self.granted(now, flow, &asked))
    }

    /// Binds, refreshes or removes one contact.
    fn bind(&mut self, now: Instant, flow: Flow, asked: &Asked, contact: &AskedContact) {
        let bindings = self.aors.get(asked.aor.as_str()).map(Vec::as_slice).unwrap_or_default();
        let old = bindings.iter().find(|binding| binding.is(contact));
        if old.is_some_and(|old| old.call_id == asked.call_id && old.cseq == asked.cseq) {
            return; // The same request once more: its answer was lost.
        }
        let old = old.map(|old| old.number);
        if contact.expires.is_zero() {
            if let Some(number) = old {
                self.unbind(number, Gone::Asked);
            }
            return;
        }
        if old.is_none() && bindings.len() >= MAX_BINDINGS {
            let first = bindings.iter().min_by_key(|b| (b.target.until, b.number));
            if let Some(number) = first.map(|binding| binding.number) {
                self.unbind(number, Gone::Replaced);
            }
        }
        let number = old.unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        self.put(asked, Binding::new(number, now, flow, asked, contact));
    }

    /// Puts a binding in the place of the one with its number, or beside the others.
    fn put(&mut self, asked: &Asked, binding: Binding) {
        let (number, flow) = (binding.number, binding.target.flow);
        let aor: Arc<str> = match self.aors.get_key_value(asked.aor.as_str()) {
            Some((aor, _)) => aor.clone(),
            None => asked.aor.as_str().into(),
        };
        self.deadlines.set(&number, Some(binding.target.until));
        let target = Box::new(binding.target.clone());
        let bindings = self.aors.entry(aor.clone()).or_default();
        let moved = match bindings.iter_mut().find(|b| b.number == number) {
            Some(old) => {
                let moved = (old.target.flow != flow).then_some(old.target.flow);
                *old = binding;
                if moved.is_none() {
                    return;
                }
                moved
            }
            None => {
                bindings.push(binding);
                None
            }
        };
        if let Some(left) = moved {
            self.leave(left, number);
        }
        self.owners.insert(number, aor.clone());
        self.by_flow.entry(flow).or_default().insert(number);
        self.event(Event::Registered { aor, target });
    }

    fn unbind(&mut self, number: u64, why: Gone) {
        self.deadlines.set(&number, None);
        let Some(aor) = self.owners.remove(&number) else { return };
        let Some(bindings) = self.aors.get_mut(&aor) else { return };
        let Some(at) = bindings.iter().position(|b| b.number == number) else { return };
        let target = Box::new(bindings.remove(at).target);
        if bindings.is_empty() {
            self.aors.remove(&aor);
        }
        self.leave(target.flow, number);
        self.event(Event::Unregistered { aor, target, why });
    }

    fn leave(&mut self, flow: Flow, number: u64) {
        if let Some(numbers) = self.by_flow.get_mut(&flow) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_flow.remove(&flow);
            }
        }
    }

    fn event(&mut self, event: Event) {
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// 200 with all bindings (section 10.3, step 8).
    fn granted(&self, now: Instant, flow: Flow, asked: &Asked) -> Answer {
        let mut headers = Headers::new();
        let bindings = self.aors.get(asked.aor.as_str()).map(Vec::as_slice).unwrap_or_default();
        for binding in bindings {
            headers.push(&Contact::Address(binding.contact(now)));
        }
        for path in &asked.path {
            headers.push(&Path(path.clone()));
        }
        headers.push(&Supported(Text::from_static("path")));
        if asked.outbound {
            headers.push(&Supported(Text::from_static("outbound")));
            headers.push(&Require(Text::from_static("outbound")));
        }
        // Over UDP a device asks by STUN whether we are there, and what NAT forgets expires soon.
        let timed = asked.outbound && flow.carrier.is_reliable();
        let flow_timer = timed.then_some(self.config.flow_timer);
        if let (Some(timer), Some(name)) = (flow_timer, HeaderName::new("Flow-Timer")) {
            headers.push_raw(name, timer.as_secs().to_string());
        }
        Answer { status: 200, headers, flow_timer }
    }
}

/// The user part of an address-of-record, as [`Registrar::lookup`] takes it. `None` where the
/// URI has none that is text.
pub fn user_of(uri: &Uri) -> Option<String> {
    let user = uri.as_sip()?;
    let user = sip_codec::unescape(user.user.as_ref()?);
    user.as_str().filter(|user| !user.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;

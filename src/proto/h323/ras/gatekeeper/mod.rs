//! A gatekeeper for our rooms (H.225.0 section 7.9 and on): who registers and who may call is the
//! application's to say, all else is answered here.
//!
//! * [`words`]: inputs, commands, events, outputs. * `table`: who is registered. * `user`: who
//!   has a password (H.235 Annex D), which every message of a room that used it must prove.
//! * `register`, `call`: what endpoints ask. * `ask`: what we ask of endpoints and neighbours.
//! * `usage`: what they say of their calls. * `reply`: the messages.
//!
//! It answers to where a question came from, never to an address within it, and never with more
//! than the question had where the asker is not registered: nobody is made to flood a third party
//! through it. What registered endpoints are called is random, and each message must say it.

mod ask;
mod call;
mod register;
mod reply;
mod table;
#[cfg(test)]
mod tests;
mod usage;
mod user;
pub mod words;

pub use table::{MAX_PER_SOURCE, MAX_REGISTRATIONS};
pub use words::{
    AskedCall, Command, Config, Event, Identity, Input, Local, Neighbour, Output, QuestionId,
    Reach, Registrant, Usage, User,
};

use super::CallKey;
use super::security::{self, Signer, Token};
use crate::h323::address::{self, MAX_ALIASES};
use crate::h323::traversal;
use crate::sip::random::Random;
use ask::Asks;
use causeway_asn1::h225::{AliasAddress, GatekeeperRequest, LocationRequest, RasMessage};
use causeway_asn1::{BmpString, decode, encode};
use causeway_base::EndCause;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use table::{Call, Table};
use user::Users;

/// Questions that wait for the application at a time. It answers within a turn, or has a
/// neighbour asked.
const MAX_QUESTIONS: usize = 1_000;

/// Questions of one address that wait, so that nobody takes all of them.
const MAX_QUESTIONS_PER_SOURCE: usize = 32;

/// How long a question may wait: as long as an endpoint repeats it (H.225.0 table 18).
const QUESTION_PATIENCE: Duration = Duration::from_secs(15);

/// Outputs that wait: one input makes a handful, but for many registrations that end at once.
const MAX_OUTPUTS: usize = 3 * MAX_REGISTRATIONS;

/// Who asks.
#[derive(Clone, Debug)]
struct Asker {
    from: SocketAddr,
    local: Local,
    /// The number of the request, which an answer repeats.
    sequence: u16,
    /// The bytes of the request.
    length: usize,
    /// Tells the request from its others.
    digest: u64,
}

/// What the application was asked.
#[derive(Clone, Debug)]
struct Question {
    asker: Asker,
    until: Instant,
    about: About,
}

#[derive(Clone, Debug)]
enum About {
    Registration(Box<register::Wanted>),
    Admission(Box<call::Wanted>),
    Location,
}

/// Where it is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Serving,
    /// Nobody is taken any more.
    Stopped,
}

/// A gatekeeper.
#[derive(Debug)]
pub struct Gatekeeper {
    config: Config,
    identifier: BmpString,
    life: Life,
    table: Table,
    users: Users,
    questions: BTreeMap<QuestionId, Question>,
    last_question: u64,
    asks: Asks,
    signer: Signer,
    random: Random,
    outputs: VecDeque<Output>,
    /// Nothing is due before. Kept low rather than exact: it is found anew when it is there.
    due: Option<Instant>,
}

impl Gatekeeper {
    /// One without endpoints.
    pub fn new(mut config: Config) -> Self {
        let mut random = Random::new(config.seed);
        Self {
            identifier: config.identifier.as_str().into(),
            life: Life::Serving,
            table: Table::default(),
            users: Users::new(std::mem::take(&mut config.users)),
            questions: BTreeMap::new(),
            last_question: 0,
            asks: Asks::default(),
            signer: Signer::new(config.clock, random.below(u32::MAX)),
            random,
            outputs: VecDeque::new(),
            due: None,
            config,
        }
    }

    /// The endpoint that is registered from there.
    pub fn registrant(&self, ras: SocketAddr) -> Option<&Registrant> {
        self.table.get(ras).map(|registration| &registration.registrant)
    }

    /// The endpoint that is registered under a name.
    pub fn named(&self, name: &str) -> Option<&Registrant> {
        self.table.named(name)
    }

    /// The endpoint that takes calls at an address; where none takes them at this port, the only
    /// one of that address: who dials an address names no port.
    pub fn at(&self, call: SocketAddr) -> Option<&Registrant> {
        self.table.at(call)
    }

    /// Whether an endpoint has a call that was admitted.
    pub fn has_call(&self, ras: SocketAddr, call: &CallKey) -> bool {
        self.table.get(ras).is_some_and(|registration| registration.calls.contains_key(call))
    }

    /// Whether nothing that it asked waits for an answer.
    pub fn is_idle(&self) -> bool {
        self.asks.is_empty()
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram { from, local, data } => self.datagram(now, from, local, data),
            Input::Command(command) => self.command(now, command),
        }
    }

    /// Ends what has lasted long enough, and asks again what was not answered.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.questions.retain(|_, question| question.until > now);
        let over = self.table.iter().filter(|(_, one)| one.until <= now);
        let over: Vec<SocketAddr> = over.map(|(ras, _)| *ras).collect();
        over.into_iter().for_each(|ras| self.forget(ras));
        self.ask_about_calls(now);
        self.ask_again(now);
        let questions = self.questions.values().map(|question| question.until);
        let registrations = self
            .table
            .iter()
            .flat_map(|(_, one)| std::iter::once(one.until).chain(one.question_due()));
        self.due = questions.chain(registrations).chain(self.asks.deadline()).min();
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or(Output::Timeout(self.due))
    }

    /// Something is to be looked at then.
    fn wake(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    /// The bytes of a message to somebody, signed where it has a password: for what we call it, by
    /// which it goes from its confirmation on (H.235.1 section 14).
    fn sealed(&mut self, now: Instant, to: SocketAddr, message: RasMessage) -> Option<Vec<u8>> {
        let registration = self.table.get(to);
        let signed = registration.and_then(|one| Some((one.key.as_ref()?, &one.identifier)));
        let Some((key, name)) = signed else { return encode(&message).ok() };
        self.signer.sign(now, message, key, Some(&self.identifier), Some(name)).ok()
    }

    /// Answers a question. Whether it could be: who is not registered hears no more than it said.
    fn answer(&mut self, now: Instant, asker: &Asker, message: RasMessage) -> bool {
        let Some(data) = self.sealed(now, asker.from, message) else { return false };
        let known = self.table.get(asker.from).is_some();
        if data.len() > asker.length && !known {
            return false;
        }
        self.table.keep_answer(asker.from, asker.digest, &data);
        self.push(Output::Transmit { to: asker.from, data });
        true
    }

    fn forget(&mut self, ras: SocketAddr) {
        let Some(registration) = self.table.remove(ras) else { return };
        for (call, Call { usage, .. }) in registration.calls {
            self.event(Event::Left { by: ras, call, usage });
        }
        self.event(Event::Unregistered(Box::new(registration.registrant)));
    }

    /// Asks the application. `None` where it has enough to answer, or was asked the same.
    fn ask(&mut self, now: Instant, asker: Asker, about: About) -> Option<QuestionId> {
        let of_source = self.questions.values().map(|question| &question.asker);
        let of_source = of_source.filter(|other| other.from.ip() == asker.from.ip());
        let same = |other: &Question| {
            other.asker.from == asker.from && other.asker.sequence == asker.sequence
        };
        if self.questions.len() >= MAX_QUESTIONS
            || of_source.count() >= MAX_QUESTIONS_PER_SOURCE
            || self.questions.values().any(same)
        {
            return None;
        }
        self.last_question += 1;
        let id = QuestionId(self.last_question);
        let until = now + QUESTION_PATIENCE;
        self.questions.insert(id, Question { asker, until, about });
        self.wake(until);
        Some(id)
    }

    fn datagram(&mut self, now: Instant, from: SocketAddr, local: Local, data: &[u8]) {
        let digest = self.table.digest(data);
        if let Some(answer) = self.table.kept_answer(from, digest).map(<[u8]>::to_vec) {
            return self.push(Output::Transmit { to: from, data: answer });
        }
        let Ok(message) = decode::<RasMessage>(data) else { return };
        let token = security::token(&message);
        let asker = Asker { from, local, sequence: 0, length: data.len(), digest };
        match (message, self.life) {
            (RasMessage::GatekeeperRequest(request), Life::Serving) => {
                self.discovery(now, asker, &request);
            }
            (RasMessage::RegistrationRequest(request), Life::Serving) => {
                self.registration(now, asker, *request, token.as_ref(), data);
            }
            (RasMessage::LocationRequest(request), Life::Serving) => {
                self.location(now, asker, &request);
            }
            (message, _) => {
                let proved = self.is_proved(now, from, token.as_ref(), data);
                self.message(now, asker, message, proved);
            }
        }
    }

    /// Whether a message is of the endpoint that is registered there. Who used a password once
    /// has to use it always; who did not has nothing to prove.
    fn is_proved(
        &mut self,
        now: Instant,
        from: SocketAddr,
        token: Option<&Token>,
        data: &[u8],
    ) -> bool {
        let registrant = self.table.get(from).map(|registration| &registration.registrant.identity);
        let Some(Identity::Proved(user)) = registrant else { return true };
        let time = self.signer.time(now);
        token.is_some_and(|token| self.users.proves(user, token, data, time))
    }

    /// What endpoints ask and answer who are registered, or should be.
    fn message(&mut self, now: Instant, mut asker: Asker, message: RasMessage, proved: bool) {
        if let Some((sequence, denied)) = reply::denied(&message).filter(|_| !proved) {
            asker.sequence = sequence;
            self.answer(now, &asker, denied);
            return;
        }
        if !proved {
            return;
        }
        match message {
            RasMessage::UnregistrationRequest(request) => self.leave(now, asker, &request),
            RasMessage::AdmissionRequest(request) => self.admission(now, asker, *request),
            RasMessage::DisengageRequest(request) => self.disengage(now, asker, &request),
            RasMessage::BandwidthRequest(request) => self.bandwidth(now, asker, &request),
            RasMessage::InfoRequestResponse(report) => self.report(now, asker, &report),
            RasMessage::ResourcesAvailableIndicate(indication)
                if self.is_of(asker.from, &indication.endpoint_identifier) =>
            {
                let confirm = reply::resources(indication.request_seq_num);
                self.answer(now, &asker, confirm);
            }
            answer => self.answered(asker.from, &answer),
        }
    }

    /// Whether the endpoint that is registered there is called so.
    fn is_of(&self, from: SocketAddr, identifier: &BmpString) -> bool {
        self.table.get(from).is_some_and(|registration| registration.identifier == *identifier)
    }

    fn discovery(&mut self, now: Instant, asker: Asker, request: &GatekeeperRequest) {
        if request.gatekeeper_identifier.as_ref().is_some_and(|name| *name != self.identifier) {
            return;
        }
        let offered = request.algorithm_oi_ds.iter().flatten().take(MAX_ALIASES);
        let password = !self.users.is_empty() && offered.into_iter().any(security::is_ours);
        let sequence = request.request_seq_num;
        let ras = asker.local.ras;
        let features = traversal::confirmed(traversal::reach(request.feature_set.as_ref()));
        let whole = reply::discovered(Some(&self.identifier), ras, password, features, sequence);
        // Without the name it is shorter than any question.
        if !self.answer(now, &asker, whole) {
            self.answer(now, &asker, reply::discovered(None, ras, false, None, sequence));
        }
    }

    fn location(&mut self, now: Instant, mut asker: Asker, request: &LocationRequest) {
        asker.sequence = request.request_seq_num;
        let from = asker.from;
        if !self.config.neighbours.iter().any(|one| one.address.ip() == from.ip()) {
            let refused = reply::not_located(asker.sequence, EndCause::Forbidden);
            self.answer(now, &asker, refused);
            return;
        }
        if self.config.neighbours.iter().any(|one| one.address == from) {
            // It is known to be there, as a registered endpoint is.
            asker.length = usize::MAX;
        }
        let (of, here) = (some(&request.destination_info), asker.local.call);
        if let Some(question) = self.ask(now, asker, About::Location) {
            self.event(Event::Location { question, by: from, of, here });
        }
    }

    fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Register(id) => {
                if let Some(Question { asker, about: About::Registration(wanted), .. }) =
                    self.questions.remove(&id)
                {
                    self.register(now, asker, *wanted);
                }
            }
            Command::Admit(id, address) => match self.questions.remove(&id) {
                Some(Question { asker, about: About::Admission(wanted), .. }) => {
                    self.admit(now, &asker, *wanted, address);
                }
                Some(Question { asker, about: About::Location, .. }) => {
                    let located = reply::located(asker.local.ras, asker.sequence, address);
                    self.answer(now, &asker, located);
                }
                _ => {}
            },
            Command::Refuse(id, cause) => {
                if let Some(question) = self.questions.remove(&id) {
                    self.refuse(now, question, cause);
                }
            }
            Command::Wait(id, patience) => self.wait(now, id, patience),
            Command::Unregister(ras) => self.unregister(now, ras),
            Command::Indicate { ras, call, here } => self.indicate(now, ras, call, here),
            Command::Find(query, name) => self.find(now, query, &name),
            Command::Stop => {
                self.life = Life::Stopped;
                self.questions.clear();
                let all: Vec<SocketAddr> = self.table.iter().map(|(ras, _)| *ras).collect();
                all.into_iter().for_each(|ras| self.unregister(now, ras));
            }
            Command::Clock(clock) => self.signer.set_clock(clock),
        }
    }

    fn refuse(&mut self, now: Instant, question: Question, cause: EndCause) {
        let sequence = question.asker.sequence;
        let message = match question.about {
            About::Registration { .. } => {
                reply::not_registered(sequence, reply::registration_reason(cause))
            }
            About::Admission { .. } => reply::not_admitted(sequence, cause),
            About::Location => reply::not_located(sequence, cause),
        };
        self.answer(now, &question.asker, message);
    }

    /// Tells who asked that it is worked on.
    fn wait(&mut self, now: Instant, id: QuestionId, patience: Duration) {
        let Some(question) = self.questions.get_mut(&id) else { return };
        question.until = now + patience + QUESTION_PATIENCE;
        let asker = question.asker.clone();
        let message = reply::in_progress(asker.sequence, patience);
        // The same request, when it is repeated, is answered by this only until there is more.
        if let Some(data) = self.sealed(now, asker.from, message)
            && (data.len() <= asker.length || self.table.get(asker.from).is_some())
        {
            self.push(Output::Transmit { to: asker.from, data });
        }
    }
}

/// Of names those that are looked at, as text.
fn some(aliases: &[AliasAddress]) -> Vec<String> {
    aliases.iter().take(MAX_ALIASES).filter_map(address::text).collect()
}

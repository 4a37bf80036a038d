//! A gatekeeper for our rooms (H.225.0 section 7.9 and on): who registers and who may call is the
//! application's to say, all else is answered here.
//!
//! It answers to where a question came from, never to an address within it, and never with more
//! than the question had where the asker is not registered: nobody is made to flood a third party
//! through it.

mod reply;
#[cfg(test)]
mod tests;
pub mod words;

pub use words::{Command, Config, Event, Input, Output, QuestionId, Registrant};

use crate::h323::address::{self, MAX_ALIASES};
use causeway_asn1::h225::{
    AdmissionRequest, AliasAddress, RasMessage, RegistrationRejectReason, RegistrationRequest,
    TransportAddress,
};
use causeway_asn1::{BmpString, decode, encode};
use causeway_base::EndCause;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Endpoints that are registered at a time: every room of a large company.
pub const MAX_REGISTRATIONS: usize = 10_000;

/// Questions that wait for the application at a time. It answers within a turn.
const MAX_QUESTIONS: usize = 1_000;

/// How long a question may wait: as long as an endpoint repeats it (H.225.0 table 18).
const QUESTION_PATIENCE: Duration = Duration::from_secs(15);

/// The shortest registration that is granted, whatever is asked for.
const MIN_TIME_TO_LIVE: Duration = Duration::from_secs(60);

/// Outputs that wait: one input makes a handful, but for many registrations that end at once.
const MAX_OUTPUTS: usize = 2 * MAX_REGISTRATIONS;

/// One that is registered.
#[derive(Clone, Debug)]
struct Registration {
    /// What we call it.
    identifier: BmpString,
    registrant: Registrant,
    until: Instant,
}

/// What the application was asked.
#[derive(Clone, Debug)]
struct Question {
    from: SocketAddr,
    /// The number of the request, which an answer repeats.
    sequence: u16,
    /// The bytes of the request.
    length: usize,
    until: Instant,
    about: About,
}

#[derive(Clone, Debug)]
enum About {
    Registration { registrant: Registrant, time_to_live: Duration },
    Admission { bandwidth: u32 },
    Location,
}

/// A gatekeeper.
#[derive(Debug)]
pub struct Gatekeeper {
    config: Config,
    /// By where they take RAS.
    registrations: HashMap<SocketAddr, Registration>,
    questions: BTreeMap<QuestionId, Question>,
    last_question: u64,
    last_endpoint: u64,
    outputs: VecDeque<Output>,
}

impl Gatekeeper {
    /// One without endpoints.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            registrations: HashMap::new(),
            questions: BTreeMap::new(),
            last_question: 0,
            last_endpoint: 0,
            outputs: VecDeque::new(),
        }
    }

    /// The endpoint that is registered from there.
    pub fn registrant(&self, ras: SocketAddr) -> Option<&Registrant> {
        self.registrations.get(&ras).map(|registration| &registration.registrant)
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram { from, data } => {
                if let Ok(message) = decode::<RasMessage>(data) {
                    self.message(now, from, data.len(), message);
                }
            }
            Input::Command(command) => self.command(now, command),
        }
    }

    /// Ends what has lasted long enough.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.questions.retain(|_, question| question.until > now);
        let over = self.registrations.iter().filter(|(_, one)| one.until <= now);
        let over: Vec<SocketAddr> = over.map(|(ras, _)| *ras).collect();
        over.into_iter().for_each(|ras| self.forget(ras));
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            let questions = self.questions.values().map(|question| question.until);
            let registrations = self.registrations.values().map(|one| one.until);
            Output::Timeout(questions.chain(registrations).min())
        })
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        }
    }

    /// Answers a question of `length` bytes. Who is not registered hears no more than it said.
    fn answer(&mut self, to: SocketAddr, length: usize, message: &RasMessage) {
        let Ok(data) = encode(message) else { return };
        if data.len() <= length || self.registrations.contains_key(&to) {
            self.push(Output::Transmit { to, data });
        }
    }

    fn forget(&mut self, ras: SocketAddr) {
        if let Some(registration) = self.registrations.remove(&ras) {
            self.push(Output::Event(Event::Unregistered(Box::new(registration.registrant))));
        }
    }

    /// Asks the application. `false` where it has enough to answer, or was asked the same.
    fn ask(&mut self, question: Question) -> Option<QuestionId> {
        let same =
            |other: &Question| other.from == question.from && other.sequence == question.sequence;
        if self.questions.len() >= MAX_QUESTIONS || self.questions.values().any(same) {
            return None;
        }
        self.last_question += 1;
        let id = QuestionId(self.last_question);
        self.questions.insert(id, question);
        Some(id)
    }

    fn message(&mut self, now: Instant, from: SocketAddr, length: usize, message: RasMessage) {
        match message {
            RasMessage::GatekeeperRequest(request) => {
                let asked = request.gatekeeper_identifier.as_ref().map(ToString::to_string);
                if asked.is_none_or(|name| name == self.config.identifier) {
                    let confirm = reply::discovered(&self.config, request.request_seq_num);
                    self.answer(from, length, &confirm);
                }
            }
            RasMessage::RegistrationRequest(request) => {
                self.registration(now, from, length, *request);
            }
            RasMessage::UnregistrationRequest(request) => {
                let known = self.registrations.contains_key(&from);
                let sequence = request.request_seq_num;
                self.answer(from, length, &reply::unregistered(sequence, known));
                self.forget(from);
            }
            RasMessage::AdmissionRequest(request) => self.admission(now, from, length, *request),
            RasMessage::DisengageRequest(request) => {
                let known = self.registrations.contains_key(&from);
                self.answer(from, length, &reply::disengaged(request.request_seq_num, known));
            }
            RasMessage::BandwidthRequest(request) => {
                let granted = request.band_width.min(self.config.bandwidth);
                let known = self.registrations.contains_key(&from);
                let sequence = request.request_seq_num;
                self.answer(from, length, &reply::bandwidth(sequence, known.then_some(granted)));
            }
            RasMessage::InfoRequestResponse(report)
                if report.need_response == Some(true) && self.registrations.contains_key(&from) =>
            {
                self.answer(from, length, &reply::heard(report.request_seq_num));
            }
            RasMessage::LocationRequest(request) if self.config.neighbours.contains(&from) => {
                let of: Vec<_> = some(&request.destination_info);
                let sequence = request.request_seq_num;
                let until = now + QUESTION_PATIENCE;
                let about = About::Location;
                let asked = self.ask(Question { from, sequence, length, until, about });
                if let Some(question) = asked {
                    self.push(Output::Event(Event::Location { question, by: from, of }));
                }
            }
            // Answers to what we never ask.
            _ => {}
        }
    }

    fn registration(
        &mut self,
        now: Instant,
        from: SocketAddr,
        length: usize,
        request: RegistrationRequest,
    ) {
        let sequence = request.request_seq_num;
        let asked = request.time_to_live.map(|seconds| Duration::from_secs(seconds.into()));
        let longest = self.config.time_to_live.max(MIN_TIME_TO_LIVE);
        let time_to_live = asked.unwrap_or(longest).clamp(MIN_TIME_TO_LIVE, longest);
        if request.keep_alive == Some(true) {
            let known = self.registrations.get_mut(&from);
            let same = |one: &&mut Registration| {
                request.endpoint_identifier.as_ref() == Some(&one.identifier)
            };
            let message = match known.filter(same) {
                Some(registration) => {
                    registration.until = now + time_to_live;
                    let identifier = registration.identifier.clone();
                    reply::registered(&self.config, sequence, identifier, time_to_live)
                }
                None => reply::not_registered(
                    sequence,
                    RegistrationRejectReason::FullRegistrationRequired,
                ),
            };
            return self.answer(from, length, &message);
        }
        let Some(call) = first(&request.call_signal_address) else {
            let reason = RegistrationRejectReason::InvalidCallSignalAddress;
            return self.answer(from, length, &reply::not_registered(sequence, reason));
        };
        let aliases = request.terminal_alias.as_deref().map(some).unwrap_or_default();
        let registrant = Registrant { ras: from, call, aliases };
        let about = About::Registration { registrant: registrant.clone(), time_to_live };
        let until = now + QUESTION_PATIENCE;
        if let Some(id) = self.ask(Question { from, sequence, length, until, about }) {
            self.push(Output::Event(Event::Registering(id, Box::new(registrant))));
        }
    }

    fn admission(
        &mut self,
        now: Instant,
        from: SocketAddr,
        length: usize,
        request: AdmissionRequest,
    ) {
        let sequence = request.request_seq_num;
        let known = self.registrations.get(&from);
        let known = known.filter(|one| one.identifier == request.endpoint_identifier);
        let Some(registration) = known else {
            return self.answer(from, length, &reply::unknown_caller(sequence));
        };
        let by = registration.registrant.clone();
        let bandwidth = request.band_width.min(self.config.bandwidth);
        if request.answer_call {
            // It was called: by us, or by somebody whom it took already.
            let message = reply::admitted(sequence, bandwidth, by.call);
            return self.answer(from, length, &message);
        }
        let until = now + QUESTION_PATIENCE;
        let about = About::Admission { bandwidth };
        let to = request.destination_info.as_deref().map(some).unwrap_or_default();
        if let Some(question) = self.ask(Question { from, sequence, length, until, about }) {
            self.push(Output::Event(Event::Admission { question, by: Box::new(by), to }));
        }
    }

    fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Register(id) => {
                if let Some(question) = self.questions.remove(&id) {
                    self.register(now, question);
                }
            }
            Command::Admit(id, address) => {
                let Some(question) = self.questions.remove(&id) else { return };
                let sequence = question.sequence;
                let message = match question.about {
                    About::Admission { bandwidth } => reply::admitted(sequence, bandwidth, address),
                    About::Location => reply::located(&self.config, sequence, address),
                    About::Registration { .. } => return,
                };
                // Neighbours are known by their address.
                let length = match question.about {
                    About::Location => usize::MAX,
                    _ => question.length,
                };
                self.answer(question.from, length, &message);
            }
            Command::Refuse(id, cause) => {
                if let Some(question) = self.questions.remove(&id) {
                    self.refuse(question, cause);
                }
            }
            Command::Unregister(ras) => self.forget(ras),
        }
    }

    fn register(&mut self, now: Instant, question: Question) {
        let About::Registration { registrant, time_to_live } = question.about else { return };
        let known = self.registrations.get(&question.from);
        if known.is_none() && self.registrations.len() >= MAX_REGISTRATIONS {
            let reason = RegistrationRejectReason::ResourceUnavailable;
            let message = reply::not_registered(question.sequence, reason);
            return self.answer(question.from, question.length, &message);
        }
        // Who registers again keeps what it is called.
        let identifier = known.map(|one| one.identifier.clone()).unwrap_or_else(|| {
            self.last_endpoint += 1;
            BmpString::from(format!("{}", self.last_endpoint).as_str())
        });
        let until = now + time_to_live;
        let registration = Registration { identifier: identifier.clone(), registrant, until };
        self.registrations.insert(question.from, registration);
        let message = reply::registered(&self.config, question.sequence, identifier, time_to_live);
        self.answer(question.from, question.length, &message);
    }

    fn refuse(&mut self, question: Question, cause: EndCause) {
        let sequence = question.sequence;
        let message = match question.about {
            About::Registration { .. } => {
                reply::not_registered(sequence, reply::registration_reason(cause))
            }
            About::Admission { .. } => reply::not_admitted(sequence, cause),
            About::Location => reply::not_located(sequence, cause),
        };
        self.answer(question.from, question.length, &message);
    }
}

/// Of names those that are looked at.
fn some(aliases: &[AliasAddress]) -> Vec<AliasAddress> {
    aliases.iter().take(MAX_ALIASES).cloned().collect()
}

/// The first address of our networks.
fn first(addresses: &[TransportAddress]) -> Option<SocketAddr> {
    addresses.iter().take(MAX_ALIASES).find_map(address::socket)
}

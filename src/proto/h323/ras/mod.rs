//! Registration and admission (H.225.0 section 7.9 and on).
//!
//! * [`Client`]: discovers a gatekeeper, registers, keeps the registration alive with lightweight
//!   requests, asks to be admitted for each call, and answers what the gatekeeper asks.
//! * [`words`]: inputs, commands, events, outputs. * `pending`: a request until its answer.
//! * `registration`, `admission`: the machines. * `request`: the messages that we send.
//! * [`gatekeeper`]: the other side, for our rooms.
//!
//! The client hears its gatekeeper alone. What comes from elsewhere is dropped without an answer,
//! so that nobody is made to send to a third party.

mod admission;
pub mod gatekeeper;
mod pending;
mod registration;
mod request;
pub mod security;
#[cfg(test)]
mod tests;
pub mod words;

pub use security::{Clock, Key};
pub use words::{Admission, CallKey, Command, Config, Event, Input, Output};

use admission::Admissions;
use causeway_asn1::h225::{BandwidthConfirm, DisengageConfirm, RasMessage, UnregistrationConfirm};
use causeway_asn1::{decode, encode};
use registration::Registration;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Outputs that wait: one input makes one for each call at most.
const MAX_OUTPUTS: usize = 8_192;

/// The endpoint's side of a gatekeeper.
#[derive(Debug)]
pub struct Client {
    config: Config,
    registration: Registration,
    admissions: Admissions,
    outbox: Outbox,
}

/// What waits to be drained, and the numbers of requests.
#[derive(Debug, Default)]
struct Outbox {
    queue: VecDeque<Output>,
    sequence: u16,
}

impl Outbox {
    /// The next number of a request, never 0.
    fn number(&mut self) -> u16 {
        self.sequence = self.sequence.checked_add(1).unwrap_or(1);
        self.sequence
    }

    fn push(&mut self, output: Output) {
        if self.queue.len() < MAX_OUTPUTS {
            self.queue.push_back(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    /// Sends a message; one with a value that is not allowed is not sent, and unanswered then.
    fn send(&mut self, to: SocketAddr, message: &RasMessage) {
        if let Ok(data) = encode(message) {
            self.push(Output::Transmit { to, data });
        }
    }
}

impl Client {
    /// One that does nothing until [`Command::Start`].
    pub fn new(config: Config) -> Self {
        Self {
            registration: Registration::new(&config),
            config,
            admissions: Admissions::default(),
            outbox: Outbox::default(),
        }
    }

    /// Whether calls may be made and taken.
    pub fn is_registered(&self, now: Instant) -> bool {
        self.registration.is_registered(now)
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram { from, data } => {
                if self.registration.hears(from)
                    && let Ok(message) = decode::<RasMessage>(data)
                {
                    self.message(now, from, message);
                }
            }
            Input::Command(command) => self.command(now, command),
        }
    }

    /// Fires the timers that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.registration.timeout(now, &self.config, &mut self.outbox);
        self.admissions.timeout(now, &mut self.outbox);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outbox.queue.pop_front().unwrap_or_else(|| Output::Timeout(self.deadline()))
    }

    fn deadline(&self) -> Option<Instant> {
        self.registration.deadline().into_iter().chain(self.admissions.deadline()).min()
    }

    fn command(&mut self, now: Instant, command: Command) {
        let (config, out) = (&self.config, &mut self.outbox);
        match command {
            Command::Start => self.registration.start(now, config, out),
            Command::Stop => {
                self.admissions.forget();
                self.registration.stop(now, config, out);
            }
            Command::Admit(admission) => match self.registration.endpoint(now) {
                Some(endpoint) => self.admissions.admit(now, endpoint, *admission, out),
                None => out.event(Event::Refused(
                    admission.call_reference,
                    causeway_base::EndCause::Unreachable,
                )),
            },
            Command::Disengage(call_reference) => {
                let endpoint = self.registration.endpoint(now);
                self.admissions.disengage(now, endpoint, call_reference, out);
            }
        }
    }

    fn message(&mut self, now: Instant, from: SocketAddr, message: RasMessage) {
        let (config, out) = (&self.config, &mut self.outbox);
        match message {
            RasMessage::GatekeeperConfirm(confirm) => {
                self.registration.discovered(now, &confirm, config, out);
            }
            RasMessage::GatekeeperReject(reject) => {
                self.registration.not_discovered(now, &reject, out);
            }
            RasMessage::RegistrationConfirm(confirm) => {
                self.registration.confirmed(now, &confirm, out);
            }
            RasMessage::RegistrationReject(reject) => {
                self.registration.rejected(now, &reject, config, out);
            }
            RasMessage::UnregistrationConfirm(confirm) => {
                self.registration.unregistered(confirm.request_seq_num, out);
            }
            RasMessage::UnregistrationReject(reject) => {
                self.registration.unregistered(reject.request_seq_num, out);
            }
            RasMessage::AdmissionConfirm(confirm) => self.admissions.confirmed(&confirm, out),
            RasMessage::AdmissionReject(reject) => {
                let anew = self.admissions.rejected(&reject, out);
                if anew {
                    self.registration.register_anew(now, config, out);
                }
            }
            RasMessage::DisengageConfirm(confirm) => {
                self.admissions.disengaged(confirm.request_seq_num);
            }
            RasMessage::DisengageReject(reject) => {
                self.admissions.disengaged(reject.request_seq_num);
            }
            RasMessage::RequestInProgress(progress) => {
                let until = now + Duration::from_millis(progress.delay.into());
                self.registration.in_progress(progress.request_seq_num, until);
                self.admissions.in_progress(progress.request_seq_num, until);
            }
            other => self.asked(now, from, other),
        }
    }

    /// What the gatekeeper asks.
    fn asked(&mut self, now: Instant, from: SocketAddr, message: RasMessage) {
        let (config, out) = (&self.config, &mut self.outbox);
        match message {
            RasMessage::UnregistrationRequest(request) => {
                let request_seq_num = request.request_seq_num;
                let confirm = UnregistrationConfirm { request_seq_num, ..Default::default() };
                out.send(from, &RasMessage::UnregistrationConfirm(Box::new(confirm)));
                self.registration.thrown_out(now, out);
            }
            RasMessage::DisengageRequest(request) => {
                let request_seq_num = request.request_seq_num;
                let confirm = DisengageConfirm { request_seq_num, ..Default::default() };
                out.send(from, &RasMessage::DisengageConfirm(Box::new(confirm)));
                self.admissions.dropped(request.call_reference_value, out);
            }
            RasMessage::BandwidthRequest(request) => {
                let confirm = BandwidthConfirm {
                    request_seq_num: request.request_seq_num,
                    band_width: request.band_width,
                    ..Default::default()
                };
                out.send(from, &RasMessage::BandwidthConfirm(Box::new(confirm)));
                out.event(Event::Bandwidth(request.call_reference_value, request.band_width));
            }
            RasMessage::InfoRequest(request) => {
                if let Some(endpoint) = self.registration.endpoint(now) {
                    let calls = self.admissions.about(request.call_reference_value);
                    let report = request::report(config, &endpoint, request.request_seq_num, calls);
                    out.send(from, &report);
                }
            }
            // Answers to what we never ask, and what belongs to gatekeepers.
            _ => {}
        }
    }
}

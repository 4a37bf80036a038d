//! Registration and admission (H.225.0 section 7.9 and on).
//!
//! * [`Client`]: discovers a gatekeeper, registers, keeps the registration alive with lightweight
//!   requests, asks to be admitted for each call, and answers what the gatekeeper asks.
//! * [`words`]: inputs, commands, events, outputs. * `pending`: a request until its answer.
//! * `registration`, `admission`: the machines. * `alternate`: gatekeepers that stand in.
//! * `request`: the messages that we send. * `outbox`: what waits to be sent.
//! * [`security`]: passwords (H.235 Annex D).
//! * [`gatekeeper`]: the other side, for our rooms.
//!
//! The client hears its gatekeeper alone. What comes from elsewhere is dropped without an answer,
//! so that nobody is made to send to a third party.

mod admission;
mod alternate;
pub mod gatekeeper;
mod outbox;
mod pending;
mod registration;
mod request;
pub mod security;
#[cfg(test)]
mod tests;
pub mod words;

pub use security::{Clock, Key};
pub use words::{Admission, CallKey, Command, Config, Event, Input, Output};

use super::traversal;
use admission::Admissions;
use causeway_asn1::decode;
use causeway_asn1::h225::{
    BandRejectReason, BandwidthConfirm, BandwidthReject, BandwidthRequest, DisengageConfirm,
    DisengageReject, DisengageRejectReason, DisengageRequest, InfoRequest, RasMessage,
    ServiceControlIndication, ServiceControlResponse, UnregRejectReason, UnregistrationConfirm,
    UnregistrationReject, UnregistrationRequest,
};
use causeway_base::EndCause;
use outbox::Outbox;
use registration::Registration;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The endpoint's side of a gatekeeper.
#[derive(Debug)]
pub struct Client {
    config: Config,
    registration: Registration,
    admissions: Admissions,
    outbox: Outbox,
}

impl Client {
    /// One that does nothing until [`Command::Start`].
    pub fn new(config: Config) -> Self {
        Self {
            registration: Registration::new(&config),
            outbox: Outbox::new(&config),
            config,
            admissions: Admissions::default(),
        }
    }

    /// Whether calls may be made and taken.
    pub fn is_registered(&self, now: Instant) -> bool {
        self.registration.is_registered(now)
    }

    /// Whether calls may be taken without asking, as the gatekeeper said (preGrantedARQ).
    pub fn answers_unasked(&self, now: Instant) -> bool {
        self.registration.answers_unasked(now)
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram { from, data } => {
                if self.registration.may_hear(from)
                    && let Ok(message) = decode::<RasMessage>(data)
                    && self.registration.hears(from, &message)
                    && self.outbox.believes(now, data, &message)
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
        let endpoint = self.registration.endpoint(now);
        self.admissions.timeout(now, &self.config, endpoint, &mut self.outbox);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outbox.pop().unwrap_or_else(|| Output::Timeout(self.deadline()))
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
                None => out.event(Event::Refused(admission.key, EndCause::Unreachable)),
            },
            Command::Disengage(call) => {
                let endpoint = self.registration.endpoint(now);
                self.admissions.disengage(now, endpoint, call, out);
            }
            Command::Clock(clock) => out.set_clock(clock),
        }
    }

    fn message(&mut self, now: Instant, from: SocketAddr, message: RasMessage) {
        let (config, out) = (&self.config, &mut self.outbox);
        match message {
            RasMessage::GatekeeperConfirm(confirm) => {
                self.registration.discovered(now, from, &confirm, config, out);
            }
            RasMessage::GatekeeperReject(reject) => {
                self.registration.not_discovered(now, &reject, config, out);
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
            RasMessage::AdmissionConfirm(confirm) => self.admissions.confirmed(now, &confirm, out),
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
        match message {
            RasMessage::UnregistrationRequest(request) => self.leave_asked(now, from, &request),
            RasMessage::DisengageRequest(request) => self.drop_asked(now, from, &request),
            RasMessage::BandwidthRequest(request) => self.bandwidth_asked(now, from, &request),
            RasMessage::InfoRequest(request) => self.info_asked(now, from, &request),
            RasMessage::ServiceControlIndication(indication) => {
                self.called(now, from, &indication);
            }
            // Answers to what we never ask, and what belongs to gatekeepers.
            _ => {}
        }
    }

    fn leave_asked(&mut self, now: Instant, from: SocketAddr, request: &UnregistrationRequest) {
        let request_seq_num = request.request_seq_num;
        if !self.registration.is_meant(now, &self.config, request) {
            let reject = RasMessage::UnregistrationReject(Box::new(UnregistrationReject {
                request_seq_num,
                reject_reason: UnregRejectReason::NotCurrentlyRegistered,
                ..Default::default()
            }));
            self.outbox.send(now, from, reject);
            return;
        }
        let confirm = UnregistrationConfirm { request_seq_num, ..Default::default() };
        self.outbox.send(now, from, RasMessage::UnregistrationConfirm(Box::new(confirm)));
        let named = request.alternate_gatekeeper.as_deref().unwrap_or_default();
        self.registration.thrown_out(now, named, &mut self.outbox);
    }

    fn drop_asked(&mut self, now: Instant, from: SocketAddr, request: &DisengageRequest) {
        let request_seq_num = request.request_seq_num;
        if !self.registration.is_called(now, &request.endpoint_identifier) {
            let reject = RasMessage::DisengageReject(Box::new(DisengageReject {
                request_seq_num,
                reject_reason: DisengageRejectReason::NotRegistered,
                ..Default::default()
            }));
            self.outbox.send(now, from, reject);
            return;
        }
        let confirm = DisengageConfirm { request_seq_num, ..Default::default() };
        self.outbox.send(now, from, RasMessage::DisengageConfirm(Box::new(confirm)));
        let identifier = request.call_identifier.as_ref().map(|one| one.guid);
        let call = (identifier, request.call_reference_value, request.answered_call);
        self.admissions.dropped(call, &mut self.outbox);
    }

    /// What a call may use from now on (H.225.0 section 7.12): less is told to the call, more up to
    /// what was asked for it.
    fn bandwidth_asked(&mut self, now: Instant, from: SocketAddr, request: &BandwidthRequest) {
        let (request_seq_num, band_width) = (request.request_seq_num, request.band_width);
        let identifier = request.call_identifier.as_ref().map(|one| one.guid);
        let call = (identifier, request.call_reference_value, request.answered_call);
        let granted = if self.registration.is_called(now, &request.endpoint_identifier) {
            self.admissions.bandwidth(call, band_width, &mut self.outbox)
        } else {
            Err((BandRejectReason::NotBound, 0))
        };
        let answer = match granted {
            Err((reject_reason, allowed_band_width)) => {
                RasMessage::BandwidthReject(Box::new(BandwidthReject {
                    request_seq_num,
                    reject_reason,
                    allowed_band_width,
                    ..Default::default()
                }))
            }
            Ok(band_width) => RasMessage::BandwidthConfirm(Box::new(BandwidthConfirm {
                request_seq_num,
                band_width,
                ..Default::default()
            })),
        };
        self.outbox.send(now, from, answer);
    }

    /// The gatekeeper tells us of a call. It takes the connection itself: nobody who writes in its
    /// name has us connect to a third party.
    fn called(&mut self, now: Instant, from: SocketAddr, indication: &ServiceControlIndication) {
        if !self.config.inside || !self.is_registered(now) {
            return;
        }
        let Some((call, at)) = traversal::called(indication) else { return };
        let response = ServiceControlResponse {
            request_seq_num: indication.request_seq_num,
            ..ServiceControlResponse::default()
        };
        self.outbox.send(now, from, RasMessage::ServiceControlResponse(Box::new(response)));
        self.outbox.event(Event::Called { call, at: SocketAddr::new(from.ip(), at.port()) });
    }

    fn info_asked(&mut self, now: Instant, from: SocketAddr, request: &InfoRequest) {
        if let Some(endpoint) = self.registration.endpoint(now) {
            let report = self.admissions.report(&self.config, &endpoint, request);
            self.outbox.send(now, from, report);
        }
    }
}

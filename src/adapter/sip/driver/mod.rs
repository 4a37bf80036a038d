//! The signalling task: the endpoint between the sockets and the legs. Nothing here decides
//! anything of SIP or of descriptions.
//!
//! * [`admit`]: calls that come in. * [`replace`]: those that take the place of others.
//! * [`dial`]: calls that go out. * [`register`]: devices that
//!   register. * [`trunk`]: trunks, and our registrations there.

mod admit;
mod dial;
mod register;
mod replace;
mod trunk;

use super::accounts::Accounts;
use super::config::{Admission, LegIds, Refused, SipConfig};
use super::leg::{CallLeg, Outcome};
use super::resolver::Dns;
use super::transport::{Arrived, Transports};
use super::view::Views;
use super::{Control, SipError};
use crate::random::seed;
use admit::Asked;
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, ReferralFate};
use causeway_dial::{AttemptRule, AttemptRules, Attempts};
use causeway_proto::sip::location::Target;
use causeway_proto::sip::{
    Carrier, Command, Config, Endpoint, Event, Input, Output, Registrar, registrar,
};
use dial::{Located, Sought};
use replace::StandIns;
use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use trunk::{Asking, Trunks, doors, our_name};

/// Events that wait for a slow bridge. Beyond it nothing is read from the network until there
/// is room.
const MAX_EVENTS: usize = 1024;

/// Messages taken in a row before timers and commands have their turn.
const MAX_IN_A_ROW: usize = 64;

/// When a caller that was refused for load may try again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Wrong passwords from one source, whoever's they are. One user's are limited much earlier: some
/// devices of an office that were set up wrongly lock nobody else out behind the same NAT.
const WRONG_BY_SOURCE: AttemptRule =
    AttemptRule { wrong: causeway_dial::attempt::MAX_WRONG, window: Duration::from_secs(600) };

/// How long the endpoint may sleep when it waits for nothing.
const IDLE: Duration = Duration::from_secs(3_600);

/// The signalling task.
pub(super) struct Driver {
    endpoint: Endpoint,
    transports: Transports,
    calls: HashMap<LegId, CallLeg>,
    stand_ins: StandIns,
    /// Calls out whose ways are being looked up: as many as the bridge has legs at most.
    pending: HashSet<LegId>,
    legs: LegIds,
    admission: Admission,
    refused: Refused,
    views: Views,
    accounts: Accounts,
    trunks: Trunks,
    registrar: Registrar,
    attempts: Attempts,
    realm: String,
    dns: Dns,
    controls: mpsc::Receiver<Control>,
    located: (mpsc::Sender<Found>, mpsc::Receiver<Found>),
    events: mpsc::Sender<LegEvent>,
    outbox: VecDeque<LegEvent>,
    deadline: Option<Instant>,
    life: Life,
}

/// Where the adapter is in its life.
enum Life {
    Serving,
    Draining,
    Stopping(Vec<oneshot::Sender<()>>),
}

/// One thing to do.
enum Step {
    /// The bridge took an event.
    Told,
    Timer,
    Control(Control),
    Found(Found),
    Arrived(Arrived),
}

/// What a look-up came to.
#[derive(Debug)]
enum Found {
    /// The ways of a call.
    Call(Box<Located>),
    /// Where a proxy of a trunk is.
    Trunk { asked: Asking, ways: Vec<Target> },
    /// Where a call's requests go from now on.
    Route(Sought),
}

/// Addresses that are being looked up at a time.
const MAX_LOOKUPS: usize = 256;

impl Driver {
    pub(super) async fn new(
        config: SipConfig,
        controls: mpsc::Receiver<Control>,
        events: mpsc::Sender<LegEvent>,
    ) -> Result<Self, SipError> {
        let SipConfig { listeners, advertised, user_agent, tls_client, limits, .. } = config;
        let doors = doors(&config.trunks);
        let now = Instant::now();
        let trunks = Trunks::new(now, &config.trunks, &config.instance);
        let mut endpoint = Config::new(config.seed);
        endpoint.digest = config.digest;
        endpoint.transfers = config.transfers;
        endpoint.names = config.trunks.iter().map(our_name).collect();
        let accounts = Accounts::new(config.hosts, config.users, config.trunks);
        endpoint.registrar = accounts.has_users();
        endpoint.user_agent = user_agent;
        endpoint.limits.calls = limits.calls;
        endpoint.limits.calls_per_source = limits.calls_per_source;
        let transports = Transports::bind(listeners, advertised, limits, tls_client, doors).await?;
        Ok(Self {
            endpoint: Endpoint::new(endpoint),
            transports,
            calls: HashMap::new(),
            stand_ins: StandIns::default(),
            pending: HashSet::new(),
            legs: config.legs,
            admission: config.admission,
            refused: config.refused,
            views: Views::new(trunks.views()),
            accounts,
            trunks,
            // Whose name it is the accounts say; any name of ours will do.
            registrar: Registrar::new(registrar::Config::default()),
            attempts: Attempts::new(AttemptRules {
                source: WRONG_BY_SOURCE,
                ..AttemptRules::default()
            }),
            realm: config.realm,
            dns: Dns::new(&config.nameservers),
            controls,
            located: mpsc::channel(MAX_LOOKUPS),
            events,
            outbox: VecDeque::new(),
            deadline: None,
            life: Life::Serving,
        })
    }

    pub(super) fn bound(&self) -> &[(Carrier, SocketAddr)] {
        self.transports.bound()
    }

    pub(super) fn doors(&self) -> Vec<(u16, Vec<SocketAddr>)> {
        let doors = self.transports.doors().iter();
        doors.map(|door| (door.bears, door.addresses.clone())).collect()
    }

    pub(super) fn views(&self) -> &Views {
        &self.views
    }

    /// Works until it was told to stop and every call has ended, or until nobody listens.
    pub(super) async fn run(mut self) {
        while let Some(step) = self.wait().await {
            match step {
                Step::Told => {}
                Step::Timer => self.timeout(Instant::now()),
                Step::Control(control) => self.control(control),
                Step::Found(Found::Call(located)) => self.located(*located),
                Step::Found(Found::Trunk { asked, ways }) => self.trunk_found(asked, ways),
                Step::Found(Found::Route(sought)) => self.route(sought),
                Step::Arrived(arrived) => self.arrived(arrived),
            }
            self.drain();
            if self.is_done() {
                return;
            }
        }
    }

    /// Waits for the next thing to do. `None`: nobody listens any more.
    async fn wait(&mut self) -> Option<Step> {
        let due = [self.deadline, self.registrar.poll_timeout(), self.trunks.poll_timeout()];
        let wake = due.into_iter().flatten().min().unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            biased;
            permit = self.events.reserve(), if !self.outbox.is_empty() => {
                let permit = permit.ok()?;
                if let Some(event) = self.outbox.pop_front() {
                    permit.send(event);
                }
                Some(Step::Told)
            }
            () = tokio::time::sleep_until(wake.into()) => Some(Step::Timer),
            control = self.controls.recv() => control.map(Step::Control),
            Some(found) = self.located.1.recv() => Some(Step::Found(found)),
            arrived = self.transports.next(), if self.outbox.len() < MAX_EVENTS => {
                Some(Step::Arrived(arrived))
            }
        }
    }

    fn timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.registrar.handle_timeout(now);
        self.registrar_news();
        self.tend_trunks(now);
    }

    /// Told to stop, every call has said its last word, and every BYE was answered.
    fn is_done(&mut self) -> bool {
        let Life::Stopping(waiting) = &mut self.life else { return false };
        if !self.calls.is_empty() || !self.outbox.is_empty() || self.endpoint.talking() > 0 {
            return false;
        }
        for done in waiting.drain(..) {
            // Who asked may have given up.
            let _ = done.send(());
        }
        true
    }

    fn arrived(&mut self, arrived: Arrived) {
        let mut next = Some(arrived);
        for _ in 0..MAX_IN_A_ROW {
            let Some(arrived) = next else { return };
            let input = match arrived {
                Arrived::Message { flow, message, size } => match *message {
                    Ok(message) => Some(Input::Received { flow, message, size }),
                    Err(error) => {
                        tracing::debug!(%error, "not a SIP message");
                        Some(Input::Malformed { flow, error, size })
                    }
                },
                Arrived::Closed { flow } => {
                    self.registrar.flow_closed(flow);
                    self.registrar_news();
                    self.trunks.flow_lost(Instant::now(), flow);
                    Some(Input::Failed { flow })
                }
                Arrived::KeepAlive { flow, request } => {
                    self.answer_keep_alive(flow, request);
                    None
                }
                Arrived::Opened { .. } => None,
            };
            if let Some(input) = input {
                self.endpoint.handle_input(Instant::now(), input);
                self.drain();
            }
            next = self.transports.try_next();
        }
        if let Some(arrived) = next {
            self.transports.put_back(arrived);
        }
    }

    /// Carries out what the endpoint wants, until it wants nothing more.
    fn drain(&mut self) {
        loop {
            match self.endpoint.poll_output() {
                Output::Transmit { flow, bytes } => {
                    if let Err(flow) = self.transports.send(flow, bytes) {
                        self.endpoint.handle_input(Instant::now(), Input::Failed { flow });
                    }
                }
                Output::Event(event) => self.event(event),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Invited { flow, request, size, replaces } => {
                self.invited(Asked { flow, request, size }, replaces);
            }
            Event::Register { flow, request, size } => {
                self.registers(Asked { flow, request, size });
            }
            Event::WentOn { call } => self.went_on(call),
            Event::Sought { call, uri } => {
                if let Some(leg) = self.stand_ins.leg_of(call) {
                    self.seek(leg, &uri);
                }
            }
            Event::Referred { call, referral, target } => {
                if let Some(leg) = self.stand_ins.leg_of(call) {
                    self.referred(leg, referral, &target);
                }
            }
            Event::Asked { flow } => self.trunk_asked(flow),
            Event::Overloaded { flow, retry_after } => self.trunk_rests(flow, retry_after),
            Event::Pinged { ping, status } => self.trunk_pinged(ping, status),
            Event::Responded { number, from, response } => {
                self.trunk_responded(number, from, response.as_deref());
            }
            event => {
                let leg = event.call().and_then(|call| self.stand_ins.leg_of(call));
                let Some(leg) = leg else { return };
                let Some(call) = self.calls.get_mut(&leg) else { return };
                let ended = matches!(event, Event::Ended { .. });
                let mut out = Outcome::default();
                call.event(event, &mut out);
                self.carry_out(out);
                if ended {
                    self.calls.remove(&leg);
                    self.stand_ins.forget(leg);
                    self.trunks.ended(leg, &self.views);
                }
            }
        }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::Command(command) => self.leg_command(*command),
            Control::Drain => {
                if matches!(self.life, Life::Serving) {
                    self.life = Life::Draining;
                }
            }
            Control::Stop { done } => {
                match &mut self.life {
                    Life::Stopping(waiting) => waiting.push(done),
                    life => *life = Life::Stopping(vec![done]),
                }
                self.leave_trunks();
                let mut out = Outcome::default();
                let cause = EndCause::Draining;
                out.events.extend(self.pending.drain().map(|leg| LegEvent::Ended { leg, cause }));
                for call in self.calls.values_mut() {
                    call.end(EndCause::Draining, &mut out);
                }
                self.carry_out(out);
            }
        }
    }

    fn leg_command(&mut self, command: LegCommand) {
        let leg = command.leg();
        let mut out = Outcome::default();
        match command {
            command @ LegCommand::Dial { .. } => self.dial(command),
            LegCommand::Ring { leg } => out.commands.push(Command::Progress {
                call: leg,
                status: 180,
                sdp: None,
                reliable: false,
            }),
            LegCommand::Accept { mut policy, media, .. } => {
                if self.trunks.bears(leg).is_some() {
                    dial::harden(&mut policy);
                }
                if let (Some(call), Some(media)) = (self.calls.get_mut(&leg), media.ports()) {
                    call.accept(*policy, media, seed(), &mut out);
                }
            }
            LegCommand::AnswerPictures { ports, .. } => {
                if let Some(call) = self.calls.get_mut(&leg) {
                    let ports = ports.map(|(rtp, rtcp)| (rtp.port(), rtcp.port()));
                    call.answer_pictures(ports, &mut out);
                }
            }
            LegCommand::Reject { cause, .. } | LegCommand::End { cause, .. } => {
                match self.calls.get_mut(&leg) {
                    Some(call) => call.end(cause, &mut out),
                    // Its way is being looked up still, or it ended on its own meanwhile.
                    None => {
                        self.pending.remove(&leg);
                        out.events.push(LegEvent::Ended { leg, cause });
                    }
                }
            }
            LegCommand::Hold { held, .. } => {
                if let Some(call) = self.calls.get_mut(&leg) {
                    call.hold(held, &mut out);
                }
            }
            LegCommand::AnswerReferral { leg, referral, verdict } => {
                out.commands.push(Command::AnswerReferral { call: leg, referral, verdict });
            }
            LegCommand::ReportReferral { leg, referral, fate } => {
                let status = match fate {
                    ReferralFate::Ringing => 180,
                    ReferralFate::Answered => 200,
                    ReferralFate::Failed(cause) => cause.sip_status().max(300),
                };
                out.commands.push(Command::ReportReferral { call: leg, referral, status });
            }
            LegCommand::RequestKeyframe { leg } => {
                out.commands.push(Command::RequestKeyframe { call: leg });
            }
            LegCommand::SendDigits { digits, .. } => {
                out.commands.extend(digits.chars().take(MAX_DIGITS).map(|digit| Command::Info {
                    call: leg,
                    content_type: "application/dtmf-relay",
                    body: Bytes::from(format!("Signal={digit}\r\nDuration=160\r\n")),
                }));
            }
        }
        self.carry_out(out);
    }

    fn carry_out(&mut self, out: Outcome) {
        self.outbox.extend(out.events);
        for command in out.commands {
            self.command(command);
        }
    }

    /// What a leg wants, for the call that carries it.
    fn command(&mut self, command: Command) {
        let call = command.call().map(|leg| self.stand_ins.call_of(leg));
        let command = match call {
            Some(call) => command.for_call(call),
            None => command,
        };
        self.tell_endpoint(command);
    }

    fn tell_endpoint(&mut self, command: Command) {
        self.endpoint.handle_input(Instant::now(), Input::Command(command));
    }
}

/// Digits of one command.
const MAX_DIGITS: usize = 64;

//! The signalling task: the endpoint between the sockets and the legs. Nothing here decides
//! anything of SIP or of descriptions.

use super::account::Trunk;
use super::config::{Admission, Decision, LegIds, SipConfig};
use super::facts;
use super::leg::{CallLeg, Outcome};
use super::transport::{Arrived, Transports};
use super::view::{TrunkHealth, TrunkRegistration, TrunkView, Views};
use super::{Control, SipError};
use bytes::Bytes;
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress};
use causeway_plan::OfferPolicy;
use causeway_proto::sip::{
    Carrier, Command, Config, Endpoint, Event, Flow, Input, Invite, Output, session_description,
};
use sip_codec::{Host, Request, Uri};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Events that wait for a slow bridge. Beyond it nothing is read from the network until there
/// is room.
const MAX_EVENTS: usize = 1024;

/// Messages taken in a row before timers and commands have their turn.
const MAX_IN_A_ROW: usize = 64;

/// When a caller that was refused for load may try again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// How long the endpoint may sleep when it waits for nothing.
const IDLE: Duration = Duration::from_secs(3_600);

/// The signalling task.
pub(super) struct Driver {
    endpoint: Endpoint,
    transports: Transports,
    calls: HashMap<LegId, CallLeg>,
    legs: LegIds,
    admission: Admission,
    views: Views,
    controls: mpsc::Receiver<Control>,
    located: (mpsc::Sender<Located>, mpsc::Receiver<Located>),
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
    Located(Box<Located>),
    Arrived(Arrived),
}

/// A call that goes out, and the address of its callee once it is known.
struct Located {
    call: Dialled,
    address: Option<SocketAddr>,
}

struct Dialled {
    leg: LegId,
    target: Uri,
    carrier: Carrier,
    calling: Alias,
    policy: Box<OfferPolicy>,
    media: MediaAddress,
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
        let mut endpoint = Config::new(config.seed);
        endpoint.user_agent = user_agent;
        endpoint.limits.calls = limits.calls;
        endpoint.limits.calls_per_source = limits.calls_per_source;
        let transports = Transports::bind(listeners, advertised, limits, tls_client).await?;
        Ok(Self {
            endpoint: Endpoint::new(endpoint),
            transports,
            calls: HashMap::new(),
            legs: config.legs,
            admission: config.admission,
            views: Views::new(config.trunks.iter().map(first_view).collect()),
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

    pub(super) fn views(&self) -> &Views {
        &self.views
    }

    /// Works until it was told to stop and every call has ended, or until nobody listens.
    pub(super) async fn run(mut self) {
        while let Some(step) = self.wait().await {
            match step {
                Step::Told => {}
                Step::Timer => self.endpoint.handle_timeout(Instant::now()),
                Step::Control(control) => self.control(control),
                Step::Located(located) => self.located(*located),
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
        let wake = self.deadline.unwrap_or_else(|| Instant::now() + IDLE);
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
            Some(located) = self.located.1.recv() => Some(Step::Located(Box::new(located))),
            arrived = self.transports.next(), if self.outbox.len() < MAX_EVENTS => {
                Some(Step::Arrived(arrived))
            }
        }
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
                    Ok(message) => Input::Received { flow, message, size },
                    Err(error) => {
                        tracing::debug!(%error, "not a SIP message");
                        Input::Malformed { flow, error, size }
                    }
                },
                Arrived::Closed { flow } => Input::Failed { flow },
                Arrived::Opened { .. } => return,
            };
            self.endpoint.handle_input(Instant::now(), input);
            self.drain();
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
            Event::Invited { flow, request, size } => self.invited(flow, request, size),
            Event::Pinged { .. } => {}
            event => {
                let Some(leg) = event.call() else { return };
                let Some(call) = self.calls.get_mut(&leg) else { return };
                let ended = matches!(event, Event::Ended { .. });
                let mut out = Outcome::default();
                call.event(event, &mut out);
                self.carry_out(out);
                if ended {
                    self.calls.remove(&leg);
                }
            }
        }
    }

    /// A new call: rates and dial plan before it has any state.
    fn invited(&mut self, flow: Flow, request: Box<Request>, size: usize) {
        let local = self.transports.local_ip(flow);
        let admitted = match (&self.life, facts::incoming(&request, flow, local)) {
            (Life::Serving, Ok(call)) => match (self.admission)(&call) {
                Decision::Admit => Ok(call),
                Decision::Refuse(cause) => Err(cause),
                Decision::Authenticate => Err(EndCause::Unauthorized),
            },
            (Life::Serving, Err(cause)) => Err(cause),
            _ => Err(EndCause::Draining),
        };
        match admitted {
            Err(cause) => {
                let retry_after = (cause.sip_status() == 503).then_some(RETRY_AFTER);
                self.command(Command::Refuse { flow, request, size, cause, retry_after });
            }
            Ok(call) => {
                let leg = self.legs.next();
                let offered = facts::offered(leg, call, &request);
                let offer = session_description(&request.headers, &request.body);
                self.calls.insert(leg, CallLeg::offered(leg, flow.remote.ip(), offer));
                // First the bridge hears of the leg, then of anything that happens to it.
                self.outbox.push_back(LegEvent::Offered(Box::new(offered)));
                self.command(Command::Admit { call: leg, flow, request, size });
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
                let mut out = Outcome::default();
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
            LegCommand::Dial { leg, target, calling, policy, media, .. } => {
                self.dial(leg, &target, calling, policy, media);
            }
            LegCommand::Ring { leg } => out.commands.push(Command::Progress {
                call: leg,
                status: 180,
                sdp: None,
                reliable: false,
            }),
            LegCommand::Accept { policy, media, .. } => {
                if let Some(call) = self.calls.get_mut(&leg) {
                    call.accept(*policy, media, seed(), &mut out);
                }
            }
            LegCommand::Reject { cause, .. } | LegCommand::End { cause, .. } => {
                if let Some(call) = self.calls.get_mut(&leg) {
                    call.end(cause, &mut out);
                }
            }
            LegCommand::Hold { held, .. } => {
                if let Some(call) = self.calls.get_mut(&leg) {
                    call.hold(held, &mut out);
                }
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

    fn command(&mut self, command: Command) {
        self.endpoint.handle_input(Instant::now(), Input::Command(command));
    }

    /// Calls out: an address at once, a name after the system's resolver has spoken.
    fn dial(
        &mut self,
        leg: LegId,
        target: &str,
        calling: Alias,
        policy: Box<OfferPolicy>,
        media: MediaAddress,
    ) {
        let target = Uri::parse(target.to_owned());
        let Some((target, carrier, port)) = target.ok().and_then(way) else {
            self.outbox.push_back(LegEvent::Ended { leg, cause: EndCause::BadAddress });
            return;
        };
        let host = target.host().cloned();
        let call = Dialled { leg, target, carrier, calling, policy, media };
        match host {
            Some(Host::Name(name)) => {
                let found = self.located.0.clone();
                let name = name.to_str_lossy().into_owned();
                tokio::spawn(async move {
                    let addresses = tokio::net::lookup_host((name.as_str(), port)).await;
                    let address = addresses.ok().and_then(|mut found| found.next());
                    let _ = found.send(Located { call, address }).await;
                });
            }
            Some(host) => {
                let address = host.ip().map(|ip| SocketAddr::new(ip, port));
                self.located(Located { call, address });
            }
            None => self.located(Located { call, address: None }),
        }
    }

    fn located(&mut self, Located { call, address }: Located) {
        let Dialled { leg, target, carrier, calling, policy, media } = call;
        let flow = address.and_then(|address| self.transports.flow_to(carrier, address));
        let Some(flow) = flow else {
            self.outbox.push_back(LegEvent::Ended { leg, cause: EndCause::Unreachable });
            return;
        };
        let Ok(from) = from_uri(&calling, flow.local.ip()) else {
            self.outbox.push_back(LegEvent::Ended { leg, cause: EndCause::BadAddress });
            return;
        };
        let (call, offer) = CallLeg::dialled(leg, flow.remote.ip(), *policy, media, seed());
        self.calls.insert(leg, call);
        let invite = Invite { offer: Some(offer), ..Invite::new(leg, flow, target, from) };
        self.command(Command::Invite(Box::new(invite)));
    }
}

/// A trunk of which nothing is known yet.
fn first_view(trunk: &Trunk) -> TrunkView {
    let registration = match trunk.register {
        Some(_) => TrunkRegistration::Trying,
        None => TrunkRegistration::NotWanted,
    };
    TrunkView {
        name: Arc::clone(&trunk.name),
        health: TrunkHealth::Unknown,
        registration,
        calls: 0,
        max_calls: trunk.max_calls,
    }
}

/// Digits of one command.
const MAX_DIGITS: usize = 64;

/// The carrier and the port of a SIP URI without a look-up of records.
fn way(target: Uri) -> Option<(Uri, Carrier, u16)> {
    let sip = target.as_sip()?;
    let transport = sip.params.get("transport");
    let is = |name: &str| transport.is_some_and(|transport| transport.eq_ignore_case(name));
    let carrier = if target.scheme() == b"sips" || is("tls") {
        Carrier::Tls
    } else if is("tcp") {
        Carrier::Tcp
    } else {
        Carrier::Udp
    };
    let port = sip.port.unwrap_or(carrier.default_port());
    Some((target, carrier, port))
}

/// Who calls, under the address that the callee's network sees.
fn from_uri(calling: &Alias, local: IpAddr) -> Result<Uri, sip_codec::SyntaxError> {
    let host = match local {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    let user = sip_codec::escape_user(calling.user().as_bytes());
    let user = String::from_utf8_lossy(user.as_bytes()).into_owned();
    Uri::parse(if user.is_empty() { format!("sip:{host}") } else { format!("sip:{user}@{host}") })
}

/// Random bytes for the keys of one call.
fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    // Without a source of randomness the kernel itself would not have booted.
    if getrandom::fill(&mut seed).is_err() {
        tracing::error!("no randomness: media keys of this call are weak");
    }
    seed
}

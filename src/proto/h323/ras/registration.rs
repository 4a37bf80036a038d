//! Our registration at a gatekeeper.

use super::Outbox;
use super::pending::{Fired, Pending};
use super::request;
use super::words::{Config, Endpoint, Event};
use crate::h323::address;
use causeway_asn1::BmpString;
use causeway_asn1::h225::{
    GatekeeperConfirm, GatekeeperReject, GatekeeperRejectReason, RegistrationConfirm,
    RegistrationReject, RegistrationRejectReason,
};
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The first wait after a failure; each further one doubles it.
const BASE_WAIT: Duration = Duration::from_secs(5);

/// The longest wait after failures.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// The shortest registration that is believed: a gatekeeper that grants less would have us send
/// without end.
const MIN_TIME_TO_LIVE: Duration = Duration::from_secs(10);

/// Where it stands.
#[derive(Debug)]
enum State {
    Stopped,
    Discovering(Pending),
    Registering(Pending),
    /// Nothing is under way until then.
    Registered(Instant),
    /// The registration is kept alive.
    Renewing(Pending),
    /// Failed; tried again then.
    Waiting(Instant),
    Unregistering(Pending),
}

#[derive(Debug)]
pub(super) struct Registration {
    state: State,
    /// Where the gatekeeper is: as configured, or as it says of itself.
    gatekeeper: SocketAddr,
    gatekeeper_identifier: Option<BmpString>,
    /// What we are called, and until when.
    endpoint: Option<(BmpString, Instant)>,
    failures: u32,
}

impl Registration {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            state: State::Stopped,
            gatekeeper: config.gatekeeper,
            gatekeeper_identifier: None,
            endpoint: None,
            failures: 0,
        }
    }

    /// Whether messages from there are of our gatekeeper.
    pub(super) fn hears(&self, from: SocketAddr) -> bool {
        from == self.gatekeeper && !matches!(self.state, State::Stopped)
    }

    pub(super) fn is_registered(&self, now: Instant) -> bool {
        self.endpoint.as_ref().is_some_and(|(_, until)| *until > now)
    }

    /// What we are called, while we are registered.
    pub(super) fn endpoint(&self, now: Instant) -> Option<Endpoint> {
        let (identifier, _) = self.endpoint.as_ref().filter(|(_, until)| *until > now)?;
        Some(Endpoint {
            gatekeeper: self.gatekeeper,
            identifier: identifier.clone(),
            gatekeeper_identifier: self.gatekeeper_identifier.clone(),
        })
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Stopped => None,
            State::Discovering(pending)
            | State::Registering(pending)
            | State::Renewing(pending)
            | State::Unregistering(pending) => Some(pending.deadline()),
            State::Registered(at) | State::Waiting(at) => Some(*at),
        }
    }

    pub(super) fn start(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        if let State::Stopped = self.state {
            self.begin(now, config, out);
        }
    }

    /// From the beginning.
    fn begin(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        self.gatekeeper = config.gatekeeper;
        self.gatekeeper_identifier = None;
        if !config.discover {
            return self.register(now, config, out);
        }
        let sequence = out.number();
        let message = request::discovery(config, sequence);
        let pending = Pending::send(now, self.gatekeeper, sequence, message, out);
        self.state = State::Discovering(pending);
    }

    fn register(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        let sequence = out.number();
        let message = request::registration(config, sequence, self.gatekeeper_identifier.clone());
        let pending = Pending::send(now, self.gatekeeper, sequence, message, out);
        self.state = State::Registering(pending);
    }

    /// The gatekeeper does not know us any more.
    pub(super) fn register_anew(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        if let State::Registered(_) = self.state {
            self.endpoint = None;
            self.register(now, config, out);
        }
    }

    pub(super) fn stop(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        match (&self.state, self.endpoint(now)) {
            (State::Stopped | State::Unregistering(_), _) => {}
            (_, Some(endpoint)) => {
                let sequence = out.number();
                let message = request::unregistration(config, sequence, &endpoint);
                let pending = Pending::send(now, self.gatekeeper, sequence, message, out);
                self.state = State::Unregistering(pending);
            }
            (_, None) => self.stopped(out),
        }
    }

    fn stopped(&mut self, out: &mut Outbox) {
        self.state = State::Stopped;
        self.endpoint = None;
        out.event(Event::Unregistered);
    }

    pub(super) fn discovered(
        &mut self,
        now: Instant,
        confirm: &GatekeeperConfirm,
        config: &Config,
        out: &mut Outbox,
    ) {
        if self.awaits(confirm.request_seq_num) != Some(Awaited::Discovery) {
            return;
        }
        self.gatekeeper = address::socket(&confirm.ras_address).unwrap_or(config.gatekeeper);
        self.gatekeeper_identifier = confirm.gatekeeper_identifier.clone();
        self.register(now, config, out);
    }

    pub(super) fn not_discovered(
        &mut self,
        now: Instant,
        reject: &GatekeeperReject,
        out: &mut Outbox,
    ) {
        if self.awaits(reject.request_seq_num) != Some(Awaited::Discovery) {
            return;
        }
        let cause = match reject.reject_reason {
            GatekeeperRejectReason::ResourceUnavailable => EndCause::CapacityReached,
            GatekeeperRejectReason::SecurityDenial | GatekeeperRejectReason::SecurityError(_) => {
                EndCause::Unauthorized
            }
            _ => EndCause::Forbidden,
        };
        self.fail(now, cause, out);
    }

    pub(super) fn confirmed(
        &mut self,
        now: Instant,
        confirm: &RegistrationConfirm,
        out: &mut Outbox,
    ) {
        let awaited = self.awaits(confirm.request_seq_num);
        if !matches!(awaited, Some(Awaited::Registration | Awaited::Renewal)) {
            return;
        }
        let granted = confirm.time_to_live.map(|seconds| Duration::from_secs(seconds.into()));
        // Without a limit it is kept alive all the same: gatekeepers are restarted.
        let granted =
            granted.unwrap_or(MAX_WAIT).clamp(MIN_TIME_TO_LIVE, Duration::from_secs(86_400));
        self.failures = 0;
        self.endpoint = Some((confirm.endpoint_identifier.clone(), now + granted));
        if confirm.gatekeeper_identifier.is_some() {
            self.gatekeeper_identifier = confirm.gatekeeper_identifier.clone();
        }
        // Three quarters, so that repeats still come in time.
        self.state = State::Registered(now + granted * 3 / 4);
        if awaited == Some(Awaited::Registration) {
            let aliases = confirm.terminal_alias.iter().flatten();
            let aliases = aliases.take(address::MAX_ALIASES).cloned().collect();
            out.event(Event::Registered(aliases));
        }
    }

    pub(super) fn rejected(
        &mut self,
        now: Instant,
        reject: &RegistrationReject,
        config: &Config,
        out: &mut Outbox,
    ) {
        match (self.awaits(reject.request_seq_num), &reject.reject_reason) {
            // Right after discovery it is a failure like others, or both would ask in circles.
            (Some(Awaited::Renewal), RegistrationRejectReason::DiscoveryRequired)
                if config.discover =>
            {
                self.begin(now, config, out);
            }
            // Whatever it does not like of a lightweight request, a whole one may do.
            (Some(Awaited::Renewal), _) => {
                self.endpoint = None;
                self.register(now, config, out);
            }
            (Some(Awaited::Registration), reason) => self.fail(now, cause(reason), out),
            _ => {}
        }
    }

    pub(super) fn unregistered(&mut self, sequence: u16, out: &mut Outbox) {
        if self.awaits(sequence) == Some(Awaited::Unregistration) {
            self.stopped(out);
        }
    }

    /// The gatekeeper unregistered us: it is asked again, but not at once, since it tells all its
    /// endpoints at the same moment.
    pub(super) fn thrown_out(&mut self, now: Instant, out: &mut Outbox) {
        match self.state {
            State::Stopped => {}
            State::Unregistering(_) => self.stopped(out),
            _ => {
                self.endpoint = None;
                self.state = State::Waiting(now + BASE_WAIT);
                out.event(Event::ThrownOut);
            }
        }
    }

    pub(super) fn in_progress(&mut self, sequence: u16, until: Instant) {
        if let State::Discovering(pending)
        | State::Registering(pending)
        | State::Renewing(pending)
        | State::Unregistering(pending) = &mut self.state
        {
            pending.in_progress(sequence, until);
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        let fired = match &mut self.state {
            State::Stopped => return,
            State::Registered(at) if *at <= now => return self.renew(now, config, out),
            State::Waiting(at) if *at <= now => return self.begin(now, config, out),
            State::Registered(_) | State::Waiting(_) => return,
            State::Discovering(pending)
            | State::Registering(pending)
            | State::Renewing(pending)
            | State::Unregistering(pending) => pending.timeout(now, out),
        };
        if fired == Fired::Waits {
            return;
        }
        match self.state {
            State::Unregistering(_) => self.stopped(out),
            // It may have been restarted, and know us no more.
            State::Renewing(_) => self.begin(now, config, out),
            _ => self.fail(now, EndCause::SignallingTimeout, out),
        }
    }

    fn renew(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        let Some(endpoint) = self.endpoint(now) else { return self.begin(now, config, out) };
        let sequence = out.number();
        let message = request::keep_alive(config, sequence, &endpoint);
        let pending = Pending::send(now, self.gatekeeper, sequence, message, out);
        self.state = State::Renewing(pending);
    }

    fn fail(&mut self, now: Instant, cause: EndCause, out: &mut Outbox) {
        let doublings = self.failures.min(6);
        self.failures = self.failures.saturating_add(1);
        let at = now + (BASE_WAIT * 2_u32.pow(doublings)).min(MAX_WAIT);
        self.state = State::Waiting(at);
        out.event(Event::Failed(cause, at));
    }

    /// What the answer of this number answers.
    fn awaits(&self, sequence: u16) -> Option<Awaited> {
        let (pending, awaited) = match &self.state {
            State::Discovering(pending) => (pending, Awaited::Discovery),
            State::Registering(pending) => (pending, Awaited::Registration),
            State::Renewing(pending) => (pending, Awaited::Renewal),
            State::Unregistering(pending) => (pending, Awaited::Unregistration),
            State::Stopped | State::Registered(_) | State::Waiting(_) => return None,
        };
        (pending.sequence == sequence).then_some(awaited)
    }
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    Discovery,
    Registration,
    Renewal,
    Unregistration,
}

fn cause(reason: &RegistrationRejectReason) -> EndCause {
    match reason {
        RegistrationRejectReason::DuplicateAlias(_) | RegistrationRejectReason::InvalidAlias => {
            EndCause::BadAddress
        }
        RegistrationRejectReason::ResourceUnavailable => EndCause::CapacityReached,
        RegistrationRejectReason::SecurityDenial | RegistrationRejectReason::SecurityError(_) => {
            EndCause::Unauthorized
        }
        RegistrationRejectReason::InvalidRevision
        | RegistrationRejectReason::NeededFeatureNotSupported => EndCause::Unsupported,
        _ => EndCause::Forbidden,
    }
}

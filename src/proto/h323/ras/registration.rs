//! Our registration at a gatekeeper.

use super::alternate::Alternates;
use super::outbox::Outbox;
use super::pending::{Fired, Pending};
use super::request;
use super::words::{Config, Endpoint, Event};
use crate::h323::address;
use causeway_asn1::BmpString;
use causeway_asn1::h225::{
    AltGkInfo, AlternateGk, GatekeeperConfirm, GatekeeperReject, GatekeeperRejectReason,
    RasMessage, RegistrationConfirm, RegistrationReject, RegistrationRejectReason,
    UnregistrationRequest,
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
    /// Calls may be taken without asking.
    answers_unasked: bool,
    alternates: Alternates,
    failures: u32,
}

impl Registration {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            state: State::Stopped,
            gatekeeper: config.gatekeeper,
            gatekeeper_identifier: None,
            endpoint: None,
            answers_unasked: false,
            alternates: Alternates::default(),
            failures: 0,
        }
    }

    /// Whether messages from there may be of our gatekeeper. One that is looked for by a group
    /// may answer from anywhere.
    pub(super) fn may_hear(&self, from: SocketAddr) -> bool {
        match self.state {
            State::Stopped => false,
            State::Discovering(_) => {
                self.gatekeeper.ip().is_multicast() || from.ip() == self.gatekeeper.ip()
            }
            _ => from == self.gatekeeper,
        }
    }

    /// Whether such a message is. Answers to discovery may come from another port: that of RAS
    /// where the question went to that of discovery.
    pub(super) fn hears(&self, from: SocketAddr, message: &RasMessage) -> bool {
        let of_discovery =
            matches!(message, RasMessage::GatekeeperConfirm(_) | RasMessage::GatekeeperReject(_));
        from == self.gatekeeper || of_discovery
    }

    pub(super) fn is_registered(&self, now: Instant) -> bool {
        self.endpoint.as_ref().is_some_and(|(_, until)| *until > now)
    }

    pub(super) fn answers_unasked(&self, now: Instant) -> bool {
        self.answers_unasked && self.is_registered(now)
    }

    /// Whether a request for the endpoint of this name is for us. Who does not see our messages
    /// does not know the name, and may send with the gatekeeper's address.
    pub(super) fn is_called(&self, now: Instant, name: &BmpString) -> bool {
        self.endpoint.as_ref().is_some_and(|(own, until)| *until > now && own == name)
    }

    /// Whether it is our registration that is to end. Old gatekeepers name no endpoint, but where
    /// it takes calls.
    pub(super) fn is_meant(
        &self,
        now: Instant,
        config: &Config,
        request: &UnregistrationRequest,
    ) -> bool {
        match &request.endpoint_identifier {
            Some(name) => self.is_called(now, name),
            None => request.call_signal_address.contains(&address::transport(config.call_address)),
        }
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
        self.gatekeeper_identifier = config.gatekeeper_identifier.as_deref().map(BmpString::from);
        out.begin();
        out.identify(None, self.gatekeeper_identifier.as_ref());
        if !config.discover && !config.gatekeeper.ip().is_multicast() {
            return self.register(now, config, out);
        }
        let sequence = out.number();
        let message = request::discovery(config, sequence);
        self.state = State::Discovering(out.request(now, self.gatekeeper, sequence, message));
    }

    fn register(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        let sequence = out.number();
        let message = request::registration(config, sequence, self.gatekeeper_identifier.clone());
        out.identify(None, self.gatekeeper_identifier.as_ref());
        self.state = State::Registering(out.request(now, self.gatekeeper, sequence, message));
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
                let pending = out.request(now, self.gatekeeper, sequence, message);
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
        from: SocketAddr,
        confirm: &GatekeeperConfirm,
        config: &Config,
        out: &mut Outbox,
    ) {
        if self.awaits(confirm.request_seq_num) != Some(Awaited::Discovery) {
            return;
        }
        self.gatekeeper = address::socket(&confirm.ras_address).unwrap_or(from);
        if confirm.gatekeeper_identifier.is_some() {
            self.gatekeeper_identifier = confirm.gatekeeper_identifier.clone();
        }
        self.alternates.learn(confirm.alternate_gatekeeper.as_deref().unwrap_or_default());
        self.register(now, config, out);
    }

    pub(super) fn not_discovered(
        &mut self,
        now: Instant,
        reject: &GatekeeperReject,
        config: &Config,
        out: &mut Outbox,
    ) {
        // Of a group somebody else may still take us.
        let all = self.gatekeeper.ip().is_multicast();
        if self.awaits(reject.request_seq_num) != Some(Awaited::Discovery) || all {
            return;
        }
        if self.sent_on(now, reject.alt_gk_info.as_ref(), config, out) {
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
        self.alternates.succeeded();
        if let Some(named) = &confirm.alternate_gatekeeper {
            self.alternates.learn(named);
        }
        match &confirm.pre_granted_arq {
            // Where calls are to come from the gatekeeper alone, asking is what checks them.
            Some(granted) => {
                let anywhere = !granted.use_gk_call_signal_address_to_answer;
                self.answers_unasked = granted.answer_call && anywhere;
            }
            // A lightweight answer leaves out what stays.
            None if awaited == Some(Awaited::Registration) => self.answers_unasked = false,
            None => {}
        }
        self.endpoint = Some((confirm.endpoint_identifier.clone(), now + granted));
        if confirm.gatekeeper_identifier.is_some() {
            self.gatekeeper_identifier = confirm.gatekeeper_identifier.clone();
        }
        out.identify(Some(&confirm.endpoint_identifier), self.gatekeeper_identifier.as_ref());
        // Three quarters, so that repeats still come in time.
        self.state = State::Registered(now + granted * 3 / 4);
        if awaited == Some(Awaited::Registration) {
            let aliases = confirm.terminal_alias.iter().flatten();
            let aliases = aliases.take(address::MAX_ALIASES).filter_map(address::text).collect();
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
        let awaited = self.awaits(reject.request_seq_num);
        let asked = matches!(awaited, Some(Awaited::Registration | Awaited::Renewal));
        if asked && self.sent_on(now, reject.alt_gk_info.as_ref(), config, out) {
            return;
        }
        match (awaited, &reject.reject_reason) {
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
    pub(super) fn thrown_out(&mut self, now: Instant, named: &[AlternateGk], out: &mut Outbox) {
        self.alternates.learn(named);
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
            | State::Unregistering(pending) => pending.timeout(now),
        };
        match fired {
            Fired::Waits => {}
            Fired::Again(to, data) => out.transmit(to, data),
            Fired::Unanswered => self.unanswered(now, config, out),
        }
    }

    fn unanswered(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        if let State::Unregistering(_) = self.state {
            return self.stopped(out);
        }
        if self.stands_in(now, config, out) {
            return;
        }
        match self.state {
            // It may have been restarted, and know us no more.
            State::Renewing(_) => self.begin(now, config, out),
            _ => self.fail(now, EndCause::SignallingTimeout, out),
        }
    }

    /// The gatekeeper refuses and names others. Whether one of them is asked.
    fn sent_on(
        &mut self,
        now: Instant,
        info: Option<&AltGkInfo>,
        config: &Config,
        out: &mut Outbox,
    ) -> bool {
        let named = info.map(|info| info.alternate_gatekeeper.as_slice()).unwrap_or_default();
        self.alternates.redirected(named) && self.stands_in(now, config, out)
    }

    /// Registers at the next gatekeeper that stands in. Also one that shares registrations with
    /// ours takes that.
    fn stands_in(&mut self, now: Instant, config: &Config, out: &mut Outbox) -> bool {
        let Some((address, identifier)) = self.alternates.next() else { return false };
        self.gatekeeper = address;
        self.gatekeeper_identifier = identifier;
        self.endpoint = None;
        out.begin();
        self.register(now, config, out);
        true
    }

    fn renew(&mut self, now: Instant, config: &Config, out: &mut Outbox) {
        let Some(endpoint) = self.endpoint(now) else { return self.begin(now, config, out) };
        let sequence = out.number();
        let message = request::keep_alive(config, sequence, &endpoint);
        self.state = State::Renewing(out.request(now, self.gatekeeper, sequence, message));
    }

    fn fail(&mut self, now: Instant, cause: EndCause, out: &mut Outbox) {
        self.alternates.failed();
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

//! Our own registration at a trunk or a PBX (RFC 3261 section 10.2).
//!
//! One machine per trunk. It makes requests and reads answers; the application locates the
//! trunk, sends ([`super::Command::Request`]) and returns what [`super::Event::Responded`] says.
//! It begins due, registers, refreshes at nine tenths of what was granted, and backs off when
//! refused (RFC 5626 section 4.5), until it is stopped.

use super::dialog::MAX_FORWARDS;
use super::digest::{Challenge, Credentials};
use super::invite;
use super::limits::MAX_ROUTES;
use super::random::Random;
use super::read;
use super::words::Flow;
use causeway_base::EndCause;
use sip_codec::header::{
    CSeq, CallId, Contact, Expires, From, MaxForwards, MinExpires, NameAddr, RetryAfter, Route, To,
};
use sip_codec::{HeaderName, Method, Request, Response, Text, Uri};
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// The first wait after a failure (RFC 5626 section 4.5, all flows failed).
pub const BASE_WAIT: Duration = Duration::from_secs(30);

/// The longest wait after a connection was lost for the first time: not all that a trunk's restart
/// cuts off come back at the same moment.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait after failures.
pub const MAX_WAIT: Duration = Duration::from_secs(1_800);

/// How often a registrar hears of us on a connection at the latest.
pub const FLOW_TIMER: Duration = Duration::from_secs(120);

/// No registrar may want to hear of us more often, in seconds: it would be a load to both.
const MIN_FLOW_TIMER: u64 = 10;

/// The longest registration that is asked for or believed: a registrar that grants more is
/// asked again after a day.
pub const MAX_EXPIRES: Duration = Duration::from_secs(86_400);

/// What is registered where.
#[derive(Clone)]
pub struct Account {
    /// The request-URI: `sip:` and the registrar's domain.
    pub registrar: Uri,
    /// The address-of-record.
    pub aor: Uri,
    /// The user part of our Contact, by which the trunk's calls come.
    pub contact_user: String,
    /// Proxies on the way to the registrar.
    pub route: Vec<NameAddr>,
    /// Answers challenges.
    pub credentials: Option<Credentials>,
    /// How long a registration we ask for.
    pub expires: Duration,
    /// Which device we are, a URN that stays the same (`+sip.instance`, RFC 5626 section 4.1).
    pub instance: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({:?})", self.registrar)
    }
}

/// What a registration came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is registered, or still.
    Registered {
        /// Until then, unless it is refreshed.
        until: Instant,
    },
    /// An attempt failed. A registration from before holds until it expires
    /// ([`Registration::is_registered`]).
    Failed {
        /// Why.
        cause: EndCause,
        /// The status; `None` for silence.
        status: Option<u16>,
        /// When it is tried again.
        retry_at: Instant,
    },
    /// It was stopped, and the registrar knows or could not be told. The last event.
    Unregistered,
}

/// What is to be done.
pub enum Output {
    /// Send this, and return its outcome to [`Registration::handle_response`].
    Send {
        /// By which way.
        flow: Flow,
        /// The request, without Via.
        request: Box<Request>,
    },
    /// Tell whom it concerns.
    Event(Event),
    /// Nothing more; call [`Registration::handle_timeout`] at the latest then.
    Timeout(Option<Instant>),
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Send { request, .. } => write!(f, "Send({})", request.method),
            Output::Event(event) => write!(f, "Event({event:?})"),
            Output::Timeout(at) => write!(f, "Timeout({at:?})"),
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The next attempt or refresh is due then.
    Waiting(Instant),
    /// A REGISTER is under way.
    Asking,
    /// A REGISTER with Expires 0 is under way.
    Leaving,
    /// A REGISTER was under way when it was stopped; what it comes to is taken back.
    Stopping,
    Stopped,
}

/// One registration of ours.
pub struct Registration {
    account: Account,
    random: Random,
    call_id: Text,
    tag: Text,
    cseq: u32,
    state: State,
    /// The way of the last request.
    flow: Option<Flow>,
    /// The last challenge that was answered.
    challenge: Option<Challenge>,
    /// The request under way carries an answer to a challenge; and one that said `stale`.
    answered: Answered,
    /// What the registrar wanted at least (423).
    at_least: Duration,
    lengthened: bool,
    /// We name ourselves and our way; until a proxy that does not know that is in between (439).
    outbound: bool,
    until: Option<Instant>,
    /// The connection by which it registered.
    registered_by: Option<Flow>,
    /// Connections that were lost in a row, each before its first refresh.
    losses: u32,
    /// How often the registrar wants to hear of us.
    flow_timer: Option<Duration>,
    failures: u32,
    outputs: VecDeque<Output>,
}

/// How often the attempt under way was challenged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    No,
    /// With what was known from before: whatever is asked may be answered once.
    Ahead,
    Once,
    /// Once more, since the nonce was too old.
    Again,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("account", &self.account)
            .field("state", &self.state)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

impl Registration {
    /// A registration that is due at once. `seed` makes Call-ID, tag and jitter.
    pub fn new(now: Instant, account: Account, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let (call_id, tag) = (Text::from(random.token()), Text::from(random.token()));
        Self {
            account,
            random,
            call_id,
            tag,
            cseq: 0,
            state: State::Waiting(now),
            flow: None,
            challenge: None,
            answered: Answered::No,
            at_least: Duration::ZERO,
            lengthened: false,
            outbound: true,
            until: None,
            registered_by: None,
            losses: 0,
            flow_timer: None,
            failures: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Whether the trunk knows us.
    pub fn is_registered(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Until when it is registered, unless it is refreshed.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The next thing to do. [`Output::Timeout`] says that there is nothing more.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Timeout(self.poll_timeout()))
    }

    /// When the next attempt is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Waiting(at) => Some(at),
            _ => None,
        }
    }

    /// Tries or refreshes if that is due. `flow`: the way to the registrar, located anew.
    pub fn handle_timeout(&mut self, now: Instant, flow: Flow) {
        if matches!(self.state, State::Waiting(at) if at <= now) {
            self.begin(flow, State::Asking);
        }
    }

    /// The trunk has no address, or no connection to it could be made.
    pub fn unreachable(&mut self, now: Instant) {
        if matches!(self.state, State::Waiting(at) if at <= now) {
            self.fail(now, EndCause::Unreachable, None, None);
        }
    }

    /// A connection is gone. Where it is the one by which the trunk would have called, we register
    /// anew by another: at once the first time, later each time that they are lost in a row (RFC
    /// 5626 section 4.5). Says whether it was.
    pub fn flow_lost(&mut self, now: Instant, flow: Flow) -> bool {
        let ours = self.registered_by.is_some_and(|by| {
            (by.carrier, by.socket, by.remote) == (flow.carrier, flow.socket, flow.remote)
        });
        if !ours {
            return false;
        }
        self.registered_by = None;
        self.losses = self.losses.saturating_add(1);
        let wait = match self.losses {
            1 => self.wait(FIRST_WAIT),
            losses => self.wait(BASE_WAIT * 2_u32.pow(losses.saturating_sub(2).min(8))),
        };
        // A request under way has its own outcome.
        if let State::Waiting(at) = &mut self.state {
            *at = (now + wait).min(*at);
        }
        true
    }

    /// The connection by which the trunk calls us, and how often it wants to hear of us there:
    /// what it said, else what RFC 5626 section 4.4.1 wants where nothing is said. `None` over
    /// UDP, and while there is none.
    pub fn kept_alive(&self) -> Option<(Flow, Duration)> {
        let by = self.registered_by.filter(|by| by.carrier.is_reliable())?;
        Some((by, self.flow_timer.unwrap_or(FLOW_TIMER)))
    }

    /// Unregisters; `flow` as for [`Registration::handle_timeout`]. Ends with
    /// [`Event::Unregistered`], at the latest when the request's transaction gives up.
    pub fn stop(&mut self, now: Instant, flow: Option<Flow>) {
        match self.state {
            State::Waiting(_) => match flow.or(self.flow).filter(|_| self.is_registered(now)) {
                Some(flow) => self.begin(flow, State::Leaving),
                None => self.stopped(),
            },
            State::Asking => self.state = State::Stopping,
            State::Leaving | State::Stopping | State::Stopped => {}
        }
    }

    /// The outcome of the request under way: the final response and from where it came, or
    /// `None` for silence. Challenges count only where they come from where the request went.
    pub fn handle_response(&mut self, now: Instant, from: Flow, response: Option<&Response>) {
        let Some(flow) = self.flow else { return };
        if !matches!(self.state, State::Asking | State::Leaving | State::Stopping) {
            return;
        }
        let Some(response) = response else {
            return self.fail(now, EndCause::SignallingTimeout, None, None);
        };
        let status = response.status.code();
        let genuine = from.remote.ip() == flow.remote.ip();
        match status {
            ..200 => {}
            200..300 => {
                self.flow_timer = flow_timer(response);
                self.registered(now, flow, response);
                // Another connection begins with no refresh of its own.
                let stays = self.registered_by.replace(from) == Some(from);
                if stays {
                    self.losses = 0;
                }
            }
            401 | 407 if genuine && self.answer(flow, response) => {}
            423 if self.lengthen(flow, response) => {}
            439 if self.outbound => {
                // RFC 5626 section 4.2.1: once more without.
                self.outbound = false;
                self.ask_again(flow);
            }
            _ => {
                let after = read::first::<RetryAfter>(&response.headers);
                let after = after.map(|after| Duration::from_secs(after.seconds.into()));
                let cause = EndCause::from_sip_status(status);
                self.fail(now, cause, Some(status), after);
            }
        }
    }

    fn begin(&mut self, flow: Flow, state: State) {
        self.state = state;
        self.lengthened = false;
        self.answered = Answered::No;
        let mut request = self.request(flow);
        if let (Some(challenge), Some(credentials)) =
            (&mut self.challenge, &self.account.credentials)
        {
            challenge.answer(&mut request, credentials, &mut self.random);
            self.answered = Answered::Ahead;
        }
        self.send(flow, request);
    }

    fn send(&mut self, flow: Flow, request: Request) {
        self.flow = Some(flow);
        self.outputs.push_back(Output::Send { flow, request: Box::new(request) });
    }

    fn request(&mut self, flow: Flow) -> Request {
        self.cseq += 1;
        let mut request = Request::new(Method::Register, self.account.registrar.clone());
        let headers = &mut request.headers;
        headers.push(&MaxForwards(MAX_FORWARDS));
        for route in self.account.route.iter().take(MAX_ROUTES) {
            headers.push(&Route(route.clone()));
        }
        headers.push(&From::new(self.account.aor.clone()).with_tag(self.tag.clone()));
        headers.push(&To(NameAddr::new(self.account.aor.clone())));
        headers.push(&CallId(self.call_id.clone()));
        headers.push(&CSeq { seq: self.cseq, method: Method::Register });
        headers.push(&self.contact(flow));
        headers.push(&Expires(self.seconds()));
        let supported = if self.outbound { "path, outbound" } else { "path" };
        headers.push_raw(HeaderName::Supported, supported);
        headers.push_raw(HeaderName::Allow, invite::ALLOW);
        request
    }

    fn contact(&self, flow: Flow) -> Contact {
        let mut contact = invite::contact_at(flow.local.ip(), flow, false);
        if let Contact::Address(address) = &mut contact
            && let Some(uri) = address.uri.as_sip_mut()
        {
            uri.user = Some(sip_codec::escape_user(self.account.contact_user.as_bytes()));
            if self.outbound {
                let instance = format!("<{}>", self.account.instance);
                address.params.set("reg-id", "1");
                address.params.set_quoted("+sip.instance", instance);
            }
        }
        contact
    }

    /// The seconds to ask for.
    fn seconds(&self) -> u32 {
        if self.state == State::Leaving {
            return 0;
        }
        let asked = self.account.expires.max(self.at_least).min(MAX_EXPIRES);
        u32::try_from(asked.as_secs().max(1)).unwrap_or(u32::MAX)
    }

    /// Answers a challenge: once for an attempt, and once more where the nonce was too old.
    fn answer(&mut self, flow: Flow, response: &Response) -> bool {
        let Some(credentials) = self.account.credentials.clone() else { return false };
        let pinned = self.challenge.as_ref().map(|challenge| challenge.realm.as_str());
        let realm = credentials.realm.as_deref().or(pinned);
        let Some(mut challenge) = Challenge::choose(&response.headers, realm) else {
            return false;
        };
        self.answered = match self.answered {
            Answered::No | Answered::Ahead => Answered::Once,
            Answered::Once if challenge.stale => Answered::Again,
            Answered::Once | Answered::Again => return false,
        };
        let mut request = self.request(flow);
        challenge.answer(&mut request, &credentials, &mut self.random);
        self.challenge = Some(challenge);
        self.send(flow, request);
        true
    }

    /// 423: asks for what the registrar wants, once.
    fn lengthen(&mut self, flow: Flow, response: &Response) -> bool {
        let Some(MinExpires(least)) = read::first(&response.headers) else { return false };
        let least = Duration::from_secs(least.into());
        let longer = least > Duration::from_secs(self.seconds().into()) && least <= MAX_EXPIRES;
        if self.lengthened || !longer || self.state != State::Asking {
            return false;
        }
        self.lengthened = true;
        self.at_least = least;
        self.ask_again(flow);
        true
    }

    /// The same in other words, with what is known of the challenge.
    fn ask_again(&mut self, flow: Flow) {
        let mut request = self.request(flow);
        if let (Some(challenge), Some(credentials)) =
            (&mut self.challenge, &self.account.credentials)
        {
            challenge.answer(&mut request, credentials, &mut self.random);
        }
        self.answered = Answered::Ahead;
        self.send(flow, request);
    }

    fn registered(&mut self, now: Instant, flow: Flow, response: &Response) {
        let granted = self.granted(flow, response);
        match self.state {
            State::Leaving => return self.stopped(),
            State::Stopping => {
                self.until = Some(now + granted);
                return self.begin(flow, State::Leaving);
            }
            _ if granted.is_zero() => {
                return self.fail(now, EndCause::ProtocolError, Some(200), None);
            }
            _ => {}
        }
        self.failures = 0;
        let until = now + granted;
        self.until = Some(until);
        // Around nine tenths: not all trunks at the same moment.
        let share = 850 + self.random.below(100);
        self.state = State::Waiting(now + granted * share / 1_000);
        self.outputs.push_back(Output::Event(Event::Registered { until }));
    }

    /// What was granted: as our Contact says in the answer, else its Expires, else what we
    /// asked for (RFC 3261 section 10.2.4).
    fn granted(&self, flow: Flow, response: &Response) -> Duration {
        let Contact::Address(ours) = self.contact(flow) else { return Duration::ZERO };
        let contacts = response.headers.readable::<Contact>().take(MAX_CONTACTS);
        let contacts: Vec<Contact> = contacts.collect();
        let mine = contacts.iter().find(|contact| {
            contact.address().is_some_and(|address| address.uri.equivalent(&ours.uri))
        });
        // One alone is ours, however the registrar has rewritten it.
        let alone = if let [only] = contacts.as_slice() { Some(only) } else { None };
        let stated = mine.or(alone).and_then(Contact::expires);
        let header = || read::first::<Expires>(&response.headers).map(|expires| expires.0);
        let seconds = stated.or_else(header).unwrap_or_else(|| self.seconds());
        Duration::from_secs(seconds.into()).min(MAX_EXPIRES)
    }

    fn fail(
        &mut self,
        now: Instant,
        cause: EndCause,
        status: Option<u16>,
        after: Option<Duration>,
    ) {
        if matches!(self.state, State::Leaving | State::Stopping) {
            return self.stopped();
        }
        self.failures = self.failures.saturating_add(1);
        let wait = after.map_or_else(|| self.backoff(status), |after| after.min(MAX_WAIT));
        let retry_at = now + wait.max(Duration::from_secs(1));
        self.state = State::Waiting(retry_at);
        self.outputs.push_back(Output::Event(Event::Failed { cause, status, retry_at }));
    }

    /// RFC 5626 section 4.5: doubling, of which half to all is waited. Where credentials were
    /// refused nothing changes by itself, and trunks lock out who insists: at the longest.
    fn backoff(&mut self, status: Option<u16>) -> Duration {
        let doublings = self.failures.saturating_sub(1).min(8);
        let wait = match status {
            Some(401 | 403 | 404 | 407) => MAX_WAIT,
            _ => BASE_WAIT * 2_u32.pow(doublings),
        };
        self.wait(wait)
    }

    /// Half to all of a wait, at most [`MAX_WAIT`].
    fn wait(&mut self, wait: Duration) -> Duration {
        let wait = wait.min(MAX_WAIT);
        wait / 2 + wait / 2 * self.random.below(1_001) / 1_000
    }

    fn stopped(&mut self) {
        self.state = State::Stopped;
        self.until = None;
        self.outputs.push_back(Output::Event(Event::Unregistered));
    }
}

/// How often a registrar wants to hear of us on a connection, where it says so.
fn flow_timer(response: &Response) -> Option<Duration> {
    let value = response.headers.raw(&HeaderName::new("Flow-Timer")?).next()?;
    let seconds: u64 = std::str::from_utf8(value.as_ref()).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.clamp(MIN_FLOW_TIMER, FLOW_TIMER.as_secs())))
}

/// Contacts of an answer that are looked at: other devices of the same address are few.
const MAX_CONTACTS: usize = 32;

#[cfg(test)]
mod tests;

//! What goes into the endpoint and what comes out of it.

use super::digest::Credentials;
use super::identity::Presentation;
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use sip_codec::header::NameAddr;
use sip_codec::{Headers, Message, ParseError, Request, Response, Uri};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How messages are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Carrier {
    /// Datagrams: the endpoint retransmits.
    Udp,
    /// Streams in the clear.
    Tcp,
    /// Streams under TLS.
    Tls,
}

impl Carrier {
    /// Whether the transport itself retransmits.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Carrier::Udp)
    }

    /// The name in a Via.
    pub const fn via_name(self) -> &'static str {
        match self {
            Carrier::Udp => "UDP",
            Carrier::Tcp => "TCP",
            Carrier::Tls => "TLS",
        }
    }

    /// The port where a URI states none (RFC 3261 section 19.1.2).
    pub const fn default_port(self) -> u16 {
        match self {
            Carrier::Udp | Carrier::Tcp => 5060,
            Carrier::Tls => 5061,
        }
    }
}

/// Between whom a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// How.
    pub carrier: Carrier,
    /// The driver's number of the socket on which it arrived, or by which it shall leave.
    /// Opaque to the endpoint, which returns it.
    pub socket: u32,
    /// We, as Via and Contact say it: the address that the peer's network sees and the port on
    /// which we listen.
    pub local: SocketAddr,
    /// The peer: the source of a datagram, the far end of a connection.
    pub remote: SocketAddr,
    /// Which of [`super::Config::names`] we bear towards this peer instead of the address of
    /// `local`, in Via, From and Contact. Such a peer is reached by names too: see
    /// [`Event::Sought`].
    pub name: Option<u16>,
}

/// One thing that happened.
pub enum Input {
    /// A message arrived.
    Received {
        /// Between whom.
        flow: Flow,
        /// The message.
        message: Message,
        /// Its bytes on the wire: no answer to an unverified address is longer.
        size: usize,
    },
    /// Something arrived that is no message. Answered without state where it can be.
    Malformed {
        /// Between whom.
        flow: Flow,
        /// What the codec said.
        error: ParseError,
        /// Its bytes on the wire.
        size: usize,
    },
    /// The driver could not send to this peer: no connection, no route.
    Failed {
        /// To whom.
        flow: Flow,
    },
    /// The application wants something.
    Command(Command),
}

/// What the application wants. A command that does not fit the state of its call is ignored: the
/// call has moved on, and an event about that is under way.
pub enum Command {
    /// Takes the call of an [`Event::Invited`]: from here on it has state, and is answered 100
    /// Trying unless nothing proves that its UDP source made it. It expects an answer at once.
    Admit {
        /// Its number from now on.
        call: LegId,
        /// As the event said.
        flow: Flow,
        /// As the event said.
        request: Box<Request>,
        /// As the event said.
        size: usize,
    },
    /// Refuses the call of an [`Event::Invited`] without keeping state.
    Refuse {
        /// As the event said.
        flow: Flow,
        /// As the event said.
        request: Box<Request>,
        /// As the event said.
        size: usize,
        /// Why.
        cause: EndCause,
        /// When to try again, for a 503.
        retry_after: Option<Duration>,
    },
    /// Challenges an [`Event::Invited`] or [`Event::Register`] (401) without keeping state.
    Challenge {
        /// As the event said.
        flow: Flow,
        /// As the event said.
        request: Box<Request>,
        /// As the event said.
        size: usize,
        /// The realm of the users that may call.
        realm: String,
        /// The credentials were right but the nonce too old.
        stale: bool,
    },
    /// Answers an [`Event::Register`], as [`super::Registrar::register`] says.
    AnswerRegister {
        /// As the event said.
        flow: Flow,
        /// As the event said.
        request: Box<Request>,
        /// As the event said.
        size: usize,
        /// The final status. State is kept for a 2xx only, until its sender cannot ask again.
        status: u16,
        /// What the answer has beside the usual: Contact, Min-Expires ...
        headers: Headers,
    },
    /// Sends a request outside of calls, as [`super::Registration`] makes it.
    Request {
        /// Returned in the event.
        number: u64,
        /// By which way.
        flow: Flow,
        /// The request, without Via.
        request: Box<Request>,
    },
    /// Calls out.
    Invite(Box<Invite>),
    /// A provisional response, 101 to 199.
    Progress {
        /// The call.
        call: LegId,
        /// The status.
        status: u16,
        /// The answer to the caller's offer (early media). Left out where there was no offer.
        sdp: Option<Bytes>,
        /// By 100rel where the caller knows it.
        reliable: bool,
    },
    /// Answers an incoming call (200): with the answer to its offer, or with an offer where it
    /// made none.
    Answer {
        /// The call.
        call: LegId,
        /// The body.
        sdp: Bytes,
    },
    /// Refuses an incoming call that was admitted.
    Reject {
        /// The call.
        call: LegId,
        /// Why.
        cause: EndCause,
    },
    /// Offers anew. Waits for a transaction under way; a second one replaces the first.
    Reoffer {
        /// The call.
        call: LegId,
        /// The body.
        sdp: Bytes,
    },
    /// Answers an [`Event::Reoffered`] (with an offer where it had none), or the offer in an
    /// [`Event::Answered`].
    AnswerReoffer {
        /// The call.
        call: LegId,
        /// The body.
        sdp: Bytes,
    },
    /// Refuses an [`Event::Reoffered`] (488): what was agreed before stays.
    RejectReoffer {
        /// The call.
        call: LegId,
    },
    /// Sends an INFO (RFC 2976 style, as devices use it for digits and key frames).
    Info {
        /// The call.
        call: LegId,
        /// `Content-Type`.
        content_type: &'static str,
        /// The body.
        body: Bytes,
    },
    /// Asks for a whole picture by INFO (RFC 5168), unless a request of before waits still.
    RequestKeyframe {
        /// The call.
        call: LegId,
    },
    /// Ends a call in whatever state: CANCEL, a final response or BYE.
    Hangup {
        /// The call.
        call: LegId,
        /// Why.
        cause: EndCause,
    },
    /// Whether an [`Event::Referred`] is taken: somebody is called, and the peer is told what
    /// becomes of it.
    AnswerReferral {
        /// The call.
        call: LegId,
        /// As the event said.
        referral: u32,
        /// Why not.
        verdict: Result<(), EndCause>,
    },
    /// What became of a referral that was taken: a status as the callee answered; a final one is
    /// the last word.
    ReportReferral {
        /// The call.
        call: LegId,
        /// As the event said.
        referral: u32,
        /// 100 to 699.
        status: u16,
    },
    /// By which way a call goes on, after an [`Event::Sought`]; `None`: by the one that it has.
    Route {
        /// The call.
        call: LegId,
        /// Between whom.
        flow: Option<Flow>,
    },
    /// Asks a peer whether it lives (OPTIONS).
    Ping {
        /// Returned in the event.
        ping: u64,
        /// By which way.
        flow: Flow,
        /// Whom.
        target: Uri,
    },
}

impl Command {
    /// The call that it is for, if it is for one that exists.
    pub fn call(&self) -> Option<LegId> {
        match self {
            Command::Progress { call, .. }
            | Command::Answer { call, .. }
            | Command::Reject { call, .. }
            | Command::Reoffer { call, .. }
            | Command::AnswerReoffer { call, .. }
            | Command::RejectReoffer { call }
            | Command::Info { call, .. }
            | Command::RequestKeyframe { call }
            | Command::Route { call, .. }
            | Command::AnswerReferral { call, .. }
            | Command::ReportReferral { call, .. }
            | Command::Hangup { call, .. } => Some(*call),
            _ => None,
        }
    }

    /// The same command for another call, if it is for one that exists.
    pub fn for_call(mut self, other: LegId) -> Self {
        if let Some(call) = self.call_mut() {
            *call = other;
        }
        self
    }

    fn call_mut(&mut self) -> Option<&mut LegId> {
        match self {
            Command::Progress { call, .. }
            | Command::Answer { call, .. }
            | Command::Reject { call, .. }
            | Command::Reoffer { call, .. }
            | Command::AnswerReoffer { call, .. }
            | Command::RejectReoffer { call }
            | Command::Info { call, .. }
            | Command::RequestKeyframe { call }
            | Command::Route { call, .. }
            | Command::AnswerReferral { call, .. }
            | Command::ReportReferral { call, .. }
            | Command::Hangup { call, .. } => Some(call),
            _ => None,
        }
    }
}

/// An outgoing call.
pub struct Invite {
    /// Its number.
    pub call: LegId,
    /// The first hop.
    pub flow: Flow,
    /// The request-URI.
    pub target: Uri,
    /// The URI of From; its tag is the endpoint's.
    pub from: Uri,
    /// The display name of From.
    pub display_name: String,
    /// The offer. `None`: the callee makes it.
    pub offer: Option<Bytes>,
    /// Answers a challenge of this realm, once.
    pub credentials: Option<Credentials>,
    /// The ways that are tried, in order, when the first hop is silent or cannot take the call.
    pub alternatives: Vec<Hop>,
    /// Proxies between the first hop and the target: the Path of a registered device.
    pub route: Vec<NameAddr>,
    /// What is said of who calls.
    pub presentation: Presentation,
    /// Further headers. Those that the endpoint writes itself are left out, and those beyond
    /// [`super::limits::MAX_EXTRA_HEADERS`].
    pub headers: Headers,
}

/// Another way to the callee.
#[derive(Clone)]
pub struct Hop {
    /// The first hop.
    pub flow: Flow,
    /// The request-URI.
    pub target: Uri,
    /// Proxies between the two.
    pub route: Vec<NameAddr>,
    /// Answers a challenge, once.
    pub credentials: Option<Credentials>,
    /// From, without its tag: who calls, as this way may know. Not used where the caller hides.
    pub from: NameAddr,
    /// P-Asserted-Identity, where this way is trusted to keep it to itself.
    pub asserted: Option<NameAddr>,
}

impl Invite {
    /// A call without an offer, a name or credentials.
    pub fn new(call: LegId, flow: Flow, target: Uri, from: Uri) -> Self {
        Self {
            call,
            flow,
            target,
            from,
            display_name: String::new(),
            offer: None,
            credentials: None,
            alternatives: Vec::new(),
            route: Vec::new(),
            presentation: Presentation::default(),
            headers: Headers::new(),
        }
    }
}

/// What happened, for the application.
pub enum Event {
    /// Somebody calls. No state exists: answer with [`Command::Admit`], [`Command::Refuse`] or
    /// [`Command::Challenge`], or let it be repeated.
    Invited {
        /// Between whom.
        flow: Flow,
        /// The INVITE. Its body is the offer, none an invitation to make one.
        request: Box<Request>,
        /// Its bytes on the wire.
        size: usize,
        /// The standing call whose place it wants to take (RFC 3891). Who may do that the
        /// application says.
        replaces: Option<LegId>,
    },
    /// The callee sent a provisional response beyond 100.
    Progress {
        /// The call.
        call: LegId,
        /// The status.
        status: u16,
        /// Its answer (early media), once per early dialog.
        sdp: Option<Bytes>,
    },
    /// A way of an outgoing call failed, and its next one is tried.
    WentOn {
        /// The call.
        call: LegId,
    },
    /// The callee answered.
    Answered {
        /// The call.
        call: LegId,
        /// Its answer; `None` where an [`Event::Progress`] had it already. An offer where we
        /// made none: owes [`Command::AnswerReoffer`].
        sdp: Option<Bytes>,
    },
    /// The caller acknowledged our answer.
    Confirmed {
        /// The call.
        call: LegId,
        /// The answer to the offer in our 200.
        sdp: Option<Bytes>,
    },
    /// The peer offers anew: owes [`Command::AnswerReoffer`] or [`Command::RejectReoffer`].
    Reoffered {
        /// The call.
        call: LegId,
        /// Its offer; `None`: we make one.
        offer: Option<Bytes>,
    },
    /// The peer answered our offer.
    ReofferAnswered {
        /// The call.
        call: LegId,
        /// Its answer.
        sdp: Bytes,
    },
    /// The peer refused our offer, or never answered it: what was agreed before stays. 491 also
    /// where our offer still waited when the peer's came: it is dropped, since the peer's changes
    /// what it was made from; [`Event::Reoffered`] follows.
    ReofferFailed {
        /// The call.
        call: LegId,
        /// The status, 408 for silence.
        status: u16,
    },
    /// A digit came by INFO.
    Digit {
        /// The call.
        call: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
        /// How long it was pressed, where it says so.
        duration: Option<Duration>,
    },
    /// A device wants to register. No state exists: answer with [`Command::AnswerRegister`] or
    /// [`Command::Challenge`], or let it be repeated.
    Register {
        /// Between whom.
        flow: Flow,
        /// The REGISTER.
        request: Box<Request>,
        /// Its bytes on the wire.
        size: usize,
    },
    /// A [`Command::Request`] was answered for good, or not.
    Responded {
        /// As the command said.
        number: u64,
        /// Between whom the answer came; for silence, how the request went.
        from: Flow,
        /// `None` for silence.
        response: Option<Box<Response>>,
    },
    /// The peer needs a whole picture (RFC 5168).
    KeyframeNeeded {
        /// The call.
        call: LegId,
    },
    /// The peer wants somebody else called in its place (REFER): owes
    /// [`Command::AnswerReferral`].
    Referred {
        /// The call.
        call: LegId,
        /// Names the referral.
        referral: u32,
        /// Whom: `sip`, `sips` or `tel`.
        target: Box<Uri>,
    },
    /// A peer that we bear a name towards wants the requests of this call at another name: owes
    /// [`Command::Route`]. The ACK of a 2xx waits for it.
    Sought {
        /// The call.
        call: LegId,
        /// The route or the target that names the host.
        uri: Box<Uri>,
    },
    /// A peer that we bear a name towards asked whether we live (OPTIONS), and was told so.
    Asked {
        /// Between whom.
        flow: Flow,
    },
    /// A peer that we bear a name towards has too much to do (503 with Retry-After): its
    /// connection is to be closed. The call has gone on by its next way.
    Overloaded {
        /// Between whom.
        flow: Flow,
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// An OPTIONS was answered, or not.
    Pinged {
        /// As the command said.
        ping: u64,
        /// The status; `None` for silence.
        status: Option<u16>,
    },
    /// It is over. The last event of every call, once.
    Ended {
        /// The call.
        call: LegId,
        /// Why.
        cause: EndCause,
    },
}

impl Event {
    /// The call that it is about, where it is about one that has state.
    pub const fn call(&self) -> Option<LegId> {
        match self {
            Event::Invited { .. }
            | Event::Register { .. }
            | Event::Responded { .. }
            | Event::Asked { .. }
            | Event::Overloaded { .. }
            | Event::Pinged { .. } => None,
            Event::Progress { call, .. }
            | Event::WentOn { call }
            | Event::Answered { call, .. }
            | Event::Confirmed { call, .. }
            | Event::Reoffered { call, .. }
            | Event::ReofferAnswered { call, .. }
            | Event::ReofferFailed { call, .. }
            | Event::Digit { call, .. }
            | Event::KeyframeNeeded { call }
            | Event::Sought { call, .. }
            | Event::Referred { call, .. }
            | Event::Ended { call, .. } => Some(*call),
        }
    }
}

/// What is to be done.
pub enum Output {
    /// Send this.
    Transmit {
        /// Between whom.
        flow: Flow,
        /// The bytes.
        bytes: Bytes,
    },
    /// Tell the application.
    Event(Event),
    /// Nothing more; call `handle_timeout` at the latest then.
    Timeout(Option<Instant>),
}

//! What a call is told and says.

use crate::h323::h245;
use causeway_asn1::h225::{AliasAddress, EndpointType};
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Proposals of fast start that are read: rooms send some for each codec and direction.
pub const MAX_FAST_START: usize = 64;

/// Digits of one number, and those that come one by one.
pub const MAX_DIGITS: usize = 128;

/// What a call is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// What we are.
    pub endpoint: EndpointType,
    /// Whether H.245 may travel within call signalling.
    pub tunnelling: bool,
    /// How long it may ring.
    pub ring_patience: Duration,
    /// For H.245.
    pub control: h245::Config,
}

/// A call that we make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placing {
    /// 1 to 0x7fff, one that no other call of the connection has.
    pub call_reference: u16,
    /// The same at every gatekeeper and endpoint of the call.
    pub call_identifier: [u8; 16],
    /// The conference.
    pub conference: [u8; 16],
    /// What we are called.
    pub from: Vec<AliasAddress>,
    /// Shown to people.
    pub display: String,
    /// Who is called.
    pub to: Vec<AliasAddress>,
    /// Where the other side takes call signalling, as it should see it.
    pub destination: Option<SocketAddr>,
    /// Where we are.
    pub source: Option<SocketAddr>,
    /// Channels proposed at once. Without any, they are opened by H.245.
    pub fast_start: Vec<OpenLogicalChannel>,
    /// Whether more digits may follow.
    pub overlap: bool,
}

/// How we answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// Of the proposed channels those that we take, completed; those that we send on under numbers
    /// of ours. They are open, for H.245 too. Empty: fast start is refused, and channels are opened
    /// by H.245.
    pub fast_start: Vec<OpenLogicalChannel>,
    /// Where H.245 is taken on a connection of its own; needed where it is not tunnelled
    /// ([`Offer::tunnelled`]), and not said where it is.
    pub control: Option<SocketAddr>,
}

/// What the application wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Call. The first command of a call that we make.
    Place(Box<Placing>),
    /// What our Setup or Connect carries for security (H.235.0), before it is sent.
    Secure(Vec<ClearToken>),
    /// What people at the other side are shown of us, from the next message on; in Setup it is
    /// [`Placing::display`].
    Name(String),
    /// The number is complete and the call under way.
    Proceed,
    /// The number is not complete: more digits, please.
    AskDigits,
    /// More digits of the number that we call.
    SendDigits(String),
    /// The last of them.
    SendLastDigits(String),
    /// Of the proposed channels those that we take, before the answer: as [`Answering::fast_start`].
    /// Our next message says so.
    SettleFastStart(Vec<OpenLogicalChannel>),
    /// It rings.
    Alert,
    /// Something happened on the way, by Q.931's progress description (8: sound comes in band).
    Progress(u8),
    /// We answer.
    Answer(Box<Answering>),
    /// Begin with H.245 before the answer: [`Event::ControlReady`] follows where it is tunnelled,
    /// [`Event::ControlWanted`] where it is not and nobody makes a connection yet. A callee gives up
    /// channels that are proposed; for a caller it is too early as long as its own are.
    BeginControl,
    /// We take connections for H.245 at this address ([`Event::ControlWanted`],
    /// [`Event::ControlLost`]). Before the answer it begins H.245 early, as
    /// [`Command::BeginControl`] does.
    AnnounceControl(SocketAddr),
    /// Ask the other side to call elsewhere; it then ends this call.
    Redirect(Box<Redirection>),
    /// Tell something of the call, by Q.931's notification description (0x79: held, 0x7a: taken
    /// back).
    Notify(u8),
    /// For H.245. What is said before there is a way for it waits.
    Control(h245::Command),
    /// End the call.
    End(EndCause),
}

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A packet of call signalling: a message of Q.931, or nothing at all.
    Signalling(&'a [u8]),
    /// A packet on the connection of H.245.
    Control(&'a [u8]),
    /// That connection stands, whoever made it.
    ControlConnected,
    /// It is lost, or could not be made.
    ControlLost,
    /// The connection of call signalling is lost.
    SignallingLost,
    /// The application wants something.
    Command(Command),
}

/// A call that comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// 1 to 0x7fff, the caller's number of the call on its connection.
    pub call_reference: u16,
    /// The same at every gatekeeper and endpoint of the call, where the caller says it.
    pub call_identifier: Option<[u8; 16]>,
    /// The conference that the caller names.
    pub conference: [u8; 16],
    /// What the caller is called, as names of H.323 and as the number of Q.931.
    pub from: Vec<AliasAddress>,
    /// See above.
    pub calling_number: Option<String>,
    /// Where the caller says it takes calls itself; its signalling may come by a gatekeeper.
    pub source: Option<SocketAddr>,
    /// What the caller shows to people.
    pub display: Option<String>,
    /// Who is called, as names and as number.
    pub to: Vec<AliasAddress>,
    /// See above.
    pub called_number: Option<String>,
    /// What the caller is.
    pub endpoint: EndpointType,
    /// The channels that it proposes.
    pub fast_start: Vec<OpenLogicalChannel>,
    /// What it says for security (H.235.0).
    pub tokens: Vec<ClearToken>,
    /// Whether H.245 travels within call signalling.
    pub tunnelled: bool,
    /// Whether more digits may follow.
    pub overlap: bool,
}

/// What the callee says of itself on the way, as far as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// What it is, its vendor and product among it.
    pub endpoint: Option<EndpointType>,
    /// What it shows to people.
    pub display: Option<String>,
    /// Its number.
    pub number: Option<String>,
}

/// Why and where a call should go instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// To whom.
    pub to: Vec<AliasAddress>,
    /// By which address.
    pub address: Option<SocketAddr>,
    /// Whether it only goes another way to the same one.
    pub route: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody calls.
    Offered(Box<Offer>),
    /// More digits of the number that is called; and whether they were the last.
    Digits(String, bool),
    /// The other side wants more digits.
    DigitsWanted,
    /// The other side works on it.
    Proceeding,
    /// It rings.
    Alerting,
    /// Something happened on the way, by Q.931's progress description (8: sound comes in band).
    Progress(u8),
    /// What the callee says for security (H.235.0), before anything else of its message.
    Secured(Vec<ClearToken>),
    /// The other side takes these channels. They are open, for H.245 too; on whose side each is,
    /// [`super::fast_start::sender`] says.
    FastStart(Vec<OpenLogicalChannel>),
    /// It takes none, or the caller gave them up: channels are opened by H.245.
    FastStartRefused,
    /// What the callee says of itself, whenever it says something new; before the event of the
    /// message that says it.
    Described(Box<Description>),
    /// The other side answered; by whom, as far as it says.
    Answered(Vec<AliasAddress>),
    /// H.245 needs a connection, and the other side has not said where it takes one; or it does not
    /// tunnel any more. Where channels are open by fast start nothing need follow; else
    /// [`Command::AnnounceControl`], or the call ends after [`super::CONTROL_PATIENCE`].
    ControlWanted,
    /// What is said by H.245 from now on arrives. Again after the way was lost: H.245 goes on where
    /// it was.
    ControlReady,
    /// The connection of H.245 is lost, or could not be made: as [`Event::ControlWanted`]. The
    /// other side may also make, or say, a new one.
    ControlLost,
    /// H.245.
    Control(h245::Event),
    /// The call should go elsewhere; this one goes on until it is ended.
    Redirected(Box<Redirection>),
    /// The other side tells something of the call, by Q.931's notification description.
    Notified(u8),
    /// The end. The last event.
    Ended(EndCause),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this packet of call signalling.
    Signalling(Vec<u8>),
    /// Send this packet on the connection of H.245.
    Control(Vec<u8>),
    /// Connect to this address for H.245; [`Input::ControlConnected`] or [`Input::ControlLost`].
    ConnectControl(SocketAddr),
    /// Nothing more is sent on either connection: the call is over.
    Close,
    /// Tell the application.
    Event(Event),
    /// Nothing more; [`super::Call::handle_timeout`] is due then.
    Timeout(Option<Instant>),
}

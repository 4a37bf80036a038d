//! What a call is told and says.

use crate::h323::h245;
use causeway_asn1::h225::{AliasAddress, EndpointType};
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
    /// ([`Offer::tunnelled`]).
    pub control: Option<SocketAddr>,
}

/// What the application wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Call. The first command of a call that we make.
    Place(Box<Placing>),
    /// The number is complete and the call under way.
    Proceed,
    /// The number is not complete: more digits, please.
    AskDigits,
    /// More digits of the number that we call.
    SendDigits(String),
    /// It rings.
    Alert,
    /// We answer.
    Answer(Box<Answering>),
    /// We take connections for H.245 at this address ([`Event::ControlWanted`]).
    AnnounceControl(SocketAddr),
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
    /// The same at every gatekeeper and endpoint of the call, where the caller says it.
    pub call_identifier: Option<[u8; 16]>,
    /// The conference that the caller names.
    pub conference: [u8; 16],
    /// What the caller is called, as names of H.323 and as the number of Q.931.
    pub from: Vec<AliasAddress>,
    /// See above.
    pub calling_number: Option<String>,
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
    /// Whether H.245 travels within call signalling.
    pub tunnelled: bool,
    /// Whether more digits may follow.
    pub overlap: bool,
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
    /// The other side takes these channels. They are open, for H.245 too; on whose side each is,
    /// [`super::fast_start::sender`] says.
    FastStart(Vec<OpenLogicalChannel>),
    /// It takes none: channels are opened by H.245.
    FastStartRefused,
    /// The other side answered; by whom, as far as it says.
    Answered(Vec<AliasAddress>),
    /// The other side answered without saying where it takes H.245. Where channels are open by
    /// fast start nothing need follow; else [`Command::AnnounceControl`].
    ControlWanted,
    /// What is said by H.245 from now on arrives.
    ControlReady,
    /// H.245.
    Control(h245::Event),
    /// The call should go elsewhere; this one goes on until it is ended.
    Redirected(Box<Redirection>),
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

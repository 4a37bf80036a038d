//! What the endpoint's side of a gatekeeper is told and says.

use causeway_asn1::BmpString;
use causeway_asn1::h225::{AliasAddress, EndpointType, VendorIdentifier};
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a client is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The gatekeeper.
    pub gatekeeper: SocketAddr,
    /// Whether it is asked first who it is (GRQ). Some gatekeepers want it, most do not need it.
    pub discover: bool,
    /// The gatekeeper's name, where it has several.
    pub gatekeeper_identifier: Option<String>,
    /// Where we take RAS, as the gatekeeper should see it.
    pub ras_address: SocketAddr,
    /// Where we take calls.
    pub call_address: SocketAddr,
    /// What we are.
    pub endpoint: EndpointType,
    /// Who made us.
    pub vendor: VendorIdentifier,
    /// The names and numbers under which we are called.
    pub aliases: Vec<AliasAddress>,
    /// How long a registration we ask for.
    pub time_to_live: Duration,
}

/// A call at a gatekeeper. Both rooms of a call name it by the same identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    /// The callIdentifier.
    pub identifier: [u8; 16],
    /// Whether who asks for it is called.
    pub answer: bool,
}

/// A call that asks to be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Its call reference, which names it here.
    pub call_reference: u16,
    /// The same at every gatekeeper and endpoint of the call.
    pub call_identifier: [u8; 16],
    /// The conference.
    pub conference: [u8; 16],
    /// Whether we are called.
    pub answer: bool,
    /// Who is called.
    pub to: Vec<AliasAddress>,
    /// Who calls.
    pub from: Vec<AliasAddress>,
    /// The rate of both directions together, in 100 bit/s.
    pub bandwidth: u32,
}

/// What the application wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Register, and stay registered.
    Start,
    /// Unregister.
    Stop,
    /// Ask for a call.
    Admit(Box<Admission>),
    /// The call is over.
    Disengage(u16),
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A datagram.
    Datagram {
        /// From where.
        from: SocketAddr,
        /// What.
        data: &'a [u8],
    },
    /// The application wants something.
    Command(Command),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// We are registered, under these names.
    Registered(Vec<AliasAddress>),
    /// An attempt failed; it is tried again then. A registration from before holds until it ends.
    Failed(EndCause, Instant),
    /// The gatekeeper ended the registration.
    ThrownOut,
    /// We are not registered any more. The last event.
    Unregistered,
    /// A call may be made, to this address, or taken.
    Admitted(u16, Option<SocketAddr>),
    /// A call may not be.
    Refused(u16, EndCause),
    /// A call is to end.
    DropAsked(u16),
    /// A call is to use no more than this, in 100 bit/s.
    Bandwidth(u16, u32),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this datagram.
    Transmit {
        /// To where.
        to: SocketAddr,
        /// What.
        data: Vec<u8>,
    },
    /// Tell the application.
    Event(Event),
    /// Nothing more; [`super::Client::handle_timeout`] is due then.
    Timeout(Option<Instant>),
}

/// What the gatekeeper calls us and itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) gatekeeper: SocketAddr,
    pub(super) identifier: BmpString,
    pub(super) gatekeeper_identifier: Option<BmpString>,
}

//! What the endpoint's side of a gatekeeper is told and says. Names of parties are as they would
//! be dialled ([`crate::h323::address::alias`] says which kind each is).

use super::{Clock, Key};
use causeway_asn1::BmpString;
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a client is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The gatekeeper, or a group where one is looked for.
    pub gatekeeper: SocketAddr,
    /// Whether it is asked first who it is (GRQ). Some gatekeepers want it, most do not need it.
    /// A group always is.
    pub discover: bool,
    /// The gatekeeper's name, where it has several.
    pub gatekeeper_identifier: Option<String>,
    /// Where we take RAS, as the gatekeeper should see it.
    pub ras_address: SocketAddr,
    /// Where we take calls.
    pub call_address: SocketAddr,
    /// What we are: product and version.
    pub product: (String, String),
    /// The names and numbers under which we are called.
    pub aliases: Vec<String>,
    /// How long a registration we ask for.
    pub time_to_live: Duration,
    /// We are behind a firewall: the gatekeeper tells us of calls, and we connect to it (H.460.18).
    pub inside: bool,
    /// Our name and key there.
    pub credentials: Option<(String, Key)>,
    /// What time it is.
    pub clock: Clock,
    /// Makes numbers that nobody guesses.
    pub seed: [u8; 32],
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
    /// The call.
    pub key: CallKey,
    /// Its call reference. Two calls of different connections may have the same.
    pub call_reference: u16,
    /// The conference.
    pub conference: [u8; 16],
    /// Who is called.
    pub to: Vec<String>,
    /// Where the other side is, where that is known.
    pub address: Option<SocketAddr>,
    /// Who calls.
    pub from: Vec<String>,
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
    Disengage(CallKey),
    /// What time it is: the wall clock may have been set.
    Clock(Clock),
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
    /// We are registered, under these names. None: those that we asked for.
    Registered(Vec<String>),
    /// An attempt failed; it is tried again then. A registration from before holds until it ends.
    Failed(EndCause, Instant),
    /// The gatekeeper ended the registration.
    ThrownOut,
    /// We are not registered any more. The last event.
    Unregistered,
    /// A call may be made or taken.
    Admitted {
        /// Which.
        call: CallKey,
        /// Where it is to go.
        address: Option<SocketAddr>,
        /// Whom it is for now, where the gatekeeper put other names in place.
        to: Vec<String>,
        /// What it may use, in 100 bit/s.
        bandwidth: u32,
    },
    /// A call may not be.
    Refused(CallKey, EndCause),
    /// The gatekeeper changed what an admitted call may use: so much from now on, in 100 bit/s.
    Bandwidth(CallKey, u32),
    /// A call is to end.
    DropAsked(CallKey),
    /// Somebody calls: we are to connect to the gatekeeper for it.
    Called {
        /// By its callIdentifier.
        call: [u8; 16],
        /// Where, at the gatekeeper's own address.
        at: SocketAddr,
    },
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

//! What a gatekeeper is told and says.

use causeway_asn1::h225::AliasAddress;
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a gatekeeper is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its name. An endpoint that asks for another is not answered.
    pub identifier: String,
    /// Where it takes RAS, as endpoints should see it.
    pub ras_address: SocketAddr,
    /// How long a registration lasts at most.
    pub time_to_live: Duration,
    /// The most that one call may use, both directions together, in 100 bit/s.
    pub bandwidth: u32,
    /// Gatekeepers that may ask where somebody is.
    pub neighbours: Vec<SocketAddr>,
}

/// A question that the application answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u64);

/// What the application says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// An endpoint may register under the names that it gave.
    Register(QuestionId),
    /// A call may be made: the other side is at this address.
    Admit(QuestionId, SocketAddr),
    /// Neither.
    Refuse(QuestionId, EndCause),
    /// An endpoint is not registered any more.
    Unregister(SocketAddr),
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
    /// The application says something.
    Command(Command),
}

/// An endpoint that is registered, or wants to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrant {
    /// Where it takes RAS.
    pub ras: SocketAddr,
    /// Where it takes calls.
    pub call: SocketAddr,
    /// Its names.
    pub aliases: Vec<AliasAddress>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wants to register.
    Registering(QuestionId, Box<Registrant>),
    /// A registration is over, by the endpoint or by time.
    Unregistered(Box<Registrant>),
    /// A registered endpoint wants to call.
    Admission {
        /// To be answered.
        question: QuestionId,
        /// Who calls.
        by: Box<Registrant>,
        /// Whom.
        to: Vec<AliasAddress>,
    },
    /// A neighbour asks where somebody is.
    Location {
        /// To be answered.
        question: QuestionId,
        /// Which neighbour.
        by: SocketAddr,
        /// Who is looked for.
        of: Vec<AliasAddress>,
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
    /// Nothing more; [`super::Gatekeeper::handle_timeout`] is due then.
    Timeout(Option<Instant>),
}

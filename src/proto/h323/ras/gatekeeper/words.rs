//! What a gatekeeper is told and says. Names of parties are as they would be dialled.

use crate::h323::ras::{CallKey, Clock, Key};
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a gatekeeper is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its name. An endpoint that asks for another is not answered.
    pub identifier: String,
    /// How long a registration lasts at most.
    pub time_to_live: Duration,
    /// The most that one call may use, both directions together, in 100 bit/s.
    pub bandwidth: u32,
    /// Whether calls go by way of us: an answer that names our own address says so.
    pub routed: bool,
    /// Who has a password.
    pub users: Vec<User>,
    /// Gatekeepers that may ask where somebody is, and are asked.
    pub neighbours: Vec<Neighbour>,
    /// What time it is.
    pub clock: Clock,
    /// Makes identifiers that nobody guesses.
    pub seed: [u8; 32],
}

/// Somebody with a password.
#[derive(Clone, Debug)]
pub struct User {
    /// Its name.
    pub name: Arc<str>,
    /// Made of its password.
    pub key: Key,
    /// Further names that nobody else may register.
    pub aliases: Vec<String>,
}

/// Another gatekeeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Where it takes RAS.
    pub address: SocketAddr,
    /// Where we take its answers, as it should see it.
    pub reply: SocketAddr,
    /// How the names begin that are looked for there.
    pub prefixes: Vec<String>,
}

/// Where a datagram arrived, as its sender sees us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Where we take RAS.
    pub ras: SocketAddr,
    /// Where we take calls.
    pub call: SocketAddr,
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
    /// It is worked on, for so long at most: who asks is told to wait.
    Wait(QuestionId, Duration),
    /// An endpoint is not registered any more, and is told so.
    Unregister(SocketAddr),
    /// An endpoint that takes RAS there is to connect to us for a call ([`Reach::Indicated`]).
    Indicate {
        /// Where it takes RAS.
        ras: SocketAddr,
        /// By its callIdentifier.
        call: [u8; 16],
        /// Where we take calls, as it sees us.
        here: SocketAddr,
    },
    /// The neighbours whose prefix fits are asked where somebody is. The number comes back.
    Find(u64, String),
    /// Every endpoint is told that it is not registered any more, and nobody is taken.
    Stop,
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
        /// Where it arrived.
        local: Local,
        /// What.
        data: &'a [u8],
    },
    /// The application says something.
    Command(Command),
}

/// Who an endpoint is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Nobody's names, and no proof of anything.
    Anybody,
    /// This user, by its password.
    Proved(Arc<str>),
    /// It uses names of this user, and gave no proof or a wrong one: not to be registered.
    Unproved(Arc<str>),
}

/// How a call gets to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Whoever calls connects to it.
    Direct,
    /// It is behind a firewall. It is told of the call, and connects to us (H.460.18).
    Indicated,
}

/// An endpoint that is registered, or wants to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrant {
    /// Where it takes RAS.
    pub ras: SocketAddr,
    /// Where it takes calls.
    pub call: SocketAddr,
    /// How they get there.
    pub reach: Reach,
    /// Its names.
    pub aliases: Vec<String>,
    /// Who it is.
    pub identity: Identity,
    /// Its product and version.
    pub product: Option<String>,
}

/// A call that a registered endpoint wants to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedCall {
    /// The call.
    pub key: CallKey,
    /// Whom.
    pub to: Vec<String>,
    /// Where, if it says so.
    pub destination: Option<SocketAddr>,
    /// Who calls, as it says.
    pub from: Vec<String>,
    /// Both directions together, in 100 bit/s.
    pub bandwidth: u32,
}

/// What an endpoint said of a call (RasUsageInformation, CallTerminationCause), where it did. Times
/// are in seconds since 1970, by its own clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// When it was answered.
    pub connected: Option<u32>,
    /// When it ended.
    pub ended: Option<u32>,
    /// Why it ended.
    pub cause: Option<EndCause>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wants to register.
    Registering(QuestionId, Box<Registrant>),
    /// Somebody is registered, or is so again, until then.
    Registered(Box<Registrant>, Instant),
    /// A registration is over, by the endpoint, by time, by a newer one of the same, or by us.
    Unregistered(Box<Registrant>),
    /// A registered endpoint wants to call.
    Admission {
        /// To be answered.
        question: QuestionId,
        /// Who calls.
        by: Box<Registrant>,
        /// What.
        call: Box<AskedCall>,
        /// Where we take calls, as it sees us.
        here: SocketAddr,
    },
    /// A call of an endpoint is over for it.
    Left {
        /// Where it takes RAS.
        by: SocketAddr,
        /// Which.
        call: CallKey,
        /// What it said of it.
        usage: Usage,
    },
    /// An endpoint wants its call to use more or less, and may.
    Bandwidth {
        /// Where it takes RAS.
        by: SocketAddr,
        /// Which.
        call: CallKey,
        /// Both directions together, in 100 bit/s.
        bandwidth: u32,
    },
    /// A neighbour asks where somebody is.
    Location {
        /// To be answered.
        question: QuestionId,
        /// Which neighbour.
        by: SocketAddr,
        /// Who is looked for.
        of: Vec<String>,
        /// Where we take calls, as it sees us.
        here: SocketAddr,
    },
    /// Where somebody is whom the neighbours were asked for. `None`: they do not know.
    Found(u64, Option<SocketAddr>),
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

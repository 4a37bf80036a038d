//! What RAS is told at its start.

use crate::local::Advertised;
use causeway_base::EndCause;
use causeway_dial::Network;
use causeway_proto::h323::ras::{CallKey, Key};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// All that RAS is told.
#[derive(Clone, Debug)]
pub struct RasConfig {
    /// Where call signalling is taken (H.225.0 over TCP). An unspecified address stands for the
    /// one from which a peer is reached.
    pub call_address: SocketAddr,
    /// Other addresses under which local networks see this node. The first match counts.
    pub advertised: Vec<Advertised>,
    /// What we say we are, as `Causeway` and a version.
    pub product: (String, String),
    /// Our gatekeeper.
    pub gatekeeper: Option<GatekeeperConfig>,
    /// The gatekeeper where we are registered.
    pub upstream: Option<UpstreamConfig>,
    /// Makes identifiers that nobody guesses: 32 bytes from the system's random source.
    pub seed: [u8; 32],
}

impl RasConfig {
    /// Where other gatekeepers are.
    pub(super) fn peers(&self) -> impl Iterator<Item = IpAddr> {
        let neighbours = self.gatekeeper.iter().flat_map(|ours| &ours.neighbours);
        let upstream = self.upstream.iter().map(|there| there.gatekeeper);
        upstream.chain(neighbours.map(|one| one.address)).map(|at| at.ip().to_canonical())
    }
}

/// Our gatekeeper for rooms.
#[derive(Clone)]
pub struct GatekeeperConfig {
    /// Where RAS is taken; the port is mostly 1719.
    pub listen: SocketAddr,
    /// Where discovery is taken too (port 1718), and the interfaces on which it is asked of the
    /// group 224.0.1.41.
    pub discovery: Option<(SocketAddr, Vec<Ipv4Addr>)>,
    /// Its name.
    pub identifier: String,
    /// How long a registration lasts at most.
    pub time_to_live: Duration,
    /// The most that one call may use, both directions together, in bit/s.
    pub bandwidth: u64,
    /// Whether calls between rooms go by way of us (gatekeeper-routed); else a room is told where
    /// the other one is.
    pub routed: bool,
    /// Who has a password. It is required for their names (H.235 Annex D).
    pub users: Vec<RoomUser>,
    /// Networks whose rooms may register without a password, under names that are no user's.
    pub open: Vec<Network>,
    /// Other gatekeepers.
    pub neighbours: Vec<Neighbour>,
    /// Who may call whom.
    pub admission: Admission,
}

impl fmt::Debug for GatekeeperConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatekeeperConfig")
            .field("listen", &self.listen)
            .field("discovery", &self.discovery)
            .field("identifier", &self.identifier)
            .field("users", &self.users.len())
            .field("open", &self.open)
            .field("neighbours", &self.neighbours)
            .finish_non_exhaustive()
    }
}

/// A room with a password.
#[derive(Clone, Debug)]
pub struct RoomUser {
    /// Its name, which its tokens carry.
    pub name: String,
    /// Made of its password.
    pub key: Key,
    /// Further names and numbers that nobody else may register.
    pub aliases: Vec<String>,
}

/// Another gatekeeper: it may ask where somebody is, and is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Where it takes RAS.
    pub address: SocketAddr,
    /// How numbers and names begin that are looked for there. None: it is never asked.
    pub prefixes: Vec<String>,
}

/// The gatekeeper where we are registered.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// Where it takes RAS. The group 224.0.1.41:1718 finds one.
    pub gatekeeper: SocketAddr,
    /// Where we take what it says; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Whether it is asked first who it is. A group always is.
    pub discover: bool,
    /// Its name, where it has several.
    pub identifier: Option<String>,
    /// Names and numbers under which we are called.
    pub aliases: Vec<String>,
    /// We are behind a firewall: it tells us of calls, and we connect to it (H.460.18). Without the
    /// feature `h460-traversal` nothing is said of it.
    pub inside: bool,
    /// Our name and key there (H.235 Annex D).
    pub credentials: Option<(String, Key)>,
    /// How long a registration we ask for.
    pub time_to_live: Duration,
}

/// Who asks whether a call may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A registered room, for this call.
    Room(CallKey),
    /// A neighbour, for somebody of its own. It is told where to call.
    Neighbour,
}

/// A registered room wants to call, or a neighbour asks where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmissionRequest {
    /// Who asks.
    pub by: By,
    /// Whom it calls: names as it gave them, the first counts most, without our own address where
    /// that stood with them. Empty where it only said an address.
    pub called: Vec<String>,
    /// Where it wants to call, if it said so and it is not our own address.
    pub destination: Option<SocketAddr>,
    /// Where we take calls, as it sees us.
    pub here: SocketAddr,
    /// Its names.
    pub calling: Vec<String>,
    /// Who it proved to be.
    pub user: Option<Arc<str>>,
    /// Where it asks from.
    pub source: SocketAddr,
    /// What it asks for, both directions together, in bit/s; 0 of a neighbour.
    pub bandwidth: u64,
    /// The call address of the registered room that has the first of the called names that any
    /// has.
    pub room: Option<SocketAddr>,
    /// That of the registered room whose own address it wants to call.
    pub at: Option<SocketAddr>,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It calls us.
    Here,
    /// It calls this address itself: that of another room, or where it wanted to.
    Direct(SocketAddr),
    /// The neighbours with the longest prefix are asked where the first of the called names is,
    /// and it calls there. Neighbours are not asked for neighbours: that would go in circles.
    Neighbour,
    /// It may not.
    Refuse(EndCause),
}

/// Decides about calls of registered rooms. Runs on the task of RAS: it must not block.
pub type Admission = Arc<dyn Fn(&AdmissionRequest) -> Decision + Send + Sync>;

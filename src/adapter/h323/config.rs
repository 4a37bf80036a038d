//! What the H.323 adapter is told at its start.

use super::ras::RasHandle;
pub use crate::admission::{Admission, Decision, IncomingCall, Refused};
pub use crate::leg_ids::LegIds;
pub use crate::local::Advertised;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// Says whether the called name of a call leads anywhere. Counts nothing. Runs on the task of a
/// call: it must not block.
pub type Leads = Arc<dyn Fn(&IncomingCall) -> bool + Send + Sync>;

/// Says whether a call that we make may go on to a target, `h323:alias@host:port`, to which whom we
/// called leads it. Runs on the task of a call: it must not block.
pub type LeadsOn = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The limits of the adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections of call signalling that are taken at a time: one a call.
    pub connections: usize,
    /// The same, from one source address.
    pub connections_per_source: usize,
    /// The same, from the address of a gatekeeper in [`H323Config::gatekeepers`]: it may bring the
    /// calls of many rooms.
    pub connections_per_gatekeeper: usize,
    /// How long somebody may be connected without calling.
    pub first_call: Duration,
    /// How long a packet may take from its first byte to its last, and what we send until it is
    /// taken.
    pub packet: Duration,
    /// How long a connection for H.245 is waited for.
    pub control: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let patience = Duration::from_secs(15);
        Self {
            connections: 4096,
            connections_per_source: 64,
            connections_per_gatekeeper: 1024,
            first_call: patience,
            packet: patience,
            control: patience,
        }
    }
}

/// All that the H.323 adapter is told at its start.
#[derive(Clone)]
pub struct H323Config {
    /// Where call signalling is taken; port 0 lets the system choose, an unspecified address means
    /// all of this node.
    pub listeners: Vec<SocketAddr>,
    /// Ports on which H.245 is taken where it has a connection of its own. `None`: the system
    /// chooses.
    pub control_ports: Option<RangeInclusive<u16>>,
    /// Other addresses under which local networks see this node. The first match counts.
    pub advertised: Vec<Advertised>,
    /// What we say we are, and its version.
    pub product: (String, String),
    /// Whether H.245 may travel within call signalling.
    pub tunnelling: bool,
    /// Whether calls that we make propose channels at once.
    pub fast_start: bool,
    /// How long a call that we make may ring.
    pub ring_patience: Duration,
    /// How signalling is marked for routers (RFC 2474), 0 to 63.
    pub dscp: u8,
    /// Silence on a connection after which the system asks whether the peer is there.
    pub keep_alive: Duration,
    /// Limits.
    pub limits: Limits,
    /// Where leg numbers come from.
    pub legs: LegIds,
    /// Who may call. [`Decision::Authenticate`] refuses: nobody can be asked for a password.
    pub admission: Admission,
    /// Is told of calls that are refused.
    pub refused: Refused,
    /// Which of the names of a callee is the one to go by.
    pub leads: Leads,
    /// Where calls that we make may be led.
    pub leads_on: LeadsOn,
    /// Our gatekeeper, and the one where we are registered.
    pub ras: Option<RasHandle>,
    /// Gatekeepers that may bring us the signalling of others, whose H.245 then comes straight from
    /// where they are.
    pub gatekeepers: Vec<IpAddr>,
    /// DNS servers to ask instead of the system's.
    pub nameservers: Vec<SocketAddr>,
}

impl fmt::Debug for H323Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("H323Config")
            .field("listeners", &self.listeners)
            .field("control_ports", &self.control_ports)
            .field("advertised", &self.advertised)
            .field("tunnelling", &self.tunnelling)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl H323Config {
    /// A configuration with default limits that admits every call.
    pub fn new(listeners: Vec<SocketAddr>, legs: LegIds) -> Self {
        Self {
            listeners,
            control_ports: None,
            advertised: Vec::new(),
            product: ("Causeway".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            tunnelling: true,
            fast_start: false,
            ring_patience: Duration::from_secs(120),
            dscp: 24,
            keep_alive: Duration::from_secs(60),
            limits: Limits::default(),
            legs,
            admission: Arc::new(|_| Decision::Admit),
            refused: Arc::new(|_, _| {}),
            leads: Arc::new(|_| true),
            leads_on: Arc::new(|_| false),
            ras: None,
            gatekeepers: Vec::new(),
            nameservers: Vec::new(),
        }
    }
}

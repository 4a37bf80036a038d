//! What the SIP adapter is told at its start.

use super::account::{Trunk, User};
pub use crate::admission::{Admission, Decision, IncomingCall, Refused};
pub use crate::leg_ids::LegIds;
pub use crate::local::Advertised;
use causeway_dial::OurHosts;
use causeway_proto::sip::Algorithm;
use causeway_proto::sip::digest::OFFERED;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// How SIP is carried on a listener.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Streams in the clear.
    Tcp,
    /// Streams under TLS, with the server's certificate and whom it trusts.
    Tls(Arc<rustls::ServerConfig>),
}

/// One address on which SIP is taken.
#[derive(Clone, Debug)]
pub struct Listener {
    /// How.
    pub transport: Transport,
    /// Where; port 0 lets the system choose, an unspecified address means all of this node.
    pub address: SocketAddr,
}

/// The limits of the adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at a time; more are answered 503.
    pub calls: usize,
    /// Calls at a time from one source address.
    pub calls_per_source: usize,
    /// TCP and TLS connections at a time.
    pub connections: usize,
    /// TCP and TLS connections at a time from one source address.
    pub connections_per_source: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 4000, calls_per_source: 2000, connections: 4096, connections_per_source: 64 }
    }
}

/// All that the SIP adapter is told at its start.
#[derive(Clone)]
pub struct SipConfig {
    /// Where SIP is taken. At least one; outgoing UDP calls need a UDP listener.
    pub listeners: Vec<Listener>,
    /// Other addresses under which local networks see this node. The first match counts.
    pub advertised: Vec<Advertised>,
    /// `User-Agent` and `Server`.
    pub user_agent: String,
    /// How outgoing TLS connections verify the peer. `None`: no outgoing TLS.
    pub tls_client: Option<Arc<rustls::ClientConfig>>,
    /// Limits.
    pub limits: Limits,
    /// Where leg numbers come from.
    pub legs: LegIds,
    /// Who may call.
    pub admission: Admission,
    /// Is told of calls that are refused.
    pub refused: Refused,
    /// Names of this bridge in addresses of its users, besides the address that they reach.
    pub hosts: OurHosts,
    /// The realm in which users prove themselves.
    pub realm: String,
    /// The algorithms of our challenges, the strongest first.
    pub digest: Vec<Algorithm>,
    /// Who may register.
    pub users: Vec<User>,
    /// Who brings calls and carries them out.
    pub trunks: Vec<Trunk>,
    /// Whether calls may be transferred by REFER: by users, and by trunks that say so.
    pub transfers: bool,
    /// Which device we are at trunks: a URN that outlives a restart (RFC 5626 section 4.1).
    pub instance: String,
    /// DNS servers to ask instead of the system's.
    pub nameservers: Vec<SocketAddr>,
    /// Seeds tags, branches and nonces: 32 bytes from the system's random source.
    pub seed: [u8; 32],
}

impl fmt::Debug for SipConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SipConfig")
            .field("listeners", &self.listeners)
            .field("advertised", &self.advertised)
            .field("user_agent", &self.user_agent)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl SipConfig {
    /// A configuration with default limits that admits every call that does not
    /// claim to be a user of ours without proof.
    pub fn new(listeners: Vec<Listener>, legs: LegIds, seed: [u8; 32]) -> Self {
        Self {
            listeners,
            advertised: Vec::new(),
            user_agent: concat!("Causeway/", env!("CARGO_PKG_VERSION")).to_owned(),
            tls_client: None,
            limits: Limits::default(),
            legs,
            admission: Arc::new(|call| match (&call.claims, &call.proof.user) {
                (Some(_), None) => Decision::Authenticate,
                _ => Decision::Admit,
            }),
            refused: Arc::new(|_, _| {}),
            hosts: OurHosts::default(),
            realm: "causeway".to_owned(),
            digest: OFFERED.to_vec(),
            users: Vec::new(),
            trunks: Vec::new(),
            transfers: false,
            instance: instance(seed),
            nameservers: Vec::new(),
            seed,
        }
    }
}

/// A URN made of random bytes (RFC 9562 section 5.4).
pub fn instance(random: [u8; 32]) -> String {
    let mut hex = String::with_capacity(32);
    for byte in random.iter().take(16) {
        hex.push_str(&format!("{byte:02x}"));
    }
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let [a, b, c, d, e] = [part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)];
    format!("urn:uuid:{a}-{b}-4{c}-8{d}-{e}")
}

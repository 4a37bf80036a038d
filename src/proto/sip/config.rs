//! What an endpoint is told at its start.

use super::digest::{Algorithm, OFFERED};
use super::limits::Limits;
use super::words::Flow;
use sip_codec::{Host, Text};
use std::fmt;
use std::time::Duration;

/// The shortest session interval that is taken (RFC 4028 section 5).
pub const MIN_SE: Duration = Duration::from_secs(90);

/// What an endpoint is told at its start.
#[derive(Clone)]
pub struct Config {
    /// `User-Agent` and `Server`.
    pub user_agent: String,
    /// The session interval that we ask for (RFC 4028); not below [`MIN_SE`].
    pub session_expires: Duration,
    /// How long a callee may ring before an outgoing call is cancelled, and how long an incoming
    /// one may wait for the application's next word before it is refused.
    pub ring_patience: Duration,
    /// Requests too long for a datagram may try TCP first.
    pub tcp: bool,
    /// Whether REGISTER is taken ([`super::Event::Register`]); otherwise it is answered 405.
    pub registrar: bool,
    /// The algorithms of our challenges, the strongest first. Some old devices give up where
    /// one that they do not know is among them (libre before 2.0): MD5 alone suits those.
    pub digest: Vec<Algorithm>,
    /// Whether calls may be transferred by REFER ([`super::Event::Referred`]), but for peers that
    /// we bear a name towards; otherwise it is answered 405.
    pub transfers: bool,
    /// Names that we bear towards some peers instead of our address, by [`Flow::name`].
    pub names: Vec<Text>,
    /// Limits.
    pub limits: Limits,
    /// Seeds tags, branches and nonces.
    pub seed: [u8; 32],
}

impl Config {
    /// Defaults with a seed.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            user_agent: concat!("Causeway/", env!("CARGO_PKG_VERSION")).to_owned(),
            session_expires: Duration::from_secs(1800),
            ring_patience: Duration::from_secs(180),
            tcp: true,
            registrar: false,
            digest: OFFERED.to_vec(),
            transfers: false,
            names: Vec::new(),
            limits: Limits::default(),
            seed,
        }
    }

    /// Whether this peer may transfer its calls.
    pub(crate) fn takes_referrals(&self, flow: Flow) -> bool {
        self.transfers && flow.name.is_none()
    }

    /// What this peer knows us by.
    pub(crate) fn host(&self, flow: Flow) -> Host {
        let name = flow.name.and_then(|number| self.names.get(usize::from(number)));
        name.map_or_else(|| Host::from(flow.local.ip()), |name| Host::Name(name.clone()))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("user_agent", &self.user_agent)
            .field("session_expires", &self.session_expires)
            .field("ring_patience", &self.ring_patience)
            .field("tcp", &self.tcp)
            .field("registrar", &self.registrar)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

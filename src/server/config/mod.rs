//! The configuration: text -> [`raw`] (what a file may hold) -> [`Config`] (what it means).
//!
//! * [`raw`]: the keys, with their defaults.
//! * [`problem`]: what is wrong, at which line and column, and the fix.
//! * [`reception`]: the voice menu and the keys.
//! * `source`: the text and the places of its keys.
//! * [`sealed`]: secrets that stand encrypted in the file.
//! * [`video`]: whether and how people see each other.
//! * `resolve`: raw values to meaning; [`api`], [`web`], [`user`], [`trunk`], [`store`], [`invite`],
//!   [`h323`], [`gatekeeper`], [`device`], `profile`, `rule`, `calling_out`: those of their sections.
//!
//! `causeway.toml` at the root of the repository documents every key; it is [`DEFAULT_FILE`].

pub mod api;
mod calling_out;
pub mod device;
pub mod direct_routing;
pub mod gatekeeper;
pub mod h323;
pub mod invite;
pub mod problem;
pub(crate) mod profile;
pub mod raw;
pub mod reception;
mod resolve;
mod rule;
pub mod sealed;
mod source;
pub mod store;
#[cfg(test)]
mod tests;
pub mod trunk;
pub mod user;
pub mod video;
pub mod web;

pub use api::{Acme, Api};
pub use device::Device;
pub use gatekeeper::Gatekeeper;
pub use h323::H323;
pub use invite::Invite;
pub use problem::{ConfigError, Problem};
pub use reception::ReceptionConfig;
pub use store::StoreConfig;
pub use trunk::{TrunkProfile, Trunks};
pub use user::{Trust, UserProfile, Users};
pub use video::Video;
pub use web::{Turn, Web, WebRtc};

use crate::device::Devices;
use crate::meeting::Permanent;
use causeway_adapter::sip;
use causeway_conference::KeyTable;
use causeway_dial::{CallingOut, DialPlan, NameTable, Network, OurHosts, RateRule};
use causeway_engine::EngineConfig;
use causeway_plan::OfferPolicy;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The documented defaults, as built in.
pub const DEFAULT_FILE: &str = include_str!("../../../causeway.toml");

/// The longest configuration that is read: far beyond the largest dial plan.
pub const MAX_CONFIG_LEN: u64 = 4 << 20;

/// The most conferences of a file: each lives in memory as long as the bridge.
pub const MAX_CONFERENCES: usize = 10_000;

/// A configuration that makes sense.
#[derive(Clone, Debug)]
pub struct Config {
    /// Calls at a time.
    pub max_calls: usize,
    /// How long running calls may go on after SIGTERM.
    pub drain_limit: Duration,
    /// Where the bridge keeps what it makes itself.
    pub state_dir: PathBuf,
    /// The log.
    pub log: Log,
    /// Names under which callers reach us, as configured.
    pub hosts: Vec<String>,
    /// The same with our addresses, for comparing.
    pub our_hosts: OurHosts,
    /// Local addresses that peers see as others.
    pub advertised: Vec<sip::Advertised>,
    /// Where SIP is taken.
    pub sip: Sip,
    /// Where H.323 is taken.
    pub h323: H323,
    /// DNS servers to ask instead of the system's.
    pub nameservers: Vec<SocketAddr>,
    /// Who has a password.
    pub users: Users,
    /// Who passes a lobby that is for the untrusted.
    pub trust: Trust,
    /// Who brings calls and carries them out.
    pub trunks: Trunks,
    /// Calls per source.
    pub rate: RateRule,
    /// What devices are like.
    pub known_devices: Arc<Devices>,
    /// The folder of the operator's profiles; empty: none.
    pub profile_folder: PathBuf,
    /// The HTTP API.
    pub api: Api,
    /// The page by which browsers join.
    pub web: Web,
    /// How their media gets here.
    pub webrtc: WebRtc,
    /// TURN servers that they are told of.
    pub turn: Turn,
    /// The media workers.
    pub engine: EngineConfig,
    /// What an answer may hold, besides pictures.
    pub policy: OfferPolicy,
    /// Whether and how people see each other.
    pub video: Video,
    /// What stands on invitations.
    pub invite: Invite,
    /// Rooms that show the meetings of the day.
    pub devices: Vec<Device>,
    /// Where meetings, records and the audit log are kept.
    pub store: StoreConfig,
    /// The voice menu and the test call.
    pub reception: ReceptionConfig,
    /// What the keys of a telephone do in a conference.
    pub keys: Arc<KeyTable>,
    /// The conferences of the file.
    pub conferences: Vec<Permanent>,
    /// Which call goes where.
    pub dial_plan: Arc<DialPlan>,
    /// Whom the bridge may call.
    pub calling_out: Arc<CallingOut>,
    /// Whether who is in a call may have somebody else called in its place (SIP REFER).
    pub transfers: bool,
    /// What is allowed but odd, such as a rule that is never reached: a line each.
    pub warnings: Vec<String>,
    /// The keys of secrets that stand in the file as they are: see [`sealed`].
    pub clear_secrets: Vec<String>,
    /// What the services and the conferences of the file are called.
    pub names: NameTable,
}

/// How the bridge logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A filter in the form of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

/// Where SIP is taken, and its limits.
#[derive(Clone, Debug)]
pub struct Sip {
    /// UDP.
    pub udp: Vec<SocketAddr>,
    /// TCP.
    pub tcp: Vec<SocketAddr>,
    /// TLS.
    pub tls: Vec<SocketAddr>,
    /// Limits.
    pub limits: sip::Limits,
    /// The realm in which users prove themselves.
    pub realm: String,
    /// The algorithms in which they are asked to, the strongest first.
    pub digest: Vec<sip::Algorithm>,
    /// Who we are under TLS.
    pub tls_identity: TlsIdentity,
}

/// Who we are under TLS. `Debug` does not show the key.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TlsIdentity {
    /// PEM file of the certificate chain.
    pub certificate: Option<PathBuf>,
    /// PEM file of the private key.
    pub key: Option<PathBuf>,
    /// The private key itself, PEM, from the environment.
    pub key_pem: Option<String>,
    /// PEM file of the authorities that callers' certificates must come from.
    pub client_authorities: Option<PathBuf>,
    /// Callers without a certificate are turned away.
    pub client_required: bool,
    /// PEM file of the authorities that certificates of whom we call must come from. `None`: no
    /// TLS calls out.
    pub server_authorities: Option<PathBuf>,
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity")
            .field("certificate", &self.certificate)
            .field("key", &self.key)
            .field("client_authorities", &self.client_authorities)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads a configuration. `name` stands in errors; `environment` gives the value of a
    /// variable.
    ///
    /// # Errors
    /// Every problem of the text, with its line, column and fix.
    pub fn parse(
        name: &str,
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let source = source::Source::parse(name, text)?;
        let raw = source.read()?;
        resolve::resolve(&source, raw, environment)
    }

    /// Reads a file, or the built-in defaults without one.
    ///
    /// # Errors
    /// As [`Config::parse`], and when the file cannot be read.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let (name, text) = read(path)?;
        Self::parse(&name, &text, &variable)
    }

    /// What peers see instead of a local address.
    pub fn advertised(&self, local: IpAddr) -> IpAddr {
        advertised(&self.advertised, local)
    }
}

/// Where the bridge of a configuration keeps what it makes itself; it may be wrong otherwise.
///
/// # Errors
/// When the file cannot be read, or holds what no configuration can.
pub fn state_dir(path: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let (name, text) = read(path)?;
    let raw = source::Source::parse(&name, &text)?.read()?;
    Ok(resolve::state_dir(&raw.node.state_dir, &variable))
}

/// The name and the text of a file, or of the built-in defaults without one.
fn read(path: Option<&Path>) -> Result<(String, String), ConfigError> {
    let Some(path) = path else {
        return Ok(("built-in defaults".to_owned(), DEFAULT_FILE.to_owned()));
    };
    let name = path.display().to_string();
    let text = source::read_text(path).map_err(|what| ConfigError::whole(&name, what))?;
    Ok((name, text))
}

/// A variable of the environment; one that is empty counts as none.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What peers see instead of a local address: the first match counts.
pub fn advertised(rules: &[sip::Advertised], local: IpAddr) -> IpAddr {
    let matches = |rule: &&sip::Advertised| {
        rule.local == local
            || (rule.local.is_unspecified() && rule.local.is_ipv4() == local.is_ipv4())
    };
    rules.iter().find(matches).map_or(local, |rule| rule.advertised)
}

/// Reads a list of networks.
pub(crate) fn networks(texts: &[String]) -> Result<Vec<Network>, (usize, String)> {
    let read = |(index, text): (usize, &String)| {
        text.parse().map_err(|error: causeway_dial::NetworkError| (index, error.to_string()))
    };
    texts.iter().enumerate().map(read).collect()
}

//! Whether a call may have state: what is known of it before, and who decides.

use causeway_base::{Alias, EndCause};
use causeway_conference::{Proof, Protocol};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// What is known of a call before any state exists for it.
#[derive(Clone, Debug)]
pub struct IncomingCall {
    /// What it speaks.
    pub protocol: Protocol,
    /// Whom it calls.
    pub called: Alias,
    /// Who it says it is; from a trusted trunk, who the trunk says it is. Else nothing proves it.
    pub calling: Alias,
    /// The user of ours that it says it is. While [`Proof::user`] says nothing it may be anybody.
    pub claims: Option<Arc<str>>,
    /// What is proved so far: by certificate, by trunk, by a registered connection or by digest.
    pub proof: Proof,
    /// Its name, as a trusted trunk says; `None`: as it says itself.
    pub asserted_name: Option<String>,
    /// It asked that nobody sees who it is (RFC 3323).
    pub private: bool,
    /// It was decided about before, and its credentials were right since.
    pub asked_again: bool,
    /// Where it comes from.
    pub source: SocketAddr,
    /// The local address at which it arrived.
    pub local: IpAddr,
    /// Signalling is encrypted.
    pub secure: bool,
    /// The `User-Agent`, or what H.323 says of vendor and product, cut at 256 bytes.
    pub user_agent: Option<String>,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may have state.
    Admit,
    /// It is refused, and nothing kept of it.
    Refuse(EndCause),
    /// It is challenged, and nothing kept of it. With right credentials it is decided anew, then
    /// with [`Proof::user`] set.
    Authenticate,
}

/// Decides whether a call may have state. Runs on a signalling task: it must not block.
pub type Admission = Arc<dyn Fn(&IncomingCall) -> Decision + Send + Sync>;

/// Is told of every call that is refused before it has state, and why; what is known of the call,
/// where it could be read. Runs on a signalling task: it must not block.
pub type Refused = Arc<dyn Fn(Option<&IncomingCall>, EndCause) + Send + Sync>;

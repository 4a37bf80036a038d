//! What is known of a call before anything is decided.

use causeway_base::Alias;
use std::net::IpAddr;

/// A call that wants to know where it goes.
#[derive(Clone, Copy, Debug)]
pub struct IncomingCall<'a> {
    /// Whom it calls.
    pub called: &'a Alias,
    /// Who it says it is, or what its trusted trunk says.
    pub calling: &'a Alias,
    /// The trunk that brings it, proved by credentials, certificate or address.
    pub trunk: Option<&'a str>,
    /// The local address at which its signalling arrived.
    pub local: IpAddr,
}

//! What is known of a call before anything is decided.

use causeway_base::Alias;
use std::net::IpAddr;

/// A call that wants to know where it goes.
#[derive(Clone, Copy, Debug)]
pub struct IncomingCall<'a> {
    /// Whom it calls.
    pub called: &'a Alias,
    /// The local address at which its signalling arrived.
    pub local: IpAddr,
}

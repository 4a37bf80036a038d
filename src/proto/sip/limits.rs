//! How much one node keeps.

/// The limits of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at a time, those that only wait for their BYE's answer included.
    pub calls: usize,
    /// Calls at a time from one source address.
    pub calls_per_source: usize,
    /// Transactions at a time. A call has one to three.
    pub transactions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 4_000, calls_per_source: 2_000, transactions: 20_000 }
    }
}

/// Early dialogs of one outgoing call: a proxy that forks to more devices than this is answered
/// by the first ones.
pub(crate) const MAX_FORKS: usize = 16;

/// Routes of one dialog: each is a proxy that the call passes; six are seen in carrier networks.
pub(crate) const MAX_ROUTES: usize = 32;

/// Reliable provisional responses that wait for the PRACK of one before them: 180 and 183.
pub(crate) const MAX_PROVISIONALS: usize = 4;

/// Outputs that wait to be drained: no single input makes more than a handful. Beyond it,
/// transmissions are dropped as the network would drop them.
pub(crate) const MAX_OUTPUTS: usize = 65_536;

/// Bytes of a UDP request beyond which TCP is tried first (RFC 3261 section 18.1.1).
pub(crate) const MAX_UDP_REQUEST: usize = 1_300;

/// Bytes of a Call-ID or a tag that are kept: above all devices, below any abuse.
pub(crate) const MAX_ID: usize = 512;

/// Headers that the application may add to a call: a few of a trunk, many times over.
pub const MAX_EXTRA_HEADERS: usize = 16;

//! The four transaction machines of RFC 3261 section 17, as RFC 6026 corrects them.
//!
//! They know states and timers only; [`super::endpoint`] holds the messages beside them.

pub(crate) mod client;
pub(crate) mod client_invite;
pub(crate) mod key;
pub(crate) mod server;
pub(crate) mod server_invite;

pub(crate) use client::Client;
pub(crate) use client_invite::ClientInvite;
pub(crate) use key::{ClientKey, ServerKey};
pub(crate) use server::Server;
pub(crate) use server_invite::ServerInvite;

use super::timer::Backoff;
use std::time::Instant;

/// What a client transaction makes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It goes to the call.
    Up,
    /// It goes to the call, and the transaction acknowledges it.
    UpAndAck,
    /// A repeat: acknowledge it again.
    AckAgain,
    /// A repeat, or out of order: nothing.
    Nothing,
}

/// What a server transaction makes of a repeated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Send the last response again, if there is one.
    RepeatResponse,
    /// Absorb it.
    Nothing,
}

/// What a passed deadline asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fired {
    /// Send the last message again.
    Retransmit,
    /// No final response came (timer B or F).
    TimedOut,
    /// The transaction is over.
    Ended,
    /// Not due.
    Nothing,
}

impl Fired {
    fn of_backoff(backoff: &mut Backoff, now: Instant) -> Self {
        if backoff.fire(now) { Fired::Retransmit } else { Fired::Nothing }
    }
}

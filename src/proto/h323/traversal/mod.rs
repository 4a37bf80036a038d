//! Calls to and from rooms behind a firewall that only lets connections out (H.460.18, H.460.19).
//! We stand in the open, and the room makes every connection; or we are registered with a gatekeeper
//! in the open, and do so ourselves.
//!
//! * [`feature`]: what both sides say that they know. * [`indication`]: the datagram that has a room
//!   connect to us for a call. * [`opening`]: the first packet of a connection that a room makes.
//! * [`media`]: where packets of media go.
//!
//! A room that registers with the feature of H.460.18 is told by RAS that somebody calls it, by the
//! call's identifier and our address. It connects there, names the call in a Facility message, and
//! is sent the Setup on this connection. Where H.245 has a connection of its own, the room makes
//! that one as well. Registrations are short, so that the room's questions keep the way of RAS
//! open. By H.460.19 the room keeps the ways of media open, and what we send goes to where its
//! packets come from, as for everybody. Of ourselves we do not say that we know H.460.19: what we
//! send opens the ways of media by itself. Media of several channels on one port (the multiplexing of
//! H.460.19) is not offered, and what is not offered is not used.
//!
//! # Patents
//!
//! The feature `h460-traversal`, off by default, brings all this in. The manual of GNU Gatekeeper
//! says that patents cover H.460.18 and H.460.19: whoever distributes a build that has them may owe
//! licences. Without the feature `off.rs` stands in its place, which says nothing of any of it.

pub mod feature;
#[doc(hidden)]
pub mod fuzz;
pub mod indication;
pub mod media;
pub mod opening;
#[cfg(test)]
mod tests;

pub use feature::{answered, asked, confirmed, is_inside, offered, reach};
pub use indication::{called, incoming_call};
pub use media::parameters;
pub use opening::{control_opening, open, opening};

use super::ras::gatekeeper::Reach;
use std::time::Duration;

/// How long the registration of a room lasts to which the way is kept open: routers forget the way
/// of a datagram after 30 s, the shortest that is in use (RFC 4787 wants two minutes).
const OPEN: Duration = Duration::from_secs(20);

/// How long a registration lasts at most, and at least.
pub fn lasts(reach: Reach, longest: Duration, shortest: Duration) -> (Duration, Duration) {
    match reach {
        Reach::Direct => (longest, shortest),
        Reach::Indicated => (longest.min(OPEN), shortest.min(OPEN)),
    }
}

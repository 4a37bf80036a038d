//! Links: what lets a browser into a meeting, as a guest or as a host.
//!
//! * [`token`]: what stands behind the `#` of a link: claims, signed with the key of the meeting.
//! * [`Links`]: whether a link is good, its uses, making and revoking.
//! * [`LinkProblem`]: why it is not, with a stable code and the next step.
//!
//! Loading a page and asking what a link is worth uses nothing up, since the scanners of mail
//! programs do both; joining does. A link dies with its meeting, with the key of its meeting
//! ([`Links::revoke_all`]), or alone ([`Links::revoke`]).

mod links;
mod problem;
#[cfg(test)]
mod tests;
pub mod token;

pub use links::{Grant, Link, LinkError, Links, MAX_KEPT, MAX_LINKS, NewLink};
pub use problem::LinkProblem;
pub use token::{Claims, Kind, MAX_TOKEN};

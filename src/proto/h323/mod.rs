//! H.323 as pure state machines, as the crate's documentation says.
//!
//! * [`session`]: a call with all that belongs to it, as its adapter sees it.
//! * [`call`]: one call: its signalling, and how its control travels.
//! * [`ras`]: registration and admission at a gatekeeper.
//! * `h235`: encrypted media: a secret that both sides share, and the keys under it.
//! * [`h239`]: the messages of a second picture.
//! * `traversal`: rooms behind firewalls, with the feature `h460-traversal`.
//! * [`address`]: addresses and names of parties.
//! * [`h245`]: the control of one call: who is master, what each side takes, channels, and what is
//!   asked and told on the way. It does not know whether it travels within call signalling or on a
//!   connection of its own.

pub mod address;
pub mod call;
#[cfg(test)]
mod captures;
#[doc(hidden)]
pub mod fuzz;
mod h235;
pub mod h239;
pub mod h245;
pub mod media;
pub mod ras;
pub mod session;
#[cfg(feature = "h460-traversal")]
pub mod traversal;
#[cfg(not(feature = "h460-traversal"))]
#[path = "traversal/off.rs"]
mod traversal;

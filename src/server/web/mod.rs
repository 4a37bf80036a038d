//! Browsers: how they come in, and what they are told.
//!
//! * `entrance`: the one way in, from a good link to a leg with a seat.

pub(crate) mod entrance;
pub(crate) mod peer;

//! Whole call flows between two endpoints on a virtual clock.
//!
//! * [`pair`]: the harness. * [`flow`]: the sessions of RFC 3665. * [`race`]: RFC 5407.
//! * [`refusal`]: what is refused, and without state. * [`hostile`]: bounds.
//! * [`refresh`]: session timers. * [`named`]: peers that know us by a name. * [`refer`]: transfers. * [`auth`]: digest. * [`register`]: registration. * [`property`]: random interleavings.

mod auth;
mod failover;
mod flow;
mod hostile;
mod named;
mod pair;
mod property;
mod race;
mod refer;
mod refresh;
mod refusal;
mod register;

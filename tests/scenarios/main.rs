//! Scenarios: a real bridge process, real telephones (baresip, linphone) and real call flows
//! (SIPp) on loopback. Each telephone sends its own tone or speech, and what each one hears is
//! recorded and judged.
//!
//! - `peer`: the processes: the bridge, the telephones, the call-flow generator, a lossy link.
//! - `sound`: what they send and how that which they hear is judged. `picture`: the same of what
//!   they see.
//! - the other modules: the scenarios, one subject each.
//!
//! A tool that is missing fails the test by name; `make test` installs them all.

#![allow(
    clippy::disallowed_methods,
    reason = "drives real processes over real sockets in real time"
)]

mod peer;
mod picture;
mod sound;

mod attack;
mod browser;
mod cancel;
mod conference;
mod contract;
mod digit;
mod drain;
mod flows;
mod front_door;
mod h323;
mod hostile;
mod loss;
mod refusal;
mod registration;
mod service;
mod setup;
mod teams;
mod transfer;
mod video;

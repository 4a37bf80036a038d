//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`h323`]: H.323 and its gatekeepers.
//! * [`sip`]: SIP over UDP, TCP and TLS.
//! * [`webrtc`]: browsers, and programs that speak as browsers do.
//! * `random`: random bytes from the system.

pub mod h323;
mod random;
pub mod sip;
pub mod webrtc;

//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`sip`]: SIP over UDP, TCP and TLS.
//! * [`webrtc`]: browsers, and programs that speak as browsers do.
//! * `random`: random bytes from the system.

mod random;
pub mod sip;
pub mod webrtc;

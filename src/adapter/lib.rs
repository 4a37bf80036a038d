//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`sip`]: SIP over UDP, TCP and TLS.
//! * [`h323`]: H.323 over TCP.
//! * [`webrtc`]: browsers, and programs that speak as browsers do.
//!
//! What they share: [`admission`]: who may call. [`leg_ids`]: numbers of legs. [`local`]: which
//! address of ours a peer sees. `shown`: texts of strangers. `tcp`: listeners. `random`: random bytes from the system.

pub mod admission;
pub mod h323;
pub mod leg_ids;
pub mod local;
mod random;
mod shown;
mod tcp;
pub mod sip;
pub mod webrtc;

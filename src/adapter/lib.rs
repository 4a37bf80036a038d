//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`sip`]: SIP over UDP, TCP and TLS.
//! * [`h323`]: H.323 over TCP.
//! * [`webrtc`]: browsers, and programs that speak as browsers do.
//!
//! What they share: [`admission`]: who may call. [`leg_ids`]: numbers of legs. [`local`]: which
//! address of ours a peer sees. `shown`: texts of strangers. `tcp`: listeners. `dns`: names
//! of hosts. `random`: random bytes from the system.

pub mod admission;
mod dns;
pub mod h323;
pub mod leg_ids;
pub mod local;
mod random;
mod shown;
pub mod sip;
mod tcp;
pub mod webrtc;

//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`sip`]: SIP over UDP, TCP and TLS.

pub mod sip;

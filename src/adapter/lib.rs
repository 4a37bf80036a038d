//! Protocol adapters: sockets and tasks around the signalling engines.
//!
//! * [`sip`]: SIP over UDP, TCP and TLS.
//! * [`webrtc`]: the words of browsers.

pub mod sip;
pub mod webrtc;

//! Encrypted media (H.235.6): two sides share a secret by Diffie-Hellman within call signalling;
//! who is master in H.245 makes the keys of all channels and sends them under that secret.
//!
//! * `group`, `power`: the exchange. * `token`: how it stands in Setup and Connect.
//! * `key`: media keys within H.245.
//!
//! What is shared is not authenticated: who sits in the middle of the signalling can have a secret
//! with each side. It keeps out who only listens.

mod group;
mod key;
mod power;
mod token;

pub(in crate::h323) use key::Keys;
pub(in crate::h323) use token::{Agreement, MAX_TOKENS};

use causeway_asn1::ObjectIdentifier;

/// AES-128 in CBC mode.
const AES_128_CBC: [u32; 9] = [2, 16, 840, 1, 101, 3, 4, 1, 2];

/// The name of the only algorithm that is ours.
pub(in crate::h323) fn algorithm() -> ObjectIdentifier {
    ObjectIdentifier::new(&AES_128_CBC)
}

/// Whether it is that one.
pub(in crate::h323) fn is_ours(algorithm: &ObjectIdentifier) -> bool {
    algorithm.is(&AES_128_CBC)
}

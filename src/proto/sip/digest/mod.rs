//! Digest authentication, both ways (RFC 8760, RFC 7616 as RFC 3261 section 22 uses it).
//!
//! * `client`: challenges that we answer. * `server`: challenges that we make, and what the
//!   answers prove. * `replay`: answers that were seen before.

pub(crate) mod client;
pub(crate) mod replay;
pub(crate) mod server;

pub(crate) use client::Challenge;
pub(crate) use server::Nonces;
pub use server::{NONCE_LIFETIME, OFFERED, Secret, Verdict};

use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512_256};
use sip_codec::Text;
use std::fmt;

/// Who calls out or registers, and whose challenges it answers.
///
/// Without a realm the first one is pinned that the trunk's own address presents. That is
/// trust on first use: whoever answers in the trunk's place at that moment gets a digest made
/// for a nonce of its choice, so that a weak password may be guessed at leisure. Name the realm
/// where it is known.
#[derive(Clone)]
pub struct Credentials {
    /// The realm whose challenges are answered; those of others are not.
    pub realm: Option<String>,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A digest algorithm, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-512 cut to 256 bits.
    Sha512_256,
    /// SHA-256.
    Sha256,
    /// MD5: broken, and all that most devices speak.
    Md5,
}

impl Algorithm {
    /// All, the strongest first.
    pub const ALL: [Algorithm; 3] = [Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5];

    /// The name in a challenge.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Sha512_256 => "SHA-512-256",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Md5 => "MD5",
        }
    }

    /// The algorithm of a name; MD5 where there is none.
    pub fn from_name(name: Option<&Text>) -> Option<Self> {
        let Some(name) = name else { return Some(Algorithm::Md5) };
        Self::ALL.into_iter().find(|a| name.eq_ignore_case(a.name()))
    }

    fn hash(self, text: &[u8]) -> String {
        match self {
            Algorithm::Sha512_256 => hex::encode(Sha512_256::digest(text)),
            Algorithm::Sha256 => hex::encode(Sha256::digest(text)),
            Algorithm::Md5 => hex::encode(Md5::digest(text)),
        }
    }

    /// What stands for a password (HA1 of RFC 7616 section 3.4.2), in hexadecimal.
    pub fn ha1(self, username: &str, realm: &str, password: &str) -> String {
        self.hash(format!("{username}:{realm}:{password}").as_bytes())
    }
}

/// The fields that a response is made of.
struct Fields<'a> {
    algorithm: Algorithm,
    method: &'a [u8],
    uri: &'a [u8],
    nonce: &'a str,
    /// `nc` and `cnonce` where the quality of protection is `auth`.
    auth: Option<(&'a str, &'a str)>,
}

impl Fields<'_> {
    /// The response of whoever knows `a1`, the hash of user name, realm and password.
    fn response(&self, a1: &str) -> String {
        let a2 = self.algorithm.hash(&[self.method, b":", self.uri].concat());
        let text = match self.auth {
            Some((nc, cnonce)) => format!("{a1}:{}:{nc}:{cnonce}:auth:{a2}", self.nonce),
            None => format!("{a1}:{}:{a2}", self.nonce),
        };
        self.algorithm.hash(text.as_bytes())
    }
}

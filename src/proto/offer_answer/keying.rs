//! Our SRTP keys, and the peer's, in `a=crypto` (RFC 4568).

use super::seed::Seed;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_wire::sdp::{Crypto, MediaDescription};
use std::fmt;

/// Devices pad or do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The name of AES-256 before RFC 6188, still in use.
const OLD_NAMES: [(&str, SrtpSuite); 2] = [
    ("AES_CM_256_HMAC_SHA1_80", SrtpSuite::Aes256CmSha1_80),
    ("AES_CM_256_HMAC_SHA1_32", SrtpSuite::Aes256CmSha1_32),
];

/// Derives the secrets of one leg from the seed that its owner drew. A key lasts until it is
/// burnt, so that a re-offer repeats it; a burnt key never comes back, because SRTP under an
/// old key from a new start would repeat its key stream.
#[derive(Clone)]
pub(super) struct KeyRing {
    seed: Seed,
    generations: [u32; SrtpSuite::ALL.len()],
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(…)")
    }
}

impl KeyRing {
    pub(super) const fn new(seed: [u8; 32]) -> Self {
        Self { seed: Seed::new(seed), generations: [0; SrtpSuite::ALL.len()] }
    }

    pub(super) fn session_id(&self) -> u64 {
        self.seed.session_id()
    }

    /// Our present key for a suite.
    pub(super) fn key(&self, suite: SrtpSuite) -> Option<SrtpKey> {
        let index = SrtpSuite::ALL.iter().position(|known| *known == suite)?;
        let generation = *self.generations.get(index)?;
        let block = |part| self.seed.block(b"key", [index as u32, generation, part]);
        let blocks = [0, 1].map(block);
        SrtpKey::new(suite, blocks.as_flattened().get(..suite.keying_len())?)
    }

    /// Ends the present key of a suite.
    pub(super) fn burn(&mut self, suite: SrtpSuite) {
        let index = SrtpSuite::ALL.iter().position(|known| *known == suite);
        if let Some(generation) = index.and_then(|index| self.generations.get_mut(index)) {
            *generation = generation.wrapping_add(1);
        }
    }
}

/// A line of the peer's that we can use.
#[derive(Clone, Debug)]
pub(super) struct PeerKey {
    pub(super) tag: u32,
    /// The suite's name as the peer writes it.
    pub(super) name: String,
    pub(super) suite: SrtpSuite,
    pub(super) key: SrtpKey,
}

/// The usable `a=crypto` lines, in order. Others are passed over.
pub(super) fn theirs(media: &MediaDescription) -> Vec<PeerKey> {
    media.values("crypto").filter_map(peer_key).collect()
}

fn peer_key(value: &str) -> Option<PeerKey> {
    let crypto = Crypto::parse(value).ok()?;
    let old = OLD_NAMES.into_iter().find(|(name, _)| *name == crypto.suite);
    let suite = SrtpSuite::from_name(&crypto.suite).or(old.map(|(_, suite)| suite))?;
    let key = SrtpKey::new(suite, &BASE64.decode(&crypto.keying).ok()?)?;
    Some(PeerKey { tag: crypto.tag, name: crypto.suite, suite, key })
}

/// A line of ours.
pub(super) fn line(tag: u32, name: &str, key: &SrtpKey) -> Crypto {
    Crypto { tag, suite: name.to_owned(), keying: BASE64.encode(key.keying()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_last_until_burnt_and_never_come_back() {
        let mut ring = KeyRing::new([7; 32]);
        let mut seen = Vec::new();
        for suite in SrtpSuite::ALL {
            for _ in 0..3 {
                let key = ring.key(suite).unwrap();
                assert_eq!(key.keying().len(), suite.keying_len());
                assert_eq!(ring.key(suite), Some(key));
                assert!(!seen.contains(&key));
                seen.push(key);
                ring.burn(suite);
            }
        }
        assert_ne!(KeyRing::new([8; 32]).session_id(), ring.session_id());
        assert!(ring.session_id() < 1 << 48);
    }

    #[test]
    fn lines_that_cannot_be_used_are_passed_over() {
        let long = "A".repeat(40);
        let table = [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{long}"), true),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{long}|2^31"), true),
            (format!("1 AES_CM_256_HMAC_SHA1_80 inline:{}==", "A".repeat(62)), true),
            (format!("1 AES_CM_256_HMAC_SHA1_80 inline:{}", "A".repeat(62)), true),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{long}|2^31|1:1"), false),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{long}A"), false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:AAAA".to_owned(), false),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{}*", "A".repeat(39)), false),
            (format!("1 F8_128_HMAC_SHA1_80 inline:{long}"), false),
            (format!("1 aes_cm_128_hmac_sha1_80 inline:{long}"), false),
        ];
        for (value, usable) in table {
            assert_eq!(peer_key(&value).is_some(), usable, "{value}");
        }
    }
}

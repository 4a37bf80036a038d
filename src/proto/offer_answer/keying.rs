//! Our SRTP keys, and the peer's, in `a=crypto` (RFC 4568).

use super::Refusal;
use super::peer::PeerTransport;
use super::seed::Seed;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use causeway_plan::{Encryption, KeyIdentifier, OfferPolicy, SrtpKey, SrtpSpec, SrtpSuite};
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

/// Suites of one offer. A line has about 90 bytes, and an INVITE should stay below the 1300
/// bytes beyond which UDP gives way to TCP (RFC 3261 section 18.1.1).
const MAX_OFFERED_SUITES: usize = 4;

/// The suites of RFC 4568, which every device has.
const COMMON_SUITES: [SrtpSuite; 2] = [SrtpSuite::Aes128CmSha1_80, SrtpSuite::Aes128CmSha1_32];

/// A key that we offered.
#[derive(Clone, Copy)]
pub(super) struct OfferedKey {
    pub(super) tag: u32,
    pub(super) suite: SrtpSuite,
    pub(super) key: SrtpKey,
}

/// Derives the keys of one line from the seed that its leg's owner drew. A key lasts until it is
/// burnt, so that a re-offer repeats it; a burnt key never comes back, because SRTP under an
/// old key from a new start would repeat its key stream.
#[derive(Clone)]
pub(super) struct KeyRing {
    seed: Seed,
    /// Lines of one leg differ by it.
    purpose: &'static [u8],
    generations: [u32; SrtpSuite::ALL.len()],
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(…)")
    }
}

impl KeyRing {
    /// The keys of the audio line.
    pub(super) const fn new(seed: [u8; 32]) -> Self {
        Self { seed: Seed::new(seed), purpose: b"key", generations: [0; SrtpSuite::ALL.len()] }
    }

    /// The keys of the main video line.
    pub(super) const fn of_video(seed: [u8; 32]) -> Self {
        Self { purpose: b"video key", ..Self::new(seed) }
    }

    pub(super) fn session_id(&self) -> u64 {
        self.seed.session_id()
    }

    /// Our key for an answer to `theirs`: the `present` one while the peer keeps its own.
    pub(super) fn answer(
        &mut self,
        present: Option<SrtpSpec>,
        theirs: &PeerKey,
    ) -> Result<SrtpSpec, Refusal> {
        let kept = present.filter(|srtp| srtp.suite == theirs.suite && srtp.receive == theirs.key);
        if let Some(kept) = kept {
            return Ok(kept);
        }
        if present.is_some_and(|srtp| srtp.suite == theirs.suite) {
            self.burn(theirs.suite);
        }
        let send = self.key(theirs.suite).ok_or_else(Refusal::no_encryption)?;
        Ok(SrtpSpec { suite: theirs.suite, send, receive: theirs.key })
    }

    /// Burns the key of `old` if `new` does without it.
    pub(super) fn retire(&mut self, old: Option<SrtpSpec>, new: Option<SrtpSpec>) {
        let Some(old) = old else { return };
        let in_use = new.is_some_and(|srtp| srtp.send == old.send);
        // It may have been burnt already.
        if !in_use && self.key(old.suite) == Some(old.send) {
            self.burn(old.suite);
        }
    }

    /// A key for each suite that we offer, the `present` one first and unchanged.
    pub(super) fn offer(&self, policy: &OfferPolicy, present: Option<SrtpSpec>) -> Vec<OfferedKey> {
        if policy.encryption == Encryption::Off {
            return Vec::new();
        }
        let key = |suite| match present {
            Some(srtp) if srtp.suite == suite => Some(srtp.send),
            _ => self.key(suite),
        };
        let suites = offered_suites(&policy.suites, present.map(|srtp| srtp.suite));
        let keyed = suites.into_iter().filter_map(|suite| Some((suite, key(suite)?)));
        (1..).zip(keyed).map(|(tag, (suite, key))| OfferedKey { tag, suite, key }).collect()
    }

    /// Our present key for a suite.
    pub(super) fn key(&self, suite: SrtpSuite) -> Option<SrtpKey> {
        let index = SrtpSuite::ALL.iter().position(|known| *known == suite)?;
        let generation = *self.generations.get(index)?;
        let block = |part| self.seed.block(self.purpose, [index as u32, generation, part]);
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

/// The suites of policy in its order, the one in use first. Where they are too many, those that
/// every device has go before better ones.
fn offered_suites(allowed: &[SrtpSuite], in_use: Option<SrtpSuite>) -> Vec<SrtpSuite> {
    let mut kept: Vec<SrtpSuite> = Vec::new();
    for suite in in_use.into_iter().chain(COMMON_SUITES).chain(allowed.iter().copied()) {
        if kept.len() < MAX_OFFERED_SUITES && allowed.contains(&suite) && !kept.contains(&suite) {
            kept.push(suite);
        }
    }
    let rank = |suite: &SrtpSuite| allowed.iter().position(|other| other == suite);
    kept.sort_by_key(|suite| (Some(*suite) != in_use, rank(suite)));
    kept
}

/// The keys by an answer: its line must repeat a tag and suite of ours (RFC 4568
/// section 5.1.3).
///
/// # Errors
/// The peer encrypts in a way that we cannot tell, or does not although it is required.
pub(super) fn answered(
    peer: &PeerTransport,
    offered: &[OfferedKey],
    encryption: Encryption,
) -> Result<Option<SrtpSpec>, Refusal> {
    let matching = peer.keys.iter().find_map(|theirs| {
        let ours = offered.iter().find(|o| o.tag == theirs.tag && o.suite == theirs.suite)?;
        Some(SrtpSpec { suite: ours.suite, send: ours.key, receive: theirs.key })
    });
    match matching {
        Some(srtp) => Ok(Some(srtp)),
        // An answer that names a key will be encrypted, even if we cannot tell how.
        None if peer.secure => Err(Refusal::no_encryption()),
        None if peer.mentions_crypto && !offered.is_empty() => Err(Refusal::no_encryption()),
        None if encryption == Encryption::Required => Err(Refusal::in_the_clear()),
        None => Ok(None),
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
    let identifier =
        crypto.identifier.map(|it| KeyIdentifier { value: it.value.to_be_bytes(), len: it.len });
    let key = key.named(identifier);
    Some(PeerKey { tag: crypto.tag, name: crypto.suite, suite, key })
}

/// A line of ours.
pub(super) fn line(tag: u32, name: &str, key: &SrtpKey) -> Crypto {
    Crypto { tag, suite: name.to_owned(), keying: BASE64.encode(key.keying()), identifier: None }
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
        let video = KeyRing::of_video([7; 32]);
        assert!(SrtpSuite::ALL.into_iter().all(|suite| !seen.contains(&video.key(suite).unwrap())));
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
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{long}|2^31|1:1"), true),
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

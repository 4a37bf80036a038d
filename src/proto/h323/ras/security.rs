//! Passwords of RAS: H.235 Annex D, procedure I (H.235.1). Each message carries a token with the
//! time, a number that does not come twice, who sends it and to whom, and HMAC-SHA1-96 over the
//! whole message, computed with zeros in its place.

use causeway_asn1::h225::{CryptoH323Token, RasMessage};
use causeway_asn1::h235::{ClearToken, CryptoToken, CryptoTokenCryptoHashedToken, Hashed};
use causeway_asn1::{Asn1Error, BitString, BmpString, ObjectIdentifier, encode};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

/// Bytes of the hash.
const HASH: usize = 12;

/// Tokens of one message that are looked at: one is usual, some send one for each method.
const MAX_TOKENS: usize = 4;

/// Places of one message at which its hash may stand: the same 12 bytes elsewhere are an accident.
const MAX_PLACES: usize = 4;

/// Tokens of one room that are remembered, so that none counts twice: ten minutes of a room that
/// says something every two seconds. Those that are older than all of them count as seen.
const MAX_SEEN: usize = 256;

/// The last arc but one of the object identifiers is the edition, the last what it names
/// (H.235.1 section 3): the whole message is hashed, ClearToken, HMAC-SHA1-96.
const WHOLE_MESSAGE: u32 = 1;
const CLEAR_TOKEN: u32 = 5;
const HMAC_SHA1_96: u32 = 6;

fn named(what: u32) -> ObjectIdentifier {
    ObjectIdentifier::new(&[0, 0, 8, 235, 0, 2, what])
}

fn names(identifier: &ObjectIdentifier, what: u32) -> bool {
    let arcs: Vec<u64> = identifier.arcs().take(8).collect();
    matches!(&arcs[..], [0, 0, 8, 235, 0, 1..=4, last] if *last == u64::from(what))
}

/// What a password is known by: its SHA-1. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 20]);

impl Key {
    /// Of a password.
    pub fn of(password: &str) -> Self {
        Self(Sha1::digest(password.as_bytes()).into())
    }

    fn hash(&self, data: &[u8]) -> [u8; HASH] {
        let mac = self.mac(data).finalize().into_bytes();
        let mut hash = [0; HASH];
        hash.copy_from_slice(&mac[..HASH]);
        hash
    }

    #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn mac(&self, data: &[u8]) -> Hmac<Sha1> {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("of any length");
        mac.update(data);
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The wall clock: seconds since 1970 at an instant of the steady one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When.
    pub at: Instant,
    /// What it showed then.
    pub seconds: u32,
}

impl Clock {
    fn read(&self, now: Instant) -> u32 {
        let since = now.saturating_duration_since(self.at).as_secs();
        self.seconds.saturating_add(u32::try_from(since).unwrap_or(u32::MAX)).max(1)
    }
}

/// How far the clocks of two sides may be apart: rooms whose clock nobody set are hours or years
/// off and are told so by the reason of the refusal; a few minutes are no mistake.
pub const MAX_SKEW: Duration = Duration::from_secs(600);

/// What a message says of its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Who sends it: a name, or what the gatekeeper calls it.
    pub(super) sender: Option<BmpString>,
    time: u32,
    random: i64,
    hash: [u8; HASH],
}

/// What a token proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Who sent it knows the password.
    Right,
    /// The password is another one.
    Wrong,
    /// The clocks are too far apart.
    OutOfTime,
    /// It was seen before.
    Replayed,
}

/// The tokens that one sender has used.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    tokens: BTreeSet<(u32, i64)>,
    /// What is not above it counts as seen.
    floor: Option<(u32, i64)>,
}

impl Seen {
    /// Whether a token comes for the first time.
    fn take(&mut self, token: &Token) -> bool {
        let token = (token.time, token.random);
        if self.floor.is_some_and(|floor| token <= floor) || !self.tokens.insert(token) {
            return false;
        }
        if self.tokens.len() > MAX_SEEN {
            self.floor = self.tokens.pop_first();
        }
        true
    }
}

/// The first token of a message that procedure I knows.
pub(super) fn token(message: &RasMessage) -> Option<Token> {
    crypto_tokens(message)?.iter().take(MAX_TOKENS).find_map(|token| {
        let CryptoH323Token::NestedcryptoToken(CryptoToken::CryptoHashedToken(hashed)) = token
        else {
            return None;
        };
        let CryptoTokenCryptoHashedToken { token_oid, hashed_vals, token } = &**hashed;
        let known = names(token_oid, WHOLE_MESSAGE)
            && names(&hashed_vals.token_oid, CLEAR_TOKEN)
            && names(&token.algorithm_oid, HMAC_SHA1_96)
            && token.hash.bits() == HASH * 8;
        known.then_some(())?;
        Some(Token {
            sender: hashed_vals.senders_id.clone(),
            time: hashed_vals.time_stamp?,
            random: hashed_vals.random?,
            hash: token.hash.bytes().try_into().ok()?,
        })
    })
}

/// Whom the token of a message says that it is for.
#[cfg(test)]
pub(super) fn receiver(message: &RasMessage) -> Option<BmpString> {
    crypto_tokens(message)?.iter().find_map(|token| match token {
        CryptoH323Token::NestedcryptoToken(CryptoToken::CryptoHashedToken(hashed)) => {
            hashed.hashed_vals.general_id.clone()
        }
        _ => None,
    })
}

/// What the token of the message `data` proves to who knows `key`.
pub(super) fn prove(token: &Token, data: &[u8], key: &Key, now: u32, seen: &mut Seen) -> Proof {
    if !is_hash_of(token, data, key) {
        return Proof::Wrong;
    }
    if u64::from(now.abs_diff(token.time)) > MAX_SKEW.as_secs() {
        return Proof::OutOfTime;
    }
    if seen.take(token) { Proof::Right } else { Proof::Replayed }
}

fn is_hash_of(token: &Token, data: &[u8], key: &Key) -> bool {
    let places = data.windows(HASH).enumerate();
    let places = places.filter(|(_, bytes)| *bytes == token.hash).take(MAX_PLACES);
    let mut places = places.map(|(place, _)| place);
    places.any(|place| {
        let (before, rest) = data.split_at(place);
        let mut mac = key.mac(before);
        mac.update(&[0; HASH]);
        mac.update(rest.get(HASH..).unwrap_or_default());
        mac.verify_truncated_left(&token.hash).is_ok()
    })
}

/// One who signs what it sends.
#[derive(Debug)]
pub(super) struct Signer {
    clock: Clock,
    /// The number of the last token. Small and positive: some stacks read others wrongly.
    last: u32,
}

impl Signer {
    /// `start` is any number.
    pub(super) fn new(clock: Clock, start: u32) -> Self {
        Self { clock, last: start >> 2 }
    }

    pub(super) fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    pub(super) fn time(&self, now: Instant) -> u32 {
        self.clock.read(now)
    }

    /// The bytes of a message with its token. One that cannot carry a token goes without.
    ///
    /// # Errors
    /// Where a value of the message is not allowed.
    pub(super) fn sign(
        &mut self,
        now: Instant,
        mut message: RasMessage,
        key: &Key,
        sender: Option<&BmpString>,
        receiver: Option<&BmpString>,
    ) -> Result<Vec<u8>, Asn1Error> {
        self.last = self.last.wrapping_add(1) & 0x7fff_ffff;
        let clear = ClearToken {
            token_oid: named(CLEAR_TOKEN),
            time_stamp: Some(self.time(now)),
            random: Some(self.last.into()),
            senders_id: sender.cloned(),
            general_id: receiver.cloned(),
            ..ClearToken::default()
        };
        let token = |hash: [u8; HASH]| {
            CryptoH323Token::NestedcryptoToken(CryptoToken::CryptoHashedToken(Box::new(
                CryptoTokenCryptoHashedToken {
                    token_oid: named(WHOLE_MESSAGE),
                    hashed_vals: clear.clone(),
                    token: Hashed {
                        algorithm_oid: named(HMAC_SHA1_96),
                        hash: BitString::of_bytes(hash.to_vec()),
                        ..Hashed::default()
                    },
                },
            )))
        };
        let Some(tokens) = crypto_tokens_mut(&mut message) else { return encode(&message) };
        *tokens = Some(vec![token([0; HASH])]);
        let hash = key.hash(&encode(&message)?);
        if let Some(tokens) = crypto_tokens_mut(&mut message) {
            *tokens = Some(vec![token(hash)]);
        }
        encode(&message)
    }
}

/// The two functions that find the tokens of a message: nearly every message has a place for them.
macro_rules! tokens_of {
    ($($alternative:ident),*) => {
        fn crypto_tokens(message: &RasMessage) -> Option<&Vec<CryptoH323Token>> {
            match message {
                $(RasMessage::$alternative(message) => message.crypto_tokens.as_ref(),)*
                _ => None,
            }
        }

        fn crypto_tokens_mut(message: &mut RasMessage) -> Option<&mut Option<Vec<CryptoH323Token>>> {
            match message {
                $(RasMessage::$alternative(message) => Some(&mut message.crypto_tokens),)*
                _ => None,
            }
        }
    };
}

tokens_of!(
    GatekeeperRequest,
    GatekeeperConfirm,
    GatekeeperReject,
    RegistrationRequest,
    RegistrationConfirm,
    RegistrationReject,
    UnregistrationRequest,
    UnregistrationConfirm,
    UnregistrationReject,
    AdmissionRequest,
    AdmissionConfirm,
    AdmissionReject,
    BandwidthRequest,
    BandwidthConfirm,
    BandwidthReject,
    DisengageRequest,
    DisengageConfirm,
    DisengageReject,
    LocationRequest,
    LocationConfirm,
    LocationReject,
    InfoRequest,
    InfoRequestResponse,
    InfoRequestAck,
    InfoRequestNak,
    NonStandardMessage,
    RequestInProgress,
    ResourcesAvailableIndicate,
    ResourcesAvailableConfirm,
    ServiceControlIndication,
    ServiceControlResponse,
    UnknownMessageResponse
);

/// That we know procedure I, as a GatekeeperRequest says it and a GatekeeperConfirm chooses it.
pub(super) fn algorithm() -> ObjectIdentifier {
    named(HMAC_SHA1_96)
}

/// Whether an algorithm that is offered is ours.
pub(super) fn is_ours(identifier: &ObjectIdentifier) -> bool {
    names(identifier, HMAC_SHA1_96)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_asn1::decode;
    use causeway_asn1::h225::{AdmissionRequest, RegistrationRequest};

    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    fn signer() -> (Signer, Instant) {
        let at = Instant::now();
        (Signer::new(Clock { at, seconds: 1_700_000_000 }, 7), at)
    }

    fn request() -> RasMessage {
        RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 9,
            ..RegistrationRequest::default()
        }))
    }

    fn signed(password: &str) -> (Vec<u8>, Token, u32) {
        let (mut signer, now) = signer();
        let key = Key::of(password);
        let (from, to) = (BmpString::from("room1"), BmpString::from("Causeway"));
        let data = signer.sign(now, request(), &key, Some(&from), Some(&to)).expect("allowed");
        let token = token(&decode(&data).expect("our own")).expect("it has one");
        (data, token, signer.time(now))
    }

    /// Against an HMAC that was made step by step, not by the crate in use.
    #[test]
    fn the_hash_is_hmac_sha1_over_the_message_with_zeros_in_its_place() {
        let (data, token, _) = signed("secret");
        assert_eq!(token.sender, Some("room1".into()));
        let mut zeroed = data.clone();
        let place = data.windows(HASH).position(|bytes| bytes == token.hash).expect("in it");
        zeroed[place..place + HASH].fill(0);
        let key: [u8; 20] = Sha1::digest(b"secret").into();
        let pad = |with: u8| {
            let mut pad = [with; 64];
            pad.iter_mut().zip(key).for_each(|(pad, key)| *pad ^= key);
            pad
        };
        let inner = Sha1::new().chain_update(pad(0x36)).chain_update(&zeroed).finalize();
        let outer = Sha1::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
        assert_eq!(token.hash, outer[..HASH]);
    }

    #[test]
    fn only_the_same_password_at_the_same_time_proves_it_and_once() {
        let (data, token, time) = signed("secret");
        let mut seen = Seen::default();
        let key = Key::of("secret");
        assert_eq!(prove(&token, &data, &Key::of("other"), time, &mut seen), Proof::Wrong);
        for late in [time - 601, time + 601] {
            assert_eq!(prove(&token, &data, &key, late, &mut seen), Proof::OutOfTime);
        }
        assert_eq!(prove(&token, &data, &key, time + 599, &mut seen), Proof::Right);
        assert_eq!(prove(&token, &data, &key, time, &mut seen), Proof::Replayed);
        for at in 0..data.len() {
            let mut changed = data.clone();
            changed[at] ^= 1;
            let Ok(message) = decode::<RasMessage>(&changed) else { continue };
            let Some(token) = super::token(&message) else { continue };
            let proof = prove(&token, &changed, &key, time, &mut Seen::default());
            assert_eq!(proof, Proof::Wrong, "byte {at} is not covered");
        }
    }

    #[test]
    fn tokens_that_are_too_many_to_remember_do_not_count_again() {
        let mut seen = Seen::default();
        let token = |time, random| Token { sender: None, time, random, hash: [0; HASH] };
        for n in 0..1_000 {
            assert!(seen.take(&token(100 + n / 4, n.into())), "{n}");
        }
        assert!(seen.tokens.len() <= MAX_SEEN);
        for n in 0..1_000 {
            assert!(!seen.take(&token(100 + n / 4, n.into())), "{n}");
        }
        assert!(seen.take(&token(349, 5_000)), "late, but not too late");
    }

    #[test]
    fn every_question_of_a_room_can_be_signed() {
        let (mut signer, now) = signer();
        let key = Key::of("secret");
        let request = AdmissionRequest {
            request_seq_num: 3,
            endpoint_identifier: "E1".into(),
            ..AdmissionRequest::default()
        };
        let request = RasMessage::AdmissionRequest(Box::new(request));
        let first = signer.sign(now, request.clone(), &key, None, None).expect("allowed");
        let second = signer.sign(now, request, &key, None, None).expect("allowed");
        assert_ne!(first, second, "each has a number of its own");
        let message = decode(&first).expect("our own");
        let token = token(&message).expect("it has one");
        let mut seen = Seen::default();
        assert_eq!(prove(&token, &first, &key, signer.time(now), &mut seen), Proof::Right);
    }
}

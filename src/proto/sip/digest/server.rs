//! Challenges of ours, and what their answers prove.

use super::replay::{FINGERPRINT, Replays};
use super::{Algorithm, Fields};
use crate::sip::read;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};
use sip_codec::header::{AuthParams, Authorization, WwwAuthenticate};
use sip_codec::{Headers, Request, Text, Uri};
use std::fmt;
use std::time::{Duration, Instant};

/// How long a nonce of ours is good for; after that a right answer is asked for again
/// (`stale=true`).
pub const NONCE_LIFETIME: Duration = Duration::from_secs(60);

/// The algorithms that we offer, the strongest first (RFC 8760 section 2.4).
pub const OFFERED: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Md5];

/// What a user is known by.
#[derive(Clone)]
pub enum Secret {
    /// The password itself.
    Password(String),
    /// [`Algorithm::ha1`] of user, realm and password, in hexadecimal, for each algorithm: what
    /// may be kept where the password may not. An algorithm without one is no way in.
    Ha1 {
        /// By SHA-256.
        sha256: Option<String>,
        /// By MD5.
        md5: Option<String>,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The HA1. Takes one hash whatever is known, so that time does not tell who exists.
    fn ha1(secret: Option<&Self>, algorithm: Algorithm, user: &str, realm: &str) -> Option<String> {
        let password = match secret {
            Some(Self::Password(password)) => password.as_str(),
            _ => "",
        };
        let made = algorithm.ha1(user, realm, password);
        match secret? {
            Self::Password(_) => Some(made),
            Self::Ha1 { sha256, md5 } => match algorithm {
                Algorithm::Sha256 => sha256.clone(),
                Algorithm::Md5 => md5.clone(),
                Algorithm::Sha512_256 => None,
            },
        }
    }
}

/// What credentials in a request prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The user of this name knows the password.
    Known {
        /// The user name.
        username: String,
    },
    /// The password is right, but the nonce is too old or was used before: challenge again with
    /// `stale`.
    Stale,
    /// There are no credentials for this realm.
    Missing,
    /// The credentials are wrong.
    Wrong,
}

/// Makes nonces that need no memory until a right answer came: they carry their time and are
/// bound to one Call-ID, so that credentials seen in one call are of no use in another.
#[derive(Debug)]
pub(crate) struct Nonces {
    /// The algorithms of our challenges, in their order.
    offered: Vec<Algorithm>,
    key: Key,
    epoch: Option<Instant>,
    replays: Replays,
}

struct Key([u8; 16]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

const MAC_LEN: usize = 16;

impl Nonces {
    pub(crate) fn new(secret: u128, offered: Vec<Algorithm>) -> Self {
        Self { offered, key: Key(secret.to_be_bytes()), epoch: None, replays: Replays::default() }
    }

    /// The To tag of an answer without state: the same for every repeat of a request.
    pub(crate) fn stateless_tag(&self, request: &Request) -> Text {
        let call_id = read::call_id(&request.headers).unwrap_or_default();
        let from_tag = read::from_tag(&request.headers).unwrap_or_default();
        let mac = self.mac(&[b"tag", call_id.as_bytes(), from_tag.as_bytes()]);
        Text::from(hex::encode(&mac[..8]))
    }

    /// A keyed hash: the secret on both sides, every part with its length.
    fn mac(&self, parts: &[&[u8]]) -> [u8; MAC_LEN] {
        let mut hash = Sha256::new();
        hash.update(self.key.0);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(self.key.0);
        let mut mac = [0; MAC_LEN];
        mac.copy_from_slice(&hash.finalize()[..MAC_LEN]);
        mac
    }

    fn seconds(&mut self, now: Instant) -> u32 {
        let epoch = *self.epoch.get_or_insert(now);
        u32::try_from(now.saturating_duration_since(epoch).as_secs()).unwrap_or(u32::MAX)
    }

    fn nonce(&self, seconds: u32, realm: &str, call_id: &Text) -> String {
        let time = seconds.to_be_bytes();
        let mac = self.mac(&[b"nonce", &time, realm.as_bytes(), call_id.as_bytes()]);
        BASE64.encode([&time[..], &mac].concat())
    }

    /// The challenges of a 401, the strongest first.
    pub(crate) fn challenge(
        &mut self,
        now: Instant,
        request: &Request,
        realm: &str,
        stale: bool,
    ) -> Headers {
        let seconds = self.seconds(now);
        let call_id = read::call_id(&request.headers).unwrap_or_default();
        let nonce = self.nonce(seconds, realm, &call_id);
        let mut headers = Headers::new();
        for algorithm in &self.offered {
            let mut challenge = AuthParams::digest();
            challenge.params.set_quoted("realm", realm);
            challenge.params.set_quoted("nonce", &nonce);
            challenge.params.set("algorithm", algorithm.name());
            challenge.params.set_quoted("qop", "auth");
            if stale {
                challenge.params.set("stale", "true");
            }
            headers.push(&WwwAuthenticate(challenge));
        }
        headers
    }

    /// Judges the credentials of a request. `lookup` knows the users of the realm.
    pub(crate) fn verify(
        &mut self,
        now: Instant,
        request: &Request,
        realm: &str,
        lookup: &dyn Fn(&str) -> Option<Secret>,
    ) -> Verdict {
        let ours = request
            .headers
            .readable::<Authorization>()
            .find(|a| a.0.is_digest() && a.0.get("realm").is_some_and(|r| r == realm));
        let Some(Authorization(params)) = ours else { return Verdict::Missing };
        let Some(answer) = Answer::read(&params) else { return Verdict::Wrong };
        if !answer.is_right(request, realm, lookup) {
            return Verdict::Wrong;
        }
        match self.is_fresh(now, request, realm, &answer) {
            true => Verdict::Known { username: answer.username },
            false => Verdict::Stale,
        }
    }

    /// Whether the nonce is ours, young, for this Call-ID, and not used up.
    fn is_fresh(&mut self, now: Instant, request: &Request, realm: &str, answer: &Answer) -> bool {
        let Ok(made) = BASE64.decode(&answer.nonce) else { return false };
        let Some(seconds) = made.first_chunk().map(|time| u32::from_be_bytes(*time)) else {
            return false;
        };
        let call_id = read::call_id(&request.headers).unwrap_or_default();
        let genuine = self.nonce(seconds, realm, &call_id);
        if !same(genuine.as_bytes(), answer.nonce.as_bytes()) {
            return false;
        }
        let lifetime = u32::try_from(NONCE_LIFETIME.as_secs()).unwrap_or(u32::MAX);
        let second = self.seconds(now);
        self.replays.expire(second.saturating_sub(lifetime));
        second.saturating_sub(seconds) <= lifetime
            && self.replays.use_once(seconds, &made, answer.count, fingerprint(request))
    }
}

/// What tells a request from all others but its retransmissions, the source in its Via included.
fn fingerprint(request: &Request) -> [u8; FINGERPRINT] {
    let mut short = [0; FINGERPRINT];
    short.copy_from_slice(&Sha256::digest(request.to_bytes())[..FINGERPRINT]);
    short
}

/// The answer to a challenge of ours. Every field must be there (RFC 7616 section 3.4); what is
/// absent is no answer.
struct Answer {
    algorithm: Algorithm,
    username: String,
    nonce: String,
    uri: Text,
    /// As it stands, and as a number.
    nc: String,
    count: u32,
    cnonce: String,
    response: Vec<u8>,
}

impl Answer {
    fn read(params: &AuthParams) -> Option<Self> {
        let text = |name| Some(params.get(name)?.as_str()?.to_owned());
        let nc = text("nc")?;
        params.get("qop").filter(|qop| qop.eq_ignore_case("auth"))?;
        Some(Self {
            algorithm: Algorithm::from_name(params.get("algorithm").as_ref())?,
            username: text("username")?,
            nonce: text("nonce")?,
            uri: params.get("uri")?,
            count: u32::from_str_radix(&nc, 16).ok().filter(|count| *count > 0)?,
            nc,
            cnonce: text("cnonce")?,
            response: params.get("response")?.as_bytes().to_ascii_lowercase(),
        })
    }

    /// Whether it was made by who knows the user's secret, for this very request.
    fn is_right(
        &self,
        request: &Request,
        realm: &str,
        lookup: &dyn Fn(&str) -> Option<Secret>,
    ) -> bool {
        let secret = lookup(&self.username);
        let ha1 = Secret::ha1(secret.as_ref(), self.algorithm, &self.username, realm);
        let fields = Fields {
            algorithm: self.algorithm,
            method: request.method.as_bytes(),
            uri: self.uri.as_bytes(),
            nonce: &self.nonce,
            auth: Some((&self.nc, &self.cnonce)),
        };
        let known = ha1.is_some();
        let right = fields.response(ha1.as_deref().unwrap_or_default());
        let right = same(right.as_bytes(), &self.response);
        right && known && is_for(&self.uri, &request.uri)
    }
}

/// Whether a digest for `uri` is one for this request-URI. User and host decide: devices leave
/// ports and parameters out of the one or the other.
fn is_for(uri: &Text, target: &Uri) -> bool {
    let Ok(uri) = Uri::parse(uri.clone().into_bytes()) else { return false };
    match (uri.host(), target.host()) {
        (Some(a), Some(b)) => a.equivalent(b) && uri.user() == target.user(),
        _ => uri.equivalent(target),
    }
}

/// Equality in a time that does not depend on where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

//! Digest authentication, both ways (RFC 8760, RFC 7616 as RFC 3261 section 22 uses it).

use super::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512_256};
use sip_codec::header::{AuthParams, Authorization, ProxyAuthenticate, WwwAuthenticate};
use sip_codec::{HeaderName, Headers, Request, Text};
use std::fmt;
use std::time::{Duration, Instant};

/// How long a nonce of ours is good for; after that a right answer is asked for again
/// (`stale=true`).
pub const NONCE_LIFETIME: Duration = Duration::from_secs(60);

/// Who calls out, for the challenge of one realm.
#[derive(Clone)]
pub struct Credentials {
    /// The realm whose challenges are answered; those of others are not.
    pub realm: String,
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
}

/// The fields that a response is made of.
struct Fields<'a> {
    algorithm: Algorithm,
    username: &'a str,
    realm: &'a str,
    password: &'a str,
    method: &'a [u8],
    uri: &'a [u8],
    nonce: &'a str,
    /// `nc` and `cnonce` where the quality of protection is `auth`.
    auth: Option<(&'a str, &'a str)>,
}

impl Fields<'_> {
    fn response(&self) -> String {
        let a1 = format!("{}:{}:{}", self.username, self.realm, self.password);
        let a2 = [self.method, b":", self.uri].concat();
        let (a1, a2) = (self.algorithm.hash(a1.as_bytes()), self.algorithm.hash(&a2));
        let text = match self.auth {
            Some((nc, cnonce)) => format!("{a1}:{}:{nc}:{cnonce}:auth:{a2}", self.nonce),
            None => format!("{a1}:{}:{a2}", self.nonce),
        };
        self.algorithm.hash(text.as_bytes())
    }
}

/// A challenge that we can answer.
#[derive(Clone)]
pub(crate) struct Challenge {
    proxy: bool,
    algorithm: Algorithm,
    realm: String,
    nonce: String,
    opaque: Option<Text>,
    auth: bool,
    pub(crate) stale: bool,
    count: u32,
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({})", self.algorithm.name())
    }
}

impl Challenge {
    /// The strongest challenge of that realm in a 401 or 407.
    pub(crate) fn choose(headers: &Headers, realm: &str) -> Option<Self> {
        let user = headers.readable::<WwwAuthenticate>().map(|h| (false, h.0));
        let proxy = headers.readable::<ProxyAuthenticate>().map(|h| (true, h.0));
        user.chain(proxy)
            .filter_map(|(proxy, params)| Self::read(proxy, &params))
            .filter(|challenge| challenge.realm == realm)
            .min_by_key(|challenge| challenge.algorithm)
    }

    fn read(proxy: bool, params: &AuthParams) -> Option<Self> {
        if !params.is_digest() {
            return None;
        }
        let qop = params.get("qop");
        let auth = qop.as_ref().is_some_and(|qop| {
            qop.as_bytes()
                .split(|b| *b == b',')
                .any(|q| q.trim_ascii().eq_ignore_ascii_case(b"auth"))
        });
        if qop.is_some() && !auth {
            return None;
        }
        Some(Self {
            proxy,
            algorithm: Algorithm::from_name(params.get("algorithm").as_ref())?,
            realm: params.get("realm")?.as_str()?.to_owned(),
            nonce: params.get("nonce")?.as_str()?.to_owned(),
            opaque: params.get("opaque"),
            auth,
            stale: params.get("stale").is_some_and(|stale| stale.eq_ignore_case("true")),
            count: 0,
        })
    }

    /// Puts the answer into a request; every use counts.
    pub(crate) fn answer(
        &mut self,
        request: &mut Request,
        credentials: &Credentials,
        random: &mut Random,
    ) {
        self.count += 1;
        let (nc, cnonce) = (format!("{:08x}", self.count), random.token());
        let uri = request.uri.to_bytes();
        let fields = Fields {
            algorithm: self.algorithm,
            username: &credentials.username,
            realm: &self.realm,
            password: &credentials.password,
            method: request.method.as_bytes(),
            uri: &uri,
            nonce: &self.nonce,
            auth: self.auth.then_some((&nc, &cnonce)),
        };
        let mut answer = AuthParams::digest();
        let params = &mut answer.params;
        params.set_quoted("username", &credentials.username);
        params.set_quoted("realm", &self.realm);
        params.set_quoted("nonce", &self.nonce);
        params.set_quoted("uri", &uri);
        params.set_quoted("response", fields.response());
        params.set("algorithm", self.algorithm.name());
        if self.auth {
            params.set("qop", "auth");
            params.set("nc", nc.as_str());
            params.set_quoted("cnonce", &cnonce);
        }
        if let Some(opaque) = &self.opaque {
            params.set_quoted("opaque", opaque);
        }
        request.headers.remove(&HeaderName::Authorization);
        request.headers.remove(&HeaderName::ProxyAuthorization);
        let name =
            if self.proxy { HeaderName::ProxyAuthorization } else { HeaderName::Authorization };
        use sip_codec::TypedHeader as _;
        request.headers.push_raw(name, Authorization(answer).to_value());
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
    /// The password is right, the nonce too old: challenge again with `stale`.
    Stale,
    /// There are no credentials for this realm.
    Missing,
    /// The credentials are wrong.
    Wrong,
}

/// Makes nonces that need no memory: they carry their time and are bound to one Call-ID, so that
/// credentials seen in one call are of no use in another.
#[derive(Debug)]
pub(crate) struct Nonces {
    secret: Secret,
    epoch: Option<Instant>,
}

struct Secret([u8; 16]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

const MAC_LEN: usize = 16;

impl Nonces {
    pub(crate) fn new(secret: u128) -> Self {
        Self { secret: Secret(secret.to_be_bytes()), epoch: None }
    }

    /// The To tag of an answer without state: the same for every repeat of a request.
    pub(crate) fn stateless_tag(&self, request: &Request) -> Text {
        let call_id = super::read::call_id(&request.headers).unwrap_or_default();
        let from_tag = super::read::from_tag(&request.headers).unwrap_or_default();
        let mac = self.mac(&[b"tag", call_id.as_bytes(), from_tag.as_bytes()]);
        Text::from(hex::encode(&mac[..8]))
    }

    /// A keyed hash: the secret on both sides, every part with its length.
    fn mac(&self, parts: &[&[u8]]) -> [u8; MAC_LEN] {
        let mut hash = Sha256::new();
        hash.update(self.secret.0);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(self.secret.0);
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
        let call_id = super::read::call_id(&request.headers).unwrap_or_default();
        let nonce = self.nonce(seconds, realm, &call_id);
        let mut headers = Headers::new();
        for algorithm in Algorithm::ALL {
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

    /// Judges the credentials of a request. `password` knows the users of the realm.
    pub(crate) fn verify(
        &mut self,
        now: Instant,
        request: &Request,
        realm: &str,
        password: impl Fn(&str) -> Option<String>,
    ) -> Verdict {
        let ours = request
            .headers
            .readable::<Authorization>()
            .find(|a| a.0.is_digest() && a.0.get("realm").is_some_and(|r| r == realm));
        let Some(Authorization(params)) = ours else { return Verdict::Missing };
        self.judge(now, request, realm, &params, password).unwrap_or(Verdict::Wrong)
    }

    fn judge(
        &mut self,
        now: Instant,
        request: &Request,
        realm: &str,
        params: &AuthParams,
        password: impl Fn(&str) -> Option<String>,
    ) -> Option<Verdict> {
        let (username, nonce) = (params.get("username")?, params.get("nonce")?);
        let (username, nonce) = (username.as_str()?, nonce.as_str()?);
        let made = BASE64.decode(nonce).ok()?;
        let seconds = u32::from_be_bytes(made.get(..4)?.try_into().ok()?);
        let call_id = super::read::call_id(&request.headers)?;
        let genuine = same(self.nonce(seconds, realm, &call_id).as_bytes(), nonce.as_bytes());
        let (uri, nc, cnonce) = (params.get("uri")?, params.get("nc"), params.get("cnonce"));
        let auth = match params.get("qop") {
            Some(qop) if qop.eq_ignore_case("auth") => {
                Some((nc.as_ref()?.as_str()?, cnonce.as_ref()?.as_str()?))
            }
            _ => return None,
        };
        let secret = password(username);
        let fields = Fields {
            algorithm: Algorithm::from_name(params.get("algorithm").as_ref())?,
            username,
            realm,
            password: secret.as_deref().unwrap_or_default(),
            method: request.method.as_bytes(),
            uri: uri.as_bytes(),
            nonce,
            auth,
        };
        let right = same(
            fields.response().as_bytes(),
            params.get("response")?.as_bytes().to_ascii_lowercase().as_slice(),
        );
        if !right || secret.is_none() {
            return None;
        }
        let age = u64::from(self.seconds(now).saturating_sub(seconds));
        if !genuine || age > NONCE_LIFETIME.as_secs() {
            return Some(Verdict::Stale);
        }
        Some(Verdict::Known { username: username.to_owned() })
    }
}

/// Equality in a time that does not depend on where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

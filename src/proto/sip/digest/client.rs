//! Challenges of others, answered.

use super::{Algorithm, Credentials, Fields};
use crate::sip::random::Random;
use sip_codec::header::{AuthParams, Authorization, ProxyAuthenticate, WwwAuthenticate};
use sip_codec::{HeaderName, Headers, Request, Text, TypedHeader as _};
use std::fmt;

/// A challenge that we can answer.
#[derive(Clone)]
pub(crate) struct Challenge {
    proxy: bool,
    algorithm: Algorithm,
    pub(crate) realm: String,
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
    /// The strongest challenge of that realm in a 401 or 407; without a realm, of the first
    /// that can be answered.
    pub(crate) fn choose(headers: &Headers, realm: Option<&str>) -> Option<Self> {
        let user = headers.readable::<WwwAuthenticate>().map(|h| (false, h.0));
        let proxy = headers.readable::<ProxyAuthenticate>().map(|h| (true, h.0));
        let mut usable =
            user.chain(proxy).filter_map(|(proxy, params)| Self::read(proxy, &params)).peekable();
        let realm = match realm {
            Some(realm) => realm.to_owned(),
            None => usable.peek()?.realm.clone(),
        };
        usable
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
            method: request.method.as_bytes(),
            uri: &uri,
            nonce: &self.nonce,
            auth: self.auth.then_some((&nc, &cnonce)),
        };
        let a1 = self.algorithm.ha1(&credentials.username, &self.realm, &credentials.password);
        let mut answer = AuthParams::digest();
        let params = &mut answer.params;
        params.set_quoted("username", &credentials.username);
        params.set_quoted("realm", &self.realm);
        params.set_quoted("nonce", &self.nonce);
        params.set_quoted("uri", &uri);
        params.set_quoted("response", fields.response(&a1));
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
        request.headers.push_raw(name, Authorization(answer).to_value());
    }
}

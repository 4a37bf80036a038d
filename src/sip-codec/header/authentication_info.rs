//! Authentication-Info.

use bytes::{Bytes, BytesMut};

use super::auth;
use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    param::Params, text::Text,
};

/// The other half of a mutual digest (RFC 3261 section 20.6): `nextnonce`, `rspauth`, `qop` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationInfo(pub Params);

impl AuthenticationInfo {
    /// A parameter without its quotes.
    pub fn get(&self, name: &str) -> Option<Text> {
        self.0.unquoted(name)
    }
}

impl TypedHeader for AuthenticationInfo {
    const NAME: HeaderName = HeaderName::AuthenticationInfo;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        auth::params(&mut Cursor::new(value)).map(Self)
    }

    fn encode(&self, out: &mut BytesMut) {
        let mut text = BytesMut::new();
        self.0.encode_with(&mut text, b' ', b',');
        out.extend_from_slice(text.get(1..).unwrap_or_default());
    }
}

//! `scheme name=value, name=value`: what the headers of authentication are made of
//! (RFC 3261 section 20.7, RFC 8760).

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::{Cursor, is_token},
    error::SyntaxError,
    param::{Params, read_value},
    text::Text,
};

/// A scheme with its parameters. `Debug` shows neither user names nor digests.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthParams {
    /// `Digest`, or another scheme, whose text is in `token68`.
    pub scheme: Text,
    /// `realm`, `nonce`, `response` …; quoted values with their quotes.
    pub params: Params,
    /// What stands where another scheme has no parameters (`Bearer`, `Basic`).
    pub token68: Option<Text>,
}

impl AuthParams {
    /// A Digest without parameters.
    pub const fn digest() -> Self {
        Self { scheme: Text::from_static("Digest"), params: Params::new(), token68: None }
    }

    /// Whether the scheme is Digest.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_case("Digest")
    }

    /// A parameter without its quotes.
    pub fn get(&self, name: &str) -> Option<Text> {
        self.params.unquoted(name)
    }

    pub(crate) fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let scheme = cursor.token("a scheme of authentication")?;
        cursor.skip_wsp();
        let token68 = token68(&cursor);
        if token68.is_some() {
            return Ok(Self { scheme, params: Params::new(), token68 });
        }
        Ok(Self { scheme, params: params(&mut cursor)?, token68: None })
    }

    pub(crate) fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.scheme.as_bytes());
        if let Some(token68) = &self.token68 {
            out.put_u8(b' ');
            out.put_slice(token68.as_bytes());
        }
        self.params.encode_with(out, b' ', b',');
    }
}

/// Reads `name EQUAL value *( COMMA name EQUAL value )` to the end. Empty elements are skipped.
pub(crate) fn params(cursor: &mut Cursor<'_>) -> Result<Params, SyntaxError> {
    let mut params = Params::new();
    loop {
        while cursor.take_spaced(b',') {}
        cursor.skip_wsp();
        if cursor.is_end() {
            return Ok(params);
        }
        let name = cursor.token("a parameter name")?;
        if !cursor.take_spaced(b'=') {
            return Err(cursor.error("the value of a parameter"));
        }
        params.add(name, Some(read_value(cursor)?), cursor.error("a parameter"))?;
        cursor.skip_wsp();
        if !cursor.is_end() && cursor.peek() != Some(b',') {
            return Err(cursor.error("a comma"));
        }
    }
}

/// RFC 9110 section 11.2: one run of base64 with its padding, up to the end.
fn token68(cursor: &Cursor<'_>) -> Option<Text> {
    let mut cursor = cursor.clone();
    let start = cursor.position();
    cursor.run(|b| is_token(b) || b == b'/');
    cursor.run(|b| b == b'=');
    let text = cursor.since(start);
    (!text.is_empty() && cursor.end().is_ok()).then_some(text)
}

impl fmt::Debug for AuthParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.scheme, self.params)
    }
}

/// Declares a header that is [`AuthParams`].
macro_rules! auth_header {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub crate::header::AuthParams);

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;
            const SHAPE: crate::headers::Shape = crate::headers::Shape::Lines;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                crate::header::AuthParams::parse(value).map(Self)
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                self.0.encode(out);
            }
        }
    };
}

pub(crate) use auth_header;

//! Privacy.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader, text::Text,
};

/// What a network shall hide of the sender (RFC 3323 section 4.2): `id`, `user`, `header`,
/// `session`, `none`, `critical` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy(pub Vec<Text>);

/// There are seven registered values.
const MAX_VALUES: usize = 16;

impl Privacy {
    /// Whether a value is asked for.
    pub fn has(&self, value: &str) -> bool {
        self.0.iter().any(|v| v.eq_ignore_case(value))
    }
}

impl TypedHeader for Privacy {
    const NAME: HeaderName = HeaderName::Privacy;

    /// Values part by semicolons; commas occur and mean the same.
    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let mut values = vec![cursor.token("a privacy value")?];
        while cursor.take_spaced(b';') || cursor.take_spaced(b',') {
            if values.len() >= MAX_VALUES {
                return Err(cursor.error("fewer privacy values"));
            }
            values.push(cursor.token("a privacy value")?);
        }
        cursor.end()?;
        Ok(Self(values))
    }

    fn encode(&self, out: &mut BytesMut) {
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                out.put_u8(b';');
            }
            out.put_slice(value.as_bytes());
        }
    }
}

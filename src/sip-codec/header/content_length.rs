//! Content-Length.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader};

/// Bytes of the body (RFC 3261 section 20.14). Framing reads it and encoding writes it: nobody
/// else needs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentLength(pub u64);

impl TypedHeader for ContentLength {
    const NAME: HeaderName = HeaderName::ContentLength;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let length = cursor.number(u64::MAX, "a number of bytes")?;
        cursor.end()?;
        Ok(Self(length))
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.0.to_string().as_bytes());
    }
}

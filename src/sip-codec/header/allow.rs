//! Allow.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor,
    error::SyntaxError,
    header_name::HeaderName,
    headers::{Shape, TypedHeader},
    method::Method,
};

/// A method the sender takes (RFC 3261 section 20.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow(pub Method);

impl TypedHeader for Allow {
    const NAME: HeaderName = HeaderName::Allow;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let method = Method::read(&mut cursor)?;
        cursor.end()?;
        Ok(Self(method))
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.0.as_bytes());
    }
}

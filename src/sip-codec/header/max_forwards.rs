//! Max-Forwards.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader};

/// How many hops a request may still take (RFC 3261 section 20.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxForwards(pub u8);

impl TypedHeader for MaxForwards {
    const NAME: HeaderName = HeaderName::MaxForwards;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let hops = cursor.number(u64::from(u8::MAX), "a number from 0 to 255")?;
        cursor.end()?;
        u8::try_from(hops).map(Self).map_err(|_| cursor.error("a number from 0 to 255"))
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.0.to_string().as_bytes());
    }
}

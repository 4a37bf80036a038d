//! CSeq.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    method::Method,
};

/// The number of a request in its dialog and its method (RFC 3261 section 20.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Below 2^31 (section 8.1.1.5).
    pub seq: u32,
    /// The method of the request.
    pub method: Method,
}

/// The largest sequence number.
pub const MAX_CSEQ: u32 = (1 << 31) - 1;

impl TypedHeader for CSeq {
    const NAME: HeaderName = HeaderName::CSeq;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let seq = cursor.number_u32("a sequence number below 2^31")?;
        if seq > MAX_CSEQ {
            return Err(SyntaxError { offset: 0, expected: "a sequence number below 2^31" });
        }
        if !cursor.peek().is_some_and(crate::cursor::is_wsp) {
            return Err(cursor.error("a space after the number"));
        }
        cursor.skip_wsp();
        let method = Method::read(&mut cursor)?;
        cursor.end()?;
        Ok(Self { seq, method })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.seq.to_string().as_bytes());
        out.put_u8(b' ');
        out.put_slice(self.method.as_bytes());
    }
}

//! RAck.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    method::Method,
};

/// The reliable provisional response that a PRACK acknowledges (RFC 3262 section 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// Its RSeq.
    pub rseq: u32,
    /// Its CSeq number.
    pub seq: u32,
    /// Its CSeq method.
    pub method: Method,
}

impl TypedHeader for RAck {
    const NAME: HeaderName = HeaderName::RAck;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let rseq = cursor.number_u32("an RSeq number")?;
        space(&mut cursor)?;
        let seq = cursor.number_u32("a CSeq number")?;
        space(&mut cursor)?;
        let method = Method::read(&mut cursor)?;
        cursor.end()?;
        Ok(Self { rseq, seq, method })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(format!("{} {} ", self.rseq, self.seq).as_bytes());
        out.put_slice(self.method.as_bytes());
    }
}

fn space(cursor: &mut Cursor<'_>) -> Result<(), SyntaxError> {
    if !cursor.peek().is_some_and(crate::cursor::is_wsp) {
        return Err(cursor.error("a space"));
    }
    cursor.skip_wsp();
    Ok(())
}

//! Warning.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::{Cursor, is_wsp, quote, unquote},
    error::SyntaxError,
    header_name::HeaderName,
    headers::{Shape, TypedHeader},
    text::Text,
};

/// What was wrong, for people (RFC 3261 section 20.43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// 300 to 399: 304 media type, 305 incompatible media format, 370 bandwidth, 399 other.
    pub code: u16,
    /// Who warns: a host with its port, or any name.
    pub agent: Text,
    /// The text, without quotes and escapes.
    pub text: Text,
}

impl TypedHeader for Warning {
    const NAME: HeaderName = HeaderName::Warning;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let code = cursor.number(999, "a warning code")?;
        let code = u16::try_from(code).map_err(|_| cursor.error("a warning code"))?;
        cursor.skip_wsp();
        let agent = cursor.run(|b| !is_wsp(b) && b != b'"');
        if agent.is_empty() {
            return Err(cursor.error("a warning agent"));
        }
        cursor.skip_wsp();
        let text = unquote(&cursor.quoted()?);
        cursor.end()?;
        Ok(Self { code, agent, text })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(format!("{:03} ", self.code).as_bytes());
        out.put_slice(self.agent.as_bytes());
        out.put_u8(b' ');
        out.put_slice(quote(self.text.as_bytes()).as_bytes());
    }
}

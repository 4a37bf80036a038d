//! Timestamp.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader, text::Text,
};

/// When a request was sent, by its sender's clock (RFC 3261 section 20.38). The numbers stay as
/// written: the peer gets back what it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds with an optional fraction.
    pub sent: Text,
    /// Seconds that the answerer took.
    pub delay: Option<Text>,
}

impl TypedHeader for Timestamp {
    const NAME: HeaderName = HeaderName::Timestamp;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let sent = decimal(&mut cursor)?;
        cursor.skip_wsp();
        let delay = if cursor.is_end() { None } else { Some(decimal(&mut cursor)?) };
        cursor.end()?;
        Ok(Self { sent, delay })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.sent.as_bytes());
        if let Some(delay) = &self.delay {
            out.put_u8(b' ');
            out.put_slice(delay.as_bytes());
        }
    }
}

/// `1*DIGIT [ "." *DIGIT ]`; the delay may begin with its dot.
fn decimal(cursor: &mut Cursor<'_>) -> Result<Text, SyntaxError> {
    let start = cursor.position();
    let whole = cursor.run(|b| b.is_ascii_digit());
    if cursor.take(b'.') {
        cursor.run(|b| b.is_ascii_digit());
    } else if whole.is_empty() {
        return Err(cursor.error("a decimal number"));
    }
    Ok(cursor.since(start))
}

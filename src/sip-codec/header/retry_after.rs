//! Retry-After.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    param::Params, text::Text,
};

/// When to try again (RFC 3261 section 20.33).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds.
    pub seconds: u32,
    /// The comment with its parentheses.
    pub comment: Option<Text>,
    /// `duration` and others.
    pub params: Params,
}

impl RetryAfter {
    /// Seconds without comment and parameters.
    pub const fn new(seconds: u32) -> Self {
        Self { seconds, comment: None, params: Params::new() }
    }
}

impl TypedHeader for RetryAfter {
    const NAME: HeaderName = HeaderName::RetryAfter;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let seconds = cursor.number_u32("seconds")?;
        cursor.skip_wsp();
        let comment = if cursor.peek() == Some(b'(') { Some(comment(&mut cursor)?) } else { None };
        let params = Params::read(&mut cursor)?;
        Ok(Self { seconds, comment, params })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.seconds.to_string().as_bytes());
        if let Some(comment) = &self.comment {
            out.put_u8(b' ');
            out.put_slice(comment.as_bytes());
        }
        self.params.encode(out);
    }
}

/// `comment`: parentheses nest.
fn comment(cursor: &mut Cursor<'_>) -> Result<Text, SyntaxError> {
    let start = cursor.position();
    let (mut depth, mut escaped) = (0_usize, false);
    while let Some(byte) = cursor.peek() {
        cursor.advance(1);
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 1 => return Ok(cursor.since(start)),
            b')' => depth -= 1,
            _ => {}
        }
    }
    Err(cursor.error("the closing parenthesis"))
}

//! Call-ID.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader, text::Text,
};

/// What groups the messages of a call or of a phone's registrations (RFC 3261 section 20.8).
/// Compares with case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallId(pub Text);

impl TypedHeader for CallId {
    const NAME: HeaderName = HeaderName::CallId;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        // Devices go beyond `word [ "@" word ]` (`=`, `,`, `;` …): whatever is visible is taken.
        let id = cursor.run(|b| b.is_ascii_graphic());
        if id.is_empty() {
            return Err(cursor.error("a Call-ID"));
        }
        cursor.end()?;
        Ok(Self(id))
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.0.as_bytes());
    }
}

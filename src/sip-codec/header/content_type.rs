//! Content-Type.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    param::Params, text::Text,
};

/// What the body is (RFC 3261 section 20.15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentType {
    /// `application`, `multipart` …
    pub kind: Text,
    /// `sdp`, `mixed` …
    pub subtype: Text,
    /// `boundary`, `charset` …
    pub params: Params,
}

impl ContentType {
    /// A media type without parameters.
    pub const fn from_static(kind: &'static str, subtype: &'static str) -> Self {
        Self {
            kind: Text::from_static(kind),
            subtype: Text::from_static(subtype),
            params: Params::new(),
        }
    }

    /// `application/sdp`
    pub const SDP: Self = Self::from_static("application", "sdp");

    /// Whether it is this media type, without regard to case and parameters.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_case(kind) && self.subtype.eq_ignore_case(subtype)
    }
}

/// Reads `token SLASH token`.
pub(crate) fn media_type(cursor: &mut Cursor<'_>) -> Result<(Text, Text), SyntaxError> {
    let kind = cursor.token("a media type")?;
    if !cursor.take_spaced(b'/') {
        return Err(cursor.error("a slash in the media type"));
    }
    Ok((kind, cursor.token("a media subtype")?))
}

impl TypedHeader for ContentType {
    const NAME: HeaderName = HeaderName::ContentType;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let (kind, subtype) = media_type(&mut cursor)?;
        let params = Params::read(&mut cursor)?;
        Ok(Self { kind, subtype, params })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.kind.as_bytes());
        out.put_u8(b'/');
        out.put_slice(self.subtype.as_bytes());
        self.params.encode(out);
    }
}

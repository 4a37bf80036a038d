//! Accept.

use bytes::{BufMut, Bytes, BytesMut};

use super::{contact::thousandths, content_type::media_type};
use crate::{
    cursor::Cursor,
    error::SyntaxError,
    header_name::HeaderName,
    headers::{Shape, TypedHeader},
    param::Params,
    text::Text,
};

/// A media type the sender reads in a response (RFC 3261 section 20.1). `*` stands for any. An
/// empty Accept line says: none; see [`crate::Headers::has`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// `application`, `*` …
    pub kind: Text,
    /// `sdp`, `*` …
    pub subtype: Text,
    /// `q` and others.
    pub params: Params,
}

impl Accept {
    /// Whether it covers a media type. A range with `q=0` covers nothing.
    pub fn covers(&self, kind: &str, subtype: &str) -> bool {
        let refused = self.params.get("q").and_then(|q| thousandths(q.as_bytes())) == Some(0);
        let any = |text: &Text, word| *text == "*" || text.eq_ignore_case(word);
        !refused && any(&self.kind, kind) && any(&self.subtype, subtype)
    }
}

impl TypedHeader for Accept {
    const NAME: HeaderName = HeaderName::Accept;
    const SHAPE: Shape = Shape::List;

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

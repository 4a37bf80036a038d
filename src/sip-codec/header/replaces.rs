//! Replaces.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    param::Params, text::Text,
};

/// The dialog that an INVITE takes the place of (RFC 3891 section 6.1). All three parts are
/// there exactly once, or it is no Replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its Call-ID.
    pub call_id: Text,
    /// Its tag at the receiver of the INVITE.
    pub to_tag: Text,
    /// Its other tag.
    pub from_tag: Text,
    /// Only while it is early.
    pub early_only: bool,
}

impl TypedHeader for Replaces {
    const NAME: HeaderName = HeaderName::Replaces;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let call_id = cursor.run(|b| b.is_ascii_graphic() && b != b';');
        if call_id.is_empty() {
            return Err(cursor.error("a Call-ID"));
        }
        let params = Params::read(&mut cursor)?;
        let once = |name: &str| {
            let mut values = params.iter().filter(|(n, _)| n.eq_ignore_case(name));
            let (_, value) = values.next()?;
            value.filter(|_| values.next().is_none()).cloned()
        };
        let to_tag = once("to-tag").ok_or(cursor.error("one to-tag"))?;
        let from_tag = once("from-tag").ok_or(cursor.error("one from-tag"))?;
        Ok(Self { call_id, to_tag, from_tag, early_only: params.has("early-only") })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.call_id.as_bytes());
        out.put_slice(b";to-tag=");
        out.put_slice(self.to_tag.as_bytes());
        out.put_slice(b";from-tag=");
        out.put_slice(self.from_tag.as_bytes());
        if self.early_only {
            out.put_slice(b";early-only");
        }
    }
}

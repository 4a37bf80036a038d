//! Min-SE.

use bytes::{BufMut, Bytes, BytesMut};

use super::session_expires::interval;
use crate::{error::SyntaxError, header_name::HeaderName, headers::TypedHeader};

/// The least session interval in seconds (RFC 4028 section 5). Its parameters mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinSe(pub u32);

impl TypedHeader for MinSe {
    const NAME: HeaderName = HeaderName::MinSe;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        interval(value).map(|(seconds, _)| Self(seconds))
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.0.to_string().as_bytes());
    }
}

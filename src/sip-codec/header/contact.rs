//! Contact.

use bytes::{BufMut, Bytes, BytesMut};

use super::NameAddr;
use crate::{
    cursor::Cursor,
    error::SyntaxError,
    header_name::HeaderName,
    headers::{Shape, TypedHeader},
};

/// Where to reach the sender (RFC 3261 section 20.10).
#[expect(clippy::large_enum_variant, reason = "almost every Contact is an address")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// `*`: all bindings, in a REGISTER that removes them.
    Any,
    /// An address.
    Address(NameAddr),
}

impl Contact {
    /// The address, unless it is `*`.
    pub fn address(&self) -> Option<&NameAddr> {
        match self {
            Self::Any => None,
            Self::Address(address) => Some(address),
        }
    }

    /// Thousandths of the `q` parameter (0 to 1,000); `None` when absent or unreadable.
    pub fn q(&self) -> Option<u16> {
        thousandths(self.address()?.params.get("q")?.as_bytes())
    }

    /// The `expires` parameter in seconds; `None` when absent. An unreadable value counts as
    /// 3,600, as RFC 3261 section 10.3 wants it.
    pub fn expires(&self) -> Option<u32> {
        let text = self.address()?.params.get("expires")?;
        Some(text.as_str().and_then(|t| t.parse().ok()).unwrap_or(DEFAULT_EXPIRES))
    }
}

/// Seconds that an unreadable `expires` stands for (RFC 3261 section 10.2.1.1).
const DEFAULT_EXPIRES: u32 = 3_600;

impl From<NameAddr> for Contact {
    fn from(address: NameAddr) -> Self {
        Self::Address(address)
    }
}

/// `qvalue`: `0[.ddd]` or `1[.000]`.
pub(crate) fn thousandths(text: &[u8]) -> Option<u16> {
    let (whole, fraction) = match text {
        [whole @ (b'0' | b'1')] => (whole, &[][..]),
        [whole @ (b'0' | b'1'), b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    let digits = fraction.iter().chain(b"000").take(3);
    let mut value = u16::from(whole - b'0');
    for digit in digits {
        value = value * 10 + u16::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    (value <= 1_000).then_some(value)
}

impl TypedHeader for Contact {
    const NAME: HeaderName = HeaderName::Contact;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        if cursor.take(b'*') && cursor.end().is_ok() {
            return Ok(Self::Any);
        }
        NameAddr::parse(value).map(Self::Address)
    }

    fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Any => out.put_u8(b'*'),
            Self::Address(address) => address.encode(out),
        }
    }
}

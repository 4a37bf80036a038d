//! Hosts of URIs and of Via.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use bytes::Bytes;

use crate::{cursor::Cursor, error::SyntaxError, text::Text};

/// `host` of RFC 3261 section 25.1. An IPv6 address stands in brackets on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name, as it was written; compare with [`Host::equivalent`].
    Name(Text),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
}

/// A name: letters, digits, `-`, `.`, and `_`, which real networks use.
const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

impl Host {
    /// Reads a host that is all of `text`.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self, SyntaxError> {
        let text = text.into();
        let mut cursor = Cursor::new(&text);
        let host = Self::read(&mut cursor)?;
        if cursor.is_end() { Ok(host) } else { Err(cursor.error("the end of the host")) }
    }

    /// The address, when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(ip) => Some(IpAddr::V4(*ip)),
            Self::V6(ip) => Some(IpAddr::V6(*ip)),
        }
    }

    /// Same address, or same name without regard to case (RFC 3261 section 19.1.4).
    pub fn equivalent(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a.eq_ignore_case(b),
            _ => self == other,
        }
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        let start = cursor.clone();
        if cursor.take(b'[') {
            let text = cursor.run(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
            let ip = text.as_str().and_then(ipv6);
            let ip = ip.ok_or_else(|| start.error("an IPv6 address"))?;
            cursor.expect(b']', "the closing bracket")?;
            return Ok(Self::V6(ip));
        }
        let text = cursor.run(is_name);
        if let Some(ip) = text.as_str().and_then(|t| t.parse().ok()) {
            return Ok(Self::V4(ip));
        }
        // Only digits and dots but no address: not even a name (the last label has a letter).
        if text.as_bytes().iter().all(|b| b.is_ascii_digit() || *b == b'.') {
            return Err(start.error("a host"));
        }
        Ok(Self::Name(text))
    }

    /// Reads `[ ":" port ]`. With `spaces`, white space may stand around the colon (Via).
    pub(crate) fn read_port(
        cursor: &mut Cursor<'_>,
        spaces: bool,
    ) -> Result<Option<u16>, SyntaxError> {
        let colon = if spaces { cursor.take_spaced(b':') } else { cursor.take(b':') };
        if !colon {
            return Ok(None);
        }
        let port = cursor.number(u64::from(u16::MAX), "a port")?;
        Ok(u16::try_from(port).ok())
    }
}

/// Reads an IPv6 address. The grammar of RFC 3261 gives `2001:db8:::192.0.2.1` for what is
/// `2001:db8::192.0.2.1`: both are taken (RFC 5118 section 4.10).
fn ipv6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok().or_else(|| {
        let (prefix, v4) = text.split_once(":::")?;
        v4.parse::<Ipv4Addr>().ok()?;
        format!("{prefix}::{v4}").parse().ok()
    })
}

impl From<IpAddr> for Host {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::V4(ip),
            IpAddr::V6(ip) => Self::V6(ip),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name}"),
            Self::V4(ip) => write!(f, "{ip}"),
            Self::V6(ip) => write!(f, "[{ip}]"),
        }
    }
}

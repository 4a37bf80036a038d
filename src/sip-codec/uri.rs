//! SIP, SIPS, tel and other URIs.

mod equivalence;
mod escape;
mod parse;

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use causeway_base::Redacted;

pub use escape::{escape_user, unescape};

use crate::{error::SyntaxError, host::Host, param::Params, text::Text};

/// A URI as it stands in a request line or a header.
///
/// `==` compares the written form; [`Uri::equivalent`] follows RFC 3261 section 19.1.4, which is
/// no equivalence relation and so cannot be `==`. `Display` shows the whole URI; `Debug` hides
/// user, password and parameters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Uri {
    /// `sip:` and `sips:`.
    Sip(SipUri),
    /// `tel:` (RFC 3966).
    Tel(TelUri),
    /// Any other scheme, kept as written.
    Other(OtherUri),
}

/// Which of the two schemes of RFC 3261.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SipScheme {
    /// `sip`
    Sip,
    /// `sips`
    Sips,
}

/// A SIP or SIPS URI (RFC 3261 section 19.1). Parts stand with their `%` escapes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SipUri {
    /// The scheme.
    pub scheme: SipScheme,
    /// The user part, escaped.
    pub user: Option<Text>,
    /// The password, escaped.
    pub password: Option<Text>,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: Option<u16>,
    /// What follows `;`, escaped.
    pub params: Params,
    /// What follows `?`, escaped: name and value each.
    pub headers: Params,
}

/// A tel URI (RFC 3966).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TelUri {
    /// The number as written: `+`, digits, visual separators.
    pub number: Text,
    /// Its parameters (`phone-context`, `ext` …).
    pub params: Params,
}

/// A URI of another scheme.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OtherUri {
    /// The scheme, as written.
    pub scheme: Text,
    /// What follows the colon.
    pub rest: Text,
}

impl Uri {
    /// Reads a URI that is all of `text`.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self, SyntaxError> {
        parse::uri(&text.into())
    }

    /// The scheme as written, in lower case for those this crate knows.
    pub fn scheme(&self) -> &[u8] {
        match self {
            Self::Sip(SipUri { scheme: SipScheme::Sip, .. }) => b"sip",
            Self::Sip(SipUri { scheme: SipScheme::Sips, .. }) => b"sips",
            Self::Tel(_) => b"tel",
            Self::Other(uri) => uri.scheme.as_bytes(),
        }
    }

    /// The SIP or SIPS URI, when it is one.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }

    /// The SIP or SIPS URI, when it is one.
    pub fn as_sip_mut(&mut self) -> Option<&mut SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }

    /// The user part of a SIP URI or the number of a tel URI, unescaped.
    pub fn user(&self) -> Option<Text> {
        match self {
            Self::Sip(uri) => uri.user.as_ref().map(unescape),
            Self::Tel(uri) => Some(uri.number.clone()),
            Self::Other(_) => None,
        }
    }

    /// The host of a SIP URI.
    pub fn host(&self) -> Option<&Host> {
        self.as_sip().map(|uri| &uri.host)
    }

    /// Equality as RFC 3261 section 19.1.4 (sip, sips) and RFC 3966 section 4 (tel) define it.
    pub fn equivalent(&self, other: &Self) -> bool {
        equivalence::uris(self, other)
    }

    /// Writes the URI.
    pub fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Sip(uri) => uri.encode(out),
            Self::Tel(uri) => {
                out.put_slice(b"tel:");
                out.put_slice(uri.number.as_bytes());
                uri.params.encode(out);
            }
            Self::Other(uri) => {
                out.put_slice(uri.scheme.as_bytes());
                out.put_u8(b':');
                out.put_slice(uri.rest.as_bytes());
            }
        }
    }

    /// The URI as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::new();
        self.encode(&mut out);
        out.freeze()
    }
}

impl SipUri {
    /// `sip:` with a host and nothing else.
    pub fn new(host: impl Into<Host>) -> Self {
        Self {
            scheme: SipScheme::Sip,
            user: None,
            password: None,
            host: host.into(),
            port: None,
            params: Params::new(),
            headers: Params::new(),
        }
    }

    /// The same with a user, which is escaped as needed.
    pub fn with_user(mut self, user: impl AsRef<[u8]>) -> Self {
        self.user = Some(escape_user(user.as_ref()));
        self
    }

    /// The same with a port.
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The `transport` parameter.
    pub fn transport(&self) -> Option<&Text> {
        self.params.get("transport")
    }

    /// Whether the URI is a loose router's (`lr`).
    pub fn is_loose_router(&self) -> bool {
        self.params.has("lr")
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(match self.scheme {
            SipScheme::Sip => b"sip:",
            SipScheme::Sips => b"sips:",
        });
        if let Some(user) = &self.user {
            out.put_slice(user.as_bytes());
            if let Some(password) = &self.password {
                out.put_u8(b':');
                out.put_slice(password.as_bytes());
            }
            out.put_u8(b'@');
        }
        out.put_slice(self.host.to_string().as_bytes());
        if let Some(port) = self.port {
            out.put_slice(format!(":{port}").as_bytes());
        }
        self.params.encode(out);
        self.headers.encode_with(out, b'?', b'&');
    }
}

impl From<SipUri> for Uri {
    fn from(uri: SipUri) -> Self {
        Self::Sip(uri)
    }
}

impl std::str::FromStr for Uri {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        Self::parse(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => fmt::Debug::fmt(uri, f),
            Self::Tel(uri) => fmt::Debug::fmt(uri, f),
            Self::Other(uri) => fmt::Debug::fmt(uri, f),
        }
    }
}

impl fmt::Debug for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            SipScheme::Sip => "sip",
            SipScheme::Sips => "sips",
        };
        write!(f, "{scheme}:")?;
        if let Some(user) = &self.user {
            write!(f, "{}@", Redacted(user))?;
        }
        write!(f, "{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for TelUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tel:{}", Redacted(&self.number))
    }
}

impl fmt::Debug for OtherUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, Redacted(&self.rest))
    }
}

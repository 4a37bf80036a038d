//! Session descriptions (RFC 8866).
//!
//! What arrives is normalised first, then read by `rtc-sdp`, then turned
//! into the types here. A line that nobody knows is left out; an `m=` line never is: an
//! answer must have one for each (RFC 3264 section 6). A broken `m=` line is kept with port 0.

pub mod attribute;
pub mod bandwidth;
pub mod candidate;
pub mod crypto;
pub mod fmtp;
mod normalise;
mod read;
pub mod simulcast;
mod write;

pub use attribute::{ExtMap, Group, RtcpAddress, RtcpFeedback, RtpMap};
pub use bandwidth::RateLimit;
pub use candidate::Candidate;
pub use crypto::{Crypto, CryptoError, KeyIdentifier};
pub use fmtp::{H264Fmtp, Vp8Fmtp};
pub use simulcast::{Rid, Simulcast, SimulcastStream};

use std::fmt;
use std::net::IpAddr;

/// Bytes of the longest description taken: more than a datagram can carry.
pub const MAX_LEN: usize = 65_535;

/// Most lines taken. A room system with every codec sends about 150.
pub const MAX_LINES: usize = 2_000;

/// Most `m=` lines taken. A room system sends 8; an answer repeats each.
pub const MAX_MEDIA: usize = 64;

/// Formats of one `m=` line that are kept: an answer repeats them, and a device has about 20.
pub const MAX_FORMATS: usize = 64;

/// Why bytes are no session description. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SdpError {
    /// Longer than [`MAX_LEN`].
    TooLong,
    /// More than [`MAX_LINES`] lines, or [`MAX_MEDIA`] `m=` lines.
    TooManyLines,
    /// No `v=0` line.
    NoVersion,
    /// `rtc-sdp` refuses what was normalised.
    Syntax,
}

impl fmt::Display for SdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SdpError::TooLong => "session description is too long",
            SdpError::TooManyLines => "session description has too many lines",
            SdpError::NoVersion => "session description has no line v=0",
            SdpError::Syntax => "session description cannot be read",
        })
    }
}

impl std::error::Error for SdpError {}

/// A whole description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionDescription {
    /// `o=`. All zero where it is missing or unreadable.
    pub origin: Origin,
    /// `s=`, `-` where it is missing.
    pub name: String,
    /// `c=` before the first `m=`.
    pub connection: Option<Address>,
    /// `b=` before the first `m=`.
    pub bandwidth: Vec<Bandwidth>,
    /// `a=` before the first `m=`.
    pub attributes: Vec<Attribute>,
    /// The `m=` lines with what belongs to them.
    pub media: Vec<MediaDescription>,
}

/// Who made a session (RFC 8866 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The user name, without spaces.
    pub user: String,
    /// The session.
    pub session_id: u64,
    /// Counts up with each change of the description.
    pub version: u64,
    /// Where it was made.
    pub address: Address,
}

impl Default for Origin {
    fn default() -> Self {
        let address = Address::Ip(IpAddr::from([0, 0, 0, 0]));
        Self { user: "-".to_owned(), session_id: 0, version: 0, address }
    }
}

/// An address of `c=`, `o=` or `a=rtcp`. TTL and count are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A number.
    Ip(IpAddr),
    /// A host name. Nobody here resolves it.
    Name(String),
}

impl Address {
    /// The number, if it is one.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Address::Ip(ip) => Some(*ip),
            Address::Name(_) => None,
        }
    }

    /// From the words behind `IN`: the address with or without TTL. A number is read as what
    /// it is, whatever `IP4` or `IP6` says before it.
    fn parse(text: &str) -> Option<Self> {
        let text = text.split('/').next().unwrap_or("").trim_matches(['[', ']']);
        match text.parse() {
            Ok(ip) => Some(Address::Ip(ip)),
            Err(_) if text.is_empty() => None,
            Err(_) => Some(Address::Name(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    /// As `c=` has it: `IN IP4 192.0.2.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Ip(ip) if ip.is_ipv6() => write!(f, "IN IP6 {ip}"),
            Address::Ip(ip) => write!(f, "IN IP4 {ip}"),
            Address::Name(name) => write!(f, "IN IP4 {name}"),
        }
    }
}

/// A `b=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bandwidth {
    /// `AS`, `TIAS`, `CT`, `RR`, `RS` or newer.
    pub kind: String,
    /// In the unit of its kind.
    pub value: u64,
}

/// An `a=` line.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What stands before the colon.
    pub name: String,
    /// What stands behind it, if there is one.
    pub value: Option<String>,
}

impl Attribute {
    /// `a=name`.
    pub fn flag(name: &str) -> Self {
        Self { name: name.to_owned(), value: None }
    }

    /// `a=name:value`.
    pub fn value(name: &str, value: impl fmt::Display) -> Self {
        Self { name: name.to_owned(), value: Some(value.to_string()) }
    }
}

impl fmt::Debug for Attribute {
    /// Keys and passwords do not show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = ["crypto", "ice-pwd", "key-mgmt"];
        match &self.value {
            Some(_) if secret.iter().any(|name| self.name.eq_ignore_ascii_case(name)) => {
                write!(f, "{}:…", self.name)
            }
            Some(value) => write!(f, "{}:{value}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// An `m=` line with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaDescription {
    /// `audio`, `video`, `application` or anything else.
    pub kind: String,
    /// The port; 0 where the stream is refused or the line is broken.
    pub port: u16,
    /// The transport, as it stands: `RTP/AVP`.
    pub proto: String,
    /// The first [`MAX_FORMATS`] formats, as they stand: payload types under RTP. Never empty.
    pub formats: Vec<String>,
    /// `c=`.
    pub connection: Option<Address>,
    /// `b=`.
    pub bandwidth: Vec<Bandwidth>,
    /// `a=`.
    pub attributes: Vec<Attribute>,
}

impl MediaDescription {
    /// The attributes of this name, in order, without those of the session. Names are compared
    /// without regard to case, which some devices need.
    pub fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The values of the attributes of this name, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes(name).filter_map(|attribute| attribute.value.as_deref())
    }

    /// Whether there is an attribute of this name.
    pub fn has(&self, name: &str) -> bool {
        self.attributes(name).next().is_some()
    }

    /// What it shows, in the order of preference (`a=content`, RFC 4796): `main`, `slides`,
    /// `speaker`, `sl`, `alt` or newer.
    pub fn contents(&self) -> impl Iterator<Item = &str> {
        self.values("content").next().unwrap_or("").split(',').map(str::trim)
    }

    /// Its name for other protocols (`a=label`, RFC 4574).
    pub fn label(&self) -> Option<&str> {
        self.values("label").next().map(str::trim).filter(|label| !label.is_empty())
    }

    /// The parameters of a format.
    pub fn parameters_of(&self, payload_type: u8) -> Option<&str> {
        let all = self.values("fmtp").filter_map(attribute::fmtp);
        all.filter(|(of, _)| of.parse() == Ok(payload_type)).map(|(_, text)| text).next()
    }

    /// The format numbers that are RTP payload types, in order.
    pub fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|format| format.parse().ok()).filter(|format| *format <= 127)
    }
}

impl SessionDescription {
    /// Reads a description. Lines end in CRLF, LF or CR; what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// [`SdpError`] where it is no description or beyond a limit. Unknown and broken lines are
    /// no error.
    pub fn parse(bytes: &[u8]) -> Result<Self, SdpError> {
        let normal = normalise::normalise(bytes)?;
        read::read(&normal)
    }

    /// The connection of a media: its own, else the session's.
    pub fn connection_of<'a>(&'a self, media: &'a MediaDescription) -> Option<&'a Address> {
        media.connection.as_ref().or(self.connection.as_ref())
    }

    /// The attribute of a media: its own, else the session's.
    pub fn attribute_of<'a>(
        &'a self,
        media: &'a MediaDescription,
        name: &'a str,
    ) -> Option<&'a Attribute> {
        let of_session = || self.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name));
        media.attributes(name).next().or_else(of_session)
    }

    /// The bytes of the description, lines in the order of RFC 8866 section 5.
    pub fn to_bytes(&self) -> Vec<u8> {
        write::write(self).into_bytes()
    }
}

impl fmt::Display for SessionDescription {
    /// The text of the description, keys and all: for the wire only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write::write(self))
    }
}

#[cfg(test)]
mod tests;

//! Values of single attributes.

use super::Address;
use std::fmt;

/// `a=rtpmap` (RFC 8866 section 6.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpMap {
    /// The payload type, 0-127.
    pub payload_type: u8,
    /// The encoding name, as it stands.
    pub name: String,
    /// The RTP clock in Hz.
    pub clock: u32,
    /// Channels; 1 where it does not say.
    pub channels: u8,
}

impl RtpMap {
    /// Reads the value. `None` where it is broken.
    pub fn parse(value: &str) -> Option<Self> {
        let (payload_type, encoding) = value.trim().split_once(char::is_whitespace)?;
        let mut parts = encoding.trim().split('/');
        let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
        let clock = parts.next()?.trim().parse().ok().filter(|clock| *clock > 0)?;
        let channels = match parts.next() {
            Some(channels) => channels.trim().parse().ok().filter(|count| *count > 0)?,
            None => 1,
        };
        let payload_type = payload_type.parse().ok().filter(|number| *number <= 127)?;
        Some(Self { payload_type, name, clock, channels })
    }
}

impl fmt::Display for RtpMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.payload_type, self.name, self.clock)?;
        if self.channels > 1 { write!(f, "/{}", self.channels) } else { Ok(()) }
    }
}

/// Splits `a=fmtp` into its format and its parameters.
pub fn fmtp(value: &str) -> Option<(&str, &str)> {
    let (format, parameters) = value.trim().split_once(char::is_whitespace)?;
    Some((format, parameters.trim()))
}

/// The parameters of `a=fmtp`: `name=value` split at semicolons. A word without `=` has the
/// value `""`.
pub fn parameters(parameters: &str) -> impl Iterator<Item = (&str, &str)> {
    parameters.split(';').map(str::trim).filter(|parameter| !parameter.is_empty()).map(
        |parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            (name.trim(), value.trim())
        },
    )
}

/// `a=extmap` (RFC 8285 section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtMap {
    /// The identifier: 1-14 for one-byte headers, up to 255 for two-byte headers. Numbers
    /// above are asked for by offers that wait for a number; they are read as no extension.
    pub id: u8,
    /// The direction behind the slash, if there is one.
    pub direction: Option<String>,
    /// The extension's name.
    pub uri: String,
}

impl ExtMap {
    /// Reads the value; attributes behind the name are left out. `None` where it is broken.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let (id, direction) = match words.next()?.split_once('/') {
            Some((id, direction)) => (id, Some(direction.to_owned())),
            None => (value.split_whitespace().next()?, None),
        };
        let id = id.parse().ok().filter(|id| *id > 0)?;
        Some(Self { id, direction, uri: words.next()?.to_owned() })
    }
}

/// `a=rtcp` (RFC 3605).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtcpAddress {
    /// The port.
    pub port: u16,
    /// The address, where it is not that of `c=`.
    pub address: Option<Address>,
}

impl RtcpAddress {
    /// Reads the value. `None` where it is broken.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let port = words.next()?.parse().ok()?;
        let address = words.nth(2).and_then(Address::parse);
        Some(Self { port, address })
    }
}

impl fmt::Display for RtcpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.port)?;
        self.address.as_ref().map_or(Ok(()), |address| write!(f, " {address}"))
    }
}

/// `a=group` (RFC 5888): the lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `BUNDLE`, `LS` or anything else, as it stands.
    pub semantics: String,
    /// The identification tags (`a=mid`) of its lines.
    pub tags: Vec<String>,
}

impl Group {
    /// Reads the value; tags beyond [`super::MAX_MEDIA`] are left out. `None` where it is empty.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace().map(str::to_owned);
        let semantics = words.next()?;
        Some(Self { semantics, tags: words.take(super::MAX_MEDIA).collect() })
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.semantics)?;
        self.tags.iter().try_for_each(|tag| write!(f, " {tag}"))
    }
}

/// The SHA-256 of `a=fingerprint` (RFC 8122 section 5). `None` for every other hash and where it
/// is broken.
pub fn sha256_fingerprint(value: &str) -> Option<[u8; 32]> {
    let (hash, hex) = value.trim().split_once(char::is_whitespace)?;
    if !hash.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut bytes = [0; 32];
    let mut pairs = hex.trim().split(':');
    for byte in &mut bytes {
        let pair = pairs.next().filter(|pair| pair.len() == 2)?;
        *byte = u8::from_str_radix(pair, 16).ok().filter(|_| !pair.starts_with('+'))?;
    }
    pairs.next().is_none().then_some(bytes)
}

/// `a=rtcp-fb` (RFC 4585 section 4.2): what may be asked of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtcpFeedback<'a> {
    /// The payload type; `None` for all (`*`).
    pub payload_type: Option<u8>,
    /// `nack`, `ccm`, `transport-cc` or anything else, as it stands.
    pub kind: &'a str,
    /// The word behind it: `pli`, `fir`.
    pub parameter: Option<&'a str>,
}

impl<'a> RtcpFeedback<'a> {
    /// Reads the value; what stands behind the second word is left out. `None` where it is broken.
    pub fn parse(value: &'a str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let payload_type = match words.next()? {
            "*" => None,
            number => Some(number.parse().ok().filter(|number| *number <= 127)?),
        };
        Some(Self { payload_type, kind: words.next()?, parameter: words.next() })
    }

    /// Whether it speaks of this payload type.
    pub fn is_of(&self, payload_type: u8) -> bool {
        self.payload_type.is_none_or(|of| of == payload_type)
    }

    /// Whether it is `kind`, or `kind parameter`, in any case.
    pub fn is(&self, name: &str) -> bool {
        let (kind, parameter) = match name.split_once(' ') {
            Some((kind, parameter)) => (kind, Some(parameter)),
            None => (name, None),
        };
        let same = match (self.parameter, parameter) {
            (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
            (None, None) => true,
            _ => false,
        };
        self.kind.eq_ignore_ascii_case(kind) && same
    }
}

/// The synchronization source of `a=ssrc` (RFC 5576 section 4.1). `None` where it is broken.
pub fn ssrc(value: &str) -> Option<u32> {
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_of_sha_256_alone() {
        let hex = ["aB"; 32].join(":");
        assert_eq!(sha256_fingerprint(&format!("sha-256 {hex}")), Some([0xab; 32]));
        assert_eq!(sha256_fingerprint(&format!(" SHA-256  {hex} ")), Some([0xab; 32]));
        for broken in [
            format!("sha-1 {hex}"),
            format!("sha-256 {hex}:ab"),
            format!("sha-256 {}", ["ab"; 31].join(":")),
            format!("sha-256 {}", ["+b"; 32].join(":")),
            format!("sha-256 {}", ["xb"; 32].join(":")),
            format!("sha-256 {}", ["é"; 32].join(":")),
            "sha-256".to_owned(),
            String::new(),
        ] {
            assert_eq!(sha256_fingerprint(&broken), None, "{broken}");
        }
    }

    #[test]
    fn feedback_of_one_format_and_of_all() {
        let pli = RtcpFeedback::parse("* NACK pli").unwrap();
        assert!(pli.is_of(96) && pli.is("nack pli") && !pli.is("nack") && !pli.is("ccm fir"));
        let nack = RtcpFeedback::parse(" 96 nack ").unwrap();
        assert!(nack.is_of(96) && !nack.is_of(97) && nack.is("nack") && !nack.is("nack pli"));
        let tmmbr = RtcpFeedback::parse("96 ccm tmmbr smaxpr=120").unwrap();
        assert!(tmmbr.is("ccm tmmbr"));
        for broken in ["", "*", "96", "128 nack", "x nack"] {
            assert_eq!(RtcpFeedback::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn groups_and_sources() {
        let group = Group::parse(" BUNDLE 0  audio1 ").unwrap();
        assert_eq!((group.semantics.as_str(), group.tags.len()), ("BUNDLE", 2));
        assert_eq!(group.to_string(), "BUNDLE 0 audio1");
        assert_eq!(Group::parse(" "), None);
        let many = Group::parse(&format!("BUNDLE{}", " 7".repeat(1_000))).unwrap();
        assert_eq!(many.tags.len(), super::super::MAX_MEDIA);
        assert_eq!(ssrc("4294967295 cname:x"), Some(u32::MAX));
        assert_eq!(ssrc("4294967296 cname:x"), None);
        assert_eq!(ssrc(""), None);
    }
}

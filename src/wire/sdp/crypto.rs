//! `a=crypto`: SRTP keys in the description (RFC 4568).

use std::fmt;

/// Packets that a key must last for, at the least, because we never change it within a
/// session: 2^20 packets of 20 ms are almost six hours.
pub const MIN_LIFETIME: u64 = 1 << 20;

/// The longest lifetime that SRTP knows (RFC 3711 section 9.2).
const MAX_LIFETIME: u64 = 1 << 48;

/// One `a=crypto` line that we can honour. Its key is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Crypto {
    /// Joins an answer's line to the offer's.
    pub tag: u32,
    /// The suite's registered name, known or not.
    pub suite: String,
    /// Master key and salt in base64, not decoded.
    pub keying: String,
    /// What stands in each packet under this key, before its tag.
    pub identifier: Option<KeyIdentifier>,
}

/// A master key identifier (RFC 3711 section 3.1): the name of a key in packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyIdentifier {
    /// Big-endian in the packet.
    pub value: u32,
    /// Its bytes in the packet, 1 to [`MAX_KEY_IDENTIFIER`].
    pub len: u8,
}

/// The longest identifier that is taken: one key needs one byte, and nobody was seen to use more
/// than four.
pub const MAX_KEY_IDENTIFIER: u8 = 4;

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} …)", self.tag, self.suite)
    }
}

/// Why an `a=crypto` line is left out. The others of the same media still count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CryptoError {
    /// It is not `tag suite inline:key`.
    Syntax,
    /// A key method other than `inline`.
    Method,
    /// Several keys, or an identifier that is none or is longer than [`MAX_KEY_IDENTIFIER`].
    KeyIdentifier,
    /// The lifetime is unreadable, or shorter than [`MIN_LIFETIME`].
    Lifetime,
    /// A session parameter that would change what goes over the wire (RFC 4568 section 6.3):
    /// `KDR` above 0, `UNENCRYPTED_SRTP`, `UNENCRYPTED_SRTCP`, `UNAUTHENTICATED_SRTP`, `FEC_…`
    /// or an unknown one that is not marked as optional.
    SessionParameter,
}

impl Crypto {
    /// Reads the value of one attribute.
    ///
    /// # Errors
    /// [`CryptoError`] where the line must be passed over.
    pub fn parse(value: &str) -> Result<Self, CryptoError> {
        let mut words = value.split_whitespace();
        let tag = words.next().ok_or(CryptoError::Syntax)?;
        let digits = (1..=9).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_digit());
        let tag = tag.parse().ok().filter(|_| digits).ok_or(CryptoError::Syntax)?;
        let suite = words.next().ok_or(CryptoError::Syntax)?.to_owned();
        let (keying, identifier) = key_parameters(words.next().ok_or(CryptoError::Syntax)?)?;
        let keying = keying.to_owned();
        if words.all(is_harmless) {
            Ok(Self { tag, suite, keying, identifier })
        } else {
            Err(CryptoError::SessionParameter)
        }
    }
}

impl fmt::Display for Crypto {
    /// The value of the attribute, key and all: for the wire only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} inline:{}", self.tag, self.suite, self.keying)
    }
}

/// The keying and the identifier of `inline:<keying>[|<lifetime>][|<mki>:<length>]`.
fn key_parameters(parameters: &str) -> Result<(&str, Option<KeyIdentifier>), CryptoError> {
    if parameters.contains(';') {
        return Err(CryptoError::KeyIdentifier);
    }
    let (method, info) = parameters.split_once(':').ok_or(CryptoError::Syntax)?;
    if !method.eq_ignore_ascii_case("inline") {
        return Err(CryptoError::Method);
    }
    let mut parts = info.split('|');
    let keying = parts.next().filter(|key| !key.is_empty()).ok_or(CryptoError::Syntax)?;
    let mut part = parts.next();
    if let Some(text) = part.filter(|part| !part.contains(':')) {
        lifetime(text).filter(|packets| *packets >= MIN_LIFETIME).ok_or(CryptoError::Lifetime)?;
        part = parts.next();
    }
    let identifier = part.map(identifier).transpose()?;
    match parts.next() {
        Some(_) => Err(CryptoError::Syntax),
        None => Ok((keying, identifier)),
    }
}

/// `value:length`, the length in bytes.
fn identifier(text: &str) -> Result<KeyIdentifier, CryptoError> {
    let read = || {
        let (value, len) = text.split_once(':')?;
        let (value, len) = (value.parse().ok()?, len.parse().ok()?);
        let fits = (1..=MAX_KEY_IDENTIFIER).contains(&len)
            && u64::from(value) < 1u64 << (8 * u32::from(len));
        fits.then_some(KeyIdentifier { value, len })
    };
    read().ok_or(CryptoError::KeyIdentifier)
}

/// `2^31` or a decimal number, in packets.
fn lifetime(text: &str) -> Option<u64> {
    let packets = match text.strip_prefix("2^") {
        Some(power) => 1u64.checked_shl(power.parse().ok()?)?,
        None => text.parse().ok()?,
    };
    (packets <= MAX_LIFETIME).then_some(packets)
}

/// Whether a session parameter changes nothing for us.
fn is_harmless(parameter: &str) -> bool {
    parameter.starts_with('-') || parameter.starts_with("WSH=") || parameter == "KDR=0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_or_passed_over_exactly() {
        type Read = Result<(u32, &'static str, &'static str), CryptoError>;
        let table: &[(&str, Read)] = &[
            ("1 S inline:abc", Ok((1, "S", "abc"))),
            ("1  S  inline:abc ", Ok((1, "S", "abc"))),
            ("1 S inline:abc|2^31", Ok((1, "S", "abc"))),
            ("1 S inline:abc|1048576", Ok((1, "S", "abc"))),
            ("1 S inline:abc|2^48", Ok((1, "S", "abc"))),
            ("1 S INLINE:abc", Ok((1, "S", "abc"))),
            ("1 S inline:abc WSH=64", Ok((1, "S", "abc"))),
            ("1 S inline:abc KDR=0 -odd", Ok((1, "S", "abc"))),
            ("", Err(CryptoError::Syntax)),
            ("1", Err(CryptoError::Syntax)),
            ("1 S", Err(CryptoError::Syntax)),
            ("x S inline:abc", Err(CryptoError::Syntax)),
            ("+1 S inline:abc", Err(CryptoError::Syntax)),
            ("1234567890 S inline:abc", Err(CryptoError::Syntax)),
            ("1 S inline", Err(CryptoError::Syntax)),
            ("1 S inline:", Err(CryptoError::Syntax)),
            ("1 S uri:abc", Err(CryptoError::Method)),
            ("1 S inline:abc|1:4", Ok((1, "S", "abc"))),
            ("1 S inline:abc|2^31|1:4", Ok((1, "S", "abc"))),
            ("1 S inline:abc|2^31|256:1", Err(CryptoError::KeyIdentifier)),
            ("1 S inline:abc|2^31|1:5", Err(CryptoError::KeyIdentifier)),
            ("1 S inline:abc|2^31|1:0", Err(CryptoError::KeyIdentifier)),
            ("1 S inline:abc|2^31|2^31", Err(CryptoError::KeyIdentifier)),
            ("1 S inline:abc|2^31|1:4|", Err(CryptoError::Syntax)),
            ("1 S inline:abc|2^31|1:4;inline:def|2^31|2:4", Err(CryptoError::KeyIdentifier)),
            ("1 S inline:abc|2^19", Err(CryptoError::Lifetime)),
            ("1 S inline:abc|2^49", Err(CryptoError::Lifetime)),
            ("1 S inline:abc|2^64", Err(CryptoError::Lifetime)),
            ("1 S inline:abc|", Err(CryptoError::Lifetime)),
            ("1 S inline:abc KDR=1", Err(CryptoError::SessionParameter)),
            ("1 S inline:abc UNENCRYPTED_SRTP", Err(CryptoError::SessionParameter)),
            ("1 S inline:abc UNAUTHENTICATED_SRTP", Err(CryptoError::SessionParameter)),
            ("1 S inline:abc NEW=1", Err(CryptoError::SessionParameter)),
        ];
        for (line, expected) in table {
            let got = Crypto::parse(line);
            let got = got.as_ref().map(|c| (c.tag, &c.suite[..], &c.keying[..])).map_err(|e| *e);
            assert_eq!(got, *expected, "{line}");
        }
    }

    #[test]
    fn an_identifier_has_a_value_and_a_length() {
        let read = |text| Crypto::parse(text).expect("a line").identifier;
        assert_eq!(read("2 S inline:abc|2^31|1:1"), Some(KeyIdentifier { value: 1, len: 1 }));
        assert_eq!(read("2 S inline:abc|70000:3"), Some(KeyIdentifier { value: 70_000, len: 3 }));
        assert_eq!(read("2 S inline:abc|2^31"), None);
    }

    #[test]
    fn the_key_is_written_but_not_printed() {
        let crypto = Crypto::parse("7 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^31").unwrap();
        assert_eq!(crypto.to_string(), "7 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0");
        assert!(!format!("{crypto:?}").contains("c2VjcmV0"));
    }
}

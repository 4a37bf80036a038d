//! Why an offer or an answer is not taken.

use causeway_base::{Codec, EndCause};
use causeway_wire::sdp::{MediaDescription, RtpMap, SdpError};
use std::fmt;

/// Names of the peer's formats that a warning lists, at most: it must fit a header.
const MAX_LISTED: usize = 12;

/// Characters of one of those names.
const MAX_NAME: usize = 24;

/// Why an offer or an answer is not taken. What was agreed before stays in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For the status, the reason and the person.
    pub cause: EndCause,
    /// The code of a SIP `Warning` header (RFC 3261 section 20.43).
    pub warning_code: u16,
    /// Its text, in ASCII and without quotes.
    pub warning: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause.code(), self.warning)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    pub(super) fn syntax(error: SdpError) -> Self {
        Self::bad(&error.to_string())
    }

    /// A description, or a part of one, that is out of place or breaks its rules.
    pub fn bad(warning: &str) -> Self {
        Self {
            cause: EndCause::BadMediaDescription,
            warning_code: 399,
            warning: warning.to_owned(),
        }
    }

    pub(super) fn network() -> Self {
        let warning = "the media address is of the other IP version".to_owned();
        Self { cause: EndCause::BadMediaDescription, warning_code: 300, warning }
    }

    pub(super) fn multicast() -> Self {
        let warning = "multicast media is not spoken here".to_owned();
        Self { cause: EndCause::BadMediaDescription, warning_code: 330, warning }
    }

    pub(super) fn no_audio() -> Self {
        let warning = "no audio line".to_owned();
        Self { cause: EndCause::NoCommonCodec, warning_code: 304, warning }
    }

    pub(super) fn transport(proto: &str) -> Self {
        let warning = format!("transport {} is not spoken here", clean(proto));
        Self { cause: EndCause::BadMediaDescription, warning_code: 302, warning }
    }

    pub(super) fn in_the_clear() -> Self {
        let warning = "encryption is required: RTP/SAVP with a=crypto".to_owned();
        Self { cause: EndCause::EncryptionRequired, warning_code: 302, warning }
    }

    pub(super) fn no_encryption() -> Self {
        let warning = "no usable a=crypto line".to_owned();
        Self { cause: EndCause::NoCommonEncryption, warning_code: 302, warning }
    }

    pub(super) fn not_dtls(proto: &str) -> Self {
        let warning = format!("{}: encryption by DTLS is required", clean(proto));
        Self { cause: EndCause::EncryptionRequired, warning_code: 302, warning }
    }

    pub(super) fn no_certificate() -> Self {
        let warning = "no a=fingerprint of sha-256".to_owned();
        Self { cause: EndCause::NoCommonEncryption, warning_code: 302, warning }
    }

    pub(super) fn no_codec(theirs: &MediaDescription, ours: &[Codec]) -> Self {
        let ours: Vec<_> = ours.iter().map(|codec| codec.name()).collect();
        let warning = format!("theirs: {}; ours: {}", names(theirs), ours.join(" "));
        Self { cause: EndCause::NoCommonCodec, warning_code: 305, warning }
    }
}

/// Static payload types of codecs that we do not speak (RFC 3551 section 6).
const STATIC_NAMES: [(&str, &str); 4] =
    [("3", "GSM"), ("4", "G723"), ("15", "G728"), ("18", "G729")];

/// The peer's formats by name, else by number.
fn names(media: &MediaDescription) -> String {
    let maps: Vec<_> = media.values("rtpmap").filter_map(RtpMap::parse).collect();
    let name = |format: &String| {
        let map = maps.iter().find(|map| *format == map.payload_type.to_string());
        let known = STATIC_NAMES.iter().find(|(number, _)| number == format);
        clean(map.map(|map| &map.name[..]).or(known.map(|(_, name)| *name)).unwrap_or(format))
    };
    media.formats.iter().take(MAX_LISTED).map(name).collect::<Vec<_>>().join(" ")
}

/// What of a peer's word may stand in a quoted string.
fn clean(word: &str) -> String {
    let harmless = |c: &char| c.is_ascii_alphanumeric() || "-_./+".contains(*c);
    word.chars().filter(harmless).take(MAX_NAME).collect()
}

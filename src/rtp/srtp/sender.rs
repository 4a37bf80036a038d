//! Protecting what we send.

use super::receiver::rtp_index;
use super::{Keyed, MAX_SSRCS, PacketIndex, SrtpError, rtcp_ssrc};
use causeway_base::SeqExtender;
use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_wire::rtp::RtpView;
use std::fmt;

/// The last index of SRTCP (RFC 3711 section 9.2).
const LAST_RTCP_INDEX: u32 = (1 << 31) - 1;

/// Protects what we send.
pub struct SrtpSender {
    keyed: Keyed,
    streams: [Option<Stream>; MAX_SSRCS],
    /// One for all sources, each of which so sees it rise.
    rtcp_index: u32,
}

#[derive(Clone, Copy)]
struct Stream {
    ssrc: u32,
    seq: SeqExtender,
}

impl SrtpSender {
    /// Derives the session keys. `None` where the key is not as long as the suite wants.
    pub fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        let keyed = Keyed::new(suite, key)?;
        Some(Self { keyed, streams: [None; MAX_SSRCS], rtcp_index: 0 })
    }

    /// Protects the RTP packet in `buffer[..len]` in place; gives the new length. `buffer` needs
    /// [`MAX_SRTP_OVERHEAD`](super::MAX_SRTP_OVERHEAD) bytes behind the packet.
    ///
    /// # Errors
    /// `Malformed` and `Truncated` for a packet or buffer that is none, `KeyExhausted` for the
    /// fifth SSRC (a forgotten one could come back and use its key stream twice) and after
    /// 2^48 packets.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let packet = buffer.get(..len).ok_or(SrtpError::Truncated)?;
        let view = RtpView::parse_protected(packet).map_err(|_| SrtpError::Malformed)?;
        let (ssrc, seq, header) = (view.ssrc(), view.sequence(), view.header_len());
        let place = self
            .streams
            .iter_mut()
            .find(|place| place.is_none_or(|stream| stream.ssrc == ssrc))
            .ok_or(SrtpError::KeyExhausted)?;
        let mut stream = place.unwrap_or(Stream { ssrc, seq: SeqExtender::new() });
        let at = PacketIndex { ssrc, index: rtp_index(stream.seq.extend(seq))? };
        let len = self.keyed.rtp.seal_rtp(buffer, header, len, at)?;
        *place = Some(stream);
        Ok(len)
    }

    /// The same for a compound RTCP packet.
    ///
    /// # Errors
    /// As [`Self::protect_rtp`]; the key ends after 2^31 compounds.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let ssrc = rtcp_ssrc(buffer.get(..len).ok_or(SrtpError::Truncated)?)?;
        if self.rtcp_index > LAST_RTCP_INDEX {
            return Err(SrtpError::KeyExhausted);
        }
        let at = PacketIndex { ssrc, index: u64::from(self.rtcp_index) };
        let len = self.keyed.rtcp.seal_rtcp(buffer, len, at)?;
        self.rtcp_index += 1;
        Ok(len)
    }

    /// Takes the key of a re-offer. The same key keeps its indices (a roll-over counter that
    /// starts again would use a key stream twice); another key starts anew. A key of a wrong
    /// length changes nothing and gives false.
    pub fn rekey(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        if self.keyed.is(suite, key) {
            return true;
        }
        let Some(sender) = Self::new(suite, key) else { return false };
        *self = sender;
        true
    }
}

impl fmt::Debug for SrtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SrtpSender").field("suite", &self.keyed.suite).finish_non_exhaustive()
    }
}

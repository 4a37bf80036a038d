//! Opening what we take.

use super::replay::ReplayWindow;
use super::{ENCRYPTED, Keyed, Kind, MAX_SSRCS, PacketIndex, SrtpError, rtcp_ssrc};
use causeway_base::{ExtendedSeq, SeqExtender};
use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_wire::rtp::RtpView;
use std::fmt;

/// Opens what we take.
#[derive(Debug)]
pub struct SrtpReceiver {
    present: Incoming,
    /// The key before a re-offer: packets under way still have it. It goes with the first packet
    /// that the new key opens.
    former: Option<Box<Incoming>>,
}

/// One key with its sources.
struct Incoming {
    keyed: Keyed,
    streams: [Option<Stream>; MAX_SSRCS],
    /// Counts packets, so that the longest unused source is known.
    clock: u64,
}

#[derive(Clone, Copy, Default)]
struct Stream {
    ssrc: u32,
    seq: SeqExtender,
    rtp: ReplayWindow,
    rtcp: ReplayWindow,
    used: u64,
}

/// The index of RFC 3711 section 3.3.1: 48 bits. Our extender counts roll-overs from one.
pub(super) fn rtp_index(seq: ExtendedSeq) -> Result<u64, SrtpError> {
    let index = seq.0.checked_sub(1 << 16).ok_or(SrtpError::Unauthentic)?;
    if index < 1 << 48 { Ok(index) } else { Err(SrtpError::KeyExhausted) }
}

impl SrtpReceiver {
    /// Derives the session keys. `None` where the key is not as long as the suite wants.
    pub fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Some(Self { present: Incoming::new(suite, key)?, former: None })
    }

    /// Authenticates and opens an SRTP packet in place; gives the length of the RTP packet. On
    /// an error the state has not changed; nor has the packet, but for the key's identifier in it.
    ///
    /// # Errors
    /// Why the packet must be dropped; all are the peer's or an attacker's doing.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let packet = self.present.keyed.without_identifier(packet, Kind::Rtp);
        let first = self.present.unprotect_rtp(packet);
        self.or_former(first, |former| former.unprotect_rtp(packet))
    }

    /// The same for an SRTCP packet. One that is not encrypted is refused: we never agree to
    /// `UNENCRYPTED_SRTCP` (RFC 4568 section 6.3.2).
    ///
    /// # Errors
    /// As [`Self::unprotect_rtp`].
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let packet = self.present.keyed.without_identifier(packet, Kind::Rtcp);
        let first = self.present.unprotect_rtcp(packet);
        self.or_former(first, |former| former.unprotect_rtcp(packet))
    }

    fn or_former(
        &mut self,
        first: Result<usize, SrtpError>,
        open: impl FnOnce(&mut Incoming) -> Result<usize, SrtpError>,
    ) -> Result<usize, SrtpError> {
        match (first, &mut self.former) {
            (Ok(len), former) => {
                *former = None;
                Ok(len)
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(former)) => open(former).map_err(|_| error),
        }
    }

    /// Takes the key of a re-offer. The same key keeps indices and replay windows. A key of a
    /// wrong length changes nothing and gives false.
    pub fn rekey(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        if self.present.keyed.is(suite, key) {
            return true;
        }
        let Some(incoming) = Incoming::new(suite, key) else { return false };
        self.former = Some(Box::new(std::mem::replace(&mut self.present, incoming)));
        true
    }
}

impl Incoming {
    fn new(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        let keyed = Keyed::new(suite, key)?;
        Some(Self { keyed, streams: [None; MAX_SSRCS], clock: 0 })
    }

    fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let view = RtpView::parse_protected(packet).map_err(|_| SrtpError::Malformed)?;
        let (ssrc, seq, header) = (view.ssrc(), view.sequence(), view.header_len());
        let mut stream = self.stream(ssrc);
        let extended = stream.seq.guess(seq);
        let index = rtp_index(extended)?;
        if !stream.rtp.admits(index) {
            return Err(SrtpError::Replayed);
        }
        let len = self.keyed.rtp.open_rtp(packet, header, PacketIndex { ssrc, index })?;
        stream.seq.accept(extended);
        stream.rtp.take(index);
        self.keep(stream);
        Ok(len)
    }

    fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let ssrc = rtcp_ssrc(packet)?;
        let word = self.keyed.rtcp.rtcp_word(packet).ok_or(SrtpError::Truncated)?;
        if word & ENCRYPTED == 0 {
            return Err(SrtpError::Unauthentic);
        }
        let index = u64::from(word & !ENCRYPTED);
        let mut stream = self.stream(ssrc);
        if !stream.rtcp.admits(index) {
            return Err(SrtpError::Replayed);
        }
        let len = self.keyed.rtcp.open_rtcp(packet, PacketIndex { ssrc, index })?;
        stream.rtcp.take(index);
        self.keep(stream);
        Ok(len)
    }

    /// What is known of a source; a new one is kept only after a packet of it was authentic.
    fn stream(&self, ssrc: u32) -> Stream {
        let known = self.streams.iter().flatten().find(|stream| stream.ssrc == ssrc);
        known.copied().unwrap_or(Stream { ssrc, ..Stream::default() })
    }

    /// Keeps what is known now, in its place, in a free one, or in the longest unused.
    fn keep(&mut self, stream: Stream) {
        self.clock += 1;
        let place = self.streams.iter_mut().min_by_key(|place| match place {
            Some(known) if known.ssrc == stream.ssrc => (0, 0),
            None => (1, 0),
            Some(other) => (2, other.used),
        });
        if let Some(place) = place {
            *place = Some(Stream { used: self.clock, ..stream });
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("suite", &self.keyed.suite).finish_non_exhaustive()
    }
}

//! What feedback messages say (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb-03,
//! draft-holmer-rmcat-transport-wide-cc-extensions-01).

mod transport_wide;
mod write;

pub use transport_wide::{Arrivals, TICKS_PER_REFERENCE, TransportWide};
pub use write::TransportWideReport;

use super::Feedback;
use crate::{be16, be32};
use causeway_base::Bitrate;

/// `FMT` of transport layer feedback.
const NACK: u8 = 1;
const TMMBR: u8 = 3;
const TMMBN: u8 = 4;
const TRANSPORT_WIDE: u8 = 15;

/// `FMT` of payload specific feedback.
const PICTURE_LOSS: u8 = 1;
const FULL_INTRA: u8 = 4;
const APPLICATION: u8 = 15;

/// How REMB calls itself among application feedback.
const REMB_NAME: [u8; 4] = *b"REMB";

/// Transport layer feedback (RTPFB).
#[derive(Clone, Copy, Debug)]
pub enum TransportFeedback<'a> {
    /// Generic NACK: packets of [`Feedback::media`] that did not come.
    Nack(Nacks<'a>),
    /// TMMBR: send no more than this.
    BitrateRequest(BitrateLimits<'a>),
    /// TMMBN: this is what is held to.
    BitrateNotice(BitrateLimits<'a>),
    /// When the packets of a transport came.
    TransportWide(TransportWide<'a>),
    /// Anything else, with its `FMT`.
    Other(u8),
}

/// Payload specific feedback (PSFB).
#[derive(Clone, Copy, Debug)]
pub enum PayloadFeedback<'a> {
    /// PLI: a picture of [`Feedback::media`] is lost.
    PictureLoss,
    /// FIR: send a picture that decoding can begin with.
    FullIntra(IntraRequests<'a>),
    /// REMB: what the receiver believes the path can carry.
    Estimate(Estimate<'a>),
    /// Anything else, with its `FMT`.
    Other(u8),
}

impl<'a> Feedback<'a> {
    /// Reads transport layer feedback. `None` if it is broken.
    pub fn transport(self) -> Option<TransportFeedback<'a>> {
        let information = self.information;
        Some(match self.format {
            NACK if !information.is_empty() => TransportFeedback::Nack(Nacks::new(information)),
            NACK => return None,
            TMMBR => TransportFeedback::BitrateRequest(BitrateLimits(information)),
            TMMBN => TransportFeedback::BitrateNotice(BitrateLimits(information)),
            TRANSPORT_WIDE => TransportFeedback::TransportWide(TransportWide::parse(information)?),
            other => TransportFeedback::Other(other),
        })
    }

    /// Reads payload specific feedback. `None` if it is broken.
    pub fn payload(self) -> Option<PayloadFeedback<'a>> {
        let information = self.information;
        Some(match self.format {
            PICTURE_LOSS => PayloadFeedback::PictureLoss,
            FULL_INTRA => PayloadFeedback::FullIntra(IntraRequests(information)),
            APPLICATION if information.starts_with(&REMB_NAME) => {
                PayloadFeedback::Estimate(Estimate::parse(information)?)
            }
            other => PayloadFeedback::Other(other),
        })
    }
}

/// Walks the sequence numbers of a NACK: each entry names one and a map of the 16 after it
/// (RFC 4585 section 6.2.1).
#[derive(Clone, Copy, Debug)]
pub struct Nacks<'a> {
    rest: &'a [u8],
    after: u16,
    map: u16,
}

impl<'a> Nacks<'a> {
    const fn new(rest: &'a [u8]) -> Self {
        Self { rest, after: 0, map: 0 }
    }
}

impl Iterator for Nacks<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if self.map != 0 {
            let bit = self.map.trailing_zeros() as u16;
            self.map &= self.map - 1;
            return Some(self.after.wrapping_add(1 + bit));
        }
        let (packet, map) = (be16(self.rest, 0)?, be16(self.rest, 2)?);
        self.rest = self.rest.get(4..)?;
        (self.after, self.map) = (packet, map);
        Some(packet)
    }
}

/// The most that one stream may send (RFC 5104 section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BitrateLimit {
    /// The stream (in a notice: who asked for it).
    pub ssrc: u32,
    /// Bits per second with all headers down to the network's. Written rounded down to 17 bits.
    pub bitrate: Bitrate,
    /// Bytes of those headers that whoever asks counts for each packet, 0-511.
    pub overhead: u16,
}

/// Walks the limits of a TMMBR or TMMBN.
#[derive(Clone, Copy, Debug)]
pub struct BitrateLimits<'a>(&'a [u8]);

impl Iterator for BitrateLimits<'_> {
    type Item = BitrateLimit;

    fn next(&mut self) -> Option<BitrateLimit> {
        let (ssrc, word) = (be32(self.0, 0)?, be32(self.0, 4)?);
        self.0 = self.0.get(8..)?;
        Some(BitrateLimit {
            ssrc,
            bitrate: scaled(word >> 9 & 0x1_ffff, word >> 26),
            overhead: (word & 0x1ff) as u16,
        })
    }
}

/// A request for a full picture of one stream (RFC 5104 section 4.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntraRequest {
    /// The stream.
    pub ssrc: u32,
    /// Counts requests: one that repeats another has its number.
    pub sequence: u8,
}

/// Walks the requests of a FIR.
#[derive(Clone, Copy, Debug)]
pub struct IntraRequests<'a>(&'a [u8]);

impl Iterator for IntraRequests<'_> {
    type Item = IntraRequest;

    fn next(&mut self) -> Option<IntraRequest> {
        let (ssrc, &sequence) = (be32(self.0, 0)?, self.0.get(4)?);
        self.0 = self.0.get(8..)?;
        Some(IntraRequest { ssrc, sequence })
    }
}

/// What a receiver believes the path can carry (REMB).
#[derive(Clone, Copy, Debug)]
pub struct Estimate<'a> {
    /// Bits per second of all its streams together.
    pub bitrate: Bitrate,
    sources: &'a [u8],
}

impl<'a> Estimate<'a> {
    fn parse(information: &'a [u8]) -> Option<Self> {
        let word = be32(information, 4)?;
        let count = (word >> 24) as usize;
        let sources = information.get(8..8 + 4 * count)?;
        Some(Self { bitrate: scaled(word & 0x3_ffff, word >> 18 & 0x3f), sources })
    }

    /// The streams it speaks of.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        self.sources.chunks_exact(4).map(|source| be32(source, 0).unwrap_or(0))
    }
}

/// `mantissa * 2^exponent`, at most what fits.
fn scaled(mantissa: u32, exponent: u32) -> Bitrate {
    let bps = u128::from(mantissa) << (exponent & 0x3f);
    Bitrate::bps(u64::try_from(bps).unwrap_or(u64::MAX))
}

/// A rate as a mantissa of so many bits and an exponent, rounded down.
fn unscaled(bitrate: Bitrate, bits: u32) -> (u32, u32) {
    let bps = bitrate.as_bps();
    let exponent = (u64::BITS - bps.leading_zeros()).saturating_sub(bits);
    ((bps >> exponent) as u32, exponent)
}

#[cfg(test)]
mod tests;

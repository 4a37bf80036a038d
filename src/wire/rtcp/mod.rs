//! RTCP compounds (RFC 3550 section 6), reduced-size ones too (RFC 5506).

mod description;
pub mod feedback;
pub mod ntp;
mod report;
mod write;

pub use description::{DescriptionItem, Descriptions};
pub use feedback::{
    BitrateLimit, IntraRequest, PayloadFeedback, TransportFeedback, TransportWideReport,
};
pub use ntp::{NtpShort, NtpTime};
pub use report::{ReportBlock, Reports, SenderInfo};
pub use write::RtcpWriter;

use crate::{be16, be32};
use report::{REPORT_LEN, SENDER_INFO_LEN};
use std::fmt;

/// Bytes of a packet's header.
pub const HEADER_LEN: usize = 4;

/// Bytes of the longest compound taken: as for RTP, above every Ethernet frame.
pub const MAX_LEN: usize = 2048;

pub(crate) const SENDER_REPORT: u8 = 200;
pub(crate) const RECEIVER_REPORT: u8 = 201;
pub(crate) const SOURCE_DESCRIPTION: u8 = 202;
pub(crate) const BYE: u8 = 203;
pub(crate) const TRANSPORT_FEEDBACK: u8 = 205;
pub(crate) const PAYLOAD_FEEDBACK: u8 = 206;

/// Why bytes are no RTCP compound. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtcpError {
    /// Nothing, or a packet runs over the end. With the offset of that packet.
    TooShort(usize),
    /// Longer than [`MAX_LEN`].
    TooLong,
    /// A version other than 2, at this offset.
    Version(usize),
    /// Padding on a packet that is not the last, or a wrong padding count.
    Padding(usize),
    /// The body is shorter than its count says, at this offset.
    Body(usize),
}

impl fmt::Display for RtcpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RtcpError::TooShort(at) => write!(f, "RTCP packet at {at} runs over the end"),
            RtcpError::TooLong => write!(f, "RTCP compound is longer than {MAX_LEN} bytes"),
            RtcpError::Version(at) => write!(f, "RTCP packet at {at} is not of version 2"),
            RtcpError::Padding(at) => write!(f, "RTCP packet at {at} has wrong padding"),
            RtcpError::Body(at) => write!(f, "RTCP packet at {at} is shorter than its count says"),
        }
    }
}

impl std::error::Error for RtcpError {}

/// A feedback message (RFC 4585 section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Feedback<'a> {
    /// The kind within its family (`FMT`).
    pub format: u8,
    /// Who sends it.
    pub sender: u32,
    /// The stream it speaks of.
    pub media: u32,
    /// The feedback control information.
    pub information: &'a [u8],
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug)]
pub enum RtcpPacket<'a> {
    /// SR.
    SenderReport {
        /// Who sends it.
        ssrc: u32,
        /// Its own stream.
        info: SenderInfo,
        /// The streams it takes.
        reports: Reports<'a>,
    },
    /// RR.
    ReceiverReport {
        /// Who sends it.
        ssrc: u32,
        /// The streams it takes.
        reports: Reports<'a>,
    },
    /// SDES.
    SourceDescription(Descriptions<'a>),
    /// BYE.
    Bye {
        /// The sources that leave, four bytes each.
        sources: Sources<'a>,
        /// Why, if it says so.
        reason: Option<&'a [u8]>,
    },
    /// RTPFB: transport layer feedback.
    TransportFeedback(Feedback<'a>),
    /// PSFB: payload specific feedback.
    PayloadFeedback(Feedback<'a>),
    /// APP, XR or anything newer.
    Other {
        /// The packet type.
        kind: u8,
    },
}

/// Walks the sources of a BYE.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a>(&'a [u8]);

impl Iterator for Sources<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let source = be32(self.0, 0)?;
        self.0 = self.0.get(4..)?;
        Some(source)
    }
}

/// A compound whose every packet was checked.
#[derive(Clone, Copy, Debug)]
pub struct RtcpView<'a>(&'a [u8]);

impl<'a> RtcpView<'a> {
    /// Reads a compound in the clear. It need not begin with a report (RFC 5506).
    ///
    /// # Errors
    /// [`RtcpError`] for the first packet that is wrong; nothing of a broken compound is taken.
    pub fn parse(compound: &'a [u8]) -> Result<Self, RtcpError> {
        if compound.len() > MAX_LEN {
            return Err(RtcpError::TooLong);
        }
        let mut at = 0;
        loop {
            let rest = compound.get(at..).unwrap_or(&[]);
            let (_, len) = read(rest, at)?;
            at += len;
            if at >= compound.len() {
                return Ok(Self(compound));
            }
        }
    }

    /// The packets in order.
    pub fn packets(self) -> Packets<'a> {
        Packets(self.0)
    }
}

/// Walks the packets of a compound.
#[derive(Clone, Copy, Debug)]
pub struct Packets<'a>(&'a [u8]);

impl<'a> Iterator for Packets<'a> {
    type Item = RtcpPacket<'a>;

    fn next(&mut self) -> Option<RtcpPacket<'a>> {
        let (packet, len) = read(self.0, 0).ok()?;
        self.0 = self.0.get(len..).unwrap_or(&[]);
        Some(packet)
    }
}

/// Reads the first packet of `rest`, and its length on the wire. `at` is for errors.
fn read(rest: &[u8], at: usize) -> Result<(RtcpPacket<'_>, usize), RtcpError> {
    let words = be16(rest, 2).ok_or(RtcpError::TooShort(at))?;
    let len = (usize::from(words) + 1) * 4;
    let (packet, after) = rest.split_at_checked(len).ok_or(RtcpError::TooShort(at))?;
    let (&[first, kind, ..], mut body) =
        packet.split_first_chunk::<HEADER_LEN>().ok_or(RtcpError::TooShort(at))?;
    if first >> 6 != 2 {
        return Err(RtcpError::Version(at));
    }
    if first & 0x20 != 0 {
        let padding = usize::from(body.last().copied().unwrap_or(0));
        if padding == 0 || !padding.is_multiple_of(4) || !after.is_empty() {
            return Err(RtcpError::Padding(at));
        }
        let end = body.len().checked_sub(padding).ok_or(RtcpError::Padding(at))?;
        body = body.get(..end).ok_or(RtcpError::Padding(at))?;
    }
    let packet = read_body(kind, first & 0x1f, body).ok_or(RtcpError::Body(at))?;
    Ok((packet, len))
}

fn read_body(kind: u8, count: u8, body: &[u8]) -> Option<RtcpPacket<'_>> {
    let reports = |from: usize| body.get(from..from + usize::from(count) * REPORT_LEN).map(Reports);
    Some(match kind {
        SENDER_REPORT => RtcpPacket::SenderReport {
            ssrc: be32(body, 0)?,
            info: SenderInfo::parse(body.get(4..)?)?,
            reports: reports(4 + SENDER_INFO_LEN)?,
        },
        RECEIVER_REPORT => {
            RtcpPacket::ReceiverReport { ssrc: be32(body, 0)?, reports: reports(4)? }
        }
        SOURCE_DESCRIPTION => RtcpPacket::SourceDescription(Descriptions::new(body, count)),
        BYE => {
            let (sources, rest) = body.split_at_checked(usize::from(count) * 4)?;
            let reason = match rest.split_first() {
                Some((&len, text)) => Some(text.get(..usize::from(len))?),
                None => None,
            };
            RtcpPacket::Bye { sources: Sources(sources), reason }
        }
        TRANSPORT_FEEDBACK => RtcpPacket::TransportFeedback(feedback(count, body)?),
        PAYLOAD_FEEDBACK => RtcpPacket::PayloadFeedback(feedback(count, body)?),
        _ => RtcpPacket::Other { kind },
    })
}

fn feedback(format: u8, body: &[u8]) -> Option<Feedback<'_>> {
    Some(Feedback {
        format,
        sender: be32(body, 0)?,
        media: be32(body, 4)?,
        information: body.get(8..)?,
    })
}

#[cfg(test)]
mod tests;

//! Sender and reception reports (RFC 3550 section 6.4).

use super::ntp::{NtpShort, NtpTime};
use crate::{be32, be64};

/// Bytes of one reception report.
pub(super) const REPORT_LEN: usize = 24;
/// Bytes of the sender information.
pub(super) const SENDER_INFO_LEN: usize = 20;

/// What a sender says of its own stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SenderInfo {
    /// The wall clock of the report.
    pub ntp: NtpTime,
    /// The same moment in the stream's RTP clock.
    pub rtp_timestamp: u32,
    /// Packets sent since the stream began. Wraps.
    pub packets: u32,
    /// Payload bytes sent since the stream began. Wraps.
    pub octets: u32,
}

impl SenderInfo {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            ntp: NtpTime(be64(bytes, 0)?),
            rtp_timestamp: be32(bytes, 8)?,
            packets: be32(bytes, 12)?,
            octets: be32(bytes, 16)?,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; SENDER_INFO_LEN] {
        let mut out = [0; SENDER_INFO_LEN];
        out[..8].copy_from_slice(&self.ntp.0.to_be_bytes());
        out[8..12].copy_from_slice(&self.rtp_timestamp.to_be_bytes());
        out[12..16].copy_from_slice(&self.packets.to_be_bytes());
        out[16..].copy_from_slice(&self.octets.to_be_bytes());
        out
    }
}

/// What a receiver says of a stream it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReportBlock {
    /// The stream.
    pub ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost since the stream began, 24 bits signed: duplicates make it negative. Clamped when
    /// written.
    pub lost: i32,
    /// The highest sequence number, with its wraps in the upper 16 bits.
    pub highest_sequence: u32,
    /// Interarrival jitter in units of the RTP clock.
    pub jitter: u32,
    /// The last sender report taken, 0 if none was.
    pub last_sender_report: NtpShort,
    /// The time since then.
    pub delay_since_last: NtpShort,
}

impl ReportBlock {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let loss = be32(bytes, 4)?;
        Some(Self {
            ssrc: be32(bytes, 0)?,
            fraction_lost: (loss >> 24) as u8,
            lost: (loss << 8) as i32 >> 8,
            highest_sequence: be32(bytes, 8)?,
            jitter: be32(bytes, 12)?,
            last_sender_report: NtpShort(be32(bytes, 16)?),
            delay_since_last: NtpShort(be32(bytes, 20)?),
        })
    }

    pub(super) fn to_bytes(self) -> [u8; REPORT_LEN] {
        let lost = self.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0x00ff_ffff;
        let words = [
            self.ssrc,
            u32::from(self.fraction_lost) << 24 | lost,
            self.highest_sequence,
            self.jitter,
            self.last_sender_report.0,
            self.delay_since_last.0,
        ];
        let mut out = [0; REPORT_LEN];
        for (slot, word) in out.chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        out
    }
}

/// Walks the reception reports of one packet.
#[derive(Clone, Copy, Debug)]
pub struct Reports<'a>(pub(super) &'a [u8]);

impl Iterator for Reports<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.0.split_at_checked(REPORT_LEN)?;
        self.0 = rest;
        ReportBlock::parse(block)
    }
}

//! Writing RTCP compounds into a buffer.

use super::description::CNAME;
use super::report::{ReportBlock, SenderInfo};
use super::{BYE, HEADER_LEN, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
use crate::rtp::NoRoom;

/// Most reports, sources or chunks of one packet (five bits).
const MAX_COUNT: usize = 31;

/// Appends packets to a buffer. A packet that does not fit leaves the buffer as it was.
#[derive(Debug)]
pub struct RtcpWriter<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> RtcpWriter<'a> {
    /// A writer at the start of `out`.
    pub const fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Bytes written.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends an SR with at most 31 reports.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn sender_report(
        &mut self,
        ssrc: u32,
        info: &SenderInfo,
        reports: &[ReportBlock],
    ) -> Result<(), NoRoom> {
        self.packet(SENDER_REPORT, reports.len(), |body| {
            body.put(&ssrc.to_be_bytes())?;
            body.put(&info.to_bytes())?;
            reports.iter().try_for_each(|report| body.put(&report.to_bytes()))
        })
    }

    /// Appends an RR with at most 31 reports.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn receiver_report(&mut self, ssrc: u32, reports: &[ReportBlock]) -> Result<(), NoRoom> {
        self.packet(RECEIVER_REPORT, reports.len(), |body| {
            body.put(&ssrc.to_be_bytes())?;
            reports.iter().try_for_each(|report| body.put(&report.to_bytes()))
        })
    }

    /// Appends an SDES with one canonical name of at most 255 bytes.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn cname(&mut self, ssrc: u32, cname: &str) -> Result<(), NoRoom> {
        let len = u8::try_from(cname.len()).map_err(|_| NoRoom)?;
        self.packet(SOURCE_DESCRIPTION, 1, |body| {
            body.put(&ssrc.to_be_bytes())?;
            body.put(&[CNAME, len])?;
            body.put(cname.as_bytes())?;
            body.put(&[0]) // ends the items; the packet is filled up with more zeros
        })
    }

    /// Appends a BYE of at most 31 sources. An empty reason is left out.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn bye(&mut self, sources: &[u32], reason: &str) -> Result<(), NoRoom> {
        let len = u8::try_from(reason.len()).map_err(|_| NoRoom)?;
        self.packet(BYE, sources.len(), |body| {
            sources.iter().try_for_each(|source| body.put(&source.to_be_bytes()))?;
            if len > 0 {
                body.put(&[len])?;
                body.put(reason.as_bytes())?;
            }
            Ok(())
        })
    }

    pub(super) fn packet(
        &mut self,
        kind: u8,
        count: usize,
        fill: impl FnOnce(&mut Self) -> Result<(), NoRoom>,
    ) -> Result<(), NoRoom> {
        if count > MAX_COUNT {
            return Err(NoRoom);
        }
        let start = self.len;
        let written = self.put(&[0; HEADER_LEN]).and_then(|()| fill(self)).and_then(|()| {
            while !self.len.is_multiple_of(4) {
                self.put(&[0])?;
            }
            let words = u16::try_from((self.len - start) / 4 - 1).map_err(|_| NoRoom)?;
            let [high, low] = words.to_be_bytes();
            let header = self.out.get_mut(start..start + HEADER_LEN).ok_or(NoRoom)?;
            header.copy_from_slice(&[0x80 | count as u8, kind, high, low]);
            Ok(())
        });
        if written.is_err() {
            self.len = start;
        }
        written
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), NoRoom> {
        let end = self.len + bytes.len();
        self.out.get_mut(self.len..end).ok_or(NoRoom)?.copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }
}

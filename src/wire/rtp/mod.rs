//! RTP packets (RFC 3550 section 5): a view that borrows, and a header writer.

mod extension;

pub use extension::{Extension, Extensions, ONE_BYTE_PROFILE, TWO_BYTE_PROFILE};

use crate::{be16, be32};
use std::fmt;

/// Bytes of the fixed header.
pub const MIN_LEN: usize = 12;

/// Bytes of the longest packet taken: above every Ethernet frame, below what a sender needs
/// to make us copy for nothing.
pub const MAX_LEN: usize = 2048;

/// Most contributing sources that a header can name (four bits).
pub const MAX_CSRC: usize = 15;

/// Why bytes are no RTP packet. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtpError {
    /// Shorter than the header says, or than [`MIN_LEN`].
    TooShort,
    /// Longer than [`MAX_LEN`].
    TooLong,
    /// The version is not 2.
    Version(u8),
    /// The padding count is 0 or longer than the payload.
    Padding,
}

impl fmt::Display for RtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RtpError::TooShort => f.write_str("RTP packet is shorter than its header says"),
            RtpError::TooLong => write!(f, "RTP packet is longer than {MAX_LEN} bytes"),
            RtpError::Version(version) => write!(f, "RTP version is {version}, expected 2"),
            RtpError::Padding => f.write_str("RTP padding is empty or longer than the payload"),
        }
    }
}

impl std::error::Error for RtpError {}

/// The fields of the fixed header that differ from packet to packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RtpHeader {
    /// The marker bit: for audio, the first packet after a silence (RFC 3551 section 4.1).
    pub marker: bool,
    /// The payload type; the upper bit is ignored.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The media timestamp, in the clock of the payload type.
    pub timestamp: u32,
    /// The synchronization source.
    pub ssrc: u32,
}

/// The buffer is too small for what was to be written, or a value cannot be written at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoRoom;

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the packet does not fit its buffer")
    }
}

impl std::error::Error for NoRoom {}

impl RtpHeader {
    /// Writes the header to the start of `out` and says how many bytes it took; the payload
    /// goes behind. Extensions are written with one-byte headers where all fit
    /// (RFC 8285 section 4.2), else with two-byte headers.
    ///
    /// # Errors
    /// [`NoRoom`] if `out` is too short, there are more than [`MAX_CSRC`] contributing
    /// sources, or an extension has the identifier 0 or more than 255 bytes.
    pub fn write(
        &self,
        csrc: &[u32],
        extensions: &[Extension<'_>],
        out: &mut [u8],
    ) -> Result<usize, NoRoom> {
        if csrc.len() > MAX_CSRC {
            return Err(NoRoom);
        }
        let extension_bit = if extensions.is_empty() { 0 } else { 0x10 };
        let (fixed, rest) = out.split_first_chunk_mut::<MIN_LEN>().ok_or(NoRoom)?;
        let [sequence_high, sequence_low] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [s0, s1, s2, s3] = self.ssrc.to_be_bytes();
        *fixed = [
            0x80 | extension_bit | csrc.len() as u8,
            u8::from(self.marker) << 7 | self.payload_type & 0x7f,
            sequence_high,
            sequence_low,
            t0,
            t1,
            t2,
            t3,
            s0,
            s1,
            s2,
            s3,
        ];
        let csrc_len = csrc.len() * 4;
        let (csrc_out, rest) = rest.split_at_mut_checked(csrc_len).ok_or(NoRoom)?;
        for (slot, source) in csrc_out.chunks_exact_mut(4).zip(csrc) {
            slot.copy_from_slice(&source.to_be_bytes());
        }
        let extension_len =
            if extensions.is_empty() { 0 } else { extension::write(extensions, rest)? };
        Ok(MIN_LEN + csrc_len + extension_len)
    }
}

/// A packet, borrowed. Lengths were checked by [`RtpView::parse`].
#[derive(Clone, Copy)]
pub struct RtpView<'a> {
    packet: &'a [u8],
    header: RtpHeader,
    csrc: &'a [u8],
    extension_profile: u16,
    extension: &'a [u8],
    header_len: usize,
    payload: &'a [u8],
}

impl fmt::Debug for RtpView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpView")
            .field("header", &self.header)
            .field("header_len", &self.header_len)
            .field("payload_len", &self.payload.len())
            .finish()
    }
}

impl<'a> RtpView<'a> {
    /// Reads a packet in the clear.
    ///
    /// # Errors
    /// [`RtpError`] where a length, the version or the padding is wrong.
    pub fn parse(packet: &'a [u8]) -> Result<Self, RtpError> {
        let mut view = Self::parse_protected(packet)?;
        if view.has_padding() {
            let padding = usize::from(*view.payload.last().ok_or(RtpError::Padding)?);
            let end = view.payload.len().checked_sub(padding).ok_or(RtpError::Padding)?;
            if padding == 0 {
                return Err(RtpError::Padding);
            }
            view.payload = view.payload.get(..end).ok_or(RtpError::Padding)?;
        }
        Ok(view)
    }

    /// Reads the header of an SRTP packet. The payload is what follows the header: still
    /// encrypted, with padding and authentication tag.
    ///
    /// # Errors
    /// [`RtpError`] where a length or the version is wrong.
    pub fn parse_protected(packet: &'a [u8]) -> Result<Self, RtpError> {
        if packet.len() > MAX_LEN {
            return Err(RtpError::TooLong);
        }
        let (fixed, rest) = packet.split_first_chunk::<MIN_LEN>().ok_or(RtpError::TooShort)?;
        let version = fixed[0] >> 6;
        if version != 2 {
            return Err(RtpError::Version(version));
        }
        let csrc_len = usize::from(fixed[0] & 0x0f) * 4;
        let (csrc, rest) = rest.split_at_checked(csrc_len).ok_or(RtpError::TooShort)?;
        let (extension_profile, extension, payload) = if fixed[0] & 0x10 == 0 {
            (0, &[][..], rest)
        } else {
            let profile = be16(rest, 0).ok_or(RtpError::TooShort)?;
            let words = be16(rest, 2).ok_or(RtpError::TooShort)?;
            let rest = rest.get(4..).ok_or(RtpError::TooShort)?;
            let (extension, payload) =
                rest.split_at_checked(usize::from(words) * 4).ok_or(RtpError::TooShort)?;
            (profile, extension, payload)
        };
        Ok(Self {
            packet,
            header: RtpHeader {
                marker: fixed[1] & 0x80 != 0,
                payload_type: fixed[1] & 0x7f,
                sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
                timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
                ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            },
            csrc,
            extension_profile,
            extension,
            header_len: packet.len() - payload.len(),
            payload,
        })
    }

    /// The fixed header.
    pub const fn header(&self) -> RtpHeader {
        self.header
    }

    /// The marker bit.
    pub const fn marker(&self) -> bool {
        self.header.marker
    }

    /// The payload type, 0-127.
    pub const fn payload_type(&self) -> u8 {
        self.header.payload_type
    }

    /// The sequence number.
    pub const fn sequence(&self) -> u16 {
        self.header.sequence
    }

    /// The media timestamp.
    pub const fn timestamp(&self) -> u32 {
        self.header.timestamp
    }

    /// The synchronization source.
    pub const fn ssrc(&self) -> u32 {
        self.header.ssrc
    }

    /// Whether the padding bit is set.
    pub fn has_padding(&self) -> bool {
        self.packet.first().is_some_and(|first| first & 0x20 != 0)
    }

    /// The contributing sources, in order.
    pub fn csrc(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        self.csrc.chunks_exact(4).map(|source| be32(source, 0).unwrap_or(0))
    }

    /// The header extension's profile field and bytes, whatever the profile.
    pub fn raw_extension(&self) -> Option<(u16, &'a [u8])> {
        self.packet
            .first()
            .is_some_and(|first| first & 0x10 != 0)
            .then_some((self.extension_profile, self.extension))
    }

    /// The header extensions of RFC 8285, read as they are asked for. Empty for any other
    /// profile.
    pub fn extensions(&self) -> Extensions<'a> {
        Extensions::new(self.extension_profile, self.extension)
    }

    /// The first header extension with this identifier.
    pub fn extension(&self, id: u8) -> Option<&'a [u8]> {
        self.extensions().find(|extension| extension.id == id).map(|extension| extension.data)
    }

    /// Bytes of the header with contributing sources and extensions.
    pub const fn header_len(&self) -> usize {
        self.header_len
    }

    /// The payload, without padding where [`Self::parse`] read it. Can be empty.
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The whole packet.
    pub const fn packet(&self) -> &'a [u8] {
        self.packet
    }
}

#[cfg(test)]
mod tests;

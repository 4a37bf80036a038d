//! The uncompressed beginning of a VP8 frame (RFC 6386 section 9.1).

use causeway_base::VideoSize;

/// What a frame says of itself before anything is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameHeader {
    /// The variant of the bitstream, 0-3.
    pub version: u8,
    /// Whether it is shown.
    pub shown: bool,
    /// Bytes of the first partition, 19 bits.
    pub first_partition: u32,
    /// Only if it leans on no other frame.
    pub key: Option<KeyFrame>,
}

/// What only a key frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFrame {
    /// The size, each side 1-16383.
    pub size: VideoSize,
    /// The scale that the sender proposes, horizontal and vertical, 0-3. Decoders leave it alone.
    pub scale: (u8, u8),
}

const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

impl FrameHeader {
    /// Reads the beginning of a frame. `None` if it is too short, of a later version, or a key
    /// frame without its start code or without a size.
    pub fn parse(frame: &[u8]) -> Option<Self> {
        let (&[a, b, c], rest) = frame.split_first_chunk::<3>()?;
        let tag = u32::from_le_bytes([a, b, c, 0]);
        let version = (tag >> 1 & 7) as u8;
        if version > 3 {
            return None;
        }
        let key = if tag & 1 == 0 { Some(KeyFrame::parse(rest)?) } else { None };
        Some(Self { version, shown: tag & 0x10 != 0, first_partition: tag >> 5, key })
    }
}

impl KeyFrame {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let &[s0, s1, s2, w0, w1, h0, h1] = bytes.first_chunk::<7>()?;
        if [s0, s1, s2] != START_CODE {
            return None;
        }
        let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
        let size = VideoSize::new(width & 0x3fff, height & 0x3fff);
        let scale = ((width >> 14) as u8, (height >> 14) as u8);
        (size.pixels() > 0).then_some(Self { size, scale })
    }
}

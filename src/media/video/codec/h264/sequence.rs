//! What a sequence parameter set says of the pictures to come (ITU-T H.264 clause 7.3.2.1.1):
//! read before the native decoder allocates for them.

use causeway_base::VideoSize;

use super::bits::Bits;
use crate::video::codec::DecodeError;
use crate::video::frame::{MAX_PIXELS, MAX_SIDE};

/// Macroblocks along the longest side of any level (6.2, clause A.3.1): beyond is no picture.
const MAX_MACROBLOCKS: u32 = 1055;

/// Checks a parameter set, without the byte of its NAL header. `Ok(false)` is one that cannot be
/// read, which the decoder is not to see.
pub(super) fn check(set: &[u8]) -> Result<bool, DecodeError> {
    let Some(sequence) = Sequence::parse(set) else { return Ok(false) };
    if !sequence.usual {
        return Err(DecodeError::Unsupported);
    }
    let (width, height) = (sequence.width, sequence.height);
    // Coded pictures are whole macroblocks: the longest side is rounded up.
    let longest = u32::from(MAX_SIDE).next_multiple_of(16);
    if width > longest || height > longest || width * height > MAX_PIXELS {
        return Err(DecodeError::Size(VideoSize::new(width as u16, height as u16)));
    }
    Ok(true)
}

struct Sequence {
    /// Progressive, 4:2:0, eight bits.
    usual: bool,
    /// Coded columns and rows.
    width: u32,
    height: u32,
}

impl Sequence {
    fn parse(set: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(set);
        let profile = bits.bits(8)?;
        bits.bits(16)?; // constraints, level_idc
        bits.unsigned()?; // seq_parameter_set_id
        // The older profiles have 4:2:0 of eight bits alone.
        let usual_samples = match profile {
            66 | 77 | 88 => true,
            100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135 => {
                read_samples(&mut bits)?
            }
            _ => false,
        };
        if !usual_samples {
            return Some(Self { usual: false, width: 0, height: 0 });
        }
        bits.unsigned()?; // log2_max_frame_num_minus4
        skip_picture_order(&mut bits)?;
        bits.unsigned()?; // max_num_ref_frames
        bits.flag()?; // gaps_in_frame_num_value_allowed_flag
        let side = |bits: &mut Bits<'_>| Some(bits.unsigned()?.min(MAX_MACROBLOCKS - 1) + 1);
        let (width, height) = (side(&mut bits)?, side(&mut bits)?);
        let progressive = bits.flag()?;
        Some(Self { usual: progressive, width: width * 16, height: height * 16 })
    }
}

/// Reads the sample format: whether it is 4:2:0 of eight bits. What follows in others is not read.
fn read_samples(bits: &mut Bits<'_>) -> Option<bool> {
    let chroma_format = bits.unsigned()?;
    if chroma_format != 1 {
        return Some(false);
    }
    let (luma_depth, chroma_depth) = (bits.unsigned()?, bits.unsigned()?);
    bits.flag()?; // qpprime_y_zero_transform_bypass_flag
    if bits.flag()? {
        for list in 0..8 {
            if bits.flag()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(luma_depth == 0 && chroma_depth == 0)
}

fn skip_scaling_list(bits: &mut Bits<'_>, size: u8) -> Option<()> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.unsigned()? {
        0 => bits.unsigned().map(|_| ()), // log2_max_pic_order_cnt_lsb_minus4
        1 => {
            bits.flag()?; // delta_pic_order_always_zero_flag
            bits.signed()?; // offset_for_non_ref_pic
            bits.signed()?; // offset_for_top_to_bottom_field
            let cycle = bits.unsigned().filter(|cycle| *cycle <= 255)?;
            (0..cycle).try_for_each(|_| bits.signed().map(|_| ()))
        }
        2 => Some(()),
        _ => None,
    }
}

#[cfg(test)]
pub(in crate::video::codec) mod tests {
    use super::*;

    /// Writes bits, to make parameter sets of any content.
    #[derive(Default)]
    pub(in crate::video::codec) struct Writer(Vec<bool>);

    impl Writer {
        pub(in crate::video::codec) fn bits(mut self, value: u32, count: u8) -> Self {
            self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
            self
        }
        pub(in crate::video::codec) fn unsigned(self, value: u32) -> Self {
            let length = (value + 1).ilog2() as u8;
            self.bits(0, length).bits(value + 1, length + 1)
        }
        /// With the stop bit and emulation prevention.
        pub(in crate::video::codec) fn finish(mut self) -> Vec<u8> {
            self.0.push(true);
            let mut out: Vec<u8> = Vec::new();
            for byte in self.0.chunks(8) {
                let whole = byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit));
                let value = whole << (8 - byte.len());
                if value <= 3 && out.ends_with(&[0, 0]) {
                    out.push(3);
                }
                out.push(value);
            }
            out
        }
    }

    /// A set of `profile` with a size in macroblocks.
    pub(in crate::video::codec) fn set(profile: u8, width: u32, height: u32) -> Vec<u8> {
        let head = Writer::default().bits(u32::from(profile), 8).bits(31, 16).unsigned(0);
        let head = match profile {
            100.. => head.unsigned(1).unsigned(0).unsigned(0).bits(0, 2),
            _ => head,
        };
        let body = head.unsigned(0).unsigned(2).unsigned(1).bits(0, 1);
        body.unsigned(width - 1).unsigned(height - 1).bits(0b1100, 4).finish()
    }

    #[test]
    fn sizes_are_bounded_in_either_orientation() {
        for (width, height) in [(1, 1), (80, 45), (120, 68), (68, 120)] {
            assert_eq!(check(&set(66, width, height)), Ok(true), "{width}x{height}");
            assert_eq!(check(&set(100, width, height)), Ok(true), "{width}x{height}");
        }
        for (width, height) in [(121, 1), (120, 69), (480, 270), (1055, 1055)] {
            let size = VideoSize::new(width * 16, height * 16);
            let set = set(77, width.into(), height.into());
            assert_eq!(check(&set), Err(DecodeError::Size(size)));
        }
        assert!(matches!(check(&set(66, 1 << 20, 1 << 20)), Err(DecodeError::Size(_))));
    }

    #[test]
    fn what_the_decoder_cannot_show_is_named() {
        let high_422 = Writer::default().bits(122, 8).bits(31, 16).unsigned(0).unsigned(2).finish();
        assert_eq!(check(&high_422), Err(DecodeError::Unsupported));
        let unknown = Writer::default().bits(99, 8).bits(31, 16).unsigned(0).finish();
        assert_eq!(check(&unknown), Err(DecodeError::Unsupported));
        let interlaced = Writer::default().bits(77, 8).bits(31, 16).unsigned(0).unsigned(0);
        let interlaced = interlaced.unsigned(2).unsigned(1).bits(0, 1).unsigned(44).unsigned(17);
        assert_eq!(check(&interlaced.bits(0b00100, 5).finish()), Err(DecodeError::Unsupported));
    }

    #[test]
    fn sets_that_end_early_are_unreadable() {
        let whole = set(100, 80, 45);
        // Its last byte has the stop bit and what follows the size.
        for end in 0..whole.len() - 2 {
            assert_eq!(check(&whole[..end]), Ok(false), "{end}");
        }
    }
}

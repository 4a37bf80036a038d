//! What a sequence parameter set says of the pictures to come: read before the native decoder
//! allocates for them.

use crate::video::codec::DecodeError;
use crate::video::frame::{MAX_PIXELS, MAX_SIDE};
use causeway_wire::h264::{Nal, SequenceParameterSet};

/// Checks a parameter set. `Ok(false)` is one that cannot be read, which the decoder is not to
/// see.
pub(super) fn check(set: Nal<'_>) -> Result<bool, DecodeError> {
    let Some(sequence) = SequenceParameterSet::parse(set) else { return Ok(false) };
    if !sequence.is_usual() {
        return Err(DecodeError::Unsupported);
    }
    // Coded pictures are whole macroblocks: the longest side is rounded up.
    let (size, longest) = (sequence.coded_size, MAX_SIDE.next_multiple_of(16));
    if size.width > longest || size.height > longest || size.pixels() > MAX_PIXELS {
        return Err(DecodeError::Size(size));
    }
    Ok(true)
}

#[cfg(test)]
pub(in crate::video::codec) mod tests {
    use super::*;
    use causeway_base::VideoSize;

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

    /// A set of `profile` with a size in macroblocks, with its NAL header.
    pub(in crate::video::codec) fn set(profile: u8, width: u32, height: u32) -> Vec<u8> {
        written(profile, (1, 0), width, height, 0b11000)
    }

    /// `sample` is the chroma format, and the bits of chroma beyond eight; `flags` begin with
    /// `frame_mbs_only_flag`.
    fn written(profile: u8, sample: (u32, u32), width: u32, height: u32, flags: u32) -> Vec<u8> {
        let head = Writer::default().bits(0x67, 8).bits(u32::from(profile), 8).bits(31, 16);
        let head = match profile {
            100.. => head.unsigned(0).unsigned(sample.0).unsigned(0).unsigned(sample.1).bits(0, 2),
            _ => head.unsigned(0),
        };
        let body = head.unsigned(0).unsigned(2).unsigned(1).bits(0, 1);
        body.unsigned(width - 1).unsigned(height - 1).bits(flags, 5).finish()
    }

    fn checked(set: &[u8]) -> Result<bool, DecodeError> {
        check(Nal::new(set).expect("a unit"))
    }

    #[test]
    fn sizes_are_bounded_in_either_orientation() {
        for (width, height) in [(1, 1), (80, 45), (120, 68), (68, 120)] {
            assert_eq!(checked(&set(66, width, height)), Ok(true), "{width}x{height}");
            assert_eq!(checked(&set(100, width, height)), Ok(true), "{width}x{height}");
        }
        for (width, height) in [(121, 1), (120, 69), (480, 270), (1055, 1055)] {
            let size = VideoSize::new(width * 16, height * 16);
            let set = set(77, width.into(), height.into());
            assert_eq!(checked(&set), Err(DecodeError::Size(size)));
        }
        let beyond_all_levels = set(66, 1 << 20, 1 << 20);
        assert_eq!(checked(&beyond_all_levels), Ok(false));
    }

    #[test]
    fn what_the_decoder_cannot_show_is_named() {
        let grey = written(100, (0, 0), 80, 45, 0b11000);
        let high_422 = written(122, (2, 0), 80, 45, 0b11000);
        let deep_chroma = written(110, (1, 2), 80, 45, 0b11000);
        let unknown = written(99, (1, 0), 80, 45, 0b11000);
        let interlaced = written(77, (1, 0), 45, 18, 0b00100);
        for set in [grey, high_422, deep_chroma, unknown, interlaced] {
            assert_eq!(checked(&set), Err(DecodeError::Unsupported), "{set:?}");
        }
    }

    #[test]
    fn sets_that_end_early_are_unreadable() {
        let whole = set(100, 80, 45);
        // Its last byte has the stop bit and what follows the size.
        for end in 1..whole.len() - 2 {
            assert_eq!(checked(&whole[..end]), Ok(false), "{end}");
        }
    }
}

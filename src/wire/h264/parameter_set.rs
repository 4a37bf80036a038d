//! Parameter sets (ITU-T H.264 clauses 7.3.2.1 and 7.3.2.2): sizes are checked before anybody
//! allocates for them.

use super::bits::Bits;
use super::nal::{Nal, NalType};
use causeway_base::VideoSize;

/// Macroblocks of the widest or highest picture that is read: level 6.2 stops at 1055
/// (ITU-T H.264 clause A.3.1, the root of 8 times 139264). What a decoder takes is its own affair.
pub const MAX_SIDE: u32 = 1055;

/// Reference frames of any stream (clause 7.4.2.1.1: `MaxDpbFrames` is at most 16).
const MAX_REFERENCE_FRAMES: u32 = 16;

/// What a sequence says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SequenceParameterSet {
    /// `profile_idc`: 66 baseline, 77 main, 100 high.
    pub profile: u8,
    /// The byte of constraint flags, `constraint_set0_flag` uppermost.
    pub constraints: u8,
    /// `level_idc`: ten times the level.
    pub level: u8,
    /// Its identifier, 0-31.
    pub id: u8,
    /// `chroma_format_idc`: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits of a sample, 8-14: of luma or of chroma, whichever has more.
    pub bit_depth: u8,
    /// Reference frames that a decoder must keep, 0-16.
    pub reference_frames: u8,
    /// Whether pictures may be fields.
    pub interlaced: bool,
    /// What is coded: whole macroblocks.
    pub coded_size: VideoSize,
    /// What is shown: without what is cropped. Never empty.
    pub size: VideoSize,
}

impl SequenceParameterSet {
    /// Reads a NAL unit. `None` if it is something else, ends too early, or names a value that
    /// the standard does not: no size, a size beyond [`MAX_SIDE`], or a crop of all of it.
    pub fn parse(nal: Nal<'_>) -> Option<Self> {
        if nal.kind() != NalType::SequenceParameterSet {
            return None;
        }
        let mut bits = Bits::new(nal.body());
        let profile = bits.bits(8)? as u8;
        let constraints = bits.bits(8)? as u8;
        let level = bits.bits(8)? as u8;
        let id = bits.unsigned_to(31)? as u8;
        let samples = if has_sample_format(profile) {
            SampleFormat::parse(&mut bits)?
        } else {
            SampleFormat::USUAL
        };
        bits.unsigned_to(12)?; // log2_max_frame_num_minus4
        skip_picture_order(&mut bits)?;
        let reference_frames = bits.unsigned_to(MAX_REFERENCE_FRAMES)? as u8;
        bits.flag()?; // gaps_in_frame_num_value_allowed_flag
        let width = bits.unsigned_to(MAX_SIDE - 1)? + 1;
        let map_height = bits.unsigned_to(MAX_SIDE - 1)? + 1;
        let frames_only = bits.flag()?;
        if !frames_only {
            bits.flag()?; // mb_adaptive_frame_field_flag
        }
        let height = if frames_only { map_height } else { map_height * 2 };
        if height > MAX_SIDE {
            return None;
        }
        bits.flag()?; // direct_8x8_inference_flag
        let coded_size = VideoSize::new((width * 16) as u16, (height * 16) as u16);
        let size = crop(&mut bits, coded_size, samples.chroma_format, frames_only)?;
        Some(Self {
            profile,
            constraints,
            level,
            id,
            chroma_format: samples.chroma_format,
            bit_depth: samples.bit_depth,
            reference_frames,
            interlaced: !frames_only,
            coded_size,
            size,
        })
    }

    /// Whether its pictures are what every decoder of ours takes: whole frames, 4:2:0 of eight
    /// bits, in a profile that the standard has.
    pub const fn is_usual(&self) -> bool {
        let known = has_sample_format(self.profile) || matches!(self.profile, 66 | 77 | 88);
        known && !self.interlaced && self.chroma_format == 1 && self.bit_depth == 8
    }
}

/// Profiles whose sets carry a sample format (clause 7.3.2.1.1).
const fn has_sample_format(profile: u8) -> bool {
    matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135)
}

#[derive(Clone, Copy)]
struct SampleFormat {
    chroma_format: u8,
    bit_depth: u8,
}

impl SampleFormat {
    const USUAL: Self = Self { chroma_format: 1, bit_depth: 8 };

    fn parse(bits: &mut Bits<'_>) -> Option<Self> {
        let chroma_format = bits.unsigned_to(3)? as u8;
        if chroma_format == 3 {
            bits.flag()?; // separate_colour_plane_flag
        }
        let (luma, chroma) = (bits.unsigned_to(6)? as u8, bits.unsigned_to(6)? as u8);
        let bit_depth = 8 + luma.max(chroma);
        bits.flag()?; // qpprime_y_zero_transform_bypass_flag
        if bits.flag()? {
            let lists = if chroma_format == 3 { 12 } else { 8 };
            for list in 0..lists {
                if bits.flag()? {
                    skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
        Some(Self { chroma_format, bit_depth })
    }
}

/// Clause 7.3.2.1.1.1.
fn skip_scaling_list(bits: &mut Bits<'_>, size: u8) -> Option<()> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            let delta = bits.signed().filter(|delta| (-128..=127).contains(delta))?;
            next = (last + delta + 256) % 256;
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.unsigned_to(2)? {
        0 => {
            bits.unsigned_to(12)?; // log2_max_pic_order_cnt_lsb_minus4
        }
        1 => {
            bits.flag()?; // delta_pic_order_always_zero_flag
            bits.signed()?; // offset_for_non_ref_pic
            bits.signed()?; // offset_for_top_to_bottom_field
            for _ in 0..bits.unsigned_to(255)? {
                bits.signed()?; // offset_for_ref_frame
            }
        }
        _ => {}
    }
    Some(())
}

/// What is left of `coded` (clause 7.4.2.1.1, equations 7-19 to 7-22).
fn crop(
    bits: &mut Bits<'_>,
    coded: VideoSize,
    chroma_format: u8,
    frames_only: bool,
) -> Option<VideoSize> {
    if !bits.flag()? {
        return Some(coded);
    }
    let (unit_x, unit_y) = match chroma_format {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let unit_y = if frames_only { unit_y } else { 2 * unit_y };
    let mut shown = |side: u16, unit: u64| {
        let before = u64::from(bits.unsigned()?);
        let behind = u64::from(bits.unsigned()?);
        let left = u64::from(side).checked_sub((before + behind) * unit)?;
        (left > 0).then_some(left as u16)
    };
    let width = shown(coded.width, unit_x)?;
    let height = shown(coded.height, unit_y)?;
    Some(VideoSize::new(width, height))
}

/// What a picture says of itself, as far as it matters to know before decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PictureParameterSet {
    /// Its identifier, 0-255.
    pub id: u8,
    /// The sequence parameter set it belongs to, 0-31.
    pub sequence_parameter_set: u8,
    /// Arithmetic coding: not in the baseline profiles.
    pub arithmetic: bool,
    /// Slice groups, 1-8. More than one is in no profile that decoders commonly take.
    pub slice_groups: u8,
}

impl PictureParameterSet {
    /// Reads a NAL unit. `None` if it is something else, ends too early, or names a value that
    /// the standard does not.
    pub fn parse(nal: Nal<'_>) -> Option<Self> {
        if nal.kind() != NalType::PictureParameterSet {
            return None;
        }
        let mut bits = Bits::new(nal.body());
        let id = bits.unsigned_to(255)? as u8;
        let sequence_parameter_set = bits.unsigned_to(31)? as u8;
        let arithmetic = bits.flag()?;
        bits.flag()?; // bottom_field_pic_order_in_frame_present_flag
        let slice_groups = bits.unsigned_to(7)? as u8 + 1;
        Some(Self { id, sequence_parameter_set, arithmetic, slice_groups })
    }
}

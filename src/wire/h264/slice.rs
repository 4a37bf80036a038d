//! The beginning of a slice (ITU-T H.264 clause 7.3.3).

use super::bits::Bits;
use super::nal::{Nal, NalType};

/// The first fields of a slice header: enough to know where a picture begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SliceStart {
    /// The macroblock it begins with: zero for the first slice of a picture, as long as slices
    /// come in order (every profile but the extended one and baseline's arbitrary order).
    pub first_macroblock: u32,
    /// `slice_type`, 0-9: 2 and 7 lean on nothing.
    pub slice_type: u8,
    /// The picture parameter set, 0-255.
    pub picture_parameter_set: u8,
}

impl SliceStart {
    /// Reads the slice of a NAL unit. `None` if it holds no slice, or a broken one.
    pub fn parse(nal: Nal<'_>) -> Option<Self> {
        Self::parse_body(nal.kind(), nal.body())
    }

    /// Reads the beginning of a slice whose header byte went ahead, as in a fragment.
    pub fn parse_body(kind: NalType, body: &[u8]) -> Option<Self> {
        // Partition A (2) begins as a slice does; B and C do not.
        if !matches!(kind, NalType::Slice | NalType::Idr | NalType::Other(2)) {
            return None;
        }
        let mut bits = Bits::new(body);
        Some(Self {
            first_macroblock: bits.unsigned()?,
            slice_type: bits.unsigned_to(9)? as u8,
            picture_parameter_set: bits.unsigned_to(255)? as u8,
        })
    }

    /// Whether all of it is coded without other pictures.
    pub const fn is_intra(&self) -> bool {
        matches!(self.slice_type, 2 | 4 | 7 | 9)
    }
}

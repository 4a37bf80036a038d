//! What of an access unit the native decoder gets to see.

use super::sequence;
use crate::video::codec::{DecodeError, Reference};
use causeway_wire::h264::{AnnexB, NalType, START_CODE};

/// What an access unit holds besides parameter sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// No picture.
    Sets,
    /// A picture that builds on others.
    Inter,
    /// A picture that stands alone.
    Key,
}

/// Copies what is to be decoded into `out`, and says what it is. While the reference is missing,
/// slices of inter pictures are left out.
pub(super) fn filter(
    access_unit: &[u8],
    reference: Reference,
    out: &mut Vec<u8>,
) -> Result<Holds, DecodeError> {
    out.clear();
    let mut holds = Holds::Sets;
    for nal in AnnexB::new(access_unit) {
        let wanted = match nal.kind() {
            NalType::Slice => {
                holds = if holds == Holds::Key { holds } else { Holds::Inter };
                reference == Reference::Known
            }
            NalType::Idr => {
                holds = Holds::Key;
                true
            }
            NalType::SequenceParameterSet => sequence::check(nal)?,
            NalType::PictureParameterSet => true,
            // All others say nothing about the pictures of these profiles, or belong to
            // extensions, whose parsers need not meet hostile bytes.
            _ => false,
        };
        if wanted {
            out.extend_from_slice(&START_CODE);
            out.extend_from_slice(nal.bytes());
        }
    }
    Ok(holds)
}

#[cfg(test)]
mod tests {
    use super::super::sequence::tests::set;
    use super::*;

    fn stream(nals: &[&[u8]]) -> Vec<u8> {
        nals.iter().flat_map(|nal| [&[0, 0, 0, 1], *nal].concat()).collect()
    }

    #[test]
    fn inter_pictures_wait_for_a_key_picture_and_sets_do_not() {
        let sps = set(66, 20, 12);
        let unit = stream(&[&sps, &[0x68, 1], &[0x41, 2], &[0x06, 3], &[0x61 | 0x80, 4]]);
        let mut out = Vec::new();
        assert_eq!(filter(&unit, Reference::Missing, &mut out), Ok(Holds::Inter));
        assert_eq!(out, stream(&[&sps, &[0x68, 1]]));
        assert_eq!(filter(&unit, Reference::Known, &mut out), Ok(Holds::Inter));
        assert_eq!(out, stream(&[&sps, &[0x68, 1], &[0x41, 2]]));
        assert_eq!(filter(&stream(&[&[0x65, 9]]), Reference::Missing, &mut out), Ok(Holds::Key));
    }

    #[test]
    fn sizes_beyond_the_bound_stop_the_unit() {
        let sps = set(66, 480, 270);
        let unit = stream(&[&sps, &[0x65, 9]]);
        let result = filter(&unit, Reference::Known, &mut Vec::new());
        assert!(matches!(result, Err(DecodeError::Size(size)) if size.width == 7680));
    }
}

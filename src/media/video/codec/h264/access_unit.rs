//! What of an access unit the native decoder gets to see.

use super::sequence;
use crate::video::codec::DecodeError;
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

/// What an access unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) holds: Holds,
    /// Others build on it.
    pub(super) is_reference: bool,
    /// Decoding can begin here, and what comes out is right so many reference pictures later.
    pub(super) recovery: Option<u16>,
}

/// Which slices of pictures that build on others are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inter {
    /// None but those behind a recovery point: what they build on is missing.
    FromRecovery,
    All,
}

/// Copies what is to be decoded into `out`, and says what it is.
pub(super) fn filter(
    access_unit: &[u8],
    inter: Inter,
    out: &mut Vec<u8>,
) -> Result<Unit, DecodeError> {
    out.clear();
    let mut unit = Unit { holds: Holds::Sets, is_reference: false, recovery: None };
    for nal in AnnexB::new(access_unit) {
        let wanted = match nal.kind() {
            NalType::Slice => {
                unit.holds = if unit.holds == Holds::Key { unit.holds } else { Holds::Inter };
                unit.is_reference |= nal.reference() > 0;
                inter == Inter::All || unit.recovery.is_some()
            }
            NalType::Idr => {
                unit.holds = Holds::Key;
                true
            }
            NalType::SequenceParameterSet => sequence::check(nal)?,
            NalType::PictureParameterSet => true,
            NalType::Sei => {
                // It is read here; the native parser need not.
                unit.recovery = unit.recovery.or(nal.recovery_point());
                false
            }
            // All others say nothing about the pictures of these profiles, or belong to
            // extensions, whose parsers need not meet hostile bytes.
            _ => false,
        };
        if wanted {
            out.extend_from_slice(&START_CODE);
            out.extend_from_slice(nal.bytes());
        }
    }
    Ok(unit)
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
        let mut held = |unit: &[u8], inter| {
            let unit = filter(unit, inter, &mut out).expect("of a size");
            (unit.holds, unit.recovery, out.clone())
        };
        let sets = stream(&[&sps, &[0x68, 1]]);
        assert_eq!(held(&unit, Inter::FromRecovery), (Holds::Inter, None, sets));
        let all = stream(&[&sps, &[0x68, 1], &[0x41, 2]]);
        assert_eq!(held(&unit, Inter::All), (Holds::Inter, None, all));
        let key = stream(&[&[0x65, 9]]);
        assert_eq!(held(&key, Inter::FromRecovery), (Holds::Key, None, key.clone()));
        let refresh = stream(&[&[0x06, 6, 2, 0x3c, 0x40, 0x80], &[0x41, 2]]);
        let slice = stream(&[&[0x41, 2]]);
        assert_eq!(held(&refresh, Inter::FromRecovery), (Holds::Inter, Some(6), slice));
    }

    #[test]
    fn sizes_beyond_the_bound_stop_the_unit() {
        let sps = set(66, 480, 270);
        let unit = stream(&[&sps, &[0x65, 9]]);
        let result = filter(&unit, Inter::All, &mut Vec::new());
        assert!(matches!(result, Err(DecodeError::Size(size)) if size.width == 7680));
    }
}

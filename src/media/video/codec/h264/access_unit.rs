//! What of an access unit the native decoder gets to see.

use super::sequence;
use crate::video::codec::{DecodeError, Reference};

/// NAL unit types (ITU-T H.264 table 7-1). All others say nothing about the pictures of these
/// profiles, or belong to extensions, whose parsers need not meet hostile bytes.
const SLICE: u8 = 1;
const IDR_SLICE: u8 = 5;
const SEQUENCE_PARAMETER_SET: u8 = 7;
const PICTURE_PARAMETER_SET: u8 = 8;

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
    for nal in nal_units(access_unit) {
        let Some((&header, body)) = nal.split_first() else { continue };
        let wanted = match header & 0x1f {
            // forbidden_zero_bit: the network knew that it is damaged.
            _ if header & 0x80 != 0 => false,
            SLICE => {
                holds = if holds == Holds::Key { holds } else { Holds::Inter };
                reference == Reference::Known
            }
            IDR_SLICE => {
                holds = Holds::Key;
                true
            }
            SEQUENCE_PARAMETER_SET => sequence::check(body)?,
            PICTURE_PARAMETER_SET => true,
            _ => false,
        };
        if wanted {
            out.extend_from_slice(&[0, 0, 0, 1]);
            out.extend_from_slice(nal);
        }
    }
    Ok(holds)
}

/// The NAL units of a byte stream (annex B): between start codes, without the zeros before them.
fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream);
    std::iter::from_fn(move || {
        let nal = rest?;
        rest = after_start_code(nal);
        let end = rest.map_or(nal.len(), |next| nal.len() - next.len() - 3);
        let zeros = nal[..end].iter().rev().take_while(|byte| **byte == 0).count();
        Some(&nal[..end - zeros])
    })
}

/// What follows the first start code.
fn after_start_code(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            1 if bytes[at - 1] == 0 && bytes[at - 2] == 0 => return Some(&bytes[at + 1..]),
            // The code may begin here at the earliest.
            0 => at += 1,
            _ => at += 3,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::sequence::tests::set;
    use super::*;

    fn stream(nals: &[&[u8]]) -> Vec<u8> {
        nals.iter().flat_map(|nal| [&[0, 0, 0, 1], *nal].concat()).collect()
    }

    #[test]
    fn nal_units_lie_between_start_codes_of_either_length() {
        let bytes = [9, 0, 0, 0, 1, 0x65, 1, 0, 2, 0, 0, 1, 0x41, 0, 0, 0, 1, 0, 0, 1];
        let nals: Vec<&[u8]> = nal_units(&bytes).collect();
        assert_eq!(nals, [&[0x65, 1, 0, 2][..], &[0x41], &[], &[]]);
        assert_eq!(nal_units(&[0, 0, 0, 2]).count(), 0);
    }

    #[test]
    fn every_start_code_is_found() {
        for padding in 0..9 {
            let bytes = [vec![5; padding], vec![0, 0, 1, 0x67]].concat();
            assert_eq!(nal_units(&bytes).collect::<Vec<_>>(), [&[0x67]], "{padding}");
        }
    }

    #[test]
    fn inter_pictures_wait_for_a_key_picture_and_sets_do_not() {
        let sps = [&[0x67][..], &set(66, 20, 12)].concat();
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
        let sps = [&[0x67][..], &set(66, 480, 270)].concat();
        let unit = stream(&[&sps, &[0x65, 9]]);
        let result = filter(&unit, Reference::Known, &mut Vec::new());
        assert!(matches!(result, Err(DecodeError::Size(size)) if size.width == 7680));
    }
}

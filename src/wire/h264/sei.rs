//! Supplemental enhancement information (ITU-T H.264 clause 7.3.2.3): of it only where decoding
//! can begin in a stream that has no IDR pictures.

use super::bits::Bits;

/// `payloadType` of a recovery point (clause D.1.8).
const RECOVERY_POINT: u32 = 6;

/// Messages of one unit that are looked at: encoders put one or two, a liar any number.
const MAX_MESSAGES: usize = 16;

/// `recovery_frame_cnt` of a unit's recovery point (clause D.2.8): decoding can begin with this
/// picture, and so many reference pictures later what comes out is right. Takes the body of the unit.
/// `None` where it has none, or one that does not end.
pub(super) fn recovery_point(body: &[u8]) -> Option<u16> {
    let mut bits = Bits::new(body);
    for _ in 0..MAX_MESSAGES {
        let kind = number(&mut bits)?;
        let size = number(&mut bits)?;
        if kind == RECOVERY_POINT {
            // Frame numbers have at most sixteen bits (clause 7.4.2.1.1).
            return bits.unsigned_to(u32::from(u16::MAX)).map(|count| count as u16);
        }
        (0..size).try_for_each(|_| bits.bits(8).map(drop))?;
    }
    None
}

/// A number in bytes that add up, of which the last is not 255.
fn number(bits: &mut Bits<'_>) -> Option<u32> {
    let mut sum = 0u32;
    loop {
        let byte = bits.bits(8)?;
        sum = sum.checked_add(byte)?;
        if byte != 0xff {
            return Some(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_point_is_found_behind_other_messages() {
        // recovery_frame_cnt 6 is 00111, then exact_match_flag and the rest.
        let point = [6, 2, 0b0011_1100, 0x40];
        assert_eq!(recovery_point(&[&point[..], &[0x80]].concat()), Some(6));
        let other = [&[5, 0xff, 1][..], &[7; 256]].concat();
        assert_eq!(recovery_point(&[&other[..], &point].concat()), Some(6));
        assert_eq!(recovery_point(&[6, 1, 0x80]), Some(0), "right at once");
    }

    #[test]
    fn emulation_prevention_counts_nowhere() {
        assert_eq!(recovery_point(&[5, 4, 0, 0, 3, 0, 0, 3, 6, 1, 0x80]), Some(0));
    }

    #[test]
    fn what_has_none_or_ends_early_is_none() {
        for body in [&[][..], &[6], &[6, 1], &[5, 9, 1], &[1, 0, 0x80], &[0xff; 9], &[6, 9, 0, 0]] {
            assert_eq!(recovery_point(body), None, "{body:?}");
        }
        let many = [[1u8, 0]; MAX_MESSAGES].concat();
        assert_eq!(recovery_point(&[&many[..], &[6, 1, 0x80]].concat()), None);
    }
}

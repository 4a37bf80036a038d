//! Bits of a NAL unit, without the bytes that prevent start codes (ITU-T H.264 clauses 7.2, 7.3.1
//! and 9.1).

/// Reads bits, most significant first. Every read may fail: nothing is believed to be there.
#[derive(Clone, Debug)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Zeros directly before the byte that is read next.
    zeros: u8,
    current: u8,
    /// Bits of `current` that were not read yet.
    left: u8,
}

impl<'a> Bits<'a> {
    /// The bits of a NAL unit's body.
    pub(super) const fn new(body: &'a [u8]) -> Self {
        Self { bytes: body, zeros: 0, current: 0, left: 0 }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        if self.zeros >= 2 && byte == 3 {
            self.zeros = 0;
            return self.next_byte();
        }
        self.zeros = if byte == 0 { self.zeros.saturating_add(1) } else { 0 };
        Some(byte)
    }

    /// One bit.
    pub(super) fn flag(&mut self) -> Option<bool> {
        if self.left == 0 {
            self.current = self.next_byte()?;
            self.left = 8;
        }
        self.left -= 1;
        Some(self.current >> self.left & 1 != 0)
    }

    /// `u(n)`, at most 32 bits.
    pub(super) fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | u32::from(self.flag()?);
        }
        Some(value)
    }

    /// `ue(v)`, below 2^32 - 1. More leading zeros are no number of any field.
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some(((1 << zeros) - 1) + self.bits(zeros)?)
    }

    /// `ue(v)` of a field that goes to `most`.
    pub(super) fn unsigned_to(&mut self, most: u32) -> Option<u32> {
        self.unsigned().filter(|value| *value <= most)
    }

    /// `se(v)`.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 0 { -(code / 2) } else { (code + 1) / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_standard_are_read() {
        // Table 9-2: 1, 010, 011, 00100, 00101 are 0 to 4; as se(v) they are 0, 1, -1, 2, -2.
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut bits = Bits::new(&bytes);
        assert_eq!([(); 5].map(|()| bits.unsigned()), [0, 1, 2, 3, 4].map(Some));
        let mut bits = Bits::new(&bytes);
        assert_eq!([(); 5].map(|()| bits.signed()), [0, 1, -1, 2, -2].map(Some));
    }

    #[test]
    fn the_longest_code_is_read_and_a_longer_one_is_refused() {
        let mut bits = Bits::new(&[0, 0, 3, 0, 1, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(bits.unsigned(), Some(u32::MAX - 1), "31 zeros, a one, 31 ones");
        let mut bits = Bits::new(&[0, 0, 3, 0, 0, 0x80, 0, 0, 0, 0]);
        assert_eq!(bits.unsigned(), None, "32 zeros");
        assert_eq!(Bits::new(&[0]).unsigned(), None, "the end");
    }

    #[test]
    fn emulation_prevention_is_taken_out() {
        let mut bits = Bits::new(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3]);
        let read: Vec<_> = std::iter::from_fn(|| bits.bits(8)).collect();
        assert_eq!(read, [0, 0, 1, 0, 0, 0, 0, 3]);
    }
}

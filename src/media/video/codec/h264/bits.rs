//! Bits of a NAL unit, without its emulation prevention bytes (ITU-T H.264 clauses 7.3.1 and 9.1).

/// Reads bits from the front; `None` where they end.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// Zero bytes that came last: after two of them a 3 is not content.
    zeros: u8,
    current: u8,
    left: u8,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, zeros: 0, current: 0, left: 0 }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        if self.zeros >= 2 && byte == 3 {
            self.zeros = 0;
            return self.next_byte();
        }
        self.zeros = if byte == 0 { self.zeros + 1 } else { 0 }.min(2);
        Some(byte)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        if self.left == 0 {
            self.current = self.next_byte()?;
            self.left = 8;
        }
        self.left -= 1;
        Some(self.current >> self.left & 1 == 1)
    }

    /// `u(n)`, up to 32 bits.
    pub(super) fn bits(&mut self, count: u8) -> Option<u32> {
        (0..count).try_fold(0u32, |value, _| Some(value << 1 | u32::from(self.flag()?)))
    }

    /// `ue(v)` up to 32 bits long; a longer one is not from any encoder.
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.bits(zeros)?)
    }

    /// `se(v)`.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 1 { (code + 1) / 2 } else { -(code / 2) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_golomb_codes_of_clause_9_1() {
        // 1 | 010 | 011 | 00100 | 00111
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0011, 0b1000_0000]);
        let values: Vec<_> = (0..5).map(|_| bits.unsigned().unwrap()).collect();
        assert_eq!(values, [0, 1, 2, 3, 6]);
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let values: Vec<_> = (0..5).map(|_| bits.signed().unwrap()).collect();
        assert_eq!(values, [0, 1, -1, 2, -2]);
    }

    #[test]
    fn codes_without_end_are_refused() {
        assert_eq!(Bits::new(&[0; 100]).unsigned(), None);
        assert_eq!(Bits::new(&[0, 0, 3, 0, 1]).bits(32), Some(1));
        assert_eq!(Bits::new(&[0, 0, 1, 0, 0]).unsigned(), None);
    }
}

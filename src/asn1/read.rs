//! Bits out of a message (X.691, aligned variant). Every step is bounded: by the bytes that there
//! are, by the depth, and by the number of values.

use crate::error::{Asn1Error, MAX_PATH, What};
use crate::{MAX_DEPTH, MAX_PDU, MAX_VALUES};

/// Additions of one sequence that are read: the longest has 26, and each new edition brings few.
const MAX_ADDITIONS: usize = 128;

/// Where reading stands.
#[derive(Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    /// In bits, from the start of `data`.
    at: usize,
    /// In bits: the end of `data`, or of the open type that is being read.
    end: usize,
    depth: usize,
    values: usize,
    path: [&'static str; MAX_PATH],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Result<Self, Asn1Error> {
        let end = data.len() * 8;
        let reader = Self { data, at: 0, end, depth: 0, values: 0, path: [""; MAX_PATH] };
        if data.len() > MAX_PDU {
            return Err(reader.error(What::TooLong));
        }
        Ok(reader)
    }

    /// `what` where reading stands.
    pub(crate) fn error(&self, what: What) -> Asn1Error {
        Asn1Error { offset: self.at / 8, what, path: self.path }
    }

    /// Whole bytes that were read, the last one as well where only some of its bits were.
    pub(crate) fn bytes_read(&self) -> usize {
        self.at.div_ceil(8)
    }

    /// Counts a value.
    pub(crate) fn count(&mut self) -> Result<(), What> {
        self.values += 1;
        if self.values > MAX_VALUES { Err(What::TooManyValues) } else { Ok(()) }
    }

    /// Goes into a sequence or a choice; [`Reader::leave`] comes out.
    pub(crate) fn enter(&mut self) -> Result<(), What> {
        self.count()?;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(What::TooDeep) } else { Ok(()) }
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Remembers an alternative for errors.
    pub(crate) fn chose(&mut self, name: &'static str) {
        if let Some(step) = self.path.iter_mut().find(|step| step.is_empty()) {
            *step = name;
        }
    }

    /// Bits that are left of the message or the open type.
    pub(crate) fn left(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    pub(crate) fn bit(&mut self) -> Result<bool, What> {
        Ok(self.bits(1)? == 1)
    }

    /// `count` bits as a number, at most 64.
    pub(crate) fn bits(&mut self, count: u32) -> Result<u64, What> {
        let mut left = count as usize;
        if left > self.left() {
            return Err(What::Truncated);
        }
        let mut value = 0;
        while left > 0 {
            let byte = self.data.get(self.at / 8).copied().ok_or(What::Truncated)?;
            let offset = self.at % 8;
            let take = left.min(8 - offset);
            let piece = u64::from(byte) >> (8 - offset - take) & ((1 << take) - 1);
            value = value << take | piece;
            self.at += take;
            left -= take;
        }
        Ok(value)
    }

    /// Goes to the next whole byte.
    pub(crate) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// `count` whole bytes, after padding.
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], What> {
        if count == 0 {
            return Ok(&[]);
        }
        self.align();
        if count > self.left() / 8 {
            return Err(What::Truncated);
        }
        let start = self.at / 8;
        self.at += 8 * count;
        self.data.get(start..start + count).ok_or(What::Truncated)
    }

    /// A constrained whole number (X.691 11.5): its distance from the lowest value, below `range`.
    pub(crate) fn constrained(&mut self, range: u64) -> Result<u64, What> {
        let value = match range {
            0 | 1 => 0,
            2..=255 => self.bits(bits_for(range))?,
            256 => self.number(1)?,
            257..=0x1_0000 => self.number(2)?,
            _ => {
                let longest = bytes_for(range - 1);
                let length = self.constrained(longest as u64)? as usize + 1;
                self.number(length)?
            }
        };
        if value < range.max(1) { Ok(value) } else { Err(What::Range) }
    }

    /// `count` bytes as a number, at most 8.
    pub(crate) fn number(&mut self, count: usize) -> Result<u64, What> {
        let bytes = self.bytes(count)?;
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// An unconstrained length (X.691 11.9.3.5 to 11.9.3.8).
    pub(crate) fn length(&mut self) -> Result<usize, What> {
        let first = self.number(1)? as usize;
        match first {
            ..0x80 => Ok(first),
            0x80..0xc0 => Ok((first & 0x3f) << 8 | self.number(1)? as usize),
            _ => Err(What::Fragmented),
        }
    }

    /// A length of `low..=high`; `usize::MAX` is no upper bound.
    pub(crate) fn length_within(&mut self, low: usize, high: usize) -> Result<usize, What> {
        let length = if high < 0x1_0000 {
            low + self.constrained((high - low + 1) as u64)? as usize
        } else {
            self.length()?
        };
        if (low..=high).contains(&length) { Ok(length) } else { Err(What::Length) }
    }

    /// A normally small number (X.691 11.6).
    pub(crate) fn small(&mut self) -> Result<u64, What> {
        if !self.bit()? {
            return self.bits(6);
        }
        let length = self.length()?;
        if length > 8 { Err(What::Range) } else { self.number(length) }
    }

    /// The bytes of an open type (X.691 11.2).
    pub(crate) fn open(&mut self) -> Result<&'a [u8], What> {
        let length = self.length()?;
        self.bytes(length)
    }

    /// Reads what an open type holds.
    pub(crate) fn within<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, What>,
    ) -> Result<T, What> {
        let length = self.length()?;
        self.align();
        if length > self.left() / 8 {
            return Err(What::Truncated);
        }
        let whole = self.end;
        let end = self.at + 8 * length;
        self.end = end;
        let value = read(self)?;
        // What is left in it belongs to a later edition.
        (self.at, self.end) = (end, whole);
        Ok(value)
    }

    /// Which of the `count` optional components of a sequence are there.
    pub(crate) fn presence(&mut self, count: u32) -> Result<Presence, What> {
        Ok(Presence { bits: self.bits(count)?, left: count })
    }

    /// Passes over the additions that we do not know.
    pub(crate) fn skip(&mut self, mut additions: Additions) -> Result<(), What> {
        while additions.next < additions.count {
            if additions.next() {
                self.open()?;
            }
        }
        Ok(())
    }

    /// Which of the additions of a sequence are there. `extended` is its extension bit.
    pub(crate) fn additions(&mut self, extended: bool) -> Result<Additions, What> {
        if !extended {
            return Ok(Additions { present: 0, next: 0, count: 0 });
        }
        let count = if self.bit()? { self.length()? } else { self.bits(6)? as usize + 1 };
        if count > MAX_ADDITIONS {
            return Err(What::Length);
        }
        let mut present = 0;
        for place in 0..count {
            present |= u128::from(self.bit()?) << place;
        }
        Ok(Additions { present, next: 0, count })
    }
}

/// Which of the optional components of a sequence are there.
#[derive(Debug)]
pub(crate) struct Presence {
    bits: u64,
    left: u32,
}

impl Presence {
    /// Whether the next one is there.
    pub(crate) fn next(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.bits >> self.left & 1 == 1
    }
}

/// Walks the additions of a sequence.
#[derive(Debug)]
pub(crate) struct Additions {
    present: u128,
    next: usize,
    count: usize,
}

impl Additions {
    /// Whether the next addition is there.
    pub(crate) fn next(&mut self) -> bool {
        let present = self.next < self.count && self.present >> self.next & 1 == 1;
        self.next += 1;
        present
    }
}

/// Bits that hold every number below `range`.
pub(crate) const fn bits_for(range: u64) -> u32 {
    u64::BITS - range.saturating_sub(1).leading_zeros()
}

/// Bytes that hold `value`, at least one.
pub(crate) const fn bytes_for(value: u64) -> usize {
    let bits = u64::BITS - value.leading_zeros();
    if bits == 0 { 1 } else { bits.div_ceil(8) as usize }
}

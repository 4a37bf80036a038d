//! Bits into a message (X.691, aligned variant). Each step is the mirror of one in `read.rs`.

use crate::MAX_PDU;
use crate::error::{Asn1Error, MAX_PATH, What};
use crate::read::{bits_for, bytes_for};

/// Longer values would come in pieces, which nobody reads.
const MAX_LENGTH: usize = 0x3fff;

/// A message being written.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// Bits of the last byte that are still free, 0 to 7.
    free: u32,
    path: [&'static str; MAX_PATH],
}

impl Writer {
    /// `what` where writing stands.
    pub(crate) fn error(&self, what: What) -> Asn1Error {
        Asn1Error { offset: self.out.len(), what, path: self.path }
    }

    /// The whole encoding: a message of no bits is one byte (X.691 11.1.3).
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, What> {
        if self.out.is_empty() {
            self.out.push(0);
        }
        if self.out.len() > MAX_PDU { Err(What::TooLong) } else { Ok(self.out) }
    }

    /// Remembers an alternative for errors.
    pub(crate) fn chose(&mut self, name: &'static str) {
        if let Some(step) = self.path.iter_mut().find(|step| step.is_empty()) {
            *step = name;
        }
    }

    pub(crate) fn bit(&mut self, bit: bool) {
        self.bits(bit.into(), 1);
    }

    /// The lowest `count` bits of `value`, at most 64.
    pub(crate) fn bits(&mut self, value: u64, count: u32) {
        let mut left = count;
        while left > 0 {
            if self.free == 0 {
                self.out.push(0);
                self.free = 8;
            }
            let take = left.min(self.free);
            let piece = (value >> (left - take)) as u8 & (0xff >> (8 - take));
            if let Some(last) = self.out.last_mut() {
                *last |= piece << (self.free - take);
            }
            self.free -= take;
            left -= take;
        }
    }

    pub(crate) fn align(&mut self) {
        self.free = 0;
    }

    /// Whole bytes, after padding.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.align();
            self.out.extend_from_slice(bytes);
        }
    }

    /// `value` in `count` bytes, at most 8.
    pub(crate) fn number(&mut self, value: u64, count: usize) {
        let bytes = value.to_be_bytes();
        self.bytes(bytes.get(bytes.len() - count..).unwrap_or_default());
    }

    pub(crate) fn constrained(&mut self, value: u64, range: u64) -> Result<(), What> {
        if value >= range.max(1) {
            return Err(What::Range);
        }
        match range {
            0 | 1 => {}
            2..=255 => self.bits(value, bits_for(range)),
            256 => self.number(value, 1),
            257..=0x1_0000 => self.number(value, 2),
            _ => {
                let length = bytes_for(value);
                self.constrained(length as u64 - 1, bytes_for(range - 1) as u64)?;
                self.number(value, length);
            }
        }
        Ok(())
    }

    pub(crate) fn length(&mut self, length: usize) -> Result<(), What> {
        match length {
            ..0x80 => self.number(length as u64, 1),
            0x80..=MAX_LENGTH => self.number(length as u64 | 0x8000, 2),
            _ => return Err(What::Length),
        }
        Ok(())
    }

    pub(crate) fn length_within(
        &mut self,
        length: usize,
        low: usize,
        high: usize,
    ) -> Result<(), What> {
        if !(low..=high).contains(&length) {
            return Err(What::Length);
        }
        if high < 0x1_0000 {
            return self.constrained((length - low) as u64, (high - low + 1) as u64);
        }
        self.length(length)
    }

    pub(crate) fn small(&mut self, value: u64) -> Result<(), What> {
        if value < 64 {
            self.bits(value, 7);
            return Ok(());
        }
        self.bit(true);
        let length = bytes_for(value);
        self.length(length)?;
        self.number(value, length);
        Ok(())
    }

    pub(crate) fn open(&mut self, bytes: &[u8]) -> Result<(), What> {
        self.length(bytes.len())?;
        self.bytes(bytes);
        Ok(())
    }

    /// Writes an open type.
    pub(crate) fn within(
        &mut self,
        write: impl FnOnce(&mut Writer) -> Result<(), What>,
    ) -> Result<(), What> {
        let mut inner = Writer { path: self.path, ..Writer::default() };
        write(&mut inner)?;
        self.open(&inner.finish()?)
    }

    /// Which additions of a sequence follow, up to the last that is there.
    pub(crate) fn additions(&mut self, present: &[bool]) -> Result<(), What> {
        let Some(last) = present.iter().rposition(|present| *present) else { return Ok(()) };
        if last < 64 {
            self.bits(last as u64, 7);
        } else {
            self.bit(true);
            self.length(last + 1)?;
        }
        for present in present.iter().take(last + 1) {
            self.bit(*present);
        }
        Ok(())
    }
}

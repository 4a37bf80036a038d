//! When the packets of a transport came, by their transport-wide sequence numbers
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).

use crate::{be16, be32};

/// Ticks of 250 µs, the unit of arrivals, in one unit of the reference time (64 ms).
pub const TICKS_PER_REFERENCE: i64 = 256;

/// Bytes before the first chunk.
const HEAD: usize = 8;

/// One feedback message. Its chunks and deltas were checked.
#[derive(Clone, Copy, Debug)]
pub struct TransportWide<'a> {
    /// The number of the first packet it speaks of.
    pub base_sequence: u16,
    /// How many packets it speaks of.
    pub count: u16,
    /// When its deltas begin: units of 64 ms since any beginning, 24 bits signed. Wraps.
    pub reference: i32,
    /// The running number of the message.
    pub feedback_count: u8,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

impl<'a> TransportWide<'a> {
    /// Reads a message. `None` if chunks or deltas are missing, or a status is the reserved one.
    pub(super) fn parse(information: &'a [u8]) -> Option<Self> {
        let time = be32(information, 4)?;
        let count = be16(information, 2)?;
        let behind = information.get(HEAD..)?;
        let mut statuses = Statuses::new(behind);
        let mut delta_bytes = 0;
        for _ in 0..count {
            delta_bytes += match statuses.next()? {
                Status::Missing => 0,
                Status::Small => 1,
                Status::Large => 2,
            };
        }
        let (chunks, deltas) = behind.split_at_checked(behind.len() - statuses.rest.len())?;
        let deltas = deltas.get(..delta_bytes)?;
        Some(Self {
            base_sequence: be16(information, 0)?,
            count,
            reference: time as i32 >> 8,
            feedback_count: time as u8,
            chunks,
            deltas,
        })
    }

    /// The packets in order, with when they came.
    pub fn arrivals(&self) -> Arrivals<'a> {
        Arrivals {
            statuses: Statuses::new(self.chunks),
            deltas: self.deltas,
            left: self.count,
            sequence: self.base_sequence,
            ticks: i64::from(self.reference) * TICKS_PER_REFERENCE,
        }
    }
}

/// Walks the packets of one message: a sequence number, and when the packet came, in ticks of
/// 250 µs on the scale of the reference time; `None` if it did not come.
#[derive(Clone, Debug)]
pub struct Arrivals<'a> {
    statuses: Statuses<'a>,
    deltas: &'a [u8],
    left: u16,
    sequence: u16,
    ticks: i64,
}

impl Iterator for Arrivals<'_> {
    type Item = (u16, Option<i64>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        let (delta, taken) = match self.statuses.next()? {
            Status::Missing => return Some((sequence, None)),
            Status::Small => (i64::from(*self.deltas.first()?), 1),
            Status::Large => (i64::from(be16(self.deltas, 0)? as i16), 2),
        };
        self.deltas = self.deltas.get(taken..)?;
        self.ticks += delta;
        Some((sequence, Some(self.ticks)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Missing,
    /// A delta of one byte, unsigned.
    Small,
    /// A delta of two bytes, signed.
    Large,
}

impl Status {
    const fn of(symbol: u16) -> Option<Self> {
        match symbol & 3 {
            0 => Some(Status::Missing),
            1 => Some(Status::Small),
            2 => Some(Status::Large),
            _ => None,
        }
    }
}

/// What is left of a chunk.
#[derive(Clone, Copy, Debug)]
enum Chunk {
    /// So many packets of one symbol.
    Run { symbol: u16, left: u16 },
    /// So many symbols of so many bits, the next one uppermost of 14.
    Vector { symbols: u16, bits: u8, left: u8 },
}

/// Walks the statuses of chunks. Ends where the bytes do, and at a reserved status.
#[derive(Clone, Debug)]
struct Statuses<'a> {
    rest: &'a [u8],
    chunk: Chunk,
}

impl<'a> Statuses<'a> {
    const fn new(rest: &'a [u8]) -> Self {
        Self { rest, chunk: Chunk::Run { symbol: 0, left: 0 } }
    }
}

impl Iterator for Statuses<'_> {
    type Item = Status;

    fn next(&mut self) -> Option<Status> {
        loop {
            match &mut self.chunk {
                Chunk::Run { symbol, left: left @ 1.. } => {
                    *left -= 1;
                    return Status::of(*symbol);
                }
                Chunk::Vector { symbols, bits, left: left @ 1.. } => {
                    *left -= 1;
                    let symbol = *symbols >> (14 - *bits);
                    *symbols = *symbols << *bits & 0x3fff;
                    return Status::of(symbol);
                }
                Chunk::Run { .. } | Chunk::Vector { .. } => {
                    let word = be16(self.rest, 0)?;
                    self.rest = self.rest.get(2..)?;
                    self.chunk = match word >> 14 {
                        0 | 1 => Chunk::Run { symbol: word >> 13, left: word & 0x1fff },
                        2 => Chunk::Vector { symbols: word & 0x3fff, bits: 1, left: 14 },
                        _ => Chunk::Vector { symbols: word & 0x3fff, bits: 2, left: 7 },
                    };
                }
            }
        }
    }
}

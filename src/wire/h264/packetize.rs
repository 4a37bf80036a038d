//! Access units -> RTP payloads (RFC 6184 sections 5.6 to 5.8 and 6.2 to 6.3).

use super::nal::{AnnexB, Nal, NalType};
use super::payload_type::{FU_A, STAP_A};
use crate::rtp::NoRoom;
use std::fmt;

/// `packetization-mode`. Mode 2 (interleaved) is never agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacketizationMode {
    /// 0: every payload is one NAL unit. What an absent parameter means (section 8.1).
    #[default]
    SingleNal,
    /// 1: aggregates and fragments too.
    NonInterleaved,
}

/// The smallest limit that leaves room for a fragment's headers and a body worth sending.
pub const MIN_LIMIT: usize = 64;

/// Bytes of STAP-A's own header, of the length before each of its units, and of FU-A's headers.
const AGGREGATE_HEADER: usize = 1;
const UNIT_LENGTH: usize = 2;
const FRAGMENT_HEADERS: usize = 2;

/// A NAL unit that mode 0 cannot carry, with its length: the encoder was not told the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TooLong(pub usize);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a NAL unit of {} bytes does not fit one packet", self.0)
    }
}

impl std::error::Error for TooLong {}

/// The payloads of an access unit (Annex B), each of at most `limit` bytes (at least
/// [`MIN_LIMIT`]). Delimiters and filler are left out: RTP says the same itself.
///
/// # Errors
/// [`TooLong`] if a NAL unit is longer than the limit in mode 0.
pub fn packetize(
    access_unit: &[u8],
    mode: PacketizationMode,
    limit: usize,
) -> Result<Payloads<'_>, TooLong> {
    let limit = limit.max(MIN_LIMIT);
    let mut units = Units(AnnexB::new(access_unit));
    if mode == PacketizationMode::SingleNal
        && let Some(long) = units.clone().find(|nal| nal.bytes().len() > limit)
    {
        return Err(TooLong(long.bytes().len()));
    }
    let next = units.next();
    Ok(Payloads { units, next, fragment: None, mode, limit })
}

/// The units worth sending.
#[derive(Clone, Debug)]
struct Units<'a>(AnnexB<'a>);

impl<'a> Iterator for Units<'a> {
    type Item = Nal<'a>;

    fn next(&mut self) -> Option<Nal<'a>> {
        self.0.find(|nal| !matches!(nal.kind(), NalType::AccessUnitDelimiter | NalType::Filler))
    }
}

/// Walks the payloads of one access unit.
#[derive(Clone, Debug)]
pub struct Payloads<'a> {
    units: Units<'a>,
    /// The unit after those that were taken.
    next: Option<Nal<'a>>,
    /// A unit that is sent in pieces, and its body that was not yet.
    fragment: Option<(u8, &'a [u8])>,
    mode: PacketizationMode,
    limit: usize,
}

/// One payload, not yet written.
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    shape: Shape<'a>,
    /// The last of its access unit: its packet gets the marker (section 5.1).
    pub last: bool,
}

#[derive(Clone, Debug)]
enum Shape<'a> {
    Single(Nal<'a>),
    /// `first`, and as many units of `more`.
    Aggregate {
        first: Nal<'a>,
        more: Units<'a>,
        count: usize,
        header: u8,
    },
    Fragment {
        headers: [u8; FRAGMENT_HEADERS],
        bytes: &'a [u8],
    },
}

impl<'a> Iterator for Payloads<'a> {
    type Item = Payload<'a>;

    fn next(&mut self) -> Option<Payload<'a>> {
        let shape = match self.fragment.take() {
            Some((header, rest)) => self.piece(header, rest, false),
            None => {
                let nal = self.next.take()?;
                if nal.bytes().len() > self.limit {
                    self.next = self.units.next();
                    self.piece(nal.header(), nal.body(), true)
                } else {
                    self.whole(nal)
                }
            }
        };
        let last = self.next.is_none() && self.fragment.is_none();
        Some(Payload { shape, last })
    }
}

impl<'a> Payloads<'a> {
    /// The next piece of a unit. All but the last are of one length: what is left over does not
    /// cost a packet of a few bytes.
    fn piece(&mut self, header: u8, rest: &'a [u8], first: bool) -> Shape<'a> {
        let room = self.limit - FRAGMENT_HEADERS;
        let pieces = rest.len().div_ceil(room).max(1);
        let (bytes, behind) =
            rest.split_at_checked(rest.len().div_ceil(pieces)).unwrap_or((rest, &[]));
        let mut fragment = header & 0x1f | u8::from(first) << 7;
        if behind.is_empty() {
            fragment |= 0x40;
        } else {
            self.fragment = Some((header, behind));
        }
        Shape::Fragment { headers: [header & 0xe0 | FU_A, fragment], bytes }
    }

    /// A unit that fits, with those behind it that fit too.
    fn whole(&mut self, first: Nal<'a>) -> Shape<'a> {
        let more = self.units.clone();
        let mut count = 0;
        let mut header = first.header() & 0x60;
        let mut len = AGGREGATE_HEADER + UNIT_LENGTH + first.bytes().len();
        self.next = self.units.next();
        while self.mode == PacketizationMode::NonInterleaved
            && let Some(nal) = self.next
        {
            len += UNIT_LENGTH + nal.bytes().len();
            if len > self.limit {
                break;
            }
            count += 1;
            // The highest importance of what is inside (section 5.7.1).
            header = header.max(nal.header() & 0x60);
            self.next = self.units.next();
        }
        match count {
            0 => Shape::Single(first),
            _ => Shape::Aggregate { first, more, count, header: header | STAP_A },
        }
    }
}

impl Payload<'_> {
    /// Writes the payload to the start of `out` and says how many bytes it took.
    ///
    /// # Errors
    /// [`NoRoom`] if `out` is shorter than the limit that it was made for.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, NoRoom> {
        match &self.shape {
            Shape::Single(nal) => put(out, 0, nal.bytes()),
            Shape::Fragment { headers, bytes } => {
                let at = put(out, 0, headers)?;
                put(out, at, bytes)
            }
            Shape::Aggregate { first, more, count, header } => {
                let mut at = put(out, 0, &[*header])?;
                for nal in std::iter::once(*first).chain(more.clone().take(*count)) {
                    let length = u16::try_from(nal.bytes().len()).map_err(|_| NoRoom)?;
                    at = put(out, at, &length.to_be_bytes())?;
                    at = put(out, at, nal.bytes())?;
                }
                Ok(at)
            }
        }
    }
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) -> Result<usize, NoRoom> {
    let end = at + bytes.len();
    out.get_mut(at..end).ok_or(NoRoom)?.copy_from_slice(bytes);
    Ok(end)
}

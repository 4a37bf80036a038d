//! RTP payloads -> NAL units and pieces of them (RFC 6184 sections 5.6 to 5.8).

use super::nal::{Nal, NalType, START_CODE};
use super::parameter_set::SequenceParameterSet;
use super::payload_type::{FU_A, FU_B, MTAP24, STAP_A, STAP_B};
use super::sei;
use super::slice::SliceStart;
use std::fmt;

/// Why a payload is no H.264 that was agreed. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H264Error {
    /// Nothing, or less than its header.
    TooShort,
    /// A payload of the interleaved mode, with its type: we never agree to it.
    Interleaved(u8),
    /// A type that RFC 6184 leaves open, or a unit that says it is damaged.
    NoNal(u8),
    /// A length in an aggregate leads beyond its end, or is zero.
    AggregateLength,
    /// A fragment that begins and ends a unit at once (section 5.8 forbids it).
    WholeFragment,
}

impl fmt::Display for H264Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            H264Error::TooShort => f.write_str("H.264 payload is shorter than its header"),
            H264Error::Interleaved(kind) => write!(f, "H.264 payload type {kind} is interleaved"),
            H264Error::NoNal(kind) => write!(f, "H.264 payload holds no NAL unit (type {kind})"),
            H264Error::AggregateLength => {
                f.write_str("H.264 aggregate names a length that it does not have")
            }
            H264Error::WholeFragment => f.write_str("H.264 fragment both begins and ends a unit"),
        }
    }
}

impl std::error::Error for H264Error {}

/// What one RTP payload carries. Lengths were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum H264Payload<'a> {
    /// One NAL unit.
    Single(Nal<'a>),
    /// Several NAL units of one moment (STAP-A).
    Aggregate(Aggregate<'a>),
    /// A piece of a NAL unit (FU-A).
    Fragment(Fragment<'a>),
}

/// The units of an aggregate, each of which was checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Aggregate<'a> {
    rest: &'a [u8],
}

impl fmt::Debug for Aggregate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aggregate({} bytes left)", self.rest.len())
    }
}

impl<'a> Iterator for Aggregate<'a> {
    type Item = Nal<'a>;

    fn next(&mut self) -> Option<Nal<'a>> {
        let (unit, rest) = split_unit(self.rest)?;
        self.rest = rest;
        Nal::new(unit)
    }
}

/// A unit behind its length, and what follows.
fn split_unit(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(length)))
}

/// Which piece of its unit a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// The first.
    First,
    /// One between.
    Middle,
    /// The last.
    Last,
}

/// A piece of a NAL unit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// The header byte of the unit.
    pub header: u8,
    /// Which piece it is.
    pub piece: Piece,
    /// Bytes of the unit's body; may be none.
    pub bytes: &'a [u8],
}

impl fmt::Debug for Fragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = NalType::of(self.header);
        write!(f, "Fragment({kind:?}, {:?}, {} bytes)", self.piece, self.bytes.len())
    }
}

impl<'a> H264Payload<'a> {
    /// Reads a payload of packetization mode 0 or 1.
    ///
    /// # Errors
    /// [`H264Error`]; nothing of a broken aggregate is taken.
    pub fn parse(payload: &'a [u8]) -> Result<Self, H264Error> {
        let (&indicator, rest) = payload.split_first().ok_or(H264Error::TooShort)?;
        match indicator & 0x1f {
            STAP_A => Self::aggregate(rest),
            FU_A => Self::fragment(indicator, rest),
            kind @ (STAP_B..=MTAP24 | FU_B) => Err(H264Error::Interleaved(kind)),
            kind => Nal::new(payload).map(H264Payload::Single).ok_or(H264Error::NoNal(kind)),
        }
    }

    fn aggregate(units: &'a [u8]) -> Result<Self, H264Error> {
        if units.is_empty() {
            return Err(H264Error::TooShort);
        }
        let mut left = units;
        while !left.is_empty() {
            let (unit, rest) = split_unit(left).ok_or(H264Error::AggregateLength)?;
            let &header = unit.first().ok_or(H264Error::AggregateLength)?;
            Nal::new(unit).ok_or(H264Error::NoNal(header & 0x1f))?;
            left = rest;
        }
        Ok(H264Payload::Aggregate(Aggregate { rest: units }))
    }

    fn fragment(indicator: u8, rest: &'a [u8]) -> Result<Self, H264Error> {
        let (&fragment, bytes) = rest.split_first().ok_or(H264Error::TooShort)?;
        let header = indicator & 0xe0 | fragment & 0x1f;
        if Nal::new(&[header]).is_none() {
            return Err(H264Error::NoNal(fragment & 0x1f));
        }
        let piece = match (fragment & 0x80 != 0, fragment & 0x40 != 0) {
            (true, true) => return Err(H264Error::WholeFragment),
            (true, false) => Piece::First,
            (false, false) => Piece::Middle,
            (false, true) => Piece::Last,
        };
        Ok(H264Payload::Fragment(Fragment { header, piece, bytes }))
    }

    /// Bytes that [`Self::append_to`] adds.
    pub fn stream_len(&self) -> usize {
        match self {
            H264Payload::Single(nal) => START_CODE.len() + nal.bytes().len(),
            H264Payload::Aggregate(units) => {
                units.map(|nal| START_CODE.len() + nal.bytes().len()).sum()
            }
            H264Payload::Fragment(Fragment { piece: Piece::First, bytes, .. }) => {
                START_CODE.len() + 1 + bytes.len()
            }
            H264Payload::Fragment(fragment) => fragment.bytes.len(),
        }
    }

    /// Appends what it carries to a byte stream (Annex B). A later fragment goes on with the
    /// unit that the stream ends with: the caller knows that no piece is missing.
    pub fn append_to(&self, stream: &mut Vec<u8>) {
        let mut unit = |bytes: &[u8]| {
            stream.extend_from_slice(&START_CODE);
            stream.extend_from_slice(bytes);
        };
        match self {
            H264Payload::Single(nal) => unit(nal.bytes()),
            H264Payload::Aggregate(units) => units.for_each(|nal| unit(nal.bytes())),
            H264Payload::Fragment(fragment) => {
                if fragment.piece == Piece::First {
                    unit(&[fragment.header]);
                }
                stream.extend_from_slice(fragment.bytes);
            }
        }
    }

    /// Whether a unit of this type begins here.
    pub fn begins(&self, kind: NalType) -> bool {
        self.begun().any(|(begun, _)| begun == kind)
    }

    /// Whether a picture certainly begins here: with a delimiter, a parameter set or the slice
    /// of its first macroblock.
    pub fn begins_picture(&self) -> bool {
        self.begun().any(|(kind, body)| match kind {
            NalType::AccessUnitDelimiter
            | NalType::SequenceParameterSet
            | NalType::PictureParameterSet => true,
            kind => SliceStart::parse_body(kind, body).is_some_and(|s| s.first_macroblock == 0),
        })
    }

    /// Whether a picture begins here that decoding can begin with. Parameter sets count: they
    /// stand before such a picture, and without them it is of no use.
    pub fn begins_key_picture(&self) -> bool {
        self.begun().any(|(kind, body)| match kind {
            NalType::SequenceParameterSet => true,
            NalType::Idr => {
                SliceStart::parse_body(kind, body).is_some_and(|s| s.first_macroblock == 0)
            }
            _ => false,
        })
    }

    /// Whether decoding can begin with the picture that this belongs to, so that pictures are right
    /// some later: a recovery point (ITU-T H.264 clause D.2.8) is here.
    pub fn has_recovery_point(&self) -> bool {
        self.begun().any(|(kind, body)| kind == NalType::Sei && sei::recovery_point(body).is_some())
    }

    /// The sequence parameter set that is here in whole, if one is.
    pub fn sequence_parameter_set(&self) -> Option<SequenceParameterSet> {
        match self {
            H264Payload::Single(nal) => SequenceParameterSet::parse(*nal),
            H264Payload::Aggregate(units) => {
                units.into_iter().find_map(SequenceParameterSet::parse)
            }
            H264Payload::Fragment(_) => None,
        }
    }

    /// Types and bodies of the units that begin here.
    fn begun(&self) -> impl Iterator<Item = (NalType, &'a [u8])> + use<'a> {
        let (one, several) = match *self {
            H264Payload::Single(nal) => (Some((nal.kind(), nal.body())), None),
            H264Payload::Aggregate(units) => (None, Some(units)),
            H264Payload::Fragment(Fragment { header, piece: Piece::First, bytes }) => {
                (Some((NalType::of(header), bytes)), None)
            }
            H264Payload::Fragment(_) => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten().map(|nal| (nal.kind(), nal.body())))
    }
}

//! NAL units (ITU-T H.264 clause 7.3.1) and their byte stream (Annex B).

use std::fmt;

/// What stands before each NAL unit of a byte stream that we make: the long form, which every
/// decoder takes anywhere.
pub const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// What a NAL unit holds (ITU-T H.264 table 7-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NalType {
    /// 1: a slice of a picture that leans on others.
    Slice,
    /// 5: a slice of a picture that decoding can begin with.
    Idr,
    /// 6: supplemental enhancement information.
    Sei,
    /// 7: a sequence parameter set.
    SequenceParameterSet,
    /// 8: a picture parameter set.
    PictureParameterSet,
    /// 9: an access unit delimiter.
    AccessUnitDelimiter,
    /// 12: filler data.
    Filler,
    /// Any other number of five bits.
    Other(u8),
}

impl NalType {
    /// The type in a header byte, or in the header of a fragment.
    pub const fn of(header: u8) -> Self {
        match header & 0x1f {
            1 => NalType::Slice,
            5 => NalType::Idr,
            6 => NalType::Sei,
            7 => NalType::SequenceParameterSet,
            8 => NalType::PictureParameterSet,
            9 => NalType::AccessUnitDelimiter,
            12 => NalType::Filler,
            other => NalType::Other(other),
        }
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            NalType::Slice => 1,
            NalType::Idr => 5,
            NalType::Sei => 6,
            NalType::SequenceParameterSet => 7,
            NalType::PictureParameterSet => 8,
            NalType::AccessUnitDelimiter => 9,
            NalType::Filler => 12,
            NalType::Other(other) => other,
        }
    }

    /// Whether a NAL unit of this type may stand in an RTP payload: 1-23 (RFC 6184 table 1).
    pub const fn is_nal(self) -> bool {
        matches!(self.number(), 1..=23)
    }
}

/// One NAL unit: a header byte and what follows, with emulation prevention still inside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nal<'a> {
    header: u8,
    bytes: &'a [u8],
}

impl fmt::Debug for Nal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nal({:?}, {} bytes)", self.kind(), self.bytes.len())
    }
}

impl<'a> Nal<'a> {
    /// A NAL unit. `None` if it is empty, is none by its type, or says that it is damaged
    /// (`forbidden_zero_bit`).
    pub const fn new(bytes: &'a [u8]) -> Option<Self> {
        let Some(&header) = bytes.first() else { return None };
        if header & 0x80 != 0 || !NalType::of(header).is_nal() {
            return None;
        }
        Some(Self { header, bytes })
    }

    /// What it holds.
    pub const fn kind(self) -> NalType {
        NalType::of(self.header)
    }

    /// Of a recovery point: how many reference pictures after this one are not right yet where
    /// decoding begins here (ITU-T H.264 clause D.2.8, `recovery_frame_cnt`).
    pub fn recovery_point(self) -> Option<u16> {
        match self.kind() {
            NalType::Sei => super::sei::recovery_point(self.body()),
            _ => None,
        }
    }

    /// `nal_ref_idc`: zero where no other picture leans on it; 0-3.
    pub const fn reference(self) -> u8 {
        self.header >> 5 & 3
    }

    /// The header byte.
    pub const fn header(self) -> u8 {
        self.header
    }

    /// Its bytes, header included.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// What follows the header.
    pub fn body(self) -> &'a [u8] {
        self.bytes.get(1..).unwrap_or_default()
    }
}

/// Walks the NAL units of a byte stream (Annex B). What stands before the first start code, and
/// units that are empty or damaged, are left out; zeros behind a unit belong to none.
#[derive(Clone, Copy)]
pub struct AnnexB<'a> {
    rest: &'a [u8],
}

impl fmt::Debug for AnnexB<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnnexB({} bytes left)", self.rest.len())
    }
}

impl<'a> AnnexB<'a> {
    /// The units of `stream`.
    pub fn new(stream: &'a [u8]) -> Self {
        let rest = match find_start(stream) {
            Some(at) => stream.get(at + SHORT_START..).unwrap_or_default(),
            None => &[],
        };
        Self { rest }
    }
}

impl<'a> Iterator for AnnexB<'a> {
    type Item = Nal<'a>;

    fn next(&mut self) -> Option<Nal<'a>> {
        while !self.rest.is_empty() {
            let (unit, rest) = match find_start(self.rest) {
                Some(at) => {
                    let (unit, behind) = self.rest.split_at_checked(at)?;
                    (unit, behind.get(SHORT_START..).unwrap_or_default())
                }
                None => (self.rest, &[][..]),
            };
            self.rest = rest;
            let end = unit.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            if let Some(nal) = unit.get(..end).and_then(Nal::new) {
                return Some(nal);
            }
        }
        None
    }
}

/// Bytes of `00 00 01`, which every start code ends with.
const SHORT_START: usize = 3;

/// Where the next `00 00 01` begins. Looks at every third byte of what cannot be one.
fn find_start(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    while let Some(&third) = bytes.get(at) {
        at += match third {
            0 => 1,
            1 if bytes.get(at - 2..at) == Some(&[0, 0]) => return Some(at - 2),
            _ => SHORT_START,
        };
    }
    None
}

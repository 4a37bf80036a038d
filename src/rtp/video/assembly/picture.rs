//! The frame that grows: what the codecs say about where it begins, goes on and ends.

use super::{FrameKind, MAX_FRAME, Piece};
use causeway_base::VideoCodec;
use causeway_wire::h264::depacketize::{Fragment, Piece as FragmentPiece};
use causeway_wire::h264::{H264Payload, NalType};
use causeway_wire::vp8::{Descriptor, FrameHeader};

/// What became of a packet in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is used up.
    Consumed,
    /// It belongs to the next frame, and this one has to go first.
    NotYet,
}

/// Why what was there of a frame is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Lost(u64),
    Malformed,
    TooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Something was lost: packets are dropped until a frame surely begins.
    Seeking,
    /// The last frame ended.
    Between,
    /// Bytes of this timestamp are there.
    Within { timestamp: u32 },
    /// A whole frame waits to be lent.
    Ready { timestamp: u32 },
    /// It was lent, and is done with at the next call.
    Lent,
}

/// A NAL unit in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Closed,
    Open,
}

/// The frame under construction.
#[derive(Debug)]
pub(super) struct Picture {
    codec: VideoCodec,
    stage: Stage,
    unit: Unit,
    kind: FrameKind,
    /// What its first slice makes of it, where that is none of an IDR picture.
    leaning: FrameKind,
    /// The last key frame brought its parameter sets along: one without them lost them.
    brings_sets: bool,
    bytes: Vec<u8>,
    broken: Option<Broken>,
}

impl Picture {
    pub(super) const fn new(codec: VideoCodec) -> Self {
        Self {
            codec,
            stage: Stage::Seeking,
            unit: Unit::Closed,
            kind: FrameKind::Parameters,
            leaning: FrameKind::Delta,
            brings_sets: false,
            bytes: Vec::new(),
            broken: None,
        }
    }

    /// Whether it takes packets: no frame waits to go and no loss to be told.
    pub(super) const fn is_open(&self) -> bool {
        !self.is_ready() && self.broken.is_none()
    }

    pub(super) const fn is_ready(&self) -> bool {
        matches!(self.stage, Stage::Ready { .. })
    }

    /// The frame that was lent is done with.
    pub(super) fn take_back(&mut self) {
        if self.stage == Stage::Lent {
            self.bytes.clear();
            self.stage = Stage::Between;
        }
    }

    /// The frame that waits, if one does; its bytes stay until [`Self::take_back`].
    pub(super) fn lend(&mut self) -> Option<(u32, FrameKind)> {
        let Stage::Ready { timestamp } = self.stage else { return None };
        self.stage = Stage::Lent;
        Some((timestamp, self.kind))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) const fn take_broken(&mut self) -> Option<Broken> {
        self.broken.take()
    }

    /// Packets are lost, and so is what is there of a frame.
    pub(super) fn lose(&mut self, count: u64) {
        self.fail(Broken::Lost(count));
    }

    fn fail(&mut self, broken: Broken) {
        self.bytes.clear();
        self.unit = Unit::Closed;
        self.stage = Stage::Seeking;
        self.broken = Some(broken);
    }

    /// Takes the next packet in order.
    pub(super) fn take(&mut self, piece: &Piece<'_>) -> Taken {
        self.take_back();
        if !self.is_open() {
            return Taken::NotYet;
        }
        if piece.payload.is_empty() {
            return Taken::Consumed;
        }
        if let Stage::Within { timestamp } = self.stage
            && timestamp != piece.timestamp
        {
            self.finish(timestamp); // the marker was forgotten
            return Taken::NotYet;
        }
        let stage = self.stage;
        let taken = match self.codec {
            VideoCodec::H264 => self.take_h264(piece),
            VideoCodec::Vp8 => self.take_vp8(piece),
        };
        match taken {
            Ok(()) if self.bytes.len() > MAX_FRAME => self.fail(Broken::TooLong),
            Ok(()) => {
                if let (Stage::Within { timestamp }, true) = (self.stage, piece.marker) {
                    self.finish(timestamp);
                }
            }
            Err(Malformed) => {
                self.fail(Broken::Malformed);
                // It may be the first of the next frame that shows that this one lacks its end.
                if matches!(stage, Stage::Within { .. }) {
                    return Taken::NotYet;
                }
            }
        }
        Taken::Consumed
    }

    fn begin(&mut self, timestamp: u32) {
        self.bytes.clear();
        self.kind = FrameKind::Parameters;
        self.leaning = FrameKind::Delta;
        self.stage = Stage::Within { timestamp };
    }

    fn finish(&mut self, timestamp: u32) {
        if self.unit == Unit::Open {
            return self.fail(Broken::Malformed);
        }
        self.stage = Stage::Ready { timestamp };
    }

    fn take_h264(&mut self, piece: &Piece<'_>) -> Result<(), Malformed> {
        let payload = H264Payload::parse(piece.payload).map_err(|_| Malformed)?;
        match self.stage {
            Stage::Seeking if !self.surely_begins(&payload) => return Ok(()),
            Stage::Seeking | Stage::Between | Stage::Lent => self.begin(piece.timestamp),
            Stage::Within { .. } | Stage::Ready { .. } => {}
        }
        let then = match (self.unit, &payload) {
            (Unit::Closed, H264Payload::Single(_) | H264Payload::Aggregate(_)) => Unit::Closed,
            (_, H264Payload::Fragment(Fragment { piece, .. })) => match (self.unit, piece) {
                (Unit::Closed, FragmentPiece::First) | (Unit::Open, FragmentPiece::Middle) => {
                    Unit::Open
                }
                (Unit::Open, FragmentPiece::Last) => Unit::Closed,
                _ => return Err(Malformed),
            },
            (Unit::Open, _) => return Err(Malformed),
        };
        self.unit = then;
        payload.append_to(&mut self.bytes);
        if payload.begins(NalType::SequenceParameterSet) {
            self.brings_sets = true;
        }
        if payload.has_recovery_point() {
            self.leaning = FrameKind::Refresh;
        }
        if payload.begins(NalType::Idr) {
            self.kind = FrameKind::Key;
        } else if self.kind == FrameKind::Parameters
            && (payload.begins(NalType::Slice) || payload.begins(NalType::Other(2)))
        {
            self.kind = self.leaning;
        }
        Ok(())
    }

    /// Whether a picture begins here whole, after a loss: of one that brings its parameter sets
    /// the first packet has them.
    fn surely_begins(&self, payload: &H264Payload<'_>) -> bool {
        // It stands before the slices (ITU-T H.264 clause 7.4.1.2.3).
        if payload.has_recovery_point() {
            return true;
        }
        if !self.brings_sets {
            return payload.begins_picture();
        }
        let first = [NalType::AccessUnitDelimiter, NalType::SequenceParameterSet];
        let later = [NalType::PictureParameterSet, NalType::Idr];
        first.into_iter().any(|kind| payload.begins(kind))
            || payload.begins_picture() && !later.into_iter().any(|kind| payload.begins(kind))
    }

    fn take_vp8(&mut self, piece: &Piece<'_>) -> Result<(), Malformed> {
        let (descriptor, bytes) = Descriptor::parse(piece.payload).ok_or(Malformed)?;
        match (self.stage, descriptor.begins_frame()) {
            (Stage::Seeking, false) => return Ok(()),
            (Stage::Seeking | Stage::Between | Stage::Lent, true) => {
                let header = FrameHeader::parse(bytes).ok_or(Malformed)?;
                self.begin(piece.timestamp);
                self.kind = if header.key.is_some() { FrameKind::Key } else { FrameKind::Delta };
            }
            (Stage::Within { .. }, false) => {}
            (Stage::Between | Stage::Lent, false)
            | (Stage::Within { .. } | Stage::Ready { .. }, _) => {
                return Err(Malformed);
            }
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// What came makes no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

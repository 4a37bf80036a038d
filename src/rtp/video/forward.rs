//! A stream that is passed on to a receiver under numbers of our own, and that may change from
//! one source to another: the receiver sees one stream without a break.

use super::{Piece, begins_key_frame};
use causeway_base::{SeqExtender, VideoCodec, video::CLOCK_RATE};
use causeway_wire::rtp::RtpHeader;
use causeway_wire::vp8::descriptor::{self, PICTURE_IDS};
use causeway_wire::vp8::{Descriptor, PictureId};
use std::fmt;
use std::time::Instant;

/// At a change of source the timestamp goes on by at least this: one frame of 90.
const MIN_STEP: u32 = CLOCK_RATE / 90;

/// A payload that is passed on: a beginning of our own, then what the source sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ForwardedPayload<'a> {
    head: [u8; descriptor::MAX_LEN],
    head_len: usize,
    rest: &'a [u8],
}

impl fmt::Debug for ForwardedPayload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForwardedPayload({} + {} bytes)", self.head_len, self.rest.len())
    }
}

impl<'a> ForwardedPayload<'a> {
    const fn unchanged(rest: &'a [u8]) -> Self {
        Self { head: [0; descriptor::MAX_LEN], head_len: 0, rest }
    }

    /// The bytes, one slice after the other.
    pub fn parts(&self) -> [&[u8]; 2] {
        [self.head.get(..self.head_len).unwrap_or_default(), self.rest]
    }

    /// Bytes in all.
    pub const fn len(&self) -> usize {
        self.head_len + self.rest.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What one source's numbers are for the receiver.
#[derive(Clone, Debug)]
struct Mapping {
    numbers: SeqExtender,
    first: u64,
    /// What is added to a sequence number; wraps.
    sequence: u64,
    /// What is added to a timestamp; wraps.
    timestamp: u32,
    picture: PictureMapping,
}

/// The same for VP8's numbers. Of a source without such numbers nothing is known.
#[derive(Clone, Copy, Debug, Default)]
struct PictureMapping {
    /// The highest identifier of the source, and what it became.
    id: Option<(PictureId, u16)>,
    /// What is added to the index of the lowest layer; wraps.
    tl0: Option<u8>,
}

#[derive(Clone, Debug)]
enum State<S> {
    /// Nothing is passed on.
    Idle,
    /// A source is chosen that did not begin with a key frame yet.
    Waiting { next: S },
    /// A source is passed on; another may be chosen.
    Forwarding { source: S, mapping: Mapping, next: Option<S> },
}

/// The last numbers that the receiver got.
#[derive(Clone, Copy, Debug)]
struct Sent {
    at: Instant,
    sequence: u64,
    timestamp: u32,
}

/// Passes one source at a time on to one receiver. `S` names a source; another codec has
/// another payload type ([`Forwarder::set_coding`]).
#[derive(Clone, Debug)]
pub struct Forwarder<S> {
    codec: VideoCodec,
    ssrc: u32,
    payload_type: u8,
    first_sequence: u16,
    first_timestamp: u32,
    sent: Option<Sent>,
    picture_id: u16,
    tl0: u8,
    state: State<S>,
}

impl<S: Copy + PartialEq> Forwarder<S> {
    /// A stream under this source and payload type. `sequence` and `timestamp` are random; the
    /// sequence begins in the lower half, as [`crate::RtpSender`]'s does.
    pub const fn new(
        codec: VideoCodec,
        ssrc: u32,
        payload_type: u8,
        sequence: u16,
        timestamp: u32,
    ) -> Self {
        Self {
            codec,
            ssrc,
            payload_type,
            first_sequence: sequence & 0x7fff,
            first_timestamp: timestamp,
            sent: None,
            picture_id: 0,
            tl0: 0,
            state: State::Idle,
        }
    }

    /// Passes this source on, from its next key frame; until then, the present one.
    pub fn choose(&mut self, chosen: S) {
        match &mut self.state {
            State::Idle => self.state = State::Waiting { next: chosen },
            State::Waiting { next } => *next = chosen,
            State::Forwarding { source, next, .. } => {
                *next = (*source != chosen).then_some(chosen);
            }
        }
    }

    /// Passes nothing on. The next source begins with a key frame.
    pub fn stop(&mut self) {
        self.state = State::Idle;
    }

    /// Passes nothing on; what is passed on next is of this codec, under this payload type. The
    /// numbers of VP8's pictures go on.
    pub fn set_coding(&mut self, codec: VideoCodec, payload_type: u8) {
        self.stop();
        (self.codec, self.payload_type) = (codec, payload_type);
    }

    /// The source of which a key frame is needed.
    pub const fn awaits_key_frame(&self) -> Option<S> {
        match self.state {
            State::Idle | State::Forwarding { next: None, .. } => None,
            State::Waiting { next } | State::Forwarding { next: Some(next), .. } => Some(next),
        }
    }

    /// The source that is passed on.
    pub const fn source(&self) -> Option<S> {
        match self.state {
            State::Forwarding { source, .. } => Some(source),
            State::Idle | State::Waiting { .. } => None,
        }
    }

    /// A packet of a source came: what the receiver gets of it. `None` if the source is not
    /// passed on, the packet is from before it was, or it is broken VP8.
    pub fn forward<'a>(
        &mut self,
        now: Instant,
        source: S,
        piece: &Piece<'a>,
    ) -> Option<(RtpHeader, ForwardedPayload<'a>)> {
        if self.awaits_key_frame() == Some(source) && begins_key_frame(self.codec, piece.payload) {
            let mapping = self.begin(now, piece);
            self.state = State::Forwarding { source, mapping, next: None };
        }
        let State::Forwarding { source: present, mapping, .. } = &mut self.state else {
            return None;
        };
        if *present != source {
            return None;
        }
        let seq = mapping.numbers.extend(piece.seq);
        if seq.0 < mapping.first {
            return None;
        }
        let payload = match self.codec {
            VideoCodec::H264 => ForwardedPayload::unchanged(piece.payload),
            VideoCodec::Vp8 if piece.payload.is_empty() => ForwardedPayload::unchanged(&[]),
            VideoCodec::Vp8 => {
                mapping.picture.rewrite(piece.payload, &mut self.picture_id, &mut self.tl0)?
            }
        };
        let sequence = seq.0.wrapping_add(mapping.sequence);
        let timestamp = piece.timestamp.wrapping_add(mapping.timestamp);
        if self.sent.is_none_or(|sent| sequence > sent.sequence) {
            self.sent = Some(Sent { at: now, sequence, timestamp });
        }
        let header = RtpHeader {
            marker: piece.marker,
            payload_type: self.payload_type,
            sequence: sequence as u16,
            timestamp,
            ssrc: self.ssrc,
        };
        Some((header, payload))
    }

    /// The mapping of a source whose first packet this is.
    fn begin(&self, now: Instant, piece: &Piece<'_>) -> Mapping {
        let mut numbers = SeqExtender::new();
        let first = numbers.extend(piece.seq).0;
        let (sequence, timestamp) = match self.sent {
            None => ((1 << 16) | u64::from(self.first_sequence), self.first_timestamp),
            Some(sent) => {
                let passed = now.saturating_duration_since(sent.at).as_micros();
                let step = (passed * u128::from(CLOCK_RATE) / 1_000_000) as u32;
                (sent.sequence + 1, sent.timestamp.wrapping_add(step.max(MIN_STEP)))
            }
        };
        Mapping {
            numbers,
            first,
            sequence: sequence.wrapping_sub(first),
            timestamp: timestamp.wrapping_sub(piece.timestamp),
            picture: PictureMapping::default(),
        }
    }
}

impl PictureMapping {
    /// The payload with the receiver's numbers. `id` and `tl0` are the highest that it got.
    fn rewrite<'a>(
        &mut self,
        payload: &'a [u8],
        id: &mut u16,
        tl0: &mut u8,
    ) -> Option<ForwardedPayload<'a>> {
        let (mut descriptor, rest) = Descriptor::parse(payload)?;
        if let Some(theirs) = descriptor.picture_id {
            let (last, ours) = *self.id.get_or_insert((theirs, next_id(*id, 1)));
            let ahead = distance(theirs, last);
            let mapped = next_id(ours, ahead);
            if ahead > 0 {
                self.id = Some((theirs, mapped));
            }
            if distance(PictureId::Long(mapped), PictureId::Long(*id)) > 0 {
                *id = mapped;
            }
            descriptor.picture_id = Some(PictureId::Long(mapped));
        }
        if let Some(theirs) = descriptor.tl0_picture_index {
            let offset = *self.tl0.get_or_insert(tl0.wrapping_add(1).wrapping_sub(theirs));
            let mapped = theirs.wrapping_add(offset);
            if (mapped.wrapping_sub(*tl0) as i8) > 0 {
                *tl0 = mapped;
            }
            descriptor.tl0_picture_index = Some(mapped);
        }
        let mut head = [0; descriptor::MAX_LEN];
        let head_len = descriptor.write(&mut head).ok()?;
        Some(ForwardedPayload { head, head_len, rest })
    }
}

/// How far `id` is ahead of `last`, in the bits that `id` has.
const fn distance(id: PictureId, last: PictureId) -> i32 {
    let unused = match id {
        PictureId::Short(_) => 25,
        PictureId::Long(_) => 17,
    };
    ((id.value() as i32).wrapping_sub(last.value() as i32) << unused) >> unused
}

const fn next_id(id: u16, step: i32) -> u16 {
    (id as i32 + step).rem_euclid(PICTURE_IDS as i32) as u16
}

#[cfg(test)]
mod tests;

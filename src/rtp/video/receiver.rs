//! One received stream of video as its owner sees it: packets in, frames out, and what to ask
//! the sender for.

use super::assembly::{Assembled, Assembler, FrameKind, Inserted, Piece, Stats};
use super::key_frame::{Counts, KeyFrameMethod, KeyFrameRequests};
use super::nack::{MAX_PER_MESSAGE, NackSchedule, Seen};
use causeway_base::VideoCodec;
use std::time::{Duration, Instant};

/// What is waited for a packet that cannot be asked for: paths reorder by less.
pub const REORDERING_PATIENCE: Duration = Duration::from_millis(40);

/// Nothing to begin decoding with came for so long, though each means to ask for it was tried: the
/// sender makes none, and decoding begins with what there is, again after as long.
pub const BLIND_AFTER: Duration = Duration::from_secs(6);

/// Whether lost packets are asked for.
#[derive(Debug)]
enum Repair {
    /// The peer sends none again.
    None,
    Nack(NackSchedule),
}

/// Whether decoding began with what there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blind {
    Never,
    /// It did, and goes on.
    Begun(Instant),
    /// It did then, and broke off.
    Broken(Instant),
}

impl Blind {
    const fn broken(self) -> Self {
        match self {
            Blind::Never => Blind::Never,
            Blind::Begun(at) | Blind::Broken(at) => Blind::Broken(at),
        }
    }
}

/// What to ask the sender for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// These packets, so many of the numbers that were written.
    Packets(usize),
    /// A full picture, by this means.
    KeyFrame(KeyFrameMethod),
}

/// One received stream (one SSRC; packets of its RTX stream come unwrapped).
#[derive(Debug)]
pub struct VideoReceiver {
    codec: VideoCodec,
    assembler: Assembler,
    blind: Blind,
    repair: Repair,
    requests: KeyFrameRequests,
}

impl VideoReceiver {
    /// A stream whose sender sends again what is asked for (`nack`), and makes full pictures when
    /// asked by one of these means. One is needed at once.
    pub fn new(now: Instant, codec: VideoCodec, nack: bool, methods: &[KeyFrameMethod]) -> Self {
        let mut requests = KeyFrameRequests::new(methods);
        requests.wanted(now);
        Self::with_requests(codec, nack, requests)
    }

    /// The same with the requests of an earlier stream of the same peer, which go on. A full picture
    /// is needed only if they say so.
    pub fn with_requests(codec: VideoCodec, nack: bool, requests: KeyFrameRequests) -> Self {
        let repair = if nack { Repair::Nack(NackSchedule::new()) } else { Repair::None };
        let patience = match &repair {
            Repair::None => REORDERING_PATIENCE,
            Repair::Nack(nacks) => nacks.patience(),
        };
        let assembler = Assembler::new(codec, patience);
        Self { codec, assembler, blind: Blind::Never, repair, requests }
    }

    /// The round trip is this.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        if let Repair::Nack(nacks) = &mut self.repair {
            nacks.set_round_trip(round_trip);
            self.assembler.set_patience(nacks.patience());
        }
    }

    /// A packet came. Then [`Self::poll`] until it has nothing.
    pub fn receive(&mut self, now: Instant, piece: &Piece<'_>) -> Inserted {
        if let Repair::Nack(nacks) = &mut self.repair
            && nacks.arrived(now, piece.seq) == Seen::Overrun
        {
            self.requests.wanted(now);
        }
        self.assembler.insert(now, piece)
    }

    /// The next frame, or the word that one is given up. Frames that lean on something that is
    /// not there are told too, but only whole ones make sense.
    pub fn poll(&mut self, now: Instant) -> Option<Assembled<'_>> {
        if self.is_hopeless(now) {
            self.blind = Blind::Begun(now);
            self.assembler.begin_blind();
        }
        let assembled = self.assembler.poll(now)?;
        match &assembled {
            Assembled::Frame(frame)
                if matches!(frame.kind, FrameKind::Key | FrameKind::Refresh) =>
            {
                self.requests.arrived();
            }
            Assembled::Frame(frame) if !frame.whole && frame.kind == FrameKind::Delta => {
                self.requests.wanted(now);
            }
            Assembled::Frame(_) => {}
            Assembled::GivenUp(_) => {
                self.requests.wanted(now);
                self.blind = self.blind.broken();
            }
        }
        Some(assembled)
    }

    /// Whether decoding is to begin with what there is. VP8 has nothing to begin with but key frames.
    fn is_hopeless(&self, now: Instant) -> bool {
        let is_over = |since: Instant| now >= since + BLIND_AFTER;
        self.codec == VideoCodec::H264
            && self.requests.waiting_since().is_some_and(is_over)
            && match self.blind {
                Blind::Never => true,
                Blind::Begun(_) => false,
                Blind::Broken(at) => is_over(at),
            }
    }

    /// Pictures are right again, though no full one came.
    pub const fn content(&mut self) {
        self.requests.arrived();
    }

    /// A full picture is needed for another reason: it could not be decoded, or somebody new
    /// looks.
    pub const fn want_key_frame(&mut self, now: Instant) {
        self.requests.wanted(now);
        self.blind = self.blind.broken();
    }

    /// What to ask for now; the numbers of packets are written to the start of `numbers`.
    pub fn ask(&mut self, now: Instant, numbers: &mut [u16; MAX_PER_MESSAGE]) -> Option<Ask> {
        if let Some(method) = self.requests.poll(now) {
            return Some(Ask::KeyFrame(method));
        }
        match &mut self.repair {
            Repair::None => None,
            Repair::Nack(nacks) => {
                if let Some(next) = self.assembler.next_number() {
                    nacks.forget_before(next);
                }
                match nacks.poll(now, numbers) {
                    0 => None,
                    count => Some(Ask::Packets(count)),
                }
            }
        }
    }

    /// When [`Self::poll`] or [`Self::ask`] has something without another packet.
    pub fn deadline(&self) -> Option<Instant> {
        let nacks = match &self.repair {
            Repair::None => None,
            Repair::Nack(nacks) => nacks.deadline(),
        };
        [self.assembler.deadline(), self.requests.deadline(), nacks].into_iter().flatten().min()
    }

    /// The number of the last full intra request, which it carries.
    pub const fn fir_sequence(&self) -> u8 {
        self.requests.fir_sequence()
    }

    /// Since when a full picture is waited for.
    pub const fn waiting_since(&self) -> Option<Instant> {
        self.requests.waiting_since()
    }

    /// How often each means was used to ask for a picture.
    pub const fn requests(&self) -> Counts {
        self.requests.counts()
    }

    /// What is asked for full pictures, for a stream in this one's place.
    pub const fn key_frame_requests(&self) -> KeyFrameRequests {
        self.requests
    }

    /// Counts of frames and packets.
    pub const fn stats(&self) -> Stats {
        self.assembler.stats()
    }

    /// Bytes that it keeps.
    pub fn memory(&self) -> usize {
        self.assembler.memory()
    }
}

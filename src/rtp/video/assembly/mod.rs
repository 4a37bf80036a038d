//! Packets of one stream -> its frames, in order (RFC 6184, RFC 7741).
//!
//! A packet that comes in order is appended to the frame at once; one that comes early is held
//! until those before it have come, or until patience ends. Then the frame is given up, and what
//! follows leans on something that is not there until the next key frame.

mod hold;
mod picture;

use causeway_base::{SeqExtender, VideoCodec};
use hold::{Held, Hold};
use picture::{Broken, Picture, Taken};
use std::fmt;
use std::time::{Duration, Instant};

/// Packets held while one before them is missing: two seconds of 2.5 Mbit/s. More than a path
/// reorders, and less than a megabyte.
pub const MAX_HELD: usize = 512;

/// Bytes of the longest frame: far above a key frame of 1920x1080 at any rate that we agree to.
pub const MAX_FRAME: usize = 1 << 20;

/// Packets in a row from far behind, after which the sender has begun anew.
const MAX_FAR_BEHIND: u32 = 32;

/// One received packet, its header read and its padding gone.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    /// Sequence number.
    pub seq: u16,
    /// RTP timestamp, 90 kHz.
    pub timestamp: u32,
    /// The last of its frame.
    pub marker: bool,
    /// The payload. Empty ones (probes) use up a number and nothing else.
    pub payload: &'a [u8],
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, timestamp, marker, payload } = self;
        write!(f, "Piece({seq}, {timestamp}, {marker}, {} bytes)", payload.len())
    }
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inserted {
    /// It was taken, or waits for others.
    Kept,
    /// It had come before.
    Duplicate,
    /// Its frame was done or given up.
    Late,
}

/// What a frame is for a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Decoding can begin here.
    Key,
    /// Decoding can begin here too, but what comes out is right only some pictures later: the
    /// sender refreshes its pictures part by part.
    Refresh,
    /// It leans on others.
    Delta,
    /// So too; nothing to begin with came for long, and decoding is to begin here anyway.
    Blind,
    /// No picture: parameter sets or messages on their own. A decoder always wants them.
    Parameters,
}

/// A whole frame.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// RTP timestamp, 90 kHz.
    pub timestamp: u32,
    /// What it is for a decoder.
    pub kind: FrameKind,
    /// Nothing since decoding began was given up: what it leans on is there.
    pub whole: bool,
    /// A byte stream (Annex B) of H.264, or a frame of VP8.
    pub bytes: &'a [u8],
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timestamp, kind, whole, bytes } = self;
        write!(f, "Frame({timestamp}, {kind:?}, whole: {whole}, {} bytes)", bytes.len())
    }
}

/// Why a frame was given up. From then on until the next key frame nothing is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GivenUp {
    /// Packets did not come, this many.
    Lost(u64),
    /// What came makes no frame: the sender is to blame, or a loss that no number shows.
    Malformed,
    /// Longer than [`MAX_FRAME`].
    TooLong,
}

/// What [`Assembler::poll`] found.
#[derive(Clone, Copy, Debug)]
pub enum Assembled<'a> {
    /// A frame.
    Frame(Frame<'a>),
    /// A frame is given up: ask for a key frame.
    GivenUp(GivenUp),
}

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames that came whole.
    pub frames: u64,
    /// Key frames among them.
    pub key_frames: u64,
    /// Times that something was given up.
    pub given_up: u64,
    /// Packets that were waited for in vain.
    pub lost: u64,
    /// Packets that came after their frame was done or given up.
    pub late: u64,
}

/// What the last frames leave to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Continuity {
    /// A key frame is needed.
    Broken,
    Whole,
}

/// With what decoding begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Onset {
    /// With what the sender made for it.
    Made,
    /// With whatever comes next.
    Any,
}

/// Assembles the frames of one stream (one SSRC).
#[derive(Debug)]
pub struct Assembler {
    patience: Duration,
    numbers: SeqExtender,
    /// The number that is taken next.
    cursor: Option<u64>,
    hold: Hold,
    /// The number at which a packet is missing, and since when.
    hole: Option<(u64, Instant)>,
    picture: Picture,
    continuity: Continuity,
    onset: Onset,
    far_behind: u32,
    stats: Stats,
}

impl Assembler {
    /// An assembler that waits at most `patience` for a missing packet: a reordering or, where
    /// packets are sent again, some round trips.
    pub fn new(codec: VideoCodec, patience: Duration) -> Self {
        Self {
            patience,
            numbers: SeqExtender::new(),
            cursor: None,
            hold: Hold::default(),
            hole: None,
            picture: Picture::new(codec),
            continuity: Continuity::Broken,
            onset: Onset::Made,
            far_behind: 0,
            stats: Stats::default(),
        }
    }

    /// Waits so long from now on.
    pub const fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Takes a packet. Then [`Self::poll`] until it has nothing.
    pub fn insert(&mut self, now: Instant, piece: &Piece<'_>) -> Inserted {
        let seq = self.numbers.guess(piece.seq);
        let cursor = *self.cursor.get_or_insert(seq.0);
        if seq.0 < cursor {
            return self.behind(cursor - seq.0, now, piece);
        }
        self.far_behind = 0;
        if seq.0 - cursor > MAX_HELD as u64 {
            // A jump: what is held leads nowhere.
            self.hold.clear();
            self.skip_to(seq.0);
        }
        self.numbers.accept(seq);
        if seq.0 == self.cursor.unwrap_or(seq.0) && self.picture.is_open() {
            if self.hold.first().is_some_and(|first| first.seq == seq.0) {
                return Inserted::Duplicate;
            }
            if self.take(piece) == Taken::Consumed {
                self.cursor = Some(seq.0 + 1);
                return Inserted::Kept;
            }
        }
        self.hold.insert(seq.0, now, piece)
    }

    /// A packet from before the cursor.
    fn behind(&mut self, distance: u64, now: Instant, piece: &Piece<'_>) -> Inserted {
        self.stats.late += 1;
        if distance <= MAX_HELD as u64 {
            return Inserted::Late;
        }
        self.far_behind += 1;
        if self.far_behind < MAX_FAR_BEHIND {
            return Inserted::Late;
        }
        self.hold.clear();
        self.numbers = SeqExtender::new();
        self.cursor = None; // the old numbers say nothing of what is lost
        let seq = self.numbers.extend(piece.seq);
        self.skip_to(seq.0);
        self.far_behind = 0;
        self.hold.insert(seq.0, now, piece)
    }

    /// The next frame, or the word that one is given up. `None`: nothing until the next packet
    /// or [`Self::deadline`].
    pub fn poll(&mut self, now: Instant) -> Option<Assembled<'_>> {
        self.picture.take_back();
        while !self.picture.is_ready() {
            if let Some(broken) = self.picture.take_broken() {
                return Some(Assembled::GivenUp(self.give_up(broken.into())));
            }
            let cursor = self.cursor?;
            let first = self.hold.first()?;
            if first.seq > cursor {
                let (first, since) = (first.seq, self.hole_since(cursor, now));
                if now.saturating_duration_since(since) < self.patience
                    && self.hold.len() < MAX_HELD
                {
                    return None;
                }
                self.skip_to(first);
                continue;
            }
            let Some(held) = self.hold.pop() else { continue };
            match self.take(&held.piece()) {
                Taken::Consumed => {
                    self.cursor = Some(cursor + 1);
                    self.hold.recycle(held);
                }
                Taken::NotYet => self.hold.put_back(held),
            }
        }
        let (timestamp, mut kind) = self.picture.lend()?;
        self.stats.frames += 1;
        self.stats.key_frames += u64::from(kind == FrameKind::Key);
        if kind == FrameKind::Delta && self.onset == Onset::Any {
            kind = FrameKind::Blind;
        }
        if matches!(kind, FrameKind::Key | FrameKind::Refresh | FrameKind::Blind) {
            self.continuity = Continuity::Whole;
            self.onset = Onset::Made;
        }
        let whole = self.continuity == Continuity::Whole;
        Some(Assembled::Frame(Frame { timestamp, kind, whole, bytes: self.picture.bytes() }))
    }

    /// The number that is taken next: those before it are of no use any more.
    pub fn next_number(&self) -> Option<u16> {
        self.cursor.map(|cursor| cursor as u16)
    }

    /// When patience with a missing packet ends.
    pub fn deadline(&self) -> Option<Instant> {
        let cursor = self.cursor?;
        let first = self.hold.first().filter(|first| first.seq > cursor)?;
        let since = match self.hole {
            Some((at, since)) if at == cursor => since,
            _ => first.at,
        };
        Some(since + self.patience)
    }

    /// Nothing to begin with came for long: decoding begins with whatever comes next.
    pub const fn begin_blind(&mut self) {
        self.onset = Onset::Any;
    }

    /// Whether only a frame to begin with helps.
    pub fn needs_key_frame(&self) -> bool {
        self.continuity == Continuity::Broken
    }

    /// Counts since the start.
    pub const fn stats(&self) -> Stats {
        self.stats
    }

    /// Bytes that are kept: of the frame and of packets that wait, with what was once needed
    /// for them.
    pub fn memory(&self) -> usize {
        self.picture.capacity() + self.hold.capacity()
    }

    fn take(&mut self, piece: &Piece<'_>) -> Taken {
        self.picture.take(piece)
    }

    /// A hole is as old as the first packet behind it that came.
    fn hole_since(&mut self, cursor: u64, now: Instant) -> Instant {
        match self.hole {
            Some((at, since)) if at == cursor => since,
            _ => {
                let since = self.hold.earliest().unwrap_or(now);
                self.hole = Some((cursor, since));
                since
            }
        }
    }

    /// Goes on behind a hole.
    fn skip_to(&mut self, seq: u64) {
        let lost = seq.saturating_sub(self.cursor.unwrap_or(seq));
        self.cursor = Some(seq);
        self.picture.lose(lost);
    }

    fn give_up(&mut self, cause: GivenUp) -> GivenUp {
        self.continuity = Continuity::Broken;
        self.stats.given_up += 1;
        if let GivenUp::Lost(count) = cause {
            self.stats.lost += count;
        }
        cause
    }
}

impl From<Broken> for GivenUp {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Lost(count) => GivenUp::Lost(count),
            Broken::Malformed => GivenUp::Malformed,
            Broken::TooLong => GivenUp::TooLong,
        }
    }
}

impl Held {
    fn piece(&self) -> Piece<'_> {
        Piece {
            seq: self.seq as u16,
            timestamp: self.timestamp,
            marker: self.marker,
            payload: &self.bytes,
        }
    }
}

#[cfg(test)]
mod tests;

//! What waits for one decoder process: a line of frames for each stream, and turns between them.

use super::record::Owner;
use super::strain::Strain;
use super::stream::{Stream, StreamId};
use causeway_base::VideoCodec;
use causeway_media::video::codec::MAX_ACCESS_UNIT;
use causeway_plan::video::FreezeCause;
use causeway_rtp::video::FrameKind;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Frames of a stream that wait: half a second of them. A burst after a repair is shorter; who is
/// further behind does not catch up, and would only be late.
pub(super) const MAX_WAITING: usize = 16;

/// Their bytes: nearly two of the largest, which nobody sends in a row.
const MAX_WAITING_BYTES: usize = 2 * MAX_ACCESS_UNIT - 1;

/// The queue of one process.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Held to move a frame, never to copy or decode it.
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// The number of the process in the system; 0 while there is none.
    pub(super) process: AtomicU32,
    /// The streams in it, to look at without the lock.
    len: AtomicUsize,
    /// Whether its process keeps up.
    pub(super) strain: Strain,
}

#[derive(Debug, Default)]
struct Waiting {
    streams: HashMap<StreamId, Line>,
    /// Whose next frame comes next.
    turns: VecDeque<StreamId>,
    /// Streams that nobody has any more.
    ended: Vec<StreamId>,
    last_id: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    Closed,
}

#[derive(Debug)]
struct Line {
    stream: Arc<Stream>,
    frames: VecDeque<Waits>,
    bytes: usize,
    /// How the next frame follows the one that came before it.
    next: Follows,
    turn: Turn,
    intake: Intake,
}

/// Whether a line has its turn among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Due,
    None,
}

/// Whether a stream is decoded at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intake {
    Open,
    BarredUntil(Instant),
}

/// How a frame follows the one that was decoded before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follows {
    Directly,
    /// Something in between is missing.
    Gap,
}

/// A frame that waits.
#[derive(Debug)]
pub(super) struct Waits {
    pub(super) bytes: Vec<u8>,
    pub(super) follows: Follows,
    pub(super) kind: FrameKind,
    pub(super) since: Instant,
}

/// What there is to do.
#[derive(Debug)]
pub(super) enum Next {
    Decode(Arc<Stream>, Waits),
    /// This stream is over.
    Ended(StreamId),
    /// Nothing, for as long as was asked.
    Nothing,
    /// No more, for ever.
    Closed,
}

impl Queue {
    /// Adds a stream.
    pub(super) fn open(&self, codec: VideoCodec, owner: Owner) -> Arc<Stream> {
        let mut waiting = self.waiting();
        waiting.last_id += 1;
        let id = StreamId(waiting.last_id);
        let stream = Arc::new(Stream::new(id, codec, owner));
        let line = Line {
            stream: Arc::clone(&stream),
            frames: VecDeque::new(),
            bytes: 0,
            next: Follows::Directly,
            turn: Turn::None,
            intake: Intake::Open,
        };
        waiting.streams.insert(id, line);
        self.len.store(waiting.streams.len(), Ordering::Relaxed);
        stream
    }

    /// Ends a stream.
    pub(super) fn end(&self, id: StreamId) {
        let mut waiting = self.waiting();
        let line = waiting.streams.remove(&id);
        self.len.store(waiting.streams.len(), Ordering::Relaxed);
        if waiting.state == State::Open {
            waiting.ended.push(id);
        }
        drop(waiting);
        drop(line);
        self.changed.notify_one();
    }

    /// The streams in it.
    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Puts a frame at the end of its stream's line.
    pub(super) fn push(&self, id: StreamId, kind: FrameKind, bytes: &[u8], now: Instant) {
        // Copied before the lock is taken.
        let frame = (bytes.len() <= MAX_ACCESS_UNIT).then(|| bytes.to_vec());
        let mut waiting = self.waiting();
        let Waiting { streams, turns, state: State::Open, .. } = &mut *waiting else { return };
        let Some(line) = streams.get_mut(&id) else { return };
        let Some(frame) = frame else {
            line.next = Follows::Gap;
            line.stream.freeze(FreezeCause::Size);
            return;
        };
        if line.admits(now) && line.push(kind, frame, now) && line.turn == Turn::None {
            line.turn = Turn::Due;
            turns.push_back(id);
            drop(waiting);
            self.changed.notify_one();
        }
    }

    /// Tells that something before a stream's next frame is missing.
    pub(super) fn lost(&self, id: StreamId) {
        if let Some(line) = self.waiting().streams.get_mut(&id) {
            line.next = Follows::Gap;
        }
    }

    /// Takes nothing of a stream for some time, also not what waits.
    pub(super) fn bar(&self, id: StreamId, until: Instant) {
        if let Some(line) = self.waiting().streams.get_mut(&id) {
            line.clear();
            line.intake = Intake::BarredUntil(until);
            line.stream.freeze(FreezeCause::Crashed);
        }
    }

    /// What is to be done next; waits so long for it.
    pub(super) fn next(&self, patience: Duration) -> Next {
        let (mut waiting, _) = self
            .changed
            .wait_timeout_while(self.waiting(), patience, |waiting| waiting.is_quiet())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.take()
    }

    /// Waits so long, or until the queue is closed.
    pub(super) fn rest(&self, time: Duration) {
        let until_closed = |waiting: &mut Waiting| waiting.state == State::Open;
        drop(self.changed.wait_timeout_while(self.waiting(), time, until_closed));
    }

    /// Whether it takes no more frames.
    pub(super) fn is_closed(&self) -> bool {
        self.waiting().state == State::Closed
    }

    /// Takes no more frames.
    pub(super) fn close(&self) {
        self.waiting().state = State::Closed;
        self.changed.notify_all();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn is_quiet(&self) -> bool {
        self.state == State::Open && self.turns.is_empty() && self.ended.is_empty()
    }

    fn take(&mut self) -> Next {
        if self.state == State::Closed {
            return Next::Closed;
        }
        if let Some(id) = self.ended.pop() {
            return Next::Ended(id);
        }
        while let Some(id) = self.turns.pop_front() {
            // It may have ended, or lost its frames, while its turn came.
            let Some(line) = self.streams.get_mut(&id) else { continue };
            line.turn = Turn::None;
            let Some(frame) = line.frames.pop_front() else { continue };
            line.bytes -= frame.bytes.len();
            if !line.frames.is_empty() {
                line.turn = Turn::Due;
                self.turns.push_back(id);
            }
            return Next::Decode(Arc::clone(&line.stream), frame);
        }
        Next::Nothing
    }
}

impl Line {
    /// Whether frames are taken. The first one after a bar begins anew.
    fn admits(&mut self, now: Instant) -> bool {
        match self.intake {
            Intake::Open => true,
            Intake::BarredUntil(until) if now < until => false,
            Intake::BarredUntil(_) => {
                self.intake = Intake::Open;
                self.next = Follows::Gap;
                self.stream.thaw();
                true
            }
        }
    }

    /// Whether it was put in line. Where too much waits it makes room; then only a key frame is
    /// still of use.
    fn push(&mut self, kind: FrameKind, bytes: Vec<u8>, now: Instant) -> bool {
        let full = self.frames.len() >= MAX_WAITING || self.bytes + bytes.len() > MAX_WAITING_BYTES;
        if full {
            self.clear();
            if matches!(kind, FrameKind::Delta | FrameKind::Blind) {
                self.stream.break_off();
                return false;
            }
        }
        self.bytes += bytes.len();
        let follows = std::mem::replace(&mut self.next, Follows::Directly);
        self.frames.push_back(Waits { bytes, follows, kind, since: now });
        true
    }

    fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
        self.next = Follows::Gap;
    }
}

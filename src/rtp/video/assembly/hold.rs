//! Packets that came early, by number. Their buffers are used again.

use super::{Inserted, MAX_HELD, Piece};
use std::collections::VecDeque;
use std::time::Instant;

/// Bytes of a new buffer: what an Ethernet frame carries, so that none grows later.
const BUFFER: usize = 1_500;

/// A packet that waits.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) bytes: Vec<u8>,
}

/// The packets that wait, the lowest number first. At most [`MAX_HELD`] and one.
#[derive(Debug, Default)]
pub(super) struct Hold {
    waiting: VecDeque<Held>,
    free: Vec<Vec<u8>>,
}

impl Hold {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn first(&self) -> Option<&Held> {
        self.waiting.front()
    }

    /// When the first of them came.
    pub(super) fn earliest(&self) -> Option<Instant> {
        self.waiting.iter().map(|held| held.at).min()
    }

    /// Most come in order, and go to the end.
    pub(super) fn insert(&mut self, seq: u64, at: Instant, piece: &Piece<'_>) -> Inserted {
        let place = match self.waiting.back() {
            Some(last) if last.seq < seq => self.waiting.len(),
            None => 0,
            Some(_) => self.waiting.partition_point(|held| held.seq < seq),
        };
        if self.waiting.get(place).is_some_and(|held| held.seq == seq) {
            return Inserted::Duplicate;
        }
        if self.waiting.len() > MAX_HELD {
            return Inserted::Late; // the caller polls between packets, which makes room
        }
        let mut bytes = self.free.pop().unwrap_or_else(|| Vec::with_capacity(BUFFER));
        bytes.extend_from_slice(piece.payload);
        let held = Held { seq, at, timestamp: piece.timestamp, marker: piece.marker, bytes };
        self.waiting.insert(place, held);
        Inserted::Kept
    }

    pub(super) fn pop(&mut self) -> Option<Held> {
        self.waiting.pop_front()
    }

    /// What [`Self::pop`] gave comes to its place again.
    pub(super) fn put_back(&mut self, held: Held) {
        self.waiting.push_front(held);
    }

    /// The buffer of a packet that is done with.
    pub(super) fn recycle(&mut self, held: Held) {
        let mut bytes = held.bytes;
        bytes.clear();
        self.free.push(bytes);
    }

    pub(super) fn clear(&mut self) {
        while let Some(held) = self.pop() {
            self.recycle(held);
        }
    }

    pub(super) fn capacity(&self) -> usize {
        let waiting = self.waiting.iter().map(|held| held.bytes.capacity());
        waiting.chain(self.free.iter().map(Vec::capacity)).sum()
    }
}

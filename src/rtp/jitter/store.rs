//! The packets that wait, by sequence number. Bytes live in a pool that grows to the deepest
//! buffering seen and is then used again and again.

use super::{Arrival, MAX_PACKETS, MAX_PAYLOAD, Packet};

/// What is kept of a packet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) seq: u64,
    /// Timestamp, extended beyond its wrap.
    pub(super) timestamp: i64,
    wire_timestamp: u32,
    payload_type: u8,
    marker: bool,
    level: Option<u8>,
    /// Index of its bytes in the pool. `None`: something else than audio used this number.
    buffer: Option<u8>,
}

const EMPTY: Slot = Slot {
    seq: 0,
    timestamp: 0,
    wire_timestamp: 0,
    payload_type: 0,
    marker: false,
    level: None,
    buffer: None,
};

impl Slot {
    pub(super) const fn is_audio(&self) -> bool {
        self.buffer.is_some()
    }

    pub(super) const fn payload_type(&self) -> u8 {
        self.payload_type
    }
}

/// Slots of a stream whose packets come when they should: one waits, one is played.
const FEW: usize = 4;

/// Slots by sequence number modulo their count. Few until a deeper buffering is seen, so that
/// the packets of a thousand quiet legs come and go in the same few cache lines.
#[derive(Debug)]
enum Ring {
    Few([Slot; FEW]),
    Many(Box<[Slot; MAX_PACKETS]>),
}

impl Ring {
    const fn as_slice(&self) -> &[Slot] {
        match self {
            Ring::Few(slots) => slots,
            Ring::Many(slots) => &**slots,
        }
    }

    const fn as_mut_slice(&mut self) -> &mut [Slot] {
        match self {
            Ring::Few(slots) => slots,
            Ring::Many(slots) => &mut **slots,
        }
    }

    const fn place(&self, seq: u64) -> usize {
        (seq % self.as_slice().len() as u64) as usize
    }
}

/// The packets that wait, and the pool of bytes.
#[derive(Debug)]
pub(super) struct Store {
    ring: Ring,
    /// Bit n: slot n holds a packet.
    occupied: u64,
    pool: Vec<Vec<u8>>,
    free: Vec<u8>,
    /// Buffers given out by the last pull; free again at the next.
    lent: [Option<u8>; 2],
}

const _: () = assert!(MAX_PACKETS == u64::BITS as usize, "one bit a slot");

impl Store {
    pub(super) const fn new() -> Self {
        Self {
            ring: Ring::Few([EMPTY; FEW]),
            occupied: 0,
            pool: Vec::new(),
            free: Vec::new(),
            lent: [None; 2],
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.occupied.count_ones() as usize
    }

    /// The packet of this number.
    pub(super) fn get(&self, seq: u64) -> Option<&Slot> {
        let at = self.ring.place(seq);
        let slot = self.ring.as_slice().get(at)?;
        (self.occupied & (1 << at) != 0 && slot.seq == seq).then_some(slot)
    }

    /// The first packet with this number or a later one, less than [`MAX_PACKETS`] ahead.
    pub(super) fn first_from(&self, seq: u64) -> Option<&Slot> {
        let mut left = self.occupied;
        let mut first: Option<&Slot> = None;
        while left != 0 {
            let slot = self.ring.as_slice().get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            let ahead = slot.seq.wrapping_sub(seq);
            if ahead < MAX_PACKETS as u64 && first.is_none_or(|first| slot.seq < first.seq) {
                first = Some(slot);
            }
        }
        first
    }

    /// Keeps a packet. The caller has made its place free.
    pub(super) fn put(&mut self, seq: u64, timestamp: i64, arrival: &Arrival<'_>) {
        let index = self.free.pop().unwrap_or_else(|| {
            self.pool.push(Vec::with_capacity(arrival.payload.len()));
            (self.pool.len() - 1) as u8
        });
        if let Some(buffer) = self.pool.get_mut(usize::from(index)) {
            buffer.clear();
            buffer.extend_from_slice(arrival.payload.get(..MAX_PAYLOAD).unwrap_or(arrival.payload));
        }
        self.set(Slot {
            seq,
            timestamp,
            wire_timestamp: arrival.timestamp,
            payload_type: arrival.payload_type,
            marker: arrival.marker,
            level: arrival.level,
            buffer: Some(index),
        });
    }

    /// Keeps the note that something else used this number.
    pub(super) fn put_note(&mut self, seq: u64) {
        self.set(Slot { seq, ..Slot::default() });
    }

    fn set(&mut self, slot: Slot) {
        let at = self.ring.place(slot.seq);
        let taken = self.occupied & (1 << at) != 0
            && self.ring.as_slice().get(at).is_some_and(|other| other.seq != slot.seq);
        if taken && matches!(self.ring, Ring::Few(_)) {
            self.widen();
        }
        let at = self.ring.place(slot.seq);
        if let Some(place) = self.ring.as_mut_slice().get_mut(at) {
            *place = slot;
            self.occupied |= 1 << at;
        }
    }

    /// Makes room for the deepest buffering. It stays: a path that was bad once is again.
    fn widen(&mut self) {
        let mut slots = Box::new([EMPTY; MAX_PACKETS]);
        let mut occupied = 0u64;
        for (at, slot) in self.ring.as_slice().iter().enumerate() {
            let place = (slot.seq % MAX_PACKETS as u64) as usize;
            if self.occupied & (1 << at) != 0
                && let Some(new) = slots.get_mut(place)
            {
                *new = *slot;
                occupied |= 1 << place;
            }
        }
        self.ring = Ring::Many(slots);
        self.occupied = occupied;
    }

    /// Takes a packet out and throws it away.
    pub(super) fn discard(&mut self, seq: u64) {
        if let Some(buffer) = self.take(seq) {
            self.free.push(buffer);
        }
    }

    /// Takes a packet out and lends its bytes until [`Self::reclaim`].
    pub(super) fn lend(&mut self, seq: u64) {
        if let Some(buffer) = self.take(seq) {
            match self.lent.iter_mut().find(|lent| lent.is_none()) {
                Some(lent) => *lent = Some(buffer),
                None => self.free.push(buffer),
            }
        }
    }

    fn take(&mut self, seq: u64) -> Option<u8> {
        let buffer = self.get(seq)?.buffer;
        self.occupied &= !(1 << self.ring.place(seq));
        buffer
    }

    /// Ends all loans.
    pub(super) fn reclaim(&mut self) {
        for buffer in self.lent.iter_mut().filter_map(Option::take) {
            self.free.push(buffer);
        }
    }

    /// Throws all packets away.
    pub(super) fn clear(&mut self) {
        while self.occupied != 0 {
            let at = self.occupied.trailing_zeros() as usize;
            self.occupied &= self.occupied - 1;
            if let Some(buffer) = self.ring.as_slice().get(at).and_then(|slot| slot.buffer) {
                self.free.push(buffer);
            }
        }
    }

    /// The packet of a slot that is held or lent.
    pub(super) fn packet(&self, slot: &Slot) -> Packet<'_> {
        let buffer = slot.buffer.and_then(|index| self.pool.get(usize::from(index)));
        Packet {
            payload_type: slot.payload_type,
            timestamp: slot.wire_timestamp,
            seq: slot.seq as u16,
            marker: slot.marker,
            level: slot.level,
            payload: buffer.map_or(&[], Vec::as_slice),
        }
    }

    /// Bytes of payload that the pool holds room for.
    #[cfg(test)]
    pub(super) fn pool_bytes(&self) -> usize {
        self.pool.iter().map(Vec::capacity).sum()
    }
}

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

impl Slot {
    pub(super) const fn is_audio(&self) -> bool {
        self.buffer.is_some()
    }

    pub(super) const fn payload_type(&self) -> u8 {
        self.payload_type
    }
}

/// Slots by sequence number modulo [`MAX_PACKETS`], and the pool of bytes.
#[derive(Debug)]
pub(super) struct Store {
    slots: [Slot; MAX_PACKETS],
    /// Bit n: slot n holds a packet.
    occupied: u64,
    pool: Vec<Vec<u8>>,
    free: Vec<u8>,
    /// Buffers given out by the last pull; free again at the next.
    lent: [Option<u8>; 2],
}

const _: () = assert!(MAX_PACKETS == u64::BITS as usize, "one bit a slot");

const fn place(seq: u64) -> usize {
    (seq % MAX_PACKETS as u64) as usize
}

impl Store {
    pub(super) const fn new() -> Self {
        const EMPTY: Slot = Slot {
            seq: 0,
            timestamp: 0,
            wire_timestamp: 0,
            payload_type: 0,
            marker: false,
            level: None,
            buffer: None,
        };
        Self {
            slots: [EMPTY; MAX_PACKETS],
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
        let at = place(seq);
        let slot = self.slots.get(at)?;
        (self.occupied & (1 << at) != 0 && slot.seq == seq).then_some(slot)
    }

    /// The first packet with this number or a later one, less than [`MAX_PACKETS`] ahead.
    pub(super) fn first_from(&self, seq: u64) -> Option<&Slot> {
        if self.occupied == 0 {
            return None;
        }
        let ahead = self.occupied.rotate_right(place(seq) as u32).trailing_zeros();
        self.get(seq + u64::from(ahead))
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
        let at = place(slot.seq);
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
            self.occupied |= 1 << at;
        }
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
        self.occupied &= !(1 << place(seq));
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
            if let Some(buffer) = self.slots.get(at).and_then(|slot| slot.buffer) {
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

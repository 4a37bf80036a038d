//! Packets that leave together by one socket for one peer: a picture's, most of the time.

use crate::egress::PacketBuffer;
use crate::sys::BATCH;

/// Packets are made in their places; when no place is left they go out.
pub(crate) struct Burst {
    places: Box<[PacketBuffer; BATCH]>,
    lengths: [usize; BATCH],
    count: usize,
}

impl std::fmt::Debug for Burst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Burst({} packets)", self.count)
    }
}

impl Default for Burst {
    fn default() -> Self {
        let places = vec![[0; size_of::<PacketBuffer>()]; BATCH].into_boxed_slice();
        let places = places.try_into().unwrap_or_else(|_| unreachable!("it has that length"));
        Self { places, lengths: [0; BATCH], count: 0 }
    }
}

impl Burst {
    /// Where the next packet is made. `None` where all places are taken.
    pub(crate) fn room(&mut self) -> Option<&mut PacketBuffer> {
        self.places.get_mut(self.count)
    }

    /// The packet that was made there has so many bytes, and is to leave.
    pub(crate) fn keep(&mut self, bytes: usize) {
        if let Some(length) = self.lengths.get_mut(self.count) {
            *length = bytes.min(size_of::<PacketBuffer>());
            self.count += 1;
        }
    }

    /// What is to leave, in order.
    pub(crate) fn packets(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let places = self.places.iter().zip(&self.lengths).take(self.count);
        places.filter_map(|(place, length)| place.get(..*length))
    }

    /// Whether nothing is to leave.
    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// It left.
    pub(crate) const fn clear(&mut self) {
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_leaves_in_order_and_no_more_than_there_is_room_for() {
        let mut burst = Burst::default();
        for number in 0..2 * BATCH {
            let Some(place) = burst.room() else { break };
            place[0] = number as u8;
            burst.keep(1 + number);
        }
        let packets: Vec<_> = burst.packets().map(|packet| (packet[0], packet.len())).collect();
        assert_eq!(packets.len(), BATCH);
        assert!(packets.iter().enumerate().all(|(at, it)| *it == (at as u8, at + 1)));
        burst.keep(5);
        assert_eq!(burst.packets().count(), BATCH);
        burst.clear();
        assert!(burst.is_empty() && burst.packets().next().is_none());
    }
}

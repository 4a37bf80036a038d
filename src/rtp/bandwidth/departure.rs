//! When packets left, by their transport-wide numbers: what feedback of their arrival is held
//! against.

use std::time::Instant;

/// Packets remembered: two seconds of 8 Mbit/s. Divides the numbers, so that each has one place.
pub const MAX_DEPARTURES: usize = 2048;

/// One packet that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Its transport-wide number.
    pub sequence: u16,
    /// When it left.
    pub at: Instant,
    /// Its bytes, from the RTP header on.
    pub bytes: u32,
}

/// The packets of one transport.
#[derive(Debug, Default)]
pub struct Departures {
    /// By number modulo [`MAX_DEPARTURES`]; as long as packets were sent.
    ring: Vec<Option<Departure>>,
    next: u16,
}

impl Departures {
    /// Nothing left.
    pub fn new() -> Self {
        Self::default()
    }

    /// A packet of so many bytes leaves; its transport-wide number.
    pub fn leave(&mut self, now: Instant, bytes: usize) -> u16 {
        let sequence = self.next;
        self.next = sequence.wrapping_add(1);
        let departure = Some(Departure { sequence, at: now, bytes: bytes as u32 });
        match self.ring.get_mut(usize::from(sequence) % MAX_DEPARTURES) {
            Some(slot) => *slot = departure,
            None => self.ring.push(departure), // in order, until the ring is full
        }
        sequence
    }

    /// Takes out the packet of this number: it is spoken of once.
    pub fn take(&mut self, sequence: u16) -> Option<Departure> {
        self.ring
            .get_mut(usize::from(sequence) % MAX_DEPARTURES)?
            .take_if(|departure| departure.sequence == sequence)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;

    #[test]
    fn numbers_wrap_and_old_packets_are_forgotten() {
        let now = Instant::now();
        let mut departures = Departures::new();
        assert_eq!(departures.take(0), None);
        for sequence in 0..70_000u32 {
            assert_eq!(departures.leave(now, sequence as usize), sequence as u16);
        }
        assert_eq!(departures.ring.len(), MAX_DEPARTURES);
        assert_eq!(departures.take((70_000 - MAX_DEPARTURES - 1) as u16), None);
        let oldest = 70_000 - MAX_DEPARTURES;
        assert_eq!(departures.take(oldest as u16).map(|d| d.bytes as usize), Some(oldest));
        assert_eq!(departures.take(oldest as u16), None, "it is spoken of once");
    }
}

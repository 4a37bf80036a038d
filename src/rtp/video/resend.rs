//! What was sent, kept for a while in case that it is asked for again.
//!
//! Payloads are shared (`P` is a counted reference): what one encoder made for a hundred
//! receivers is kept once, and each receiver keeps its own numbers.

use causeway_wire::rtp::RtpHeader;
use std::fmt;
use std::time::{Duration, Instant};

/// Packets kept: two seconds of 2.5 Mbit/s. Divides the sequence numbers, so that a number has
/// one place.
pub const MAX_KEPT: usize = 512;

/// A packet older than this is of no use: the receiver has long asked for a key frame.
pub const MAX_AGE: Duration = Duration::from_secs(2);

/// How often one packet is sent again: whoever asks more often wants to make us send.
pub const MAX_RESENDS: u8 = 5;

/// The shortest time between two copies of one packet.
const MIN_GAP: Duration = Duration::from_millis(10);

#[derive(Clone)]
struct Sent<P> {
    header: RtpHeader,
    payload: P,
    at: Instant,
    resends: u8,
}

/// The last packets of one sent stream.
pub struct SentPackets<P> {
    /// By sequence number modulo [`MAX_KEPT`].
    ring: Vec<Option<Sent<P>>>,
    gap: Duration,
}

impl<P> fmt::Debug for SentPackets<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.ring.iter().flatten().count();
        f.debug_struct("SentPackets").field("kept", &kept).field("gap", &self.gap).finish()
    }
}

impl<P> Default for SentPackets<P> {
    fn default() -> Self {
        Self { ring: Vec::new(), gap: MIN_GAP }
    }
}

impl<P> SentPackets<P> {
    /// Bytes that a receiver's numbers take, beside the payloads.
    pub const MEMORY: usize = MAX_KEPT * size_of::<Option<Sent<P>>>();

    /// Nothing was sent.
    pub fn new() -> Self {
        Self::default()
    }

    /// The round trip is this: the same packet is not sent twice within it.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        self.gap = round_trip.max(MIN_GAP);
    }

    /// Keeps a packet that was sent.
    pub fn keep(&mut self, now: Instant, header: RtpHeader, payload: P) {
        if self.ring.is_empty() {
            self.ring.resize_with(MAX_KEPT, || None);
        }
        if let Some(slot) = self.ring.get_mut(usize::from(header.sequence) % MAX_KEPT) {
            *slot = Some(Sent { header, payload, at: now, resends: 0 });
        }
    }

    /// The packet of this number, if it is to be sent again now.
    pub fn ask(&mut self, now: Instant, sequence: u16) -> Option<(RtpHeader, &P)> {
        let slot = self.ring.get_mut(usize::from(sequence) % MAX_KEPT)?;
        let sent = slot.as_mut().filter(|sent| sent.header.sequence == sequence)?;
        let since = now.saturating_duration_since(sent.at);
        // The first copy goes at once: that the packet is missing was seen after it was sent.
        if since > MAX_AGE || sent.resends >= MAX_RESENDS || sent.resends > 0 && since < self.gap {
            return None;
        }
        sent.resends += 1;
        sent.at = now;
        Some((sent.header, &sent.payload))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use std::sync::Arc;

    const MS: Duration = Duration::from_millis(1);

    fn header(sequence: u16) -> RtpHeader {
        RtpHeader { marker: false, payload_type: 96, sequence, timestamp: 0, ssrc: 1 }
    }

    #[test]
    fn a_packet_is_sent_again_once_a_round_trip_and_not_for_ever() {
        let start = Instant::now();
        let mut sent = SentPackets::new();
        sent.set_round_trip(50 * MS);
        assert!(sent.ask(start, 7).is_none(), "nothing was sent");
        sent.keep(start, header(7), "seven");
        let again: Vec<_> =
            (0..1_000).filter(|ms| sent.ask(start + *ms * MS, 7).is_some()).collect();
        assert_eq!(again, [0, 50, 100, 150, 200]);
        assert!(sent.ask(start, 6).is_none());
    }

    #[test]
    fn old_packets_are_forgotten() {
        let start = Instant::now();
        let mut sent = SentPackets::new();
        sent.keep(start, header(65_535), 0);
        sent.keep(start, header(0), 1);
        assert_eq!(
            sent.ask(start + MAX_AGE, 65_535).map(|(header, payload)| (header.sequence, *payload)),
            Some((65_535, 0))
        );
        assert_eq!(sent.ask(start + MAX_AGE + MS, 0).map(|(_, payload)| *payload), None);
        sent.keep(start, header(511), 2);
        assert!(sent.ask(start, 65_535).is_none(), "its place was taken");
    }

    #[test]
    fn payloads_are_let_go_of() {
        let start = Instant::now();
        let payload: Arc<[u8]> = Arc::from([0u8; 1200]);
        let mut receivers = [SentPackets::new(), SentPackets::new()];
        for sent in &mut receivers {
            sent.keep(start, header(1), Arc::clone(&payload));
        }
        assert_eq!(Arc::strong_count(&payload), 3);
        let other: Arc<[u8]> = Arc::from([]);
        receivers[0].keep(start, header(1 + MAX_KEPT as u16), other);
        assert_eq!(Arc::strong_count(&payload), 2);
        const { assert!(SentPackets::<Arc<[u8]>>::MEMORY <= 24 << 10) };
    }
}

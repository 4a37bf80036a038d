//! What one leg receives, counted.

use std::time::{Duration, Instant};

/// How fast the expected arrival may drift later, per packet: 200 ppm of 20 ms, the drift
/// between two honest clocks.
const DRIFT_PER_PACKET: Duration = Duration::from_micros(4);

/// A packet that comes this much after its expected instant is late: a player that holds one
/// packet would have run dry.
const LATE: Duration = Duration::from_millis(20);

/// Beyond this the peer began a new time line.
const NEW_TIMELINE: Duration = Duration::from_secs(2);

/// Counters of one leg, from the beginning of the measured window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    /// RTP packets that came.
    pub packets: u64,
    /// Sequence numbers that did not come.
    pub gaps: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets that came after their successor.
    pub reordered: u64,
    /// Packets that came more than 20 ms after their expected instant.
    pub late: u64,
}

/// The stream that one leg receives.
#[derive(Debug, Default)]
pub struct Reception {
    /// What was counted.
    pub counters: Counters,
    ssrc: Option<u32>,
    highest: u16,
    timeline: Option<Timeline>,
}

#[derive(Clone, Copy, Debug)]
struct Timeline {
    /// When the packet of `timestamp` would have come without any delay.
    expected: Instant,
    timestamp: u32,
}

impl Reception {
    /// Forgets what was counted, and when packets were expected.
    pub fn reset(&mut self) {
        self.counters = Counters::default();
        self.timeline = None;
    }

    /// Counts a packet; says how late it is.
    pub fn count(&mut self, now: Instant, header: &RtpHeader, clock_rate: u32) -> Duration {
        self.counters.packets += 1;
        if self.ssrc != Some(header.ssrc) {
            self.ssrc = Some(header.ssrc);
            self.highest = header.sequence;
            self.timeline = None;
        } else {
            self.follow(header.sequence);
        }
        let lateness = self.lateness(now, header.timestamp, clock_rate);
        if lateness > LATE {
            self.counters.late += 1;
        }
        lateness
    }

    fn follow(&mut self, sequence: u16) {
        match sequence.wrapping_sub(self.highest) as i16 {
            0 => self.counters.duplicates += 1,
            ahead if ahead > 0 => {
                self.counters.gaps += ahead as u64 - 1;
                self.highest = sequence;
            }
            _ => {
                self.counters.reordered += 1;
                self.counters.gaps = self.counters.gaps.saturating_sub(1);
            }
        }
    }

    fn lateness(&mut self, now: Instant, timestamp: u32, clock_rate: u32) -> Duration {
        let fresh = Timeline { expected: now, timestamp };
        let timeline = self.timeline.get_or_insert(fresh);
        let ahead = timestamp.wrapping_sub(timeline.timestamp) as i32;
        if ahead < 0 {
            return Duration::ZERO;
        }
        let expected = timeline.expected
            + Duration::from_secs_f64(f64::from(ahead) / f64::from(clock_rate))
            + DRIFT_PER_PACKET;
        let lateness = now.saturating_duration_since(expected);
        let early = expected.saturating_duration_since(now);
        *timeline = if lateness.max(early) > NEW_TIMELINE || !early.is_zero() {
            fresh
        } else {
            Timeline { expected, timestamp }
        };
        if lateness > NEW_TIMELINE { Duration::ZERO } else { lateness }
    }
}

/// What the load reads of an RTP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpHeader {
    /// Payload type.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Bytes before the payload.
    pub len: usize,
}

impl RtpHeader {
    /// Reads the header of an RTP packet. `None` for RTCP on the same port (RFC 5761) and for
    /// anything else.
    pub fn parse(packet: &[u8]) -> Option<Self> {
        let (&[first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3], rest) =
            packet.split_first_chunk::<12>()?;
        if first >> 6 != 2 || (192..=223).contains(&second) {
            return None;
        }
        let mut len = 12 + usize::from(first & 0x0f) * 4;
        if first & 0x10 != 0 {
            let words = rest.get(len - 12 + 2..len - 12 + 4)?;
            len += 4 + usize::from(u16::from_be_bytes([*words.first()?, *words.last()?])) * 4;
        }
        (len <= packet.len()).then_some(Self {
            payload_type: second & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            len,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(sequence: u16) -> RtpHeader {
        RtpHeader {
            payload_type: 0,
            sequence,
            timestamp: u32::from(sequence) * 160,
            ssrc: 7,
            len: 12,
        }
    }

    #[test]
    fn counts_losses_duplicates_and_late_ones() {
        let begin = Instant::now();
        let mut reception = Reception::default();
        let mut count = |sequence: u16, at_ms: u64| {
            reception.count(begin + Duration::from_millis(at_ms), &header(sequence), 8_000)
        };
        count(0, 5);
        count(1, 20);
        count(2, 65);
        count(2, 66);
        count(5, 100);
        count(4, 101);
        let Counters { packets, gaps, duplicates, reordered, late } = reception.counters;
        assert_eq!((packets, gaps, duplicates, reordered, late), (6, 1, 1, 1, 2));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(packet in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(header) = RtpHeader::parse(&packet) {
                prop_assert!(header.len <= packet.len());
            }
        }
    }
}

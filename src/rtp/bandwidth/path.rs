//! A path of the tests: so many bits a second, and a queue before it that overflows.

use super::Departures;
use causeway_base::Bitrate;
use causeway_wire::rtcp::feedback::{TICKS_PER_REFERENCE, TransportFeedback, TransportWide};
use causeway_wire::rtcp::{RtcpPacket, RtcpView, RtcpWriter, TransportWideReport};
use std::time::{Duration, Instant};

/// One way, without any queue.
pub(crate) const TRIP: Duration = Duration::from_millis(20);

/// The longest queue.
const MAX_QUEUE_US: u64 = 300_000;

/// A path on which 30 frames a second travel, and feedback of them every 100 ms.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) start: Instant,
    pub(crate) capacity: Bitrate,
    pub(crate) departures: Departures,
    /// Of each packet not spoken of yet: its number, and when it came.
    told: Vec<(u16, Option<u64>)>,
    free_at_us: u64,
    at_us: u64,
    feedback: u8,
    /// Where the receiver's clock begins, in units of 64 ms.
    pub(crate) clock: i64,
    pub(crate) lost: u64,
    pub(crate) sent: u64,
    pub(crate) longest_queue_us: u64,
}

impl Path {
    pub(crate) fn new(start: Instant, capacity: Bitrate) -> Self {
        Self {
            start,
            capacity,
            departures: Departures::new(),
            told: vec![],
            free_at_us: 0,
            at_us: 0,
            feedback: 0,
            clock: 1_000,
            lost: 0,
            sent: 0,
            longest_queue_us: 0,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.start + Duration::from_micros(self.at_us)
    }

    /// Milliseconds since the start.
    pub(crate) const fn at(&self) -> u64 {
        self.at_us / 1_000
    }

    /// Forgets what was counted.
    pub(crate) fn count_anew(&mut self) {
        (self.lost, self.sent, self.longest_queue_us) = (0, 0, 0);
    }

    fn send(&mut self, bytes: u64) {
        let sequence = self.departures.leave(self.now(), bytes as usize);
        let begin = self.at_us.max(self.free_at_us);
        let queue = begin - self.at_us;
        self.longest_queue_us = self.longest_queue_us.max(queue);
        self.sent += 1;
        if queue > MAX_QUEUE_US {
            self.lost += 1;
            return self.told.push((sequence, None));
        }
        self.free_at_us = begin + bytes * 8_000_000 / self.capacity.as_bps();
        self.told.push((sequence, Some(self.free_at_us + TRIP.as_micros() as u64)));
    }

    /// Sends a tenth of a second of this rate, three frames, each paced over 12 ms.
    pub(crate) fn send_for_100_ms(&mut self, rate: Bitrate) {
        let end = self.at_us + 100_000;
        for frame in 0..3 {
            let frame_at = self.at_us.max(end - 100_000 + frame * 33_333);
            let bytes = rate.as_bps() / 8 / 30;
            let packets = bytes.div_ceil(1_200).max(1);
            for packet in 0..packets {
                self.at_us = frame_at + packet * 12_000 / packets;
                self.send(bytes / packets);
            }
        }
        self.at_us = end;
    }

    /// What the receiver says of what came until now, as it is on the wire.
    pub(crate) fn feedback(&mut self) -> Option<Vec<u8>> {
        let now = self.at_us;
        let count =
            self.told.iter().rposition(|(_, came)| came.is_some_and(|came| came <= now))? + 1;
        let told: Vec<_> = self.told.drain(..count).collect();
        let ticks = |us: u64| self.clock * TICKS_PER_REFERENCE + (us / 250) as i64;
        let first = told.iter().find_map(|(_, came)| *came)?;
        let arrivals: Vec<_> = told.iter().map(|(_, came)| came.map(ticks)).collect();
        let report = TransportWideReport {
            base_sequence: told[0].0,
            reference: (ticks(first) / TICKS_PER_REFERENCE) as i32,
            feedback_count: self.feedback,
            arrivals: &arrivals,
        };
        // Deltas are told from a reference of 24 bits, which wraps.
        let wrapped = report.reference << 8 >> 8;
        let cycles = i64::from(report.reference - wrapped) * TICKS_PER_REFERENCE;
        let arrivals: Vec<_> = arrivals.iter().map(|at| at.map(|at| at - cycles)).collect();
        let report = TransportWideReport { reference: wrapped, arrivals: &arrivals, ..report };
        self.feedback = self.feedback.wrapping_add(1);
        let mut out = vec![0; 2_048];
        let mut writer = RtcpWriter::new(&mut out);
        writer.transport_wide(1, 2, &report).unwrap();
        let len = writer.len();
        out.truncate(len);
        Some(out)
    }
}

/// The message in a packet.
pub(crate) fn read(packet: &[u8]) -> TransportWide<'_> {
    let Some(RtcpPacket::TransportFeedback(feedback)) =
        RtcpView::parse(packet).unwrap().packets().next()
    else {
        panic!("no feedback")
    };
    let Some(TransportFeedback::TransportWide(wide)) = feedback.transport() else {
        panic!("another feedback")
    };
    wide
}

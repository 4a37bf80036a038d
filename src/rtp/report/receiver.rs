//! Statistics of a received stream (RFC 3550 appendices A.3 and A.8).

use super::{to_span, to_units};
use causeway_base::SeqExtender;
use causeway_wire::rtcp::{NtpShort, NtpTime, ReportBlock};
use std::time::{Duration, Instant};

/// A jump of more numbers than this is a sender that started again, not loss (RFC 3550
/// appendix A.1 calls it `MAX_DROPOUT`).
const MAX_DROPOUT: u64 = 3_000;

/// Statistics of one received stream, its sources one after the other.
#[derive(Debug)]
pub struct ReceiverStatistics {
    clock_rate: u32,
    packets: u64,
    octets: u64,
    lost_before: i64,
    source: Option<Source>,
}

/// What is known of the present source.
#[derive(Debug)]
struct Source {
    ssrc: u32,
    seq: SeqExtender,
    base: u64,
    received: u64,
    epoch: Instant,
    last_transit: u32,
    /// In 1/16 timestamp units, as RFC 3550 appendix A.8 keeps it.
    jitter: u32,
    expected_prior: u64,
    received_prior: u64,
    last_sr: Option<(NtpShort, Instant)>,
}

impl Source {
    fn new(now: Instant, ssrc: u32, seq: u16, timestamp: u32) -> Self {
        let mut extender = SeqExtender::new();
        let base = extender.extend(seq).0;
        Self {
            ssrc,
            seq: extender,
            base,
            received: 0,
            epoch: now,
            last_transit: 0u32.wrapping_sub(timestamp),
            jitter: 0,
            expected_prior: 0,
            received_prior: 0,
            last_sr: None,
        }
    }

    fn highest(&self) -> u64 {
        self.seq.highest().map_or(self.base, |seq| seq.0)
    }

    fn expected(&self) -> u64 {
        self.highest().saturating_sub(self.base) + 1
    }

    fn lost(&self) -> i64 {
        self.expected() as i64 - self.received as i64
    }

    fn observe(&mut self, now: Instant, timestamp: u32, clock_rate: u32) {
        let arrival = to_units(now.saturating_duration_since(self.epoch), clock_rate) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        let difference = (transit.wrapping_sub(self.last_transit) as i32).unsigned_abs();
        self.last_transit = transit;
        // A new timestamp base is no jitter; a second is beyond any.
        if difference < clock_rate {
            self.jitter = self.jitter.saturating_add(difference) - ((self.jitter + 8) >> 4);
        }
    }
}

impl ReceiverStatistics {
    /// Statistics of a stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate, packets: 0, octets: 0, lost_before: 0, source: None }
    }

    /// Counts an RTP packet. Another SSRC, and a jump of numbers, start a new source.
    pub fn receive(&mut self, now: Instant, ssrc: u32, seq: u16, timestamp: u32, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
        let follows = self.source.as_ref().is_some_and(|source| {
            source.ssrc == ssrc && source.seq.guess(seq).0.abs_diff(source.highest()) < MAX_DROPOUT
        });
        if !follows {
            self.lost_before += self.lost_of_source();
            self.source = Some(Source::new(now, ssrc, seq, timestamp));
        }
        if let Some(source) = &mut self.source {
            let seq = source.seq.extend(seq);
            // A packet from before the first moves the beginning, else it would count as a
            // negative loss.
            source.base = source.base.min(seq.0);
            source.received += 1;
            source.observe(now, timestamp, self.clock_rate);
        }
    }

    /// A sender report of this source with this NTP time came.
    pub fn sender_report(&mut self, now: Instant, ssrc: u32, ntp: NtpTime) {
        if let Some(source) = self.source.as_mut().filter(|source| source.ssrc == ssrc) {
            source.last_sr = Some((ntp.short(), now));
        }
    }

    /// The next report block; closes the interval of the fraction lost. `None` before any
    /// packet.
    pub fn report(&mut self, now: Instant) -> Option<ReportBlock> {
        let source = self.source.as_mut()?;
        let (expected, received) = (source.expected(), source.received);
        let expected_interval = expected.saturating_sub(source.expected_prior);
        let lost_interval =
            expected_interval.saturating_sub(received.saturating_sub(source.received_prior));
        source.expected_prior = expected;
        source.received_prior = received;
        let fraction = (lost_interval << 8).checked_div(expected_interval).unwrap_or(0);
        let (last_sender_report, delay_since_last) = match source.last_sr {
            Some((ntp, at)) => (ntp, NtpShort::from_duration(now.saturating_duration_since(at))),
            None => Default::default(),
        };
        Some(ReportBlock {
            ssrc: source.ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: source.lost().clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            // The extender counts cycles from one, the wire from zero.
            highest_sequence: (source.highest() as u32).wrapping_sub(1 << 16),
            jitter: source.jitter >> 4,
            last_sender_report,
            delay_since_last,
        })
    }

    /// Packets taken since the start.
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload bytes taken since the start.
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// Packets that never came, less duplicates, of all sources.
    pub fn lost(&self) -> i64 {
        self.lost_before + self.lost_of_source()
    }

    fn lost_of_source(&self) -> i64 {
        self.source.as_ref().map_or(0, Source::lost)
    }

    /// Interarrival jitter of the present source.
    pub fn jitter(&self) -> Duration {
        let units = self.source.as_ref().map_or(0, |source| source.jitter >> 4);
        to_span(u64::from(units), self.clock_rate)
    }
}

#[cfg(test)]
#[path = "receiver_tests.rs"]
mod tests;

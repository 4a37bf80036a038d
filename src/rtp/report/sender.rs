//! Statistics of a stream that we send, and what the peer reports of it.

use super::{to_span, to_units};
use causeway_wire::rtcp::{NtpTime, ReportBlock, SenderInfo};
use std::time::{Duration, Instant};

/// Longer than any path of packets: a round trip above it comes from a wrong report.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(30);

/// Statistics of one sent stream.
#[derive(Debug)]
pub struct SenderStatistics {
    clock_rate: u32,
    packets: u64,
    octets: u64,
    last: Option<(Instant, u32)>,
    last_sr: Option<NtpTime>,
    round_trip: Option<Duration>,
    remote: Option<ReportBlock>,
}

impl SenderStatistics {
    /// Statistics of a stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            packets: 0,
            octets: 0,
            last: None,
            last_sr: None,
            round_trip: None,
            remote: None,
        }
    }

    /// Counts an RTP packet.
    pub const fn sent(&mut self, now: Instant, timestamp: u32, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
        self.last = Some((now, timestamp));
    }

    /// The sender part of a report made at `now`, which is `ntp` by the wall clock. `None`
    /// before any packet: then the report is a receiver's.
    pub fn report(&mut self, now: Instant, ntp: NtpTime) -> Option<SenderInfo> {
        let (at, timestamp) = self.last?;
        let passed = to_units(now.saturating_duration_since(at), self.clock_rate);
        self.last_sr = Some(ntp);
        Some(SenderInfo {
            ntp,
            rtp_timestamp: timestamp.wrapping_add(passed as u32),
            packets: self.packets as u32,
            octets: self.octets as u32,
        })
    }

    /// Takes the peer's report block about our stream, which came at `ntp` by the wall clock
    /// (RFC 3550 section 6.4.1 and its figure 2).
    pub fn reported(&mut self, ntp: NtpTime, block: &ReportBlock) {
        self.remote = Some(*block);
        if self.last_sr.is_none() || block.last_sender_report.0 == 0 {
            return;
        }
        let elapsed = ntp.short().since(block.last_sender_report);
        // Clocks of different grain can make it a little negative: that is zero.
        let trip = elapsed.since(block.delay_since_last);
        let trip = if (trip.0 as i32) < 0 { Duration::ZERO } else { trip.to_duration() };
        if trip <= MAX_ROUND_TRIP {
            self.round_trip = Some(trip);
        }
    }

    /// Takes what the peer reported to somebody else who sent our reports.
    pub fn measured(&mut self, round_trip: Option<Duration>, block: Option<ReportBlock>) {
        self.round_trip = round_trip.filter(|trip| *trip <= MAX_ROUND_TRIP).or(self.round_trip);
        self.remote = block.or(self.remote);
    }

    /// Packets sent.
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload bytes sent.
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// The last round trip measured.
    pub const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// What the peer lost of ours, cumulative.
    pub fn remote_lost(&self) -> Option<i64> {
        self.remote.map(|block| i64::from(block.lost))
    }

    /// The jitter that the peer measures.
    pub fn remote_jitter(&self) -> Option<Duration> {
        self.remote.map(|block| to_span(u64::from(block.jitter), self.clock_rate))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use causeway_wire::rtcp::NtpShort;

    #[test]
    fn the_report_speaks_of_its_own_moment() {
        let start = Instant::now();
        let mut statistics = SenderStatistics::new(8_000);
        let ntp = NtpTime(100 << 32);
        assert_eq!(statistics.report(start, ntp), None);
        statistics.sent(start, u32::MAX, 160);
        let info = statistics.report(start + Duration::from_millis(10), ntp).unwrap();
        assert_eq!((info.rtp_timestamp, info.packets, info.octets), (79, 1, 160));
    }

    #[test]
    fn the_round_trip_of_the_standard_is_found() {
        // RFC 3550 figure 2: A 0xb710:8000, LSR 0xb705:2000, DLSR 5.250 s, trip 6.125 s.
        let mut statistics = SenderStatistics::new(8_000);
        let block = ReportBlock {
            last_sender_report: NtpShort(0xb705_2000),
            delay_since_last: NtpShort(0x0005_4000),
            lost: -3,
            jitter: 80,
            ..ReportBlock::default()
        };
        let arrival = NtpTime(0xb710_8000 << 16);
        statistics.reported(arrival, &block);
        assert_eq!(statistics.round_trip(), None, "we never sent a report");
        statistics.sent(Instant::now(), 0, 160);
        statistics.report(Instant::now(), NtpTime(1));
        statistics.reported(arrival, &block);
        assert_eq!(statistics.round_trip(), Some(Duration::from_millis(6_125)));
        assert_eq!(statistics.remote_lost(), Some(-3));
        assert_eq!(statistics.remote_jitter(), Some(Duration::from_millis(10)));
    }

    #[test]
    fn a_slightly_negative_trip_is_zero_and_an_absurd_one_is_ignored() {
        let mut statistics = SenderStatistics::new(8_000);
        statistics.sent(Instant::now(), 0, 160);
        statistics.report(Instant::now(), NtpTime(1));
        let mut block = ReportBlock {
            last_sender_report: NtpShort(10),
            delay_since_last: NtpShort(11),
            ..ReportBlock::default()
        };
        statistics.reported(NtpTime(20 << 16), &block);
        assert_eq!(statistics.round_trip(), Some(Duration::ZERO));
        block.delay_since_last = NtpShort(0);
        statistics.reported(NtpTime(0x7000_0000 << 16), &block);
        assert_eq!(statistics.round_trip(), Some(Duration::ZERO));
    }
}

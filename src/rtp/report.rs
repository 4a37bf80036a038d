//! What RTCP tells (RFC 3550 sections 6.3, 6.4 and appendix A): statistics of what arrives and
//! of what is sent, the round trip, and when a report is due.

use std::time::{Duration, Instant};

/// The content of one report block (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceptionReport {
    /// Whose stream.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Lost since the start, 24 bits on the wire. Duplicates can make it negative.
    pub cumulative_lost: i32,
    /// Highest sequence number with its cycles.
    pub highest_seq: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time, 0 if none.
    pub last_sr: u32,
    /// Since then, in 1/65536 s.
    pub delay_since_last_sr: u32,
}

/// The sender part of a sender report (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderInfo {
    /// Wall clock, NTP format: seconds since 1900 in the upper half.
    pub ntp: u64,
    /// The RTP timestamp of the same moment.
    pub rtp_timestamp: u32,
    /// Packets sent.
    pub packet_count: u32,
    /// Payload bytes sent.
    pub octet_count: u32,
}

/// Statistics of a received stream.
#[derive(Debug)]
pub struct ReceiverStatistics {
    clock_rate: u32,
}

impl ReceiverStatistics {
    /// Statistics of a stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate }
    }

    /// Counts an RTP packet. Another SSRC starts anew.
    pub fn receive(&mut self, now: Instant, ssrc: u32, seq: u16, timestamp: u32, octets: usize) {
        let _ = (now, ssrc, seq, timestamp, octets, self.clock_rate);
    }

    /// A sender report with this NTP time came.
    pub fn sender_report(&mut self, now: Instant, ssrc: u32, ntp: u64) {
        let _ = (now, ssrc, ntp);
    }

    /// The content of the next report block; closes the interval of the fraction lost. `None`
    /// before any packet.
    pub fn report(&mut self, now: Instant) -> Option<ReceptionReport> {
        let _ = now;
        None
    }

    /// Packets taken since the start.
    pub fn packets(&self) -> u64 {
        0
    }

    /// Payload bytes taken since the start.
    pub fn octets(&self) -> u64 {
        0
    }

    /// Packets that never came, less duplicates.
    pub fn lost(&self) -> i64 {
        0
    }

    /// Interarrival jitter.
    pub fn jitter(&self) -> Duration {
        Duration::ZERO
    }
}

/// Statistics of a stream that we send.
#[derive(Debug)]
pub struct SenderStatistics {
    clock_rate: u32,
}

impl SenderStatistics {
    /// Statistics of a stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate }
    }

    /// Counts an RTP packet.
    pub fn sent(&mut self, now: Instant, timestamp: u32, octets: usize) {
        let _ = (now, timestamp, octets, self.clock_rate);
    }

    /// The sender part of a report made at `now`, which is `ntp` by the wall clock. `None`
    /// before any packet.
    pub fn sender_info(&self, now: Instant, ntp: u64) -> Option<SenderInfo> {
        let _ = (now, ntp);
        None
    }

    /// Takes the peer's report block about our stream, which came at `ntp` by the wall clock.
    pub fn reception_report(&mut self, ntp: u64, report: &ReceptionReport) {
        let _ = (ntp, report);
    }

    /// Packets sent.
    pub fn packets(&self) -> u64 {
        0
    }

    /// Payload bytes sent.
    pub fn octets(&self) -> u64 {
        0
    }

    /// The last round trip measured.
    pub fn round_trip(&self) -> Option<Duration> {
        None
    }

    /// What the peer lost of ours, cumulative.
    pub fn remote_lost(&self) -> Option<i64> {
        None
    }

    /// The jitter that the peer measures.
    pub fn remote_jitter(&self) -> Option<Duration> {
        None
    }
}

/// When the next RTCP report is due.
#[derive(Debug)]
pub struct RtcpSchedule {
    due: Instant,
}

impl RtcpSchedule {
    /// The first report comes after half an interval. `random` is uniform over `u32`.
    pub fn new(now: Instant, random: u32) -> Self {
        let _ = random;
        Self { due: now }
    }

    /// When the next report is due.
    pub const fn due(&self) -> Instant {
        self.due
    }

    /// A report was sent: draws the next time.
    pub fn sent(&mut self, now: Instant, random: u32) {
        let _ = random;
        self.due = now;
    }
}

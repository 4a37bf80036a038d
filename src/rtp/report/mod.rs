//! What RTCP tells (RFC 3550 sections 6.3, 6.4 and appendix A). The bytes are `wire::rtcp`'s.
//!
//! * [`receiver`]: statistics of what arrives, the content of a report block.
//! * [`sender`]: statistics of what we send, what the peer reports of it, the round trip.
//! * [`schedule`]: when a report is due.

pub mod receiver;
pub mod schedule;
pub mod sender;

pub use receiver::ReceiverStatistics;
pub use schedule::RtcpSchedule;
pub use sender::SenderStatistics;

use std::time::Duration;

/// A span in units of an RTP clock.
fn to_units(span: Duration, clock_rate: u32) -> i64 {
    let clock = i64::from(clock_rate);
    span.as_secs() as i64 * clock + i64::from(span.subsec_micros()) * clock / 1_000_000
}

/// Units of an RTP clock as a span.
fn to_span(units: u64, clock_rate: u32) -> Duration {
    Duration::from_nanos(units.saturating_mul(1_000_000_000) / u64::from(clock_rate.max(1)))
}

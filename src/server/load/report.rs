//! What a load found, for people and for programs.

use super::codec::PACKETS_PER_SECOND;
use super::leg::Carrier;
use super::traffic::{Clicks, Tally};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What a load found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoadReport {
    /// Whom it called.
    pub target: String,
    /// The codec of all calls.
    pub codec: String,
    /// How signalling travelled.
    pub transport: String,
    /// Media was encrypted.
    pub srtp: bool,
    /// Quiet calls sent almost nothing.
    pub dtx: bool,
    /// Packets told their level.
    pub level: bool,
    /// Calls made.
    pub calls: u32,
    /// How many of them talked.
    pub talkers: u32,
    /// Calls answered.
    pub answered: usize,
    /// From INVITE to 200, in milliseconds.
    pub setup_ms: Spread,
    /// Calls that never came up, by reason.
    pub failed: BTreeMap<String, u32>,
    /// Calls that the other side ended before the load did, by reason.
    pub dropped: BTreeMap<String, u32>,
    /// What their media showed.
    pub media: MediaReport,
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |set, name| if set { name } else { "" };
        let setup = &self.setup_ms;
        writeln!(
            f,
            "target         {} over {}, {}{}{}{}",
            self.target,
            self.transport,
            self.codec,
            set(self.srtp, " +srtp"),
            set(self.dtx, " +dtx"),
            set(self.level, " +level"),
        )?;
        writeln!(
            f,
            "calls          {} of {} answered, {} talk; set-up median {:.1} ms, p95 {:.1} ms",
            self.answered, self.calls, self.talkers, setup.median, setup.p95
        )?;
        for (reason, count) in &self.failed {
            writeln!(f, "failed         {count} x {reason}")?;
        }
        for (reason, count) in &self.dropped {
            writeln!(f, "dropped        {count} x {reason}")?;
        }
        self.media.fmt(f)
    }
}

/// What the media of all legs showed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MediaReport {
    /// Legs with media.
    pub legs: usize,
    /// Length of the measured window in seconds.
    pub seconds: f64,
    /// RTP packets sent by the load.
    pub sent: u64,
    /// RTP packets that came.
    pub received: u64,
    /// Packets that came, of one each 20 ms and leg, in percent. A server that is silent where
    /// nobody talks has less without a fault.
    pub delivered: f64,
    /// The same of the worst leg.
    pub delivered_worst_leg: f64,
    /// Sequence numbers that never came.
    pub gaps: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets that came after their successor.
    pub reordered: u64,
    /// Packets that came more than 20 ms after their expected instant.
    pub late: u64,
    /// How long after its expected instant a packet came, in milliseconds.
    pub lateness_ms: Spread,
    /// Added latency in milliseconds, by clicks.
    pub added_latency_ms: Spread,
    /// Clicks that should have been heard.
    pub clicks: u64,
    /// Clicks that were.
    pub clicks_heard: u64,
    /// Talkers who heard their own click.
    pub echoes: u64,
    /// Legs to which somebody listened.
    pub listened: usize,
    /// Legs of these that heard speech.
    pub hearing: usize,
    /// Packets that the load itself sent more than 5 ms too late. Far from zero, the figures
    /// are those of this machine, not of the server.
    pub own_late: u64,
    /// Packets that the load could not send.
    pub own_errors: u64,
}

/// How a measure is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The smallest.
    pub min: f64,
    /// Half lie below.
    pub median: f64,
    /// 95 % lie below.
    pub p95: f64,
    /// 99 % lie below.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of any measures. All zero where there are none.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let index = (part * values.len().saturating_sub(1) as f64).round() as usize;
            values.get(index).map_or(0.0, |value| (value * 1000.0).round() / 1000.0)
        };
        Self { min: at(0.0), median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
    }

    /// Of a histogram with bins of one millisecond.
    fn of_bins(bins: &[u64]) -> Self {
        let total: u64 = bins.iter().sum();
        let at = |part: f64| {
            let rank = (part * total.saturating_sub(1) as f64).round() as u64;
            let mut seen = 0;
            let bin = bins.iter().position(|count| {
                seen += count;
                seen > rank
            });
            bin.map_or(0.0, |bin| bin as f64)
        };
        Self { min: at(0.0), median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
    }
}

impl MediaReport {
    /// Of what was counted and heard. Legs that never had an answer are left out.
    pub fn new<C: Carrier>(tally: &Tally<C>, clicks: &Clicks) -> Self {
        let seconds = tally.window.as_secs_f64();
        let expected = (seconds * f64::from(PACKETS_PER_SECOND)).floor().max(1.0);
        let legs: Vec<_> = tally.legs.iter().filter(|leg| leg.is_active()).collect();
        let percent = |packets: u64, expected: f64| {
            let percent = 100.0 * packets as f64 / expected;
            // The window's edges may hold one packet more than its length.
            (percent.min(100.0) * 1000.0).round() / 1000.0
        };
        let sum = |of: fn(&super::reception::Counters) -> u64| {
            legs.iter().map(|leg| of(&leg.reception.counters)).sum::<u64>()
        };
        let received = sum(|c| c.packets);
        let worst = legs.iter().map(|leg| leg.reception.counters.packets).min().unwrap_or(0);
        let millis = |latency: &Duration| latency.as_secs_f64() * 1000.0;
        Self {
            legs: legs.len(),
            seconds,
            sent: legs.iter().map(|leg| leg.sent).sum(),
            received,
            delivered: percent(received, expected * legs.len().max(1) as f64),
            delivered_worst_leg: percent(worst, expected),
            gaps: sum(|c| c.gaps),
            duplicates: sum(|c| c.duplicates),
            reordered: sum(|c| c.reordered),
            late: sum(|c| c.late),
            lateness_ms: Spread::of_bins(&tally.lateness),
            added_latency_ms: Spread::of(clicks.latencies.iter().map(millis).collect()),
            clicks: clicks.expected,
            clicks_heard: clicks.latencies.len() as u64,
            echoes: clicks.echoes,
            listened: clicks.speech.len(),
            hearing: clicks.speech.values().filter(|hears| **hears).count(),
            own_late: tally.own_late,
            own_errors: tally.own_errors,
        }
    }
}

impl fmt::Display for MediaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = &self.added_latency_ms;
        let lateness = &self.lateness_ms;
        writeln!(f, "media          {} legs, {:.1} s", self.legs, self.seconds)?;
        writeln!(f, "sent           {} packets", self.sent)?;
        writeln!(
            f,
            "delivered      {:.3} % ({} packets), worst leg {:.3} %",
            self.delivered, self.received, self.delivered_worst_leg
        )?;
        writeln!(
            f,
            "gaps           {} lost, {} twice, {} out of order",
            self.gaps, self.duplicates, self.reordered
        )?;
        writeln!(
            f,
            "late           {} packets by more than 20 ms (median {} ms, p99 {} ms, worst {} ms)",
            self.late, lateness.median, lateness.p99, lateness.max
        )?;
        writeln!(
            f,
            "added latency  median {:.1} ms, p95 {:.1} ms ({:.1} to {:.1} ms, {} of {} clicks heard)",
            latency.median, latency.p95, latency.min, latency.max, self.clicks_heard, self.clicks
        )?;
        writeln!(
            f,
            "heard          {} of {} legs listened to hear the talkers; {} hear themselves",
            self.hearing, self.listened, self.echoes
        )?;
        if self.own_late + self.own_errors > 0 {
            writeln!(
                f,
                "note           this machine sent {} packets too late and could not send {}",
                self.own_late, self.own_errors
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_name_their_ranks() {
        let spread = Spread::of((0..=100).map(f64::from).rev().collect());
        assert_eq!((spread.min, spread.median, spread.p95, spread.max), (0.0, 50.0, 95.0, 100.0));
        assert_eq!(Spread::of(vec![]), Spread::default());
        assert_eq!(Spread::of_bins(&[90, 0, 9, 1]).p95, 2.0);
        assert_eq!(Spread::of_bins(&[90, 0, 9, 1]).max, 3.0);
    }
}

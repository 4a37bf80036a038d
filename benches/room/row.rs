//! One measured case.

use crate::case::Case;
use crate::floor::Floor;
use causeway_server::load::report::MediaReport;
use serde_json::json;

/// What the server spent on a case, and what its legs heard.
pub(crate) struct Row {
    /// CPU ms of the server per leg and second of media.
    pub(crate) cpu_ms_per_leg_s: f64,
    /// Ticks whose work ended after the next tick's time. `None` where the server did not say.
    pub(crate) late_ticks: Option<u64>,
    /// Resident KiB per leg, beyond the idle server's.
    pub(crate) rss_kb_per_leg: f64,
    /// What the load saw.
    pub(crate) media: MediaReport,
}

impl Row {
    /// Prints the row as one JSON object on a line.
    pub(crate) fn print(&self, case: &Case, floor: Floor) {
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        let latency = &self.media.added_latency_ms;
        println!(
            "{}",
            json!({
                "case": case.to_string(),
                "cpu_ms_per_leg_s": round(self.cpu_ms_per_leg_s),
                "floor_ms_per_leg_s": round(floor.all),
                "ratio": round(self.cpu_ms_per_leg_s / floor.all),
                "floor_mixed_ms_per_leg_s": round(floor.mixed),
                "floor_sockets_ms_per_leg_s": round(floor.sockets),
                "late_ticks": self.late_ticks,
                "delivered": self.media.delivered,
                "gaps": self.media.gaps,
                "late_packets": self.media.late,
                "added_latency_ms": latency.median,
                "added_latency_p95_ms": latency.p95,
                "clicks": format!("{}/{}", self.media.clicks_heard, self.media.clicks),
                "hearing": format!("{}/{}", self.media.hearing, self.media.listened),
                "echoes": self.media.echoes,
                "own_late": self.media.own_late,
                "rss_kb_per_leg": round(self.rss_kb_per_leg),
            })
        );
    }
}

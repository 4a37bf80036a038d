//! One measured case.

use crate::case::{Case, Door};
use crate::floor::Floor;
use crate::server::Reading;
use causeway_server::load::report::MediaReport;
use serde_json::json;

/// CPU ms per leg and second of media that Janus takes: the figure against which browser legs are
/// set.
const JANUS_MS_PER_LEG_S: f64 = 14.6;

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
    /// Of what the server had used at both ends of the window.
    pub(crate) fn of(
        case: &Case,
        idle_kb: u64,
        begin: &Reading,
        end: &Reading,
        media: MediaReport,
    ) -> Self {
        let (legs, seconds) = (case.legs as f64, (end.at - begin.at).as_secs_f64());
        Self {
            cpu_ms_per_leg_s: (end.cpu - begin.cpu).as_secs_f64() * 1000.0 / seconds / legs,
            late_ticks: end.late_ticks.zip(begin.late_ticks).map(|(end, begin)| end - begin),
            rss_kb_per_leg: end.resident_kb.saturating_sub(idle_kb) as f64 / legs,
            media,
        }
    }

    /// Prints the row as one JSON object on a line.
    pub(crate) fn print(&self, case: &Case, floor: Floor) {
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        let latency = &self.media.added_latency_ms;
        let mut row = json!({
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
        });
        if case.door == Door::Browser {
            row["janus_ratio"] = json!(round(self.cpu_ms_per_leg_s / JANUS_MS_PER_LEG_S));
        }
        println!("{row}");
    }
}

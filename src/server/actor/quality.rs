//! How good the lines of a conference are: asked for every few seconds, and only where a page or
//! a picture shows it.

use crate::{measure, metrics};
use causeway_base::VideoSize;
use causeway_plan::LegStats;
use causeway_plan::picture::PathQuality;
use causeway_plan::stats::KeyFrameAsks;
use std::time::{Duration, Instant};

/// How often the engine is asked: as often as peers report what they lost (RFC 3550 section 6.2).
pub(super) const INTERVAL: Duration = Duration::from_secs(5);

/// How good one line was in the last stretch between two figures.
#[derive(Debug, Default)]
pub(crate) struct Quality {
    last: Option<Box<LegStats>>,
    bars: Option<u8>,
}

impl Quality {
    /// Figures came.
    pub(super) fn measured(&mut self, stats: Box<LegStats>) {
        if let Some(before) = &self.last {
            metrics::key_frames_asked(asked(&stats), asked(before));
            self.bars = measure::bars(&measure::since(&stats, before));
        }
        self.last = Some(stats);
    }

    /// The size of the pictures that come, while somebody is shown them.
    pub(super) fn size(&self) -> Option<VideoSize> {
        self.last.as_ref()?.video?.received_size
    }

    /// As a picture marks it.
    pub(super) fn path(&self) -> Option<PathQuality> {
        Some(match self.bars? {
            0 | 1 => PathQuality::Bad,
            2 => PathQuality::Poor,
            _ => PathQuality::Good,
        })
    }

    /// 0 (bad) to 4.
    pub(super) const fn bars(&self) -> Option<u8> {
        self.bars
    }
}

/// The whole pictures that a leg was asked for so far.
fn asked(stats: &LegStats) -> KeyFrameAsks {
    stats.video.map(|video| video.key_frames_asked).unwrap_or_default()
}

/// When the engine is asked next.
#[derive(Debug, Default)]
pub(super) struct Rounds(Option<Instant>);

impl Rounds {
    /// When, where anything shows it.
    pub(super) fn poll_timeout(&self, is_shown: bool) -> Option<Instant> {
        self.0.filter(|_| is_shown)
    }

    /// Whether it is time to ask.
    pub(super) fn is_due(&mut self, now: Instant, is_shown: bool) -> bool {
        let due = is_shown && self.0.is_none_or(|at| now >= at);
        if due {
            self.0 = Some(now + INTERVAL);
        }
        due
    }
}

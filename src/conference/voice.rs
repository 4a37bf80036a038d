//! What one leg was told and when: a voice that does not fall into its own words, and does not
//! repeat itself more often than somebody wants to hear it.

use crate::Notice;
use crate::policy::PLACE_INTERVAL;
use std::time::{Duration, Instant};

/// How long after one notice a chime, or a better place in the queue, may follow: most notices
/// are spoken within it, and each replaces the one before.
pub(crate) const NOTICE_GAP: Duration = Duration::from_secs(5);

/// What one leg was told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Voice {
    last: Option<(Instant, Notice)>,
    chime: Option<Notice>,
}

impl Voice {
    /// It is told this now.
    pub(crate) fn said(&mut self, now: Instant, notice: Notice) {
        self.last = Some((now, notice));
    }

    /// Asks for a chime: true when it may sound now, else it is kept for later.
    pub(crate) fn may_chime(&mut self, now: Instant, chime: Notice) -> bool {
        let free = self.last.is_none_or(|(said, _)| now >= said + NOTICE_GAP);
        self.chime = (!free).then_some(chime);
        free
    }

    /// When the chime that is kept may sound.
    pub(crate) fn chime_at(&self) -> Option<Instant> {
        self.chime.and(self.last).map(|(said, _)| said + NOTICE_GAP)
    }

    /// Takes the chime that may sound now.
    pub(crate) fn due_chime(&mut self, now: Instant) -> Option<Notice> {
        self.chime.take_if(|_| self.last.is_none_or(|(said, _)| now >= said + NOTICE_GAP))
    }

    /// When a leg that waits is to be told `notice`; `None` at once, because it was told nothing.
    pub(crate) fn place_at(&self, notice: Notice) -> Option<Instant> {
        let (said, before) = self.last?;
        let gap = if is_better(notice, before) { NOTICE_GAP } else { PLACE_INTERVAL };
        Some(said + gap)
    }
}

/// A better place, or a host is there at last.
fn is_better(now: Notice, before: Notice) -> bool {
    let host_came =
        matches!((before, now), (Notice::WaitingForHost { .. }, Notice::Waiting { .. }));
    match (place(before), place(now)) {
        (Some(before), Some(now)) => now < before || host_came,
        _ => true,
    }
}

const fn place(notice: Notice) -> Option<usize> {
    match notice {
        Notice::Waiting { place }
        | Notice::WaitingForHost { place }
        | Notice::PlaceKept { place } => Some(place),
        _ => None,
    }
}

//! Calls that are refused before they have any state: all are counted, some are recorded with
//! their explanation, so that an operator can say why a call did not come in.

use crate::explanation::to_json;
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::metrics;
use crate::record::Draft;
use causeway_adapter::sip;
use causeway_base::{EndCause, LegId};
use causeway_conference::Protocol;
use causeway_dial::IncomingCall;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Refusals that are recorded within a second: everybody who misdials in a morning, while a
/// scanner's hundreds a second cost neither time nor disk.
pub(crate) const MAX_RECORDED_PER_SECOND: u32 = 5;

/// Refusals that are recorded within a day: some 20 MB, however long a scanner goes on.
pub(crate) const MAX_RECORDED_PER_DAY: u32 = 10_000;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Notes calls that are refused before they have any state.
#[derive(Debug)]
pub(crate) struct Refusals {
    desk: Arc<FrontDesk>,
    journal: Arc<Journal>,
    budgets: Mutex<[Budget; 2]>,
}

/// So many in a stretch of time.
#[derive(Clone, Copy, Debug)]
struct Budget {
    most: u32,
    stretch: Duration,
    began: Option<Instant>,
    used: u32,
}

impl Budget {
    const fn new(most: u32, stretch: Duration) -> Self {
        Self { most, stretch, began: None, used: 0 }
    }

    fn has_room(&mut self, now: Instant) -> bool {
        if self.began.is_none_or(|began| now >= began + self.stretch) {
            (self.began, self.used) = (Some(now), 0);
        }
        self.used < self.most
    }
}

impl Refusals {
    pub(crate) fn new(desk: Arc<FrontDesk>, journal: Arc<Journal>) -> Self {
        let second = Budget::new(MAX_RECORDED_PER_SECOND, SECOND);
        let day = Budget::new(MAX_RECORDED_PER_DAY, DAY);
        Self { desk, journal, budgets: Mutex::new([second, day]) }
    }

    /// A call was refused. `call`: what is known of it, where it could be read.
    pub(crate) fn note(&self, now: Instant, call: Option<&sip::IncomingCall>, cause: EndCause) {
        match call.filter(|_| self.is_recorded(now)) {
            Some(call) => self.journal.refused(Box::new(self.draft(call, cause))),
            None => metrics::refused(cause),
        }
    }

    fn is_recorded(&self, now: Instant) -> bool {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = budgets.iter_mut().all(|budget| budget.has_room(now));
        if has_room {
            budgets.iter_mut().for_each(|budget| budget.used += 1);
        }
        has_room
    }

    fn draft(&self, call: &sip::IncomingCall, cause: EndCause) -> Draft {
        let trunk = call.proof.trunk.clone();
        let asked = IncomingCall {
            called: &call.called,
            calling: &call.calling,
            trunk: trunk.as_deref(),
            local: call.local,
        };
        // It has no leg, and its record no use for one.
        let mut draft = Draft::begun(LegId(0), Protocol::Sip, false);
        draft.called = call.called.to_string();
        draft.calling = call.calling.to_string();
        draft.source = Some(call.source.ip());
        draft.explanation = to_json(&self.desk.destination(&asked).1.kept()).to_string();
        draft.trunk = trunk;
        draft.ended(cause);
        draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_uses_up_neither_the_second_nor_the_day_of_the_records() {
        let now = Instant::now();
        let mut second = Budget::new(MAX_RECORDED_PER_SECOND, SECOND);
        let recorded = |second: &mut Budget, at| {
            (0..100)
                .filter(|_| {
                    second.has_room(at) && {
                        second.used += 1;
                        true
                    }
                })
                .count()
        };
        assert_eq!(recorded(&mut second, now), 5);
        assert_eq!(recorded(&mut second, now + SECOND / 2), 0);
        assert_eq!(recorded(&mut second, now + SECOND), 5);
    }
}

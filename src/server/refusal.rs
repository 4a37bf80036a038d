//! Calls that are refused before they have any state: all are counted, some are recorded with
//! their explanation, so that an operator can say why a call did not come in.

use crate::explanation::to_json;
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::metrics;
use crate::record::Draft;
use causeway_adapter::admission;
use causeway_base::{EndCause, LegId};
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
    pub(crate) fn note(
        &self,
        now: Instant,
        call: Option<&admission::IncomingCall>,
        cause: EndCause,
    ) {
        match call.filter(|_| is_explained(cause) && self.is_recorded(now)) {
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

    fn draft(&self, call: &admission::IncomingCall, cause: EndCause) -> Draft {
        let trunk = call.proof.trunk.clone();
        let asked = IncomingCall {
            called: &call.called,
            calling: &call.calling,
            trunk: trunk.as_deref(),
            local: call.local,
        };
        // It has no leg, and its record no use for one.
        let mut draft = Draft::begun(LegId(0), call.protocol, false);
        draft.called = call.called.to_string();
        draft.calling = call.calling.to_string();
        draft.source = Some(call.source.ip());
        let why = self.desk.destination_for(&asked, &call.proof, call.source.ip()).1;
        draft.explanation = to_json(&why.kept()).to_string();
        draft.trunk = trunk;
        draft.ended(cause);
        draft
    }
}

/// Whether a record would say more than the count does. Who calls too often is refused by the
/// hundred, whatever it calls, and would use up the records of all others.
fn is_explained(cause: EndCause) -> bool {
    !matches!(cause, EndCause::RateLimited | EndCause::AttemptsExhausted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::front_desk::desk_with;
    use causeway_base::Alias;
    use causeway_conference::Protocol;

    /// What was counted of so many refusals, and how many records of the day they used.
    fn noted(cause: EndCause, times: usize) -> (String, u32) {
        let call = admission::IncomingCall {
            protocol: Protocol::Sip,
            called: Alias::sip("5551", "192.0.2.5"),
            calling: Alias::sip("ann", "192.0.2.9"),
            claims: None,
            proof: Default::default(),
            asserted_name: None,
            private: false,
            asked_again: false,
            source: "192.0.2.9:5060".parse().expect("an address"),
            local: [192, 0, 2, 5].into(),
            secure: false,
            user_agent: None,
        };
        let refusals = Refusals::new(desk_with(None), Arc::new(Journal::new(None)));
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        ::metrics::with_local_recorder(&recorder, || {
            (0..times).for_each(|_| refusals.note(Instant::now(), Some(&call), cause));
        });
        let [_, day] = *refusals.budgets.lock().expect("not poisoned");
        (recorder.handle().render(), day.used)
    }

    #[test]
    fn who_calls_too_often_is_counted_and_leaves_the_records_to_others() {
        for cause in [EndCause::RateLimited, EndCause::AttemptsExhausted] {
            let (counted, recorded) = noted(cause, 3);
            assert!(counted.contains("causeway_refusals_total") && counted.contains("} 3"));
            assert_eq!(recorded, 0, "{cause:?}");
        }
        assert_eq!(noted(EndCause::NotFound, 3).1, 3);
    }

    #[test]
    fn a_refusal_that_is_recorded_is_no_call_that_ended() {
        let (counted, recorded) = noted(EndCause::NotFound, 2);
        assert_eq!(recorded, 2);
        assert!(counted.contains("causeway_refusals_total") && counted.contains("} 2"));
        assert!(!counted.contains("causeway_calls_total"), "{counted}");
    }

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

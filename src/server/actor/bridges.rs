//! Calls of a conference into other meetings: each has a script to get in, and may be repeated.

use super::Watcher;
use crate::calling_out::Errand;
use crate::view::CallOut;
use causeway_base::{EndCause, LegId};
use causeway_dial::calling_out::Asker;
use causeway_dial::script::{Input, Output, Run};
use std::collections::HashMap;
use std::time::Instant;

/// The calls into other meetings. Bounded by the conference's calls.
#[derive(Debug, Default)]
pub(super) struct Bridges {
    calls: HashMap<LegId, Bridge>,
    /// Calls that are made once more, each at its time.
    again: Vec<(Instant, Again)>,
}

#[derive(Debug)]
struct Bridge {
    run: Run,
    again: Again,
}

/// A call, to make it once more.
#[derive(Clone, Debug)]
pub(super) struct Again {
    pub(super) call: Box<CallOut>,
    pub(super) asker: Asker,
    pub(super) watcher: Option<Watcher>,
}

impl Bridges {
    /// A call into another meeting begins.
    pub(super) fn begin(&mut self, now: Instant, errand: &Errand, watcher: Option<Watcher>) {
        let Some(bridging) = &errand.bridging else { return };
        let call = Box::new(CallOut {
            target: errand.target.clone(),
            trunk: errand.trunk().cloned(),
            display_name: errand.display_name.clone(),
            role: errand.role,
            beside: errand.beside,
            lang: errand.lang,
            bridging: Some(bridging.clone()),
        });
        let again = Again { call, asker: errand.asker, watcher };
        self.calls.insert(errand.leg, Bridge { run: bridging.run(now), again });
    }

    /// Whether a leg is a call into another meeting.
    pub(super) fn has(&self, leg: LegId) -> bool {
        self.calls.contains_key(&leg)
    }

    /// Whether a leg is not in its meeting yet.
    pub(super) fn is_approaching(&self, leg: LegId) -> bool {
        self.calls.get(&leg).is_some_and(|bridge| !bridge.run.has_entered())
    }

    /// Something happened to a call.
    pub(super) fn handle(&mut self, now: Instant, leg: LegId, input: Input) -> Vec<Output> {
        let Some(bridge) = self.calls.get_mut(&leg) else { return Vec::new() };
        bridge.run.handle(now, input);
        std::iter::from_fn(|| bridge.run.poll_output()).collect()
    }

    /// A call is over. Why, as people are told; it may be made once more.
    pub(super) fn ended(&mut self, now: Instant, leg: LegId, cause: EndCause) -> EndCause {
        let Some(mut bridge) = self.calls.remove(&leg) else { return cause };
        let ending = bridge.run.ended(now, cause);
        if let Some(wait) = ending.again {
            let mut again = bridge.again;
            if let Some(bridging) = &mut again.call.bridging {
                **bridging = bridging.again(ending.cause);
            }
            self.again.push((now + wait, again));
        }
        ending.cause
    }

    /// When something is due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let runs = self.calls.values().filter_map(|bridge| bridge.run.poll_timeout());
        runs.chain(self.again.iter().map(|(at, _)| *at)).min()
    }

    /// What is due of the calls.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<(LegId, Output)> {
        let mut due = Vec::new();
        for (leg, bridge) in &mut self.calls {
            bridge.run.handle_timeout(now);
            due.extend(
                std::iter::from_fn(|| bridge.run.poll_output()).map(|output| (*leg, output)),
            );
        }
        due
    }

    /// The calls that are made once more now.
    pub(super) fn take_again(&mut self, now: Instant) -> Vec<Again> {
        self.again.extract_if(.., |(at, _)| *at <= now).map(|(_, again)| again).collect()
    }
}

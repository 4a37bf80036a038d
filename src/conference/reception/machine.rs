//! Every caller of one reception, with its timers.

use crate::digit::is_digit;
use crate::reception::caller::{Caller, Input, Output};
use crate::reception::{Arrival, Settings};
use crate::{ReceptionCommand, ReceptionEvent};
use causeway_base::{EndCause, LegId};
use causeway_plan::Show;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Instant;

/// Callers at once: 200 new calls a second, each here for 20 s. Further ones are dismissed with
/// [`EndCause::CapacityReached`].
pub const MAX_CALLERS: usize = 4096;

/// The machine: `handle(now, ReceptionCommand)`, then drain `poll_event()`; `poll_timeout()` says
/// when to call `handle_timeout(now)`. `Debug` shows how many callers there are.
///
/// Every leg that arrived and did not leave ends with exactly one of
/// [`ReceptionEvent::Transfer`], [`ReceptionEvent::Operator`] and [`ReceptionEvent::Dismiss`];
/// after it the reception knows the leg no longer.
pub struct Reception {
    callers: BTreeMap<LegId, Caller>,
    /// When which caller is due; one entry for each caller.
    deadlines: BTreeSet<(Instant, LegId)>,
    output: Output,
}

impl fmt::Debug for Reception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reception({} callers)", self.callers.len())
    }
}

impl Reception {
    /// A reception without callers.
    pub fn new(settings: Settings) -> Self {
        Self { callers: BTreeMap::new(), deadlines: BTreeSet::new(), output: Output::new(settings) }
    }

    /// How many callers are here, at most [`MAX_CALLERS`].
    pub fn callers(&self) -> usize {
        self.callers.len()
    }

    /// Takes a command. One about a leg that is not here is ignored: it crossed an event.
    pub fn handle(&mut self, now: Instant, command: ReceptionCommand) {
        let leg = command.leg();
        let input = match command {
            ReceptionCommand::Arrive(arrival) => return self.arrive(now, arrival),
            ReceptionCommand::Leave { .. } => return self.forget(leg),
            ReceptionCommand::Digit { digit, .. } if !is_digit(digit) => return,
            ReceptionCommand::Digit { digit, .. } => Input::Digit(digit),
            ReceptionCommand::MediaReady { .. } => Input::MediaReady,
            ReceptionCommand::Played { play, .. } => Input::Played(play),
            ReceptionCommand::Answered { question, answer, skipped, .. } => {
                Input::Answered(question, answer, skipped)
            }
            ReceptionCommand::Measured { verdict, .. } => Input::Measured(verdict),
        };
        self.tell(now, leg, input);
    }

    /// The next decision, until `None`.
    pub fn poll_event(&mut self) -> Option<ReceptionEvent> {
        self.output.events.pop_front()
    }

    /// What a caller is shown now, where it takes pictures; its own picture is within that of a test
    /// call. `None`: it is not here.
    pub fn screen(&self, leg: LegId) -> Option<Show> {
        self.callers.get(&leg).map(Caller::screen)
    }

    /// When [`Reception::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let due: Vec<LegId> =
            self.deadlines.iter().take_while(|(at, _)| *at <= now).map(|(_, leg)| *leg).collect();
        for leg in due {
            self.tell(now, leg, Input::Alarm);
        }
    }

    fn arrive(&mut self, now: Instant, arrival: Arrival) {
        let leg = arrival.leg;
        if self.callers.contains_key(&leg) {
            return;
        }
        if self.callers.len() >= MAX_CALLERS {
            let cause = EndCause::CapacityReached;
            return self.output.events.push_back(ReceptionEvent::Dismiss { leg, cause });
        }
        let connected = arrival.connected;
        let caller = Caller::new(now, arrival);
        self.deadlines.insert((caller.deadline(), leg));
        self.callers.insert(leg, caller);
        if connected {
            self.tell(now, leg, Input::MediaReady);
        }
    }

    fn tell(&mut self, now: Instant, leg: LegId, input: Input) {
        let Some(caller) = self.callers.get_mut(&leg) else { return };
        let before = caller.deadline();
        caller.take(now, input, &mut self.output);
        if caller.is_gone() {
            self.deadlines.remove(&(before, leg));
            self.callers.remove(&leg);
        } else if caller.deadline() != before {
            self.deadlines.remove(&(before, leg));
            self.deadlines.insert((caller.deadline(), leg));
        }
    }

    fn forget(&mut self, leg: LegId) {
        if let Some(caller) = self.callers.remove(&leg) {
            self.deadlines.remove(&(caller.deadline(), leg));
        }
    }
}

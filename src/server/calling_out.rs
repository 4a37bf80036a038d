//! Calls that we make: whom the operator allows, within the caps, and counted until they end.

use crate::view::CallOut;
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_dial::NumberPlan;
use causeway_dial::calling_out::{Asker, CalleeKind, CallingOut, Ledger, OutgoingId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The calls that we make.
#[derive(Debug)]
pub(crate) struct Outgoing {
    rules: CallingOut,
    numbers: NumberPlan,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    ledger: Ledger,
    legs: HashMap<LegId, OutgoingId>,
}

impl Outgoing {
    pub(crate) fn new(rules: CallingOut, numbers: NumberPlan) -> Self {
        Self { rules, numbers, book: Mutex::default() }
    }

    /// Places a call where it is allowed: its target becomes the one form that was checked.
    /// Gives when it must be over.
    ///
    /// # Errors
    /// Why it may not be made.
    pub(crate) fn place(
        &self,
        now: Instant,
        leg: LegId,
        conference: Option<ConferenceId>,
        asker: Asker,
        call: &mut CallOut,
    ) -> Result<Instant, EndCause> {
        let callee = self.rules.callee(&call.target, asker, &self.numbers)?;
        if callee.kind() == CalleeKind::Number && call.trunk.is_none() {
            return Err(EndCause::NoTrunk);
        }
        let mut book = self.book();
        let placed = book.ledger.place(now, &self.rules, conference, &callee)?;
        book.legs.insert(leg, placed.id);
        callee.as_str().clone_into(&mut call.target);
        Ok(placed.until)
    }

    /// A leg ended; one that we did not call is nothing to this.
    pub(crate) fn ended(&self, now: Instant, leg: LegId) {
        let mut book = self.book();
        if let Some(id) = book.legs.remove(&leg) {
            book.ledger.ended(now, id);
        }
    }

    /// A conference is over.
    pub(crate) fn conference_ended(&self, conference: ConferenceId) {
        self.book().ledger.conference_ended(conference);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

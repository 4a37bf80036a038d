//! Every caller of one reception, with its timers.

use crate::reception::Settings;
use crate::{ReceptionCommand, ReceptionEvent};
use std::collections::VecDeque;
use std::time::Instant;

/// The machine: `handle(now, ReceptionCommand)`, then drain `poll_event()`; `poll_timeout()` says
/// when to call `handle_timeout(now)`.
#[derive(Debug)]
pub struct Reception {
    settings: Settings,
    events: VecDeque<ReceptionEvent>,
}

impl Reception {
    /// A reception without callers.
    pub fn new(settings: Settings) -> Self {
        Self { settings, events: VecDeque::new() }
    }

    /// Takes a command. One about a leg that is not here is ignored: it crossed an event.
    pub fn handle(&mut self, _now: Instant, _command: ReceptionCommand) {
        let _ = &self.settings;
    }

    /// The next decision, until `None`.
    pub fn poll_event(&mut self) -> Option<ReceptionEvent> {
        self.events.pop_front()
    }

    /// When [`Reception::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, _now: Instant) {}
}

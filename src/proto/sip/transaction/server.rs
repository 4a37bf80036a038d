//! The non-INVITE server transaction (RFC 3261 section 17.2.2).

use super::{Asked, Fired};
use crate::sip::timer::T1_64;
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A final response is owed. Ends by itself when the call forgets it (RFC 4320: after
    /// 64 * T1 an answer is of no use).
    Trying {
        until: Instant,
    },
    /// The final response was sent; timer J absorbs repeats of the request.
    Completed {
        timer_j: Instant,
    },
    Terminated,
}

/// A server transaction of any method but INVITE.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    reliable: bool,
    state: State,
}

impl Server {
    pub(crate) fn start(now: Instant, reliable: bool) -> Self {
        Self { reliable, state: State::Trying { until: now + T1_64 } }
    }

    /// The request came again.
    pub(crate) fn request(&self) -> Asked {
        match self.state {
            State::Completed { .. } => Asked::RepeatResponse,
            _ => Asked::Nothing,
        }
    }

    /// The final response. Says whether it may still be sent.
    pub(crate) fn respond(&mut self, now: Instant) -> bool {
        if !matches!(self.state, State::Trying { .. }) {
            return false;
        }
        self.state = if self.reliable {
            State::Terminated
        } else {
            State::Completed { timer_j: now + T1_64 }
        };
        true
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Fired {
        match self.state {
            State::Trying { until: at } | State::Completed { timer_j: at } if now >= at => {
                self.state = State::Terminated;
                Fired::Ended
            }
            _ => Fired::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Trying { until: at } | State::Completed { timer_j: at } => Some(at),
            State::Terminated => None,
        }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}

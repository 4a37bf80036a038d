//! The INVITE client transaction (RFC 3261 section 17.1.1 with RFC 6026 section 7.2).

use super::{Fired, Heard};
use crate::sip::timer::{Backoff, PROCEEDING, T1_64, TIMER_D, UNCAPPED};
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Timers A (unreliable transports only) and B run.
    Calling {
        timer_a: Option<Backoff>,
        timer_b: Instant,
    },
    /// A provisional response came. RFC 3261 runs no timer here; a callee that then vanishes
    /// would keep the transaction for ever.
    Proceeding {
        until: Instant,
    },
    /// A 2xx came; timer M runs, further 2xx go up.
    Accepted {
        timer_m: Instant,
    },
    /// A failure came and was acknowledged; timer D runs, repeats are acknowledged again.
    Completed {
        timer_d: Instant,
    },
    Terminated,
}

/// An INVITE client transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientInvite {
    reliable: bool,
    state: State,
}

impl ClientInvite {
    pub(crate) fn start(now: Instant, reliable: bool) -> Self {
        let timer_a = (!reliable).then(|| Backoff::start(now, UNCAPPED));
        Self { reliable, state: State::Calling { timer_a, timer_b: now + T1_64 } }
    }

    pub(crate) fn response(&mut self, now: Instant, status: u16) -> Heard {
        match (self.state, status) {
            (State::Calling { .. } | State::Proceeding { .. }, 100..=199) => {
                self.state = State::Proceeding { until: now + PROCEEDING };
                Heard::Up
            }
            (State::Calling { .. } | State::Proceeding { .. }, 200..=299) => {
                self.state = State::Accepted { timer_m: now + T1_64 };
                Heard::Up
            }
            (State::Calling { .. } | State::Proceeding { .. }, _) => {
                self.state = if self.reliable {
                    State::Terminated
                } else {
                    State::Completed { timer_d: now + TIMER_D }
                };
                Heard::UpAndAck
            }
            (State::Accepted { .. }, 200..=299) => Heard::Up,
            (State::Completed { .. }, 300..) => Heard::AckAgain,
            _ => Heard::Nothing,
        }
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Fired {
        match &mut self.state {
            State::Calling { timer_b: at, .. } | State::Proceeding { until: at } if now >= *at => {
                self.state = State::Terminated;
                Fired::TimedOut
            }
            State::Calling { timer_a: Some(timer_a), .. } => Fired::of_backoff(timer_a, now),
            State::Accepted { timer_m: at } | State::Completed { timer_d: at } if now >= *at => {
                self.state = State::Terminated;
                Fired::Ended
            }
            _ => Fired::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Calling { timer_a: Some(timer_a), timer_b } => Some(timer_a.at().min(timer_b)),
            State::Calling { timer_a: None, timer_b } => Some(timer_b),
            State::Accepted { timer_m: at }
            | State::Completed { timer_d: at }
            | State::Proceeding { until: at } => Some(at),
            State::Terminated => None,
        }
    }

    /// A final response is still awaited.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.state, State::Calling { .. } | State::Proceeding { .. })
    }

    /// A provisional response came, so that a CANCEL may be sent (RFC 3261 section 9.1).
    pub(crate) fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}

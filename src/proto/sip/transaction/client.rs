//! The non-INVITE client transaction (RFC 3261 section 17.1.2).

use super::{Fired, Heard};
use crate::sip::timer::{Backoff, T1_64, T2, T4};
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Trying and Proceeding: timers E (unreliable transports only) and F run.
    Pending {
        timer_e: Option<Backoff>,
        timer_f: Instant,
    },
    /// A final response came; timer K absorbs its repeats.
    Completed {
        timer_k: Instant,
    },
    Terminated,
}

/// A client transaction of any method but INVITE.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    reliable: bool,
    state: State,
}

impl Client {
    pub(crate) fn start(now: Instant, reliable: bool) -> Self {
        let timer_e = (!reliable).then(|| Backoff::start(now, T2));
        Self { reliable, state: State::Pending { timer_e, timer_f: now + T1_64 } }
    }

    /// One that is over: takes the place of a transaction that is given up.
    pub(crate) fn ended() -> Self {
        Self { reliable: true, state: State::Terminated }
    }

    pub(crate) fn response(&mut self, now: Instant, status: u16) -> Heard {
        match &mut self.state {
            State::Pending { timer_e, .. } if status < 200 => {
                if let Some(timer_e) = timer_e {
                    timer_e.slow_down();
                }
                Heard::Up
            }
            State::Pending { .. } => {
                self.state = if self.reliable {
                    State::Terminated
                } else {
                    State::Completed { timer_k: now + T4 }
                };
                Heard::Up
            }
            _ => Heard::Nothing,
        }
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Fired {
        match &mut self.state {
            State::Pending { timer_f, .. } if now >= *timer_f => {
                self.state = State::Terminated;
                Fired::TimedOut
            }
            State::Pending { timer_e: Some(timer_e), .. } => Fired::of_backoff(timer_e, now),
            State::Completed { timer_k } if now >= *timer_k => {
                self.state = State::Terminated;
                Fired::Ended
            }
            _ => Fired::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Pending { timer_e: Some(timer_e), timer_f } => Some(timer_e.at().min(timer_f)),
            State::Pending { timer_e: None, timer_f } => Some(timer_f),
            State::Completed { timer_k } => Some(timer_k),
            State::Terminated => None,
        }
    }

    /// A final response is still awaited.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.state, State::Pending { .. })
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}

//! The INVITE server transaction (RFC 3261 section 17.2.1 with RFC 6026 section 7.1).
//!
//! A 2xx is retransmitted by the call, on every transport, not by the transaction.

use super::{Asked, Fired};
use crate::sip::timer::{Backoff, T1_64, T2, T4};
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The call owes a final response.
    Proceeding,
    /// A 2xx was sent; timer L absorbs repeats of the INVITE.
    Accepted {
        timer_l: Instant,
    },
    /// A failure was sent; timers G (unreliable transports only) and H wait for the ACK.
    Completed {
        timer_g: Option<Backoff>,
        timer_h: Instant,
    },
    /// The ACK came; timer I absorbs its repeats.
    Confirmed {
        timer_i: Instant,
    },
    Terminated,
}

/// An INVITE server transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerInvite {
    reliable: bool,
    state: State,
}

impl ServerInvite {
    pub(crate) fn start(reliable: bool) -> Self {
        Self { reliable, state: State::Proceeding }
    }

    /// The INVITE came again.
    pub(crate) fn request(&mut self) -> Asked {
        match self.state {
            State::Proceeding | State::Completed { .. } => Asked::RepeatResponse,
            _ => Asked::Nothing,
        }
    }

    /// An ACK came that matches the transaction: for a failure response only.
    pub(crate) fn ack(&mut self, now: Instant) {
        if let State::Completed { .. } = self.state {
            self.state = if self.reliable {
                State::Terminated
            } else {
                State::Confirmed { timer_i: now + T4 }
            };
        }
    }

    /// The call answers. Says whether the response may still be sent.
    pub(crate) fn respond(&mut self, now: Instant, status: u16) -> bool {
        if self.state != State::Proceeding {
            return false;
        }
        match status {
            ..200 => {}
            200..=299 => self.state = State::Accepted { timer_l: now + T1_64 },
            _ => {
                let timer_g = (!self.reliable).then(|| Backoff::start(now, T2));
                self.state = State::Completed { timer_g, timer_h: now + T1_64 };
            }
        }
        true
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Fired {
        match &mut self.state {
            State::Completed { timer_h, .. } if now >= *timer_h => {
                self.state = State::Terminated;
                Fired::Ended
            }
            State::Completed { timer_g: Some(timer_g), .. } => Fired::of_backoff(timer_g, now),
            State::Accepted { timer_l: at } | State::Confirmed { timer_i: at } if now >= *at => {
                self.state = State::Terminated;
                Fired::Ended
            }
            _ => Fired::Nothing,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Completed { timer_g: Some(timer_g), timer_h } => Some(timer_g.at().min(timer_h)),
            State::Completed { timer_g: None, timer_h } => Some(timer_h),
            State::Accepted { timer_l: at } | State::Confirmed { timer_i: at } => Some(at),
            State::Proceeding | State::Terminated => None,
        }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}

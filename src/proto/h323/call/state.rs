//! Where a call stands.

use std::time::Instant;

/// By the names of Q.931 section 2.1; each until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing happened.
    Null,
    /// We called (U1); until the first answer.
    CallInitiated(Instant),
    /// The other side wants more digits of us (U2).
    OverlapSending(Instant),
    /// The other side works on it (U3).
    OutgoingProceeding(Instant),
    /// It works on it, and something comes in band meanwhile (U3 too, with T310 stopped): it is as
    /// good as ringing.
    OutgoingProgressing(Instant),
    /// It rings at the other side (U4).
    CallDelivered(Instant),
    /// The other side calls (U6); until we answer.
    CallPresent(Instant),
    /// We want more digits (U25).
    OverlapReceiving(Instant),
    /// We work on it (U9).
    IncomingProceeding(Instant),
    /// It rings here (U7).
    CallReceived(Instant),
    /// It is answered (U10).
    Active,
    /// It is over.
    Released,
}

impl State {
    pub(super) fn deadline(self) -> Option<Instant> {
        match self {
            State::CallInitiated(at)
            | State::OverlapSending(at)
            | State::OutgoingProceeding(at)
            | State::OutgoingProgressing(at)
            | State::CallDelivered(at)
            | State::CallPresent(at)
            | State::OverlapReceiving(at)
            | State::IncomingProceeding(at)
            | State::CallReceived(at) => Some(at),
            State::Null | State::Active | State::Released => None,
        }
    }

    /// The number of the state (Q.931 section 4.5.7).
    pub(super) fn number(self) -> u8 {
        match self {
            State::Null | State::Released => 0,
            State::CallInitiated(_) => 1,
            State::OverlapSending(_) => 2,
            State::OutgoingProceeding(_) | State::OutgoingProgressing(_) => 3,
            State::CallDelivered(_) => 4,
            State::CallPresent(_) => 6,
            State::CallReceived(_) => 7,
            State::IncomingProceeding(_) => 9,
            State::Active => 10,
            State::OverlapReceiving(_) => 25,
        }
    }

    /// Whether we called and wait for the answer.
    pub(super) fn is_outgoing(self) -> bool {
        matches!(
            self,
            State::CallInitiated(_)
                | State::OverlapSending(_)
                | State::OutgoingProceeding(_)
                | State::OutgoingProgressing(_)
                | State::CallDelivered(_)
        )
    }

    /// Whether we are called and have not answered.
    pub(super) fn is_incoming(self) -> bool {
        matches!(
            self,
            State::CallPresent(_)
                | State::OverlapReceiving(_)
                | State::IncomingProceeding(_)
                | State::CallReceived(_)
        )
    }

    /// Whether there is a call that messages can be sent in.
    pub(super) fn is_under_way(self) -> bool {
        !matches!(self, State::Null | State::Released)
    }
}

//! Whether the other side is there (H.245 C.9).

use super::ROUND_TRIP_PATIENCE;
use super::outbox::Outbox;
use super::words::Event;
use causeway_asn1::h245::{RequestMessage, RoundTripDelayRequest};
use std::time::Instant;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// Asked then; until then.
    Awaiting { asked: Instant, timer: Instant },
}

#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    sequence: u8,
    state: State,
}

impl RoundTrip {
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Awaiting { timer, .. } => Some(timer),
        }
    }

    /// Asks; where it is asked already, the answer to the newest counts.
    pub(super) fn ask(&mut self, now: Instant, out: &mut Outbox) {
        self.sequence = self.sequence.wrapping_add(1);
        let sequence_number = self.sequence;
        out.request(RequestMessage::RoundTripDelayRequest(RoundTripDelayRequest {
            sequence_number,
        }));
        self.state = State::Awaiting { asked: now, timer: now + ROUND_TRIP_PATIENCE };
    }

    pub(super) fn response(&mut self, now: Instant, sequence: u8, out: &mut Outbox) {
        if sequence == self.sequence {
            self.heard(now, out);
        }
    }

    /// The other side is there: it answered, or it says that it cannot.
    pub(super) fn heard(&mut self, now: Instant, out: &mut Outbox) {
        if let State::Awaiting { asked, .. } = std::mem::take(&mut self.state) {
            out.event(Event::RoundTrip(now.saturating_duration_since(asked)));
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.state = State::Idle;
            out.event(Event::RoundTripUnanswered);
        }
    }
}

//! The way out: of a leg, of a participant, of everybody.

use super::{Conference, Phase};
use crate::roster::SeatedLeg;
use crate::{By, CommandError, Event, Notice};
use causeway_base::{EndCause, LegId, ParticipantId};
use std::time::Instant;

/// What becomes of the place in the queue of a leg that waited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It hung up: kept for who calls again.
    Kept,
    /// It was sent away.
    GivenUp,
}

impl Conference {
    pub(super) fn leave(
        &mut self,
        now: Instant,
        leg: LegId,
        cause: EndCause,
    ) -> Result<(), CommandError> {
        self.unseat(now, leg, cause, Place::Kept)
    }

    pub(super) fn remove(
        &mut self,
        now: Instant,
        who: ParticipantId,
        by: By,
    ) -> Result<(), CommandError> {
        let own = by == By::Participant(who);
        if !own {
            self.authorise(by)?;
        }
        let cause = if own { EndCause::Normal } else { EndCause::Removed };
        for leg in self.roster.participant(who)?.legs.clone() {
            self.dismiss(now, leg, cause);
        }
        Ok(())
    }

    pub(super) fn end_for_all(&mut self, now: Instant, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        self.end(now, EndCause::ConferenceEnded);
        Ok(())
    }

    /// Lets go of the legs that stood too long where they stand.
    pub(super) fn dismiss_overdue(&mut self, now: Instant) {
        let is_due = |until: Option<Instant>| until.is_some_and(|until| now >= until);
        let cause = |seat: &SeatedLeg| match is_due(self.seat_until(seat.admission)) {
            true if seat.admission.is_waiting() => Some(EndCause::WaitedTooLong),
            true => Some(EndCause::SignallingTimeout),
            false => is_due(self.roster.path_until(seat)).then_some(EndCause::MediaTimeout),
        };
        let legs = self.roster.legs();
        let overdue: Vec<(LegId, EndCause)> =
            legs.filter_map(|(leg, seat)| Some((leg, cause(seat)?))).collect();
        for (leg, cause) in overdue {
            self.dismiss(now, leg, cause);
        }
    }

    /// Lets go of a leg that did not leave by itself.
    pub(super) fn dismiss(&mut self, now: Instant, leg: LegId, cause: EndCause) {
        if self.roster.leg(leg).is_ok() {
            self.events.push_back(Event::LegDismissed { leg, cause });
            // It has a seat, as was just seen.
            let _ = self.unseat(now, leg, cause, Place::GivenUp);
        }
    }

    fn unseat(
        &mut self,
        now: Instant,
        leg: LegId,
        cause: EndCause,
        place: Place,
    ) -> Result<(), CommandError> {
        let (seat, gone) = self.roster.unseat(now, leg)?;
        let who = seat.participant;
        self.seats_changed = true;
        self.plan_is_stale = true;
        if seat.admission.is_waiting() && self.waiting_legs(who).is_empty() {
            match place {
                Place::Kept => self.queue.hang_up(now, who),
                Place::GivenUp => self.queue.leave(who),
            }
        }
        let Some(participant) = gone else {
            self.note_silence(who);
            return Ok(());
        };
        self.successors.retain(|successor| *successor != who);
        self.withdraw_speaker(who);
        self.withdraw_large(who);
        if !participant.joined && seat.admission.is_waiting() {
            self.events.push_back(Event::WaitingLeft { participant: who });
        }
        if participant.joined {
            self.events.push_back(Event::ParticipantLeft { participant: who, cause });
            self.chime_others(now, who, Notice::SomebodyLeft);
        }
        Ok(())
    }

    pub(super) fn end(&mut self, now: Instant, cause: EndCause) {
        self.phase = Phase::Ended;
        let legs: Vec<LegId> = self.roster.legs().map(|(leg, _)| leg).collect();
        for leg in legs {
            self.dismiss(now, leg, cause);
        }
        self.plan_is_stale = false;
        self.events.push_back(Event::Ended(cause));
    }
}

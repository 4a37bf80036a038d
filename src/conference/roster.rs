//! Who is there: participants and their legs, always consistent with each other.

use crate::admission::AdmissionState;
use crate::digit::DigitMerge;
use crate::participant::MAX_LEGS_PER_PARTICIPANT;
use crate::{CommandError, DisplayName, Join, Mute, Participant, Protocol};
use causeway_base::{EndCause, LegId, ParticipantId};
use causeway_plan::Direction;
use std::collections::BTreeMap;
use std::time::Instant;

/// A leg that has a seat.
#[derive(Debug)]
pub struct SeatedLeg {
    /// To whom it belongs.
    pub participant: ParticipantId,
    /// What its signalling speaks.
    pub source: Protocol,
    /// Where it stands.
    pub admission: AdmissionState,
    /// Which way its media may flow, from our side.
    pub direction: Direction,
    pub(crate) digits: DigitMerge,
}

/// The roster. Every leg belongs to one participant, every participant has a leg.
#[derive(Debug, Default)]
pub struct Roster {
    participants: BTreeMap<ParticipantId, Participant>,
    legs: BTreeMap<LegId, SeatedLeg>,
    last_participant: u64,
}

impl Roster {
    /// The participants, oldest first.
    pub fn participants(&self) -> impl ExactSizeIterator<Item = &Participant> {
        self.participants.values()
    }

    /// The legs, by their ids.
    pub fn legs(&self) -> impl ExactSizeIterator<Item = (LegId, &SeatedLeg)> {
        self.legs.iter().map(|(id, leg)| (*id, leg))
    }

    /// Whether nobody has a seat.
    pub fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// One participant.
    pub fn participant(&self, id: ParticipantId) -> Result<&Participant, CommandError> {
        self.participants.get(&id).ok_or(CommandError::UnknownParticipant)
    }

    /// One leg.
    pub fn leg(&self, id: LegId) -> Result<&SeatedLeg, CommandError> {
        self.legs.get(&id).ok_or(CommandError::UnknownLeg)
    }

    pub(crate) fn participant_mut(
        &mut self,
        id: ParticipantId,
    ) -> Result<&mut Participant, CommandError> {
        self.participants.get_mut(&id).ok_or(CommandError::UnknownParticipant)
    }

    pub(crate) fn leg_mut(&mut self, id: LegId) -> Result<&mut SeatedLeg, CommandError> {
        self.legs.get_mut(&id).ok_or(CommandError::UnknownLeg)
    }

    /// Gives a leg a seat, with a new participant or beside one.
    pub(crate) fn seat(
        &mut self,
        now: Instant,
        join: Join,
        max_participants: usize,
    ) -> Result<ParticipantId, CommandError> {
        if self.legs.contains_key(&join.leg) {
            return Err(CommandError::AlreadySeated);
        }
        let participant = match join.beside {
            Some(id) => {
                let participant = self.participant_mut(id)?;
                if participant.legs.len() >= MAX_LEGS_PER_PARTICIPANT {
                    return Err(CommandError::Refused(EndCause::CapacityReached));
                }
                participant.legs.push(join.leg);
                id
            }
            None if self.participants.len() >= max_participants => {
                return Err(CommandError::Refused(EndCause::CapacityReached));
            }
            None => self.enrol(&join),
        };
        let leg = SeatedLeg {
            participant,
            source: join.source,
            admission: AdmissionState::Arriving { since: now },
            direction: Direction::Inactive,
            digits: DigitMerge::default(),
        };
        self.legs.insert(join.leg, leg);
        Ok(participant)
    }

    fn enrol(&mut self, join: &Join) -> ParticipantId {
        self.last_participant += 1;
        let id = ParticipantId(self.last_participant);
        let participant = Participant {
            id,
            display_name: DisplayName::new(&join.display_name),
            role: join.role,
            mute: Mute::default(),
            legs: vec![join.leg],
            joined: false,
        };
        self.participants.insert(id, participant);
        id
    }

    /// Takes a leg's seat away; gives its participant back when that was the last leg.
    pub(crate) fn unseat(&mut self, leg: LegId) -> Result<Option<Participant>, CommandError> {
        let seat = self.legs.remove(&leg).ok_or(CommandError::UnknownLeg)?;
        let participant = self.participant_mut(seat.participant)?;
        participant.legs.retain(|other| *other != leg);
        if participant.legs.is_empty() {
            return Ok(self.participants.remove(&seat.participant));
        }
        Ok(None)
    }
}

//! Who is there: participants and their legs, always consistent with each other.

use crate::AdmissionState;
use crate::chat::Pace;
use crate::key::KeyMatcher;
use crate::layout::PictureChoice;
use crate::participant::MAX_LEGS_PER_PARTICIPANT;
use crate::policy::PATH_LIMIT;
use crate::voice::Voice;
use crate::{CallerKey, CommandError, DisplayName, Join, Mute, Participant, Protocol, Role};
use causeway_base::{EndCause, Lang, LegId, ParticipantId};
use causeway_plan::picture::PathQuality;
use causeway_plan::video::{Sight, VideoState};
use causeway_plan::{Direction, Sound};
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
    /// Which way pictures of people may flow, from our side.
    pub video: Direction,
    /// How many lines it has for tiles: for people as they send themselves.
    pub tile_lines: usize,
    /// It gets its tiles by them, and no picture.
    pub tiles_shown: bool,
    /// How those that it sends stand.
    pub picture: VideoState,
    /// What they look like.
    pub sight: Sight,
    /// How well it is connected, where that is known.
    pub quality: Option<PathQuality>,
    /// What its sound is like.
    pub sound: Sound,
    /// It was proved to be one of ours.
    pub trusted: bool,
    /// In which language it is spoken to.
    pub lang: Lang,
    /// Nothing arrives from it.
    pub(crate) silent: bool,
    pub(crate) path: Path,
    pub(crate) caller: Option<CallerKey>,
    pub(crate) voice: Voice,
    pub(crate) keys: KeyMatcher,
}

/// Whether a leg's media passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Not yet: a browser says what it offers before it knows whether any of it gets through a
    /// firewall.
    Sought {
        /// Since when.
        since: Instant,
    },
    /// It does, or it did. A leg that agrees on its media in any other way says no more of it.
    Found,
}

impl Path {
    fn of(source: Protocol, now: Instant) -> Self {
        match source {
            Protocol::WebRtc => Path::Sought { since: now },
            Protocol::Sip | Protocol::H323 => Path::Found,
        }
    }
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

    /// The legs of a participant that stand somewhere.
    pub(crate) fn legs_where(
        &self,
        who: ParticipantId,
        stands: impl Fn(AdmissionState) -> bool,
    ) -> impl Iterator<Item = (LegId, &SeatedLeg)> {
        let legs = self.participants.get(&who).map_or(&[][..], |who| &who.legs);
        legs.iter()
            .filter_map(|leg| self.legs.get(leg).map(|seat| (*leg, seat)))
            .filter(move |(_, seat)| stands(seat.admission))
    }

    /// Whether a participant hears and is heard by this leg. While a telephone or a room of theirs
    /// is in, their browser neither hears nor is heard: both stand on one table, and would howl.
    pub fn carries_voice(&self, leg: LegId) -> bool {
        let Ok(seat) = self.leg(leg) else { return false };
        seat.source != Protocol::WebRtc
            || !self
                .legs_where(seat.participant, AdmissionState::is_admitted)
                .any(|(_, other)| other.source != Protocol::WebRtc)
    }

    /// Whether nothing arrives from a participant, whose media is agreed.
    pub(crate) fn is_silent(&self, who: ParticipantId) -> bool {
        let mut voices = self
            .legs_where(who, |stands| !stands.is_arriving())
            .filter(|(leg, _)| self.carries_voice(*leg))
            .peekable();
        voices.peek().is_some() && voices.all(|(_, seat)| seat.silent)
    }

    /// Whether a participant hears and is heard.
    pub(crate) fn is_admitted(&self, who: ParticipantId) -> bool {
        self.legs_where(who, AdmissionState::is_admitted).next().is_some()
    }

    /// Whether a participant has a leg whose media is agreed.
    pub(crate) fn is_present(&self, who: ParticipantId) -> bool {
        self.legs_where(who, |stands| !stands.is_arriving()).next().is_some()
    }

    /// Whether so many participants are there that one of this role finds no place: those who
    /// arrive are never counted, those who wait only for guests. However many wait, a host comes in.
    pub(crate) fn is_full(&self, most: usize, role: Role) -> bool {
        let counts = |who: &Participant| match role {
            Role::Host => who.joined,
            Role::Guest => self.is_present(who.id),
        };
        self.participants.len() >= most
            && self.participants().filter(|who| counts(who)).count() >= most
    }

    /// Whether so many legs have not agreed their media yet.
    pub(crate) fn is_crowded(&self, most: usize) -> bool {
        self.legs.len() >= most
            && self.legs.values().filter(|seat| seat.admission.is_arriving()).count() >= most
    }

    /// The hosts who hear and are heard: one whose media never found a way is none yet.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &Participant> {
        self.participants().filter(|who| who.role == Role::Host && self.is_reached(who.id))
    }

    /// Whether a participant was let in with a leg whose media passes.
    pub(crate) fn is_reached(&self, who: ParticipantId) -> bool {
        let mut admitted = self.legs_where(who, AdmissionState::is_admitted);
        admitted.any(|(_, seat)| seat.path == Path::Found)
    }

    /// When a leg is let go whose media never found a way: never beside a telephone, by which its
    /// participant takes part all the same.
    pub(crate) fn path_until(&self, seat: &SeatedLeg) -> Option<Instant> {
        let Path::Sought { since } = seat.path else { return None };
        let mut others = self.legs_where(seat.participant, |stands| !stands.is_arriving());
        others.all(|(_, other)| other.path != Path::Found).then_some(since + PATH_LIMIT)
    }

    /// A participant lost a leg: those whose media found no way yet have as long as at first.
    fn seek_anew(&mut self, now: Instant, who: ParticipantId) {
        for seat in self.legs.values_mut().filter(|seat| seat.participant == who) {
            if let Path::Sought { since } = &mut seat.path {
                *since = now;
            }
        }
    }

    pub(crate) fn participants_mut(&mut self) -> impl Iterator<Item = &mut Participant> {
        self.participants.values_mut()
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
    pub(crate) fn seat(&mut self, now: Instant, join: Join) -> Result<ParticipantId, CommandError> {
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
            None => self.enrol(now, &join),
        };
        let leg = SeatedLeg {
            participant,
            source: join.source,
            admission: AdmissionState::Arriving { since: now },
            direction: Direction::Inactive,
            video: Direction::Inactive,
            tile_lines: 0,
            tiles_shown: false,
            picture: VideoState::default(),
            sight: Sight::default(),
            quality: None,
            sound: Sound::default(),
            trusted: join.trusted,
            lang: join.lang,
            silent: false,
            path: Path::of(join.source, now),
            caller: join.caller,
            voice: Voice::default(),
            keys: KeyMatcher::default(),
        };
        self.legs.insert(join.leg, leg);
        Ok(participant)
    }

    fn enrol(&mut self, now: Instant, join: &Join) -> ParticipantId {
        self.last_participant += 1;
        let id = ParticipantId(self.last_participant);
        let participant = Participant {
            id,
            display_name: DisplayName::new(&join.display_name),
            role: join.role,
            mute: Mute::default(),
            legs: vec![join.leg],
            joined: false,
            since: now,
            hand: None,
            muted_on_entry: false,
            may_unmute: false,
            pace: Pace::default(),
            choice: PictureChoice::default(),
            choosing: Pace::default(),
        };
        self.participants.insert(id, participant);
        id
    }

    /// Takes a leg's seat away; gives it back, and its participant when that was the last leg.
    pub(crate) fn unseat(
        &mut self,
        now: Instant,
        leg: LegId,
    ) -> Result<(SeatedLeg, Option<Participant>), CommandError> {
        let seat = self.legs.remove(&leg).ok_or(CommandError::UnknownLeg)?;
        let participant = self.participant_mut(seat.participant)?;
        participant.legs.retain(|other| *other != leg);
        if participant.legs.is_empty() {
            let gone = self.participants.remove(&seat.participant);
            return Ok((seat, gone));
        }
        self.seek_anew(now, seat.participant);
        Ok((seat, None))
    }
}

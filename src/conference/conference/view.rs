//! A conference as it is shown: plain data, copied out.

use super::picture::{Looks, Wall};
use crate::layout::{Layout, PictureChoice};
use crate::{
    AdmissionState, Conference, DisplayName, Hold, HostPresence, Lobby, Mute, Participant,
    Protocol, Role,
};
use causeway_base::{ConferenceId, Lang, LegId, ParticipantId};
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use causeway_plan::{Direction, Sound};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// One conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceView {
    /// Which.
    pub id: ConferenceId,
    /// The name that people see.
    pub name: String,
    /// Since when.
    pub started: Instant,
    /// Takes nobody but hosts.
    pub locked: bool,
    /// Who waits.
    pub lobby: Lobby,
    /// Guests may unmute themselves.
    pub unmute_allowed: bool,
    /// Guests may have their telephone called.
    pub guests_call_me: bool,
    /// Whether a host is there.
    pub hosts: HostPresence,
    /// When it ends if no host comes back.
    pub ends_without_host: Option<Instant>,
    /// Who becomes host when the last one is gone, in this order.
    pub successors: Vec<ParticipantId>,
    /// Who speaks.
    pub speaker: Option<ParticipantId>,
    /// Who is mixed now, loudest first.
    pub talkers: Vec<ParticipantId>,
    /// The layout of all who chose none of their own.
    pub layout: Layout,
    /// Who is large for all.
    pub spotlight: Option<ParticipantId>,
    /// What is left of pictures where the machine has too little time for them.
    pub strain: VideoStrain,
    /// How many participants wait.
    pub waiting: usize,
    /// Everybody, oldest first.
    pub participants: Vec<ParticipantView>,
}

/// One entry of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantView {
    /// Who.
    pub id: ParticipantId,
    /// The name to show.
    pub display_name: DisplayName,
    /// What the participant may do.
    pub role: Role,
    /// Why nothing is heard of the participant.
    pub mute: Mute,
    /// The participant may unmute itself.
    pub may_unmute: bool,
    /// Since when the hand is up.
    pub hand: Option<Instant>,
    /// Since when a leg has a seat.
    pub since: Instant,
    /// A leg hears and is heard.
    pub admitted: bool,
    /// The place in the queue, from 1, while a leg waits.
    pub place: Option<usize>,
    /// What holds a leg that waits.
    pub hold: Option<Hold>,
    /// What the participant wants to see; pinned is only who is there.
    pub choice: PictureChoice,
    /// What the participant sees.
    pub looks: Looks,
    /// What the participant's browser is shown as tiles of its own.
    pub wall: Wall,
    /// The legs, oldest first.
    pub legs: Vec<LegView>,
}

/// One leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegView {
    /// Which.
    pub leg: LegId,
    /// What its signalling speaks.
    pub source: Protocol,
    /// Where it stands, and since when.
    pub admission: AdmissionState,
    /// Which way its media may flow, from our side.
    pub direction: Direction,
    /// Which way pictures of people may flow, from our side.
    pub video: Direction,
    /// How those that it sends stand.
    pub picture: VideoState,
    /// What they look like, as far as they are seen.
    pub sight: Sight,
    /// What its sound is like, while it may be heard.
    pub sound: Sound,
    /// Somebody is shown them.
    pub seen: bool,
    /// It was proved to be one of ours.
    pub trusted: bool,
    /// Its participant hears and is heard by it, once it was let in.
    pub carries_voice: bool,
    /// In which language it is spoken to.
    pub lang: Lang,
}

impl ParticipantView {
    /// What is amiss with the sound by which it is heard.
    pub fn sound(&self) -> Sound {
        let voices = self.legs.iter().filter(|leg| leg.carries_voice);
        voices.map(|leg| leg.sound).find(|sound| *sound != Sound::Fine).unwrap_or_default()
    }
}

impl Conference {
    /// All that there is to show.
    pub fn view(&self) -> ConferenceView {
        let here = self.host_is_here();
        let seen = self.seen();
        let places: BTreeMap<_, _> = self.queue.places().map(|(place, who)| (who, place)).collect();
        ConferenceView {
            id: self.id,
            name: self.settings.name.clone(),
            started: self.started,
            locked: self.door.locked,
            lobby: self.door.lobby,
            unmute_allowed: self.unmute_allowed,
            guests_call_me: self.guests_call_me,
            hosts: self.hosts,
            ends_without_host: self.hosts_until(),
            successors: self.successors.clone(),
            speaker: self.speaker.current(),
            talkers: self.talking(),
            layout: self.layout.clone(),
            spotlight: self.spotlight,
            strain: self.strain,
            waiting: self.queue.len(),
            participants: self
                .roster
                .participants()
                .map(|who| self.show(who, places.get(&who.id).copied(), here, &seen))
                .collect(),
        }
    }

    /// One participant, if it has a seat.
    pub fn view_participant(&self, who: ParticipantId) -> Option<ParticipantView> {
        let who = self.roster.participant(who).ok()?;
        Some(self.show(who, self.queue.place(who.id), self.host_is_here(), &self.seen()))
    }

    fn wall(&self, who: ParticipantId) -> Wall {
        let mut legs = self.roster.legs_where(who, AdmissionState::is_admitted);
        let browser = legs.find(|(_, seat)| seat.source == Protocol::WebRtc);
        browser.map_or(Wall::default(), |(leg, seat)| self.wall_of(leg, seat))
    }

    fn hold_of(&self, who: &Participant, here: bool) -> Option<Hold> {
        let mut waiting = self.waiting_legs(who.id).into_iter();
        waiting.find_map(|leg| self.hold(leg, here).ok().flatten())
    }

    fn show(
        &self,
        who: &Participant,
        place: Option<usize>,
        here: bool,
        seen: &BTreeSet<LegId>,
    ) -> ParticipantView {
        let legs = self.roster.legs_where(who.id, |_| true).map(|(leg, seat)| LegView {
            leg,
            source: seat.source,
            admission: seat.admission,
            direction: seat.direction,
            video: seat.video,
            picture: seat.picture,
            sight: seat.sight,
            sound: seat.sound,
            seen: seen.contains(&leg),
            trusted: seat.trusted,
            carries_voice: self.roster.carries_voice(leg),
            lang: seat.lang,
        });
        ParticipantView {
            id: who.id,
            display_name: who.display_name.clone(),
            role: who.role,
            mute: who.mute,
            may_unmute: who.unmutes_itself(self.unmute_allowed),
            hand: who.hand,
            since: who.since,
            admitted: self.roster.is_admitted(who.id),
            place,
            hold: place.and_then(|_| self.hold_of(who, here)),
            choice: who.choice.clone(),
            looks: self.looks_of(who),
            wall: self.wall(who.id),
            legs: legs.collect(),
        }
    }
}

//! Who speaks.

use super::Conference;
use crate::Event;
use causeway_base::{LegId, ParticipantId};
use std::time::Instant;

/// Talkers of one report that are looked at: the mixer never mixes more.
const MAX_TALKERS: usize = 16;

impl Conference {
    pub(super) fn talkers(&mut self, now: Instant, legs: &[LegId]) {
        let mut talkers: Vec<ParticipantId> = Vec::new();
        for leg in legs.iter().take(MAX_TALKERS) {
            let Ok(seat) = self.roster.leg(*leg) else { continue };
            let id = seat.participant;
            let muted = self.roster.participant(id).is_ok_and(|who| who.mute.is_muted());
            if seat.admission.is_admitted() && !muted && !talkers.contains(&id) {
                talkers.push(id);
            }
        }
        if self.talkers != talkers {
            self.talkers.clone_from(&talkers);
            self.events.push_back(Event::TalkersChanged { participants: talkers.clone() });
        }
        if self.speaker.hear(now, &talkers) {
            self.say_speaker();
        }
    }

    /// Who is mixed now, loudest first.
    pub(super) fn talking(&self) -> Vec<ParticipantId> {
        let heard = |who: &ParticipantId| {
            self.roster.participant(*who).is_ok_and(|who| !who.mute.is_muted())
        };
        self.talkers.iter().copied().filter(heard).collect()
    }

    pub(super) fn withdraw_speaker(&mut self, participant: ParticipantId) {
        if self.speaker.withdraw(participant) {
            self.say_speaker();
        }
    }

    pub(super) fn say_speaker(&mut self) {
        let participant = self.speaker.current();
        self.events.push_back(Event::ActiveSpeakerChanged { participant });
        // Who speaks is large, and has a frame.
        self.plan_is_stale = true;
    }
}

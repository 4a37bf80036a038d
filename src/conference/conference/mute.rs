//! Who is not heard, and why. The same for every kind of leg: what is not heard is decided in the
//! media plan, not asked of a device.

use super::Conference;
use crate::{By, CommandError, Event, Mute, Notice, Participant, Role};
use causeway_base::{LegId, ParticipantId};
use std::time::Instant;

impl Conference {
    pub(super) fn set_mute(
        &mut self,
        now: Instant,
        who: ParticipantId,
        by: By,
        muted: bool,
    ) -> Result<(), CommandError> {
        let own = by == By::Participant(who);
        if !own {
            self.authorise(by)?;
        }
        let unmute_allowed = self.unmute_allowed;
        let participant = self.roster.participant_mut(who)?;
        let before = participant.mute;
        match (own, muted) {
            (true, muted) => set_own(participant, muted, unmute_allowed),
            (false, true) => participant.mute.by_host = true,
            (false, false) => take_back_as_host(participant),
        }
        self.note_mute(now, who, before, own)
    }

    pub(super) fn mute_all(&mut self, now: Instant, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        let guests: Vec<ParticipantId> = self
            .roster
            .participants()
            .filter(|who| who.role == Role::Guest)
            .map(|who| who.id)
            .collect();
        // A host may mute anybody who is there.
        guests.into_iter().try_for_each(|who| self.set_mute(now, who, By::Operator, true))
    }

    pub(super) fn allow_unmute(&mut self, allowed: bool, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        if std::mem::replace(&mut self.unmute_allowed, allowed) != allowed {
            self.events.push_back(Event::UnmuteAllowed { allowed });
        }
        Ok(())
    }

    fn note_mute(
        &mut self,
        now: Instant,
        who: ParticipantId,
        before: Mute,
        own: bool,
    ) -> Result<(), CommandError> {
        let mute = self.roster.participant(who)?.mute;
        if mute == before {
            return Ok(());
        }
        self.events.push_back(Event::MuteChanged { participant: who, mute });
        if !own {
            let notice = if mute.by_host { Notice::MutedByHost } else { Notice::UnmutedByHost };
            self.say_to(now, who, notice);
        }
        if mute.is_muted() {
            self.withdraw_speaker(who);
        }
        self.plan_is_stale = true;
        Ok(())
    }

    pub(super) fn set_heard(&mut self, leg: LegId, heard: bool) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        seat.silent = !heard;
        let who = seat.participant;
        self.note_silence(who);
        Ok(())
    }

    /// Says when nothing arrives any more from the legs that carry somebody's voice, or something.
    pub(super) fn note_silence(&mut self, who: ParticipantId) {
        let silent = self.roster.is_silent(who);
        let Ok(participant) = self.roster.participant_mut(who) else { return };
        if std::mem::replace(&mut participant.mute.nothing_heard, silent) != silent {
            let mute = participant.mute;
            self.events.push_back(Event::MuteChanged { participant: who, mute });
        }
    }
}

/// What a participant decides for itself.
fn set_own(participant: &mut Participant, muted: bool, unmute_allowed: bool) {
    participant.mute.by_self = muted;
    participant.muted_on_entry = false;
    if !muted && (unmute_allowed || participant.role == Role::Host) {
        participant.mute.by_host = false;
    }
}

/// What hosts and rules muted, a host takes back; what the participant decided stands.
fn take_back_as_host(participant: &mut Participant) {
    participant.mute.by_host = false;
    if std::mem::take(&mut participant.muted_on_entry) {
        participant.mute.by_self = false;
    }
}

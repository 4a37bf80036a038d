//! Who is not heard, and why. The same for every kind of leg: what is not heard is decided in the
//! media plan, not asked of a device.

use super::Conference;
use crate::{By, CommandError, Event, Notice, Participant, Role};
use causeway_base::{LegId, ParticipantId};
use causeway_plan::Sound;
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
        let before = participant.clone();
        match (own, muted) {
            (true, true) => mute_own(participant),
            (true, false) => unmute_own(participant, unmute_allowed)?,
            (false, true) => mute_as_host(participant),
            (false, false) => take_back_as_host(participant, unmute_allowed),
        }
        self.note_mute(now, &before, own)
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
            // What was given to one is of the rule before.
            self.roster.participants_mut().for_each(|who| who.may_unmute = false);
            self.events.push_back(Event::UnmuteAllowed { allowed });
        }
        Ok(())
    }

    fn note_mute(
        &mut self,
        now: Instant,
        before: &Participant,
        own: bool,
    ) -> Result<(), CommandError> {
        let who = before.id;
        let after = self.roster.participant(who)?;
        let mute = after.mute;
        if (mute, after.may_unmute) == (before.mute, before.may_unmute) {
            return Ok(());
        }
        self.events.push_back(Event::MuteChanged { participant: who, mute });
        if mute == before.mute {
            return Ok(());
        }
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

    pub(super) fn sounded(&mut self, leg: LegId, sound: Sound) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        if std::mem::replace(&mut seat.sound, sound) != sound {
            let participant = seat.participant;
            self.events.push_back(Event::Sounded { participant, leg, sound });
        }
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
fn mute_own(participant: &mut Participant) {
    participant.mute.by_self = true;
    participant.muted_on_entry = false;
}

/// Where a host forbids it, no mute is taken back, by whomever it was.
fn unmute_own(participant: &mut Participant, allowed: bool) -> Result<(), CommandError> {
    if !participant.mute.is_muted() {
        return Ok(());
    }
    if !participant.unmutes_itself(allowed) {
        return Err(CommandError::NotAllowed);
    }
    participant.mute.by_self = false;
    participant.mute.by_host = false;
    participant.muted_on_entry = false;
    Ok(())
}

fn mute_as_host(participant: &mut Participant) {
    participant.mute.by_host = true;
    participant.may_unmute = false;
}

/// What hosts and rules muted, a host takes back; what the participant decided stands, but it may
/// then take it back, also where others may not.
fn take_back_as_host(participant: &mut Participant, unmute_allowed: bool) {
    participant.mute.by_host = false;
    participant.may_unmute = !unmute_allowed;
    if std::mem::take(&mut participant.muted_on_entry) {
        participant.mute.by_self = false;
    }
}

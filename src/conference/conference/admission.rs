//! Seats, the lobby, the lock and the queue: the way in.

use super::Conference;
use crate::policy::{HostPresence, MAX_ARRIVING};
use crate::queue::Entered;
use crate::roster::Path;
use crate::{AdmissionState, By, CommandError, Event, Hold, Join, Lobby, Notice, Role, Settings};
use causeway_base::{EndCause, LegId, ParticipantId};
use causeway_plan::Direction;
use causeway_plan::video::VideoState;
use std::time::Instant;

impl Conference {
    pub(super) fn join(&mut self, now: Instant, join: Join) -> Result<(), CommandError> {
        let (role, was_let_in) = match join.beside {
            Some(id) => self.roster.participant(id).map(|who| (who.role, who.joined))?,
            None => (join.role, false),
        };
        if self.door.locked && role == Role::Guest && !was_let_in {
            return Err(CommandError::Refused(EndCause::ConferenceLocked));
        }
        let most = self.settings.max_participants;
        let is_full = join.beside.is_none() && self.roster.is_full(most, role);
        if is_full || self.roster.is_crowded(MAX_ARRIVING) {
            return Err(CommandError::Refused(EndCause::CapacityReached));
        }
        self.roster.seat(now, join)?;
        self.seats_changed = true;
        Ok(())
    }

    pub(super) fn media_ready(
        &mut self,
        now: Instant,
        leg: LegId,
        direction: Direction,
        video: Direction,
    ) -> Result<(), CommandError> {
        let waits = self.is_held(leg, self.host_is_here())?;
        let seat = self.roster.leg(leg)?;
        let (before, who) = (seat.admission, seat.participant);
        let role = self.roster.participant(who)?.role;
        // Seats are given to those who confirm, not to those who say that they come.
        if matches!(before, AdmissionState::Arriving { .. })
            && !self.roster.is_present(who)
            && self.roster.is_full(self.settings.max_participants, role)
        {
            self.dismiss(now, leg, EndCause::CapacityReached);
            return Ok(());
        }
        let seat = self.roster.leg_mut(leg)?;
        (seat.direction, seat.video) = (direction, video);
        seat.admission = before.media_ready(now, waits);
        let after = seat.admission;
        if matches!(before, AdmissionState::Arriving { .. }) {
            match after.is_admitted() {
                true => self.note_admitted(now, leg)?,
                false => self.note_waiting(now, leg)?,
            }
            self.seats_changed = true;
        }
        self.plan_is_stale = true;
        if !video.receives() {
            // Nobody tells any more how its pictures stand.
            self.video_changed(leg, VideoState::Absent)?;
        }
        Ok(())
    }

    pub(super) fn approach(&mut self, now: Instant, leg: LegId) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        seat.admission = seat.admission.approach(now);
        self.plan_is_stale = true;
        Ok(())
    }

    /// What was agreed of its media meanwhile holds.
    pub(super) fn arrive(&mut self, now: Instant, leg: LegId) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        if !seat.admission.is_approaching() {
            return Ok(());
        }
        seat.admission = seat.admission.arrive(now);
        let (direction, video) = (seat.direction, seat.video);
        self.media_ready(now, leg, direction, video)
    }

    pub(super) fn path_found(&mut self, leg: LegId) -> Result<(), CommandError> {
        self.roster.leg_mut(leg)?.path = Path::Found;
        // A host counts as one from now on.
        self.seats_changed = true;
        Ok(())
    }

    pub(super) fn admit(
        &mut self,
        now: Instant,
        who: ParticipantId,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        self.roster.participant(who)?;
        self.let_in(now, who)
    }

    pub(super) fn admit_all(&mut self, now: Instant, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        let everybody: Vec<ParticipantId> = self.queue.places().map(|(_, who)| who).collect();
        let came = everybody.iter().filter(|who| self.let_in(now, **who).is_ok()).count();
        match came {
            0 if !everybody.is_empty() => Err(CommandError::Refused(EndCause::CapacityReached)),
            _ => Ok(()),
        }
    }

    pub(super) fn deny(
        &mut self,
        now: Instant,
        who: ParticipantId,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        self.roster.participant(who)?;
        let waiting = self.waiting_legs(who);
        if waiting.is_empty() {
            return Err(CommandError::NotWaiting);
        }
        for leg in waiting {
            self.dismiss(now, leg, EndCause::Denied);
        }
        Ok(())
    }

    pub(super) fn set_lock(
        &mut self,
        now: Instant,
        locked: bool,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        if std::mem::replace(&mut self.door.locked, locked) != locked {
            self.events.push_back(Event::LockChanged { locked });
            self.say_to_hosts(now, if locked { Notice::Locked } else { Notice::Unlocked });
            self.seats_changed = true;
        }
        Ok(())
    }

    pub(super) fn set_lobby(&mut self, lobby: Lobby, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        if std::mem::replace(&mut self.door.lobby, lobby) != lobby {
            self.events.push_back(Event::LobbyChanged { lobby });
            self.seats_changed = true;
        }
        Ok(())
    }

    pub(super) fn adopt(
        &mut self,
        now: Instant,
        mut settings: Settings,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        if settings.lobby != self.settings.lobby {
            self.set_lobby(settings.lobby, by)?;
        }
        if settings.guests_call_me != self.settings.guests_call_me {
            self.allow_call_me(settings.guests_call_me, by)?;
        }
        self.door.wait_for_host = settings.wait_for_host;
        match settings.starts_in.and_then(|wait| now.checked_add(wait)) {
            None if self.begins.is_some() => self.begin(),
            begins => (self.begins, self.door.early) = (begins, begins.is_some()),
        }
        // It has lasted for a while already.
        let lasted = now.saturating_duration_since(self.started);
        settings.end.max_duration = settings.end.max_duration.map(|limit| limit + lasted);
        // The keys, and what pictures are like, are the bridge's, the same in every conference.
        settings.keys = std::sync::Arc::clone(&self.settings.keys);
        settings.layout = self.settings.layout.clone();
        settings.forwards_pictures = self.settings.forwards_pictures;
        settings.browser_pictures = self.settings.browser_pictures;
        settings.margin = self.settings.margin;
        self.settings = settings;
        self.seats_changed = true;
        Ok(())
    }

    /// Its time has come: who waits for nothing else comes in.
    pub(super) fn begin(&mut self) {
        self.begins = None;
        self.door.early = false;
        if let HostPresence::GoneSince(_) = self.hosts {
            // Who tested early is missed from now on only: the grace time begins anew.
            self.hosts = HostPresence::Here;
        }
        self.seats_changed = true;
    }

    /// Lets in, first come first, whom nothing holds any more. True when somebody came in.
    pub(super) fn let_in_who_may(&mut self, now: Instant) -> bool {
        let here = self.host_is_here();
        let waiting = self.queue.places().flat_map(|(_, who)| self.waiting_legs(who));
        let free: Vec<LegId> =
            waiting.filter(|leg| self.is_held(*leg, here) == Ok(false)).collect();
        // A leg that was found a moment ago is there still.
        free.iter().filter(|leg| self.let_leg_in(now, **leg).is_ok()).count() > 0
    }

    /// Whether a leg would have to wait now.
    fn is_held(&self, leg: LegId, host_is_here: bool) -> Result<bool, CommandError> {
        Ok(self.hold(leg, host_is_here)?.is_some())
    }

    /// What holds a leg now: asked of role and trust, never of the protocol. Nothing holds a further
    /// leg of somebody who was let in.
    pub(super) fn hold(
        &self,
        leg: LegId,
        host_is_here: bool,
    ) -> Result<Option<Hold>, CommandError> {
        let seat = self.roster.leg(leg)?;
        let who = self.roster.participant(seat.participant)?;
        let hold = self.door.hold(who.role, seat.trusted, host_is_here);
        Ok(hold.filter(|_| !who.joined))
    }

    pub(super) fn waiting_legs(&self, who: ParticipantId) -> Vec<LegId> {
        self.roster.legs_where(who, AdmissionState::is_waiting).map(|(leg, _)| leg).collect()
    }

    fn let_in(&mut self, now: Instant, who: ParticipantId) -> Result<(), CommandError> {
        self.waiting_legs(who).into_iter().try_for_each(|leg| self.let_leg_in(now, leg))
    }

    fn let_leg_in(&mut self, now: Instant, leg: LegId) -> Result<(), CommandError> {
        let who = self.roster.participant(self.roster.leg(leg)?.participant)?;
        // Hosts came past those who waited; all of them together may be too many.
        if !who.joined && self.roster.is_full(self.settings.max_participants, Role::Host) {
            return Err(CommandError::Refused(EndCause::CapacityReached));
        }
        let seat = self.roster.leg_mut(leg)?;
        seat.admission = seat.admission.admit(now);
        let who = seat.participant;
        if self.waiting_legs(who).is_empty() {
            self.queue.leave(who);
        }
        self.seats_changed = true;
        self.plan_is_stale = true;
        self.note_admitted(now, leg)
    }

    fn note_waiting(&mut self, now: Instant, leg: LegId) -> Result<(), CommandError> {
        let seat = self.roster.leg(leg)?;
        let (participant, caller) = (seat.participant, seat.caller);
        let display_name = self.roster.participant(participant)?.display_name.clone();
        let entered = self.queue.enter(now, participant, caller);
        let place = self.queue.place(participant).unwrap_or(1);
        self.waiting_is_news = true;
        self.events.push_back(Event::ParticipantWaiting { participant, leg, display_name, place });
        if entered == Entered::AtKeptPlace {
            self.say(now, leg, Notice::PlaceKept { place });
        }
        Ok(())
    }

    fn note_admitted(&mut self, now: Instant, leg: LegId) -> Result<(), CommandError> {
        let seat = self.roster.leg(leg)?;
        let (id, source) = (seat.participant, seat.source);
        let starts_muted = self.settings.mute_on_entry;
        let alone = !self.roster.participants().any(|other| other.joined && other.id != id);
        let participant = self.roster.participant_mut(id)?;
        let role = participant.role;
        if !std::mem::replace(&mut participant.joined, true) {
            let display_name = participant.display_name.clone();
            self.events.push_back(Event::ParticipantJoined {
                participant: id,
                leg,
                display_name,
                role,
                source,
            });
            if starts_muted && role == Role::Guest && !participant.mute.by_self {
                participant.mute.by_self = true;
                participant.muted_on_entry = true;
                let mute = participant.mute;
                self.events.push_back(Event::MuteChanged { participant: id, mute });
            }
            self.chime_others(now, id, Notice::SomebodyCame);
        }
        self.waiting_is_news |= role == Role::Host;
        self.note_silence(id);
        let muted = self.roster.participant(id)?.mute.is_muted();
        self.say(now, leg, Notice::Admitted { role, muted, alone });
        Ok(())
    }
}

//! The conference: takes commands and the time, decides, says what happened.

use crate::policy::{ARRIVAL_LIMIT, Presence};
use crate::speaker::ActiveSpeaker;
use crate::{
    AdmissionState, By, Command, CommandError, Event, Join, Lobby, Participant, Role, Roster,
    Settings, digit, media_plan,
};
use causeway_base::{ConferenceId, EndCause, LegId, ParticipantId};
use causeway_plan::{DigitMethod, Direction, MediaPlan};
use std::collections::VecDeque;
use std::time::Instant;

/// Talkers of one report that are looked at: the mixer never mixes more.
const MAX_TALKERS: usize = 16;

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Running,
    Ended,
}

/// One conference. `handle` a command, then drain `poll_event`; call `handle_timeout` when
/// `poll_timeout` says so.
#[derive(Debug)]
pub struct Conference {
    id: ConferenceId,
    settings: Settings,
    started: Instant,
    phase: Phase,
    presence: Presence,
    roster: Roster,
    speaker: ActiveSpeaker,
    plan: MediaPlan,
    plan_is_stale: bool,
    /// Bounded by what is drained: one command makes at most three events a leg.
    events: VecDeque<Event>,
}

impl Conference {
    /// An empty conference that begins now.
    pub fn new(id: ConferenceId, settings: Settings, now: Instant) -> Self {
        let plan = MediaPlan { max_talkers: settings.max_talkers, ..MediaPlan::default() };
        Self {
            id,
            settings,
            started: now,
            phase: Phase::Running,
            presence: Presence::NobodyYet,
            roster: Roster::default(),
            speaker: ActiveSpeaker::default(),
            plan,
            plan_is_stale: false,
            events: VecDeque::new(),
        }
    }

    /// Which conference this is.
    pub fn id(&self) -> ConferenceId {
        self.id
    }

    /// What it is like.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Who is there.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Who speaks.
    pub fn active_speaker(&self) -> Option<ParticipantId> {
        self.speaker.current()
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// See [`CommandError`]. A command that fails changes nothing.
    pub fn handle(&mut self, now: Instant, command: Command) -> Result<(), CommandError> {
        if self.phase == Phase::Ended {
            return Err(CommandError::Ended);
        }
        match command {
            Command::Join(join) => self.join(now, join),
            Command::MediaReady { leg, direction } => self.media_ready(now, leg, direction),
            Command::Admit { participant, by } => self.admit(now, participant, by),
            Command::Leave { leg, cause } => self.leave(now, leg, cause),
            Command::Mute { participant, by } => self.set_mute(participant, by, true),
            Command::Unmute { participant, by } => self.set_mute(participant, by, false),
            Command::SetRole { participant, role, by } => self.set_role(participant, role, by),
            Command::Remove { participant, by } => self.remove(now, participant, by),
            Command::Digit { leg, digit, method } => self.digit(now, leg, digit, method),
            Command::Talkers { legs } => {
                self.talkers(now, &legs);
                Ok(())
            }
            Command::LegHeard { leg } => self.set_heard(leg, true),
            Command::LegSilent { leg } => self.set_heard(leg, false),
            Command::End { cause } => {
                self.end(cause);
                Ok(())
            }
            _ => Err(CommandError::NotAllowed),
        }
    }

    /// Takes the next thing that happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        if !std::mem::take(&mut self.plan_is_stale) {
            return None;
        }
        let plan = media_plan::plan(self.plan.version + 1, &self.settings, &self.roster);
        if plan.ingress == self.plan.ingress && plan.egress == self.plan.egress {
            return None;
        }
        self.plan = plan.clone();
        Some(Event::PlanChanged(plan))
    }

    /// When to call [`Self::handle_timeout`]. `None` once it ended.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.phase == Phase::Ended {
            return None;
        }
        let rules = &self.settings.end;
        let deadlines = [
            rules.empty_until(self.started, self.presence),
            rules.lasts_until(self.started),
            self.speaker.poll_timeout(),
            self.arrivals().map(|(_, since)| since + ARRIVAL_LIMIT).min(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended {
            return;
        }
        let is_due = |deadline: Option<Instant>| deadline.is_some_and(|at| now >= at);
        if is_due(self.settings.end.lasts_until(self.started)) {
            return self.end(EndCause::ConferenceEnded);
        }
        let late: Vec<LegId> = self
            .arrivals()
            .filter(|(_, since)| now >= *since + ARRIVAL_LIMIT)
            .map(|(leg, _)| leg)
            .collect();
        for leg in late {
            self.dismiss(leg, EndCause::SignallingTimeout);
        }
        self.note_presence(now);
        if is_due(self.settings.end.empty_until(self.started, self.presence)) {
            return self.end(EndCause::Normal);
        }
        if self.speaker.handle_timeout(now) {
            self.say_speaker();
        }
    }

    fn arrivals(&self) -> impl Iterator<Item = (LegId, Instant)> {
        self.roster.legs().filter_map(|(leg, seat)| match seat.admission {
            AdmissionState::Arriving { since } => Some((leg, since)),
            _ => None,
        })
    }

    fn join(&mut self, now: Instant, join: Join) -> Result<(), CommandError> {
        self.roster.seat(now, join, self.settings.max_participants)?;
        self.note_presence(now);
        Ok(())
    }

    fn media_ready(
        &mut self,
        now: Instant,
        leg: LegId,
        direction: Direction,
    ) -> Result<(), CommandError> {
        let participant = self.roster.leg(leg)?.participant;
        let role = self.roster.participant(participant)?.role;
        let seat = self.roster.leg_mut(leg)?;
        let before = seat.admission;
        seat.direction = direction;
        let waits = role == Role::Guest && self.settings.lobby == Lobby::On;
        seat.admission = before.media_ready(now, waits);
        match (before, seat.admission) {
            (AdmissionState::Arriving { .. }, AdmissionState::Waiting { .. }) => {
                let display_name = self.roster.participant(participant)?.display_name.clone();
                let waiting =
                    Event::ParticipantWaiting { participant, leg, display_name, place: 1 };
                self.events.push_back(waiting);
            }
            (AdmissionState::Arriving { .. }, AdmissionState::Admitted { .. }) => {
                self.note_admitted(leg)?;
            }
            _ => {}
        }
        self.plan_is_stale = true;
        Ok(())
    }

    fn admit(&mut self, now: Instant, who: ParticipantId, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        for leg in self.roster.participant(who)?.legs.clone() {
            let seat = self.roster.leg_mut(leg)?;
            let before = seat.admission;
            seat.admission = before.admit(now);
            if !before.is_admitted() && seat.admission.is_admitted() {
                self.note_admitted(leg)?;
            }
        }
        self.plan_is_stale = true;
        Ok(())
    }

    fn note_admitted(&mut self, leg: LegId) -> Result<(), CommandError> {
        let seat = self.roster.leg(leg)?;
        let (id, source) = (seat.participant, seat.source);
        let participant = self.roster.participant_mut(id)?;
        if std::mem::replace(&mut participant.joined, true) {
            return Ok(());
        }
        self.events.push_back(Event::ParticipantJoined {
            participant: id,
            leg,
            display_name: participant.display_name.clone(),
            role: participant.role,
            source,
        });
        Ok(())
    }

    fn leave(&mut self, now: Instant, leg: LegId, cause: EndCause) -> Result<(), CommandError> {
        let gone = self.roster.unseat(leg)?;
        self.note_gone(gone, cause);
        self.note_presence(now);
        Ok(())
    }

    fn remove(&mut self, now: Instant, who: ParticipantId, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        for leg in self.roster.participant(who)?.legs.clone() {
            self.dismiss(leg, EndCause::Removed);
        }
        self.note_presence(now);
        Ok(())
    }

    /// Lets go of a leg that did not leave by itself.
    fn dismiss(&mut self, leg: LegId, cause: EndCause) {
        if let Ok(gone) = self.roster.unseat(leg) {
            self.events.push_back(Event::LegDismissed { leg, cause });
            self.note_gone(gone, cause);
        }
    }

    fn note_gone(&mut self, participant: Option<Participant>, cause: EndCause) {
        self.plan_is_stale = true;
        let Some(participant) = participant else { return };
        self.withdraw_speaker(participant.id);
        if participant.joined {
            self.events.push_back(Event::ParticipantLeft { participant: participant.id, cause });
        }
    }

    fn note_presence(&mut self, now: Instant) {
        self.presence = match (self.roster.is_empty(), self.presence) {
            (false, _) => Presence::Occupied,
            (true, Presence::Occupied) => Presence::EmptySince(now),
            (true, same) => same,
        };
    }

    fn set_mute(&mut self, who: ParticipantId, by: By, muted: bool) -> Result<(), CommandError> {
        let by_self = by == By::Participant(who);
        if !by_self {
            self.authorise(by)?;
        }
        let participant = self.roster.participant_mut(who)?;
        let fact = match by_self {
            true => &mut participant.mute.by_self,
            false => &mut participant.mute.by_host,
        };
        if std::mem::replace(fact, muted) == muted {
            return Ok(());
        }
        let mute = participant.mute;
        self.events.push_back(Event::MuteChanged { participant: who, mute });
        if mute.is_muted() {
            self.withdraw_speaker(who);
        }
        self.plan_is_stale = true;
        Ok(())
    }

    fn set_heard(&mut self, leg: LegId, heard: bool) -> Result<(), CommandError> {
        let who = self.roster.leg(leg)?.participant;
        let participant = self.roster.participant_mut(who)?;
        if std::mem::replace(&mut participant.mute.nothing_heard, !heard) == heard {
            let mute = participant.mute;
            self.events.push_back(Event::MuteChanged { participant: who, mute });
        }
        Ok(())
    }

    fn set_role(&mut self, who: ParticipantId, role: Role, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        let participant = self.roster.participant_mut(who)?;
        if std::mem::replace(&mut participant.role, role) != role {
            self.events.push_back(Event::RoleChanged { participant: who, role });
        }
        Ok(())
    }

    /// Only a host who was let in, or the operator.
    fn authorise(&self, by: By) -> Result<(), CommandError> {
        let By::Participant(id) = by else { return Ok(()) };
        match self.roster.participant(id) {
            Ok(who) if who.role == Role::Host && who.joined => Ok(()),
            _ => Err(CommandError::NotAllowed),
        }
    }

    fn digit(
        &mut self,
        now: Instant,
        leg: LegId,
        digit: char,
        method: DigitMethod,
    ) -> Result<(), CommandError> {
        if !digit::is_digit(digit) {
            return Err(CommandError::NotADigit);
        }
        let seat = self.roster.leg_mut(leg)?;
        let participant = seat.participant;
        if seat.digits.report(now, digit, method) {
            self.events.push_back(Event::DigitPressed { participant, leg, digit });
        }
        Ok(())
    }

    fn talkers(&mut self, now: Instant, legs: &[LegId]) {
        let mut talkers: Vec<ParticipantId> = Vec::new();
        for leg in legs.iter().take(MAX_TALKERS) {
            let Ok(seat) = self.roster.leg(*leg) else { continue };
            let id = seat.participant;
            let muted = self.roster.participant(id).is_ok_and(|who| who.mute.is_muted());
            if seat.admission.is_admitted() && !muted && !talkers.contains(&id) {
                talkers.push(id);
            }
        }
        if self.speaker.hear(now, &talkers) {
            self.say_speaker();
        }
    }

    fn withdraw_speaker(&mut self, participant: ParticipantId) {
        if self.speaker.withdraw(participant) {
            self.say_speaker();
        }
    }

    fn say_speaker(&mut self) {
        let participant = self.speaker.current();
        self.events.push_back(Event::ActiveSpeakerChanged { participant });
    }

    fn end(&mut self, cause: EndCause) {
        let legs: Vec<LegId> = self.roster.legs().map(|(leg, _)| leg).collect();
        for leg in legs {
            self.dismiss(leg, cause);
        }
        self.plan_is_stale = false;
        self.phase = Phase::Ended;
        self.events.push_back(Event::Ended(cause));
    }
}

//! The conference: takes commands and the time, decides, says what happened.
//!
//! * `admission`: seats, the lobby, the lock, the queue. * `leaving`: how legs and the conference
//!   end. * `host`: roles, successors, the grace time. * `mute`, `hand`, `key`, `speaker`: what
//!   people do. * `chat`: what they write. * `notice`: what legs are told by voice, and when.
//! * [`picture`]: who is seen where.
//! * [`view`]: all of it, to show.

mod admission;
mod chat;
mod hand;
mod host;
mod key;
mod leaving;
mod mute;
mod notice;
pub mod picture;
mod speaker;
pub mod view;

use crate::chat::Chat;
use crate::layout::{Layout, Stage};
use crate::picture_plan::PictureNames;
use crate::policy::{ARRIVAL_LIMIT, HostPresence, Presence};
use crate::queue::WaitingQueue;
use crate::roster::SeatedLeg;
use crate::speaker::ActiveSpeaker;
use crate::tile::TileLines;
use crate::{
    AdmissionState, By, Command, CommandError, Door, Event, Role, Roster, Settings, media_plan,
};
use causeway_base::{ConferenceId, EndCause, ParticipantId};
use causeway_plan::MediaPlan;
use causeway_plan::video::VideoStrain;
use std::collections::VecDeque;
use std::time::Instant;

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
    door: Door,
    /// When its time comes, where it was opened early.
    begins: Option<Instant>,
    unmute_allowed: bool,
    guests_call_me: bool,
    hosts: HostPresence,
    successors: Vec<ParticipantId>,
    roster: Roster,
    queue: WaitingQueue,
    /// Hosts were not told yet that somebody waits.
    waiting_is_news: bool,
    speaker: ActiveSpeaker,
    /// Who is mixed, loudest first, as the engine said last.
    talkers: Vec<ParticipantId>,
    chat: Chat,
    /// The layout of all who chose none of their own.
    layout: Layout,
    /// Whom a host put on the stage for all, with or without a picture.
    spotlight: Option<ParticipantId>,
    /// Those with a picture. As of the last plan.
    stage: Stage,
    picture_names: PictureNames,
    /// Browsers get people as they send themselves. As of the last plan.
    forwards: bool,
    tile_lines: TileLines,
    /// What the engine has time for.
    strain: VideoStrain,
    plan: MediaPlan,
    plan_is_stale: bool,
    /// Who sits where, or what the door asks for, changed: who waits may come in.
    seats_changed: bool,
    /// Bounded by what is drained: one command makes at most six events a leg.
    events: VecDeque<Event>,
}

impl Conference {
    /// An empty conference that begins now.
    pub fn new(id: ConferenceId, settings: Settings, now: Instant) -> Self {
        let plan = MediaPlan { max_talkers: settings.max_talkers, ..MediaPlan::default() };
        let begins = settings.starts_in.and_then(|wait| now.checked_add(wait));
        let door = Door {
            locked: settings.locked_at_start,
            lobby: settings.lobby,
            wait_for_host: settings.wait_for_host,
            early: begins.is_some(),
        };
        Self {
            id,
            guests_call_me: settings.guests_call_me,
            layout: settings.layout.clone(),
            settings,
            started: now,
            phase: Phase::Running,
            presence: Presence::NobodyYet,
            door,
            begins,
            unmute_allowed: true,
            hosts: HostPresence::default(),
            successors: Vec::new(),
            roster: Roster::default(),
            queue: WaitingQueue::default(),
            waiting_is_news: false,
            speaker: ActiveSpeaker::default(),
            talkers: Vec::new(),
            chat: Chat::default(),
            spotlight: None,
            stage: Stage::default(),
            picture_names: PictureNames::default(),
            forwards: false,
            tile_lines: TileLines::default(),
            strain: VideoStrain::default(),
            plan,
            plan_is_stale: false,
            seats_changed: false,
            events: VecDeque::new(),
        }
    }

    /// Which conference this is.
    pub fn id(&self) -> ConferenceId {
        self.id
    }

    /// What it was like when it began, or its settings were changed.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it asks of those who come now.
    pub fn door(&self) -> Door {
        self.door
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
        self.carry_out(now, command)?;
        self.settle(now);
        Ok(())
    }

    fn carry_out(&mut self, now: Instant, command: Command) -> Result<(), CommandError> {
        match command {
            Command::Join(join) => self.join(now, join),
            Command::MediaReady { leg, direction, video } => {
                self.media_ready(now, leg, direction, video)
            }
            Command::Approach { leg } => self.approach(now, leg),
            Command::Arrive { leg } => self.arrive(now, leg),
            Command::Admit { participant, by } => self.admit(now, participant, by),
            Command::AdmitAll { by } => self.admit_all(now, by),
            Command::Deny { participant, by } => self.deny(now, participant, by),
            Command::SetLock { locked, by } => self.set_lock(now, locked, by),
            Command::SetLobby { lobby, by } => self.set_lobby(lobby, by),
            Command::Adopt { settings, by } => self.adopt(now, *settings, by),
            Command::Mute { participant, by } => self.set_mute(now, participant, by, true),
            Command::Unmute { participant, by } => self.set_mute(now, participant, by, false),
            Command::MuteAll { by } => self.mute_all(now, by),
            Command::AllowUnmute { allowed, by } => self.allow_unmute(allowed, by),
            Command::AllowCallMe { allowed, by } => self.allow_call_me(allowed, by),
            Command::RaiseHand { participant, raised, by } => {
                self.raise_hand(now, participant, raised, by)
            }
            Command::SetRole { participant, role, by } => self.set_role(now, participant, role, by),
            Command::HandOver { to, by } => self.hand_over(now, to, by),
            Command::SetSuccessors { participants, by } => self.set_successors(participants, by),
            Command::Remove { participant, by } => self.remove(now, participant, by),
            Command::EndForAll { by } => self.end_for_all(now, by),
            Command::Leave { leg, cause } => self.leave(now, leg, cause),
            Command::Say { participant, text } => self.say_in_chat(now, participant, &text),
            Command::Digit { leg, digit } => self.digit(now, leg, digit),
            Command::Talkers { legs } => {
                self.talkers(now, &legs);
                Ok(())
            }
            Command::SetLayout { layout, by } => self.set_layout(layout, by),
            Command::ChoosePicture { participant, choice, by } => {
                self.choose_picture(now, participant, choice, by)
            }
            Command::Look { participant, pinned, page } => {
                self.look(now, participant, pinned, page)
            }
            Command::Spotlight { participant, by } => self.set_spotlight(participant, by),
            Command::VideoChanged { leg, state } => self.video_changed(leg, state),
            Command::TileLines { leg, lines } => self.tile_lines(leg, lines),
            Command::TilesShown { leg, shown } => self.tiles_shown(leg, shown),
            Command::Sighted { leg, sight } => self.sighted(leg, sight),
            Command::LineMeasured { leg, quality } => self.line_measured(leg, quality),
            Command::Sounded { leg, sound } => self.sounded(leg, sound),
            Command::VideoStrained { strain } => {
                self.strained(strain);
                Ok(())
            }
            Command::PathFound { leg } => self.path_found(leg),
            Command::LegHeard { leg } => self.set_heard(leg, true),
            Command::LegSilent { leg } => self.set_heard(leg, false),
            Command::End { cause } => {
                self.end(now, cause);
                Ok(())
            }
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
        let mut plan = media_plan::plan(self.plan.version, &self.settings, &self.roster);
        (plan.pictures, plan.video) = self.compose();
        if plan == self.plan {
            return None;
        }
        plan.version += 1;
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
            rules.empty_until(self.started, self.presence, self.queue.kept_until()),
            self.begins,
            rules.lasts_until(self.started),
            self.hosts_until(),
            self.speaker.poll_timeout(),
            self.leg_deadlines(),
            self.next_place(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended {
            return;
        }
        let is_due = |deadline: Option<Instant>| deadline.is_some_and(|at| now >= at);
        let rules = self.settings.end;
        if is_due(rules.lasts_until(self.started)) || is_due(self.hosts_until()) {
            return self.end(now, EndCause::ConferenceEnded);
        }
        if is_due(self.begins) {
            self.begin();
        }
        self.dismiss_overdue(now);
        self.settle(now);
        let kept = self.queue.kept_until();
        if is_due(rules.empty_until(self.started, self.presence, kept)) {
            return self.end(now, EndCause::Normal);
        }
        if self.speaker.handle_timeout(now) {
            self.say_speaker();
        }
        self.say_places(now);
        self.say_due_chimes(now);
    }

    /// The earliest moment at which something is due for one leg alone.
    fn leg_deadlines(&self) -> Option<Instant> {
        let seats = self.roster.legs().map(|(_, seat)| seat);
        let of = |seat: &SeatedLeg| {
            let path = self.roster.path_until(seat);
            [self.seat_until(seat.admission), path, seat.voice.chime_at()]
        };
        seats.flat_map(of).flatten().min()
    }

    /// How long a leg may stand where it stands.
    fn seat_until(&self, admission: AdmissionState) -> Option<Instant> {
        match admission {
            AdmissionState::Arriving { since } => Some(since + ARRIVAL_LIMIT),
            AdmissionState::Waiting { since } => {
                self.settings.longest_wait.and_then(|limit| since.checked_add(limit))
            }
            // What leads it there has times of its own.
            AdmissionState::Approaching { .. } | AdmissionState::Admitted { .. } => None,
        }
    }

    /// Draws the consequences of a change of seats, roles or rules.
    fn settle(&mut self, now: Instant) {
        if self.phase == Phase::Ended || !std::mem::take(&mut self.seats_changed) {
            return;
        }
        self.plan_is_stale = true;
        self.note_presence(now);
        // Who comes in may be a host, whose coming lets others in. Ends, as each round leaves
        // fewer who wait or fewer guests.
        while self.let_in_who_may(now) || self.follow_hosts(now) {}
        self.tell_hosts_of_waiting(now);
        self.say_places(now);
    }

    fn note_presence(&mut self, now: Instant) {
        self.presence = match (self.roster.is_empty(), self.presence) {
            (false, _) => Presence::Occupied,
            (true, Presence::Occupied) => Presence::EmptySince(now),
            (true, same) => same,
        };
    }

    /// Only a host who was let in, or the operator.
    fn authorise(&self, by: By) -> Result<(), CommandError> {
        let By::Participant(id) = by else { return Ok(()) };
        match self.roster.participant(id) {
            Ok(who) if who.role == Role::Host && who.joined => Ok(()),
            _ => Err(CommandError::NotAllowed),
        }
    }
}

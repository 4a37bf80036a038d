//! The behaviour of a whole conference, in virtual time.

mod admission;
mod approach;
mod basics;
mod beside;
mod chat;
mod host;
mod key;
mod mute;
mod notice;
mod path;
mod picture;
mod queue;
mod tile;
mod two_hosts;

use crate::{By, Command, CommandError, Conference, Event, Join, Notice, Protocol, Role, Settings};
use causeway_base::{ConferenceId, EndCause, Lang, LegId, ParticipantId};
use causeway_plan::{Direction, Feed, MediaPlan};
use std::time::{Duration, Instant};

/// Who comes.
fn caller(leg: u64, role: Role) -> Join {
    Join {
        leg: LegId(leg),
        display_name: format!("room {leg}"),
        role,
        source: Protocol::Sip,
        trusted: false,
        lang: Lang::Zh,
        caller: None,
        beside: None,
    }
}

/// A conference, its clock and the last plan.
struct Room {
    conference: Conference,
    now: Instant,
    plan: MediaPlan,
}

impl Room {
    // Only differences between instants count.
    #[allow(clippy::disallowed_methods)]
    fn new(settings: Settings) -> Self {
        let now = Instant::now();
        let conference = Conference::new(ConferenceId(1), settings, now);
        Room { conference, now, plan: MediaPlan::default() }
    }

    fn drain(&mut self) -> Vec<Event> {
        let events: Vec<_> = std::iter::from_fn(|| self.conference.poll_event()).collect();
        for event in &events {
            if let Event::PlanChanged(plan) = event {
                self.plan = plan.clone();
            }
        }
        events
    }

    fn tell(&mut self, command: Command) -> Vec<Event> {
        self.conference.handle(self.now, command).expect("allowed");
        self.drain()
    }

    fn try_tell(&mut self, command: Command) -> Result<(), CommandError> {
        self.conference.handle(self.now, command)
    }

    /// Lets time pass, with every timer on the way.
    fn pass(&mut self, time: Duration) -> Vec<Event> {
        let until = self.now + time;
        let mut events = Vec::new();
        while let Some(deadline) = self.conference.poll_timeout().filter(|at| *at <= until) {
            self.now = deadline.max(self.now);
            self.conference.handle_timeout(self.now);
            events.append(&mut self.drain());
        }
        self.now = until;
        events
    }

    fn seat(&mut self, leg: u64, role: Role) -> Result<(), CommandError> {
        self.try_tell(Command::Join(caller(leg, role)))
    }

    /// Seats a leg and agrees its media. The n-th leg of a new room makes participant n.
    fn join(&mut self, leg: u64, role: Role) -> Vec<Event> {
        self.seat(leg, role).expect("a seat");
        self.ready(leg, Direction::SendReceive)
    }

    /// As [`Self::join`], for any caller.
    fn come(&mut self, join: Join) -> Vec<Event> {
        let leg = join.leg.0;
        self.try_tell(Command::Join(join)).expect("a seat");
        self.ready(leg, Direction::SendReceive)
    }

    fn hang_up(&mut self, leg: u64) -> Vec<Event> {
        self.tell(Command::Leave { leg: LegId(leg), cause: EndCause::Normal })
    }

    /// Presses keys, with enough time between that all of them count.
    fn press(&mut self, leg: u64, keys: &str) -> Vec<Event> {
        let press = |digit| Command::Digit { leg: LegId(leg), digit };
        keys.chars().flat_map(|digit| self.tell(press(digit))).collect()
    }

    fn ready(&mut self, leg: u64, direction: Direction) -> Vec<Event> {
        self.media_ready(leg, direction, Direction::Inactive)
    }

    fn media_ready(&mut self, leg: u64, direction: Direction, video: Direction) -> Vec<Event> {
        self.tell(Command::MediaReady { leg: LegId(leg), direction, video })
    }

    fn heard(&self) -> Vec<u64> {
        self.plan.ingress.iter().filter(|way| way.heard).map(|way| way.leg.0).collect()
    }

    fn served(&self) -> Vec<u64> {
        self.plan.egress.iter().filter(|way| way.feed == Feed::Mix).map(|way| way.leg.0).collect()
    }
}

fn part(id: u64) -> ParticipantId {
    ParticipantId(id)
}

fn by(id: u64) -> By {
    By::Participant(part(id))
}

/// What legs are told.
fn notices(events: &[Event]) -> Vec<(u64, Notice)> {
    let told = events.iter().filter_map(|event| match event {
        Event::Notice { leg, notice, .. } => Some((leg.0, *notice)),
        _ => None,
    });
    told.collect()
}

/// What one leg is told.
fn told(events: &[Event], leg: u64) -> Vec<Notice> {
    notices(events).into_iter().filter(|(who, _)| *who == leg).map(|(_, notice)| notice).collect()
}

/// Which legs are let go of, and why.
fn dismissed(events: &[Event]) -> Vec<(u64, EndCause)> {
    let legs = events.iter().filter_map(|event| match event {
        Event::LegDismissed { leg, cause } => Some((leg.0, *cause)),
        _ => None,
    });
    legs.collect()
}

/// Which legs came in first for their participants.
fn joined(events: &[Event]) -> Vec<u64> {
    let legs = events.iter().filter_map(|event| match event {
        Event::ParticipantJoined { leg, .. } => Some(leg.0),
        _ => None,
    });
    legs.collect()
}

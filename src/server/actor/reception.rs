//! What the reception's actor decides: the voice menu between its legs, the front desk and the
//! engine. A leg stays until a conference takes it or it is let go.

use super::call::Ways;
use super::calls::{Calls, Report};
use super::{Actor, Answering, Handover, Message, Order, Purpose, Visit};
use crate::front_desk::{Answered, Caller, FrontDesk};
use crate::measure::{self, Pictured};
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::reception::{Reception, Settings};
use causeway_conference::{Arrival, CallerKey, Event, Goal, ReceptionCommand, ReceptionEvent};
use causeway_plan::video::Sight;
use causeway_plan::{
    AudioEgress, AudioIngress, Feed, LegStats, MediaCommand, MediaEvent, MediaPlan, PictureId,
    PicturePlan, VideoEgress, VideoFeed,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;
use tracing::{debug, info, warn};

/// How long after it spoke a caller hears itself in a test call, in milliseconds: long enough
/// that nobody takes it for an echo of the line.
const ECHO_MS: u16 = 1_500;

/// Callers who are shown something at a time: each is a picture and an encoder of its own. Further
/// ones hear the same, and see nothing.
const MAX_SCREENS: usize = 64;

/// A leg that the reception speaks with.
#[derive(Debug)]
struct Guest {
    caller: Option<CallerKey>,
    trusted: bool,
    /// Hears itself.
    echo: bool,
    /// Its media can be heard and played to.
    up: bool,
    /// Its verdict is awaited.
    measured: Measured,
    /// What its pictures look like.
    sight: Sight,
}

/// Where the figures of a test call stand.
#[derive(Debug, Default)]
enum Measured {
    /// None are wanted.
    #[default]
    No,
    /// It begins to hear itself: those until now are wanted.
    Begins,
    /// Those of before its test.
    Since(Box<Before>),
    /// Those of the test are wanted, the ones of before taken off.
    Asked(Box<Before>),
}

/// What was counted before a test.
#[derive(Debug, Default)]
struct Before {
    stats: LegStats,
    /// When; unknown where the figures never came.
    at: Option<Instant>,
}

/// The reception and its calls.
#[derive(Debug)]
pub(crate) struct ReceptionActor {
    room: ConferenceId,
    machine: Reception,
    desk: Arc<FrontDesk>,
    calls: Calls,
    guests: HashMap<LegId, Guest>,
    plan: MediaPlan,
    plan_is_stale: bool,
    /// Who is shown something: where the reception stands with them.
    screens: BTreeMap<LegId, PictureId>,
    last_picture: u32,
    ended: bool,
}

impl ReceptionActor {
    pub(crate) fn new(
        room: ConferenceId,
        settings: Settings,
        desk: Arc<FrontDesk>,
        answering: Arc<Answering>,
    ) -> Self {
        info!(room = %room, "reception opened");
        Self {
            room,
            machine: Reception::new(settings),
            desk,
            calls: Calls::new(room, answering),
            guests: HashMap::new(),
            plan: MediaPlan::default(),
            plan_is_stale: false,
            screens: BTreeMap::new(),
            last_picture: 0,
            ended: false,
        }
    }

    fn visit(&mut self, now: Instant, visit: Box<Visit>) {
        if self.ended {
            return self.calls.handovers.push(Handover::Visit(visit));
        }
        let Visit { mut call, caller, trusted, purpose, seated } = *visit;
        // Nobody has a seat here.
        drop(seated);
        let goal = match purpose {
            Purpose::Ask(goal) => goal,
            Purpose::Join { .. } | Purpose::Gateway { .. } | Purpose::User(_) => {
                warn!(leg = %call.leg, "a visit to a conference came to the reception");
                return self.calls.turn_away(call, EndCause::Internal);
            }
        };
        let (leg, up) = (call.leg, call.up().is_some());
        if let Goal::Dismissal { cause } = goal {
            call.draft.refused(cause);
        }
        let arrival = Arrival { leg, goal, lang: call.lang, connected: up };
        let measured = Measured::No;
        let takes_pictures = call.up().is_some_and(|ways| ways.pictures.sends());
        let sight = Sight::Fine;
        self.guests.insert(leg, Guest { caller, trusted, echo: false, up, measured, sight });
        self.calls.take(call);
        self.shown(leg, takes_pictures);
        self.machine.handle(now, ReceptionCommand::Arrive(arrival));
    }

    fn report(&mut self, now: Instant, report: Report) {
        match report {
            Report::Up { leg, ways } => self.up(now, leg, ways),
            Report::Digit { leg, digit, method } => {
                // Which one it was is personal.
                debug!(%leg, ?method, "digit pressed");
                if self.calls.is_press(now, leg, digit, method) {
                    self.machine.handle(now, ReceptionCommand::Digit { leg, digit });
                }
            }
            Report::Played { leg, play } => {
                self.machine.handle(now, ReceptionCommand::Played { leg, play });
            }
            Report::Stats { leg, stats } => self.measured(now, leg, &stats),
            Report::Ended { leg, .. } => self.gone(now, leg),
            // Who has not said yet whom it wants can be put through to nobody else.
            Report::Referred { leg, referral, .. } => {
                self.calls.refuse_referral(leg, referral, EndCause::Forbidden);
            }
            Report::Sighted { leg, sight } => {
                if let Some(guest) = self.guests.get_mut(&leg) {
                    guest.sight = sight;
                }
            }
            // Nobody is hung up for being silent.
            Report::Connected { .. }
            | Report::Heard { .. }
            | Report::Silent { .. }
            | Report::VideoChanged { .. }
            | Report::TilesShown { .. }
            | Report::Sounded { .. }
            | Report::Cued { .. } => {}
        }
    }

    fn up(&mut self, now: Instant, leg: LegId, ways: Ways) {
        self.shown(leg, ways.pictures.sends());
        let Some(guest) = self.guests.get_mut(&leg) else { return };
        self.plan_is_stale = true;
        // A held caller hears nothing and is greeted when it comes back.
        if ways.sound.sends() && !std::mem::replace(&mut guest.up, true) {
            self.machine.handle(now, ReceptionCommand::MediaReady { leg });
        }
    }

    /// Whether a caller is shown something from now on.
    fn shown(&mut self, leg: LegId, is: bool) {
        self.plan_is_stale = true;
        if !is {
            self.screens.remove(&leg);
        } else if self.guests.contains_key(&leg)
            && !self.screens.contains_key(&leg)
            && self.screens.len() < MAX_SCREENS
        {
            self.last_picture = self.last_picture.wrapping_add(1);
            self.screens.insert(leg, PictureId(self.last_picture));
        }
    }

    /// A guest is one no longer.
    fn forget(&mut self, leg: LegId) -> Option<Guest> {
        self.shown(leg, false);
        self.guests.remove(&leg)
    }

    fn gone(&mut self, now: Instant, leg: LegId) {
        if self.forget(leg).is_some() {
            self.plan_is_stale = true;
            self.machine.handle(now, ReceptionCommand::Leave { leg });
        }
    }

    fn measured(&mut self, now: Instant, leg: LegId, stats: &LegStats) {
        let Some(guest) = self.guests.get_mut(&leg) else { return };
        let before = match std::mem::take(&mut guest.measured) {
            Measured::Begins => {
                let (stats, at) = (stats.clone(), Some(now));
                guest.measured = Measured::Since(Box::new(Before { stats, at }));
                return;
            }
            Measured::Asked(before) => before,
            other => {
                guest.measured = other;
                return;
            }
        };
        let sight = guest.sight;
        let Some(call) = self.calls.get_mut(leg) else { return };
        let pictured = Pictured { state: call.picture, sight };
        let took = before.at.map(|at| now.saturating_duration_since(at));
        let counted = measure::since(stats, &before.stats);
        let verdict = measure::verdict(&call.draft, &counted, pictured, took);
        call.draft.verdict = Some(verdict.clone());
        self.machine.handle(now, ReceptionCommand::Measured { leg, verdict });
    }

    fn decided(&mut self, now: Instant, event: ReceptionEvent) {
        match event {
            ReceptionEvent::Say { leg, play, phrase, lang } => {
                if let Some(call) = self.calls.get_mut(leg) {
                    call.lang = lang;
                }
                self.calls.say_as(leg, play, phrase, lang);
            }
            ReceptionEvent::Hush { leg } => self.calls.media(MediaCommand::StopPlaying { leg }),
            ReceptionEvent::Asked { leg, id, question } => {
                let Some((call, guest)) = self.calls.get(leg).zip(self.guests.get(&leg)) else {
                    return;
                };
                let caller = Caller::of(call, guest.caller, guest.trusted);
                let Answered { answer, skipped, audited } =
                    self.desk.answer(now, &caller, question);
                self.calls.orders.extend(audited.map(Order::Audit));
                let answered = ReceptionCommand::Answered { leg, question: id, answer, skipped };
                self.machine.handle(now, answered);
            }
            ReceptionEvent::Transfer { leg, key, role, beside, lang } => {
                self.hand_over(leg, lang, Purpose::Join { key, role, beside });
            }
            ReceptionEvent::Operator { leg } => {
                let Some(call) = self.calls.get_mut(leg) else { return };
                let cause = EndCause::AttemptsExhausted;
                // Where nobody can be reached, it comes back and hears why.
                let nowhere = Purpose::Ask(Goal::Dismissal { cause });
                let purpose = self.desk.operator().unwrap_or(nowhere);
                // Where the operator does not answer, it hears why it was sent there.
                let is_called = matches!(purpose, Purpose::Gateway { .. } | Purpose::User(_));
                call.instead_of = is_called.then_some(cause);
                let lang = call.lang;
                self.hand_over(leg, lang, purpose);
            }
            ReceptionEvent::Echo { leg, on } => {
                if let Some(guest) = self.guests.get_mut(&leg) {
                    guest.echo = on;
                    self.plan_is_stale = true;
                    if on {
                        guest.measured = Measured::Begins;
                        self.calls.media(MediaCommand::ReportStats { leg });
                    }
                }
            }
            ReceptionEvent::Measure { leg } => {
                if let Some(guest) = self.guests.get_mut(&leg) {
                    // Figures that never came count from the beginning.
                    guest.measured = match std::mem::take(&mut guest.measured) {
                        Measured::Since(before) | Measured::Asked(before) => {
                            Measured::Asked(before)
                        }
                        Measured::No | Measured::Begins => Measured::Asked(Box::default()),
                    };
                    self.calls.media(MediaCommand::ReportStats { leg });
                }
            }
            ReceptionEvent::Feedback { leg, score } => {
                if let Some(call) = self.calls.get_mut(leg) {
                    call.draft.feedback = Some(score);
                }
            }
            ReceptionEvent::Dismiss { leg, cause } => self.dismiss(leg, cause),
        }
    }

    fn hand_over(&mut self, leg: LegId, lang: causeway_base::Lang, purpose: Purpose) {
        let (Some(guest), Some(mut call)) = (self.forget(leg), self.calls.give(leg)) else {
            return;
        };
        self.plan_is_stale = true;
        self.calls.media(MediaCommand::StopPlaying { leg });
        call.lang = lang;
        let Guest { caller, trusted, .. } = guest;
        let visit = Visit { call, caller, trusted, purpose, seated: None };
        self.calls.handovers.push(Handover::Visit(Box::new(visit)));
    }

    fn dismiss(&mut self, leg: LegId, cause: EndCause) {
        self.forget(leg);
        self.calls.hang_up(leg, cause);
    }

    /// Everybody hears and sees what is for them alone, and nobody is heard or seen by others.
    fn plan(&self) -> MediaPlan {
        let mut legs: Vec<(&LegId, &Guest)> =
            self.guests.iter().filter(|(_, guest)| guest.up).collect();
        legs.sort_unstable_by_key(|(leg, _)| **leg);
        let feed = |guest: &Guest| if guest.echo { Feed::Echo(ECHO_MS) } else { Feed::Played };
        MediaPlan {
            version: self.plan.version,
            max_talkers: 1,
            ingress: legs
                .iter()
                .map(|(leg, _)| AudioIngress { leg: **leg, heard: false, auto_gain: false })
                .collect(),
            egress: legs
                .iter()
                .map(|(leg, guest)| AudioEgress { leg: **leg, feed: feed(guest) })
                .collect(),
            pictures: self.pictures(),
            video: self.screens.iter().map(|(leg, picture)| shown(*leg, *picture)).collect(),
        }
    }

    /// In the order of their names.
    fn pictures(&self) -> Vec<PicturePlan> {
        let mut pictures: Vec<PicturePlan> = self
            .screens
            .iter()
            .filter_map(|(leg, picture)| {
                let lang = self.calls.get(*leg).map(|call| call.lang).unwrap_or_default();
                let (id, show) = (*picture, self.machine.screen(*leg)?);
                Some(PicturePlan { id, show, lang, margin: self.desk.margin() })
            })
            .collect();
        pictures.sort_unstable_by_key(|picture| picture.id);
        pictures
    }
}

fn shown(leg: LegId, picture: PictureId) -> VideoEgress {
    VideoEgress { leg, line: 0, feed: VideoFeed::Picture(picture) }
}

impl Actor for ReceptionActor {
    fn handle(&mut self, now: Instant, message: Message) {
        let report = match message {
            Message::Visit(visit) => return self.visit(now, visit),
            Message::Leg(event) => self.calls.leg_event(event),
            Message::Media(MediaEvent::ConferenceFailed { cause, .. }) => {
                warn!(code = cause.code(), "media of the reception failed");
                return self.end(cause);
            }
            Message::Media(event) => self.calls.media_event(now, event),
            Message::End(cause) => return self.end(cause),
            // These are for conferences.
            Message::CallOut { .. } | Message::Tell { .. } | Message::Show(_) => None,
        };
        if let Some(report) = report {
            self.report(now, report);
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.machine.handle_timeout(now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.machine.poll_timeout()
    }

    fn settle(&mut self, now: Instant) {
        while let Some(event) = self.machine.poll_event() {
            self.decided(now, event);
        }
        // What callers are shown changes with everything that they do.
        let may_differ = std::mem::take(&mut self.plan_is_stale) || !self.screens.is_empty();
        if !may_differ || self.ended {
            return;
        }
        let mut plan = self.plan();
        if plan != self.plan {
            plan.version += 1;
            self.plan = plan.clone();
            self.calls.media(MediaCommand::Apply { conference: self.room, plan });
        }
    }

    fn next_order(&self) -> Option<&Order> {
        self.calls.orders.front()
    }

    fn order_done(&mut self) {
        self.calls.orders.pop_front();
    }

    fn take_news(&mut self) -> Vec<Event> {
        Vec::new()
    }

    fn take_handovers(&mut self) -> Vec<Handover> {
        std::mem::take(&mut self.calls.handovers)
    }

    fn has_ended(&self) -> bool {
        self.ended
    }

    fn is_done(&self) -> bool {
        self.ended && self.calls.is_empty() && self.calls.orders.is_empty()
    }
}

impl ReceptionActor {
    fn end(&mut self, cause: EndCause) {
        info!(code = cause.code(), "reception closed");
        self.ended = true;
        self.guests.clear();
        self.screens.clear();
        for leg in self.calls.legs() {
            self.calls.hang_up(leg, cause);
        }
        self.calls.media(MediaCommand::CloseConference { conference: self.room });
    }
}

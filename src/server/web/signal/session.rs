//! One seat: from the welcome to the end, over as many connections as it takes.
//!
//! ```text
//! In, line up --break--> In, line lost --30 s--> the leg ends
//!      ^--------another connection-------/
//! In --the leg ended--> Over (two minutes for feedback)
//! ```
//!
//! The task lives as long as the seat. It owns the leg's peer, so that the leg ends with it,
//! whatever happens.

use super::callback::Guest;
use super::calls::Calls;
use super::door::Door;
use super::order;
use super::scene;
use super::scenes::Glimpse;
use super::seat::{Return, Seat};
use super::shown::Shown;
use super::trouble::{self, Trouble};
use super::turn::Turn;
use super::wire::{Heard, Wire, close};
use super::word::{self, Measure};
use crate::actor::Fate;
use crate::metrics;
use crate::personal_code::PersonalCode;
use crate::store::NewAudit;
use crate::view::{Bridging, CallOut, Request};
use crate::web::entrance::Entered;
use causeway_adapter::webrtc::message::{
    ClientMessage, HostAction, Meeting, Phone, Problem, Role, Seat as SeatTold, ServerMessage,
    VERSION,
};
use causeway_adapter::webrtc::{Peer, PeerEvent};
use causeway_base::{EndCause, Lang, LegId};
use causeway_conference::{Command, Who};
use causeway_dial::calling_out::Asker;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// One seat.
#[derive(Debug)]
pub(super) struct Session {
    door: Arc<Door>,
    /// The key of the meeting.
    key: Arc<str>,
    /// Its name, until the conference tells it.
    name: String,
    who: Who,
    /// Names the call's record, until feedback stands in it: once a seat, as each is written to the
    /// store.
    unrated: Option<Arc<str>>,
    lang: Lang,
    /// Whose calls count together.
    guest: Guest,
    peer: Peer,
    seat: Seat,
    code: Option<PersonalCode>,
    shown: Shown,
    glimpse: watch::Receiver<Glimpse>,
    calls: Calls,
    turn: Turn,
    draining: watch::Receiver<bool>,
    over: Option<Over>,
}

/// It is over for this page.
#[derive(Debug)]
struct Over {
    problem: Problem,
    /// How long feedback is taken.
    until: Instant,
}

/// Whether the page is connected.
#[derive(Debug)]
enum Line {
    Up(Box<Wire>),
    Lost {
        since: Instant,
        /// What was said until then.
        measure: Measure,
    },
}

/// What happens next.
#[derive(Debug)]
enum Step {
    Heard(Box<Heard>),
    Returned(Option<Box<Return>>),
    /// The conference changed, or is gone.
    Changed(bool),
    Peer(Option<PeerEvent>),
    Call(LegId, Fate),
    /// The bridge stops when the meetings are over.
    Drains,
    Due,
    Closing,
}

impl Line {
    async fn next(&mut self) -> Heard {
        match self {
            Line::Up(wire) => wire.next().await,
            Line::Lost { .. } => std::future::pending().await,
        }
    }

    async fn say(&mut self, message: &ServerMessage) {
        if let Line::Up(wire) = self
            && wire.say(message).await.is_err()
        {
            self.lose();
        }
    }

    fn lose(&mut self) {
        *self = Line::Lost { since: Instant::now(), measure: self.measure() };
    }

    fn measure(&self) -> Measure {
        match self {
            Line::Up(wire) => wire.measure(),
            Line::Lost { measure, .. } => *measure,
        }
    }

    async fn close(self, code: u16) {
        if let Line::Up(wire) = self {
            wire.close(code).await;
        }
    }
}

impl Session {
    /// Of somebody who got a seat at this meeting. `None` where the system has no randomness.
    pub(super) fn new(
        door: Arc<Door>,
        key: Arc<str>,
        name: String,
        lang: Lang,
        guest: Guest,
        entered: Entered,
        turn: Turn,
    ) -> Option<Self> {
        let Entered { peer, who, role, record, .. } = entered;
        let seat = door.seats.take(who).ok()?;
        let code = door.desk.personal_code(&key, who);
        let glimpse = door.scenes.watch(who.conference);
        // Before it is asked what is allowed, so that nothing is missed between the two.
        let draining = door.draining();
        let shown = Shown::new(who.participant.0, scene::role(role), door.allowed());
        let calls = Calls::new();
        let over = None;
        Some(Self {
            door,
            key,
            name,
            who,
            unrated: record,
            lang,
            guest,
            peer,
            seat,
            code,
            shown,
            glimpse,
            calls,
            turn,
            draining,
            over,
        })
    }

    /// Runs until the seat is given up.
    pub(super) async fn run(mut self, wire: Wire) {
        let mut line = Line::Up(Box::new(wire));
        self.welcome(&mut line).await;
        let mut sees = true;
        loop {
            if matches!(line, Line::Lost { .. }) {
                self.turn.give_back(&self.door.links).await;
            }
            let deadline = self.deadline(&line);
            let is_in = self.over.is_none();
            let step = tokio::select! {
                heard = line.next() => Step::Heard(Box::new(heard)),
                back = self.seat.returned() => Step::Returned(back.map(Box::new)),
                event = self.peer.events.recv(), if is_in => Step::Peer(event),
                changed = self.glimpse.changed(), if is_in && sees => Step::Changed(changed.is_ok()),
                (leg, fate) = self.calls.next(), if is_in => Step::Call(leg, fate),
                Ok(()) = self.draining.changed(), if is_in => Step::Drains,
                () = self.door.closing() => Step::Closing,
                () = tokio::time::sleep_until(deadline.into()) => Step::Due,
            };
            match step {
                Step::Heard(heard) => line = self.heard(*heard, line).await,
                Step::Returned(back) => line = self.returned(back.map(|back| *back), line).await,
                Step::Peer(event) => self.peer_event(event, &mut line).await,
                Step::Changed(there) => {
                    // A conference that is over tells so by the end of the leg.
                    sees = there;
                    self.look(&mut line).await;
                }
                Step::Call(leg, fate) => {
                    if let Some(told) = self.calls.tell(leg, fate, self.lang) {
                        line.say(&told).await;
                    }
                }
                Step::Drains => {
                    self.shown.drain();
                    self.look(&mut line).await;
                }
                Step::Closing => return line.close(close::AWAY).await,
                Step::Due => match self.due(line).await {
                    Some(stays) => line = stays,
                    None => return,
                },
            }
        }
    }

    /// When something is due that nobody asks for.
    fn deadline(&self, line: &Line) -> Instant {
        let patience = &self.door.patience;
        match (&self.over, line) {
            // A page that was closed comes back within this, or not at all.
            (Some(over), Line::Lost { since, .. }) => over.until.min(*since + patience.seat),
            (Some(over), Line::Up(_)) => over.until,
            (None, Line::Lost { since, .. }) => *since + patience.seat,
            (None, Line::Up(wire)) => wire.next_ping(patience.ping),
        }
    }

    /// Does it. `None`: the seat is given up.
    async fn due(&mut self, mut line: Line) -> Option<Line> {
        if Instant::now() < self.deadline(&line) {
            return Some(line);
        }
        if self.over.is_some() {
            line.close(close::NORMAL).await;
            return None;
        }
        match &mut line {
            Line::Lost { .. } => {
                metrics::seat("lost");
                self.peer.end(EndCause::SignallingTimeout);
                return None;
            }
            Line::Up(wire) if wire.is_silent(self.door.patience.silence) => line.lose(),
            Line::Up(wire) => {
                if wire.ping().await.is_err() {
                    line.lose();
                }
            }
        }
        Some(line)
    }

    async fn heard(&mut self, heard: Heard, mut line: Line) -> Line {
        match heard {
            Heard::Word(word) => self.word(word, &mut line).await,
            Heard::Bad(bad) => {
                let problem = Trouble::BadWord.problem(self.lang);
                line.say(&ServerMessage::Failed { of: bad.of, problem }).await;
            }
            Heard::Over(code) => {
                metrics::page_closed(code);
                let measure = line.measure();
                // Who is told why reads it, or not.
                tokio::spawn(line.close(code));
                return Line::Lost { since: Instant::now(), measure };
            }
        }
        line
    }

    /// The page is here again, over another connection; an older one has nothing more to say.
    async fn returned(&mut self, back: Option<Return>, line: Line) -> Line {
        let Some(Return { mut wire, lang }) = back else { return line };
        wire.follow(&line.measure());
        metrics::seat("taken-back");
        tokio::spawn(line.close(close::TAKEN_OVER));
        self.lang = lang;
        self.shown.forget();
        let mut line = Line::Up(Box::new(wire));
        if self.over.is_none() && self.turn.take_again(&self.door.links).await.is_err() {
            self.peer.end(EndCause::Forbidden);
            self.ended(EndCause::Forbidden, &mut line).await;
            return line;
        }
        // Answers to offers of before are for a connection that is gone.
        while self.over.is_none()
            && let Ok(event) = self.peer.events.try_recv()
        {
            if matches!(event, PeerEvent::Ended { .. }) {
                self.peer_event(Some(event), &mut line).await;
            }
        }
        match &mut self.over {
            Some(over) => {
                over.until = Instant::now() + self.door.patience.feedback;
                line.say(&ServerMessage::Ended(over.problem.clone())).await;
            }
            None => self.welcome(&mut line).await,
        }
        line
    }

    async fn welcome(&mut self, line: &mut Line) {
        let phone = self.door.phone(&self.key).map(|(number, code)| {
            let personal_code = self.code.as_ref().map(|code| code.digits().to_owned());
            Phone { number, code, personal_code }
        });
        let name = self.scene().map_or_else(|| self.name.clone(), |scene| scene.name.clone());
        let welcome = ServerMessage::Welcome {
            version: VERSION,
            meeting: Meeting { name, now: Timestamp::now().to_string() },
            seat: SeatTold {
                participant: self.who.participant.0,
                secret: self.seat.secret().to_owned(),
            },
            role: self.shown.role(),
            ice_servers: self.door.ice_servers(self.who),
            phone,
        };
        line.say(&welcome).await;
        self.look(line).await;
    }

    /// Tells what changed in the conference.
    async fn look(&mut self, line: &mut Line) {
        let glimpse = self.glimpse.borrow_and_update().clone();
        let Some(scene) = glimpse.filter(|_| matches!(line, Line::Up(_))) else { return };
        for told in self.shown.update(&scene) {
            line.say(&told).await;
        }
    }

    async fn peer_event(&mut self, event: Option<PeerEvent>, line: &mut Line) {
        match event {
            Some(PeerEvent::Answer { sdp }) => line.say(&ServerMessage::Answer { sdp }).await,
            Some(PeerEvent::Refused { cause, .. }) => {
                let problem = trouble::of_cause(cause, self.lang);
                line.say(&ServerMessage::Failed { of: "offer".to_owned(), problem }).await;
            }
            Some(PeerEvent::Ended { cause }) => self.ended(cause, line).await,
            // The adapter has stopped.
            None => self.ended(EndCause::Draining, line).await,
        }
    }

    async fn ended(&mut self, cause: EndCause, line: &mut Line) {
        self.turn.settle();
        let problem = trouble::of_cause(cause, self.lang);
        line.say(&ServerMessage::Ended(problem.clone())).await;
        let patience = &self.door.patience;
        let until = match line {
            Line::Up(_) => Instant::now() + patience.feedback,
            // Who comes back in time hears it.
            Line::Lost { since, .. } => *since + patience.seat,
        };
        self.over = Some(Over { problem, until });
        self.code = None;
    }

    async fn word(&mut self, word: ClientMessage, line: &mut Line) {
        let me = self.who.participant;
        let name = word::name(&word);
        // A page may send these before it is welcomed.
        if !matches!(word, ClientMessage::Ping { .. } | ClientMessage::Hello { .. }) {
            self.turn.settle();
        }
        let done = match word {
            ClientMessage::Ping { id } => return line.say(&ServerMessage::Pong { id }).await,
            ClientMessage::Feedback { score } => self.feedback(score),
            ClientMessage::Lang { lang } => {
                self.lang = Lang::from_tag(&lang).unwrap_or(self.lang);
                return;
            }
            // It crossed the end.
            _ if self.over.is_some() => return,
            ClientMessage::Hello { .. } => Err(Trouble::OutOfTurn.problem(self.lang)),
            ClientMessage::Offer { sdp } => self.peer.try_offer(sdp).map_err(|_| self.busy()),
            ClientMessage::Candidate { candidate } => {
                self.peer.try_candidate(candidate).map_err(|_| self.busy())
            }
            ClientMessage::Mute { muted } => self.order(order::mute(me, muted)).await,
            ClientMessage::Hand { raised } => self.order(order::hand(me, raised)).await,
            ClientMessage::Chat { text } => {
                self.order(Command::Say { participant: me, text }).await
            }
            ClientMessage::View { layout, pinned, page } => {
                self.order(order::view(me, layout, pinned, page)).await
            }
            ClientMessage::Leave {} => self.order(order::leave(me)).await,
            ClientMessage::CallMe { number } => self.call_me(number).await,
            ClientMessage::Host { action } => self.host(action).await,
        };
        if let Err(problem) = done {
            line.say(&ServerMessage::Failed { of: name.to_owned(), problem }).await;
        }
    }

    fn busy(&self) -> Problem {
        Trouble::Busy.problem(self.lang)
    }

    fn feedback(&mut self, score: u8) -> Result<(), Problem> {
        if !(1..=5).contains(&score) {
            return Err(Trouble::BadWord.problem(self.lang));
        }
        if let Some(record) = self.unrated.take() {
            self.door.journal.feedback(&record, score);
        }
        Ok(())
    }

    async fn order(&self, command: Command) -> Result<(), Problem> {
        let done = self.door.live.command_to(self.who.conference, command).await;
        done.map_err(|error| trouble::of_error(error, self.lang))
    }

    async fn host(&mut self, action: HostAction) -> Result<(), Problem> {
        if let Some(command) = order::of_host(&action, self.who.participant) {
            return self.order(command).await;
        }
        let HostAction::CallOut { target, name } = action else {
            return Err(Trouble::BadWord.problem(self.lang));
        };
        if self.shown.role() != Role::Host || !self.shown.is_in() {
            return Err(Trouble::NotAllowed.problem(self.lang));
        }
        let request = Request { to: &target, ..Request::default() };
        let read = Bridging::read(&request);
        let (called, bridging) = read.map_err(|cause| trouble::of_cause(cause, self.lang))?;
        let call = CallOut {
            target: called,
            trunk: None,
            display_name: name,
            role: causeway_conference::Role::Guest,
            lang: self.lang,
            beside: None,
            bridging,
        };
        self.call(call, target, false).await
    }

    /// Whoever waits could have anybody called: only who was let in may.
    async fn call_me(&mut self, number: String) -> Result<(), Problem> {
        let guests_may = self.scene().is_some_and(|scene| scene.guests_call_me);
        let trouble = match self.shown.role() {
            _ if !self.shown.is_in() => Some(Trouble::NotAdmitted),
            Role::Guest if !guests_may => Some(Trouble::CallMeOff),
            _ if !self.calls.may_call_me() => Some(Trouble::CallMeUsedUp),
            // Counts, unless there were too many.
            Role::Guest if !self.door.callbacks.take(Instant::now(), &self.guest) => {
                Some(Trouble::CallMeUsedUp)
            }
            _ => None,
        };
        if let Some(trouble) = trouble {
            return Err(trouble.problem(self.lang));
        }
        let mine = self.scene().and_then(|scene| scene.person(self.who.participant.0).cloned());
        let call = CallOut {
            target: number.clone(),
            trunk: None,
            display_name: mine.map(|mine| mine.shown.name).unwrap_or_default(),
            role: causeway_conference::Role::Guest,
            lang: self.lang,
            beside: Some(self.who),
            bridging: None,
        };
        self.call(call, number, true).await
    }

    async fn call(&mut self, call: CallOut, target: String, to_me: bool) -> Result<(), Problem> {
        if !self.calls.has_room() {
            return Err(Trouble::CallMeUsedUp.problem(self.lang));
        }
        if !self.calls.attempt(to_me) {
            return Err(trouble::of_cause(EndCause::CallingOutCapReached, self.lang));
        }
        let watcher = Some(self.calls.watcher());
        let asker = match self.shown.role() {
            Role::Host => Asker::Host,
            Role::Guest => Asker::Guest,
        };
        let begun = self.door.live.call_out_watched(&self.key, call, asker, watcher).await;
        let result = begun.as_ref().map_or_else(|cause| cause.code(), |_| "ok");
        let asked_by = self.peer.leg().to_string();
        let audited = NewAudit::new(&asked_by, "call.out", &self.key, result);
        self.door.journal.audit(audited.with("called", &target));
        match begun {
            Ok(leg) => self.calls.began(leg, target, to_me),
            Err(cause) => {
                self.calls.refused();
                return Err(trouble::of_cause(cause, self.lang));
            }
        }
        Ok(())
    }

    fn scene(&self) -> Glimpse {
        self.glimpse.borrow().clone()
    }
}

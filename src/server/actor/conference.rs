//! What a conference's actor decides, between its legs, the conference machine and the engine.

use super::bridges::{Again, Bridges};
use super::call::{Call, Origin, Progress, Ways};
use super::calls::{Calls, Report};
use super::quality::Rounds;
use super::{
    Actor, Answering, Handover, Message, Order, Purpose, PutThrough, Referred, Visit, Watcher,
};
use crate::calling_out::{Errand, without_passcode};
use crate::metrics;
use crate::record::Draft;
use crate::view::{BridgeView, CallOut, CallView, ConferenceView, Kind};
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::digit::is_digit;
use causeway_conference::{
    By, Command, CommandError, Conference, Event, Goal, Join, LegEvent, Notice, Phrase, Protocol,
    Role, Settings, Who,
};
use causeway_dial::calling_out::Asker;
use causeway_dial::script::{Input, Output};
use causeway_plan::{DigitMethod, MediaCommand, MediaEvent, Prompt, Sound};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tracing::{debug, info, warn};

/// One conference and its calls.
#[derive(Debug)]
pub(crate) struct ConferenceActor {
    key: Arc<str>,
    /// It is a gateway's: when one leaves, it is over.
    paired: bool,
    /// Whom the caller of a gateway wants: called once the caller has confirmed, since over UDP
    /// it may be anybody until then.
    wanted: Option<(LegId, Purpose)>,
    conference: Conference,
    ended: bool,
    calls: Calls,
    /// Those of them that lead into other meetings.
    bridges: Bridges,
    /// When the engine is asked how good the lines are.
    rounds: Rounds,
    /// What happened since it was last asked. Bounded by what one batch of messages causes.
    news: Vec<Event>,
}

impl ConferenceActor {
    pub(crate) fn new(
        id: ConferenceId,
        key: Arc<str>,
        settings: Settings,
        paired: bool,
        answering: Arc<Answering>,
        now: Instant,
    ) -> Self {
        info!(conference = %id, "conference opened");
        Self {
            key,
            paired,
            wanted: None,
            conference: Conference::new(id, settings, now),
            ended: false,
            calls: Calls::new(id, answering),
            bridges: Bridges::default(),
            rounds: Rounds::default(),
            news: Vec::new(),
        }
    }

    fn visit(&mut self, now: Instant, mut visit: Box<Visit>) {
        if self.ended {
            return self.too_late(visit);
        }
        let (role, beside) = match &visit.purpose {
            Purpose::Join { role, beside, .. } => (*role, *beside),
            Purpose::Gateway { .. } | Purpose::User(_) => (Role::Guest, None),
            Purpose::Ask(_) => {
                warn!(leg = %visit.call.leg, "a visit to the reception came to a conference");
                return self.calls.turn_away(visit.call, EndCause::Internal);
            }
        };
        let leg = visit.call.leg;
        let join = Join {
            leg,
            display_name: visit.call.display_name(),
            role,
            source: visit.call.protocol(),
            trusted: visit.trusted,
            lang: visit.call.lang,
            caller: visit.caller,
            beside: beside.map(|who| who.participant),
        };
        match self.seat(now, join, beside) {
            Ok(who) => {
                if let Some(waiting) = visit.seated.take() {
                    // Who asked may have gone; its leg ends then.
                    let _ = waiting.send(Ok(who));
                }
                if !matches!(visit.purpose, Purpose::Join { .. }) {
                    self.wanted = Some((leg, visit.purpose));
                }
                self.seated(now, visit.call);
            }
            Err(CommandError::Refused(cause)) if visit.call.up().is_some() => {
                visit.purpose = Purpose::Ask(Goal::Dismissal { cause });
                self.calls.handovers.push(Handover::Visit(visit));
            }
            Err(CommandError::Refused(cause)) => self.refuse(*visit, cause),
            Err(CommandError::Ended) => self.too_late(visit),
            Err(error) => {
                warn!(%leg, %error, "call not seated");
                self.refuse(*visit, EndCause::Internal);
            }
        }
    }

    /// Gives a leg a seat: its own, or beside somebody who must be here still.
    fn seat(&mut self, now: Instant, join: Join, beside: Option<Who>) -> Result<Who, CommandError> {
        let (leg, conference) = (join.leg, self.conference.id());
        let gone = CommandError::Refused(EndCause::Gone);
        if beside.is_some_and(|who| who.conference != conference) {
            return Err(gone);
        }
        self.conference.handle(now, Command::Join(join)).map_err(|error| match error {
            CommandError::UnknownParticipant => gone,
            other => other,
        })?;
        let participant = self.conference.roster().leg(leg)?.participant;
        Ok(Who { conference, participant })
    }

    fn refuse(&mut self, visit: Visit, cause: EndCause) {
        if let Some(waiting) = visit.seated {
            let _ = waiting.send(Err(cause));
        }
        self.calls.turn_away(visit.call, cause);
    }

    /// It came when the conference had ended: the router finds where it belongs now. A call of ours
    /// belongs to this one alone: nobody is called for what is over.
    fn too_late(&mut self, visit: Box<Visit>) {
        if visit.call.is_outgoing() && visit.call.progress == Progress::Reserving {
            return self.calls.turn_away(visit.call, EndCause::Cancelled);
        }
        self.calls.handovers.push(Handover::Visit(visit));
    }

    fn seated(&mut self, now: Instant, mut call: Call) {
        let (leg, up) = (call.leg, call.up());
        info!(%leg, conference = %self.conference.id(), "call offered");
        call.draft.conference = Some(Arc::clone(&self.key));
        self.calls.take(call);
        if let Some(ways) = up {
            self.up(now, leg, ways);
            self.put_through(leg);
        }
    }

    /// Its media is agreed. Its pictures may have come before, to whoever had it then.
    fn up(&mut self, now: Instant, leg: LegId, ways: Ways) {
        let Ways { sound: direction, pictures: video, tile_lines: lines } = ways;
        self.tell(now, Command::MediaReady { leg, direction, video });
        self.tell(now, Command::TileLines { leg, lines });
        if let Some(state) = self.calls.get(leg).map(|call| call.picture) {
            self.tell(now, Command::VideoChanged { leg, state });
        }
    }

    /// The caller of a gateway is there: whom it wants may be called, and it waits with music.
    fn put_through(&mut self, leg: LegId) {
        let Some((_, purpose)) = self.wanted.take_if(|(caller, _)| *caller == leg) else { return };
        let Some(call) = self.calls.get(leg) else { return };
        let offered = match &call.origin {
            Origin::Offered(offered) => Some(offered.clone()),
            Origin::CallOut(_) => None,
        };
        let (local, lang) = (call.local, call.lang);
        self.calls.say(leg, Phrase::then_music([Prompt::OneMoment]), lang);
        let caller = Box::new(PutThrough { local, lang, offered });
        let room = self.conference.id();
        self.calls.handovers.push(Handover::PutThrough { room, purpose, caller });
    }

    /// Whom we called answered: who waited for it with music hears it instead, and has no other
    /// reason to hear any more.
    fn answered(&mut self, leg: LegId) {
        if !self.calls.get(leg).is_some_and(Call::is_outgoing) {
            return;
        }
        for other in self.calls.legs() {
            if let Some(call) = self.calls.get_mut(other) {
                call.instead_of = None;
            }
            if self.paired && other != leg {
                self.calls.hush(other);
            }
        }
    }

    /// Calls somebody in: a seat at once, admission when it answers.
    fn call_out(
        &mut self,
        now: Instant,
        local: IpAddr,
        errand: Box<Errand>,
        watcher: Option<Watcher>,
    ) {
        let mut draft = Draft::begun(errand.leg, errand.protocol(), true);
        draft.called = without_passcode(&errand.target);
        draft.trunk = errand.trunk().cloned();
        draft.explanation.clone_from(&errand.explanation);
        let (role, beside, leg) = (errand.role, errand.beside, errand.leg);
        let purpose = Purpose::Join { key: Arc::clone(&self.key), role, beside };
        self.bridges.begin(now, &errand, watcher.clone());
        let device = errand.device.clone();
        let mut call = Call::outgoing(local, errand, draft).known_as(device);
        call.watcher = watcher;
        let visit = Visit { call, caller: None, trusted: true, purpose, seated: None };
        self.visit(now, Box::new(visit));
        if self.bridges.has(leg) {
            self.tell(now, Command::Approach { leg });
        }
    }

    /// A call into another meeting is up: its menu is listened to, and hears silence.
    fn bridge_answered(&mut self, now: Instant, leg: LegId) {
        self.calls.media(MediaCommand::Listen { leg, on: true });
        self.advance(now, leg, Input::Answered);
    }

    fn advance(&mut self, now: Instant, leg: LegId, input: Input) {
        for output in self.bridges.handle(now, leg, input) {
            self.bridge_wants(now, leg, output);
        }
    }

    fn bridge_wants(&mut self, now: Instant, leg: LegId, output: Output) {
        match output {
            Output::Press(key) => self.calls.send_digit(leg, key, DigitMethod::Rfc4733),
            Output::Entered => {
                info!(%leg, conference = %self.conference.id(), "in the other meeting");
                self.tell(now, Command::Arrive { leg });
                self.admit_invited(now, leg);
                self.answered(leg);
            }
            Output::Settled => self.calls.media(MediaCommand::Listen { leg, on: false }),
            Output::Failed(cause) => {
                self.calls.hang_up(leg, cause);
            }
        }
    }

    /// What is heard of a call is like something else than before. Two calls into meetings that both
    /// send back what they are sent are one and the same meeting: the later one is cut. One alone may
    /// be a loudspeaker over there, which the roster shows.
    fn sounded(&mut self, now: Instant, leg: LegId, sound: Sound) {
        self.tell(now, Command::Sounded { leg, sound });
        if sound != Sound::Echoing || !self.is_bridge(leg) {
            return;
        }
        let legs = self.conference.roster().legs();
        let echoing = legs.filter(|(_, seat)| seat.sound == Sound::Echoing).map(|(leg, _)| leg);
        let looping: Vec<LegId> = echoing.filter(|leg| self.is_bridge(*leg)).collect();
        if let [_, .., last] = looping[..] {
            warn!(leg = %last, conference = %self.conference.id(), "sound goes in circles");
            self.tell(now, Command::Leave { leg: last, cause: EndCause::SoundLoop });
            self.calls.hang_up(last, EndCause::SoundLoop);
        }
    }

    fn is_bridge(&self, leg: LegId) -> bool {
        self.calls.get(leg).is_some_and(|call| call.kind == Kind::Bridge)
    }

    /// What is due of the calls into other meetings: keys, ends, and calls that are made once more.
    fn bridges_due(&mut self, now: Instant) {
        for (leg, output) in self.bridges.handle_timeout(now) {
            self.bridge_wants(now, leg, output);
        }
        for Again { call, asker, watcher } in self.bridges.take_again(now) {
            if self.ended {
                continue;
            }
            let key = Arc::clone(&self.key);
            self.calls.handovers.push(Handover::CallAgain { key, call, asker, watcher });
        }
    }

    fn report(&mut self, now: Instant, report: Report) {
        match report {
            Report::Up { leg, ways } => {
                self.up(now, leg, ways);
                if self.bridges.has(leg) {
                    return self.bridge_answered(now, leg);
                }
                self.admit_invited(now, leg);
                self.answered(leg);
                self.put_through(leg);
            }
            Report::Cued { leg, cue } => self.advance(now, leg, Input::Heard(cue)),
            Report::Digit { leg, digit, method } => {
                // A menu's tones are no keys of anybody here.
                if self.bridges.has(leg) || !self.calls.is_press(now, leg, digit, method) {
                    return;
                }
                match self.paired {
                    true => self.pass_on(leg, digit, method),
                    false => self.tell(now, Command::Digit { leg, digit }),
                }
            }
            Report::Referred { leg, referral, target } => self.refer(leg, referral, target),
            Report::Connected { leg } => self.tell(now, Command::PathFound { leg }),
            Report::Heard { leg } => self.tell(now, Command::LegHeard { leg }),
            Report::Silent { leg } => self.tell(now, Command::LegSilent { leg }),
            Report::Ended { leg, cause } => {
                self.tell(now, Command::Leave { leg, cause });
                // One who had somebody called in its place leaves two.
                if self.paired && self.calls.legs().len() < 2 {
                    self.tell(now, Command::End { cause });
                }
            }
            Report::Stats { leg, stats } => {
                if let Some(call) = self.calls.get_mut(leg) {
                    call.quality.measured(stats);
                    let quality = call.quality.path();
                    self.tell(now, Command::LineMeasured { leg, quality });
                }
            }
            Report::VideoChanged { leg, state } => {
                self.tell(now, Command::VideoChanged { leg, state });
            }
            Report::TilesShown { leg, shown } => {
                self.tell(now, Command::TilesShown { leg, shown });
            }
            Report::Sighted { leg, sight } => self.tell(now, Command::Sighted { leg, sight }),
            Report::Sounded { leg, sound } => self.sounded(now, leg, sound),
            Report::Played { .. } => {}
        }
    }

    /// A leg wants somebody called in its place: in a conference a host may, who was let in; in a
    /// gateway whoever called, as the operator's rules say of who proved who it is. Whom we called
    /// does not choose whom we pay for.
    fn refer(&mut self, leg: LegId, referral: u32, target: String) {
        let Some(call) = self.calls.get(leg) else { return };
        let is_proved = match &call.origin {
            Origin::Offered(offered) => {
                offered.proof.user.is_some() || offered.proof.trunk.is_some()
            }
            Origin::CallOut(_) => false,
        };
        let lang = call.lang;
        let asker = match (self.paired, is_proved, self.is_host(leg)) {
            (true, true, _) => Asker::Rule,
            (true, false, _) => Asker::Stranger,
            (false, _, true) => Asker::Host,
            (false, _, false) => {
                return self.calls.refuse_referral(leg, referral, EndCause::Forbidden);
            }
        };
        let display_name = String::new();
        let role = Role::Guest;
        let call =
            CallOut { target, trunk: None, display_name, role, lang, beside: None, bridging: None };
        let referred = Box::new(Referred { leg, referral, call, asker });
        self.calls.handovers.push(Handover::Referred { key: Arc::clone(&self.key), referred });
    }

    /// Whether it is a host's, who was let in.
    fn is_host(&self, leg: LegId) -> bool {
        let roster = self.conference.roster();
        let seat = roster.leg(leg).ok().filter(|seat| seat.admission.is_admitted());
        let role = seat.and_then(|seat| Some(roster.participant(seat.participant).ok()?.role));
        role == Some(Role::Host)
    }

    /// Two who are put through know of no conference: their keys are for the other one alone.
    fn pass_on(&mut self, from: LegId, digit: char, method: DigitMethod) {
        let is_human = self.calls.get(from).is_some_and(|call| !call.digits.is_flooded());
        if !is_digit(digit) || !is_human {
            return;
        }
        for other in self.calls.legs().into_iter().filter(|other| *other != from) {
            self.calls.send_digit(other, digit, method);
        }
    }

    /// Whom we called was let in by whoever had it called. The telephone of somebody who waits
    /// waits too.
    fn admit_invited(&mut self, now: Instant, leg: LegId) {
        let is_invited = |call: &Call| match &call.origin {
            Origin::Offered(_) => false,
            Origin::CallOut(errand) => errand.beside.is_none(),
        };
        if self.calls.get(leg).is_some_and(is_invited)
            && let Ok(seat) = self.conference.roster().leg(leg)
            && !seat.admission.is_admitted()
        {
            let participant = seat.participant;
            self.tell(now, Command::Admit { participant, by: By::Operator });
        }
    }

    fn media_event(&mut self, now: Instant, event: MediaEvent) {
        match event {
            MediaEvent::Talkers { legs, .. } => {
                for leg in &legs {
                    self.tell(now, Command::LegHeard { leg: *leg });
                }
                self.tell(now, Command::Talkers { legs });
            }
            MediaEvent::VideoStrained { strain, .. } => {
                self.tell(now, Command::VideoStrained { strain });
            }
            MediaEvent::ConferenceFailed { cause, .. } => {
                warn!(conference = %self.conference.id(), code = cause.code(), "media failed");
                self.tell(now, Command::End { cause });
            }
            MediaEvent::Failed { leg, cause } => {
                // First its call, so that what the conference says of it finds it ending.
                self.call_event(now, event);
                self.tell(now, Command::Leave { leg, cause });
            }
            event => self.call_event(now, event),
        }
    }

    fn call_event(&mut self, now: Instant, event: MediaEvent) {
        if let Some(report) = self.calls.media_event(now, event) {
            self.report(now, report);
        }
    }

    fn decided(&mut self, event: Event) {
        let conference = self.conference.id();
        match event {
            Event::PlanChanged(plan) => self.calls.media(MediaCommand::Apply { conference, plan }),
            Event::LegDismissed { leg, cause } => self.dismiss(leg, cause),
            Event::Ended(cause) => {
                info!(%conference, code = cause.code(), "conference ended");
                self.ended = true;
                let key = Arc::clone(&self.key);
                self.calls.handovers.push(Handover::Closed { key, cause });
                self.calls.media(MediaCommand::CloseConference { conference });
            }
            Event::Notice { leg, lang, notice } if self.is_told(leg, notice) => {
                let phrase = notice.phrase(lang, &self.conference.settings().keys);
                self.calls.say(leg, phrase, lang);
            }
            Event::ParticipantJoined { participant, leg, .. } => {
                metrics::admitted();
                info!(%conference, %participant, %leg, "participant joined");
            }
            Event::ParticipantLeft { participant, cause } => {
                info!(%conference, %participant, code = cause.code(), "participant left");
            }
            Event::ParticipantWaiting { participant, leg, place, .. } => {
                info!(%conference, %participant, %leg, place, "participant waits");
            }
            Event::VideoChanged { leg, state, .. } => {
                info!(%conference, %leg, ?state, "pictures changed");
            }
            Event::Sighted { leg, sight, .. } => {
                metrics::sighted(sight);
                info!(%conference, %leg, ?sight, "pictures look different");
            }
            Event::Sounded { leg, sound, .. } => {
                info!(%conference, %leg, ?sound, "sound changed");
            }
            Event::VideoStrained { strain } => {
                metrics::strained(strain);
                warn!(%conference, ?strain, "time for pictures changed");
            }
            Event::HostsGone => info!(%conference, "no host is left"),
            Event::LockChanged { locked } => info!(%conference, locked, "lock changed"),
            // What a digit means the machine decides; its value is personal.
            Event::DigitPressed { participant, leg, .. } => {
                debug!(%conference, %participant, %leg, "digit pressed");
            }
            // The others are news only.
            _ => {}
        }
    }

    fn is_told(&self, leg: LegId, notice: Notice) -> bool {
        if self.paired && matches!(notice, Notice::Admitted { .. }) {
            // Two who are put through know of no conference, and one of them hears music now.
            return false;
        }
        // What is said to it the other meeting would hear.
        if self.bridges.has(leg) {
            return false;
        }
        // A page tells by itself.
        if self.calls.get(leg).is_some_and(|call| call.protocol() == Protocol::WebRtc) {
            return false;
        }
        let plain = matches!(notice, Notice::Admitted { role: Role::Guest, muted: false, .. });
        self.calls.get(leg).is_some_and(|call| !plain || call.spoken_to)
    }

    /// Lets go of a leg: by the reception where it is to hear why, else at once.
    fn dismiss(&mut self, leg: LegId, cause: EndCause) {
        let call = self.calls.get(leg).filter(|call| call.up().is_some());
        if let Some(cause) = call.and_then(|call| call.instead_of) {
            return self.send_to_reception(leg, cause, Goal::Dismissal { cause });
        }
        let hears = self.calls.says_farewell()
            && !self.paired
            && is_spoken(cause)
            && self
                .calls
                .get(leg)
                .is_some_and(|call| call.up().is_some() && call.protocol() != Protocol::WebRtc);
        if !hears {
            // A leg that ends without a last word has left the machine already.
            self.calls.hang_up(leg, cause);
            return;
        }
        self.send_to_reception(leg, cause, Goal::Feedback { cause });
    }

    fn send_to_reception(&mut self, leg: LegId, cause: EndCause, goal: Goal) {
        if let Some(mut call) = self.calls.give(leg) {
            call.draft.refused(cause);
            call.instead_of = None;
            let purpose = Purpose::Ask(goal);
            let visit = Visit { call, caller: None, trusted: false, purpose, seated: None };
            self.calls.handovers.push(Handover::Visit(Box::new(visit)));
        }
    }

    fn tell(&mut self, now: Instant, command: Command) {
        // A leg that was dismissed, or a conference that has ended, may still be spoken of by
        // events that were on their way.
        if let Err(error) = self.conference.handle(now, command) {
            debug!(conference = %self.conference.id(), %error, "came too late");
        }
    }

    fn view(&self) -> ConferenceView {
        let conference = self.conference.view();
        let legs = conference.participants.iter().flat_map(|who| &who.legs);
        let calls = legs.filter_map(|leg| {
            let call = self.calls.get(leg.leg)?;
            Some(CallView {
                leg: leg.leg,
                outgoing: call.is_outgoing(),
                codec: call.draft.codec,
                encrypted: call.draft.encrypted,
                private: call.is_private(),
                kind: call.kind,
                device: call.device.clone(),
                bridge: self.bridges.has(leg.leg).then(|| BridgeView {
                    service: call.service(),
                    approaching: self.bridges.is_approaching(leg.leg),
                    sound_only: !leg.video.sends() && !leg.video.receives(),
                }),
                quality: call.quality.bars(),
                size: call.quality.size(),
                test: call.draft.test.clone(),
            })
        });
        let (key, calls) = (Arc::clone(&self.key), calls.collect());
        let chat = self.conference.chat().cloned().collect();
        ConferenceView { key, calls, chat, conference }
    }
}

/// Why a person is told by voice before the call ends. Others end because nobody is there to
/// hear, or because nothing works any more.
fn is_spoken(cause: EndCause) -> bool {
    matches!(
        cause,
        EndCause::Normal
            | EndCause::ConferenceEnded
            | EndCause::Removed
            | EndCause::Denied
            | EndCause::WaitedTooLong
            | EndCause::ConferenceLocked
            | EndCause::CapacityReached
    )
}

impl Actor for ConferenceActor {
    fn handle(&mut self, now: Instant, message: Message) {
        match message {
            Message::Visit(visit) => self.visit(now, visit),
            Message::CallOut { local, errand, watcher } => {
                self.call_out(now, local, errand, watcher);
            }
            Message::Leg(mut event) => {
                if let LegEvent::Ended { leg, cause } = &mut event {
                    *cause = self.bridges.ended(now, *leg, *cause);
                }
                if let Some(report) = self.calls.leg_event(event) {
                    self.report(now, report);
                }
            }
            Message::Media(event) => self.media_event(now, event),
            Message::Tell { command, reply } => {
                let done = self.conference.handle(now, command);
                if let Some(reply) = reply {
                    // Who asked may have gone.
                    let _ = reply.send(done);
                }
            }
            Message::Show(reply) => {
                let _ = reply.send(self.view());
            }
            Message::End(cause) => self.tell(now, Command::End { cause }),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.conference.handle_timeout(now);
        self.calls.handle_timeout(now);
        self.bridges_due(now);
        if self.rounds.is_due(now, self.calls.are_shown()) {
            self.calls.measure();
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let round = self.rounds.poll_timeout(self.calls.are_shown());
        let bridges = self.bridges.poll_timeout().filter(|_| !self.ended);
        let deadlines = [self.conference.poll_timeout(), self.calls.poll_timeout(), bridges, round];
        deadlines.into_iter().flatten().min()
    }

    fn settle(&mut self, _now: Instant) {
        while let Some(event) = self.conference.poll_event() {
            // Plans are long and concern the engine only.
            if !matches!(event, Event::PlanChanged(_)) {
                self.news.push(event.clone());
            }
            self.decided(event);
        }
    }

    fn next_order(&self) -> Option<&Order> {
        self.calls.orders.front()
    }

    fn order_done(&mut self) {
        self.calls.orders.pop_front();
    }

    fn take_news(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.news)
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

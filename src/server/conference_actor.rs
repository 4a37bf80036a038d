//! What a conference's task decides: leg by leg from offer to end, between the adapter, the
//! conference machine and the engine. Pure: [`crate::conference_task`] runs it.
//!
//! ```text
//! Offered -> Join -> Reserve -> Reserved -> Accept -> MediaReady -> Configure, Move
//!         -> Answered -> Apply
//!         -> Ended -> Release, Leave
//! ```
//!
//! Every leg that was offered is released once, after its last word.

use crate::call::{Agreement, Call};
use causeway_adapter::sip::Advertised;
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::{
    Command, CommandError, Conference, Event, Join, LegCommand, LegEvent, Offered, Role, Settings,
};
use causeway_plan::{LegMedia, MediaCommand, MediaEvent, OfferPolicy};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use tracing::{debug, info, warn};

/// What a conference actor is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// A leg asks to be let in.
    Offered(Box<Offered>),
    /// A leg of this conference reports.
    Leg(LegEvent),
    /// The engine reports of a leg of this conference, or of the conference.
    Media(MediaEvent),
    /// Somebody outside asks for something: mute, remove, end.
    Tell(Command),
}

/// What a conference actor wants done, in this order.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Leg(LegCommand),
    Media(MediaCommand),
}

/// What all conferences of a node answer alike.
#[derive(Debug)]
pub(crate) struct Answering {
    pub(crate) policy: OfferPolicy,
    pub(crate) advertised: Vec<Advertised>,
}

/// One conference and its calls.
#[derive(Debug)]
pub(crate) struct ConferenceActor {
    conference: Conference,
    ended: bool,
    calls: HashMap<LegId, Call>,
    answering: Arc<Answering>,
    /// Bounded by the calls: at most five orders each, and one plan.
    orders: VecDeque<Order>,
    /// What happened since it was last asked. Bounded by what one batch of messages causes.
    news: Vec<Event>,
    /// Offers that came after the end: the next conference of the same name takes them.
    returned: Vec<Offered>,
}

impl ConferenceActor {
    pub(crate) fn new(
        id: ConferenceId,
        settings: Settings,
        answering: Arc<Answering>,
        now: Instant,
    ) -> Self {
        info!(conference = %id, "conference opened");
        Self {
            conference: Conference::new(id, settings, now),
            ended: false,
            calls: HashMap::new(),
            answering,
            orders: [Order::Media(MediaCommand::OpenConference { conference: id })].into(),
            news: Vec::new(),
            returned: Vec::new(),
        }
    }

    /// It takes no calls any more; another may have its name.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Nothing is left to do.
    pub(crate) fn is_done(&self) -> bool {
        self.ended && self.calls.is_empty() && self.orders.is_empty()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.conference.poll_timeout()
    }

    /// What is to be done next; [`Self::order_done`] takes it away.
    pub(crate) fn next_order(&self) -> Option<&Order> {
        self.orders.front()
    }

    pub(crate) fn order_done(&mut self) {
        self.orders.pop_front();
    }

    pub(crate) fn take_news(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.news)
    }

    pub(crate) fn take_returned(&mut self) -> Vec<Offered> {
        std::mem::take(&mut self.returned)
    }

    /// Takes a message. Call [`Self::settle`] after the last one that waits.
    pub(crate) fn handle(&mut self, now: Instant, message: Message) {
        match message {
            Message::Offered(offered) => self.offered(now, offered),
            Message::Leg(event) => self.leg_event(now, event),
            Message::Media(event) => self.media_event(now, event),
            Message::Tell(command) => self.tell(now, command),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.conference.handle_timeout(now);
    }

    /// Turns what the conference decided into orders.
    pub(crate) fn settle(&mut self) {
        while let Some(event) = self.conference.poll_event() {
            // Plans are long and concern the engine only.
            if !matches!(event, Event::PlanChanged(_)) {
                self.news.push(event.clone());
            }
            self.decided(event);
        }
    }

    fn offered(&mut self, now: Instant, offered: Box<Offered>) {
        let leg = offered.leg;
        let join = Join {
            leg,
            display_name: offered.display_name.clone(),
            role: Role::Guest,
            source: offered.protocol,
            trusted: false,
            lang: causeway_base::Lang::Zh,
            caller: None,
            beside: None,
        };
        match self.conference.handle(now, Command::Join(join)) {
            Ok(()) => {
                let local = offered.local;
                info!(%leg, conference = %self.conference.id(), "call offered");
                self.calls.insert(leg, Call::new(offered));
                self.media(MediaCommand::Reserve { leg, local });
            }
            Err(CommandError::Ended) => self.returned.push(*offered),
            Err(CommandError::Refused(cause)) => {
                info!(%leg, code = cause.code(), "call refused");
                self.leg(LegCommand::Reject { leg, cause });
            }
            Err(error) => {
                warn!(%leg, %error, "call not seated");
                self.leg(LegCommand::Reject { leg, cause: EndCause::Internal });
            }
        }
    }

    fn leg_event(&mut self, now: Instant, event: LegEvent) {
        match event {
            LegEvent::MediaReady { leg, media } => self.media_ready(now, leg, media),
            LegEvent::Digit { leg, digit, method } => {
                self.tell(now, Command::Digit { leg, digit, method });
            }
            LegEvent::Ended { leg, cause } => self.ended(now, leg, cause),
            LegEvent::Answered { leg } => self.answered(now, leg),
            // An offer comes as `Message::Offered`; the others belong to outgoing legs and to
            // pictures.
            LegEvent::Offered(_) | LegEvent::Ringing { .. } | LegEvent::KeyframeNeeded { .. } => {}
        }
    }

    fn media_ready(&mut self, now: Instant, leg: LegId, media: Box<LegMedia>) {
        let Some(call) = self.calls.get_mut(&leg) else { return };
        let agreement = call.media_ready(media.direction);
        let conference = self.conference.id();
        let joins = match agreement {
            Agreement::OutOfPlace => return,
            Agreement::First(joins) => {
                self.media(MediaCommand::Configure { leg, media });
                self.media(MediaCommand::Move { leg, conference });
                joins
            }
            Agreement::Again(joins) => {
                self.media(MediaCommand::Configure { leg, media });
                joins
            }
        };
        if let Some(direction) = joins {
            self.tell(now, Command::MediaReady { leg, direction });
        }
    }

    fn answered(&mut self, now: Instant, leg: LegId) {
        if let Some(direction) = self.calls.get_mut(&leg).and_then(Call::confirmed) {
            self.tell(now, Command::MediaReady { leg, direction });
        }
    }

    fn ended(&mut self, now: Instant, leg: LegId, cause: EndCause) {
        if self.calls.remove(&leg).is_none() {
            return;
        }
        info!(%leg, conference = %self.conference.id(), code = cause.code(), "call ended");
        self.tell(now, Command::Leave { leg, cause });
        self.media(MediaCommand::Release { leg });
    }

    fn media_event(&mut self, now: Instant, event: MediaEvent) {
        match event {
            MediaEvent::Reserved { leg, rtp, rtcp } => {
                let Some(call) = self.calls.get_mut(&leg) else { return };
                let Answering { policy, advertised } = &*self.answering;
                if let Some(command) = call.accept(rtp, rtcp, policy, advertised) {
                    self.leg(command);
                }
            }
            MediaEvent::SourceLatched { leg, .. } | MediaEvent::Resumed { leg } => {
                self.tell(now, Command::LegHeard { leg });
            }
            MediaEvent::Silent { leg, .. } => self.tell(now, Command::LegSilent { leg }),
            MediaEvent::Digit { leg, digit, method } => {
                self.tell(now, Command::Digit { leg, digit, method });
            }
            MediaEvent::Talkers { legs, .. } => {
                for leg in &legs {
                    self.tell(now, Command::LegHeard { leg: *leg });
                }
                self.tell(now, Command::Talkers { legs });
            }
            MediaEvent::Failed { leg, cause } => {
                self.hang_up(leg, cause);
                self.tell(now, Command::Leave { leg, cause });
            }
            MediaEvent::ConferenceFailed { cause, .. } => {
                warn!(conference = %self.conference.id(), code = cause.code(), "media failed");
                self.tell(now, Command::End { cause });
            }
            MediaEvent::Played { .. } | MediaEvent::Stats { .. } => {}
        }
    }

    fn decided(&mut self, event: Event) {
        let conference = self.conference.id();
        match event {
            Event::PlanChanged(plan) => self.media(MediaCommand::Apply { conference, plan }),
            Event::LegDismissed { leg, cause } => self.hang_up(leg, cause),
            Event::Ended(cause) => {
                info!(%conference, code = cause.code(), "conference ended");
                self.ended = true;
                self.media(MediaCommand::CloseConference { conference });
            }
            Event::ParticipantJoined { participant, leg, .. } => {
                info!(%conference, %participant, %leg, "participant joined");
            }
            Event::ParticipantLeft { participant, cause } => {
                info!(%conference, %participant, code = cause.code(), "participant left");
            }
            Event::ActiveSpeakerChanged { participant } => {
                debug!(%conference, ?participant, "active speaker changed");
            }
            Event::MuteChanged { participant, mute } => {
                debug!(%conference, %participant, ?mute, "mute changed");
            }
            // What a digit means is decided by the front door; its value is personal.
            Event::DigitPressed { participant, leg, .. } => {
                debug!(%conference, %participant, %leg, "digit pressed");
            }
            Event::ParticipantWaiting { participant, .. } => {
                debug!(%conference, %participant, "participant waits");
            }
            Event::RoleChanged { participant, role } => {
                debug!(%conference, %participant, ?role, "role changed");
            }
            _ => {}
        }
    }

    fn hang_up(&mut self, leg: LegId, cause: EndCause) {
        if let Some(command) = self.calls.get_mut(&leg).and_then(|call| call.end(cause)) {
            self.leg(command);
        }
    }

    fn tell(&mut self, now: Instant, command: Command) {
        // A leg that was dismissed, or a conference that has ended, may still be spoken of by
        // events that were on their way.
        if let Err(error) = self.conference.handle(now, command) {
            debug!(conference = %self.conference.id(), %error, "came too late");
        }
    }

    fn leg(&mut self, command: LegCommand) {
        self.orders.push_back(Order::Leg(command));
    }

    fn media(&mut self, command: MediaCommand) {
        self.orders.push_back(Order::Media(command));
    }
}

//! Brings every event to the actor that owns its leg, and every new call to where the dial plan
//! says.

use crate::actor::conference::ConferenceActor;
use crate::actor::reception::ReceptionActor;
use crate::actor::task::{self, MAX_MAILBOX, News, Surroundings};
use crate::actor::{Answering, Handover, Message, Order, Purpose, Visit};
use crate::directory::{ConferenceHandle, Directory, RECEPTION};
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::outlet::Outlet;
use crate::record::Draft;
use crate::view::CallOut;
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::{Goal, LegCommand, LegEvent, Offered, Role, reception};
use causeway_dial::calling_out::Asker;
use causeway_plan::{MediaCommand, MediaEvent};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{broadcast, mpsc};
use tracing::{debug, info};

/// Actors that may end under a visit before it is refused.
const MAX_ATTEMPTS: usize = 3;

/// What the router knows.
#[derive(Debug)]
pub(crate) struct Router<O> {
    pub(crate) directory: Arc<Directory>,
    pub(crate) desk: Arc<FrontDesk>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) reception: reception::Settings,
    pub(crate) answering: Arc<Answering>,
    pub(crate) outlet: Arc<O>,
    pub(crate) news: broadcast::Sender<News>,
    pub(crate) handovers: mpsc::UnboundedSender<Handover>,
    pub(crate) legs: causeway_adapter::sip::LegIds,
    /// The local address of the media of calls that we make.
    pub(crate) local: IpAddr,
    pub(crate) max_calls: usize,
    pub(crate) draining: bool,
}

impl<O: Outlet> Router<O> {
    pub(crate) async fn leg_event(&mut self, event: LegEvent) {
        let leg = event.leg();
        match event {
            LegEvent::Offered(offered) => self.offered(offered).await,
            LegEvent::Ended { .. } => {
                self.desk.outgoing().ended(Instant::now(), leg);
                if let Some(handle) = self.directory.unseat(leg)
                    && handle.mailbox.send(Message::Leg(event)).await.is_err()
                {
                    self.release(leg);
                }
            }
            event => {
                if let Some(handle) = self.directory.of_leg(leg) {
                    self.forward(leg, handle, Message::Leg(event)).await;
                }
            }
        }
    }

    pub(crate) async fn media_event(&mut self, event: MediaEvent) {
        let leg = match &event {
            MediaEvent::Talkers { conference, .. }
            | MediaEvent::ConferenceFailed { conference, .. } => {
                if let Some(handle) = self.directory.of_conference(*conference) {
                    // A task that is gone has nobody left to tell.
                    let _ = handle.mailbox.send(Message::Media(event)).await;
                }
                return;
            }
            MediaEvent::Stats { leg, stats } => {
                debug!(%leg, received = stats.packets_received, sent = stats.packets_sent,
                    lost = stats.packets_lost, late = stats.packets_late, "media statistics");
                if self.directory.of_leg(*leg).is_none() {
                    // The last word of the engine on a leg that has ended.
                    return self.journal.measured(*leg, stats);
                }
                *leg
            }
            MediaEvent::Reserved { leg, .. }
            | MediaEvent::SourceLatched { leg, .. }
            | MediaEvent::Digit { leg, .. }
            | MediaEvent::Played { leg, .. }
            | MediaEvent::Silent { leg, .. }
            | MediaEvent::Resumed { leg }
            | MediaEvent::Failed { leg, .. } => *leg,
        };
        if let Some(handle) = self.directory.of_leg(leg) {
            self.forward(leg, handle, Message::Media(event)).await;
        }
    }

    /// What an actor gives back.
    pub(crate) async fn handover(&mut self, handover: Handover) {
        match handover {
            Handover::Visit(visit) => {
                let leg = visit.call.leg;
                if self.directory.of_leg(leg).is_some() {
                    self.bring(visit).await;
                } else {
                    // It ended on the way between two owners.
                    let mut draft = visit.call.draft;
                    draft.ended(EndCause::Normal);
                    self.journal.record(draft);
                    self.release(leg);
                }
            }
            Handover::Stray { from, message } => self.stray(from, message).await,
            Handover::Gone { leg, cause } => {
                self.leg_event(LegEvent::Ended { leg, cause }).await;
            }
            Handover::Closed { conference, key, cause } => {
                self.desk.outgoing().conference_ended(conference);
                self.desk.conference_ended(&self.journal, key, cause);
            }
            Handover::CallOut { key, call, reply } => {
                // Who asked may have gone.
                let _ = reply.send(self.call_somebody(key, *call).await);
            }
        }
    }

    /// A message that came to an actor which had given the leg away.
    async fn stray(&mut self, from: ConferenceId, message: Message) {
        let leg = match &message {
            Message::Leg(event) => event.leg(),
            Message::Media(
                MediaEvent::Digit { leg, .. }
                | MediaEvent::SourceLatched { leg, .. }
                | MediaEvent::Silent { leg, .. }
                | MediaEvent::Resumed { leg }
                | MediaEvent::Failed { leg, .. },
            ) => *leg,
            _ => return,
        };
        if let Some(handle) = self.directory.of_leg(leg)
            && handle.id != from
        {
            self.forward(leg, handle, message).await;
        }
    }

    async fn offered(&mut self, offered: Box<Offered>) {
        let leg = offered.leg;
        let limit = self.limit();
        let mut draft = Draft::begun(leg, offered.protocol, false);
        let welcome = match limit {
            Some(cause) => Err(cause),
            None => self.desk.receive(&offered, &mut draft),
        };
        match welcome {
            Ok(welcome) => self.bring(Box::new(welcome.visit(offered, draft))).await,
            Err(cause) => {
                info!(%leg, code = cause.code(), "call refused");
                self.directory.unseat(leg);
                draft.ended(cause);
                self.journal.refused(Box::new(draft));
                self.order(Order::Leg(LegCommand::Reject { leg, cause }));
            }
        }
    }

    fn limit(&self) -> Option<EndCause> {
        if self.draining {
            return Some(EndCause::Draining);
        }
        (self.directory.leg_count() >= self.max_calls).then_some(EndCause::CapacityReached)
    }

    async fn bring(&mut self, mut visit: Box<Visit>) {
        let leg = visit.call.leg;
        let mut callee = None;
        if let Purpose::Gateway { target, trunk } = &visit.purpose {
            let key: Arc<str> = format!("{GATEWAY}{leg}").into();
            callee = Some(CallOut {
                target: target.clone(),
                trunk: trunk.clone(),
                display_name: String::new(),
                role: Role::Guest,
                lang: visit.call.lang,
            });
            visit.purpose = Purpose::Join { key, role: Role::Guest };
        }
        if let Purpose::Join { key, .. } = &visit.purpose
            && let Some(cause) = self.desk.closed(key)
        {
            visit.purpose = Purpose::Ask(Goal::Dismissal { cause });
        }
        for _ in 0..MAX_ATTEMPTS {
            let handle = self.actor_of(&visit.purpose);
            self.directory.seat(leg, handle.clone());
            let local = visit.call.local;
            match handle.mailbox.send(Message::Visit(visit)).await {
                Ok(()) => {
                    if let Some(call) = callee.take()
                        && let Err(cause) = self.call_out(&handle, local, Asker::Rule, call).await
                    {
                        let _ = handle.mailbox.send(Message::End(cause)).await;
                    }
                    return;
                }
                Err(mpsc::error::SendError(Message::Visit(back))) => {
                    self.directory.forget_conference(handle.id);
                    visit = back;
                }
                Err(_) => return,
            }
        }
        self.directory.unseat(leg);
        self.order(Order::Leg(LegCommand::End { leg, cause: EndCause::Internal }));
        self.release(leg);
    }

    async fn call_somebody(&self, key: Arc<str>, call: CallOut) -> Result<LegId, EndCause> {
        if let Some(cause) = self.limit().or_else(|| self.desk.closed(&key)) {
            return Err(cause);
        }
        let handle = self.actor_of(&Purpose::Join { key, role: call.role });
        self.call_out(&handle, self.local, Asker::Host, call).await
    }

    /// Has a conference call somebody, where the operator allows it.
    async fn call_out(
        &self,
        handle: &ConferenceHandle,
        local: IpAddr,
        asker: Asker,
        mut call: CallOut,
    ) -> Result<LegId, EndCause> {
        let leg = self.legs.next();
        if call.trunk.is_none() && !call.target.contains('@') {
            call.trunk = self.desk.trunk();
        }
        let conference = (asker != Asker::Rule).then_some(handle.id);
        let now = Instant::now();
        let until = self.desk.outgoing().place(now, leg, conference, asker, &mut call)?;
        self.directory.seat(leg, handle.clone());
        let message = Message::CallOut { leg, local, until, call: Box::new(call) };
        self.forward(leg, handle.clone(), message).await;
        Ok(leg)
    }

    /// The running actor of a purpose, opened where it does not run.
    fn actor_of(&self, purpose: &Purpose) -> ConferenceHandle {
        match purpose {
            Purpose::Join { key, .. } => {
                self.directory.conference(key, |id| self.open_conference(key, id))
            }
            Purpose::Ask(_) | Purpose::Gateway { .. } => {
                self.directory.conference(&RECEPTION.into(), |id| self.open_reception(id))
            }
        }
    }

    fn open_conference(&self, key: &Arc<str>, id: ConferenceId) -> mpsc::Sender<Message> {
        let paired = key.starts_with(GATEWAY);
        let settings = self.desk.settings(key);
        let answering = Arc::clone(&self.answering);
        let actor =
            ConferenceActor::new(id, key.clone(), settings, paired, answering, Instant::now());
        let (mailbox, messages) = mpsc::channel(MAX_MAILBOX);
        task::spawn(actor, messages, self.surroundings(id));
        mailbox
    }

    fn open_reception(&self, id: ConferenceId) -> mpsc::Sender<Message> {
        let (settings, desk) = (self.reception.clone(), Arc::clone(&self.desk));
        let actor = ReceptionActor::new(id, settings, desk, Arc::clone(&self.answering));
        let (mailbox, messages) = mpsc::channel(MAX_MAILBOX);
        task::spawn(actor, messages, self.surroundings(id));
        mailbox
    }

    fn surroundings(&self, id: ConferenceId) -> Surroundings<O> {
        Surroundings {
            id,
            directory: Arc::clone(&self.directory),
            outlet: Arc::clone(&self.outlet),
            news: self.news.clone(),
            handovers: self.handovers.clone(),
        }
    }

    /// A task that is gone is dealt with by whoever watches it.
    async fn forward(&self, leg: LegId, handle: ConferenceHandle, message: Message) {
        if handle.mailbox.send(message).await.is_err() {
            debug!(%leg, room = %handle.id, "actor task is gone");
        }
    }

    fn release(&self, leg: LegId) {
        self.order(Order::Media(MediaCommand::Release { leg }));
    }

    /// Ends every actor.
    pub(crate) async fn end_all(&self, cause: EndCause) {
        for handle in self.directory.conferences() {
            let _ = handle.mailbox.send(Message::End(cause)).await;
        }
    }

    /// Carries an order out that no actor stands behind. Where a queue is full it is tried
    /// again beside the router, which must go on to empty the queues; the adapter's limit of
    /// calls bounds how many wait.
    fn order(&self, order: Order) {
        if self.outlet.carry_out(order.clone()).is_err() {
            let outlet = Arc::clone(&self.outlet);
            tokio::spawn(async move { task::carry_out(&*outlet, order).await });
        }
    }
}

/// How the keys of gateway conferences begin.
pub(crate) const GATEWAY: &str = "gateway/";

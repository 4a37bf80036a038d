//! Brings every event to the conference that it concerns, and every new call to the conference
//! that the dial plan names.

use crate::conference_actor::{Answering, ConferenceActor, Message, Order};
use crate::conference_task::{self, MAX_MAILBOX, News, Surroundings};
use crate::directory::{ConferenceHandle, Directory};
use crate::outlet::Outlet;
use causeway_base::{EndCause, LegId};
use causeway_conference::{Command, LegCommand, LegEvent, Offered, Settings};
use causeway_dial::{Destination, IncomingCall, Names, Resolver};
use causeway_plan::{MediaCommand, MediaEvent};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{broadcast, mpsc};
use tracing::{debug, info};

/// Conferences that may end under a call before it is refused.
const MAX_ATTEMPTS: usize = 3;

/// What the router knows.
#[derive(Debug)]
pub(crate) struct Router<O> {
    pub(crate) directory: Arc<Directory>,
    pub(crate) resolver: Resolver,
    pub(crate) names: Arc<dyn Names>,
    pub(crate) conferences: HashMap<Arc<str>, Settings>,
    pub(crate) answering: Arc<Answering>,
    pub(crate) outlet: Arc<O>,
    pub(crate) news: broadcast::Sender<News>,
    pub(crate) returned: mpsc::UnboundedSender<Box<Offered>>,
    pub(crate) max_calls: usize,
    pub(crate) draining: bool,
}

impl<O: Outlet> Router<O> {
    pub(crate) async fn leg_event(&mut self, event: LegEvent) {
        let leg = event.leg();
        match event {
            LegEvent::Offered(offered) => self.offered(offered).await,
            LegEvent::Ended { .. } => {
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
                return;
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

    async fn offered(&mut self, offered: Box<Offered>) {
        let leg = offered.leg;
        match self.destination(&offered) {
            Ok(key) => self.bring(&key, offered).await,
            Err(cause) => {
                info!(%leg, code = cause.code(), "call refused");
                self.directory.unseat(leg);
                self.order(Order::Leg(LegCommand::Reject { leg, cause }));
            }
        }
    }

    /// A call whose conference ended before it was seated, unless the caller gave up meanwhile.
    pub(crate) async fn returned(&mut self, offered: Box<Offered>) {
        if self.directory.of_leg(offered.leg).is_some() {
            self.offered(offered).await;
        }
    }

    fn destination(&mut self, offered: &Offered) -> Result<Arc<str>, EndCause> {
        if self.draining {
            return Err(EndCause::Draining);
        }
        if self.directory.leg_count() >= self.max_calls {
            return Err(EndCause::CapacityReached);
        }
        let call = IncomingCall {
            called: &offered.called,
            calling: &offered.calling,
            trunk: offered.proof.trunk.as_deref(),
            local: offered.local,
        };
        let (destination, explanation) = self.resolver.resolve(&call, &*self.names);
        debug!(leg = %offered.leg, %explanation, "resolved");
        match destination {
            Destination::Conference(key) => Ok(key),
            Destination::Reject(cause) => Err(cause),
            _ => Err(EndCause::NotFound),
        }
    }

    async fn bring(&mut self, key: &Arc<str>, mut offered: Box<Offered>) {
        let leg = offered.leg;
        for _ in 0..MAX_ATTEMPTS {
            let handle = self.directory.conference(key, |id| self.open(key, id));
            self.directory.seat(leg, handle.clone());
            match handle.mailbox.send(Message::Offered(offered)).await {
                Ok(()) => return,
                Err(mpsc::error::SendError(Message::Offered(back))) => {
                    self.directory.forget_conference(handle.id);
                    offered = back;
                }
                Err(_) => return,
            }
        }
        self.directory.unseat(leg);
        self.order(Order::Leg(LegCommand::Reject { leg, cause: EndCause::Internal }));
    }

    fn open(&self, key: &Arc<str>, id: causeway_base::ConferenceId) -> mpsc::Sender<Message> {
        let settings = self.conferences.get(key).cloned().unwrap_or_default();
        let answering = Arc::clone(&self.answering);
        let actor = ConferenceActor::new(id, settings, answering, Instant::now());
        let (mailbox, messages) = mpsc::channel(MAX_MAILBOX);
        let around = Surroundings {
            id,
            directory: Arc::clone(&self.directory),
            outlet: Arc::clone(&self.outlet),
            news: self.news.clone(),
            returned: self.returned.clone(),
        };
        conference_task::spawn(actor, messages, around);
        mailbox
    }

    /// A task that is gone is dealt with by whoever watches it.
    async fn forward(&self, leg: LegId, handle: ConferenceHandle, message: Message) {
        if handle.mailbox.send(message).await.is_err() {
            debug!(%leg, conference = %handle.id, "conference task is gone");
        }
    }

    fn release(&self, leg: LegId) {
        self.order(Order::Media(MediaCommand::Release { leg }));
    }

    /// Ends every conference.
    pub(crate) async fn end_all(&self, cause: EndCause) {
        for handle in self.directory.conferences() {
            let _ = handle.mailbox.send(Message::Tell(Command::End { cause })).await;
        }
    }

    /// Carries an order out that no conference stands behind. Where a queue is full it is tried
    /// again beside the router, which must go on to empty the queues; the adapter's limit of
    /// calls bounds how many wait.
    fn order(&self, order: Order) {
        if self.outlet.carry_out(order.clone()).is_err() {
            let outlet = Arc::clone(&self.outlet);
            tokio::spawn(async move { conference_task::carry_out(&*outlet, order).await });
        }
    }
}

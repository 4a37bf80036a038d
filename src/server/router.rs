//! Brings every event to the actor that owns its leg, and every new call to where the dial plan
//! says.

use crate::actor::conference::ConferenceActor;
use crate::actor::reception::ReceptionActor;
use crate::actor::task::{self, MAX_MAILBOX, News, Surroundings};
use crate::actor::{
    Answering, Fate, Handover, MAX_FATES, Message, Order, Purpose, PutThrough, Referred, Visit,
    Watcher,
};
use crate::calling_out::{Appearance, Errand, Wanted};
use crate::directory::{ConferenceHandle, Directory, RECEPTION};
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::outlet::Outlet;
use crate::record::Draft;
use crate::view::CallOut;
use crate::web::Echoes;
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::{
    Goal, LegCommand, LegEvent, Offered, Protocol, ReferralFate, Role, reception,
};
use causeway_dial::calling_out::Asker;
use causeway_plan::{MediaCommand, MediaEvent, Subject};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{broadcast, mpsc, oneshot};
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
    /// The same, of calls to rooms of H.323: their network may be another one.
    pub(crate) local_h323: IpAddr,
    /// The ports at which it takes calls: one at another port of its address is somebody else.
    pub(crate) ports: Vec<u16>,
    pub(crate) max_calls: usize,
    pub(crate) draining: bool,
    /// The tests of browsers: their legs belong to no actor.
    pub(crate) echoes: Option<Arc<Echoes<O>>>,
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
        let leg = match event.subject() {
            Subject::Leg(leg) => leg,
            Subject::Conference(conference) => {
                if let Some(handle) = self.directory.of_conference(conference) {
                    // A task that is gone has nobody left to tell.
                    let _ = handle.mailbox.send(Message::Media(event)).await;
                }
                return;
            }
        };
        if let MediaEvent::Stats { stats, .. } = &event {
            debug!(%leg, received = stats.packets_received, sent = stats.packets_sent,
                lost = stats.packets_lost, late = stats.packets_late, "media statistics");
            if self.directory.of_leg(leg).is_none() {
                // The last word of the engine on a leg that has ended.
                return self.journal.measured(leg, stats);
            }
        }
        if self.echoes.as_ref().is_some_and(|echoes| echoes.hear(leg, &event)) {
            return;
        }
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
            Handover::PutThrough { room, purpose, caller } => {
                self.put_through(room, purpose, *caller).await;
            }
            Handover::Referred { key, referred } => self.refer(key, *referred).await,
            Handover::Closed { key, cause } => {
                self.desk.conference_ended(&self.journal, key, cause);
            }
            Handover::CallAgain { key, call, asker, watcher } => {
                if let Err(cause) = self.call_somebody(key, *call, asker, watcher).await {
                    info!(code = cause.code(), "no other call into the meeting");
                }
            }
            Handover::CallOut { key, call, asker, watcher, reply } => {
                // Who asked may have gone.
                let _ = reply.send(self.call_somebody(key, *call, asker, watcher).await);
            }
        }
    }

    /// A message that came to an actor which had given the leg away.
    async fn stray(&mut self, from: ConferenceId, message: Message) {
        let leg = match &message {
            Message::CallOut { errand, watcher, .. } => {
                // Its conference ended before it took it: it calls nobody, and counts no longer.
                let (leg, cause) = (errand.leg, EndCause::Cancelled);
                watcher.iter().for_each(|watcher| watcher.tell(leg, Fate::Ended(cause)));
                return self.leg_event(LegEvent::Ended { leg, cause }).await;
            }
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
            None => self.desk.receive(&offered, &mut draft).and_then(|welcome| {
                self.desk.outgoing().check(Instant::now(), &welcome.purpose)?;
                Ok(welcome)
            }),
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

    /// A browser comes by its link, which the front desk has looked at.
    pub(crate) async fn enter(&mut self, visit: Box<Visit>) {
        // Who no longer waits lets go of its leg next, or has: a seat would be nobody's for ever.
        let has_left = visit.seated.as_ref().is_some_and(oneshot::Sender::is_closed);
        match has_left.then_some(EndCause::Cancelled).or_else(|| self.limit()) {
            Some(cause) => self.turn_away(*visit, cause),
            None => self.bring(visit).await,
        }
    }

    /// Refuses somebody who hears by a page why. Its door lets go of the leg.
    fn turn_away(&self, visit: Visit, cause: EndCause) {
        let Visit { call, seated, .. } = visit;
        info!(leg = %call.leg, code = cause.code(), "visit refused");
        self.directory.unseat(call.leg);
        let mut draft = call.draft;
        draft.ended(cause);
        self.journal.refused(draft);
        if let Some(seated) = seated {
            // Who waited may have gone.
            let _ = seated.send(Err(cause));
        }
    }

    fn limit(&self) -> Option<EndCause> {
        if self.draining {
            return Some(EndCause::Draining);
        }
        (self.directory.leg_count() >= self.max_calls).then_some(EndCause::CapacityReached)
    }

    async fn bring(&mut self, mut visit: Box<Visit>) {
        let (leg, protocol) = (visit.call.leg, visit.call.protocol());
        if visit.call.up().is_some()
            && let Err(cause) = self.desk.outgoing().check(Instant::now(), &visit.purpose)
        {
            let cause = visit.call.instead_of.take().unwrap_or(cause);
            visit.purpose = Purpose::Ask(Goal::Dismissal { cause });
        }
        if let Purpose::Join { key, .. } = &visit.purpose
            && let Some(cause) = self.desk.closed(key)
        {
            if visit.seated.is_some() {
                return self.turn_away(*visit, cause);
            }
            visit.purpose = Purpose::Ask(Goal::Dismissal { cause });
        }
        for _ in 0..MAX_ATTEMPTS {
            let handle = self.actor_of(leg, &visit.purpose);
            self.directory.seat(leg, handle.clone(), protocol);
            match handle.mailbox.send(Message::Visit(visit)).await {
                Ok(()) => return,
                Err(mpsc::error::SendError(Message::Visit(back))) => {
                    self.directory.forget_conference(handle.id);
                    visit = back;
                }
                Err(_) => return,
            }
        }
        // First the order: the directory knows whose leg it is.
        self.order(Order::Leg(LegCommand::End { leg, cause: EndCause::Internal }));
        self.directory.unseat(leg);
        self.release(leg);
    }

    async fn call_somebody(
        &self,
        key: Arc<str>,
        call: CallOut,
        asker: Asker,
        watcher: Option<Watcher>,
    ) -> Result<LegId, EndCause> {
        if let Some(cause) = self.limit().or_else(|| self.desk.closed(&key)) {
            return Err(cause);
        }
        let leg = self.legs.next();
        let wanted = Wanted { asker, conference: Some(Arc::clone(&key)), rule: "".into() };
        let (role, beside) = (call.role, call.beside);
        let shown = Appearance::ourselves();
        let errand = self.desk.outgoing().place(Instant::now(), leg, &wanted, call, shown)?;
        let local = match errand.protocol() {
            Protocol::H323 => self.local_h323,
            Protocol::Sip | Protocol::WebRtc => self.local,
        };
        if self.desk.leads_here(&errand, local, &self.ports) {
            self.desk.outgoing().ended(Instant::now(), leg);
            return Err(EndCause::LoopDetected);
        }
        let handle = self.actor_of(leg, &Purpose::Join { key, role, beside });
        self.send_out(&handle, local, errand, watcher).await?;
        Ok(leg)
    }

    /// A leg wants somebody called in its place, and is told what becomes of it.
    async fn refer(&self, key: Arc<str>, referred: Referred) {
        let Referred { leg, referral, call, asker } = referred;
        let (fates, told) = mpsc::channel(MAX_FATES);
        let made = self.call_somebody(key, call, asker, Some(Watcher(fates))).await;
        let verdict = made.map(|_| ());
        self.order(Order::Leg(LegCommand::AnswerReferral { leg, referral, verdict }));
        if verdict.is_ok() {
            tokio::spawn(report(Arc::clone(&self.outlet), leg, referral, told));
        }
    }

    /// The caller of a gateway has confirmed: calls whom it wants, or ends it with the reason.
    async fn put_through(&self, room: ConferenceId, purpose: Purpose, caller: PutThrough) {
        let Some(handle) = self.directory.of_conference(room) else { return };
        let errand = match self.limit() {
            Some(cause) => Err(cause),
            None => self.errand(purpose, &caller),
        };
        let sent = match errand {
            Ok(errand) => {
                let calls_by = caller.offered.as_ref().map(|offered| offered.protocol);
                let local = match errand.protocol() {
                    Protocol::H323 if calls_by != Some(Protocol::H323) => self.local_h323,
                    _ => caller.local,
                };
                self.send_out(&handle, local, errand, None).await
            }
            Err(cause) => Err(cause),
        };
        if let Err(cause) = sent {
            // A task that is gone has hung up.
            let _ = handle.mailbox.send(Message::End(cause)).await;
        }
    }

    fn errand(&self, purpose: Purpose, caller: &PutThrough) -> Result<Errand, EndCause> {
        let (leg, outgoing, now) = (self.legs.next(), self.desk.outgoing(), Instant::now());
        let shown = caller.offered.as_ref();
        let shown = shown.map_or_else(Appearance::ourselves, |o| Appearance::of(o, outgoing));
        match purpose {
            Purpose::Gateway { target, trunk, asker, rule } => {
                let display_name = String::new();
                let (role, lang) = (Role::Guest, caller.lang);
                let (beside, bridging) = (None, None);
                let call = CallOut { target, trunk, display_name, role, lang, beside, bridging };
                let wanted = Wanted { asker, conference: None, rule };
                outgoing.place(now, leg, &wanted, call, shown)
            }
            Purpose::User(name) => {
                let protocol = self.outlet.reaches(&name);
                Ok(outgoing.to_user(now, leg, &name, protocol, caller.lang, shown))
            }
            Purpose::Join { .. } | Purpose::Ask(_) => Err(EndCause::Internal),
        }
    }

    /// Has a conference call somebody. Where its task is gone, the call never was.
    async fn send_out(
        &self,
        handle: &ConferenceHandle,
        local: IpAddr,
        mut errand: Errand,
        watcher: Option<Watcher>,
    ) -> Result<(), EndCause> {
        errand.device = self.desk.devices().callee(&errand);
        let leg = errand.leg;
        self.directory.seat(leg, handle.clone(), errand.protocol());
        let message = Message::CallOut { local, errand: Box::new(errand), watcher };
        if handle.mailbox.send(message).await.is_err() {
            self.directory.unseat(leg);
            self.desk.outgoing().ended(Instant::now(), leg);
            return Err(EndCause::Internal);
        }
        Ok(())
    }

    /// The running actor of a purpose, opened where it does not run.
    fn actor_of(&self, leg: LegId, purpose: &Purpose) -> ConferenceHandle {
        match purpose {
            Purpose::Join { key, .. } => {
                self.directory.conference(key, |id| self.open_conference(key, id))
            }
            Purpose::Gateway { .. } | Purpose::User(_) => {
                let key: Arc<str> = format!("{GATEWAY}{leg}").into();
                self.directory.conference(&key, |id| self.open_conference(&key, id))
            }
            Purpose::Ask(_) => {
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

/// Tells who referred what becomes of it, up to the answer or the end.
async fn report<O: Outlet>(
    outlet: Arc<O>,
    leg: LegId,
    referral: u32,
    mut told: mpsc::Receiver<(LegId, Fate)>,
) {
    while let Some((_, fate)) = told.recv().await {
        let fate = match fate {
            Fate::Ringing => ReferralFate::Ringing,
            Fate::Answered => ReferralFate::Answered,
            Fate::Ended(cause) => ReferralFate::Failed(cause),
        };
        let order = Order::Leg(LegCommand::ReportReferral { leg, referral, fate });
        task::carry_out(&*outlet, order).await;
        if fate != ReferralFate::Ringing {
            return;
        }
    }
}

/// How the keys of gateway conferences begin.
pub(crate) const GATEWAY: &str = "gateway/";

//! The task of one actor: its mailbox, its timers, its orders.
//!
//! The task never waits for the adapter or the engine, so that who waits for the task's mailbox
//! waits for computing only; what they cannot take now is tried again.

use super::{Actor, Handover, Message, Order};
use crate::directory::Directory;
use crate::outlet::Outlet;
use causeway_base::{ConferenceId, EndCause};
use causeway_conference::{Event, LegCommand};
use causeway_plan::MediaCommand;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};
use tracing::error;

/// Messages that may wait for one actor: a burst of two for each of a thousand legs.
pub(crate) const MAX_MAILBOX: usize = 2048;

/// Messages taken before an actor's decisions are carried out: one plan for a burst of
/// joins instead of one for each.
const MAX_BATCH: usize = 256;

/// How long to leave a full queue alone.
const RETRY: Duration = Duration::from_millis(10);

/// News that a slow listener may lag behind before it misses some.
pub(crate) const MAX_NEWS: usize = 4096;

/// Something happened in a conference. Media plans are not news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Where.
    pub conference: ConferenceId,
    /// What.
    pub event: Event,
}

/// What an actor's task needs besides the actor.
#[derive(Debug)]
pub(crate) struct Surroundings<O> {
    pub(crate) id: ConferenceId,
    pub(crate) directory: Arc<Directory>,
    pub(crate) outlet: Arc<O>,
    /// What happens, for whoever listens.
    pub(crate) news: broadcast::Sender<News>,
    /// What belongs to others. Unbounded, but holds no more than mailboxes held, and a leg once.
    pub(crate) handovers: mpsc::UnboundedSender<Handover>,
}

/// Starts an actor's task. Should it fail, its calls are hung up and the others go on.
pub(crate) fn spawn<A: Actor, O: Outlet>(
    actor: A,
    mailbox: mpsc::Receiver<Message>,
    around: Surroundings<O>,
) {
    let (id, directory) = (around.id, Arc::clone(&around.directory));
    let outlet = Arc::clone(&around.outlet);
    let task = tokio::spawn(run(actor, mailbox, around));
    tokio::spawn(async move {
        if task.await.is_err() {
            error!(room = %id, "actor task failed");
            directory.forget_conference(id);
            let cause = EndCause::Internal;
            let ends = directory.legs_of(id).into_iter().map(|leg| LegCommand::End { leg, cause });
            let close = Order::Media(MediaCommand::CloseConference { conference: id });
            for order in ends.map(Order::Leg).chain([close]) {
                carry_out(&*outlet, order).await;
            }
        }
    });
}

/// Tries until the order is taken.
pub(crate) async fn carry_out(outlet: &impl Outlet, order: Order) {
    while outlet.carry_out(order.clone()).is_err() {
        tokio::time::sleep(RETRY).await;
    }
}

/// Runs an actor until it ended and its last call is gone.
async fn run<A: Actor, O: Outlet>(
    mut actor: A,
    mut mailbox: mpsc::Receiver<Message>,
    around: Surroundings<O>,
) {
    loop {
        actor.settle(Instant::now());
        let delivered = flush(&mut actor, &*around.outlet);
        for event in actor.take_news() {
            // Fails only when nobody listens.
            let _ = around.news.send(News { conference: around.id, event });
        }
        for handover in actor.take_handovers() {
            // Fails only when the bridge is gone.
            let _ = around.handovers.send(handover);
        }
        if actor.has_ended() {
            around.directory.retire(around.id);
        }
        if actor.is_done() {
            break;
        }
        let retry = (!delivered).then(|| Instant::now() + RETRY);
        let deadline = [actor.poll_timeout(), retry].into_iter().flatten().min();
        tokio::select! {
            message = mailbox.recv() => match message {
                Some(message) => take_batch(&mut actor, message, &mut mailbox),
                None => break,
            },
            () = until(deadline) => {}
        }
        actor.handle_timeout(Instant::now());
    }
    mailbox.close();
    while let Ok(message) = mailbox.try_recv() {
        let handover = match message {
            Message::Visit(visit) => Handover::Visit(visit),
            message => Handover::Stray { from: around.id, message },
        };
        let _ = around.handovers.send(handover);
    }
    around.directory.forget_conference(around.id);
}

fn take_batch(actor: &mut impl Actor, first: Message, mailbox: &mut mpsc::Receiver<Message>) {
    let now = Instant::now();
    actor.handle(now, first);
    for _ in 1..MAX_BATCH {
        let Ok(message) = mailbox.try_recv() else { return };
        actor.handle(now, message);
    }
}

/// Carries out orders until one cannot be taken now. True when none is left.
fn flush(actor: &mut impl Actor, outlet: &impl Outlet) -> bool {
    while let Some(order) = actor.next_order() {
        if outlet.carry_out(order.clone()).is_err() {
            return false;
        }
        actor.order_done();
    }
    true
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

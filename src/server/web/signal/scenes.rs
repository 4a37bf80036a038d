//! Looks at the conferences that pages show: one task for each, which looks again when something
//! happened there, and tells every page of it at once.
//!
//! What happened is not told, but how it is then. So nothing is lost when news come faster than they
//! are read.

use super::scene::Scene;
use crate::actor::task::News;
use crate::live::Live;
use causeway_base::ConferenceId;
use dashmap::DashMap;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How long after one look the next one follows at the earliest: nobody sees more than twenty
/// changes a second, and each costs a message to every page.
const GAP: Duration = Duration::from_millis(50);

/// How often is looked at what makes no news: how good the lines are.
const AGAIN: Duration = Duration::from_secs(5);

/// A conference as it is, once somebody looked.
pub(crate) type Glimpse = Option<Arc<Scene>>;

/// The conferences that pages show.
#[derive(Debug)]
pub(crate) struct Scenes {
    live: Live,
    watched: DashMap<ConferenceId, watch::Sender<Glimpse>>,
}

impl Scenes {
    pub(crate) fn new(live: Live) -> Self {
        Self { live, watched: DashMap::new() }
    }

    /// How a conference is from now on. It is closed when the conference is over.
    pub(crate) fn watch(self: &Arc<Self>, id: ConferenceId) -> watch::Receiver<Glimpse> {
        let entry = self.watched.entry(id).or_insert_with(|| {
            let (sender, _) = watch::channel(None);
            tokio::spawn(Arc::clone(self).follow(id, sender.clone()));
            sender
        });
        entry.subscribe()
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.watched.len()
    }

    async fn follow(self: Arc<Self>, id: ConferenceId, sender: watch::Sender<Glimpse>) {
        let mut news = self.live.news();
        let mut again = interval(AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // All that has happened until now is seen by the next look.
            while !matches!(news.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
            let Some(view) = self.live.view_of(id).await else { break };
            let clock = (Instant::now(), Timestamp::now());
            sender.send_replace(Some(Arc::new(Scene::of(view, clock))));
            sleep(GAP).await;
            tokio::select! {
                () = something_happens(&mut news, id) => {}
                _ = again.tick() => {}
                () = sender.closed() => {
                    let unseen = |_: &ConferenceId, sender: &watch::Sender<Glimpse>| {
                        sender.receiver_count() == 0
                    };
                    if self.watched.remove_if(&id, unseen).is_some() {
                        return;
                    }
                }
            }
        }
        self.watched.remove(&id);
    }
}

/// Waits for news of a conference, or for news that were missed.
async fn something_happens(news: &mut broadcast::Receiver<News>, id: ConferenceId) {
    loop {
        match news.recv().await {
            Ok(news) if news.conference != id => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            // The bridge has stopped.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

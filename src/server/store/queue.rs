//! Call records, audit entries and ends of meetings on their way to the store. Nobody waits for it: where it is
//! away or full they wait in memory, and beyond the bound the oldest are dropped and counted.

use super::audit::Pending;
use super::health::Use;
use super::sql::Weak;
use super::{CallRecord, NewAudit, Store, StoreError, call_record, chain, meeting};
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// The most entries that wait: some twenty bytes to some sixteen kilobytes each, so that an hour
/// of a busy node fits and no machine runs out of memory.
pub const MAX_QUEUED: usize = 20_000;

/// The most entries of one transaction: one flush of the disk serves them all.
const BATCH: usize = 256;

/// The waits between attempts while the store does not work.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often an idle store is asked whether it is still there.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// What is written.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Record(Box<CallRecord>),
    Feedback { id: String, score: u8 },
    Audit(Box<Pending>),
    MeetingEnded { id: String, at: Timestamp },
}

/// The entries that wait, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Notify,
    emptied: Notify,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    /// How many of the first are being written. They may be dropped from here meanwhile.
    in_hand: usize,
    /// Dropped, and not told in the audit log yet.
    untold: u64,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, item: Item) {
        let mut state = self.state();
        if state.items.len() >= MAX_QUEUED {
            state.items.pop_front();
            state.in_hand = state.in_hand.saturating_sub(1);
            state.untold += 1;
            let before = self.dropped.fetch_add(1, Ordering::Relaxed);
            if before.is_multiple_of(1000) {
                tracing::error!(dropped = before + 1, "the store is away: records are lost");
            }
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
    }

    pub(super) fn wake(&self) {
        self.filled.notify_one();
    }

    /// How many wait, and how many were dropped since the start.
    pub(super) fn counts(&self) -> (usize, u64) {
        (self.state().items.len(), self.dropped.load(Ordering::Relaxed))
    }

    /// Waits until nothing waits.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.state().items.is_empty() {
                return;
            }
            emptied.await;
        }
    }

    /// The oldest entries, which stay here until [`Queue::written`].
    fn take(&self, most: usize) -> (Vec<Item>, u64) {
        let mut state = self.state();
        let items: Vec<Item> = state.items.iter().take(most).cloned().collect();
        state.in_hand = items.len();
        (items, state.untold)
    }

    fn written(&self, told: u64) {
        let mut state = self.state();
        let count = state.in_hand.min(state.items.len());
        state.items.drain(..count);
        state.in_hand = 0;
        state.untold = state.untold.saturating_sub(told);
        if state.items.is_empty() {
            drop(state);
            self.emptied.notify_waiters();
        }
    }
}

/// Writes what waits, for as long as somebody has the store.
pub(super) struct Writer {
    pub(super) store: Weak,
    pub(super) queue: Arc<Queue>,
}

impl Writer {
    pub(super) async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let Some(store) = Store::of(&self.store) else { return };
            let outcome = self.turn(&store).await;
            drop(store);
            match outcome {
                Ok(true) => pause = FIRST_PAUSE,
                Ok(false) => {
                    pause = FIRST_PAUSE;
                    let _ =
                        tokio::time::timeout(PROBE_INTERVAL, self.queue.filled.notified()).await;
                }
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Writes one batch, or probes the store where nothing waits. Gives whether it wrote.
    async fn turn(&self, store: &Store) -> Result<bool, StoreError> {
        let (items, untold) = self.queue.take(BATCH);
        if items.is_empty() {
            return store.probe().await.map(|()| false);
        }
        let error = match store.write(&items, untold).await {
            Ok(()) => {
                self.queue.written(untold);
                return Ok(true);
            }
            Err(error @ (StoreError::Unavailable | StoreError::Full)) => return Err(error),
            Err(error) => error,
        };
        // One entry spoils the batch: find it, so that the others are not lost with it.
        let (items, untold) = self.queue.take(1);
        match store.write(&items, untold).await {
            Err(error @ (StoreError::Unavailable | StoreError::Full)) => return Err(error),
            Err(_) => {
                tracing::error!(code = error.code(), "an entry cannot be written and is lost");
                self.queue.dropped.fetch_add(1, Ordering::Relaxed);
                self.queue.state().untold += 1;
                self.queue.written(0);
            }
            Ok(()) => self.queue.written(untold),
        }
        Ok(true)
    }
}

impl Store {
    /// Writes entries, all or none. Safe to repeat when it is not known whether it worked.
    async fn write(&self, items: &[Item], untold: u64) -> Result<(), StoreError> {
        let mut told = None;
        if untold > 0 {
            let entry = NewAudit::new("bridge", "store.dropped", "queue", &untold.to_string());
            told = Some(Pending::new(entry, Timestamp::now())?);
        }
        let work = async {
            let mut tx = self.begin().await?;
            let mut entries = Vec::new();
            // The chain's head first: whoever writes next waits for it.
            chain::lock(&mut tx).await?;
            for item in items {
                match item {
                    Item::Record(record) => {
                        call_record::upsert(record).execute(&mut *tx).await?;
                    }
                    Item::Feedback { id, score } => {
                        call_record::set_feedback(id, *score).execute(&mut *tx).await?;
                    }
                    Item::Audit(entry) => entries.push(&**entry),
                    Item::MeetingEnded { id, at } => {
                        for query in meeting::ending(id, *at) {
                            query.execute(&mut *tx).await?;
                        }
                    }
                }
            }
            entries.extend(&told);
            chain::append(&mut tx, self.secrets(), &entries).await?;
            Ok(tx.commit().await?)
        };
        self.timed(Use::Write, work).await
    }

    /// Learns whether an idle store works; one that did not must take a page.
    async fn probe(&self) -> Result<(), StoreError> {
        if self.health().ok {
            return self.row(sqlx::query("SELECT 1 AS one")).await.map(drop);
        }
        let fill = "INSERT INTO probe (id, filler) VALUES (1, $1) \
            ON CONFLICT (id) DO UPDATE SET filler = excluded.filler";
        self.run(sqlx::query(fill).bind("0".repeat(16 << 10))).await?;
        self.run(sqlx::query("DELETE FROM probe")).await.map(drop)
    }
}

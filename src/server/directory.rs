//! Who is where: conferences by name and by id, legs by id. The only shared state of a node.

use crate::actor::Message;
use causeway_base::{ConferenceId, LegId};
use causeway_conference::Protocol;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// How to reach a running conference, or the reception.
#[derive(Clone, Debug)]
pub struct ConferenceHandle {
    /// Which one.
    pub id: ConferenceId,
    /// Its key: a meeting's id, a configured conference's, [`RECEPTION`].
    pub key: Arc<str>,
    /// Its task.
    pub(crate) mailbox: mpsc::Sender<Message>,
}

/// The reception's key.
pub const RECEPTION: &str = "reception";

/// Who is where. No entry is held locked across an await.
#[derive(Debug, Default)]
pub struct Directory {
    /// Conferences that take calls, by their key in the configuration.
    by_key: DashMap<Arc<str>, ConferenceHandle>,
    /// Conferences whose task runs.
    by_id: DashMap<ConferenceId, ConferenceHandle>,
    legs: DashMap<LegId, (ConferenceHandle, Protocol)>,
    last_id: AtomicU64,
}

impl Directory {
    /// The conference of a key; `open` makes it when it does not run.
    pub(crate) fn conference(
        &self,
        key: &Arc<str>,
        open: impl FnOnce(ConferenceId) -> mpsc::Sender<Message>,
    ) -> ConferenceHandle {
        match self.by_key.entry(key.clone()) {
            Entry::Occupied(running) => running.get().clone(),
            Entry::Vacant(vacant) => {
                let id = ConferenceId(self.last_id.fetch_add(1, Ordering::Relaxed) + 1);
                let handle = ConferenceHandle { id, key: key.clone(), mailbox: open(id) };
                self.by_id.insert(id, handle.clone());
                vacant.insert(handle.clone());
                handle
            }
        }
    }

    /// A conference takes no calls any more: its key is free for the next one.
    pub(crate) fn retire(&self, id: ConferenceId) {
        self.by_key.retain(|_, handle| handle.id != id);
    }

    /// The task of a conference is gone.
    pub(crate) fn forget_conference(&self, id: ConferenceId) {
        self.retire(id);
        self.by_id.remove(&id);
    }

    /// A leg belongs to a conference from now on.
    pub(crate) fn seat(&self, leg: LegId, conference: ConferenceHandle, protocol: Protocol) {
        self.legs.insert(leg, (conference, protocol));
    }

    /// A leg is over. Gives the conference that it belonged to.
    pub(crate) fn unseat(&self, leg: LegId) -> Option<ConferenceHandle> {
        self.legs.remove(&leg).map(|(_, (handle, _))| handle)
    }

    /// The conference of a leg.
    pub(crate) fn of_leg(&self, leg: LegId) -> Option<ConferenceHandle> {
        self.legs.get(&leg).map(|entry| entry.value().0.clone())
    }

    /// What a leg speaks.
    pub(crate) fn protocol_of(&self, leg: LegId) -> Option<Protocol> {
        self.legs.get(&leg).map(|entry| entry.value().1)
    }

    /// The legs of a conference.
    pub(crate) fn legs_of(&self, id: ConferenceId) -> Vec<LegId> {
        let of = self.legs.iter().filter(|entry| entry.value().0.id == id);
        of.map(|entry| *entry.key()).collect()
    }

    /// A running conference, by its key.
    pub(crate) fn of_key(&self, key: &str) -> Option<ConferenceHandle> {
        self.by_key.get(key).map(|entry| entry.value().clone())
    }

    /// A running conference.
    pub(crate) fn of_conference(&self, id: ConferenceId) -> Option<ConferenceHandle> {
        self.by_id.get(&id).map(|entry| entry.value().clone())
    }

    /// All running conferences.
    pub(crate) fn conferences(&self) -> Vec<ConferenceHandle> {
        self.by_id.iter().map(|entry| entry.value().clone()).collect()
    }

    /// How many legs there are.
    pub fn leg_count(&self) -> usize {
        self.legs.len()
    }

    /// How many conferences run.
    pub fn conference_count(&self) -> usize {
        self.by_id.iter().filter(|entry| &*entry.key != RECEPTION).count()
    }
}

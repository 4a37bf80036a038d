//! Whether the store works now.

use super::StoreError;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Whether the store works, for `/readyz` and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// It takes what is written.
    pub ok: bool,
    /// Since when it works, or does not.
    pub since: Instant,
    /// Why not. Its `code()` and `sentence(lang)` are for people.
    pub error: Option<StoreError>,
    /// Call records and audit entries that wait to be written.
    pub queued: usize,
    /// Those that were dropped since the start, because too many waited.
    pub dropped: u64,
}

/// What the last use of the store said.
#[derive(Debug)]
pub(super) struct Pulse(Mutex<(Instant, Option<StoreError>)>);

/// How the store was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Mutex::new((Instant::now(), None)))
    }

    pub(super) fn get(&self) -> (Instant, Option<StoreError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how a use went. A read proves that the store is there, only a write that it
    /// has space.
    pub(super) fn note<T>(&self, how: Use, result: &Result<T, StoreError>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.1;
        let now = match result {
            Err(error @ (StoreError::Unavailable | StoreError::Full | StoreError::Corrupt)) => {
                // One row that cannot be read does not stop the others.
                let local = *error == StoreError::Corrupt && how == Use::Read;
                if local { before } else { Some(*error) }
            }
            _ if how == Use::Read && before == Some(StoreError::Full) => before,
            _ => None,
        };
        if now == before {
            return;
        }
        *state = (Instant::now(), now);
        match now {
            Some(error) => tracing::error!(code = error.code(), "{error}"),
            None => tracing::info!("the store works again"),
        }
    }
}

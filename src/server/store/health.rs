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

    /// Takes note of how a use went. A read proves nothing of writing (a full disk, a standby that
    /// is read-only), nor does a row that was refused: what failed to be written stays a failure
    /// until something is written.
    pub(super) fn note<T>(&self, how: Use, result: &Result<T, StoreError>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.1;
        let now = match result {
            Err(error @ (StoreError::Unavailable | StoreError::Full | StoreError::Corrupt)) => {
                // One row that cannot be read does not stop the others.
                let local = *error == StoreError::Corrupt && how == Use::Read;
                if local { before } else { Some(*error) }
            }
            Ok(_) if how == Use::Write => None,
            _ => before,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_write_that_worked_ends_an_outage() {
        let pulse = Pulse::new();
        let failed = |error: StoreError| Err::<(), _>(error);
        for error in [StoreError::Unavailable, StoreError::Full, StoreError::Corrupt] {
            pulse.note(Use::Write, &failed(error));
            for proves_nothing in [Ok(()), failed(StoreError::NotFound)] {
                pulse.note(Use::Read, &proves_nothing);
                assert_eq!(pulse.get().1, Some(error));
            }
            pulse.note(Use::Write, &failed(StoreError::Rejected));
            assert_eq!(pulse.get().1, Some(error), "a row that is refused needs no space");
            pulse.note(Use::Write, &Ok(()));
            assert_eq!(pulse.get().1, None);
        }
        pulse.note(Use::Read, &failed(StoreError::Corrupt));
        assert_eq!(pulse.get().1, None, "one row that cannot be read stops nobody");
    }
}

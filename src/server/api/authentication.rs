//! From a token to what it grants: asked of the backend, remembered for seconds, guessed at by
//! nobody.
//!
//! A lookup of a token that was not good lately costs its source a piece of a small budget. Who
//! has used it up is refused before the lookup; tokens that were good lately go on, so that
//! nobody locks others out from behind the same address.

use super::backend::{Backend, Grant};
use super::fault::{Fault, Problem};
use super::resource::{IssuedToken, Secret};
use causeway_dial::{RateLimit, RateRule};
use lru::LruCache;
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Tokens remembered: more than people and programs use at a time.
const MAX_REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// How long a token that was good goes on while the store does not answer, so that a host can
/// still run a conference.
const STALE: Duration = Duration::from_secs(900);

/// Lookups of unknown tokens from one source: enough for a restart of everything behind one
/// address, hopeless for guessing.
const UNKNOWN: RateRule = RateRule { per_second: 1, burst: 30, exempt: Vec::new() };

/// How long who guessed too much waits.
const PENALTY: Duration = Duration::from_secs(30);

type Fingerprint = [u8; 32];

/// From a token to what it grants.
pub(super) struct Authentication {
    inner: Mutex<Inner>,
    fresh: Duration,
}

struct Inner {
    unknown: RateLimit,
    good: LruCache<Fingerprint, (Grant, Instant)>,
    /// Counts revocations: an answer from before one is not remembered.
    generation: u64,
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}

impl Authentication {
    /// One that knows no token. A token counts as good without asking again for `fresh`.
    pub(super) fn new(fresh: Duration) -> Self {
        let (unknown, good) = (RateLimit::new(UNKNOWN), LruCache::new(MAX_REMEMBERED));
        Self { inner: Mutex::new(Inner { unknown, good, generation: 0 }), fresh }
    }

    /// What a token grants. A wrong token and none take the same way and the same time.
    pub(super) async fn grant(
        &self,
        backend: &dyn Backend,
        token: &Secret,
        source: IpAddr,
    ) -> Result<Grant, Problem> {
        let fingerprint: Fingerprint = Sha256::digest(token.reveal()).into();
        let (known, generation) = self.recall(&fingerprint, source)?;
        if let Some((grant, since)) = &known
            && since.elapsed() < self.fresh
        {
            return Ok(grant.clone());
        }
        match (backend.authenticate(token).await, known) {
            (Ok(Some(grant)), _) => {
                let mut inner = self.lock();
                if inner.generation == generation {
                    inner.good.put(fingerprint, (grant.clone(), Instant::now()));
                }
                Ok(grant)
            }
            (Ok(None), _) => {
                self.lock().good.pop(&fingerprint);
                Err(Fault::Unauthorized.into())
            }
            (Err(Problem { fault: Fault::StoreUnavailable, .. }), Some((grant, since)))
                if since.elapsed() < STALE =>
            {
                Ok(grant)
            }
            (Err(problem), _) => Err(problem),
        }
    }

    /// Takes the one-time code, against the same budget.
    pub(super) async fn exchange(
        &self,
        backend: &dyn Backend,
        code: &Secret,
        source: IpAddr,
    ) -> Result<IssuedToken, Problem> {
        self.spend(&mut self.lock(), source)?;
        Ok(backend.exchange_code(code, source).await?.ok_or(Fault::BadCode)?)
    }

    /// Forgets every token: one was revoked.
    pub(super) fn forget(&self) {
        let mut inner = self.lock();
        inner.good.clear();
        inner.generation += 1;
    }

    fn recall(
        &self,
        fingerprint: &Fingerprint,
        source: IpAddr,
    ) -> Result<(Option<(Grant, Instant)>, u64), Problem> {
        let mut inner = self.lock();
        let known = inner.good.get(fingerprint).cloned();
        if known.is_none() {
            self.spend(&mut inner, source)?;
        }
        Ok((known, inner.generation))
    }

    fn spend(&self, inner: &mut Inner, source: IpAddr) -> Result<(), Problem> {
        if inner.unknown.take(Instant::now(), source) {
            return Ok(());
        }
        Err(Problem::from(Fault::TooManyAttempts).retry_after(PENALTY))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

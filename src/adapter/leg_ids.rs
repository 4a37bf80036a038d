//! Numbers of legs.

use causeway_base::LegId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers legs. Shared by all that make legs, so that no number comes twice.
#[derive(Clone, Debug, Default)]
pub struct LegIds(Arc<AtomicU64>);

impl LegIds {
    /// The next number.
    pub fn next(&self) -> LegId {
        LegId(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

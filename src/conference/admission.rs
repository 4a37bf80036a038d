//! The way of a leg from its arrival to being heard: one machine for every kind of leg.
//!
//! ```text
//! Arriving --MediaReady--> Waiting --Admit--> Admitted
//!     \---MediaReady, no waiting asked for------^
//! ```
//!
//! No leg sends or receives conference media before `Admitted`; [`crate::media_plan`] asks
//! nothing else. A leg that goes away leaves the roster, so there is no state for it.

use std::time::Instant;

/// Where a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmissionState {
    /// It has a seat; its media is not agreed yet.
    Arriving {
        /// When it took the seat.
        since: Instant,
    },
    /// Its media is agreed; a host has to let it in.
    Waiting {
        /// Since when it waits.
        since: Instant,
    },
    /// It hears and is heard.
    Admitted {
        /// Since when.
        since: Instant,
    },
}

impl AdmissionState {
    /// The state after the leg's media was agreed, for the first time or again.
    #[must_use]
    pub fn media_ready(self, now: Instant, waits: bool) -> Self {
        match self {
            AdmissionState::Arriving { .. } if waits => AdmissionState::Waiting { since: now },
            AdmissionState::Arriving { .. } => AdmissionState::Admitted { since: now },
            same => same,
        }
    }

    /// The state after a host let the leg in. One that is not ready stays where it is.
    #[must_use]
    pub fn admit(self, now: Instant) -> Self {
        match self {
            AdmissionState::Waiting { .. } => AdmissionState::Admitted { since: now },
            same => same,
        }
    }

    /// Whether the leg hears and is heard.
    pub const fn is_admitted(self) -> bool {
        matches!(self, AdmissionState::Admitted { .. })
    }
}

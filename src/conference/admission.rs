//! The way of a leg from its arrival to being heard: one machine for every kind of leg.
//!
//! ```text
//! Arriving --MediaReady--> Waiting --Admit, or the door opened--> Admitted
//!     \---MediaReady, nothing holds it-----------------------------^
//!     \---Approach--> Approaching --Arrive, as by MediaReady-------^
//! ```
//!
//! A call of ours into another meeting approaches it first: a voice menu is spoken with, which
//! nobody here hears and which hears nobody.
//!
//! No leg sends or receives conference media before `Admitted`; [`crate::media_plan`] asks
//! nothing else. Whether something holds a leg is asked of the [`Door`], whatever the leg's
//! protocol. A leg that goes away leaves the roster, so there is no state for it.

use crate::{Lobby, Role};
use std::time::Instant;

/// Where a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmissionState {
    /// It has a seat; its media is not agreed yet.
    Arriving {
        /// When it took the seat.
        since: Instant,
    },
    /// It is on its way into another meeting: that one's voice menu hears silence.
    Approaching {
        /// Since when.
        since: Instant,
    },
    /// Its media is agreed; a host has to let it in, or to come.
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

    /// The state of a leg that has another meeting's voice menu before it. One whose media is agreed
    /// stays where it is.
    #[must_use]
    pub fn approach(self, now: Instant) -> Self {
        match self {
            AdmissionState::Arriving { .. } => AdmissionState::Approaching { since: now },
            same => same,
        }
    }

    /// The state after it got into the other meeting: it arrives here.
    #[must_use]
    pub fn arrive(self, now: Instant) -> Self {
        match self {
            AdmissionState::Approaching { .. } => AdmissionState::Arriving { since: now },
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

    /// Whether the leg's media is not agreed yet, or is another meeting's menu.
    pub const fn is_arriving(self) -> bool {
        matches!(self, AdmissionState::Arriving { .. } | AdmissionState::Approaching { .. })
    }

    /// Whether the leg is on its way into another meeting.
    pub const fn is_approaching(self) -> bool {
        matches!(self, AdmissionState::Approaching { .. })
    }

    /// Whether the leg waits to be let in.
    pub const fn is_waiting(self) -> bool {
        matches!(self, AdmissionState::Waiting { .. })
    }
}

/// Why a leg is not let in without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The conference is locked.
    Lock,
    /// The lobby holds it.
    Lobby,
    /// No host is there yet.
    NoHost,
}

/// What a conference asks of those who come. The same for every kind of leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// Takes nobody but hosts.
    pub locked: bool,
    /// Who waits until a host lets them in.
    pub lobby: Lobby,
    /// Guests wait until a host is there.
    pub wait_for_host: bool,
    /// The time of the conference has not come: guests wait as if for the host.
    pub early: bool,
}

impl Door {
    /// What holds a leg of this role and trust now; `None` lets it in.
    pub fn hold(&self, role: Role, trusted: bool, host_is_here: bool) -> Option<Hold> {
        let lobby_holds = match self.lobby {
            Lobby::Off => false,
            Lobby::ForUntrusted => !trusted,
            Lobby::On => true,
        };
        match role {
            Role::Host => None,
            Role::Guest if self.locked => Some(Hold::Lock),
            Role::Guest if lobby_holds => Some(Hold::Lobby),
            Role::Guest if (self.wait_for_host || self.early) && !host_is_here => {
                Some(Hold::NoHost)
            }
            Role::Guest => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_asks_for_role_and_trust_alone() {
        let doors = [
            // lobby, locked, waits for the host: untrusted, trusted; without and with a host.
            ((Lobby::Off, false, false), [None, None, None, None]),
            ((Lobby::Off, false, true), [Some(Hold::NoHost), None, Some(Hold::NoHost), None]),
            (
                (Lobby::ForUntrusted, false, false),
                [Some(Hold::Lobby), Some(Hold::Lobby), None, None],
            ),
            ((Lobby::On, false, true), [Some(Hold::Lobby); 4]),
            ((Lobby::Off, true, true), [Some(Hold::Lock); 4]),
        ];
        let asked = [(false, false), (false, true), (true, false), (true, true)];
        for ((lobby, locked, waits), expected) in doors {
            // Early, it asks for the host as where it waits for one.
            for (wait_for_host, early) in [(waits, false), (false, waits)] {
                let door = Door { locked, lobby, wait_for_host, early };
                let holds = |role| asked.map(|(trusted, here)| door.hold(role, trusted, here));
                assert_eq!(holds(Role::Guest), expected);
                assert_eq!(holds(Role::Host), [None; 4]);
            }
        }
    }
}

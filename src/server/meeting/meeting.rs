//! One meeting, and when it can be entered.

use super::Pin;
use causeway_base::Lang;
use causeway_conference::{Lobby, NamedLayout};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::Arc;

/// How long after its end a scheduled meeting can still be entered: meetings overrun.
pub const END_GRACE: SignedDuration = SignedDuration::from_mins(30);

/// How long an ad hoc meeting can be entered after it was made.
pub const AD_HOC_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How long before its start callers of a scheduled meeting wait for it at least: who calls on its day
/// is not sent away.
pub const DAY: SignedDuration = SignedDuration::from_hours(12);

/// When a meeting takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Once, at a time that is known before.
    Scheduled {
        /// When it begins.
        starts: Timestamp,
        /// When it is to end.
        ends: Timestamp,
    },
    /// Now; it can be entered for [`AD_HOC_LIFE`].
    AdHoc,
    /// Always, until it is deleted.
    Permanent,
}

/// Where a meeting stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Too early: who calls is told so, after the PIN where guests need one.
    NotYet,
    /// It has not begun: guests wait for a host, or for its start.
    Early,
    /// It can be entered.
    Open,
    /// It is over: its names answer that they are gone.
    Over,
}

/// A meeting. `Debug` shows neither codes nor PINs nor the link.
#[derive(Clone, PartialEq, Eq)]
pub struct Meeting {
    /// 128 random bits in base64url: its key in the directory, and safe to show.
    pub id: Arc<str>,
    /// The name that people see and hear.
    pub name: String,
    /// When it takes place.
    pub kind: Kind,
    /// What it is dialled by beside the code, in canonical form.
    pub aliases: Vec<String>,
    /// Its conference number.
    pub code: String,
    /// Who enters it becomes a host.
    pub host_pin: Option<Pin>,
    /// Without it, guests need no PIN.
    pub guest_pin: Option<Pin>,
    /// 128 random bits in base64url: part of what its links are signed with, so that they die with
    /// it. Empty when it has ended.
    pub link_secret: String,
    /// Who waits until a host lets them in.
    pub lobby: Lobby,
    /// Guests wait until a host is there.
    pub wait_for_host: bool,
    /// Guests start muted.
    pub mute_on_entry: bool,
    /// Guests may have their telephone called, as far as the bridge calls out.
    pub guests_call_me: bool,
    /// It begins locked: only hosts come in until one opens it.
    pub locked_at_start: bool,
    /// The layout that it begins with; `None`: the bridge's.
    pub layout: Option<NamedLayout>,
    /// The most participants.
    pub max_participants: usize,
    /// The language of its invite, and of a caller whose own is not known.
    pub lang: Lang,
    /// How many minutes before its start callers wait for it, where that is more than [`DAY`].
    pub early_entry_min: u32,
    /// When it was made.
    pub created: Timestamp,
    /// When it ended: by a host, by an operator, or because its time had passed.
    pub ended: Option<Timestamp>,
    /// How often it was changed: calendars take the invite that counts highest (RFC 5545 section
    /// 3.8.7.4).
    pub sequence: u32,
}

impl Meeting {
    /// Where it stands. Does not know whether people are in it.
    pub fn phase(&self, now: Timestamp) -> Phase {
        if self.ended.is_some() {
            return Phase::Over;
        }
        match self.kind {
            Kind::Permanent => Phase::Open,
            Kind::AdHoc if now.duration_since(self.created) > AD_HOC_LIFE => Phase::Over,
            Kind::AdHoc => Phase::Open,
            Kind::Scheduled { starts, ends } => {
                let early = SignedDuration::from_mins(i64::from(self.early_entry_min));
                if now.duration_since(ends) > END_GRACE {
                    Phase::Over
                } else if now >= starts {
                    Phase::Open
                } else if starts.duration_since(now) <= early.max(DAY) {
                    Phase::Early
                } else {
                    Phase::NotYet
                }
            }
        }
    }
}

impl fmt::Debug for Meeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meeting")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

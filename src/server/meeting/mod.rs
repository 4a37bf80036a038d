//! Meetings: what can be dialled into, for how long, and what each asks of its callers.
//!
//! * [`Meeting`]: one meeting, and [`Phase`], whether it can be entered.
//! * [`NewMeeting`]: what somebody asks for, and [`FieldError`], what may be wrong with it.
//! * [`Pin`]: the digits that prove a role.
//! * [`Meetings`]: all of them, in memory and in the store.

mod change;
#[allow(clippy::module_inception, reason = "the folder's central type")]
mod meeting;
mod new;
mod pin;
mod table;
#[cfg(test)]
mod tests;

pub use change::MeetingError;
pub use meeting::{AD_HOC_LIFE, DAY, END_GRACE, Kind, Meeting, Phase};
pub use new::{
    CODE_DIGITS, FieldError, MAX_ALIAS, MAX_ALIASES, MAX_CODE, MAX_EARLY_MIN, MAX_HOURS, MAX_NAME,
    MIN_CODE, NewMeeting, fold, is_code,
};
pub use pin::{MAX_PIN, MIN_PIN, Pin};
pub use table::{Found, GONE_KEPT, Gate, Meetings, Permanent};

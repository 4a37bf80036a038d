//! The reception: one voice menu for every caller that has no conference yet, or owes it a PIN.
//! Pure; an actor of `server` runs it as one runs a conference.
//!
//! ```text
//! Arrive -> MediaReady -> number -> PIN -> Transfer (a conference decides on admission)
//!                            \--------------> operator, or goodbye with the reason
//! Return (the conference ended) -> feedback 1-5 -> goodbye
//! ```
//!
//! * [`words`]: what it is told and what it decides. * [`settings`]: its limits and times.
//! * [`machine`]: [`Reception`], every caller with its timers.
//! * [`verdict`]: what a test call found.

pub mod machine;
pub mod settings;
pub mod verdict;
pub mod words;

pub use machine::Reception;
pub use settings::Settings;
pub use verdict::{Heard, Verdict};
pub use words::{Answer, Arrival, Goal, Question, QuestionId, ReceptionCommand, ReceptionEvent};

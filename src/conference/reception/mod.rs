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
//! * `caller`: where one caller stands; `entry` (number and PIN), `feedback`, `test_call`: its
//!   stages; `phrase`: what it is told; `screen`: what it is shown.
//! * [`verdict`]: what a test call found. * [`picture`]: what it found of pictures.

mod caller;
mod entry;
mod feedback;
#[doc(hidden)]
pub mod fuzz;
pub mod machine;
mod phrase;
pub mod picture;
mod screen;
pub mod settings;
mod test_call;
pub mod verdict;
pub mod words;

pub use caller::{LONGEST_PHRASE, MAX_TYPED_AHEAD};
pub use machine::{MAX_CALLERS, Reception};
pub use picture::{Came, PictureFinding, PictureVerdict, Sent};
pub use settings::Settings;
pub use verdict::{Finding, Heard, Verdict};
pub use words::{
    Answer, Arrival, Entered, Goal, Question, QuestionId, ReceptionCommand, ReceptionEvent,
};

#[cfg(test)]
mod tests;

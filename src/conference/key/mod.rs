//! What the keys of a telephone do in a conference.
//!
//! * [`table`]: the sequences, checked when they are loaded.
//! * [`matcher`]: finds them in what one leg presses.

#[doc(hidden)]
pub mod fuzz;
pub mod matcher;
pub mod table;

pub use matcher::KeyMatcher;
pub use table::{KeyAction, KeyError, KeyTable};

//! The front door by telephone: a voice that asks, keys, languages, the lobby, who is trusted.
//!
//! - `journey`: the whole way of a caller. - `keys`: what pressed keys do, however they arrive.
//! - `language`: in which language a caller is spoken to, and with whose voice.
//! - `queue`: who waits, for whom, and who lets in. - `trust`: who need not wait.

mod journey;
mod keys;
mod language;
mod queue;
mod trust;

use crate::peer::{Baresip, talk};
use causeway_plan::Prompt;
use std::time::Duration;

/// Presses keys as a person does.
fn press(phone: &mut Baresip, keys: &str) {
    for key in keys.chars() {
        phone.send_digit(key);
        talk(Duration::from_millis(250));
    }
}

/// Whether these were heard, in this order, others between them or not.
fn holds_in_order(heard: &[Prompt], wanted: &[Prompt]) -> bool {
    let mut heard = heard.iter();
    wanted.iter().all(|prompt| heard.any(|other| other == prompt))
}

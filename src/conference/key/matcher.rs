//! Finds the sequences of a [`KeyTable`] in what one leg presses.

use crate::digit::is_digit;
use crate::{KeyAction, KeyTable};
use std::time::{Duration, Instant};

/// How long after one key the next one may come: who looks for the key on a smartphone's screen
/// needs some seconds.
pub const KEY_TIMEOUT: Duration = Duration::from_secs(5);

/// What one leg has pressed of a sequence so far.
#[derive(Clone, Debug, Default)]
pub struct KeyMatcher {
    /// The beginning of at least one sequence: shorter than [`crate::key::table::MAX_KEYS`].
    pressed: String,
    last: Option<Instant>,
}

impl KeyMatcher {
    /// Takes a key (`0-9A-D*#`; anything else is passed over); gives the action that it
    /// completes. What begins no sequence is dropped up to the next `*` or `#`.
    pub fn press(&mut self, now: Instant, key: char, table: &KeyTable) -> Option<KeyAction> {
        if !is_digit(key) {
            return None;
        }
        let last = self.last.replace(now);
        if last.is_some_and(|last| now.saturating_duration_since(last) > KEY_TIMEOUT) {
            self.pressed.clear();
        }
        self.pressed.push(key);
        loop {
            if let Some(action) = table.action(&self.pressed) {
                self.pressed.clear();
                return Some(action);
            }
            if self.pressed.is_empty() || table.has_more_after(&self.pressed) {
                return None;
            }
            self.resynchronise();
        }
    }

    /// Drops the first key and what follows up to the next `*` or `#`.
    fn resynchronise(&mut self) {
        let next = self.pressed.char_indices().skip(1).find(|(_, key)| matches!(key, '*' | '#'));
        self.pressed =
            next.and_then(|(at, _)| self.pressed.get(at..)).map(str::to_owned).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the keys do, with a pause before each `~`.
    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn actions(pressed: &str) -> Vec<KeyAction> {
        let (mut now, mut matcher) = (Instant::now(), KeyMatcher::default());
        let table = KeyTable::default();
        let mut actions = Vec::new();
        for key in pressed.chars() {
            now += if key == '~' { KEY_TIMEOUT } else { Duration::from_millis(100) };
            actions.extend(matcher.press(now, key, &table));
        }
        actions
    }

    #[test]
    fn a_sequence_acts_with_its_last_key() {
        use KeyAction::{EndForAll, ToggleHand, ToggleMute};
        assert_eq!(actions("*6"), [ToggleMute]);
        assert_eq!(actions("*6*5##"), [ToggleMute, ToggleHand, EndForAll]);
        assert_eq!(actions("*66"), [ToggleMute]);
    }

    #[test]
    fn what_is_unknown_is_dropped_up_to_the_next_star_or_hash() {
        use KeyAction::{EndForAll, ToggleMute};
        assert_eq!(actions("123456*6"), [ToggleMute]);
        assert_eq!(actions("**6"), [ToggleMute]);
        assert_eq!(actions("*9*6"), [ToggleMute]);
        assert_eq!(actions("#*6"), [ToggleMute]);
        assert_eq!(actions("*##"), [EndForAll]);
        assert_eq!(actions("*96"), [], "the 6 belongs to what is unknown");
    }

    #[test]
    fn keys_far_apart_do_not_belong_together() {
        assert_eq!(actions("*~6"), []);
        assert_eq!(actions("*~*6"), [KeyAction::ToggleMute]);
        assert_eq!(actions("#~#"), []);
    }
}

//! Fuzz bodies: any key table against any keys.

use crate::key::{KeyAction, KeyMatcher, KeyTable};
use std::time::{Duration, Instant};

/// The first half makes a table, one sequence a run of keys; the second half is pressed.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn key_table(data: &[u8]) {
    let (table, presses) = data.split_at(data.len() / 2);
    let sequences = table.split(|byte| *byte > 200).filter(|keys| !keys.is_empty());
    let keys = sequences
        .zip(KeyAction::ALL)
        .map(|(keys, action)| (keys.iter().map(|byte| key(*byte)).collect::<String>(), action));
    let Ok(table) = KeyTable::new(keys) else { return };
    for (sequence, action) in table.keys() {
        let now = Instant::now();
        let mut matcher = KeyMatcher::default();
        let found: Vec<_> =
            sequence.chars().filter_map(|key| matcher.press(now, key, &table)).collect();
        assert_eq!(found, [action], "{sequence} alone");
    }
    let (mut now, mut matcher, mut recent) = (Instant::now(), KeyMatcher::default(), String::new());
    for byte in presses {
        now += Duration::from_millis(u64::from(*byte) * 20);
        recent.push(key(*byte));
        if let Some(action) = matcher.press(now, key(*byte), &table) {
            let pressed = |(keys, of): (&str, KeyAction)| of == action && recent.ends_with(keys);
            assert!(table.keys().any(pressed), "{action:?} without its keys");
        }
    }
}

fn key(byte: u8) -> char {
    char::from(b"0123456789ABCD*#"[usize::from(byte % 16)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn key_table(data in prop::collection::vec(any::<u8>(), 0..120)) {
            super::key_table(&data);
        }
    }
}

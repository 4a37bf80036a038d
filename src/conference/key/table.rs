//! Key sequences and what they do.

use crate::digit::is_digit;
use std::fmt;

/// The longest sequence: more keys nobody remembers.
pub const MAX_KEYS: usize = 8;

/// What a key sequence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyAction {
    /// Mute or unmute oneself.
    ToggleMute,
    /// Raise or lower one's hand.
    ToggleHand,
    /// Hear the keys.
    Help,
    /// Lock or open (hosts).
    ToggleLock,
    /// Let in everybody who waits (hosts).
    AdmitAll,
    /// Mute every guest (hosts).
    MuteAll,
    /// See the next layout.
    NextLayout,
    /// See the next page.
    NextPage,
    /// Leave, and be asked how it was.
    Leave,
    /// End for everybody (hosts).
    EndForAll,
}

impl KeyAction {
    /// Every action.
    pub const ALL: [KeyAction; 10] = [
        KeyAction::ToggleMute,
        KeyAction::ToggleHand,
        KeyAction::NextLayout,
        KeyAction::NextPage,
        KeyAction::Help,
        KeyAction::ToggleLock,
        KeyAction::AdmitAll,
        KeyAction::MuteAll,
        KeyAction::Leave,
        KeyAction::EndForAll,
    ];

    /// Whether it is for hosts alone.
    pub const fn is_for_hosts(self) -> bool {
        match self {
            KeyAction::ToggleMute
            | KeyAction::ToggleHand
            | KeyAction::NextLayout
            | KeyAction::NextPage
            | KeyAction::Help
            | KeyAction::Leave => false,
            KeyAction::ToggleLock
            | KeyAction::AdmitAll
            | KeyAction::MuteAll
            | KeyAction::EndForAll => true,
        }
    }

    /// The name in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            KeyAction::ToggleMute => "mute",
            KeyAction::ToggleHand => "hand",
            KeyAction::NextLayout => "layout",
            KeyAction::NextPage => "page",
            KeyAction::Help => "help",
            KeyAction::ToggleLock => "lock",
            KeyAction::AdmitAll => "admit_all",
            KeyAction::MuteAll => "mute_all",
            KeyAction::Leave => "leave",
            KeyAction::EndForAll => "end",
        }
    }
}

/// Key sequences and what they do: no sequence begins another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTable {
    keys: Vec<(String, KeyAction)>,
}

/// Why a key table does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Empty, longer than [`MAX_KEYS`], or not of `0-9A-D*#`.
    BadSequence(String),
    /// The first begins the second, which could never be completed.
    Prefix(String, String),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::BadSequence(keys) => write!(f, "\"{keys}\" is not 1 to 8 of 0-9 A-D * #"),
            KeyError::Prefix(short, long) => {
                write!(f, "\"{short}\" begins \"{long}\", which nobody could complete")
            }
        }
    }
}

impl std::error::Error for KeyError {}

impl Default for KeyTable {
    fn default() -> Self {
        let keys = [
            ("*6", KeyAction::ToggleMute),
            ("*5", KeyAction::ToggleHand),
            ("*2", KeyAction::NextLayout),
            ("*3", KeyAction::NextPage),
            ("*1", KeyAction::Help),
            ("*7", KeyAction::ToggleLock),
            ("*8", KeyAction::AdmitAll),
            ("*4", KeyAction::MuteAll),
            ("*0", KeyAction::Leave),
            ("##", KeyAction::EndForAll),
        ];
        Self { keys: keys.map(|(keys, action)| (keys.to_owned(), action)).to_vec() }
    }
}

impl KeyTable {
    /// A table of these sequences. Several may do the same.
    ///
    /// # Errors
    /// [`KeyError::BadSequence`] and [`KeyError::Prefix`], which also stands for a sequence that
    /// is there twice.
    pub fn new(keys: impl IntoIterator<Item = (String, KeyAction)>) -> Result<Self, KeyError> {
        let mut table = Self { keys: Vec::new() };
        for (sequence, action) in keys {
            if !(1..=MAX_KEYS).contains(&sequence.len()) || !sequence.chars().all(is_digit) {
                return Err(KeyError::BadSequence(sequence));
            }
            if let Some((other, _)) =
                table.keys().find(|(other, _)| begins_one_another(other, &sequence))
            {
                let mut pair = [other.to_owned(), sequence];
                pair.sort_by_key(String::len);
                let [short, long] = pair;
                return Err(KeyError::Prefix(short, long));
            }
            table.keys.push((sequence, action));
        }
        Ok(table)
    }

    /// The sequences with their actions.
    pub fn keys(&self) -> impl Iterator<Item = (&str, KeyAction)> {
        self.keys.iter().map(|(keys, action)| (keys.as_str(), *action))
    }

    /// What exactly these keys do.
    pub fn action(&self, pressed: &str) -> Option<KeyAction> {
        self.keys().find(|(keys, _)| *keys == pressed).map(|(_, action)| action)
    }

    /// Whether more keys could complete these.
    pub fn has_more_after(&self, pressed: &str) -> bool {
        self.keys().any(|(keys, _)| keys.len() > pressed.len() && keys.starts_with(pressed))
    }
}

fn begins_one_another(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: &[&str]) -> Result<KeyTable, KeyError> {
        KeyTable::new(keys.iter().map(|keys| ((*keys).to_owned(), KeyAction::Help)))
    }

    #[test]
    fn the_default_table_passes_its_own_check() {
        let keys = KeyTable::default();
        let checked = KeyTable::new(keys.keys().map(|(keys, action)| (keys.to_owned(), action)));
        assert_eq!(checked, Ok(keys));
    }

    #[test]
    fn no_sequence_begins_another_whichever_comes_first() {
        let clash =
            |short: &str, long: &str| Err(KeyError::Prefix(short.to_owned(), long.to_owned()));
        assert_eq!(table(&["*", "*6"]), clash("*", "*6"));
        assert_eq!(table(&["#", "*61", "*6"]), clash("*6", "*61"));
        assert_eq!(table(&["*6", "*6"]), clash("*6", "*6"));
        assert!(table(&["*6", "*5", "##", "#1", "0"]).is_ok());
    }

    #[test]
    fn a_sequence_is_one_to_eight_keys_of_a_telephone() {
        for bad in ["", "*12345678", "6x", "＊6", "*6 ", "d"] {
            assert_eq!(table(&[bad]), Err(KeyError::BadSequence(bad.to_owned())), "{bad}");
        }
        assert!(table(&["*1234567", "ABCD"]).is_ok());
    }
}

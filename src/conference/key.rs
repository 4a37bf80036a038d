//! What the keys of a telephone do in a conference.

use std::fmt;

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
    /// Leave, and be asked how it was.
    Leave,
    /// End for everybody (hosts).
    EndForAll,
}

impl KeyAction {
    /// Every action.
    pub const ALL: [KeyAction; 8] = [
        KeyAction::ToggleMute,
        KeyAction::ToggleHand,
        KeyAction::Help,
        KeyAction::ToggleLock,
        KeyAction::AdmitAll,
        KeyAction::MuteAll,
        KeyAction::Leave,
        KeyAction::EndForAll,
    ];

    /// The name in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            KeyAction::ToggleMute => "mute",
            KeyAction::ToggleHand => "hand",
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
    /// Empty, longer than 8, or not of `0-9A-D*#`.
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
    /// The sequences with their actions.
    pub fn keys(&self) -> impl Iterator<Item = (&str, KeyAction)> {
        self.keys.iter().map(|(keys, action)| (keys.as_str(), *action))
    }
}

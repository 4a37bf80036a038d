//! One entry of the roster.

use crate::chat::Pace;
use crate::layout::PictureChoice;
use causeway_base::{ConferenceId, LegId, ParticipantId, Redacted};
use std::fmt;
use std::time::Instant;

/// The most legs of one participant: a device for sound, one for pictures, and a change of
/// devices in the middle of a meeting.
pub const MAX_LEGS_PER_PARTICIPANT: usize = 4;

/// The longest name that is shown, in characters: what a roster line and a card have room for.
pub const MAX_DISPLAY_NAME: usize = 64;

/// What a participant may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// May let in, mute, remove and give roles.
    Host,
    /// May mute itself.
    #[default]
    Guest,
}

/// The three reasons why a participant is not heard. They are separate facts: taking one back
/// leaves the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mute {
    /// The participant muted itself.
    pub by_self: bool,
    /// A host muted the participant.
    pub by_host: bool,
    /// Nothing arrives, though nobody muted: a mute key on the device, or the network.
    pub nothing_heard: bool,
}

impl Mute {
    /// Whether somebody decided that the participant is not heard.
    pub const fn is_muted(self) -> bool {
        self.by_self || self.by_host
    }
}

/// A name that is safe to show: no control characters, no characters that turn the direction
/// of the text around it, at most [`MAX_DISPLAY_NAME`] characters. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct DisplayName(String);

impl DisplayName {
    /// Makes a name safe.
    pub fn new(name: &str) -> Self {
        let safe = name.chars().filter(|c| !c.is_control() && !is_format(*c));
        let shown: String = safe.take(MAX_DISPLAY_NAME).collect();
        Self(shown.trim().to_owned())
    }

    /// The name; may be empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Line separators, invisible characters, embedding, override and isolate marks (Unicode TR 36
/// and TR 9), interlinear marks, tags, and the byte order mark.
pub(crate) const fn is_format(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

impl fmt::Debug for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted(&self.0).fmt(f)
    }
}

/// Somebody in a conference that runs: one that begins anew numbers its participants anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    /// Where.
    pub conference: ConferenceId,
    /// Who.
    pub participant: ParticipantId,
}

/// One entry of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub id: ParticipantId,
    /// The name to show.
    pub display_name: DisplayName,
    /// What the participant may do.
    pub role: Role,
    /// Why nothing is heard of the participant.
    pub mute: Mute,
    /// The legs, oldest first.
    pub legs: Vec<LegId>,
    /// A leg was admitted once: the others know of the participant.
    pub joined: bool,
    /// Since when a leg has a seat.
    pub since: Instant,
    /// Since when the hand is up.
    pub hand: Option<Instant>,
    /// The rules muted the participant when it came in, not the participant itself: a host may
    /// take it back.
    pub(crate) muted_on_entry: bool,
    /// A host gave this one the word, while others may not unmute themselves.
    pub(crate) may_unmute: bool,
    /// How much the participant wrote lately.
    pub(crate) pace: Pace,
    /// What the participant wants to see.
    pub choice: PictureChoice,
    /// How often the participant chose lately.
    pub(crate) choosing: Pace,
}

impl Participant {
    /// Whether it may take its mutes back, where all guests are, or are not, allowed to.
    pub(crate) fn unmutes_itself(&self, allowed: bool) -> bool {
        allowed || self.may_unmute || self.role == Role::Host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_name_has_marks_or_is_too_long(name in ".*") {
            let safe = DisplayName::new(&name);
            let bad = |c: char| c.is_control() || is_format(c);
            proptest::prop_assert!(!safe.as_str().chars().any(bad));
            proptest::prop_assert!(safe.as_str().chars().count() <= MAX_DISPLAY_NAME);
            proptest::prop_assert_eq!(DisplayName::new(safe.as_str()), safe, "once is enough");
        }
    }

    #[test]
    fn a_name_cannot_forge_what_stands_beside_it() {
        let name = DisplayName::new("  Anna\r\n\u{202E}tsoh\u{0}\u{9b}31m ");
        assert_eq!(name.as_str(), "Annatsoh31m");
        assert_eq!(DisplayName::new(&"长".repeat(1000)).as_str().chars().count(), MAX_DISPLAY_NAME);
        for invisible in "\u{85}\u{AD}\u{180E}\u{2028}\u{2066}\u{2069}\u{FFF9}\u{E0041}".chars() {
            let name = DisplayName::new(&format!("王{invisible}明"));
            assert_eq!(name.as_str(), "王明", "{invisible:?}");
        }
        assert_eq!(DisplayName::new("محمد O'Brien-李").as_str(), "محمد O'Brien-李");
        assert!(!format!("{:?}", DisplayName::new("王小明先生")).contains("小明先生"));
    }
}

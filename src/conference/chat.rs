//! What people write to each other: safe to show, bounded, and kept for those who come later.

use crate::{DisplayName, participant};
use causeway_base::ParticipantId;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest message, in characters: a page of text. Longer ones are refused, not cut.
pub const MAX_TEXT: usize = 2_000;

/// Messages that are kept for those who come later: what fills an hour of a busy meeting.
pub const MAX_KEPT: usize = 500;

/// Bytes of text that are kept: who comes in is sent them at once, and a telephone network
/// carries a quarter of a megabyte in a second.
pub const MAX_KEPT_BYTES: usize = 256 << 10;

/// Messages that one participant may write at once, and one more each [`INTERVAL`]: faster nobody
/// writes, and each is sent to everybody.
pub const BURST: u32 = 8;

/// See [`BURST`].
pub const INTERVAL: Duration = Duration::from_secs(1);

/// Empty lines in a row that are kept.
const MAX_LINE_BREAKS: usize = 2;

/// Text that is safe to show: no control characters but line breaks, no characters that turn the
/// direction of the text around it or cannot be seen. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatText(String);

/// Why a text is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing to be seen is left of it.
    Empty,
    /// More than [`MAX_TEXT`] characters.
    TooLong,
}

impl ChatText {
    /// Makes a text safe.
    ///
    /// # Errors
    /// See [`TextError`]. Its length is judged before anything is taken away.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.chars().nth(MAX_TEXT).is_some() {
            return Err(TextError::TooLong);
        }
        let mut safe = String::with_capacity(text.len());
        let mut breaks = 0;
        for character in text.chars() {
            match character {
                '\n' if breaks == MAX_LINE_BREAKS => {}
                '\n' => {
                    breaks += 1;
                    safe.push('\n');
                }
                '\t' => safe.push(' '),
                hidden if hidden.is_control() || turns_or_hides(hidden) => {}
                seen => {
                    breaks = 0;
                    safe.push(seen);
                }
            }
        }
        let safe = safe.trim();
        let is_seen = safe.chars().any(|character| !joins(character) && !character.is_whitespace());
        if is_seen { Ok(Self(safe.to_owned())) } else { Err(TextError::Empty) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Joiners (U+200C, U+200D) stay: Persian and Indic scripts and composed emoji need them.
const fn turns_or_hides(character: char) -> bool {
    participant::is_format(character) && !joins(character)
}

const fn joins(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}')
}

impl fmt::Debug for ChatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatText(…)")
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Counts up, from 1.
    pub id: u64,
    /// Who wrote it.
    pub from: ParticipantId,
    /// The name at that time: who wrote may be gone when it is read.
    pub name: DisplayName,
    /// The text.
    pub text: ChatText,
    /// When.
    pub at: Instant,
}

/// The messages of a conference, the youngest [`MAX_KEPT`] of them.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    kept: VecDeque<Arc<Said>>,
    bytes: usize,
    last: u64,
}

impl Chat {
    /// Keeps a message.
    pub(crate) fn say(
        &mut self,
        at: Instant,
        from: ParticipantId,
        name: DisplayName,
        text: ChatText,
    ) -> Arc<Said> {
        self.last += 1;
        let said = Arc::new(Said { id: self.last, from, name, text, at });
        self.bytes += size(&said);
        self.kept.push_back(Arc::clone(&said));
        while self.kept.len() > MAX_KEPT || self.bytes > MAX_KEPT_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
        said
    }

    /// The messages that are kept, oldest first.
    pub(crate) fn kept(&self) -> impl ExactSizeIterator<Item = &Arc<Said>> {
        self.kept.iter()
    }
}

fn size(said: &Said) -> usize {
    said.text.as_str().len() + said.name.as_str().len()
}

/// How much one participant may write: one instant, by the generic cell rate algorithm (ITU-T
/// I.371 annex A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace(Option<Instant>);

impl Pace {
    /// Takes one message; false when there were too many lately.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let after = self.0.map_or(now, |rested| rested.max(now)) + INTERVAL;
        let allowed = after - now <= INTERVAL * BURST;
        if allowed {
            self.0 = Some(after);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_turns_hides_or_is_too_long(text in "(?s).{0,64}") {
            let Ok(safe) = ChatText::new(&text) else { return Ok(()) };
            let bad = |c: char| c != '\n' && (c.is_control() || turns_or_hides(c));
            prop_assert!(!safe.as_str().chars().any(bad));
            prop_assert!(!safe.as_str().contains("\n\n\n"));
            prop_assert_eq!(ChatText::new(safe.as_str()), Ok(safe.clone()), "once is enough");
        }

        #[test]
        fn what_is_kept_is_bounded_and_in_order(lengths in prop::collection::vec(1..MAX_TEXT, 0..300)) {
            let mut chat = Chat::default();
            let at = start();
            for length in lengths {
                let text = ChatText::new(&"长".repeat(length)).expect("a message");
                chat.say(at, ParticipantId(1), DisplayName::new("王"), text);
            }
            let kept: Vec<_> = chat.kept().cloned().collect();
            let bytes: usize = kept.iter().map(|said| size(said)).sum();
            prop_assert!(bytes <= MAX_KEPT_BYTES && bytes == chat.bytes && kept.len() <= MAX_KEPT);
            prop_assert!(kept.windows(2).all(|two| two[0].id + 1 == two[1].id));
            prop_assert!(kept.last().is_none_or(|last| last.id == chat.last));
        }
    }

    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn start() -> Instant {
        Instant::now()
    }

    fn shown(text: &str) -> String {
        ChatText::new(text).expect("a message").as_str().to_owned()
    }

    #[test]
    fn hostile_text_is_shown_as_it_stands_and_turns_nothing() {
        assert_eq!(shown("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
        assert_eq!(shown("a\u{202E}txt.exe\u{0}\u{1b}[31m\r\n\u{2066}b"), "atxt.exe[31m\nb");
        assert_eq!(shown("  1\t2\n\n\n\n\n3 "), "1 2\n\n3");
        assert_eq!(shown("👩\u{200D}👧 می\u{200C}خواهم"), "👩\u{200D}👧 می\u{200C}خواهم");
        for empty in ["", " \n ", "\u{200B}\u{202E}\u{200D}", "\u{FEFF}"] {
            assert_eq!(ChatText::new(empty), Err(TextError::Empty), "{empty:?}");
        }
        assert!(ChatText::new(&"长".repeat(MAX_TEXT)).is_ok());
        assert_eq!(ChatText::new(&"长".repeat(MAX_TEXT + 1)), Err(TextError::TooLong));
        assert!(!format!("{:?}", ChatText::new("secret")).contains("secret"));
    }

    #[test]
    fn somebody_writes_a_burst_and_then_one_a_second() {
        let (t, mut pace) = (start(), Pace::default());
        let burst = (0..100).filter(|_| pace.take(t)).count();
        assert_eq!(burst, BURST as usize);
        assert!(!pace.take(t + INTERVAL / 2));
        assert!(pace.take(t + INTERVAL) && !pace.take(t + INTERVAL));
        let rested = t + Duration::from_secs(3600);
        assert_eq!((0..100).filter(|_| pace.take(rested)).count(), BURST as usize);
    }
}

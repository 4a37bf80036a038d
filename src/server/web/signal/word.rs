//! What a page says: read with suspicion, and not too often.

use causeway_adapter::webrtc::message::ClientMessage;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// The longest `type` of a word that is repeated to who said it, in characters.
const MAX_TYPE: usize = 32;

/// Words that may come at once: an offer of a machine with many networks and all its candidates,
/// twice.
const BURST: u32 = 200;

/// One more may come each so often: nobody presses faster, and each costs everybody a message.
const INTERVAL: Duration = Duration::from_millis(50);

/// Words that cannot be read until the connection is closed.
const MAX_BAD: u32 = 10;

/// A word that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadWord {
    /// Its `type`, as far as that can be read; else empty.
    pub(crate) of: String,
}

/// Reads one frame.
pub(crate) fn read(text: &str) -> Result<ClientMessage, BadWord> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(borrow, rename = "type")]
        kind: Cow<'a, str>,
    }
    serde_json::from_str(text).map_err(|_| {
        let kind = serde_json::from_str::<Kind<'_>>(text);
        let of = kind.map(|kind| kind.kind.chars().take(MAX_TYPE).collect()).unwrap_or_default();
        BadWord { of }
    })
}

/// The name of a word in [`ServerMessage::Failed`].
///
/// [`ServerMessage::Failed`]: causeway_adapter::webrtc::message::ServerMessage::Failed
pub(crate) const fn name(word: &ClientMessage) -> &'static str {
    match word {
        ClientMessage::Hello { .. } => "hello",
        ClientMessage::Lang { .. } => "lang",
        ClientMessage::Offer { .. } => "offer",
        ClientMessage::Candidate { .. } => "candidate",
        ClientMessage::Mute { .. } => "mute",
        ClientMessage::Hand { .. } => "hand",
        ClientMessage::Chat { .. } => "chat",
        ClientMessage::View { .. } => "view",
        ClientMessage::CallMe { .. } => "call_me",
        ClientMessage::Host { .. } => "host",
        ClientMessage::Leave {} => "leave",
        ClientMessage::Feedback { .. } => "feedback",
        ClientMessage::Ping { .. } => "ping",
    }
}

/// How much one connection may say: one instant, by the generic cell rate algorithm (ITU-T I.371
/// annex A).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measure {
    rested: Option<Instant>,
    bad: u32,
}

impl Measure {
    /// Takes one word; false when there were too many, or too many bad ones.
    pub(crate) fn take(&mut self, now: Instant, is_bad: bool) -> bool {
        self.bad += u32::from(is_bad);
        let after = self.rested.map_or(now, |rested| rested.max(now)) + INTERVAL;
        self.rested = Some(after);
        after - now <= INTERVAL * BURST && self.bad <= MAX_BAD
    }

    /// Goes on where an earlier connection of the same page stopped: coming back is no way to say
    /// more. What could not be read stays that one's: a page that closed over it comes back to be
    /// of use.
    pub(crate) fn follow(&mut self, earlier: &Self) {
        self.rested = self.rested.max(earlier.rested);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::signal::fuzz;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_frame_is_more_than_refused(data in prop::collection::vec(any::<u8>(), 0..400)) {
            fuzz::client_message(&data);
        }

        #[test]
        fn nothing_like_a_word_is_more_than_refused(
            kind in "[a-z_]{0,9}", field in "[a-z]{0,6}", value in "[\\[\\]{}\",:0-9a-z.-]{0,40}",
        ) {
            let text = format!("{{\"type\":\"{kind}\",\"{field}\":{value}}}");
            fuzz::client_message(text.as_bytes());
        }
    }

    #[test]
    fn hostile_json_is_refused_and_its_type_is_cut() {
        let deep = "[".repeat(50_000);
        let long = format!("{{\"type\":\"{}\"}}", "x".repeat(5_000));
        for (text, of) in [
            ("", ""),
            ("null", ""),
            ("{}", ""),
            ("[1,2]", ""),
            (deep.as_str(), ""),
            (long.as_str(), &"x".repeat(32)),
            ("{\"type\":\"dance\"}", "dance"),
            ("{\"type\":7}", ""),
            ("{\"type\":\"mute\"}", "mute"),
            ("{\"type\":\"mute\",\"muted\":1}", "mute"),
            ("{\"type\":\"mute\",\"muted\":true,\"muted\":false}", "mute"),
            ("{\"type\":\"leave\",\"x\":1}", "leave"),
            ("{\"type\":\"feedback\",\"score\":-1}", "feedback"),
            ("{\"type\":\"host\",\"action\":{\"do\":\"admit\",\"participant\":1e400}}", "host"),
            ("{\"type\":\"h\\u0065llo\"}", "hello"),
        ] {
            assert_eq!(read(text).expect_err(text).of, of, "{text}");
        }
        let mute = read("{\"type\":\"mute\",\"muted\":true}").expect("a word");
        assert_eq!(name(&mute), "mute");
    }

    #[test]
    fn who_says_too_much_is_stopped() {
        let now = Instant::now();
        let mut measure = Measure::default();
        let said = (0..1000).take_while(|_| measure.take(now, false)).count();
        assert_eq!(said, BURST as usize);
        let mut next = Measure::default();
        assert!(next.take(now, false), "another page");
        next.follow(&measure);
        assert!(!next.take(now, false), "the same one, over another connection");
        let mut measure = Measure::default();
        let slow = (0..1000).all(|n| measure.take(now + INTERVAL * n, false));
        assert!(slow);
        let bad = (0..1000).take_while(|n| measure.take(now + INTERVAL * (1000 + n), true)).count();
        assert_eq!(bad, MAX_BAD as usize);
    }
}

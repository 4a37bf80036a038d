//! What the bridge can say to a person: words for the front door and the conference, which pick
//! them, and for the prompt pack, which has their sound.

use std::sync::Arc;
use std::time::Duration;

macro_rules! prompts {
    ($($(#[$doc:meta])* $name:ident $file:literal;)*) => {
        /// One recording of a prompt pack. Sentences with numbers are several in a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Prompt {
            $($(#[$doc])* $name,)*
        }

        impl Prompt {
            /// Every prompt, in the order of the pack's text table.
            pub const ALL: &'static [Prompt] = &[$(Prompt::$name,)*];

            /// The name of its file in a pack, without `.wav`; also its key in the text table.
            pub const fn file(self) -> &'static str {
                match self { $(Prompt::$name => $file,)* }
            }
        }
    };
}

prompts! {
    /// Welcome to the conference service.
    Welcome "welcome";
    /// For English press 9 (said in English inside the Chinese pack), and the other way round.
    OtherLanguage "other-language";
    /// Enter the conference number, then hash.
    EnterNumber "enter-number";
    /// Enter the PIN, then hash.
    EnterPin "enter-pin";
    /// Enter the PIN, then hash; guests without one press hash only.
    EnterPinOrHash "enter-pin-or-hash";
    /// The number or the PIN is not right. One sentence for both, so that it tells nothing.
    NotRight "not-right";
    /// Please try again.
    TryAgain "try-again";
    /// Nothing was entered.
    NothingEntered "nothing-entered";
    /// Too many attempts.
    TooManyAttempts "too-many-attempts";
    /// You are being connected with the operator.
    ConnectingOperator "connecting-operator";
    /// One moment.
    OneMoment "one-moment";
    /// Goodbye.
    Goodbye "goodbye";
    /// The conference has not started; you wait for the host.
    WaitForHost "wait-for-host";
    /// The conference has not started; call again when it does.
    NotStarted "not-started";
    /// You are in the lobby; the host was told.
    HostWasTold "host-was-told";
    /// You are number … (before the number).
    PlaceBefore "place-before";
    /// … in the queue (after the number).
    PlaceAfter "place-after";
    /// Welcome back, your place was kept.
    PlaceKept "place-kept";
    /// You are in.
    Admitted "admitted";
    /// You are the host.
    YouAreHost "you-are-host";
    /// You are the only one here.
    AloneHere "alone-here";
    /// Your microphone is off (keys follow).
    MutedOnEntry "muted-on-entry";
    /// You are muted.
    Muted "muted";
    /// You can be heard.
    Unmuted "unmuted";
    /// The host muted you.
    MutedByHost "muted-by-host";
    /// The host lets you speak again.
    UnmutedByHost "unmuted-by-host";
    /// Only the host can unmute you now (the key of the hand follows).
    MayNotUnmute "may-not-unmute";
    /// Your hand is up.
    HandRaised "hand-raised";
    /// Your hand is down.
    HandLowered "hand-lowered";
    /// To mute or unmute, press … (before the keys, as all that begin with Key).
    KeyMute "key-mute";
    /// To raise or lower your hand, press …
    KeyHand "key-hand";
    /// For help, press …
    KeyHelp "key-help";
    /// To lock or open the conference, press …
    KeyLock "key-lock";
    /// To admit everybody who waits, press …
    KeyAdmitAll "key-admit-all";
    /// To mute everybody, press …
    KeyMuteAll "key-mute-all";
    /// To leave, press …
    KeyLeave "key-leave";
    /// To end the conference for everybody, press …
    KeyEnd "key-end";
    /// The star key.
    Star "star";
    /// The hash key.
    Hash "hash";
    /// The conference is locked now.
    Locked "locked";
    /// The conference is open again.
    Unlocked "unlocked";
    /// The conference is locked, nobody can come in.
    IsLocked "is-locked";
    /// Everybody who waited is in.
    AllAdmitted "all-admitted";
    /// Only the host may do this.
    OnlyHost "only-host";
    /// The host has left; the conference goes on for … minutes.
    HostLeft "host-left";
    /// You are the host now.
    HostIsYou "host-is-you";
    /// The conference has ended.
    ConferenceEnded "conference-ended";
    /// The host did not let you in.
    Denied "denied";
    /// The host removed you.
    Removed "removed";
    /// The host did not come in time.
    WaitedTooLong "waited-too-long";
    /// The conference is full.
    Full "full";
    /// An error of ours, please dial again.
    Fault "fault";
    /// This conference is recorded.
    RecordingNotice "recording-notice";
    /// Press 1 to 5 for the quality of this call, 5 is best.
    AskFeedback "ask-feedback";
    /// Thank you.
    ThankYou "thank-you";
    /// The test call: speak, you hear yourself after a moment.
    TestIntroduction "test-introduction";
    /// Here is the result.
    TestResult "test-result";
    /// Sound works both ways.
    TestBothWays "test-both-ways";
    /// You are heard, but our sound does not reach you.
    TestOneWay "test-one-way";
    /// We received no sound from you.
    TestNothingHeard "test-nothing-heard";
    /// Your packets arrive but carry silence: a mute key.
    TestOnlySilence "test-only-silence";
    /// The line is good.
    TestLineGood "test-line-good";
    /// The line loses packets.
    TestLineLossy "test-line-lossy";
    /// The delay of the line varies.
    TestLineJittery "test-line-jittery";
    /// The call is encrypted.
    TestEncrypted "test-encrypted";
    /// The call is not encrypted.
    TestClear "test-clear";
    /// The codec is … G.711.
    TestCodecG711 "test-codec-g711";
    /// The codec is G.722.
    TestCodecG722 "test-codec-g722";
    /// The codec is Opus.
    TestCodecOpus "test-codec-opus";
    /// To test again press 1.
    TestRepeat "test-repeat";
    /// Percent (after its number; zh 百分之, before it).
    Percent "percent";
    /// Minutes.
    Minutes "minutes";
    /// 0.
    Digit0 "digit-0";
    /// 1.
    Digit1 "digit-1";
    /// 2.
    Digit2 "digit-2";
    /// 3.
    Digit3 "digit-3";
    /// 4.
    Digit4 "digit-4";
    /// 5.
    Digit5 "digit-5";
    /// 6.
    Digit6 "digit-6";
    /// 7.
    Digit7 "digit-7";
    /// 8.
    Digit8 "digit-8";
    /// 9.
    Digit9 "digit-9";
    /// 10 (zh 十, also inside larger numbers).
    Ten "ten";
    /// 11 (en only; the zh pack says 十一).
    Eleven "eleven";
    /// 12.
    Twelve "twelve";
    /// 13.
    Thirteen "thirteen";
    /// 14.
    Fourteen "fourteen";
    /// 15.
    Fifteen "fifteen";
    /// 16.
    Sixteen "sixteen";
    /// 17.
    Seventeen "seventeen";
    /// 18.
    Eighteen "eighteen";
    /// 19.
    Nineteen "nineteen";
    /// 20.
    Twenty "twenty";
    /// 30.
    Thirty "thirty";
    /// 40.
    Forty "forty";
    /// 50.
    Fifty "fifty";
    /// 60.
    Sixty "sixty";
    /// 70.
    Seventy "seventy";
    /// 80.
    Eighty "eighty";
    /// 90.
    Ninety "ninety";
    /// Hundred.
    Hundred "hundred";
    /// Somebody came in: two rising tones.
    ChimeIn "chime-in";
    /// Somebody left: two falling tones.
    ChimeOut "chime-out";
    /// A short tone: speak now.
    Beep "beep";
    /// Music for those who wait; loops without a seam.
    HoldMusic "hold-music";
}

/// Samples a second of a [`Clip`].
pub const CLIP_RATE: u32 = 16_000;

/// A piece of sound, mono, 16 bit, [`CLIP_RATE`]. Shared, so that a thousand listeners to hold
/// music cost one copy.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip(pub Arc<[i16]>);

impl Clip {
    /// How long it plays.
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.0.len() as u64 * 1_000_000 / u64::from(CLIP_RATE))
    }
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({:?})", self.duration())
    }
}

/// Numbers what is played to one leg, so that the end of one playing is not taken for another's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_prompt_has_a_file_of_its_own() {
        let files: HashSet<_> = Prompt::ALL.iter().map(|prompt| prompt.file()).collect();
        assert_eq!(files.len(), Prompt::ALL.len());
    }

    #[test]
    fn a_clip_knows_its_length() {
        assert_eq!(Clip(vec![0; 8_000].into()).duration(), Duration::from_millis(500));
    }
}

//! What a test call found, as it is spoken and as the API shows it.

use crate::Phrase;
use crate::notice::number;
use crate::reception::picture::{PictureFinding, PictureVerdict};
use causeway_base::{Codec, Lang};
use causeway_plan::Prompt;
use std::time::Duration;

/// Lost packets of a thousand from which on people hear it: 1 %, what ITU-T G.113 appendix I
/// leaves of concealed speech without a loss of quality worth naming.
pub const LOSSY_PER_MILLE: u16 = 10;

/// Jitter beyond which a jitter buffer of a telephone adds delay that people notice.
pub const JITTERY: Duration = Duration::from_millis(30);

/// So many packets of a thousand lost on the way to the caller that it hears nothing of us.
pub const ONE_WAY_PER_MILLE: u16 = 900;

/// What arrived from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Sound.
    Sound,
    /// Packets of silence only: a mute key.
    OnlySilence,
    /// No packet at all.
    Nothing,
}

/// What a test call found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What arrived from the caller.
    pub heard: Heard,
    /// Packets of a thousand of the caller's that never came.
    pub lost_per_mille: u16,
    /// Packets of a thousand of ours that the caller missed, once it reported.
    pub remote_lost_per_mille: Option<u16>,
    /// Interarrival jitter.
    pub jitter: Duration,
    /// Round trip, where known.
    pub round_trip: Option<Duration>,
    /// The codec.
    pub codec: Codec,
    /// SRTP in both directions.
    pub encrypted: bool,
    /// What it found of pictures, where any were agreed.
    pub picture: Option<PictureVerdict>,
}

/// One thing that a test call found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Sound goes both ways: the caller spoke, and hears this.
    BothWays,
    /// The caller is heard, and says that nearly nothing of ours arrives.
    OneWay,
    /// Packets of silence only came.
    OnlySilence,
    /// Nothing came.
    NothingHeard,
    /// Neither lossy nor jittery.
    LineGood,
    /// Packets are lost, in the worse direction so many of a thousand.
    LineLossy {
        /// How many, 10 to 1000.
        per_mille: u16,
    },
    /// Packets come at uneven times.
    LineJittery,
    /// SRTP in both directions.
    Encrypted,
    /// Not encrypted.
    Clear,
    /// The codec.
    Codec(Codec),
}

impl Finding {
    /// The name in the API, stable.
    pub const fn code(self) -> &'static str {
        match self {
            Finding::BothWays => "audio-both-ways",
            Finding::OneWay => "audio-one-way",
            Finding::OnlySilence => "audio-only-silence",
            Finding::NothingHeard => "audio-nothing-heard",
            Finding::LineGood => "line-good",
            Finding::LineLossy { .. } => "line-lossy",
            Finding::LineJittery => "line-jittery",
            Finding::Encrypted => "encrypted",
            Finding::Clear => "clear",
            Finding::Codec(Codec::Opus) => "codec-opus",
            Finding::Codec(Codec::G722) => "codec-g722",
            Finding::Codec(Codec::Pcma) => "codec-pcma",
            Finding::Codec(Codec::Pcmu) => "codec-pcmu",
        }
    }

    fn prompts(self, lang: Lang) -> Vec<Prompt> {
        vec![match self {
            Finding::BothWays => Prompt::TestBothWays,
            Finding::OneWay => Prompt::TestOneWay,
            Finding::OnlySilence => Prompt::TestOnlySilence,
            Finding::NothingHeard => Prompt::TestNothingHeard,
            Finding::LineGood => Prompt::TestLineGood,
            Finding::LineLossy { per_mille } => return lossy(per_mille, lang),
            Finding::LineJittery => Prompt::TestLineJittery,
            Finding::Encrypted => Prompt::TestEncrypted,
            Finding::Clear => Prompt::TestClear,
            Finding::Codec(Codec::Opus) => Prompt::TestCodecOpus,
            Finding::Codec(Codec::G722) => Prompt::TestCodecG722,
            Finding::Codec(Codec::Pcma | Codec::Pcmu) => Prompt::TestCodecG711,
        }]
    }
}

/// With the share in whole percent: 百分之五, five percent.
fn lossy(per_mille: u16, lang: Lang) -> Vec<Prompt> {
    let percent = number((u32::from(per_mille) + 5) / 10, lang);
    match lang {
        Lang::Zh => [vec![Prompt::TestLineLossy, Prompt::Percent], percent].concat(),
        Lang::En => [vec![Prompt::TestLineLossy], percent, vec![Prompt::Percent]].concat(),
    }
}

impl Verdict {
    /// What was found, most important first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![match self.heard {
            Heard::Sound if self.is_one_way() => Finding::OneWay,
            Heard::Sound => Finding::BothWays,
            Heard::OnlySilence => Finding::OnlySilence,
            Heard::Nothing => Finding::NothingHeard,
        }];
        findings.extend(self.line());
        findings.push(if self.encrypted { Finding::Encrypted } else { Finding::Clear });
        findings.push(Finding::Codec(self.codec));
        findings
    }

    fn is_one_way(&self) -> bool {
        self.remote_lost_per_mille.is_some_and(|lost| lost >= ONE_WAY_PER_MILLE)
    }

    /// Where nothing came, only the peer can tell about the line.
    fn line(&self) -> Vec<Finding> {
        let came = self.heard != Heard::Nothing;
        let lost = if came { self.lost_per_mille } else { 0 };
        let per_mille = lost.max(self.remote_lost_per_mille.unwrap_or(0)).min(1000);
        let mut line = Vec::new();
        if per_mille >= LOSSY_PER_MILLE {
            line.push(Finding::LineLossy { per_mille });
        }
        if came && self.jitter >= JITTERY {
            line.push(Finding::LineJittery);
        }
        if line.is_empty() && came {
            line.push(Finding::LineGood);
        }
        line
    }

    /// What was found of pictures: the caller's first.
    pub fn picture_findings(&self) -> Vec<PictureFinding> {
        self.picture.as_ref().map(PictureVerdict::findings).unwrap_or_default()
    }

    /// The codes of what was found, for the API.
    pub fn codes(&self) -> Vec<&'static str> {
        let pictures = self.picture_findings().into_iter().map(PictureFinding::code);
        self.findings().into_iter().map(Finding::code).chain(pictures).collect()
    }

    /// What is said of it: of the sound, as pictures are to be seen.
    pub fn phrase(&self, lang: Lang) -> Phrase {
        let found = self.findings().into_iter().flat_map(|finding| finding.prompts(lang));
        let prompts: Vec<_> =
            [Prompt::TestResult].into_iter().chain(found).chain([Prompt::TestRepeat]).collect();
        Phrase::once(prompts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Verdict {
        Verdict {
            heard: Heard::Sound,
            lost_per_mille: 9,
            remote_lost_per_mille: Some(0),
            jitter: Duration::from_millis(29),
            round_trip: None,
            codec: Codec::Opus,
            encrypted: true,
            picture: None,
        }
    }

    fn said(verdict: &Verdict, lang: Lang) -> String {
        let prompts = verdict.phrase(lang).prompts;
        prompts.iter().map(|prompt| prompt.file()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_good_call_is_told_so() {
        assert_eq!(good().codes(), ["audio-both-ways", "line-good", "encrypted", "codec-opus"]);
        assert_eq!(
            said(&good(), Lang::En),
            "test-result test-both-ways test-line-good test-encrypted test-codec-opus test-repeat"
        );
    }

    #[test]
    fn a_bad_line_is_told_with_its_loss_as_each_language_says_it() {
        let bad = Verdict {
            remote_lost_per_mille: Some(124),
            jitter: JITTERY,
            encrypted: false,
            codec: Codec::Pcma,
            ..good()
        };
        let codes = ["audio-both-ways", "line-lossy", "line-jittery", "clear", "codec-pcma"];
        assert_eq!(bad.codes(), codes);
        assert_eq!(
            said(&bad, Lang::Zh),
            "test-result test-both-ways test-line-lossy percent ten digit-2 test-line-jittery \
             test-clear test-codec-g711 test-repeat"
        );
        assert!(said(&bad, Lang::En).contains("test-line-lossy twelve percent "));
    }

    #[test]
    fn a_caller_whom_our_sound_does_not_reach_is_heard_one_way() {
        let one_way = Verdict { remote_lost_per_mille: Some(950), ..good() };
        assert_eq!(one_way.codes()[..2], ["audio-one-way", "line-lossy"]);
        assert!(said(&one_way, Lang::Zh).starts_with("test-result test-one-way test-line-lossy"));
    }

    #[test]
    fn of_a_line_that_brought_nothing_only_the_peer_can_tell() {
        let mute = Verdict { heard: Heard::Nothing, lost_per_mille: 1000, ..good() };
        assert_eq!(mute.codes(), ["audio-nothing-heard", "encrypted", "codec-opus"]);
        let lossy = Verdict { remote_lost_per_mille: Some(u16::MAX), ..mute };
        assert_eq!(lossy.findings().get(1), Some(&Finding::LineLossy { per_mille: 1000 }));
        let silent = Verdict { heard: Heard::OnlySilence, ..good() };
        assert_eq!(silent.codes().first(), Some(&"audio-only-silence"));
    }
}

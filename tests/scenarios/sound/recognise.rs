//! Which prompts a recording holds, and when: each clip of the default pack is laid along the
//! recording, and is there where both correlate.
//!
//! Below 1 kHz only, which every codec carries: loudness does not matter, nor does what is cut off
//! behind a third, nor a mix that goes on quietly below.

use super::Wave;
use super::correlation::Correlator;
use causeway_base::Lang;
use causeway_media::prompt::Pack;
use causeway_plan::{CLIP_RATE, Prompt};
use std::{collections::HashMap, sync::LazyLock, time::Duration};

const RATE: u32 = 2_000;

/// From here on a clip is there. Speech that is not the clip stays below 0.4; a clip that is
/// there whole reaches 0.9, half of it 0.7.
const LEAST_SCORE: f32 = 0.55;

/// The same for a single word: some other word may well have its vowel.
const LEAST_SCORE_OF_A_WORD: f32 = 0.75;
const WORD: usize = RATE as usize;

/// Two prompts that sound one after the other may seem to overlap by this share of the shorter.
const OVERLAP: f32 = 0.35;

/// Music is looked for in pieces of two seconds: it can begin anywhere and end anywhere.
const PIECE: usize = 2 * RATE as usize;

/// A prompt that was heard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) prompt: Prompt,
    /// From the beginning of the recording.
    pub(crate) at: Duration,
    /// How alike the two are, up to 1.
    pub(crate) score: f32,
}

/// One clip, or a piece of one.
struct Template {
    prompt: Prompt,
    samples: Vec<f32>,
}

static TEMPLATES: LazyLock<HashMap<&'static str, Vec<Template>>> =
    LazyLock::new(|| [Lang::Zh, Lang::En].map(|lang| (lang.tag(), templates(lang))).into());

/// A prompt of the default pack as it is played.
pub(crate) fn spoken(prompt: Prompt, lang: Lang) -> Wave {
    static PACK: LazyLock<Pack> = LazyLock::new(Pack::embedded);
    let clip = PACK.clip(prompt, lang);
    Wave { rate: CLIP_RATE, samples: clip.0.iter().map(|x| f32::from(*x) / 32_768.0).collect() }
}

fn templates(lang: Lang) -> Vec<Template> {
    let of = |prompt: &Prompt| {
        let samples = spoken(*prompt, lang).resampled(RATE).samples;
        let length = if *prompt == Prompt::HoldMusic { PIECE } else { samples.len() };
        let pieces = samples.chunks_exact(length).map(<[f32]>::to_vec);
        pieces.map(|samples| Template { prompt: *prompt, samples }).collect::<Vec<_>>()
    };
    Prompt::ALL.iter().flat_map(of).collect()
}

/// The prompts of one language's default pack that a recording holds, in their order. Hold music
/// that goes on is one entry.
pub(crate) fn recognise(recording: &Wave, lang: Lang) -> Vec<Heard> {
    let recording = recording.resampled(RATE).samples;
    let correlator = Correlator::new(&recording);
    let mut found: Vec<(usize, usize, f32, Heard)> = Vec::new();
    for Template { prompt, samples } in &TEMPLATES[lang.tag()] {
        let least = if samples.len() < WORD { LEAST_SCORE_OF_A_WORD } else { LEAST_SCORE };
        for (at, score, energy) in correlator.peaks(samples, least) {
            let heard = Heard { prompt: *prompt, at: time(at), score };
            found.push((at, at + samples.len(), energy, heard));
        }
    }
    // Of two that claim the same time, the one that explains more of what is heard is right: a
    // whole sentence and not the word in it.
    found.sort_by(|one, other| other.2.total_cmp(&one.2));
    let mut kept: Vec<(usize, usize, Heard)> = Vec::new();
    for (start, end, _, heard) in found {
        let clashes = |(from, to, _): &(usize, usize, Heard)| {
            let shared = end.min(*to).saturating_sub(start.max(*from));
            shared as f32 > OVERLAP * (end - start).min(to - from) as f32
        };
        if !kept.iter().any(clashes) {
            kept.push((start, end, heard));
        }
    }
    kept.sort_by_key(|(start, ..)| *start);
    let mut timeline: Vec<Heard> = kept.into_iter().map(|(.., heard)| heard).collect();
    timeline.dedup_by(|next, last| {
        next.prompt == Prompt::HoldMusic && last.prompt == Prompt::HoldMusic
    });
    timeline
}

/// The prompts alone.
pub(crate) fn prompts(recording: &Wave, lang: Lang) -> Vec<Prompt> {
    recognise(recording, lang).into_iter().map(|heard| heard.prompt).collect()
}

fn time(sample: usize) -> Duration {
    Duration::from_secs_f64(sample as f64 / f64::from(RATE))
}

/// Prompts in a row with pauses of half a second, as a telephone of 8 kHz hears them.
#[cfg(test)]
fn row(said: &[Prompt], lang: Lang) -> Wave {
    use causeway_media::audio::codec::Law;
    let mut samples = vec![0.0; 4_000];
    for prompt in said {
        samples.extend(spoken(*prompt, lang).resampled(8_000).samples);
        samples.extend([0.0; 4_000]);
    }
    let mut bytes = vec![0; samples.len()];
    Law::Mu.encode(&samples, &mut bytes);
    let samples = bytes.iter().map(|byte| Law::Mu.table()[usize::from(*byte)]).collect();
    Wave { rate: 8_000, samples }
}

#[test]
fn every_prompt_is_told_from_every_other_through_g711() {
    for lang in [Lang::Zh, Lang::En] {
        for said in Prompt::ALL.chunks(20) {
            let heard = recognise(&row(said, lang), lang);
            let prompts: Vec<Prompt> = heard.iter().map(|heard| heard.prompt).collect();
            assert_eq!(prompts, said, "{lang:?}: {heard:?}");
            for heard in heard {
                assert!(heard.score > 0.85, "{lang:?} {heard:?}");
            }
        }
    }
}

#[test]
fn a_prompt_is_found_when_it_was_said_and_quietly_and_cut_off() {
    let mut wave = row(&[Prompt::EnterNumber], Lang::Zh);
    wave.samples.iter_mut().for_each(|x| *x *= 0.05);
    wave.samples.truncate(4_000 + wave.samples.len() / 2);
    let heard = recognise(&wave, Lang::Zh);
    assert!(matches!(heard[..], [Heard { prompt: Prompt::EnterNumber, .. }]), "{heard:?}");
    assert!(heard[0].at.abs_diff(Duration::from_millis(500)) < Duration::from_millis(5));
}

#[test]
fn music_is_music_wherever_it_begins_and_speech_is_no_prompt() {
    let music = spoken(Prompt::HoldMusic, Lang::En);
    let turned = music.samples.iter().cycle().skip(50_000).take(16_000 * 20);
    let wave = Wave { rate: music.rate, samples: turned.copied().collect() };
    assert_eq!(prompts(&wave, Lang::En), [Prompt::HoldMusic]);
    let speech = recognise(&super::speech(), Lang::En);
    assert!(speech.is_empty(), "{speech:?}");
}

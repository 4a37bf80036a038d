//! What a caller of a voice menu hears: prompts that people spoke, music, tones, a noisy line.

use causeway_base::Lang;
use causeway_media::audio::level::Level;
use causeway_media::audio::watch::CueWatch;
use causeway_media::prompt::Pack;
use causeway_plan::Cue::{self, Again, Silence, Sound, Tone};
use causeway_plan::{CLIP_RATE, Prompt};
use std::f32::consts::TAU;

use crate::measure::noise;

const QUANTUM: usize = CLIP_RATE as usize / 50;

/// The cues of a sound, each with its time in milliseconds.
fn cues(pcm: &[f32]) -> Vec<(usize, Cue)> {
    let mut watch = CueWatch::default();
    let heard =
        |(at, quantum): (usize, &[f32])| Some(((at + 1) * 20, watch.take(Level::of_pcm(quantum))?));
    pcm.chunks_exact(QUANTUM).enumerate().filter_map(heard).collect()
}

fn clip(prompt: Prompt, lang: Lang) -> Vec<f32> {
    Pack::embedded().clip(prompt, lang).0.iter().map(|x| f32::from(*x) / 32_768.0).collect()
}

fn silence(milliseconds: usize) -> Vec<f32> {
    vec![0.0; milliseconds * CLIP_RATE as usize / 1_000]
}

fn tone(hertz: f32, amplitude: f32, milliseconds: usize) -> Vec<f32> {
    let samples = milliseconds * CLIP_RATE as usize / 1_000;
    (0..samples).map(|at| (at as f32 * hertz * TAU / CLIP_RATE as f32).sin() * amplitude).collect()
}

#[test]
fn a_prompt_is_a_sound_and_its_end_is_silence() {
    for lang in [Lang::Zh, Lang::En] {
        let prompt = clip(Prompt::OneMoment, lang);
        let long = prompt.len() * 1_000 / CLIP_RATE as usize;
        let heard = cues(&[silence(1_000), prompt, silence(1_000)].concat());
        assert_eq!(heard.first(), Some(&(200, Silence)), "{heard:?}");
        assert!(matches!(heard.get(1), Some((1_000..1_300, Sound))), "{heard:?}");
        let Some((end, Silence)) = heard.last() else { panic!("{heard:?}") };
        assert!(*end <= 1_000 + long + 220, "{heard:?}");
        assert!(!heard.iter().any(|(_, cue)| *cue == Tone), "a voice is no tone: {heard:?}");
    }
}

#[test]
fn a_steady_tone_is_one_and_hold_music_is_not() {
    for amplitude in [0.03, 0.5] {
        let beep = [silence(500), tone(1_000.0, amplitude, 400), silence(500)].concat();
        let heard: Vec<Cue> = cues(&beep).into_iter().map(|(_, cue)| cue).collect();
        assert_eq!(heard, [Silence, Sound, Tone, Silence], "{amplitude}");
    }
    let music = clip(Prompt::HoldMusic, Lang::En);
    let heard = cues(&[music.clone(), music].concat());
    let others = heard.iter().filter(|(_, cue)| *cue != Sound).count();
    assert!(others * 100 <= heard.len().max(100), "{heard:?}");
}

#[test]
fn the_noise_of_a_line_is_silence_and_loud_noise_is_no_tone() {
    let at = |dbov: f32| cues(&noise(1, dbov, 2 * CLIP_RATE as usize));
    assert_eq!(at(-55.0), [(200, Silence)]);
    assert_eq!(at(-30.0), [(200, Sound)]);
}

#[test]
fn a_recording_that_plays_once_more_is_known_and_another_is_none() {
    let long = |prompt, lang| {
        let clip = clip(prompt, lang);
        assert!(clip.len() > CLIP_RATE as usize, "{prompt:?}");
        clip
    };
    let (first, other) = (Prompt::EnterNumber, Prompt::EnterPin);
    for lang in [Lang::Zh, Lang::En] {
        let gap = [silence(1_000), silence(7)].concat();
        let heard = |after: Vec<f32>| {
            let all =
                [silence(500), long(first, lang), gap.clone(), after, silence(3_000)].concat();
            cues(&all).iter().filter(|(_, cue)| *cue == Again).count()
        };
        assert_eq!(heard(long(first, lang)), 1, "the same words");
        // A little quieter, as a line that adapts.
        assert_eq!(heard(long(first, lang).iter().map(|x| x * 0.85).collect()), 1);
        assert_eq!(heard(long(other, lang)), 0, "other words");
        assert_eq!(heard(clip(Prompt::HoldMusic, lang)), 0, "music");
    }
}

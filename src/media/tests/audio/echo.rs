//! Who echoes, and who only answers: levels of speech, of prompts that people spoke, and of music.

use causeway_base::Lang;
use causeway_media::audio::level::Level;
use causeway_media::audio::noise::Noise;
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::watch::EchoWatch;
use causeway_media::audio::{FRAME, SAMPLE_RATE};
use causeway_media::prompt::Pack;
use causeway_plan::{CLIP_RATE, Prompt};

use crate::measure::{noise, speech};

const SECOND: usize = SAMPLE_RATE as usize;

/// A voice of our own making, which speaks all the time.
fn made(seed: u32, seconds: usize) -> Vec<f32> {
    speech(seed, SAMPLE_RATE, seconds * SECOND)
}

/// A person's voice: the prompts of one language in a row, from one of them on.
fn spoken(lang: Lang, first: usize, seconds: usize) -> Vec<f32> {
    let pack = Pack::embedded();
    let mut out = Vec::new();
    let tones = [Prompt::ChimeIn, Prompt::ChimeOut, Prompt::Beep, Prompt::HoldMusic];
    for prompt in Prompt::ALL.iter().cycle().skip(first).filter(|prompt| !tones.contains(prompt)) {
        out.extend(at_48_khz(&pack, *prompt, lang));
        out.extend(vec![0.0; SECOND / 4]);
        if out.len() >= seconds * SECOND {
            break;
        }
    }
    out.truncate(seconds * SECOND);
    out
}

fn at_48_khz(pack: &Pack, prompt: Prompt, lang: Lang) -> Vec<f32> {
    let clip = pack.clip(prompt, lang);
    let pcm: Vec<f32> = clip.0.iter().map(|x| f32::from(*x) / 32_768.0).collect();
    let mut up = Resampler::new(CLIP_RATE, SAMPLE_RATE).expect("a ratio");
    let mut out = vec![0.0; pcm.len() * (SAMPLE_RATE / CLIP_RATE) as usize];
    let taken = up.process(&pcm, &mut out);
    out.truncate(taken);
    out
}

/// What a room with a loudspeaker makes of a sound: so many milliseconds later, so many decibels
/// quieter, with a reverberation of this many milliseconds to -60 dB, and the room's noise.
fn echo(sound: &[f32], delay_ms: usize, quieter: f32, reverb_ms: usize) -> Vec<f32> {
    let mut out = noise(9, -64.0, sound.len());
    let gain = 10f32.powf(-quieter / 20.0);
    let mut seeds = Noise::new(5);
    // The direct sound, and sparse reflections that die away.
    let mut paths = vec![(delay_ms * SECOND / 1000, gain)];
    for _ in 0..reverb_ms / 8 {
        let part = 0.5 + 0.5 * seeds.sample();
        let later = (delay_ms as f32 + part * reverb_ms as f32) * SECOND as f32 / 1000.0;
        let sign = seeds.sample().signum();
        paths.push((later as usize, sign * 0.5 * gain * 10f32.powf(-3.0 * part)));
    }
    for (later, gain) in paths {
        for (out, x) in out.iter_mut().skip(later).zip(sound) {
            *out += gain * x;
        }
    }
    out
}

/// The seconds after which it was an echo, then none any more, and so on.
fn changes(sent: &[f32], came: &[f32]) -> Vec<usize> {
    let mut watch = EchoWatch::default();
    let (mut told, mut before) = (Vec::new(), false);
    let frames = sent.chunks_exact(FRAME).zip(came.chunks_exact(FRAME));
    for (at, (sent, came)) in frames.enumerate() {
        let echoes = watch.take(Level::of_pcm(sent), Level::of_pcm(came));
        if std::mem::replace(&mut before, echoes) != echoes {
            told.push(at / 50);
        }
    }
    told
}

/// A sound within turns, each a beginning and a length in milliseconds.
fn in_turns(sound: &[f32], turns: impl IntoIterator<Item = (usize, usize)>) -> Vec<f32> {
    let mut out = noise(11, -66.0, sound.len());
    let at = |ms: usize| (ms * SECOND / 1000).min(sound.len());
    for (begins, lasts) in turns {
        let turn = at(begins)..at(begins + lasts);
        out[turn.clone()].copy_from_slice(&sound[turn]);
    }
    out
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

#[track_caller]
fn assert_never_echoes(name: &str, sent: &[f32], came: &[f32]) {
    assert_eq!(changes(sent, came), [0; 0], "{name}");
}

#[test]
fn an_echo_is_found_within_some_seconds_in_every_room() {
    let rooms =
        [(85, 6.0, 0), (333, 10.0, 300), (415, 15.0, 300), (780, 0.0, 100), (250, 20.0, 600)];
    for (seed, (delay, quieter, reverb)) in rooms.into_iter().enumerate() {
        let lang = if seed % 2 == 0 { Lang::Zh } else { Lang::En };
        for sent in [made(seed as u32, 20), spoken(lang, 7 * seed, 20)] {
            let found = changes(&sent, &echo(&sent, delay, quieter, reverb));
            let within = matches!(found[..], [..12]);
            assert!(within, "{delay} ms, {quieter} dB, {reverb} ms: {found:?}");
        }
    }
}

#[test]
fn an_echo_is_found_while_its_own_person_speaks_now_and_then_and_is_over_with_it() {
    let sent = spoken(Lang::En, 0, 60);
    let own = in_turns(&made(3, 60), [(3_000, 1_500), (14_000, 2_000), (25_000, 1_000)]);
    let came = sum(&echo(&sent, 310, 12.0, 200), &own);
    let mut ends = came[..40 * SECOND].to_vec();
    // A headset is plugged in, and its person goes on speaking now and then.
    let turns = (40..60).step_by(4).map(|second| (second * 1000, 1_200));
    ends.extend_from_slice(&in_turns(&made(3, 60), turns)[40 * SECOND..]);
    let found = changes(&sent, &ends);
    assert!(matches!(found[..], [..24, 42..52]), "{found:?}");
}

#[test]
fn two_who_speak_at_once_do_not_echo() {
    for seed in 0..6 {
        let others = if seed % 2 == 0 { made(seed, 120) } else { spoken(Lang::Zh, 9, 120) };
        assert_never_echoes("made", &others, &made(40 + seed, 120));
        assert_never_echoes("spoken", &others, &spoken(Lang::En, 5 * seed as usize, 120));
    }
}

/// One counts, the other repeats: always in the same time, as fast as anybody answers, and as
/// long. Their syllables differ all the same.
#[test]
fn two_who_answer_each_other_quickly_do_not_echo() {
    for (seed, pace) in [(0, 500), (1, 700), (2, 1_000), (3, 1_400)] {
        for answers_after in [150, 300, 450, 600] {
            let words =
                |later: usize| (0..60_000 / pace).map(move |n| (n * pace + later, pace * 45 / 100));
            let others = in_turns(&made(seed, 60), words(0));
            let answers = in_turns(&made(50 + seed, 60), words(answers_after));
            assert_never_echoes(&format!("{pace} {answers_after}"), &others, &answers);
        }
    }
}

/// A conversation of real turns, of which none is longer than two seconds.
#[test]
fn a_lively_conversation_does_not_echo() {
    for seed in 0..6 {
        let mut random = Noise::new(seed);
        let (mut others, mut answers, mut at) = (Vec::new(), Vec::new(), 0);
        while at < 180_000 {
            for turns in [&mut others, &mut answers] {
                let lasts = 300 + (random.bits() % 1_700) as usize;
                turns.push((at, lasts));
                // Who answers often begins before the other has ended.
                at += lasts + (random.bits() % 500) as usize - 200;
            }
        }
        let first = in_turns(&spoken(Lang::En, seed as usize, 180), others);
        let second = in_turns(&spoken(Lang::Zh, seed as usize, 180), answers);
        assert_never_echoes("there", &first, &second);
        assert_never_echoes("back", &second, &first);
    }
}

#[test]
fn music_on_hold_does_not_echo() {
    let pack = Pack::embedded();
    let clip = at_48_khz(&pack, Prompt::HoldMusic, Lang::Zh);
    let music: Vec<f32> = clip.iter().copied().cycle().take(120 * SECOND).collect();
    assert_never_echoes("a leg plays it", &spoken(Lang::Zh, 0, 120), &music);
    assert_never_echoes("a leg is played it", &music, &spoken(Lang::En, 3, 120));
    // Two on hold at the same exchange hear the same music, not each other.
    let later: Vec<f32> = std::iter::repeat_n(0.0, SECOND / 5).chain(music.clone()).collect();
    assert_never_echoes("two play the same", &music, &later[..music.len()]);
}

#[test]
fn a_quiet_leg_and_a_noisy_one_do_not_echo() {
    let others = spoken(Lang::En, 4, 60);
    assert_never_echoes("digital silence", &others, &vec![0.0; others.len()]);
    assert_never_echoes("noise", &others, &noise(3, -45.0, others.len()));
    // An echo that nobody can hear is none.
    assert_never_echoes("faint", &others, &echo(&others, 200, 50.0, 0));
}

/// Whoever is heard by somebody who echoes gets his own voice back: later, not earlier.
#[test]
fn who_hears_an_echo_of_himself_does_not_echo() {
    let own = spoken(Lang::Zh, 2, 60);
    assert_never_echoes("the victim", &echo(&own, 300, 6.0, 200), &own);
}

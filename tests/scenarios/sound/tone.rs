//! Sine tones and their level in a recording (Goertzel).

use super::Wave;
use std::{f64::consts::TAU, time::Duration};

/// The rate at which telephones are fed; they resample to their codec's.
const RATE: u32 = 48_000;

/// -12 dB of full scale: a loud voice, with room for the sum of three.
const AMPLITUDE: f64 = 0.25;

pub(crate) fn tone(hertz: f64, duration: Duration) -> Wave {
    let length = (duration.as_secs_f64() * f64::from(RATE)) as usize;
    let samples = (0..length)
        .map(|index| (AMPLITUDE * (TAU * hertz * index as f64 / f64::from(RATE)).sin()) as f32)
        .collect();
    Wave { rate: RATE, samples }
}

/// The two frequencies of a key (ITU-T Q.23).
fn key_tones(key: char) -> (f64, f64) {
    const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
    const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
    let place = "123A456B789C*0#D".find(key).expect("a key of a telephone");
    (ROWS[place / 4], COLUMNS[place % 4])
}

/// Keys as tones of 120 ms, each with a pause as long behind it.
pub(crate) fn keys(pressed: &str) -> Wave {
    let length = Duration::from_millis(120);
    let mut samples = Vec::new();
    for key in pressed.chars() {
        let (low, high) = key_tones(key);
        let pair = tone(low, length).samples.into_iter().zip(tone(high, length).samples);
        samples.extend(pair.map(|(low, high)| low + high));
        samples.extend(silence(length).samples);
    }
    Wave { rate: RATE, samples }
}

pub(crate) fn silence(duration: Duration) -> Wave {
    Wave { rate: RATE, samples: vec![0.0; (duration.as_secs_f64() * f64::from(RATE)) as usize] }
}

/// The level of one frequency in a recording, in dB against a full-scale sine. Windows of 100 ms
/// are averaged, so that a slip of the phase between packets does not hide a tone.
pub(crate) fn level_db(wave: &Wave, hertz: f64) -> f64 {
    let length = (wave.rate / 10) as usize;
    let powers: Vec<f64> =
        wave.samples.chunks_exact(length).map(|window| power(window, wave.rate, hertz)).collect();
    assert!(!powers.is_empty(), "a recording of {:?} is too short to judge", wave.duration());
    let mean = powers.iter().sum::<f64>() / powers.len() as f64;
    10.0 * mean.max(1e-12).log10()
}

/// The squared amplitude of one frequency, under a Hann window.
fn power(samples: &[f32], rate: u32, hertz: f64) -> f64 {
    let step = TAU * hertz / f64::from(rate);
    let length = samples.len() as f64;
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let window = 1.0 - (TAU * index as f64 / length).cos();
        let value = f64::from(*sample) * window;
        real += value * (step * index as f64).cos();
        imaginary += value * (step * index as f64).sin();
    }
    4.0 * (real * real + imaginary * imaginary) / (length * length)
}

#[test]
fn a_tone_has_its_level_and_no_other_has() {
    let wave = tone(440.0, Duration::from_secs(1));
    assert!((level_db(&wave, 440.0) + 12.0).abs() < 0.2, "{}", level_db(&wave, 440.0));
    assert!(level_db(&wave, 1020.0) < -80.0, "{}", level_db(&wave, 1020.0));
}

#[test]
fn keys_are_pairs_of_tones_with_pauses() {
    let wave = keys("5#");
    assert_eq!(wave.duration(), Duration::from_millis(480));
    let five = wave.part(Duration::ZERO, Duration::from_millis(120));
    assert!(level_db(&five, 770.0) > -15.0 && level_db(&five, 1336.0) > -15.0);
    assert!(level_db(&five, 941.0) < -40.0);
}

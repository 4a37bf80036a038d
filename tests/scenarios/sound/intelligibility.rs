//! How well speech can be understood after its way through the bridge: the short-time objective
//! intelligibility measure (Taal, Hendriks, Heusdens, Jensen, 2011), a correlation of the
//! envelopes of both recordings in 15 bands over 384 ms. 1.0 is untouched speech; above 0.8
//! listeners understand practically every word. Unlike PESQ it needs no licence and no other
//! language's runtime.
//!
//! A jitter buffer may move speech by some milliseconds between words, which nobody hears; so each
//! second is aligned by itself before it is compared.

use super::Wave;
use std::f64::consts::TAU;

const RATE: u32 = 10_000;
const FRAME: usize = 256;
const HOP: usize = 128;
const TRANSFORM: usize = 512;
const BANDS: usize = 15;
const LOWEST_BAND_HERTZ: f64 = 150.0;
/// Frames of one comparison: 384 ms.
const SEGMENT: usize = 30;
/// Speech quieter than the loudest frame by more than this is silence and does not count.
const DYNAMIC_RANGE_DB: f64 = 40.0;
/// The envelope of the heard speech is clipped so far below the sent one (-15 dB).
const CLIP_DB: f64 = -15.0;

/// The intelligibility, 0 to 1, of what was `heard` of what was `sent`. The heard recording may
/// start and end anywhere.
pub(crate) fn intelligibility(sent: &Wave, heard: &Wave) -> f64 {
    let sent = sent.resampled(RATE).samples;
    let heard = heard.resampled(RATE).samples;
    let heard = aligned(&sent, &heard);
    let (sent, heard) = without_silence(&sent, &heard);
    let (sent, heard) = (envelopes(&sent), envelopes(&heard));
    assert!(sent.len() >= SEGMENT, "too little speech to judge");
    let scores: Vec<f64> = (SEGMENT..=sent.len())
        .flat_map(|end| {
            let (sent, heard) = (&sent[end - SEGMENT..end], &heard[end - SEGMENT..end]);
            (0..BANDS).map(move |band| {
                let x: Vec<f64> = sent.iter().map(|frame| frame[band]).collect();
                let y: Vec<f64> = heard.iter().map(|frame| frame[band]).collect();
                similarity(&x, &y)
            })
        })
        .collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// `heard`, shifted onto the time of `sent`: once as a whole, then each second by a little.
fn aligned(sent: &[f32], heard: &[f32]) -> Vec<f32> {
    const SECOND: usize = RATE as usize;
    const LITTLE: usize = SECOND / 10;
    // Room on both sides, so that any shift of any part stays inside.
    let margin = vec![0.0; sent.len() + LITTLE];
    let heard = [margin.as_slice(), heard, &margin].concat();
    let coarse = best_shift(&envelope(sent), &envelope(&heard)) * ENVELOPE_HOP;
    (0..sent.len())
        .step_by(SECOND)
        .flat_map(|start| {
            let part = &sent[start..(start + SECOND).min(sent.len())];
            let from = (coarse + start).saturating_sub(LITTLE);
            let to = (coarse + start + part.len() + LITTLE).min(heard.len());
            let near = &heard[from..to];
            let shift = best_shift(part, near);
            near[shift..shift + part.len()].to_vec()
        })
        .collect()
}

/// 10 ms.
const ENVELOPE_HOP: usize = RATE as usize / 100;

fn envelope(samples: &[f32]) -> Vec<f32> {
    samples
        .chunks(ENVELOPE_HOP)
        .map(|chunk| chunk.iter().map(|sample| sample.abs()).sum())
        .collect()
}

/// Where in `heard` that part starts which resembles `sent` most: the highest correlation.
fn best_shift(sent: &[f32], heard: &[f32]) -> usize {
    let correlation = |part: &[f32]| {
        let product: f32 = sent.iter().zip(part).map(|(one, other)| one * other).sum();
        let energy: f32 = part.iter().map(|sample| sample * sample).sum();
        product / energy.max(1e-9).sqrt()
    };
    heard
        .windows(sent.len())
        .map(correlation)
        .enumerate()
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map_or(0, |(shift, _)| shift)
}

/// Both recordings with the frames left out in which the sent one is silent, joined by
/// overlap-add.
fn without_silence(sent: &[f32], heard: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let window = hann();
    let starts: Vec<usize> = (0..sent.len().saturating_sub(FRAME)).step_by(HOP).collect();
    let energy = |start: usize| {
        let sum: f64 = window
            .iter()
            .zip(&sent[start..start + FRAME])
            .map(|(weight, sample)| (weight * f64::from(*sample)).powi(2))
            .sum();
        10.0 * sum.max(1e-12).log10()
    };
    let loudest = starts.iter().map(|start| energy(*start)).fold(f64::MIN, f64::max);
    let spoken: Vec<usize> =
        starts.into_iter().filter(|start| energy(*start) > loudest - DYNAMIC_RANGE_DB).collect();
    let join = |samples: &[f32]| {
        let mut joined = vec![0.0_f32; spoken.len() * HOP + FRAME];
        for (index, start) in spoken.iter().enumerate() {
            for (offset, weight) in window.iter().enumerate() {
                joined[index * HOP + offset] +=
                    (weight * f64::from(samples[start + offset])) as f32;
            }
        }
        joined
    };
    (join(sent), join(heard))
}

/// For each frame the magnitude in each third-octave band.
fn envelopes(samples: &[f32]) -> Vec<[f64; BANDS]> {
    let window = hann();
    let table: Vec<(f64, f64)> =
        (0..TRANSFORM).map(|index| (TAU * index as f64 / TRANSFORM as f64).sin_cos()).collect();
    let bands: Vec<std::ops::Range<usize>> = (0..BANDS)
        .map(|band| {
            let centre = LOWEST_BAND_HERTZ * 2.0_f64.powf(band as f64 / 3.0);
            let bin = |hertz: f64| (hertz * TRANSFORM as f64 / f64::from(RATE)).round() as usize;
            bin(centre / 2.0_f64.powf(1.0 / 6.0))..bin(centre * 2.0_f64.powf(1.0 / 6.0))
        })
        .collect();
    samples
        .windows(FRAME)
        .step_by(HOP)
        .map(|frame| {
            let frame: Vec<f64> = frame
                .iter()
                .zip(&window)
                .map(|(sample, weight)| f64::from(*sample) * weight)
                .collect();
            let power = |bin: usize| {
                let (mut real, mut imaginary) = (0.0, 0.0);
                for (index, sample) in frame.iter().enumerate() {
                    let (sin, cos) = table[bin * index % TRANSFORM];
                    real += sample * cos;
                    imaginary -= sample * sin;
                }
                real * real + imaginary * imaginary
            };
            std::array::from_fn(|band| bands[band].clone().map(power).sum::<f64>().sqrt())
        })
        .collect()
}

/// The correlation of two envelopes, the second scaled to the first and clipped (equations 3 to 5
/// of the paper).
fn similarity(sent: &[f64], heard: &[f64]) -> f64 {
    let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
    let scale = norm(sent) / norm(heard).max(1e-12);
    let limit = 1.0 + 10.0_f64.powf(-CLIP_DB / 20.0);
    let clipped: Vec<f64> =
        sent.iter().zip(heard).map(|(x, y)| (y * scale).min(x * limit)).collect();
    let centred = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect::<Vec<f64>>()
    };
    let (x, y) = (centred(sent), centred(&clipped));
    let product: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    product / (norm(&x) * norm(&y)).max(1e-12)
}

fn hann() -> Vec<f64> {
    (1..=FRAME).map(|index| 0.5 - 0.5 * (TAU * index as f64 / (FRAME + 1) as f64).cos()).collect()
}

#[test]
fn untouched_speech_scores_one_and_noise_little() {
    let speech = super::speech();
    let mut delayed = vec![0.0; 48_000 / 3];
    delayed.extend_from_slice(&speech.samples);
    let delayed = Wave { rate: 48_000, samples: delayed };
    let score = intelligibility(&speech, &delayed);
    assert!(score > 0.99, "delayed only: {score}");

    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let samples = speech.samples.iter().map(|sample| sample * 0.02 + noise() * 0.3).collect();
    let score = intelligibility(&speech, &Wave { rate: 48_000, samples });
    assert!(score < 0.5, "drowned in noise: {score}");

    // Every third 20 ms packet lost without concealment.
    let samples = speech
        .samples
        .chunks(960)
        .enumerate()
        .flat_map(|(index, packet)| {
            packet.iter().map(move |sample| if index % 3 == 0 { 0.0 } else { *sample })
        })
        .collect();
    let score = intelligibility(&speech, &Wave { rate: 48_000, samples });
    assert!((0.4..0.85).contains(&score), "a third lost: {score}");
}

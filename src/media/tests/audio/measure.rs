//! Measures that the tests share.

use causeway_media::audio::level::Level;
use causeway_media::audio::noise::Noise;
use causeway_media::audio::speech::Speech;
use causeway_media::audio::tone::Tone;

pub(crate) fn speech(seed: u32, rate: u32, samples: usize) -> Vec<f32> {
    let mut pcm = vec![0.0; samples];
    Speech::new(seed, rate).fill(&mut pcm);
    pcm
}

pub(crate) fn tone(hz: f32, rate: u32, dbov: f32, samples: usize) -> Vec<f32> {
    let mut pcm = vec![0.0; samples];
    Tone::new(hz, rate, Level::from_dbov(dbov)).fill(&mut pcm);
    pcm
}

pub(crate) fn noise(seed: u32, dbov: f32, samples: usize) -> Vec<f32> {
    let mut pcm = vec![0.0; samples];
    Noise::new(seed).fill(Level::from_dbov(dbov), &mut pcm);
    pcm
}

pub(crate) fn dbov(pcm: &[f32]) -> f32 {
    Level::of_pcm(pcm).dbov()
}

/// The normalised correlation of two signals, -1 to 1.
pub(crate) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    (product(a, b) / (product(a, a) * product(b, b)).sqrt().max(1e-12)) as f32
}

/// The delay of `b` against `a` (up to `longest`) at which they correlate most, and how much.
pub(crate) fn best_delay(a: &[f32], b: &[f32], longest: usize) -> (usize, f32) {
    (0..=longest)
        .map(|delay| (delay, correlation(a, &b[delay..])))
        .fold((0, f32::MIN), |best, found| if found.1 > best.1 { found } else { best })
}

/// Signal to noise of `b` against `a` in dB, the best gain allowed for.
pub(crate) fn snr(a: &[f32], b: &[f32]) -> f32 {
    let r = correlation(a, b);
    10.0 * (r * r / (1.0 - r * r).max(1e-9)).log10()
}

/// The level of one frequency under a Hann window, in dBov.
pub(crate) fn level_at(pcm: &[f32], hz: f32, rate: u32) -> f32 {
    let (mut re, mut im, mut sum) = (0.0f64, 0.0f64, 0.0f64);
    for (n, x) in pcm.iter().enumerate() {
        let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / pcm.len() as f64).cos();
        let turn = std::f64::consts::TAU * f64::from(hz) / f64::from(rate) * n as f64;
        re += f64::from(*x) * window * turn.cos();
        im += f64::from(*x) * window * turn.sin();
        sum += window;
    }
    (10.0 * (2.0 * (re * re + im * im) / (sum * sum)).max(1e-14).log10()) as f32
}

/// The largest step between neighbouring samples.
pub(crate) fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).fold(0.0, |largest, pair| largest.max((pair[1] - pair[0]).abs()))
}

/// The largest jump of the slope: a click stands out here even in loud low sound.
pub(crate) fn largest_bend(pcm: &[f32]) -> f32 {
    pcm.windows(3).fold(0.0, |largest, w| largest.max((w[2] - 2.0 * w[1] + w[0]).abs()))
}

//! The click: a short chirp that a matched filter finds to a fraction of a millisecond, also
//! while others speak.

use std::f64::consts::TAU;

/// Seconds that a click lasts.
const SECONDS: f64 = 0.02;

/// From here to there the chirp sweeps, in Hz: inside what a telephone carries.
const SWEEP_HZ: (f64, f64) = (400.0, 3_200.0);

/// Peak of the chirp: -6 dBov.
const PEAK: f64 = 16_384.0;

/// Normalised correlation from which a click counts as heard. Speech stays below 0.35, a click
/// under three voices above 0.6.
const HEARD: f64 = 0.5;

/// The chirp at one sampling rate.
#[derive(Debug)]
pub struct Click {
    shape: Vec<f64>,
    energy: f64,
}

/// A click that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The sample at which it begins.
    pub sample: usize,
    /// How much it resembles the click, 0-1.
    pub likeness: f64,
}

impl Click {
    /// The click at `rate` Hz.
    pub fn new(rate: u32) -> Self {
        let len = (SECONDS * f64::from(rate)) as usize;
        let shape: Vec<f64> = (0..len)
            .map(|n| {
                let t = n as f64 / f64::from(rate);
                let (from, to) = SWEEP_HZ;
                let window = (TAU / 2.0 * n as f64 / len as f64).sin();
                window * (TAU * (from * t + (to - from) * t * t / (2.0 * SECONDS))).sin()
            })
            .collect();
        let energy = shape.iter().map(|s| s * s).sum();
        Self { shape, energy }
    }

    /// Replaces what `samples` hold from `at` on by the click.
    pub fn overlay(&self, samples: &mut [i16], at: usize) {
        for (sample, shape) in samples.iter_mut().skip(at).zip(&self.shape) {
            *sample = (PEAK * shape) as i16;
        }
    }

    /// The place in `samples` that resembles the click most, if that is enough.
    pub fn find(&self, samples: &[i16]) -> Option<Found> {
        let samples: Vec<f64> = samples.iter().map(|&s| f64::from(s)).collect();
        let best = samples
            .windows(self.shape.len())
            .enumerate()
            .map(|(sample, window)| Found { sample, likeness: self.likeness(window) })
            .max_by(|a, b| a.likeness.total_cmp(&b.likeness))?;
        (best.likeness >= HEARD).then_some(best)
    }

    fn likeness(&self, window: &[f64]) -> f64 {
        let (mut product, mut energy) = (0.0, 0.0);
        for (sample, shape) in window.iter().zip(&self.shape) {
            product += sample * shape;
            energy += sample * sample;
        }
        product.abs() / (energy * self.energy).sqrt().max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_where_it_is_and_nowhere_else() {
        let click = Click::new(8_000);
        let mut samples: Vec<i16> =
            (0..8_000).map(|n| (3_000.0 * (f64::from(n) * 0.4).sin()) as i16).collect();
        assert_eq!(click.find(&samples), None);
        click.overlay(&mut samples, 3_210);
        assert_eq!(click.find(&samples).map(|found| found.sample), Some(3_210));
    }
}

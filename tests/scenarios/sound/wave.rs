//! Sampled sound in one channel, and its WAV files.

use std::{f64::consts::PI, path::Path, time::Duration};

/// Mono samples, full scale ±1.
#[derive(Clone, Debug)]
pub(crate) struct Wave {
    pub(crate) rate: u32,
    pub(crate) samples: Vec<f32>,
}

impl Wave {
    /// Reads 16-bit PCM; several channels become their mean.
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = hound::WavReader::open(path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        let spec = reader.spec();
        let samples: Vec<f32> = reader
            .samples::<i16>()
            .map_while(Result::ok)
            .map(|sample| f32::from(sample) / 32768.0)
            .collect();
        let samples = samples
            .chunks_exact(usize::from(spec.channels))
            .map(|frame| frame.iter().sum::<f32>() / f32::from(spec.channels))
            .collect();
        Self { rate: spec.sample_rate, samples }
    }

    pub(crate) fn write(&self, path: &Path) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: self.rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).expect("the folder is writable");
        for sample in &self.samples {
            writer.write_sample((sample * 32767.0) as i16).expect("the disk has room");
        }
        writer.finalize().expect("the disk has room");
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate))
    }

    /// The part from `start` for `length`, or what there is of it.
    pub(crate) fn part(&self, start: Duration, length: Duration) -> Self {
        let at = |time: Duration| {
            ((time.as_secs_f64() * f64::from(self.rate)) as usize).min(self.samples.len())
        };
        Self { rate: self.rate, samples: self.samples[at(start)..at(start + length)].to_vec() }
    }

    /// This, then another of the same rate.
    pub(crate) fn then(mut self, next: &Wave) -> Self {
        assert_eq!(self.rate, next.rate);
        self.samples.extend_from_slice(&next.samples);
        self
    }

    /// The same sound at another rate, band-limited by a windowed sinc.
    pub(crate) fn resampled(&self, rate: u32) -> Self {
        const ZERO_CROSSINGS: f64 = 16.0;
        let ratio = f64::from(rate) / f64::from(self.rate);
        let cutoff = ratio.min(1.0);
        let reach = ZERO_CROSSINGS / cutoff;
        let taps = reach as isize;
        // The distances of output samples from input samples repeat after so many.
        let phases = rate / gcd(rate, self.rate);
        let kernels: Vec<Vec<f32>> = (0..phases)
            .map(|phase| {
                let centre = (f64::from(phase) / ratio).fract();
                (-taps..=taps)
                    .map(|tap| {
                        let distance = tap as f64 - centre;
                        let window = (0.5 + 0.5 * (PI * distance / reach).cos()).max(0.0);
                        (cutoff * sinc(distance * cutoff) * window) as f32
                    })
                    .collect()
            })
            .collect();
        let margin = vec![0.0; taps as usize];
        let padded = [margin.as_slice(), &self.samples, &margin].concat();
        let length = self.samples.len() as u64 * u64::from(rate) / u64::from(self.rate);
        let samples = (0..length)
            .map(|index| {
                let start = (index * u64::from(self.rate) / u64::from(rate)) as usize;
                let kernel = &kernels[(index % u64::from(phases)) as usize];
                kernel.iter().zip(&padded[start..]).map(|(weight, sample)| weight * sample).sum()
            })
            .collect();
        Self { rate, samples }
    }
}

fn gcd(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { gcd(other, one % other) }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[test]
fn resampling_keeps_a_tone_and_its_length() {
    let original = super::tone(1000.0, Duration::from_secs(1));
    let resampled = original.resampled(10_000);
    assert_eq!(resampled.samples.len(), 10_000);
    let difference = super::level_db(&resampled, 1000.0) - super::level_db(&original, 1000.0);
    assert!(difference.abs() < 0.1, "{difference} dB");
}

//! Comfort noise (RFC 3389): what fills the silence that a peer does not send.

use super::level::Level;
use super::noise::Noise;

/// The reflection coefficients that are taken; further ones shape nothing that one hears.
pub const MAX_ORDER: usize = 12;

/// Makes the noise that the last payload described.
#[derive(Clone, Debug)]
pub struct ComfortNoise {
    noise: Noise,
    level: Level,
    order: usize,
    reflection: [f32; MAX_ORDER],
    /// The lattice filter's memory.
    memory: [f32; MAX_ORDER],
}

impl ComfortNoise {
    /// Silence, until a payload comes.
    pub const fn new(seed: u32) -> Self {
        Self {
            noise: Noise::new(seed),
            level: Level::SILENCE,
            order: 0,
            reflection: [0.0; MAX_ORDER],
            memory: [0.0; MAX_ORDER],
        }
    }

    /// Takes a payload: a level byte in -dBov, then one byte for each reflection coefficient
    /// (section 3). False, and nothing changes, if it is empty.
    pub fn describe(&mut self, payload: &[u8]) -> bool {
        let Some((&level, coefficients)) = payload.split_first() else { return false };
        self.level = Level::from_rfc6464(level);
        self.order = coefficients.len().min(MAX_ORDER);
        for (reflection, &byte) in self.reflection.iter_mut().zip(coefficients) {
            // Section 3.2: 127 is 0, one step is 258/32768; kept inside the unit circle.
            let value = 258.0 * (f32::from(byte) - 127.0) / 32_768.0;
            *reflection = value.clamp(-0.98, 0.98);
        }
        true
    }

    /// The level of the noise.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Fills `out` with noise, at whatever rate the payload's clock has.
    pub fn fill(&mut self, out: &mut [f32]) {
        self.noise.fill(self.level, out);
        if self.order == 0 {
            return;
        }
        // An all-pole filter of these coefficients amplifies white noise by the inverse.
        let used = &self.reflection[..self.order];
        let gain = used.iter().map(|k| 1.0 - k * k).product::<f32>().sqrt();
        for x in out {
            *x = synthesise(used, &mut self.memory, *x * gain);
        }
    }
}

/// One step of an all-pole lattice filter.
fn synthesise(reflection: &[f32], memory: &mut [f32; MAX_ORDER], input: f32) -> f32 {
    let mut forward = input;
    for stage in (0..reflection.len()).rev() {
        let (k, backward) = (reflection[stage], memory[stage]);
        forward -= k * backward;
        if let Some(above) = memory.get_mut(stage + 1) {
            *above = backward + k * forward;
        }
    }
    memory[0] = forward;
    forward
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_level_is_the_one_described_whatever_the_spectrum() {
        for payload in [&[40u8][..], &[40, 200], &[40, 40, 160, 120, 90]] {
            let mut noise = ComfortNoise::new(7);
            assert!(noise.describe(payload));
            let mut pcm = vec![0.0; 80_000];
            noise.fill(&mut pcm);
            let level = Level::of_pcm(&pcm).dbov();
            assert!((level + 40.0).abs() < 0.7, "{payload:?}: {level}");
        }
    }

    proptest! {
        #[test]
        fn any_payload_gives_finite_noise(payload in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut noise = ComfortNoise::new(1);
            prop_assert_eq!(noise.describe(&payload), !payload.is_empty());
            let mut pcm = [0.0; 960];
            noise.fill(&mut pcm);
            prop_assert!(pcm.iter().all(|x| x.is_finite() && x.abs() < 50.0));
        }
    }
}

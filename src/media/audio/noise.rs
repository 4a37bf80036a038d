//! White noise from a seed: the same seed gives the same noise.

use super::level::Level;

/// A small generator (xorshift, 32 bits): for sound, not for secrets.
#[derive(Clone, Debug)]
pub struct Noise {
    state: u32,
}

impl Noise {
    /// A generator of its own for each seed.
    pub const fn new(seed: u32) -> Self {
        // Neighbouring seeds are spread apart; the state must not be zero.
        Self { state: seed.wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995 | 1 }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state
    }

    /// An even distribution over [-1, 1), of mean square 1/3.
    pub fn sample(&mut self) -> f32 {
        self.bits() as i32 as f32 * (1.0 / 2_147_483_648.0)
    }

    /// Fills `out` with white noise of a level.
    pub fn fill(&mut self, level: Level, out: &mut [f32]) {
        let amplitude = level.rms() * 3f32.sqrt();
        out.iter_mut().for_each(|x| *x = self.sample() * amplitude);
    }
}

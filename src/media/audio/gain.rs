//! Automatic gain: brings a leg's speech slowly to the common loudness.

use super::level::Level;

/// Speech is brought here.
const TARGET_DBOV: f32 = -24.0;

/// The gain never leaves this range, in dB.
const RANGE_DB: std::ops::RangeInclusive<f32> = -12.0..=15.0;

/// How fast it rises and falls, in dB a second. Too loud is worse than too soft.
const RISE_DB: f32 = 3.0;
const FALL_DB: f32 = 9.0;

/// Nothing moves within this distance of the target, in dB.
const CALM_DB: f32 = 1.0;

/// How quickly the estimate of the speech level follows, in ms.
const ESTIMATE_MS: f32 = 400.0;

/// One leg's gain.
#[derive(Clone, Copy, Debug)]
pub struct AutoGain {
    gain_db: f32,
    /// What `gain_db` is as a factor.
    factor: f32,
    /// The mean square of speech before the gain, once there was any.
    speech: Option<f32>,
}

impl Default for AutoGain {
    fn default() -> Self {
        Self { gain_db: 0.0, factor: 1.0, speech: None }
    }
}

impl AutoGain {
    /// Applies the gain to `ms` milliseconds in place. `level` is the frame's own before the
    /// gain; `speaking` says whether it is speech: in silence and noise the gain stays.
    pub fn process(&mut self, pcm: &mut [f32], level: Level, speaking: bool, ms: u32) {
        let start = self.factor;
        if speaking && level.dbov() > -50.0 {
            self.follow(level, ms as f32);
        }
        if start == self.factor {
            if start != 1.0 {
                pcm.iter_mut().for_each(|x| *x *= start);
            }
            return;
        }
        let step = (self.factor - start) / pcm.len().max(1) as f32;
        for (at, x) in pcm.iter_mut().enumerate() {
            *x *= start + step * (at + 1) as f32;
        }
    }

    /// The present gain in dB.
    pub const fn gain_db(&self) -> f32 {
        self.gain_db
    }

    fn follow(&mut self, level: Level, ms: f32) {
        let square = level.rms() * level.rms();
        let old = self.speech.unwrap_or(square);
        let speech = old + (square - old) * (1.0 - (-ms / ESTIMATE_MS).exp());
        self.speech = Some(speech);
        let missing = TARGET_DBOV - Level::from_mean_square(speech).dbov() - self.gain_db;
        if missing.abs() < CALM_DB {
            return;
        }
        let step = missing.clamp(-FALL_DB * ms / 1000.0, RISE_DB * ms / 1000.0);
        self.gain_db = (self.gain_db + step).clamp(*RANGE_DB.start(), *RANGE_DB.end());
        self.factor = 10f32.powf(self.gain_db / 20.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(gain: &mut AutoGain, dbov: f32, speaking: bool, seconds: usize) -> f32 {
        let level = Level::from_dbov(dbov);
        let mut out = Level::SILENCE;
        for _ in 0..seconds * 50 {
            let mut pcm = [level.rms(); 960];
            gain.process(&mut pcm, level, speaking, 20);
            out = Level::of_pcm(&pcm);
        }
        out.dbov()
    }

    #[test]
    fn soft_and_loud_voices_come_to_the_target_within_the_range() {
        assert!((run(&mut AutoGain::default(), -34.0, true, 6) - TARGET_DBOV).abs() < 1.5);
        assert!((run(&mut AutoGain::default(), -14.0, true, 6) - TARGET_DBOV).abs() < 1.5);
        assert!((run(&mut AutoGain::default(), -48.0, true, 20) + 33.0).abs() < 0.5);
    }

    #[test]
    fn silence_moves_nothing() {
        let mut gain = AutoGain::default();
        run(&mut gain, -34.0, true, 5);
        let before = gain.gain_db();
        run(&mut gain, -70.0, false, 60);
        assert_eq!(gain.gain_db(), before);
    }
}

//! A limiter that looks ahead inside the frame it is given, and so adds no delay.

/// Peaks up to here pass unchanged.
const KNEE: f32 = 0.8;

/// No peak leaves above this.
const CEILING: f32 = 0.99;

/// Samples that share one gain target: 2.5 ms at 48 kHz. The gain moves linearly inside.
const BLOCK: usize = 120;

/// Samples over which a gain falls that must fall at the very beginning of a frame.
const ATTACK: usize = 24;

/// How much of the way back to 1 is left after a block: 100 ms at 48 kHz.
const RELEASE: f32 = 0.975;

/// The gain of one outgoing mix, carried from frame to frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Limiter {
    /// Brings a frame of 48 kHz below full scale, in place.
    pub fn process(&mut self, pcm: &mut [f32]) {
        let frame_peak = peak(pcm);
        if self.gain == 1.0 && frame_peak <= KNEE {
            return;
        }
        let mut allowed = pcm.chunks(BLOCK).next().map_or(1.0, |first| allowed_gain(peak(first)));
        let mut blocks = pcm.chunks_mut(BLOCK).peekable();
        while let Some(block) = blocks.next() {
            let allowed_next = blocks.peek().map_or(allowed, |next| allowed_gain(peak(next)));
            let start = self.gain;
            let released = 1.0 - (1.0 - start) * RELEASE;
            let end = released.min(allowed).min(allowed_next);
            if start <= allowed {
                ramp(block, start, end);
            } else {
                // The peak stands at the frame's beginning, where no block came before.
                let (attack, rest) = block.split_at_mut(ATTACK.min(block.len()));
                ramp(attack, start, end);
                attack.iter_mut().for_each(|x| *x = x.clamp(-CEILING, CEILING));
                rest.iter_mut().for_each(|x| *x *= end);
            }
            self.gain = if end > 0.9995 { 1.0 } else { end };
            allowed = allowed_next;
        }
    }
}

/// The largest absolute value, in lanes. Infinite where a sample is not a number.
fn peak(pcm: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0f32; LANES];
    let (blocks, rest) = pcm.as_chunks::<LANES>();
    for block in blocks {
        for (lane, x) in lanes.iter_mut().zip(block) {
            let x = x.abs();
            *lane = if *lane > x { *lane } else { x };
        }
    }
    lanes.iter().chain(rest).fold(0.0, |peak, x| peak.max(x.abs()))
}

/// The gain that brings a peak under the ceiling, by a knee that begins at [`KNEE`].
fn allowed_gain(peak: f32) -> f32 {
    if peak <= KNEE {
        return 1.0;
    }
    let over = (peak - KNEE) / (CEILING - KNEE);
    (KNEE + (CEILING - KNEE) * over / (1.0 + over)) / peak
}

fn ramp(pcm: &mut [f32], start: f32, end: f32) {
    let step = (end - start) / pcm.len().max(1) as f32;
    for (at, x) in pcm.iter_mut().enumerate() {
        *x *= start + step * (at + 1) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(samples: usize, peak: f32) -> Vec<f32> {
        (0..samples).map(|n| peak * (n as f32 * 0.0654).sin()).collect()
    }

    #[test]
    fn nothing_leaves_above_the_ceiling_and_quiet_sound_is_untouched() {
        let mut limiter = Limiter::default();
        let mut quiet = sine(960, 0.79);
        limiter.process(&mut quiet);
        assert_eq!(quiet, sine(960, 0.79));
        for level in [1.0, 3.0, 8.0, 50.0] {
            let mut loud = sine(960, level);
            limiter.process(&mut loud);
            assert!(peak(&loud) <= CEILING, "{level}: {}", peak(&loud));
            assert!(peak(&loud) > 0.5, "{level}: {}", peak(&loud));
        }
    }

    #[test]
    fn the_gain_returns_slowly_and_without_steps() {
        let mut limiter = Limiter::default();
        limiter.process(&mut sine(960, 4.0));
        let mut last = limiter.gain;
        assert!(last < 0.3);
        for frame in 0..40 {
            let mut ones = vec![0.5; 960];
            limiter.process(&mut ones);
            for pair in ones.windows(2) {
                assert!((pair[1] - pair[0]).abs() < 1e-3);
            }
            assert!(limiter.gain >= last);
            last = limiter.gain;
            if frame == 2 {
                assert!((0.4..0.8).contains(&last), "100 ms: {last}");
            }
        }
        assert_eq!(last, 1.0);
    }
}

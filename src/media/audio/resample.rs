//! Fixed ratios between the codecs' rates and 48 kHz: polyphase FIR filters of minimum phase.
//!
//! | | taps at 48 kHz | within 0.5 dB up to | beyond 50 dB down from |
//! |---|---|---|---|
//! | 8 to 48 and back, each | 96 | 3.0 kHz | 4.8 kHz |
//! | 16 to 48 | 60 | 6.5 kHz | 9.3 kHz |
//! | 48 to 16 | 64 | 6.5 kHz | 9.3 kHz |
//!
//! Up and back together delay speech by a quarter of a millisecond.
//!
//! Whole frames go in and come out; the inner loops have constant bounds, which the compiler
//! turns into vector code.

use super::filter_design::minimum_phase_lowpass;
use std::sync::LazyLock;

/// The most input samples that are copied next to the filter's memory at once.
const BLOCK: usize = 240;

/// One stream's conversion from one rate to another. Under 0.5 KB.
#[derive(Clone, Debug)]
pub enum Resampler {
    /// The rates are equal.
    Same,
    /// 8 to 48 kHz.
    From8(Up<6, 16>),
    /// 16 to 48 kHz.
    From16(Up<3, 20>),
    /// 48 to 8 kHz.
    To8(Down<6, 96, 90>),
    /// 48 to 16 kHz.
    To16(Down<3, 64, 61>),
}

impl Resampler {
    /// Between `from` and `to` Hz; `None` for a pair that no codec of ours needs.
    pub fn new(from: u32, to: u32) -> Option<Self> {
        Some(match (from, to) {
            (from, to) if from == to => Resampler::Same,
            (8_000, 48_000) => Resampler::From8(Up::new()),
            (16_000, 48_000) => Resampler::From16(Up::new()),
            (48_000, 8_000) => Resampler::To8(Down::new()),
            (48_000, 16_000) => Resampler::To16(Down::new()),
            _ => return None,
        })
    }

    /// The samples that come out for `input` samples.
    pub const fn output_len(&self, input: usize) -> usize {
        match self {
            Resampler::Same => input,
            Resampler::From8(_) => input * 6,
            Resampler::From16(_) => input * 3,
            Resampler::To8(_) => input / 6,
            Resampler::To16(_) => input / 3,
        }
    }

    /// Converts a frame into the beginning of `out`; returns how many samples came out. Going
    /// down, the input must be whole output samples; what is beyond, or has no room in `out`,
    /// is dropped.
    pub fn process(&mut self, input: &[f32], out: &mut [f32]) -> usize {
        match self {
            Resampler::Same => {
                let length = input.len().min(out.len());
                out[..length].copy_from_slice(&input[..length]);
                length
            }
            Resampler::From8(up) => up.process(&FROM_8, input, out),
            Resampler::From16(up) => up.process(&FROM_16, input, out),
            Resampler::To8(down) => down.process(&TO_8, input, out),
            Resampler::To16(down) => down.process(&TO_16, input, out),
        }
    }
}

/// Inputs that are filtered side by side going up, each in its own lane.
const GROUP: usize = 4;

/// Going up, each tap stands once for each lane.
type Phases<const RATIO: usize, const TAPS: usize> = [[[f32; GROUP]; RATIO]; TAPS];

/// Upward by `RATIO`, with `TAPS` taps a phase.
#[derive(Clone, Debug)]
pub struct Up<const RATIO: usize, const TAPS: usize> {
    /// The last samples; `TAPS` - 1 of them are used.
    memory: [f32; TAPS],
}

impl<const RATIO: usize, const TAPS: usize> Up<RATIO, TAPS> {
    const fn new() -> Self {
        assert!(TAPS <= 32 && BLOCK.is_multiple_of(GROUP));
        Self { memory: [0.0; TAPS] }
    }

    fn process(&mut self, phases: &Phases<RATIO, TAPS>, input: &[f32], out: &mut [f32]) -> usize {
        let length = input.len().min(out.len() / RATIO);
        let mut buffer = [0.0; BLOCK + 32 + GROUP];
        let past = TAPS - 1;
        for (block, out) in
            input[..length].chunks(BLOCK).zip(out[..length * RATIO].chunks_mut(BLOCK * RATIO))
        {
            buffer[..past].copy_from_slice(&self.memory[..past]);
            buffer[past..past + block.len()].copy_from_slice(block);
            for (group, out) in out.chunks_mut(GROUP * RATIO).enumerate() {
                // A last group that is not full computes more than it writes.
                let sums = filter(phases, &buffer[group * GROUP..]);
                for (lane, out) in out.chunks_mut(RATIO).enumerate() {
                    for (sample, sum) in out.iter_mut().zip(&sums) {
                        *sample = sum[lane];
                    }
                }
            }
            self.memory[..past].copy_from_slice(&buffer[block.len()..block.len() + past]);
        }
        length * RATIO
    }
}

/// All phases of `GROUP` neighbouring inputs; `window` begins `TAPS` - 1 samples before them.
#[inline(always)]
fn filter<const RATIO: usize, const TAPS: usize>(
    phases: &Phases<RATIO, TAPS>,
    window: &[f32],
) -> [[f32; GROUP]; RATIO] {
    let mut sums = [[0.0; GROUP]; RATIO];
    for (x, taps) in window.array_windows::<GROUP>().zip(phases) {
        for (sum, h) in sums.iter_mut().zip(taps) {
            for lane in 0..GROUP {
                sum[lane] += x[lane] * h[lane];
            }
        }
    }
    sums
}

/// Downward by `RATIO`, with `TAPS` taps and a memory of `PAST` = `TAPS` - `RATIO` samples.
#[derive(Clone, Debug)]
pub struct Down<const RATIO: usize, const TAPS: usize, const PAST: usize> {
    memory: [f32; PAST],
}

impl<const RATIO: usize, const TAPS: usize, const PAST: usize> Down<RATIO, TAPS, PAST> {
    const fn new() -> Self {
        assert!(PAST == TAPS - RATIO && TAPS.is_multiple_of(LANES) && BLOCK.is_multiple_of(RATIO));
        Self { memory: [0.0; PAST] }
    }

    fn process(&mut self, taps: &[f32; TAPS], input: &[f32], out: &mut [f32]) -> usize {
        let length = (input.len() / RATIO).min(out.len());
        let mut buffer = [0.0; BLOCK + 96];
        for (block, out) in
            input[..length * RATIO].chunks(BLOCK).zip(out[..length].chunks_mut(BLOCK / RATIO))
        {
            buffer[..PAST].copy_from_slice(&self.memory);
            buffer[PAST..PAST + block.len()].copy_from_slice(block);
            for (at, sample) in out.iter_mut().enumerate() {
                let Some(window) = buffer[at * RATIO..].first_chunk::<TAPS>() else { break };
                *sample = dot(window, taps);
            }
            self.memory.copy_from_slice(&buffer[block.len()..block.len() + PAST]);
        }
        length
    }
}

/// Sums that run side by side.
const LANES: usize = 8;

fn dot<const TAPS: usize>(a: &[f32; TAPS], b: &[f32; TAPS]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a, _) = a.as_chunks::<LANES>();
    let (b, _) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum()
}

static FROM_8: LazyLock<Phases<6, 16>> = LazyLock::new(phases);
static FROM_16: LazyLock<Phases<3, 20>> = LazyLock::new(phases);
static TO_8: LazyLock<[f32; 96]> = LazyLock::new(|| lowpass(6));
static TO_16: LazyLock<[f32; 64]> = LazyLock::new(|| lowpass(3));

/// The filter of an upward conversion, the oldest sample's taps first.
fn phases<const RATIO: usize, const TAPS: usize>() -> Phases<RATIO, TAPS> {
    let taps = minimum_phase_lowpass(RATIO * TAPS, RATIO);
    // Each phase passes a constant unchanged.
    let sum = |phase: usize| -> f64 { taps.iter().skip(phase).step_by(RATIO).sum() };
    std::array::from_fn(|at| {
        let delay = TAPS - 1 - at;
        std::array::from_fn(|phase| [(taps[delay * RATIO + phase] / sum(phase)) as f32; GROUP])
    })
}

/// The filter of a downward conversion, the oldest sample's tap first.
fn lowpass<const TAPS: usize>(ratio: usize) -> [f32; TAPS] {
    let taps = minimum_phase_lowpass(TAPS, ratio);
    let sum: f64 = taps.iter().sum();
    std::array::from_fn(|at| (taps[TAPS - 1 - at] / sum) as f32)
}

//! Tones and DTMF digits as sound, at any rate.

use super::level::Level;

/// The rows and columns of the keypad in Hz (ITU-T Q.23).
pub const DTMF_ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// See [`DTMF_ROWS`].
pub const DTMF_COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

/// The keys, row by row.
pub const DTMF_KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// A sine, or the sum of two.
#[derive(Clone, Debug)]
pub struct Tone {
    sines: [Sine; 2],
}

#[derive(Clone, Copy, Debug)]
struct Sine {
    /// In turns.
    phase: f64,
    /// Turns a sample.
    step: f64,
    amplitude: f64,
}

impl Sine {
    fn new(hz: f32, rate: u32, level: Level) -> Self {
        let amplitude = f64::from(level.rms()) * std::f64::consts::SQRT_2;
        Self { phase: 0.0, step: f64::from(hz) / f64::from(rate), amplitude }
    }
}

impl Tone {
    /// A sine of `hz` at `rate` Hz. Full scale is -3.01 dBov.
    pub fn new(hz: f32, rate: u32, level: Level) -> Self {
        Self::pair((hz, level), (0.0, Level::SILENCE), rate)
    }

    /// Two sines, each with its frequency and its level.
    pub fn pair(one: (f32, Level), other: (f32, Level), rate: u32) -> Self {
        Self { sines: [Sine::new(one.0, rate, one.1), Sine::new(other.0, rate, other.1)] }
    }

    /// A key of the keypad (`0`-`9`, `*`, `#`, `A`-`D`), each of its tones at `level`.
    pub fn dtmf(key: char, rate: u32, level: Level) -> Option<Self> {
        let (row, column) = (0..16)
            .map(|at| (at / 4, at % 4))
            .find(|&(row, column)| DTMF_KEYS[row][column] == key.to_ascii_uppercase())?;
        Some(Self::pair((DTMF_ROWS[row], level), (DTMF_COLUMNS[column], level), rate))
    }

    /// Fills `out`; the next call goes on where this one ends.
    pub fn fill(&mut self, out: &mut [f32]) {
        for x in out {
            let mut sum = 0.0;
            for sine in &mut self.sines {
                sum += sine.amplitude * (sine.phase * std::f64::consts::TAU).sin();
                sine.phase = (sine.phase + sine.step).fract();
            }
            *x = sum as f32;
        }
    }
}

//! How loud something is, and whether it is somebody who speaks.

use causeway_base::Codec;

use super::codec::{Law, voice_activity};

/// A level in dBov: decibels relative to the loudest signal that a system can carry, a square
/// wave of full scale (RFC 6464 section 3). From 0 down to -127, which also stands for silence.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Level(f32);

impl Level {
    /// Silence, the lowest level.
    pub const SILENCE: Level = Level(-127.0);

    /// From decibels, brought into the range.
    pub fn from_dbov(dbov: f32) -> Self {
        Self(if dbov.is_nan() { -127.0 } else { dbov.clamp(-127.0, 0.0) })
    }

    /// In decibels, 0 to -127.
    pub const fn dbov(self) -> f32 {
        self.0
    }

    /// From the seven bits of the header extension, which count decibels below full scale.
    pub fn from_rfc6464(byte: u8) -> Self {
        Self(-f32::from(byte & 0x7f))
    }

    /// The seven bits of the header extension.
    pub fn to_rfc6464(self) -> u8 {
        (-self.0).round() as u8
    }

    /// From the mean of the squared samples.
    pub fn from_mean_square(mean: f32) -> Self {
        Self::from_dbov(10.0 * mean.max(1e-13).log10())
    }

    /// The root of the mean of the squared samples.
    pub fn rms(self) -> f32 {
        if self <= Self::SILENCE { 0.0 } else { 10f32.powf(self.0 / 20.0) }
    }

    /// Of samples.
    pub fn of_pcm(pcm: &[f32]) -> Self {
        if pcm.is_empty() {
            return Self::SILENCE;
        }
        Self::from_mean_square(energy(pcm) / pcm.len() as f32)
    }
}

/// The sum of squares.
pub(crate) fn energy(pcm: &[f32]) -> f32 {
    product(pcm, pcm)
}

/// The scalar product, in lanes that the compiler can keep in vector registers.
pub(crate) fn product(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let length = a.len().min(b.len());
    let (a, a_rest) = a[..length].as_chunks::<LANES>();
    let (b, b_rest) = b[..length].as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for at in 0..LANES {
            lanes[at] += a[at] * b[at];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Squared samples of both laws, in units of 2^-26 of full scale, so that a table entry has
/// 26 bits and a packet's sum fits easily.
static A_SQUARES: [u32; 256] = squares(Law::A);
static MU_SQUARES: [u32; 256] = squares(Law::Mu);

/// 2^26.
const SQUARE_UNIT: f32 = 67_108_864.0;

const fn squares(law: Law) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let sample = law.expand(byte as u8);
        table[byte] = (sample * sample * SQUARE_UNIT) as u32;
        byte += 1;
    }
    table
}

/// The level of a payload without decoding it, where one payload says it: G.711, and the empty
/// frames of Opus DTX.
pub fn payload_level(codec: Codec, payload: &[u8]) -> Option<Level> {
    match codec {
        Codec::Pcma => Some(g711_level(&A_SQUARES, payload)),
        Codec::Pcmu => Some(g711_level(&MU_SQUARES, payload)),
        Codec::Opus => (payload.len() <= 2).then_some(Level::SILENCE),
        Codec::G722 => None,
    }
}

fn g711_level(squares: &[u32; 256], payload: &[u8]) -> Level {
    // Four sums: one alone would wait for itself.
    let mut sums = [0u64; 4];
    let (blocks, rest) = payload.as_chunks::<4>();
    for block in blocks {
        for (sum, &byte) in sums.iter_mut().zip(block) {
            *sum += u64::from(squares[usize::from(byte)]);
        }
    }
    let rest: u64 = rest.iter().map(|&byte| u64::from(squares[usize::from(byte)])).sum();
    let sum = sums.iter().sum::<u64>() + rest;
    Level::from_mean_square(sum as f32 / (payload.len().max(1) as f32 * SQUARE_UNIT))
}

/// Estimates the level of each payload of one stream without decoding it, of every codec:
/// good enough to tell talkers from quiet legs ([`QUIET`]), at a fraction of a decoder's cost.
///
/// * G.711: exact.
/// * G.722: the lower band's quantiser scale, which follows from the codes alone
///   (ITU-T G.722 section 3.5). Within about 6 dB for speech and noise; up to 25 dB too low for
///   a pure tone, which the codec predicts; never below -71 dBov.
/// * Opus: the voice activity flags of its SILK header say silence; `None` otherwise, which
///   only decoding (or the header extension of RFC 6464) can tell.
#[derive(Clone, Copy, Debug)]
pub struct PayloadMeter {
    codec: Codec,
    /// The logarithm of the G.722 quantiser's scale, in 1/2048 of a factor of two.
    log_scale: i32,
}

/// What a [`PayloadMeter`] puts below this is no speech and need not be decoded; noise at
/// -64 dBov stays below it with every codec.
pub const QUIET: Level = Level(-57.0);

/// How the scale's logarithm moves with each code of four bits (ITU-T G.722 tables 11 and 13).
const G722_STEPS: [i32; 16] =
    [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

/// The largest logarithm of the scale.
const G722_LARGEST: i32 = 18_432;

/// The level that the smallest scale stands for, found by measuring noise.
const G722_FLOOR_DBOV: f32 = -71.0;

impl PayloadMeter {
    /// For one stream.
    pub const fn new(codec: Codec) -> Self {
        Self { codec, log_scale: 0 }
    }

    /// The level of the next payload.
    pub fn measure(&mut self, payload: &[u8]) -> Option<Level> {
        match self.codec {
            Codec::G722 => Some(self.g722(payload)),
            Codec::Opus => (voice_activity(payload) == Some(false)).then_some(Level::SILENCE),
            codec => payload_level(codec, payload),
        }
    }

    fn g722(&mut self, payload: &[u8]) -> Level {
        let mut sum = 0i64;
        for &byte in payload {
            let step = G722_STEPS[usize::from(byte >> 2 & 15)];
            self.log_scale = (((self.log_scale * 127) >> 7) + step).clamp(0, G722_LARGEST);
            sum += i64::from(self.log_scale);
        }
        let mean = sum as f32 / payload.len().max(1) as f32;
        Level::from_dbov(G722_FLOOR_DBOV + mean / 2048.0 * 6.02)
    }
}

/// A level below which nobody counts as speaking, whatever the noise: a phone's quiet room is
/// at -64 dBov or below, a soft voice above -50.
const GATE_DBOV: f32 = -55.0;

/// What speaks stands out of the noise by this much.
const ABOVE_FLOOR_DB: f32 = 9.0;

/// A floor is believed to be noise up to here. What is steady and louder is music or a tone,
/// and is heard.
const HIGHEST_FLOOR_DBOV: f32 = -48.0;

/// After the last sound above the gate a talker stays active for this long: the pauses
/// between words.
const HANGOVER_MS: u32 = 400;

/// Follows one leg's level: smoothed for ranking, with its noise floor and a speech gate.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    smoothed: f32,
    floor: f32,
    /// Milliseconds for which the leg still counts as active.
    left_ms: u32,
}

impl Default for Activity {
    fn default() -> Self {
        Self::new()
    }
}

impl Activity {
    /// A leg that was silent so far.
    pub const fn new() -> Self {
        Self { smoothed: Level::SILENCE.dbov(), floor: -60.0, left_ms: 0 }
    }

    /// Takes the level of the next `ms` milliseconds. Give [`Level::SILENCE`] for time in which
    /// nothing came.
    pub fn update(&mut self, level: Level, ms: u32) {
        let level = level.dbov();
        let toward = |from: f32, time_ms: f32| {
            from + (level - from) * (1.0 - (-(ms as f32) / time_ms).exp())
        };
        self.smoothed = toward(self.smoothed, if level > self.smoothed { 15.0 } else { 150.0 });
        self.floor = if level < self.floor {
            toward(self.floor, 60.0)
        } else {
            (self.floor + 3.0 * ms as f32 / 1000.0).min(level)
        };
        self.floor = self.floor.clamp(-90.0, HIGHEST_FLOOR_DBOV);
        let gate = (self.floor + ABOVE_FLOOR_DB).max(GATE_DBOV);
        self.left_ms = if level > gate { HANGOVER_MS } else { self.left_ms.saturating_sub(ms) };
    }

    /// Whether somebody speaks, pauses between words included.
    pub const fn is_active(&self) -> bool {
        self.left_ms > 0
    }

    /// Whether the last update was louder than the noise; no pauses included.
    pub const fn is_sounding(&self) -> bool {
        self.left_ms == HANGOVER_MS
    }

    /// The level to rank by: rises at once, falls over about 150 ms.
    pub fn level(&self) -> Level {
        Level::from_dbov(self.smoothed)
    }

    /// The noise below the voice.
    pub fn noise_floor(&self) -> Level {
        Level::from_dbov(self.floor)
    }
}

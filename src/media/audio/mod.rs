//! Sound: `f32` samples, mono, in [-1, 1]; 48 kHz between the resamplers.

pub mod codec;
pub mod comfort_noise;
pub mod conceal;
pub mod dtmf;
mod filter_design;
pub mod gain;
pub mod level;
pub mod limiter;
pub mod mixer;
pub mod noise;
pub mod ranking;
pub mod resample;
pub mod speech;
pub mod stretch;
pub mod tone;
pub mod watch;

/// The rate of everything between the resamplers, in Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// The samples of the usual packet of 20 ms at [`SAMPLE_RATE`].
pub const FRAME: usize = samples_in(20, SAMPLE_RATE);

/// The longest packet that is taken, in ms: the longest of Opus (RFC 6716 section 3.2.5).
/// Other codecs are held to it too, so that one buffer fits all.
pub const MAX_PACKET_MS: usize = 120;

/// The samples of the longest packet at [`SAMPLE_RATE`]: the size of a buffer that always fits.
pub const MAX_PACKET: usize = samples_in(MAX_PACKET_MS, SAMPLE_RATE);

/// The samples of `ms` milliseconds at `rate` Hz.
pub const fn samples_in(ms: usize, rate: u32) -> usize {
    ms * rate as usize / 1000
}

//! WAV files (RIFF, Microsoft and IBM 1991) to sound at [`CLIP_RATE`].

use crate::audio::SAMPLE_RATE;
use crate::audio::codec::Law;
use crate::audio::resample::Resampler;
use causeway_plan::{CLIP_RATE, Clip};
use std::fmt;

/// The longest sound that is taken, in seconds: hold music of five minutes.
pub const MAX_SECONDS: usize = 300;

/// The longest file that is worth reading: the longest sound at 48 kHz, and 64 KB of other
/// chunks (titles, cue points).
pub const MAX_FILE_BYTES: usize = MAX_SECONDS * 48_000 * 2 + 65_536;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WavError {
    /// It does not begin as RIFF/WAVE does.
    NotWav,
    /// It ends inside a chunk, or before its format and its data.
    Truncated,
    /// The data comes before the format, or the format is shorter than its own fields.
    Disorder,
    /// An encoding that is none of PCM (1), A-law (6) and µ-law (7).
    Encoding(u16),
    /// More than one channel, or none.
    Channels(u16),
    /// A rate that is none of 8000, 16000 and 48000 Hz.
    Rate(u32),
    /// Bits a sample: 8 and 16 for PCM, 8 for the two laws.
    Bits(u16),
    /// No sample at all.
    Empty,
    /// Longer than [`MAX_SECONDS`].
    TooLong,
}

impl fmt::Display for WavError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FIX: &str = "; `sox IN -r 16000 -c 1 -b 16 OUT.wav` makes one that is";
        match self {
            WavError::NotWav => write!(f, "is not a WAV file{FIX}"),
            WavError::Truncated => write!(f, "ends too early: it was not copied whole"),
            WavError::Disorder => write!(f, "has its format after its data, or none{FIX}"),
            WavError::Encoding(tag) => {
                write!(f, "has encoding {tag}, and only PCM, A-law and mu-law are taken{FIX}")
            }
            WavError::Channels(channels) => {
                write!(f, "has {channels} channels, and only mono is taken{FIX}")
            }
            WavError::Rate(rate) => {
                write!(f, "has {rate} Hz, and only 8000, 16000 and 48000 are taken{FIX}")
            }
            WavError::Bits(bits) => {
                write!(f, "has {bits} bits a sample, and only PCM of 8 or 16 bits is taken{FIX}")
            }
            WavError::Empty => write!(f, "holds no sound"),
            WavError::TooLong => write!(f, "is longer than {MAX_SECONDS} seconds"),
        }
    }
}

impl std::error::Error for WavError {}

/// How the samples of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Pcm8,
    Pcm16,
    Law(Law),
}

#[derive(Clone, Copy, Debug)]
struct Format {
    encoding: Encoding,
    rate: u32,
}

/// Reads a whole file: mono; PCM of 8 or 16 bits, A-law or µ-law; 8, 16 or 48 kHz.
pub fn read_wav(file: &[u8]) -> Result<Clip, WavError> {
    let (format, data) = chunks(file)?;
    let samples = samples(format.encoding, data);
    if samples.is_empty() {
        return Err(WavError::Empty);
    }
    if samples.len() > MAX_SECONDS * format.rate as usize {
        return Err(WavError::TooLong);
    }
    let samples = at_clip_rate(samples, format.rate).ok_or(WavError::Rate(format.rate))?;
    // 32767.5 would make -1 overflow; clamping costs nothing that can be heard.
    Ok(Clip(samples.iter().map(|x| (x * 32_768.0).clamp(-32_768.0, 32_767.0) as i16).collect()))
}

/// Finds the format and the data among the chunks; all others are passed over.
fn chunks(file: &[u8]) -> Result<(Format, &[u8]), WavError> {
    let (Some(b"RIFF"), Some(b"WAVE")) = (file.get(..4), file.get(8..12)) else {
        return Err(WavError::NotWav);
    };
    let mut rest = file.get(12..).unwrap_or_default();
    let mut format = None;
    loop {
        let (id, after) = rest.split_first_chunk::<4>().ok_or(WavError::Truncated)?;
        let (length, after) = after.split_first_chunk::<4>().ok_or(WavError::Truncated)?;
        let length = u32::from_le_bytes(*length) as usize;
        let body = after.get(..length).ok_or(WavError::Truncated)?;
        match id {
            b"fmt " => format = Some(read_format(body)?),
            b"data" => return Ok((format.ok_or(WavError::Disorder)?, body)),
            _ => {}
        }
        // Chunks begin at even places.
        rest = after.get(length + length % 2..).unwrap_or_default();
    }
}

/// The sign that the encoding stands further behind (WAVE_FORMAT_EXTENSIBLE).
const EXTENSIBLE: u16 = 0xfffe;

fn read_format(body: &[u8]) -> Result<Format, WavError> {
    let word = |at: usize| {
        let bytes = body.get(at..at + 2).and_then(|bytes| bytes.first_chunk::<2>());
        bytes.map(|bytes| u16::from_le_bytes(*bytes)).ok_or(WavError::Disorder)
    };
    let tag = match word(0)? {
        EXTENSIBLE => word(24)?,
        tag => tag,
    };
    let (channels, bits) = (word(2)?, word(14)?);
    let rate = u32::from(word(4)?) | u32::from(word(6)?) << 16;
    let encoding = match (tag, bits) {
        (1, 8) => Encoding::Pcm8,
        (1, 16) => Encoding::Pcm16,
        (6, 8) => Encoding::Law(Law::A),
        (7, 8) => Encoding::Law(Law::Mu),
        (1 | 6 | 7, bits) => return Err(WavError::Bits(bits)),
        (tag, _) => return Err(WavError::Encoding(tag)),
    };
    match (channels, rate) {
        (1, 8_000 | 16_000 | 48_000) => Ok(Format { encoding, rate }),
        (1, rate) => Err(WavError::Rate(rate)),
        (channels, _) => Err(WavError::Channels(channels)),
    }
}

/// A byte that is left over is no sample.
fn samples(encoding: Encoding, data: &[u8]) -> Vec<f32> {
    match encoding {
        Encoding::Pcm8 => data.iter().map(|byte| (f32::from(*byte) - 128.0) / 128.0).collect(),
        Encoding::Pcm16 => {
            let (samples, _) = data.as_chunks::<2>();
            samples.iter().map(|x| f32::from(i16::from_le_bytes(*x)) / 32_768.0).collect()
        }
        Encoding::Law(law) => data.iter().map(|byte| law.table()[usize::from(*byte)]).collect(),
    }
}

fn at_clip_rate(samples: Vec<f32>, rate: u32) -> Option<Vec<f32>> {
    if rate == CLIP_RATE {
        return Some(samples);
    }
    let mut up = Resampler::new(rate, SAMPLE_RATE)?;
    let mut high = vec![0.0; up.output_len(samples.len())];
    up.process(&samples, &mut high);
    let mut down = Resampler::new(SAMPLE_RATE, CLIP_RATE)?;
    high.resize(high.len().next_multiple_of((SAMPLE_RATE / CLIP_RATE) as usize), 0.0);
    let mut low = vec![0.0; down.output_len(high.len())];
    down.process(&high, &mut low);
    Some(low)
}

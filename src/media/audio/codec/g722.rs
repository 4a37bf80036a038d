//! G.722 at 64 kbit/s: two samples of 16 kHz a byte.

use std::fmt;

use audio_codec::g722;
use audio_codec::{Decoder as _, Encoder as _};
use causeway_base::Codec;

use super::{DecodeError, EncodeError, room};
use crate::audio::conceal::Concealer;

/// Bytes that are converted at once, so that the integers stay on the stack.
const BLOCK: usize = 160;

/// The integer full scale.
const FULL_SCALE: f32 = 32_768.0;

/// A G.722 decoder with its concealment.
pub struct G722Decoder {
    state: g722::G722Decoder,
    concealer: Concealer,
}

impl fmt::Debug for G722Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("G722Decoder").finish_non_exhaustive()
    }
}

impl Default for G722Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl G722Decoder {
    /// A decoder that has heard nothing.
    pub fn new() -> Self {
        Self {
            state: g722::G722Decoder::new(),
            concealer: Concealer::new(Codec::G722.sample_rate()),
        }
    }

    /// See [`super::Decoder::decode`].
    pub fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let out = room(Codec::G722, payload, out)?;
        let mut integers = [0i16; 2 * BLOCK];
        for (bytes, samples) in payload.chunks(BLOCK).zip(out.chunks_mut(2 * BLOCK)) {
            self.state.decode_into(bytes, &mut integers).map_err(|_| DecodeError::Malformed)?;
            for (sample, &integer) in samples.iter_mut().zip(&integers) {
                *sample = f32::from(integer) * (1.0 / FULL_SCALE);
            }
        }
        self.concealer.received(out);
        Ok(out.len())
    }

    /// See [`super::Decoder::conceal`].
    pub fn conceal(&mut self, out: &mut [f32]) {
        self.concealer.conceal(out);
    }
}

/// A G.722 encoder.
#[derive(Default)]
pub struct G722Encoder {
    state: g722::G722Encoder,
}

impl fmt::Debug for G722Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("G722Encoder").finish_non_exhaustive()
    }
}

impl G722Encoder {
    /// See [`super::Encoder::encode`].
    pub fn encode(&mut self, pcm: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        if !pcm.len().is_multiple_of(2) {
            return Err(EncodeError::FrameSize);
        }
        let out = out.get_mut(..pcm.len() / 2).ok_or(EncodeError::OutputTooSmall)?;
        let mut integers = [0i16; 2 * BLOCK];
        for (samples, bytes) in pcm.chunks(2 * BLOCK).zip(out.chunks_mut(BLOCK)) {
            for (integer, &sample) in integers.iter_mut().zip(samples) {
                *integer = (sample * FULL_SCALE) as i16;
            }
            self.state
                .encode_into(&integers[..samples.len()], bytes)
                .map_err(|_| EncodeError::OutputTooSmall)?;
        }
        Ok(out.len())
    }
}

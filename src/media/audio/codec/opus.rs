//! Opus (RFC 6716) at 48 kHz, mono; libopus mixes a stereo stream down.

use std::fmt;

use ::opus::{Application, Channels};
use causeway_base::{Bitrate, Codec};

use super::{DecodeError, EncodeError, EncoderSettings, room};
use crate::audio::{SAMPLE_RATE, samples_in};

/// libopus codes in units of 2.5 ms; what it conceals must be a multiple of it.
const UNIT: usize = 120;

/// Packets up to this size say "nothing to send" (DTX) on the way out of the encoder.
const DTX_BYTES: usize = 2;

/// The samples at 48 kHz that a packet holds (RFC 6716 section 3).
pub(super) fn duration(payload: &[u8]) -> Result<usize, DecodeError> {
    if payload.is_empty() {
        return Err(DecodeError::Empty);
    }
    ::opus::packet::get_nb_samples(payload, SAMPLE_RATE).map_err(|_| DecodeError::Malformed)
}

/// What the first byte says (RFC 6716 section 3.1).
#[derive(Clone, Copy)]
struct Toc(u8);

impl Toc {
    /// The 20 ms (or one 10 ms) SILK frames of one Opus frame; `None` in the CELT-only mode.
    fn silk_frames(self) -> Option<u32> {
        match self.0 >> 3 {
            0..=11 => Some([1, 1, 2, 3][usize::from(self.0 >> 3 & 3)]),
            12..=15 => Some(1),
            _ => None,
        }
    }
}

/// The first byte of the first frame's data, and the SILK frames whose flags lead it.
fn silk_flags(payload: &[u8]) -> Option<(u8, u32)> {
    let (&first, rest) = payload.split_first()?;
    let frames = Toc(first).silk_frames()?;
    let data = match first & 3 {
        0 | 1 => rest,
        // Two frames: the first one's length, of one or two bytes (RFC 6716 section 3.2.1).
        2 => match rest.first()? {
            0 => return None,
            1..=251 => rest.get(1..)?,
            _ => rest.get(2..)?,
        },
        _ => return None,
    };
    Some((*data.first()?, frames))
}

/// Whether the talker's encoder heard speech, read from the SILK header (RFC 6716 section
/// 4.2.3) without decoding. `None` where the packet does not say: CELT mode, odd packings.
/// A packet of DTX says no.
pub fn voice_activity(payload: &[u8]) -> Option<bool> {
    if payload.len() <= DTX_BYTES {
        return Some(false);
    }
    let (flags, frames) = silk_flags(payload)?;
    Some(flags >> (8 - frames) != 0)
}

/// Whether the packet carries a copy of the one before it (LBRR, RFC 6716 section 4.2.3).
pub fn carries_fec(payload: &[u8]) -> bool {
    silk_flags(payload).is_some_and(|(flags, frames)| flags >> (7 - frames) & 1 == 1)
}

/// An Opus decoder, which allocates its state with the first packet.
#[derive(Default)]
pub struct OpusDecoder {
    state: Option<::opus::Decoder>,
}

impl fmt::Debug for OpusDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpusDecoder").field("allocated", &self.state.is_some()).finish()
    }
}

impl OpusDecoder {
    /// A decoder that has heard nothing and holds nothing.
    pub const fn new() -> Self {
        Self { state: None }
    }

    fn state(&mut self) -> Result<&mut ::opus::Decoder, DecodeError> {
        if self.state.is_none() {
            self.state = Some(
                ::opus::Decoder::new(SAMPLE_RATE, Channels::Mono)
                    .map_err(|_| DecodeError::Unavailable)?,
            );
        }
        self.state.as_mut().ok_or(DecodeError::Unavailable)
    }

    /// See [`super::Decoder::decode`].
    pub fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let out = room(Codec::Opus, payload, out)?;
        self.state()?.decode_float(payload, out, false).map_err(|_| DecodeError::Malformed)
    }

    /// See [`super::Decoder::decode_fec`]. `samples` is rounded down to 2.5 ms.
    pub fn decode_fec(
        &mut self,
        next: &[u8],
        samples: usize,
        out: &mut [f32],
    ) -> Result<usize, DecodeError> {
        duration(next)?;
        let samples = samples / UNIT * UNIT;
        if samples == 0 {
            return Ok(0);
        }
        let out = out.get_mut(..samples).ok_or(DecodeError::OutputTooSmall(samples))?;
        self.state()?.decode_float(next, out, true).map_err(|_| DecodeError::Malformed)
    }

    /// See [`super::Decoder::conceal`]. Silence before the first packet.
    pub fn conceal(&mut self, out: &mut [f32]) {
        let whole = out.len() / UNIT * UNIT;
        let (concealed, rest) = out.split_at_mut(whole);
        rest.fill(0.0);
        let done = match &mut self.state {
            Some(state) if whole > 0 => state.decode_float(&[], concealed, false).unwrap_or(0),
            _ => 0,
        };
        concealed.iter_mut().skip(done).for_each(|sample| *sample = 0.0);
    }
}

/// An Opus encoder.
pub struct OpusEncoder {
    state: ::opus::Encoder,
    dtx: bool,
}

impl fmt::Debug for OpusEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpusEncoder").field("dtx", &self.dtx).finish_non_exhaustive()
    }
}

impl OpusEncoder {
    /// An encoder in its initial state, for speech (SILK below about 40 kbit/s: FEC needs it).
    pub fn new(settings: EncoderSettings) -> Result<Self, EncodeError> {
        let make = || -> ::opus::Result<::opus::Encoder> {
            let mut state = ::opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip)?;
            state.set_bitrate(::opus::Bitrate::Bits(bits(settings.bitrate)))?;
            state.set_complexity(i32::from(settings.complexity.min(10)))?;
            state.set_inband_fec(settings.fec)?;
            state.set_packet_loss_perc(i32::from(settings.expected_loss.min(100)))?;
            state.set_dtx(settings.dtx)?;
            Ok(state)
        };
        make().map(|state| Self { state, dtx: settings.dtx }).map_err(|_| EncodeError::Unavailable)
    }

    /// See [`super::Encoder::encode`].
    pub fn encode(&mut self, pcm: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        if ![10, 20, 40, 60].iter().any(|&ms| samples_in(ms, SAMPLE_RATE) == pcm.len()) {
            return Err(EncodeError::FrameSize);
        }
        let bytes = self.state.encode_float(pcm, out).map_err(|_| EncodeError::OutputTooSmall)?;
        Ok(if self.dtx && bytes <= DTX_BYTES { 0 } else { bytes })
    }

    /// Prepares for another loss, in percent.
    pub fn set_expected_loss(&mut self, percent: u8) {
        // Only a value outside 0-100 is refused.
        let _ = self.state.set_packet_loss_perc(i32::from(percent.min(100)));
    }

    /// Aims at another rate.
    pub fn set_bitrate(&mut self, bitrate: Bitrate) {
        // Only a value outside the range that `bits` keeps is refused.
        let _ = self.state.set_bitrate(::opus::Bitrate::Bits(bits(bitrate)));
    }
}

/// Bits per second within what Opus takes (RFC 6716 section 2.1.1).
fn bits(bitrate: Bitrate) -> i32 {
    bitrate.as_bps().clamp(6_000, 510_000) as i32
}

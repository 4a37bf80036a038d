//! Payloads to samples and back, at each codec's own rate
//! ([`Codec::sample_rate`]: Opus 48 kHz, G.722 16 kHz, G.711 8 kHz).
//!
//! Memory of one leg: a G.711 decoder takes 1.7 KB, a G.722 decoder 3.7 KB, either nearly twice
//! that once it has concealed; an Opus decoder 18.5 KB, allocated with the first packet. An Opus
//! encoder takes 29 KB, a G.722 encoder 0.4 KB, a G.711 encoder nothing.

pub mod g711;
mod g722;
mod opus;

use std::fmt;

use causeway_base::{Bitrate, Codec};

pub use g711::Law;
pub use g722::{G722Decoder, G722Encoder};
pub use opus::{OpusDecoder, OpusEncoder, carries_fec, voice_activity};

use super::{MAX_PACKET_MS, samples_in};

/// Why a payload gave no samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The peer misbehaved: an empty payload.
    Empty,
    /// The peer misbehaved: longer than [`MAX_PACKET_MS`].
    TooLong,
    /// The peer misbehaved: not a payload of this codec.
    Malformed,
    /// API misuse: the output has no room for this many samples.
    OutputTooSmall(usize),
    /// No memory for the decoder.
    Unavailable,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Empty => f.write_str("the payload is empty"),
            DecodeError::TooLong => write!(f, "the payload is longer than {MAX_PACKET_MS} ms"),
            DecodeError::Malformed => f.write_str("the payload is not of this codec"),
            DecodeError::OutputTooSmall(needed) => write!(f, "the output needs {needed} samples"),
            DecodeError::Unavailable => f.write_str("no memory for the decoder"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Why samples gave no payload: always API misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The samples are no frame of this codec: Opus takes 10, 20, 40 or 60 ms, G.722 an even
    /// number of samples.
    FrameSize,
    /// The output has no room for the payload.
    OutputTooSmall,
    /// The settings were refused, or no memory is left.
    Unavailable,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EncodeError::FrameSize => "not a frame size of this codec",
            EncodeError::OutputTooSmall => "the output has no room for the payload",
            EncodeError::Unavailable => "the encoder cannot be made",
        })
    }
}

impl std::error::Error for EncodeError {}

/// The samples (at [`Codec::sample_rate`]) that a payload holds, read from its header or length.
pub fn payload_duration(codec: Codec, payload: &[u8]) -> Result<usize, DecodeError> {
    let samples = match codec {
        Codec::Opus => opus::duration(payload)?,
        Codec::G722 => payload.len().saturating_mul(2),
        Codec::Pcma | Codec::Pcmu => payload.len(),
    };
    match samples {
        0 => Err(DecodeError::Empty),
        n if n > samples_in(MAX_PACKET_MS, codec.sample_rate()) => Err(DecodeError::TooLong),
        n => Ok(n),
    }
}

/// Checks a payload against its codec and its output: the part of `out` to fill.
fn room<'a>(
    codec: Codec,
    payload: &[u8],
    out: &'a mut [f32],
) -> Result<&'a mut [f32], DecodeError> {
    let needed = payload_duration(codec, payload)?;
    out.get_mut(..needed).ok_or(DecodeError::OutputTooSmall(needed))
}

/// One stream's decoder, with the memory that concealment needs.
#[derive(Debug)]
pub enum Decoder {
    /// Opus.
    Opus(OpusDecoder),
    /// G.722.
    G722(Box<G722Decoder>),
    /// G.711.
    G711(Box<g711::G711Decoder>),
}

impl Decoder {
    /// A decoder that has heard nothing. Opus allocates its state with the first packet.
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Opus => Decoder::Opus(OpusDecoder::new()),
            Codec::G722 => Decoder::G722(Box::default()),
            Codec::Pcma => Decoder::G711(Box::new(g711::G711Decoder::new(Law::A))),
            Codec::Pcmu => Decoder::G711(Box::new(g711::G711Decoder::new(Law::Mu))),
        }
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        match self {
            Decoder::Opus(_) => Codec::Opus,
            Decoder::G722(_) => Codec::G722,
            Decoder::G711(g711) => g711.codec(),
        }
    }

    /// The rate of the samples that come out, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.codec().sample_rate()
    }

    /// Decodes one packet of 2.5 to 120 ms into the beginning of `out`; returns how many samples.
    /// After a concealment the two are blended.
    pub fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        match self {
            Decoder::Opus(opus) => opus.decode(payload, out),
            Decoder::G722(g722) => g722.decode(payload, out),
            Decoder::G711(g711) => g711.decode(payload, out),
        }
    }

    /// The lost packet before `next`, from the redundancy that `next` carries (Opus in-band FEC,
    /// RFC 6716 section 2.1.7); concealed where it carries none. `samples` is the length of the
    /// lost packet. Decode `next` itself afterwards.
    pub fn decode_fec(
        &mut self,
        next: &[u8],
        samples: usize,
        out: &mut [f32],
    ) -> Result<usize, DecodeError> {
        match self {
            Decoder::Opus(opus) => opus.decode_fec(next, samples, out),
            other => Ok(other.conceal(samples, out)),
        }
    }

    /// Fills `samples` (or all of `out`, if shorter) in place of a lost packet; returns how many.
    /// The sound fades to silence within 60 ms (G.711 appendix I), with Opus by libopus' rule.
    pub fn conceal(&mut self, samples: usize, out: &mut [f32]) -> usize {
        let samples = samples.min(out.len());
        let out = &mut out[..samples];
        match self {
            Decoder::Opus(opus) => opus.conceal(out),
            Decoder::G722(g722) => g722.conceal(out),
            Decoder::G711(g711) => g711.conceal(out),
        }
        samples
    }
}

/// How an encoder encodes. All but `ptime_ms` matter to Opus only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Milliseconds of one packet: 10, 20, 30, 40 or 60, for whoever cuts the frames. An encoder
    /// takes each frame as [`Encoder::encode`] is given it; Opus has none of 30.
    pub ptime_ms: u8,
    /// The average rate aimed at.
    pub bitrate: Bitrate,
    /// 0 (cheap) to 10 (best).
    pub complexity: u8,
    /// Packets carry a coarse copy of the one before (in-band FEC).
    pub fec: bool,
    /// The loss to prepare for, in percent: FEC is only spent where it is above 0.
    pub expected_loss: u8,
    /// Nothing is sent in silence.
    pub dtx: bool,
}

impl Default for EncoderSettings {
    /// Speech at 20 ms: 32 kbit/s, complexity 5 (within 0.1 MOS of 10 at two thirds of its
    /// cost), no FEC, no DTX.
    fn default() -> Self {
        Self {
            ptime_ms: 20,
            bitrate: Bitrate::kbps(32),
            complexity: 5,
            fec: false,
            expected_loss: 0,
            dtx: false,
        }
    }
}

/// One outgoing stream's encoder.
#[derive(Debug)]
pub enum Encoder {
    /// Opus.
    Opus(OpusEncoder),
    /// G.722.
    G722(Box<G722Encoder>),
    /// G.711 has no state.
    G711(Law),
}

impl Encoder {
    /// An encoder in its initial state.
    pub fn new(codec: Codec, settings: EncoderSettings) -> Result<Self, EncodeError> {
        Ok(match codec {
            Codec::Opus => Encoder::Opus(OpusEncoder::new(settings)?),
            Codec::G722 => Encoder::G722(Box::default()),
            Codec::Pcma => Encoder::G711(Law::A),
            Codec::Pcmu => Encoder::G711(Law::Mu),
        })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        match self {
            Encoder::Opus(_) => Codec::Opus,
            Encoder::G722(_) => Codec::G722,
            Encoder::G711(law) => law.codec(),
        }
    }

    /// The rate of the samples that go in, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.codec().sample_rate()
    }

    /// Encodes one frame; returns the bytes of the payload. 0 means that nothing needs to be
    /// sent (DTX). Samples beyond full scale are clipped.
    pub fn encode(&mut self, pcm: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Encoder::Opus(opus) => opus.encode(pcm, out),
            Encoder::G722(g722) => g722.encode(pcm, out),
            Encoder::G711(law) => {
                let out = out.get_mut(..pcm.len()).ok_or(EncodeError::OutputTooSmall)?;
                law.encode(pcm, out);
                Ok(pcm.len())
            }
        }
    }

    /// Prepares for another loss (percent), as receiver reports tell. Only Opus listens.
    pub fn set_expected_loss(&mut self, percent: u8) {
        if let Encoder::Opus(opus) = self {
            opus.set_expected_loss(percent);
        }
    }

    /// Aims at another rate. Only Opus listens.
    pub fn set_bitrate(&mut self, bitrate: Bitrate) {
        if let Encoder::Opus(opus) = self {
            opus.set_bitrate(bitrate);
        }
    }
}

//! The codecs of the load, called straight: what is measured must not share a fault with what
//! measures.

use audio_codec::Decoder as _;
use causeway_base::Codec;

/// Milliseconds of one packet.
pub const PACKET_MS: u32 = 20;

/// Packets that a leg sends in a second.
pub const PACKETS_PER_SECOND: u32 = 1000 / PACKET_MS;

/// Bytes of the longest payload: Opus at 128 kbit/s with room to spare.
const MAX_PAYLOAD: usize = 640;

/// The rate in Hz at which the load makes the samples of a codec.
pub const fn source_rate(codec: Codec) -> u32 {
    codec.sample_rate()
}

/// The rate in Hz at which the load hears the samples of a codec. Opus is heard at 16 kHz:
/// enough for a click, and a third of the work.
pub const fn hearing_rate(codec: Codec) -> u32 {
    match codec {
        Codec::Opus | Codec::G722 => 16_000,
        Codec::Pcma | Codec::Pcmu => 8_000,
    }
}

/// Samples of one packet at a rate.
pub const fn packet_samples(rate: u32) -> usize {
    (rate * PACKET_MS / 1000) as usize
}

/// Makes payloads.
pub struct Encoder(EncoderKind);

enum EncoderKind {
    Opus(opus::Encoder),
    Other(Box<dyn audio_codec::Encoder>),
}

impl Encoder {
    /// An encoder at the source rate. `dtx` lets Opus fall silent by itself.
    ///
    /// # Errors
    /// What libopus says.
    pub fn new(codec: Codec, dtx: bool) -> Result<Self, opus::Error> {
        Ok(Self(match codec {
            Codec::Opus => {
                let mut encoder = opus::Encoder::new(
                    source_rate(codec),
                    opus::Channels::Mono,
                    opus::Application::Voip,
                )?;
                encoder.set_bitrate(opus::Bitrate::Bits(32_000))?;
                encoder.set_dtx(dtx)?;
                EncoderKind::Opus(encoder)
            }
            Codec::G722 => EncoderKind::Other(Box::new(audio_codec::g722::G722Encoder::new())),
            Codec::Pcma => EncoderKind::Other(Box::new(audio_codec::pcma::PcmaEncoder::new())),
            Codec::Pcmu => EncoderKind::Other(Box::new(audio_codec::pcmu::PcmuEncoder::new())),
        }))
    }

    /// The payload of one packet of samples. Empty if the codec refuses them.
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let mut payload = vec![0; MAX_PAYLOAD];
        let len = match &mut self.0 {
            EncoderKind::Opus(encoder) => encoder.encode(samples, &mut payload).unwrap_or(0),
            EncoderKind::Other(encoder) => encoder.encode_into(samples, &mut payload).unwrap_or(0),
        };
        payload.truncate(len);
        payload
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encoder")
    }
}

/// Opens payloads.
pub struct Decoder(DecoderKind);

enum DecoderKind {
    Opus(opus::Decoder),
    G722(Box<audio_codec::g722::G722Decoder>),
    Pcma(audio_codec::pcma::PcmaDecoder),
    Pcmu(audio_codec::pcmu::PcmuDecoder),
}

impl Decoder {
    /// A decoder at the hearing rate.
    ///
    /// # Errors
    /// What libopus says.
    pub fn new(codec: Codec) -> Result<Self, opus::Error> {
        Ok(Self(match codec {
            Codec::Opus => {
                DecoderKind::Opus(opus::Decoder::new(hearing_rate(codec), opus::Channels::Mono)?)
            }
            Codec::G722 => DecoderKind::G722(Box::default()),
            Codec::Pcma => DecoderKind::Pcma(audio_codec::pcma::PcmaDecoder::new()),
            Codec::Pcmu => DecoderKind::Pcmu(audio_codec::pcmu::PcmuDecoder::new()),
        }))
    }

    /// Decodes into the front of `samples`; how many came. None if the payload is broken.
    pub fn decode(&mut self, payload: &[u8], samples: &mut [i16]) -> usize {
        match &mut self.0 {
            DecoderKind::Opus(decoder) => decoder.decode(payload, samples, false).unwrap_or(0),
            DecoderKind::G722(decoder) => decoder.decode_into(payload, samples).unwrap_or(0),
            DecoderKind::Pcma(decoder) => decoder.decode_into(payload, samples).unwrap_or(0),
            DecoderKind::Pcmu(decoder) => decoder.decode_into(payload, samples).unwrap_or(0),
        }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder")
    }
}

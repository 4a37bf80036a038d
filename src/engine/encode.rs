//! A mix to encoded packets: down to the codec's rate, into packets of the peer's length.

use crate::egress::MAX_ENCODED;
use crate::leg::Link;
use crate::room::QUANTUM_MS;
use causeway_base::{Bitrate, Codec};
use causeway_media::audio::codec::{Encoder, EncoderSettings};
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::{FRAME, SAMPLE_RATE};

/// The average rate of Opus speech unless the peer wants less: wideband, transparent.
const OPUS_BITRATE: Bitrate = Bitrate::kbps(32);

/// The loss in percent that FEC prepares for, once a peer reports any: the usual mobile path's.
const EXPECTED_LOSS: u8 = 10;

/// All that tells one encoder's packets from another's. Listeners with the same key share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EncodeKey {
    codec: Codec,
    ptime_ms: u8,
    bitrate: Bitrate,
    fec: bool,
    dtx: bool,
}

impl EncodeKey {
    /// The key of what a leg is sent. FEC only where the peer takes it and loses packets: it
    /// costs a fifth more for everybody in the group.
    pub(crate) fn of(link: &Link) -> Self {
        let audio = &link.media.audio;
        let format = &audio.send;
        let opus = format.codec == Codec::Opus;
        let bitrate = format.max_bitrate.map_or(OPUS_BITRATE, |max| max.min(OPUS_BITRATE));
        Self {
            codec: format.codec,
            ptime_ms: if opus && audio.ptime_ms == 30 { 20 } else { audio.ptime_ms.clamp(10, 60) },
            bitrate: if opus { bitrate } else { Bitrate::default() },
            fec: opus && format.fec && link.reporting.peer_loses(),
            dtx: opus && format.dtx,
        }
    }

    fn settings(self) -> EncoderSettings {
        EncoderSettings {
            ptime_ms: self.ptime_ms,
            bitrate: self.bitrate,
            fec: self.fec,
            expected_loss: if self.fec { EXPECTED_LOSS } else { 0 },
            dtx: self.dtx,
            ..EncoderSettings::default()
        }
    }
}

/// One encoder with what it needs before and after it.
#[derive(Debug)]
pub(crate) struct EncodeStream {
    key: EncodeKey,
    down: Resampler,
    encoder: Encoder,
    /// Samples at the codec's rate that do not fill a packet yet.
    pcm: Vec<f32>,
    packet_samples: usize,
    bytes: Vec<u8>,
    /// Where each packet of this quantum ends in `bytes`.
    ends: Vec<usize>,
}

impl EncodeStream {
    /// `None` where the codec's library refuses.
    pub(crate) fn new(key: EncodeKey) -> Option<Self> {
        let rate = key.codec.sample_rate();
        let packet_samples = rate as usize / 1000 * usize::from(key.ptime_ms);
        Some(Self {
            key,
            down: Resampler::new(SAMPLE_RATE, rate)?,
            encoder: Encoder::new(key.codec, key.settings()).ok()?,
            pcm: Vec::with_capacity(packet_samples + FRAME),
            packet_samples,
            bytes: Vec::with_capacity(2 * MAX_ENCODED),
            ends: Vec::with_capacity(2),
        })
    }

    pub(crate) fn key(&self) -> EncodeKey {
        self.key
    }

    /// Encodes one quantum of the mix at 48 kHz. Its packets stay until the next call.
    pub(crate) fn encode(&mut self, mix: &[f32]) {
        let rate_samples = self.key.codec.sample_rate() as usize / 1000 * QUANTUM_MS as usize;
        let start = self.pcm.len();
        self.pcm.resize(start + rate_samples, 0.0);
        self.down.process(mix, &mut self.pcm[start..]);
        self.bytes.clear();
        self.ends.clear();
        let mut used = 0;
        while let Some(frame) = self.pcm.get(used..used + self.packet_samples) {
            used += self.packet_samples;
            let from = self.bytes.len();
            self.bytes.resize(from + MAX_ENCODED, 0);
            // The sizes fit by construction; a codec's refusal is a packet of nothing, as DTX.
            let len = self.encoder.encode(frame, &mut self.bytes[from..]).unwrap_or(0);
            self.bytes.truncate(from + len);
            self.ends.push(self.bytes.len());
        }
        self.pcm.drain(..used);
    }

    /// The packets of the last quantum, each of [`Self::packet_ms`]. An empty one is not sent.
    pub(crate) fn packets(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end])
    }

    pub(crate) fn packet_ms(&self) -> u32 {
        u32::from(self.key.ptime_ms)
    }
}

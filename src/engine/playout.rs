//! 20 ms out of a leg's jitter buffer: how loud they are, and their samples where they are mixed.
//!
//! Two steps, so that work follows what is heard: [`stage`] takes the packets that are due and
//! tells how loud they are, without decoding where their level can be read; [`render`] decodes
//! them, for the few legs that the conference mixes.

use crate::clock::Now;
use crate::ingress::Pulled;
use crate::leg::{Leg, Link};
use crate::room::{QUANTUM, QUANTUM_MS};
use crate::worker::EventSink;
use causeway_base::{Codec, LegId};
use causeway_media::audio::codec::{Decoder, payload_duration};
use causeway_media::audio::dtmf::DtmfDetector;
use causeway_media::audio::gain::AutoGain;
use causeway_media::audio::level::{Activity, Level, PayloadMeter, QUIET};
use causeway_media::audio::ranking::Candidate;
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::stretch;
use causeway_media::audio::{FRAME, MAX_PACKET, SAMPLE_RATE};
use causeway_plan::{DigitMethod, MediaEvent};
use std::ops::Range;
use std::time::Duration;

/// Of a leg that is quiet by its samples, this many packets that claim to be quiet too are not
/// decoded. A tone or music that an encoder takes for no voice is found after 160 ms at most.
const MAX_BELIEVED: u8 = 7;

/// A leg's way from its jitter buffer to the mixer.
#[derive(Debug)]
pub(crate) struct Playout {
    /// Samples at 48 kHz that were asked for and not pulled yet. Below zero: pulled ahead,
    /// because packets are longer than a quantum.
    owed: i32,
    staged: Vec<Staged>,
    bytes: Vec<u8>,
    decoder: Option<Decoder>,
    /// Decoded samples at the codec's rate, not played yet.
    pcm: Vec<f32>,
    /// For merging; kept for its size.
    spare: Vec<f32>,
    up: Option<Resampler>,
    /// Of the packet that was pulled last.
    codec: Option<Codec>,
    meter: Option<(Codec, PayloadMeter)>,
    /// That packet said how loud it is (RFC 6464).
    told: bool,
    /// Packets whose estimated quiet is still believed without decoding.
    believed: u8,
    /// Packets are wanted even of a leg that cannot be picked.
    keeps_all: bool,
    /// Of the last quantum, not smoothed.
    level: Level,
    activity: Activity,
    gain: AutoGain,
    tones: Option<Box<DtmfDetector>>,
    concealed: u64,
    /// How long the leg was louder than its noise.
    audible: Duration,
}

/// What one pull gave. Lengths are in samples at 48 kHz.
#[derive(Clone, Debug)]
enum Staged {
    Packet { codec: Codec, payload: Range<usize> },
    Merge { codec: Codec, first: Range<usize>, second: Range<usize>, samples: usize },
    Lost { fec: Option<Range<usize>>, samples: usize },
    Silence { samples: usize },
}

/// How a leg's level is known.
#[derive(Clone, Copy, PartialEq)]
enum Loudness {
    Known(Level),
    /// Only its samples tell.
    Decode,
}

impl Default for Playout {
    fn default() -> Self {
        Self {
            owed: 0,
            staged: Vec::with_capacity(2),
            bytes: Vec::new(),
            decoder: None,
            pcm: Vec::new(),
            spare: Vec::new(),
            up: None,
            codec: None,
            meter: None,
            told: false,
            believed: 0,
            keeps_all: false,
            level: Level::SILENCE,
            activity: Activity::default(),
            gain: AutoGain::default(),
            tones: None,
            concealed: 0,
            audible: Duration::ZERO,
        }
    }
}

impl Playout {
    pub(crate) fn concealed_samples(&self) -> u64 {
        self.concealed
    }

    pub(crate) fn audible(&self) -> Duration {
        self.audible
    }

    /// Of the last quantum, not smoothed.
    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// The last quantum stood out of the leg's noise.
    pub(crate) fn is_sounding(&self) -> bool {
        self.activity.is_sounding()
    }

    /// Of the packet that was pulled last, whether it was decoded or not.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec
    }

    fn rate(&self) -> u32 {
        self.decoder.as_ref().map_or(SAMPLE_RATE, Decoder::sample_rate)
    }

    /// Samples at the codec's rate for `samples` at 48 kHz.
    fn at_rate(&self, samples: usize) -> usize {
        samples * self.rate() as usize / SAMPLE_RATE as usize
    }

    /// Forgets what the last quantum did not play, but keeps what was pulled ahead.
    fn begin_quantum(&mut self) {
        let ahead = self.at_rate(usize::try_from(-self.owed).unwrap_or(0));
        let stale = self.pcm.len().saturating_sub(ahead);
        self.pcm.drain(..stale);
        self.staged.clear();
        self.bytes.clear();
        self.owed += FRAME as i32;
    }

    fn keep(&mut self, payload: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        start..self.bytes.len()
    }

    fn use_codec(&mut self, codec: Codec) {
        if self.decoder.as_ref().is_none_or(|decoder| decoder.codec() != codec) {
            self.decoder = Some(Decoder::new(codec));
            self.pcm.clear();
            self.up = None;
            // It counts samples of the old rate.
            self.tones = None;
        }
    }
}

/// The encoded packets of legs whose streams are forwarded as they are, for one quantum.
#[derive(Debug, Default)]
pub(crate) struct Forwards {
    packets: Vec<(LegId, Codec, Range<usize>)>,
    bytes: Vec<u8>,
}

impl Forwards {
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
        self.bytes.clear();
    }

    /// The packets of a source in a codec, with their lengths in milliseconds.
    pub(crate) fn of(&self, source: LegId, codec: Codec) -> impl Iterator<Item = (&[u8], u32)> {
        let wanted = move |(leg, found, _): &&(LegId, Codec, Range<usize>)| {
            (*leg, *found) == (source, codec)
        };
        self.packets.iter().filter(wanted).filter_map(move |(_, _, range)| {
            let payload = self.bytes.get(range.clone())?;
            let milliseconds = samples_of(codec, payload) * QUANTUM_MS as usize / FRAME;
            Some((payload, milliseconds as u32))
        })
    }

    fn add(&mut self, leg: LegId, codec: Codec, payload: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        self.packets.push((leg, codec, start..self.bytes.len()));
    }
}

/// Takes the next 20 ms of a leg out of its jitter buffer, for the ranking and, where wanted,
/// for forwarding. `None` for a leg without media.
pub(crate) fn stage(
    leg: &mut Leg,
    now: Now,
    forwards: Option<&mut Forwards>,
    sink: &mut EventSink,
) -> Option<Candidate> {
    let link = leg.link.as_mut()?;
    let sends_events = !link.media.audio.receive_events.is_empty();
    let Link { ingress, playout, echo, .. } = link;
    playout.begin_quantum();
    playout.keeps_all = forwards.is_some() || !sends_events || echo.is_some();
    let mut level = Level::SILENCE;
    let mut decode = false;
    while playout.owed > 0 {
        let quiet = !playout.activity.is_active();
        match playout.stage_pull(ingress.pull(now.instant, quiet)) {
            Loudness::Known(known) if known > level => level = known,
            Loudness::Known(_) => {}
            Loudness::Decode => decode = true,
        }
    }
    if let Some(forwards) = forwards {
        playout.forward(leg.id, forwards);
    }
    let listens_for_tones = playout.may_hold_tones(sends_events, decode, level);
    if decode || listens_for_tones {
        let fresh = playout.decode();
        if decode {
            level = Level::of_pcm(playout.pcm.get(fresh..).unwrap_or_default());
            playout.believed = if level < QUIET { MAX_BELIEVED } else { 0 };
        }
        if listens_for_tones {
            playout.listen_for_tones(fresh, leg.id, sink);
        }
    }
    if !listens_for_tones && let Some(tones) = &mut playout.tones {
        tones.forget();
    }
    playout.level = level;
    playout.activity.update(level, QUANTUM_MS);
    if playout.activity.is_sounding() {
        playout.audible += QUANTUM;
    }
    Some(Candidate::new(leg.id, &playout.activity))
}

/// Decodes what was staged and gives 20 ms at 48 kHz.
pub(crate) fn render(link: &mut Link, auto_gain: bool, out: &mut [f32]) {
    let playout = &mut link.playout;
    playout.decode();
    let needed = playout.at_rate(FRAME);
    if playout.pcm.len() < needed {
        playout.pcm.resize(needed, 0.0);
    }
    let rate = playout.rate();
    if playout.up.is_none() {
        playout.up = Resampler::new(rate, SAMPLE_RATE);
    }
    match &mut playout.up {
        Some(up) => {
            up.process(&playout.pcm[..needed], out);
        }
        None => out.fill(0.0),
    }
    playout.pcm.drain(..needed);
    if auto_gain {
        let speaking = playout.activity.is_active();
        playout.gain.process(out, playout.level, speaking, QUANTUM_MS);
    }
}

/// 20 ms of what the leg itself said, as long ago as its echo is late.
pub(crate) fn echo(leg: &mut Leg, out: &mut [f32; FRAME]) {
    out.fill(0.0);
    let Some(link) = leg.link.as_mut().filter(|link| link.echo.is_some()) else { return };
    render(link, false, out);
    if let Some(echo) = &mut link.echo {
        echo.exchange(out);
    }
}

impl Playout {
    /// Keeps what a pull gave, and says how loud it is.
    ///
    /// What is quiet on a leg that does not speak cannot be picked: its bytes are not kept.
    fn stage_pull(&mut self, pulled: Pulled<'_>) -> Loudness {
        let (staged, loudness, samples) = match pulled {
            Pulled::Packet { codec, level, payload } => {
                let loudness = self.loudness(codec, level, payload);
                let samples = samples_of(codec, payload);
                if self.cannot_be_picked(loudness) {
                    self.owed -= samples.clamp(1, MAX_PACKET) as i32;
                    return loudness;
                }
                let payload = self.keep(payload);
                (Staged::Packet { codec, payload }, loudness, samples)
            }
            Pulled::Merge { codec, level, first, second } => {
                let loudness = self.loudness(codec, level, first);
                let samples = samples_of(codec, second);
                let (first, second) = (self.keep(first), self.keep(second));
                (Staged::Merge { codec, first, second, samples }, loudness, samples)
            }
            Pulled::Lost { next, samples } => {
                self.concealed += samples as u64;
                let fec = next.map(|next| self.keep(next));
                (Staged::Lost { fec, samples }, Loudness::Known(self.level), samples)
            }
            Pulled::Silence => {
                let samples = usize::try_from(self.owed).unwrap_or(FRAME);
                (Staged::Silence { samples }, Loudness::Known(Level::SILENCE), samples)
            }
        };
        self.owed -= samples.clamp(1, MAX_PACKET) as i32;
        self.staged.push(staged);
        loudness
    }

    /// Reads a payload's level without decoding it, where it can be read: from the header
    /// extension of RFC 6464, else from the payload itself.
    fn loudness(&mut self, codec: Codec, level: Option<u8>, payload: &[u8]) -> Loudness {
        (self.codec, self.told) = (Some(codec), level.is_some());
        if let Some(level) = level {
            return Loudness::Known(Level::from_rfc6464(level));
        }
        let meter = match &mut self.meter {
            Some((metered, meter)) if *metered == codec => meter,
            meter => &mut meter.insert((codec, PayloadMeter::new(codec))).1,
        };
        match (codec, meter.measure(payload)) {
            (Codec::Pcma | Codec::Pcmu, Some(level)) => Loudness::Known(level),
            // An estimate: good enough for quiet, as long as the samples agree now and then.
            (_, Some(level)) if level < QUIET && self.believed > 0 => {
                self.believed -= 1;
                Loudness::Known(level)
            }
            _ => Loudness::Decode,
        }
    }

    fn cannot_be_picked(&self, loudness: Loudness) -> bool {
        let quiet = matches!(loudness, Loudness::Known(level) if level < QUIET);
        quiet && !self.activity.is_active() && !self.keeps_all
    }

    /// Whether keys may be among what was staged, as tones: always, where digits come no other
    /// way, unless its packets say that they are quiet. A peer that agreed to send digits as events
    /// may send them as tones all the same, as gateways do. Tones are loud, and nobody relies on
    /// them through Opus then: what is quiet, and what costs more than some microseconds, is not
    /// decoded for them.
    fn may_hold_tones(&self, sends_events: bool, decode: bool, level: Level) -> bool {
        let is_loud = decode || level >= QUIET;
        if sends_events {
            is_loud && self.codec.is_some_and(|codec| codec != Codec::Opus)
        } else {
            is_loud || !self.told
        }
    }

    fn listen_for_tones(&mut self, fresh: usize, leg: LegId, sink: &mut EventSink) {
        let rate = self.rate();
        let tones = self.tones.get_or_insert_with(|| Box::new(DtmfDetector::new(rate)));
        tones.process(self.pcm.get(fresh..).unwrap_or_default(), |digit| {
            sink.send(MediaEvent::Digit { leg, digit, method: DigitMethod::InBand });
        });
    }

    fn forward(&self, leg: LegId, forwards: &mut Forwards) {
        for staged in &self.staged {
            let (codec, payloads) = match staged {
                Staged::Packet { codec, payload } => (codec, [Some(payload), None]),
                Staged::Merge { codec, first, second, .. } => (codec, [Some(first), Some(second)]),
                Staged::Lost { .. } | Staged::Silence { .. } => continue,
            };
            for payload in payloads.into_iter().flatten() {
                if let Some(payload) = self.bytes.get(payload.clone()) {
                    forwards.add(leg, *codec, payload);
                }
            }
        }
    }

    /// Decodes what was staged to the end of `pcm`. Returns where the new samples begin.
    fn decode(&mut self) -> usize {
        let fresh = self.pcm.len();
        let mut staged = std::mem::take(&mut self.staged);
        for staged in staged.drain(..) {
            match staged {
                Staged::Packet { codec, payload } => {
                    self.use_codec(codec);
                    self.decode_packet(payload);
                }
                Staged::Merge { codec, first, second, samples } => {
                    self.use_codec(codec);
                    self.merge(first, second, samples);
                }
                Staged::Lost { fec, samples } => self.conceal(fec, samples),
                Staged::Silence { samples } => self.silence(samples),
            }
        }
        self.staged = staged;
        fresh.min(self.pcm.len())
    }

    fn decode_packet(&mut self, payload: Range<usize>) {
        let Some(payload) = self.bytes.get(payload) else { return };
        let Some(decoder) = &mut self.decoder else { return };
        let start = self.pcm.len();
        let usual = decoder.sample_rate() as usize / 1000 * QUANTUM_MS as usize;
        let samples = payload_duration(decoder.codec(), payload).unwrap_or(usual);
        self.pcm.resize(start + samples, 0.0);
        let decoded = decoder.decode(payload, &mut self.pcm[start..]).unwrap_or_else(|_| {
            // A broken packet sounds like a lost one.
            decoder.conceal(samples, &mut self.pcm[start..])
        });
        self.pcm.truncate(start + decoded);
    }

    /// Two packets in the time of one.
    fn merge(&mut self, first: Range<usize>, second: Range<usize>, samples: usize) {
        let start = self.pcm.len();
        self.decode_packet(first);
        let middle = self.pcm.len();
        self.decode_packet(second);
        let mut both = std::mem::take(&mut self.spare);
        both.clear();
        both.extend(self.pcm.drain(start..));
        let (first, second) = both.split_at((middle - start).min(both.len()));
        self.pcm.resize(start + self.at_rate(samples), 0.0);
        if !stretch::merge(first, second, &mut self.pcm[start..]) {
            // Packets of unequal lengths: better a moment later than a moment of silence.
            self.pcm.truncate(start);
            self.pcm.extend_from_slice(&both);
        }
        self.spare = both;
    }

    fn conceal(&mut self, fec: Option<Range<usize>>, samples: usize) {
        let samples = self.at_rate(samples);
        let start = self.pcm.len();
        self.pcm.resize(start + samples, 0.0);
        let Some(decoder) = &mut self.decoder else { return };
        let out = &mut self.pcm[start..];
        let recovered = fec
            .and_then(|fec| self.bytes.get(fec))
            .is_some_and(|next| decoder.decode_fec(next, samples, out).is_ok());
        if !recovered {
            decoder.conceal(samples, out);
        }
    }

    fn silence(&mut self, samples: usize) {
        let samples = self.at_rate(samples);
        self.pcm.resize(self.pcm.len() + samples, 0.0);
    }
}

/// The length of a payload, in samples at 48 kHz; a packet that does not say is taken for 20 ms.
fn samples_of(codec: Codec, payload: &[u8]) -> usize {
    let ratio = (SAMPLE_RATE / codec.sample_rate()) as usize;
    payload_duration(codec, payload).map_or(FRAME, |samples| samples * ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_wire::audio_level::SILENCE;

    /// A quantum of one packet that says how loud it is, or says nothing.
    fn quantum(playout: &mut Playout, codec: Codec, level: Option<u8>) -> (bool, Level) {
        // Opus: 20 ms of one frame, whatever is in it.
        let payload: &[u8] = if codec == Codec::Opus { &[0x78, 1, 2, 3] } else { &[0xd5; 160] };
        playout.begin_quantum();
        match playout.stage_pull(Pulled::Packet { codec, level, payload }) {
            Loudness::Known(level) => (false, level),
            Loudness::Decode => (true, Level::SILENCE),
        }
    }

    #[test]
    fn the_codec_is_known_of_packets_that_say_how_loud_they_are() {
        for codec in Codec::ALL {
            for level in [None, Some(20), Some(SILENCE)] {
                let mut playout = Playout::default();
                assert_eq!(playout.codec(), None);
                quantum(&mut playout, codec, level);
                assert_eq!(playout.codec(), Some(codec), "{level:?}");
            }
        }
    }

    #[test]
    fn what_says_that_it_is_silent_is_not_decoded_for_keys() {
        for codec in Codec::ALL {
            for (level, sends_events, listens) in [
                (Some(SILENCE), false, false),
                (Some(SILENCE), true, false),
                (Some(20), false, true),
                // Nobody sends keys through Opus who can send events.
                (Some(20), true, codec != Codec::Opus),
                (None, false, true),
            ] {
                let mut playout = Playout::default();
                let (decode, loudness) = quantum(&mut playout, codec, level);
                assert_eq!(decode, level.is_none() && matches!(codec, Codec::Opus | Codec::G722));
                let found = playout.may_hold_tones(sends_events, decode, loudness);
                assert_eq!(found, listens, "{codec:?} {level:?} {sends_events}");
            }
        }
    }

    #[test]
    fn a_packet_that_says_nothing_may_hold_keys() {
        let mut playout = Playout::default();
        quantum(&mut playout, Codec::Pcma, Some(SILENCE));
        quantum(&mut playout, Codec::Pcma, None);
        assert!(playout.may_hold_tones(false, false, Level::SILENCE));
        quantum(&mut playout, Codec::Pcma, Some(SILENCE));
        assert!(!playout.may_hold_tones(false, false, Level::SILENCE));
    }
}

//! An ear listens to one leg for the length of one click, and says what it heard.

use super::click::Click;
use super::codec::{self, Decoder};
use causeway_base::Codec;
use std::time::{Duration, Instant};

/// A leg hears speech from this level on, in dBov: well above a quiet room, well below speech
/// that a mixer turned down.
const SPEECH_FROM_DBOV: f64 = -45.0;

/// How long after it was said a click is still waited for.
pub const PATIENCE: Duration = Duration::from_millis(350);

/// What arrives at one leg while an ear is on it.
#[derive(Debug)]
pub struct Ear {
    codec: Codec,
    decoder: Decoder,
    samples: Vec<i16>,
    /// Where in `samples` each packet begins, and when it came.
    packets: Vec<(usize, Instant)>,
}

/// What one ear heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// There was speech.
    pub speech: bool,
    /// How long after it was said the click was there.
    pub click: Option<Duration>,
}

impl Ear {
    /// An ear for a codec.
    ///
    /// # Errors
    /// What libopus says.
    pub fn new(codec: Codec) -> Result<Self, opus::Error> {
        Ok(Self { codec, decoder: Decoder::new(codec)?, samples: vec![], packets: vec![] })
    }

    /// Takes a payload that arrived `at`.
    pub fn push(&mut self, at: Instant, payload: &[u8]) {
        let begin = self.samples.len();
        // Room for the longest packet, 120 ms; `decode` says how much of it came.
        let room = codec::packet_samples(codec::hearing_rate(self.codec)) * 6;
        self.samples.resize(begin + room, 0);
        let len = self.samples.get_mut(begin..).map_or(0, |s| self.decoder.decode(payload, s));
        self.samples.truncate(begin + len);
        self.packets.push((begin, at));
    }

    /// Whether anything arrived.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Judges what was heard of a click said at `said`.
    pub fn judge(&self, click: &Click, said: Option<Instant>) -> Heard {
        let rms = (self.samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>()
            / self.samples.len().max(1) as f64)
            .sqrt();
        let speech = 20.0 * (rms / 32_768.0).log10() >= SPEECH_FROM_DBOV;
        Heard { speech, click: said.and_then(|said| self.click_after(click, said)) }
    }

    fn click_after(&self, click: &Click, said: Instant) -> Option<Duration> {
        // A packet may carry what was said up to its length before it came.
        let earliest = self.packets.iter().find(|(_, at)| *at >= said)?.0;
        let from = earliest.saturating_sub(codec::packet_samples(codec::hearing_rate(self.codec)));
        let to = (from
            + (PATIENCE.as_secs_f64() * f64::from(codec::hearing_rate(self.codec))) as usize)
            .min(self.samples.len());
        let found = click.find(self.samples.get(from..to)?)?;
        let sample = from + found.sample;
        let (begin, at) = self.packets.iter().rev().find(|(begin, _)| *begin <= sample)?;
        let offset = (sample - begin) as f64 / f64::from(codec::hearing_rate(self.codec));
        Some((*at + Duration::from_secs_f64(offset)).saturating_duration_since(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::material::Material;

    /// A listener straight behind the talker, 7 ms later: that is all that may be found.
    #[test]
    fn a_straight_wire_adds_only_its_own_delay() {
        let begin = Instant::now();
        for codec in Codec::ALL {
            let material = Material::new(codec, -64.0, false).unwrap();
            let click = Click::new(codec::hearing_rate(codec));
            let mut ear = Ear::new(codec).unwrap();
            for (index, payload) in material.click[1].iter().enumerate() {
                let sent = begin + Duration::from_millis(20 * index as u64);
                ear.push(sent + Duration::from_millis(7), &payload.bytes);
            }
            let said = begin + Duration::from_secs_f64(material.click_at[1]);
            let heard = ear.judge(&click, Some(said));
            assert!(heard.speech);
            let latency = heard.click.expect("heard").as_secs_f64() * 1000.0;
            assert!((6.5..7.5).contains(&latency), "{codec}: {latency} ms");
        }
    }

    #[test]
    fn quiet_is_neither_speech_nor_click() {
        let begin = Instant::now();
        let material = Material::new(Codec::Pcmu, -64.0, false).unwrap();
        let mut ear = Ear::new(Codec::Pcmu).unwrap();
        for (index, payload) in material.quiet.iter().enumerate() {
            ear.push(begin + Duration::from_millis(20 * index as u64), &payload.bytes);
        }
        let heard = ear.judge(&Click::new(8_000), Some(begin + Duration::from_millis(500)));
        assert_eq!(heard, Heard { speech: false, click: None });
    }
}

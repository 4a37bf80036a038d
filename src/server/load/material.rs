//! What the load says: speech, clicks and quiet, encoded once before the first call.
//!
//! A leg sends loops of one second, so that driving a thousand legs costs no codec calls.

use super::click::Click;
use super::codec::{self, Decoder, Encoder, PACKETS_PER_SECOND};
use causeway_base::Codec;
use std::f64::consts::TAU;

/// Different voices. More talkers than these share them.
pub const VOICES: usize = 6;

/// Packets of one loop: a second.
pub const LOOP_PACKETS: usize = PACKETS_PER_SECOND as usize;

/// Where in its loop a click begins, in seconds.
const CLICK_SECOND: f64 = 0.5;

/// Speech level in dBov, the usual one of telephony (ITU-T P.56 speech at -26, plus the pauses
/// that this speech hardly has).
const SPEECH_DBOV: f64 = -22.0;

/// How much louder the talker who clicks speaks, so that a mixer that takes the loudest few
/// has no reason to leave it out.
const CLICKER_DB: f64 = 6.0;

/// The vowel is followed in steps of this many samples.
const VOWEL_SAMPLES: usize = 40;

/// One packet's payload and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The bytes. Empty: nothing is sent (discontinuous transmission).
    pub bytes: Vec<u8>,
    /// The level for the header extension of RFC 6464, in -dBov, 0-127.
    pub level: u8,
    /// Comfort noise (RFC 3389) instead of the codec.
    pub comfort_noise: bool,
}

/// One second of packets, sent over and over.
pub type Loop = Vec<Payload>;

/// All loops of one codec.
#[derive(Debug)]
pub struct Material {
    /// Speech, by voice.
    pub talk: Vec<Loop>,
    /// The same speech with a click in the middle, by voice.
    pub click: Vec<Loop>,
    /// Noise of a quiet room.
    pub quiet: Loop,
    /// Where the click of each voice is found in its decoded loop, in seconds: what the
    /// load's own encoder and decoder delay is not the server's.
    pub click_at: Vec<f64>,
}

impl Material {
    /// Makes and encodes everything. Quiet legs send noise at `quiet_dbov`, or almost nothing
    /// under `dtx`.
    ///
    /// # Errors
    /// What libopus says.
    pub fn new(codec: Codec, quiet_dbov: f64, dtx: bool) -> Result<Self, opus::Error> {
        let rate = codec::source_rate(codec);
        let click = Click::new(rate);
        let mut material = Self {
            talk: vec![],
            click: vec![],
            quiet: vec![],
            click_at: Vec::with_capacity(VOICES),
        };
        for voice in 0..VOICES {
            let speech = speech(rate, voice);
            let mut clicking = scaled(&speech, CLICKER_DB);
            click.overlay(&mut clicking, (CLICK_SECOND * f64::from(rate)) as usize);
            material.talk.push(encode(codec, &speech, false)?);
            let loop_ = encode(codec, &clicking, false)?;
            material.click_at.push(locate(codec, &loop_)?);
            material.click.push(loop_);
        }
        let noise = noise(rate, quiet_dbov);
        material.quiet = match (dtx, codec) {
            (false, _) => encode(codec, &noise, false)?,
            (true, Codec::Opus) => discontinuous(encode(codec, &noise, true)?),
            (true, _) => comfort_noise(&noise),
        };
        Ok(material)
    }
}

/// Encodes a loop twice and keeps the second turn, whose beginning fits its end.
fn encode(codec: Codec, samples: &[i16], dtx: bool) -> Result<Loop, opus::Error> {
    let mut encoder = Encoder::new(codec, dtx)?;
    let mut loop_ = Loop::with_capacity(LOOP_PACKETS);
    for turn in 0..2 {
        for packet in samples.chunks_exact(codec::packet_samples(codec::source_rate(codec))) {
            let bytes = encoder.encode(packet);
            if turn == 1 {
                loop_.push(Payload { bytes, level: level(packet), comfort_noise: false });
            }
        }
    }
    Ok(loop_)
}

/// Opus packets of at most two bytes need not be sent (RFC 7587 section 3.1.3), but one of them
/// every 400 ms keeps paths open.
fn discontinuous(mut loop_: Loop) -> Loop {
    for (index, payload) in loop_.iter_mut().enumerate() {
        if index % 20 == 0 {
            payload.bytes.truncate(1);
        } else {
            payload.bytes.clear();
        }
    }
    loop_
}

/// Comfort noise five times a second (RFC 3389 section 4: the sender chooses when).
fn comfort_noise(noise: &[i16]) -> Loop {
    let level = level(noise);
    let packet = |index| Payload {
        bytes: if index % 10 == 0 { vec![level] } else { vec![] },
        level,
        comfort_noise: true,
    };
    (0..LOOP_PACKETS).map(packet).collect()
}

/// Finds the click in a loop as a listener without a server in between would.
fn locate(codec: Codec, loop_: &Loop) -> Result<f64, opus::Error> {
    let mut decoder = Decoder::new(codec)?;
    let mut heard = Vec::new();
    let rate = codec::hearing_rate(codec);
    let mut packet = vec![0; codec::packet_samples(rate)];
    for payload in loop_ {
        let len = decoder.decode(&payload.bytes, &mut packet);
        heard.extend_from_slice(&packet[..len]);
    }
    // No codec holds it back for longer than 50 ms.
    let from = (CLICK_SECOND * f64::from(rate)) as usize;
    let to = (from + rate as usize / 14).min(heard.len());
    let found = heard.get(from..to).and_then(|heard| Click::new(rate).find(heard));
    let sample = from + found.map_or(0, |found| found.sample);
    Ok(sample as f64 / f64::from(rate))
}

/// The level of samples in -dBov, as RFC 6464 carries it.
fn level(samples: &[i16]) -> u8 {
    let power: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    let rms = (power / samples.len().max(1) as f64).sqrt().max(f64::MIN_POSITIVE);
    (-20.0 * (rms / 32_768.0).log10()).round().clamp(0.0, 127.0) as u8
}

fn scaled(samples: &[i16], db: f64) -> Vec<i16> {
    let gain = 10f64.powf(db / 20.0);
    samples.iter().map(|&s| (f64::from(s) * gain).clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// A second of something that codecs and level meters take for speech: a voiced tone with the
/// harmonics of a vocal tract, in five syllables.
pub fn speech(rate: u32, voice: usize) -> Vec<i16> {
    let rate = f64::from(rate);
    let pitch = (90.0 + 27.0 * voice as f64).round();
    let highest = (rate * 0.42).min(9_000.0);
    let mut samples = Vec::with_capacity(rate as usize);
    let mut weights = vec![];
    for n in 0..rate as usize {
        let t = n as f64 / rate;
        // Whole turns in a second, so that the loop has no seam.
        let syllable = 0.55 - 0.45 * (TAU * 5.0 * t).cos();
        if n % VOWEL_SAMPLES == 0 {
            let vowel = 0.5 - 0.5 * (TAU * 2.0 * t + voice as f64).cos();
            weights = harmonics(pitch, highest, vowel);
        }
        let harmonic = |(index, weight): (usize, &f64)| {
            let number = index as f64 + 1.0;
            weight * (TAU * pitch * number * t + number * number).sin()
        };
        samples.push(syllable * weights.iter().enumerate().map(harmonic).sum::<f64>());
    }
    at_level(&samples, SPEECH_DBOV)
}

/// How loud each harmonic of `pitch` is under the formants of a vowel.
fn harmonics(pitch: f64, highest: f64, vowel: f64) -> Vec<f64> {
    let formants = [
        (400.0 + 350.0 * vowel, 1.0),
        (1100.0 + 900.0 * vowel, 0.4),
        (2600.0, 0.15),
        (5500.0, 0.05),
    ];
    let weight = |harmonic: u32| {
        let distance = |centre: f64| (pitch * f64::from(harmonic) - centre) / 120.0;
        formants.iter().map(|(centre, gain)| gain / (1.0 + distance(*centre).powi(2))).sum()
    };
    (1..=(highest / pitch) as u32).map(weight).collect()
}

/// A second of white noise, from a fixed seed.
fn noise(rate: u32, dbov: f64) -> Vec<i16> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let samples: Vec<f64> = (0..rate).map(|_| uniform() + uniform() + uniform()).collect();
    at_level(&samples, dbov)
}

fn at_level(samples: &[f64], dbov: f64) -> Vec<i16> {
    let rms = (samples.iter().map(|s| s * s).sum::<f64>() / samples.len().max(1) as f64).sqrt();
    let gain = 32_768.0 * 10f64.powf(dbov / 20.0) / rms.max(f64::MIN_POSITIVE);
    samples.iter().map(|s| (s * gain).round().clamp(-32_768.0, 32_767.0) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_what_was_asked_for() {
        assert_eq!(level(&noise(8_000, -64.0)), 64);
        for voice in 0..VOICES {
            assert_eq!(level(&speech(16_000, voice)), 22);
        }
    }

    #[test]
    fn every_voice_carries_its_click_through_every_codec() {
        for codec in Codec::ALL {
            let material = Material::new(codec, -64.0, false).unwrap();
            for at in &material.click_at {
                let delay_ms = (at - CLICK_SECOND) * 1000.0;
                assert!((-0.5..9.0).contains(&delay_ms), "{codec}: {delay_ms} ms");
            }
            assert!(material.talk.iter().chain([&material.quiet]).all(|l| l.len() == LOOP_PACKETS));
        }
    }

    #[test]
    fn discontinuous_quiet_is_mostly_silence() {
        for codec in Codec::ALL {
            let quiet = Material::new(codec, -64.0, true).unwrap().quiet;
            let sent = quiet.iter().filter(|payload| !payload.bytes.is_empty()).count();
            assert!((1..=5).contains(&sent), "{codec}: {sent} packets a second");
        }
    }
}

//! DTMF in sound: every key is heard once, and speech is not.

use causeway_media::audio::dtmf::DtmfDetector;
use causeway_media::audio::level::Level;
use causeway_media::audio::tone::{DTMF_COLUMNS, DTMF_KEYS, DTMF_ROWS, Tone};

use crate::measure::{noise, speech};

const RATES: [u32; 3] = [8_000, 16_000, 48_000];

fn keys() -> Vec<char> {
    DTMF_KEYS.concat()
}

struct Dialled {
    rate: u32,
    on_ms: usize,
    off_ms: usize,
    row_dbov: f32,
    column_dbov: f32,
    noise_dbov: f32,
    detune: f32,
    /// Samples by which the digits stand off the blocks.
    shift: usize,
}

impl Dialled {
    fn usual(rate: u32) -> Self {
        Self {
            rate,
            on_ms: 40,
            off_ms: 40,
            row_dbov: -16.0,
            column_dbov: -16.0,
            noise_dbov: -60.0,
            detune: 1.0,
            shift: 0,
        }
    }

    fn heard(&self) -> Vec<char> {
        let samples = |ms: usize| ms * self.rate as usize / 1000;
        let mut pcm = vec![0.0; samples(20) + self.shift];
        for key in 0..16 {
            let row = (DTMF_ROWS[key / 4] * self.detune, Level::from_dbov(self.row_dbov));
            let column = (DTMF_COLUMNS[key % 4] * self.detune, Level::from_dbov(self.column_dbov));
            let mut digit = vec![0.0; samples(self.on_ms)];
            Tone::pair(row, column, self.rate).fill(&mut digit);
            pcm.extend(digit);
            pcm.resize(pcm.len() + samples(self.off_ms), 0.0);
        }
        let noise = noise(9, self.noise_dbov, pcm.len());
        pcm.iter_mut().zip(noise).for_each(|(x, noise)| *x += noise);
        let mut heard = Vec::new();
        let mut detector = DtmfDetector::new(self.rate);
        for frame in pcm.chunks(samples(20)) {
            detector.process(frame, |key| heard.push(key));
        }
        heard
    }
}

#[test]
fn every_key_is_heard_once_however_it_falls_on_the_blocks() {
    for rate in RATES {
        for shift in (0..14).map(|ms| ms * rate as usize / 1000) {
            let dialled = Dialled { shift, ..Dialled::usual(rate) };
            assert_eq!(dialled.heard(), keys(), "{rate} Hz, {shift}");
            let long = Dialled { on_ms: 300, shift, ..Dialled::usual(rate) };
            assert_eq!(long.heard(), keys(), "{rate} Hz, {shift}, 300 ms");
        }
    }
}

#[test]
fn twist_noise_and_detuning_within_q24_are_accepted() {
    for rate in RATES {
        for (row_dbov, column_dbov) in
            [(-20.0, -16.0), (-12.0, -20.0), (-33.0, -33.0), (-7.0, -7.0)]
        {
            let dialled = Dialled { row_dbov, column_dbov, ..Dialled::usual(rate) };
            assert_eq!(dialled.heard(), keys(), "{rate} Hz, {row_dbov} {column_dbov}");
        }
        let noisy = Dialled { noise_dbov: -28.0, on_ms: 60, ..Dialled::usual(rate) };
        assert_eq!(noisy.heard(), keys(), "{rate} Hz, noise 15 dB below");
        for detune in [0.985, 1.015] {
            let dialled = Dialled { detune, on_ms: 60, ..Dialled::usual(rate) };
            assert_eq!(dialled.heard(), keys(), "{rate} Hz, {detune}");
        }
    }
}

#[test]
fn what_is_too_short_or_too_twisted_is_not_a_digit() {
    for rate in RATES {
        let nothing: Vec<char> = Vec::new();
        let short = Dialled { on_ms: 15, ..Dialled::usual(rate) };
        assert_eq!(short.heard(), nothing, "{rate} Hz, 15 ms");
        let twisted = Dialled { row_dbov: -16.0, column_dbov: -32.0, ..Dialled::usual(rate) };
        assert_eq!(twisted.heard(), nothing, "{rate} Hz, twist");
    }
}

#[test]
fn speech_dials_nothing() {
    for rate in RATES {
        for seed in 0..10 {
            let pcm = speech(seed, rate, rate as usize * 30);
            let mut heard = Vec::new();
            DtmfDetector::new(rate).process(&pcm, |key| heard.push(key));
            assert!(heard.is_empty(), "{rate} Hz, voice {seed}: {heard:?}");
        }
    }
}

//! Test material that needs no files: sound with the rhythm, pitch and spectrum of speech.
//! The same seed gives the same words.

use super::noise::Noise;

/// First three formants of five vowels in Hz, rounded from common tables.
const VOWELS: [[f32; 3]; 5] = [
    [730.0, 1090.0, 2440.0],
    [530.0, 1840.0, 2480.0],
    [270.0, 2290.0, 3010.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
];

/// Bandwidths of the formants in Hz.
const BANDWIDTHS: [f32; 3] = [70.0, 100.0, 140.0];

/// Brings the words to about -26 dBov.
const GAIN: f32 = 0.01;

/// The amplitude of a fricative.
const HISS: f32 = 0.04;

/// A voice that never ends: syllables of 150-300 ms, some begun by a fricative, with a pause
/// after every few.
#[derive(Clone, Debug)]
pub struct Speech {
    rate: f32,
    noise: Noise,
    /// The voice's own pitch in Hz.
    pitch: f32,
    syllable: Syllable,
    /// Syllables left before the next pause.
    left: u32,
    /// Samples into the present syllable.
    at: usize,
    /// Of the glottal pulses, in turns.
    phase: f32,
    glottis: f32,
    formants: [Resonator; 3],
    /// The high-pass that keeps out the steady part.
    steady: f32,
}

#[derive(Clone, Copy, Debug)]
struct Syllable {
    length: usize,
    /// Samples of fricative at its beginning.
    fricative: usize,
    pitch: f32,
    loudness: f32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Resonator {
    input: f32,
    back: [f32; 2],
    memory: [f32; 2],
}

impl Resonator {
    /// A pole pair with a gain of 1 at 0 Hz.
    fn tune(&mut self, hz: f32, bandwidth: f32, rate: f32) {
        let radius = (-std::f32::consts::PI * bandwidth / rate).exp();
        let turn = (std::f32::consts::TAU * hz / rate).cos();
        self.back = [2.0 * radius * turn, -radius * radius];
        self.input = 1.0 - self.back[0] - self.back[1];
    }

    fn next(&mut self, x: f32) -> f32 {
        let y = self.input * x + self.back[0] * self.memory[0] + self.back[1] * self.memory[1];
        self.memory = [y, self.memory[0]];
        y
    }
}

impl Speech {
    /// A voice at `rate` Hz. The seed chooses its pitch (95-215 Hz) and its words.
    pub fn new(seed: u32, rate: u32) -> Self {
        let mut noise = Noise::new(seed);
        let pitch = 155.0 + 60.0 * noise.sample();
        let mut speech = Self {
            rate: rate as f32,
            noise,
            pitch,
            syllable: Syllable { length: 0, fricative: 0, pitch, loudness: 0.0 },
            left: 4,
            at: 0,
            phase: 0.0,
            glottis: 0.0,
            formants: [Resonator::default(); 3],
            steady: 0.0,
        };
        speech.begin_syllable();
        speech
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [f32]) {
        for x in out {
            if self.at >= self.syllable.length {
                self.begin_syllable();
            }
            *x = self.next();
            self.at += 1;
        }
    }

    fn begin_syllable(&mut self) {
        self.at = 0;
        let ms = self.rate / 1000.0;
        let random = 0.5 + 0.5 * self.noise.sample();
        if self.left == 0 {
            self.left = 3 + self.noise.bits() % 6;
            let length = ((250.0 + 350.0 * random) * ms) as usize;
            self.syllable = Syllable { length, fricative: 0, pitch: self.pitch, loudness: 0.0 };
            return;
        }
        self.left -= 1;
        let vowel = VOWELS[(self.noise.bits() % 5) as usize];
        for ((formant, hz), bandwidth) in self.formants.iter_mut().zip(vowel).zip(BANDWIDTHS) {
            formant.tune(hz, bandwidth, self.rate);
        }
        let hissing = self.noise.bits().is_multiple_of(3);
        self.syllable = Syllable {
            length: ((150.0 + 150.0 * random) * ms) as usize,
            fricative: if hissing { (60.0 * ms) as usize } else { 0 },
            pitch: self.pitch * (1.0 + 0.15 * self.noise.sample()),
            loudness: 0.7 + 0.3 * self.noise.sample(),
        };
    }

    fn next(&mut self) -> f32 {
        let Syllable { length, fricative, pitch, loudness } = self.syllable;
        let part = self.at as f32 / length.max(1) as f32;
        let envelope = (std::f32::consts::PI * part).sin().sqrt().max(0.0) * loudness;
        let hiss = self.noise.sample();
        // The voice falls by a tenth within a syllable.
        self.phase += pitch * (1.05 - 0.1 * part) / self.rate;
        let mut pulse = 0.0;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            pulse = self.rate / pitch;
        }
        let voiced = if self.at < fricative { 0.0 } else { envelope };
        let decay = (-std::f32::consts::TAU * 400.0 / self.rate).exp();
        self.glottis = self.glottis * decay + (pulse + 0.05 * hiss) * (1.0 - decay);
        let mut x = self.glottis * voiced;
        for formant in &mut self.formants {
            x = formant.next(x);
        }
        self.steady += (x - self.steady) * (std::f32::consts::TAU * 60.0 / self.rate);
        let breath = if self.at < fricative { HISS * hiss * envelope } else { 0.0 };
        GAIN * (x - self.steady) + breath
    }
}

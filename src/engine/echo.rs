//! A leg's own sound, some time later: the test call.

use causeway_media::audio::{FRAME, SAMPLE_RATE, samples_in};
use causeway_plan::media_plan::MAX_ECHO_MS;

/// A delay line at 48 kHz. 16 bits: the sound comes from a codec and goes to one.
#[derive(Debug)]
pub(crate) struct Echo {
    delay_ms: u16,
    line: Vec<i16>,
    at: usize,
}

impl Echo {
    /// Silence at first, for the length of the delay; at least one quantum.
    pub(crate) fn new(delay_ms: u16) -> Self {
        let samples = samples_in(usize::from(delay_ms.min(MAX_ECHO_MS)), SAMPLE_RATE);
        Self { delay_ms, line: vec![0; samples.max(FRAME)], at: 0 }
    }

    pub(crate) fn delay_ms(&self) -> u16 {
        self.delay_ms
    }

    /// Takes a frame, and gives in its place that of `delay_ms` ago.
    pub(crate) fn exchange(&mut self, sound: &mut [f32; FRAME]) {
        for x in sound {
            let Some(place) = self.line.get_mut(self.at) else { return };
            let heard = (*x * 32_767.0) as i16;
            *x = f32::from(std::mem::replace(place, heard)) / 32_768.0;
            self.at = if self.at + 1 < self.line.len() { self.at + 1 } else { 0 };
        }
    }
}

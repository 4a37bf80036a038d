//! What a caller of a voice menu hears: a prompt, its end, a tone.

use super::QUANTUM_MS;
use crate::audio::level::Level;
use causeway_plan::Cue;

/// What is quieter is silence, in dBov: a line's noise is below it, the softest hold music above.
const GATE_DBOV: f32 = -48.0;

/// The quietest tone, in dBov: signals of telephone networks are at -20 or above.
const TONE_DBOV: f32 = -40.0;

/// A tone keeps its level within so many decibels, as neither a voice, nor music, nor noise does.
const STEADY_DB: f32 = 0.25;

/// Silence and a tone last for 200 ms before they are taken for one: between two words it is
/// silent for less, and no vowel stands still for as long.
const WINDOW: usize = 200 / QUANTUM_MS as usize;

/// A sound lasts for 60 ms: a click is shorter.
const SOUND: usize = 60 / QUANTUM_MS as usize;

/// From one change to the next: 100 ms.
const APART: u32 = 100 / QUANTUM_MS;

/// Listens to one leg.
#[derive(Debug)]
pub struct CueWatch {
    /// Levels in dBov, in turn from `at` on.
    levels: [f32; WINDOW],
    at: usize,
    /// How many of them were taken yet.
    taken: usize,
    told: Option<Cue>,
    /// Quanta since.
    since: u32,
}

impl Default for CueWatch {
    fn default() -> Self {
        Self { levels: [0.0; WINDOW], at: 0, taken: 0, told: None, since: 0 }
    }
}

impl CueWatch {
    /// Takes how loud the next 20 ms are. `Some` where something else is heard than before.
    pub fn take(&mut self, level: Level) -> Option<Cue> {
        self.levels[self.at] = level.dbov();
        self.at = (self.at + 1) % WINDOW;
        self.taken = (self.taken + 1).min(WINDOW);
        self.since = self.since.saturating_add(1);
        let cue = self.cue()?;
        if self.taken < WINDOW || self.told == Some(cue) || self.since < APART {
            return None;
        }
        (self.told, self.since) = (Some(cue), 0);
        Some(cue)
    }

    /// `None`: neither the one nor the other yet.
    fn cue(&self) -> Option<Cue> {
        let levels = self.levels.iter().copied();
        let (lowest, highest) = levels.fold((f32::MAX, f32::MIN), |(lowest, highest), level| {
            (lowest.min(level), highest.max(level))
        });
        let is_loud = |back: usize| self.levels[(self.at + WINDOW - back) % WINDOW] > GATE_DBOV;
        if highest <= GATE_DBOV {
            Some(Cue::Silence)
        } else if lowest > TONE_DBOV && highest - lowest <= STEADY_DB {
            Some(Cue::Tone)
        } else {
            (1..=SOUND).all(is_loud).then_some(Cue::Sound)
        }
    }
}

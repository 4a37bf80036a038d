//! What a caller of a voice menu hears: a prompt, its end, a tone, the first prompt once more.
//!
//! A recording rises and falls the same way each time it plays. So the levels of the first two
//! seconds from its beginning on are kept, and those of every later beginning compared with them.

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

/// What is compared of a recording: 2 s.
const OPENING: usize = 2_000 / QUANTUM_MS as usize;

/// After so much silence, 700 ms, something else begins.
const PARTING: usize = 700 / QUANTUM_MS as usize;

/// What is quieter than this below full scale counts as silence in a comparison, in decibels.
const FLOOR: u8 = 60;

/// The same recording differs by fewer decibels on average: where its 20 ms begin moves. Other words
/// differ by twice as much.
const ALIKE: usize = 3;

/// One recording may be compared so many levels early or late.
const SHIFT: usize = 2;

/// What moves by fewer decibels has no shape: music, a tone, noise.
const SHAPE: u8 = 10;

/// Levels in decibels above the floor.
type Opening = [u8; OPENING];

/// What is kept of beginnings.
#[derive(Debug)]
struct Openings {
    first: Option<Box<Opening>>,
    now: Box<Opening>,
    /// How many levels of the one that plays were taken; `None` between two.
    taken: Option<usize>,
    /// Quanta of silence in a row.
    quiet: usize,
}

impl Default for Openings {
    fn default() -> Self {
        Self { first: None, now: Box::new([0; OPENING]), taken: None, quiet: PARTING }
    }
}

impl Openings {
    /// Takes the next level; true where the first recording began once more.
    fn take(&mut self, level: Level) -> bool {
        let is_loud = level.dbov() > GATE_DBOV;
        let mut is_again = false;
        if is_loud && self.quiet >= PARTING {
            is_again = self.finish();
            self.taken = Some(0);
        } else if is_loud && self.quiet >= WINDOW && self.taken.is_none() {
            self.taken = Some(0);
        }
        self.quiet = if is_loud { 0 } else { self.quiet.saturating_add(1) };
        if let Some(taken) = &mut self.taken {
            self.now[*taken] = FLOOR.saturating_sub(level.to_rfc6464());
            *taken += 1;
            if *taken == OPENING {
                is_again |= self.finish();
            }
        }
        is_again
    }

    /// What was taken is over; it was silent since then. True where it is the first once more.
    fn finish(&mut self) -> bool {
        let Some(taken) = self.taken.take() else { return false };
        self.now[taken..].fill(0);
        match &self.first {
            Some(first) => are_alike(first, &self.now),
            None if has_shape(&self.now) => {
                self.first = Some(self.now.clone());
                false
            }
            None => false,
        }
    }
}

fn has_shape(opening: &Opening) -> bool {
    let (lowest, highest) = (opening.iter().min(), opening.iter().max());
    lowest.zip(highest).is_some_and(|(lowest, highest)| highest - lowest >= SHAPE)
}

fn are_alike(one: &Opening, other: &Opening) -> bool {
    let differ = |one: &[u8], other: &[u8]| {
        let sum: usize = one.iter().zip(other).map(|(a, b)| usize::from(a.abs_diff(*b))).sum();
        sum <= ALIKE * one.len().min(other.len())
    };
    (0..=SHIFT).any(|by| differ(&one[by..], other) || differ(one, &other[by..]))
}

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
    openings: Openings,
}

impl Default for CueWatch {
    fn default() -> Self {
        Self {
            levels: [0.0; WINDOW],
            at: 0,
            taken: 0,
            told: None,
            since: 0,
            openings: Openings::default(),
        }
    }
}

impl CueWatch {
    /// Takes how loud the next 20 ms are. `Some` where something else is heard than before.
    pub fn take(&mut self, level: Level) -> Option<Cue> {
        self.levels[self.at] = level.dbov();
        self.at = (self.at + 1) % WINDOW;
        self.taken = (self.taken + 1).min(WINDOW);
        self.since = self.since.saturating_add(1);
        if self.openings.take(level) {
            return Some(Cue::Again);
        }
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

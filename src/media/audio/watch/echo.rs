//! A leg whose loudspeaker is in its microphone: what it is sent comes back, later.
//!
//! An echo follows what was sent in every rise and fall, always as much later. So the slopes of
//! both envelopes are compared at every delay that an echo may have, once a second over some
//! seconds; a leg echoes where they agree at one and the same delay for long. Slopes rather than
//! levels: that one speaks when the other has ended agrees in levels, and in no syllable. They do
//! not depend on how much quieter the echo is either.

use super::QUANTUM_MS;
use crate::audio::level::Level;

/// What is compared at once: 4 s, a dozen words.
const WINDOW: usize = 4_000 / QUANTUM_MS as usize;

/// The longest delay of an echo: 800 ms, the way there and back with the jitter buffers of both
/// ends, which are long where a computer has too much to do, and a slow loudspeaker.
const MAX_DELAY: usize = 800 / QUANTUM_MS as usize;

/// Between two comparisons: 1 s. Each costs some microseconds.
const INTERVAL: usize = 1_000 / QUANTUM_MS as usize;

/// A slope is taken over 60 ms: about the rise of a syllable.
const RISE: usize = 3;

/// What is kept of both.
const KEPT: usize = WINDOW + MAX_DELAY + RISE;

/// What is quieter is nothing, in decibels below full scale: noise has slopes too.
const FLOOR: u8 = 58;

/// The steepest slope that counts, in decibels: a beginning out of silence is no more than a
/// syllable.
const STEEPEST: i16 = 15;

/// In decibels above the floor: somebody speaks.
const VOICE: u8 = 12;

/// The others have to speak in a quarter of a window, or nothing can be said of it; and to pause
/// in a tenth, as music does not.
const LEAST_VOICE: usize = WINDOW / 4;
const LEAST_PAUSE: usize = WINDOW / 10;

/// How well an echo agrees, 0 to 1, and how little something else does.
const ALIKE: f32 = 0.7;
const UNLIKE: f32 = 0.3;

/// Comparisons in a row that have to agree, and that have to disagree until it is over.
const AGREEING: u8 = 5;
const DISAGREEING: u8 = 5;

/// The delay of an echo drifts by this much from one comparison to the next, as a jitter buffer
/// adapts.
const DRIFT: usize = 3;

/// An echo is louder than what was sent by no more decibels than these.
const LOUDER: i32 = 3;

/// Slopes of the window, and of what came before it.
type Slopes = [i16; WINDOW + MAX_DELAY];

/// Watches one leg.
#[derive(Debug)]
pub struct EchoWatch {
    /// Levels in decibels above the floor, in turn from `at` on.
    sent: [u8; KEPT],
    came: [u8; KEPT],
    at: usize,
    /// Levels until the next comparison.
    left: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No echo, but the last comparisons agreed at this delay.
    Clear { agreed: u8, delay: usize },
    /// An echo; the last comparisons disagreed.
    Echoing { disagreed: u8 },
}

/// What one comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing: the others did not speak.
    Unknown,
    Alike {
        delay: usize,
    },
    /// Neither the one nor the other.
    Between,
    Unlike,
}

impl Default for EchoWatch {
    fn default() -> Self {
        Self {
            sent: [0; KEPT],
            came: [0; KEPT],
            at: 0,
            left: KEPT,
            state: State::Clear { agreed: 0, delay: 0 },
        }
    }
}

impl EchoWatch {
    /// Takes the next 20 ms: how loud what the leg was sent is, and what came from it. Returns
    /// whether the leg echoes.
    pub fn take(&mut self, sent: Level, came: Level) -> bool {
        self.sent[self.at] = FLOOR.saturating_sub(sent.to_rfc6464());
        self.came[self.at] = FLOOR.saturating_sub(came.to_rfc6464());
        self.at = (self.at + 1) % KEPT;
        self.left -= 1;
        if self.left == 0 {
            self.left = INTERVAL;
            self.state = self.state.after(self.compare());
        }
        matches!(self.state, State::Echoing { .. })
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        if self.left != KEPT {
            *self = Self::default();
        }
    }

    fn compare(&self) -> Verdict {
        let voices = self.sent.iter().filter(|level| **level >= VOICE).count();
        let pauses = self.sent.iter().filter(|level| **level == 0).count();
        if voices < LEAST_VOICE || pauses < LEAST_PAUSE {
            return Verdict::Unknown;
        }
        if self.came.iter().all(|level| *level == 0) {
            return Verdict::Unlike;
        }
        let (sent, came) = (in_order(&self.sent, self.at), in_order(&self.came, self.at));
        let (delay, alikeness) = best_delay(&slopes(&sent), &slopes(&came));
        if alikeness < UNLIKE {
            Verdict::Unlike
        } else if alikeness >= ALIKE && is_no_louder(&sent, &came, delay) {
            Verdict::Alike { delay }
        } else {
            Verdict::Between
        }
    }
}

impl State {
    fn after(self, verdict: Verdict) -> Self {
        match (self, verdict) {
            (_, Verdict::Unknown) => self,
            (Self::Clear { agreed, delay: before }, Verdict::Alike { delay }) => {
                let again = agreed > 0 && before.abs_diff(delay) <= DRIFT;
                match if again { agreed + 1 } else { 1 } {
                    AGREEING.. => Self::Echoing { disagreed: 0 },
                    agreed => Self::Clear { agreed, delay },
                }
            }
            (Self::Clear { .. }, Verdict::Between | Verdict::Unlike) => {
                Self::Clear { agreed: 0, delay: 0 }
            }
            (Self::Echoing { .. }, Verdict::Alike { .. }) => Self::Echoing { disagreed: 0 },
            (Self::Echoing { .. }, Verdict::Between) => self,
            (Self::Echoing { disagreed }, Verdict::Unlike) => match disagreed + 1 {
                DISAGREEING.. => Self::Clear { agreed: 0, delay: 0 },
                disagreed => Self::Echoing { disagreed },
            },
        }
    }
}

fn in_order(levels: &[u8; KEPT], at: usize) -> [u8; KEPT] {
    let mut ordered = *levels;
    ordered.rotate_left(at);
    ordered
}

/// How much each level is above the one of 60 ms before.
fn slopes(levels: &[u8; KEPT]) -> Slopes {
    std::array::from_fn(|at| {
        let slope = i16::from(levels[at + RISE]) - i16::from(levels[at]);
        slope.clamp(-STEEPEST, STEEPEST)
    })
}

/// The delay at which they agree best, and how much: their normalised cross-correlation.
fn best_delay(sent: &Slopes, came: &Slopes) -> (usize, f32) {
    let product = |a: &[i16], b: &[i16]| {
        a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>() as f32
    };
    let came = &came[MAX_DELAY..];
    let energy = product(came, came);
    let alike = |delay: usize| {
        let sent = &sent[MAX_DELAY - delay..][..WINDOW];
        product(sent, came) / (product(sent, sent) * energy).sqrt().max(1.0)
    };
    (0..=MAX_DELAY)
        .map(|delay| (delay, alike(delay)))
        .fold((0, 0.0), |best, found| if found.1 > best.1 { found } else { best })
}

/// An echo is not louder than what was sent, where that is a voice.
fn is_no_louder(sent: &[u8; KEPT], came: &[u8; KEPT], delay: usize) -> bool {
    let pairs = sent.iter().zip(&came[delay..]).filter(|(sent, _)| **sent >= VOICE);
    let (count, louder) = pairs.fold((0, 0), |(count, louder), (sent, came)| {
        (count + 1, louder + i32::from(*came) - i32::from(*sent))
    });
    louder <= LOUDER * count
}

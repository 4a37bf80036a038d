//! What is wrong with a stream's pictures: black, frozen, in poor light.
//!
//! A picture is looked at on a grid, some times a second at most; a state holds once it lasted.

use std::time::Duration;

use causeway_plan::video::Sight;

use super::frame::Frame;

/// Samples of a picture each way.
const GRID: usize = 24;

/// Between two looks: nobody knows a fault in less, and each costs 600 reads.
const INTERVAL: Duration = Duration::from_millis(500);

/// How long a look has to be the same before it holds. A picture may be black while it begins.
const LASTING: Duration = Duration::from_secs(3);

/// How long a picture may stand still: a still person moves within ten seconds, and noise of the
/// camera moves pixels at every picture anyway.
const STILL: Duration = Duration::from_secs(10);

/// Luma of studio range up to which a pixel is black, with the noise of coding.
const BLACK: u8 = 26;

/// Mean luma below which faces are hard to see.
const DARK: u32 = 50;

/// How little the lighter pixels differ from the darker in a picture without anything in it.
const FLAT: u8 = 12;

/// By how much luma differs where something moved. What an encoder adds to a still picture after a
/// full one of it is less.
const MOTION: u8 = 24;

/// Watches one stream.
#[derive(Debug)]
pub struct Watch {
    verdict: Option<Sight>,
    /// What the last looks said, and since when.
    candidate: Sight,
    since: Duration,
    first_look: Option<Duration>,
    last_look: Option<Duration>,
    last_picture: Option<u64>,
    last_samples: [[u8; GRID]; GRID],
    changed: Duration,
    /// Something moved in it.
    moved: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// A watch that has seen nothing.
    pub fn new() -> Self {
        Self {
            verdict: None,
            candidate: Sight::Fine,
            since: Duration::ZERO,
            first_look: None,
            last_look: None,
            last_picture: None,
            last_samples: [[0; GRID]; GRID],
            changed: Duration::ZERO,
            moved: false,
        }
    }

    /// What the stream shows, once that is known: a picture that might only stand still for a
    /// moment, or be black for one, says nothing yet.
    pub fn verdict(&self) -> Option<Sight> {
        self.verdict
    }

    /// Looks at the picture that is on the screen at a time, counted from anywhere. Call it as
    /// often as wanted, also with the picture of before; `Some` tells that the verdict changed.
    pub fn look(&mut self, now: Duration, picture: &Frame) -> Option<Sight> {
        if self.last_look.is_some_and(|last| now.saturating_sub(last) < INTERVAL) {
            return None;
        }
        self.last_look = Some(now);
        if self.last_picture != Some(picture.id()) {
            self.last_picture = Some(picture.id());
            self.compare(now, sampled(picture));
        }
        let seen = self.judge(now);
        if seen != self.candidate {
            self.candidate = seen;
            self.since = now;
        }
        // Standing still has lasted by itself; what is fine again is fine at once.
        let lasted = matches!(seen, Sight::Frozen | Sight::Fine)
            || now.saturating_sub(self.since) >= LASTING;
        let known = lasted && (seen != Sight::Fine || self.moved);
        if !known || self.verdict == Some(seen) {
            return None;
        }
        self.verdict = Some(seen);
        Some(seen)
    }

    /// Takes the next picture's samples.
    fn compare(&mut self, now: Duration, samples: [[u8; GRID]; GRID]) {
        let before = std::mem::replace(&mut self.last_samples, samples);
        let Some(first) = self.first_look else {
            (self.first_look, self.changed) = (Some(now), now);
            return;
        };
        if samples == before {
            return;
        }
        self.changed = now;
        let pairs = samples.as_flattened().iter().zip(before.as_flattened());
        // A still picture grows better after a full one, in little steps and not for long.
        self.moved |= now.saturating_sub(first) >= LASTING
            || pairs.into_iter().any(|(now, before)| now.abs_diff(*before) > MOTION);
    }

    fn judge(&self, now: Duration) -> Sight {
        let samples = self.last_samples.as_flattened();
        let lightest = samples.iter().copied().max().unwrap_or(0);
        let darkest = samples.iter().copied().min().unwrap_or(0);
        let mean = samples.iter().map(|luma| u32::from(*luma)).sum::<u32>() / samples.len() as u32;
        if lightest <= BLACK && lightest - darkest <= FLAT {
            Sight::Black
        } else if now.saturating_sub(self.changed) >= STILL {
            Sight::Frozen
        } else if mean < DARK {
            Sight::LowLight
        } else {
            Sight::Fine
        }
    }
}

/// The luma in the middle of each field of a grid.
fn sampled(picture: &Frame) -> [[u8; GRID]; GRID] {
    let plane = picture.planes().y;
    let at = |index: usize, length: usize| (2 * index + 1) * length / (2 * GRID);
    std::array::from_fn(|y| {
        let row = plane.row(at(y, plane.height()));
        std::array::from_fn(|x| row[at(x, row.len())])
    })
}

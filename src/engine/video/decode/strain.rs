//! Whether a decoder process keeps up, and what its streams give up where it does not: pictures
//! on which no other leans, then size. Of sound nothing is decided here.

use crate::video::studio::overload::{Load, Overload, Work};
use causeway_plan::video::VideoStrain;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// A frame that waited for longer is late: three pictures at 30 a second.
const LATE: Duration = Duration::from_millis(100);

/// What a process says of itself, for reading from any thread.
#[derive(Debug, Default)]
pub(super) struct Strain(AtomicU8);

impl Strain {
    pub(super) fn get(&self) -> VideoStrain {
        match self.0.load(Ordering::Relaxed) {
            0 => VideoStrain::None,
            1 => VideoStrain::FewerPictures,
            _ => VideoStrain::Smaller,
        }
    }

    pub(super) fn set(&self, strain: VideoStrain) {
        let number = match strain {
            VideoStrain::None => 0,
            VideoStrain::FewerPictures => 1,
            // A stream that is not decoded at all gives no more time back than a small one: those
            // that wait make room for each other.
            VideoStrain::Smaller | VideoStrain::AudioOnly => 2,
        };
        self.0.store(number, Ordering::Relaxed);
    }
}

/// Judges one process.
#[derive(Debug)]
pub(super) struct Judge {
    overload: Overload,
}

impl Judge {
    pub(super) const fn new() -> Self {
        Self { overload: Overload::new(1) }
    }

    /// The same, which gives back sooner.
    #[cfg(test)]
    pub(super) const fn with_patience(patience: Duration) -> Self {
        Self { overload: Overload::new(1).with_patience(patience) }
    }

    /// A frame that waited so long was worked on for so long.
    pub(super) fn decoded(
        &mut self,
        now: Instant,
        waited: Duration,
        took: Duration,
    ) -> VideoStrain {
        // For the time that others had the processor nothing is taken off: what is given up is
        // given back when there is room.
        let work = Work { busy: took, cpu: Duration::ZERO };
        self.overload.observe(now, Load { due: 1, late: u32::from(waited > LATE), work })
    }

    /// Nothing was to be done.
    pub(super) fn idle(&mut self, now: Instant) -> VideoStrain {
        self.overload.observe(now, Load::default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use VideoStrain::{FewerPictures, None as Ease, Smaller};

    /// What holds after each second in which a hundred frames came that each take so long.
    fn judged(judge: &mut Judge, now: &mut Instant, seconds: u32, took: Duration) -> VideoStrain {
        let mut strain = Ease;
        for _ in 0..seconds {
            let mut behind = Duration::ZERO;
            for _ in 0..100 {
                *now += Duration::from_millis(10);
                behind += took.saturating_sub(Duration::from_millis(10));
                strain = judge.decoded(*now, behind, took.min(Duration::from_millis(10)));
            }
        }
        strain
    }

    #[test]
    fn a_process_that_falls_behind_gives_up_twice_and_takes_back_in_the_other_order() {
        let (mut judge, mut now) = (Judge::new(), Instant::now());
        let (slow, quick) = (Duration::from_millis(14), Duration::from_millis(1));
        assert_eq!(judged(&mut judge, &mut now, 1, quick), Ease);
        assert_eq!(judged(&mut judge, &mut now, 2, slow), FewerPictures);
        assert_eq!(judged(&mut judge, &mut now, 20, slow), Smaller, "and no further");
        assert_eq!(judged(&mut judge, &mut now, 13, quick), FewerPictures);
        assert_eq!(judged(&mut judge, &mut now, 30, quick), Ease);
    }

    #[test]
    fn what_is_said_is_read() {
        let strain = Strain::default();
        for said in [Smaller, FewerPictures, Ease] {
            strain.set(said);
            assert_eq!(strain.get(), said);
        }
        strain.set(VideoStrain::AudioOnly);
        assert_eq!(strain.get(), Smaller);
    }
}

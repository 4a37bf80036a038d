//! Which of the composed pictures an encode takes: those that changed, those that somebody needs
//! whole, and now and then one that did not change.

use causeway_rtp::video::demand::KeyFrameDemand;
use std::time::{Duration, Instant};

/// The first repetition of a picture that stands still comes after this, and each further one
/// after twice as long: the coarse first picture of a screen becomes fine.
const FIRST_REPEAT: Duration = Duration::from_millis(250);

/// Repetitions are no further apart than this: room systems take a stream without packets for a
/// broken one.
const MAX_REPEAT: Duration = Duration::from_secs(2);

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// As the difference to the one before.
    Difference,
    /// Whole.
    Whole,
}

/// What one encode needs.
#[derive(Debug, Default)]
pub(super) struct Need {
    demand: KeyFrameDemand,
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    picture: u64,
    at: Instant,
    /// How long until it is repeated.
    repeat: Duration,
}

impl Need {
    /// Whether the picture of this name is encoded now, and how. `asked`: somebody asked for a
    /// whole one since the last call. The first one is whole.
    pub(super) fn judge(&mut self, now: Instant, picture: u64, asked: bool) -> Option<Take> {
        if asked || self.last.is_none() {
            self.demand.ask();
        }
        let whole = self.demand.take(now);
        let repeat = match self.last {
            Some(last) if last.picture == picture => {
                if !whole && now.saturating_duration_since(last.at) < last.repeat {
                    return None;
                }
                (last.repeat * 2).min(MAX_REPEAT)
            }
            _ => FIRST_REPEAT,
        };
        self.last = Some(Last { picture, at: now, repeat });
        Some(if whole { Take::Whole } else { Take::Difference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(need: &mut Need, start: Instant, ms: u64, picture: u64, asked: bool) -> Option<Take> {
        need.judge(start + Duration::from_millis(ms), picture, asked)
    }

    #[test]
    fn the_first_is_whole_and_the_others_differences() {
        let (mut need, start) = (Need::default(), Instant::now());
        let taken: Vec<_> =
            (0..4).map(|beat| run(&mut need, start, beat * 33, beat, false)).collect();
        let rest = [Some(Take::Difference); 3];
        assert_eq!(taken[0], Some(Take::Whole));
        assert_eq!(taken[1..], rest);
    }

    #[test]
    fn what_stands_still_is_repeated_ever_more_rarely() {
        let (mut need, start) = (Need::default(), Instant::now());
        let taken: Vec<u64> = (0..10_000)
            .step_by(10)
            .filter(|ms| run(&mut need, start, *ms, 7, false).is_some())
            .collect();
        assert_eq!(taken, [0, 250, 750, 1_750, 3_750, 5_750, 7_750, 9_750]);
        assert_eq!(run(&mut need, start, 10_000, 8, false), Some(Take::Difference));
        assert_eq!(run(&mut need, start, 10_250, 8, false), Some(Take::Difference));
    }

    #[test]
    fn who_asks_gets_the_same_picture_whole_and_a_storm_gets_one() {
        let (mut need, start) = (Need::default(), Instant::now());
        assert_eq!(run(&mut need, start, 0, 7, false), Some(Take::Whole));
        let asked: Vec<u64> = (30..1_000)
            .step_by(30)
            .filter(|ms| run(&mut need, start, *ms, 7, true) == Some(Take::Whole))
            .collect();
        assert_eq!(asked, [510], "half a second apart");
        assert_eq!(run(&mut need, start, 1_010, 7, false), Some(Take::Whole), "not forgotten");
        assert_eq!(run(&mut need, start, 1_040, 7, false), None);
    }
}

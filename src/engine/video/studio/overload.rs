//! Too little time: fewer pictures, then smaller ones, then none; and back in the other order.
//!
//! Giving up is quick, as each late picture is seen. Coming back is slow, and only where what is
//! taken up again has room; where it had none after all, the next try comes later.

use causeway_plan::video::VideoStrain;
use std::time::{Duration, Instant};

/// How long the beats are counted before they are judged.
const WINDOW: Duration = Duration::from_secs(1);

/// Of a window's beats at which pictures are due one in so many may find the work of the one before it undone.
const LATE_SHARE: u32 = 4;

/// How long all has to be in time, with room, before the next step back.
const PATIENCE: Duration = Duration::from_secs(10);

/// What patience grows to, doubled after each step back that was taken again.
const MAX_PATIENCE: Duration = Duration::from_secs(80);

/// A step back that holds this long was right.
const PROOF: Duration = Duration::from_secs(30);

/// What one beat found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Pictures were to be made.
    pub(super) due: bool,
    /// Those of an earlier beat are not done.
    pub(super) late: bool,
    /// Time that the threads worked since the last beat, together.
    pub(super) busy: Duration,
}

/// The state of the machine.
#[derive(Debug)]
pub(super) struct Overload {
    threads: u32,
    strain: VideoStrain,
    window: Option<Window>,
    /// Since when there was room.
    calm_since: Option<Instant>,
    patience: Duration,
    eased_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    due: u32,
    late: u32,
    busy: Duration,
}

impl Overload {
    /// With so many threads, all at ease.
    pub(super) const fn new(threads: u32) -> Self {
        Self {
            threads,
            strain: VideoStrain::None,
            window: None,
            calm_since: None,
            patience: PATIENCE,
            eased_at: None,
        }
    }

    /// Takes what a beat found; what holds from now on.
    pub(super) fn observe(&mut self, now: Instant, load: Load) -> VideoStrain {
        let fresh = Window { since: now, due: 0, late: 0, busy: Duration::ZERO };
        let window = self.window.get_or_insert(fresh);
        window.due += u32::from(load.due);
        window.late += u32::from(load.late);
        window.busy += load.busy;
        let whole = *window;
        if now.saturating_duration_since(whole.since) >= WINDOW {
            self.window = None;
            self.judge(now, whole);
        }
        self.strain
    }

    fn judge(&mut self, now: Instant, window: Window) {
        if window.late > 0 && window.late * LATE_SHARE >= window.due {
            self.calm_since = None;
            self.give_up(now);
        } else if window.late > 0 || !self.has_room(now, window) {
            self.calm_since = None;
        } else {
            let since = *self.calm_since.get_or_insert(window.since);
            if now.saturating_duration_since(since) >= self.patience {
                self.ease(now);
            }
        }
        if self.eased_at.is_some_and(|at| now.saturating_duration_since(at) >= PROOF) {
            self.eased_at = None;
            self.patience = PATIENCE;
        }
    }

    fn give_up(&mut self, now: Instant) {
        self.strain = match self.strain {
            VideoStrain::None => VideoStrain::FewerPictures,
            VideoStrain::FewerPictures => VideoStrain::Smaller,
            VideoStrain::Smaller | VideoStrain::AudioOnly => VideoStrain::AudioOnly,
        };
        if self.eased_at.take_if(|at| now.saturating_duration_since(*at) < PROOF).is_some() {
            self.patience = (self.patience * 2).min(MAX_PATIENCE);
        }
    }

    fn ease(&mut self, now: Instant) {
        let eased = match self.strain {
            VideoStrain::None => return,
            VideoStrain::FewerPictures => VideoStrain::None,
            VideoStrain::Smaller => VideoStrain::FewerPictures,
            VideoStrain::AudioOnly => VideoStrain::Smaller,
        };
        self.strain = eased;
        self.calm_since = None;
        self.eased_at = Some(now);
    }

    /// Whether what the next step back takes up fits.
    fn has_room(&self, now: Instant, window: Window) -> bool {
        // Twice the pictures; or sizes of up to four times the pixels, of which only some are
        // taken again. After audio only nothing is known: it is tried.
        let most = match self.strain {
            VideoStrain::None | VideoStrain::AudioOnly => 100,
            VideoStrain::FewerPictures => 40,
            VideoStrain::Smaller => 25,
        };
        let all = now.saturating_duration_since(window.since) * self.threads;
        window.busy * 100 <= all * most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VideoStrain::{AudioOnly, FewerPictures, None as Ease, Smaller};

    const BEAT: Duration = Duration::from_micros(33_333);

    struct Run {
        now: Instant,
        overload: Overload,
    }

    impl Run {
        fn new() -> Self {
            Self { now: Instant::now(), overload: Overload::new(1) }
        }

        /// So many seconds in which each beat's work takes so much of it, depending on the
        /// strain. Returns what held, each with the second at which it began.
        fn go(
            &mut self,
            seconds: u64,
            share: impl Fn(VideoStrain) -> f64,
        ) -> Vec<(VideoStrain, u64)> {
            let begin = self.now;
            let mut seen = vec![(self.overload.strain, 0)];
            while self.now < begin + Duration::from_secs(seconds) {
                self.now += BEAT;
                let share = share(self.overload.strain);
                let load =
                    Load { due: true, late: share > 1.0, busy: BEAT.mul_f64(share.min(1.0)) };
                let strain = self.overload.observe(self.now, load);
                if seen.last().is_some_and(|(last, _)| *last != strain) {
                    seen.push((strain, (self.now - begin).as_secs()));
                }
            }
            seen
        }
    }

    #[test]
    fn each_step_gives_up_more_within_a_second_or_two() {
        let seen = Run::new().go(10, |strain| if strain == AudioOnly { 0.0 } else { 1.5 });
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1), (Smaller, 2), (AudioOnly, 3)]);
    }

    #[test]
    fn a_step_that_helps_is_the_last() {
        let seen = Run::new().go(120, |strain| if strain == Ease { 1.2 } else { 0.6 });
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1)], "no room to come back");
    }

    #[test]
    fn it_comes_back_in_the_other_order_each_after_ten_seconds_of_room() {
        let mut run = Run::new();
        run.go(3, |_| 1.5);
        run.go(1, |_| 1.5);
        let seen = run.go(60, |_| 0.1);
        let steps: Vec<_> = seen.iter().map(|(strain, _)| *strain).collect();
        assert_eq!(steps, [AudioOnly, Smaller, FewerPictures, Ease]);
        for pair in seen.windows(2) {
            assert!((9..=12).contains(&(pair[1].1 - pair[0].1)), "{seen:?}");
        }
    }

    #[test]
    fn a_step_back_that_does_not_hold_is_tried_ever_more_rarely() {
        let cost = |strain| match strain {
            AudioOnly => 0.0,
            _ => 2.0,
        };
        let seen = Run::new().go(600, cost);
        let tries = seen.iter().filter(|(strain, at)| *strain == Smaller && *at > 5).count();
        assert!((6..=10).contains(&tries), "{seen:?}");
        let fine = |_| 0.1;
        let mut run = Run::new();
        run.go(100, cost);
        let back = run.go(400, fine);
        assert_eq!(back.last().map(|(strain, _)| *strain), Some(Ease));
        assert_eq!(run.overload.patience, PATIENCE, "what holds is forgotten");
    }

    #[test]
    fn single_late_pictures_are_no_overload() {
        let mut run = Run::new();
        for _ in 0..50 {
            run.now += BEAT;
            run.overload.observe(run.now, Load { due: true, late: true, busy: BEAT });
            assert_eq!(run.go(1, |_| 0.9), [(Ease, 0)]);
        }
    }
}

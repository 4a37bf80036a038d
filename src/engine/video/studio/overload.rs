//! Too little time: fewer pictures, then smaller ones, then none; and back in the other order.
//!
//! It is the threads that have too little time, not a picture: one that takes long beside idle
//! threads comes less often by itself, and takes nothing from the others. Giving up is quick, as
//! each late picture is seen. Coming back is slow, and only where what is taken up again has room;
//! where it had none after all, the next try comes later.
//!
//! Where other programs take the processors, fewer and smaller pictures are made of what is left.
//! To show none would give nothing back: then pictures come as they can.

use causeway_plan::video::VideoStrain;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// How long the beats are counted before they are judged.
const WINDOW: Duration = Duration::from_secs(1);

/// Of a window's pictures one in so many may be late: the one before it was not done when it was
/// due.
const LATE_SHARE: u32 = 4;

/// Of the threads' time so many hundredths have work where they are full. The rest goes between a
/// beat and the next, when what is left is not enough for all of them.
const FULL: u32 = 85;

/// Of the time that they have work the threads get one in so many parts, if it is their own work
/// that fills them. Where they get less, others have the processors.
const OWN_SHARE: u32 = 2;

/// Windows in a row in which most pictures are late, though they are few and small, before none
/// are made: what comes and goes is no reason to take all pictures from everybody.
const MAX_HOPELESS: u32 = 3;

/// How long all has to be in time, with room, before the next step back.
const PATIENCE: Duration = Duration::from_secs(10);

/// What patience grows to, doubled after each step back that was taken again.
const MAX_PATIENCE: Duration = Duration::from_secs(80);

/// A step back that holds this long was right.
const PROOF: Duration = Duration::from_secs(30);

/// What one beat found.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::video) struct Load {
    /// Pictures that were to be made: one for each size of each composition.
    pub(in crate::video) due: u32,
    /// Those of them of which an earlier one is not done.
    pub(in crate::video) late: u32,
    /// What the threads did since the last beat.
    pub(in crate::video) work: Work,
}

/// What threads did, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::video) struct Work {
    /// Time in which they had something to do.
    pub(in crate::video) busy: Duration,
    /// Time for which they had a processor for it.
    pub(in crate::video) cpu: Duration,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.busy += other.busy;
        self.cpu += other.cpu;
    }
}

/// The state of the machine.
#[derive(Debug)]
pub(in crate::video) struct Overload {
    threads: u32,
    strain: VideoStrain,
    window: Option<Window>,
    /// Windows in a row that give no hope.
    hopeless: u32,
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
    work: Work,
}

impl Window {
    /// More than some pictures are late.
    const fn is_late(&self) -> bool {
        self.late > 0 && self.late * LATE_SHARE >= self.due
    }

    /// Most are, and because of our own work.
    fn is_hopeless(&self) -> bool {
        self.late * 2 > self.due && self.work.cpu * OWN_SHARE >= self.work.busy
    }
}

impl Overload {
    /// With so many threads, all at ease.
    pub(in crate::video) const fn new(threads: u32) -> Self {
        Self {
            threads,
            strain: VideoStrain::None,
            window: None,
            hopeless: 0,
            calm_since: None,
            patience: PATIENCE,
            eased_at: None,
        }
    }

    /// The same, which waits for less before each step back.
    #[cfg(test)]
    pub(in crate::video) const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes what a beat found; what holds from now on.
    pub(in crate::video) fn observe(&mut self, now: Instant, load: Load) -> VideoStrain {
        let fresh = Window { since: now, due: 0, late: 0, work: Work::default() };
        let window = self.window.get_or_insert(fresh);
        window.due += load.due;
        window.late += load.late;
        window.work += load.work;
        let whole = *window;
        if now.saturating_duration_since(whole.since) >= WINDOW {
            self.window = None;
            self.judge(now, whole);
        }
        self.strain
    }

    fn judge(&mut self, now: Instant, window: Window) {
        let overloaded = window.is_late() && self.is_filled(now, &window, FULL);
        self.hopeless = if overloaded && window.is_hopeless() { self.hopeless + 1 } else { 0 };
        if overloaded {
            self.calm_since = None;
            self.give_up(now);
        } else if !self.has_room(now, &window) {
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
            // Only those windows count that had small pictures already.
            VideoStrain::FewerPictures => {
                self.hopeless = 0;
                VideoStrain::Smaller
            }
            VideoStrain::Smaller if self.hopeless < MAX_HOPELESS => return,
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
    fn has_room(&self, now: Instant, window: &Window) -> bool {
        // Twice the pictures; or sizes of up to four times the pixels, of which only some are
        // taken again. After audio only nothing is known: it is tried.
        let most = match self.strain {
            VideoStrain::None | VideoStrain::AudioOnly => return true,
            VideoStrain::FewerPictures => 40,
            VideoStrain::Smaller => 25,
        };
        !self.is_filled(now, window, most)
    }

    /// Whether the threads had something to do for so many hundredths of a window.
    fn is_filled(&self, now: Instant, window: &Window, hundredths: u32) -> bool {
        let all = now.saturating_duration_since(window.since) * self.threads;
        window.work.busy * 100 >= all * hundredths
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

    /// What each beat finds in a machine of one thread whose work takes so much of the time; what
    /// is more than all of it makes every picture late.
    fn load(share: f64) -> Load {
        let busy = BEAT.mul_f64(share.min(1.0));
        Load { due: 1, late: u32::from(share > 1.0), work: Work { busy, cpu: busy } }
    }

    impl Run {
        fn new() -> Self {
            Self { now: Instant::now(), overload: Overload::new(1) }
        }

        /// So many seconds in which each beat finds this, depending on the strain. Returns what
        /// held, each with the second at which it began.
        fn find(
            &mut self,
            seconds: u64,
            find: impl Fn(VideoStrain) -> Load,
        ) -> Vec<(VideoStrain, u64)> {
            let begin = self.now;
            let mut seen = vec![(self.overload.strain, 0)];
            while self.now < begin + Duration::from_secs(seconds) {
                self.now += BEAT;
                let strain = self.overload.observe(self.now, find(self.overload.strain));
                if seen.last().is_some_and(|(last, _)| *last != strain) {
                    seen.push((strain, (self.now - begin).as_secs()));
                }
            }
            seen
        }

        /// The same where each beat's work takes so much of it.
        fn go(
            &mut self,
            seconds: u64,
            share: impl Fn(VideoStrain) -> f64,
        ) -> Vec<(VideoStrain, u64)> {
            self.find(seconds, |strain| load(share(strain)))
        }
    }

    #[test]
    fn fewer_and_smaller_come_within_a_second_or_two_and_none_only_without_hope() {
        let seen = Run::new().go(10, |strain| if strain == AudioOnly { 0.0 } else { 1.5 });
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1), (Smaller, 2), (AudioOnly, 5)]);
    }

    #[test]
    fn a_step_that_helps_is_the_last() {
        let seen = Run::new().go(120, |strain| if strain == Ease { 1.2 } else { 0.6 });
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1)], "no room to come back");
    }

    #[test]
    fn small_pictures_of_which_some_are_late_are_better_than_none() {
        let full = Work { busy: BEAT, cpu: BEAT };
        let some = |_| Load { due: 10, late: 4, work: full };
        let seen = Run::new().find(120, some);
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1), (Smaller, 2)]);
        let mut run = Run::new();
        for _ in 0..20 {
            let bad = |_| Load { due: 10, late: 9, work: full };
            let seen = [run.find(1, bad), run.find(2, some)].concat();
            assert!(!seen.iter().any(|(strain, _)| *strain == AudioOnly), "not in a row");
        }
    }

    #[test]
    fn a_picture_that_takes_long_beside_idle_threads_takes_nothing_from_others() {
        let mut run = Run::new();
        run.overload = Overload::new(2);
        let one_thread = Work { busy: BEAT, cpu: BEAT };
        let seen = run.find(60, |_| Load { due: 1, late: 1, work: one_thread });
        assert_eq!(seen, [(Ease, 0)], "the other thread has nothing to do");
        // Threads that are full of pictures of which one is late.
        let both = Work { busy: 2 * BEAT, cpu: 2 * BEAT };
        let seen = run.find(60, |_| Load { due: 20, late: 1, work: both });
        assert_eq!(seen, [(Ease, 0)]);
    }

    #[test]
    fn other_programs_never_take_the_last_pictures() {
        let starved = Work { busy: BEAT, cpu: BEAT / 4 };
        let seen = Run::new().find(120, |_| Load { due: 4, late: 4, work: starved });
        assert_eq!(seen, [(Ease, 0), (FewerPictures, 1), (Smaller, 2)]);
    }

    #[test]
    fn it_comes_back_in_the_other_order_each_after_ten_seconds_of_room() {
        let mut run = Run::new();
        run.go(6, |_| 1.5);
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
            run.overload.observe(run.now, load(1.5));
            assert_eq!(run.go(1, |_| 0.9), [(Ease, 0)]);
        }
    }
}

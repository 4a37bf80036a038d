//! A microphone from which nothing was ever heard.

use super::QUANTUM_MS;

/// For how long not one audible moment may come. Who only listens moves, breathes or touches
/// something within a minute.
const PATIENCE: u32 = 60_000 / QUANTUM_MS;

/// So much sound, together, proves a microphone: a click of plugging in is shorter.
const PROOF: u32 = 100 / QUANTUM_MS;

/// Watches for a microphone that never gave a sound. One that did once is never called dead: who
/// listens for an hour says nothing, and a browser's noise suppression makes that digital silence.
#[derive(Clone, Copy, Debug)]
pub enum SilenceWatch {
    /// Not heard yet.
    Waiting {
        /// Quanta in which it could have been.
        waited: u32,
        /// Those of them in which it was.
        audible: u32,
    },
    /// It was heard.
    Proven,
}

impl Default for SilenceWatch {
    fn default() -> Self {
        Self::Waiting { waited: 0, audible: 0 }
    }
}

impl SilenceWatch {
    /// Takes whether the next 20 ms stand out of the leg's noise; pauses of discontinuous
    /// transmission do not. Returns whether the microphone seems dead.
    pub fn take(&mut self, sounding: bool) -> bool {
        let Self::Waiting { waited, audible } = self else { return false };
        *waited = waited.saturating_add(1);
        *audible += u32::from(sounding);
        let dead = *waited >= PATIENCE;
        if *audible >= PROOF {
            *self = Self::Proven;
            return false;
        }
        dead
    }

    /// It may not be heard now: its minute begins anew.
    pub fn rest(&mut self) {
        if let Self::Waiting { .. } = self {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the microphone seems dead at the end of so many seconds.
    fn after(watch: &mut SilenceWatch, seconds: u32, sounding: impl Fn(u32) -> bool) -> bool {
        let mut dead = false;
        for at in 0..seconds * 1000 / QUANTUM_MS {
            dead = watch.take(sounding(at));
        }
        dead
    }

    #[test]
    fn a_minute_without_a_sound_is_a_dead_microphone_until_it_is_heard() {
        let mut watch = SilenceWatch::default();
        assert!(!after(&mut watch, 59, |_| false));
        assert!(after(&mut watch, 1, |_| false));
        assert!(!after(&mut watch, 1, |_| true));
        assert!(!after(&mut watch, 600, |_| false), "who spoke once may listen for long");
    }

    #[test]
    fn the_click_of_plugging_in_proves_no_microphone() {
        let mut watch = SilenceWatch::default();
        assert!(after(&mut watch, 60, |at| at < 3));
    }

    #[test]
    fn only_time_in_which_it_may_be_heard_counts() {
        let mut watch = SilenceWatch::default();
        for _ in 0..10 {
            assert!(!after(&mut watch, 50, |_| false));
            watch.rest();
        }
        after(&mut watch, 1, |_| true);
        watch.rest();
        assert!(!after(&mut watch, 100, |_| false), "a microphone stays proven");
    }
}

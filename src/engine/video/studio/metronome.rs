//! The thread that tells at each beat what is to be made.

use super::beat::{Beat, Beats, Phase, RATE};
use super::overload::{Load, Overload};
use super::pool::Job;
use super::{Held, Shared, locked};
use causeway_base::SizeClass;
use causeway_plan::video::VideoStrain;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Wakes the thread.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nobody looks at anything.
    #[default]
    Resting,
    Beating,
    Closed,
}

impl Gate {
    /// Somebody looks.
    pub(super) fn wake(&self) {
        self.set(State::Beating);
    }

    /// The end.
    pub(super) fn close(&self) {
        self.set(State::Closed);
    }

    fn set(&self, new: State) {
        let mut state = locked(&self.state);
        if *state != State::Closed {
            *state = new;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until somebody looks. `false` at the end.
    fn rest(&self) -> bool {
        let resting = |state: &mut State| *state == State::Resting;
        let state = self.changed.wait_while(locked(&self.state), resting);
        *state.unwrap_or_else(PoisonError::into_inner) != State::Closed
    }

    /// Waits until a time. `false` at the end.
    fn wait_until(&self, deadline: Instant) -> bool {
        let mut state = locked(&self.state);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if *state == State::Closed || left == Duration::ZERO {
                return *state != State::Closed;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Starts the thread.
pub(super) fn start(shared: &Arc<Shared>, threads: u32) -> io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    let overload = Overload::new(threads);
    std::thread::Builder::new().name("studio-beat".into()).spawn(move || run(&shared, overload))
}

fn run(shared: &Shared, mut overload: Overload) {
    while shared.gate.rest() {
        let mut beats = Beats::new(Instant::now());
        loop {
            if !shared.gate.wait_until(beats.deadline(|phase| shared.is_used(phase))) {
                return;
            }
            let now = Instant::now();
            let Some((phase, beat)) = beats.take(now) else { continue };
            // A fault of ours costs this beat, and no other.
            let work = AssertUnwindSafe(|| at(shared, phase, beat, &mut overload, now));
            let strain = catch_unwind(work).unwrap_or_else(|_| shared.strain());
            // At rest nothing is known of the load; a strain is taken back before it.
            if strain == VideoStrain::None && shared.rest_if_unwatched() {
                break;
            }
        }
    }
}

/// One beat.
fn at(
    shared: &Shared,
    phase: Phase,
    beat: Beat,
    overload: &mut Overload,
    now: Instant,
) -> VideoStrain {
    let (largest, cap) = bounds(shared.strain());
    let mut load = Load { work: shared.jobs.take_work(), ..Load::default() };
    for composing in shared.living(phase) {
        let found = composing.begin(beat, largest, cap, |class| {
            shared.jobs.add(Job::Compose(Arc::clone(&composing), class, beat, cap));
        });
        load.due += found.due;
        load.late += found.late;
    }
    shared.counts.beat(load.late > 0);
    let strain = overload.observe(now, load);
    shared.set_strain(strain);
    strain
}

/// The largest size that is made, if any is, and how many pictures a second.
const fn bounds(strain: VideoStrain) -> (Option<SizeClass>, u8) {
    match strain {
        VideoStrain::None => (Some(SizeClass::P1080), RATE),
        VideoStrain::FewerPictures => (Some(SizeClass::P1080), RATE / 2),
        VideoStrain::Smaller => (Some(SizeClass::P360), RATE / 2),
        VideoStrain::AudioOnly => (None, RATE / 2),
    }
}

impl Shared {
    /// Whether a composition is looked at, or waits for a beat at which it ends.
    fn needs_beats(&self) -> bool {
        let needs = |held: &Held| held.composing.is_watched() || held.holder.strong_count() == 0;
        locked(&self.compositions).iter().any(needs)
    }

    /// Sets the gate to rest where nobody looks at any composition.
    fn rest_if_unwatched(&self) -> bool {
        let mut state = locked(&self.gate.state);
        if self.needs_beats() || *state != State::Beating {
            return false;
        }
        *state = State::Resting;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::Holder;
    use super::super::composing::Composing;
    use super::*;
    use causeway_media::video::theme::Theme;

    /// Whoever lets go within a beat wakes a gate that is awake, which nobody hears.
    #[test]
    fn what_ended_within_a_beat_has_another_one_before_the_rest() {
        let shared = Arc::new(Shared::new(Theme::default()));
        let composing = Arc::new(Composing::new());
        let holder = Arc::new(Holder { shared: Arc::clone(&shared) });
        shared.keep(&composing, &holder);
        shared.gate.wake();
        assert_eq!(shared.living(0).len(), 1);
        drop(holder);
        assert!(!shared.rest_if_unwatched(), "it is still kept");
        assert!(shared.living(0).is_empty());
        assert!(shared.rest_if_unwatched());
        assert_eq!(Arc::strong_count(&composing), 1);
    }
}

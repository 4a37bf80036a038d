//! One composition: what it shows, in which sizes, for which encodes.

use super::beat::Beat;
use super::canvas::{Canvas, Wanted};
use super::encoding::Encoding;
use super::scene::Moment;
use super::{EncodeHolder, EncodeKey, Shared, locked};
use crate::clock::Now;
use causeway_base::SizeClass;
use causeway_media::video::frame::Frame;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// One composition.
pub(super) struct Composing {
    /// `None` until it is told.
    wanted: Mutex<Option<Arc<Wanted>>>,
    /// By size.
    canvases: [Place; SizeClass::ALL.len()],
    encodes: Mutex<Vec<Held>>,
    failed: AtomicBool,
}

/// A canvas and whether a thread has it to draw.
#[derive(Default)]
struct Place {
    taken: AtomicBool,
    canvas: Mutex<Option<Canvas>>,
}

/// An encoder with its holders. It is kept here, so that it ends on a thread that has time.
struct Held {
    encoding: Arc<Encoding>,
    holder: Weak<EncodeHolder>,
}

/// What a beat found in a composition.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    /// Sizes in which a picture is to be made.
    pub(super) due: u32,
    /// Those of them in which an earlier one is not done.
    pub(super) late: u32,
}

impl fmt::Debug for Composing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Composing({:?})", locked(&self.wanted))
    }
}

const fn index(class: SizeClass) -> usize {
    match class {
        SizeClass::P180 => 0,
        SizeClass::P360 => 1,
        SizeClass::P720 => 2,
        SizeClass::P1080 => 3,
    }
}

impl Composing {
    pub(super) fn new() -> Self {
        Self {
            wanted: Mutex::default(),
            canvases: Default::default(),
            encodes: Mutex::default(),
            failed: AtomicBool::new(false),
        }
    }

    pub(super) fn show(&self, wanted: Wanted) {
        // What it showed before goes after the lock.
        let _before = locked(&self.wanted).replace(Arc::new(wanted));
    }

    /// The encoder of these settings that somebody holds, else a new one.
    pub(super) fn encode(&self, key: EncodeKey) -> Arc<EncodeHolder> {
        let mut encodes = locked(&self.encodes);
        let same = encodes.iter().filter(|held| held.encoding.key == key);
        if let Some(holder) = same.filter_map(|held| held.holder.upgrade()).next() {
            return holder;
        }
        let encoding = Arc::new(Encoding::new(key));
        let holder = Arc::new(EncodeHolder { encoding: Arc::clone(&encoding) });
        encodes.push(Held { encoding, holder: Arc::downgrade(&holder) });
        holder
    }

    /// Whether anybody looks.
    pub(super) fn is_watched(&self) -> bool {
        !locked(&self.encodes).is_empty()
    }

    /// What a beat finds to do, up to a size (none: nothing) and so many pictures a second: `compose` is called
    /// for each size whose canvas nobody has. What nobody holds any more ends here.
    pub(super) fn begin(
        &self,
        beat: Beat,
        largest: Option<SizeClass>,
        cap: u8,
        mut compose: impl FnMut(SizeClass),
    ) -> Found {
        let mut found = Found::default();
        let encodes = self.living();
        let idle = self.failed.load(Ordering::Relaxed) || locked(&self.wanted).is_none();
        for class in SizeClass::ALL {
            let mut of_class = encodes.iter().filter(|e| e.key.class == class).peekable();
            let too_large = largest.is_none_or(|largest| class > largest);
            if too_large || of_class.peek().is_none() {
                self.clear(class);
                continue;
            }
            let mut due = of_class.filter(|e| beat.is_due(e.key.frame_rate.min(cap))).peekable();
            if idle || due.peek().is_none() {
                continue;
            }
            let taken = self.canvases[index(class)].taken.swap(true, Ordering::Acquire);
            found.due += 1;
            found.late += u32::from(taken || due.any(|e| e.is_busy()));
            if !taken {
                compose(class);
            }
        }
        found
    }

    /// The encoders that somebody holds; the others end.
    fn living(&self) -> Vec<Arc<Encoding>> {
        let mut encodes = locked(&self.encodes);
        let is_held = |held: &mut Held| held.holder.strong_count() == 0;
        let ended: Vec<Held> = encodes.extract_if(.., is_held).collect();
        let living = encodes.iter().map(|held| Arc::clone(&held.encoding)).collect();
        drop(encodes);
        drop(ended);
        living
    }

    /// Gives a canvas back that nobody looks at.
    fn clear(&self, class: SizeClass) {
        let place = &self.canvases[index(class)];
        if !place.taken.load(Ordering::Acquire) {
            drop(locked(&place.canvas).take());
        }
    }

    /// Composes what [`Self::begin`] found, and returns the encodes that have something to do.
    pub(super) fn compose(
        &self,
        shared: &Shared,
        class: SizeClass,
        beat: Beat,
        cap: u8,
    ) -> Vec<Arc<Encoding>> {
        let place = &self.canvases[index(class)];
        let picture = self.draw(shared, class, beat);
        place.taken.store(false, Ordering::Release);
        let Some(picture) = picture else { return Vec::new() };
        shared.counts.composed();
        let encodes: Vec<_> = locked(&self.encodes)
            .iter()
            .filter(|held| held.encoding.key.class == class)
            .map(|held| Arc::clone(&held.encoding))
            .collect();
        let offered = encodes.into_iter().filter(|encoding| {
            let frame_rate = encoding.key.frame_rate.min(cap);
            beat.is_due(frame_rate) && encoding.offer(&picture, beat.at, frame_rate)
        });
        offered.collect()
    }

    fn draw(&self, shared: &Shared, class: SizeClass, beat: Beat) -> Option<Frame> {
        let wanted = locked(&self.wanted).clone()?;
        let mut canvas = locked(&self.canvases[index(class)].canvas);
        let canvas = canvas.get_or_insert_with(|| Canvas::new(class.size()));
        // All canvases in use, or no memory: this picture is left out.
        canvas.draw(&wanted, shared, moment(beat.number)).ok()
    }

    /// A fault of ours: nothing is composed any more.
    pub(super) fn fail(&self, class: SizeClass) {
        self.failed.store(true, Ordering::Relaxed);
        self.canvases[index(class)].taken.store(false, Ordering::Release);
    }

    /// Whether it came to a fault of ours.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Of how many of those whom it shows there is a picture.
    pub(super) fn pictures(&self) -> usize {
        let Some(wanted) = locked(&self.wanted).clone() else { return 0 };
        wanted.plan.sources().filter(|source| wanted.picture(*source).is_some()).count()
    }

    /// What it shows now, in a picture of its own. Takes some milliseconds.
    pub(super) fn snapshot(&self, shared: &Shared) -> Option<Frame> {
        let wanted = locked(&self.wanted).clone()?;
        let mut canvas = Canvas::new(SizeClass::P720.size());
        canvas.draw(&wanted, shared, moment(0)).ok()
    }
}

fn moment(number: u64) -> Moment {
    Moment { number: (number % u64::from(u32::MAX)) as u32, wall: Now::read().wall }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Still, quarters};
    use super::*;
    use causeway_base::VideoCodec;
    use std::collections::HashMap;
    use std::time::Instant;

    fn composing() -> (Composing, Vec<Arc<EncodeHolder>>) {
        let composing = Composing::new();
        let sources = HashMap::from([(causeway_base::LegId(0), Still::boxed(None))]);
        composing.show(Wanted { plan: quarters(), sources });
        let encode = |class| {
            let codec = VideoCodec::Vp8;
            composing.encode(EncodeKey { codec, class, single_nal: false, frame_rate: 30 })
        };
        let holders = SizeClass::ALL.map(encode).into();
        (composing, holders)
    }

    /// The sizes that a beat begins.
    fn begun(composing: &Composing, number: u64, largest: Option<SizeClass>) -> Vec<SizeClass> {
        let cap = if largest == Some(SizeClass::P1080) { 30 } else { 15 };
        let mut begun = Vec::new();
        let beat = Beat { number, at: Instant::now() };
        composing.begin(beat, largest, cap, |class| begun.push(class));
        for class in &begun {
            composing.canvases[index(*class)].taken.store(false, Ordering::Release);
        }
        begun
    }

    #[test]
    fn what_the_machine_has_no_time_for_is_not_begun() {
        let (composing, holders) = composing();
        assert_eq!(begun(&composing, 0, Some(SizeClass::P1080)), SizeClass::ALL);
        let small = [SizeClass::P180, SizeClass::P360];
        assert_eq!(begun(&composing, 1, Some(SizeClass::P360)), small);
        assert_eq!(begun(&composing, 2, Some(SizeClass::P360)), [], "every other beat");
        assert_eq!(begun(&composing, 3, None), []);
        drop(holders);
        assert_eq!(begun(&composing, 4, Some(SizeClass::P1080)), []);
        assert!(!composing.is_watched());
    }

    #[test]
    fn a_canvas_that_is_still_drawn_is_late_and_not_begun_again() {
        let (composing, _holders) = composing();
        let beat = |number| Beat { number, at: Instant::now() };
        let mut begun = 0;
        for (number, late) in [(0, 0), (1, 2), (2, 1)] {
            let found = composing.begin(beat(number), Some(SizeClass::P360), 30, |_| begun += 1);
            assert_eq!((found.due, found.late), (2, late));
            let done = &composing.canvases[index(SizeClass::P180)];
            done.taken.store(number == 0, Ordering::Release);
        }
        assert_eq!(begun, 3);
    }

    #[test]
    fn nothing_is_made_of_what_was_not_told_and_of_what_failed() {
        let (failed, _holders) = composing();
        failed.fail(SizeClass::P180);
        assert_eq!(begun(&failed, 0, Some(SizeClass::P1080)), []);
        let untold = Composing::new();
        let key = EncodeKey {
            codec: VideoCodec::Vp8,
            class: SizeClass::P180,
            single_nal: false,
            frame_rate: 30,
        };
        let _holder = untold.encode(key);
        assert_eq!(begun(&untold, 0, Some(SizeClass::P1080)), []);
    }
}

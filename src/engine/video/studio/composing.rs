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
    /// Pictures are to be made.
    pub(super) due: bool,
    /// Those of an earlier beat are not done.
    pub(super) late: bool,
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
            found.due = true;
            found.late |= taken || due.any(|e| e.is_busy());
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

//! Pictures composed at a steady rate, and encoded once for all who get the same.
//!
//! Nothing here is done on a worker's thread, and no worker waits for it. In the order of a
//! picture:
//! * `beat`, `metronome`: thirty times a second each composition that somebody looks at becomes a
//!   job for each size, not all at the same time; while nobody looks, nothing runs.
//! * `pool`: the threads that do the jobs.
//! * `composing`, `canvas`, `scene`: a plan and the newest pictures of its sources become a picture.
//! * `need`, `encoding`: what changed, or is asked for, is encoded; the worker takes it on its
//!   next tick.
//! * `overload`: what is given up where there is too little time.
//!
//! Memory: a composition takes 1.4 MB at 720p (0.4 at 360p, 3.1 at 1080p) for each picture in
//! work, which is one or two, four at most. An encoder at 720p takes 11 MB in H.264 and 33 in VP8,
//! at 360p 4 and 10. Both are given back when the last who holds them lets go.

mod beat;
mod canvas;
mod composing;
mod encoding;
mod metronome;
mod need;
pub(in crate::video) mod overload;
mod pool;
mod scene;

use super::decode::DecodeStream;
use beat::{PHASES, Phase};
use canvas::Wanted;
use causeway_base::{Bitrate, LegId, SizeClass, VideoCodec};
use causeway_media::video::frame::Frame;
use causeway_media::video::overlay::Lettering;
use causeway_media::video::theme::Theme;
use causeway_plan::PicturePlan;
use causeway_plan::video::VideoStrain;
use composing::Composing;
use encoding::Encoding;
use metronome::Gate;
use pool::Jobs;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Instant;

/// Where the pictures of one leg come from.
pub(crate) trait PictureSource: Send + Sync + 'static {
    /// The last good picture. Never waits.
    fn picture(&self) -> Option<Frame>;
}

impl PictureSource for DecodeStream {
    fn picture(&self) -> Option<Frame> {
        DecodeStream::picture(self)
    }
}

/// The threads that compose and encode. Clones are the same; they end with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Studio {
    threads: Arc<Threads>,
}

/// One picture that is composed. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Composition {
    composing: Arc<Composing>,
    holder: Arc<Holder>,
}

/// All that tells one encoder's pictures from another's of the same composition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EncodeKey {
    /// The codec.
    pub(crate) codec: VideoCodec,
    /// The size.
    pub(crate) class: SizeClass,
    /// H.264 in packetization mode 0: no NAL unit is longer than a packet.
    pub(crate) single_nal: bool,
    /// Pictures a second; more than 30 are 30.
    pub(crate) frame_rate: u8,
}

/// An encoder of a composition, for all who want the same. Clones are the same; it ends with the
/// last of them.
#[derive(Clone, Debug)]
pub(crate) struct Encode {
    holder: Arc<EncodeHolder>,
}

/// A picture as it is sent.
#[derive(Debug)]
pub(crate) struct EncodedPicture {
    /// H.264 in the byte stream format, or a VP8 frame.
    pub(crate) bytes: Vec<u8>,
    /// It can be decoded without any before it.
    pub(crate) key: bool,
    /// When it was composed: all that is sent of it has this time.
    pub(crate) at: Instant,
}

/// What the studio counts, for reading from any thread.
#[derive(Debug, Default)]
pub(crate) struct StudioCounts {
    /// Beats of all phases, and those that found the work of an earlier one undone.
    pub(crate) beats: AtomicU64,
    pub(crate) late_beats: AtomicU64,
    /// Pictures composed, whether anything in them changed or not.
    pub(crate) composed: AtomicU64,
    /// Pictures encoded, and those of them that were whole.
    pub(crate) encoded: AtomicU64,
    pub(crate) key_pictures: AtomicU64,
    /// Pictures at which an encoder failed.
    pub(crate) failed: AtomicU64,
}

impl StudioCounts {
    fn beat(&self, late: bool) {
        self.beats.fetch_add(1, Ordering::Relaxed);
        self.late_beats.fetch_add(late.into(), Ordering::Relaxed);
    }

    fn composed(&self) {
        self.composed.fetch_add(1, Ordering::Relaxed);
    }

    fn encoded(&self, key: bool) {
        self.encoded.fetch_add(1, Ordering::Relaxed);
        self.key_pictures.fetch_add(key.into(), Ordering::Relaxed);
    }

    fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
}

/// What all threads know.
struct Shared {
    jobs: Jobs,
    gate: Gate,
    theme: Theme,
    lettering: Mutex<Lettering>,
    /// Kept here, so that what ends does so on a thread that has time.
    compositions: Mutex<Vec<Held>>,
    strain: AtomicU8,
    counts: StudioCounts,
}

/// Whoever holds a composition.
#[derive(Debug)]
struct Holder {
    shared: Arc<Shared>,
}

impl Drop for Holder {
    /// What nobody holds ends at the next beat, even where nobody looks at anything.
    fn drop(&mut self) {
        self.shared.gate.wake();
    }
}

struct Held {
    composing: Arc<Composing>,
    /// When within a beat its pictures are made.
    phase: Phase,
    holder: Weak<Holder>,
}

/// What the holders of an encoder hold.
#[derive(Debug)]
struct EncodeHolder {
    encoding: Arc<Encoding>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Studio({:?}, {:?})", self.jobs, self.strain())
    }
}

impl Shared {
    fn new(theme: Theme) -> Self {
        Self {
            jobs: Jobs::default(),
            gate: Gate::default(),
            theme,
            lettering: Mutex::new(Lettering::of_system()),
            compositions: Mutex::default(),
            strain: AtomicU8::new(0),
            counts: StudioCounts::default(),
        }
    }

    /// The compositions of a phase that somebody holds; those that nobody holds end, whatever
    /// their phase.
    fn living(&self, phase: Phase) -> Vec<Arc<Composing>> {
        let mut compositions = locked(&self.compositions);
        let is_held = |held: &mut Held| held.holder.strong_count() == 0;
        let ended: Vec<Held> = compositions.extract_if(.., is_held).collect();
        let of_phase = compositions.iter().filter(|held| held.phase == phase);
        let living = of_phase.map(|held| Arc::clone(&held.composing)).collect();
        drop(compositions);
        drop(ended);
        living
    }

    /// Whether pictures are made at a phase.
    fn is_used(&self, phase: Phase) -> bool {
        locked(&self.compositions).iter().any(|held| held.phase == phase)
    }

    /// Keeps a composition, with those at whose phase there are the fewest.
    fn keep(&self, composing: &Arc<Composing>, holder: &Arc<Holder>) {
        let mut compositions = locked(&self.compositions);
        let count = |phase: &Phase| compositions.iter().filter(|held| held.phase == *phase).count();
        let phase = (0..PHASES).min_by_key(count).unwrap_or(0);
        let (composing, holder) = (Arc::clone(composing), Arc::downgrade(holder));
        compositions.push(Held { composing, phase, holder });
    }

    fn strain(&self) -> VideoStrain {
        match self.strain.load(Ordering::Relaxed) {
            0 => VideoStrain::None,
            1 => VideoStrain::FewerPictures,
            2 => VideoStrain::Smaller,
            _ => VideoStrain::AudioOnly,
        }
    }

    fn set_strain(&self, strain: VideoStrain) {
        let number = match strain {
            VideoStrain::None => 0,
            VideoStrain::FewerPictures => 1,
            VideoStrain::Smaller => 2,
            VideoStrain::AudioOnly => 3,
        };
        self.strain.store(number, Ordering::Relaxed);
    }
}

/// The threads, which end with it.
struct Threads {
    shared: Arc<Shared>,
    handles: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} on {} threads", self.shared, self.handles.len())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.gate.close();
        self.shared.jobs.close();
        for handle in self.handles.drain(..) {
            // One that panicked has said so.
            let _ = handle.join();
        }
    }
}

impl Studio {
    /// Starts so many threads, at least one. Fails where the system has none left.
    pub(crate) fn start(threads: usize, theme: &Theme) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(theme.clone()));
        let count = u32::try_from(threads).unwrap_or(u32::MAX).max(1);
        let mut threads = Threads { shared, handles: Vec::new() };
        for number in 0..count as usize {
            threads.handles.push(pool::start(&threads.shared, number)?);
        }
        threads.handles.push(metronome::start(&threads.shared, count)?);
        Ok(Self { threads: Arc::new(threads) })
    }

    /// A picture that shows nothing yet: its encoders wait until it is told what.
    pub(crate) fn open(&self) -> Composition {
        let shared = Arc::clone(&self.threads.shared);
        let composing = Arc::new(Composing::new());
        let holder = Arc::new(Holder { shared });
        holder.shared.keep(&composing, &holder);
        Composition { composing, holder }
    }

    /// How short of time it is. From [`VideoStrain::FewerPictures`] on there are 15 pictures a
    /// second at most, from [`VideoStrain::Smaller`] on encoders above 360p rest, in
    /// [`VideoStrain::AudioOnly`] all do: who holds one asks for a smaller one instead.
    pub(crate) fn strain(&self) -> VideoStrain {
        self.threads.shared.strain()
    }

    /// What it counts.
    pub(crate) fn counts(&self) -> &StudioCounts {
        &self.threads.shared.counts
    }
}

impl Composition {
    /// Shows this from the next picture on, with these streams for its sources.
    pub(crate) fn show<S: PictureSource>(&self, plan: &PicturePlan, sources: Vec<(LegId, S)>) {
        let boxed = |(leg, source)| (leg, Box::new(source) as Box<dyn PictureSource>);
        let sources = sources.into_iter().map(boxed).collect();
        self.composing.show(Wanted { plan: plan.clone(), sources });
    }

    /// The encoder of these settings: that which is there, else a new one, which begins with a
    /// whole picture at half of the rates of its size.
    pub(crate) fn encode(&self, key: EncodeKey) -> Encode {
        let holder = self.composing.encode(key);
        self.holder.shared.gate.wake();
        Encode { holder }
    }

    /// What it shows now, at 720p, to look at: composed on the thread that asks, which takes some
    /// milliseconds, so not on a worker's. `None` before it shows anything.
    pub(crate) fn snapshot(&self) -> Option<Frame> {
        self.composing.snapshot(&self.holder.shared)
    }

    /// Of how many of those whom it shows there is a picture.
    pub(crate) fn pictures(&self) -> usize {
        self.composing.pictures()
    }

    /// Whether a fault of ours ended it: there will be no further picture.
    pub(crate) fn has_failed(&self) -> bool {
        self.composing.has_failed()
    }
}

impl Encode {
    /// Aims at this rate from the next picture on, as far as the size is worth it
    /// ([`SizeClass::rates`]).
    pub(crate) fn set_rate(&self, rate: Bitrate) {
        self.holder.encoding.set_rate(rate);
    }

    /// Somebody needs a whole picture. Half a second lies between two at least, however many ask.
    pub(crate) fn refresh(&self) {
        self.holder.encoding.refresh();
    }

    /// What was encoded since the last call, in order. For one reader: the conference's worker.
    /// Never waits. Who does not come for a second misses pictures; a whole one follows then.
    pub(crate) fn take(&self) -> Vec<Arc<EncodedPicture>> {
        self.holder.encoding.take()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

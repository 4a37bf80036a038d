//! Streams of video to pictures, in child processes.
//!
//! Decoders are native code that reads hostile bytes. They run in processes that can do nothing
//! but calculate; where one dies, its streams keep their last pictures and ask for key pictures,
//! and nothing else notices.
//!
//! Read in the order of a frame:
//! * `queue`: what waits for a process, by stream.
//! * `feeder`: the thread that feeds a process, and starts it again.
//! * `memory`, `message`, `process`: how it does.
//! * `child`, `sandbox`: the process itself.
//! * `home`: which process a stream goes to. `strain`: what is given up where one does not keep up.
//! * `stream`: the picture that came of it. `record`: what processes died of.

mod child;
mod feeder;
mod home;
mod memory;
pub(crate) mod message;
mod process;
mod queue;
mod record;
mod sandbox;
mod strain;
mod stream;

#[cfg(test)]
pub(crate) mod tests;

pub use child::decode_if_asked;

use causeway_base::{ConferenceId, LegId, VideoCodec, VideoSize};
use causeway_media::video::frame::Frame;
use causeway_plan::video::{FreezeCause, Sight, VideoStrain};
use causeway_rtp::video::FrameKind;
use feeder::Feeder;
use home::Homes;
use queue::Queue;
use record::{Owner, Records};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use stream::Stream;

/// Streams that a process decodes at once. More than a core has time for, and each may take the
/// memory of a 1080p decoder.
const MAX_STREAMS: usize = 64;

/// How a decoder process is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecoderProgram {
    /// The program; it calls [`decode_if_asked`] before all else.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl DecoderProgram {
    /// The program that runs, also where its file was replaced meanwhile.
    pub fn this() -> Self {
        Self { path: PathBuf::from("/proc/self/exe"), arguments: Vec::new() }
    }
}

/// What all decoder processes count, for reading from any thread.
#[derive(Debug, Default)]
pub(crate) struct DecodeMetrics {
    /// Pictures decoded.
    pub(crate) pictures: AtomicU64,
    /// The time that they took, from the request to the answer, in microseconds.
    pub(crate) busy_us: AtomicU64,
    /// Processes that died and were started again.
    pub(crate) restarts: AtomicU64,
}

impl DecodeMetrics {
    fn count(&self, took: Duration) {
        self.pictures.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.busy_us.fetch_add(micros, Ordering::Relaxed);
    }
}

/// The decoder processes. Clones are the same; with the last of them they end.
#[derive(Clone, Debug)]
pub(crate) struct Decoders {
    feeders: Arc<Feeders>,
    /// Whose streams it decodes, where they are one's alone, and where those are seen.
    owner: Option<(ConferenceId, Owner)>,
}

#[derive(Debug)]
struct Feeders {
    queues: Vec<Arc<Queue>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    metrics: Arc<DecodeMetrics>,
    records: SharedRecords,
    homes: SharedHomes,
    /// Streams that belong to nobody.
    strangers: AtomicU64,
}

/// Held to look something up.
#[derive(Clone, Debug, Default)]
struct SharedRecords(Arc<Mutex<Records>>);

impl SharedRecords {
    fn open(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held to look something up.
#[derive(Clone, Debug, Default)]
struct SharedHomes(Arc<Mutex<Homes>>);

impl SharedHomes {
    fn open(&self) -> MutexGuard<'_, Homes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream. Clones are the same stream; it ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct DecodeStream {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    stream: Arc<Stream>,
    queue: Arc<Queue>,
    /// With whose streams it keeps together, and in which process.
    home: Option<(SharedHomes, ConferenceId, usize)>,
}

/// What a stream wants of its sender, or of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A full picture is needed.
    KeyFrame,
    /// It stands still until its sender does otherwise; a full picture is tried again.
    Frozen(FreezeCause),
}

impl Decoders {
    /// Starts so many processes, at least one, and waits until they are ready. One that dies is
    /// started again.
    pub(crate) fn start(program: DecoderProgram, processes: usize) -> io::Result<Self> {
        let mut feeders = Feeders {
            queues: Vec::new(),
            threads: Mutex::default(),
            metrics: Arc::new(DecodeMetrics::default()),
            records: SharedRecords::default(),
            homes: SharedHomes::default(),
            strangers: AtomicU64::new(0),
        };
        let starting: Vec<_> = (0..processes.max(1))
            .map(|index| feeders.add(index, program.clone()))
            .collect::<io::Result<_>>()?;
        for ready in starting {
            ready.recv().map_err(io::Error::other)??;
        }
        Ok(Self { feeders: Arc::new(feeders), owner: None })
    }

    /// The same for the streams of one video line in a conference: what they do is on one record,
    /// which outlasts each of them.
    pub(crate) fn of(&self, conference: ConferenceId, leg: LegId, line: usize) -> Self {
        let owner = Some((conference, Owner::Line(leg, line)));
        Self { feeders: Arc::clone(&self.feeders), owner }
    }

    /// A stream that has seen nothing, decoded where others of its conference are.
    pub(crate) fn stream(&self, codec: VideoCodec) -> DecodeStream {
        let Feeders { queues, records, homes, strangers, .. } = &*self.feeders;
        let conference = self.owner.map(|(conference, _)| conference);
        let held: Vec<usize> = queues.iter().map(|queue| queue.len()).collect();
        let process = homes.open().choose(conference, &held);
        let queue = &queues[process];
        let home = conference.map(|conference| {
            homes.open().enter(conference, process);
            (homes.clone(), conference, process)
        });
        let stranger = || Owner::Stream(strangers.fetch_add(1, Ordering::Relaxed));
        let owner = self.owner.map_or_else(stranger, |(_, owner)| owner);
        let stream = queue.open(codec, owner);
        if let Some(until) = records.open().barred_until(owner, Instant::now()) {
            queue.bar(stream.id, until);
        }
        DecodeStream { held: Arc::new(Held { stream, queue: Arc::clone(queue), home }) }
    }

    /// The numbers of the processes in the system, those that run.
    #[cfg(test)]
    pub(crate) fn processes(&self) -> Vec<u32> {
        let numbers = self.feeders.queues.iter().map(|queue| queue.process.load(Ordering::Relaxed));
        numbers.filter(|number| *number != 0).collect()
    }

    /// What they count.
    pub(crate) fn metrics(&self) -> &Arc<DecodeMetrics> {
        &self.feeders.metrics
    }
}

impl Feeders {
    fn add(
        &mut self,
        index: usize,
        program: DecoderProgram,
    ) -> io::Result<mpsc::Receiver<io::Result<()>>> {
        let queue = Arc::new(Queue::default());
        let (ready, started) = mpsc::sync_channel(1);
        let (of_thread, metrics) = (Arc::clone(&queue), Arc::clone(&self.metrics));
        let records = self.records.clone();
        // The process ends with this thread: the kernel sees to that.
        let thread = std::thread::Builder::new()
            .name(format!("decode-{index}"))
            .spawn(move || Feeder::run(program, of_thread, metrics, records, &ready))?;
        self.queues.push(queue);
        self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(started)
    }
}

impl Drop for Feeders {
    fn drop(&mut self) {
        for queue in &self.queues {
            queue.close();
        }
        let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // One that panicked has ended too.
            let _ = thread.join();
        }
    }
}

impl DecodeStream {
    /// Gives it a frame. Never blocks; where too many wait, they go, and a key frame is needed.
    pub(crate) fn push(&self, kind: FrameKind, bytes: &[u8]) {
        self.held.queue.push(self.held.stream.id, kind, bytes, Instant::now());
    }

    /// Something before the next frame is missing.
    pub(crate) fn lost(&self) {
        self.held.queue.lost(self.held.stream.id);
    }

    /// The last good picture.
    pub(crate) fn picture(&self) -> Option<Frame> {
        self.held.stream.picture()
    }

    /// The number of [`Self::picture`]. Takes no lock.
    pub(crate) fn picture_id(&self) -> Option<u64> {
        self.held.stream.picture_id()
    }

    /// The size of [`Self::picture`]. Takes no lock.
    pub(crate) fn size(&self) -> Option<VideoSize> {
        self.held.stream.size()
    }

    /// What is wrong since the last call; where nothing is, takes no lock. While a stream is frozen it does not say again that
    /// frames are of no use; a good picture ends all troubles.
    pub(crate) fn take_trouble(&self) -> Option<Trouble> {
        self.held.stream.take_trouble()
    }

    /// What its process has time for.
    pub(crate) fn strain(&self) -> VideoStrain {
        self.held.queue.strain.get()
    }

    /// What its pictures look like, once that is known.
    pub(crate) fn sight(&self) -> Option<Sight> {
        self.held.stream.sight()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.queue.end(self.stream.id);
        if let Some((homes, conference, process)) = &self.home {
            homes.open().leave(*conference, *process);
        }
    }
}

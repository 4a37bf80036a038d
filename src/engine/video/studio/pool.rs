//! The threads that compose and encode, and what they have to do.

use super::beat::Beat;
use super::composing::Composing;
use super::encoding::{Encoded, Encoding};
use super::{Shared, locked};
use causeway_base::SizeClass;
use rustix::process::setpriority_process;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How far the threads stand back behind others (`nice`): signalling, and audio where it has no
/// real-time priority, go first.
const NICENESS: i32 = 5;

/// Something to do.
pub(super) enum Job {
    /// Compose in a size, and hand the picture to its encodes.
    Compose(Arc<Composing>, SizeClass, Beat, u8),
    /// Encode what waits.
    Encode(Arc<Encoding>),
}

/// The jobs. Each composition has at most one in each size, each encode at most one.
#[derive(Default)]
pub(super) struct Jobs {
    queue: Mutex<Queue>,
    more: Condvar,
    /// Time worked, in nanoseconds.
    busy: AtomicU64,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    closed: bool,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jobs({})", locked(&self.queue).waiting.len())
    }
}

impl Jobs {
    /// Adds a job behind the others.
    pub(super) fn add(&self, job: Job) {
        locked(&self.queue).waiting.push_back(job);
        self.more.notify_one();
    }

    /// Adds a job before the others: what is composed leaves before more is.
    fn add_first(&self, job: Job) {
        locked(&self.queue).waiting.push_front(job);
        self.more.notify_one();
    }

    /// Time worked since the last call.
    pub(super) fn take_busy(&self) -> Duration {
        Duration::from_nanos(self.busy.swap(0, Ordering::Relaxed))
    }

    /// No job is begun any more.
    pub(super) fn close(&self) {
        let mut queue = locked(&self.queue);
        queue.closed = true;
        queue.waiting.clear();
        drop(queue);
        self.more.notify_all();
    }

    /// The next job, once there is one. `None` after the end.
    fn next(&self) -> Option<Job> {
        let mut queue = locked(&self.queue);
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.waiting.pop_front() {
                return Some(job);
            }
            queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Starts one thread.
pub(super) fn start(shared: &Arc<Shared>, number: usize) -> io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new().name(format!("studio-{number}")).spawn(move || {
        // Refused only where the system knows no priorities.
        let _ = setpriority_process(None, NICENESS);
        while let Some(job) = shared.jobs.next() {
            let began = Instant::now();
            job.run(&shared);
            let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            shared.jobs.busy.fetch_add(nanos, Ordering::Relaxed);
        }
    })
}

impl Job {
    fn run(self, shared: &Shared) {
        match self {
            Job::Compose(composing, class, beat, cap) => {
                compose(shared, &composing, class, beat, cap)
            }
            Job::Encode(encoding) => encode(shared, encoding),
        }
    }
}

/// A fault of ours in one composition ends that one; the others do not notice.
fn compose(shared: &Shared, composing: &Composing, class: SizeClass, beat: Beat, cap: u8) {
    let run = AssertUnwindSafe(|| composing.compose(shared, class, beat, cap));
    let Ok(encodings) = catch_unwind(run) else {
        tracing::error!("composing a picture panicked");
        return composing.fail(class);
    };
    for encoding in encodings {
        shared.jobs.add_first(Job::Encode(encoding));
    }
}

fn encode(shared: &Shared, encoding: Arc<Encoding>) {
    let encoded = catch_unwind(AssertUnwindSafe(|| encoding.run())).unwrap_or_else(|_| {
        tracing::error!(?encoding, "encoding a picture panicked");
        encoding.fail(Instant::now());
        Encoded::Failed
    });
    match encoded {
        Encoded::Nothing => {}
        Encoded::Picture { key } => shared.counts.encoded(key),
        Encoded::Failed => shared.counts.failed(),
    }
    if encoding.finish() {
        shared.jobs.add(Job::Encode(encoding));
    }
}

//! The threads that compose and encode, and what they have to do.

use super::beat::Beat;
use super::composing::Composing;
use super::encoding::{Encoded, Encoding};
use super::overload::Work;
use super::{Shared, locked};
use crate::video::NICENESS;
use causeway_base::SizeClass;
use rustix::process::setpriority_process;
use rustix::time::{ClockId, clock_gettime};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

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
    /// What was worked, in nanoseconds.
    busy: AtomicU64,
    cpu: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// Each with the time at which it came.
    waiting: VecDeque<(Instant, Job)>,
    /// Threads that wait. The last one worked last, so what it does next is in its caches: it is
    /// woken first, and where there is little to do one thread does all of it.
    idle: Vec<Thread>,
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
        self.add_by(|waiting| waiting.push_back((Instant::now(), job)));
    }

    /// Adds a job before the others: what is composed leaves before more is.
    fn add_first(&self, job: Job) {
        self.add_by(|waiting| waiting.push_front((Instant::now(), job)));
    }

    fn add_by(&self, add: impl FnOnce(&mut VecDeque<(Instant, Job)>)) {
        let mut queue = locked(&self.queue);
        add(&mut queue.waiting);
        let woken = queue.idle.pop();
        drop(queue);
        if let Some(thread) = woken {
            thread.unpark();
        }
    }

    /// What was worked since the last call.
    pub(super) fn take_work(&self) -> Work {
        let take = |nanos: &AtomicU64| Duration::from_nanos(nanos.swap(0, Ordering::Relaxed));
        Work { busy: take(&self.busy), cpu: take(&self.cpu) }
    }

    fn worked(&self, work: Work) {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.busy.fetch_add(nanos(work.busy), Ordering::Relaxed);
        self.cpu.fetch_add(nanos(work.cpu), Ordering::Relaxed);
    }

    /// No job is begun any more.
    pub(super) fn close(&self) {
        let mut queue = locked(&self.queue);
        queue.closed = true;
        queue.waiting.clear();
        let idle = std::mem::take(&mut queue.idle);
        drop(queue);
        idle.iter().for_each(Thread::unpark);
    }

    /// The next job, once there is one, and since when. `None` after the end.
    fn next(&self) -> Option<(Instant, Job)> {
        let mut queue = locked(&self.queue);
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.waiting.pop_front() {
                return Some(job);
            }
            let own = thread::current();
            let id = own.id();
            queue.idle.push(own);
            drop(queue);
            thread::park();
            queue = locked(&self.queue);
            // Who wakes by himself is still there.
            queue.idle.retain(|thread| thread.id() != id);
        }
    }
}

/// Starts one thread.
pub(super) fn start(shared: &Arc<Shared>, number: usize) -> io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    thread::Builder::new().name(format!("studio-{number}")).spawn(move || {
        // Refused only where the system knows no priorities.
        let _ = setpriority_process(None, NICENESS);
        let mut free_since = Instant::now();
        while let Some((since, job)) = shared.jobs.next() {
            let cpu = cpu_time();
            job.run(&shared);
            let now = Instant::now();
            // A thread that is not woken in time had work all the same.
            let busy = now.saturating_duration_since(since.max(free_since));
            shared.jobs.worked(Work { busy, cpu: cpu_time().saturating_sub(cpu) });
            free_since = now;
        }
    })
}

/// How long this thread had a processor.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
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
    // The first is encoded here, where the picture is in the caches, the others by who has time.
    let mut encodings = encodings.into_iter();
    let first = encodings.next();
    for encoding in encodings {
        shared.jobs.add_first(Job::Encode(encoding));
    }
    if let Some(first) = first {
        encode(shared, first);
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

#[cfg(test)]
mod tests {
    use super::super::EncodeKey;
    use super::*;
    use causeway_base::VideoCodec;
    use std::sync::mpsc::channel;

    #[test]
    fn who_worked_last_is_woken_first_and_others_where_there_is_more() {
        let key = EncodeKey {
            codec: VideoCodec::Vp8,
            class: SizeClass::P180,
            single_nal: false,
            frame_rate: 30,
        };
        let job = || Job::Encode(Arc::new(Encoding::new(key)));
        let jobs = Arc::new(Jobs::default());
        let rested = |count: usize| {
            while locked(&jobs.queue).idle.len() < count {
                thread::yield_now();
            }
        };
        let (began, begun) = channel();
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let (jobs, began) = (Arc::clone(&jobs), began.clone());
                thread::spawn(move || {
                    while jobs.next().is_some() {
                        let (done, goes_on) = channel::<()>();
                        began.send((thread::current().id(), done)).expect("awaited");
                        // Ends with the other half.
                        let _ = goes_on.recv();
                    }
                })
            })
            .collect();
        rested(3);
        jobs.add(job());
        let (first, done) = begun.recv().expect("a thread works");
        drop(done);
        for _ in 0..20 {
            rested(3);
            jobs.add(job());
            assert_eq!(begun.recv().expect("a thread works").0, first);
        }
        rested(3);
        let all: Vec<_> = (0..3)
            .map(|_| {
                jobs.add(job());
                begun.recv().expect("another works beside it")
            })
            .collect();
        assert_eq!(all[0].0, first);
        assert!(all[1].0 != first && all[2].0 != first && all[1].0 != all[2].0);
        drop(all);
        jobs.close();
        for thread in threads {
            thread.join().expect("it ends");
        }
    }
}

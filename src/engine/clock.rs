//! The tick: absolute deadlines every 10 ms, and what was late.

use rustix::thread::{ClockId, clock_nanosleep_absolute};
use rustix::time::{Timespec, clock_gettime};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The length of a tick.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A worker that fell further behind than this does not catch up tick by tick, which would send
/// a burst that no jitter buffer takes: it skips.
const MAX_BEHIND: Duration = Duration::from_millis(100);

/// What a worker counts, for reading from any thread.
#[derive(Debug, Default)]
pub struct TickMetrics {
    /// Ticks done.
    pub ticks: AtomicU64,
    /// Ticks whose work ended after the next tick's time.
    pub late_ticks: AtomicU64,
    /// The worst beginning, in microseconds after its time.
    pub worst_lateness_us: AtomicU64,
    /// Time spent working, in microseconds.
    pub busy_us: AtomicU64,
}

/// One point in time by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// For deadlines.
    pub(crate) instant: Instant,
    /// For sender reports and kernel timestamps, since 1970.
    pub(crate) wall: Duration,
}

impl Now {
    pub(crate) fn read() -> Self {
        Self {
            instant: Instant::now(),
            wall: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        }
    }

    /// The instant of a kernel timestamp. A wall clock that stepped in between cannot move a
    /// packet further than a few ticks.
    pub(crate) fn instant_of(&self, arrival: Option<Duration>) -> Instant {
        let age = arrival.map_or(Duration::ZERO, |arrival| self.wall.saturating_sub(arrival));
        self.instant.checked_sub(age.min(4 * TICK)).unwrap_or(self.instant)
    }
}

/// Waits for ticks.
#[derive(Debug)]
pub(crate) struct TickClock {
    deadline: Duration,
    count: u64,
}

impl TickClock {
    pub(crate) fn start() -> Self {
        Self { deadline: monotonic() + TICK, count: 0 }
    }

    /// Sleeps until the next tick. Returns its number; numbers that were skipped are left out.
    pub(crate) fn wait(&mut self, metrics: &TickMetrics) -> u64 {
        loop {
            let left = clock_nanosleep_absolute(ClockId::Monotonic, &timespec(self.deadline));
            if left.is_ok() {
                break;
            }
        }
        let behind = monotonic().saturating_sub(self.deadline);
        metrics.worst_lateness_us.fetch_max(micros(behind), Ordering::Relaxed);
        let skipped = if behind > MAX_BEHIND { behind.as_nanos() / TICK.as_nanos() } else { 0 };
        let step = u32::try_from(skipped).unwrap_or(u32::MAX).saturating_add(1);
        self.count += u64::from(step);
        self.deadline += TICK * step;
        self.count
    }

    /// Counts a tick's work.
    pub(crate) fn done(&self, began: Instant, metrics: &TickMetrics) {
        metrics.ticks.fetch_add(1, Ordering::Relaxed);
        if monotonic() > self.deadline {
            metrics.late_ticks.fetch_add(1, Ordering::Relaxed);
        }
        metrics.busy_us.fetch_add(micros(began.elapsed()), Ordering::Relaxed);
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn monotonic() -> Duration {
    let now = clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

fn timespec(at: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(at.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(at.subsec_nanos()),
    }
}

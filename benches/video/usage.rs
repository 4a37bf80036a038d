//! What processes use, and the clock that they share.

use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::io;
use std::time::Duration;

/// Microseconds of the machine's steady clock, the same in all processes.
pub(crate) fn now_us() -> u64 {
    read(ClockId::Monotonic).as_micros() as u64
}

/// For how long this thread had a processor.
pub(crate) fn thread_cpu() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// For how long this process had one.
pub(crate) fn own_cpu() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
}

/// The processes that this one has started so far.
pub(crate) fn children() -> io::Result<Vec<u32>> {
    let mut all = vec![];
    for task in fs::read_dir("/proc/self/task")? {
        let children = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    Ok(all)
}

/// The CPU time of a process, from the scheduler's account of its threads.
pub(crate) fn cpu(process: u32) -> io::Result<Duration> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end while it is looked at.
        let Ok(account) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        let nanos: Option<u64> = account.split(' ').next().and_then(|word| word.parse().ok());
        total += nanos.unwrap_or(0);
    }
    Ok(Duration::from_nanos(total))
}

/// Memory that is a process' own, or its share of what several have, in KiB.
pub(crate) fn resident_kb(process: u32) -> io::Result<u64> {
    let account = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = account.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kb = line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok());
    kb.ok_or_else(|| io::Error::other("no Pss"))
}

//! What a process uses, as Linux tells it.

use std::fs;
use std::io;
use std::time::Duration;

/// CPU time of the threads of a process whose names begin so, from
/// the scheduler's nanoseconds.
pub(crate) fn threads(process: u32, name: &str) -> io::Result<Duration> {
    let mut total = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let task = task?.path();
        // A thread may end while it is looked at.
        let Ok(comm) = fs::read_to_string(task.join("comm")) else { continue };
        let Ok(schedstat) = fs::read_to_string(task.join("schedstat")) else { continue };
        let nanos = schedstat.split_whitespace().next().and_then(|word| word.parse().ok());
        if comm.starts_with(name) {
            total += Duration::from_nanos(nanos.unwrap_or(0));
        }
    }
    Ok(total)
}

/// Resident memory of a process in KiB.
pub(crate) fn resident_kb(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok());
    kb.ok_or_else(|| io::Error::other("no VmRSS"))
}

//! What a decoder process may do: calculate, take memory up to a limit, and answer.

use super::memory::MEMORY_BYTES;
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::error::Error;

/// Memory of the decoders of a process, in bytes. Sixty-four of 1080p with four reference pictures
/// each take half of it; what asks for more has its own end in mind.
const MAX_HEAP: u64 = 2 << 30;

/// Addresses that the program itself takes, with its libraries and stacks.
const MAX_PROGRAM: u64 = 1 << 30;

/// Bounds what this process can take, from now on and for ever. It opens nothing any more.
pub(super) fn limit() -> rustix::io::Result<()> {
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Nofile, 0),
        (Resource::Data, MAX_HEAP),
        (Resource::As, MAX_HEAP + MAX_PROGRAM + MEMORY_BYTES as u64),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Has the kernel end this process at the first system call that is not on the list.
pub(super) fn close() -> Result<(), Box<dyn Error>> {
    let filter = SeccompFilter::new(
        allowed()?.into_iter().collect(),
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    seccompiler::apply_filter_all_threads(&BpfProgram::try_from(filter)?)?;
    Ok(())
}

type Rules = (i64, Vec<SeccompRule>);

/// The system calls that decoding needs.
fn allowed() -> Result<Vec<Rules>, seccompiler::BackendError> {
    let argument = |number, operator, value| {
        SeccompCondition::new(number, SeccompCmpArgLen::Dword, operator, value)
    };
    let stdin = argument(0, SeccompCmpOp::Eq, 0)?;
    let not_executable = argument(2, SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64), 0)?;
    let anonymous = argument(
        3,
        SeccompCmpOp::MaskedEq(libc::MAP_ANONYMOUS as u64),
        libc::MAP_ANONYMOUS as u64,
    )?;
    let only_to_read = argument(2, SeccompCmpOp::Eq, (libc::O_RDONLY | libc::O_CLOEXEC) as u64)?;
    let if_all = |conditions| SeccompRule::new(conditions).map(|rule| vec![rule]);
    Ok(vec![
        // The conversation.
        (libc::SYS_recvfrom, if_all(vec![stdin.clone()])?),
        (libc::SYS_sendto, if_all(vec![stdin])?),
        // Memory.
        (libc::SYS_brk, vec![]),
        (libc::SYS_mmap, if_all(vec![not_executable.clone(), anonymous])?),
        (libc::SYS_mprotect, if_all(vec![not_executable])?),
        (libc::SYS_mremap, vec![]),
        (libc::SYS_munmap, vec![]),
        (libc::SYS_madvise, vec![]),
        // Locks, of which nobody else has any, and the clock where it is no library call.
        (libc::SYS_futex, vec![]),
        (libc::SYS_clock_gettime, vec![]),
        (libc::SYS_restart_syscall, vec![]),
        // Both codecs ask for the number of processors, for threads that they do not start. The C
        // library looks for it in a file, which the limit of no descriptors denies, and then here.
        (libc::SYS_openat, if_all(vec![only_to_read])?),
        (libc::SYS_sched_getaffinity, vec![]),
        // Its beginning and its end.
        (libc::SYS_rt_sigprocmask, vec![]),
        (libc::SYS_sigaltstack, vec![]),
        (libc::SYS_exit, vec![]),
        (libc::SYS_exit_group, vec![]),
    ])
}

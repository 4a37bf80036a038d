//! One decoder process, as its parent holds it.

use super::DecoderProgram;
use super::child::ASKED;
use super::message::{ANSWER_BYTES, Answer, Request};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags,
    SocketType, recv, send, sendmsg, socketpair,
};
use std::fmt;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long one access unit may take. The largest key picture takes a fiftieth of it; what takes
/// longer hangs.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);

/// How long a process may take to begin, on a machine that has much else to do.
const START_DEADLINE: Duration = Duration::from_secs(10);

/// What it may know of our environment: where the system's libraries are.
const ENVIRONMENT: [&str; 1] = ["LD_LIBRARY_PATH"];

/// What is wrong with a process. There is nothing to do but to end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It had ended before it was told anything.
    Gone,
    /// It ended while it decoded.
    Died,
    /// It did not answer in time.
    Hung,
    /// It said what no decoder says.
    Nonsense,
    /// We failed at what it said.
    Ours,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Gone => "it had ended before",
            Fault::Died => "it ended while it decoded",
            Fault::Hung => "it did not answer in time",
            Fault::Nonsense => "it said what no decoder says",
            Fault::Ours => "what it said came to a fault of ours",
        })
    }
}

impl std::error::Error for Fault {}

/// A process that runs. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    socket: OwnedFd,
}

impl Process {
    /// Starts one, and waits until it is shut in. It is killed where the thread that calls this
    /// ends.
    pub(super) fn start(program: &DecoderProgram, memory: BorrowedFd<'_>) -> io::Result<Self> {
        let (socket, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        let environment =
            ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let child = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .envs(environment)
            .env(ASKED, "1")
            .stdin(theirs)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut process = Self { child, socket };
        process.expect_within(START_DEADLINE)?;
        match process.lend(memory).and_then(|()| process.hear()) {
            Ok(Answer::Ready) => process.expect_within(ANSWER_DEADLINE).map(|()| process),
            Ok(_) => Err(io::Error::other(Fault::Nonsense)),
            Err(fault) => {
                let how = process.end().map_or(String::new(), |status| format!(": {status}"));
                Err(io::Error::other(format!("no decoder began, {fault}{how}")))
            }
        }
    }

    /// Has it do something, and waits for the answer.
    pub(super) fn ask(&mut self, request: Request) -> Result<Answer, Fault> {
        self.tell(request)?;
        self.hear()
    }

    /// Has it do something that is not answered.
    pub(super) fn tell(&mut self, request: Request) -> Result<(), Fault> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        match send(&self.socket, &request.to_bytes(), flags) {
            Ok(_) => Ok(()),
            // It takes nothing any more.
            Err(Errno::AGAIN) => Err(Fault::Hung),
            Err(_) => Err(Fault::Gone),
        }
    }

    /// Whether it runs.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it, and says how it ended: it may have done so before.
    pub(super) fn end(&mut self) -> io::Result<ExitStatus> {
        // Only fails for what has ended already.
        let _ = self.child.kill();
        self.child.wait()
    }

    /// Its number in the system.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Gives it the memory.
    fn lend(&self, memory: BorrowedFd<'_>) -> Result<(), Fault> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let fds = [memory];
        control.push(SendAncillaryMessage::ScmRights(&fds));
        sendmsg(&self.socket, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)
            .map(|_| ())
            .map_err(|_| Fault::Gone)
    }

    fn expect_within(&self, deadline: Duration) -> io::Result<()> {
        Ok(set_socket_timeout(&self.socket, Timeout::Recv, Some(deadline))?)
    }

    fn hear(&mut self) -> Result<Answer, Fault> {
        // One more, to see what is too long.
        let mut bytes = [0; ANSWER_BYTES + 1];
        loop {
            match recv(&self.socket, &mut bytes[..], RecvFlags::empty()) {
                Ok((0, _)) => return Err(Fault::Died),
                Ok((length, _)) => return Answer::parse(&bytes[..length]).ok_or(Fault::Nonsense),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Err(Fault::Hung),
                Err(_) => return Err(Fault::Died),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

//! What goes to browsers, kept until the worker sends it in batches: they share their sockets, so
//! one system call sends to many.

use super::Door;
use crate::sys::{self, Segmentation};
use causeway_plan::CandidateProtocol;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::Arc;

/// Datagrams that wait in all. A tick's of a thousand browsers; a session that would fill it is
/// broken.
const MAX_WAITING: usize = 8192;

/// What goes out by one address of one door.
#[derive(Debug)]
struct Queue {
    door: Arc<Door>,
    local: SocketAddr,
    /// Asked with the first datagram.
    segmentation: Option<Segmentation>,
    datagrams: Vec<(SocketAddr, Vec<u8>)>,
}

/// What is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Load {
    /// Sound, and what keeps the session up.
    #[default]
    Urgent,
    /// Pictures, which wait for nothing of that to be late.
    Pictures,
}

/// All that a worker sends to browsers.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queues: Vec<Queue>,
    waiting: usize,
    load: Load,
}

impl Outbox {
    /// What is pushed from now on is this.
    pub(crate) const fn carry(&mut self, load: Load) {
        self.load = load;
    }

    /// Keeps a datagram until [`Self::flush`]; what goes by TCP goes at once.
    pub(crate) fn push(
        &mut self,
        door: &Arc<Door>,
        protocol: CandidateProtocol,
        local: SocketAddr,
        remote: SocketAddr,
        datagram: Vec<u8>,
    ) {
        if protocol == CandidateProtocol::Tcp {
            door.send_framed(local, remote, &datagram, self.load);
            return;
        }
        if self.waiting >= MAX_WAITING {
            return;
        }
        self.waiting += 1;
        let mine = |queue: &&mut Queue| queue.local == local && Arc::ptr_eq(&queue.door, door);
        match self.queues.iter_mut().find(mine) {
            Some(queue) => queue.datagrams.push((remote, datagram)),
            None => self.queues.push(Queue {
                door: Arc::clone(door),
                local,
                segmentation: None,
                datagrams: vec![(remote, datagram)],
            }),
        }
    }

    /// Sends all. What a socket does not take is lost, as a network would lose it.
    pub(crate) fn flush(&mut self) {
        if self.waiting == 0 {
            return;
        }
        self.waiting = 0;
        for queue in &mut self.queues {
            if let Some(socket) = queue.door.socket(queue.local) {
                let socket = socket.as_fd();
                let all = queue.datagrams.iter().map(|(remote, bytes)| (Some(*remote), &**bytes));
                let segmentation = &mut queue.segmentation;
                let segmentation = segmentation.get_or_insert_with(|| Segmentation::of(socket));
                sys::send_all(socket, all, segmentation);
            }
            queue.datagrams.clear();
        }
    }

    /// All that waits, instead of sending it.
    #[cfg(test)]
    pub(crate) fn take(&mut self) -> Vec<Vec<u8>> {
        self.waiting = 0;
        let all = self.queues.iter_mut().flat_map(|queue| queue.datagrams.drain(..));
        all.map(|(_, datagram)| datagram).collect()
    }
}

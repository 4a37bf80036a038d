//! The sockets of the floor: one a leg, or one for all.

use crate::case::Door;
use crate::load;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};

/// Where the packets of all legs come and go.
pub(super) enum Port {
    /// A socket a leg, connected to it.
    Each { epoll: OwnedFd, sockets: Vec<UdpSocket> },
    /// One socket; who sent a packet its source tells.
    One { socket: UdpSocket, peers: Vec<SocketAddr>, index: HashMap<SocketAddr, usize> },
}

impl Port {
    /// Towards `peers`, an address for each leg.
    pub(super) fn open(door: Door, peers: &[SocketAddr]) -> io::Result<Self> {
        let bind = || {
            let socket = UdpSocket::bind((load::LOCAL, 0))?;
            socket.set_nonblocking(true)?;
            Ok::<_, io::Error>(socket)
        };
        if door == Door::Browser {
            let index = peers.iter().enumerate().map(|(index, peer)| (*peer, index)).collect();
            return Ok(Self::One { socket: bind()?, peers: peers.to_vec(), index });
        }
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut sockets = vec![];
        for (index, peer) in peers.iter().enumerate() {
            let socket = bind()?;
            socket.connect(peer)?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN)?;
            sockets.push(socket);
        }
        Ok(Self::Each { epoll, sockets })
    }

    /// Where each leg is to send.
    pub(super) fn locals(&self) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::Each { sockets, .. } => sockets.iter().map(UdpSocket::local_addr).collect(),
            Self::One { socket, peers, .. } => Ok(vec![socket.local_addr()?; peers.len()]),
        }
    }

    /// Hands over every packet that is there, with the number of its leg.
    pub(super) fn receive(&mut self, mut take: impl FnMut(usize, &mut [u8])) -> io::Result<()> {
        let mut packet = [0; 1500];
        match self {
            Self::Each { epoll, sockets } => {
                let mut events = Vec::with_capacity(512);
                let now = Timespec { tv_sec: 0, tv_nsec: 0 };
                loop {
                    events.clear();
                    let room = rustix::buffer::spare_capacity(&mut events);
                    epoll::wait(&*epoll, room, Some(&now))?;
                    if events.is_empty() {
                        return Ok(());
                    }
                    for event in &events {
                        let index = event.data.u64() as usize;
                        if let Ok(len) = sockets[index].recv(&mut packet) {
                            take(index, &mut packet[..len]);
                        }
                    }
                }
            }
            Self::One { socket, index, .. } => {
                while let Ok((len, source)) = socket.recv_from(&mut packet) {
                    if let Some(index) = index.get(&source) {
                        take(*index, &mut packet[..len]);
                    }
                }
                Ok(())
            }
        }
    }

    /// Sends a packet to a leg.
    pub(super) fn send(&self, index: usize, packet: &[u8]) -> io::Result<()> {
        let sent = match self {
            Self::Each { sockets, .. } => sockets[index].send(packet),
            Self::One { socket, peers, .. } => socket.send_to(packet, peers[index]),
        };
        match sent {
            // The load is over.
            Err(error) if error.kind() != io::ErrorKind::ConnectionRefused => Err(error),
            _ => Ok(()),
        }
    }
}

//! The sockets that a worker's browsers share: one UDP port on each address, and one for TCP. The
//! worker alone takes from them; any worker may send on them, since a leg can move.

use super::outbox::Load;
use super::stream::{self, Connection};
use super::{Route, WebRtcConfig};
use crate::sys;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that may wait in a UDP socket either way: what three hundred browsers send in a tenth of
/// a second, as the kernel counts it.
const SOCKET_BUFFER: usize = 4 << 20;

/// Connections that may wait to be accepted.
const TCP_BACKLOG: i32 = 128;

/// A worker's door.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) udp: Vec<(SocketAddr, UdpSocket)>,
    pub(crate) tcp: Vec<(SocketAddr, TcpListener)>,
    /// The open connections by their two ends. Touched by others than the worker only for a leg
    /// on TCP that moved.
    connections: Mutex<HashMap<(SocketAddr, SocketAddr), Arc<Connection>>>,
}

/// An address that cannot be bound.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) address: SocketAddr,
    pub(crate) error: io::Error,
}

impl Door {
    /// Binds the door of one worker.
    pub(crate) fn open(config: &WebRtcConfig, worker: usize, dscp: u8) -> Result<Self, Taken> {
        let at = |ip, first: u16| {
            let step = if first == 0 { 0 } else { u16::try_from(worker).unwrap_or(u16::MAX) };
            SocketAddr::new(ip, first.saturating_add(step))
        };
        let mut door =
            Self { udp: Vec::new(), tcp: Vec::new(), connections: Mutex::new(HashMap::new()) };
        for ip in &config.addresses {
            let address = at(*ip, config.udp_port);
            let bound = if ip.is_unspecified() {
                Err(io::Error::from(io::ErrorKind::AddrNotAvailable))
            } else {
                udp(address, dscp)
            };
            door.udp.push(bound.map_err(|error| Taken { address, error })?);
            if let Some(port) = config.tcp_port {
                let address = at(*ip, port);
                door.tcp.push(tcp(address, dscp).map_err(|error| Taken { address, error })?);
            }
        }
        Ok(door)
    }

    pub(crate) fn udp_addresses(&self) -> Vec<SocketAddr> {
        self.udp.iter().map(|(address, _)| *address).collect()
    }

    pub(crate) fn tcp_addresses(&self) -> Vec<SocketAddr> {
        self.tcp.iter().map(|(address, _)| *address).collect()
    }

    /// The UDP socket that is bound to an address.
    pub(crate) fn socket(&self, local: SocketAddr) -> Option<&UdpSocket> {
        self.udp.iter().find(|(address, _)| *address == local).map(|(_, socket)| socket)
    }

    /// Keeps a connection for whoever sends on it.
    pub(crate) fn connected(&self, route: Route, connection: Arc<Connection>) {
        self.connections().insert((route.local, route.source), connection);
    }

    pub(crate) fn disconnected(&self, route: Route) {
        self.connections().remove(&(route.local, route.source));
    }

    /// Sends a datagram on the connection between two ends. Without one it is lost.
    pub(crate) fn send_framed(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
        datagram: &[u8],
        load: Load,
    ) {
        let connection = self.connections().get(&(local, remote)).map(Arc::clone);
        if let Some(connection) = connection {
            stream::send(&connection, datagram, load);
        }
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<(SocketAddr, SocketAddr), Arc<Connection>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn udp(address: SocketAddr, dscp: u8) -> io::Result<(SocketAddr, UdpSocket)> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    mark(&socket, address, dscp)?;
    sys::enlarge_buffers(socket.as_fd(), SOCKET_BUFFER);
    socket.bind(&address.into())?;
    sys::enable_timestamps(socket.as_fd())?;
    let socket = UdpSocket::from(socket);
    Ok((socket.local_addr()?, socket))
}

fn tcp(address: SocketAddr, dscp: u8) -> io::Result<(SocketAddr, TcpListener)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    mark(&socket, address, dscp)?;
    // A bridge that starts again finds the last one's connections in their last minute.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(TCP_BACKLOG)?;
    let listener = TcpListener::from(socket);
    Ok((listener.local_addr()?, listener))
}

fn mark(socket: &Socket, address: SocketAddr, dscp: u8) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let traffic_class = u32::from(dscp) << 2;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
        socket.set_tclass_v6(traffic_class)
    } else {
        socket.set_tos_v4(traffic_class)
    }
}

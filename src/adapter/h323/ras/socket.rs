//! The sockets of RAS.

use super::RasError;
use super::config::RasConfig;
use crate::local::LocalAddresses;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::UdpSocket;

/// The group in which gatekeepers are looked for (H.225.0 section 7.2.1).
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 1, 41);

/// The longest message that is read: the longest of rooms have some 1,000 bytes. What is longer
/// is cut, and dropped as malformed.
const MAX_DATAGRAM: usize = 8_192;

/// The kernel's buffer for what arrives while the task is busy: every room of a company that
/// registers at once after a failure.
const RECEIVE_BUFFER: usize = 4 << 20;

/// Which socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// That of our gatekeeper.
    Gatekeeper,
    /// Where our gatekeeper is looked for.
    Discovery,
    /// That of our registration.
    Upstream,
}

/// One socket and what arrives there.
#[derive(Debug)]
struct Port {
    socket: UdpSocket,
    bound: SocketAddr,
    buffer: Vec<u8>,
}

impl Port {
    fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // The kernel gives what its own limit allows.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        socket.bind(&address.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        let bound = socket.local_addr()?;
        Ok(Self { socket, bound, buffer: vec![0; MAX_DATAGRAM] })
    }

    /// The next datagram, which is in the buffer then. Never of a socket that is not there.
    async fn next(port: &mut Option<Self>) -> (usize, SocketAddr) {
        let Some(port) = port else { return std::future::pending().await };
        loop {
            // An error is an ICMP complaint about something sent before.
            if let Ok(arrived) = port.socket.recv_from(&mut port.buffer).await {
                return arrived;
            }
        }
    }
}

/// A datagram that arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) which: Which,
    pub(super) from: SocketAddr,
    pub(super) data: Vec<u8>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Sockets {
    gatekeeper: Option<Port>,
    discovery: Option<Port>,
    upstream: Option<Port>,
}

impl Sockets {
    pub(super) fn bind(config: &RasConfig) -> Result<Self, RasError> {
        let bind = |address: Option<SocketAddr>| match address {
            Some(address) => {
                Port::bind(address).map(Some).map_err(|error| RasError { address, error })
            }
            None => Ok(None),
        };
        let ours = config.gatekeeper.as_ref();
        let discovery = ours.and_then(|gatekeeper| gatekeeper.discovery.as_ref());
        let sockets = Self {
            gatekeeper: bind(ours.map(|gatekeeper| gatekeeper.listen))?,
            discovery: bind(discovery.map(|(address, _)| *address))?,
            upstream: bind(config.upstream.as_ref().map(|upstream| upstream.listen))?,
        };
        if let (Some(port), Some((address, interfaces))) = (&sockets.discovery, discovery) {
            for interface in interfaces {
                let joined = port.socket.join_multicast_v4(GROUP, *interface);
                joined.map_err(|error| RasError { address: *address, error })?;
            }
        }
        Ok(sockets)
    }

    /// Where they are bound, as far as there are any.
    pub(super) fn bound(&self) -> Vec<SocketAddr> {
        let all = [&self.gatekeeper, &self.discovery, &self.upstream];
        all.into_iter().flatten().map(|port| port.bound).collect()
    }

    fn port(&self, which: Which) -> Option<&Port> {
        match which {
            Which::Gatekeeper => self.gatekeeper.as_ref(),
            Which::Discovery => self.discovery.as_ref(),
            Which::Upstream => self.upstream.as_ref(),
        }
    }

    /// Where a peer reaches a socket of ours.
    pub(super) fn seen(
        &self,
        which: Which,
        peer: SocketAddr,
        locals: &LocalAddresses,
    ) -> Option<SocketAddr> {
        self.port(which).map(|port| seen(port.bound, peer, locals))
    }

    pub(super) async fn next(&mut self) -> Arrived {
        let (which, (length, from)) = tokio::select! {
            arrived = Port::next(&mut self.gatekeeper) => (Which::Gatekeeper, arrived),
            arrived = Port::next(&mut self.discovery) => (Which::Discovery, arrived),
            arrived = Port::next(&mut self.upstream) => (Which::Upstream, arrived),
        };
        let buffer = self.port(which).and_then(|port| port.buffer.get(..length));
        Arrived { which, from, data: buffer.unwrap_or_default().to_vec() }
    }

    /// Sends a datagram. What cannot be sent is lost, as the network loses datagrams.
    pub(super) async fn send(&self, which: Which, to: SocketAddr, data: &[u8]) {
        if let Some(port) = self.port(which)
            && let Err(error) = port.socket.send_to(data, to).await
        {
            tracing::debug!(%error, "RAS could not be sent");
        }
    }
}

/// Where a peer reaches what is bound to an address.
pub(super) fn seen(bound: SocketAddr, peer: SocketAddr, locals: &LocalAddresses) -> SocketAddr {
    SocketAddr::new(locals.advertised(locals.facing(bound, peer)), bound.port())
}

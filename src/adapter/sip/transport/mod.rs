//! The sockets under SIP: datagrams and streams become messages with the flow they came by.
//!
//! * [`datagram`]: one task a UDP listener.
//! * [`certificate`]: the domains that a peer's certificate speaks for.
//! * [`stream`]: one task a TCP or TLS connection, in and out.

mod certificate;
mod datagram;
mod stream;

use super::SipError;
use super::account::MutualTls;
use super::config::{Advertised, Limits, Listener, Transport};
use crate::local::LocalAddresses;
use bytes::Bytes;
use causeway_proto::sip::location::Abilities;
use causeway_proto::sip::{Carrier, Flow};
use causeway_wire::stun::BindingRequest;
use sip_codec::{Message, ParseError};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use stream::{Connections, Link, Peer, Streams};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};

/// Messages that wait for the signalling task. Datagrams beyond it are dropped, as the network
/// would; streams wait, and their peers with them.
const MAX_ARRIVED: usize = 4096;

/// What the network brings.
#[derive(Debug)]
pub(crate) enum Arrived {
    /// A message, or what was none.
    Message {
        flow: Flow,
        message: Box<Result<Message, ParseError>>,
        /// Bytes on the wire.
        size: usize,
    },
    /// A connection is up: bytes for it go here, and how long it may be silent.
    Opened { link: Link, peer: Peer, writer: mpsc::Sender<Bytes>, idle: watch::Sender<Duration> },
    /// A device asks whether its way to us is open.
    KeepAlive { flow: Flow, request: BindingRequest },
    /// A connection ended, or could not be made.
    Closed { flow: Flow },
}

/// All sockets of the adapter.
#[derive(Debug)]
pub(crate) struct Transports {
    datagrams: Vec<Arc<UdpSocket>>,
    streams: Streams,
    locals: Arc<LocalAddresses>,
    arrived: mpsc::Receiver<Arrived>,
    put_back: Option<Arrived>,
    bound: Vec<(Carrier, SocketAddr)>,
    doors: Vec<Door>,
}

/// Where peers come that know us by a name, and by which TLS.
#[derive(Debug)]
pub(crate) struct Door {
    /// The number of the name.
    pub(crate) bears: u16,
    /// As configured, then as bound.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Both directions.
    pub(crate) tls: MutualTls,
}

impl Transports {
    /// Binds every listener and starts their tasks.
    pub(crate) async fn bind(
        listeners: Vec<Listener>,
        advertised: Vec<Advertised>,
        limits: Limits,
        tls_client: Option<Arc<rustls::ClientConfig>>,
        mut doors: Vec<Door>,
    ) -> Result<Self, SipError> {
        let (sender, arrived) = mpsc::channel(MAX_ARRIVED);
        let locals = Arc::new(LocalAddresses::new(advertised));
        let connections = Connections::new(limits, Arc::clone(&locals), sender.clone());
        let mut datagrams = Vec::new();
        let mut bound = Vec::new();
        for Listener { transport, address } in listeners {
            let failed = |error| SipError::Bind { address, error };
            let (carrier, actual) = match transport {
                Transport::Udp => {
                    let socket = Arc::new(datagram::bind(address).map_err(failed)?);
                    let actual = socket.local_addr().map_err(failed)?;
                    let number = u32::try_from(datagrams.len()).unwrap_or(u32::MAX);
                    datagram::listen(
                        number,
                        Arc::clone(&socket),
                        actual,
                        Arc::clone(&locals),
                        sender.clone(),
                    );
                    datagrams.push(socket);
                    (Carrier::Udp, actual)
                }
                Transport::Tcp => (
                    Carrier::Tcp,
                    stream::listen(&connections, address, None, None).map_err(failed)?,
                ),
                Transport::Tls(config) => {
                    let acceptor = Some(tokio_rustls::TlsAcceptor::from(config));
                    let actual =
                        stream::listen(&connections, address, acceptor, None).map_err(failed)?;
                    (Carrier::Tls, actual)
                }
            };
            bound.push((carrier, actual));
        }
        for door in &mut doors {
            for address in &mut door.addresses {
                let acceptor = Some(tokio_rustls::TlsAcceptor::from(Arc::clone(&door.tls.server)));
                let failed = |error| SipError::Bind { address: *address, error };
                *address = stream::listen(&connections, *address, acceptor, Some(door.bears))
                    .map_err(failed)?;
            }
        }
        let named = doors.iter().map(|door| (door.bears, Arc::clone(&door.tls.client)));
        let streams = Streams::new(connections, tls_client, named.collect());
        Ok(Self { datagrams, streams, locals, arrived, put_back: None, bound, doors })
    }

    /// The listeners' addresses, with the ports that the system chose.
    pub(crate) fn bound(&self) -> &[(Carrier, SocketAddr)] {
        &self.bound
    }

    /// The next thing that the network brings. Cancel safe.
    pub(crate) async fn next(&mut self) -> Arrived {
        if let Some(arrived) = self.put_back.take() {
            return arrived;
        }
        loop {
            match self.arrived.recv().await {
                Some(arrived) => {
                    if let Some(arrived) = self.sort(arrived) {
                        return arrived;
                    }
                }
                // Cannot be: every listener holds a sender, and `streams` has one.
                None => std::future::pending().await,
            }
        }
    }

    /// The next thing that is there already.
    pub(crate) fn try_next(&mut self) -> Option<Arrived> {
        loop {
            let arrived = self.arrived.try_recv().ok()?;
            if let Some(arrived) = self.sort(arrived) {
                return Some(arrived);
            }
        }
    }

    /// Gives back what was taken too much, for the next call of [`Self::next`].
    pub(crate) fn put_back(&mut self, arrived: Arrived) {
        self.put_back = Some(arrived);
    }

    /// Keeps the books of connections, and passes on what concerns the endpoint.
    fn sort(&mut self, arrived: Arrived) -> Option<Arrived> {
        match arrived {
            Arrived::Opened { link, peer, writer, idle } => {
                self.streams.opened(link, peer, writer, idle);
                None
            }
            Arrived::Closed { flow } => {
                self.streams.closed(flow);
                Some(Arrived::Closed { flow })
            }
            arrived @ (Arrived::Message { .. } | Arrived::KeepAlive { .. }) => Some(arrived),
        }
    }

    /// Sends. A datagram that the socket does not take is lost, and sent again by its
    /// transaction; a stream that does not take it is closed. Returns the flow that cannot be
    /// used.
    pub(crate) fn send(&mut self, flow: Flow, bytes: Bytes) -> Result<(), Flow> {
        match flow.carrier {
            Carrier::Udp => {
                let socket = self.datagrams.get(flow.socket as usize);
                match socket.map(|socket| socket.try_send_to(&bytes, flow.remote)) {
                    Some(Err(error)) if is_final(&error) => Err(flow),
                    _ => Ok(()),
                }
            }
            Carrier::Tcp | Carrier::Tls => self.streams.send(flow, bytes),
        }
    }

    /// A connection may be silent for so long from now on. Over UDP there is none.
    pub(crate) fn expect(&mut self, flow: Flow, idle: Duration) {
        self.streams.expect(flow, idle);
    }

    /// A flow to a new peer, from the first listener that can reach it. Over TLS the peer must
    /// show a certificate of `name`, or of its address where there is none. `bears`: the number of
    /// the name by which the peer knows us.
    pub(crate) fn flow_to(
        &mut self,
        carrier: Carrier,
        remote: SocketAddr,
        name: Option<&str>,
        bears: Option<u16>,
    ) -> Option<Flow> {
        let mut flow = match bears {
            Some(bears) => self.flow_from_door(carrier, remote, bears)?,
            None => self.plain_flow(carrier, remote)?,
        };
        if let (Carrier::Tls, Some(name)) = (carrier, name) {
            flow.socket = self.streams.number_for(carrier, remote, name, bears);
        }
        Some(flow)
    }

    fn door(&self, bears: u16) -> Option<&Door> {
        self.doors.iter().find(|door| door.bears == bears)
    }

    fn flow_from_door(&self, carrier: Carrier, remote: SocketAddr, bears: u16) -> Option<Flow> {
        let mut addresses = self.door(bears)?.addresses.iter();
        let same_family = |address: &&SocketAddr| address.is_ipv4() == remote.is_ipv4();
        let address = addresses.find(same_family).filter(|_| carrier == Carrier::Tls)?;
        let ip = self.locals.advertised(self.locals.facing(*address, remote));
        let local = SocketAddr::new(ip, address.port());
        Some(Flow { carrier, socket: u32::MAX, local, remote, name: Some(bears) })
    }

    /// Where peers come that know us by a name, with the ports that the system chose.
    pub(crate) fn doors(&self) -> &[Door] {
        &self.doors
    }

    /// Closes the connection that a flow leads by.
    pub(crate) fn close(&mut self, flow: Flow) {
        self.streams.close(flow);
    }

    fn plain_flow(&self, carrier: Carrier, remote: SocketAddr) -> Option<Flow> {
        let mut number = 0;
        for (listener, address) in &self.bound {
            let same_family = address.is_ipv4() == remote.is_ipv4();
            if *listener == carrier && same_family {
                let socket = if carrier == Carrier::Udp { number } else { u32::MAX };
                let ip = self.locals.advertised(self.locals.facing(*address, remote));
                let local = SocketAddr::new(ip, address.port());
                return Some(Flow { carrier, socket, local, remote, name: None });
            }
            number += u32::from(*listener == Carrier::Udp);
        }
        None
    }

    /// How a peer can be called that knows us by a name.
    pub(crate) fn abilities_at(&self, bears: Option<u16>) -> Abilities {
        let Some(bears) = bears else { return self.abilities() };
        let addresses = self.door(bears).map(|door| door.addresses.as_slice()).unwrap_or_default();
        Abilities {
            udp: false,
            tcp: false,
            tls: !addresses.is_empty(),
            ipv4: addresses.iter().any(SocketAddr::is_ipv4),
            ipv6: addresses.iter().any(SocketAddr::is_ipv6),
        }
    }

    /// What can be called from here.
    pub(crate) fn abilities(&self) -> Abilities {
        let listens = |wanted: Carrier| self.bound.iter().any(|(carrier, _)| *carrier == wanted);
        Abilities {
            udp: listens(Carrier::Udp),
            tcp: listens(Carrier::Tcp),
            tls: listens(Carrier::Tls) && self.streams.opens_tls(),
            ipv4: self.bound.iter().any(|(_, address)| address.is_ipv4()),
            ipv6: self.bound.iter().any(|(_, address)| address.is_ipv6()),
        }
    }

    /// The domains that the certificate of a flow's peer speaks for.
    pub(crate) fn domains(&self, flow: Flow) -> Arc<[Arc<str>]> {
        self.streams.domains(flow)
    }

    /// The address of this node that a flow's peer reached: its media belongs there too.
    pub(crate) fn local_ip(&self, flow: Flow) -> IpAddr {
        match flow.carrier {
            Carrier::Udp => {
                let bound = self.datagrams.get(flow.socket as usize);
                let bound = bound.and_then(|socket| socket.local_addr().ok());
                bound.map_or(flow.local.ip(), |bound| self.locals.facing(bound, flow.remote))
            }
            Carrier::Tcp | Carrier::Tls => {
                self.streams.local_ip(flow).unwrap_or_else(|| flow.local.ip())
            }
        }
    }
}

/// Whether a datagram cannot get there at all: no route, or a port that told us so.
fn is_final(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::ConnectionRefused
    )
}

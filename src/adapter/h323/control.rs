//! The connection of H.245 where it does not travel within call signalling: we wait for the peer
//! to make it, or make it ourselves.

use super::config::H323Config;
use super::wire::{Lost, Wire};
use crate::tcp;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};

/// Ports of the range that are tried for one call: a call needs one, for some seconds.
const MAX_TRIED: usize = 256;

type Attempt = Pin<Box<dyn Future<Output = Result<TcpStream, Lost>> + Send>>;

/// Where the connection stands.
#[derive(Default)]
pub(super) enum ControlWay {
    /// Nobody wants one.
    #[default]
    None,
    /// The peer is to connect.
    Awaited { listener: TcpListener, peers: Peers, until: Instant },
    /// We connect.
    Attempted(Attempt),
    /// It stands.
    Open(Wire),
}

/// Who may connect.
#[derive(Debug)]
pub(super) enum Peers {
    /// The first who does: a gatekeeper brings the signalling, and nobody says where the peer is.
    Any,
    /// Whoever is at one of these addresses.
    At(Vec<IpAddr>),
}

impl Peers {
    fn take(&self, from: IpAddr) -> bool {
        match self {
            Peers::Any => true,
            Peers::At(peers) => peers.iter().any(|peer| peer.to_canonical() == from.to_canonical()),
        }
    }
}

/// What happened to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// It stands, whoever made it.
    Connected,
    /// Something was read.
    Read,
    /// It is lost, or could not be made.
    Lost,
}

impl fmt::Debug for ControlWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ControlWay::None => "None",
            ControlWay::Awaited { .. } => "Awaited",
            ControlWay::Attempted(_) => "Attempted",
            ControlWay::Open(_) => "Open",
        })
    }
}

/// Chooses ports of a range in turn.
#[derive(Debug, Default)]
pub(super) struct Ports(AtomicUsize);

impl Ports {
    fn bind(&self, local: IpAddr, config: &H323Config) -> io::Result<TcpListener> {
        let Some(range) = &config.control_ports else {
            return tcp::bind(SocketAddr::new(local, 0));
        };
        let count = usize::from(range.end() - range.start()) + 1;
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..count.min(MAX_TRIED) {
            let step = self.0.fetch_add(1, Ordering::Relaxed) % count;
            let port = range.start().saturating_add(u16::try_from(step).unwrap_or_default());
            match tcp::bind(SocketAddr::new(local, port)) {
                Ok(listener) => return Ok(listener),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl ControlWay {
    /// Whether a connection stands or is being made.
    pub(super) fn is_made(&self) -> bool {
        matches!(self, ControlWay::Attempted(_) | ControlWay::Open(_))
    }

    /// Takes connections of the peer from now on, where none stands. Gives the port.
    ///
    /// # Errors
    /// Where no port is free.
    pub(super) fn listen(
        &mut self,
        (local, peers): (IpAddr, Peers),
        ports: &Ports,
        config: &H323Config,
    ) -> io::Result<u16> {
        let listener = ports.bind(local, config)?;
        let port = listener.local_addr()?.port();
        let until = Instant::now() + config.limits.control;
        *self = ControlWay::Awaited { listener, peers, until };
        Ok(port)
    }

    /// Connects to where the peer takes it.
    pub(super) fn connect(&mut self, to: SocketAddr, config: &H323Config) {
        let patience = config.limits.control;
        *self = ControlWay::Attempted(Box::pin(async move {
            match timeout(patience, TcpStream::connect(to)).await {
                Ok(Ok(stream)) => Ok(stream),
                _ => Err(Lost),
            }
        }));
    }

    /// Waits for the next thing that happens. Dropping the wait loses nothing.
    pub(super) async fn next(&mut self, config: &H323Config) -> Happened {
        let made = match self {
            ControlWay::None => std::future::pending().await,
            ControlWay::Awaited { listener, peers, until } => {
                timeout_at(*until, accept(listener, peers)).await.map_err(|_| Lost)
            }
            ControlWay::Attempted(attempt) => attempt.await,
            ControlWay::Open(wire) => match wire.read().await {
                Ok(()) => return Happened::Read,
                Err(Lost) => Err(Lost),
            },
        };
        match made {
            Ok(stream) => {
                *self = ControlWay::Open(Wire::new(stream, config));
                Happened::Connected
            }
            Err(Lost) => {
                *self = ControlWay::None;
                Happened::Lost
            }
        }
    }

    /// The connection, while it stands.
    pub(super) fn open(&mut self) -> Option<&mut Wire> {
        match self {
            ControlWay::Open(wire) => Some(wire),
            _ => None,
        }
    }
}

/// The first connection of who may; others are dropped.
async fn accept(listener: &TcpListener, peers: &Peers) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, from)) if peers.take(from.ip()) => return stream,
            Ok(_) => tracing::debug!("a stranger connected for H.245"),
            // Out of descriptors: a moment later there may be some.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

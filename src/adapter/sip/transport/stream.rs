//! TCP and TLS: one task a connection.

use super::Arrived;
use super::certificate;
use crate::local::LocalAddresses;
use crate::sip::config::Limits;
use crate::tcp::{self, Place, Places};
use bytes::{Bytes, BytesMut};
use causeway_proto::sip::{Carrier, Flow};
use rustls_pki_types::ServerName;
use sip_codec::{StreamDecoder, StreamItem, StreamSide};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Messages that wait for a slow peer. A transaction sends a handful; a peer that is further
/// behind does not read.
const MAX_WRITES: usize = 64;

/// How long a handshake or a connection attempt may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a message may take from its first byte to its last, an accepted connection until its
/// first message is there, and a write until it is taken.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection that has brought a message may say nothing: longer than any keep-alive or
/// session refresh. Where a device promised keep-alives, as long as it said.
const IDLE: Duration = Duration::from_secs(3_600);

/// Between lines of the log about failed handshakes.
const COMPLAINTS: Duration = Duration::from_secs(1);

/// Bytes read at once.
const READ: usize = 8_192;

/// Numbers of connections begin here, above those of UDP listeners.
const FIRST_NUMBER: u32 = 1 << 16;

/// What all connections share.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    locals: Arc<LocalAddresses>,
    arrived: mpsc::Sender<Arrived>,
    places: Places,
    next: Arc<AtomicU32>,
    complained: Arc<Mutex<Option<Instant>>>,
}

impl Connections {
    pub(super) fn new(
        limits: Limits,
        locals: Arc<LocalAddresses>,
        arrived: mpsc::Sender<Arrived>,
    ) -> Self {
        let next = Arc::new(AtomicU32::new(FIRST_NUMBER));
        let complained = Arc::default();
        let places = Places::new(limits.connections, limits.connections_per_source);
        Self { places, locals, arrived, next, complained }
    }

    /// Whether the log may tell of a failed handshake: anybody can fail as often as they like.
    fn may_complain(&self) -> bool {
        let now = Instant::now();
        let mut last = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now - last >= COMPLAINTS);
        if may {
            *last = Some(now);
        }
        may
    }

    fn number(&self) -> u32 {
        // Wraps after four thousand million connections; those of the first have long ended.
        self.next.fetch_add(1, Ordering::Relaxed).max(FIRST_NUMBER)
    }

    /// A new connection's flow, and the address of ours that it reached.
    fn link(
        &self,
        carrier: Carrier,
        stream: &TcpStream,
        port: u16,
        name: Option<u16>,
    ) -> io::Result<Link> {
        let reached = stream.local_addr()?.ip();
        let local = SocketAddr::new(self.locals.advertised(reached), port);
        let flow =
            Flow { carrier, socket: self.number(), local, remote: stream.peer_addr()?, name };
        Ok(Link { flow, reached })
    }
}

/// A connection that is up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) flow: Flow,
    /// The address of this node that the peer reached.
    pub(crate) reached: IpAddr,
}

/// Who is at the far end of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    /// The name that its certificate was checked against, where we opened the connection to one.
    name: Option<Arc<str>>,
    /// The domains that its certificate speaks for, where it showed one to us.
    domains: Arc<[Arc<str>]>,
}

/// Binds and accepts until the adapter is gone.
pub(super) fn listen(
    connections: &Connections,
    address: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    name: Option<u16>,
) -> io::Result<SocketAddr> {
    let listener = tcp::bind(address)?;
    let bound = listener.local_addr()?;
    let connections = connections.clone();
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = connections.arrived.closed() => return,
            };
            match accepted {
                Ok((stream, source)) => {
                    if let Some(place) = connections.places.take(source.ip()) {
                        let accepted = Accepted { stream, bound, acceptor: acceptor.clone(), name };
                        tokio::spawn(accept(connections.clone(), accepted, place));
                    }
                }
                // Out of descriptors: a moment later there may be some.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    });
    Ok(bound)
}

/// A connection that a listener took.
struct Accepted {
    stream: TcpStream,
    bound: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    /// The name by which those who come here know us.
    name: Option<u16>,
}

async fn accept(connections: Connections, accepted: Accepted, place: Place) {
    let Accepted { stream, bound, acceptor, name } = accepted;
    let _ = stream.set_nodelay(true);
    let carrier = if acceptor.is_some() { Carrier::Tls } else { Carrier::Tcp };
    let Ok(link) = connections.link(carrier, &stream, bound.port(), name) else { return };
    let side = StreamSide::Accepted;
    match acceptor {
        None => run(connections, link, Peer::default(), stream, side, place).await,
        Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                let certificates = stream.get_ref().1.peer_certificates();
                let domains = certificates.and_then(<[_]>::first).map(certificate::domains);
                let peer = Peer { name: None, domains: domains.unwrap_or_default() };
                run(connections, link, peer, stream, side, place).await;
            }
            Ok(Err(error)) if connections.may_complain() => {
                tracing::info!(%error, "a TLS handshake failed");
            }
            Ok(Err(_)) => {}
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

/// Carries one connection until either side ends it.
async fn run<S: AsyncRead + AsyncWrite>(
    connections: Connections,
    link: Link,
    peer: Peer,
    stream: S,
    side: StreamSide,
    _place: Place,
) {
    let flow = link.flow;
    let (writer, mut writes) = mpsc::channel::<Bytes>(MAX_WRITES);
    // The signalling task alone keeps the connection alive: when it lets go, the writes end.
    let pongs = writer.downgrade();
    let (idle, idles) = watch::channel(IDLE);
    if connections.arrived.send(Arrived::Opened { link, peer, writer, idle }).await.is_err() {
        return;
    }
    let (reader, mut out) = tokio::io::split(stream);
    let writing = async {
        while let Some(bytes) = writes.recv().await {
            match timeout(PATIENCE, out.write_all(&bytes)).await {
                Ok(Ok(())) => {}
                _ => return,
            }
            if timeout(PATIENCE, out.flush()).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = read(&connections, flow, reader, side, pongs, idles) => {}
        () = writing => {}
    }
    let _ = connections.arrived.send(Arrived::Closed { flow }).await;
}

/// Reads messages until the stream ends, stalls or is out of frame.
async fn read<S: AsyncRead>(
    connections: &Connections,
    flow: Flow,
    mut reader: ReadHalf<S>,
    side: StreamSide,
    pongs: mpsc::WeakSender<Bytes>,
    mut idle: watch::Receiver<Duration>,
) {
    let mut decoder = StreamDecoder::new(sip_codec::Limits::default(), side);
    let mut buffer = BytesMut::with_capacity(READ);
    let mut waiting = match side {
        StreamSide::Accepted => Waiting::Message { since: Instant::now() },
        StreamSide::Opened => Waiting::Next { since: Instant::now() },
    };
    loop {
        buffer.reserve(READ);
        let until = waiting.until(*idle.borrow_and_update());
        tokio::select! {
            read = timeout_at(until, reader.read_buf(&mut buffer)) => match read {
                Ok(Ok(1..)) => {}
                _ => return,
            },
            changed = idle.changed() => match changed {
                Ok(()) => continue,
                // The signalling task has let go of it.
                Err(_) => return,
            },
        }
        loop {
            let before = buffer.len();
            let item = decoder.decode(&mut buffer);
            let size = before - buffer.len();
            let message = match item {
                Ok(None) => break,
                Ok(Some(StreamItem::Message(message))) => {
                    waiting = Waiting::Next { since: Instant::now() };
                    Ok(message)
                }
                Ok(Some(StreamItem::Ping)) => {
                    // A peer that pings faster than it reads loses an answer, not the call.
                    let Some(writer) = pongs.upgrade() else { return };
                    let _ = writer.try_send(Bytes::from_static(b"\r\n"));
                    continue;
                }
                Ok(Some(StreamItem::Pong)) => continue,
                Err(error) => Err(error),
            };
            let lost = message.as_ref().is_err_and(sip_codec::ParseError::framing_lost);
            let arrived = Arrived::Message { flow, message: Box::new(message), size };
            if connections.arrived.send(arrived).await.is_err() {
                return;
            }
            if lost {
                linger(&mut buffer, &mut reader).await;
                return;
            }
        }
        waiting = waiting.with(Instant::now(), &buffer);
    }
}

/// What a connection is waited for, and since when.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// The rest of a message, or the first one. Bytes that trickle in do not prolong it.
    Message { since: Instant },
    /// Another message.
    Next { since: Instant },
}

impl Waiting {
    fn until(self, idle: Duration) -> Instant {
        match self {
            Waiting::Message { since } => since + PATIENCE,
            Waiting::Next { since } => since + idle,
        }
    }

    /// After something came, of which `rest` is not a message yet.
    fn with(self, now: Instant, rest: &[u8]) -> Self {
        match self {
            Waiting::Next { .. } if !rest.is_empty() => Waiting::Message { since: now },
            Waiting::Next { .. } => Waiting::Next { since: now },
            message => message,
        }
    }
}

/// Leaves time for the answer that tells the peer what was wrong.
async fn linger<S: AsyncRead>(buffer: &mut BytesMut, reader: &mut ReadHalf<S>) {
    let drain = async {
        loop {
            buffer.clear();
            match reader.read_buf(buffer).await {
                Ok(1..) => {}
                _ => return,
            }
        }
    };
    let _ = timeout(Duration::from_millis(500), drain).await;
}

/// The open connections, and how to open more.
#[derive(Debug)]
pub(super) struct Streams {
    connections: Connections,
    tls_client: Option<Arc<rustls::ClientConfig>>,
    /// The TLS of peers that know us by a name, by its number.
    tls_named: HashMap<u16, Arc<rustls::ClientConfig>>,
    open: HashMap<u32, Open>,
    by_far: HashMap<Far, u32>,
    /// What waits for a connection that is being made.
    waiting: HashMap<Far, Vec<Bytes>>,
    /// Numbers of flows that must lead to a peer of a certain name.
    named: HashMap<u32, Far>,
}

/// Whom a connection leads to. One that was checked for a name is never used for another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Far {
    carrier: Carrier,
    remote: SocketAddr,
    name: Option<Arc<str>>,
    /// The name that we bear there: another certificate of ours is shown.
    bears: Option<u16>,
}

/// Names that flows were numbered for. Beyond it the flows of old calls are checked by address,
/// which fails for most: their calls end, no other is trusted.
const MAX_NAMED: usize = 4_096;

#[derive(Debug)]
struct Open {
    link: Link,
    far: Far,
    domains: Arc<[Arc<str>]>,
    writer: mpsc::Sender<Bytes>,
    idle: watch::Sender<Duration>,
}

impl Streams {
    pub(super) fn new(
        connections: Connections,
        tls_client: Option<Arc<rustls::ClientConfig>>,
        tls_named: HashMap<u16, Arc<rustls::ClientConfig>>,
    ) -> Self {
        Self {
            connections,
            tls_client,
            tls_named,
            open: HashMap::new(),
            by_far: HashMap::new(),
            waiting: HashMap::new(),
            named: HashMap::new(),
        }
    }

    /// Whether TLS can be opened.
    pub(super) fn opens_tls(&self) -> bool {
        self.tls_client.is_some()
    }

    /// The number of a flow to a peer that must show a certificate of this name.
    pub(super) fn number_for(
        &mut self,
        carrier: Carrier,
        remote: SocketAddr,
        name: &str,
        bears: Option<u16>,
    ) -> u32 {
        let far = Far { carrier, remote, name: Some(Arc::from(name)), bears };
        if let Some((number, _)) = self.named.iter().find(|(_, known)| **known == far) {
            return *number;
        }
        if self.named.len() >= MAX_NAMED {
            self.named.clear();
        }
        let number = self.connections.number();
        self.named.insert(number, far);
        number
    }

    fn far(&self, flow: Flow) -> Far {
        let Flow { carrier, remote, name: bears, .. } = flow;
        let plain = || Far { carrier, remote, name: None, bears };
        self.named.get(&flow.socket).cloned().unwrap_or_else(plain)
    }

    pub(super) fn opened(
        &mut self,
        link: Link,
        peer: Peer,
        writer: mpsc::Sender<Bytes>,
        idle: watch::Sender<Duration>,
    ) {
        let flow = link.flow;
        let Flow { carrier, remote, name: bears, .. } = flow;
        let far = Far { carrier, remote, name: peer.name, bears };
        for bytes in self.waiting.remove(&far).unwrap_or_default() {
            // The queue is new and holds more than may wait.
            let _ = writer.try_send(bytes);
        }
        self.by_far.insert(far.clone(), flow.socket);
        let domains = peer.domains;
        self.open.insert(flow.socket, Open { link, far, domains, writer, idle });
    }

    /// A connection may be silent for so long from now on.
    pub(super) fn expect(&mut self, flow: Flow, idle: Duration) {
        if let Some(open) = self.open.get(&flow.socket) {
            // Its task is gone where nobody takes it.
            let _ = open.idle.send(idle);
        }
    }

    pub(super) fn closed(&mut self, flow: Flow) {
        let far = match self.open.remove(&flow.socket) {
            Some(open) => open.far,
            None => self.far(flow),
        };
        self.waiting.remove(&far);
        if self.by_far.get(&far) == Some(&flow.socket) {
            self.by_far.remove(&far);
        }
    }

    /// Sends by the flow's own connection, else by another to the same peer, else by a new one.
    pub(super) fn send(&mut self, flow: Flow, bytes: Bytes) -> Result<(), Flow> {
        match self.number_of(flow).and_then(|number| self.open.get(&number)) {
            Some(open) => {
                let open_flow = open.link.flow;
                if open.writer.try_send(bytes).is_err() {
                    // It does not read, or is closing: dropping the writer ends its task.
                    self.closed(open_flow);
                    return Err(flow);
                }
                Ok(())
            }
            None => self.connect(flow, bytes),
        }
    }

    /// The connection that a flow leads by.
    fn number_of(&self, flow: Flow) -> Option<u32> {
        if self.open.contains_key(&flow.socket) {
            return Some(flow.socket);
        }
        self.by_far.get(&self.far(flow)).copied()
    }

    /// Closes the connection that a flow leads by: its task says that it is closed.
    pub(super) fn close(&mut self, flow: Flow) {
        let open = self.number_of(flow).and_then(|number| self.open.get(&number));
        if let Some(flow) = open.map(|open| open.link.flow) {
            self.closed(flow);
        }
    }

    pub(super) fn local_ip(&self, flow: Flow) -> Option<IpAddr> {
        self.open.get(&flow.socket).map(|open| open.link.reached)
    }

    /// The domains that the certificate of a flow's peer speaks for.
    pub(super) fn domains(&self, flow: Flow) -> Arc<[Arc<str>]> {
        self.open.get(&flow.socket).map(|open| Arc::clone(&open.domains)).unwrap_or_default()
    }

    fn connect(&mut self, flow: Flow, bytes: Bytes) -> Result<(), Flow> {
        let far = self.far(flow);
        if let Some(waiting) = self.waiting.get_mut(&far) {
            if waiting.len() == MAX_WRITES {
                return Err(flow);
            }
            waiting.push(bytes);
            return Ok(());
        }
        let tls = match far.bears {
            Some(bears) => self.tls_named.get(&bears),
            None => self.tls_client.as_ref(),
        };
        let connector = match (flow.carrier, tls) {
            (Carrier::Tls, None) => return Err(flow),
            (Carrier::Tls, Some(config)) => Some(TlsConnector::from(Arc::clone(config))),
            _ => None,
        };
        let Some(place) = self.connections.places.take(flow.remote.ip()) else { return Err(flow) };
        let name = far.name.clone();
        self.waiting.insert(far, vec![bytes]);
        tokio::spawn(open(self.connections.clone(), flow, name, connector, place));
        Ok(())
    }
}

/// Opens a connection; says [`Arrived::Closed`] for the flow that wanted it where that fails.
async fn open(
    connections: Connections,
    wanted: Flow,
    name: Option<Arc<str>>,
    connector: Option<TlsConnector>,
    place: Place,
) {
    let attempt = async {
        let stream = TcpStream::connect(wanted.remote).await?;
        stream.set_nodelay(true)?;
        let link = connections.link(wanted.carrier, &stream, wanted.local.port(), wanted.name)?;
        Ok::<_, io::Error>((link, stream))
    };
    let connected = match timeout(HANDSHAKE, attempt).await {
        Ok(Ok(connected)) => Some(connected),
        _ => None,
    };
    let side = StreamSide::Opened;
    let peer = Peer { name: name.clone(), domains: Arc::default() };
    match (connected, connector) {
        (Some((link, stream)), None) => {
            run(connections, link, peer, stream, side, place).await;
            return;
        }
        (Some((link, stream)), Some(connector)) => {
            // By the name of the URI (RFC 5922 section 7.4), never by one that DNS led to.
            let shown = match &name {
                Some(name) => ServerName::try_from(name.to_string()).ok(),
                None => Some(wanted.remote.ip().into()),
            };
            if let Some(shown) = shown {
                match timeout(HANDSHAKE, connector.connect(shown, stream)).await {
                    Ok(Ok(stream)) => {
                        run(connections, link, peer, stream, side, place).await;
                        return;
                    }
                    Ok(Err(error)) if connections.may_complain() => {
                        tracing::info!(%error, "a TLS handshake of ours failed");
                    }
                    _ => {}
                }
            }
        }
        (None, _) => {}
    }
    let _ = connections.arrived.send(Arrived::Closed { flow: wanted }).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_trickle_and_line_ends_do_not_prolong_the_wait_for_a_message() {
        let begun = Instant::now();
        let mut waiting = Waiting::Message { since: begun };
        for (second, rest) in [&b"O"[..], b"OP", b"", b"\r", b""].iter().enumerate() {
            waiting = waiting.with(begun + Duration::from_secs(second as u64), rest);
        }
        assert_eq!(waiting.until(IDLE), begun + PATIENCE);
    }

    #[test]
    fn after_a_message_a_connection_may_pause_but_not_within_the_next_one() {
        let begun = Instant::now();
        let at = |second| begun + Duration::from_secs(second);
        let idle = Waiting::Next { since: begun }.with(at(1), b"");
        assert_eq!(idle.until(IDLE), at(1) + IDLE);
        let promised = Duration::from_secs(135);
        assert_eq!(idle.until(promised), at(1) + promised, "a device that promised keep-alives");
        let message = idle.with(at(2), b"O").with(at(20), b"OPTIO");
        assert_eq!(message.until(IDLE), at(2) + PATIENCE);
    }
}

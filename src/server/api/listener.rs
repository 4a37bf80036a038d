//! Sockets and TLS of the API and the page, and the limits of connections: how many, how many from
//! one source, how long a handshake, a header or an unread answer may take. Without TLS only this
//! machine and our proxies are answered.

use super::certificate::Shown;
use super::patience::{PATIENCE, Patient};
use super::source::Source;
use super::{Backend, Pace, Setting, router};
use crate::acme::{self, Challenges};
use crate::config::Config;
use crate::invite::Bound;
use crate::tls::{self, TlsError};
use crate::web::prefix;
use axum::Router;
use axum::body::Body;
use causeway_dial::Network;
use causeway_dial::network::customer;
use dashmap::DashMap;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use tracing::{debug, warn};

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long the header of a request may take to come, and a connection may idle before it.
const HEADER: Duration = Duration::from_secs(20);

/// The longest header of a request: ours have 1 KiB.
const MAX_HEADER: usize = 16 << 10;

/// The most fields of a header.
const MAX_FIELDS: usize = 64;

/// Requests at a time on one HTTP/2 connection.
const MAX_AT_ONCE: u32 = 64;

/// How often a silent HTTP/2 connection is asked whether it is there.
const PING: Duration = Duration::from_secs(20);

/// How long running requests may go on when the server closes.
const GOODBYE: Duration = Duration::from_secs(5);

/// Why the API is not served.
#[derive(Debug)]
pub enum ListenError {
    /// TLS.
    Tls(TlsError),
    /// An address cannot be bound.
    Bind(SocketAddr, std::io::Error),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenError::Tls(error) => write!(f, "TLS: {error}"),
            ListenError::Bind(address, error) => write!(f, "{address}: {error}"),
        }
    }
}

impl std::error::Error for ListenError {}

/// The sockets on which the API and the page will be served. Bound before anything else asks where
/// that is.
#[derive(Debug)]
pub struct Sockets {
    https: Vec<TcpListener>,
    http: Vec<TcpListener>,
    bound: Bound,
}

impl Sockets {
    /// Binds what is configured: plain addresses only where there is a page.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn bind(config: &Config) -> Result<Self, ListenError> {
        let plain = if config.web.enabled { &config.web.http[..] } else { &[] };
        let (https, http) = (bind(&config.api.listen).await?, bind(plain).await?);
        let bound = Bound { https: local(&https)?, http: local(&http)? };
        Ok(Self { https, http, bound })
    }

    /// Where that is, with the ports that the system chose.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }
}

async fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ListenError> {
    let mut sockets = Vec::with_capacity(addresses.len());
    for address in addresses {
        let socket = TcpListener::bind(address).await;
        sockets.push(socket.map_err(|error| ListenError::Bind(*address, error))?);
    }
    Ok(sockets)
}

fn local(sockets: &[TcpListener]) -> Result<Vec<SocketAddr>, ListenError> {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    let of = |socket: &TcpListener| socket.local_addr();
    sockets.iter().map(of).collect::<Result<_, _>>().map_err(|e| ListenError::Bind(unknown, e))
}

/// The API and the page on their sockets. Dropping it does not stop it; see [`Listener::close`].
#[derive(Debug)]
pub struct Listener {
    bound: Bound,
    certificate: Arc<Shown>,
    config: Arc<Config>,
    closing: watch::Sender<bool>,
    connections: Arc<Semaphore>,
    tasks: Vec<JoinHandle<()>>,
}

/// What every connection shares.
struct Door {
    router: Router,
    tls: TlsAcceptor,
    connections: Arc<Semaphore>,
    sources: DashMap<IpAddr, usize>,
    max_per_source: usize,
    /// Who besides this machine is answered without TLS.
    trusted_proxies: Vec<Network>,
    /// What our paths may begin with.
    prefix: Arc<str>,
    closing: watch::Receiver<bool>,
}

/// Whether a socket is for TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Tls,
    Plain,
}

impl Listener {
    /// Serves the API, and `page` beside it, on the current tokio runtime.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn start(
        config: &Config,
        sockets: Sockets,
        backend: Arc<dyn Backend>,
        page: Router,
    ) -> Result<Self, ListenError> {
        let certificate = Shown::read(config).map_err(ListenError::Tls)?;
        let tls = tls::api_server(certificate.clone()).map_err(ListenError::Tls)?;
        let seed = tls::seed().map_err(ListenError::Tls)?;
        let run = u32::from_le_bytes([seed[0], seed[1], seed[2], seed[3]]);
        let (closing, closed) = watch::channel(false);
        let trusted_proxies = config.api.trusted_proxies.clone();
        let setting = Setting {
            pace: Pace::default(),
            backend,
            trusted_proxies: trusted_proxies.clone(),
            run,
            closing: closed.clone(),
        };
        let connections = Arc::new(Semaphore::new(config.api.max_connections));
        let door = Arc::new(Door {
            router: router(setting).merge(page),
            tls: TlsAcceptor::from(tls),
            connections: Arc::clone(&connections),
            sources: DashMap::new(),
            max_per_source: config.api.max_connections_per_source,
            trusted_proxies,
            prefix: config.web.prefix.as_str().into(),
            closing: closed,
        });
        let config = Arc::new(config.clone());
        let mut tasks = vec![tokio::spawn(certificate.clone().follow(config.clone()))];
        if let Some(acme) = &config.api.acme {
            let refused = |(address, error)| ListenError::Bind(address, error);
            let challenges = Challenges::default();
            for socket in acme::bind(acme).await.map_err(refused)? {
                tasks.push(tokio::spawn(challenges.clone().serve(socket)));
            }
            let (shown, settings) = (certificate.clone(), config.clone());
            let renewed = move || shown.reload(&settings);
            tasks.push(tokio::spawn(acme::keep(config.clone(), challenges, renewed)));
        }
        let Sockets { https, http, bound } = sockets;
        let ways = https.into_iter().map(|socket| (socket, Way::Tls));
        for (socket, way) in ways.chain(http.into_iter().map(|socket| (socket, Way::Plain))) {
            tasks.push(tokio::spawn(accept(socket, way, door.clone())));
        }
        Ok(Self { bound, certificate, config, closing, connections, tasks })
    }

    /// The addresses that are served, with the ports that the system chose.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }

    /// Reads the files of the certificate again.
    pub fn reload(&self) {
        self.certificate.reload(&self.config);
    }

    /// Takes no more connections, ends streams, and waits a little for running requests.
    pub async fn close(self) {
        let _ = self.closing.send(true);
        for task in &self.tasks {
            task.abort();
        }
        let most = u32::try_from(self.config.api.max_connections).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(GOODBYE, self.connections.acquire_many(most)).await;
    }
}

async fn accept(socket: TcpListener, way: Way, door: Arc<Door>) {
    loop {
        // Waiting for a place leaves new connections to the system's queue, which has its bound.
        let Ok(place) = door.connections.clone().acquire_owned().await else { return };
        match socket.accept().await {
            Ok((connection, peer)) => {
                if way == Way::Plain && !is_near(peer.ip(), &door.trusted_proxies) {
                    continue;
                }
                if let Some(seat) = Seat::take(&door, place, peer.ip()) {
                    tokio::spawn(serve(connection, way, peer, seat));
                }
            }
            Err(error) => {
                // Out of descriptors: give others time to close some.
                warn!(%error, "the API takes no connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// The place of one connection, given back when it ends.
struct Seat {
    door: Arc<Door>,
    /// None for a proxy of ours.
    source: Option<IpAddr>,
    _place: OwnedSemaphorePermit,
}

impl Seat {
    fn take(door: &Arc<Door>, place: OwnedSemaphorePermit, peer: IpAddr) -> Option<Self> {
        // Everybody behind a proxy of ours would be one.
        if is_proxy(peer, &door.trusted_proxies) {
            return Some(Self { door: door.clone(), source: None, _place: place });
        }
        let source = customer(peer);
        let mut count = door.sources.entry(source).or_insert(0);
        if *count >= door.max_per_source {
            return None;
        }
        *count += 1;
        drop(count);
        Some(Self { door: door.clone(), source: Some(source), _place: place })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(source) = &self.source else { return };
        self.door.sources.remove_if_mut(source, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

/// Whether what passes in clear passes nobody on the way to this peer: this machine, or a proxy of
/// ours.
fn is_near(peer: IpAddr, proxies: &[Network]) -> bool {
    peer.to_canonical().is_loopback() || is_proxy(peer, proxies)
}

fn is_proxy(peer: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|network| network.contains(peer.to_canonical()))
}

async fn serve(connection: TcpStream, way: Way, peer: SocketAddr, seat: Seat) {
    let _ = connection.set_nodelay(true);
    let connection = Patient::new(connection, PATIENCE);
    if way == Way::Plain {
        return converse(connection, peer, seat).await;
    }
    let handshake = seat.door.tls.accept(connection);
    match tokio::time::timeout(HANDSHAKE, handshake).await {
        Ok(Ok(stream)) => converse(stream, peer, seat).await,
        _ => debug!("a TLS handshake failed"),
    }
}

/// Answers requests until the connection ends, or a WebSocket takes it over.
async fn converse<S>(stream: S, peer: SocketAddr, seat: Seat)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (source, prefix) = (Source(peer.ip()), Arc::clone(&seat.door.prefix));
    let service = seat.door.router.clone().map_request(move |request: Request<Incoming>| {
        let mut request = prefix::without(request.map(Body::new), &prefix);
        request.extensions_mut().insert(source);
        request
    });
    let builder = protocols();
    let stream = TokioIo::new(stream);
    let served = builder.serve_connection_with_upgrades(stream, TowerToHyperService::new(service));
    tokio::pin!(served);
    let mut closing = seat.door.closing.clone();
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = async { drop(closing.wait_for(|closing| *closing).await) } => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection of the API ended");
    }
}

fn protocols() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_headers(MAX_FIELDS)
        .max_buf_size(MAX_HEADER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .max_concurrent_streams(MAX_AT_ONCE)
        .max_header_list_size(MAX_HEADER as u32);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_and_our_proxies_are_answered() {
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        let near = |peer: &str| is_near(peer.parse().expect("an address"), &proxies);
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"] {
            assert!(near(peer), "{peer}");
        }
        for peer in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "11.0.0.1"] {
            assert!(!near(peer), "{peer}");
        }
    }
}

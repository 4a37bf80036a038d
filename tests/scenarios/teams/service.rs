//! The stand-in for the service: three proxies, each with a name and a certificate, that refuse
//! what breaks a rule and hand the rest to the test. It speaks for itself in nothing but answers to
//! OPTIONS.

use super::{
    authority::{Authority, Identity, Usage},
    dns,
    rule::{self, Facts, Guesses},
};
use bytes::BytesMut;
use rustix::net::sockopt::set_socket_linger;
use sip_codec::{
    HeaderName, Limits, Message, Method, Request, Response, StreamDecoder, StreamItem, StreamSide,
};
use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector, TlsStream,
    rustls::pki_types::{CertificateDer, ServerName},
};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The gateway's name, as the tenant registered it.
pub(crate) const GATEWAY: &str = "sbc1.example.com";

/// The names of the proxies. The last is none: dialogs are told to go on there.
pub(crate) const PROXIES: [&str; 4] = [
    "sip.pstnhub.example.net",
    "sip2.pstnhub.example.net",
    "sip3.pstnhub.example.net",
    "sip-du-a.pstnhub.example.net",
];

/// The stand-in.
pub(crate) struct Service {
    pub(crate) authority: Authority,
    pub(crate) dns: SocketAddr,
    pub(crate) addresses: Vec<SocketAddr>,
    book: Arc<Book>,
    heard: mpsc::UnboundedReceiver<Heard>,
    next: u64,
}

/// What all connections share.
struct Book {
    tenants: Vec<String>,
    asked: Mutex<HashMap<usize, Instant>>,
    /// What was asked how often, and what was broken.
    questions: Mutex<Vec<usize>>,
    broken: Mutex<Vec<&'static str>>,
    /// The port of its Contact.
    door: Mutex<Option<u16>>,
    heard: mpsc::UnboundedSender<Heard>,
    lines: AtomicU64,
}

/// A message that broke no rule.
pub(crate) struct Heard {
    /// The proxy that its connection led to; `None`: one that the service opened.
    pub(crate) proxy: Option<usize>,
    pub(crate) line: Line,
    pub(crate) message: Message,
}

/// A connection.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) number: u64,
    writes: mpsc::UnboundedSender<Write>,
}

enum Write {
    Bytes(Vec<u8>),
    /// With a reset, as a box in between does that has forgotten it.
    Reset,
}

impl Line {
    pub(crate) fn send(&self, bytes: impl Into<Vec<u8>>) {
        let _ = self.writes.send(Write::Bytes(bytes.into()));
    }

    pub(crate) fn reset(&self) {
        let _ = self.writes.send(Write::Reset);
    }
}

impl Service {
    /// Its tenant registered the gateway's name.
    pub(crate) async fn start() -> Self {
        let authority = Authority::new("DigiCert Global Root G2");
        let (sender, heard) = mpsc::unbounded_channel();
        let book = Arc::new(Book {
            tenants: vec![GATEWAY.to_owned()],
            asked: Mutex::default(),
            questions: Mutex::default(),
            broken: Mutex::default(),
            door: Mutex::default(),
            heard: sender,
            lines: AtomicU64::new(0),
        });
        let identity = authority.sign(&["*.pstnhub.example.net"], &[Usage::ServerAuth]);
        let server = authority.proxy(&identity);
        let (mut names, mut addresses) = (HashMap::new(), Vec::new());
        for (proxy, name) in PROXIES.into_iter().enumerate() {
            let ip = Ipv4Addr::new(127, 0, 0, 11 + u8::try_from(proxy).expect("few"));
            let listener = TcpListener::bind((ip, 0)).await.expect("loopback");
            addresses.push(listener.local_addr().expect("bound"));
            names.insert(name.to_owned(), ip);
            let (acceptor, book) = (TlsAcceptor::from(Arc::clone(&server)), Arc::clone(&book));
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, book) = (acceptor.clone(), Arc::clone(&book));
                    tokio::spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            talk(book, Some(proxy), stream.into()).await;
                        }
                    });
                }
            });
        }
        let dns = dns::serve(names).await;
        Self { authority, dns, addresses, book, heard, next: 0 }
    }

    /// The three proxies that a gateway is told of.
    pub(crate) fn proxies(&self) -> Vec<String> {
        let addresses = self.addresses.iter().take(3);
        PROXIES.iter().zip(addresses).map(|(name, at)| format!("{name}:{}", at.port())).collect()
    }

    /// What was broken so far.
    pub(crate) fn broken(&self) -> Vec<&'static str> {
        self.book.broken.lock().expect("alive").clone()
    }

    /// How often each proxy was asked whether it lives.
    pub(crate) fn questions(&self) -> [usize; 3] {
        let questions = self.book.questions.lock().expect("alive");
        [0, 1, 2].map(|proxy| questions.iter().filter(|asked| **asked == proxy).count())
    }

    /// Where the gateway says that it is, once it asked.
    pub(crate) async fn door(&self) -> SocketAddr {
        let begun = Instant::now();
        loop {
            if let Some(port) = *self.book.door.lock().expect("alive") {
                return SocketAddr::from(([127, 0, 0, 1], port));
            }
            assert!(begun.elapsed() < PATIENCE, "the gateway asks nobody");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The next message that broke no rule.
    pub(crate) async fn heard(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv()).await.expect("in time").expect("alive")
    }

    /// The next request of this method; what else is heard before is passed over.
    pub(crate) async fn request(&mut self, method: Method) -> (Heard, Request) {
        loop {
            let heard = self.heard().await;
            if let Message::Request(request) = &heard.message
                && request.method == method
            {
                let request = request.clone();
                return (heard, request);
            }
        }
    }

    /// The next response beyond 100.
    pub(crate) async fn response(&mut self) -> Response {
        loop {
            if let Message::Response(response) = self.heard().await.message
                && response.status.code() > 100
            {
                return response;
            }
        }
    }

    /// Opens a connection to a gateway, as the service does: `None` where it hangs up at once.
    pub(crate) async fn open(&self, to: SocketAddr, identity: &Identity) -> Option<Line> {
        let connector = TlsConnector::from(self.authority.client(Some(identity)));
        let name = ServerName::try_from(GATEWAY).expect("a name");
        let stream = TcpStream::connect(to).await.expect("loopback");
        let stream = connector.connect(name, stream).await.ok()?;
        let (line, task) = line(Arc::clone(&self.book), None, stream.into());
        tokio::spawn(task);
        Some(line)
    }

    /// The certificate that the service shows: made for servers alone.
    pub(crate) fn identity(&self) -> Identity {
        self.authority.sign(&[PROXIES[0]], &[Usage::ServerAuth])
    }

    /// A request of the service to the gateway, in a dialog or not.
    pub(crate) fn ask(&mut self, line: &Line, wanted: &Wanted<'_>) {
        self.next += 1;
        line.send(wanted.text(self.next));
    }
}

/// What the service asks of a gateway.
pub(crate) struct Wanted<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) call: &'a str,
    pub(crate) seq: u32,
    /// The gateway's tag, within a dialog.
    pub(crate) to_tag: &'a str,
    /// More headers, each with its line end.
    pub(crate) more: &'a str,
    pub(crate) body: &'a str,
}

impl Wanted<'_> {
    pub(crate) fn text(&self, branch: u64) -> String {
        let Self { method, target, call, seq, to_tag, more, body } = self;
        let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let host = PROXIES[3];
        format!(
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/TLS {host}:5061;branch=z9hG4bKs{branch}\r\nMax-Forwards: 70\r\n\
             From: <sip:+4930123456@{}>;tag=service\r\nTo: <{target}>{to_tag}\r\n\
             Call-ID: {call}\r\nCSeq: {seq} {method}\r\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n\
             {more}{kind}Content-Length: {}\r\n\r\n{body}",
            PROXIES[0],
            body.len()
        )
    }
}

/// An answer to a request of the gateway's.
pub(crate) fn answer(to: &Request, status: &str, tag: &str, more: &str, body: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for (name, value) in to.headers.iter() {
        let is_copied = matches!(
            *name,
            HeaderName::Via | HeaderName::From | HeaderName::CallId | HeaderName::CSeq
        );
        let value = String::from_utf8_lossy(value);
        if is_copied {
            text += &format!("{name}: {value}\r\n");
        } else if *name == HeaderName::To {
            let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
            text += &format!("To: {value}{tag}\r\n");
        }
    }
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    text + &format!("{more}{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A header's first value as it stands.
pub(crate) fn header(headers: &sip_codec::Headers, name: HeaderName) -> String {
    let mut values = headers.iter().filter(|(is, _)| **is == name);
    values.next().map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

async fn talk(book: Arc<Book>, proxy: Option<usize>, stream: TlsStream<TcpStream>) {
    let (_line, task) = line(book, proxy, stream);
    task.await;
}

/// A connection and what carries it.
fn line(
    book: Arc<Book>,
    proxy: Option<usize>,
    stream: TlsStream<TcpStream>,
) -> (Line, impl Future<Output = ()> + Send) {
    let (writes, waiting) = mpsc::unbounded_channel();
    let number = book.lines.fetch_add(1, Ordering::Relaxed);
    let line = Line { number, writes };
    (line.clone(), carry(book, proxy, stream, line, waiting))
}

async fn carry(
    book: Arc<Book>,
    proxy: Option<usize>,
    mut stream: TlsStream<TcpStream>,
    line: Line,
    mut writes: mpsc::UnboundedReceiver<Write>,
) {
    let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let certificate = certificate.map(|it| it.clone().into_owned());
    let side = if proxy.is_some() { StreamSide::Accepted } else { StreamSide::Opened };
    let mut decoder = StreamDecoder::new(Limits::default(), side);
    let mut buffer = BytesMut::new();
    loop {
        tokio::select! {
            write = writes.recv() => match write {
                Some(Write::Bytes(bytes)) => {
                    if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
                Some(Write::Reset) => {
                    let _ = set_socket_linger(stream.get_ref().0, Some(Duration::ZERO));
                    return;
                }
                None => return,
            },
            read = stream.read_buf(&mut buffer) => {
                if !matches!(read, Ok(1..)) {
                    return;
                }
                while let Ok(Some(item)) = decoder.decode(&mut buffer) {
                    let StreamItem::Message(message) = item else { continue };
                    if let Some(answer) = book.take(proxy, &line, certificate.as_ref(), message) {
                        line.send(answer);
                    }
                }
            }
        }
    }
}

impl Book {
    /// Refuses what breaks a rule, answers OPTIONS, and hands the rest on.
    fn take(
        &self,
        proxy: Option<usize>,
        line: &Line,
        certificate: Option<&CertificateDer<'static>>,
        message: Message,
    ) -> Option<String> {
        if let (Some(proxy), Message::Request(request), Some(certificate)) =
            (proxy, &message, certificate)
        {
            let opens = !header(&request.headers, HeaderName::To).contains("tag=");
            if opens && let Some(answer) = self.judge(proxy, request, certificate) {
                return Some(answer);
            }
        }
        let _ = self.heard.send(Heard { proxy, line: line.clone(), message });
        None
    }

    fn judge(
        &self,
        proxy: usize,
        request: &Request,
        certificate: &CertificateDer<'static>,
    ) -> Option<String> {
        let mut asked = self.asked.lock().expect("alive");
        let now = Instant::now();
        let facts = Facts {
            certificate,
            tenants: &self.tenants,
            asked: asked.get(&proxy).copied(),
            now,
            guesses: Guesses::default(),
        };
        if let Err(broken) = rule::judge(request, &facts) {
            self.broken.lock().expect("alive").push(broken.rule);
            return Some(answer(request, &format!("{} No", broken.status), "no", "", ""));
        }
        if request.method != Method::Options {
            return None;
        }
        asked.insert(proxy, now);
        let contact = header(&request.headers, HeaderName::Contact);
        let port = contact.split(':').nth(2).and_then(|rest| rest.split([';', '>']).next());
        *self.door.lock().expect("alive") = port.and_then(|port| port.parse().ok());
        self.questions.lock().expect("alive").push(proxy);
        Some(answer(request, "200 OK", "yes", "", ""))
    }
}

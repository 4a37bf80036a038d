//! A lossy link: a relay between one telephone and the bridge that passes signalling on and drops
//! some of the RTP that the telephone sends. It stands where a NAT with a SIP gateway would, and
//! puts its own media address into both session descriptions.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long a relay thread waits before it looks whether the link was dropped.
const POLL: Duration = Duration::from_millis(100);

pub(crate) struct LossyLink {
    port: u16,
    link: Arc<Link>,
    threads: Vec<JoinHandle<()>>,
}

/// Two sockets for signalling and two for media, one towards each side.
struct Link {
    signalling: Pair,
    media: Pair,
    telephone_media_port: AtomicU16,
    bridge_media_port: AtomicU16,
    passed: AtomicU32,
    dropped: AtomicU32,
    closed: AtomicBool,
}

struct Pair {
    towards_telephone: UdpSocket,
    towards_bridge: UdpSocket,
}

impl LossyLink {
    /// Stands before the bridge's SIP port, and drops the given share of the telephone's RTP by a
    /// seeded generator.
    pub(crate) fn new(bridge_port: u16, loss: f64, seed: u64) -> Self {
        let link = Arc::new(Link {
            signalling: Pair::new(),
            media: Pair::new(),
            telephone_media_port: AtomicU16::new(0),
            bridge_media_port: AtomicU16::new(0),
            passed: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        });
        let port = local_port(&link.signalling.towards_telephone);
        let bridge = SocketAddr::from((Ipv4Addr::LOCALHOST, bridge_port));
        let threads = vec![
            spawn(&link, move |link| link.relay_signalling(bridge)),
            spawn(&link, move |link| link.relay_lossy(loss, seed)),
            spawn(&link, Link::relay_clean),
        ];
        Self { port, link, threads }
    }

    /// The SIP port that the telephone calls.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The share of the telephone's packets that was lost.
    pub(crate) fn loss(&self) -> f64 {
        let dropped = f64::from(self.link.dropped.load(Ordering::Relaxed));
        let passed = f64::from(self.link.passed.load(Ordering::Relaxed));
        dropped / (dropped + passed)
    }
}

impl Drop for LossyLink {
    fn drop(&mut self) {
        self.link.closed.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Link {
    fn relay_signalling(&self, bridge: SocketAddr) {
        let Pair { towards_telephone, towards_bridge } = &self.signalling;
        let mut telephone = None;
        while self.is_open() {
            if let Some((message, source)) = receive(towards_telephone) {
                telephone = Some(source);
                let relay = local_port(&self.media.towards_bridge);
                let (message, port) = with_media_port(&message, relay);
                learn(&self.telephone_media_port, port);
                let _ = towards_bridge.send_to(&message, bridge);
            }
            if let (Some((message, _)), Some(telephone)) = (receive(towards_bridge), telephone) {
                let relay = local_port(&self.media.towards_telephone);
                let (message, port) = with_media_port(&message, relay);
                learn(&self.bridge_media_port, port);
                let _ = towards_telephone.send_to(&message, telephone);
            }
        }
    }

    fn relay_lossy(&self, loss: f64, seed: u64) {
        let mut state = seed;
        while self.is_open() {
            let Some((packet, _)) = receive(&self.media.towards_telephone) else { continue };
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if ((state >> 32) as f64) < loss * f64::from(u32::MAX) {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            } else {
                self.passed.fetch_add(1, Ordering::Relaxed);
                forward(&self.media.towards_bridge, &packet, &self.bridge_media_port);
            }
        }
    }

    fn relay_clean(&self) {
        while self.is_open() {
            if let Some((packet, _)) = receive(&self.media.towards_bridge) {
                forward(&self.media.towards_telephone, &packet, &self.telephone_media_port);
            }
        }
    }

    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }
}

impl Pair {
    fn new() -> Self {
        Self { towards_telephone: socket(), towards_bridge: socket() }
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
    socket.set_read_timeout(Some(POLL)).expect("a time above zero");
    socket
}

fn local_port(socket: &UdpSocket) -> u16 {
    socket.local_addr().expect("bound").port()
}

fn spawn(link: &Arc<Link>, run: impl FnOnce(&Link) + Send + 'static) -> JoinHandle<()> {
    let link = Arc::clone(link);
    thread::spawn(move || run(&link))
}

fn receive(socket: &UdpSocket) -> Option<(Vec<u8>, SocketAddr)> {
    let mut buffer = [0; 4096];
    let (length, source) = socket.recv_from(&mut buffer).ok()?;
    Some((buffer[..length].to_vec(), source))
}

fn forward(socket: &UdpSocket, packet: &[u8], port: &AtomicU16) {
    let port = port.load(Ordering::Relaxed);
    if port != 0 {
        let _ = socket.send_to(packet, (Ipv4Addr::LOCALHOST, port));
    }
}

fn learn(known: &AtomicU16, port: Option<u16>) {
    if let Some(port) = port {
        known.store(port, Ordering::Relaxed);
    }
}

/// A SIP message whose `m=audio` line, if it has one, names `relay` instead of the port that is
/// also returned; `Content-Length` follows.
fn with_media_port(message: &[u8], relay: u16) -> (Vec<u8>, Option<u16>) {
    let text = String::from_utf8_lossy(message);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return (message.to_vec(), None) };
    let mut port = None;
    let body: Vec<String> = body
        .split("\r\n")
        .map(|line| match line.strip_prefix("m=audio ").and_then(|rest| rest.split_once(' ')) {
            Some((number, rest)) => {
                port = number.parse().ok();
                format!("m=audio {relay} {rest}")
            }
            None => line.to_owned(),
        })
        .filter(|line| !line.starts_with("a=rtcp:"))
        .collect();
    let body = body.join("\r\n");
    let head: Vec<String> = head
        .split("\r\n")
        .map(|line| match line.split_once(':') {
            Some((name, _)) if name.eq_ignore_ascii_case("content-length") => {
                format!("{name}: {}", body.len())
            }
            _ => line.to_owned(),
        })
        .collect();
    (format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes(), port)
}

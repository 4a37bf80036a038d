//! ICE over TCP (RFC 6544): connections of browsers that no UDP reaches, each datagram in a frame
//! of its own (RFC 4571). Counted, bounded, and closed where they are silent or too slow.

use super::door::Door;
use super::lookup::Lookup;
use super::outbox::Load;
use super::{Datagram, Route};
use causeway_plan::CandidateProtocol;
use causeway_wire::framing;
use rustix::event::{Timespec, epoll};
use socket2::SockRef;
use std::collections::HashMap;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv6Addr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Connections of one worker. A worker's browsers, each with one to spare.
const MAX_CONNECTIONS: usize = 2048;

/// Connections of one source (an IPv6 source is a /64) that are not proven: a browser opens one
/// for each of our addresses, and behind one address may sit an office.
const MAX_UNPROVEN: usize = 64;

/// A connection without a genuine check by then is closed, and so is one by then after its leg
/// ended, or after the lookup forgot it for others of the same leg.
const PROVE_WITHIN: Duration = Duration::from_secs(10);

/// One on which nothing comes for so long is closed: checks come every few seconds.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// The longest frame that is taken, as from UDP.
const MAX_FRAME: usize = 2048;

/// Bytes that may wait to be sent: a second or two of audio. What does not fit is lost, as on a
/// slow network; old sound helps nobody.
const MAX_WAITING: usize = 16 << 10;

/// Of them, bytes behind which a picture may wait: the rest is sound's.
const MAX_BEFORE_PICTURES: usize = MAX_WAITING / 2;

/// Bytes that the system keeps for a connection beyond what is on its way: sound waits behind no
/// more of a picture than this, a tenth of a second of 2.5 Mbit/s.
const MAX_UNSENT: u32 = 32 << 10;

/// A connection that takes nothing for so long while something waits is closed.
const MAX_STALL: Duration = Duration::from_secs(15);

/// Bytes read of one connection in a tick.
const READ_PER_TICK: usize = 32 << 10;

/// Connections accepted in a tick, so that a flood does not delay the media.
const MAX_ACCEPTS: usize = 32;

/// Connections that epoll names at once.
const BATCH: usize = 256;

/// The sending side, for any worker.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    waiting: Mutex<Vec<u8>>,
}

/// The receiving side, for the door's worker.
#[derive(Debug)]
struct Reader {
    connection: Arc<Connection>,
    route: Route,
    held: Vec<u8>,
    standing: Standing,
    heard: Instant,
    /// When something began to wait, or the peer last took of it.
    stalled: Option<Instant>,
}

/// Whether a connection is some leg's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// No leg's, since it was opened or since its leg ended.
    Unproven { since: Instant },
    /// A genuine check came by it, and the lookup knows it.
    Proven,
}

/// All connections of a door.
#[derive(Debug)]
pub(crate) struct Streams {
    epoll: OwnedFd,
    readers: HashMap<u64, Reader>,
    /// Those that ended since the last sweep.
    ended: Vec<Route>,
    next: u64,
    buffer: Box<[u8; READ_PER_TICK]>,
}

/// Tokens below are listeners'.
const FIRST_CONNECTION: u64 = 1 << 16;

impl Streams {
    /// Watches a door's listeners.
    pub(crate) fn new(door: &Door) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (at, (_, listener)) in door.tcp.iter().enumerate() {
            let token = epoll::EventData::new_u64(at as u64);
            epoll::add(&epoll, listener.as_fd(), token, epoll::EventFlags::IN)?;
        }
        Ok(Self {
            epoll,
            readers: HashMap::new(),
            ended: Vec::new(),
            next: FIRST_CONNECTION,
            buffer: Box::new([0; READ_PER_TICK]),
        })
    }

    /// Accepts and reads. `take` says whether a datagram proves its connection.
    pub(crate) fn run(
        &mut self,
        door: &Door,
        now: Instant,
        take: &mut dyn FnMut(&Datagram<'_>) -> bool,
    ) {
        let mut events = [const { MaybeUninit::<epoll::Event>::uninit() }; BATCH];
        let waited = epoll::wait(&self.epoll, &mut events, Some(&Timespec::default()));
        let Ok((events, _)) = waited else { return };
        for event in events {
            match event.data.u64() {
                listener if listener < FIRST_CONNECTION => {
                    self.accept(door, listener as usize, now);
                }
                token => self.read(door, token, now, take),
            }
        }
    }

    /// Closes what is silent, stalled, or was not proven in time, and has the lookup forget what
    /// ended: who has the same address next must prove itself anew.
    pub(crate) fn sweep(&mut self, door: &Door, lookup: &mut Lookup, now: Instant) {
        self.readers.retain(|_, reader| {
            if reader.standing == Standing::Proven && lookup.of_source(reader.route).is_none() {
                reader.standing = Standing::Unproven { since: now };
            }
            let keeps = reader.flush(now) && reader.is_alive(now);
            if !keeps {
                door.disconnected(reader.route);
                self.ended.push(reader.route);
            }
            keeps
        });
        self.ended.drain(..).for_each(|route| lookup.forget_source(route));
    }

    fn accept(&mut self, door: &Door, listener: usize, now: Instant) {
        let Some((local, listener)) = door.tcp.get(listener) else { return };
        for _ in 0..MAX_ACCEPTS {
            let Ok((stream, source)) = listener.accept() else { return };
            if self.readers.len() >= MAX_CONNECTIONS || self.unproven(source.ip()) >= MAX_UNPROVEN {
                continue;
            }
            let route = Route { protocol: CandidateProtocol::Tcp, source, local: *local };
            // Fails only for a connection that is gone already.
            let _ = self.open(door, stream, route, now);
        }
    }

    fn unproven(&self, source: IpAddr) -> usize {
        let unproven = |reader: &&Reader| {
            reader.standing != Standing::Proven
                && network(reader.route.source.ip()) == network(source)
        };
        self.readers.values().filter(unproven).count()
    }

    fn open(
        &mut self,
        door: &Door,
        stream: TcpStream,
        route: Route,
        now: Instant,
    ) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        // Where a system knows no such bound, sound is only later.
        let _ = SockRef::from(&stream).set_tcp_notsent_lowat(MAX_UNSENT);
        let token = self.next;
        epoll::add(
            &self.epoll,
            stream.as_fd(),
            epoll::EventData::new_u64(token),
            epoll::EventFlags::IN,
        )?;
        self.next += 1;
        let connection = Arc::new(Connection { stream, waiting: Mutex::default() });
        door.connected(route, Arc::clone(&connection));
        let reader = Reader {
            connection,
            route,
            held: Vec::new(),
            standing: Standing::Unproven { since: now },
            heard: now,
            stalled: None,
        };
        self.readers.insert(token, reader);
        Ok(())
    }

    fn read(
        &mut self,
        door: &Door,
        token: u64,
        now: Instant,
        take: &mut dyn FnMut(&Datagram<'_>) -> bool,
    ) {
        let Some(reader) = self.readers.get_mut(&token) else { return };
        if reader.read(now, &mut self.buffer[..], take) {
            return;
        }
        door.disconnected(reader.route);
        self.ended.push(reader.route);
        // The socket closes with the last who sends on it; nothing more is read of it now.
        let _ = epoll::delete(&self.epoll, reader.connection.stream.as_fd());
        self.readers.remove(&token);
    }
}

impl Reader {
    /// False where the connection has ended, or says what no frame is.
    fn read(
        &mut self,
        now: Instant,
        buffer: &mut [u8],
        take: &mut dyn FnMut(&Datagram<'_>) -> bool,
    ) -> bool {
        let len = match (&self.connection.stream).read(buffer) {
            Ok(0) => return false,
            Ok(len) => len,
            Err(error) => return is_passing(&error),
        };
        self.heard = now;
        self.held.extend_from_slice(buffer.get(..len).unwrap_or_default());
        let mut at = 0;
        while let Some(rest) = self.held.get(at..)
            && let Some(length) = framing::announced(rest)
        {
            if length > MAX_FRAME {
                return false;
            }
            let Some((frame, taken)) = framing::next(rest) else { break };
            let datagram = Datagram { route: self.route, arrival: now, bytes: frame };
            if take(&datagram) {
                self.standing = Standing::Proven;
            }
            at += taken;
        }
        self.held.drain(..at);
        true
    }

    fn is_alive(&self, now: Instant) -> bool {
        let since = |at: Instant| now.saturating_duration_since(at);
        let in_time = match self.standing {
            Standing::Unproven { since: begin } => since(begin) < PROVE_WITHIN,
            Standing::Proven => true,
        };
        in_time
            && since(self.heard) < MAX_SILENCE
            && self.stalled.is_none_or(|stalled| since(stalled) < MAX_STALL)
    }

    /// Sends what waits. False where the connection is broken.
    fn flush(&mut self, now: Instant) -> bool {
        let mut waiting = self.connection.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_empty() {
            self.stalled = None;
            return true;
        }
        match (&self.connection.stream).write(&waiting) {
            Ok(0) => {}
            Ok(sent) => {
                waiting.drain(..sent);
                self.stalled = Some(now);
                return true;
            }
            Err(error) if is_passing(&error) => {}
            Err(_) => return false,
        }
        self.stalled.get_or_insert(now);
        true
    }
}

/// Sends a datagram in its frame: whole, or not at all.
pub(crate) fn send(connection: &Connection, datagram: &[u8], load: Load) {
    let most = match load {
        Load::Urgent => MAX_WAITING,
        Load::Pictures => MAX_BEFORE_PICTURES,
    };
    let Some(length) = framing::length(datagram) else { return };
    let mut waiting = connection.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sent = 0;
    if waiting.is_empty() {
        let parts = [IoSlice::new(&length), IoSlice::new(datagram)];
        sent = (&connection.stream).write_vectored(&parts).unwrap_or(0);
    } else if waiting.len() + length.len() + datagram.len() > most {
        return;
    }
    if sent < length.len() + datagram.len() {
        waiting.extend(length.iter().chain(datagram).skip(sent));
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// What one customer of a network has: an address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (!0 << 64)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a real socket takes real time")]

    use super::super::Outbox;
    use super::*;
    use crate::WebRtcConfig;
    use crate::clock::Now;
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    #[test]
    fn a_network_of_ipv6_counts_as_one_source() {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = WebRtcConfig { addresses: vec![loopback], udp_port: 0, tcp_port: None };
        let door = Door::open(&config, 0, 0).expect("loopback");
        let listener = TcpListener::bind((loopback, 0)).expect("loopback");
        let target = listener.local_addr().expect("bound");
        let mut streams = Streams::new(&door).expect("epoll");
        for number in 1..=5 {
            let stream = TcpStream::connect(target).expect("loopback");
            let source = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, number, 0, 0, 1);
            let source = SocketAddr::from((source, 5000));
            let route = Route { protocol: CandidateProtocol::Tcp, source, local: target };
            streams.open(&door, stream, route, Now::read().instant).expect("opens");
        }
        let unproven = |source: &str| streams.unproven(source.parse().expect("an address"));
        assert_eq!(unproven("2001:db8:0:1:ffff::7"), 5);
        assert_eq!(unproven("2001:db8:0:2::1"), 0);
        assert_eq!(unproven("192.0.2.1"), 0);
    }

    #[test]
    fn pictures_leave_room_for_sound_where_a_peer_takes_little() {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = WebRtcConfig { addresses: vec![loopback], udp_port: 0, tcp_port: None };
        let door = Door::open(&config, 0, 0).expect("loopback");
        let listener = TcpListener::bind((loopback, 0)).expect("loopback");
        let local = listener.local_addr().expect("bound");
        let mut peer = TcpStream::connect(local).expect("loopback");
        let (stream, source) = listener.accept().expect("it came");
        let route = Route { protocol: CandidateProtocol::Tcp, source, local };
        let mut streams = Streams::new(&door).expect("epoll");
        streams.open(&door, stream, route, Now::read().instant).expect("opens");
        let (mut outbox, door) = (Outbox::default(), Arc::new(door));
        let mut push = |load, count: u8, bytes: usize| {
            outbox.carry(load);
            for number in 0..count {
                let datagram = vec![number; bytes];
                outbox.push(&door, CandidateProtocol::Tcp, local, source, datagram);
            }
        };
        // More than the system takes for a peer that reads nothing.
        (0..40).for_each(|_| push(Load::Pictures, 200, 1_100));
        push(Load::Urgent, 60, 100);
        peer.set_nonblocking(true).expect("supported");
        let (mut held, mut sound, mut pictures) = (vec![], vec![], 0);
        let until = Instant::now() + Duration::from_secs(5);
        while sound.len() < 60 && Instant::now() < until {
            streams.sweep(&door, &mut Lookup::default(), Now::read().instant);
            let mut buffer = [0; 4_096];
            let read = peer.read(&mut buffer).unwrap_or(0);
            held.extend_from_slice(&buffer[..read]);
            while let Some((frame, taken)) = framing::next(&held) {
                match frame.len() {
                    100 => sound.push(frame[0]),
                    _ => pictures += 1,
                }
                held.drain(..taken);
            }
        }
        assert_eq!(sound, (0..60).collect::<Vec<u8>>());
        assert!(pictures > 0 && pictures < 8_000, "{pictures}");
    }
}

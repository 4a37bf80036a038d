//! Browsers: a session of `str0m` each. Those that do not look only count what comes, which its
//! header tells in the clear; a load that opened it all would cost more than what is measured.

use super::camera::{Camera, Schedule, Times};
use super::screen::Screens;
use super::{LOCAL, payload_type, told};
use crate::browser::{CAMERA, Introduction, line_of, mid, shown};
use crate::case::{Case, Kind};
use crate::clip;
use causeway_base::VideoCodec;
use causeway_rtp::video::Piece;
use causeway_wire::demux::DatagramKind;
use causeway_wire::rtp::RtpHeader;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

/// A session is asked what it wants this often at least.
const ROUND: Duration = Duration::from_millis(5);

/// Introduces one browser for each line that it is told, until all are there; then connects them,
/// and plays once it is told anything more.
pub(super) fn serve(case: &Case) -> io::Result<()> {
    let access_units = clip::encoded(case.size)?;
    let mut room = Room { browsers: vec![], epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? };
    for _ in 0..case.sources {
        room.let_in(&told()?, case.tiles())?;
    }
    let (go, begins) = sync_channel(1);
    std::thread::spawn(move || go.send(told().is_ok()));
    room.connect(&begins)?;
    let times = Arc::new(Times::new());
    // Nobody gets its own tile: the first looks at the second.
    let watched = usize::from(case.kind == Kind::Forwarded);
    let first = if watched == 0 { (0, 0) } else { (0, watched + 1) };
    let mut screens = Screens::new(case, first, Arc::clone(&times));
    let mut cameras: Vec<_> =
        (0..case.shown).map(|_| Camera::new(CAMERA, payload_type(VideoCodec::H264))).collect();
    let mut schedule = Schedule::new(cameras.len());
    while screens.goes_on() {
        let now = Instant::now();
        while schedule.due() <= now {
            let at = schedule.next();
            let (camera, browser) = (&mut cameras[at], &mut room.browsers[at]);
            if std::mem::take(&mut browser.asked) {
                camera.ask(now);
            }
            let number =
                camera.film(&access_units, |header, payload| browser.send(header, payload));
            browser.turn(now)?;
            if at == watched {
                times.sent(number);
            }
        }
        room.take(schedule.due().saturating_duration_since(now), |came, packet| {
            let Came { receiver, line, marker, bytes } = came;
            // Until the tiles are there, the picture is.
            let is_tile = line > 0;
            if is_tile == (case.kind == Kind::Forwarded)
                && screens.count((receiver, line), marker, bytes)
                && let Some(packet) = packet
            {
                screens.look(&Piece {
                    seq: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    marker,
                    payload: &packet.payload,
                });
            }
        })?;
    }
    screens.tell(case.streams());
    Ok(())
}

/// A packet that came.
#[derive(Clone, Copy)]
struct Came {
    receiver: usize,
    line: usize,
    marker: bool,
    bytes: usize,
}

impl Came {
    /// What its header tells in the clear.
    fn read(receiver: usize, datagram: &[u8]) -> Self {
        let ssrc = datagram.get(8..12).and_then(|bytes| bytes.try_into().ok());
        Self {
            receiver,
            line: line_of(u32::from_be_bytes(ssrc.unwrap_or_default())),
            marker: datagram.get(1).is_some_and(|byte| byte & 0x80 != 0),
            bytes: datagram.len(),
        }
    }
}

struct Room {
    browsers: Vec<Browser>,
    epoll: OwnedFd,
}

struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    door: SocketAddr,
    due: Instant,
    /// A full picture was asked for.
    asked: bool,
    /// What came and was opened.
    opened: Vec<RtpPacket>,
}

impl Room {
    fn let_in(&mut self, line: &[String], tiles: usize) -> io::Result<()> {
        let bridge = Introduction::read(line)?;
        let (browser, own) = Browser::new(&bridge, tiles)?;
        println!("{}", own.written().join(" "));
        let data = epoll::EventData::new_u64(self.browsers.len() as u64);
        epoll::add(&self.epoll, &browser.socket, data, epoll::EventFlags::IN)?;
        self.browsers.push(browser);
        Ok(())
    }

    /// Runs the sessions until all are to begin.
    fn connect(&mut self, begins: &Receiver<bool>) -> io::Result<()> {
        loop {
            match begins.try_recv() {
                Ok(true) => return Ok(()),
                Err(TryRecvError::Empty) => self.take(ROUND, |_, _| {})?,
                Ok(false) | Err(TryRecvError::Disconnected) => {
                    return Err(io::Error::other("the bench ended"));
                }
            }
        }
    }

    /// Takes what comes, waiting so long for it; of the first receiver the packet too.
    fn take(
        &mut self,
        wait: Duration,
        mut count: impl FnMut(Came, Option<&RtpPacket>),
    ) -> io::Result<()> {
        let mut events: Vec<epoll::Event> = Vec::with_capacity(256);
        let wait = wait.min(ROUND);
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(wait.subsec_nanos()) };
        epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&timeout))?;
        let now = Instant::now();
        let mut buffer = [0; 2_048];
        for event in &events {
            let number = event.data.u64() as usize;
            let browser = &mut self.browsers[number];
            while let Ok(len) = browser.socket.recv(&mut buffer) {
                let datagram = &buffer[..len];
                let is_media = DatagramKind::of(datagram) == DatagramKind::Rtp;
                let came = Came::read(number, datagram);
                if is_media && number > 0 {
                    count(came, None);
                    continue;
                }
                browser.receive(now, datagram)?;
                for packet in browser.opened.drain(..) {
                    count(came, Some(&packet));
                }
            }
        }
        let due = self.browsers.iter_mut().filter(|browser| browser.due <= now);
        due.into_iter().try_for_each(|browser| browser.turn(now))
    }
}

impl Browser {
    fn new(bridge: &Introduction, tiles: usize) -> io::Result<(Self, Introduction)> {
        let socket = UdpSocket::bind((LOCAL, 0))?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        let own = IceCreds::new();
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .set_local_ice_credentials(own.clone())
            .clear_codecs()
            .clear_extension_map();
        for (codec, of) in [(VideoCodec::H264, Codec::H264), (VideoCodec::Vp8, Codec::Vp8)] {
            let (payload_type, clock) = (payload_type(codec).into(), Frequency::NINETY_KHZ);
            let params = FormatParams::default();
            config.codec_config().add_config(payload_type, None, of, clock, None, params);
        }
        let now = Instant::now();
        let mut rtc = config.build(now);
        let at = |address| Candidate::host(address, "udp").map_err(io::Error::other);
        rtc.add_local_candidate(at(local)?);
        rtc.add_remote_candidate(at(bridge.address)?);
        let mut direct = rtc.direct_api();
        direct.set_ice_controlling(true);
        let (ufrag, pass) = (bridge.ufrag.clone(), bridge.password.clone());
        direct.set_remote_ice_credentials(IceCreds { ufrag, pass });
        direct.set_remote_fingerprint(str0m::config::Fingerprint {
            hash_func: "sha-256".into(),
            bytes: bridge.fingerprint.to_vec(),
        });
        for line in 0..=tiles {
            let mid = Mid::from(&*mid(line));
            direct.declare_media(mid, MediaKind::Video);
            if line == 0 {
                direct.declare_stream_tx(CAMERA.into(), None, mid, None);
            }
            direct.expect_stream_rx(shown(line).into(), None, mid, None).suppress_nack(true);
        }
        direct.start_dtls(true).map_err(io::Error::other)?;
        let fingerprint = direct.local_dtls_fingerprint().bytes.clone();
        let own = Introduction {
            ufrag: own.ufrag,
            password: own.pass,
            fingerprint: fingerprint.try_into().map_err(|_| io::Error::other("32 bytes"))?,
            address: local,
        };
        let (asked, opened) = (false, vec![]);
        let door = bridge.address;
        Ok((Self { rtc, socket, local, door, due: now, asked, opened }, own))
    }

    fn receive(&mut self, now: Instant, datagram: &[u8]) -> io::Result<()> {
        let receive = Receive::new(Protocol::Udp, self.door, self.local, datagram);
        let receive = receive.map_err(io::Error::other)?;
        self.rtc.handle_input(Input::Receive(now, receive)).map_err(io::Error::other)?;
        self.drain()
    }

    /// Hands a packet over; it goes out with [`Self::turn`].
    fn send(&mut self, header: RtpHeader, payload: &[u8]) {
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_tx(&CAMERA.into()) {
            let RtpHeader { marker, payload_type, sequence, timestamp, .. } = header;
            let sequence = u64::from(sequence).into();
            let now = Instant::now();
            let write = RtpWrite::new(payload_type.into(), sequence, timestamp, now, payload);
            stream.write_rtp(write.marker(marker));
        }
    }

    fn turn(&mut self, now: Instant) -> io::Result<()> {
        self.rtc.handle_input(Input::Timeout(now)).map_err(io::Error::other)?;
        self.drain()
    }

    fn drain(&mut self) -> io::Result<()> {
        loop {
            match self.rtc.poll_output().map_err(io::Error::other)? {
                Output::Timeout(at) => {
                    self.due = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    // What the socket does not take is lost, as on a network.
                    let _ = self.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::KeyframeRequest(_)) => self.asked = true,
                Output::Event(Event::RtpPacket(packet)) => self.opened.push(packet),
                Output::Event(_) => {}
            }
        }
    }
}

//! A room that is GStreamer, behind a path that loses packets on the way to the bridge or from it:
//! what either asks for again the other sends again, by a stream of its own (RFC 4588). No code of
//! ours answers for the room.

use super::{
    caller::Caller,
    film::free_pair,
    folder::Folder,
    process::{PATIENCE, Process},
};
use crate::picture::Picture;
use causeway_wire::rtcp::{PayloadFeedback, RtcpPacket, RtcpView, TransportFeedback};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const POLL: Duration = Duration::from_millis(50);

const MEDIA: u8 = 96;
const AGAIN: u8 = 97;

/// Of the packets that are sent for the first time, one of so many is lost.
const LOST: u32 = 12;

/// Pictures of its screen that are kept.
const KEPT: u32 = 8;

pub(crate) struct Gstreamer {
    _caller: Caller,
    process: Process,
    folder: Folder,
    path: Arc<Path>,
    relays: Vec<JoinHandle<()>>,
}

/// The way on which packets are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Towards {
    Bridge,
    Room,
}

/// What happened on the way that loses.
struct Way {
    loses: Towards,
    sent: AtomicU32,
    lost: AtomicU32,
    /// Packets that came again.
    again: AtomicU32,
    /// What its other end asked for: packets again, and full pictures.
    nacks: AtomicU32,
    full: AtomicU32,
}

/// The same to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) lost: u32,
    pub(crate) again: u32,
    pub(crate) nacks: u32,
    pub(crate) full: u32,
}

struct Path {
    towards_bridge: UdpSocket,
    towards_room: UdpSocket,
    bridge: SocketAddr,
    /// Where the room takes RTP; RTCP on the next port.
    room: u16,
    way: Way,
    over: AtomicBool,
}

impl Gstreamer {
    /// Calls with VP8, a red picture in which a white ball moves.
    pub(crate) fn call(name: &str, alias: &str, port: u16, loses: Towards) -> Self {
        let (towards_bridge, towards_room) = (socket(), socket());
        let own = port_of(&towards_bridge);
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {} RTP/AVP 8\r\na=recvonly\r\n\
             m=video {own} RTP/AVPF {MEDIA} {AGAIN}\r\nb=TIAS:2000000\r\n\
             a=rtpmap:{MEDIA} VP8/90000\r\na=rtpmap:{AGAIN} rtx/90000\r\n\
             a=fmtp:{AGAIN} apt={MEDIA}\r\na=rtcp-mux\r\na=rtcp-fb:{MEDIA} nack\r\n\
             a=rtcp-fb:{MEDIA} nack pli\r\na=content:main\r\n",
            free_pair(),
        );
        let caller = Caller::call(name, alias, port, &offer);
        let (folder, room) = (Folder::new(name), free_pair());
        let process = start(name, port_of(&towards_room), room, &folder);
        let path = Arc::new(Path {
            towards_bridge,
            towards_room,
            bridge: (Ipv4Addr::LOCALHOST, caller.port_of("video")).into(),
            room,
            way: Way::losing(loses),
            over: AtomicBool::new(false),
        });
        let relays = [Path::relay_to_bridge, Path::relay_to_room].map(|relay: fn(&Path)| {
            let path = Arc::clone(&path);
            thread::spawn(move || relay(&path))
        });
        Self { _caller: caller, process, folder, path, relays: relays.into() }
    }

    /// What its screen shows now, once it shows anything.
    pub(crate) fn snapshot(&self) -> Picture {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // The newest may be half written, and the oldest is about to go.
            let mut files: Vec<_> = fs::read_dir(self.folder.join(""))
                .expect("a folder")
                .filter_map(|file| Some(file.ok()?.path()))
                .collect();
            files.sort();
            if let [.., whole, _newest] = &files[..]
                && files.len() as u32 >= KEPT - 1
            {
                return Picture::read(whole);
            }
            let said = || self.process.said();
            assert!(Instant::now() < deadline, "GStreamer is shown nothing: {}", said());
            thread::sleep(POLL);
        }
    }

    /// What happened so far.
    pub(crate) fn counts(&self) -> Counts {
        self.path.way.counts()
    }
}

impl Drop for Gstreamer {
    fn drop(&mut self) {
        self.path.over.store(true, Ordering::Relaxed);
        for relay in self.relays.drain(..) {
            let _ = relay.join();
        }
    }
}

fn start(name: &str, target: u16, own: u16, folder: &Folder) -> Process {
    let again = format!("application/x-rtp-pt-map,{MEDIA}=(uint){AGAIN}");
    let target = format!("host=127.0.0.1 port={target} sync=false async=false");
    let parts = [
        "rtpsession name=s rtp-profile=avpf".to_owned(),
        format!(
            "videotestsrc is-live=true pattern=ball background-color=0xffff0000 \
             foreground-color=0xffffffff ! video/x-raw,width=640,height=360,framerate=30/1 \
             ! vp8enc deadline=1 cpu-used=8 target-bitrate=800000 keyframe-max-dist=3000 \
             ! rtpvp8pay pt={MEDIA} ssrc=1000 \
             ! rtprtxsend payload-type-map={again} ! s.send_rtp_sink"
        ),
        format!("s.send_rtp_src ! udpsink {target}"),
        format!("s.send_rtcp_src ! udpsink {target}"),
        format!(
            "udpsrc port={own} caps=application/x-rtp,media=video,payload={MEDIA},\
             clock-rate=90000,encoding-name=VP8 ! s.recv_rtp_sink"
        ),
        format!("udpsrc port={} caps=application/x-rtcp ! s.recv_rtcp_sink", own + 1),
        format!(
            "s.recv_rtp_src ! rtprtxreceive payload-type-map={again} ! rtpssrcdemux \
             ! rtpjitterbuffer do-retransmission=true latency=300 ! rtpvp8depay ! vp8dec \
             ! videoconvert ! videorate ! video/x-raw,framerate=5/1 ! pngenc compression-level=1 \
             ! multifilesink max-files={KEPT} location={}",
            folder.join("seen%06d.png").display()
        ),
    ];
    let mut command = Command::new("gst-launch-1.0");
    command.args(parts.iter().flat_map(|part| part.split_whitespace()));
    Process::start(name, &mut command)
}

impl Path {
    fn relay_to_bridge(&self) {
        self.relay(&self.towards_room, |packet, kind| {
            if self.way.takes(Towards::Bridge, packet, kind) {
                let _ = self.towards_bridge.send_to(packet, self.bridge);
            }
        });
    }

    fn relay_to_room(&self) {
        self.relay(&self.towards_bridge, |packet, kind| {
            let is_media = matches!(kind, Some(MEDIA | AGAIN));
            let port = if is_media { self.room } else { self.room + 1 };
            if self.way.takes(Towards::Room, packet, kind) {
                let _ = self.towards_room.send_to(packet, (Ipv4Addr::LOCALHOST, port));
            }
        });
    }

    /// Passes on what comes, with the payload type that it has if it is RTP.
    fn relay(&self, from: &UdpSocket, pass: impl Fn(&[u8], Option<u8>)) {
        let mut buffer = [0; 2048];
        while !self.over.load(Ordering::Relaxed) {
            let Ok((length, _)) = from.recv_from(&mut buffer) else { continue };
            let packet = &buffer[..length];
            pass(packet, packet.get(1).map(|byte| byte & 0x7f));
        }
    }
}

impl Way {
    fn losing(loses: Towards) -> Self {
        let [sent, lost, again, nacks, full] = Default::default();
        Self { loses, sent, lost, again, nacks, full }
    }

    /// Whether a packet gets through, and what that says of the way that loses.
    fn takes(&self, towards: Towards, packet: &[u8], kind: Option<u8>) -> bool {
        match kind {
            Some(MEDIA) => towards != self.loses || !self.is_lost(),
            Some(AGAIN) => {
                self.again.fetch_add(u32::from(towards == self.loses), Ordering::Relaxed);
                true
            }
            _ => {
                if towards != self.loses {
                    self.hear(packet);
                }
                true
            }
        }
    }

    /// Whether the next packet is lost.
    fn is_lost(&self) -> bool {
        let is_lost = self.sent.fetch_add(1, Ordering::Relaxed) % LOST == LOST - 1;
        self.lost.fetch_add(u32::from(is_lost), Ordering::Relaxed);
        is_lost
    }

    fn hear(&self, compound: &[u8]) {
        let Ok(compound) = RtcpView::parse(compound) else { return };
        for packet in compound.packets() {
            match packet {
                RtcpPacket::TransportFeedback(feedback) => {
                    let asks = matches!(feedback.transport(), Some(TransportFeedback::Nack(_)));
                    self.nacks.fetch_add(u32::from(asks), Ordering::Relaxed);
                }
                RtcpPacket::PayloadFeedback(feedback) => {
                    let asks = matches!(feedback.payload(), Some(PayloadFeedback::PictureLoss));
                    self.full.fetch_add(u32::from(asks), Ordering::Relaxed);
                }
                _ => {}
            }
        }
    }

    fn counts(&self) -> Counts {
        let of = |count: &AtomicU32| count.load(Ordering::Relaxed);
        Counts {
            lost: of(&self.lost),
            again: of(&self.again),
            nacks: of(&self.nacks),
            full: of(&self.full),
        }
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
    socket.set_read_timeout(Some(POLL)).expect("a time above zero");
    socket
}

fn port_of(socket: &UdpSocket) -> u16 {
    socket.local_addr().expect("bound").port()
}

//! A room of the scenarios' own: one call, ffmpeg for camera and screen, and between them and the
//! bridge the sockets that the call names. It answers no request for a full picture: its camera
//! makes one a second.

use super::{
    caller::Caller,
    cover::Cover,
    film::{Film, PAYLOAD_TYPE, Screen, free_pair},
    h323::{AgreedPicture, H323Room, Start},
    process::{PATIENCE, Process},
    voice::Voice,
};
use crate::picture::Picture;
use crate::sound::Wave;
use causeway_plan::MediaProtection;
use causeway_proto::h323::session::Command;
use causeway_wire::rtcp::RtcpWriter;
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long a relay waits before it looks whether the room is gone.
const POLL: Duration = Duration::from_millis(50);

/// A screen that shows nothing asks for a full picture this often.
const ASK: Duration = Duration::from_secs(1);

/// The source of its own reports.
const OWN_SSRC: u32 = 0x726f_6f6d;

pub(crate) struct Room {
    name: String,
    film: Film,
    call: Call,
    voice: Option<Voice>,
    screen: Screen,
    _camera: Process,
    passage: Arc<Passage>,
    relays: Vec<JoinHandle<()>>,
}

/// What its signalling speaks.
enum Call {
    Sip(#[expect(dead_code, reason = "it hangs up when it is dropped")] Caller),
    H323(H323Room),
}

type Agreed = Box<dyn Fn() -> Option<AgreedPicture> + Send + Sync>;

/// The sockets between ffmpeg and the bridge.
struct Passage {
    /// What is agreed at each moment.
    agreed: Agreed,
    towards_bridge: UdpSocket,
    /// The camera sends to it, and from it the screen is sent to.
    towards_ffmpeg: UdpSocket,
    bridge: SocketAddr,
    screen: SocketAddr,
    /// The source of what comes; 0 before.
    source: AtomicU32,
    /// Payloads that were a fragment of a NAL unit (RFC 6184 section 5.8).
    fragments: AtomicU32,
    /// Full pictures of H.264 that began.
    full: AtomicU32,
    /// Packets that did not open.
    shut: AtomicU32,
    over: AtomicBool,
}

impl Room {
    /// Calls, films, and shows what it is sent.
    pub(crate) fn call(name: &str, film: Film, alias: &str, port: u16) -> Self {
        let towards_bridge = socket(0);
        let own = towards_bridge.local_addr().expect("bound").port();
        // A room whose microphone is off.
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {} RTP/AVP 8\r\na=recvonly\r\n\
             m=video {own} RTP/AVP {PAYLOAD_TYPE}\r\nb=TIAS:4000000\r\n{}a=rtcp-mux\r\n\
             a=rtcp-fb:* nack pli\r\na=content:main\r\n",
            free_pair(),
            film.format()
        );
        let caller = Caller::call(name, alias, port, &offer);
        let bridge = (Ipv4Addr::LOCALHOST, caller.port_of("video")).into();
        Self::equip(name, film, Call::Sip(caller), towards_bridge, bridge, clear(&[PAYLOAD_TYPE]))
    }

    /// As a video conferencing system of Poly does, by the shape of its offers: G.722.1C first, which
    /// nobody need take, and H.264 in several formats; with a tone for its voice.
    pub(crate) fn call_as_poly(name: &str, film: Film, alias: &str, port: u16, hertz: f64) -> Self {
        let towards_bridge = socket(0);
        let own = towards_bridge.local_addr().expect("bound").port();
        let audio = free_pair();
        let microphone = UdpSocket::bind((Ipv4Addr::LOCALHOST, audio)).expect("a free port");
        let offer = format!(
            "v=0\r\no=PLCM 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nb=AS:2048\r\nt=0 0\r\n\
             m=audio {audio} RTP/AVP 115 8\r\na=rtpmap:115 G7221/32000\r\n\
             a=fmtp:115 bitrate=48000\r\na=rtpmap:8 PCMA/8000\r\n\
             m=video {own} RTP/AVP {PAYLOAD_TYPE} 109\r\nb=TIAS:1920000\r\n{}\
             a=rtpmap:109 H264/90000\r\na=fmtp:109 profile-level-id=428020\r\n\
             a=rtcp-fb:* ccm fir\r\na=rtcp-fb:* ccm tmmbr\r\na=content:main\r\n",
            film.format()
        );
        let agent = "Polycom/StudioX30/4.3.0";
        let caller = Caller::call_as(agent, name, alias, port, &offer);
        let at = |kind| SocketAddr::from((Ipv4Addr::LOCALHOST, caller.port_of(kind)));
        let (bridge, voice) = (at("video"), Voice::start(microphone, at("audio"), hertz));
        let agreed = clear(&[PAYLOAD_TYPE, 109]);
        let mut room = Self::equip(name, film, Call::Sip(caller), towards_bridge, bridge, agreed);
        room.voice = Some(voice);
        room
    }

    /// The same by H.323: H.264 as H.241 has it.
    pub(crate) fn call_h323(
        name: &str,
        film: Film,
        alias: &str,
        port: u16,
        start: Start,
        hertz: f64,
    ) -> Self {
        let own = free_pair();
        let towards_bridge = socket(own);
        let room = H323Room::dial(name, alias, port, start, hertz, Some(own));
        room.wait_until_talking(true);
        let (bridge, agreed) = (room.pictures(), Box::new(room.agreed_picture()));
        Self::equip(name, film, Call::H323(room), towards_bridge, bridge, agreed)
    }

    fn equip(
        name: &str,
        film: Film,
        call: Call,
        towards_bridge: UdpSocket,
        bridge: SocketAddr,
        agreed: Agreed,
    ) -> Self {
        let (camera_port, screen_port) = (free_pair(), free_pair());
        let towards_ffmpeg = socket(camera_port);
        let screen = Screen::start(name, film, screen_port);
        let passage = Arc::new(Passage {
            agreed,
            towards_bridge,
            towards_ffmpeg,
            bridge,
            screen: (Ipv4Addr::LOCALHOST, screen_port).into(),
            source: AtomicU32::new(0),
            fragments: AtomicU32::new(0),
            full: AtomicU32::new(0),
            shut: AtomicU32::new(0),
            over: AtomicBool::new(false),
        });
        let relays = [Passage::relay_camera, Passage::relay_screen].map(|relay: fn(&Passage)| {
            let passage = Arc::clone(&passage);
            thread::spawn(move || relay(&passage))
        });
        let camera = film.shoot(name, camera_port);
        let name = name.to_owned();
        Self {
            name,
            film,
            call,
            voice: None,
            screen,
            _camera: camera,
            passage,
            relays: relays.into(),
        }
    }

    /// The last of what it heard.
    pub(crate) fn heard(&self, last: Duration) -> Wave {
        match (&self.call, &self.voice) {
            (Call::H323(room), _) => room.heard(last),
            (Call::Sip(_), Some(voice)) => voice.heard(last),
            (Call::Sip(_), None) => panic!("{} has no ear", self.name),
        }
    }

    /// Its call, where it is one of H.323.
    pub(crate) fn h323(&self) -> &H323Room {
        match &self.call {
            Call::H323(room) => room,
            Call::Sip(_) => panic!("{} speaks SIP", self.name),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn film(&self) -> Film {
        self.film
    }

    /// What its screen shows now; asks for a full picture until it shows anything.
    pub(crate) fn snapshot(&self) -> Picture {
        let deadline = Instant::now() + PATIENCE;
        let mut asked = Instant::now();
        loop {
            if let Some(picture) = self.screen.snapshot() {
                return picture;
            }
            assert!(Instant::now() < deadline, "{} is shown nothing", self.name);
            if asked.elapsed() >= ASK {
                asked = Instant::now();
                self.ask_key_frame();
            }
            thread::sleep(POLL);
        }
    }

    /// Asks for a full picture, as its protocol does.
    pub(crate) fn ask_key_frame(&self) {
        match &self.call {
            Call::Sip(_) => self.passage.ask_key_frame(),
            Call::H323(room) => room.tell(Command::RequestKeyframe),
        }
    }

    /// How many full pictures of H.264 it was sent.
    pub(crate) fn full_pictures(&self) -> u32 {
        self.passage.full.load(Ordering::Relaxed)
    }

    /// The height of the pictures that came first.
    pub(crate) fn height(&self) -> u32 {
        self.screen.height()
    }

    /// How many packets of pictures did not open.
    pub(crate) fn shut(&self) -> u32 {
        self.passage.shut.load(Ordering::Relaxed)
    }

    /// How many fragments of NAL units it was sent.
    pub(crate) fn fragments(&self) -> u32 {
        self.passage.fragments.load(Ordering::Relaxed)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.passage.over.store(true, Ordering::Relaxed);
        for relay in self.relays.drain(..) {
            let _ = relay.join();
        }
    }
}

impl Passage {
    fn relay_camera(&self) {
        let mut cover = Cover::default();
        self.relay(&self.towards_ffmpeg, |agreed, packet| {
            cover.agree(agreed.protection);
            if renumber(packet, &[PAYLOAD_TYPE], agreed.taken) && cover.protect(packet) {
                let _ = self.towards_bridge.send_to(packet, self.bridge);
            }
        });
    }

    fn relay_screen(&self) {
        let mut cover = Cover::default();
        self.relay(&self.towards_bridge, |agreed, packet| {
            cover.agree(agreed.protection);
            let is_ours = packet.get(1).is_some_and(|byte| agreed.sent.contains(&(byte & 0x7f)));
            if !is_ours {
                return;
            }
            if !cover.open(packet) {
                self.shut.fetch_add(1, Ordering::Relaxed);
                return;
            }
            renumber(packet, &agreed.sent, PAYLOAD_TYPE);
            if let Some(source) = packet.get(8..12) {
                let source = source.iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
                self.source.store(source, Ordering::Relaxed);
            }
            let is_fragment = packet.get(12).is_some_and(|byte| matches!(byte & 0x1f, 28 | 29));
            self.fragments.fetch_add(u32::from(is_fragment), Ordering::Relaxed);
            self.full.fetch_add(u32::from(begins_full(packet)), Ordering::Relaxed);
            let _ = self.towards_ffmpeg.send_to(packet, self.screen);
        });
    }

    /// Hands on what comes, with what is agreed of it now.
    fn relay(&self, from: &UdpSocket, mut pass: impl FnMut(&AgreedPicture, &mut Vec<u8>)) {
        let mut buffer = [0; 2048];
        while !self.over.load(Ordering::Relaxed) {
            let Ok((length, _)) = from.recv_from(&mut buffer) else { continue };
            if let Some(agreed) = (self.agreed)() {
                pass(&agreed, &mut buffer[..length].to_vec());
            }
        }
    }

    /// By RTCP, where the source is known.
    fn ask_key_frame(&self) {
        let source = self.source.load(Ordering::Relaxed);
        if source == 0 {
            return;
        }
        let mut buffer = [0; 128];
        let mut writer = RtcpWriter::new(&mut buffer);
        writer.receiver_report(OWN_SSRC, &[]).expect("room");
        writer.picture_loss(OWN_SSRC, source).expect("room");
        let length = writer.len();
        let _ = self.towards_bridge.send_to(&buffer[..length], self.bridge);
    }
}

/// Whether the parameters of a full picture of H.264 begin in it, alone or among others: each has
/// one sequence parameter set (RFC 6184 section 5.7).
fn begins_full(packet: &[u8]) -> bool {
    const PARAMETERS: u8 = 7;
    const AGGREGATE: u8 = 24;
    match packet.get(12).map(|byte| byte & 0x1f) {
        Some(AGGREGATE) => packet.get(15).is_some_and(|byte| byte & 0x1f == PARAMETERS),
        kind => kind == Some(PARAMETERS),
    }
}

/// Gives RTP, which is known by its payload types, another one. `false` for all else, as RTCP is.
fn renumber(packet: &mut [u8], known: &[u8], other: u8) -> bool {
    let byte = packet.get_mut(1).filter(|byte| known.contains(&(**byte & 0x7f)));
    let is_known = byte.is_some();
    if let Some(byte) = byte {
        *byte = *byte & 0x80 | other;
    }
    is_known
}

/// Pictures in the clear, which the bridge may send with any of these payload types.
fn clear(sent: &[u8]) -> Agreed {
    let agreed = AgreedPicture {
        taken: PAYLOAD_TYPE,
        sent: sent.to_vec(),
        protection: MediaProtection::Clear,
    };
    Box::new(move || Some(agreed.clone()))
}

fn socket(port: u16) -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port of loopback");
    socket.set_read_timeout(Some(POLL)).expect("a time above zero");
    socket
}

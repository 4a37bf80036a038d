//! A browser of the tests: `str0m` as the other side, on a socket of its own, with one tone and
//! ears.

use crate::scenario::phone::loudness;
use causeway_base::{Bitrate, Codec, LegId, SizeClass};
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_plan::video::{Ceiling, Content, Feedback, VideoCoding, VideoSend, Vp8Format};
use causeway_plan::{
    AudioFormat, CandidateKind, CandidateProtocol, Direction, DtlsRole, Fingerprint, IceCandidate,
    IceCredentials, LegAudio, LegMedia, LegVideo, Transport, VideoFormat, VideoTransport,
    WebRtcAddress, WebRtcAudio, WebRtcData, WebRtcExtensions, WebRtcRid, WebRtcSpec, WebRtcVideo,
};
use causeway_wire::framing;
use std::f32::consts::TAU;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{Extension, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig};

const OPUS: u8 = 111;
const RED: u8 = 63;
const EVENTS: u8 = 126;
const VP8: u8 = 96;
const RTX: u8 = 97;
const LEVEL: u8 = 1;
const MID: u8 = 3;
const RID: u8 = 4;
/// The sizes of a camera that comes in two, by their places.
const SIZES: [&str; 2] = ["h", "l"];
/// A frame of 20 ms without content (RFC 6716 section 3.1).
const DTX: u8 = 0x78;
const RATE: usize = 48_000;
const FRAME: usize = RATE / 50;

/// What is unusual about a browser.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::scenario) struct Habit {
    /// It reaches the bridge by TCP alone.
    pub(in crate::scenario) tcp: bool,
    /// The bridge is ICE-lite to it.
    pub(in crate::scenario) ice_lite: bool,
    /// It sends each packet twice (RFC 2198).
    pub(in crate::scenario) red: bool,
    /// It states no synchronization source.
    pub(in crate::scenario) unstated: bool,
    /// It waits for the bridge to begin the handshake.
    pub(in crate::scenario) passive: bool,
    /// It tells the level of its packets.
    pub(in crate::scenario) levels: bool,
    /// It is not told where the bridge is: the bridge must find it.
    pub(in crate::scenario) hidden: bool,
    /// It has a data line.
    pub(in crate::scenario) data: bool,
    /// It has a camera, and a screen for a picture.
    pub(in crate::scenario) video: bool,
    /// Lines for tiles.
    pub(in crate::scenario) tiles: usize,
    /// Its camera comes in two sizes at once.
    pub(in crate::scenario) sizes: bool,
    /// Macroblocks of a picture that it takes at most.
    pub(in crate::scenario) max_fs: Option<u32>,
    /// Of its packets this one of so many is lost.
    pub(in crate::scenario) lost: Option<u16>,
}

/// What it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::scenario) enum Voice {
    /// Its tone.
    #[default]
    Tone,
    /// Its tone, under the claim that it is silence.
    Whisper,
    /// Next to nothing: a packet of one byte every 400 ms.
    Pause,
}

enum Wire {
    Udp(UdpSocket),
    Tcp(TcpStream, Vec<u8>),
}

pub(in crate::scenario) struct Browser {
    pub(in crate::scenario) leg: LegId,
    pub(in crate::scenario) tone: f32,
    pub(in crate::scenario) voice: Voice,
    habit: Habit,
    rtc: Rtc,
    wire: Wire,
    door: SocketAddr,
    bridge: WebRtcAddress,
    ice: IceCreds,
    fingerprint: Fingerprint,
    ssrc: u32,
    encoder: Encoder,
    decoder: Decoder,
    samples: usize,
    sequence: u64,
    before: Vec<u8>,
    heard: Vec<f32>,
    packets: usize,
    digits: Vec<u8>,
    connected: bool,
    closed: bool,
    channel: Option<ChannelId>,
    pub(in crate::scenario) echoed: Vec<Vec<u8>>,
    /// Packets of pictures that came.
    pub(in crate::scenario) shown: Vec<RtpPacket>,
    /// How often a full picture was asked for.
    pub(in crate::scenario) refreshes: usize,
}

impl Browser {
    pub(in crate::scenario) fn new(
        leg: LegId,
        bridge: &WebRtcAddress,
        habit: Habit,
        now: Instant,
    ) -> Self {
        let (wire, door) = connect(bridge, habit.tcp);
        let ice = IceCreds::new();
        static NEXT_SSRC: AtomicU32 = AtomicU32::new(0x2000);
        let ssrc = NEXT_SSRC.fetch_add(1, Ordering::Relaxed);
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .set_local_ice_credentials(ice.clone())
            .clear_codecs()
            .clear_extension_map();
        config.extension_map().set(LEVEL, Extension::AudioLevel);
        config.extension_map().set(MID, Extension::RtpMid);
        config.extension_map().set(RID, Extension::RtpStreamId);
        config.codec_config().add_config(
            VP8.into(),
            Some(RTX.into()),
            str0m::format::Codec::Vp8,
            str0m::media::Frequency::NINETY_KHZ,
            None,
            str0m::format::FormatParams::default(),
        );
        for payload_type in [OPUS, RED, EVENTS] {
            config.codec_config().add_config(
                payload_type.into(),
                None,
                str0m::format::Codec::Opus,
                str0m::media::Frequency::FORTY_EIGHT_KHZ,
                Some(2),
                str0m::format::FormatParams::default(),
            );
        }
        let mut rtc = config.build(now);
        let local = own_candidate(&wire);
        rtc.add_local_candidate(local);
        if !habit.hidden {
            rtc.add_remote_candidate(door_candidate(door, habit.tcp));
        }
        let mut direct = rtc.direct_api();
        direct.set_ice_controlling(true);
        direct.set_remote_ice_credentials(creds(&bridge.ice));
        direct.set_remote_fingerprint(str0m::config::Fingerprint {
            hash_func: "sha-256".into(),
            bytes: bridge.fingerprint.0.to_vec(),
        });
        let fingerprint = Fingerprint(
            direct.local_dtls_fingerprint().bytes.clone().try_into().expect("32 bytes"),
        );
        let mid = Mid::from("0");
        direct.declare_media(mid, MediaKind::Audio);
        direct.declare_stream_tx(ssrc.into(), None, mid, None);
        direct.expect_stream_rx(bridge_ssrc(leg).into(), None, mid, None).suppress_nack(true);
        if habit.video {
            let (camera, screen) = (camera_line(ssrc, habit.sizes), screen_line(leg));
            let line = Mid::from(&*camera.mid);
            direct.declare_media(line, MediaKind::Video);
            let rtx = camera.remote_rtx_ssrc.map(Into::into);
            if habit.sizes {
                for (layer, rid) in SIZES.into_iter().enumerate() {
                    let source = camera_ssrc(ssrc, layer).into();
                    direct.declare_stream_tx(source, None, line, Some(rid.into()));
                }
            } else {
                direct.declare_stream_tx(camera_ssrc(ssrc, 0).into(), rtx, line, None);
            }
            let line = Mid::from(&*screen.mid);
            direct.declare_media(line, MediaKind::Video);
            let rtx = Some(screen.local_rtx_ssrc.into());
            direct.expect_stream_rx(screen.local_ssrc.into(), rtx, line, None);
            for tile in (1..=habit.tiles).map(|number| tile_line(leg, number)) {
                let line = Mid::from(&*tile.mid);
                direct.declare_media(line, MediaKind::Video);
                let rtx = Some(tile.local_rtx_ssrc.into());
                direct.expect_stream_rx(tile.local_ssrc.into(), rtx, line, None);
            }
        }
        direct.start_dtls(!habit.passive).expect("starts");
        let channel = habit.data.then(|| {
            direct.start_sctp(!habit.passive);
            direct
                .create_data_channel(ChannelConfig { label: "probe".into(), ..Default::default() })
        });
        Self {
            leg,
            tone: 300.0 + 200.0 * leg.0 as f32,
            voice: Voice::default(),
            habit,
            rtc,
            wire,
            door,
            bridge: bridge.clone(),
            ice,
            fingerprint,
            ssrc,
            encoder: Encoder::new(Codec::Opus, EncoderSettings::default()).expect("known"),
            decoder: Decoder::new(Codec::Opus),
            samples: 0,
            sequence: 0,
            before: Vec::new(),
            heard: Vec::new(),
            packets: 0,
            digits: Vec::new(),
            connected: false,
            closed: false,
            channel,
            echoed: Vec::new(),
            shown: Vec::new(),
            refreshes: 0,
        }
    }

    /// What offer/answer would have settled with it.
    pub(in crate::scenario) fn media(&self) -> LegMedia {
        let Habit { ice_lite, red, unstated, passive, levels, data, video, .. } = self.habit;
        let opus = AudioFormat { fec: true, ..AudioFormat::new(Codec::Opus, OPUS) };
        LegMedia {
            transport: Transport::WebRtc(Box::new(WebRtcSpec {
                local_ice: self.bridge.ice.clone(),
                remote_ice: IceCredentials {
                    ufrag: self.ice.ufrag.clone(),
                    password: self.ice.pass.clone(),
                },
                remote_fingerprint: self.fingerprint,
                dtls: if passive { DtlsRole::Client } else { DtlsRole::Server },
                ice_lite,
                remote_candidates: vec![],
                audio: Some(WebRtcAudio {
                    mid: "0".into(),
                    remote_ssrc: (!unstated).then_some(self.ssrc),
                    local_ssrc: bridge_ssrc(self.leg),
                    cname: "bridge".into(),
                    mid_extension: None,
                    receive_red: red.then_some(RED),
                }),
                video_formats: if video { vec![vp8()] } else { vec![] },
                data: data.then(|| WebRtcData { mid: "1".into(), sctp_port: 5000, echo: true }),
            })),
            direction: Direction::SendReceive,
            audio: LegAudio {
                send: opus,
                receive: vec![opus],
                ptime_ms: 20,
                send_events: Some(EVENTS),
                receive_events: vec![EVENTS],
                receive_comfort_noise: vec![],
                level_extension: levels.then_some(LEVEL),
            },
            video: if video { self.lines() } else { vec![] },
        }
    }

    fn lines(&self) -> Vec<LegVideo> {
        let line = |line, direction, send, receive| LegVideo {
            transport: VideoTransport::Bundle(line),
            direction,
            content: Content::Main,
            label: None,
            send,
            receive,
            transport_cc: None,
        };
        let send = VideoSend {
            format: vp8(),
            ceiling: Ceiling { class: SizeClass::P360, frame_rate: 30 },
            max_bitrate: Bitrate::kbps(1_000),
        };
        let taken = VideoFormat {
            coding: VideoCoding::Vp8(Vp8Format { max_fs: self.habit.max_fs, max_frame_rate: None }),
            ..vp8()
        };
        let tile = |number| LegVideo {
            content: Content::Tile,
            ..line(tile_line(self.leg, number), Direction::SendOnly, Some(send), vec![taken])
        };
        let mut lines = vec![
            line(
                camera_line(self.ssrc, self.habit.sizes),
                Direction::ReceiveOnly,
                None,
                vec![vp8()],
            ),
            line(screen_line(self.leg), Direction::SendOnly, Some(send), vec![]),
        ];
        lines.extend((1..=self.habit.tiles).map(tile));
        lines
    }

    /// Sends a packet of its camera, of the size of this place. The first has number 0.
    pub(in crate::scenario) fn film(
        &mut self,
        now: Instant,
        layer: usize,
        sequence: u64,
        timestamp: u32,
        marker: bool,
        payload: Vec<u8>,
    ) {
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&camera_ssrc(self.ssrc, layer).into()).expect("declared");
        let write = RtpWrite::new(VP8.into(), sequence.into(), timestamp, now, payload);
        stream.write_rtp(write.marker(marker).nackable(true));
        self.run(now);
    }

    /// The source of the composed picture, and that of a tile, from 1.
    pub(in crate::scenario) fn screen_ssrc(&self, tile: usize) -> u32 {
        match tile {
            0 => screen_line(self.leg).local_ssrc,
            number => tile_line(self.leg, number).local_ssrc,
        }
    }

    /// Asks for a full picture, or one of a tile.
    pub(in crate::scenario) fn ask_key_frame(&mut self, tile: usize) {
        let screen = self.screen_ssrc(tile);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&screen.into()).expect("declared");
        stream.request_keyframe(KeyframeRequestKind::Pli);
    }

    pub(in crate::scenario) fn habit(&self) -> Habit {
        self.habit
    }

    pub(in crate::scenario) fn ufrag(&self) -> &str {
        &self.ice.ufrag
    }

    pub(in crate::scenario) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Sends from its address what somebody else made.
    pub(in crate::scenario) fn forge(&mut self, datagram: &[u8]) {
        self.wire.send(datagram, self.door);
    }

    /// Its address, as it would trickle it.
    pub(in crate::scenario) fn candidate(&self) -> IceCandidate {
        let (address, protocol) = match &self.wire {
            Wire::Udp(socket) => (socket.local_addr(), CandidateProtocol::Udp),
            Wire::Tcp(stream, _) => (stream.local_addr(), CandidateProtocol::Tcp),
        };
        let address = address.expect("bound");
        IceCandidate { address, protocol, kind: CandidateKind::Host, priority: 2_130_706_431 }
    }

    /// Goes to another network: another socket, and a restart of ICE. The bridge's new
    /// credentials are what its adapter would have made.
    pub(in crate::scenario) fn restart(&mut self, bridge: IceCredentials) {
        self.bridge.ice = bridge;
        let gone = own_candidate(&self.wire);
        (self.wire, self.door) = connect(&self.bridge, self.habit.tcp);
        self.ice = IceCreds::new();
        let mut direct = self.rtc.direct_api();
        direct.invalidate_candidate(&gone);
        direct.set_local_ice_credentials(self.ice.clone());
        direct.set_remote_ice_credentials(creds(&self.bridge.ice));
        let local = own_candidate(&self.wire);
        self.rtc.add_local_candidate(local);
        self.rtc.add_remote_candidate(door_candidate(self.door, self.habit.tcp));
    }

    pub(in crate::scenario) fn is_connected(&self) -> bool {
        self.connected
    }

    /// The bridge said goodbye.
    pub(in crate::scenario) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(in crate::scenario) fn packets(&self) -> usize {
        self.packets
    }

    pub(in crate::scenario) fn digits(&self) -> &[u8] {
        &self.digits
    }

    pub(in crate::scenario) fn forget(&mut self) {
        self.heard.clear();
        self.packets = 0;
    }

    /// How loud a tone is in the second half of what was heard: dB of full scale.
    pub(in crate::scenario) fn hears(&self, tone: f32) -> f32 {
        loudness(&self.heard[self.heard.len() / 2..], RATE as u32, tone)
    }

    /// The same in the first half.
    pub(in crate::scenario) fn hears_first(&self, tone: f32) -> f32 {
        loudness(&self.heard[..self.heard.len() / 2], RATE as u32, tone)
    }

    /// Says goodbye.
    pub(in crate::scenario) fn close(&mut self, now: Instant) {
        self.rtc.close().expect("open");
        self.run(now);
    }

    /// The next packet of what it says.
    pub(in crate::scenario) fn say(&mut self, now: Instant) {
        match self.voice {
            Voice::Tone => self.send_tone(13, now),
            Voice::Whisper => self.send_tone(127, now),
            Voice::Pause => {
                self.samples += FRAME;
                if (self.samples / FRAME).is_multiple_of(20) && self.connected {
                    self.sequence += 1;
                    self.write(OPUS, self.samples as u32, vec![DTX], 127, now);
                }
            }
        }
    }

    fn send_tone(&mut self, level: i8, now: Instant) {
        let frame: Vec<f32> = (0..FRAME)
            .map(|at| 0.3 * (TAU * self.tone * (self.samples + at) as f32 / RATE as f32).sin())
            .collect();
        self.send_frame(&frame, level, now);
    }

    fn send_frame(&mut self, frame: &[f32], level: i8, now: Instant) {
        self.samples += frame.len();
        if !self.connected {
            return;
        }
        let mut payload = [0; 1275];
        let len = self.encoder.encode(frame, &mut payload).expect("a whole frame");
        let payload = payload[..len].to_vec();
        let timestamp = self.samples as u32;
        let (payload_type, packet) = match (self.habit.red, self.before.is_empty()) {
            (true, false) => (RED, with_again(&self.before, &payload)),
            _ => (OPUS, payload.clone()),
        };
        self.before = payload;
        self.sequence += 1;
        let lost = self.habit.lost.is_some_and(|one| self.sequence.is_multiple_of(u64::from(one)));
        if !lost {
            self.write(payload_type, timestamp, packet, level, now);
        }
    }

    /// One key press.
    pub(in crate::scenario) fn press(&mut self, event: u8, now: Instant) {
        for (duration, end) in [(960u16, 0), (1920, 0x80), (1920, 0x80)] {
            let [high, low] = duration.to_be_bytes();
            self.sequence += 1;
            self.write(EVENTS, self.samples as u32, vec![event, end | 10, high, low], 127, now);
        }
    }

    fn write(
        &mut self,
        payload_type: u8,
        timestamp: u32,
        payload: Vec<u8>,
        level: i8,
        now: Instant,
    ) {
        let sequence = self.sequence;
        let values = str0m::rtp::ExtensionValues {
            audio_level: Some(-level),
            voice_activity: Some(level < 50),
            ..Default::default()
        };
        let ssrc = self.ssrc;
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&ssrc.into()).expect("declared");
        let packet = RtpWrite::new(payload_type.into(), sequence.into(), timestamp, now, payload);
        stream.write_rtp(packet.ext_vals(values));
        self.run(now);
    }

    /// Sends a message by its data channel, once that is open.
    pub(in crate::scenario) fn message(&mut self, text: &[u8], now: Instant) -> bool {
        let Some(mut channel) = self.channel.and_then(|id| self.rtc.channel(id)) else {
            return false;
        };
        let sent = channel.write(true, text).expect("open");
        self.run(now);
        sent
    }

    /// Takes all that came, and lets its time pass.
    pub(in crate::scenario) fn run(&mut self, now: Instant) {
        let mut buffer = [0; 2048];
        while let Some(datagram) = self.wire.receive(&mut buffer) {
            let (proto, local) = self.wire.local();
            let Ok(receive) = Receive::new(proto, self.door, local, &datagram) else { continue };
            self.rtc.handle_input(Input::Receive(now, receive)).expect("well formed");
            self.drain();
        }
        self.rtc.handle_input(Input::Timeout(now)).expect("goes on");
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("goes on") {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    let (_, local) = self.wire.local();
                    if transmit.source == local {
                        self.wire.send(&transmit.contents, transmit.destination);
                    }
                }
                Output::Event(event) => self.happened(event),
            }
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::Closed => self.closed = true,
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {}
            Event::ChannelData(message) => self.echoed.push(message.data),
            Event::KeyframeRequest(_) => self.refreshes += 1,
            Event::RtpPacket(packet) if *packet.header.payload_type == VP8 => {
                self.shown.push(packet);
            }
            Event::RtpPacket(packet) if *packet.header.payload_type == EVENTS => {
                self.digits.extend(packet.payload.first());
            }
            Event::RtpPacket(packet) => {
                self.packets += 1;
                let mut pcm = [0.0; 5760];
                let samples = self.decoder.decode(&packet.payload, &mut pcm).expect("decodes");
                self.heard.extend_from_slice(&pcm[..samples]);
            }
            _ => {}
        }
    }
}

impl Wire {
    fn local(&self) -> (Protocol, SocketAddr) {
        match self {
            Wire::Udp(socket) => (Protocol::Udp, socket.local_addr().expect("bound")),
            Wire::Tcp(stream, _) => (Protocol::Tcp, stream.local_addr().expect("bound")),
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Option<Vec<u8>> {
        match self {
            Wire::Udp(socket) => {
                let len = socket.recv(buffer).ok()?;
                Some(buffer[..len].to_vec())
            }
            Wire::Tcp(stream, held) => loop {
                if let Some((frame, taken)) = framing::next(held) {
                    let frame = frame.to_vec();
                    held.drain(..taken);
                    return Some(frame);
                }
                let len = stream.read(buffer).ok().filter(|len| *len > 0)?;
                held.extend_from_slice(&buffer[..len]);
            },
        }
    }

    fn send(&mut self, datagram: &[u8], target: SocketAddr) {
        match self {
            Wire::Udp(socket) => {
                socket.send_to(datagram, target).expect("loopback");
            }
            Wire::Tcp(stream, _) => {
                let mut frame = framing::length(datagram).expect("short").to_vec();
                frame.extend_from_slice(datagram);
                // The bridge may have closed it.
                let _ = stream.write_all(&frame);
            }
        }
    }
}

fn connect(bridge: &WebRtcAddress, tcp: bool) -> (Wire, SocketAddr) {
    if tcp {
        let door = bridge.tcp[0];
        let stream = TcpStream::connect_timeout(&door, Duration::from_secs(2)).expect("open");
        stream.set_nonblocking(true).expect("supported");
        stream.set_nodelay(true).expect("supported");
        return (Wire::Tcp(stream, vec![]), door);
    }
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
    socket.set_nonblocking(true).expect("supported");
    (Wire::Udp(socket), bridge.udp[0])
}

fn own_candidate(wire: &Wire) -> Candidate {
    match wire.local() {
        (Protocol::Udp, address) => Candidate::builder().udp().host(address).build(),
        (_, address) => Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build(),
    }
    .expect("an address")
}

fn door_candidate(door: SocketAddr, tcp: bool) -> Candidate {
    match tcp {
        false => Candidate::builder().udp().host(door).build(),
        true => Candidate::builder().tcp().host(door).tcptype(TcpType::Passive).build(),
    }
    .expect("an address")
}

/// What the bridge sends with, to each leg.
fn bridge_ssrc(leg: LegId) -> u32 {
    0x8000_0000 | leg.0 as u32
}

fn camera_ssrc(ssrc: u32, layer: usize) -> u32 {
    ssrc + 0x1_0000 + 0x4_0000 * layer as u32
}

fn camera_line(ssrc: u32, sizes: bool) -> WebRtcVideo {
    let line = video_line("2", ssrc + 0x3_0000);
    if sizes {
        let rid = |rid: &str| WebRtcRid { rid: rid.to_owned(), paused: false };
        let extensions = WebRtcExtensions { rid: Some(RID), ..line.extensions };
        return WebRtcVideo { remote_rids: SIZES.map(rid).to_vec(), extensions, ..line };
    }
    WebRtcVideo {
        remote_ssrc: Some(camera_ssrc(ssrc, 0)),
        remote_rtx_ssrc: Some(ssrc + 0x2_0000),
        ..line
    }
}

fn screen_line(leg: LegId) -> WebRtcVideo {
    video_line("3", 0x9000_0000 | leg.0 as u32)
}

fn tile_line(leg: LegId, number: usize) -> WebRtcVideo {
    let source = 0x9100_0000 | (number as u32) << 20 | leg.0 as u32;
    video_line(&format!("t{number}"), source)
}

fn video_line(mid: &str, local_ssrc: u32) -> WebRtcVideo {
    WebRtcVideo {
        mid: mid.into(),
        remote_ssrc: None,
        remote_rtx_ssrc: None,
        remote_rids: vec![],
        local_ssrc,
        local_rtx_ssrc: local_ssrc + 0x1_0000,
        cname: "bridge".into(),
        extensions: WebRtcExtensions { mid: Some(MID), ..WebRtcExtensions::default() },
    }
}

fn vp8() -> VideoFormat {
    VideoFormat {
        payload_type: VP8,
        coding: VideoCoding::Vp8(Vp8Format::default()),
        rtx: Some(RTX),
        feedback: Feedback::ALL,
    }
}

fn creds(ice: &IceCredentials) -> IceCreds {
    IceCreds { ufrag: ice.ufrag.clone(), pass: ice.password.clone() }
}

fn with_again(before: &[u8], payload: &[u8]) -> Vec<u8> {
    let (offset, length) = (FRAME as u16, before.len() as u16);
    let mut packet = vec![
        0x80 | OPUS,
        (offset >> 6) as u8,
        (offset << 2) as u8 | (length >> 8) as u8,
        length as u8,
        OPUS,
    ];
    packet.extend_from_slice(before);
    packet.extend_from_slice(payload);
    packet
}

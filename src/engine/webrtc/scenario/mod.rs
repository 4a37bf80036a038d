//! The video lines of a session, against a peer that is in memory: a network without sockets and a
//! clock that the test moves.

mod bench;
mod offer;
mod peer;
mod picture;
mod source;

use super::line::{MediaPacket, SessionLine};
use super::session::{News, Session};
use super::{Datagram, Door, Outbox, Route, WebRtcConfig, credentials, identity};
use crate::clock::Now;
use causeway_base::Codec;
use causeway_plan::video::Vp8Format;
use causeway_plan::{
    AudioFormat, CandidateProtocol, Content, Direction, DtlsRole, Feedback, IceCredentials,
    LegAudio, LegMedia, LegVideo, Transport, VideoCoding, VideoFormat, VideoTransport, WebRtcAudio,
    WebRtcExtensions, WebRtcRid, WebRtcSpec, WebRtcVideo,
};
use causeway_rtp::Numbering;
use peer::Peer;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

const OPUS: u8 = 111;
const VP8: u8 = 96;
const RTX: u8 = 97;

/// Identifiers of header extensions.
const MID: u8 = 3;
const RID: u8 = 4;
const REPAIRED_RID: u8 = 5;
const ABS_SEND_TIME: u8 = 6;
const TRANSPORT_CC: u8 = 7;

const EXTENSIONS: WebRtcExtensions = WebRtcExtensions {
    mid: Some(MID),
    rid: Some(RID),
    repaired_rid: Some(REPAIRED_RID),
    abs_send_time: Some(ABS_SEND_TIME),
    transport_cc: Some(TRANSPORT_CC),
};

/// Sources of the peer and of the bridge.
const SPOKEN: u32 = 0x1000;
const CAMERA: u32 = 0x2000;
const CAMERA_RTX: u32 = 0x3000;
const HEARD: u32 = 0x8000_0001;
const SHOWN: u32 = 0x8000_0002;
const SHOWN_RTX: u32 = 0x8000_0003;

/// What the session took.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taken {
    line: SessionLine,
    layer: usize,
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    payload: Vec<u8>,
}

/// Which datagrams of a direction arrive: true for those that do.
type Path = Box<dyn FnMut(&[u8]) -> bool>;

/// A session and its peer.
struct Call {
    now: Now,
    media: LegMedia,
    session: Session,
    outbox: Outbox,
    peer: Peer,
    to_peer: Path,
    to_session: Path,
    taken: Vec<Taken>,
    news: Vec<News>,
}

fn vp8() -> VideoFormat {
    VideoFormat {
        payload_type: VP8,
        coding: VideoCoding::Vp8(Vp8Format::default()),
        rtx: Some(RTX),
        feedback: Feedback::ALL,
    }
}

/// A line that takes and sends VP8, of this place in the description.
fn line(place: u32) -> WebRtcVideo {
    WebRtcVideo {
        mid: format!("{}", place + 1),
        remote_ssrc: Some(CAMERA + place),
        remote_rtx_ssrc: Some(CAMERA_RTX + place),
        remote_rids: vec![],
        local_ssrc: SHOWN + 2 * place,
        local_rtx_ssrc: SHOWN_RTX + 2 * place,
        cname: "bridge".into(),
        extensions: EXTENSIONS,
    }
}

fn simulcast(rids: &[&str]) -> WebRtcVideo {
    let rid = |rid: &&str| WebRtcRid { rid: (*rid).to_owned(), paused: false };
    WebRtcVideo {
        remote_ssrc: None,
        remote_rtx_ssrc: None,
        remote_rids: rids.iter().map(rid).collect(),
        ..line(0)
    }
}

fn both_ways(line: WebRtcVideo) -> LegVideo {
    LegVideo {
        transport: VideoTransport::Bundle(line),
        direction: Direction::SendReceive,
        content: Content::Main,
        label: None,
        send: None,
        receive: vec![vp8()],
        transport_cc: None,
    }
}

impl Call {
    /// A call whose transport is up, with these video lines.
    fn open(lines: Vec<WebRtcVideo>) -> Self {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = WebRtcConfig { addresses: vec![address], udp_port: 0, tcp_port: None };
        let door = Arc::new(Door::open(&config, 0, 0).expect("loopback"));
        let now = Now::read();
        let ice = credentials().expect("random");
        let fingerprint = identity().expect("a certificate").fingerprint;
        let target = door.udp_addresses()[0];
        let peer = Peer::new(now.instant, &ice, fingerprint, target, &lines);
        let media = media(ice, &peer, lines);
        let spec = media.transport.webrtc().expect("a browser's");
        let session = Session::new(now, &door, &media, spec).expect("begins");
        let mut call = Self {
            now,
            media,
            session,
            outbox: Outbox::default(),
            peer,
            to_peer: Box::new(|_| true),
            to_session: Box::new(|_| true),
            taken: vec![],
            news: vec![],
        };
        let until = call.now.instant + Duration::from_secs(5);
        while !call.session.is_up() || !call.peer.is_up() {
            assert!(call.now.instant < until, "they do not connect");
            call.tick();
        }
        call
    }

    fn reconfigure(&mut self, video: Vec<LegVideo>) {
        self.media.video = video;
        let spec = self.media.transport.webrtc().expect("a browser's");
        self.session.reconfigure(&self.media, spec);
        self.session.run(self.now, &mut self.outbox).expect("goes on");
    }

    /// Lets 10 ms pass.
    fn tick(&mut self) {
        self.now.instant += Duration::from_millis(10);
        self.now.wall += Duration::from_millis(10);
        self.peer.run(self.now.instant);
        self.session.run(self.now, &mut self.outbox).expect("goes on");
        self.exchange();
    }

    fn wait(&mut self, time: Duration) {
        (0..time.as_millis() / 10).for_each(|_| self.tick());
    }

    /// Carries datagrams both ways until there are none.
    fn exchange(&mut self) {
        loop {
            let to_session = self.peer.sent();
            for datagram in &to_session {
                if (self.to_session)(datagram) {
                    self.deliver(datagram);
                }
            }
            let to_peer = self.outbox.take();
            for datagram in &to_peer {
                if (self.to_peer)(datagram) {
                    self.peer.receive(self.now.instant, datagram);
                }
            }
            if to_session.is_empty() && to_peer.is_empty() {
                return;
            }
        }
    }

    /// Gives the session a datagram, as from its peer's address.
    fn deliver(&mut self, bytes: &[u8]) {
        let route = Route {
            protocol: CandidateProtocol::Udp,
            source: self.peer.address,
            local: self.peer.target,
        };
        let datagram = Datagram { route, arrival: self.now.instant, bytes };
        let taken = &mut self.taken;
        let mut take = |line, layer, packet: &str0m::rtp::RtpPacket| {
            taken.push(Taken {
                line,
                layer,
                ssrc: *packet.header.ssrc,
                payload_type: *packet.header.payload_type,
                sequence: packet.header.sequence_number,
                payload: packet.payload.to_vec(),
            });
        };
        self.session.receive(self.now, &datagram, &mut self.outbox, &mut take).expect("goes on");
        self.news.extend(self.session.news());
    }

    /// The session sends so many packets of one picture by a line.
    fn show(&mut self, line: usize, first: u16, count: u16) {
        let at = self.now.instant;
        let packets = (0..count).map(|number| picture(first, number, count, at));
        let packets = packets.into_iter().map(|packet| (line, packet));
        self.session.send_video(self.now, packets, &mut self.outbox).expect("goes on");
        self.exchange();
    }

    fn speak(&mut self, sequence: u16) {
        let timestamp = u32::from(sequence) * 960;
        let numbers = Numbering { ssrc: HEARD, seq: sequence, timestamp, marker: false };
        self.session.send(self.now, numbers, OPUS, &[1, 2, 3], &mut self.outbox).expect("goes on");
        self.exchange();
    }

    /// What was taken of a line and a size: sequence numbers, in the order of arrival.
    fn sequences(&self, line: SessionLine, layer: usize) -> Vec<u16> {
        let of = |taken: &&Taken| taken.line == line && taken.layer == layer;
        self.taken.iter().filter(of).map(|taken| taken.sequence).collect()
    }
}

/// A packet of a picture; the picture's number is its first sequence number.
fn picture(first: u16, number: u16, count: u16, at: Instant) -> MediaPacket {
    MediaPacket {
        marker: number + 1 == count,
        payload_type: VP8,
        sequence: first.wrapping_add(number),
        timestamp: u32::from(first) * 3000,
        at,
        payload: vec![number as u8; 1_000].into(),
    }
}

fn media(ice: IceCredentials, peer: &Peer, lines: Vec<WebRtcVideo>) -> LegMedia {
    let opus = AudioFormat::new(Codec::Opus, OPUS);
    LegMedia {
        transport: Transport::WebRtc(Box::new(WebRtcSpec {
            local_ice: ice,
            remote_ice: peer.ice(),
            remote_fingerprint: peer.fingerprint,
            dtls: DtlsRole::Server,
            ice_lite: true,
            remote_candidates: vec![],
            audio: Some(WebRtcAudio {
                mid: "0".into(),
                remote_ssrc: Some(SPOKEN),
                local_ssrc: HEARD,
                cname: "bridge".into(),
                mid_extension: Some(MID),
                receive_red: None,
            }),
            video_formats: vec![vp8()],
            data: None,
        })),
        direction: Direction::SendReceive,
        audio: LegAudio {
            send: opus,
            receive: vec![opus],
            ptime_ms: 20,
            send_events: None,
            receive_events: vec![],
            receive_comfort_noise: vec![],
            level_extension: None,
        },
        video: lines.into_iter().map(both_ways).collect(),
    }
}

/// The source that an RTP datagram states.
fn source_of(datagram: &[u8]) -> Option<u32> {
    let rtp = (128..=191).contains(datagram.first()?) && !(192..=223).contains(datagram.get(1)?);
    let bytes = datagram.get(8..12)?.first_chunk()?;
    rtp.then(|| u32::from_be_bytes(*bytes))
}

/// The number of an RTP datagram.
fn sequence_of(datagram: &[u8]) -> Option<u16> {
    source_of(datagram)?;
    Some(u16::from_be_bytes(*datagram.get(2..4)?.first_chunk()?))
}

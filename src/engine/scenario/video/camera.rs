//! A room system of the tests: a camera that shows one colour and a moving mark, and a screen.

use super::super::phone::Phone;
use causeway_base::{Bitrate, Codec, LegId, SizeClass, VideoCodec, VideoSize};
use causeway_media::video::codec::{
    Decoded, EncoderSettings, SINGLE_NAL_BYTES, VideoDecoder, VideoEncoder, decoder, encoder,
};
use causeway_media::video::colour::Colour;
use causeway_media::video::frame::{Frame, FramePool, FrameSource};
use causeway_plan::video::{
    Ceiling, Content, Feedback, FeedbackKind, H264Format, H264Level, H264Profile,
    PacketizationMode, VideoCoding, VideoSend, Vp8Format,
};
use causeway_plan::{
    Direction, LegMedia, LegVideo, MediaProtection, SrtpSpec, TransportSpec, VideoFormat,
    VideoTransport,
};
use causeway_rtp::bandwidth::Arrivals;
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_rtp::video::nack::MAX_PER_MESSAGE;
use causeway_rtp::video::rtx::{self, RtxSender};
use causeway_rtp::video::{
    Ask, Assembled, FrameKind, KeyFrameMethod, Piece, SentPackets, VideoReceiver,
};
use causeway_rtp::{SrtpReceiver, SrtpSender};
use causeway_wire::demux::DatagramKind;
use causeway_wire::rtcp::feedback::{
    BitrateLimit, IntraRequest, PayloadFeedback, TransportFeedback,
};
use causeway_wire::rtcp::{RtcpPacket, RtcpView, RtcpWriter};
use causeway_wire::rtp::{Extension, RtpHeader, RtpView};
use causeway_wire::{h264, vp8};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// The length of a picture.
pub(super) const PICTURE: Duration = Duration::from_millis(33);

/// Payload types: H.264 in both modes, VP8, and retransmissions of each.
const H264_MODE_1: u8 = 97;
const H264_MODE_0: u8 = 98;
const VP8: u8 = 99;
const RTX: u8 = 20;

/// The header extension of transport-wide numbers, and how often it reports.
const WIDE: u8 = 5;
const REPORT: Duration = Duration::from_millis(100);

/// What a camera speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    H264,
    /// Packetization mode 0.
    SingleNal,
    Vp8,
}

impl Speaks {
    const ALL: [Self; 3] = [Self::H264, Self::SingleNal, Self::Vp8];

    pub(super) const fn codec(self) -> VideoCodec {
        match self {
            Self::H264 | Self::SingleNal => VideoCodec::H264,
            Self::Vp8 => VideoCodec::Vp8,
        }
    }

    const fn payload_type(self) -> u8 {
        match self {
            Self::H264 => H264_MODE_1,
            Self::SingleNal => H264_MODE_0,
            Self::Vp8 => VP8,
        }
    }

    fn coding(self) -> VideoCoding {
        let h264 = |mode| {
            let level = H264Level::holding(VideoSize::new(1280, 720), 30);
            let profile = H264Profile::ConstrainedBaseline;
            let limits = level.limits(profile);
            VideoCoding::H264(H264Format { profile, level, mode, limits, max_frame_rate: None })
        };
        match self {
            Self::H264 => h264(PacketizationMode::NonInterleaved),
            Self::SingleNal => h264(PacketizationMode::SingleNal),
            Self::Vp8 => VideoCoding::Vp8(Vp8Format::default()),
        }
    }
}

/// What is agreed with it, and what it does.
#[derive(Clone)]
pub(super) struct Traits {
    pub(super) speaks: Speaks,
    pub(super) feedback: Feedback,
    pub(super) rtx: bool,
    pub(super) srtp: Option<SrtpSpec>,
    pub(super) size: VideoSize,
    /// The most that it is sent.
    pub(super) class: SizeClass,
    pub(super) direction: Direction,
    /// The host that signals for it.
    pub(super) signals_from: IpAddr,
    /// Which of its packets are lost on the way to the bridge, by their running number.
    pub(super) loses: fn(u64) -> bool,
    /// Which of the bridge's packets are lost on the way to it.
    pub(super) misses: fn(u64) -> bool,
    /// Which requests for a full picture it obeys.
    pub(super) obeys: fn(KeyFrameMethod) -> bool,
    /// It numbers its packets, and reports when those of the bridge came: so much later than they
    /// did, by their running number.
    pub(super) reports: Option<fn(u64) -> Duration>,
}

impl Default for Traits {
    fn default() -> Self {
        Self {
            speaks: Speaks::H264,
            feedback: Feedback::ALL,
            rtx: false,
            srtp: None,
            size: VideoSize::new(640, 360),
            class: SizeClass::P360,
            direction: Direction::SendReceive,
            signals_from: IpAddr::V4(Ipv4Addr::LOCALHOST),
            loses: |_| false,
            misses: |_| false,
            obeys: |_| true,
            reports: None,
        }
    }
}

/// What the bridge asked of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) pli: usize,
    pub(super) fir: usize,
    pub(super) nacked: usize,
    /// The last request of a rate, and the last answer to one.
    pub(super) limit: Option<BitrateLimit>,
    pub(super) notice: Option<BitrateLimit>,
    /// Packets that it was told came, and did not.
    pub(super) came: usize,
    pub(super) missing: usize,
}

pub(super) struct Camera {
    pub(super) leg: LegId,
    pub(super) traits: Traits,
    pub(super) colour: Colour,
    pub(super) phone: Phone,
    pub(super) heard: Heard,
    target: SocketAddr,
    socket: UdpSocket,
    srtp: Option<(SrtpSender, SrtpReceiver)>,
    encoder: Box<dyn VideoEncoder>,
    decoder: Box<dyn VideoDecoder>,
    pool: FramePool,
    sending: Sending,
    receiving: Receiving,
    /// What it saw last, and how many pictures and full ones it saw.
    pub(super) seen: Option<Frame>,
    pub(super) pictures: usize,
    pub(super) full: usize,
    /// How often it asked for a full one.
    pub(super) asked: usize,
    pub(super) packets: u64,
    /// Bytes of the longest payload that came.
    pub(super) longest: usize,
}

struct Sending {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    number: u32,
    key: bool,
    sent: SentPackets<Vec<u8>>,
    rtx: RtxSender,
    count: u64,
    /// The transport-wide number of the next packet.
    wide: u16,
}

struct Receiving {
    receiver: VideoReceiver,
    ssrc: Option<u32>,
    count: u64,
    broken: bool,
    arrivals: Arrivals,
    reported: Instant,
}

impl Camera {
    pub(super) fn new(
        phone: Phone,
        target: SocketAddr,
        traits: Traits,
        colour: Colour,
        now: Instant,
    ) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        socket.set_nonblocking(true).expect("supported");
        let codec = traits.speaks.codec();
        let ssrc = 0x1000 + phone.leg.0 as u32;
        Self {
            leg: phone.leg,
            colour,
            heard: Heard::default(),
            target,
            socket,
            srtp: traits.srtp.map(|spec| {
                let sender = SrtpSender::new(spec.suite, &spec.receive).expect("its length");
                (sender, SrtpReceiver::new(spec.suite, &spec.send).expect("its length"))
            }),
            encoder: new_encoder(&traits),
            decoder: decoder(codec).expect("built in"),
            pool: FramePool::new(8),
            sending: Sending {
                ssrc,
                sequence: 60_000,
                timestamp: 7,
                number: 0,
                key: true,
                sent: SentPackets::new(),
                rtx: RtxSender::new(ssrc + 1, traits.speaks.payload_type() + RTX, 1),
                count: 0,
                wide: 65_500,
            },
            receiving: Receiving {
                receiver: receiver(now, &traits),
                ssrc: None,
                count: 0,
                broken: false,
                arrivals: Arrivals::new(),
                reported: now,
            },
            seen: None,
            pictures: 0,
            full: 0,
            asked: 0,
            packets: 0,
            longest: 0,
            phone,
            traits,
        }
    }

    /// What offer/answer would have settled with it.
    pub(super) fn media(&self) -> LegMedia {
        let address = self.socket.local_addr().expect("bound");
        let format = |speaks: Speaks| VideoFormat {
            payload_type: speaks.payload_type(),
            coding: speaks.coding(),
            rtx: self.traits.rtx.then_some(speaks.payload_type() + RTX),
            feedback: self.traits.feedback,
        };
        let send = VideoSend {
            format: format(self.traits.speaks),
            ceiling: Ceiling { class: self.traits.class, frame_rate: 30 },
            max_bitrate: Bitrate::kbps(2_048),
        };
        let line = LegVideo {
            transport: VideoTransport::Rtp(TransportSpec {
                remote_rtp: Some(address),
                remote_rtcp: Some(address),
                rtcp_mux: true,
                signalling_source: self.traits.signals_from,
                protection: MediaProtection::of_srtp(self.traits.srtp),
            }),
            direction: self.traits.direction,
            content: Content::Main,
            label: None,
            send: Some(send),
            receive: Speaks::ALL.map(format).into(),
            transport_cc: self.traits.reports.map(|_| WIDE),
        };
        LegMedia { video: vec![line], ..self.phone.media() }
    }

    /// Speaks something else from the next picture on.
    pub(super) fn switch(&mut self, speaks: Speaks) {
        self.traits.speaks = speaks;
        self.encoder = new_encoder(&self.traits);
        self.sending.key = true;
        let payload_type = speaks.payload_type() + RTX;
        self.sending.rtx.set_payload_type(payload_type);
    }

    /// The next picture is a full one.
    pub(super) const fn refresh(&mut self) {
        self.sending.key = true;
    }

    /// Sends one picture.
    pub(super) fn shoot(&mut self, now: Instant) {
        let frame = self.picture();
        let mut unit = Vec::new();
        let key = std::mem::take(&mut self.sending.key);
        self.encoder.encode(&frame, key, &mut unit).expect("it can");
        let mut payloads: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut out = [0; 1_300];
        match self.traits.speaks {
            Speaks::Vp8 => {
                for payload in vp8::packetize(&unit, vp8::Descriptor::default(), 1_000) {
                    let len = payload.write(&mut out).expect("room");
                    payloads.push((out[..len].to_vec(), payload.last));
                }
            }
            speaks => {
                let mode = match speaks {
                    Speaks::SingleNal => h264::PacketizationMode::SingleNal,
                    _ => h264::PacketizationMode::NonInterleaved,
                };
                for payload in h264::packetize(&unit, mode, SINGLE_NAL_BYTES).expect("it fits") {
                    let len = payload.write(&mut out).expect("room");
                    payloads.push((out[..len].to_vec(), payload.last));
                }
            }
        }
        for (payload, last) in payloads {
            let header = RtpHeader {
                marker: last,
                payload_type: self.traits.speaks.payload_type(),
                sequence: self.sending.sequence,
                timestamp: self.sending.timestamp,
                ssrc: self.sending.ssrc,
            };
            self.sending.sequence = self.sending.sequence.wrapping_add(1);
            let mut packet = vec![0; 1_400];
            let number = self.number();
            let extension = number.as_ref().map(|data| Extension { id: WIDE, data });
            let at = header.write(&[], extension.as_slice(), &mut packet).expect("room");
            packet[at..at + payload.len()].copy_from_slice(&payload);
            self.send(packet, at + payload.len());
            self.sending.sent.keep(now, header, payload);
        }
        self.sending.timestamp = self.sending.timestamp.wrapping_add(2_970);
        self.sending.number += 1;
    }

    /// The transport-wide number of a packet, where it has one.
    fn number(&mut self) -> Option<[u8; 2]> {
        self.traits.reports?;
        let number = self.sending.wide;
        self.sending.wide = number.wrapping_add(1);
        Some(number.to_be_bytes())
    }

    fn picture(&self) -> Frame {
        let size = self.traits.size;
        let mut frame = self.pool.take(size).expect("a frame");
        frame.planes_mut().fill(self.colour);
        // The mark moves along the upper edge, away from where colours are looked at.
        let x = (self.sending.number as usize * 8) % (usize::from(size.width) - 32);
        let mut planes = frame.planes_mut();
        planes.part(x & !1, 0, 16, 16).fill(Colour::WHITE);
        frame.freeze()
    }

    fn send(&mut self, mut packet: Vec<u8>, mut len: usize) {
        packet.resize(len + MAX_SRTP_OVERHEAD, 0);
        if let Some((srtp, _)) = &mut self.srtp {
            len = srtp.protect_rtp(&mut packet, len).expect("a fresh key");
        }
        let number = self.sending.count;
        self.sending.count += 1;
        if !(self.traits.loses)(number) {
            let _ = self.socket.send_to(&packet[..len], self.target);
        }
    }

    /// Takes all that came, answers it, and asks for what is missing.
    pub(super) fn receive(&mut self, now: Instant) {
        let mut datagram = [0; 2_048];
        while let Ok((len, _)) = self.socket.recv_from(&mut datagram) {
            let datagram = &mut datagram[..len];
            match DatagramKind::of(datagram) {
                DatagramKind::Rtp => self.take_rtp(datagram, now),
                DatagramKind::Rtcp => self.take_rtcp(datagram, now),
                other => panic!("{other:?}"),
            }
        }
        self.watch(now);
    }

    fn take_rtp(&mut self, datagram: &mut [u8], now: Instant) {
        let number = self.receiving.count;
        self.receiving.count += 1;
        if (self.traits.misses)(number) {
            return;
        }
        let len = match &mut self.srtp {
            Some((_, srtp)) => srtp.unprotect_rtp(datagram).expect("genuine"),
            None => datagram.len(),
        };
        let view = RtpView::parse(&datagram[..len]).expect("RTP");
        if let Some(later) = self.traits.reports {
            let wide = view.extension(WIDE).and_then(|data| data.first_chunk());
            let wide = u16::from_be_bytes(*wide.expect("each packet is numbered"));
            self.receiving.arrivals.came(now + later(number), wide);
        }
        let (seq, payload) = if view.payload_type() == self.traits.speaks.payload_type() {
            self.receiving.ssrc = Some(view.ssrc());
            (view.sequence(), view.payload())
        } else {
            assert_eq!(view.payload_type(), self.traits.speaks.payload_type() + RTX);
            rtx::unwrap(view.payload()).expect("a packet")
        };
        if self.traits.speaks == Speaks::SingleNal {
            assert!(payload[0] & 0x1f < 24, "mode 0 has whole units only");
        }
        self.packets += 1;
        self.longest = self.longest.max(payload.len());
        let (timestamp, marker) = (view.timestamp(), view.marker());
        self.receiving.receiver.receive(now, &Piece { seq, timestamp, marker, payload });
    }

    fn watch(&mut self, now: Instant) {
        if now >= self.receiving.reported + REPORT {
            self.receiving.reported = now;
            let (ours, media) = (self.sending.ssrc, self.receiving.ssrc.unwrap_or_default());
            let mut arrivals = std::mem::take(&mut self.receiving.arrivals);
            arrivals.report(|report| self.say(|it| it.transport_wide(ours, media, report)));
            self.receiving.arrivals = arrivals;
        }
        while let Some(assembled) = self.receiving.receiver.poll(now) {
            let Assembled::Frame(frame) = assembled else {
                self.decoder.lost();
                continue;
            };
            if !frame.whole && frame.kind == FrameKind::Delta {
                continue;
            }
            self.full += usize::from(frame.kind == FrameKind::Key);
            match self.decoder.decode(frame.bytes, &self.pool) {
                Ok(Decoded::Picture(picture)) => {
                    self.pictures += 1;
                    self.seen = Some(picture);
                }
                Ok(Decoded::Nothing) => {}
                Ok(Decoded::Broken) | Err(_) => self.receiving.broken = true,
            }
        }
        if std::mem::take(&mut self.receiving.broken) {
            self.receiving.receiver.want_key_frame(now);
        }
        let mut numbers = [0; MAX_PER_MESSAGE];
        while let Some(ask) = self.receiving.receiver.ask(now, &mut numbers) {
            let Some(media) = self.receiving.ssrc else { return };
            let ours = self.sending.ssrc;
            let sequence = self.receiving.receiver.fir_sequence();
            self.asked += usize::from(matches!(ask, Ask::KeyFrame(_)));
            self.say(|writer| match ask {
                Ask::Packets(count) => writer.nack(ours, media, &numbers[..count]),
                Ask::KeyFrame(KeyFrameMethod::Pli) => writer.picture_loss(ours, media),
                Ask::KeyFrame(_) => {
                    writer.full_intra(ours, &[IntraRequest { ssrc: media, sequence }])
                }
            });
        }
    }

    /// Sends one RTCP message behind an empty report.
    pub(super) fn say(
        &mut self,
        message: impl FnOnce(&mut RtcpWriter<'_>) -> Result<(), causeway_wire::rtp::NoRoom>,
    ) {
        let mut compound = [0; 1_200];
        let mut writer = RtcpWriter::new(&mut compound[..1_000]);
        writer.receiver_report(self.sending.ssrc, &[]).expect("room");
        message(&mut writer).expect("room");
        let mut len = writer.len();
        if let Some((srtp, _)) = &mut self.srtp {
            len = srtp.protect_rtcp(&mut compound, len).expect("a fresh key");
        }
        self.socket.send_to(&compound[..len], self.target).expect("loopback");
    }

    /// The source of what it is sent, and its own.
    pub(super) fn sources(&self) -> (u32, u32) {
        (self.receiving.ssrc.expect("something came"), self.sending.ssrc)
    }

    fn take_rtcp(&mut self, datagram: &mut [u8], now: Instant) {
        let len = match &mut self.srtp {
            Some((_, srtp)) => srtp.unprotect_rtcp(datagram).expect("genuine"),
            None => datagram.len(),
        };
        let compound = datagram[..len].to_vec();
        let view = RtcpView::parse(&compound).expect("a compound");
        for packet in view.packets() {
            match packet {
                RtcpPacket::TransportFeedback(feedback) => match feedback.transport() {
                    Some(TransportFeedback::Nack(numbers)) => {
                        numbers.for_each(|number| self.send_again(number, now));
                    }
                    Some(TransportFeedback::BitrateRequest(mut limits)) => {
                        self.heard.limit = limits.next();
                    }
                    Some(TransportFeedback::BitrateNotice(mut limits)) => {
                        self.heard.notice = limits.next();
                    }
                    Some(TransportFeedback::TransportWide(wide)) => {
                        for (_, came) in wide.arrivals() {
                            self.heard.came += usize::from(came.is_some());
                            self.heard.missing += usize::from(came.is_none());
                        }
                    }
                    _ => {}
                },
                RtcpPacket::PayloadFeedback(feedback) => match feedback.payload() {
                    Some(PayloadFeedback::PictureLoss) => {
                        self.heard.pli += 1;
                        self.sending.key |= (self.traits.obeys)(KeyFrameMethod::Pli);
                    }
                    Some(PayloadFeedback::FullIntra(_)) => {
                        self.heard.fir += 1;
                        self.sending.key |= (self.traits.obeys)(KeyFrameMethod::Fir);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn send_again(&mut self, number: u16, now: Instant) {
        self.heard.nacked += 1;
        let Some((header, payload)) = self.sending.sent.ask(now, number) else { return };
        let payload = payload.clone();
        let mut packet = vec![0; 1_400];
        let number = self.number();
        let extension = number.as_ref().map(|data| Extension { id: WIDE, data });
        let extensions = extension.as_slice();
        let len = if self.traits.rtx {
            self.sending.rtx.wrap(header, extensions, &payload, &mut packet).expect("room")
        } else {
            let at = header.write(&[], extensions, &mut packet).expect("room");
            packet[at..at + payload.len()].copy_from_slice(&payload);
            at + payload.len()
        };
        self.send(packet, len);
    }

    /// The colour that it sees at a place, in thousandths of what it sees.
    pub(super) fn sees(&self, x: usize, y: usize) -> Option<Colour> {
        let frame = self.seen.as_ref()?;
        let size = frame.size();
        let (x, y) = (usize::from(size.width) * x / 1_000, usize::from(size.height) * y / 1_000);
        let planes = frame.planes();
        Some(Colour {
            y: planes.y.row(y)[x],
            u: planes.u.row(y / 2)[x / 2],
            v: planes.v.row(y / 2)[x / 2],
        })
    }

    /// The size of what it sees.
    pub(super) fn size(&self) -> Option<VideoSize> {
        self.seen.as_ref().map(Frame::size)
    }

    /// Times that something was missing for good.
    pub(super) const fn given_up(&self) -> u64 {
        self.receiving.receiver.stats().given_up
    }

    /// Packets that it sent, with those that were lost.
    pub(super) const fn sent(&self) -> u64 {
        self.sending.count
    }

    /// What came of it all, for who reads a failure.
    pub(super) fn account(&self) -> String {
        format!(
            "{}: {} packets, {} pictures of {:?}, {} full, {:?} and {:?} at a quarter, {:?}",
            self.leg,
            self.packets,
            self.pictures,
            self.size(),
            self.full,
            self.sees(250, 500),
            self.sees(750, 500),
            self.heard,
        )
    }
}

/// Whether two colours are the same but for what encoders leave of them.
pub(super) fn alike(a: Colour, b: Colour) -> bool {
    let near = |a: u8, b: u8| a.abs_diff(b) <= 12;
    near(a.y, b.y) && near(a.u, b.u) && near(a.v, b.v)
}

fn new_encoder(traits: &Traits) -> Box<dyn VideoEncoder> {
    let settings = EncoderSettings {
        size: traits.size,
        bitrate: Bitrate::kbps(600),
        fps: 30,
        max_nal: (traits.speaks == Speaks::SingleNal).then_some(SINGLE_NAL_BYTES),
    };
    encoder(traits.speaks.codec(), settings).expect("built in")
}

fn receiver(now: Instant, traits: &Traits) -> VideoReceiver {
    let asks = [(FeedbackKind::Pli, KeyFrameMethod::Pli), (FeedbackKind::Fir, KeyFrameMethod::Fir)];
    let methods: Vec<_> = asks
        .into_iter()
        .filter(|(kind, _)| traits.feedback.has(*kind))
        .map(|(_, method)| method)
        .collect();
    let nack = traits.feedback.has(FeedbackKind::Nack);
    VideoReceiver::new(now, traits.speaks.codec(), nack, &methods)
}

/// A phone for the sound of a camera's leg.
pub(super) fn phone(leg: LegId, target: SocketAddr) -> Phone {
    Phone::new(leg, Codec::Pcmu, target, None)
}

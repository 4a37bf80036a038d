//! A phone of the tests: one socket, one tone, its own encoder and ears.

use causeway_base::{Codec, LegId};
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_plan::{AudioFormat, Direction, LegAudio, LegMedia, SrtpSpec, TransportSpec};
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_rtp::{SrtpReceiver, SrtpSender};
use causeway_wire::rtp::{RtpHeader, RtpView};
use causeway_wire::telephone_event::TelephoneEvent;
use std::f32::consts::TAU;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

const EVENTS: u8 = 101;
const PACKET_MS: usize = 20;

/// The keys of a leg, as the engine has them.
#[derive(Clone)]
pub(super) struct Crypto(pub(super) SrtpSpec);

pub(super) struct Phone {
    pub(super) leg: LegId,
    /// What it sends, in Hz.
    pub(super) tone: f32,
    codec: Codec,
    target: SocketAddr,
    socket: UdpSocket,
    encoder: Encoder,
    decoder: Decoder,
    srtp: Option<(SrtpSender, SrtpReceiver)>,
    spec: Option<SrtpSpec>,
    sequence: u16,
    samples: usize,
    heard: Vec<f32>,
    packets: usize,
    digits: String,
    last_event: Option<u32>,
}

impl Phone {
    pub(super) fn new(
        leg: LegId,
        codec: Codec,
        target: SocketAddr,
        crypto: Option<Crypto>,
    ) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        socket.set_nonblocking(true).expect("supported");
        let spec = crypto.map(|crypto| crypto.0);
        Self {
            leg,
            tone: 300.0 + 200.0 * leg.0 as f32,
            codec,
            target,
            socket,
            encoder: Encoder::new(codec, EncoderSettings::default()).expect("known codec"),
            decoder: Decoder::new(codec),
            srtp: spec.map(|spec| {
                let sender = SrtpSender::new(spec.suite, &spec.receive).expect("length checked");
                let receiver = SrtpReceiver::new(spec.suite, &spec.send).expect("length checked");
                (sender, receiver)
            }),
            spec,
            sequence: 0,
            samples: 0,
            heard: Vec::new(),
            packets: 0,
            digits: String::new(),
            last_event: None,
        }
    }

    /// What offer/answer would have settled with it.
    pub(super) fn media(&self) -> LegMedia {
        let address = self.socket.local_addr().expect("bound");
        let format = AudioFormat::new(self.codec, self.payload_type());
        LegMedia {
            transport: TransportSpec {
                remote_rtp: Some(address),
                remote_rtcp: Some(address),
                rtcp_mux: true,
                signalling_source: IpAddr::V4(Ipv4Addr::LOCALHOST),
                srtp: self.spec,
            },
            direction: Direction::SendReceive,
            audio: LegAudio {
                send: format,
                receive: vec![format],
                ptime_ms: PACKET_MS as u8,
                send_events: Some(EVENTS),
                receive_events: vec![EVENTS],
                receive_comfort_noise: vec![],
                level_extension: None,
            },
        }
    }

    pub(super) fn target(&self) -> SocketAddr {
        self.target
    }

    pub(super) fn packets(&self) -> usize {
        self.packets
    }

    pub(super) fn digits(&self) -> &str {
        &self.digits
    }

    pub(super) fn send_tone(&mut self) {
        let rate = self.codec.sample_rate() as usize;
        let frame: Vec<f32> = (0..rate / 1000 * PACKET_MS)
            .map(|at| 0.3 * (TAU * self.tone * (self.samples + at) as f32 / rate as f32).sin())
            .collect();
        self.samples += frame.len();
        let mut payload = [0; 1275];
        let len = self.encoder.encode(&frame, &mut payload).expect("a whole frame");
        let timestamp = (u32::from(self.sequence)) * self.codec.clock_rate() / 50;
        self.send(self.payload_type(), timestamp, false, &payload[..len]);
    }

    /// One key press: three updates and three ends, the first update lost.
    pub(super) fn press(&mut self, digit: char) {
        let event = TelephoneEvent::event_of(digit).expect("a digit");
        let timestamp = u32::from(self.sequence) * self.codec.clock_rate() / 50;
        for (duration, end) in [(320, false), (480, false), (640, true), (640, true), (640, true)] {
            let payload = TelephoneEvent { event, end, volume: 10, duration }.to_bytes();
            self.send(EVENTS, timestamp, false, &payload);
        }
    }

    fn send(&mut self, payload_type: u8, timestamp: u32, marker: bool, payload: &[u8]) {
        let mut packet = vec![0; 12 + payload.len() + MAX_SRTP_OVERHEAD];
        let ssrc = 0x1000 + self.leg.0 as u32;
        let header = RtpHeader { marker, payload_type, sequence: self.sequence, timestamp, ssrc };
        self.sequence = self.sequence.wrapping_add(1);
        let start = header.write(&[], &[], &mut packet).expect("room");
        packet[start..start + payload.len()].copy_from_slice(payload);
        let mut len = start + payload.len();
        if let Some((sender, _)) = &mut self.srtp {
            len = sender.protect_rtp(&mut packet, len).expect("room");
        }
        self.socket.send_to(&packet[..len], self.target).expect("loopback");
    }

    /// Whether nothing at all waits at its socket, RTCP neither.
    pub(super) fn was_left_alone(&self) -> bool {
        self.socket.recv(&mut [0; 2048]).is_err()
    }

    /// Takes all that came.
    pub(super) fn receive(&mut self) {
        let mut buffer = [0; 2048];
        while let Ok(mut len) = self.socket.recv(&mut buffer) {
            if (192..224).contains(&buffer[1]) {
                continue; // RTCP shares the port
            }
            if let Some((_, receiver)) = &mut self.srtp {
                len = receiver.unprotect_rtp(&mut buffer[..len]).expect("authentic");
            }
            let view = RtpView::parse(&buffer[..len]).expect("RTP");
            if view.payload_type() == EVENTS {
                let event = TelephoneEvent::parse(view.payload()).expect("an event");
                if self.last_event.replace(view.timestamp()) != Some(view.timestamp()) {
                    self.digits.extend(event.digit());
                }
                continue;
            }
            self.packets += 1;
            let mut pcm = [0.0; 5760];
            let samples = self.decoder.decode(view.payload(), &mut pcm).expect("decodes");
            self.heard.extend_from_slice(&pcm[..samples]);
        }
    }

    /// How loud a tone is in the second half of what was heard: dB of full scale.
    pub(super) fn hears(&self, tone: f32) -> f32 {
        let rate = self.codec.sample_rate() as f32;
        let heard = &self.heard[self.heard.len() / 2..];
        let (mut re, mut im) = (0.0f64, 0.0f64);
        for (at, sample) in heard.iter().enumerate() {
            let phase = f64::from(TAU * tone / rate) * at as f64;
            re += f64::from(*sample) * phase.cos();
            im += f64::from(*sample) * phase.sin();
        }
        let amplitude = 2.0 * re.hypot(im) / heard.len().max(1) as f64;
        20.0 * (amplitude.max(1e-9).log10() as f32)
    }

    fn payload_type(&self) -> u8 {
        self.codec.static_payload_type().unwrap_or(111)
    }
}

//! A phone of the tests: one socket, one tone, its own encoder and ears.

use causeway_base::{Codec, LegId};
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_media::audio::level::Level;
use causeway_media::audio::resample::Resampler;
use causeway_plan::{
    AudioFormat, Clip, Direction, LegAudio, LegMedia, MediaProtection, SrtpSpec, Transport,
    TransportSpec,
};
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_rtp::{SrtpReceiver, SrtpSender};
use causeway_wire::audio_level::AudioLevel;
use causeway_wire::rtp::{Extension, RtpHeader, RtpView};
use causeway_wire::telephone_event::TelephoneEvent;
use std::collections::VecDeque;
use std::f32::consts::TAU;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::ops::Range;

const EVENTS: u8 = 101;
const PACKET_MS: usize = 20;

/// A header with one short extension.
const MAX_HEADER: usize = 20;

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
    words: VecDeque<f32>,
    heard: Vec<f32>,
    packets: usize,
    digits: String,
    last_event: Option<u32>,
    /// The number of the extension by which its packets say how loud they are, where they do.
    pub(super) levels: Option<u8>,
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
            words: VecDeque::new(),
            heard: Vec::new(),
            packets: 0,
            digits: String::new(),
            last_event: None,
            levels: None,
        }
    }

    /// What offer/answer would have settled with it.
    pub(super) fn media(&self) -> LegMedia {
        let address = self.socket.local_addr().expect("bound");
        let format = AudioFormat::new(self.codec, self.payload_type());
        LegMedia {
            transport: Transport::Rtp(TransportSpec {
                remote_rtp: Some(address),
                remote_rtcp: Some(address),
                rtcp_mux: true,
                signalling_source: IpAddr::V4(Ipv4Addr::LOCALHOST),
                protection: MediaProtection::of_srtp(self.spec),
            }),
            direction: Direction::SendReceive,
            audio: LegAudio {
                send: format,
                receive: vec![format],
                ptime_ms: PACKET_MS as u8,
                send_events: Some(EVENTS),
                receive_events: vec![EVENTS],
                receive_comfort_noise: vec![],
                level_extension: self.levels,
            },
            video: vec![],
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

    /// What it heard, at [`Self::rate`].
    pub(super) fn heard(&self) -> &[f32] {
        &self.heard
    }

    pub(super) fn rate(&self) -> u32 {
        self.codec.sample_rate()
    }

    /// Forgets what it heard until now.
    pub(super) fn forget(&mut self) {
        self.heard.clear();
        self.packets = 0;
    }

    /// Speaks another codec from now on.
    pub(super) fn speak(&mut self, codec: Codec) {
        self.codec = codec;
        self.encoder = Encoder::new(codec, EncoderSettings::default()).expect("known codec");
    }

    /// Has [`Self::send_said`] say this from now on.
    pub(super) fn say(&mut self, words: &Clip) {
        let pcm: Vec<f32> = words.0.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        let mut high = vec![0.0; pcm.len() * 3];
        Resampler::new(16_000, 48_000).expect("known").process(&pcm, &mut high);
        let mut low = vec![0.0; high.len() * self.rate() as usize / 48_000];
        Resampler::new(48_000, self.rate()).expect("known").process(&high, &mut low);
        self.words.extend(low);
    }

    /// The next packet of what it has to say; silence after it.
    pub(super) fn send_said(&mut self) {
        let length = self.rate() as usize / 1000 * PACKET_MS;
        let spoken = length.min(self.words.len());
        let mut frame: Vec<f32> = self.words.drain(..spoken).collect();
        frame.resize(length, 0.0);
        self.send_frame(&frame);
    }

    /// What it heard `later_ms` ago, at a gain: its loudspeaker is in its microphone.
    pub(super) fn send_back(&mut self, later_ms: usize, gain: f32) {
        let at = |ms: usize| self.rate() as usize / 1000 * ms;
        let (later, length) = (at(later_ms), at(PACKET_MS));
        let end = self.heard.len().saturating_sub(later);
        let heard = &self.heard[end.saturating_sub(length)..end];
        let mut frame: Vec<f32> = heard.iter().map(|x| x * gain).collect();
        frame.resize(length, 0.0);
        self.send_frame(&frame);
    }

    pub(super) fn send_silence(&mut self) {
        self.send_frame(&vec![0.0; self.rate() as usize / 1000 * PACKET_MS]);
    }

    pub(super) fn send_tone(&mut self) {
        let rate = self.codec.sample_rate() as usize;
        let frame: Vec<f32> = (0..rate / 1000 * PACKET_MS)
            .map(|at| 0.3 * (TAU * self.tone * (self.samples + at) as f32 / rate as f32).sin())
            .collect();
        self.samples += frame.len();
        self.send_frame(&frame);
    }

    fn send_frame(&mut self, frame: &[f32]) {
        let mut payload = [0; 1275];
        let len = self.encoder.encode(frame, &mut payload).expect("a whole frame");
        let timestamp = (u32::from(self.sequence)) * self.codec.clock_rate() / 50;
        let level = self.levels.map(|id| (id, Level::of_pcm(frame).to_rfc6464()));
        self.send_with(level, self.payload_type(), timestamp, false, &payload[..len]);
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
        self.send_with(None, payload_type, timestamp, marker, payload);
    }

    /// Sends a packet that says how loud it is by the extension of a number.
    fn send_with(
        &mut self,
        level: Option<(u8, u8)>,
        payload_type: u8,
        timestamp: u32,
        marker: bool,
        payload: &[u8],
    ) {
        let mut packet = vec![0; MAX_HEADER + payload.len() + MAX_SRTP_OVERHEAD];
        let level = level.map(|(id, level)| (id, AudioLevel { level, voice: true }.to_bytes()));
        let extension = level.as_ref().map(|(id, data)| Extension { id: *id, data });
        let ssrc = 0x1000 + self.leg.0 as u32;
        let header = RtpHeader { marker, payload_type, sequence: self.sequence, timestamp, ssrc };
        self.sequence = self.sequence.wrapping_add(1);
        let start = header.write(&[], extension.as_slice(), &mut packet).expect("room");
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
        self.hears_in(tone, self.heard.len() / 2..usize::MAX)
    }

    /// As [`Self::hears`], in these samples of what was heard.
    pub(super) fn hears_in(&self, tone: f32, part: Range<usize>) -> f32 {
        let heard = &self.heard[part.start..part.end.min(self.heard.len())];
        loudness(heard, self.codec.sample_rate(), tone)
    }

    fn payload_type(&self) -> u8 {
        self.codec.static_payload_type().unwrap_or(111)
    }
}

/// How loud a tone is in what was heard: dB of full scale.
pub(super) fn loudness(heard: &[f32], rate: u32, tone: f32) -> f32 {
    let (mut re, mut im) = (0.0f64, 0.0f64);
    for (at, sample) in heard.iter().enumerate() {
        let phase = f64::from(TAU * tone / rate as f32) * at as f64;
        re += f64::from(*sample) * phase.cos();
        im += f64::from(*sample) * phase.sin();
    }
    let amplitude = 2.0 * re.hypot(im) / heard.len().max(1) as f64;
    20.0 * (amplitude.max(1e-9).log10() as f32)
}

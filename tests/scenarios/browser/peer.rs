//! A browser made of the `webrtc` crate: a stack that shares nothing with the bridge's own.

use crate::sound::Wave;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_OPUS;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability,
    RtpCodecKind,
};
use rtp::extension::{HeaderExtension, audio_level_extension::AudioLevelExtension};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle, time};
use webrtc::{
    media_stream::{
        track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
        track_remote::{TrackRemote, TrackRemoteEvent},
    },
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
        RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, Registry,
        register_default_interceptors,
    },
};

/// The length of a packet.
const PACKET: Duration = Duration::from_millis(20);

/// How often a browser that saves bandwidth sends where nobody speaks.
const BREATH: Duration = Duration::from_millis(400);

/// 20 ms of Opus, and nothing else.
const SILENT_OPUS: u8 = 0xf8;

/// The payload type of Opus in the default set.
const OPUS: u8 = 111;

/// What is kept of what came: the last two seconds.
const KEPT: usize = 100;

/// Says of the level that nobody speaks (RFC 6464).
const SILENCE: u8 = 127;

/// A browser without a page.
pub(crate) struct Peer {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    /// It speaks, and sends nothing of it.
    rests: Arc<AtomicBool>,
    events: Arc<Events>,
}

/// What its connection tells.
struct Events {
    state: watch::Sender<RTCPeerConnectionState>,
    gathered: watch::Sender<bool>,
    /// The payloads that came last.
    heard: Arc<Mutex<VecDeque<Vec<u8>>>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Events {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let heard = Arc::clone(&self.heard);
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                if heard.len() == KEPT {
                    heard.pop_front();
                }
                heard.push_back(packet.payload.to_vec());
            }
        });
    }
}

impl Peer {
    /// A peer connection with a microphone.
    pub(crate) async fn new() -> Self {
        let mut engine = MediaEngine::default();
        engine.register_default_codecs().expect("once");
        let level = RTCRtpHeaderExtensionCapability {
            uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level".to_owned(),
        };
        engine.register_header_extension(level, RtpCodecKind::Audio, None).expect("once");
        let registry = register_default_interceptors(Registry::new(), &mut engine).expect("once");
        let events = Arc::new(Events {
            state: watch::Sender::new(RTCPeerConnectionState::New),
            gathered: watch::Sender::new(false),
            heard: Arc::default(),
        });
        let handler = Arc::clone(&events) as Arc<dyn PeerConnectionEventHandler>;
        let connection = PeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_interceptor_registry(registry)
            .with_handler(handler)
            .with_udp_addrs(vec!["127.0.0.1:0".to_owned()]);
        let connection = Box::pin(connection.build()).await.expect("loopback has UDP");
        let ssrc = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(microphone(ssrc)));
        let connection = Arc::new(connection);
        connection.add_track(Arc::clone(&track) as Arc<dyn TrackLocal>).await.expect("a track");
        Self { connection, track, ssrc, rests: Arc::default(), events }
    }

    /// Its offer, with its candidate.
    pub(crate) async fn offer(&self) -> String {
        let offer = self.connection.create_offer(None).await.expect("an offer");
        self.connection.set_local_description(offer).await.expect("our own offer");
        let mut gathered = self.events.gathered.subscribe();
        gathered.wait_for(|done| *done).await.expect("we hold the sender");
        self.connection.local_description().await.expect("an offer").sdp
    }

    /// Takes the answer.
    pub(crate) async fn answered(&self, sdp: String) {
        let answer = RTCSessionDescription::answer(sdp).expect("an answer");
        self.connection.set_remote_description(answer).await.expect("an answer that fits");
    }

    /// Waits until its connection is in that state.
    pub(crate) async fn reach(&self, wanted: RTCPeerConnectionState) {
        let mut state = self.events.state.subscribe();
        let reached = state.wait_for(|state| *state == wanted);
        if time::timeout(crate::peer::PATIENCE, reached).await.is_err() {
            panic!("not {wanted} but {}", *self.events.state.borrow());
        }
    }

    /// Sends no sound any more, or does again: the numbers of its packets go on.
    pub(crate) fn rest(&self, rests: bool) {
        self.rests.store(rests, Ordering::Relaxed);
    }

    /// Speaks a wave over and over, until the returned task ends.
    pub(crate) fn speak(&self, wave: &Wave) -> JoinHandle<()> {
        let payloads = encoded(wave);
        let (track, ssrc) = (Arc::clone(&self.track), self.ssrc);
        let rests = Arc::clone(&self.rests);
        tokio::spawn(async move {
            let mut clock = time::interval(PACKET);
            for (sequence, payload) in payloads.iter().cycle().enumerate() {
                clock.tick().await;
                if !rests.load(Ordering::Relaxed) {
                    send(&track, ssrc, sequence as u32, payload.clone(), 20).await;
                }
            }
        })
    }

    /// Sends from time to time a packet in which nobody speaks, as a browser does that saves
    /// bandwidth, until the returned task ends.
    pub(crate) fn breathe(&self) -> JoinHandle<()> {
        let (track, ssrc) = (Arc::clone(&self.track), self.ssrc);
        tokio::spawn(async move {
            let mut clock = time::interval(BREATH);
            for sequence in 0.. {
                clock.tick().await;
                send(&track, ssrc, sequence, vec![SILENT_OPUS], SILENCE).await;
            }
        })
    }

    /// The last two seconds of what it heard.
    pub(crate) fn heard(&self) -> Wave {
        let heard = self.events.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rate = 16_000;
        let mut decoder = opus::Decoder::new(rate, opus::Channels::Mono).expect("a rate of Opus");
        let (mut samples, mut packet) = (Vec::new(), [0.0; 1920]);
        for payload in heard {
            let length = decoder.decode_float(&payload, &mut packet, false).unwrap_or(0);
            samples.extend_from_slice(&packet[..length]);
        }
        Wave { rate, samples }
    }

    pub(crate) async fn close(self) {
        self.connection.close().await.expect("closes once");
    }
}

fn microphone(ssrc: u32) -> MediaStreamTrack {
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    };
    let coding = RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() };
    let encoding =
        RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() };
    let name = |what: &str| format!("{what}-{ssrc}");
    MediaStreamTrack::new(
        name("stream"),
        name("track"),
        name("microphone"),
        RtpCodecKind::Audio,
        vec![encoding],
    )
}

async fn send(track: &TrackLocalStaticRTP, ssrc: u32, sequence: u32, payload: Vec<u8>, level: u8) {
    let header = rtp::header::Header {
        version: 2,
        payload_type: OPUS,
        sequence_number: sequence as u16,
        timestamp: sequence.wrapping_mul(960),
        ssrc,
        ..Default::default()
    };
    let packet = rtp::Packet { header, payload: payload.into() };
    let level = AudioLevelExtension { level, voice: level < 40 };
    // Lost when the connection has gone.
    let _ = track.write_rtp_with_extensions(packet, &[HeaderExtension::AudioLevel(level)]).await;
}

fn encoded(wave: &Wave) -> Vec<Vec<u8>> {
    assert_eq!(wave.rate, 48_000, "as Opus takes it");
    let mut encoder =
        opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).expect("a rate");
    let mut payload = [0; 1_000];
    let packets = wave.samples.chunks_exact(960);
    packets
        .map(|packet| {
            let length = encoder.encode_float(packet, &mut payload).expect("a packet");
            payload[..length].to_vec()
        })
        .collect()
}

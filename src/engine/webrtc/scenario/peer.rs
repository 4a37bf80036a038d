//! The other side: `str0m` with its own ways of the extensions, which browsers share.

use super::{ABS_SEND_TIME, HEARD, MID, OPUS, REPAIRED_RID, RID, RTX, SPOKEN, TRANSPORT_CC, VP8};
use causeway_plan::{Fingerprint, IceCredentials, WebRtcVideo};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, Mid, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

/// What a peer sends by and hears from.
pub(super) struct Peer {
    pub(super) rtc: Rtc,
    pub(super) address: SocketAddr,
    pub(super) target: SocketAddr,
    pub(super) fingerprint: Fingerprint,
    ice: IceCreds,
    sent: VecDeque<Vec<u8>>,
    up: bool,
    pub(super) packets: Vec<RtpPacket>,
    pub(super) events: Vec<Event>,
}

impl Peer {
    pub(super) fn new(
        now: Instant,
        bridge: &IceCredentials,
        certificate: Fingerprint,
        target: SocketAddr,
        lines: &[WebRtcVideo],
    ) -> Self {
        let ice = IceCreds::new();
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .set_local_ice_credentials(ice.clone())
            .set_stats_interval(Some(Duration::from_secs(1)))
            .clear_codecs()
            .clear_extension_map();
        let extensions = [
            (MID, Extension::RtpMid),
            (RID, Extension::RtpStreamId),
            (REPAIRED_RID, Extension::RepairedRtpStreamId),
            (ABS_SEND_TIME, Extension::AbsoluteSendTime),
            (TRANSPORT_CC, Extension::TransportSequenceNumber),
        ];
        for (id, extension) in extensions {
            config.extension_map().set(id, extension);
        }
        let params = FormatParams::default();
        let codecs = config.codec_config();
        let fast = Frequency::FORTY_EIGHT_KHZ;
        codecs.add_config(OPUS.into(), None, Codec::Opus, fast, Some(2), params);
        let rtx = Some(RTX.into());
        codecs.add_config(VP8.into(), rtx, Codec::Vp8, Frequency::NINETY_KHZ, None, params);
        let mut rtc = config.build(now);
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        let udp = |address| Candidate::builder().udp().host(address).build().expect("an address");
        rtc.add_local_candidate(udp(address));
        rtc.add_remote_candidate(udp(target));
        let mut direct = rtc.direct_api();
        direct.set_ice_controlling(true);
        direct.set_remote_ice_credentials(IceCreds {
            ufrag: bridge.ufrag.clone(),
            pass: bridge.password.clone(),
        });
        direct.set_remote_fingerprint(str0m::config::Fingerprint {
            hash_func: "sha-256".into(),
            bytes: certificate.0.to_vec(),
        });
        let bytes = direct.local_dtls_fingerprint().bytes.clone();
        let mid = Mid::from("0");
        direct.declare_media(mid, MediaKind::Audio);
        direct.declare_stream_tx(SPOKEN.into(), None, mid, None);
        direct.expect_stream_rx(HEARD.into(), None, mid, None).suppress_nack(true);
        direct.enable_twcc_feedback();
        direct.start_dtls(true).expect("starts");
        let mut peer = Self {
            rtc,
            address,
            target,
            fingerprint: Fingerprint(bytes.try_into().expect("32 bytes")),
            ice,
            sent: VecDeque::new(),
            up: false,
            packets: vec![],
            events: vec![],
        };
        lines.iter().for_each(|line| peer.declare(line));
        peer
    }

    /// Declares a line as its description states it.
    pub(super) fn declare(&mut self, line: &WebRtcVideo) {
        let mid = Mid::from(&*line.mid);
        let mut direct = self.rtc.direct_api();
        direct.declare_media(mid, MediaKind::Video);
        let rtx = Some(line.local_rtx_ssrc.into());
        direct.expect_stream_rx(line.local_ssrc.into(), rtx, mid, None);
        if let Some(ssrc) = line.remote_ssrc {
            let rtx = line.remote_rtx_ssrc.map(Into::into);
            direct.declare_stream_tx(ssrc.into(), rtx, mid, None);
        }
        for (number, rid) in (0..).zip(&line.remote_rids) {
            let (ssrc, rtx) = (sized(number), repeats(number));
            let rid = Some(Rid::from(&*rid.rid));
            direct.declare_stream_tx(ssrc.into(), Some(rtx.into()), mid, rid);
        }
    }

    pub(super) fn ice(&self) -> IceCredentials {
        IceCredentials { ufrag: self.ice.ufrag.clone(), password: self.ice.pass.clone() }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up
    }

    /// What it sent since the last call.
    pub(super) fn sent(&mut self) -> Vec<Vec<u8>> {
        self.sent.drain(..).collect()
    }

    pub(super) fn receive(&mut self, now: Instant, bytes: &[u8]) {
        let receive = Receive::new(Protocol::Udp, self.target, self.address, bytes);
        let receive = receive.expect("a datagram of WebRTC");
        self.rtc.handle_input(Input::Receive(now, receive)).expect("well formed");
        self.drain();
    }

    pub(super) fn run(&mut self, now: Instant) {
        self.rtc.handle_input(Input::Timeout(now)).expect("goes on");
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("goes on") {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => self.sent.push_back(transmit.contents.to_vec()),
                Output::Event(Event::Connected) => self.up = true,
                Output::Event(Event::RtpPacket(packet)) => self.packets.push(packet),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    /// Sends a packet of a source.
    pub(super) fn film(&mut self, now: Instant, ssrc: u32, sequence: u64) {
        self.write(now, ssrc, VP8, sequence, vec![sequence as u8; 900]);
    }

    pub(super) fn write(
        &mut self,
        now: Instant,
        ssrc: u32,
        payload_type: u8,
        sequence: u64,
        payload: Vec<u8>,
    ) {
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&ssrc.into()).expect("declared");
        let timestamp = sequence as u32 * 3000;
        let write = RtpWrite::new(payload_type.into(), sequence.into(), timestamp, now, payload);
        stream.write_rtp(write.nackable(payload_type == VP8));
        self.run(now);
    }

    /// Sequence numbers of what it received from a source, sorted.
    pub(super) fn sequences(&self, ssrc: u32) -> Vec<u16> {
        let of = |packet: &&RtpPacket| *packet.header.ssrc == ssrc;
        let mut all: Vec<_> =
            self.packets.iter().filter(of).map(|packet| packet.header.sequence_number).collect();
        all.sort_unstable();
        all
    }
}

/// The source of a size in simulcast, and that of its repeats.
pub(super) fn sized(number: u32) -> u32 {
    0x5000 + number
}

pub(super) fn repeats(number: u32) -> u32 {
    0x6000 + number
}

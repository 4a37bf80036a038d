//! What a session is told of its formats and candidates.

use super::Door;
use causeway_base::{Codec, VideoCodec};
use causeway_plan::{CandidateKind, CandidateProtocol, IceCandidate, LegMedia, VideoFormat};
use std::net::{IpAddr, SocketAddr};
use str0m::RtcConfig;
use str0m::format::{Codec as Format, FormatParams};
use str0m::media::{Frequency, Pt};
use str0m::net::{Protocol, TcpType};
use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};
use str0m::{Candidate, CandidateKind as Kind};

/// Identifiers of header extensions in their short form (RFC 8285 section 4.2).
const SHORT_IDS: std::ops::RangeInclusive<u8> = 1..=14;

/// Declares every payload type that either side may ever use, and the header extensions that the
/// session reads and writes. It only reads the clock of a format, and which payload type repeats
/// it: what it carries is the ingress' business.
///
/// The tags of media lines and of sizes are left out: a session that learns sources by them would
/// learn them before a packet is authenticated. [`super::lines`] reads them.
///
/// Transport-wide numbers are read, so that the browser is told when its packets came; none are
/// written, and the browser tells by `abs-send-time` and REMB what it can take. Chromium does so
/// four times a second, also where both ways are agreed. The library's own estimate is bound to a
/// pacer that sends one packet each time it wakes, and wakes every 40 ms for every listener; and
/// of packets' arrival each of them would report twenty times a second.
pub(super) fn formats(config: &mut RtcConfig, media: &LegMedia) {
    let audio = &media.audio;
    let mut declare = |payload_type: u8, format: Format, clock: u32| {
        let known = config.codec_config().params();
        if payload_type < 128
            && known.iter().all(|params| *params.pt() != payload_type)
            && let Some(clock) = Frequency::new(clock)
        {
            let (pt, params) = (Pt::from(payload_type), FormatParams::default());
            config.codec_config().add_config(pt, None, format, clock, None, params);
        }
    };
    let clock = audio.send.codec.clock_rate();
    for format in audio.receive.iter().chain([&audio.send]) {
        declare(format.payload_type, named(format.codec), format.codec.clock_rate());
    }
    for payload_type in audio.receive_events.iter().chain(&audio.send_events) {
        declare(*payload_type, Format::Tele, clock);
    }
    for payload_type in &audio.receive_comfort_noise {
        declare(*payload_type, Format::CN, clock);
    }
    let line = media.transport.webrtc().and_then(|spec| spec.audio.as_ref());
    if let Some(payload_type) = line.and_then(|line| line.receive_red) {
        declare(payload_type, named(audio.send.codec), clock);
    }
    if let Some(id) = audio.level_extension.filter(|id| SHORT_IDS.contains(id)) {
        config.extension_map().set(id, Extension::AudioLevel);
    }
    let spec = media.transport.webrtc();
    for format in spec.iter().flat_map(|spec| &spec.video_formats) {
        video(config, format);
    }
    for line in media.video.iter().filter_map(|video| video.transport.bundle()) {
        let extensions = &line.extensions;
        let transport_cc = Extension::with_serializer(TRANSPORT_CC, ArrivalNumber);
        let known = [
            (extensions.abs_send_time, Extension::AbsoluteSendTime),
            (extensions.transport_cc, transport_cc),
        ];
        for (id, extension) in known {
            if let Some(id) = id.filter(|id| SHORT_IDS.contains(id))
                && config.extension_map().lookup(id).is_none()
            {
                config.extension_map().set(id, extension);
            }
        }
    }
}

/// A format of video and its repeats, under payload types that nothing else has.
fn video(config: &mut RtcConfig, format: &VideoFormat) {
    let known = config.codec_config().params();
    let taken = |number: u8| {
        number >= 128
            || known.iter().any(|params| {
                *params.pt() == number || params.resend().is_some_and(|resend| *resend == number)
            })
    };
    if taken(format.payload_type) {
        return;
    }
    let rtx = format.rtx.filter(|rtx| *rtx != format.payload_type && !taken(*rtx));
    let codec = match format.coding.codec() {
        VideoCodec::H264 => Format::H264,
        VideoCodec::Vp8 => Format::Vp8,
    };
    config.codec_config().add_config(
        format.payload_type.into(),
        rtx.map(Pt::from),
        codec,
        Frequency::NINETY_KHZ,
        None,
        FormatParams::default(),
    );
}

const TRANSPORT_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// The transport-wide number of a packet, read and never written.
#[derive(Debug)]
struct ArrivalNumber;

impl ExtensionSerializer for ArrivalNumber {
    fn write_to(&self, _: &mut [u8], _: &ExtensionValues) -> usize {
        0
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        let number = bytes.first_chunk().map(|number| u16::from_be_bytes(*number));
        values.transport_cc = number;
        number.is_some()
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        true
    }
}

fn named(codec: Codec) -> Format {
    match codec {
        Codec::Opus => Format::Opus,
        Codec::G722 => Format::G722,
        Codec::Pcma => Format::PCMA,
        Codec::Pcmu => Format::PCMU,
    }
}

/// Ours: each address of the door.
pub(super) fn local_candidates(door: &Door) -> impl Iterator<Item = Candidate> + '_ {
    let udp = door.udp.iter().map(|(address, _)| Candidate::builder().udp().host(*address).build());
    let tcp = door.tcp.iter().map(|(address, _)| {
        Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build()
    });
    udp.chain(tcp).filter_map(Result::ok)
}

/// One of the peer's. `None` where nothing can be sent to it. Those by TCP are told by their
/// connection, which the peer opens: the port that it states is no real one.
pub(super) fn remote_candidate(candidate: &IceCandidate) -> Option<Candidate> {
    let IceCandidate { address, protocol, kind, priority } = *candidate;
    let kind = match kind {
        CandidateKind::Host => Kind::Host,
        CandidateKind::ServerReflexive => Kind::ServerReflexive,
        CandidateKind::PeerReflexive => Kind::PeerReflexive,
        CandidateKind::Relayed => Kind::Relayed,
    };
    (protocol == CandidateProtocol::Udp && is_one(address)).then(|| {
        let foundation = address.ip().to_string();
        Candidate::from_parts(
            foundation,
            1,
            Protocol::Udp,
            priority,
            address,
            kind,
            None,
            None,
            None,
        )
    })
}

/// The address of one machine.
fn is_one(address: SocketAddr) -> bool {
    let broadcast = matches!(address.ip(), IpAddr::V4(v4) if v4.is_broadcast());
    let ip = address.ip();
    address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !broadcast
}

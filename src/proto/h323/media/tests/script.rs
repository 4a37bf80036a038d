//! One side's channels, and what an other side could say to them.

use super::super::format::{self, Coding, Kind};
use super::super::{Channels, Terms, address};
use crate::h323::h245::{Capabilities, Command, Event, Opening};
use crate::offer_answer::LocalMedia;
use causeway_asn1::h245::{
    AudioCapability, Capability, DataType, H2250LogicalChannelAckParameters,
    H2250LogicalChannelParameters, OpenLogicalChannel, OpenLogicalChannelAck,
    OpenLogicalChannelAckForwardMultiplexAckParameters as AckMultiplex,
    OpenLogicalChannelForwardLogicalChannelParameters,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelRejectCause, VideoCapability,
};
use causeway_base::{Bitrate, Codec, VideoCodec};
use causeway_plan::video::H241Capability;
use causeway_plan::{Encryption, H264Level, H264Profile, OfferPolicy, PacketizationMode};
use std::net::SocketAddr;

/// Where the other side takes sound, and its picture.
pub(super) fn theirs(kind: Kind) -> SocketAddr {
    ([192, 0, 2, 9], if kind == Kind::Sound { 30_000 } else { 30_002 }).into()
}

pub(super) fn terms() -> Terms {
    let local = |rtp_port| LocalMedia {
        advertised: [192, 0, 2, 1].into(),
        rtp_port,
        rtcp_port: rtp_port + 1,
    };
    let codecs = vec![Codec::G722, Codec::Pcma, Codec::Pcmu];
    let mut policy = OfferPolicy { codecs, encryption: Encryption::Off, ..Default::default() };
    policy.video.codecs = vec![VideoCodec::H264];
    Terms {
        policy,
        audio: local(20_000),
        video: Some(local(20_002)),
        signalling_source: [192, 0, 2, 9].into(),
    }
}

/// A set of these, each by its place, all in descriptor 0 as `sets` say.
pub(super) fn set(capabilities: &[Capability], sets: &[&[u16]]) -> Event {
    let mut read = Capabilities {
        table: (1..).zip(capabilities.iter().cloned()).collect(),
        ..Default::default()
    };
    if !sets.is_empty() {
        read.descriptors.insert(0, sets.iter().map(|set| set.to_vec()).collect());
    }
    Event::Capabilities(Box::new(read))
}

pub(super) fn nothing() -> Event {
    set(&[], &[])
}

pub(super) fn pcma(ms: u16) -> Capability {
    Capability::ReceiveAudioCapability(AudioCapability::G711Alaw64k(ms))
}

pub(super) fn pcmu(ms: u16) -> Capability {
    Capability::ReceiveAudioCapability(AudioCapability::G711Ulaw64k(ms))
}

pub(super) fn g722(ms: u16) -> Capability {
    Capability::ReceiveAudioCapability(AudioCapability::G72264k(ms))
}

/// H.264 as a channel or a capability says it.
pub(super) fn h264(level: H264Level, kbps: u64) -> VideoCapability {
    let profile = H264Profile::Baseline;
    let limits = level.limits(profile);
    let mode = PacketizationMode::SingleNal;
    let format = causeway_plan::H264Format { profile, level, mode, limits, max_frame_rate: None };
    format::say_picture(&H241Capability::of(&format, Bitrate::kbps(kbps)))
}

pub(super) fn picture(level: H264Level, kbps: u64) -> Capability {
    Capability::ReceiveVideoCapability(h264(level, kbps))
}

/// Channels whose exchange is through, and what they have said.
pub(super) fn ready(capabilities: &[Capability], sets: &[&[u16]]) -> (Channels, Vec<Opening>) {
    let mut channels = Channels::new(terms());
    channels.begin();
    channels.take_commands();
    channels.heard(&set(capabilities, sets));
    channels.heard(&Event::Master(false));
    assert_eq!(channels.take_commands(), [], "both first say what they take");
    channels.heard(&Event::CapabilitiesAccepted);
    let opened = opened(&mut channels);
    (channels, opened)
}

/// What it wants to open now; it wants nothing else.
pub(super) fn opened(channels: &mut Channels) -> Vec<Opening> {
    let commands = channels.take_commands();
    let open = |command| match command {
        Command::Open(opening) => *opening,
        other => panic!("{other:?}"),
    };
    commands.into_iter().map(open).collect()
}

/// The other side takes a channel of ours.
pub(super) fn acknowledge(channels: &mut Channels, number: u16, kind: Kind) {
    acknowledge_with(channels, number, kind, |_| {});
}

pub(super) fn acknowledge_with(
    channels: &mut Channels,
    number: u16,
    kind: Kind,
    change: impl FnOnce(&mut H2250LogicalChannelAckParameters),
) {
    let at = theirs(kind);
    let mut parameters = H2250LogicalChannelAckParameters {
        session_id: Some(kind.session()),
        media_channel: Some(address::transport(at.ip(), at.port())),
        media_control_channel: Some(address::transport(at.ip(), at.port() + 1)),
        flow_control_to_zero: Some(false),
        ..Default::default()
    };
    change(&mut parameters);
    channels.heard(&Event::Opened(Box::new(OpenLogicalChannelAck {
        forward_logical_channel_number: number,
        forward_multiplex_ack_parameters: Some(AckMultiplex::H2250LogicalChannelAckParameters(
            Box::new(parameters),
        )),
        ..Default::default()
    })));
}

/// A channel of the other side's.
pub(super) fn channel(number: u16, data_type: DataType, kind: Kind) -> OpenLogicalChannel {
    let at = theirs(kind);
    let parameters = H2250LogicalChannelParameters {
        session_id: kind.session(),
        media_control_channel: Some(address::transport(at.ip(), at.port() + 1)),
        dynamic_rtp_payload_type: (kind == Kind::Picture).then_some(109),
        ..Default::default()
    };
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type,
            multiplex_parameters: Multiplex::H2250LogicalChannelParameters(Box::new(parameters)),
            ..Default::default()
        },
        ..Default::default()
    }
}

pub(super) fn parameters(open: &mut OpenLogicalChannel) -> &mut H2250LogicalChannelParameters {
    match &mut open.forward_logical_channel_parameters.multiplex_parameters {
        Multiplex::H2250LogicalChannelParameters(parameters) => parameters,
        other => panic!("{other:?}"),
    }
}

/// What is answered to a channel: its acknowledgement, or why not.
pub(super) fn offer(
    channels: &mut Channels,
    open: OpenLogicalChannel,
) -> Result<OpenLogicalChannelAck, OpenLogicalChannelRejectCause> {
    let number = open.forward_logical_channel_number;
    channels.heard(&Event::Offered(Box::new(open)));
    match channels.take_commands().into_iter().next() {
        Some(Command::Accept(ack)) => {
            assert_eq!(ack.forward_logical_channel_number, number);
            Ok(*ack)
        }
        Some(Command::Reject(rejected, cause)) => {
            assert_eq!(rejected, number);
            Err(cause)
        }
        other => panic!("{other:?}"),
    }
}

/// What a channel of ours carries, and under which payload type.
pub(super) fn coding(opening: &Opening) -> (Coding, u8) {
    format::read(&opening.data_type, &opening.parameters).expect("our own")
}

/// What an acknowledgement of ours says.
pub(super) fn acknowledged(ack: &OpenLogicalChannelAck) -> &H2250LogicalChannelAckParameters {
    match &ack.forward_multiplex_ack_parameters {
        Some(AckMultiplex::H2250LogicalChannelAckParameters(parameters)) => parameters,
        other => panic!("{other:?}"),
    }
}

//! Channels as H.245 says them <-> as we do.

use super::address;
use super::format::{self, Coding, Kind};
use super::line::{Receiving, Sent};
use super::secrecy::{self, Choice};
use crate::offer_answer::LocalMedia;
use causeway_asn1::h245::{
    H2250LogicalChannelAckParameters, H2250LogicalChannelParameters,
    H2250LogicalChannelParametersMediaPacketization as Packetization, OpenLogicalChannel,
    OpenLogicalChannelAck, OpenLogicalChannelAckForwardMultiplexAckParameters as AckMultiplex,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelRejectCause,
};
use causeway_base::Bitrate;
use causeway_plan::{H235Way, PacketizationMode};

/// The payload type under which we send pictures.
const PICTURE: u8 = 97;

/// The payload type under which we send.
pub(super) fn payload_type(choice: &Choice) -> u8 {
    match &choice.coding {
        Coding::Sound(..) if choice.secret => secrecy::SOUND,
        Coding::Sound(codec, _) => codec.static_payload_type().unwrap_or_default(),
        Coding::Picture(_) => PICTURE,
    }
}

/// What a channel of ours says beside what it carries; RTCP is awaited `at` ours.
pub(super) fn parameters(
    coding: &Coding,
    payload_type: u8,
    at: LocalMedia,
) -> H2250LogicalChannelParameters {
    let cut = match coding {
        Coding::Picture(format) if format.mode == PacketizationMode::NonInterleaved => {
            Some(format::say_packetization(format.mode, Some(payload_type)))
        }
        // One NAL unit a packet is what is meant where nothing is said.
        _ => None,
    };
    H2250LogicalChannelParameters {
        session_id: coding.kind().session(),
        media_guaranteed_delivery: Some(false),
        media_control_channel: Some(address::transport(at.advertised, at.rtcp_port)),
        media_control_guaranteed_delivery: Some(false),
        silence_suppression: (coding.kind() == Kind::Sound).then_some(false),
        dynamic_rtp_payload_type: (payload_type >= 96).then_some(payload_type),
        media_packetization: cut.map(Packetization::RtpPayloadType),
        ..H2250LogicalChannelParameters::default()
    }
}

/// How a channel travels, if by H.225.0.
pub(super) fn forward(open: &OpenLogicalChannel) -> Option<&H2250LogicalChannelParameters> {
    match &open.forward_logical_channel_parameters.multiplex_parameters {
        Multiplex::H2250LogicalChannelParameters(parameters) => Some(parameters),
        _ => None,
    }
}

/// The session of a channel; 0 where its opener leaves it to the master.
pub(super) fn session(open: &OpenLogicalChannel) -> u8 {
    forward(open).map_or(0, |parameters| parameters.session_id)
}

/// What a channel of the other side's is, and whether it is encrypted: then its key is still to
/// come.
///
/// # Errors
/// Why it is refused, whatever we may take.
pub(super) fn incoming(
    open: &OpenLogicalChannel,
) -> Result<Receiving, OpenLogicalChannelRejectCause> {
    let parameters = forward(open).ok_or(OpenLogicalChannelRejectCause::Unspecified)?;
    let data_type = &open.forward_logical_channel_parameters.data_type;
    let within = secrecy::within(data_type);
    let (coding, payload_type) = format::read(within.as_ref().unwrap_or(data_type), parameters)?;
    // What is encrypted has a payload type of its own.
    let own = within.as_ref().and(parameters.dynamic_rtp_payload_type);
    Ok(Receiving {
        number: open.forward_logical_channel_number,
        coding,
        payload_type: own.unwrap_or(payload_type),
        former_payload_type: None,
        secrecy: if within.is_some() { H235Way::Awaited } else { H235Way::Clear },
        rtcp: parameters.media_control_channel.as_ref().and_then(address::socket),
    })
}

/// That we take a channel, `at` ours.
pub(super) fn ack(open: &OpenLogicalChannel, kind: Kind, at: LocalMedia) -> OpenLogicalChannelAck {
    let session = match session(open) {
        0 => kind.session(),
        session => session,
    };
    let parameters = H2250LogicalChannelAckParameters {
        session_id: Some(session),
        media_channel: Some(address::transport(at.advertised, at.rtp_port)),
        media_control_channel: Some(address::transport(at.advertised, at.rtcp_port)),
        dynamic_rtp_payload_type: forward(open)
            .and_then(|parameters| parameters.dynamic_rtp_payload_type),
        flow_control_to_zero: Some(false),
        ..H2250LogicalChannelAckParameters::default()
    };
    OpenLogicalChannelAck {
        forward_logical_channel_number: open.forward_logical_channel_number,
        forward_multiplex_ack_parameters: Some(AckMultiplex::H2250LogicalChannelAckParameters(
            Box::new(parameters),
        )),
        ..OpenLogicalChannelAck::default()
    }
}

fn acknowledged(ack: &OpenLogicalChannelAck) -> Option<&H2250LogicalChannelAckParameters> {
    match &ack.forward_multiplex_ack_parameters {
        Some(AckMultiplex::H2250LogicalChannelAckParameters(parameters)) => Some(parameters),
        _ => None,
    }
}

/// Where the other side takes a channel of ours. Without a word of it media can only follow its
/// packets.
pub(super) fn fill(sent: &mut Sent, ack: &OpenLogicalChannelAck) {
    let Some(parameters) = acknowledged(ack) else { return };
    sent.rtp = parameters.media_channel.as_ref().and_then(address::socket);
    sent.rtcp = parameters.media_control_channel.as_ref().and_then(address::socket);
    if let Some(number) = parameters.dynamic_rtp_payload_type
        && sent.payload_type >= 96
    {
        sent.payload_type = number;
    }
}

/// The limit under which a channel of ours opens: none, or nothing until flow control lifts it.
pub(super) fn starts_at(ack: &OpenLogicalChannelAck) -> Option<Bitrate> {
    let zero = acknowledged(ack).and_then(|parameters| parameters.flow_control_to_zero);
    (zero == Some(true)).then_some(Bitrate::bps(0))
}

//! What a channel carries, as H.245 says it <-> as we do.

use causeway_asn1::ObjectIdentifier;
use causeway_asn1::h245::{
    AudioCapability, CapabilityIdentifier, DataType, GenericCapability, GenericParameter,
    H2250LogicalChannelParameters,
    H2250LogicalChannelParametersMediaPacketization as Packetization,
    OpenLogicalChannelRejectCause, ParameterIdentifier, ParameterValue, RtpPayloadType,
    RtpPayloadTypePayloadDescriptor as Descriptor, VideoCapability,
};
use causeway_base::Codec;
use causeway_plan::video::h241::{self, H241Capability, H241Value};
use causeway_plan::{H264Format, PacketizationMode};

/// Parameters of one capability that are looked at: rooms say eight.
const MAX_PARAMETERS: usize = 64;

/// The RFCs of the payload format of H.264: who names one of them cuts pictures as it says.
const RFCS_OF_H264: [u32; 2] = [3_984, 6_184];

/// What a channel is for. Each has a session of its own (H.245 table B.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sound,
    Picture,
}

impl Kind {
    pub(super) const ALL: [Kind; 2] = [Kind::Sound, Kind::Picture];

    /// The number of its session.
    pub(super) const fn session(self) -> u8 {
        match self {
            Kind::Sound => 1,
            Kind::Picture => 2,
        }
    }
}

/// What flows on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Sound, in packets of so many milliseconds at most.
    Sound(Codec, u16),
    /// A picture.
    Picture(H264Format),
}

impl Coding {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Coding::Sound(..) => Kind::Sound,
            Coding::Picture(_) => Kind::Picture,
        }
    }

    /// Whether a receiver of `self` is one of `other` as well.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Coding::Sound(codec, _), Coding::Sound(other, _)) => codec == other,
            (one, other) => one == other,
        }
    }

    /// Whether it is the same codec, however large: two sides never send the same sizes by chance.
    pub(super) fn is_akin(&self, other: &Self) -> bool {
        match (self, other) {
            (Coding::Sound(codec, _), Coding::Sound(other, _)) => codec == other,
            (Coding::Picture(one), Coding::Picture(other)) => {
                (one.profile, one.mode) == (other.profile, other.mode)
            }
            _ => false,
        }
    }
}

/// Sound. Of G.711 and G.722 one frame is a millisecond.
pub(super) fn sound(capability: &AudioCapability) -> Option<(Codec, u16)> {
    match capability {
        AudioCapability::G72264k(ms) => Some((Codec::G722, *ms)),
        AudioCapability::G711Alaw64k(ms) => Some((Codec::Pcma, *ms)),
        AudioCapability::G711Ulaw64k(ms) => Some((Codec::Pcmu, *ms)),
        _ => None,
    }
}

/// The same said. `None` for Opus, for which H.245 has no word.
pub(super) fn say_sound(codec: Codec, ms: u16) -> Option<AudioCapability> {
    match codec {
        Codec::Opus => None,
        Codec::G722 => Some(AudioCapability::G72264k(ms)),
        Codec::Pcma => Some(AudioCapability::G711Alaw64k(ms)),
        Codec::Pcmu => Some(AudioCapability::G711Ulaw64k(ms)),
    }
}

/// H.264. `None` for all other pictures.
pub(super) fn picture(capability: &VideoCapability) -> Option<H241Capability> {
    let VideoCapability::GenericVideoCapability(generic) = capability else { return None };
    let CapabilityIdentifier::Standard(identifier) = &generic.capability_identifier else {
        return None;
    };
    if !identifier.is(&h241::CAPABILITY) {
        return None;
    }
    let lists = [&generic.collapsing, &generic.non_collapsing];
    let parameters = lists.into_iter().flatten().flatten().take(MAX_PARAMETERS);
    H241Capability::read(generic.max_bit_rate, parameters.filter_map(parameter))
}

fn parameter(parameter: &GenericParameter) -> Option<(u16, H241Value)> {
    let ParameterIdentifier::Standard(id) = parameter.parameter_identifier else { return None };
    let value = match parameter.parameter_value {
        ParameterValue::BooleanArray(flags) => H241Value::Flags(flags),
        ParameterValue::UnsignedMin(number) | ParameterValue::UnsignedMax(number) => {
            H241Value::Number(number.into())
        }
        ParameterValue::Unsigned32Min(number) | ParameterValue::Unsigned32Max(number) => {
            H241Value::Number(number)
        }
        _ => return None,
    };
    Some((id.into(), value))
}

/// The same said.
pub(super) fn say_picture(capability: &H241Capability) -> VideoCapability {
    let parameters = capability.parameters().into_iter().filter_map(|(id, value)| {
        let parameter_value = match value {
            H241Value::Flags(flags) => ParameterValue::BooleanArray(flags),
            H241Value::Number(number) => u16::try_from(number)
                .map_or(ParameterValue::Unsigned32Min(number), ParameterValue::UnsignedMin),
        };
        Some(GenericParameter {
            parameter_identifier: ParameterIdentifier::Standard(u8::try_from(id).ok()?),
            parameter_value,
            supersedes: None,
        })
    });
    VideoCapability::GenericVideoCapability(Box::new(GenericCapability {
        capability_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(
            &h241::CAPABILITY,
        )),
        max_bit_rate: capability.max_bitrate(),
        collapsing: Some(parameters.collect()),
        ..GenericCapability::default()
    }))
}

/// How pictures are cut to packets.
pub(super) fn packetization(descriptor: &Descriptor) -> Option<PacketizationMode> {
    match descriptor {
        Descriptor::Oid(identifier) => {
            // No identifier of it has more than eight numbers.
            let arcs: Vec<u64> = identifier.arcs().take(9).collect();
            h241::packetization(&arcs)
        }
        Descriptor::RfcNumber(number) => {
            RFCS_OF_H264.contains(number).then_some(PacketizationMode::NonInterleaved)
        }
        _ => None,
    }
}

/// The same said.
pub(super) fn say_packetization(mode: PacketizationMode, number: Option<u8>) -> RtpPayloadType {
    let identifier = ObjectIdentifier::new(&h241::packetization_id(mode));
    RtpPayloadType { payload_descriptor: Descriptor::Oid(identifier), payload_type: number }
}

/// What flows on a channel of `data_type`, and under which payload type.
///
/// # Errors
/// Why such a channel is refused, whatever we may take.
pub(super) fn read(
    data_type: &DataType,
    parameters: &H2250LogicalChannelParameters,
) -> Result<(Coding, u8), OpenLogicalChannelRejectCause> {
    use OpenLogicalChannelRejectCause as Cause;
    match data_type {
        DataType::AudioData(capability) => {
            let (codec, ms) = sound(capability).ok_or(Cause::DataTypeNotSupported)?;
            let number = codec.static_payload_type().or(parameters.dynamic_rtp_payload_type);
            Ok((Coding::Sound(codec, ms), number.ok_or(Cause::DataTypeNotSupported)?))
        }
        DataType::VideoData(capability) => {
            let capability = picture(capability).ok_or(Cause::DataTypeNotSupported)?;
            let (mode, number) = match &parameters.media_packetization {
                None => (PacketizationMode::SingleNal, None),
                Some(Packetization::RtpPayloadType(said)) => {
                    let mode = packetization(&said.payload_descriptor);
                    (mode.ok_or(Cause::DataTypeAlCombinationNotSupported)?, said.payload_type)
                }
                Some(_) => return Err(Cause::DataTypeAlCombinationNotSupported),
            };
            // The widest of the profiles that it names: what flows may be in any of them.
            let format = capability.formats(mode).pop().ok_or(Cause::DataTypeNotSupported)?;
            let number = parameters.dynamic_rtp_payload_type.or(number);
            Ok((Coding::Picture(format), number.ok_or(Cause::DataTypeNotSupported)?))
        }
        DataType::H235Control(_) | DataType::H235Media(_) | DataType::EncryptionData(_) => {
            Err(Cause::SecurityDenied)
        }
        DataType::NonStandard(_) | DataType::Unrecognised(_) => Err(Cause::UnknownDataType),
        _ => Err(Cause::DataTypeNotSupported),
    }
}

/// What flows, as the channel says it. `most`: the highest rate of a picture.
pub(super) fn say(coding: &Coding, most: causeway_base::Bitrate) -> Option<DataType> {
    match coding {
        Coding::Sound(codec, ms) => Some(DataType::AudioData(say_sound(*codec, *ms)?)),
        Coding::Picture(format) => {
            let most = most.min(format.limits.max_bitrate);
            Some(DataType::VideoData(say_picture(&H241Capability::of(format, most))))
        }
    }
}

//! What we take, what we refuse, and why.

use super::super::format::{self, Kind};
use super::script::{
    acknowledge, acknowledged, channel, h264, offer, parameters, pcma, picture, ready, theirs,
};
use crate::h323::h239::EXTENDED_VIDEO;
use crate::h323::h245::{Command, Direction as Whose, Event};
use causeway_asn1::ObjectIdentifier;
use causeway_asn1::h245::{
    AudioCapability, CapabilityIdentifier, DataApplicationCapability, DataType,
    ExtendedVideoCapability, GenericCapability, H235Media,
    H2250LogicalChannelParametersMediaPacketization as Packetization, NonStandardParameter,
    OpenLogicalChannelRejectCause as Cause, RtpPayloadType,
    RtpPayloadTypePayloadDescriptor as Descriptor, VideoCapability,
};
use causeway_base::Codec;
use causeway_plan::{Direction, H264Level, PacketizationMode, VideoCoding};

fn alaw() -> DataType {
    DataType::AudioData(AudioCapability::G711Alaw64k(20))
}

fn ulaw() -> DataType {
    DataType::AudioData(AudioCapability::G711Ulaw64k(20))
}

fn camera() -> DataType {
    DataType::VideoData(h264(H264Level::L3_1, 1_920))
}

#[test]
fn what_comes_is_taken_at_our_ports_under_their_numbers() {
    let (mut channels, _) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    let ack = offer(&mut channels, channel(7, ulaw(), Kind::Sound)).expect("taken");
    let said = acknowledged(&ack);
    assert_eq!(said.session_id, Some(1));
    let at = said.media_channel.as_ref().and_then(super::super::address::socket);
    assert_eq!(at, Some(([192, 0, 2, 1], 20_000).into()));
    assert_eq!(said.flow_control_to_zero, Some(false));
    offer(&mut channels, channel(8, camera(), Kind::Picture)).expect("taken");
    let media = channels.media().expect("sound");
    assert_eq!(media.direction, Direction::ReceiveOnly, "ours is not open yet");
    let rtp = media.transport.rtp().expect("ports of its own");
    assert_eq!(rtp.remote_rtp, None);
    let sound = theirs(Kind::Sound);
    assert_eq!(rtp.remote_rtcp, Some((sound.ip(), sound.port() + 1).into()));
    let codecs: Vec<_> = media.audio.receive.iter().map(|f| (f.codec, f.payload_type)).collect();
    assert_eq!(codecs, [(Codec::Pcmu, 0), (Codec::G722, 9), (Codec::Pcma, 8)], "any may come");
    let [line] = &media.video[..] else { panic!("{:?}", media.video) };
    assert_eq!((line.direction, line.send), (Direction::ReceiveOnly, None));
    assert_eq!(line.receive[0].payload_type, 109);
}

#[test]
fn their_codec_changes_while_ours_stays() {
    let (mut channels, first) = ready(&[pcma(20)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    offer(&mut channels, channel(7, alaw(), Kind::Sound)).expect("taken");
    let mut other = channel(8, ulaw(), Kind::Sound);
    other.forward_logical_channel_parameters.replacement_for = Some(7);
    offer(&mut channels, other).expect("taken");
    let receive = |channels: &super::super::Channels| {
        let media = channels.media().expect("sound");
        (media.audio.send.codec, media.audio.receive[0].codec, media.direction)
    };
    let both = Direction::SendReceive;
    assert_eq!(receive(&channels), (Codec::Pcma, Codec::Pcmu, both));
    channels.heard(&Event::Closed(Whose::Incoming, 7, None));
    assert_eq!(receive(&channels), (Codec::Pcma, Codec::Pcmu, both));
    assert_eq!(channels.take_commands(), [], "ours stays");
    channels.heard(&Event::Closed(Whose::Incoming, 8, None));
    assert_eq!(channels.media().expect("sound").direction, Direction::SendOnly);
}

#[test]
fn what_we_do_not_take_is_refused_with_its_cause() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    let g7221 = GenericCapability {
        capability_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(&[
            0, 0, 7, 7221, 1, 0,
        ])),
        ..Default::default()
    };
    let slides = GenericCapability {
        capability_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(
            &EXTENDED_VIDEO,
        )),
        ..Default::default()
    };
    let slides = ExtendedVideoCapability {
        video_capability: vec![h264(H264Level::L4, 1_920)],
        video_capability_extension: Some(vec![slides]),
    };
    for (data_type, kind, cause) in [
        (
            DataType::AudioData(AudioCapability::GenericAudioCapability(Box::new(g7221))),
            Kind::Sound,
            Cause::DataTypeNotSupported,
        ),
        (DataType::AudioData(AudioCapability::G729(2)), Kind::Sound, Cause::DataTypeNotSupported),
        (
            DataType::VideoData(VideoCapability::H261VideoCapability(Default::default())),
            Kind::Picture,
            Cause::DataTypeNotSupported,
        ),
        (
            DataType::VideoData(VideoCapability::ExtendedVideoCapability(slides)),
            Kind::Picture,
            Cause::DataTypeNotSupported,
        ),
        (
            DataType::Data(Box::<DataApplicationCapability>::default()),
            Kind::Picture,
            Cause::DataTypeNotSupported,
        ),
        (DataType::H235Media(Box::<H235Media>::default()), Kind::Sound, Cause::SecurityDenied),
        (
            DataType::NonStandard(NonStandardParameter::default()),
            Kind::Sound,
            Cause::UnknownDataType,
        ),
        (DataType::NullData, Kind::Sound, Cause::DataTypeNotSupported),
    ] {
        assert_eq!(
            offer(&mut channels, channel(3, data_type.clone(), kind)),
            Err(cause),
            "{data_type:?}"
        );
    }
    assert!(channels.media().is_none());
}

#[test]
fn the_master_gives_a_session_to_who_leaves_it_open() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    for (number, data_type, kind) in [(1, alaw(), Kind::Sound), (2, camera(), Kind::Picture)] {
        let mut open = channel(number, data_type, kind);
        parameters(&mut open).session_id = 0;
        let ack = offer(&mut channels, open).expect("taken");
        assert_eq!(acknowledged(&ack).session_id, Some(kind.session()));
    }
    // A second sound is none that we mix.
    let mut open = channel(3, alaw(), Kind::Sound);
    parameters(&mut open).session_id = 4;
    assert_eq!(offer(&mut channels, open), Err(Cause::InvalidSessionId));
}

#[test]
fn pictures_come_as_their_channel_says() {
    let cut = |descriptor| {
        let payload_type = Some(100);
        Some(Packetization::RtpPayloadType(RtpPayloadType {
            payload_descriptor: descriptor,
            payload_type,
        }))
    };
    let whole = PacketizationMode::SingleNal;
    let pieces = PacketizationMode::NonInterleaved;
    let oid = |last: u32| Descriptor::Oid(ObjectIdentifier::new(&[0, 0, 8, 241, 0, 0, 0, last]));
    let unsuitable = Err(Cause::DataTypeAlCombinationNotSupported);
    for (said, number, expected) in [
        (None, Some(109), Ok((whole, 109))),
        (cut(oid(0)), Some(109), Ok((whole, 109))),
        (cut(oid(1)), Some(109), Ok((pieces, 109))),
        (cut(oid(1)), None, Ok((pieces, 100))),
        (cut(Descriptor::RfcNumber(3984)), Some(109), Ok((pieces, 109))),
        (cut(oid(2)), Some(109), unsuitable.clone()),
        (cut(Descriptor::RfcNumber(2190)), Some(109), unsuitable.clone()),
        (Some(Packetization::H261aVideoPacketization), Some(109), unsuitable),
        (None, None, Err(Cause::DataTypeNotSupported)),
    ] {
        let (mut channels, _) = ready(&[pcma(20)], &[]);
        offer(&mut channels, channel(1, alaw(), Kind::Sound)).expect("taken");
        let mut open = channel(2, camera(), Kind::Picture);
        parameters(&mut open).media_packetization = said.clone();
        parameters(&mut open).dynamic_rtp_payload_type = number;
        let taken = offer(&mut channels, open).map(|_| {
            let line = &channels.media().expect("sound").video[0];
            let VideoCoding::H264(h264) = line.receive[0].coding else { panic!("{line:?}") };
            (h264.mode, line.receive[0].payload_type)
        });
        assert_eq!(taken, expected, "{said:?}");
    }
}

#[test]
fn who_sends_more_than_we_take_is_told() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    let large = DataType::VideoData(h264(H264Level::L4, 6_000));
    channels.heard(&Event::Offered(Box::new(channel(4, large, Kind::Picture))));
    let commands = channels.take_commands();
    let told = Command::LimitFlow { channel: Some(4), limit: Some(20_480) };
    assert!(matches!(commands[0], Command::Accept(_)) && commands[1] == told, "{commands:?}");
    // One at nothing is taken: flow control will raise it.
    let nothing = DataType::VideoData(h264(H264Level::L3_1, 0));
    offer(&mut channels, channel(5, nothing, Kind::Picture)).expect("taken");
    assert_eq!(channels.take_commands(), []);
}

#[test]
fn channels_beyond_those_that_change_places_are_refused() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    for number in 1..=4 {
        offer(&mut channels, channel(number, alaw(), Kind::Sound)).expect("taken");
    }
    assert_eq!(offer(&mut channels, channel(5, alaw(), Kind::Sound)), Err(Cause::Unspecified));
    channels.heard(&Event::Closed(Whose::Incoming, 1, None));
    offer(&mut channels, channel(5, alaw(), Kind::Sound)).expect("there is room again");
}

#[test]
fn while_we_hold_nothing_is_taken() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    channels.hold(true);
    channels.take_commands();
    let refused = offer(&mut channels, channel(1, alaw(), Kind::Sound));
    assert_eq!(refused, Err(Cause::DataTypeNotAvailable));
}

#[test]
fn a_key_picture_is_asked_for_on_every_channel() {
    let (mut channels, _) = ready(&[pcma(20)], &[]);
    for number in [4, 5] {
        offer(&mut channels, channel(number, camera(), Kind::Picture)).expect("taken");
    }
    channels.request_keyframe();
    assert_eq!(channels.take_commands(), [4, 5].map(Command::AskFastUpdate));
}

#[test]
fn what_is_said_is_what_was_meant() {
    for (codec, ms) in [(Codec::G722, 20), (Codec::Pcma, 30), (Codec::Pcmu, 256)] {
        let said = format::say_sound(codec, ms).expect("a word");
        assert_eq!(format::sound(&said), Some((codec, ms)));
    }
    assert_eq!(format::say_sound(Codec::Opus, 20), None);
    for mode in [PacketizationMode::SingleNal, PacketizationMode::NonInterleaved] {
        let said = format::say_packetization(mode, Some(97));
        assert_eq!(format::packetization(&said.payload_descriptor), Some(mode));
    }
}

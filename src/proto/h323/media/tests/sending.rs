//! What we open, in what order, and what follows from its answers.

use super::super::format::{self, Coding, Kind};
use super::super::{Channels, Terms, capability};
use super::script::{
    acknowledge, acknowledge_with, channel, coding, g722, h264, nothing, offer, opened, pcma, pcmu,
    picture, ready, set, terms, theirs,
};
use crate::h323::h239;
use crate::h323::h245::{Command, Direction as Whose, Event, OpenCause};
use causeway_asn1::ObjectIdentifier;
use causeway_asn1::h245::{
    AudioCapability, AudioTelephonyEventCapability, Capability, CapabilityIdentifier, DataType,
    ExtendedVideoCapability, GenericCapability, OpenLogicalChannelRejectCause as Cause,
    TerminalCapabilitySet, UserInputCapability, VideoCapability,
};
use causeway_base::{Bitrate, Codec, SizeClass};
use causeway_plan::video::H241Capability;
use causeway_plan::{Direction, Encryption, H264Format, H264Level, H264Profile, PacketizationMode};

fn refuse(channels: &mut Channels, number: u16, cause: Cause) {
    channels.heard(&Event::NotOpened(number, OpenCause::Refused(cause)));
}

fn codec(coding: Coding) -> Codec {
    match coding {
        Coding::Sound(codec, _) => codec,
        Coding::Picture(_) => panic!("{coding:?}"),
    }
}

#[test]
fn sound_opens_first_then_the_picture() {
    let (channels, opened) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[&[1], &[2]]);
    assert_eq!(opened.len(), 2);
    assert_eq!(opened[0].parameters.session_id, 1);
    assert_eq!(codec(coding(&opened[0]).0), Codec::Pcma);
    assert_eq!(opened[0].parameters.dynamic_rtp_payload_type, None, "it has its own");
    assert_eq!(opened[1].parameters.session_id, 2);
    assert_eq!(opened[1].parameters.dynamic_rtp_payload_type, Some(97));
    assert_eq!(opened[1].parameters.media_packetization, None, "one NAL unit a packet");
    assert!(channels.is_opening() && channels.media().is_none());
}

#[test]
fn a_picture_that_does_not_go_with_sound_is_not_sent() {
    let cases: [(&[&[u16]], bool); 5] = [
        (&[&[1], &[2]], true),
        (&[&[1, 2]], false),
        (&[&[2]], false),
        (&[&[1, 2], &[1]], true),
        (&[], true),
    ];
    for (sets, pictured) in cases {
        let (_, opened) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], sets);
        assert_eq!(opened.len(), if pictured { 2 } else { 1 }, "{sets:?}");
    }
}

/// Rooms with slides say that they take H.239's control and a second picture.
#[test]
fn who_takes_slides_too_is_sent_one_picture_and_who_takes_them_alone_none() {
    let generic = |identifier: &[u32]| GenericCapability {
        capability_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(identifier)),
        ..Default::default()
    };
    let control = Capability::GenericControlCapability(Box::new(generic(&h239::CONTROL)));
    let slides = VideoCapability::ExtendedVideoCapability(ExtendedVideoCapability {
        video_capability: vec![h264(H264Level::L4, 4_000)],
        video_capability_extension: Some(vec![generic(&h239::EXTENDED_VIDEO)]),
    });
    let slides = Capability::ReceiveVideoCapability(slides);
    let all = [pcma(20), picture(H264Level::L3_1, 1_920), slides.clone(), control.clone()];
    for sets in [&[&[1][..], &[2], &[3], &[4]][..], &[&[1], &[3], &[2], &[4]], &[]] {
        let (_, opened) = ready(&all, sets);
        let kinds: Vec<Kind> = opened.iter().map(|one| coding(one).0.kind()).collect();
        assert_eq!(kinds, [Kind::Sound, Kind::Picture], "{sets:?}");
        assert_eq!(opened[1].parameters.session_id, 2, "{sets:?}");
    }
    let (_, opened) = ready(&[pcma(20), slides, control], &[&[1], &[2], &[3]]);
    assert_eq!(opened.len(), 1);
}

#[test]
fn the_length_of_packets_is_what_both_take() {
    for (ms, expected) in [(20, 20), (60, 20), (10, 10), (1, 10), (256, 20)] {
        let (mut channels, opened) = ready(&[pcma(ms)], &[]);
        acknowledge(&mut channels, opened[0].number, Kind::Sound);
        assert_eq!(channels.media().expect("sound").audio.ptime_ms, expected, "{ms}");
    }
}

#[test]
fn a_refused_codec_is_followed_by_the_next() {
    let (mut channels, first) = ready(&[pcma(20), pcmu(20), g722(20)], &[]);
    assert_eq!(codec(coding(&first[0]).0), Codec::G722);
    refuse(&mut channels, first[0].number, Cause::DataTypeNotSupported);
    let second = opened(&mut channels);
    assert_eq!(codec(coding(&second[0]).0), Codec::Pcma);
    assert_ne!(second[0].number, first[0].number);
    refuse(&mut channels, second[0].number, Cause::Unspecified);
    let third = opened(&mut channels);
    refuse(&mut channels, third[0].number, Cause::Unspecified);
    assert_eq!(channels.take_commands(), [], "nothing is left");
    // What it takes is said anew: everything may be tried again.
    channels.heard(&set(&[pcma(20)], &[]));
    assert_eq!(codec(coding(&opened(&mut channels)[0]).0), Codec::Pcma);
}

#[test]
fn where_the_other_side_sees_a_conflict_we_send_what_it_sends() {
    let (mut channels, first) = ready(&[pcma(20), pcmu(20), g722(20)], &[]);
    let theirs = channel(5, DataType::AudioData(AudioCapability::G711Ulaw64k(20)), Kind::Sound);
    offer(&mut channels, theirs).expect("taken");
    refuse(&mut channels, first[0].number, Cause::MasterSlaveConflict);
    assert_eq!(codec(coding(&opened(&mut channels)[0]).0), Codec::Pcmu);
}

#[test]
fn an_empty_set_closes_all_and_a_later_one_opens_it_again() {
    let capabilities = [pcma(20), picture(H264Level::L3_1, 1_920)];
    let (mut channels, first) = ready(&capabilities, &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    channels.heard(&nothing());
    let closed = channels.take_commands();
    // The picture too, which was not even open.
    assert_eq!(closed, [Command::Close(first[1].number), Command::Close(first[0].number)]);
    assert_eq!(channels.media().expect("sound").direction, Direction::Inactive);
    assert!(!channels.is_silent());
    channels.heard(&Event::Closed(Whose::Outgoing, first[0].number, None));
    channels.heard(&nothing());
    assert_eq!(channels.take_commands(), []);
    // And H.245 begins anew: it may be another room.
    channels.heard(&set(&capabilities, &[]));
    let again = channels.take_commands();
    assert!(
        matches!(again[..], [Command::DetermineMaster, Command::SendCapabilities(_)]),
        "{again:?}"
    );
    channels.heard(&Event::CapabilitiesAccepted);
    assert_eq!(channels.take_commands(), []);
    channels.heard(&Event::Master(true));
    assert_eq!(opened(&mut channels).len(), 2);
    channels.heard(&set(&capabilities, &[]));
    assert_eq!(channels.take_commands(), [], "once");
}

#[test]
fn an_empty_set_at_the_beginning_begins_nothing_anew() {
    let (mut channels, _) = ready(&[], &[]);
    channels.heard(&set(&[pcma(20)], &[]));
    assert_eq!(opened(&mut channels).len(), 1);
}

#[test]
fn sound_is_missing_until_it_flows_unless_nobody_wants_it() {
    let mut channels = Channels::new(terms());
    assert!(channels.is_silent() && channels.is_mute());
    channels.heard(&nothing());
    assert!(!channels.is_silent() && !channels.is_mute());
    channels.heard(&set(&[pcma(20)], &[]));
    assert!(channels.is_silent());
    channels.hold(true);
    assert!(!channels.is_silent());
}

/// What was refused for the moment is asked for again once the other side's own channel stands.
#[test]
fn a_passing_refusal_passes() {
    let again = |cause| {
        let (mut channels, first) = ready(&[pcma(20)], &[]);
        refuse(&mut channels, first[0].number, cause);
        assert_eq!(channels.take_commands(), []);
        let theirs = channel(5, DataType::AudioData(AudioCapability::G711Alaw64k(20)), Kind::Sound);
        channels.heard(&Event::Offered(Box::new(theirs)));
        let commands = channels.take_commands();
        commands.iter().any(|command| matches!(command, Command::Open(_)))
    };
    assert!(again(Cause::MasterSlaveConflict) && again(Cause::DataTypeNotAvailable));
    assert!(!again(Cause::DataTypeNotSupported));
}

/// While it rings nobody need answer a channel.
#[test]
fn what_nobody_answered_is_tried_again_once_the_call_is_answered() {
    let (mut channels, first) = ready(&[pcma(20), pcmu(20)], &[]);
    refuse(&mut channels, first[0].number, Cause::DataTypeNotSupported);
    let second = opened(&mut channels);
    channels.heard(&Event::NotOpened(second[0].number, OpenCause::Unanswered));
    assert_eq!(channels.take_commands(), []);
    channels.answered();
    assert_eq!(codec(coding(&opened(&mut channels)[0]).0), Codec::Pcmu);
}

fn high(level: H264Level) -> VideoCapability {
    let profile = H264Profile::High;
    let (limits, mode) = (level.limits(profile), PacketizationMode::SingleNal);
    let format = H264Format { profile, level, mode, limits, max_frame_rate: None };
    format::say_picture(&H241Capability::of(&format, limits.max_bitrate))
}

/// However large its picture is.
#[test]
fn where_pictures_conflict_we_send_the_profile_that_the_other_side_sends() {
    let (large, small) = (picture(H264Level::L3_1, 1_920), picture(H264Level::L1_3, 384));
    let high_small = Capability::ReceiveVideoCapability(high(H264Level::L1_3));
    let (mut channels, first) = ready(&[pcma(20), large, small, high_small], &[]);
    let theirs = channel(5, DataType::VideoData(high(H264Level::L4)), Kind::Picture);
    offer(&mut channels, theirs).expect("taken");
    refuse(&mut channels, first[1].number, Cause::MasterSlaveConflict);
    let Coding::Picture(next) = coding(&opened(&mut channels)[0]).0 else { panic!("no picture") };
    assert_eq!(next.profile, H264Profile::High);
}

/// A limit holds from when it is told, and for what takes the place of the channel.
#[test]
fn a_limit_told_before_the_answer_holds() {
    let (mut channels, first) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    let limited = Event::FlowLimited { channel: Some(first[1].number), limit: Some(3_840) };
    channels.heard(&limited);
    acknowledge(&mut channels, first[1].number, Kind::Picture);
    let most = |channels: &Channels| {
        channels.media().expect("sound").video[0].send.map(|send| send.max_bitrate)
    };
    assert_eq!(most(&channels), Some(Bitrate::kbps(384)));
    channels.heard(&set(&[pcma(20), picture(H264Level::L3, 1_024)], &[]));
    let second = opened(&mut channels);
    assert_eq!(second[0].replaces, Some(first[1].number));
    acknowledge(&mut channels, second[0].number, Kind::Picture);
    assert_eq!(most(&channels), Some(Bitrate::kbps(384)));
    // One that is opened anew has none.
    channels.heard(&Event::Closed(Whose::Outgoing, second[0].number, None));
    channels.heard(&set(&[pcma(20), picture(H264Level::L3, 1_024)], &[]));
    let third = opened(&mut channels);
    acknowledge(&mut channels, third[0].number, Kind::Picture);
    assert_eq!(most(&channels), Some(Bitrate::kbps(1_024)));
}

/// A number under which sound goes is of no events.
#[test]
fn events_do_not_take_the_number_of_sound() {
    for (number, sends, receives) in [(8, None, vec![101]), (96, Some(96), vec![101, 96])] {
        let events = AudioTelephonyEventCapability {
            dynamic_rtp_payload_type: number,
            audio_telephone_event: b"0-15".to_vec(),
        };
        let events = Capability::ReceiveRtpAudioTelephonyEventCapability(events);
        let (mut channels, first) = ready(&[pcma(20), events], &[]);
        acknowledge(&mut channels, first[0].number, Kind::Sound);
        let audio = channels.media().expect("sound").audio;
        assert_eq!((audio.send_events, audio.receive_events), (sends, receives));
    }
}

#[test]
fn another_set_replaces_what_it_does_not_take_any_more() {
    let (mut channels, first) = ready(&[pcma(20), g722(20)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    channels.heard(&set(&[pcma(20)], &[]));
    let second = opened(&mut channels);
    assert_eq!(second[0].replaces, Some(first[0].number));
    let media = channels.media().expect("sound");
    assert_eq!(media.audio.send.codec, Codec::G722, "until the new one stands");
    assert!(media.direction.sends());
    acknowledge(&mut channels, second[0].number, Kind::Sound);
    assert_eq!(channels.media().expect("sound").audio.send.codec, Codec::Pcma);
    channels.heard(&Event::Closed(Whose::Outgoing, first[0].number, None));
    assert_eq!(channels.media().expect("sound").audio.send.codec, Codec::Pcma);
    // The same set again changes nothing.
    channels.heard(&set(&[pcma(20)], &[]));
    assert_eq!(channels.take_commands(), []);
}

#[test]
fn who_cannot_replace_is_asked_anew_without() {
    let (mut channels, first) = ready(&[g722(20)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    channels.heard(&set(&[pcma(20)], &[]));
    let second = opened(&mut channels);
    refuse(&mut channels, second[0].number, Cause::ReplacementForRejected);
    let commands = channels.take_commands();
    let [Command::Close(old), Command::Open(third)] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!(*old, first[0].number);
    assert_eq!((third.replaces, codec(coding(third).0)), (None, Codec::Pcma));
}

#[test]
fn what_nobody_takes_any_more_is_closed() {
    let (mut channels, first) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    acknowledge(&mut channels, first[1].number, Kind::Picture);
    channels.heard(&set(&[pcma(20)], &[]));
    assert_eq!(channels.take_commands(), [Command::Close(first[1].number)]);
    let media = channels.media().expect("sound");
    assert_eq!(media.direction, Direction::SendOnly);
    assert_eq!(media.pictures(), Direction::Inactive);
}

#[test]
fn who_has_our_channel_closed_does_not_get_it_again() {
    let (mut channels, first) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    acknowledge(&mut channels, first[1].number, Kind::Picture);
    channels.heard(&Event::Closed(Whose::Outgoing, first[1].number, None));
    assert_eq!(channels.take_commands(), []);
    assert!(!channels.sends_picture());
    channels.heard(&set(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]));
    assert_eq!(opened(&mut channels).len(), 1, "until it says anew what it takes");
}

#[test]
fn the_picture_is_what_the_other_side_takes() {
    let small = picture(H264Level::L1_3, 384);
    let large = picture(H264Level::L3_1, 1_920);
    let (mut channels, first) = ready(&[pcma(20), small, large], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    acknowledge(&mut channels, first[1].number, Kind::Picture);
    let send = channels.media().expect("sound").video[0].send.expect("a picture");
    assert_eq!(send.ceiling.class, SizeClass::P720);
    assert_eq!(send.max_bitrate, Bitrate::kbps(1_920));
    assert_eq!(send.format.payload_type, 97);
}

#[test]
fn an_acknowledgement_says_where_and_under_which_number() {
    let (mut channels, first) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    acknowledge_with(&mut channels, first[0].number, Kind::Sound, |ack| {
        ack.dynamic_rtp_payload_type = Some(110);
        ack.media_control_channel = None;
    });
    acknowledge_with(&mut channels, first[1].number, Kind::Picture, |ack| {
        ack.dynamic_rtp_payload_type = Some(110);
    });
    let media = channels.media().expect("sound");
    assert_eq!(media.audio.send.payload_type, 8, "a number that is fixed stays");
    let rtp = media.transport.rtp().expect("ports of its own");
    let at = theirs(Kind::Sound);
    assert_eq!(rtp.remote_rtp, Some(at));
    assert_eq!(rtp.remote_rtcp, Some((at.ip(), at.port() + 1).into()), "the next port");
    assert_eq!(media.video[0].send.expect("a picture").format.payload_type, 110);
}

#[test]
fn an_acknowledgement_without_an_address_leaves_it_to_their_packets() {
    let (mut channels, first) = ready(&[pcma(20)], &[]);
    acknowledge_with(&mut channels, first[0].number, Kind::Sound, |ack| *ack = Default::default());
    let media = channels.media().expect("sound");
    assert_eq!(media.transport.rtp().expect("ports of its own").remote_rtp, None);
    assert!(media.direction.sends());
}

#[test]
fn a_channel_that_opens_at_nothing_sends_once_it_is_let() {
    let (mut channels, first) = ready(&[pcma(20), picture(H264Level::L3_1, 1_920)], &[]);
    acknowledge(&mut channels, first[0].number, Kind::Sound);
    acknowledge_with(&mut channels, first[1].number, Kind::Picture, |ack| {
        ack.flow_control_to_zero = Some(true);
    });
    assert_eq!(channels.media().expect("sound").pictures(), Direction::Inactive);
    let channel = Some(first[1].number);
    channels.heard(&Event::FlowLimited { channel, limit: Some(7_680) });
    let media = channels.media().expect("sound");
    assert_eq!(media.pictures(), Direction::SendOnly);
    assert_eq!(media.video[0].send.expect("a picture").max_bitrate, Bitrate::kbps(768));
}

#[test]
fn keys_go_one_by_one_where_they_are_taken_so() {
    let dtmf = Capability::ReceiveUserInputCapability(UserInputCapability::Dtmf);
    let text = Capability::ReceiveUserInputCapability(UserInputCapability::BasicString);
    assert!(ready(&[pcma(20), dtmf], &[]).0.takes_signals());
    assert!(!ready(&[pcma(20), text], &[]).0.takes_signals());
}

/// Our own set, read as a peer reads it.
fn own(terms: &Terms) -> Event {
    read(capability::ours(terms, false))
}

fn read(said: TerminalCapabilitySet) -> Event {
    let mut capabilities = crate::h323::h245::Capabilities {
        multiplex: said.multiplex_capability,
        ..Default::default()
    };
    for entry in said.capability_table.expect("a table") {
        let capability = entry.capability.expect("one");
        capabilities.table.insert(entry.capability_table_entry_number, capability);
    }
    for descriptor in said.capability_descriptors.expect("one") {
        let sets = descriptor.simultaneous_capabilities.expect("some");
        for number in sets.iter().flatten() {
            assert!(capabilities.table.contains_key(number), "{number} is described and not there");
        }
        capabilities.descriptors.insert(descriptor.capability_descriptor_number, sets);
    }
    Event::Capabilities(Box::new(capabilities))
}

#[test]
fn any_sound_of_ours_goes_with_any_picture() {
    let Event::Capabilities(capabilities) = own(&terms()) else { panic!("not capabilities") };
    let sets: Vec<_> = capabilities.descriptors.values().flatten().collect();
    let of = |is: fn(&Capability) -> bool| {
        let numbers = capabilities.table.iter().filter(|(_, capability)| is(capability));
        numbers.map(|(number, _)| *number).collect::<Vec<u16>>()
    };
    let sounds = of(|c| matches!(c, Capability::ReceiveAudioCapability(_)));
    let pictures = of(|c| matches!(c, Capability::ReceiveVideoCapability(_)));
    assert_eq!((sounds.len(), pictures.len()), (3, 2));
    assert!(sets.contains(&&sounds) && sets.contains(&&pictures), "{sets:?}");
}

/// Where encryption is required nothing in the clear is described, and who reads it finds all.
#[test]
fn what_must_be_encrypted_is_described_so_alone() {
    for encryption in [Encryption::Required, Encryption::BestEffort] {
        let mut terms = terms();
        terms.policy.encryption = encryption;
        let Event::Capabilities(said) = read(capability::ours(&terms, true)) else {
            panic!("not capabilities")
        };
        let described: Vec<_> = said.descriptors.values().flatten().flatten().collect();
        let clear = described.iter().filter(|number| {
            let flows = &said.table[**number];
            matches!(
                flows,
                Capability::ReceiveAudioCapability(_) | Capability::ReceiveVideoCapability(_)
            )
        });
        assert_eq!(clear.count() == 0, encryption == Encryption::Required, "{described:?}");
        let theirs = capability::Theirs::read(&said);
        for kind in Kind::ALL {
            assert!(!theirs.candidates(kind, &terms, true).is_empty(), "{encryption:?} {kind:?}");
        }
    }
}

#[test]
fn without_ports_or_codec_no_picture_is_spoken_of() {
    let no_ports = Terms { video: None, ..terms() };
    let mut no_codec = terms();
    no_codec.policy.video.codecs.clear();
    for terms in [no_ports, no_codec] {
        let Event::Capabilities(capabilities) = own(&terms) else { panic!("not capabilities") };
        let pictures = capabilities
            .table
            .values()
            .filter(|c| matches!(c, Capability::ReceiveVideoCapability(_)));
        assert_eq!(pictures.count(), 0);
        let mut channels = Channels::new(terms);
        let offered = channel(
            1,
            DataType::VideoData(super::script::h264(H264Level::L3_1, 1_000)),
            Kind::Picture,
        );
        assert_eq!(offer(&mut channels, offered), Err(Cause::DataTypeNotSupported));
    }
}

#[test]
fn opus_is_not_spoken_of() {
    let mut opus = terms();
    opus.policy.codecs = vec![Codec::Opus, Codec::Opus, Codec::Pcmu, Codec::Pcmu];
    let Event::Capabilities(capabilities) = own(&opus) else { panic!("not capabilities") };
    let sounds: Vec<_> = capabilities
        .table
        .values()
        .filter(|capability| matches!(capability, Capability::ReceiveAudioCapability(_)))
        .collect();
    assert_eq!(sounds, [&pcmu(20)]);
}

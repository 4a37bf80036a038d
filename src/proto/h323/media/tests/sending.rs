//! What we open, in what order, and what follows from its answers.

use super::super::format::{Coding, Kind};
use super::super::{Channels, Terms, capability};
use super::script::{
    acknowledge, acknowledge_with, channel, coding, g722, nothing, offer, opened, pcma, pcmu,
    picture, ready, set, terms, theirs,
};
use crate::h323::h245::{Command, Direction as Whose, Event, OpenCause};
use causeway_asn1::h245::{
    AudioCapability, Capability, DataType, OpenLogicalChannelRejectCause as Cause,
    UserInputCapability,
};
use causeway_base::{Bitrate, Codec, SizeClass};
use causeway_plan::{Direction, H264Level};

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
    channels.heard(&set(&capabilities, &[]));
    assert_eq!(opened(&mut channels).len(), 2);
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
    let said = capability::ours(terms, false);
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

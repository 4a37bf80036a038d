//! What real equipment says of its media, said to us: what it takes, and the channels that it opens.
//! Captures, and capability sets of rooms as they are described (`fixtures/h323`).

use super::super::Channels;
use super::super::format::{Coding, Kind};
use super::script::{acknowledge, coding, terms};
use crate::h323::captures::captures;
use crate::h323::h245::{self, Control, Event};
use causeway_asn1::decode;
use causeway_asn1::h225::{H323UserInformation, H323UuPduH323MessageBody as Body};
use causeway_asn1::h245::VideoCapability;
use causeway_asn1::h245::{
    DataType, MultimediaSystemControlMessage as Message, OpenLogicalChannel,
};
use causeway_base::{Codec, SizeClass};
use causeway_plan::{H264Profile, LegMedia, PacketizationMode, VideoCoding};
use causeway_wire::q931::Q931View;
use causeway_wire::testing::capture::{self, Carrier};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

/// What one side of a call says.
#[derive(Default)]
struct Speech {
    control: Vec<Vec<u8>>,
    fast_start: Vec<OpenLogicalChannel>,
}

/// The calls of a capture, by who says it to whom.
fn speeches(file: &[u8]) -> BTreeMap<(SocketAddr, SocketAddr), Speech> {
    let mut speeches: BTreeMap<_, Speech> = BTreeMap::new();
    for sent in capture::read(file) {
        if sent.carrier != Carrier::Tpkt || sent.data.is_empty() {
            continue;
        }
        let speech = speeches.entry((sent.from, sent.to)).or_default();
        let Ok(view) = Q931View::parse(&sent.data) else {
            speech.control.push(sent.data);
            continue;
        };
        let message = view.user_user().and_then(|asn1| decode::<H323UserInformation>(asn1).ok());
        let Some(pdu) = message.map(|message| message.h323_uu_pdu) else { continue };
        speech.control.extend(pdu.h245_control.unwrap_or_default());
        if let Body::Setup(setup) = pdu.h323_message_body {
            let channels = setup.fast_start.unwrap_or_default();
            speech.fast_start.extend(channels.iter().filter_map(|channel| decode(channel).ok()));
        }
    }
    speeches.retain(|_, speech| !speech.control.is_empty() || !speech.fast_start.is_empty());
    speeches
}

/// Says all of it to channels whose own part goes through; what they want to send, and what of the
/// channels offered they refuse.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn hear(channels: &mut Channels, said: &[Vec<u8>]) -> (Vec<Coding>, Vec<DataType>) {
    let now = Instant::now();
    let mut control = Control::new(h245::Config::new(190, [1; 32]));
    let (mut sent, mut refused) = (vec![], vec![]);
    for bytes in said {
        control.handle_input(now, h245::Input::Message(bytes));
        while let Some(event) = next(&mut control) {
            assert!(!matches!(event, Event::Malformed(_)), "{event:?}");
            channels.heard(&event);
            for command in channels.take_commands() {
                match command {
                    h245::Command::Open(opening) => sent.push(coding(&opening).0),
                    h245::Command::Reject(..) => {
                        let Event::Offered(open) = &event else { panic!("{event:?}") };
                        let parameters = &open.forward_logical_channel_parameters;
                        refused.push(parameters.data_type.clone());
                    }
                    _ => {}
                }
            }
        }
    }
    (sent, refused)
}

fn next(control: &mut Control) -> Option<Event> {
    loop {
        match control.poll_output() {
            h245::Output::Event(event) => return Some(event),
            h245::Output::Transmit(_) => {}
            h245::Output::Timeout(_) => return None,
        }
    }
}

fn begun() -> Channels {
    let mut channels = Channels::new(terms());
    channels.begin();
    channels.heard(&Event::Master(true));
    channels.heard(&Event::CapabilitiesAccepted);
    channels.take_commands();
    channels
}

#[test]
fn sound_is_agreed_with_whoever_was_captured() {
    for (name, file) in captures() {
        for ((from, to), speech) in speeches(&file) {
            let at = format!("{name}, {from} -> {to}");
            let mut channels = begun();
            // This call was refused its fast start, and goes on as such a call does: it opens its
            // sound in session 4.
            let fast = if name == "cross-oo-h323p-fast" { &[] } else { &speech.fast_start[..] };
            let taken = channels.answer_fast_start(fast);
            assert_eq!(taken.len(), if fast.is_empty() { 0 } else { 2 }, "{at}: {taken:?}");
            let (sent, refused) = hear(&mut channels, &speech.control);
            let sound = |coding: &Coding| coding.kind() == Kind::Sound;
            let sounds = sent.iter().filter(|coding| sound(coding)).count();
            if speech.control.iter().any(|bytes| says_capabilities(bytes)) {
                assert_eq!(sounds + taken.len() / 2, 1, "{at}: {sent:?}");
            }
            let pictures = sent.len() - sounds;
            // One of them takes H.264; what it opens is H.261.
            assert_eq!(pictures, usize::from(name == "h323p-h264-h239"), "{at}: {sent:?}");
            let declined = |data_type: &DataType| {
                let h261 = |video: &VideoCapability| {
                    matches!(video, VideoCapability::H261VideoCapability(_))
                };
                matches!(data_type, DataType::VideoData(video) if h261(video))
                    || matches!(data_type, DataType::H235Media(_))
            };
            assert!(refused.iter().all(declined), "{at}: {refused:?}");
        }
    }
}

fn says_capabilities(bytes: &[u8]) -> bool {
    use causeway_asn1::h245::RequestMessage;
    matches!(decode::<Message>(bytes), Ok(Message::Request(request))
        if matches!(*request, RequestMessage::TerminalCapabilitySet(_)))
}

/// What is agreed with one of the rooms: its set, and the acknowledgements of what we open.
fn room(name: &str) -> (Channels, LegMedia) {
    let messages = include_str!("../../../../../fixtures/h323/messages.txt");
    let start = format!("room-{name} control ");
    let line = messages.lines().find_map(|line| line.strip_prefix(&start));
    let hex = line.unwrap_or_else(|| panic!("no {name}"));
    let bytes = |pair: &[u8]| {
        u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("two digits")
    };
    let bytes: Vec<u8> = hex.as_bytes().chunks(2).map(bytes).collect();
    let mut channels = begun();
    let (sent, _) = hear(&mut channels, &[bytes]);
    for (number, coding) in (1..).zip(sent) {
        acknowledge(&mut channels, number, coding.kind());
    }
    let media = channels.media().expect("sound");
    (channels, media)
}

#[test]
fn sound_and_picture_of_each_kind_of_room() {
    let (whole, pieces) = (PacketizationMode::SingleNal, PacketizationMode::NonInterleaved);
    for (name, codec, picture, events, signals) in [
        ("poly", Codec::G722, Some((SizeClass::P720, pieces, 1_920)), None, true),
        ("tandberg", Codec::G722, Some((SizeClass::P720, whole, 2_048)), Some(127), true),
        ("gateway", Codec::Pcma, None, Some(127), true),
        ("old", Codec::Pcmu, None, None, false),
    ] {
        let (channels, media) = room(name);
        assert_eq!((media.audio.send.codec, media.audio.ptime_ms), (codec, 20), "{name}");
        assert_eq!(media.audio.send_events, events, "{name}");
        let received = std::iter::once(101).chain(events).collect::<Vec<u8>>();
        assert_eq!(media.audio.receive_events, received, "{name}");
        assert_eq!(channels.takes_signals(), signals, "{name}");
        let sent = media.video.first().and_then(|line| line.send).map(|send| {
            let VideoCoding::H264(h264) = send.format.coding else { panic!("{name}: {send:?}") };
            assert_eq!(h264.profile, H264Profile::Baseline, "{name}: what can be passed on");
            (send.ceiling.class, h264.mode, send.max_bitrate.as_kbps())
        });
        assert_eq!(sent, picture, "{name}");
    }
}

//! What real equipment says of its media, said to us: what it takes, and the channels that it opens.
//! Captures, and capability sets of rooms as they are described (`fixtures/h323/rooms.txt`).

use super::super::Channels;
use super::super::format::{Coding, Kind};
use super::script::{coding, opened, terms};
use crate::h323::captures::captures;
use crate::h323::h245::{self, Control, Event};
use causeway_asn1::decode;
use causeway_asn1::h225::{H323UserInformation, H323UuPduH323MessageBody as Body};
use causeway_asn1::h245::{MultimediaSystemControlMessage as Message, OpenLogicalChannel};
use causeway_base::{Codec, SizeClass, VideoCodec};
use causeway_plan::PacketizationMode;
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

/// Says all of it to channels whose own part goes through; what they want to send, and how many of
/// the channels offered they refuse.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn hear(channels: &mut Channels, said: &[Vec<u8>]) -> (Vec<Coding>, usize) {
    let now = Instant::now();
    let mut control = Control::new(h245::Config::new(190, [1; 32]));
    let (mut sent, mut refused) = (vec![], 0);
    for bytes in said {
        control.handle_input(now, h245::Input::Message(bytes));
        while let Some(event) = next(&mut control) {
            assert!(!matches!(event, Event::Malformed(_)), "{event:?}");
            channels.heard(&event);
            for command in channels.take_commands() {
                match command {
                    h245::Command::Open(opening) => sent.push(coding(&opening).0),
                    h245::Command::Reject(..) => refused += 1,
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
            let taken = channels.answer_fast_start(&speech.fast_start);
            assert!(speech.fast_start.is_empty() || taken.len() == 2, "{at}: {taken:?}");
            let (sent, refused) = hear(&mut channels, &speech.control);
            let sound = |coding: &Coding| coding.kind() == Kind::Sound;
            let sounds = sent.iter().filter(|coding| sound(coding)).count();
            if speech.control.iter().any(|bytes| says_capabilities(bytes)) {
                assert_eq!(sounds + taken.len() / 2, 1, "{at}: {sent:?}");
            }
            // H.264 is what this one takes; what it opens is H.261.
            let pictures = sent.len() - sounds;
            let h264 = name == "h323p-h264-h239";
            assert_eq!(
                (pictures, refused),
                if h264 { (1, 1) } else { (0, usize::from(name == "h323p-video-h235") * refused) },
                "{at}"
            );
        }
    }
}

fn says_capabilities(bytes: &[u8]) -> bool {
    use causeway_asn1::h245::RequestMessage;
    matches!(decode::<Message>(bytes), Ok(Message::Request(request))
        if matches!(*request, RequestMessage::TerminalCapabilitySet(_)))
}

//! How calls begin, in every mode.

use super::super::{Command, Event, SOUND_PATIENCE};
use super::pair::{ALL, Fast, Mode, Pair, Side, terms};
use causeway_asn1::h245::{MultimediaSystemControlMessage as Message, RequestMessage};
use causeway_base::{Codec, EndCause};
use causeway_plan::{Direction, LegMedia, PacketizationMode, VideoCoding};
use std::net::SocketAddr;
use std::time::Duration;

fn rtcp(rtp: SocketAddr) -> SocketAddr {
    (rtp.ip(), rtp.port() + 1).into()
}

/// That all of it goes to `peer`, both ways, in `codec`.
fn assert_whole(media: &LegMedia, peer: Side, codec: Codec, at: &str) {
    let rtp = media.transport.rtp().expect("ports of its own");
    assert_eq!(rtp.remote_rtp, Some(peer.sound()), "{at}");
    assert_eq!(rtp.remote_rtcp, Some(rtcp(peer.sound())), "{at}");
    assert_eq!(media.direction, Direction::SendReceive, "{at}");
    assert_eq!(media.audio.send.codec, codec, "{at}");
    assert_eq!(media.audio.receive.first().map(|format| format.codec), Some(codec), "{at}");
}

fn assert_pictured(media: &LegMedia, peer: Side, at: &str) {
    let [line] = &media.video[..] else { panic!("{at}: {:?}", media.video) };
    let rtp = line.transport.rtp().expect("ports of its own");
    assert_eq!(rtp.remote_rtp, Some(peer.picture()), "{at}");
    assert_eq!(rtp.remote_rtcp, Some(rtcp(peer.picture())), "{at}");
    assert_eq!(line.direction, Direction::SendReceive, "{at}");
    assert_eq!(line.receive.len(), 1, "{at}");
    let send = line.send.expect("a picture");
    assert_eq!(send.format.payload_type, 97, "{at}");
    assert_eq!(media.pictures(), Direction::SendReceive, "{at}");
}

#[test]
fn sound_and_picture_flow_both_ways_in_every_mode() {
    for mode in Mode::all() {
        let at = format!("{mode:?}");
        let (caller, callee) =
            (terms(Side::Caller, &ALL, true), terms(Side::Callee, &ALL[1..], true));
        let mut pair = Pair::connected(mode, caller, callee);
        for side in Side::BOTH {
            let told = pair.told(side);
            // Pictures follow what fast start brought.
            let most = if mode.fast == Fast::Accepted { 3 } else { 1 };
            assert!((1..=most).contains(&told.len()), "{at} {side:?}: {told:#?}");
            let media = told.last().expect("one");
            assert_whole(media, side.other(), Codec::Pcma, &at);
            assert_pictured(media, side.other(), &at);
            assert_eq!(media.audio.send_events, Some(101), "{at}");
            assert_eq!(media.audio.receive_events, [101], "{at}");
            // In pieces: both say that they take them.
            let VideoCoding::H264(h264) = media.video[0].send.expect("one").format.coding else {
                panic!("{at}")
            };
            assert_eq!(h264.mode, PacketizationMode::NonInterleaved, "{at}");
        }
    }
}

#[test]
fn slow_start_tells_of_media_once() {
    for tunnelling in [true, false] {
        let mode = Mode { tunnelling, fast: Fast::No };
        let own = |side| terms(side, &ALL, true);
        let mut pair = Pair::connected(mode, own(Side::Caller), own(Side::Callee));
        for side in Side::BOTH {
            assert_eq!(pair.told(side).len(), 1, "{tunnelling} {side:?}");
        }
        pair.pass(Duration::from_secs(20));
        for side in Side::BOTH {
            assert_eq!(pair.take(side), [], "{tunnelling} {side:?}");
        }
    }
}

#[test]
fn fast_start_brings_sound_with_the_answer() {
    for tunnelling in [true, false] {
        let mut pair = Pair::new(tunnelling);
        let mode = Mode { tunnelling, fast: Fast::Accepted };
        pair.place(mode, terms(Side::Caller, &ALL, false));
        let callee = Box::new(terms(Side::Callee, &ALL, false));
        pair.command(Side::Callee, Command::Answer { terms: callee, control: None });
        // Before a word of H.245 came.
        let media = pair.media(Side::Callee);
        assert_whole(&media, Side::Caller, Codec::G722, "callee");
        pair.run();
        let events = pair.take(Side::Caller);
        let answered = events.iter().position(|event| matches!(event, Event::Answered { .. }));
        let media = events.iter().position(|event| matches!(event, Event::MediaReady(_)));
        assert!(answered.is_some() && answered < media, "{events:?}");
    }
}

#[test]
fn who_calls_without_pictures_gets_none() {
    for mode in Mode::all() {
        let (caller, callee) = (terms(Side::Caller, &ALL, false), terms(Side::Callee, &ALL, true));
        let mut pair = Pair::connected(mode, caller, callee);
        for side in Side::BOTH {
            let media = pair.media(side);
            assert_whole(&media, side.other(), Codec::G722, "sound");
            assert_eq!(media.video, [], "{mode:?}");
        }
    }
}

#[test]
fn each_side_sends_what_it_likes_best() {
    let caller = terms(Side::Caller, &[Codec::Pcmu, Codec::Pcma], false);
    let callee = terms(Side::Callee, &[Codec::Pcma, Codec::Pcmu], false);
    let mut pair = Pair::connected(Mode::SLOW, caller, callee);
    let (caller, callee) = (pair.media(Side::Caller), pair.media(Side::Callee));
    assert_eq!(caller.audio.send.codec, Codec::Pcmu);
    assert_eq!(callee.audio.send.codec, Codec::Pcma);
    assert_eq!(caller.audio.receive[0].codec, Codec::Pcma);
    assert_eq!(callee.audio.receive[0].codec, Codec::Pcmu);
}

#[test]
fn without_a_common_codec_the_call_ends_and_says_so() {
    for mode in [Mode::SLOW, Mode { tunnelling: false, fast: Fast::Accepted }] {
        let caller = terms(Side::Caller, &[Codec::Pcmu], false);
        let callee = terms(Side::Callee, &[Codec::Pcma], false);
        let mut pair = Pair::connected(mode, caller, callee);
        assert_eq!(pair.told(Side::Caller), []);
        pair.pass(SOUND_PATIENCE + Duration::from_secs(1));
        let ended = [Side::Caller, Side::Callee].map(|side| pair.take(side));
        let cause = Event::Ended(EndCause::NoCommonCodec);
        assert!(ended.iter().all(|events| events.contains(&cause)), "{ended:?}");
    }
}

#[test]
fn what_a_callee_is_is_told() {
    let own = |side| terms(side, &ALL, false);
    let mut pair = Pair::connected(Mode::SLOW, own(Side::Caller), own(Side::Callee));
    let events = pair.take(Side::Caller);
    let vendor = |event: &&Event| **event == Event::Vendor("Room 1.0".into());
    assert_eq!(events.iter().filter(vendor).count(), 1, "{events:?}");
}

#[test]
fn what_a_caller_is_is_told_before_its_call() {
    let mut pair = Pair::new(true);
    pair.place(Mode::SLOW, terms(Side::Caller, &ALL, false));
    let events = pair.take(Side::Callee);
    assert_eq!(events[0], Event::Vendor("Room 1.0".into()));
    let Event::Offered(offer) = &events[1] else { panic!("{events:?}") };
    assert_eq!(offer.display.as_deref(), Some("Room 1"));
}

/// Either side may begin it: a callee that does refuses fast start.
#[test]
fn h245_may_begin_before_the_answer() {
    for tunnelling in [true, false] {
        for fast in [Fast::No, Fast::Refused] {
            let at = format!("{tunnelling} {fast:?}");
            let mode = Mode { tunnelling, fast };
            let mut pair = Pair::new(tunnelling);
            pair.place(mode, terms(Side::Caller, &ALL, true));
            pair.command(Side::Callee, Command::Ring);
            pair.run();
            let first = if fast == Fast::Refused { Side::Callee } else { Side::Caller };
            pair.begin_control(first);
            if pair.take(first).contains(&Event::ControlWanted) {
                pair.command(first, Command::AnnounceControl(first.control()));
            }
            pair.run();
            assert_eq!(pair.told(Side::Caller), [], "{at}: nobody has answered");
            let callee = Box::new(terms(Side::Callee, &ALL, true));
            pair.command(Side::Callee, Command::Answer { terms: callee, control: None });
            pair.run();
            for side in Side::BOTH {
                let media = pair.media(side);
                assert_whole(&media, side.other(), Codec::G722, &at);
                assert_pictured(&media, side.other(), &at);
            }
        }
    }
}

/// However long it rings while channels that nobody answers wait.
#[test]
fn a_long_ringing_after_early_h245_does_not_end_the_call() {
    let mut pair = Pair::new(true);
    pair.place(Mode::SLOW, terms(Side::Caller, &ALL, true));
    pair.command(Side::Callee, Command::Ring);
    pair.run();
    pair.begin_control(Side::Caller);
    pair.pass(SOUND_PATIENCE + Duration::from_secs(10));
    let callee = Box::new(terms(Side::Callee, &ALL, true));
    pair.command(Side::Callee, Command::Answer { terms: callee, control: None });
    pair.run();
    for side in Side::BOTH {
        assert_whole(&pair.media(side), side.other(), Codec::G722, "a long ringing");
    }
}

#[test]
fn who_never_says_what_it_takes_is_not_waited_for() {
    let own = |side| terms(side, &ALL, false);
    let mut pair = Pair::new(true);
    pair.loses = Box::new(|side, message| {
        side == Side::Callee
            && matches!(message, Message::Request(request)
                if matches!(**request, RequestMessage::TerminalCapabilitySet(_)
                    | RequestMessage::OpenLogicalChannel(_)))
    });
    pair.place(Mode::SLOW, own(Side::Caller));
    let terms = Box::new(own(Side::Callee));
    pair.command(Side::Callee, Command::Answer { terms, control: None });
    // Whose patience has no end.
    pair.command(Side::Callee, Command::Hold(true));
    pair.pass(SOUND_PATIENCE - Duration::from_secs(1));
    let is_ended = |events: &[Event]| events.iter().any(|e| matches!(e, Event::Ended(_)));
    assert!(!is_ended(&pair.take(Side::Caller)));
    pair.pass(Duration::from_secs(2));
    assert_eq!(pair.take(Side::Caller), [Event::Ended(EndCause::SignallingTimeout)]);
}

/// Who takes nothing for now may do so for long; what comes then has its time again.
#[test]
fn who_holds_from_the_beginning_is_waited_for() {
    let mut pair = Pair::new(true);
    pair.place(Mode::SLOW, terms(Side::Caller, &[Codec::Pcmu], false));
    let callee = Box::new(terms(Side::Callee, &[Codec::Pcma], false));
    pair.command(Side::Callee, Command::Answer { terms: callee, control: None });
    pair.command(Side::Callee, Command::Hold(true));
    pair.pass(SOUND_PATIENCE * 2);
    let is_ended = |events: &[Event]| events.iter().any(|e| matches!(e, Event::Ended(_)));
    assert!(!is_ended(&pair.take(Side::Caller)));
    pair.command(Side::Callee, Command::Hold(false));
    pair.pass(SOUND_PATIENCE - Duration::from_secs(1));
    assert!(!is_ended(&pair.take(Side::Caller)));
    pair.pass(Duration::from_secs(2));
    assert_eq!(pair.take(Side::Caller), [Event::Ended(EndCause::NoCommonCodec)]);
}

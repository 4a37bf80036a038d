//! What happens in calls that stand.

use super::super::keep_alive::{INTERVAL, MAX_UNANSWERED};
use super::super::{Command, Event, Input};
use super::pair::{ALL, Fast, Mode, Pair, Side, terms};
use crate::h323::h239::H239Message;
use crate::h323::h245::ROUND_TRIP_PATIENCE;
use crate::h323::media::fuzz::capabilities;
use causeway_asn1::encode;
use causeway_asn1::h245::{
    CapabilityTableEntry, CommandMessage, ConferenceRequest, FlowControlCommand,
    FlowControlCommandRestriction as Restriction, FlowControlCommandScope as Scope, GenericMessage,
    IndicationMessage, MiscellaneousCommand, MiscellaneousCommandType, ModeElement,
    MultimediaSystemControlMessage as Message, RequestMessage, RequestMode, ResponseMessage,
    TerminalCapabilitySet, UserInputIndication, VendorIdentification,
};
use causeway_base::{Bitrate, Codec, EndCause, SizeClass};
use causeway_plan::Direction;
use std::time::Duration;

/// A call with sound and pictures, whose beginning is forgotten.
fn standing(mode: Mode) -> Pair {
    let own = |side| terms(side, &ALL, true);
    let mut pair = Pair::connected(mode, own(Side::Caller), own(Side::Callee));
    for side in Side::BOTH {
        pair.take(side);
    }
    pair.said.clear();
    pair
}

/// Separate H.245, in which a side can be told anything.
const SEPARATE: Mode = Mode { tunnelling: false, fast: Fast::No };

fn hear(pair: &mut Pair, side: Side, message: &Message) {
    let bytes = encode(message).expect("allowed");
    pair.input(side, Input::Control(&bytes));
    pair.run();
}

fn is_open(message: &Message) -> bool {
    matches!(message, Message::Request(r) if matches!(**r, RequestMessage::OpenLogicalChannel(_)))
}

#[test]
fn who_holds_stops_both_ways_until_it_resumes() {
    for mode in Mode::all() {
        for side in Side::BOTH {
            let mut pair = standing(mode);
            pair.command(side, Command::Hold(true));
            pair.run();
            for at in Side::BOTH {
                let media = pair.media(at);
                assert_eq!(media.direction, Direction::Inactive, "{mode:?} {side:?} {at:?}");
                assert_eq!(media.pictures(), Direction::Inactive, "{mode:?} {side:?} {at:?}");
                assert_eq!(media.video.len(), 1, "the line stays");
            }
            // Held twice is held once.
            pair.said.clear();
            pair.command(side, Command::Hold(true));
            assert_eq!(pair.said.len(), 0);

            pair.command(side, Command::Hold(false));
            pair.run();
            for at in Side::BOTH {
                let media = pair.media(at);
                assert_eq!(media.direction, Direction::SendReceive, "{mode:?} {side:?} {at:?}");
                assert_eq!(media.pictures(), Direction::SendReceive, "{mode:?} {side:?} {at:?}");
                let rtp = media.transport.rtp().expect("ports of its own");
                assert_eq!(rtp.remote_rtp, Some(at.other().sound()));
            }
        }
    }
}

#[test]
fn both_hold_and_one_resumes() {
    let mut pair = standing(Mode::SLOW);
    for side in Side::BOTH {
        pair.command(side, Command::Hold(true));
    }
    pair.run();
    pair.command(Side::Caller, Command::Hold(false));
    pair.pass(Duration::from_secs(40));
    for side in Side::BOTH {
        assert_eq!(pair.media(side).direction, Direction::Inactive, "the callee still holds");
    }
    pair.command(Side::Callee, Command::Hold(false));
    pair.pass(Duration::from_secs(40));
    for side in Side::BOTH {
        assert_eq!(pair.media(side).direction, Direction::SendReceive);
    }
}

#[test]
fn a_limit_of_the_other_side_bounds_the_picture() {
    let mut pair = standing(SEPARATE);
    let limit = |scope, restriction| {
        let command = FlowControlCommand { scope, restriction };
        Message::Command(Box::new(CommandMessage::FlowControlCommand(command)))
    };
    let most = |pair: &mut Pair| {
        pair.media(Side::Caller).video[0].send.map(|send| send.max_bitrate).expect("one")
    };
    let of_picture = Scope::LogicalChannelNumber(2);
    hear(&mut pair, Side::Caller, &limit(of_picture.clone(), Restriction::MaximumBitRate(3_840)));
    assert_eq!(most(&mut pair), Bitrate::kbps(384));
    hear(
        &mut pair,
        Side::Caller,
        &limit(Scope::WholeMultiplex, Restriction::MaximumBitRate(2_560)),
    );
    assert_eq!(most(&mut pair), Bitrate::kbps(192), "without its sound");
    hear(&mut pair, Side::Caller, &limit(of_picture.clone(), Restriction::NoRestriction));
    pair.take(Side::Caller);
    hear(&mut pair, Side::Caller, &limit(Scope::WholeMultiplex, Restriction::NoRestriction));
    assert_eq!(most(&mut pair), Bitrate::kbps(2_048));
    hear(&mut pair, Side::Caller, &limit(of_picture, Restriction::MaximumBitRate(0)));
    assert_eq!(pair.media(Side::Caller).pictures(), Direction::ReceiveOnly, "nothing is sent");
    let unknown = Scope::LogicalChannelNumber(99);
    hear(&mut pair, Side::Caller, &limit(unknown, Restriction::MaximumBitRate(0)));
    assert_eq!(pair.take(Side::Caller), []);
}

/// How a side's picture flows, and the most that it sends.
fn picture(pair: &mut Pair, side: Side) -> (Direction, Option<Bitrate>) {
    let media = pair.media(side);
    (media.pictures(), media.video[0].send.map(|send| send.max_bitrate))
}

#[test]
fn what_a_gatekeeper_admits_bounds_the_pictures_both_ways() {
    for mode in Mode::all() {
        let mut pair = Pair::new(mode.tunnelling);
        pair.command(Side::Callee, Command::Admit(Bitrate::kbps(384)));
        pair.connect(mode, terms(Side::Caller, &ALL, true), terms(Side::Callee, &ALL, true));
        pair.pass(Duration::from_secs(2));
        // Sound has its share; the other side keeps to what ours says that it takes.
        let bounded = (Direction::SendReceive, Some(Bitrate::kbps(320)));
        for side in Side::BOTH {
            assert_eq!(picture(&mut pair, side), bounded, "{mode:?} {side:?}");
        }
        // Lowered in mid-call, and raised again.
        for (admitted, left) in [(256, 192), (512, 448), (5_000, 2_048)] {
            pair.command(Side::Callee, Command::Admit(Bitrate::kbps(admitted)));
            pair.run();
            let bounded = (Direction::SendReceive, Some(Bitrate::kbps(left)));
            assert_eq!(picture(&mut pair, Side::Callee), bounded, "{mode:?} {admitted}");
            // Its channel was opened for what was admitted at first.
            let most = Bitrate::kbps(left).min(Bitrate::kbps(320));
            if admitted < 512 {
                assert_eq!(picture(&mut pair, Side::Caller).1, Some(most), "{mode:?} {admitted}");
            }
        }
    }
}

#[test]
fn sound_goes_on_where_no_picture_is_admitted_and_pictures_come_back() {
    let mut pair = standing(Mode::SLOW);
    pair.command(Side::Caller, Command::Admit(Bitrate::kbps(64)));
    pair.pass(Duration::from_secs(2));
    for side in Side::BOTH {
        let media = pair.media(side);
        let (sound, pictures) = (media.direction, media.pictures());
        assert_eq!((sound, pictures), (Direction::SendReceive, Direction::Inactive), "{side:?}");
    }
    pair.command(Side::Caller, Command::Admit(Bitrate::kbps(448)));
    pair.pass(Duration::from_secs(2));
    for side in Side::BOTH {
        let bounded = (Direction::SendReceive, Some(Bitrate::kbps(384)));
        assert_eq!(picture(&mut pair, side), bounded, "{side:?}");
    }
}

#[test]
fn a_key_picture_is_asked_for_and_needed() {
    for side in Side::BOTH {
        let mut pair = standing(Mode::SLOW);
        pair.command(side, Command::RequestKeyframe);
        pair.run();
        assert_eq!(pair.take(side.other()), [Event::KeyframeNeeded]);
        assert_eq!(pair.take(side), []);
    }
    // Without a picture nobody asks.
    let own = |side| terms(side, &ALL, false);
    let mut pair = Pair::connected(Mode::SLOW, own(Side::Caller), own(Side::Callee));
    pair.said.clear();
    pair.command(Side::Caller, Command::RequestKeyframe);
    assert_eq!(pair.said.len(), 0);
}

/// A channel whose answer is still on its way is not forgotten.
#[test]
fn a_key_picture_asked_for_early_is_needed_once_the_channel_stands() {
    let own = |side| terms(side, &ALL, true);
    let answers = |message: &Message| {
        matches!(message, Message::Response(response)
            if matches!(&**response, ResponseMessage::OpenLogicalChannelAck(ack)
                if ack.forward_logical_channel_number == 2))
    };
    let mut pair = Pair::new(false);
    pair.loses = Box::new(move |side, message| side == Side::Callee && answers(message));
    pair.connect(SEPARATE, own(Side::Caller), own(Side::Callee));
    let late = pair.said.iter().find(|(side, message)| *side == Side::Callee && answers(message));
    let late = late.expect("an answer").1.clone();
    pair.take(Side::Caller);
    let ask = MiscellaneousCommand {
        logical_channel_number: 2,
        type_: MiscellaneousCommandType::VideoFastUpdatePicture,
        direction: None,
    };
    let ask = Message::Command(Box::new(CommandMessage::MiscellaneousCommand(ask)));
    hear(&mut pair, Side::Caller, &ask);
    assert_eq!(pair.take(Side::Caller), []);
    hear(&mut pair, Side::Caller, &late);
    let heard = pair.take(Side::Caller);
    assert!(
        matches!(heard[..], [Event::MediaReady(_), Event::KeyframeNeeded]),
        "told first, and asked for once: {heard:?}"
    );
}

#[test]
fn keys_arrive_one_by_one() {
    for mode in Mode::all() {
        let mut pair = standing(mode);
        pair.command(Side::Caller, Command::SendDigits("12 x*#a".into()));
        pair.run();
        let keys = "12*#A".chars().map(Event::Digit);
        assert_eq!(pair.take(Side::Callee), keys.collect::<Vec<_>>(), "{mode:?}");
    }
}

#[test]
fn keys_as_text_are_keys_too() {
    let mut pair = standing(SEPARATE);
    let text = UserInputIndication::Alphanumeric(b"7x#".to_vec());
    let text = Message::Indication(Box::new(IndicationMessage::UserInput(text)));
    hear(&mut pair, Side::Callee, &text);
    assert_eq!(pair.take(Side::Callee), [Event::Digit('7'), Event::Digit('#')]);
}

#[test]
fn who_does_not_answer_any_more_is_gone() {
    let mut pair = standing(Mode::SLOW);
    pair.pass(INTERVAL * 10);
    for side in Side::BOTH {
        assert_eq!(pair.take(side), [], "they answer each other");
        let asked = pair.count(side, |message| {
            matches!(message, Message::Request(r)
                if matches!(**r, RequestMessage::RoundTripDelayRequest(_)))
        });
        assert!(asked >= 9, "{side:?} asked {asked} times");
    }
    pair.cut = true;
    let patience = INTERVAL * u32::from(MAX_UNANSWERED) + ROUND_TRIP_PATIENCE;
    pair.pass(patience - INTERVAL);
    assert_eq!(pair.take(Side::Caller), [], "one answer may be lost");
    pair.pass(INTERVAL);
    for side in Side::BOTH {
        assert_eq!(pair.take(side), [Event::Ended(EndCause::SignallingTimeout)]);
        assert_eq!(pair.drain(side), None, "no timer is left");
    }
}

#[test]
fn who_wants_to_show_slides_is_told_no() {
    let mut pair = standing(SEPARATE);
    let request = H239Message::TokenRequest { channel: 7, symmetry: 4, label: 0x101 };
    let ask = |generic: GenericMessage| {
        Message::Request(Box::new(RequestMessage::GenericRequest(Box::new(generic))))
    };
    hear(&mut pair, Side::Callee, &ask(request.write()));
    let Some((Side::Callee, Message::Response(response))) = pair.said.pop() else {
        panic!("no answer")
    };
    let ResponseMessage::GenericResponse(answer) = *response else { panic!("{response:?}") };
    assert_eq!(H239Message::read(&answer), request.refusal());
    // What asks nothing has no answer.
    let (channel, label) = (7, 0x101);
    for told in
        [H239Message::TokenOwner { channel, label }, H239Message::TokenRelease { channel, label }]
    {
        let told = CommandMessage::GenericCommand(Box::new(told.write()));
        hear(&mut pair, Side::Callee, &Message::Command(Box::new(told)));
    }
    assert_eq!(pair.said, []);
    // And what nobody knows is not answered with silence.
    hear(&mut pair, Side::Callee, &ask(GenericMessage::default()));
    assert!(matches!(&pair.said.pop(), Some((Side::Callee, Message::Indication(indication)))
        if matches!(**indication, IndicationMessage::FunctionNotUnderstood(_))));
    assert_eq!(pair.take(Side::Callee), []);
}

#[test]
fn what_the_other_side_says_it_is_is_told_once() {
    let mut pair = standing(SEPARATE);
    let vendor = VendorIdentification {
        product_number: Some(b"Group 500\0".to_vec()),
        version_number: Some(b" 6.2.0 ".to_vec()),
        ..VendorIdentification::default()
    };
    let vendor = IndicationMessage::VendorIdentification(Box::new(vendor));
    let vendor = Message::Indication(Box::new(vendor));
    hear(&mut pair, Side::Caller, &vendor);
    hear(&mut pair, Side::Caller, &vendor);
    assert_eq!(pair.take(Side::Caller), [Event::Vendor("Group 500 6.2.0".into())]);
}

#[test]
fn both_open_at_once_and_nothing_conflicts() {
    for mode in Mode::all() {
        let own = |side| terms(side, &ALL, true);
        let pair = Pair::connected(mode, own(Side::Caller), own(Side::Callee));
        let refused = |message: &Message| {
            matches!(message, Message::Response(response)
                if matches!(**response, ResponseMessage::OpenLogicalChannelReject(_)))
        };
        for side in Side::BOTH {
            assert_eq!(pair.count(side, refused), 0, "{mode:?}");
            // After fast start it is pictures alone.
            let opened = if mode.fast == Fast::Accepted { 1 } else { 2 };
            assert_eq!(pair.count(side, is_open), opened, "{mode:?} {side:?}");
        }
    }
}

#[test]
fn a_lost_answer_to_a_channel_does_not_hold_up_the_call() {
    let own = |side| terms(side, &ALL, true);
    let mut pair = Pair::new(false);
    let mut lost = false;
    pair.loses = Box::new(move |side, message| {
        let first = side == Side::Callee
            && !lost
            && matches!(message, Message::Response(response)
            if matches!(**response, ResponseMessage::OpenLogicalChannelAck(_)));
        lost |= first;
        first
    });
    pair.connect(SEPARATE, own(Side::Caller), own(Side::Callee));
    pair.pass(Duration::from_secs(2));
    assert_eq!(pair.media(Side::Caller).direction, Direction::ReceiveOnly);
    pair.pass(Duration::from_secs(40));
    let media = pair.media(Side::Caller);
    assert_eq!(media.direction, Direction::SendReceive, "the next codec was tried");
    assert_eq!(media.audio.send.codec, ALL[1]);
}

#[test]
fn the_end_is_told_once_and_leaves_no_timer() {
    for mode in Mode::all() {
        for side in Side::BOTH {
            let mut pair = standing(mode);
            pair.command(side, Command::End(EndCause::Normal));
            pair.run();
            for at in Side::BOTH {
                assert_eq!(pair.take(at), [Event::Ended(EndCause::Normal)], "{mode:?} {side:?}");
                assert_eq!(pair.drain(at), None, "{mode:?} {side:?} {at:?}");
            }
            for command in
                [Command::Hold(true), Command::SendDigits("1".into()), Command::RequestKeyframe]
            {
                pair.command(side, command);
            }
            assert_eq!(pair.take(side), []);
        }
    }
}

#[test]
fn a_lost_control_connection_is_made_anew_and_all_goes_on() {
    let mut pair = standing(SEPARATE);
    for side in Side::BOTH {
        pair.input(side, Input::ControlLost);
        assert_eq!(pair.take(side), [Event::ControlWanted]);
    }
    pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
    pair.run();
    pair.command(Side::Caller, Command::SendDigits("5".into()));
    pair.command(Side::Callee, Command::RequestKeyframe);
    pair.run();
    assert_eq!(pair.take(Side::Callee), [Event::Digit('5')]);
    assert_eq!(pair.take(Side::Caller), [Event::KeyframeNeeded]);
    pair.pass(INTERVAL * 4);
    for side in Side::BOTH {
        assert_eq!(pair.take(side), []);
    }
}

#[test]
fn what_the_other_side_takes_now_replaces_what_is_sent() {
    let mut pair = standing(SEPARATE);
    let mut policy = terms(Side::Callee, &[Codec::Pcmu], true);
    policy.policy.video.largest = SizeClass::P360;
    let set = capabilities(&policy);
    let set = TerminalCapabilitySet { sequence_number: 99, ..set };
    let empty_table =
        |number| CapabilityTableEntry { capability_table_entry_number: number, capability: None };
    // Entries that it does not take any more are taken away by their numbers.
    let gone: Vec<u16> =
        (set.capability_table.as_ref().map_or(0, Vec::len) as u16 + 1..=12).collect();
    let mut set = set;
    set.capability_table.get_or_insert_default().extend(gone.into_iter().map(empty_table));
    let set = RequestMessage::TerminalCapabilitySet(Box::new(set));
    hear(&mut pair, Side::Caller, &Message::Request(Box::new(set)));
    let (caller, callee) = (pair.media(Side::Caller), pair.media(Side::Callee));
    assert_eq!(caller.audio.send.codec, Codec::Pcmu);
    assert_eq!(callee.audio.receive[0].codec, Codec::Pcmu);
    assert_eq!(callee.audio.send.codec, Codec::G722, "the other way stays");
    let send = caller.video[0].send.expect("a picture");
    assert_eq!(send.ceiling.class, SizeClass::P360);
    for media in [caller, callee] {
        assert_eq!(media.direction, Direction::SendReceive);
        assert_eq!(media.pictures(), Direction::SendReceive);
        assert_eq!(media.video[0].receive.len(), 1, "the old one is closed");
    }
    let replacing = |message: &Message| {
        let Message::Request(request) = message else { return false };
        matches!(&**request, RequestMessage::OpenLogicalChannel(open)
            if open.forward_logical_channel_parameters.replacement_for.is_some())
    };
    assert_eq!(pair.count(Side::Caller, replacing), 2);
}

#[test]
fn who_asks_for_another_mode_or_of_a_conference_is_answered() {
    let mut pair = standing(SEPARATE);
    for request in [
        RequestMessage::RequestMode(RequestMode {
            sequence_number: 7,
            requested_modes: vec![vec![ModeElement::default()]],
        }),
        RequestMessage::ConferenceRequest(ConferenceRequest::TerminalListRequest),
    ] {
        pair.said.clear();
        hear(&mut pair, Side::Callee, &Message::Request(Box::new(request.clone())));
        let Some((Side::Callee, answer)) = pair.said.pop() else { panic!("{request:?}") };
        let refused = match answer {
            Message::Response(response) => {
                matches!(*response, ResponseMessage::RequestModeReject(_))
            }
            Message::Indication(indication) => {
                matches!(*indication, IndicationMessage::FunctionNotUnderstood(_))
            }
            _ => false,
        };
        assert!(refused, "{request:?}");
    }
    assert_eq!(pair.take(Side::Callee), []);
}

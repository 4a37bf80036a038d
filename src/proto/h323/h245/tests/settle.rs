//! Who is master, what each side takes, and what is told on the way.

use super::super::{ANSWER_PATIENCE, Command, END_PATIENCE, Event, ROUND_TRIP_PATIENCE, UserInput};
use super::pair::{Pair, Side, g711};
use causeway_asn1::encode;
use causeway_asn1::h245::{
    CapabilityTableEntry, IndicationMessage, ModeElement,
    MultimediaSystemControlMessage as Message, RequestMessage, RequestMode, ResponseMessage,
    RoundTripDelayRequest, RoundTripDelayResponse, TerminalCapabilitySet,
};
use std::time::Duration;

fn masters(pair: &Pair) -> (Option<bool>, Option<bool>) {
    (pair.a.is_master(), pair.b.is_master())
}

#[test]
fn the_greater_type_is_master_whoever_asks() {
    for (asking, a, b) in [
        (&[Side::A][..], 50, 190),
        (&[Side::B], 50, 190),
        (&[Side::A, Side::B], 50, 190),
        (&[Side::A, Side::B], 190, 50),
    ] {
        let mut pair = Pair::new(a, b);
        asking.iter().for_each(|side| pair.command(*side, Command::DetermineMaster));
        pair.settle();
        assert_eq!(masters(&pair), (Some(a > b), Some(b > a)), "{asking:?}");
        for side in [Side::A, Side::B] {
            let settled = Event::Master(if side == Side::A { a > b } else { b > a });
            assert_eq!(pair.take(side), [settled], "once and no more");
        }
    }
}

#[test]
fn equals_are_told_apart_by_chance() {
    for asking in [&[Side::A][..], &[Side::B], &[Side::A, Side::B]] {
        let mut pair = Pair::new(190, 190);
        asking.iter().for_each(|side| pair.command(*side, Command::DetermineMaster));
        pair.settle();
        let (a, b) = masters(&pair);
        assert!(a.is_some() && a == b.map(|b| !b), "{a:?} {b:?}");
    }
}

/// Two sides that draw the same numbers never come to an end by themselves.
#[test]
fn the_same_numbers_again_and_again_are_given_up() {
    let mut pair = Pair::new(190, 190);
    pair.b = super::super::Control::new(super::super::Config::new(190, [1; 32]));
    pair.command(Side::A, Command::DetermineMaster);
    pair.command(Side::B, Command::DetermineMaster);
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::MasterUndetermined]);
    assert_eq!(pair.a.is_master(), None);
}

/// A later determination that fails takes nothing back.
#[test]
fn what_is_settled_holds() {
    let mut number = 0;
    let mut pair = Pair::lossy(
        190,
        50,
        Box::new(move |_, message| {
            let asks = matches!(message, Message::Request(request)
                if matches!(**request, RequestMessage::MasterSlaveDetermination(_)));
            number += u32::from(asks);
            asks && number > 1
        }),
    );
    for _ in 0..2 {
        pair.command(Side::A, Command::DetermineMaster);
        pair.settle();
        assert_eq!(pair.take(Side::A), [Event::Master(true)]);
    }
}

#[test]
fn each_message_of_the_determination_may_be_lost() {
    for lost in 0..4 {
        let mut count = 0;
        let mut pair = Pair::lossy(
            50,
            190,
            Box::new(move |_, _| {
                count += 1;
                count == lost + 1
            }),
        );
        pair.command(Side::A, Command::DetermineMaster);
        pair.settle();
        let events = [pair.take(Side::A), pair.take(Side::B)].concat();
        let settled = [Event::Master(false), Event::Master(true)];
        let failed = events.contains(&Event::MasterUndetermined);
        assert!(failed || events == settled, "{lost}: {events:?}");
        // It can be settled afterwards all the same.
        pair.command(Side::B, Command::DetermineMaster);
        pair.settle();
        assert_eq!(masters(&pair), (Some(false), Some(true)), "{lost}");
    }
}

fn send(pair: &mut Pair, side: Side, set: TerminalCapabilitySet) -> Vec<Event> {
    pair.command(side, Command::SendCapabilities(Box::new(set)));
    pair.settle();
    pair.take(side)
}

#[test]
fn capabilities_add_up_and_an_empty_set_takes_all_away() {
    let mut pair = Pair::new(50, 190);
    assert_eq!(send(&mut pair, Side::A, g711()), [Event::CapabilitiesAccepted]);
    assert_eq!(pair.b.capabilities().table.len(), 2);
    assert_eq!(pair.b.capabilities().descriptors[&0], [[1, 2]]);
    let without = TerminalCapabilitySet {
        capability_table: Some(vec![CapabilityTableEntry {
            capability_table_entry_number: 1,
            capability: None,
        }]),
        ..TerminalCapabilitySet::default()
    };
    send(&mut pair, Side::A, without);
    assert_eq!(pair.b.capabilities().table.keys().copied().collect::<Vec<_>>(), [2]);
    pair.take(Side::B);
    send(&mut pair, Side::A, TerminalCapabilitySet::default());
    assert!(pair.b.capabilities().is_empty());
    let heard = pair.take(Side::B);
    assert!(matches!(&heard[..], [Event::Capabilities(set)] if set.is_empty()), "{heard:?}");
}

#[test]
fn too_many_capabilities_are_refused_and_change_nothing() {
    let many = |from: u16| TerminalCapabilitySet {
        capability_table: Some(
            (from..from + 256)
                .map(|number| CapabilityTableEntry {
                    capability_table_entry_number: number,
                    ..g711().capability_table.unwrap_or_default()[0].clone()
                })
                .collect(),
        ),
        ..TerminalCapabilitySet::default()
    };
    let mut pair = Pair::new(50, 190);
    assert_eq!(send(&mut pair, Side::A, many(1)), [Event::CapabilitiesAccepted]);
    assert_eq!(send(&mut pair, Side::A, many(1_000)), [Event::CapabilitiesAccepted]);
    let refused = send(&mut pair, Side::A, many(2_000));
    assert!(matches!(&refused[..], [Event::CapabilitiesRefused(_)]), "{refused:?}");
    assert_eq!(pair.b.capabilities().table.len(), 512);
}

#[test]
fn of_sets_that_wait_only_the_newest_is_sent() {
    let mut pair = Pair::new(50, 190);
    pair.command(Side::A, Command::SendCapabilities(Box::new(g711())));
    pair.command(Side::A, Command::SendCapabilities(Box::new(g711())));
    pair.command(Side::A, Command::SendCapabilities(Box::default()));
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::CapabilitiesAccepted, Event::CapabilitiesAccepted]);
    assert!(pair.b.capabilities().is_empty());
}

#[test]
fn a_set_that_nobody_answers_is_given_up_in_time() {
    let is_ack = |message: &Message| {
        matches!(message, Message::Response(response)
            if matches!(**response, ResponseMessage::TerminalCapabilitySetAck(_)))
    };
    let mut pair = Pair::lossy(50, 190, Box::new(move |_, message| is_ack(message)));
    let start = pair.now;
    assert_eq!(send(&mut pair, Side::A, g711()), [Event::CapabilitiesUnanswered]);
    assert_eq!(pair.now - start, ANSWER_PATIENCE + Duration::from_millis(20));
}

#[test]
fn a_round_trip_takes_what_it_takes() {
    let mut pair = Pair::new(50, 190);
    pair.command(Side::A, Command::MeasureRoundTrip);
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::RoundTrip(Duration::from_millis(40))]);
    let mut pair = Pair::lossy(50, 190, Box::new(|side, _| side == Side::B));
    let start = pair.now;
    pair.command(Side::A, Command::MeasureRoundTrip);
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::RoundTripUnanswered]);
    assert_eq!(pair.now - start, ROUND_TRIP_PATIENCE);
}

#[test]
fn what_is_told_arrives() {
    let mut pair = Pair::new(50, 190);
    let inputs = [
        UserInput::Text("12#".into()),
        UserInput::Signal('*', Some(Duration::from_millis(120))),
        UserInput::Signal('!', None),
    ];
    for input in inputs.clone() {
        pair.command(Side::A, Command::SendUserInput(input));
    }
    pair.command(Side::A, Command::LimitFlow { channel: Some(3), limit: Some(5_120) });
    pair.command(Side::A, Command::LimitFlow { channel: None, limit: None });
    pair.command(Side::A, Command::AskFastUpdate(2));
    pair.settle();
    let mut expected: Vec<Event> = inputs.into_iter().map(Event::UserInput).collect();
    expected.extend([
        Event::FlowLimited { channel: Some(3), limit: Some(5_120) },
        Event::FlowLimited { channel: None, limit: None },
        Event::FastUpdateAsked(2),
    ]);
    assert_eq!(pair.take(Side::B), expected);
    // A key that is none, as the application may have it from elsewhere, is not sent.
    pair.command(Side::A, Command::SendUserInput(UserInput::Signal('x', None)));
    pair.settle();
    assert_eq!(pair.take(Side::B), []);
}

#[test]
fn what_is_not_granted_is_refused_politely() {
    let mut pair = Pair::new(50, 190);
    for request in [
        RequestMessage::MaintenanceLoopRequest(Default::default()),
        RequestMessage::RequestMode(RequestMode {
            sequence_number: 7,
            requested_modes: vec![vec![ModeElement::default()]],
        }),
        RequestMessage::MultilinkRequest(Default::default()),
    ] {
        let message = Message::Request(Box::new(request));
        pair.command(Side::A, Command::Send(Box::new(message)));
    }
    pair.settle();
    assert_eq!(pair.take(Side::B), [], "nobody need decide");
    let answers: Vec<Message> =
        pair.sent.split_off(3).into_iter().map(|(_, answer)| answer).collect();
    let [Message::Response(looped), Message::Response(mode), Message::Indication(unknown)] =
        &answers[..]
    else {
        panic!("{answers:?}")
    };
    assert!(matches!(**looped, ResponseMessage::MaintenanceLoopReject(_)));
    assert!(
        matches!(&**mode, ResponseMessage::RequestModeReject(reject) if reject.sequence_number == 7)
    );
    assert!(matches!(**unknown, IndicationMessage::FunctionNotUnderstood(_)));
}

#[test]
fn the_end_is_answered_and_nothing_is_said_after_it() {
    let mut pair = Pair::new(50, 190);
    let start = pair.now;
    pair.command(Side::A, Command::MeasureRoundTrip);
    pair.command(Side::A, Command::EndSession);
    // On its way already.
    pair.command(Side::B, Command::MeasureRoundTrip);
    pair.settle();
    assert_eq!(pair.take(Side::B), [Event::SessionEnded]);
    assert_eq!(pair.take(Side::A), [Event::SessionEnded], "and no answer to what is over");
    assert_eq!(pair.now - start, Duration::from_millis(40));
    let said = pair.sent.len();
    for side in [Side::A, Side::B] {
        pair.command(side, Command::DetermineMaster);
        pair.command(side, Command::EndSession);
    }
    pair.settle();
    assert_eq!(pair.sent.len(), said);
}

#[test]
fn both_end_at_once() {
    let mut pair = Pair::new(50, 190);
    pair.command(Side::A, Command::EndSession);
    pair.command(Side::B, Command::EndSession);
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::SessionEnded]);
    assert_eq!(pair.take(Side::B), [Event::SessionEnded]);
    assert_eq!(pair.sent.len(), 2, "no end is answered twice");
}

#[test]
fn an_end_that_nobody_answers_is_one_in_time() {
    let mut pair = Pair::lossy(50, 190, Box::new(|_, _| true));
    let start = pair.now;
    pair.command(Side::A, Command::MeasureRoundTrip);
    pair.command(Side::A, Command::EndSession);
    pair.settle();
    assert_eq!(pair.take(Side::A), [Event::SessionEnded]);
    assert_eq!(pair.now - start, END_PATIENCE);
}

/// What cannot be read is answered where somebody waits for an answer; a complaint is never.
#[test]
fn complaints_are_not_answered_with_complaints() {
    let mut pair = Pair::new(50, 190);
    // A request and a command that end early, then a response and an indication.
    for (bytes, complaints) in [(&[0x00][..], 1), (&[0x40], 1), (&[0x20], 0), (&[0x60], 0)] {
        pair.packet(Side::B, bytes);
        pair.settle();
        let heard = pair.take(Side::B);
        assert!(matches!(&heard[..], [Event::Malformed(_)]), "{bytes:?} {heard:?}");
        let said = std::mem::take(&mut pair.sent);
        assert_eq!(said.len(), complaints, "{bytes:?} {said:?}");
        for (side, message) in said {
            let Message::Indication(indication) = message else { panic!("{message:?}") };
            assert_eq!(side, Side::B);
            assert!(matches!(*indication, IndicationMessage::FunctionNotSupported(_)));
        }
        assert_eq!(pair.take(Side::A), []);
    }
}

#[test]
fn messages_come_together_in_one_packet() {
    let ask = |sequence_number| {
        encode(&Message::Request(Box::new(RequestMessage::RoundTripDelayRequest(
            RoundTripDelayRequest { sequence_number },
        ))))
        .expect("a message")
    };
    let answer = |sequence_number| {
        ResponseMessage::RoundTripDelayResponse(RoundTripDelayResponse { sequence_number })
    };
    let mut pair = Pair::new(50, 190);
    pair.packet(Side::B, &[ask(1), ask(2), ask(3)].concat());
    assert_eq!(pair.responses(Side::B), [answer(1), answer(2), answer(3)]);
    // What is filled up with something else is as good as what is not.
    pair.packet(Side::B, &[ask(4), vec![0; 3]].concat());
    assert_eq!(pair.responses(Side::B)[3..], [answer(4)]);
    assert_eq!(pair.take(Side::B), []);
    // There is an end to it.
    let many = (0..=u8::MAX).map(ask).collect::<Vec<_>>().concat();
    pair.packet(Side::B, &many);
    assert_eq!(pair.responses(Side::B).len(), 4 + 32);
}

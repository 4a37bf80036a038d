//! What happens before the answer: early H.245, fast start answered early, more digits, and what
//! is told on the way.

use super::super::{Command, Description, Event, Input, Placing, Redirection};
use super::pair::{Pair, Side, config, placing, proposal};
use crate::h323::{address, h245};
use causeway_asn1::h225::H323UuPduH323MessageBody as Body;
use causeway_wire::q931::{CallReference, ElementId, MessageKind, Q931Writer};

fn called(tunnelling: bool, fast: bool) -> Pair {
    let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
    let fast_start = if fast { vec![proposal(1)] } else { vec![] };
    pair.place(Placing { fast_start, ..placing() });
    pair.heard.clear();
    pair
}

fn count(heard: &[Event], event: &Event) -> usize {
    heard.iter().filter(|heard| *heard == event).count()
}

/// Both settle who is master before the call is answered.
fn speaks(pair: &mut Pair, side: Side) {
    pair.command(side, Command::Control(h245::Command::DetermineMaster));
    pair.run();
    let heard = [pair.take(Side::Caller), pair.take(Side::Callee)];
    for (heard, master) in heard.iter().zip([false, true]) {
        assert_eq!(count(heard, &Event::ControlReady), 1, "{heard:?}");
        assert_eq!(count(heard, &Event::Control(h245::Event::Master(master))), 1, "{heard:?}");
    }
    pair.answer(vec![]);
    let heard = [pair.take(Side::Caller), pair.take(Side::Callee)].concat();
    assert_eq!(count(&heard, &Event::ControlReady), 0, "it goes on as it was: {heard:?}");
}

#[test]
fn h245_begins_before_the_answer_within_signalling() {
    for side in [Side::Caller, Side::Callee] {
        let mut pair = called(true, false);
        pair.command(Side::Callee, Command::Alert);
        pair.run();
        pair.command(side, Command::BeginControl);
        speaks(&mut pair, side);
    }
}

#[test]
fn h245_begins_before_the_answer_on_a_connection() {
    for (side, ringing) in [(Side::Caller, true), (Side::Callee, true), (Side::Callee, false)] {
        let mut pair = called(false, false);
        if ringing {
            pair.command(Side::Callee, Command::Alert);
            pair.run();
        }
        pair.command(side, Command::BeginControl);
        assert!(pair.take(side).contains(&Event::ControlWanted));
        pair.command(side, Command::AnnounceControl(side.control()));
        pair.run();
        let by = pair.bodies(side).pop().map(|pdu| pdu.h323_message_body);
        match by {
            Some(Body::Facility(_)) if ringing => {}
            Some(Body::CallProceeding(body)) if !ringing => assert!(body.h245_address.is_some()),
            other => panic!("{other:?}"),
        }
        speaks(&mut pair, side);
    }
}

#[test]
fn fast_start_is_answered_in_any_message() {
    for (take, step) in
        [true, false].into_iter().flat_map(|take| (0..4).map(move |step| (take, step)))
    {
        let mut pair = called(true, true);
        let channels = if take { vec![proposal(1)] } else { vec![] };
        let proceeds_first = step > 0;
        if proceeds_first {
            pair.command(Side::Callee, Command::Proceed);
        }
        pair.command(Side::Callee, Command::SettleFastStart(channels.clone()));
        let command = match step {
            0 => Command::Proceed,
            1 => Command::Alert,
            2 => Command::Progress(8),
            _ => Command::Answer(Box::default()),
        };
        pair.command(Side::Callee, command);
        pair.run();
        let heard = pair.take(Side::Caller);
        let [yes, no] = [Event::FastStart(channels.clone()), Event::FastStartRefused];
        let (expected, other) = if take { (yes, no) } else { (no, yes) };
        assert_eq!((count(&heard, &expected), count(&heard, &other)), (1, 0), "{step} {heard:?}");
        // It is settled: the answer says nothing of it again.
        pair.answer(vec![proposal(1)]);
        let heard = pair.take(Side::Caller);
        assert!(
            !heard
                .iter()
                .any(|event| matches!(event, Event::FastStart(_) | Event::FastStartRefused)),
            "{heard:?}"
        );
        let said =
            pair.bodies(Side::Callee).into_iter().filter(|pdu| match &pdu.h323_message_body {
                Body::CallProceeding(body) => body.fast_start.is_some(),
                Body::Alerting(body) => body.fast_start.is_some(),
                Body::Progress(body) => body.fast_start.is_some(),
                Body::Connect(body) => body.fast_start.is_some(),
                _ => false,
            });
        assert_eq!(said.count(), usize::from(take), "{step}");
    }
}

/// Who begins with H.245 gives up what is proposed, and both know.
#[test]
fn early_h245_gives_fast_start_up() {
    for tunnelling in [true, false] {
        let mut pair = called(tunnelling, true);
        if tunnelling {
            pair.command(Side::Callee, Command::BeginControl);
            pair.command(Side::Callee, Command::Control(h245::Command::DetermineMaster));
        } else {
            pair.command(Side::Callee, Command::AnnounceControl(Side::Callee.control()));
        }
        pair.run();
        for side in [Side::Caller, Side::Callee] {
            let heard = pair.take(side);
            assert_eq!(count(&heard, &Event::FastStartRefused), 1, "{side:?} {heard:?}");
        }
        pair.answer(vec![proposal(1)]);
        let heard = pair.take(Side::Caller);
        assert!(!heard.iter().any(|event| matches!(event, Event::FastStart(_))), "{heard:?}");
    }
}

/// For who proposed channels it is too early: to begin would give them up.
#[test]
fn who_proposed_channels_waits_for_what_becomes_of_them() {
    for tunnelling in [true, false] {
        let mut pair = called(tunnelling, true);
        pair.command(Side::Callee, Command::Proceed);
        pair.run();
        pair.take(Side::Caller);
        pair.command(Side::Caller, Command::BeginControl);
        pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
        pair.run();
        assert_eq!(pair.take(Side::Caller), []);
        pair.answer(vec![proposal(1)]);
        let heard = pair.take(Side::Caller);
        assert_eq!(count(&heard, &Event::FastStart(vec![proposal(1)])), 1, "{heard:?}");
        assert_eq!(count(&heard, &Event::ControlReady), 1, "{heard:?}");
    }
}

/// Where the callee takes H.245 is remembered until the proposed channels are settled.
#[test]
fn an_address_waits_for_fast_start() {
    let mut pair = called(false, true);
    let (config, header) = (config(false, true), super::super::message::Header::default());
    let control = Some(Side::Callee.control());
    let proceeding =
        super::super::message::proceeding(&config, &header, Default::default(), control);
    let reference = CallReference { value: 77, from_destination: true };
    let packet = proceeding.bytes(reference, &header, vec![], vec![]).expect("short");
    pair.input(Side::Caller, Input::Signalling(&packet));
    assert_eq!(pair.connections, []);
    pair.command(Side::Callee, Command::SettleFastStart(vec![proposal(1)]));
    pair.command(Side::Callee, Command::Alert);
    pair.run();
    assert_eq!(pair.connections, [Side::Caller]);
    let heard = pair.take(Side::Caller);
    assert_eq!(count(&heard, &Event::FastStart(vec![proposal(1)])), 1, "{heard:?}");
    assert_eq!(count(&heard, &Event::FastStartRefused), 0, "{heard:?}");
    assert_eq!(count(&heard, &Event::ControlReady), 1, "{heard:?}");
}

/// A caller that says something by H.245 before its channels are settled has given them up.
#[test]
fn a_caller_gives_fast_start_up() {
    let mut pair = called(true, true);
    let header = super::super::message::Header { tunnelling: Some(true), ..Default::default() };
    let reference = CallReference { value: 77, from_destination: false };
    let round_trip = causeway_asn1::h245::RequestMessage::RoundTripDelayRequest(Default::default());
    let round_trip =
        causeway_asn1::h245::MultimediaSystemControlMessage::Request(Box::new(round_trip));
    let control = vec![causeway_asn1::encode(&round_trip).expect("a message")];
    let packet = super::super::message::carrier().bytes(reference, &header, control, vec![]);
    pair.input(Side::Callee, Input::Signalling(&packet.expect("short")));
    assert_eq!(pair.take(Side::Callee), [Event::FastStartRefused, Event::ControlReady]);
    pair.answer(vec![proposal(1)]);
    let said = pair.bodies(Side::Callee);
    let taken = said.iter().any(
        |pdu| matches!(&pdu.h323_message_body, Body::Connect(body) if body.fast_start.is_some()),
    );
    assert!(!taken);
}

#[test]
fn digits_come_to_an_end() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(Placing { overlap: true, ..placing() });
    pair.command(Side::Callee, Command::AskDigits);
    pair.run();
    pair.heard.clear();
    pair.command(Side::Caller, Command::SendDigits("8".into()));
    pair.command(Side::Caller, Command::SendLastDigits("00".into()));
    pair.run();
    let digits = [Event::Digits("8".into(), false), Event::Digits("00".into(), true)];
    assert_eq!(pair.take(Side::Callee), digits);
    // Some send keys, without anything of H.225.0 around them.
    let reference = CallReference { value: 77, from_destination: false };
    let keys = |keys: &[u8]| {
        Q931Writer::new(reference, MessageKind::Information)
            .element(ElementId::KEYPAD_FACILITY, keys)
            .finish()
            .expect("short")
    };
    pair.input(Side::Callee, Input::Signalling(&keys(b"1#")));
    assert_eq!(pair.take(Side::Callee), [Event::Digits("1#".into(), false)]);
    // Nobody dials without end.
    for _ in 0..super::super::MAX_DIGITS {
        pair.input(Side::Callee, Input::Signalling(&keys(b"")));
    }
    let bad = Event::Ended(causeway_base::EndCause::BadAddress);
    assert_eq!(pair.take(Side::Callee).last(), Some(&bad));
}

#[test]
fn the_callee_says_what_it_is() {
    let mut pair = called(true, false);
    pair.command(Side::Callee, Command::Name("\u{4f1a}\u{8bae} 8001".into()));
    pair.answer(vec![]);
    let [first, second] = &pair.described[..] else { panic!("{:?}", pair.described) };
    assert_eq!((&first.endpoint, &first.display), (&Some(config(true, true).endpoint), &None));
    assert_eq!(second.display.as_deref(), Some("\u{4f1a}\u{8bae} 8001"));
    // The number of who answered, as gateways say it.
    let mut pair = called(true, false);
    let reference = CallReference { value: 77, from_destination: true };
    let connect = Q931Writer::new(reference, MessageKind::Connect)
        .element(ElementId::CONNECTED_NUMBER, b"\x01\x838005")
        .finish()
        .expect("short");
    pair.input(Side::Caller, Input::Signalling(&connect));
    let number = Description { number: Some("8005".into()), ..Description::default() };
    assert_eq!(pair.described, [number]);
    assert_eq!(pair.take(Side::Caller)[0], Event::Answered(vec![]));
}

#[test]
fn calls_are_sent_elsewhere() {
    for (route, answered) in [(true, false), (false, true)] {
        let mut pair = called(true, false);
        if answered {
            pair.answer(vec![]);
        }
        pair.heard.clear();
        let redirection = Redirection {
            to: vec![address::alias("8002")],
            address: Some(([127, 0, 0, 3], 1720).into()),
            route,
        };
        pair.command(Side::Callee, Command::Redirect(Box::new(redirection.clone())));
        pair.run();
        assert_eq!(pair.take(Side::Caller), [Event::Redirected(Box::new(redirection))]);
    }
}

#[test]
fn it_is_told_that_a_call_is_held() {
    let mut pair = called(true, false);
    pair.answer(vec![]);
    pair.heard.clear();
    for (side, what) in [(Side::Caller, 0x79), (Side::Callee, 0x7a)] {
        pair.command(side, Command::Notify(what));
        pair.run();
        let other = if side == Side::Caller { Side::Callee } else { Side::Caller };
        assert_eq!(pair.take(other), [Event::Notified(what)]);
    }
}

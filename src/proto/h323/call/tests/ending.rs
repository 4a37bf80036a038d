//! How calls end, and what is asked on the way.

use super::super::message::{self, Header};
use super::super::{Command, Config, Event, Input, PROCEEDING_PATIENCE, SETUP_PATIENCE};
use super::pair::{Pair, Side, config, placing};
use crate::h323::h245::{self, END_PATIENCE};
use causeway_asn1::h450::{H4501SupplementaryService, Invoke, Ros, ServiceApdus};
use causeway_asn1::{decode, encode};
use causeway_base::EndCause;
use causeway_wire::q931::{CallReference, ElementId, MessageKind, Q931View, Q931Writer, element};
use std::time::Duration;

fn pair() -> Pair {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(placing());
    pair.heard.clear();
    pair
}

#[test]
fn the_cause_arrives() {
    for cause in [EndCause::Busy, EndCause::NotFound, EndCause::Declined, EndCause::CapacityReached]
    {
        let mut pair = pair();
        pair.command(Side::Callee, Command::End(cause));
        pair.run_out();
        assert_eq!(pair.take(Side::Caller), [Event::Ended(cause)]);
        assert_eq!(pair.take(Side::Callee), [Event::Ended(cause)]);
    }
}

#[test]
fn both_end_at_once() {
    let mut pair = pair();
    pair.answer(vec![]);
    pair.heard.clear();
    pair.command(Side::Caller, Command::End(EndCause::Normal));
    pair.command(Side::Callee, Command::End(EndCause::Removed));
    pair.run_out();
    assert_eq!(pair.take(Side::Caller), [Event::Ended(EndCause::Normal)]);
    assert_eq!(pair.take(Side::Callee), [Event::Ended(EndCause::Removed)]);
    // Nothing is heard or said any more.
    pair.command(Side::Caller, Command::Alert);
    pair.input(Side::Callee, Input::Signalling(&[]));
    pair.run_out();
    assert_eq!(pair.take(Side::Caller), []);
}

#[test]
fn silence_ends_a_call_in_time_whatever_it_waits_for() {
    let ring = Duration::from_secs(90);
    for (steps, patience, cause) in [
        (0, SETUP_PATIENCE, EndCause::SignallingTimeout),
        (1, PROCEEDING_PATIENCE, EndCause::SignallingTimeout),
        (2, ring, EndCause::NoAnswer),
        (3, ring, EndCause::NoAnswer),
    ] {
        let caller = Config { ring_patience: ring, ..config(true, false) };
        let mut pair = Pair::new(caller, config(true, true));
        pair.cut = steps == 0;
        pair.place(placing());
        if steps == 1 {
            pair.command(Side::Callee, Command::Proceed);
        } else if steps == 2 {
            pair.command(Side::Callee, Command::Alert);
        } else if steps == 3 {
            pair.command(Side::Callee, Command::Progress(8));
        }
        pair.run();
        pair.cut = true;
        let start = pair.now;
        pair.run_until(start + patience - Duration::from_millis(1));
        let heard = pair.take(Side::Caller);
        assert!(!heard.iter().any(|event| matches!(event, Event::Ended(_))), "{steps}: {heard:?}");
        pair.run_until(start + patience);
        assert_eq!(pair.take(Side::Caller), [Event::Ended(cause)], "{steps}");
    }
}

/// Who rings, or proceeds, again and again does not ring without end.
#[test]
fn patience_is_not_stretched() {
    let mut pair = pair();
    pair.command(Side::Callee, Command::Alert);
    pair.run();
    let alerting = pair.sent.last().expect("sent").data.clone();
    let start = pair.now;
    pair.run_until(start + Duration::from_secs(50));
    pair.input(Side::Caller, Input::Signalling(&alerting));
    pair.run_until(start + Duration::from_secs(60));
    let heard = pair.take(Side::Caller);
    assert_eq!(heard.iter().filter(|event| **event == Event::Alerting).count(), 1);
    assert_eq!(heard.last(), Some(&Event::Ended(EndCause::NoAnswer)));
}

#[test]
fn a_lost_connection_ends_the_call() {
    for (answered, cause) in [(true, EndCause::SignallingTimeout), (false, EndCause::Unreachable)] {
        let mut pair = pair();
        if answered {
            pair.answer(vec![]);
        }
        pair.heard.clear();
        pair.input(Side::Callee, Input::SignallingLost);
        assert_eq!(pair.take(Side::Callee), [Event::Ended(cause)]);
    }
}

#[test]
fn the_end_of_h245_ends_the_call() {
    let mut pair = pair();
    pair.answer(vec![]);
    pair.heard.clear();
    let end = h245::Command::EndSession;
    pair.command(Side::Caller, Command::Control(end));
    pair.run_out();
    let over = [Event::Control(h245::Event::SessionEnded), Event::Ended(EndCause::Normal)];
    assert_eq!(pair.take(Side::Callee), over);
    let heard = pair.take(Side::Caller);
    assert_eq!(heard.last(), Some(&over[1]), "{heard:?}");
}

/// An end by H.245 that nobody answers, and one that cannot be said, end the call all the same.
#[test]
fn the_end_of_h245_is_bounded() {
    let end = || Command::Control(h245::Command::EndSession);
    let mut pair = pair();
    pair.command(Side::Caller, end());
    assert_eq!(pair.take(Side::Caller), [Event::Ended(EndCause::Normal)]);
    let mut pair = self::pair();
    pair.answer(vec![]);
    pair.heard.clear();
    pair.cut = true;
    let start = pair.now;
    pair.command(Side::Caller, end());
    assert_eq!(pair.take(Side::Caller), []);
    pair.run_until(start + END_PATIENCE);
    assert_eq!(pair.take(Side::Caller).last(), Some(&Event::Ended(EndCause::Normal)));
}

/// Where the other side does not know the call, it is over; else its status changes nothing.
#[test]
fn a_status_of_no_call_ends_it() {
    let call_reference = CallReference { value: 77, from_destination: false };
    let status = |state| {
        Q931Writer::new(call_reference, MessageKind::Status)
            .element(ElementId::CALL_STATE, &[state])
            .finish()
            .unwrap()
    };
    let mut pair = pair();
    pair.input(Side::Callee, Input::Signalling(&status(1)));
    assert_eq!(pair.take(Side::Callee), []);
    pair.input(Side::Callee, Input::Signalling(&status(0)));
    assert_eq!(pair.take(Side::Callee), [Event::Ended(EndCause::Unreachable)]);
}

#[test]
fn who_asks_for_a_call_that_is_not_there_hears_so() {
    let mut pair = pair();
    let call_reference = CallReference { value: 5, from_destination: true };
    let inquiry = Q931Writer::new(call_reference, MessageKind::StatusInquiry).finish().unwrap();
    pair.input(Side::Callee, Input::Signalling(&inquiry));
    let status = pair.sent.last().unwrap().data.clone();
    let view = Q931View::parse(&status).unwrap();
    assert_eq!((view.kind, view.call_reference), (MessageKind::Status, call_reference.answered()));
    assert_eq!(view.find(ElementId::CALL_STATE).and_then(element::call_state), Some(0));
}

#[test]
fn a_status_inquiry_is_answered() {
    let mut pair = pair();
    let call_reference = CallReference { value: 77, from_destination: false };
    let inquiry = Q931Writer::new(call_reference, MessageKind::StatusInquiry).finish().unwrap();
    pair.input(Side::Callee, Input::Signalling(&inquiry));
    let status = pair.sent.last().unwrap().data.clone();
    let view = Q931View::parse(&status).unwrap();
    assert_eq!(view.kind, MessageKind::Status);
    assert_eq!(view.find(ElementId::CALL_STATE).and_then(element::call_state), Some(6));
    assert_eq!(view.call_reference, call_reference.answered());
}

/// Messages without anything that we can read still say what their type says.
#[test]
fn a_release_without_a_body_is_one() {
    let mut pair = pair();
    let call_reference = CallReference { value: 77, from_destination: false };
    let release = Q931Writer::new(call_reference, MessageKind::ReleaseComplete).finish().unwrap();
    pair.input(Side::Callee, Input::Signalling(&release));
    assert_eq!(pair.take(Side::Callee), [Event::Ended(EndCause::Normal)]);
}

/// Supplementary services are refused, each by the number of its invocation.
#[test]
fn services_are_refused() {
    let mut pair = pair();
    let invoke = |invoke_id| Ros::Invoke(Invoke { invoke_id, ..Invoke::default() });
    let service = H4501SupplementaryService {
        service_apdu: ServiceApdus::RosApdus(vec![invoke(7), invoke(9)]),
        ..H4501SupplementaryService::default()
    };
    let service = encode(&service).expect("a service");
    let call_reference = CallReference { value: 77, from_destination: false };
    let packet =
        message::carrier().bytes(call_reference, &Header::default(), vec![], vec![service]);
    pair.input(Side::Callee, Input::Signalling(&packet.expect("short")));
    let answers = pair.bodies(Side::Callee).pop().and_then(|pdu| pdu.h4501_supplementary_service);
    let [answer] = &answers.expect("an answer")[..] else { panic!("one for each message") };
    let answer: H4501SupplementaryService = decode(answer).expect("our own");
    let ServiceApdus::RosApdus(refused) = answer.service_apdu else { panic!("no operations") };
    let refused: Vec<i64> = refused
        .iter()
        .filter_map(|it| if let Ros::Reject(reject) = it { Some(reject.invoke_id) } else { None })
        .collect();
    assert_eq!(refused, [7, 9]);
    assert_eq!(pair.take(Side::Callee), []);
}

//! How calls end, and what is asked on the way.

use super::super::{Command, Event, Input, PROCEEDING_PATIENCE, SETUP_PATIENCE};
use super::pair::{Pair, Side, config, placing};
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
    let ring = Duration::from_secs(60);
    for (steps, patience, cause) in [
        (0, SETUP_PATIENCE, EndCause::SignallingTimeout),
        (1, PROCEEDING_PATIENCE, EndCause::SignallingTimeout),
        (2, ring, EndCause::NoAnswer),
    ] {
        let mut pair = Pair::new(config(true, false), config(true, true));
        pair.cut = steps == 0;
        pair.place(placing());
        if steps == 1 {
            pair.command(Side::Callee, Command::Proceed);
        } else if steps == 2 {
            pair.command(Side::Callee, Command::Alert);
        }
        pair.run();
        let start = pair.now;
        pair.cut = true;
        pair.run_out();
        let heard = pair.take(Side::Caller);
        assert_eq!(heard.last(), Some(&Event::Ended(cause)), "{steps}");
        assert!(pair.now - start <= patience.max(ring), "{steps}");
    }
}

#[test]
fn a_lost_connection_ends_the_call() {
    let mut pair = pair();
    pair.answer(vec![]);
    pair.heard.clear();
    pair.input(Side::Callee, Input::SignallingLost);
    assert_eq!(pair.take(Side::Callee), [Event::Ended(EndCause::Unreachable)]);
}

#[test]
fn the_end_of_h245_ends_the_call() {
    let mut pair = pair();
    pair.answer(vec![]);
    pair.heard.clear();
    let end = crate::h323::h245::Command::EndSession;
    pair.command(Side::Caller, Command::Control(end));
    pair.run_out();
    assert!(pair.take(Side::Callee).contains(&Event::Ended(EndCause::Normal)));
    assert!(pair.take(Side::Caller).contains(&Event::Ended(EndCause::Normal)));
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

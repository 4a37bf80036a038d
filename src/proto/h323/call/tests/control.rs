//! Which way H.245 takes, and what becomes of a call that has none.

use super::super::message::{self, Header};
use super::super::{
    Answering, CONTROL_PATIENCE, Command, Event, Input, PROCEEDING_PATIENCE, Placing,
};
use super::pair::{Pair, Side, config, placing, proposal};
use crate::h323::h245;
use causeway_asn1::encode;
use causeway_asn1::h225::{H323UserInformation, H323UuPdu, H323UuPduH323MessageBody as Body};
use causeway_base::EndCause;
use causeway_wire::q931::{CallReference, MessageKind, Q931Writer};
use std::time::Duration;

fn answered(tunnelling: bool, fast: bool) -> Pair {
    let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
    let fast_start = if fast { vec![proposal(1)] } else { vec![] };
    pair.place(Placing { fast_start: fast_start.clone(), ..placing() });
    pair.answer(fast_start);
    for side in [Side::Caller, Side::Callee] {
        assert!(pair.take(side).contains(&Event::ControlReady));
    }
    pair
}

fn determine(pair: &mut Pair, side: Side) {
    pair.command(side, Command::Control(h245::Command::DetermineMaster));
}

fn is_ended(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Ended(_)))
}

#[test]
fn an_address_is_said_where_one_is_needed() {
    for tunnelling in [true, false] {
        let pair = answered(tunnelling, false);
        let bodies = pair.bodies(Side::Callee);
        let said = bodies.iter().filter_map(|pdu| match &pdu.h323_message_body {
            Body::Connect(connect) => Some(connect.h245_address.is_some()),
            _ => None,
        });
        assert_eq!(said.collect::<Vec<_>>(), [!tunnelling]);
    }
}

/// What waits for the answer, however long it rings, is not late.
#[test]
fn the_time_of_h245_runs_while_there_is_a_way() {
    for tunnelling in [true, false] {
        let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
        pair.place(placing());
        determine(&mut pair, Side::Caller);
        pair.command(Side::Callee, Command::Alert);
        let start = pair.now;
        pair.run_until(start + Duration::from_secs(50));
        pair.answer(vec![]);
        let heard = pair.take(Side::Caller);
        assert!(heard.contains(&Event::Control(h245::Event::Master(false))), "{heard:?}");
        assert!(!heard.contains(&Event::Control(h245::Event::MasterUndetermined)), "{heard:?}");
        // From now on it does run.
        pair.cut = true;
        pair.command(Side::Caller, Command::Control(h245::Command::MeasureRoundTrip));
        let start = pair.now;
        pair.run_until(start + h245::ROUND_TRIP_PATIENCE);
        let late = [Event::Control(h245::Event::RoundTripUnanswered)];
        assert_eq!(pair.take(Side::Caller), late);
    }
}

#[test]
fn a_call_without_a_way_for_h245_ends() {
    for step in ["never came", "was lost", "was never spoken of"] {
        let mut pair = if step == "was lost" {
            answered(false, false)
        } else {
            Pair::new(config(false, false), config(false, true))
        };
        if step == "was lost" {
            pair.input(Side::Caller, Input::ControlLost);
            pair.input(Side::Callee, Input::ControlLost);
            assert_eq!(pair.take(Side::Caller), [Event::ControlLost]);
            assert_eq!(pair.take(Side::Callee), [Event::ControlLost]);
        } else {
            pair.closed = true;
            pair.place(placing());
            let control = (step == "never came").then(|| Side::Callee.control());
            let answering = Answering { control, ..Answering::default() };
            pair.command(Side::Callee, Command::Answer(Box::new(answering)));
            pair.run();
            let wanted = pair.take(Side::Caller).contains(&Event::ControlWanted);
            assert_eq!(wanted, control.is_none());
        }
        let start = pair.now;
        pair.run_until(start + CONTROL_PATIENCE - Duration::from_millis(50));
        assert!(!is_ended(&pair.take(Side::Caller)), "{step}");
        pair.run_until(start + CONTROL_PATIENCE);
        for side in [Side::Caller, Side::Callee] {
            let heard = pair.take(side);
            assert!(is_ended(&heard), "{step} {side:?} {heard:?}");
        }
    }
}

/// Who listens again and again for a connection that never comes does not wait for ever.
#[test]
fn another_try_at_a_connection_is_no_new_wait() {
    for side in [Side::Caller, Side::Callee] {
        let mut pair = answered(false, false);
        pair.closed = true;
        pair.input(Side::Caller, Input::ControlLost);
        pair.input(Side::Callee, Input::ControlLost);
        let start = pair.now;
        pair.command(side, Command::AnnounceControl(side.control()));
        pair.run_until(start + Duration::from_secs(15));
        for at in [Side::Caller, Side::Callee] {
            pair.input(at, Input::ControlLost);
        }
        pair.command(side, Command::AnnounceControl(side.control()));
        pair.run_until(start + CONTROL_PATIENCE - Duration::from_millis(50));
        assert!(!is_ended(&pair.take(side)), "{side:?}");
        pair.run_until(start + CONTROL_PATIENCE);
        let heard = pair.take(side);
        assert!(heard.contains(&Event::Ended(EndCause::SignallingTimeout)), "{heard:?}");
    }
}

/// Its channels stand: nothing need be said by H.245.
#[test]
fn a_call_of_fast_start_goes_on_without() {
    let mut pair = answered(false, true);
    pair.input(Side::Caller, Input::ControlLost);
    pair.input(Side::Callee, Input::ControlLost);
    pair.run_out();
    assert_eq!(pair.take(Side::Caller), [Event::ControlLost]);
    assert_eq!(pair.take(Side::Callee), [Event::ControlLost]);
    // And a new connection is taken whenever it comes.
    pair.command(Side::Callee, Command::AnnounceControl(Side::Callee.control()));
    pair.run();
    assert_eq!(pair.take(Side::Caller), [Event::ControlReady]);
    assert_eq!(pair.take(Side::Callee), [Event::ControlReady]);
}

#[test]
fn a_lost_connection_comes_again() {
    for side in [Side::Caller, Side::Callee] {
        let mut pair = answered(false, false);
        pair.input(Side::Caller, Input::ControlLost);
        pair.input(Side::Callee, Input::ControlLost);
        determine(&mut pair, Side::Caller);
        let start = pair.now;
        pair.run_until(start + Duration::from_secs(10));
        pair.command(side, Command::AnnounceControl(side.control()));
        pair.run_out();
        let heard = pair.take(Side::Caller);
        let master = Event::Control(h245::Event::Master(false));
        assert_eq!(heard, [Event::ControlLost, Event::ControlReady, master], "{side:?}");
    }
}

/// Where both say where they take connections, the one with the smaller address connects.
#[test]
fn both_start_h245_at_once() {
    let mut pair = Pair::new(config(false, false), config(false, true));
    pair.place(placing());
    pair.command(Side::Callee, Command::Answer(Box::default()));
    pair.run();
    assert_eq!(pair.take(Side::Callee)[1..], [Event::ControlWanted]);
    for side in [Side::Caller, Side::Callee] {
        pair.command(side, Command::AnnounceControl(side.control()));
    }
    pair.run();
    assert_eq!(pair.connections, [Side::Callee]);
    for side in [Side::Caller, Side::Callee] {
        let heard = pair.take(side);
        assert_eq!(heard.last(), Some(&Event::ControlReady), "{heard:?}");
    }
}

/// A later FALSE counts, and is final; what was on its way is heard.
#[test]
fn tunnelling_may_be_withdrawn() {
    let mut pair = answered(true, false);
    let header = Header { tunnelling: Some(false), ..Header::default() };
    let reference = CallReference { value: 77, from_destination: true };
    let facility = message::carrier().bytes(reference, &header, vec![], vec![]).expect("short");
    determine(&mut pair, Side::Callee);
    pair.input(Side::Caller, Input::Signalling(&facility));
    assert_eq!(pair.take(Side::Caller), [Event::ControlWanted]);
    pair.run();
    pair.take(Side::Callee);
    pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
    pair.run();
    assert_eq!(pair.connections, [Side::Callee]);
    let heard = pair.take(Side::Caller);
    let [ready, master] = [Event::ControlReady, Event::Control(h245::Event::Master(false))];
    assert_eq!(heard, [ready, master]);
    let withdrawn = pair.bodies(Side::Caller).pop().and_then(|pdu| pdu.h245_tunnelling);
    assert_eq!(withdrawn, Some(false), "we do not either");
    let agreed = Header { tunnelling: Some(true), ..Header::default() };
    let facility = message::carrier().bytes(reference, &agreed, vec![], vec![]).expect("short");
    pair.input(Side::Caller, Input::Signalling(&facility));
    pair.command(Side::Caller, Command::Control(h245::Command::MeasureRoundTrip));
    assert_eq!(pair.sent.last().map(|sent| sent.to.port()), Some(11_000));
}

/// What a gatekeeper says while it does not know yet what the callee says decides nothing.
#[test]
fn a_provisional_word_of_tunnelling_is_passed_over() {
    for provisional in [true, false] {
        let mut pair = Pair::new(config(true, false), config(true, true));
        pair.place(placing());
        let proceeding = H323UserInformation {
            h323_uu_pdu: H323UuPdu {
                h245_tunnelling: Some(false),
                provisional_resp_to_h245_tunnelling: provisional.then_some(()),
                ..H323UuPdu::default()
            },
            ..H323UserInformation::default()
        };
        let reference = CallReference { value: 77, from_destination: true };
        let proceeding = Q931Writer::new(reference, MessageKind::CallProceeding)
            .user_user(&encode(&proceeding).expect("allowed"))
            .finish()
            .expect("short");
        pair.input(Side::Caller, Input::Signalling(&proceeding));
        pair.answer(vec![]);
        let heard = pair.take(Side::Caller);
        assert_eq!(heard.contains(&Event::ControlReady), provisional, "{heard:?}");
    }
}

/// A second connection, or one where H.245 is tunnelled, changes nothing.
#[test]
fn one_way_is_enough() {
    for tunnelling in [true, false] {
        let mut pair = answered(tunnelling, false);
        pair.input(Side::Caller, Input::ControlConnected);
        if tunnelling {
            pair.input(Side::Caller, Input::ControlLost);
        }
        pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
        pair.command(Side::Caller, Command::BeginControl);
        let start = pair.now;
        pair.run_until(start + 2 * PROCEEDING_PATIENCE);
        assert_eq!(pair.take(Side::Caller), [], "{tunnelling}");
        pair.command(Side::Caller, Command::End(EndCause::Normal));
    }
}

//! Thousands of broken messages, each to a call that then goes on or a new one that works.

use super::super::Placing;
use super::super::{Call, Command, Event, Input, Output};
use super::pair::{Pair, Side, config, placing, proposal};
use causeway_wire::testing::hostile;
use std::time::{Duration, Instant};

/// A Setup, with fast start, and a Connect.
fn good() -> (Vec<u8>, Vec<u8>) {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(Placing { fast_start: vec![proposal(1)], ..placing() });
    pair.answer(vec![]);
    let setup = pair.sent.first().unwrap().data.clone();
    let connect = pair.sent.iter().find(|sent| sent.data.get(4) == Some(&7)).unwrap().data.clone();
    (setup, connect)
}

fn drain(call: &mut Call) -> Vec<Event> {
    let mut events = vec![];
    for _ in 0..200 {
        match call.poll_output() {
            Output::Timeout(_) => return events,
            Output::Event(event) => events.push(event),
            _ => {}
        }
    }
    panic!("one input makes few outputs");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn broken_messages_harm_nobody() {
    let now = Instant::now();
    let (setup, connect) = good();
    let mut count = 0;
    for hostile in hostile::of_message(&setup) {
        count += 1;
        // To a call that has not begun; the good Setup follows on a connection of its own.
        let mut call = Call::new(config(true, true));
        call.handle_input(now, Input::Signalling(&hostile.message));
        drain(&mut call);
        call.handle_timeout(now + Duration::from_secs(600));
        drain(&mut call);
        assert!(matches!(call.poll_output(), Output::Timeout(None)), "{}", hostile.what);
    }
    for hostile in hostile::of_message(&setup) {
        count += 1;
        // To a call that stands: whatever it says, it ends the call or changes nothing.
        let mut call = Call::new(config(true, true));
        call.handle_input(now, Input::Signalling(&setup));
        assert!(matches!(&drain(&mut call)[..], [Event::Offered(_)]));
        call.handle_input(now, Input::Signalling(&hostile.message));
        let ended = drain(&mut call).iter().any(|event| matches!(event, Event::Ended(_)));
        call.handle_input(now, Input::Command(Command::Answer(Box::default())));
        let events = drain(&mut call);
        // One that says that it does not tunnel any more wants a connection.
        let ready = [Event::ControlReady, Event::ControlWanted];
        let ready = events.iter().any(|event| ready.contains(event));
        assert!(ended || ready, "{}", hostile.what);
    }
    for hostile in hostile::of_message(&connect) {
        count += 1;
        let mut call = Call::new(config(true, false));
        call.handle_input(now, Input::Command(Command::Place(Box::new(placing()))));
        call.handle_input(now, Input::Signalling(&hostile.message));
        call.handle_input(now, Input::Signalling(&connect));
        let events = drain(&mut call);
        let works =
            events.iter().any(|event| matches!(event, Event::Answered(_) | Event::Ended(_)));
        assert!(works, "{}: {events:?}", hostile.what);
    }
    assert!(count > 4_500, "{count}");
    println!("{count} broken messages");
    // And afterwards a call as if nothing had been.
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(placing());
    pair.answer(vec![]);
    assert!(pair.take(Side::Caller).contains(&Event::ControlReady));
}

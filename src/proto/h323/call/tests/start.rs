//! Every way to start a call.

use super::super::{Command, Event, Input, Offer, Placing};
use super::pair::{Pair, Side, config, placing, proposal};
use crate::h323::{address, h245};
use causeway_wire::q931::{MessageKind, Q931View};

fn offer(pair: &mut Pair) -> Offer {
    let heard = pair.take(Side::Callee);
    let [Event::Offered(offer)] = &heard[..] else { panic!("{heard:?}") };
    (**offer).clone()
}

/// Both say something by H.245, and both hear it.
fn speak(pair: &mut Pair) {
    for side in [Side::Caller, Side::Callee] {
        pair.command(side, Command::Control(h245::Command::DetermineMaster));
    }
    pair.run();
    let caller = pair.take(Side::Caller);
    let callee = pair.take(Side::Callee);
    assert!(caller.contains(&Event::Control(h245::Event::Master(false))), "{caller:?}");
    assert!(callee.contains(&Event::Control(h245::Event::Master(true))), "{callee:?}");
}

/// Ends the call by one side, and looks that both know.
fn end(pair: &mut Pair, side: Side) {
    pair.command(side, Command::End(causeway_base::EndCause::Normal));
    pair.run_out();
    for side in [Side::Caller, Side::Callee] {
        let heard = pair.take(side);
        let ended = Event::Ended(causeway_base::EndCause::Normal);
        assert_eq!(heard.last(), Some(&ended), "{side:?}");
        assert_eq!(heard.iter().filter(|event| **event == ended).count(), 1);
    }
}

#[test]
fn slow_start_with_and_without_tunnelling() {
    for (caller, callee) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut pair = Pair::new(config(caller, false), config(callee, true));
        pair.place(placing());
        let offer = offer(&mut pair);
        assert_eq!(offer.tunnelled, caller && callee);
        assert_eq!(offer.display.as_deref(), Some("Room 1"));
        assert_eq!(offer.called_number.as_deref(), Some("8001"));
        assert_eq!(offer.call_identifier, Some([1; 16]));
        assert_eq!(offer.to, placing().to);
        pair.answer(vec![]);
        let heard = pair.take(Side::Caller);
        assert_eq!(heard[..3], [Event::Proceeding, Event::Alerting, Event::Answered(vec![])]);
        assert_eq!(heard[3..], [Event::ControlReady], "{caller} {callee}");
        assert_eq!(pair.take(Side::Callee), [Event::ControlReady]);
        speak(&mut pair);
        let separate =
            pair.sent.iter().any(|sent| sent.to.port() == 11_000 || sent.from.port() == 11_000);
        assert_eq!(separate, !(caller && callee));
        end(&mut pair, if caller { Side::Caller } else { Side::Callee });
    }
}

#[test]
fn fast_start_taken() {
    for tunnelling in [true, false] {
        let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
        pair.place(Placing { fast_start: vec![proposal(1), proposal(2)], ..placing() });
        assert_eq!(offer(&mut pair).fast_start, [proposal(1), proposal(2)]);
        pair.answer(vec![proposal(2)]);
        let heard = pair.take(Side::Caller);
        let taken = Event::FastStart(vec![proposal(2)]);
        assert!(heard.contains(&taken), "{heard:?}");
        assert!(!heard.contains(&Event::FastStartRefused));
        pair.take(Side::Callee);
        speak(&mut pair);
        end(&mut pair, Side::Callee);
    }
}

#[test]
fn fast_start_refused_falls_back() {
    for tunnelling in [true, false] {
        let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
        pair.place(Placing { fast_start: vec![proposal(1)], ..placing() });
        offer(&mut pair);
        pair.answer(vec![]);
        let heard = pair.take(Side::Caller);
        let refused = heard.iter().filter(|event| **event == Event::FastStartRefused);
        assert_eq!(refused.count(), 1, "{heard:?}");
        pair.take(Side::Callee);
        speak(&mut pair);
        end(&mut pair, Side::Caller);
    }
}

#[test]
fn a_side_that_says_nothing_of_h245_connects_to_us() {
    let mut pair = Pair::new(config(false, false), config(false, true));
    pair.place(placing());
    let without = super::super::Answering::default();
    pair.command(Side::Callee, Command::Answer(Box::new(without)));
    pair.run();
    let heard = pair.take(Side::Caller);
    assert_eq!(heard, [Event::Answered(vec![]), Event::ControlWanted]);
    pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
    pair.run();
    assert_eq!(pair.take(Side::Caller), [Event::ControlReady]);
    assert!(pair.take(Side::Callee).contains(&Event::ControlReady));
    speak(&mut pair);
}

#[test]
fn digits_come_one_by_one() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    let to = vec![address::alias("80")];
    pair.place(Placing { to, overlap: true, ..placing() });
    assert!(offer(&mut pair).overlap);
    pair.command(Side::Callee, Command::AskDigits);
    pair.run();
    assert_eq!(pair.take(Side::Caller), [Event::DigitsWanted]);
    for digit in ["0", "1"] {
        pair.command(Side::Caller, Command::SendDigits(digit.into()));
    }
    pair.run();
    let digits = ["0", "1"].map(|digit| Event::Digits(digit.into(), false));
    assert_eq!(pair.take(Side::Callee), digits);
    pair.answer(vec![]);
    assert!(pair.take(Side::Caller).contains(&Event::Answered(vec![])));
    // Later digits belong into H.245.
    pair.command(Side::Caller, Command::SendDigits("2".into()));
    pair.take(Side::Callee);
    pair.run();
    assert_eq!(pair.take(Side::Callee), []);
}

/// A message of another call on the same connection, or one that says it is ours, changes nothing.
#[test]
fn other_call_references_are_not_heard() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(placing());
    pair.take(Side::Callee);
    let setup = pair.sent[0].data.clone();
    assert_eq!(Q931View::parse(&setup).map(|view| view.kind), Ok(MessageKind::Setup));
    for (high, low) in [(0x00, 78), (0x80, 77), (0x00, 0)] {
        let mut release = setup.clone();
        (release[2], release[3], release[4]) = (high, low, MessageKind::ReleaseComplete.number());
        pair.input(Side::Callee, Input::Signalling(&release));
    }
    assert_eq!(pair.take(Side::Callee), []);
    let mut release = setup;
    release[4] = MessageKind::ReleaseComplete.number();
    pair.input(Side::Callee, Input::Signalling(&release));
    assert!(matches!(&pair.take(Side::Callee)[..], [Event::Ended(_)]));
}

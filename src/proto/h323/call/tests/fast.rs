//! Channels of fast start live on in H.245.

use super::super::{Command, Event, Placing};
use super::pair::{Pair, Side, config, placing, proposal, reverse_proposal};
use crate::h323::h245::{self, Direction, OpenCause, Opening};
use causeway_asn1::h245::{
    DataType, H2250LogicalChannelParameters, OpenLogicalChannelAck, TerminalCapabilitySet,
};

/// The caller sends on 1, the callee on 101 that it was asked for as 2.
fn started(tunnelling: bool) -> Pair {
    let mut pair = Pair::new(config(tunnelling, false), config(tunnelling, true));
    pair.place(Placing { fast_start: vec![proposal(1), reverse_proposal(2)], ..placing() });
    pair.answer(vec![proposal(1), reverse_proposal(101)]);
    let heard = pair.take(Side::Caller);
    let taken = Event::FastStart(vec![proposal(1), reverse_proposal(101)]);
    assert!(heard.contains(&taken), "{heard:?}");
    pair.take(Side::Callee);
    pair
}

fn say(pair: &mut Pair, side: Side, command: h245::Command) {
    pair.command(side, Command::Control(command));
    pair.run();
}

fn closed(direction: Direction, number: u16) -> Event {
    Event::Control(h245::Event::Closed(direction, number, None))
}

fn opening(number: u16, replaces: Option<u16>) -> Opening {
    Opening {
        number,
        data_type: DataType::NullData,
        parameters: H2250LogicalChannelParameters { session_id: 1, ..Default::default() },
        encryption: None,
        replaces,
        generic: None,
        exclusive: false,
    }
}

#[test]
fn its_channels_are_closed_like_any_other() {
    for tunnelling in [true, false] {
        let mut pair = started(tunnelling);
        say(&mut pair, Side::Caller, h245::Command::Close(1));
        assert_eq!(pair.take(Side::Caller), [closed(Direction::Outgoing, 1)]);
        assert_eq!(pair.take(Side::Callee), [closed(Direction::Incoming, 1)]);
        say(&mut pair, Side::Caller, h245::Command::AskClose(101));
        assert_eq!(pair.take(Side::Caller), [closed(Direction::Incoming, 101)]);
        assert_eq!(pair.take(Side::Callee), [closed(Direction::Outgoing, 101)]);
        // And their numbers are free again.
        say(&mut pair, Side::Callee, h245::Command::Open(Box::new(opening(101, None))));
        let offered = pair.take(Side::Caller);
        assert!(
            matches!(&offered[..], [Event::Control(h245::Event::Offered(_))]),
            "{tunnelling} {offered:?}"
        );
    }
}

#[test]
fn its_channels_are_held_and_replaced() {
    let mut pair = started(true);
    let taken = h245::Event::NotOpened(1, OpenCause::Unavailable);
    say(&mut pair, Side::Caller, h245::Command::Open(Box::new(opening(1, None))));
    assert_eq!(pair.take(Side::Caller), [Event::Control(taken)]);
    say(&mut pair, Side::Caller, h245::Command::Open(Box::new(opening(3, Some(1)))));
    let offered = pair.take(Side::Callee);
    assert!(matches!(&offered[..], [Event::Control(h245::Event::Offered(_))]), "{offered:?}");
    let ack = OpenLogicalChannelAck { forward_logical_channel_number: 3, ..Default::default() };
    say(&mut pair, Side::Callee, h245::Command::Accept(Box::new(ack)));
    assert_eq!(pair.take(Side::Caller).last(), Some(&closed(Direction::Outgoing, 1)));
    assert_eq!(pair.take(Side::Callee), [closed(Direction::Incoming, 1)]);
    // Hold: who takes nothing any more has the other side close what it sends on.
    let nothing = Box::new(TerminalCapabilitySet::default());
    say(&mut pair, Side::Caller, h245::Command::SendCapabilities(nothing));
    let heard = pair.take(Side::Callee);
    assert!(
        matches!(&heard[..], [Event::Control(h245::Event::Capabilities(set))] if set.is_empty())
    );
    say(&mut pair, Side::Callee, h245::Command::Close(101));
    assert_eq!(pair.take(Side::Callee), [closed(Direction::Outgoing, 101)]);
}

/// What stands twice under one number cannot be told apart later: it was never taken.
#[test]
fn a_number_stands_once() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(Placing { fast_start: vec![proposal(1), reverse_proposal(2)], ..placing() });
    pair.answer(vec![proposal(1), reverse_proposal(1), proposal(1)]);
    let taken = Event::FastStart(vec![proposal(1), reverse_proposal(1)]);
    assert!(pair.take(Side::Caller).contains(&taken));
}

/// Nobody proposed anything: what the application takes all the same is not said.
#[test]
fn nothing_is_taken_that_nobody_proposed() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    pair.place(placing());
    pair.answer(vec![proposal(1)]);
    let heard = pair.take(Side::Caller);
    assert!(!heard.iter().any(|event| matches!(event, Event::FastStart(_))), "{heard:?}");
    pair.take(Side::Callee);
    say(&mut pair, Side::Callee, h245::Command::AskClose(1));
    assert_eq!(pair.take(Side::Callee), []);
}

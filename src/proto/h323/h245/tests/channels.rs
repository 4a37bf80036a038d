//! Channels, with their collisions and losses.

use super::super::{ANSWER_PATIENCE, Command, Direction, Event, OpenCause, Opening};
use super::pair::{Pair, Side, ack, opening};
use causeway_asn1::encode;
use causeway_asn1::h245::{
    AudioCapability, DataType, MultimediaSystemControlMessage as Message,
    OpenLogicalChannelRejectCause as Cause, RequestMessage, ResponseMessage,
};

fn open(pair: &mut Pair, side: Side, opening: Opening) {
    pair.command(side, Command::Open(Box::new(opening)));
}

fn established(number: u16) -> Pair {
    let mut pair = Pair::new(50, 190);
    open(&mut pair, Side::A, opening(number, 1));
    pair.run();
    let offered = pair.take(Side::B);
    assert!(
        matches!(&offered[..], [Event::Offered(open)] if open.forward_logical_channel_number == number)
    );
    pair.command(Side::B, Command::Accept(ack(number)));
    pair.run();
    assert_eq!(pair.take(Side::A), [Event::Opened(ack(number))]);
    pair
}

#[test]
fn a_channel_opens_and_closes() {
    let mut pair = established(1);
    pair.command(Side::A, Command::Close(1));
    pair.command(Side::A, Command::Close(1));
    pair.run();
    assert_eq!(pair.take(Side::A), [Event::Closed(Direction::Outgoing, 1, None)]);
    assert_eq!(pair.take(Side::B), [Event::Closed(Direction::Incoming, 1, None)]);
}

#[test]
fn a_channel_is_refused_and_may_be_opened_again() {
    let mut pair = Pair::new(50, 190);
    open(&mut pair, Side::A, opening(1, 1));
    pair.run();
    pair.command(Side::B, Command::Reject(1, Cause::DataTypeNotSupported));
    pair.command(Side::B, Command::Accept(ack(1)));
    pair.run();
    let refused = OpenCause::Refused(Cause::DataTypeNotSupported);
    assert_eq!(pair.take(Side::A), [Event::NotOpened(1, refused)]);
    open(&mut pair, Side::A, opening(1, 1));
    pair.run();
    pair.command(Side::B, Command::Accept(ack(1)));
    pair.run();
    assert_eq!(pair.take(Side::A), [Event::Opened(ack(1))]);
}

#[test]
fn a_number_in_use_and_too_many_channels() {
    let mut pair = established(1);
    open(&mut pair, Side::A, opening(1, 1));
    assert_eq!(pair.take(Side::A), [Event::NotOpened(1, OpenCause::Unavailable)]);
    (2..=16).for_each(|number| open(&mut pair, Side::A, opening(number, 1)));
    assert_eq!(pair.take(Side::A), []);
    open(&mut pair, Side::A, opening(17, 1));
    assert_eq!(pair.take(Side::A), [Event::NotOpened(17, OpenCause::Unavailable)]);
    open(&mut pair, Side::B, opening(0, 1));
    assert_eq!(pair.take(Side::B), [Event::NotOpened(0, OpenCause::Unwritable)]);
}

#[test]
fn who_receives_asks_for_the_close() {
    let mut pair = established(1);
    pair.command(Side::B, Command::AskClose(1));
    pair.command(Side::B, Command::AskClose(9));
    pair.run();
    assert_eq!(pair.take(Side::A), [Event::Closed(Direction::Outgoing, 1, None)]);
    assert_eq!(pair.take(Side::B), [Event::Closed(Direction::Incoming, 1, None)]);
}

#[test]
fn a_new_channel_takes_the_place_of_the_old() {
    let mut pair = established(1);
    open(&mut pair, Side::A, Opening { replaces: Some(1), ..opening(2, 1) });
    pair.run();
    let offered = pair.take(Side::B);
    let [Event::Offered(open)] = &offered[..] else { panic!("{offered:?}") };
    assert_eq!(open.forward_logical_channel_parameters.replacement_for, Some(1));
    pair.command(Side::B, Command::Accept(ack(2)));
    pair.run();
    let events = [Event::Opened(ack(2)), Event::Closed(Direction::Outgoing, 1, None)];
    assert_eq!(pair.take(Side::A), events);
    assert_eq!(pair.take(Side::B), [Event::Closed(Direction::Incoming, 1, None)]);
}

fn slave_and_master() -> Pair {
    let mut pair = Pair::new(50, 190);
    pair.command(Side::A, Command::DetermineMaster);
    pair.run();
    pair.heard.clear();
    pair
}

/// Both open, at the same moment, something else where it can only be the same in both directions.
#[test]
fn the_masters_channel_stands() {
    let mut pair = slave_and_master();
    let exclusive = |number| Opening { exclusive: true, ..opening(number, 1) };
    let other = DataType::AudioData(AudioCapability::G711Alaw64k(20));
    open(&mut pair, Side::A, Opening { data_type: other, ..exclusive(1) });
    open(&mut pair, Side::B, exclusive(1));
    pair.run();
    let conflict = Event::NotOpened(1, OpenCause::Refused(Cause::MasterSlaveConflict));
    let slave = pair.take(Side::A);
    assert!(slave.contains(&conflict), "{slave:?}");
    assert!(slave.iter().any(|event| matches!(event, Event::Offered(_))), "{slave:?}");
    assert_eq!(pair.take(Side::B), []);
    pair.command(Side::A, Command::Accept(ack(1)));
    open(&mut pair, Side::A, exclusive(2));
    pair.run();
    assert!(matches!(&pair.take(Side::B)[..], [Event::Opened(_), Event::Offered(_)]));
}

/// What does not exclude each other is no conflict: the same, and what goes in other sessions.
#[test]
fn the_same_in_both_directions_is_no_conflict() {
    let exclusive = |number, session| Opening { exclusive: true, ..opening(number, session) };
    for session in [1, 2] {
        let mut pair = slave_and_master();
        let mut slaves = exclusive(1, session);
        if session == 2 {
            slaves.data_type = DataType::AudioData(AudioCapability::G711Alaw64k(20));
        }
        open(&mut pair, Side::A, slaves);
        open(&mut pair, Side::B, exclusive(1, 1));
        pair.run();
        for side in [Side::A, Side::B] {
            let heard = pair.take(side);
            assert!(matches!(&heard[..], [Event::Offered(_)]), "{session} {side:?} {heard:?}");
        }
    }
}

/// Who was asked to close a channel and opens its number anew has nothing more to close.
#[test]
fn a_channel_opened_anew_was_not_asked_to_be_closed() {
    let mut pair = established(1);
    pair.command(Side::B, Command::AskClose(1));
    pair.lose_what_is_on_its_way();
    let (_, opening) = pair.sent[0].clone();
    pair.packet(Side::B, &encode(&opening).expect("it was sent"));
    pair.settle();
    let heard = pair.take(Side::B);
    assert!(
        matches!(&heard[..], [Event::Closed(Direction::Incoming, 1, None), Event::Offered(_)]),
        "{heard:?}"
    );
}

#[test]
fn each_message_of_a_channel_may_be_lost() {
    let kind = |message: &Message| match message {
        Message::Request(request) => match **request {
            RequestMessage::OpenLogicalChannel(_) => 0,
            RequestMessage::CloseLogicalChannel(_) => 2,
            _ => 9,
        },
        Message::Response(response) => match **response {
            ResponseMessage::OpenLogicalChannelAck(_) => 1,
            ResponseMessage::CloseLogicalChannelAck(_) => 3,
            _ => 9,
        },
        _ => 9,
    };
    for lost in 0..4 {
        let mut pair = Pair::lossy(50, 190, Box::new(move |_, message| kind(message) == lost));
        let start = pair.now;
        open(&mut pair, Side::A, opening(1, 1));
        pair.run();
        pair.command(Side::B, Command::Accept(ack(1)));
        pair.run();
        pair.heard.clear();
        if lost >= 2 {
            pair.command(Side::A, Command::Close(1));
        }
        pair.settle();
        let expected = match lost {
            0 | 1 => Event::NotOpened(1, OpenCause::Unanswered),
            _ => Event::Closed(Direction::Outgoing, 1, None),
        };
        assert_eq!(pair.take(Side::A), [expected], "{lost}");
        // Where it was open over there it is not any more, if it could be told.
        let closed = [Event::Closed(Direction::Incoming, 1, None)];
        let told = lost == 1 || lost == 3;
        assert_eq!(pair.take(Side::B), if told { &closed[..] } else { &[] }, "{lost}");
        assert!(pair.now - start < 2 * ANSWER_PATIENCE, "{lost}");
        // And the number is free again.
        open(&mut pair, Side::A, opening(1, 1));
        assert_eq!(pair.take(Side::A), [], "{lost}");
    }
}

//! Other gatekeepers.

use super::*;
use causeway_asn1::h225::{LocationConfirm, LocationReject, LocationRejectReason, LocationRequest};

fn where_is(sequence: u16) -> RasMessage {
    RasMessage::LocationRequest(Box::new(LocationRequest {
        request_seq_num: sequence,
        destination_info: vec![address::alias("8001")],
        // Where the answer is not sent.
        reply_address: address::transport(([192, 0, 2, 1], 9).into()),
        ..LocationRequest::default()
    }))
}

#[test]
fn only_neighbours_may_look_for_somebody() {
    let mut test = Test::new();
    test.datagram(STRANGER.into(), &where_is(9));
    assert_eq!(test.asked, []);
    assert!(test.elsewhere.iter().all(|(to, _)| *to == STRANGER.into()));
    let RasMessage::LocationReject(reject) = test.last_elsewhere() else { panic!() };
    assert_eq!(reject.reject_reason, LocationRejectReason::InvalidPermission);
    test.datagram(NEIGHBOUR.into(), &where_is(10));
    let Some(Event::Location { question, of, .. }) = test.asked.pop() else { panic!() };
    assert_eq!(of, ["8001"]);
    test.say(Command::Admit(question, HERE.into()));
    assert_eq!(test.elsewhere.last().map(|(to, _)| *to), Some(NEIGHBOUR.into()));
    let RasMessage::LocationConfirm(confirm) = test.last_elsewhere() else { panic!() };
    assert_eq!(address::socket(&confirm.call_signal_address), Some(HERE.into()));
    test.datagram(NEIGHBOUR.into(), &where_is(11));
    let Some(Event::Location { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Refuse(question, EndCause::NotFound));
    assert!(matches!(test.last_elsewhere(), RasMessage::LocationReject(_)));
}

/// Whom the gatekeeper asks for a name, and the numbers of the questions.
fn asked_for(test: &mut Test, query: u64, name: &str) -> Vec<(SocketAddr, u16)> {
    test.elsewhere.clear();
    test.say(Command::Find(query, name.to_owned()));
    let question = |(to, data): &(SocketAddr, Vec<u8>)| match decode(data).expect("our own") {
        RasMessage::LocationRequest(request) => (*to, request.request_seq_num),
        other => panic!("{other:?}"),
    };
    test.elsewhere.iter().map(question).collect()
}

fn known(request_seq_num: u16) -> RasMessage {
    RasMessage::LocationConfirm(Box::new(LocationConfirm {
        request_seq_num,
        call_signal_address: address::transport(([192, 0, 2, 7], 1720).into()),
        ..LocationConfirm::default()
    }))
}

fn unknown(request_seq_num: u16) -> RasMessage {
    RasMessage::LocationReject(Box::new(LocationReject {
        request_seq_num,
        ..LocationReject::default()
    }))
}

#[test]
fn neighbours_with_the_longest_prefix_are_asked() {
    let mut test = Test::new();
    let second: SocketAddr = ([127, 0, 0, 13], 1719).into();
    let to = |asked: Vec<(SocketAddr, u16)>| asked.into_iter().map(|(to, _)| to);
    assert_eq!(to(asked_for(&mut test, 1, "7123")).collect::<Vec<_>>(), [NEIGHBOUR.into()]);
    assert_eq!(to(asked_for(&mut test, 2, "7723")).collect::<Vec<_>>(), [NEIGHBOUR.into(), second]);
    assert_eq!(asked_for(&mut test, 3, "8001"), []);
    assert_eq!(test.asked, [Event::Found(3, None)]);
}

#[test]
fn the_first_that_knows_is_believed_if_it_was_asked() {
    let mut test = Test::new();
    let asked = asked_for(&mut test, 1, "7723");
    test.datagram(STRANGER.into(), &known(asked[0].1));
    test.datagram(asked[1].0, &known(asked[0].1));
    assert_eq!(test.asked, [], "another's question");
    test.datagram(asked[0].0, &unknown(asked[0].1));
    assert_eq!(test.asked, [], "the other may know");
    test.datagram(asked[1].0, &known(asked[1].1));
    assert_eq!(test.asked, [Event::Found(1, Some(([192, 0, 2, 7], 1720).into()))]);
    assert!(test.gatekeeper.is_idle());
}

#[test]
fn silence_says_that_nobody_knows() {
    let mut test = Test::new();
    let asked = asked_for(&mut test, 1, "7723");
    test.datagram(asked[0].0, &unknown(asked[0].1));
    let start = test.now;
    while test.asked.is_empty() {
        test.wait();
    }
    assert_eq!(test.asked, [Event::Found(1, None)]);
    assert_eq!(test.now - start, Duration::from_secs(12));
}

#[test]
fn the_numbers_of_questions_are_not_foreseen() {
    let numbers = |seed| {
        let mut test = Test::new();
        test.gatekeeper = Gatekeeper::new(Config { seed, ..config(test.now) });
        (1..=16).flat_map(|query| asked_for(&mut test, query, "7723")).map(|(_, n)| n).collect()
    };
    let (one, other): (Vec<u16>, Vec<u16>) = (numbers([3; 32]), numbers([5; 32]));
    assert_ne!(one, other);
    let follow = one.windows(2).filter(|two| two[1] == two[0].wrapping_add(1));
    assert!(follow.count() < 3, "{one:?}");
    let mut different = one.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!((one.len(), different.len()), (32, 32));
}

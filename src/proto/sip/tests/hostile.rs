//! Floods: memory is bounded, running calls do not notice.

use super::pair::{A, B, Pair};
use crate::sip::callers::CREDIT;
use crate::sip::{Carrier, Command, Event, Flow, Limits};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use std::net::SocketAddr;

fn invite(n: u32) -> String {
    format!(
        "INVITE sip:room@192.0.2.2 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bK{n};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:eve@198.51.100.7>;tag=f{n}\r\n\
         To: <sip:room@192.0.2.2>\r\nCall-ID: c{n}\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:eve@198.51.100.7:5070>\r\nContent-Length: 0\r\n\r\n"
    )
}

fn from(last: u8) -> Flow {
    Flow {
        carrier: Carrier::Udp,
        socket: 0,
        local: SocketAddr::from(([192, 0, 2, 2], 5060)),
        remote: SocketAddr::from(([198, 51, 100, last], 5070)),
        name: None,
    }
}

#[test]
fn a_flood_of_one_source_stops_at_its_limit_and_others_get_in() {
    let limits = Limits { calls: 20, calls_per_source: 5, transactions: 1000 };
    let mut pair = Pair::limited(limits);
    for n in 0..50 {
        pair.inject(B, from(7), &invite(n));
    }
    assert_eq!(pair.sides[B].endpoint.calls(), 5);
    assert!(pair.last(B).starts_with("SIP/2.0 503"));
    for n in 50..100 {
        pair.inject(B, from(u8::try_from(n).unwrap()), &invite(n));
    }
    assert_eq!(pair.sides[B].endpoint.calls(), 20);
}

#[test]
fn a_flood_of_answered_calls_without_ack_is_forgotten() {
    let mut pair = Pair::new();
    for n in 0..50 {
        pair.inject(B, from(7), &invite(n));
    }
    for n in 1..=50 {
        let (call, sdp) = (causeway_base::LegId(n), bytes::Bytes::from_static(b"v=0"));
        pair.command(B, crate::sip::Command::Answer { call, sdp });
    }
    pair.assert_empty();
    assert_eq!(pair.ended(B).len(), 50);
}

#[test]
fn a_long_identifier_is_no_call() {
    let mut pair = Pair::new();
    let text = invite(1).replace("tag=f1", &format!("tag={}", "x".repeat(9_000)));
    pair.inject(B, from(7), &text);
    assert_eq!(pair.sides[B].endpoint.calls(), 0);
    assert!(pair.last(B).starts_with("SIP/2.0 400"), "{}", pair.last(B));
    let routes = "Record-Route: <sip:198.51.100.7;lr>\r\n".repeat(100);
    pair.inject(B, from(7), &invite(2).replace("Contact:", &format!("{routes}Contact:")));
    assert_eq!(pair.sides[B].endpoint.calls(), 0);
    assert!(pair.last(B).starts_with("SIP/2.0 400"), "{}", pair.last(B));
    assert_eq!(pair.sides[B].endpoint.kept(), (0, 0));
}

#[test]
fn a_challenge_or_answer_from_nowhere_changes_nothing() {
    let mut pair = Pair::established();
    let before = pair.sides[A].endpoint.kept();
    for status in ["100 Trying", "200 OK", "401 Unauthorized", "491 Pending", "699 No"] {
        let text =
            invite(1).replace("INVITE sip:room@192.0.2.2 SIP/2.0", &format!("SIP/2.0 {status}"));
        pair.inject(A, from(7), &text);
    }
    assert_eq!(pair.sides[A].endpoint.kept(), before);
    assert!(pair.trace.is_empty());
    pair.hangup(A);
    pair.assert_empty();
}

/// As long as the answer of a bridge with two codecs.
const ANSWER: Bytes = Bytes::from_static(&[b'a'; 300]);

fn sent_by(pair: &Pair, side: usize) -> usize {
    pair.bytes.iter().filter(|(from, ..)| *from == side).map(|(.., bytes)| bytes.len()).sum()
}

fn answer(pair: &mut Pair, call: u64) {
    pair.command(B, Command::Answer { call: LegId(call), sdp: ANSWER });
}

#[test]
fn a_source_that_confirms_nothing_is_sent_little_whatever_becomes_of_its_call() {
    let outcomes: [fn(&mut Pair); 3] = [
        |pair| answer(pair, 1),
        |pair| pair.command(B, Command::Reject { call: LegId(1), cause: EndCause::Busy }),
        |pair| {
            answer(pair, 1);
            pair.command(B, Command::Hangup { call: LegId(1), cause: EndCause::Normal });
        },
    ];
    for outcome in outcomes {
        let mut pair = Pair::new();
        pair.inject(B, from(7), &invite(1));
        outcome(&mut pair);
        pair.run(100_000);
        let bytes = sent_by(&pair, B);
        assert!(bytes > 0 && bytes <= CREDIT * invite(1).len(), "{bytes} bytes: {:?}", pair.trace);
        assert_eq!(pair.ended(B).len(), 1);
        pair.assert_empty();
    }
}

#[test]
fn a_stranger_whose_answer_is_lost_or_waits_for_credit_gets_it_by_asking_again() {
    let mut pair = Pair::new();
    pair.inject(B, from(7), &invite(1));
    pair.command(B, Command::Answer { call: LegId(1), sdp: Bytes::from(vec![b'a'; 1_100]) });
    assert_eq!(pair.trace.len(), 0, "three times the INVITE is too little for it");
    pair.inject(B, from(7), &invite(1));
    assert_eq!(pair.trace, ["B 200 INVITE"]);
    pair.inject(B, from(7), &invite(1));
    pair.inject(B, from(7), &invite(1));
    assert_eq!(pair.trace, ["B 200 INVITE"; 2]);
    let tag = pair.last(B);
    let tag = tag.split(";tag=").nth(2).and_then(|rest| rest.split("\r\n").next()).unwrap();
    let ack = invite(1).replace("INVITE", "ACK").replace("z9hG4bK1", "z9hG4bKa");
    let ack =
        ack.replace("To: <sip:room@192.0.2.2>", &format!("To: <sip:room@192.0.2.2>;tag={tag}"));
    let sdp = "Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0";
    pair.inject(B, from(7), &ack.replace("Content-Length: 0\r\n\r\n", sdp));
    assert!(pair.has(B, |event| matches!(event, Event::Confirmed { .. })));
    pair.clear();
    pair.inject(B, from(7), &invite(2));
    assert_eq!(pair.trace, ["B 100 INVITE"], "it is a stranger no more");
}

#[test]
fn half_open_calls_of_forged_sources_make_room_for_others() {
    let mut pair = Pair::new();
    for n in 0..5_000 {
        let source = SocketAddr::from(([198, 51, (n >> 8) as u8, n as u8], 5070));
        pair.inject(B, Flow { remote: source, ..from(7) }, &invite(n));
        answer(&mut pair, u64::from(n) + 1);
    }
    assert!(pair.sides[B].endpoint.calls() <= 600, "{}", pair.sides[B].endpoint.calls());
    assert!(!pair.trace.iter().any(|line| line.contains("503")));
    pair.assert_empty();
}

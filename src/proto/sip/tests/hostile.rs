//! Floods: memory is bounded, running calls do not notice.

use super::pair::{A, B, Pair};
use crate::sip::{Carrier, Flow, Limits};
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

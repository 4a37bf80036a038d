//! What is refused, with which status, and that nothing is kept of it.

use super::pair::{A, B, CALL, Pair};
use crate::sip::{Carrier, Command, Event, Flow};
use causeway_base::EndCause;
use std::net::SocketAddr;

const REQUEST: &str = "METHOD sip:room@192.0.2.2 SIP/2.0\r\n\
Via: SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bKx1;rport\r\n\
Max-Forwards: 70\r\n\
From: <sip:eve@198.51.100.7>;tag=f1\r\n\
To: <sip:room@192.0.2.2>\r\n\
Call-ID: c1\r\n\
CSeq: 1 METHOD\r\n\
Contact: <sip:eve@198.51.100.7:5070>\r\n\
User-Agent: a device with a name as long as those of many devices\r\n\
MORE\
Content-Length: 0\r\n\r\n";

fn stranger() -> Flow {
    Flow {
        carrier: Carrier::Udp,
        socket: 0,
        local: SocketAddr::from(([192, 0, 2, 2], 5060)),
        remote: SocketAddr::from(([198, 51, 100, 7], 5070)),
        name: None,
    }
}

fn request(method: &str, more: &str) -> String {
    REQUEST.replace("METHOD", method).replace("MORE", more)
}

/// The status and the text of the answer, none where there is none.
fn answer(text: &str) -> Option<(u16, String)> {
    let mut pair = Pair::new();
    pair.sides[B].admits = false;
    pair.inject(B, stranger(), text);
    assert_eq!((pair.sides[B].endpoint.calls(), pair.sides[B].endpoint.kept()), (0, (0, 0)));
    let (_, flow, bytes) = pair.bytes.last()?;
    assert_eq!(flow.remote, stranger().remote);
    assert!(bytes.len() <= text.len(), "{} > {}", bytes.len(), text.len());
    let text = String::from_utf8_lossy(bytes).into_owned();
    Some((text.get(8..11)?.parse().ok()?, text))
}

#[test]
fn requests_that_fit_nothing_leave_nothing() {
    for (method, more, status) in [
        ("BYE", "", 481),
        ("UPDATE", "", 481),
        ("CANCEL", "", 481),
        ("REFER", "Refer-To: <sip:x@y>\r\n", 405),
        ("SUBSCRIBE", "Event: presence\r\n", 405),
        ("REGISTER", "", 405),
        ("MESSAGE", "", 405),
        ("DANCE", "", 501),
        ("INVITE", "Require: 100rel, teleport\r\n", 420),
        ("INVITE", "Session-Expires: 30\r\nSupported: timer\r\n", 422),
        ("INVITE", "Content-Type: text/html\r\n", 415),
        ("OPTIONS", "", 200),
    ] {
        let text = match status {
            415 => request(method, more)
                .replace("Content-Length: 0\r\n\r\n", "Content-Length: 1\r\n\r\nx"),
            _ => request(method, more),
        };
        let answer = answer(&text).map(|(status, _)| status);
        assert_eq!(answer, Some(status), "{method} {more}");
    }
}

#[test]
fn refusals_say_what_would_be_taken() {
    let refused = |method: &str, more: &str| answer(&request(method, more)).unwrap().1;
    let allow = refused("REFER", "Refer-To: <sip:x@y>\r\n");
    assert!(allow.contains("Allow: INVITE"), "{allow}");
    assert!(!allow.contains("REFER,") && !allow.contains(", REFER"), "{allow}");
    let extension = refused("INVITE", "Require: teleport\r\n");
    assert!(extension.contains("Unsupported: teleport"), "{extension}");
    let interval = refused("INVITE", "Session-Expires: 30\r\nSupported: timer\r\n");
    assert!(interval.contains("Min-SE: 90"), "{interval}");
    let options = refused("OPTIONS", "");
    assert!(options.contains(";received=198.51.100.7"), "{options}");
    assert!(options.contains(";rport=5070"), "{options}");
}

#[test]
fn stray_acks_and_responses_are_dropped() {
    assert_eq!(answer(&request("ACK", "")), None);
    assert_eq!(answer(&request("ACK", "").replace("192.0.2.2>\r\n", "192.0.2.2>;tag=x\r\n")), None);
    assert_eq!(answer(&request("ACK", "Require: teleport\r\n")), None);
    assert_eq!(answer(&request("ACK", "").replace("From:", "Form:")), None);
    let response =
        request("INVITE", "").replace("INVITE sip:room@192.0.2.2 SIP/2.0", "SIP/2.0 200 OK");
    assert_eq!(answer(&response), None);
}

#[test]
fn a_malformed_request_is_answered_without_state() {
    let text = request("INVITE", "").replace("CSeq: 1 INVITE", "CSeq: 1 BYE");
    assert_eq!(answer(&text).map(|(status, _)| status), Some(400));
    assert_eq!(answer(&request("INVITE", "").replace("From:", "Form:")).map(|a| a.0), Some(400));
}

#[test]
fn an_answer_is_never_longer_than_its_question() {
    let text = "OPTIONS sip:a SIP/2.0\r\nv:SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1\r\nf:<sip:a>;tag=1\r\n\
                t:<sip:a>\r\ni:1\r\nCSeq:1 OPTIONS\r\nMax-Forwards:1\r\n\r\n";
    // Asserted inside; whether there is an answer at all depends on its length.
    let _ = answer(text);
}

#[test]
fn ipv6_is_noted_without_brackets() {
    let mut pair = Pair::new();
    let flow = Flow {
        local: "[2001:db8::2]:5060".parse().unwrap(),
        remote: "[2001:db8::9]:5070".parse().unwrap(),
        ..stranger()
    };
    let text = request("OPTIONS", "").replace("198.51.100.7:5070;", "host.invalid;");
    pair.inject(B, flow, &text);
    assert!(pair.last(B).contains(";received=2001:db8::9"), "{}", pair.last(B));
}

#[test]
fn a_refused_call_leaves_nothing_and_its_ack_neither() {
    let mut pair = Pair::new();
    pair.sides[B].admits = false;
    pair.dial();
    pair.run(100);
    let (flow, request, size) = pair.sides[B].asked.take().unwrap();
    let (cause, retry_after) = (EndCause::NotFound, None);
    pair.command(B, Command::Refuse { flow, request, size, cause, retry_after });
    pair.run(100);
    assert_eq!(pair.trace, ["A INVITE", "B 404 INVITE", "A ACK"]);
    assert_eq!(pair.sides[B].endpoint.kept(), (0, 0));
    assert_eq!(pair.ended(A), [EndCause::NotFound]);
    pair.assert_empty();
}

#[test]
fn an_invite_that_comes_by_two_ways_is_merged() {
    let mut pair = Pair::new();
    pair.sides[B].endpoint.callers.prove(stranger().remote.ip());
    pair.inject(B, stranger(), &request("INVITE", ""));
    pair.trace.clear();
    pair.inject(B, stranger(), &request("INVITE", "").replace("z9hG4bKx1", "z9hG4bKx2"));
    assert_eq!(pair.trace, ["B 482 INVITE"]);
    pair.inject(B, stranger(), &request("INVITE", ""));
    assert_eq!(pair.trace[1..], ["B 100 INVITE"], "a repeat is not merged");
    pair.hangup(B);
    pair.assert_empty();
}

#[test]
fn a_sender_of_old_is_matched_by_what_it_has() {
    let mut pair = Pair::new();
    pair.sides[B].endpoint.callers.prove(stranger().remote.ip());
    let old = |text: String| text.replace(";branch=z9hG4bKx1", "");
    pair.inject(B, stranger(), &old(request("INVITE", "")));
    pair.inject(B, stranger(), &old(request("INVITE", "")));
    assert_eq!(pair.trace, ["B 100 INVITE", "B 100 INVITE"]);
    pair.inject(B, stranger(), &old(request("CANCEL", "")));
    assert_eq!(pair.trace[2..], ["B 200 CANCEL", "B 487 INVITE"]);
    assert_eq!(pair.ended(B), [EndCause::Cancelled]);
    pair.assert_empty();
}

#[test]
fn requests_out_of_order_and_of_strangers_do_not_touch_a_call() {
    let mut pair = Pair::established();
    let bye = {
        pair.hangup(A);
        String::from_utf8(pair.sent(A, sip_codec::Method::Bye).to_bytes().to_vec()).unwrap()
    };
    let mut pair = Pair::established();
    let flow = pair.flow(B);
    // A wrong tag: an attacker that guesses.
    let at = bye.find("To: ").unwrap();
    let tag = bye[at..].find("tag=").unwrap() + at + 4;
    let mut forged = bye.clone();
    forged.replace_range(tag..tag + 4, "beef");
    pair.inject(B, flow, &forged);
    assert_eq!(pair.trace, ["B 481 BYE"]);
    assert!(pair.ended(B).is_empty());
    // An old number.
    pair.inject(B, flow, &bye.replace("CSeq: 2 BYE", "CSeq: 1 BYE"));
    assert_eq!(pair.trace[1..], ["B 500 BYE"]);
    assert!(pair.ended(B).is_empty());
    pair.inject(B, flow, &bye.replace("z9hG4bK", "z9hG4bKagain"));
    assert_eq!(pair.ended(B), [EndCause::Normal]);
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_bodyless_update_is_answered_and_an_unknown_info_is_not_read() {
    let mut pair = Pair::established();
    let body = bytes::Bytes::from_static(b"x");
    pair.command(A, Command::Info { call: CALL, content_type: "application/dtmf", body });
    pair.run(100);
    assert!(!pair.has(B, |e| matches!(e, Event::Digit { .. })));
    assert_eq!(pair.trace, ["A INFO", "B 200 INFO"]);
    pair.hangup(A);
    pair.assert_empty();
}

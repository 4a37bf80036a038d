//! The session flows of RFC 3665, between a caller A and a callee B.

use super::pair::{A, ANSWER, B, CALL, OFFER, Pair};
use crate::sip::{Carrier, Command, Event, Flow, Input};
use bytes::Bytes;
use causeway_base::EndCause;

#[test]
fn a_call_is_made_answered_and_ended() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.command(B, Command::Progress { call: CALL, status: 180, sdp: None, reliable: false });
    pair.run(100);
    pair.answer();
    pair.run(100);
    pair.hangup(B);
    pair.run(100);
    assert_eq!(
        pair.trace,
        ["A INVITE", "B 100 INVITE", "B 180 INVITE", "B 200 INVITE", "A ACK", "B BYE", "A 200 BYE"]
    );
    assert!(pair.has(A, |e| matches!(e, Event::Progress { status: 180, .. })));
    assert!(pair.has(A, |e| matches!(e, Event::Answered { sdp: Some(sdp), .. } if sdp == ANSWER)));
    assert!(pair.has(B, |e| matches!(e, Event::Confirmed { sdp: None, .. })));
    assert_eq!((pair.ended(A), pair.ended(B)), (vec![EndCause::Normal], vec![EndCause::Normal]));
    pair.assert_empty();
}

#[test]
fn a_cancelled_call_ends_with_487() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.hangup(A);
    pair.run(100);
    assert_eq!(
        pair.trace,
        ["A INVITE", "B 100 INVITE", "A CANCEL", "B 200 CANCEL", "B 487 INVITE", "A ACK"]
    );
    assert_eq!(pair.ended(B), [EndCause::Cancelled]);
    pair.assert_empty();
}

#[test]
fn a_cancel_waits_for_the_first_provisional_response() {
    let mut pair = Pair::new();
    pair.dial();
    pair.hangup(A);
    assert_eq!(pair.trace, ["A INVITE"]);
    pair.run(100);
    assert!(pair.trace.contains(&"A CANCEL".to_owned()));
    assert_eq!((pair.ended(A).len(), pair.ended(B).len()), (1, 1));
    pair.assert_empty();
}

#[test]
fn a_refused_call_says_why() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.command(B, Command::Reject { call: CALL, cause: EndCause::Busy });
    pair.run(100);
    assert_eq!(pair.trace, ["A INVITE", "B 100 INVITE", "B 486 INVITE", "A ACK"]);
    assert_eq!((pair.ended(A), pair.ended(B)), (vec![EndCause::Busy], vec![EndCause::Busy]));
    pair.assert_empty();
}

#[test]
fn silence_is_a_timeout_after_64_t1() {
    let mut pair = Pair::new();
    pair.loses = Some(Box::new(|_, _| true));
    pair.dial();
    pair.run(31_900);
    assert!(pair.ended(A).is_empty());
    pair.run(200);
    assert_eq!(pair.ended(A), [EndCause::SignallingTimeout]);
    assert_eq!(pair.trace.len(), 7, "timer A: {:?}", pair.trace);
    pair.assert_empty();
}

#[test]
fn nobody_rings_for_ever() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(179_000);
    assert!(pair.ended(A).is_empty());
    pair.run(2_000);
    assert_eq!(
        (pair.ended(A), pair.ended(B)),
        (vec![EndCause::NoAnswer], vec![EndCause::Cancelled])
    );
    pair.assert_empty();
}

#[test]
fn early_media_is_acknowledged_by_prack_and_not_repeated() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    let sdp = Some(Bytes::from_static(ANSWER));
    pair.command(B, Command::Progress { call: CALL, status: 183, sdp, reliable: true });
    // The answer waits until the PRACK has come.
    pair.answer();
    pair.run(200);
    assert_eq!(
        pair.trace,
        [
            "A INVITE",
            "B 100 INVITE",
            "B 183 INVITE",
            "A PRACK",
            "B 200 PRACK",
            "B 200 INVITE",
            "A ACK"
        ]
    );
    assert!(pair.has(A, |e| matches!(e, Event::Progress { sdp: Some(sdp), .. } if sdp == ANSWER)));
    assert!(pair.has(A, |e| matches!(e, Event::Answered { sdp: None, .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn reliable_responses_go_one_after_the_other() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    for status in [180, 183] {
        pair.command(B, Command::Progress { call: CALL, status, sdp: None, reliable: true });
    }
    pair.run(200);
    assert_eq!(
        pair.trace[2..],
        ["B 180 INVITE", "A PRACK", "B 200 PRACK", "B 183 INVITE", "A PRACK", "B 200 PRACK"]
    );
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_reliable_response_without_prack_ends_the_call() {
    let mut pair = Pair::new();
    pair.loses = Some(Box::new(|_, line| line == "PRACK"));
    pair.dial();
    pair.run(100);
    pair.command(B, Command::Progress { call: CALL, status: 180, sdp: None, reliable: true });
    pair.run(33_000);
    assert_eq!(pair.ended(B), [EndCause::SignallingTimeout]);
    assert_eq!(pair.ended(A).len(), 1);
    pair.assert_empty();
}

#[test]
fn a_delayed_offer_is_answered_in_the_ack() {
    let mut pair = Pair::new();
    let invite = pair.invite(CALL, None);
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(100);
    pair.command(B, Command::Answer { call: CALL, sdp: Bytes::from_static(OFFER) });
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::Answered { sdp: Some(sdp), .. } if sdp == OFFER)));
    assert!(!pair.trace.contains(&"A ACK".to_owned()));
    pair.answer_reoffer(A, "v=0 late");
    pair.run(100);
    assert!(
        pair.has(B, |e| {
            matches!(e, Event::Confirmed { sdp: Some(sdp), .. } if sdp == "v=0 late")
        })
    );
    pair.hangup(B);
    pair.assert_empty();
}

#[test]
fn a_new_offer_is_answered() {
    let mut pair = Pair::established();
    pair.reoffer(B, "v=0 hold");
    pair.run(100);
    assert!(pair.has(A, |e| {
        matches!(e, Event::Reoffered { offer: Some(sdp), .. } if sdp == "v=0 hold")
    }));
    pair.answer_reoffer(A, "v=0 held");
    pair.run(100);
    assert!(
        pair.has(B, |e| { matches!(e, Event::ReofferAnswered { sdp, .. } if sdp == "v=0 held") })
    );
    assert_eq!(pair.trace, ["B INVITE", "A 200 INVITE", "B ACK"]);
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_refused_offer_leaves_the_call_alone() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 x");
    pair.run(100);
    pair.command(B, Command::RejectReoffer { call: CALL });
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::ReofferFailed { status: 488, .. })));
    assert!(pair.ended(A).is_empty());
    pair.hangup(A);
    pair.run(100);
    assert_eq!((pair.ended(A).len(), pair.ended(B).len()), (1, 1));
    pair.assert_empty();
}

#[test]
fn digits_and_key_frame_requests_come_by_info() {
    let mut pair = Pair::established();
    for (content_type, body) in [
        ("application/dtmf-relay", "Signal=7\r\nDuration=100\r\n"),
        ("application/media_control+xml", "<picture_fast_update/>"),
    ] {
        let body = Bytes::from(body);
        pair.command(A, Command::Info { call: CALL, content_type, body });
        pair.run(100);
    }
    assert!(pair.has(B, |e| matches!(e, Event::Digit { digit: '7', .. })));
    assert!(pair.has(B, |e| matches!(e, Event::KeyframeNeeded { .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn whole_pictures_are_asked_for_and_never_two_requests_wait() {
    let mut pair = Pair::established();
    for _ in 0..5 {
        pair.command(A, Command::RequestKeyframe { call: CALL });
    }
    pair.command(
        A,
        Command::Info { call: CALL, content_type: "application/dtmf", body: Bytes::from("5") },
    );
    pair.run(5_000);
    let asked = pair.sides[B].events.iter();
    let asked = asked.filter(|event| matches!(event, Event::KeyframeNeeded { .. })).count();
    assert_eq!(asked, 2, "one was under way, and one waited for all the others");
    assert!(pair.has(B, |e| matches!(e, Event::Digit { digit: '5', .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn digits_go_before_a_request_for_a_picture_that_waits() {
    let mut pair = Pair::established();
    let digit = |body: &'static str| Command::Info {
        call: CALL,
        content_type: "application/dtmf",
        body: Bytes::from(body),
    };
    for _ in 0..2 {
        pair.command(A, Command::RequestKeyframe { call: CALL });
    }
    pair.command(A, digit("5"));
    pair.command(A, digit("6"));
    pair.run(5_000);
    let came = pair.sides[B].events.iter().filter_map(|event| match event {
        Event::Digit { digit, .. } => Some(*digit),
        Event::KeyframeNeeded { .. } => Some('!'),
        _ => None,
    });
    assert_eq!(came.collect::<String>(), "!56!");
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn who_does_not_answer_an_info_is_asked_no_more_and_keeps_its_call() {
    let mut pair = Pair::established();
    pair.loses = Some(Box::new(|side, line| side == B && line == "200 INFO"));
    pair.command(A, Command::RequestKeyframe { call: CALL });
    pair.run(40_000);
    assert!(pair.ended(A).is_empty(), "{:?}", pair.ended(A));
    (pair.loses, pair.trace) = (None, Vec::new());
    pair.command(A, Command::RequestKeyframe { call: CALL });
    let body = Bytes::from("5");
    pair.command(A, Command::Info { call: CALL, content_type: "application/dtmf", body });
    pair.run(1_000);
    assert_eq!(pair.trace, ["A INFO", "B 200 INFO"], "the digit alone");
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn an_info_of_a_type_that_is_refused_is_not_sent_again() {
    let mut pair = Pair::established();
    for _ in 0..3 {
        let body = Bytes::from("x");
        pair.command(A, Command::Info { call: CALL, content_type: "text/plain", body });
    }
    pair.run(5_000);
    assert_eq!(pair.trace, ["A INFO", "B 415 INFO"]);
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_lost_ack_is_sent_again_on_every_repeat_of_the_answer() {
    let mut pair = Pair::new();
    let mut acks = 0;
    pair.loses = Some(Box::new(move |_, line| {
        acks += u32::from(line == "ACK");
        line == "ACK" && acks <= 2
    }));
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.run(3_000);
    assert_eq!(pair.trace.iter().filter(|line| *line == "B 200 INVITE").count(), 3);
    assert!(pair.has(B, |e| matches!(e, Event::Confirmed { .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn without_any_ack_the_callee_says_goodbye() {
    let mut pair = Pair::new();
    pair.loses = Some(Box::new(|_, line| line == "ACK"));
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.run(33_000);
    assert_eq!(pair.ended(B), [EndCause::SignallingTimeout]);
    assert_eq!(pair.ended(A), [EndCause::Normal]);
    pair.assert_empty();
}

#[test]
fn a_dead_peer_does_not_keep_a_call() {
    let mut pair = Pair::established();
    pair.loses = Some(Box::new(|_, _| true));
    pair.hangup(A);
    pair.run(100);
    assert_eq!(pair.ended(A), [EndCause::Normal]);
    pair.run(33_000);
    assert_eq!(pair.sides[A].endpoint.calls(), 0);
}

#[test]
fn a_long_request_goes_by_tcp_and_by_udp_where_nobody_listens() {
    for (refused, expected) in [(None, 1), (Some(Carrier::Tcp), 2)] {
        let mut pair = Pair::new();
        pair.refused = refused;
        let mut invite = pair.invite(CALL, Some(OFFER));
        invite.offer = Some(Bytes::from("x".repeat(1500)));
        pair.command(A, Command::Invite(Box::new(invite)));
        pair.run(100);
        let invites = pair.trace.iter().filter(|line| *line == "A INVITE").count();
        assert_eq!(invites, expected, "{:?}", pair.trace);
        pair.answer();
        pair.run(100);
        assert!(pair.has(A, |e| matches!(e, Event::Answered { .. })), "{:?}", pair.trace);
        pair.hangup(A);
        pair.run(100);
        pair.refused = None;
        pair.assert_empty();
    }
}

#[test]
fn an_unreachable_peer_is_known_at_once() {
    let mut pair = Pair::new();
    pair.refused = Some(Carrier::Tls);
    let mut invite = pair.invite(CALL, Some(OFFER));
    invite.flow.carrier = Carrier::Tls;
    pair.command(A, Command::Invite(Box::new(invite)));
    assert_eq!(pair.ended(A), [EndCause::Unreachable]);
    pair.assert_empty();
}

#[test]
fn a_ping_is_answered_or_not() {
    let mut pair = Pair::new();
    let (flow, target) = (pair.flow(A), pair.target(A));
    pair.command(A, Command::Ping { ping: 7, flow, target: target.clone() });
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::Pinged { ping: 7, status: Some(200) })));
    pair.loses = Some(Box::new(|_, _| true));
    pair.command(A, Command::Ping { ping: 8, flow, target });
    pair.run(33_000);
    assert!(pair.has(A, |e| matches!(e, Event::Pinged { ping: 8, status: None })));
    pair.assert_empty();
}

/// A phone's connection broke: the request goes to the address in its Contact.
#[test]
fn a_broken_connection_is_replaced_by_the_contact() {
    let mut pair = Pair::new();
    let (local, contact) = (pair.sides[B].address, pair.sides[A].address);
    let mut ephemeral = contact;
    ephemeral.set_port(41_000);
    let flow = Flow { carrier: Carrier::Tcp, socket: 3, local, remote: ephemeral, name: None };
    let mut invite = pair.invite(CALL, Some(OFFER));
    invite.flow.carrier = Carrier::Tcp;
    pair.sides[B].admits = false;
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(100);
    let (_, request, size) = pair.sides[B].asked.take().unwrap();
    pair.command(B, Command::Admit { call: CALL, flow, request, size });
    pair.answer();
    assert_eq!(pair.bytes.last().unwrap().1.remote, ephemeral);
    let text = pair.last(B);
    let tag = &text[text.find("To:").unwrap()..];
    let tag = tag.lines().next().unwrap();
    let ack = format!(
        "ACK sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n\
         {tag}\r\n{}\r\n{}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
        text.lines().find(|l| l.starts_with("From:")).unwrap(),
        text.lines().find(|l| l.starts_with("Call-ID:")).unwrap(),
    );
    pair.inject(B, flow, &ack);
    pair.hangup(B);
    assert_eq!(pair.bytes.last().unwrap().1.remote, ephemeral);
    pair.sides[B].endpoint.handle_input(pair.now, Input::Failed { flow });
    pair.drain_all();
    let (_, flow, bytes) = pair.bytes.last().unwrap();
    assert!(bytes.starts_with(b"BYE"), "{:?}", pair.trace);
    assert_eq!(flow.remote, contact);
    pair.hangup(A);
    pair.assert_empty();
}

/// Proxies forget a call that does not say anything for three minutes.
#[test]
fn ringing_is_repeated_every_minute() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.command(B, Command::Progress { call: CALL, status: 180, sdp: None, reliable: false });
    pair.run(150_000);
    assert_eq!(pair.trace.iter().filter(|line| *line == "B 180 INVITE").count(), 3);
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_secure_call_has_a_secure_contact() {
    let mut pair = Pair::new();
    let mut invite = pair.invite(CALL, Some(OFFER));
    invite.flow.carrier = Carrier::Tls;
    invite.target = "sips:room@192.0.2.2".parse().unwrap();
    pair.command(A, Command::Invite(Box::new(invite)));
    assert!(pair.last(A).contains("Contact: <sips:192.0.2.1:5060>"), "{}", pair.last(A));
    pair.run(100);
    pair.answer();
    assert!(pair.last(B).contains("Contact: <sips:192.0.2.2:5060>"), "{}", pair.last(B));
    pair.run(100);
    pair.hangup(A);
    pair.assert_empty();
}

/// Strict and loose routes (RFC 3261 section 12.2.1.1).
#[test]
fn requests_follow_the_route_set() {
    for (route, uri, routes) in [
        ("<sip:192.0.2.9;lr>", "BYE sip:192.0.2.1:5060 ", "Route: <sip:192.0.2.9;lr>\r\n"),
        ("<sip:192.0.2.9>", "BYE sip:192.0.2.9 ", "Route: <sip:192.0.2.1:5060>\r\n"),
    ] {
        let mut pair = Pair::new();
        pair.sides[B].admits = false;
        pair.dial();
        pair.run(100);
        let (flow, mut request, size) = pair.sides[B].asked.take().unwrap();
        request.headers.push_raw(sip_codec::HeaderName::RecordRoute, route);
        pair.command(B, Command::Admit { call: CALL, flow, request, size });
        pair.answer();
        assert!(pair.last(B).contains(&format!("Record-Route: {route}\r\n")));
        pair.run(33_000);
        let bye = String::from_utf8(
            pair.bytes.iter().rev().find(|b| b.2.starts_with(b"BYE")).unwrap().2.to_vec(),
        );
        let bye = bye.unwrap();
        assert!(bye.starts_with(uri) && bye.contains(routes), "{bye}");
        pair.hangup(A);
        pair.run(100_000);
    }
}

#[test]
fn digits_keep_their_order_on_a_bad_link() {
    let faults = super::pair::Faults { loss: 20, double: 20, jitter_ms: 400 };
    for seed in 0..10 {
        let mut pair = Pair::faulty(seed, faults);
        pair.dial();
        pair.run(20_000);
        pair.answer();
        pair.run(30_000);
        for digit in "123456789".chars() {
            let (content_type, body) = ("application/dtmf", Bytes::from(digit.to_string()));
            pair.command(A, Command::Info { call: CALL, content_type, body });
        }
        pair.run(120_000);
        let digits: String = pair.sides[B]
            .events
            .iter()
            .filter_map(|e| match e {
                Event::Digit { digit, .. } => Some(*digit),
                _ => None,
            })
            .collect();
        assert_eq!(digits, "123456789", "seed {seed}");
        pair.hangup(A);
        pair.assert_empty();
    }
}

#[test]
fn a_failure_is_repeated_until_its_ack() {
    let mut pair = Pair::new();
    let mut lost = 0;
    pair.loses = Some(Box::new(move |_, line| {
        lost += u32::from(line == "ACK");
        line == "ACK" && lost <= 2
    }));
    pair.dial();
    pair.run(100);
    pair.command(B, Command::Reject { call: CALL, cause: EndCause::Busy });
    pair.run(10_000);
    assert_eq!(pair.trace.iter().filter(|line| *line == "B 486 INVITE").count(), 3);
    assert_eq!(pair.trace.iter().filter(|line| *line == "A ACK").count(), 3);
    pair.assert_empty();
}

#[test]
fn a_node_may_stop_when_its_byes_are_answered() {
    let mut pair = Pair::established();
    pair.hangup(A);
    assert_eq!(pair.sides[A].endpoint.talking(), 1);
    pair.run(100);
    assert_eq!((pair.sides[A].endpoint.talking(), pair.sides[B].endpoint.talking()), (0, 0));
    pair.assert_empty();
}

/// livekit/sip#663: a caller heard 100 and then nothing for ever.
#[test]
fn sip_663_a_call_that_got_100_gets_a_final_response_whatever_the_application_does() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(170_000);
    assert_eq!(pair.trace, ["A INVITE", "B 100 INVITE"], "the application has forgotten it");
    // The caller would give up at the same time: it hears nothing of that.
    pair.command(B, Command::Progress { call: CALL, status: 180, sdp: None, reliable: false });
    let start = pair.now;
    pair.loses = Some(Box::new(|from, line| from == A && line == "CANCEL"));
    pair.run(200_000);
    assert!(pair.trace.contains(&"B 480 INVITE".to_owned()), "{:?}", pair.trace);
    assert!(pair.now - start >= std::time::Duration::from_secs(180));
    assert_eq!(pair.ended(B), [EndCause::NoAnswer]);
    pair.assert_empty();
}

#[test]
fn a_hidden_caller_is_anonymous_but_to_the_trunk_and_may_not_forge_headers() {
    let mut pair = Pair::new();
    let mut invite = pair.invite(CALL, Some(OFFER));
    let asserted = sip_codec::header::NameAddr::new(
        "sip:+8610@bridge.example".parse::<sip_codec::Uri>().unwrap(),
    );
    invite.presentation = crate::sip::Presentation { asserted: Some(asserted), hidden: true };
    for (name, value) in [("X-Room", "7"), ("Route", "<sip:evil>"), ("From", "<sip:evil>")] {
        let name = sip_codec::HeaderName::new(name).unwrap();
        invite.headers.push_raw(name, value);
    }
    let name = sip_codec::HeaderName::new("X-Many").unwrap();
    (0..100).for_each(|_| invite.headers.push_raw(name.clone(), "x"));
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(100);
    let request = pair.sent(A, sip_codec::Method::Invite);
    let text = String::from_utf8_lossy(&request.to_bytes()).into_owned();
    assert!(text.contains("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="), "{text}");
    assert!(text.contains("P-Asserted-Identity: <sip:+8610@bridge.example>\r\n"), "{text}");
    assert!(text.contains("Privacy: id\r\n") && text.contains("X-Room: 7\r\n"), "{text}");
    assert!(!text.contains("evil") && !text.contains("alice") && !text.contains("Alice"));
    assert_eq!(text.matches("X-Many").count() + 1, crate::sip::limits::MAX_EXTRA_HEADERS);
    let said = crate::sip::identity::asserted(&request).expect("the trunk knows who calls");
    assert!(said.is_private);
}

//! Session timers (RFC 4028).

use super::pair::{A, B, CALL, Faults, OFFER, Pair};
use crate::sip::{Command, Event};
use causeway_base::EndCause;

#[test]
fn a_session_is_refreshed_by_update_and_lives() {
    let mut pair = Pair::established();
    pair.run(7_200_000);
    assert!(pair.ended(A).is_empty() && pair.ended(B).is_empty());
    let updates = pair.trace.iter().filter(|line| line.ends_with(" UPDATE")).count();
    assert!((14..=18).contains(&updates), "{:?}", pair.trace);
    assert!(!pair.trace.iter().any(|line| line.ends_with("INVITE")));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn both_sides_notice_that_the_other_is_gone() {
    let mut pair = Pair::established();
    pair.loses = Some(Box::new(|_, _| true));
    pair.run(1_000_000);
    assert_eq!(pair.ended(A), [EndCause::SignallingTimeout], "the refresher");
    pair.run(1_000_000);
    assert_eq!(pair.ended(B), [EndCause::SessionExpired]);
    pair.assert_empty();
}

/// A peer without UPDATE is refreshed by an offer that changes nothing.
#[test]
fn without_update_an_invite_refreshes() {
    let mut pair = Pair::new();
    pair.dial();
    let flow = pair.flow(A);
    let invite = pair.sent(A, sip_codec::Method::Invite);
    let mut response = invite.response(sip_codec::StatusCode::OK);
    let mut to = crate::sip::read::to(&response.headers).unwrap();
    to.params.set("tag", "old");
    response.headers.set(&sip_codec::header::To(to));
    for (name, value) in [
        (sip_codec::HeaderName::Contact, "<sip:192.0.2.2:5060>"),
        (sip_codec::HeaderName::Allow, "INVITE, ACK, BYE, CANCEL"),
        (sip_codec::HeaderName::SessionExpires, "600;refresher=uac"),
        (sip_codec::HeaderName::ContentType, "application/sdp"),
    ] {
        response.headers.push_raw(name, value);
    }
    response.body = bytes::Bytes::from_static(b"v=0");
    pair.inject(A, flow, std::str::from_utf8(&response.to_bytes()).unwrap());
    pair.loses = Some(Box::new(|_, _| true));
    pair.clear();
    pair.run(301_000);
    assert!(pair.trace.iter().any(|line| line == "A INVITE"), "{:?}", pair.trace);
    assert!(pair.last(A).contains(std::str::from_utf8(OFFER).unwrap()));
    pair.run(40_000);
    assert_eq!(pair.ended(A), [EndCause::SignallingTimeout]);
}

#[test]
fn an_interval_too_short_for_the_callee_is_lengthened() {
    let mut pair = Pair::new();
    pair.dial();
    let flow = pair.flow(A);
    let invite = pair.sent(A, sip_codec::Method::Invite);
    let mut response = invite.response(sip_codec::StatusCode::SESSION_INTERVAL_TOO_SMALL);
    response.headers.push_raw(sip_codec::HeaderName::MinSe, "3600");
    pair.inject(A, flow, std::str::from_utf8(&response.to_bytes()).unwrap());
    let again = pair.last(A);
    assert!(again.contains("Session-Expires: 3600\r\n"), "{again}");
    assert!(again.contains("Min-SE: 3600\r\n") && again.contains("CSeq: 2 INVITE"), "{again}");
    pair.sides[B].admits = false;
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_lossy_link_is_overcome() {
    for seed in 0..20 {
        let mut pair = Pair::faulty(seed, Faults { loss: 25, double: 20, jitter_ms: 300 });
        pair.dial();
        pair.run(20_000);
        pair.answer();
        pair.run(30_000);
        let answered = pair.has(A, |e| matches!(e, Event::Answered { .. }));
        let confirmed = pair.has(B, |e| matches!(e, Event::Confirmed { .. }));
        assert!(answered && confirmed, "seed {seed}: {:?}", pair.trace);
        pair.command(B, Command::Hangup { call: CALL, cause: EndCause::ConferenceEnded });
        pair.run(40_000);
        assert_eq!((pair.ended(A).len(), pair.ended(B).len()), (1, 1), "seed {seed}");
        pair.assert_empty();
    }
}

/// Session timers are an extension; a caller without it may vanish all the same.
#[test]
fn a_caller_that_knows_no_timers_and_vanishes_is_noticed() {
    let mut pair = Pair::new();
    let flow = pair.flow(B);
    let invite = "INVITE sip:room@192.0.2.2 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKold;rport\r\nMax-Forwards: 70\r\n\
        From: <sip:old@192.0.2.1>;tag=o\r\nTo: <sip:room@192.0.2.2>\r\nCall-ID: old\r\n\
        CSeq: 1 INVITE\r\nContact: <sip:old@192.0.2.1:5060>\r\n\
        Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0";
    pair.inject(B, flow, invite);
    pair.answer();
    assert!(pair.last(B).contains("Session-Expires: 1800;refresher=uas\r\n"), "{}", pair.last(B));
    let tag = pair.last(B);
    let tag = tag.split(";tag=").nth(2).and_then(|rest| rest.split("\r\n").next()).unwrap();
    let ack = invite.replace("INVITE", "ACK").replace("bKold", "bKack");
    pair.inject(
        B,
        flow,
        &ack.replace("To: <sip:room@192.0.2.2>", &format!("To: <sip:room@192.0.2.2>;tag={tag}")),
    );
    pair.loses = Some(Box::new(|_, _| true));
    pair.run(890_000);
    assert!(pair.ended(B).is_empty());
    pair.run(60_000);
    assert_eq!(pair.ended(B), [EndCause::SignallingTimeout]);
    pair.assert_empty();
}

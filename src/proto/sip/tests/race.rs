//! Messages that cross (RFC 5407), and forks.

use super::pair::{A, ANSWER, B, Pair};
use crate::sip::Event;
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::{HeaderName, Method, StatusCode};

fn position(pair: &Pair, line: &str) -> usize {
    let at = pair.trace.iter().position(|l| l == line);
    at.unwrap_or_else(|| panic!("no {line} in {:?}", pair.trace))
}

/// RFC 5407 section 3.1.2: the callee answers while the CANCEL is under way.
#[test]
fn a_cancel_that_crosses_the_answer_ends_in_bye() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.hangup(A);
    pair.run(200);
    assert!(position(&pair, "A CANCEL") < position(&pair, "A ACK"));
    assert!(position(&pair, "A ACK") < position(&pair, "A BYE"));
    assert_eq!((pair.ended(A), pair.ended(B).len()), (vec![EndCause::Normal], 1));
    pair.assert_empty();
}

/// RFC 5407 section 3.2.1: both hang up at once.
#[test]
fn two_byes_cross() {
    let mut pair = Pair::established();
    pair.hangup(A);
    pair.hangup(B);
    pair.run(100);
    assert!(pair.trace.contains(&"A 200 BYE".to_owned()), "{:?}", pair.trace);
    assert!(pair.trace.contains(&"B 200 BYE".to_owned()), "{:?}", pair.trace);
    assert_eq!((pair.ended(A).len(), pair.ended(B).len()), (1, 1));
    pair.assert_empty();
}

/// RFC 5407 section 3.2.3: BYE and re-INVITE cross.
#[test]
fn a_bye_that_crosses_an_offer_ends_the_call() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 hold");
    pair.hangup(B);
    pair.run(1_000);
    assert!(pair.trace.contains(&"B 481 INVITE".to_owned()), "{:?}", pair.trace);
    assert_eq!((pair.ended(A), pair.ended(B)), (vec![EndCause::Normal], vec![EndCause::Normal]));
    pair.assert_empty();
}

/// The callee hangs up before the caller's ACK came: its BYE waits for it
/// (RFC 3261 section 15).
#[test]
fn a_bye_waits_for_the_ack() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.hangup(B);
    pair.run(200);
    assert!(position(&pair, "A ACK") < position(&pair, "B BYE"));
    assert_eq!((pair.ended(A), pair.ended(B)), (vec![EndCause::Normal], vec![EndCause::Normal]));
    pair.assert_empty();
}

/// RFC 5407 section 3.2.4 and RFC 3261 section 14.1: offers cross, both are refused with 491,
/// and the one made again first is answered.
#[test]
fn glare_is_resolved() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 from A");
    pair.reoffer(B, "v=0 from B");
    for _ in 0..100 {
        pair.run(100);
        for side in [A, B] {
            let offered = |e: &Event| matches!(e, Event::Reoffered { .. });
            if let Some(at) = pair.sides[side].events.iter().position(offered) {
                pair.sides[side].events.remove(at);
                pair.answer_reoffer(side, "v=0 yes");
            }
        }
    }
    assert!(pair.trace.contains(&"A 491 INVITE".to_owned()));
    assert!(pair.trace.contains(&"B 491 INVITE".to_owned()));
    // Whoever tries again first is answered. The other one's offer was made from what is not true
    // any more: it is dropped, and its application is told so.
    let mut outcomes: Vec<_> = [A, B]
        .map(|side| {
            pair.sides[side].events.iter().find_map(|e| match e {
                Event::ReofferAnswered { .. } => Some(200),
                Event::ReofferFailed { status, .. } => Some(*status),
                _ => None,
            })
        })
        .to_vec();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [Some(200), Some(491)]);
    pair.hangup(A);
    pair.assert_empty();
}

/// RFC 5407 section 3.1.4: a re-INVITE overtakes the ACK.
#[test]
fn an_offer_that_overtakes_the_ack_confirms_the_call() {
    let mut pair = Pair::new();
    let mut lost = false;
    pair.loses =
        Some(Box::new(move |_, line| line == "ACK" && !std::mem::replace(&mut lost, true)));
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.run(100);
    pair.reoffer(A, "v=0 hold");
    pair.run(100);
    assert!(pair.has(B, |e| matches!(e, Event::Confirmed { .. })));
    assert!(pair.has(B, |e| matches!(e, Event::Reoffered { .. })));
    pair.answer_reoffer(B, "v=0 held");
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::ReofferAnswered { .. })));
    pair.hangup(B);
    pair.assert_empty();
}

/// A second offer while the first is not answered: 500 with Retry-After
/// (RFC 3261 section 14.2). Ours waits instead.
#[test]
fn a_second_offer_of_ours_waits_for_the_first() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 one");
    pair.reoffer(A, "v=0 two");
    pair.reoffer(A, "v=0 three");
    for _ in 0..2 {
        pair.run(100);
        pair.answer_reoffer(B, "v=0 yes");
        pair.run(100);
    }
    let offers: Vec<_> = pair.sides[B]
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Reoffered { offer: Some(offer), .. } => Some(offer.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(offers, ["v=0 one", "v=0 three"]);
    pair.hangup(A);
    pair.assert_empty();
}

/// A forking proxy lets two devices answer: the first wins, the second is acknowledged and
/// hung up (RFC 3261 section 13.2.2.4).
#[test]
fn the_second_fork_is_acknowledged_and_ended() {
    let mut pair = Pair::new();
    pair.dial();
    pair.run(100);
    pair.sides[A].events.clear();
    pair.trace.clear();
    let flow = pair.flow(A);
    let invite = pair.sent(A, Method::Invite);
    for tag in ["one", "two", "two"] {
        let mut response = invite.response(StatusCode::OK);
        let mut to = crate::sip::read::to(&response.headers).unwrap();
        to.params.set("tag", tag);
        response.headers.set(&sip_codec::header::To(to));
        response.headers.push_raw(HeaderName::Contact, "<sip:192.0.2.2:5060>");
        response.headers.push_raw(HeaderName::ContentType, "application/sdp");
        response.body = Bytes::from_static(ANSWER);
        pair.inject(A, flow, std::str::from_utf8(&response.to_bytes()).unwrap());
    }
    assert_eq!(pair.trace, ["A ACK", "A ACK", "A BYE", "A ACK"]);
    let answered = |e: &&Event| matches!(e, Event::Answered { .. });
    assert_eq!(pair.sides[A].events.iter().filter(answered).count(), 1);
    pair.hangup(A);
    pair.hangup(B);
    pair.assert_empty();
    assert_eq!(pair.ended(A).len(), 1);
}

/// An early BYE of the caller ends the call like a CANCEL (RFC 3261 section 15.1.2).
#[test]
fn hanging_up_while_the_answer_is_lost_ends_both() {
    let mut pair = Pair::new();
    let mut dropped = 0;
    pair.loses = Some(Box::new(move |_, line| {
        dropped += u32::from(line == "200 INVITE");
        line == "200 INVITE" && dropped < 4
    }));
    pair.dial();
    pair.run(100);
    pair.answer();
    pair.run(300);
    pair.hangup(A);
    pair.run(40_000);
    assert_eq!((pair.ended(A).len(), pair.ended(B).len()), (1, 1), "{:?}", pair.trace);
    pair.assert_empty();
}

/// A re-INVITE that is taken back before the application answered it.
#[test]
fn a_cancelled_offer_leaves_the_call_alone() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 hold");
    pair.run(100);
    let invite =
        pair.bytes.iter().rev().find(|(side, _, bytes)| *side == A && bytes.starts_with(b"INVITE"));
    let text = String::from_utf8(invite.unwrap().2.to_vec()).unwrap();
    let head = text.split("Content-Type").next().unwrap();
    let cancel = head.replace("INVITE sip", "CANCEL sip").replace(" INVITE\r\n", " CANCEL\r\n");
    let flow = pair.flow(B);
    pair.clear();
    pair.inject(B, flow, &format!("{cancel}Content-Length: 0\r\n\r\n"));
    assert_eq!(pair.trace, ["B 200 CANCEL", "B 487 INVITE"]);
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::ReofferFailed { status: 487, .. })));
    assert!(pair.ended(A).is_empty() && pair.ended(B).is_empty());
    pair.hangup(A);
    pair.assert_empty();
}

/// The peer says 100 to an offer and is never heard again: the offer is not awaited for ever.
#[test]
fn an_offer_that_is_never_answered_finally_ends_the_call() {
    let mut pair = Pair::established();
    pair.reoffer(A, "v=0 hold");
    let flow = pair.flow(A);
    let invite = pair.bytes.last().unwrap().2.clone();
    let text = String::from_utf8(invite.to_vec()).unwrap();
    let head = text.split("Contact").next().unwrap().replacen("INVITE sip:192.0.2.2:5060 ", "", 1);
    let trying = head.replacen("SIP/2.0\r\n", "SIP/2.0 100 Trying\r\n", 1);
    pair.inject(A, flow, &format!("{trying}Content-Length: 0\r\n\r\n"));
    pair.loses = Some(Box::new(|_, _| true));
    pair.run(239_000);
    assert!(pair.ended(A).is_empty());
    pair.run(2_000);
    assert_eq!(pair.ended(A), [EndCause::SignallingTimeout]);
    pair.hangup(B);
    pair.assert_empty();
}

/// Two devices send early media, the first of them answers: the application hears whose.
#[test]
fn the_branch_that_answered_is_told_from_the_others() {
    let mut pair = Pair::new();
    pair.sides[B].admits = false;
    pair.dial();
    pair.run(100);
    let (flow, invite) = (pair.flow(A), pair.sent(A, Method::Invite));
    for (status, tag) in [(183, "one"), (183, "two"), (200, "one")] {
        let mut response = invite.response(StatusCode::new(status).unwrap());
        let mut to = crate::sip::read::to(&response.headers).unwrap();
        to.params.set("tag", tag);
        response.headers.set(&sip_codec::header::To(to));
        response.headers.push_raw(HeaderName::Contact, "<sip:192.0.2.2:5060>");
        response.headers.push_raw(HeaderName::ContentType, "application/sdp");
        response.body = Bytes::from(format!("v=0 {tag}"));
        pair.inject(A, flow, std::str::from_utf8(&response.to_bytes()).unwrap());
    }
    let told = |e: &Event| matches!(e, Event::Answered { sdp: Some(sdp), .. } if sdp == "v=0 one");
    assert!(pair.has(A, told));
    pair.hangup(A);
    pair.assert_empty();
}

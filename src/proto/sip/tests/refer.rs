//! Transfers: REFER, what becomes of it, and who may not (RFC 3515).

use super::pair::{A, ANSWER, B, CALL, Pair};
use crate::sip::words::{Command, Event};
use crate::sip::{Carrier, Config, Endpoint, Flow};
use bytes::Bytes;
use causeway_base::EndCause;
use sip_codec::Method;
use std::time::Duration;

/// A call from A to B, who may have it transferred.
fn established() -> Pair {
    let mut pair = Pair::new();
    let config = Config { transfers: true, ..Config::new([6; 32]) };
    pair.sides[B].endpoint = Endpoint::new(config);
    for side in [A, B] {
        pair.sides[B].endpoint.callers.prove(pair.sides[side].address.ip());
    }
    pair.establish();
    // Our own side takes none; what is lost is repeated.
    pair.loses = Some(Box::new(|side, line| side == B && line == "NOTIFY"));
    pair
}

/// A asks B to call somebody, by bytes.
fn refer(pair: &mut Pair, seq: u32, more: &str) {
    let invite = pair.sent(A, Method::Invite);
    let ok =
        pair.bytes.iter().find(|(side, _, bytes)| *side == B && bytes.starts_with(b"SIP/2.0 200"));
    let ok = String::from_utf8_lossy(&ok.expect("an answer").2).into_owned();
    let of = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name}in {text}"))
    };
    let asked = String::from_utf8_lossy(&invite.to_bytes()).into_owned();
    let flow = Flow { local: pair.sides[B].address, remote: pair.sides[A].address, ..pair.flow(A) };
    let text = format!(
        "REFER sip:room@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKr{seq}\r\n\
         Max-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {seq} REFER\r\n\
         Contact: <sip:a@192.0.2.1>\r\n{more}Content-Length: 0\r\n\r\n",
        of(&asked, "From: "),
        of(&ok, "To: "),
        of(&asked, "Call-ID: "),
    );
    pair.inject(B, flow, &text);
}

fn referred(pair: &Pair) -> Vec<(u32, String)> {
    let events = pair.sides[B].events.iter().filter_map(|event| match event {
        Event::Referred { referral, target, .. } => Some((*referral, target.to_string())),
        _ => None,
    });
    events.collect()
}

/// What B said by NOTIFY, with how its subscription stands.
fn told(pair: &Pair) -> Vec<(String, String)> {
    let texts = pair.bytes.iter().filter(|(side, ..)| *side == B);
    let texts = texts.map(|(_, _, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let mut notified: Vec<String> = Vec::new();
    for text in texts.filter(|text| text.starts_with("NOTIFY ")) {
        if !notified.contains(&text) {
            notified.push(text);
        }
    }
    let said = notified.into_iter().map(|text| {
        assert!(text.contains("Event: refer;id=20\r\n"), "{text}");
        assert!(text.contains("Content-Type: message/sipfrag;version=2.0\r\n"), "{text}");
        let state = text.lines().find_map(|line| line.strip_prefix("Subscription-State: "));
        let state = state.unwrap_or_default().to_owned();
        let (_, body) = text.split_once("\r\n\r\n").expect("a body");
        (body.trim_end().to_owned(), state)
    });
    said.collect()
}

const TO: &str = "Refer-To: <sip:+4930123@carrier.example;method=INVITE>\r\n";

fn answered(pair: &mut Pair, verdict: Result<(), EndCause>) {
    pair.command(B, Command::AnswerReferral { call: CALL, referral: 20, verdict });
    pair.run(50);
}

fn reported(pair: &mut Pair, status: u16) {
    pair.command(B, Command::ReportReferral { call: CALL, referral: 20, status });
    pair.run(50);
}

#[test]
fn who_refers_is_told_what_becomes_of_it_until_the_last_word() {
    let mut pair = established();
    refer(&mut pair, 20, TO);
    assert_eq!(referred(&pair), [(20, "sip:+4930123@carrier.example".to_owned())]);
    answered(&mut pair, Ok(()));
    assert!(pair.trace.contains(&"B 202 REFER".to_owned()) || pair.last(B).contains("NOTIFY"));
    reported(&mut pair, 180);
    refer(&mut pair, 21, TO);
    assert_eq!(referred(&pair).len(), 1, "one at a time");
    reported(&mut pair, 200);
    reported(&mut pair, 200);
    let told = told(&pair);
    let said: Vec<_> = told.iter().map(|(said, _)| said.as_str()).collect();
    assert_eq!(said, ["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK"]);
    assert!(told[0].1.starts_with("active;expires=200"), "{told:?}");
    assert_eq!(told[2].1, "terminated;reason=noresource");
    refer(&mut pair, 22, TO);
    assert_eq!(referred(&pair).len(), 2, "and the next one after it");
    pair.hangup(B);
    pair.run(100);
    pair.assert_empty();
}

#[test]
fn what_nobody_answers_or_watches_ends_by_itself() {
    let mut pair = established();
    refer(&mut pair, 20, TO);
    pair.run(40_000);
    assert!(told(&pair).is_empty());
    refer(&mut pair, 21, TO);
    assert_eq!(referred(&pair).len(), 2, "the first one was refused");
    pair.hangup(B);
    pair.run(100);
    pair.assert_empty();

    let mut pair = established();
    refer(&mut pair, 20, TO);
    answered(&mut pair, Ok(()));
    pair.run(Duration::from_secs(210).as_millis() as u64);
    let last = told(&pair).pop().expect("a last word");
    assert_eq!(
        last,
        ("SIP/2.0 408 Request Timeout".to_owned(), "terminated;reason=noresource".to_owned())
    );
    // Nobody is told after the end.
    pair.hangup(B);
    pair.run(100);
    let before = told(&pair).len();
    reported(&mut pair, 200);
    assert_eq!(told(&pair).len(), before);
    pair.assert_empty();
}

#[test]
fn what_is_no_call_to_somebody_is_refused_without_asking_anybody() {
    for (more, status) in [
        ("", "400"),
        ("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", "400"),
        ("Refer-To: <mailto:a@b>\r\n", "416"),
        ("Refer-To: <sip:a@b;method=BYE>\r\n", "501"),
        ("Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n", "501"),
    ] {
        let mut pair = established();
        refer(&mut pair, 20, more);
        assert!(pair.last(B).starts_with(&format!("SIP/2.0 {status} ")), "{more} {}", pair.last(B));
        assert!(referred(&pair).is_empty(), "{more}");
    }
    let mut pair = established();
    refer(&mut pair, 20, TO);
    answered(&mut pair, Err(EndCause::Forbidden));
    assert!(
        pair.bytes.iter().any(|(side, _, bytes)| *side == B && bytes.starts_with(b"SIP/2.0 403"))
    );
    assert!(told(&pair).is_empty());
}

/// RFC 3891 section 3: the dialog must be there, answered, and named as a whole.
#[test]
fn who_wants_the_place_of_a_call_names_all_of_its_dialog() {
    let part = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.rsplit_once("tag=").map_or(line, |(_, tag)| tag).to_owned()
    };
    for (replaces, status) in [
        ("nobody;to-tag=1;from-tag=2", "481"),
        ("CALL;to-tag=OURS;from-tag=another", "481"),
        ("CALL;to-tag=THEIRS;from-tag=OURS", "481"),
        ("CALL;to-tag=OURS;from-tag=THEIRS;early-only", "486"),
        ("CALL;to-tag=OURS", "400"),
        ("CALL;to-tag=OURS;from-tag=THEIRS\r\nReplaces: b;to-tag=1;from-tag=2", "400"),
        ("CALL;to-tag=OURS;from-tag=THEIRS", "100"),
    ] {
        let mut pair = established();
        let is_ok =
            |sent: &&(usize, Flow, Bytes)| sent.0 == B && sent.2.starts_with(b"SIP/2.0 200");
        let ok = pair.bytes.iter().find(is_ok).map(|ok| ok.2.clone()).unwrap_or_default();
        let ok = String::from_utf8_lossy(&ok).into_owned();
        let replaces = replaces
            .replace("CALL", &part(&ok, "Call-ID: "))
            .replace("OURS", &part(&ok, "To: "))
            .replace("THEIRS", &part(&ok, "From: "));
        let flow =
            Flow { local: pair.sides[B].address, remote: pair.sides[A].address, ..pair.flow(A) };
        let text = format!(
            "INVITE sip:room@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKi\r\n\
             Max-Forwards: 70\r\nFrom: <sip:c@192.0.2.1>;tag=3\r\nTo: <sip:room@192.0.2.2>\r\n\
             Call-ID: other\r\nCSeq: 1 INVITE\r\nContact: <sip:c@192.0.2.1>\r\n\
             Require: replaces\r\nReplaces: {replaces}\r\nContent-Length: 0\r\n\r\n"
        );
        pair.inject(B, flow, &text);
        assert!(
            pair.last(B).starts_with(&format!("SIP/2.0 {status} ")),
            "{replaces} {}",
            pair.last(B)
        );
    }
}

/// Neither where nobody transfers, nor from a peer that knows us by a name.
#[test]
fn where_nobody_transfers_no_refer_is_listed_or_taken() {
    let mut pair = Pair::established();
    refer(&mut pair, 20, TO);
    assert!(pair.last(B).starts_with("SIP/2.0 405 ") && !pair.last(B).contains("REFER,"));
    assert!(!allow(&pair).contains("REFER"));
    assert!(allow(&established()).contains("REFER"));
    let config = Config { transfers: true, ..Config::new([1; 32]) };
    let named = Flow { name: Some(0), carrier: Carrier::Tls, ..pair.flow(A) };
    assert!(config.takes_referrals(pair.flow(A)) && !config.takes_referrals(named));
}

fn allow(pair: &Pair) -> String {
    let ok = pair.bytes.iter().find(|(side, _, bytes)| {
        *side == B && bytes.starts_with(b"SIP/2.0 200") && bytes.ends_with(ANSWER)
    });
    let text =
        String::from_utf8_lossy(&ok.map(|ok| ok.2.clone()).unwrap_or(Bytes::new())).into_owned();
    let line = text.lines().find(|line| line.starts_with("Allow: "));
    line.unwrap_or_default().to_owned()
}

//! Digest authentication between two endpoints.

use super::pair::{A, B, CALL, OFFER, Pair};
use crate::sip::Flow;
use crate::sip::digest::Algorithm;
use crate::sip::{Command, Credentials, Event, Secret, Verdict};
use causeway_base::EndCause;
use sip_codec::{HeaderName, Method};
use std::net::SocketAddr;

const REALM: &str = "bridge.example";

fn password(user: &str) -> Option<Secret> {
    (user == "alice").then(|| Secret::Password("secret".to_owned()))
}

fn dial(pair: &mut Pair, realm: &str, password: &str) {
    pair.sides[B].admits = false;
    let mut invite = pair.invite(CALL, Some(OFFER));
    invite.credentials = Some(Credentials {
        realm: Some(realm.to_owned()),
        username: "alice".to_owned(),
        password: password.to_owned(),
    });
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(100);
}

/// B judges what was asked and challenges or admits.
fn judge(pair: &mut Pair) -> Option<Verdict> {
    let (flow, request, size) = pair.sides[B].asked.take()?;
    let verdict = pair.sides[B].endpoint.verify(pair.now, &request, REALM, &password);
    let command = match &verdict {
        Verdict::Known { .. } => Command::Admit { call: CALL, flow, request, size },
        verdict => {
            let stale = *verdict == Verdict::Stale;
            Command::Challenge { flow, request, size, realm: REALM.to_owned(), stale }
        }
    };
    pair.command(B, command);
    pair.run(100);
    Some(verdict)
}

#[test]
fn a_challenge_of_the_own_realm_is_answered_with_the_strongest_algorithm() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    assert_eq!(judge(&mut pair), Some(Verdict::Missing));
    let invite = pair.sides[B].asked.as_ref().unwrap().1.to_bytes();
    let text = String::from_utf8_lossy(&invite).into_owned();
    assert!(text.contains("algorithm=SHA-256"), "{text}");
    assert!(!text.contains("secret"));
    assert_eq!(judge(&mut pair), Some(Verdict::Known { username: "alice".into() }));
    pair.answer();
    pair.run(100);
    assert!(pair.has(A, |e| matches!(e, Event::Answered { .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_challenge_of_another_realm_is_not_answered() {
    let mut pair = Pair::new();
    dial(&mut pair, "trunk.example", "secret");
    judge(&mut pair);
    assert_eq!(pair.trace, ["A INVITE", "B 401 INVITE", "A ACK"]);
    assert_eq!(pair.ended(A), [EndCause::Unauthorized]);
    pair.assert_empty();
}

#[test]
fn a_wrong_password_is_tried_once() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "wrong");
    judge(&mut pair);
    assert_eq!(judge(&mut pair), Some(Verdict::Wrong));
    assert_eq!(pair.ended(A), [EndCause::Unauthorized]);
    assert!(pair.sides[B].asked.is_none());
    pair.assert_empty();
}

#[test]
fn a_stale_nonce_is_answered_anew() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    // B takes its time over the second INVITE.
    let (flow, request, size) = pair.sides[B].asked.take().unwrap();
    pair.now += std::time::Duration::from_secs(70);
    let verdict = pair.sides[B].endpoint.verify(pair.now, &request, REALM, &password);
    assert_eq!(verdict, Verdict::Stale);
    pair.now -= std::time::Duration::from_secs(70);
    pair.command(B, Command::Challenge { flow, request, size, realm: REALM.into(), stale: true });
    pair.run(100);
    assert_eq!(judge(&mut pair), Some(Verdict::Known { username: "alice".into() }));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn credentials_of_one_call_are_of_no_use_in_another() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    let (_, mut request, _) = pair.sides[B].asked.take().unwrap();
    request.headers.set(&sip_codec::header::CallId("another".into()));
    let verdict = pair.sides[B].endpoint.verify(pair.now, &request, REALM, &password);
    assert_eq!(verdict, Verdict::Stale);
}

#[test]
fn secrets_do_not_show() {
    let credentials = Credentials {
        realm: Some(REALM.into()),
        username: "alice".into(),
        password: "secret".into(),
    };
    let shown = format!("{credentials:?}");
    assert!(!shown.contains("secret") && !shown.contains("alice"), "{shown}");
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    let endpoint = &pair.sides[A].endpoint;
    let shown = format!("{endpoint:?} {:?} {:?}", pair.sides[B].asked, pair.sides[A].events);
    for personal in ["secret", "alice", "Alice", "room", "v=0"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}

/// Judges B's INVITE after something was done to its credentials.
fn judge_changed(change: impl Fn(&str) -> String) -> Verdict {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    let (_, mut request, _) = pair.sides[B].asked.take().unwrap();
    let line = request.headers.raw(&HeaderName::Authorization).next().cloned().unwrap();
    request.headers.remove(&HeaderName::Authorization);
    let line = change(&String::from_utf8_lossy(&line));
    request.headers.push_raw(HeaderName::Authorization, line);
    pair.sides[B].endpoint.verify(pair.now, &request, REALM, &password)
}

#[test]
fn a15_credentials_without_a_field_prove_nothing() {
    let known = Verdict::Known { username: "alice".into() };
    assert_eq!(judge_changed(str::to_owned), known);
    for field in
        ["username", "realm", "nonce", "uri", "response", "algorithm", "qop", "nc", "cnonce"]
    {
        let without = |line: &str| {
            let parts = line.strip_prefix("Digest ").unwrap().split(',');
            let kept = parts.filter(|part| !part.starts_with(&format!("{field}=")));
            format!("Digest {}", kept.collect::<Vec<_>>().join(","))
        };
        assert!(matches!(judge_changed(without), Verdict::Wrong | Verdict::Missing), "{field}");
        let empty = |line: &str| {
            let parts = line.strip_prefix("Digest ").unwrap().split(',').map(|part| {
                match part.starts_with(&format!("{field}=")) {
                    true => format!("{field}=\"\""),
                    false => part.to_owned(),
                }
            });
            format!("Digest {}", parts.collect::<Vec<_>>().join(","))
        };
        assert!(matches!(judge_changed(empty), Verdict::Wrong | Verdict::Missing), "{field}");
    }
    for line in ["", "Digest", "Digest ", "Basic YTpi", "Digest realm=\"bridge.example\"", ",=;"] {
        let verdict = judge_changed(|_| line.to_owned());
        assert!(matches!(verdict, Verdict::Wrong | Verdict::Missing), "{line}");
    }
}

#[test]
fn a_digest_for_another_target_is_wrong() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    let (_, mut request, _) = pair.sides[B].asked.take().unwrap();
    request.uri = "sip:+1900@192.0.2.2".parse().unwrap();
    let verdict = pair.sides[B].endpoint.verify(pair.now, &request, REALM, &password);
    assert_eq!(verdict, Verdict::Wrong);
}

#[test]
fn credentials_count_once_but_for_retransmissions() {
    let mut pair = Pair::new();
    dial(&mut pair, REALM, "secret");
    judge(&mut pair);
    let (_, mut request, _) = pair.sides[B].asked.take().unwrap();
    let known = Verdict::Known { username: "alice".into() };
    let endpoint = &mut pair.sides[B].endpoint;
    assert_eq!(endpoint.verify(pair.now, &request, REALM, &password), known);
    assert_eq!(endpoint.verify(pair.now, &request, REALM, &password), known, "sent again");
    request.headers.set(&sip_codec::header::Contact::Address(sip_codec::header::NameAddr::new(
        "sip:eve@evil.example".parse::<sip_codec::Uri>().unwrap(),
    )));
    assert_eq!(endpoint.verify(pair.now, &request, REALM, &password), Verdict::Stale);
}

#[test]
fn a_hash_stands_for_a_password_by_its_own_algorithm_only() {
    let hash = |algorithm: Algorithm| Some(algorithm.ha1("alice", REALM, "secret"));
    let known = Verdict::Known { username: "alice".into() };
    for (secret, verdict) in [
        (Secret::Ha1 { sha256: hash(Algorithm::Sha256), md5: None }, known),
        (Secret::Ha1 { sha256: None, md5: hash(Algorithm::Md5) }, Verdict::Wrong),
        (Secret::Ha1 { sha256: hash(Algorithm::Md5), md5: None }, Verdict::Wrong),
    ] {
        let mut pair = Pair::new();
        dial(&mut pair, REALM, "secret");
        judge(&mut pair);
        let (_, request, _) = pair.sides[B].asked.take().unwrap();
        let lookup = |_: &str| Some(secret.clone());
        let endpoint = &mut pair.sides[B].endpoint;
        assert_eq!(endpoint.verify(pair.now, &request, REALM, &lookup), verdict);
    }
}

#[test]
fn a6_a_challenge_is_answered_only_where_it_comes_from_the_trunk() {
    let mut pair = Pair::new();
    pair.loses = Some(Box::new(|from, line| from == B && line.starts_with("401")));
    dial(&mut pair, REALM, "secret");
    let (flow, request, size) = pair.sides[B].asked.take().unwrap();
    pair.command(B, Command::Challenge { flow, request, size, realm: REALM.into(), stale: false });
    let challenge = pair.last(B);
    assert!(challenge.starts_with("SIP/2.0 401"));
    let elsewhere = SocketAddr::from(([198, 51, 100, 66], 5060));
    let flow = Flow { remote: elsewhere, ..pair.flow(A) };
    pair.inject(A, flow, &challenge);
    assert!(!pair.trace.iter().skip(1).any(|line| line == "A INVITE"), "{:?}", pair.trace);
    assert!(
        !pair.bytes.iter().any(|(.., b)| String::from_utf8_lossy(b).contains("Authorization:"))
    );
}

/// The callee names as its Contact a number that costs money, and challenges what comes there
/// with a nonce of the trunk: a digest of ours would call that number.
#[test]
fn a6_a_callee_does_not_get_a_digest_for_another_number() {
    for (contact, answered) in
        [("+1900", false), ("900", false), ("+8610", true), ("+86-10", true), ("gw-7f3a", true)]
    {
        let mut pair = Pair::new();
        let mut invite = pair.invite(CALL, Some(OFFER));
        invite.target = "sip:+8610@192.0.2.2".parse().unwrap();
        invite.credentials = Some(Credentials {
            realm: None,
            username: "alice".to_owned(),
            password: "secret".to_owned(),
        });
        pair.command(A, Command::Invite(Box::new(invite)));
        pair.run(100);
        pair.answer();
        pair.loses = Some(Box::new(|from, line| from == B && line.starts_with("200")));
        pair.drain_all();
        let lured = pair.last(B);
        let lured = lured.replace("<sip:192.0.2.2:5060>", &format!("<sip:{contact}@192.0.2.2>"));
        let flow = pair.flow(A);
        pair.inject(A, flow, &lured);
        assert!(pair.has(A, |e| matches!(e, Event::Answered { .. })), "{:?}", pair.trace);
        pair.hangup(A);
        let bye = pair.sent(A, Method::Bye);
        let mut challenge = bye.response(sip_codec::StatusCode::UNAUTHORIZED);
        challenge.headers.push_raw(
            HeaderName::WwwAuthenticate,
            "Digest realm=\"trunk\", nonce=\"relayed\", qop=\"auth\"",
        );
        let text = String::from_utf8_lossy(&challenge.to_bytes()).into_owned();
        pair.inject(A, flow, &text);
        let digests = pair
            .bytes
            .iter()
            .filter(|(.., bytes)| String::from_utf8_lossy(bytes).contains("nonce=\"relayed\""));
        assert_eq!(digests.count() > 0, answered, "{contact}");
    }
}

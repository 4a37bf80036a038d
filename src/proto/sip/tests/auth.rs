//! Digest authentication between two endpoints.

use super::pair::{A, B, CALL, OFFER, Pair};
use crate::sip::{Command, Credentials, Event, Secret, Verdict};
use causeway_base::EndCause;

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

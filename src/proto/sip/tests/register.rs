//! Registration from end to end: A is a device or a bridge at its trunk, B the registrar.

use super::pair::{A, B, CALL, OFFER, Pair};
use crate::sip::registrar::{self, Registrar};
use crate::sip::registration::{self, Account, Registration};
use crate::sip::{
    Carrier, Command, Config, Credentials, Endpoint, Event, Flow, Invite, Secret, Verdict,
};
use causeway_base::EndCause;
use sip_codec::header::Expires;
use sip_codec::{HeaderName, Method};
use std::net::SocketAddr;
use std::time::Duration;

const REALM: &str = "bridge.example";

fn secret(user: &str) -> Option<Secret> {
    match user {
        "alice" => Some(Secret::Password("secret".to_owned())),
        "bob" => Some(Secret::Password("hidden".to_owned())),
        _ => None,
    }
}

struct Site {
    pair: Pair,
    registrar: Registrar,
    registration: Registration,
    events: Vec<registration::Event>,
    verdicts: Vec<Verdict>,
}

impl Site {
    fn new(aor: &str, password: &str) -> Self {
        let mut pair = Pair::new();
        let config = Config { registrar: true, ..Config::new([5; 32]) };
        pair.sides[B].endpoint = Endpoint::new(config);
        let account = Account {
            registrar: "sip:192.0.2.2".parse().unwrap(),
            aor: format!("sip:{aor}@192.0.2.2").parse().unwrap(),
            contact_user: aor.to_owned(),
            route: Vec::new(),
            credentials: Some(Credentials {
                realm: Some(REALM.to_owned()),
                username: "alice".to_owned(),
                password: password.to_owned(),
            }),
            expires: Duration::from_secs(600),
            instance: "urn:uuid:00000000-0000-4000-8000-000000000001".into(),
        };
        let registration = Registration::new(pair.now, account, [6; 32]);
        let registrar = Registrar::new(registrar::Config::default());
        Self { pair, registrar, registration, events: Vec::new(), verdicts: Vec::new() }
    }

    /// B's part of the driver. Says whether it did anything.
    fn serve(&mut self) -> bool {
        let events = std::mem::take(&mut self.pair.sides[B].events);
        let mut served = false;
        for event in events {
            let Event::Register { flow, request, size } = event else { continue };
            served = true;
            let now = self.pair.now;
            let verdict = self.pair.sides[B].endpoint.verify(now, &request, REALM, &secret);
            let command = match &verdict {
                Verdict::Known { username } => {
                    let answer = self.registrar.register(now, &request, flow, username);
                    let (status, headers) = (answer.status, answer.headers);
                    Command::AnswerRegister { flow, request, size, status, headers }
                }
                verdict => {
                    let stale = *verdict == Verdict::Stale;
                    Command::Challenge { flow, request, size, realm: REALM.to_owned(), stale }
                }
            };
            self.verdicts.push(verdict);
            self.pair.command(B, command);
        }
        served
    }

    /// A's part of the driver.
    fn drive(&mut self) -> bool {
        let mut driven = false;
        for event in std::mem::take(&mut self.pair.sides[A].events) {
            let Event::Responded { from, response, .. } = event else { continue };
            driven = true;
            self.registration.handle_response(self.pair.now, from, response.as_deref());
        }
        loop {
            match self.registration.poll_output() {
                registration::Output::Send { flow, request } => {
                    driven = true;
                    self.pair.command(A, Command::Request { number: 1, flow, request });
                }
                registration::Output::Event(event) => self.events.push(event),
                registration::Output::Timeout(_) => return driven,
            }
        }
    }

    fn run(&mut self, ms: u64) {
        for _ in 0..ms.div_ceil(20) {
            let flow = self.pair.flow(A);
            self.registration.handle_timeout(self.pair.now, flow);
            while self.drive() | self.serve() {}
            self.pair.run(20);
            self.registrar.handle_timeout(self.pair.now);
        }
        while self.drive() | self.serve() {}
    }

    fn is_bound(&self) -> bool {
        !self.registrar.lookup(self.pair.now, "alice").is_empty()
    }
}

fn is_registered(event: &registration::Event) -> bool {
    matches!(event, registration::Event::Registered { .. })
}

#[test]
fn rfc3665_2_1_a_device_registers_with_digest_and_unregisters() {
    let mut site = Site::new("alice", "secret");
    site.run(200);
    assert_eq!(site.pair.trace, ["A REGISTER", "B 401 REGISTER", "A REGISTER", "B 200 REGISTER"]);
    assert_eq!(site.verdicts, [Verdict::Missing, Verdict::Known { username: "alice".into() }]);
    assert!(site.is_bound() && site.events.iter().all(is_registered));
    site.registration.stop(site.pair.now, None);
    site.run(200);
    assert!(!site.is_bound());
    assert_eq!(site.events.last(), Some(&registration::Event::Unregistered));
    site.pair.assert_empty();
}

#[test]
fn rfc3665_2_5_a_wrong_password_registers_nothing() {
    let mut site = Site::new("alice", "wrong");
    site.run(300);
    assert_eq!(site.verdicts, [Verdict::Missing, Verdict::Wrong]);
    assert!(!site.is_bound());
    assert_eq!(site.pair.trace.len(), 4);
    assert!(matches!(
        site.events.as_slice(),
        [registration::Event::Failed { cause: EndCause::Unauthorized, status: Some(401), .. }]
    ));
    site.pair.assert_empty();
}

#[test]
fn a26_a_user_does_not_register_for_another() {
    let mut site = Site::new("bob", "secret");
    site.run(300);
    assert_eq!(site.pair.trace.last().map(String::as_str), Some("B 403 REGISTER"));
    assert!(site.registrar.is_empty());
}

#[test]
fn a_registration_is_refreshed_for_hours() {
    let mut site = Site::new("alice", "secret");
    for _ in 0..60 {
        site.run(60_000);
        assert!(site.is_bound() && site.registration.is_registered(site.pair.now));
    }
    assert!(site.events.iter().all(is_registered));
    assert!(site.events.len() <= 9, "{}", site.events.len());
    let registered = std::iter::from_fn(|| site.registrar.poll_event()).count();
    assert_eq!(registered, 1, "a refresh is no event");
}

#[test]
fn a_lost_answer_is_given_again_and_counts_once() {
    let mut site = Site::new("alice", "secret");
    let mut lost = 0;
    site.pair.loses = Some(Box::new(move |from, line| {
        let answer = from == B && line == "200 REGISTER";
        lost += u32::from(answer);
        answer && lost <= 2
    }));
    site.run(5_000);
    assert!(site.is_bound() && site.registration.is_registered(site.pair.now));
    assert_eq!(site.verdicts.len(), 2, "the repeats were answered by the transaction");
    assert_eq!(site.pair.trace.iter().filter(|line| *line == "B 200 REGISTER").count(), 3);
    site.pair.assert_empty();
}

/// Bytes seen on the wire are of no use to anybody else.
#[test]
fn a_registration_that_was_overheard_cannot_be_played_again_elsewhere() {
    let mut site = Site::new("alice", "secret");
    site.run(200);
    let (.., bytes) = site.pair.bytes.iter().filter(|(from, ..)| *from == A).nth(1).unwrap();
    let text = String::from_utf8_lossy(bytes).replace("branch=z9hG4bK", "branch=z9hG4bKevil");
    let evil = Flow {
        carrier: Carrier::Udp,
        socket: 0,
        local: site.pair.sides[B].address,
        remote: SocketAddr::from(([198, 51, 100, 66], 5060)),
        name: None,
    };
    site.pair.inject(
        B,
        evil,
        &text.replace("Contact: <sip:alice@192.0.2.1", "Contact: <sip:x@evil"),
    );
    site.serve();
    assert_eq!(site.verdicts.last(), Some(&Verdict::Stale));
    let targets = site.registrar.lookup(site.pair.now, "alice");
    assert_eq!((targets.len(), targets[0].flow.remote), (1, site.pair.sides[A].address));
}

#[test]
fn a_registered_device_is_called_by_the_way_it_registered_from() {
    let mut site = Site::new("alice", "secret");
    site.run(200);
    site.pair.clear();
    let target = site.registrar.lookup(site.pair.now, "alice").remove(0);
    let from = "sip:room@192.0.2.2".parse().unwrap();
    let invite = Invite {
        offer: Some(OFFER.into()),
        route: target.path,
        ..Invite::new(CALL, target.flow, target.uri, from)
    };
    site.pair.command(B, Command::Invite(Box::new(invite)));
    site.pair.run(100);
    assert_eq!(site.pair.trace.first().map(String::as_str), Some("B INVITE"));
    let request = site.pair.sent(B, Method::Invite);
    assert_eq!(request.uri.user().unwrap(), *"alice");
}

#[test]
fn without_a_registrar_nobody_registers_and_a_short_question_gets_no_long_answer() {
    let register = |more: &str| {
        format!(
            "REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1;rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n\
             CSeq: 1 REGISTER\r\n{more}Content-Length: 0\r\n\r\n"
        )
    };
    let flow = Flow {
        carrier: Carrier::Udp,
        socket: 0,
        local: SocketAddr::from(([192, 0, 2, 2], 5060)),
        remote: SocketAddr::from(([198, 51, 100, 7], 5060)),
        name: None,
    };
    let mut pair = Pair::new();
    let agent = format!("User-Agent: {}\r\n", "x".repeat(100));
    pair.inject(B, flow, &register(&agent));
    assert_eq!(pair.trace, ["B 405 REGISTER"]);
    for length in [0, 40, 80, 160, 320, 640] {
        let mut site = Site::new("alice", "secret");
        let text = register(&format!("User-Agent: {}\r\n", "x".repeat(length)));
        site.pair.inject(B, flow, &text);
        site.serve();
        let sent: usize = site.pair.bytes.iter().map(|(.., bytes)| bytes.len()).sum();
        assert!(sent * 2 <= text.len() * 3, "{sent} for {}", text.len());
        assert_eq!(site.pair.sides[B].endpoint.kept(), (0, 0));
        let last = site.pair.last(B);
        assert_eq!(last.contains("algorithm=MD5"), length >= 40, "{length}: {last}");
        assert_eq!(last.contains("algorithm=SHA-256"), length >= 160, "{length}: {last}");
    }
}

#[test]
fn a7_messages_and_subscriptions_are_refused_with_a_registrar_too() {
    for (method, status) in [("MESSAGE", 405), ("SUBSCRIBE", 405), ("PUBLISH", 405), ("FOO", 501)] {
        let mut site = Site::new("alice", "secret");
        let flow = Flow { remote: site.pair.sides[A].address, ..site.pair.flow(B) };
        let text = format!(
            "{method} sip:alice@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n\
             Event: presence\r\nUser-Agent: {}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n",
            "x".repeat(100)
        );
        site.pair.inject(B, flow, &text);
        assert!(site.pair.trace[0].starts_with(&format!("B {status}")), "{:?}", site.pair.trace);
        assert!(site.pair.sides[B].events.is_empty());
    }
}

#[test]
fn a_refusal_keeps_nothing_and_says_what_it_must() {
    let mut site = Site::new("alice", "secret");
    site.registrar = Registrar::new(registrar::Config {
        min_expires: Duration::from_secs(1_200),
        ..registrar::Config::default()
    });
    site.run(400);
    // 401, 423 with Min-Expires, and then as it wants.
    assert!(site.is_bound(), "{:?}", site.pair.trace);
    assert!(site.pair.trace.contains(&"B 423 REGISTER".to_owned()));
    let asked = site.pair.sent(A, Method::Register);
    assert_eq!(asked.headers.get::<Expires>().unwrap().unwrap(), Expires(600));
    assert!(site.pair.last(B).contains("expires=1200"));
    assert!(asked.headers.has(&HeaderName::Allow));
}

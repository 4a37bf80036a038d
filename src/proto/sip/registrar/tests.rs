//! Bindings on a virtual clock: the flows of RFC 3665 section 2, attacks, a model.

use super::*;
use crate::sip::words::Carrier;
use bytes::Bytes;
use proptest::prelude::*;
use sip_codec::{Limits, Message, parse_datagram};
use std::collections::BTreeMap;
use std::net::SocketAddr;

#[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a test")]
fn zero() -> Instant {
    Instant::now()
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn flow(carrier: Carrier, port: u16) -> Flow {
    let local = SocketAddr::from(([192, 0, 2, 2], 5060));
    Flow {
        carrier,
        socket: 0,
        local,
        remote: SocketAddr::from(([192, 0, 2, 201], port)),
        name: None,
    }
}

fn udp() -> Flow {
    flow(Carrier::Udp, 5060)
}

/// A REGISTER of Bob's; `lines` follow the usual headers.
fn register(cseq: u32, lines: &str) -> Request {
    register_as("bob", "1j9FpLxk3uxtm8tn", cseq, lines)
}

fn register_as(user: &str, call_id: &str, cseq: u32, lines: &str) -> Request {
    let text = format!(
        "REGISTER sip:biloxi.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.201:5060;branch=z9hG4bKnashds{cseq}\r\nMax-Forwards: 70\r\n\
         From: Bob <sip:{user}@biloxi.example>;tag=a73kszlfl\r\n\
         To: Bob <sip:{user}@biloxi.example>\r\nCall-ID: {call_id}\r\n\
         CSeq: {cseq} REGISTER\r\n{lines}Content-Length: 0\r\n\r\n"
    );
    match parse_datagram(&Bytes::from(text), &Limits::DEFAULT) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

/// The contacts of an answer: URI and seconds.
fn contacts(answer: &Answer) -> Vec<(String, u32)> {
    let contacts = answer.headers.readable::<Contact>();
    contacts
        .map(|c| (c.address().unwrap().uri.to_string(), c.expires().expect("seconds are left")))
        .collect()
}

struct Site {
    now: Instant,
    registrar: Registrar,
}

impl Site {
    fn new() -> Self {
        let config = Config { domains: vec!["biloxi.example".into()], ..Config::default() };
        Self { now: zero(), registrar: Registrar::new(config) }
    }

    fn ask(&mut self, request: &Request) -> Answer {
        self.registrar.register(self.now, request, udp(), "bob")
    }

    fn bound(&self) -> Vec<String> {
        let targets = self.registrar.lookup(self.now, "bob");
        targets.iter().map(|target| target.uri.to_string()).collect()
    }

    fn gone(&mut self) -> Vec<Gone> {
        let events = std::iter::from_fn(|| self.registrar.poll_event());
        let gone = events.filter_map(|event| match event {
            Event::Unregistered { why, .. } => Some(why),
            Event::Registered { .. } => None,
        });
        gone.collect()
    }
}

const FIRST: &str = "Contact: <sip:bob@client.biloxi.example>\r\n";
const SECOND: &str = "Contact: <mailto:bob@biloxi.example>\r\n";

#[test]
fn rfc3665_2_1_a_new_registration() {
    let mut site = Site::new();
    let answer = site.ask(&register(2, FIRST));
    assert_eq!(answer.status, 200);
    assert_eq!(contacts(&answer), [("sip:bob@client.biloxi.example".into(), 3600)]);
    let target = &site.registrar.lookup(site.now, "bob")[0];
    assert_eq!((target.flow, target.q), (udp(), 1000));
    assert!(matches!(site.registrar.poll_event(), Some(Event::Registered { .. })));
    assert!(site.registrar.lookup(site.now, "alice").is_empty());
}

#[test]
fn rfc3665_2_2_the_contact_list_is_updated() {
    let mut site = Site::new();
    site.ask(&register(1, FIRST));
    site.now += seconds(100);
    // The RFC adds a mailto: address; nobody can be called there, so that it is refused whole.
    assert_eq!(site.ask(&register(2, SECOND)).status, 400);
    let answer = site.ask(&register(3, "Contact: <sip:bob@phone.example>;q=0.5;expires=600\r\n"));
    assert_eq!(
        contacts(&answer),
        [("sip:bob@client.biloxi.example".into(), 3500), ("sip:bob@phone.example".into(), 600)]
    );
    assert_eq!(site.bound(), ["sip:bob@client.biloxi.example", "sip:bob@phone.example"]);
}

#[test]
fn rfc3665_2_3_the_contact_list_is_fetched() {
    let mut site = Site::new();
    assert_eq!(contacts(&site.ask(&register(1, ""))), []);
    site.ask(&register(2, FIRST));
    let answer = site.ask(&register(3, ""));
    assert_eq!((answer.status, contacts(&answer).len()), (200, 1));
}

#[test]
fn rfc3665_2_4_a_registration_is_cancelled() {
    let mut site = Site::new();
    site.ask(&register(1, &format!("{FIRST}Contact: <sip:bob@other.example>\r\n")));
    assert_eq!(site.bound().len(), 2);
    let answer = site.ask(&register(2, "Expires: 0\r\nContact: *\r\n"));
    assert_eq!((answer.status, contacts(&answer).len()), (200, 0));
    assert_eq!(site.gone(), [Gone::Asked, Gone::Asked]);
    assert!(site.registrar.is_empty() && site.registrar.poll_timeout().is_none());
    assert!(site.registrar.by_flow.is_empty() && site.registrar.aors.is_empty());
    assert_eq!(site.ask(&register(2, "Expires: 0\r\nContact: *\r\n")).status, 200);
}

#[test]
fn rfc3665_2_5_an_unsuccessful_registration_binds_nothing() {
    let mut site = Site::new();
    // The digest has failed already where somebody else's credentials are good; this is the rest.
    let answer = site.registrar.register(site.now, &register(1, FIRST), udp(), "alice");
    assert_eq!(answer, Answer::status(403));
    assert!(site.registrar.is_empty() && site.registrar.poll_event().is_none());
}

#[test]
fn a26_nobody_registers_or_removes_for_another() {
    let mut site = Site::new();
    site.ask(&register(1, FIRST));
    for lines in [FIRST, "Contact: *\r\nExpires: 0\r\n", "Contact: <sip:eve@evil.example>\r\n", ""]
    {
        let request = register_as("bob", "eve", 9, lines);
        let answer = site.registrar.register(site.now, &request, udp(), "eve");
        assert_eq!(answer, Answer::status(403), "{lines}");
    }
    assert_eq!(site.bound(), ["sip:bob@client.biloxi.example"]);
}

#[test]
fn a26_a_contact_that_names_a_victim_is_called_where_it_registered_from() {
    let mut site = Site::new();
    site.ask(&register(1, "Contact: <sip:victim@203.0.113.7:53>\r\n"));
    assert_eq!(site.registrar.lookup(site.now, "bob")[0].flow, udp());
}

#[test]
fn requests_out_of_order_change_nothing_and_repeats_are_answered_again() {
    let mut site = Site::new();
    let both = format!("{FIRST}Contact: <sip:bob@new.example>\r\n");
    site.ask(&register(5, FIRST));
    assert_eq!(site.ask(&register(4, &both)).status, 500);
    assert_eq!(site.bound().len(), 1, "all or nothing");
    assert_eq!(site.ask(&register(5, "Contact: *\r\nExpires: 0\r\n")).status, 500);
    let until = site.registrar.lookup(site.now, "bob")[0].until;
    site.now += seconds(5);
    assert_eq!(site.ask(&register(5, FIRST)).status, 200);
    assert_eq!(site.registrar.lookup(site.now, "bob")[0].until, until, "a retransmission");
    // A device that has started again counts anew under another Call-ID.
    assert_eq!(site.ask(&register_as("bob", "again", 1, FIRST)).status, 200);
    assert!(site.registrar.lookup(site.now, "bob")[0].until > until);
}

#[test]
fn torture() {
    let long = format!("Contact: <sip:{}@a.example>\r\n", "x".repeat(2_000));
    let many: String = (0..11).map(|n| format!("Contact: <sip:b{n}@a.example>\r\n")).collect();
    let paths = "Path: <sip:p.example;lr>\r\n".repeat(40);
    for (lines, status) in [
        ("Contact: *\r\n", 400),
        ("Contact: *\r\nExpires: 60\r\n", 400),
        ("Contact: *\r\nExpires: rubbish\r\n", 400),
        ("Contact: *, <sip:a@a.example>\r\nExpires: 0\r\n", 400),
        ("Contact: <sip:a@a.example\r\n", 400),
        ("Contact: <tel:+8610>\r\n", 400),
        ("Contact: <sip:a@a.example>;expires=59\r\n", 423),
        ("Contact: <sip:a@a.example>;expires=1\r\nExpires: 3600\r\n", 423),
        ("Contact: <sip:a@a.example>\r\nPath: <sip:p\r\n", 400),
        (long.as_str(), 400),
        (many.as_str(), 403),
        (paths.as_str(), 400),
        ("Contact: <sip:a@a.example>;expires=-1\r\n", 200),
        ("Contact: <sip:a@a.example>;expires=99999999999999\r\n", 200),
        ("Contact: <sip:a@a.example>\r\nExpires: 4294967295\r\n", 200),
        ("Contact: <sip:a@a.example>;expires=0;q=9\r\n", 200),
        ("Contact: <sip:a@a.example>;reg-id=1;+sip.instance\r\nSupported: outbound\r\n", 200),
    ] {
        let mut site = Site::new();
        let answer = site.ask(&register(1, lines));
        assert_eq!(answer.status, status, "{lines}");
        assert_eq!(site.registrar.is_empty(), status != 200 || lines.contains("=0"), "{lines}");
        assert!(contacts(&answer).iter().all(|(_, left)| *left <= 3600), "{lines}");
        assert_eq!(answer.headers.has(&HeaderName::MinExpires), status == 423);
    }
}

#[test]
fn another_domain_is_none_of_ours() {
    let mut site = Site::new();
    let elsewhere = |from: &str, to: &str| {
        let bytes = register(1, FIRST).to_bytes();
        let text = String::from_utf8_lossy(&bytes).replace(from, to);
        match parse_datagram(&Bytes::from(text), &Limits::DEFAULT) {
            Ok(Message::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    };
    for (from, to, status) in [
        ("REGISTER sip:biloxi.example", "REGISTER sip:evil.example", 404),
        ("<sip:bob@biloxi.example>\r\nCall", "<sip:bob@evil.example>\r\nCall", 404),
        ("<sip:bob@biloxi.example>\r\nCall", "<sip:biloxi.example>\r\nCall", 404),
        ("biloxi.example", "BILOXI.example", 200),
        ("biloxi.example", "192.0.2.2", 200),
        ("<sip:bob@biloxi.example>\r\nCall", "<sip:%62ob@biloxi.example>\r\nCall", 200),
    ] {
        assert_eq!(site.ask(&elsewhere(from, to)).status, status, "{to}");
        site.registrar.remove("bob");
    }
}

#[test]
fn what_is_not_refreshed_expires() {
    let mut site = Site::new();
    site.ask(&register(1, &format!("{FIRST}Expires: 100\r\n")));
    assert_eq!(site.registrar.poll_timeout(), Some(site.now + seconds(100)));
    site.now += seconds(90);
    site.ask(&register(2, &format!("{FIRST}Expires: 100\r\n")));
    site.now += seconds(99);
    site.registrar.handle_timeout(site.now);
    assert_eq!(site.bound().len(), 1);
    site.now += seconds(1);
    assert!(site.bound().is_empty(), "even before the timer fires");
    site.registrar.handle_timeout(site.now);
    assert_eq!(site.gone(), [Gone::Expired]);
    assert!(site.registrar.is_empty());
}

#[test]
fn a_device_behind_nat_registers_often_enough_to_keep_it_open() {
    let mut site = Site::new();
    let mut nat = udp();
    nat.remote = SocketAddr::from(([203, 0, 113, 9], 31_000));
    let answer = site.registrar.register(site.now, &register(1, FIRST), nat, "bob");
    assert_eq!(contacts(&answer)[0].1, 60);
    assert_eq!(site.registrar.lookup(site.now, "bob")[0].flow, nat);
    // The NAT gives it another port: the device moves, and is none besides.
    nat.remote.set_port(31_001);
    site.registrar.register(site.now, &register(2, FIRST), nat, "bob");
    let targets = site.registrar.lookup(site.now, "bob");
    assert_eq!((targets.len(), targets[0].flow), (1, nat));
    assert_eq!(site.registrar.by_flow.len(), 1);
}

#[test]
fn the_ways_of_an_outbound_device_are_kept_apart_and_end_with_their_connections() {
    let mut site = Site::new();
    let instance = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"";
    let ways = [flow(Carrier::Tcp, 1), flow(Carrier::Tls, 2)];
    for (n, way) in (1..).zip(ways) {
        let lines = format!(
            "Supported: path, outbound\r\n\
             Contact: <sip:bob@10.0.0.1;transport=tcp>;reg-id={n};{instance}\r\n"
        );
        let request = register_as("bob", &format!("c{n}"), 1, &lines);
        let answer = site.registrar.register(site.now, &request, way, "bob");
        assert!(answer.headers.readable::<Require>().any(|tag| tag.0 == "outbound"));
        assert!(answer.headers.has(&HeaderName::new("Flow-Timer").unwrap()));
        let text = answer.headers.raw(&HeaderName::Contact).next().unwrap().clone();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains("reg-id=1") && text.contains(instance), "{text}");
    }
    let targets = site.registrar.lookup(site.now, "bob");
    assert_eq!(targets.len(), 2);
    assert!(targets[0].instance.is_some() && targets[0].instance == targets[1].instance);
    site.registrar.flow_closed(ways[0]);
    let targets = site.registrar.lookup(site.now, "bob");
    assert_eq!(targets.iter().map(|t| t.flow).collect::<Vec<_>>(), [ways[1]]);
    assert_eq!(site.gone(), [Gone::FlowClosed]);
    let two = format!("<sip:a@a.example>;reg-id=1;{instance}, <sip:b@a.example>");
    let request = register(9, &format!("Supported: outbound\r\nContact: {two}\r\n"));
    assert_eq!(site.ask(&request).status, 400);
}

#[test]
fn a_proxy_that_does_not_keep_the_flow_is_told() {
    let mut site = Site::new();
    let lines = |path: &str| {
        format!(
            "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\nSupported: path, outbound\r\n{path}\
             Contact: <sip:bob@10.0.0.1>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n"
        )
    };
    assert_eq!(site.ask(&register(1, &lines(""))).status, 439);
    let answer = site.ask(&register(2, &lines("Path: <sip:edge.example;lr;ob>\r\n")));
    assert_eq!(answer.status, 200);
    assert!(answer.headers.has(&HeaderName::Path));
    assert_eq!(site.registrar.lookup(site.now, "bob")[0].path.len(), 1);
}

#[test]
fn a_device_that_starts_again_is_not_there_twice() {
    let mut site = Site::new();
    for n in 1..=3 {
        let lines = format!("Contact: <sip:bob@10.0.0.{n}>;+sip.instance=\"<urn:uuid:1>\"\r\n");
        site.ask(&register_as("bob", &format!("boot{n}"), 1, &lines));
    }
    assert_eq!(site.bound(), ["sip:bob@10.0.0.3"]);
}

#[test]
fn the_bindings_of_one_user_are_bounded() {
    let mut site = Site::new();
    for n in 0..50 {
        site.now += seconds(1);
        let request =
            register_as("bob", &format!("c{n}"), 1, &format!("Contact: <sip:b@10.0.0.{n}>\r\n"));
        assert_eq!(site.ask(&request).status, 200);
    }
    assert_eq!(site.bound().len(), MAX_BINDINGS);
    assert_eq!(site.bound()[0], "sip:b@10.0.0.49", "the last is the best");
    assert_eq!(site.gone(), [Gone::Replaced; 40]);
}

#[test]
fn names_and_addresses_do_not_show() {
    let mut site = Site::new();
    site.ask(&register(1, FIRST));
    let event = site.registrar.poll_event();
    let shown = format!("{:?} {event:?}", site.registrar);
    assert!(!shown.contains("bob") && !shown.contains("192.0"), "{shown}");
}

/// What a model does with one contact.
#[derive(Clone, Debug)]
struct Step {
    user: u8,
    call: u8,
    cseq: u32,
    contact: u8,
    expires: u32,
    wildcard: bool,
    wait: u64,
}

fn step() -> impl Strategy<Value = Step> {
    (0..2u8, 0..2u8, 1..8u32, 0..4u8, prop_oneof![Just(0), 60..400u32], 0..12u8, 0..90u64).prop_map(
        |(user, call, cseq, contact, expires, wildcard, wait)| Step {
            user,
            call,
            cseq,
            contact,
            expires,
            wildcard: wildcard == 0,
            wait,
        },
    )
}

type Model = BTreeMap<(u8, u8), (u8, u32, Instant)>;

/// Section 10.3 for requests of one contact. Gives the status.
fn model(model: &mut Model, now: Instant, step: &Step) -> u16 {
    model.retain(|_, (_, _, until)| *until > now);
    let until = now + seconds(u64::from(step.expires));
    if step.wildcard {
        let mine = model.iter().filter(|((user, _), _)| *user == step.user);
        if mine.into_iter().any(|(_, (call, cseq, _))| *call == step.call && step.cseq <= *cseq) {
            return 500;
        }
        model.retain(|(user, _), _| *user != step.user);
        return 200;
    }
    let key = (step.user, step.contact);
    match model.get(&key) {
        Some((call, cseq, _)) if *call == step.call && step.cseq < *cseq => return 500,
        Some((call, cseq, _)) if *call == step.call && step.cseq == *cseq => return 200,
        _ => {}
    }
    match step.expires {
        0 => drop(model.remove(&key)),
        _ => drop(model.insert(key, (step.call, step.cseq, until))),
    }
    200
}

proptest! {
    #[test]
    fn bindings_are_as_the_model_has_them(steps in proptest::collection::vec(step(), 0..60)) {
        let mut site = Site::new();
        let mut expected = Model::new();
        for step in steps {
            site.now += seconds(step.wait);
            let user = format!("user{}", step.user);
            let lines = match step.wildcard {
                true => "Contact: *\r\nExpires: 0\r\n".to_owned(),
                false => format!("Contact: <sip:d{}@a.example>;expires={}\r\n", step.contact, step.expires),
            };
            let request = register_as(&user, &format!("call{}", step.call), step.cseq, &lines);
            let answer = site.registrar.register(site.now, &request, udp(), &user);
            prop_assert_eq!(answer.status, model(&mut expected, site.now, &step));
            for user in 0..2u8 {
                let mut found: Vec<_> = site
                    .registrar
                    .lookup(site.now, &format!("user{user}"))
                    .into_iter()
                    .map(|target| (target.uri.to_string(), target.until))
                    .collect();
                found.sort();
                let mine = expected.iter().filter(|((u, _), _)| *u == user);
                let mine: Vec<_> = mine
                    .map(|((_, d), (_, _, until))| (format!("sip:d{d}@a.example"), *until))
                    .collect();
                prop_assert_eq!(found, mine);
            }
            prop_assert_eq!(site.registrar.len(), expected.len());
            let next = expected.values().map(|(_, _, until)| *until).min();
            prop_assert_eq!(site.registrar.poll_timeout(), next);
        }
        site.now += seconds(500);
        site.registrar.handle_timeout(site.now);
        prop_assert!(site.registrar.is_empty() && site.registrar.aors.is_empty());
        prop_assert!(site.registrar.by_flow.is_empty() && site.registrar.deadlines.len() == 0);
    }
}

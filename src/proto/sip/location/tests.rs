//! Locations: the rules of RFC 3263 section 4, with records made by hand.

use super::*;
use proptest::prelude::*;
use sip_codec::Uri;

const ALL: Abilities = Abilities { udp: true, tcp: true, tls: true, ipv4: true, ipv6: true };

/// A domain's records.
type Zone = HashMap<Query, Vec<Record>>;

fn naptr(order: u16, service: &str, replacement: &str) -> Record {
    Record::Naptr {
        order,
        preference: 10,
        flags: "s".to_owned(),
        service: service.to_owned(),
        replacement: replacement.to_owned(),
    }
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> Record {
    Record::Srv { priority, weight, port, target: target.to_owned() }
}

fn address(text: &str) -> Record {
    Record::Address(text.parse().expect(text))
}

fn zone(entries: Vec<(Query, Vec<Record>)>) -> Zone {
    entries.into_iter().collect()
}

fn q_naptr(name: &str) -> Query {
    Query::Naptr(name.to_owned())
}

fn q_srv(name: &str) -> Query {
    Query::Srv(name.to_owned())
}

fn q_a(name: &str) -> Query {
    Query::Address(name.to_owned())
}

/// Where a URI leads, and what was asked for it.
fn locate_with(
    uri: &str,
    able: Abilities,
    zone: &Zone,
    draw: &mut dyn FnMut(u32) -> u32,
) -> (Vec<String>, Vec<Query>) {
    let uri = Uri::parse(uri.to_owned()).expect(uri);
    let (mut location, mut step) = Location::begin(uri.as_sip().expect("a SIP URI"), able);
    let mut asked = Vec::new();
    loop {
        match step {
            Step::Found(targets) => {
                let shown = |t: Target| format!("{} {}", t.carrier.via_name(), t.address);
                return (targets.into_iter().map(shown).collect(), asked);
            }
            Step::Ask(queries) => {
                assert!(!queries.is_empty() && queries.len() <= MAX_QUERIES);
                let answer = |query| zone.get(query).cloned().unwrap_or_default();
                let answers: Vec<_> = queries.iter().map(answer).collect();
                asked.extend(queries);
                step = location.answer(&answers, draw);
            }
        }
    }
}

fn locate(uri: &str, zone: &Zone) -> Vec<String> {
    locate_with(uri, ALL, zone, &mut |_| 0).0
}

#[test]
fn a_numeric_host_needs_no_dns() {
    for (uri, expected) in [
        ("sip:1@192.0.2.1", vec!["UDP 192.0.2.1:5060", "TCP 192.0.2.1:5060"]),
        ("sip:192.0.2.1:5070;transport=tcp", vec!["TCP 192.0.2.1:5070"]),
        ("sip:192.0.2.1;transport=TLS", vec!["TLS 192.0.2.1:5061"]),
        ("sips:192.0.2.1", vec!["TLS 192.0.2.1:5061"]),
        ("sips:192.0.2.1;transport=tcp", vec!["TLS 192.0.2.1:5061"]),
        ("sips:192.0.2.1;transport=udp", vec![]),
        ("sip:192.0.2.1;transport=sctp", vec![]),
        ("sip:[2001:db8::1]:5062;transport=udp", vec!["UDP [2001:db8::1]:5062"]),
        ("sip:192.0.2.1;transport=udp;maddr=198.51.100.7", vec!["UDP 192.0.2.1:5060"]),
    ] {
        let (targets, asked) = locate_with(uri, ALL, &Zone::new(), &mut |_| 0);
        assert_eq!(targets, expected, "{uri}");
        assert!(asked.is_empty(), "{uri}");
    }
}

#[test]
fn naptr_then_srv_then_addresses_in_the_order_of_the_domain() {
    let zone = zone(vec![
        (
            q_naptr("example.com"),
            vec![
                naptr(90, "SIP+D2U", "_sip._udp.example.com"),
                naptr(50, "SIPS+D2T", "_sips._tcp.example.com"),
                naptr(10, "E2U+email", "mail.example.com"),
                naptr(70, "SIP+D2X", "_sip._sctp.example.com"),
            ],
        ),
        (q_srv("_sips._tcp.example.com"), vec![srv(1, 0, 5061, "tls.example.com")]),
        (
            q_srv("_sip._udp.example.com"),
            vec![srv(20, 0, 5090, "second.example.com"), srv(10, 0, 5080, "first.example.com")],
        ),
        (q_a("tls.example.com"), vec![address("2001:db8::5"), address("192.0.2.5")]),
        (q_a("first.example.com"), vec![address("192.0.2.10")]),
        (q_a("second.example.com"), vec![address("192.0.2.20")]),
    ]);
    assert_eq!(
        locate("sip:room@EXAMPLE.com.", &zone),
        [
            "TLS [2001:db8::5]:5061",
            "TLS 192.0.2.5:5061",
            "UDP 192.0.2.10:5080",
            "UDP 192.0.2.20:5090"
        ]
    );
    let plain = Abilities { tls: false, ipv6: false, ..ALL };
    let (targets, _) = locate_with("sip:room@example.com", plain, &zone, &mut |_| 0);
    assert_eq!(targets, ["UDP 192.0.2.10:5080", "UDP 192.0.2.20:5090"]);
}

#[test]
fn without_naptr_srv_of_every_way_is_asked_for() {
    let zone = zone(vec![
        (q_srv("_sip._udp.example.com"), vec![srv(0, 0, 5060, "sip.example.com")]),
        (q_a("sip.example.com"), vec![address("192.0.2.7")]),
        (q_a("example.com"), vec![address("192.0.2.1")]),
    ]);
    let (targets, asked) = locate_with("sip:example.com", ALL, &zone, &mut |_| 0);
    assert_eq!(targets, ["UDP 192.0.2.7:5060"]);
    assert_eq!(
        asked,
        [
            q_naptr("example.com"),
            q_srv("_sips._tcp.example.com"),
            q_srv("_sip._tcp.example.com"),
            q_srv("_sip._udp.example.com"),
            q_a("sip.example.com"),
        ]
    );
}

#[test]
fn without_any_record_but_addresses_it_is_udp_then_tcp() {
    let zone = zone(vec![(q_a("example.com"), vec![address("192.0.2.1")])]);
    assert_eq!(locate("sip:example.com", &zone), ["UDP 192.0.2.1:5060", "TCP 192.0.2.1:5060"]);
    assert_eq!(locate("sips:example.com", &zone), ["TLS 192.0.2.1:5061"]);
    assert_eq!(locate("sip:example.com;transport=tls", &zone), ["TLS 192.0.2.1:5061"]);
    assert!(locate("sip:other.example", &zone).is_empty());
}

#[test]
fn a_port_skips_srv_and_a_transport_skips_naptr() {
    let zone = zone(vec![
        (q_naptr("example.com"), vec![naptr(1, "SIP+D2U", "_sip._udp.example.com")]),
        (q_srv("_sip._tcp.example.com"), vec![srv(0, 0, 5077, "tcp.example.com")]),
        (q_a("tcp.example.com"), vec![address("192.0.2.77")]),
        (q_a("example.com"), vec![address("192.0.2.1")]),
    ]);
    let (targets, asked) = locate_with("sip:example.com:5099", ALL, &zone, &mut |_| 0);
    assert_eq!(targets, ["UDP 192.0.2.1:5099", "TCP 192.0.2.1:5099"]);
    assert_eq!(asked, [q_a("example.com")]);
    assert_eq!(locate("sip:example.com;transport=tcp", &zone), ["TCP 192.0.2.77:5077"]);
}

#[test]
fn a_dot_as_srv_target_says_not_here() {
    let zone = zone(vec![
        (q_srv("_sip._udp.example.com"), vec![srv(0, 0, 0, "")]),
        (q_a("example.com"), vec![address("192.0.2.1")]),
    ]);
    assert!(locate("sip:example.com", &zone).is_empty());
}

#[test]
fn srv_weights_share_the_calls() {
    let zone = zone(vec![
        (
            q_srv("_sip._udp.example.com"),
            vec![
                srv(1, 75, 5060, "a.example.com"),
                srv(1, 25, 5060, "b.example.com"),
                srv(2, 100, 5060, "c.example.com"),
            ],
        ),
        (q_a("a.example.com"), vec![address("192.0.2.1")]),
        (q_a("b.example.com"), vec![address("192.0.2.2")]),
        (q_a("c.example.com"), vec![address("192.0.2.3")]),
    ]);
    let mut first = 0;
    for number in 0..1000u32 {
        let mut drawn = 0u32;
        let mut draw = |bound: u32| {
            drawn += 1;
            // Every value of the first draw equally often.
            (number * 101 / 1000 + drawn - 1) % bound
        };
        let (targets, _) = locate_with("sip:example.com;transport=udp", ALL, &zone, &mut draw);
        assert_eq!(targets.len(), 3);
        assert_eq!(targets[2], "UDP 192.0.2.3:5060");
        first += u32::from(targets[0] == "UDP 192.0.2.1:5060");
    }
    assert!((730..=770).contains(&first), "{first}");
}

#[test]
fn work_is_bounded_whatever_the_dns_says() {
    let many: Vec<_> = (0..500).map(|n| srv(1, 1, 5060, &format!("h{n}.example.com"))).collect();
    let mut entries = vec![(q_srv("_sip._udp.example.com"), many)];
    for n in 0..500u32 {
        let addresses = (0..100).map(|k| Record::Address([10, n as u8, 0, k].into())).collect();
        entries.push((q_a(&format!("h{n}.example.com")), addresses));
    }
    let zone = zone(entries);
    let (targets, asked) = locate_with("sip:example.com", ALL, &zone, &mut |_| 0);
    assert_eq!(targets.len(), MAX_TARGETS);
    assert!(asked.len() <= 4 + MAX_QUERIES, "{}", asked.len());
}

fn any_record() -> impl Strategy<Value = Record> {
    let name = "[a-c.]{0,4}";
    prop_oneof![
        (any::<u16>(), "[sua]?", "(SIP|SIPS|sip)\\+D2[UTS]", name).prop_map(
            |(order, flags, service, replacement)| Record::Naptr {
                order,
                preference: 0,
                flags,
                service,
                replacement
            }
        ),
        (0u16..4, any::<u16>(), any::<u16>(), name).prop_map(|(priority, weight, port, target)| {
            Record::Srv { priority, weight, port, target }
        }),
        any::<IpAddr>().prop_map(Record::Address),
    ]
}

proptest! {
    #[test]
    fn any_answer_leads_to_an_end_within_three_rounds(
        rounds in prop::collection::vec(prop::collection::vec(prop::collection::vec(any_record(), 0..8), 0..6), 4),
        uri in prop::sample::select(vec!["sip:a.b", "sips:a.b", "sip:a.b;transport=tcp", "sip:a.b:5070"]),
        drawn: u32,
        able in any::<[bool; 5]>(),
    ) {
        let able = Abilities { udp: able[0], tcp: able[1], tls: able[2], ipv4: able[3], ipv6: able[4] };
        let uri = Uri::parse(uri.to_owned()).expect("a URI");
        let (mut location, mut step) = Location::begin(uri.as_sip().expect("SIP"), able);
        let mut rounds = rounds.iter();
        while let Step::Ask(queries) = step {
            prop_assert!(!queries.is_empty() && queries.len() <= MAX_QUERIES);
            let answers = rounds.next();
            prop_assert!(answers.is_some(), "asks on and on");
            step = location.answer(answers.expect("checked"), &mut |_| drawn);
        }
        let Step::Found(targets) = step else { unreachable!() };
        prop_assert!(targets.len() <= MAX_TARGETS);
        for target in &targets {
            prop_assert!(able.reaches(target.address.ip()) && able.speaks(target.carrier));
            prop_assert!(uri.scheme() != b"sips" || target.carrier == Carrier::Tls);
        }
    }
}

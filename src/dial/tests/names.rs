//! Names come before rules.

use super::*;
use crate::Form;
use causeway_base::EndCause;

fn to(called: &str) -> Destination {
    resolve(&mut resolver(vec![rule("all", ".*1001.*", "reject:486")]), called).0
}

#[test]
fn a_name_is_reached_at_every_host_of_ours_and_by_number() {
    for called in [
        "sip:1001@bridge.example.com",
        "sips:1001@BRIDGE.example.com.:5061",
        "sip:1001@192.0.2.5:5060",
        "sip:1001@[2001:DB8:0::7]",
        "sip:HuiYi@192.0.2.5",
        "h323:1001@bridge.example.com",
        "tel:1001",
        "10-01",
        "sip:10-01@192.0.2.5",
        "sip:１００１@192.0.2.5",
    ] {
        assert_eq!(to(called), Destination::Conference("one".into()), "{called}");
    }
    for called in ["sip:1002@rooms.example.net", "SIP:1002@Rooms.example.net.:5061"] {
        assert_eq!(to(called), Destination::Conference("two".into()), "{called}");
    }
    assert_eq!(to("test@bridge.example.com"), Destination::TestCall);
}

#[test]
fn another_host_or_protocol_is_another_name() {
    let refused = Destination::Reject(EndCause::NotFound);
    for called in [
        "sip:1001@other.example.com",
        "sip:1002@192.0.2.5",
        "h323:1002@rooms.example.net",
        "sip:bridge.example.com",
        "sip:huiyi@localhost",
    ] {
        assert_eq!(to(called), refused, "{called}");
    }
}

/// livekit/agents#5847: rules never matched, because a trunk wrote the number in another form.
#[test]
fn every_form_of_a_did_reaches_the_same_conference_agents_5847() {
    for called in [
        "tel:+86-21-5555-0000",
        "sip:+862155550000@192.0.2.5",
        "sip:862155550000@192.0.2.5",
        "sip:02155550000@192.0.2.5",
        "sip:2155550000@192.0.2.5",
        "sip:00862155550000@192.0.2.5",
        "sip:902155550000@192.0.2.5",
        "sip:+86(0)2155550000@192.0.2.5",
        "h323:02155550000",
    ] {
        assert_eq!(to(called), Destination::Conference("two".into()), "{called}");
    }
    assert_eq!(to("sip:2255550000@192.0.2.5"), Destination::Reject(EndCause::NotFound));
}

/// openmcu#31: the room of a Polycom HDX that dials `IP##room` was lost, and it landed in the
/// default room.
#[test]
fn ip_hash_hash_room_reaches_the_room_not_the_default_openmcu_31() {
    for called in [
        "192.0.2.5##1001",
        "sip:192.0.2.5##1001@192.0.2.5",
        "h323:192.0.2.5##1001",
        "sip:##1001@192.0.2.5",
        "sip:192.0.2.5##1001#@192.0.2.5",
    ] {
        assert_eq!(to(called), Destination::Conference("one".into()), "{called}");
    }
    let refused = Destination::Reject(EndCause::NotFound);
    assert_eq!(to("sip:192.0.2.5##4711@192.0.2.5"), refused, "never another room");
    assert_eq!(to("sip:203.0.113.9##1001@192.0.2.5"), refused, "never another bridge");
}

#[test]
fn an_address_alone_asks_for_the_empty_name() {
    let (_, why) = resolve(&mut resolver(Vec::new()), "sip:192.0.2.5");
    assert_eq!(why.names().first().map(|step| step.form), Some(Form::AsDialled));
    let mut front = NameTable::new();
    let empty = AliasPattern::AtOurHosts(String::new());
    let numbers = NumberPlan::default();
    front.insert(&empty, &numbers, Found::Reception { lang: None }).expect("free");
    let called = Alias::parse("sip:192.0.2.5").expect("an alias");
    let local = LOCAL.parse().expect("an address");
    let call = IncomingCall { called: &called, calling: &called, trunk: None, local };
    let (to, _) = resolver(Vec::new()).resolve(&call, &front);
    assert_eq!(to, Destination::Reception { lang: None });
}

#[test]
fn two_forms_of_one_number_are_one_name() {
    let mut names = names();
    for text in ["021 5555 0000", "+86 21 5555 0000", "2155550000"] {
        let pattern = AliasPattern::parse(text).expect(text);
        let other = names.insert(&pattern, &NumberPlan::default(), Found::TestCall);
        assert_eq!(other, Err(Found::Conference("two".into())), "{text}");
    }
}

/// Rooms that register come and go; what a name or a rule has is not theirs to take.
#[derive(Debug)]
struct Registered(NameTable);

impl crate::Names for Registered {
    fn find(&self, name: &str) -> Option<Found> {
        self.0.find(name)
    }

    fn is_registered(&self, name: &str) -> bool {
        ["7007", "1001", "9111", "Board", ""].contains(&name)
    }
}

#[test]
fn a_registered_room_is_called_by_its_name_where_no_name_and_no_rule_is() {
    let mut resolver = resolver(vec![rule("out", "9(1..)", "conference:huiyi")]);
    let local = LOCAL.parse().expect("an address");
    let mut to = |called: &str| {
        let called = Alias::parse(called).expect(called);
        let call = IncomingCall { called: &called, calling: &called, trunk: None, local };
        resolver.resolve(&call, &Registered(names()))
    };
    let room = |name: &str| Destination::User(name.into());
    for (called, expected) in [
        ("h323:7007@192.0.2.5", room("7007")),
        ("192.0.2.5##7007", room("7007")),
        ("sip:Board@192.0.2.5", room("Board")),
        ("h323:1001@192.0.2.5", Destination::Conference("one".into())),
        ("h323:7008@192.0.2.5", Destination::Reception { lang: None }),
        ("h323:@192.0.2.5", Destination::Reception { lang: None }),
        ("sip:7008@192.0.2.5", Destination::Reject(EndCause::NotFound)),
        ("h323:7007@203.0.113.9", Destination::Reject(EndCause::NotFound)),
    ] {
        assert_eq!(to(called).0, expected, "{called}");
    }
    let (_, why) = to("h323:7007@192.0.2.5");
    let last = why.names().last().map(|step| (step.form, step.found));
    assert_eq!((last, why.taken_by()), (Some((Form::Registered, true)), None));
    assert_eq!(why.passed_over(), 1, "the rule was asked first");
}

//! Who comes by a link: the rules of telephones.

use super::front_desk::{GUEST, HOST, OURS, PROXY, desk_of, desk_with, scheduled};
use super::offered;
use crate::front_desk::{FrontDesk, Refusal};
use crate::link::Grant;
use causeway_base::{ConferenceId, EndCause, ParticipantId};
use causeway_conference::reception::{Answer, Entered, Question};
use causeway_conference::{Offered, Protocol, Role, Who};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn grant(key: &str, role: Role, link: &str) -> Grant {
    Grant { meeting: key.into(), role, name: None, link: link.into(), uses: None }
}

fn from(source: &str) -> Box<Offered> {
    let mut call = offered(1);
    call.source = source.parse().expect("an address");
    call.protocol = Protocol::WebRtc;
    call
}

/// What somebody from here gets who has the link of guests.
fn guest(desk: &FrontDesk, source: &str, key: &str, pin: Option<&str>) -> Result<Role, Refusal> {
    let now = Instant::now();
    by(desk, now, source, &grant(key, Role::Guest, "guest"), pin)
}

fn by(
    desk: &FrontDesk,
    now: Instant,
    source: &str,
    grant: &Grant,
    pin: Option<&str>,
) -> Result<Role, Refusal> {
    desk.receive_by_link(now, &from(source), grant, pin).0.map(|admitted| admitted.role)
}

const STRANGER: &str = "203.0.113.9:0";

#[test]
fn a_guest_is_asked_for_a_pin_where_guests_need_one_and_becomes_host_by_that_of_hosts() {
    let desk = desk_with(None);
    let come = |key, pin| guest(&desk, STRANGER, key, pin);
    assert_eq!(come("open", None), Ok(Role::Guest));
    assert_eq!(come("open", Some("0000")), Ok(Role::Guest), "nobody asked for it");
    assert_eq!(come("host", None), Ok(Role::Guest));
    assert_eq!(come("host", Some("")), Ok(Role::Guest));
    assert_eq!(come("host", Some(HOST)), Ok(Role::Host));
    assert_eq!(come("both", None), Err(Refusal::PinNeeded));
    assert_eq!(come("both", Some(GUEST)), Ok(Role::Guest));
    assert_eq!(come("both", Some(HOST)), Ok(Role::Host));
    assert_eq!(come("both", Some("9999999")), Err(Refusal::PinWrong));
    assert_eq!(come("nowhere", None), Err(Refusal::Cause(EndCause::NotFound)));
    assert_eq!(guest(&desk, OURS, "both", None), Ok(Role::Guest), "one of ours needs none");
    let host = grant("both", Role::Host, "host");
    assert_eq!(by(&desk, Instant::now(), STRANGER, &host, None), Ok(Role::Host));
}

#[test]
fn a_proxy_lends_no_trust_to_who_comes_through_it() {
    let desk = desk_with(None);
    let proxy = format!("{PROXY}:0");
    assert_eq!(guest(&desk, &proxy, "both", None), Err(Refusal::PinNeeded));
    let open = grant("open", Role::Guest, "guest");
    let trusted = |source: &str| {
        let admitted = desk.receive_by_link(Instant::now(), &from(source), &open, None).0;
        admitted.expect("admitted").trusted
    };
    assert!(!trusted(&proxy), "it waits in the lobby");
    assert!(trusted(OURS));
}

#[test]
fn a_meeting_is_entered_in_its_time_only_whoever_comes() {
    let now = Timestamp::now();
    let hour = SignedDuration::from_hours(1);
    let early = desk_of([scheduled(now + hour * 72, now + hour * 73)]);
    let over = desk_of([scheduled(now - hour * 72, now - hour * 71)]);
    for role in [Role::Guest, Role::Host] {
        let of = |desk: &FrontDesk| {
            by(desk, Instant::now(), STRANGER, &grant("meeting", role, "x"), Some(GUEST))
        };
        assert_eq!(of(&early), Err(Refusal::Cause(EndCause::NotStarted)));
        assert_eq!(of(&over), Err(Refusal::Cause(EndCause::Gone)));
    }
}

#[test]
fn wrong_pins_are_counted_by_source_and_by_link_and_audited() {
    let desk = desk_with(None);
    let now = Instant::now();
    let link = grant("both", Role::Guest, "shared");
    let exhausted = Err(Refusal::Cause(EndCause::AttemptsExhausted));
    // One source by one link: five.
    for _ in 0..5 {
        assert_eq!(by(&desk, now, STRANGER, &link, Some("0000")), Err(Refusal::PinWrong));
    }
    assert_eq!(by(&desk, now, STRANGER, &link, Some(GUEST)), exhausted);
    // One link from everywhere: twenty in all.
    for host in 0..15 {
        let source = format!("198.51.{host}.1:0");
        assert_eq!(by(&desk, now, &source, &link, Some("0000")), Err(Refusal::PinWrong));
    }
    assert_eq!(by(&desk, now, "198.51.200.1:0", &link, Some(GUEST)), exhausted);
    let other = grant("both", Role::Guest, "another");
    assert_eq!(by(&desk, now, "198.51.200.1:0", &other, Some(GUEST)), Ok(Role::Guest));
    let (_, audited) = desk.receive_by_link(now, &from("198.51.201.1:0"), &other, Some("0000"));
    assert!(audited.is_some(), "every guess can be proved");
    let later = now + Duration::from_secs(601);
    assert_eq!(by(&desk, later, STRANGER, &link, Some(GUEST)), Ok(Role::Guest));
}

#[test]
fn who_comes_again_from_the_same_place_under_the_same_name_has_its_place_in_the_queue() {
    let desk = desk_with(None);
    let key = |source: &str, name: &str, link: &str| {
        let mut call = from(source);
        call.display_name = name.to_owned();
        let grant = grant("open", Role::Guest, link);
        let admitted = desk.receive_by_link(Instant::now(), &call, &grant, None).0;
        admitted.expect("admitted").caller
    };
    let one = key(STRANGER, "Ann", "guest");
    assert_eq!(one, key("203.0.113.9:4711", "Ann", "guest"));
    assert_ne!(one, key(STRANGER, "Bo", "guest"), "two behind one address");
    assert_ne!(one, key("203.0.113.10:0", "Ann", "guest"));
    assert_ne!(one, key(STRANGER, "Ann", "other"));
}

#[test]
fn a_personal_code_leads_past_the_pin_to_its_holder_alone_and_a_guess_counts() {
    let desk = desk_with(None);
    let key: Arc<str> = "both".into();
    let who = Who { conference: ConferenceId(3), participant: ParticipantId(5) };
    let code = desk.personal_code(&key, who).expect("a code");
    let asks = |digits: &str| {
        let number = Question::Number(Entered { digits: digits.to_owned(), choices: 0 });
        desk.answer(Instant::now(), &super::front_desk::stranger(), number).answer
    };
    let role = Role::Guest;
    let digits = code.digits().to_owned();
    assert_eq!(asks(&digits), Answer::Enter { key, role, beside: Some(who) });
    drop(code);
    for _ in 0..5 {
        assert_eq!(asks(&digits), Answer::No, "it ended with its seat");
    }
    assert_eq!(asks(&digits), Answer::Exhausted);
}

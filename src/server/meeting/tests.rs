//! The table of meetings: who gets in, when, in which role.

use super::*;
use crate::store::{Location, Secrets, Store};
use causeway_base::Lang;
use causeway_conference::{Lobby, Role, Settings};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn room(key: &str, host: Option<&str>, guest: Option<&str>) -> Permanent {
    Permanent {
        key: key.into(),
        aliases: vec![key.to_owned(), format!("sip:{key}@Example.com")],
        code: Some(format!("90000{key}")),
        settings: Settings { name: key.to_owned(), lobby: Lobby::On, ..Settings::default() },
        layout: None,
        host_pin: host.and_then(Pin::parse),
        guest_pin: guest.and_then(Pin::parse),
    }
}

fn scheduled(early_entry_min: u32, host_pin: Option<&str>) -> Meeting {
    Meeting {
        id: "id".into(),
        name: "周会".to_owned(),
        kind: Kind::Scheduled {
            starts: at("2026-11-23T06:00:00Z"),
            ends: at("2026-11-23T07:00:00Z"),
        },
        aliases: Vec::new(),
        code: "987654321".to_owned(),
        host_pin: host_pin.and_then(Pin::parse),
        guest_pin: None,
        link_secret: "link".to_owned(),
        lobby: Lobby::Off,
        wait_for_host: false,
        mute_on_entry: false,
        guests_call_me: false,
        locked_at_start: false,
        layout: None,
        max_participants: 10,
        lang: Lang::Zh,
        early_entry_min,
        created: at("2026-11-01T00:00:00Z"),
        ended: None,
        sequence: 0,
    }
}

#[test]
fn a_scheduled_meeting_is_unknown_then_early_then_open_then_gone() {
    let meeting = scheduled(15, None);
    for (time, phase) in [
        ("2026-11-22T17:59:59Z", Phase::NotYet),
        ("2026-11-22T18:00:00Z", Phase::Early),
        ("2026-11-23T05:59:59Z", Phase::Early),
        ("2026-11-23T06:00:00Z", Phase::Open),
        ("2026-11-23T07:00:01Z", Phase::Open),
        ("2026-11-23T07:30:00Z", Phase::Open),
        ("2026-11-23T07:30:01Z", Phase::Over),
    ] {
        assert_eq!(meeting.phase(at(time)), phase, "{time}");
    }
    let ended = Meeting { ended: Some(at("2026-11-23T06:10:00Z")), ..meeting };
    assert_eq!(ended.phase(at("2026-11-23T06:20:00Z")), Phase::Over);
    let made = at("2026-11-23T06:00:00Z");
    let now = Meeting { kind: Kind::AdHoc, created: made, ..scheduled(0, None) };
    assert_eq!(now.phase(made + AD_HOC_LIFE), Phase::Open);
    assert_eq!(now.phase(made + AD_HOC_LIFE + SignedDuration::from_secs(1)), Phase::Over);
}

/// bigbluebutton issue 9161: who called before the conference was opened was hung up.
#[test]
fn bbb_9161_an_early_caller_waits_for_the_start_and_is_not_turned_away() {
    let (early, begun) = (at("2026-11-23T05:50:00Z"), at("2026-11-23T06:00:00Z"));
    let table = Meetings::of_meetings([scheduled(15, Some("4711"))]);
    assert_eq!(table.find("987654321", early), Found::Meeting("id".into()));
    let starts_in = |now| table.settings("id", now).expect("known").starts_in;
    assert_eq!(starts_in(early), Some(Duration::from_secs(600)));
    assert_eq!(starts_in(begun), None);
    let not_started = |now| table.gate("id", now).expect("known").not_started;
    assert!(!not_started(early) && !not_started(begun));
    let day_before = at("2026-11-22T06:00:00Z");
    assert_eq!(table.find("987654321", day_before), Found::Meeting("id".into()));
    assert!(not_started(day_before), "told so, and it is no wrong number");
    // A meeting longer than a day does not end in the middle.
    let long = Meeting {
        kind: Kind::Scheduled { starts: begun, ends: at("2026-11-26T06:00:00Z") },
        ..scheduled(15, None)
    };
    let settings = Meetings::of_meetings([long]).settings("id", begun).expect("known");
    assert!(settings.end.max_duration.is_some_and(|limit| limit.as_secs() > 3 * 86_400));
}

#[tokio::test]
async fn a_change_that_was_under_way_does_not_open_a_meeting_again_that_was_closed() {
    let dir = std::env::temp_dir().join(format!("causeway-meeting-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let location = Location::in_dir(&dir);
    let open = async || {
        let store = Store::open(&location, Secrets::new(&[7; 32])).await.expect("a store");
        Meetings::open(store, Vec::new()).await.expect("readable")
    };
    let (table, now) = (Arc::new(open().await), Timestamp::now());
    let new = NewMeeting::new("周会", Kind::AdHoc);
    let made = table.create(&new, now).await.expect("a meeting");
    let changing = table.turn().await;
    table.close(&made.id, now).expect("it was open");
    assert_eq!(table.phase(&made.id, now), Some(Phase::Over), "at once");
    let (same, key) = (Arc::clone(&table), made.id.clone());
    let kept = tokio::spawn(async move { same.keep_closed(&key, now).await });
    table.take(made.clone());
    drop(changing);
    assert_eq!(kept.await.expect("no panic"), Ok(()));
    assert_eq!(table.phase(&made.id, now), Some(Phase::Over));
    assert_eq!(open().await.find(&made.code, now), Found::Gone, "and the store knows");
    std::fs::remove_dir_all(&dir).expect("clean up");
}

#[test]
fn a_meeting_or_a_conference_may_begin_locked() {
    let now = at("2026-11-23T06:00:00Z");
    let meeting = Meeting { locked_at_start: true, ..scheduled(15, None) };
    let table = Meetings::of_meetings([meeting]);
    assert!(table.settings("id", now).expect("known").locked_at_start);
    let mut fixed = room("1001", None, None);
    fixed.settings.locked_at_start = true;
    let table = Meetings::fixed(vec![fixed]);
    assert!(table.settings("1001", now).expect("known").locked_at_start);
}

#[test]
fn whom_we_trust_is_asked_for_a_pin_only_to_become_a_host() {
    let gate = |hosts_have_pin, guests_need_pin| Gate {
        hosts_have_pin,
        guests_need_pin,
        not_started: false,
        lang: None,
    };
    for (hosts, guests, stranger, trusted) in [
        (false, false, None, None),
        (true, false, Some(false), Some(false)),
        (false, true, Some(true), None),
        (true, true, Some(true), Some(false)),
    ] {
        assert_eq!(gate(hosts, guests).asks(false), stranger);
        assert_eq!(gate(hosts, guests).asks(true), trusted);
    }
}

#[test]
fn conferences_of_the_configuration_are_found_by_every_form_of_their_names() {
    let table = Meetings::fixed(vec![room("1001", None, None), room("board", None, None)]);
    let now = at("2026-11-23T06:00:00Z");
    for name in ["1001", "10-01", "sip:1001@example.com", "900001001", "90 000 1001"] {
        assert_eq!(table.find(name, now), Found::Meeting("1001".into()), "{name}");
    }
    assert_eq!(table.find("BOARD", now), Found::Meeting("board".into()));
    for name in ["", "1002", "sip:1001@example.net", "100"] {
        assert_eq!(table.find(name, now), Found::Unknown, "{name}");
    }
    assert_eq!(table.settings("board", now).expect("known").lobby, Lobby::On);
    assert_eq!(table.gate("none", now), None);
    assert!(table.get("board").is_none() && table.list().is_empty());
}

#[test]
fn pins_give_roles_and_no_pin_only_where_guests_need_none() {
    let table = Meetings::fixed(vec![
        room("none", None, None),
        room("host", Some("1234"), None),
        room("guest", None, Some("567890")),
        room("both", Some("1234"), Some("567890")),
    ]);
    let (host, guest) = (Some(Role::Host), Some(Role::Guest));
    for (key, digits, role) in [
        ("none", "", guest),
        ("none", "1234", None),
        ("host", "", guest),
        ("host", "1234", host),
        ("host", "1235", None),
        ("guest", "", None),
        ("guest", "567890", guest),
        ("guest", "1234", None),
        ("both", "", None),
        ("both", "1234", host),
        ("both", "567890", guest),
        ("both", "12345", None),
        ("both", "123", None),
        ("absent", "", None),
    ] {
        assert_eq!(table.check_pin(key, digits), role, "{key} {digits}");
    }
    let now = at("2026-11-23T06:00:00Z");
    let asks = |key| table.gate(key, now).map(|gate| (gate.hosts_have_pin, gate.guests_need_pin));
    assert_eq!(asks("none"), Some((false, false)));
    assert_eq!(asks("host"), Some((true, false)));
    assert_eq!(asks("both"), Some((true, true)));
}

/// Regression bbb#9531 of the rivals: numbers that can be counted up must not open a meeting.
#[test]
fn a_code_that_can_be_guessed_needs_a_pin() {
    let new = |code: &str, pin: Option<&str>| NewMeeting {
        code: Some(code.to_owned()),
        guest_pin: pin.map(str::to_owned),
        ..NewMeeting::new("x", Kind::Permanent)
    };
    assert_eq!(new("12345678", None).problems(), [FieldError::ShortCodeNeedsPin]);
    assert_eq!(new("12345678", Some("4711")).problems(), []);
    assert_eq!(new("123456789", None).problems(), []);
    for (alias, fine) in
        [("1234", false), ("12-34", false), ("weekly-1234", true), ("987654321", true)]
    {
        let by_alias = NewMeeting { aliases: vec![alias.to_owned()], ..new("123456789", None) };
        let expected: &[FieldError] = if fine { &[] } else { &[FieldError::ShortCodeNeedsPin] };
        assert_eq!(by_alias.problems(), expected, "{alias}");
        let with_pin = NewMeeting { guest_pin: Some("4711".to_owned()), ..by_alias };
        assert_eq!(with_pin.problems(), [], "{alias}");
    }
    for bad in ["", "123", "0123456789", "1234567890123456", "12345678x", "１２３４５６７８９"]
    {
        assert!(new(bad, Some("4711")).problems().contains(&FieldError::CodeForm), "{bad}");
    }
    let drawn: HashSet<String> =
        (0..1000).map(|_| crate::store::random::code().expect("random")).collect();
    assert!(drawn.len() > 990 && drawn.iter().all(|code| is_code(code) && code.len() == 9));
}

#[test]
fn each_mistake_names_its_field_in_both_languages() {
    let (starts, ends) = (at("2026-11-23T06:00:00Z"), at("2026-11-23T05:00:00Z"));
    let wrong = NewMeeting {
        aliases: vec!["a b".to_owned(), "x".to_owned(), "X".to_owned()],
        host_pin: Some("123".to_owned()),
        guest_pin: Some("123".to_owned()),
        max_participants: 0,
        early_entry_min: 1441,
        ..NewMeeting::new("周\u{202E}会", Kind::Scheduled { starts, ends })
    };
    let fields: Vec<_> = wrong.problems().into_iter().map(FieldError::field).collect();
    let expected = [
        "name",
        "ends",
        "aliases",
        "aliases",
        "host_pin",
        "guest_pin",
        "host_pin",
        "max_participants",
        "early_entry_min",
    ];
    assert_eq!(fields, expected);
    let codes: HashSet<_> = FieldError::ALL.iter().map(|error| error.code()).collect();
    assert_eq!(codes.len(), FieldError::ALL.len());
    for error in FieldError::ALL {
        assert!(!error.sentence(Lang::Zh).is_ascii(), "{error:?}");
        assert!(error.sentence(Lang::En).is_ascii(), "{error:?}");
    }
}

proptest! {
    /// What is taken as an alias or a code is found again however its owner typed it.
    #[test]
    fn what_is_accepted_can_be_dialled(name in "\\PC{0,12}", code in "[0-9]{0,12}") {
        let new = NewMeeting {
            aliases: vec![name.clone()],
            code: Some(code.clone()),
            guest_pin: Some("4711".to_owned()),
            ..NewMeeting::new("x", Kind::Permanent)
        };
        if new.problems().is_empty() {
            let meeting = Meeting {
                kind: Kind::Permanent,
                aliases: vec![fold(&name)],
                code: code.clone(),
                ..scheduled(0, None)
            };
            let table = Meetings::of_meetings([meeting]);
            let now = at("2026-11-23T06:00:00Z");
            for name in [&name, &code, &name.to_ascii_uppercase(), &fold(&name)] {
                prop_assert_eq!(table.find(name, now), Found::Meeting("id".into()), "{}", name);
            }
        }
    }
}

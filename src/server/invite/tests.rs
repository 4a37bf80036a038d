//! Samples read by an independent parser, and everything hostile that a name can hold.

use super::card::Leads;
use super::*;
use crate::meeting::{Kind, Meeting, Permanent, Pin};
use causeway_base::{Alias, Lang};
use causeway_conference::Lobby;
use jiff::Timestamp;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn meeting(name: &str) -> Meeting {
    Meeting {
        id: "Zx81-q_0".into(),
        name: name.to_owned(),
        kind: Kind::Scheduled {
            starts: at("2026-11-25T17:00:00Z"),
            ends: at("2026-11-25T18:30:00Z"),
        },
        aliases: Vec::new(),
        code: "842613975".to_owned(),
        host_pin: Pin::parse("990011"),
        guest_pin: Pin::parse("4471"),
        link_secret: "secret-of-the-link".to_owned(),
        lobby: Lobby::On,
        wait_for_host: false,
        mute_on_entry: false,
        guests_call_me: false,
        locked_at_start: false,
        layout: None,
        max_participants: 100,
        lang: Lang::Zh,
        early_entry_min: 15,
        created: at("2026-11-20T00:00:00Z"),
        ended: None,
        sequence: 0,
    }
}

fn phone(number: &str, zh: &str, en: &str) -> Phone {
    let trunk = Some("carrier".into());
    Phone { number: number.to_owned(), zh: zh.to_owned(), en: en.to_owned(), trunk }
}

fn addresses() -> Addresses {
    Addresses {
        web: Some("https://bridge.example.com".to_owned()),
        sip: Some(SipPlace::named("bridge.example.com")),
        ip: Some("203.0.113.5".parse().expect("an address")),
        phones: vec![
            phone("+861055550100", "北京", "Beijing"),
            phone("+442055550100", "伦敦", "London"),
        ],
        recorded: true,
        organizer: Some("host@example.com".to_owned()),
    }
}

fn leads(alias: &Alias, trunk: Option<&str>) -> Leads {
    match (alias, trunk) {
        (Alias::Number(_), Some("carrier")) => Leads::ToTheReception,
        (Alias::Number(_), _) => Leads::Elsewhere,
        _ => Leads::ToTheMeeting,
    }
}

/// As the organizer may see it.
fn full_card(name: &str) -> Card {
    let token = |text: &str| text.to_owned().into();
    let tokens =
        Tokens { guest: token("of-guests"), host: token("of-hosts"), guide: token("print") };
    let meeting = meeting(name);
    let card = Card::of(&Subject::from(&meeting).linked(Some(tokens)), &addresses(), &mut leads);
    card.expect("every address leads there")
}

fn card(name: &str) -> Card {
    full_card(name).for_guests()
}

#[test]
fn chinese_says_beijing_time_first_and_utc_beside_it() {
    let text = text::render(&card("跨组织评审会"), Lang::Zh);
    let beijing = text.find("2026年11月26日 周四 01:00–02:30（北京时间，UTC+8）").expect(&text);
    let utc = text.find("2026年11月25日 周三 17:00–18:30 UTC").expect(&text);
    assert!(beijing < utc);
    for wanted in [
        "https://bridge.example.com/j/Zx81-q_0#of-guests",
        "sip:842613975@bridge.example.com",
        "203.0.113.5##842613975",
        "+861055550100,,842613975#,,4471# (北京)",
        "备用号码: +442055550100",
        "842 613 975",
        "录制",
        "3. ",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in:\n{text}");
    }
}

/// The card in every form.
fn all(card: &Card) -> [String; 3] {
    let calendar = calendar::render(card, Lang::En, "b.example", at("2026-11-21T00:00:00Z"));
    [text::render(card, Lang::En), html::render(card, Lang::Zh), calendar.expect("scheduled")]
}

#[test]
fn a_host_pin_is_on_no_card_and_the_link_of_hosts_on_none_for_guests() {
    let card = card("x");
    for rendered in all(&card) {
        assert!(!rendered.contains("990011") && !rendered.contains("of-hosts"), "{rendered}");
        assert!(!rendered.contains("secret-of-the-link"), "the key of links is in none of them");
        assert!(!rendered.contains("/guide#"), "{rendered}");
    }
    let shown = format!("{card:?}");
    assert!(!shown.contains("4471") && !shown.contains("of-guests"));
}

#[test]
fn an_invite_without_a_number_speaks_of_no_telephone() {
    let card = Card { phones: Vec::new(), ..card("x") };
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| text::steps(&card, lang).join(" "));
    assert!(!zh.contains("电话") && !zh.contains("*6"), "{zh}");
    assert!(!en.contains("By phone") && !en.contains("the number") && !en.contains("*6"), "{en}");
}

#[test]
fn the_organizer_gets_the_link_of_hosts_and_the_guide_in_both_languages() {
    let card = full_card("x");
    let (zh, en) = (text::render(&card, Lang::Zh), text::render(&card, Lang::En));
    for (text, word) in [(&zh, "主持人链接（请勿转发）"), (&en, "Host link (do not forward)")]
    {
        assert!(text.contains(word), "{text}");
        assert!(text.contains("https://bridge.example.com/j/Zx81-q_0#of-hosts"), "{text}");
        assert!(text.contains("https://bridge.example.com/m/Zx81-q_0/guide#print"), "{text}");
    }
    assert!(zh.contains("可打印的入会指南") && en.contains("Guide to print"));
}

#[test]
fn who_only_looks_gets_neither_the_pin_nor_the_link() {
    let card = card("x").without_secrets();
    for rendered in all(&card) {
        assert!(!rendered.contains("4471") && !rendered.contains("of-guests"));
        assert!(rendered.contains("842613975"), "{rendered}");
    }
    assert_eq!(card.one_tap(&card.phones[0]), "tel:+861055550100,,842613975%23");
    let words = text::render(&card, Lang::En);
    assert!(words.contains("Passcode: ask the organizer") && words.contains("the passcode"));
}

#[test]
fn an_address_that_leads_elsewhere_is_not_published() {
    let meeting = Meeting { aliases: vec!["weekly".to_owned()], ..meeting("x") };
    let subject = Subject::from(&meeting);
    for (kind, wrong) in [
        ("sip", "sip:842613975@bridge.example.com"),
        ("sip", "sip:weekly@bridge.example.com"),
        ("ip", "203.0.113.5##842613975"),
        ("phone", "+442055550100"),
    ] {
        let mut nowhere = |alias: &Alias, trunk: Option<&str>| {
            let shown = match alias {
                Alias::H323 { user, host } => format!("{host}##{user}"),
                other => other.to_string(),
            };
            if shown == wrong { Leads::Elsewhere } else { leads(alias, trunk) }
        };
        let error = Card::of(&subject, &addresses(), &mut nowhere).expect_err(wrong);
        let address = wrong.to_owned();
        assert_eq!(error, CardError::NotRouted { kind, address });
        assert!(error.sentence(Lang::Zh).contains(wrong));
    }
    let none = Card::of(&subject, &Addresses::default(), &mut leads);
    assert_eq!(none.expect_err("nothing to publish"), CardError::NoAddress);
}

#[test]
fn a_conference_of_the_configuration_has_a_card_too() {
    let room = |aliases: &[&str], code: Option<&str>| Permanent {
        key: "conference-x".into(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        code: code.map(str::to_owned),
        settings: Default::default(),
        layout: None,
        host_pin: None,
        guest_pin: None,
    };
    let card = |room: &Permanent| {
        Card::of(&room.into(), &addresses(), &mut leads).expect("every address leads there")
    };
    let numbered = card(&room(&["board", "1001"], None));
    assert_eq!(numbered.sip.as_deref(), Some("sip:1001@bridge.example.com"));
    assert_eq!(numbered.ip_dial.as_deref(), Some("203.0.113.5##1001"));
    assert_eq!((numbered.phones.len(), numbered.link), (2, None));
    let named = card(&room(&["sip:board@example.com"], None));
    assert_eq!(named.sip.as_deref(), Some("sip:board@example.com"));
    assert_eq!((named.phones.len(), named.ip_dial), (0, None), "no telephone can type it");
    assert_eq!(card(&room(&["1001"], Some("987654321"))).code, "987654321");
}

/// The calendar as an independent parser reads it.
fn parsed(card: &Card, lang: Lang) -> calcard::icalendar::ICalendar {
    let text = calendar::render(card, lang, "bridge.example.com", at("2026-11-21T00:00:00Z"))
        .expect("scheduled");
    calcard::icalendar::ICalendar::parse(&text).expect("valid iCalendar")
}

#[test]
fn an_independent_parser_reads_the_calendar() {
    use calcard::icalendar::ICalendarProperty as P;
    let card =
        card("评审；会，with \\ and a very long name that has to be folded 因为它很长很长很长很长");
    let calendar = parsed(&card, Lang::Zh);
    let event = calendar
        .components
        .iter()
        .find(|c| c.component_type.as_str() == "VEVENT")
        .expect("an event");
    let text = |property: &P| {
        let entry = event.property(property).unwrap_or_else(|| panic!("{property:?}"));
        entry.values.iter().find_map(|value| value.as_text()).map(str::to_owned)
    };
    assert_eq!(text(&P::Summary), Some(card.name.clone()));
    assert_eq!(text(&P::Location).as_deref(), Some("842613975@bridge.example.com"));
    assert!(text(&P::Description).is_some_and(|description| description.contains("北京时间")));
    assert_eq!(event.properties(&P::Conference).count(), 4);
}

/// What room systems look for: `sip:`, `sips:` and `h323:` in the body, `user@host` in the place.
#[test]
fn a_room_system_that_reads_calendars_finds_one_address() {
    use calcard::icalendar::ICalendarProperty as P;
    for lang in [Lang::Zh, Lang::En] {
        let calendar = parsed(&card("Weekly; with, all"), lang);
        let of = |property: &P| {
            let events = calendar.components.iter().filter_map(|c| c.property(property));
            let mut values = events.flat_map(|entry| &entry.values);
            values.find_map(|value| value.as_text()).unwrap_or_default().to_owned()
        };
        let place = of(&P::Location);
        assert_eq!(place.split_whitespace().filter(|word| word.contains('@')).count(), 1);
        let body = of(&P::Description);
        let begins = |word: &&str| ["sip:", "sips:", "h323:"].iter().any(|s| word.starts_with(s));
        let found: Vec<_> = body.split_whitespace().filter(begins).collect();
        assert_eq!(found, [format!("sip:{place}")], "{body}");
    }
}

#[test]
fn what_is_pasted_of_ours_is_read_back() {
    use causeway_dial::invite::{Allow, Pasted, parse};
    let (rules, numbers) = Default::default();
    let allow = Allow { rules: &rules, numbers: &numbers };
    let card = card("Weekly");
    for lang in [Lang::Zh, Lang::En] {
        let calendar = calendar::render(&card, lang, "h", at("2026-11-21T00:00:00Z"));
        for form in
            [text::render(&card, lang), html::render(&card, lang)].into_iter().chain(calendar)
        {
            let read = parse(&Pasted { text: &form, kind: None }, &allow);
            assert_eq!(read.len(), 1, "one meeting: {form}");
            let meeting = &read[0];
            assert_eq!(meeting.meeting.as_deref(), Some("842613975"), "{form}");
            assert_eq!(meeting.passcode.as_deref(), Some("4471"), "{form}");
            let ways: Vec<_> = meeting
                .ways
                .iter()
                .map(|way| (way.protocol.name(), &*way.address, &*way.digits))
                .collect();
            for way in [
                ("sip", "842613975@bridge.example.com", "4471#"),
                ("tel", "+861055550100", "842613975#,,4471#"),
                ("web", card.link.as_deref().expect("a link"), ""),
            ] {
                assert!(ways.contains(&way), "{way:?} of {ways:?}");
            }
        }
    }
    let form = text::render(&card, Lang::Zh);
    let read = parse(&Pasted { text: &form, kind: None }, &allow);
    let by_ip = read[0].ways.iter().find(|way| way.protocol.name() == "h323").expect("by IP");
    assert_eq!((&*by_ip.address, &*by_ip.digits), ("203.0.113.5##842613975", "4471#"));
}

/// RFC 5546 sections 3.2.1 and 3.2.5: what a published and a cancelled event must and must not say.
#[test]
fn a_calendar_says_what_it_is_for_and_who_organizes() {
    use calcard::icalendar::ICalendarProperty as P;
    for (cancelled, organizer, method) in [
        (false, Some("host@example.com"), "PUBLISH"),
        (false, None, "PUBLISH"),
        (true, Some("host@example.com"), "CANCEL"),
        (true, None, "CANCEL"),
    ] {
        let organizer = organizer.map(str::to_owned);
        let card = Card { cancelled, organizer, sequence: 3, ..card("x") };
        assert_eq!(calendar::method(&card), method);
        let calendar = parsed(&card, Lang::Zh);
        let components = &calendar.components;
        let of = |name: &str| components.iter().find(|c| c.component_type.as_str() == name);
        let (whole, event) = (of("VCALENDAR").expect("one"), of("VEVENT").expect("an event"));
        assert!(whole.property(&P::Method).is_some());
        assert_eq!(event.properties(&P::Organizer).count(), 1, "{method}");
        assert_eq!(event.properties(&P::Attendee).count(), 0, "PUBLISH invites nobody by name");
        let sequence = event.property(&P::Sequence).expect("a sequence");
        assert!(sequence.values.iter().any(|value| value.as_integer() == Some(3)));
        let text = calendar::render(&card, Lang::Zh, "b", at("2026-11-21T00:00:00Z"));
        assert!(text.is_some_and(|text| text.contains(&format!("\r\nMETHOD:{method}\r\n"))));
    }
}

#[test]
fn a_cancelled_meeting_is_cancelled_and_names_no_way_in() {
    let card = Card { cancelled: true, ..card("x") };
    let text =
        calendar::render(&card, Lang::En, "b", at("2026-11-21T00:00:00Z")).expect("scheduled");
    assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));
    assert!(!text.contains("CONFERENCE") && !text.contains("842613975"));
}

proptest! {
    #[test]
    fn lines_are_folded_and_no_name_breaks_out(name in "\\PC{0,60}|[\\r\\n;:,\\\\<>&\"']{0,40}") {
        let card = Card { name: name.clone(), ..card("x") };
        let now = at("2026-11-21T00:00:00Z");
        let text = calendar::render(&card, Lang::Zh, "b", now).expect("scheduled");
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75, "{line}");
            prop_assert!(!line.contains(['\r', '\n']));
        }
        prop_assert_eq!(text.matches("BEGIN:VEVENT").count(), 1 + name.matches("BEGIN:VEVENT").count() * 3);
        let html = html::render(&card, Lang::En);
        prop_assert!(!html.contains("<script") && !html.contains("<img"));
    }
}

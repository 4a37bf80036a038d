//! Samples read by an independent parser, and everything hostile that a name can hold.

use super::card::Leads;
use super::*;
use crate::meeting::{Kind, Meeting, Pin};
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
        locked_at_start: false,
        max_participants: 100,
        lang: Lang::Zh,
        early_entry_min: 15,
        created: at("2026-11-20T00:00:00Z"),
        ended: None,
        sequence: 0,
    }
}

fn addresses() -> Addresses {
    Addresses {
        link: Some("https://bridge.example.com/j/".to_owned()),
        sip_host: Some("bridge.example.com".to_owned()),
        ip: Some("203.0.113.5".parse().expect("an address")),
        phones: vec![
            Phone { number: "+861055550100".into(), zh: "北京".into(), en: "Beijing".into() },
            Phone { number: "+442055550100".into(), zh: "伦敦".into(), en: "London".into() },
        ],
        recorded: true,
        organizer: Some("host@example.com".to_owned()),
    }
}

fn leads(alias: &Alias) -> Leads {
    match alias {
        Alias::Number(_) => Leads::ToTheReception,
        _ => Leads::ToTheMeeting,
    }
}

fn card(name: &str) -> Card {
    Card::of(&meeting(name), &addresses(), &leads).expect("every address leads there")
}

#[test]
fn chinese_says_beijing_time_first_and_utc_beside_it() {
    let text = text::render(&card("跨组织评审会"), Lang::Zh);
    let beijing = text.find("2026年11月26日 周四 01:00–02:30（北京时间，UTC+8）").expect(&text);
    let utc = text.find("2026年11月25日 周三 17:00–18:30 UTC").expect(&text);
    assert!(beijing < utc);
    for wanted in [
        "https://bridge.example.com/j/Zx81-q_0",
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

#[test]
fn a_host_pin_and_the_link_secret_are_on_no_card() {
    let card = card("x");
    let calendar = calendar::render(&card, Lang::En, "b.example", at("2026-11-21T00:00:00Z"));
    let all = [
        text::render(&card, Lang::En),
        html::render(&card, Lang::Zh),
        calendar.expect("scheduled"),
    ];
    for rendered in all {
        assert!(!rendered.contains("990011") && !rendered.contains("secret-of-the-link"));
    }
    assert!(!format!("{card:?}").contains("4471"));
}

#[test]
fn an_address_that_leads_elsewhere_is_not_published() {
    let nowhere = |alias: &Alias| match alias {
        Alias::Sip { .. } => Leads::Elsewhere,
        other => leads(other),
    };
    let error = Card::of(&meeting("x"), &addresses(), &nowhere).expect_err("refused");
    assert_eq!(error.code(), "CW-INVITE-001");
    assert!(error.sentence(Lang::Zh).contains("sip:842613975@bridge.example.com"));
    let none = Card::of(&meeting("x"), &Addresses::default(), &leads);
    assert_eq!(none.expect_err("nothing to publish"), CardError::NoAddress);
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
    assert_eq!(text(&P::Location), card.sip.clone());
    assert!(text(&P::Description).is_some_and(|description| description.contains("北京时间")));
    assert_eq!(event.properties(&P::Conference).count(), 4);
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

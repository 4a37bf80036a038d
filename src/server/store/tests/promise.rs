//! What the store promises, whichever database it is in.

use super::super::token::BOOTSTRAP_LIFE;
use super::{KEY, PATIENCE, at, meddle, open};
use crate::meeting::{
    FieldError, Found, Kind, MeetingError, Meetings, NewMeeting, Permanent, Phase,
};
use crate::store::{
    CallDirection, CallFilter, CallRecord, Location, NewAudit, Retention, Scope, Secrets, Store,
    StoreError, Tokens,
};
use causeway_base::{EndCause, Lang};
use causeway_conference::{Lobby, NamedLayout, Role, Settings};
use jiff::SignedDuration;

const NOW: &str = "2026-11-23T02:00:00Z";
const QUOTED: &str = "Wang's \"weekly\"; DROP TABLE meeting; -- 周会 \\ %_$1";

async fn meetings(location: &Location) -> Meetings {
    Meetings::open(open(location).await, Vec::new()).await.expect("the store can be read")
}

/// Regression A19 of the rivals: names with quotes reach SQL as values only.
pub(super) async fn meetings_outlive_a_restart_with_names_that_hold_quotes(location: &Location) {
    let now = at(NOW);
    let starts = at("2026-11-23T06:00:00Z");
    let ends = at("2026-11-23T07:00:00Z");
    let new = NewMeeting {
        aliases: vec!["O'Neil.Board".to_owned(), "董事会".to_owned()],
        host_pin: Some("8030291746".to_owned()),
        guest_pin: Some("4711".to_owned()),
        lobby: Lobby::ForUntrusted,
        wait_for_host: true,
        mute_on_entry: true,
        guests_call_me: true,
        locked_at_start: true,
        layout: Some(NamedLayout::SideBySide),
        max_participants: 12,
        lang: Lang::En,
        early_entry_min: 30,
        ..NewMeeting::new(QUOTED, Kind::Scheduled { starts, ends })
    };
    let made = meetings(location).await.create(&new, now).await.expect("a meeting");
    assert_eq!(made.code.len(), 9);

    let again = meetings(location).await;
    let meeting = again.get(&made.id).expect("kept");
    assert_eq!(*meeting, *made);
    assert_eq!(meeting.name, QUOTED);
    assert_eq!(meeting.kind, Kind::Scheduled { starts, ends });
    for name in ["o'neil.board", "O'NEIL.BOARD", "董事会", &made.code] {
        assert_eq!(again.find(name, starts), Found::Meeting(made.id.clone()), "{name}");
    }
    assert_eq!(again.check_pin(&made.id, "8030291746"), Some(Role::Host));
    assert_eq!(again.check_pin(&made.id, "4711"), Some(Role::Guest));
    assert_eq!(again.check_pin(&made.id, ""), None);
    let settings = again.settings(&made.id, starts).expect("known");
    assert_eq!((settings.max_participants, settings.lobby), (12, Lobby::ForUntrusted));

    let short = NewMeeting { code: Some("4321".to_owned()), ..new.clone() };
    again.update(&made.id, &short, now).await.expect("with a PIN");
    let open = NewMeeting { guest_pin: None, ..new.clone() };
    let refused = again.update(&made.id, &open, now).await;
    assert_eq!(refused, Err(MeetingError::Invalid(vec![FieldError::ShortCodeNeedsPin])));
    assert_eq!(again.find(&made.code, starts), Found::Unknown);
    let changed =
        NewMeeting { aliases: vec!["board".to_owned()], code: Some(made.code.clone()), ..new };
    again.update(&made.id, &changed, now).await.expect("changed");
    let third = meetings(location).await;
    assert_eq!(third.find("o'neil.board", starts), Found::Unknown);
    for name in ["board", &made.code] {
        assert_eq!(third.find(name, starts), Found::Meeting(made.id.clone()), "{name}");
    }
    assert_eq!(third.get(&made.id).expect("kept").link_secret, made.link_secret);
}

pub(super) async fn a_meeting_that_ends_takes_its_link_its_alias_and_its_code_with_it(
    location: &Location,
) {
    let now = at(NOW);
    let table = meetings(location).await;
    let named = |name: &str| NewMeeting {
        aliases: vec!["board".to_owned()],
        ..NewMeeting::new(name, Kind::AdHoc)
    };
    let first = table.create(&named("first"), now).await.expect("a meeting");
    assert!(!first.link_secret.is_empty());
    table.end(&first.id, now).await.expect("it ends");
    assert_eq!(table.end(&first.id, now).await, Err(MeetingError::Over));
    assert_eq!(table.update(&first.id, &named("x"), now).await, Err(MeetingError::Over));
    assert_eq!(table.end("no such", now).await, Err(MeetingError::NotFound));

    let again = meetings(location).await;
    for table in [&table, &again] {
        for name in ["board", &first.code] {
            assert_eq!(table.find(name, now), Found::Gone, "{name}");
        }
        assert_eq!(table.phase(&first.id, now), Some(Phase::Over));
    }
    assert_eq!(again.get(&first.id).expect("remembered").link_secret, "");

    let second = again.create(&named("second"), now).await.expect("the alias is free");
    let third = meetings(location).await;
    for table in [&again, &third] {
        assert_eq!(table.find("board", now), Found::Meeting(second.id.clone()));
        assert_eq!(table.find(&first.code, now), Found::Gone);
    }

    // A day later nobody may enter, whether or not a sweep came by; the sweep makes it final.
    let later = now + SignedDuration::from_hours(25);
    assert_eq!(third.find("board", later), Found::Gone);
    assert_eq!(third.sweep(later).await.map(|ended| ended.len()), Ok(1));
    assert!(third.get(&second.id).expect("remembered").ended.is_some());
    let months = later + SignedDuration::from_hours(24 * 120);
    open(location).await.sweep(months, &Retention::default()).await.expect("swept");
    let last = meetings(location).await;
    assert_eq!(last.find("board", months), Found::Unknown);
    assert_eq!(last.get(&second.id), None);
}

pub(super) async fn a_code_or_alias_belongs_to_one_meeting(location: &Location) {
    let now = at(NOW);
    let permanent = Permanent {
        key: "conference[0]".into(),
        aliases: vec!["1001".to_owned()],
        code: None,
        settings: Settings::default(),
        layout: None,
        host_pin: None,
        guest_pin: None,
    };
    let store = open(location).await;
    let table = Meetings::open(store, vec![permanent]).await.expect("the store can be read");
    let new = |alias: &str, code: Option<&str>| NewMeeting {
        aliases: vec![alias.to_owned()],
        code: code.map(str::to_owned),
        guest_pin: Some("4711".to_owned()),
        ..NewMeeting::new("x", Kind::Permanent)
    };
    let taken = |field| Err(MeetingError::Invalid(vec![field]));
    assert_eq!(table.create(&new("10-01", None), now).await, taken(FieldError::AliasTaken));
    let made = table.create(&new("a", Some("987654321")), now).await.expect("free");
    assert_eq!(table.create(&new("b", Some("987654321")), now).await, taken(FieldError::CodeTaken));
    assert_eq!(table.create(&new("987654321", None), now).await, taken(FieldError::AliasTaken));
    // Another node's table does not know yet; the database does.
    let other = meetings(location).await;
    let third = meetings(location).await;
    other.create(&new("c", None), now).await.expect("free");
    assert_eq!(third.create(&new("C", None), now).await, taken(FieldError::AliasTaken));
    assert_eq!(third.find("c", now), Found::Unknown, "a refused meeting leaves nothing behind");
    assert_eq!(table.find("987654321", now), Found::Meeting(made.id.clone()));
}

pub(super) async fn secrets_are_sealed_to_their_place_and_key(location: &Location) {
    let store = open(location).await;
    store.put_secret("trunk's \"one\"", "pass'word").await.expect("kept");
    store.put_secret("trunk two", "other").await.expect("kept");
    assert_eq!(**store.secret("trunk's \"one\"").await.expect("kept"), *"pass'word");
    let sealed: Vec<String> =
        sqlx::query_scalar("SELECT value FROM secret").fetch_all(store.pool()).await.expect("rows");
    assert!(sealed.iter().all(|sealed| !sealed.contains("pass") && sealed.len() > 28));

    let other = Store::open(location, Secrets::new(&[8; 32])).await.expect("opens");
    assert_eq!(other.secret("trunk two").await, Err(StoreError::Corrupt));
    let swap = "UPDATE secret SET value = (SELECT value FROM secret WHERE name = 'trunk two')";
    meddle(&store, swap).await;
    assert_eq!(store.secret("trunk's \"one\"").await, Err(StoreError::Corrupt));
    assert_eq!(**store.secret("trunk two").await.expect("in its place"), *"other");
    store.delete_secret("trunk two").await.expect("deleted");
    assert_eq!(store.secret("trunk two").await, Err(StoreError::NotFound));
    assert!(store.health().ok, "who asks for what is not there does no harm");

    let pin = "8030291746";
    let new = NewMeeting { host_pin: Some(pin.to_owned()), ..NewMeeting::new("x", Kind::AdHoc) };
    let made = meetings(location).await.create(&new, at(NOW)).await.expect("a meeting");
    let columns = "SELECT host_pin || link_secret FROM meeting";
    let sealed: String = sqlx::query_scalar(columns).fetch_one(store.pool()).await.expect("a row");
    assert!(!sealed.contains(pin) && !sealed.contains(&made.link_secret));
    assert!(!format!("{made:?} {new:?} {:?}", Secrets::new(&KEY)).contains(pin));
}

pub(super) async fn call_records_are_paged_filtered_and_rated(location: &Location) {
    let store = open(location).await;
    let start = at(NOW);
    let record = |number: i64| {
        // Two calls each second: the time alone does not order them.
        let started = start + SignedDuration::from_secs(number / 2);
        let mut record =
            CallRecord::new(&format!("r{number:02}"), "sip", CallDirection::Incoming, started);
        record.calling = Some(format!("+86 138 '{number}'"));
        record.conference = Some(if number % 3 == 0 { "a'b" } else { "c" }.to_owned());
        record
    };
    for number in 0..25 {
        store.record(record(number));
    }
    assert_eq!(store.flush(PATIENCE).await, 0);
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let filter = CallFilter::default();
        let page = store.records(&filter, after.as_ref(), 7).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.cursor().to_string().parse().expect("reads back"));
        ids.extend(page.into_iter().map(|record| record.id));
    }
    let expected: Vec<_> = (0..25).rev().map(|number| format!("r{number:02}")).collect();
    assert_eq!(ids, expected);

    let mut ended = record(3);
    store.feedback("r03", 4);
    ended.ended = Some(start + SignedDuration::from_secs(60));
    ended.cause = Some(EndCause::Removed);
    ended.explanation = "[\"rule\"]".to_owned();
    store.record(ended.clone());
    store.flush(PATIENCE).await;
    ended.feedback = Some(4);
    assert_eq!(store.call_record("r03").await, Ok(ended.clone()));

    let count =
        async |filter: CallFilter| store.records(&filter, None, 500).await.expect("a page").len();
    let any = CallFilter::default;
    assert_eq!(count(CallFilter { conference: Some("a'b".into()), ..any() }).await, 9);
    assert_eq!(count(CallFilter { conference: Some("' OR 1=1 --".into()), ..any() }).await, 0);
    assert_eq!(count(CallFilter { cause: Some(EndCause::Removed), ..any() }).await, 1);
    assert_eq!(count(CallFilter { party: ended.calling.clone(), ..any() }).await, 1);
    assert_eq!(count(CallFilter { direction: Some(CallDirection::Outgoing), ..any() }).await, 0);
    let since = Some(start + SignedDuration::from_secs(10));
    let before = Some(start + SignedDuration::from_secs(12));
    assert_eq!(count(CallFilter { since, before, ..any() }).await, 4);
    assert_eq!(store.call_record("none").await, Err(StoreError::NotFound));
}

pub(super) async fn tokens_are_kept_as_hashes_and_the_first_one_is_given_once(location: &Location) {
    let now = at(NOW);
    let store = open(location).await;
    let tokens = Tokens::open(store.clone()).await.expect("opens");
    let old = tokens.bootstrap(now).await.expect("the store works").expect("a code");
    let code = tokens.bootstrap(now).await.expect("the store works").expect("a code");
    let wrong = async |code: &str, now| {
        let refused = tokens.redeem(code, "admin", now).await;
        assert_eq!(refused.map(|(_, access)| access.id.clone()), Err(StoreError::NotFound));
    };
    wrong(&old, now).await;
    wrong("", now).await;
    wrong(&code, now + BOOTSTRAP_LIFE).await;
    let typed = format!(" {} ", code.to_ascii_lowercase());
    let (token, access) = tokens.redeem(&typed, "Wang's laptop", now).await.expect("the code");
    wrong(&code, now).await;
    assert_eq!(access.scope, Scope::Admin);
    assert!(tokens.bootstrap(now).await.expect("the store works").is_none());

    let soon = now + SignedDuration::from_mins(5);
    let scope = Scope::Meeting("abc".into());
    let (guest, _) = tokens.create("guest", scope.clone(), Some(soon), now).await.expect("made");
    let again = Tokens::open(open(location).await).await.expect("opens");
    for tokens in [&tokens, &again] {
        assert_eq!(tokens.verify(&token, now).as_deref(), Some(&*access));
        assert_eq!(tokens.verify(&guest, now).expect("valid").scope, scope);
        assert_eq!(tokens.verify(&guest, soon), None);
        assert_eq!(tokens.verify("", now), None);
        assert_eq!(tokens.list().len(), 2);
    }
    let kept = "SELECT hash || name || scope FROM token";
    let kept: Vec<String> = sqlx::query_scalar(kept).fetch_all(store.pool()).await.expect("rows");
    assert!(kept.iter().all(|row| !row.contains(token.as_str())));
    again.revoke(&access.id).await.expect("revoked");
    assert_eq!(again.verify(&token, now), None);
    assert_eq!(again.revoke(&access.id).await, Err(StoreError::NotFound));
    let tokens = Tokens::open(store).await.expect("opens");
    assert_eq!(tokens.verify(&token, now), None);
    tokens.create("short", Scope::Admin, Some(soon), now).await.expect("made");
    assert!(tokens.bootstrap(now).await.expect("the store works").is_none());
    let code = tokens.bootstrap(soon).await.expect("the store works");
    assert!(code.is_some(), "whose last admin token has expired is not locked out");
}

pub(super) async fn personal_values_go_after_their_time_and_the_chain_still_verifies(
    location: &Location,
) {
    let store = open(location).await;
    let now = at(NOW);
    let young = now - SignedDuration::from_hours(24);
    for (index, days) in [400_i64, 100, 1].into_iter().enumerate() {
        let at = now - SignedDuration::from_hours(24 * days);
        let entry = NewAudit::new("caller", "pin.wrong", "meeting", "CW-AUTH-004");
        store.audit(entry.with("calling", "+8613800138000").with("source", "192.0.2.1"), at);
        let mut record = CallRecord::new(&format!("r{index}"), "sip", CallDirection::Incoming, at);
        record.calling = Some("+8613800138000".to_owned());
        record.explanation = "\"+8613800138000\"".to_owned();
        store.record(record);
    }
    store.flush(PATIENCE).await;
    let swept = store.sweep(now, &Retention::default()).await.expect("swept");
    assert_eq!((swept.redacted, swept.records, swept.personal), (2, 1, 4));
    let records = store.records(&CallFilter::default(), None, 10).await.expect("a page");
    let callers: Vec<_> = records.iter().map(|record| record.calling.is_some()).collect();
    assert_eq!(callers, [true, false]);
    assert_eq!(records[1].explanation, "null");
    assert_eq!(records[0].started, young);
    let entries = store.audit_after(0, 10).await.expect("a page");
    let kept: Vec<_> = entries.iter().map(|entry| entry.personal[0].1.is_some()).collect();
    assert_eq!(kept, [false, false, true]);
    assert_eq!(entries[2].personal[1], ("source".to_owned(), Some("192.0.2.1".to_owned())));
    let head = store.verify_chain(None).await.expect("readable").expect("whole");
    assert_eq!(head.seq, 3);
    let chain = "SELECT personal FROM audit WHERE seq = 3";
    let chain: String = sqlx::query_scalar(chain).fetch_one(store.pool()).await.expect("a row");
    // A shorter piece of the number may stand in a digest by chance.
    assert!(!chain.contains("13800138000"), "the chain holds digests only");
}

/// PostgreSQL keeps no NUL in a text (22021). One such caller must not stop the writer for all.
pub(super) async fn a_value_that_the_database_refuses_holds_up_no_other(location: &Location) {
    let store = open(location).await;
    let record = |id: &str, calling: &str| {
        let mut record = CallRecord::new(id, "sip", CallDirection::Incoming, at(NOW));
        record.calling = Some(calling.to_owned());
        record
    };
    store.record(record("before", "1001"));
    store.record(record("between", "10\u{0}1"));
    store.audit(NewAudit::new("caller", "number.enter", "\0", "wrong"), at(NOW));
    store.record(record("after", "1002"));
    assert_eq!(store.flush(PATIENCE).await, 0);
    assert!(store.health().ok, "{:?}", store.health());
    for id in ["before", "after"] {
        assert!(store.call_record(id).await.is_ok(), "{id}");
    }
    assert!(store.verify_chain(None).await.expect("readable").is_ok());
}

/// A crash leaves the records of calls that went on. They must not look as if they went on still.
pub(super) async fn a_call_that_was_cut_off_does_not_look_as_if_it_went_on(location: &Location) {
    let store = open(location).await;
    let mut running = CallRecord::new("running", "sip", CallDirection::Incoming, at(NOW));
    running.answered = Some(at(NOW));
    let over = CallRecord {
        id: "over".to_owned(),
        ended: Some(at(NOW)),
        cause: Some(EndCause::Normal),
        ..running.clone()
    };
    store.record(running.clone());
    store.record(over.clone());
    store.flush(PATIENCE).await;
    assert_eq!(store.note_calls_cut_off().await, Ok(1));
    let cut = store.call_record("running").await.expect("there");
    assert_eq!((cut.ended, cut.cause), (None, Some(EndCause::Internal)));
    assert_eq!(store.call_record("over").await, Ok(over));
    // That of another node, which goes on writing.
    running.ended = Some(at(NOW));
    running.cause = Some(EndCause::Normal);
    store.record(running.clone());
    store.flush(PATIENCE).await;
    assert_eq!(store.call_record("running").await, Ok(running));
}

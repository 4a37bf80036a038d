//! The store goes away or is full: calls go on, nothing is lost that fits into the queue, and the
//! bridge says so.

use super::{Cluster, Dir, PATIENCE, at, meddle, open, until};
use crate::meeting::{Found, Kind, MeetingError, Meetings, NewMeeting};
use crate::store::{
    CallDirection, CallFilter, CallRecord, Location, MAX_QUEUED, NewAudit, Scope, Secrets, Store,
    StoreError, Tokens,
};
use causeway_base::Lang;
use std::os::unix::fs::PermissionsExt;

const NOW: &str = "2026-11-23T02:00:00Z";

fn record(id: &str) -> CallRecord {
    CallRecord::new(id, "sip", CallDirection::Incoming, at(NOW))
}

#[tokio::test]
async fn a_stopped_postgresql_stops_no_conference_and_loses_no_record() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let now = at(NOW);
    let store = open(&cluster.database("outage").await).await;
    let table = Meetings::open(store.clone(), Vec::new()).await.expect("readable");
    let tokens = Tokens::open(store.clone()).await.expect("readable");
    let new = NewMeeting {
        host_pin: Some("4711".to_owned()),
        ..NewMeeting::new("周会", Kind::Permanent)
    };
    let meeting = table.create(&new, now).await.expect("a meeting");
    let brief = table.create(&NewMeeting::new("现在", Kind::AdHoc), now).await.expect("a meeting");
    let (token, _) = tokens.create("x", Scope::Operator, None, now).await.expect("a token");
    store.record(record("before"));
    store.flush(PATIENCE).await;
    assert!(store.health().ok);

    cluster.stop();
    for number in 0..600 {
        store.record(record(&format!("during-{number}")));
        store.audit(NewAudit::new("host", "participant.admit", "x", "ok"), now);
    }
    until("the store is said to be away", async || !store.health().ok).await;
    let health = store.health();
    assert_eq!(health.error, Some(StoreError::Unavailable));
    assert!(health.queued >= 1200 && health.dropped == 0, "{health:?}");
    assert!(health.error.is_some_and(|error| !error.sentence(Lang::Zh).is_ascii()));
    assert_eq!(table.find(&meeting.code, now), Found::Meeting(meeting.id.clone()));
    assert!(table.check_pin(&meeting.id, "4711").is_some());
    assert!(tokens.verify(&token, now).is_some());
    let refused = table.create(&new, now).await;
    assert_eq!(refused, Err(MeetingError::Store(StoreError::Unavailable)));
    assert_eq!(table.list().len(), 2);

    let brief = table.get(&brief.id).expect("there");
    table.end(&brief.id, now).await.expect("a meeting ends whatever the store does");
    assert_eq!(table.find(&brief.code, now), Found::Gone);

    cluster.restart().await;
    assert_eq!(store.flush(PATIENCE).await, 0);
    until("the store is said to be back", async || store.health().ok).await;
    let again = Meetings::open(store.clone(), Vec::new()).await.expect("readable");
    assert_eq!(again.find(&brief.code, now), Found::Gone, "the store learnt of the end");
    let mut found = 0;
    let mut after = None;
    while let Some(last) = {
        let filter = CallFilter::default();
        let page = store.records(&filter, after.as_ref(), 500).await.expect("a page");
        found += page.len();
        page.last().map(CallRecord::cursor)
    } {
        after = Some(last);
    }
    assert_eq!(found, 601);
    let head = store.verify_chain(None).await.expect("readable").expect("whole");
    assert_eq!(head.seq, 600);

    cluster.stop();
    for number in 0..MAX_QUEUED + 10 {
        store.record(record(&format!("flood-{number}")));
    }
    assert_eq!((store.health().queued, store.health().dropped), (MAX_QUEUED, 10));
    cluster.restart().await;
    assert_eq!(store.flush(PATIENCE).await, 0);
    let told = store.audit_after(600, 10).await.expect("a page");
    let told: Vec<_> = told.iter().map(|entry| (&*entry.action, &*entry.result)).collect();
    assert_eq!(told, [("store.dropped", "10")]);
    for (id, kept) in [("flood-9", false), ("flood-10", true)] {
        assert_eq!(store.call_record(id).await.is_ok(), kept, "the oldest go first");
    }
}

#[tokio::test]
async fn a_full_disk_stops_no_conference_and_loses_no_record() {
    let dir = Dir::new();
    let now = at(NOW);
    let store = open(&Location::in_dir(dir.path())).await;
    let table = Meetings::open(store.clone(), Vec::new()).await.expect("readable");
    let new = NewMeeting::new("周会", Kind::Permanent);
    let meeting = table.create(&new, now).await.expect("a meeting");
    limit_pages(&store, "PRAGMA max_page_count = 1").await;
    let long = |number: usize| {
        let mut record = record(&format!("r{number}"));
        record.explanation = format!("\"{}\"", "x".repeat(4000));
        record
    };
    for number in 0..200 {
        store.record(long(number));
    }
    until("the store is said to be full", async || store.health().error == Some(StoreError::Full))
        .await;
    assert!(store.health().queued > 0);
    assert_eq!(table.find(&meeting.code, now), Found::Meeting(meeting.id.clone()));
    assert_eq!(store.meetings().await.expect("reads work").len(), 1);
    assert_eq!(store.health().error, Some(StoreError::Full), "a read proves no space");
    limit_pages(&store, "PRAGMA max_page_count = 1000000").await;
    assert_eq!(store.flush(PATIENCE).await, 0);
    assert!(store.health().ok);
    assert_eq!(store.records(&CallFilter::default(), None, 500).await.expect("a page").len(), 200);
}

/// The limit belongs to a connection: set it on all of them.
pub(crate) async fn limit_pages(store: &Store, sql: &'static str) {
    let mut connections = Vec::new();
    for _ in 0..store.pool().options().get_max_connections() {
        connections.push(store.pool().acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        sqlx::query(sql).execute(&mut **connection).await.expect("set");
    }
}

#[tokio::test]
async fn only_the_owner_can_read_the_file_and_its_settings_hold() {
    let dir = Dir::new();
    let location = Location::in_dir(dir.path());
    let store = open(&location).await;
    store.put_secret("x", "y").await.expect("kept");
    let files = std::fs::read_dir(dir.path()).expect("a directory");
    let modes: Vec<_> = files
        .map(|file| file.expect("a file").metadata().expect("there").permissions().mode() & 0o777)
        .collect();
    assert!(modes.len() >= 2 && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
    let mode: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(store.pool()).await.expect("a row");
    assert_eq!(mode, "wal");
    let keys: i64 =
        sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(store.pool()).await.expect("a row");
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn a_store_of_a_newer_release_or_no_store_is_refused() {
    let dir = Dir::new();
    let location = Location::in_dir(dir.path());
    let store = open(&location).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) VALUES (9, 'newer', 1, x'00', 0)";
    meddle(&store, newer).await;
    let again = async |location: &Location| {
        Store::open(location, Secrets::new(&super::KEY)).await.map(drop)
    };
    assert_eq!(again(&location).await, Err(StoreError::Corrupt));
    let none = Location::parse("postgres://x:secret@127.0.0.1:1/x").expect("a location");
    assert_eq!(again(&none).await, Err(StoreError::Unavailable));
    assert!(!format!("{none:?}").contains("secret"));
    let text = dir.path().join("text.db");
    std::fs::write(&text, "this is no database, and long enough to tell").expect("written");
    assert_eq!(again(&Location::Sqlite(text)).await, Err(StoreError::Corrupt));
    assert_eq!(again(&Location::Sqlite(dir.path().into())).await, Err(StoreError::Unavailable));
}

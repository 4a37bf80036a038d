//! The audit chain against somebody who can write the database.

use super::{PATIENCE, at, meddle, open};
use crate::store::{ChainFault, Location, NewAudit, Store, StoreError};
use std::collections::HashSet;

async fn add(store: &Store, count: usize) {
    for number in 0..count {
        let entry = NewAudit::new("token", "meeting.create", &format!("m'{number}"), "ok");
        store.audit(entry.with("name", "王小明"), at("2026-11-23T02:00:00Z"));
    }
    assert_eq!(store.flush(PATIENCE).await, 0);
}

pub(super) async fn every_kind_of_tampering_is_found(location: &Location) {
    let store = open(location).await;
    assert_eq!(store.verify_chain(None).await.expect("readable").expect("empty").seq, 0);
    add(&store, 6).await;
    let head = store.audit_head().await.expect("sealed");
    assert_eq!(store.verify_chain(Some(&head)).await, Ok(Ok(head.clone())));
    let keep = ["audit", "audit_personal", "audit_head"];
    for (table, sql) in keep.into_iter().zip([
        "CREATE TABLE kept_audit AS SELECT * FROM audit",
        "CREATE TABLE kept_audit_personal AS SELECT * FROM audit_personal",
        "CREATE TABLE kept_audit_head AS SELECT * FROM audit_head",
    ]) {
        assert!(sql.contains(table));
        meddle(&store, sql).await;
    }
    let cases: [(&[&'static str], ChainFault); 10] = [
        (&["UPDATE audit SET result = 'no' WHERE seq = 3"], ChainFault::Changed { seq: 3 }),
        (&["UPDATE audit SET at = at + 1 WHERE seq = 6"], ChainFault::Changed { seq: 6 }),
        // The boundary between two texts moved.
        (
            &["UPDATE audit SET actor = 'tokenm', action = 'eeting.create' WHERE seq = 2"],
            ChainFault::Changed { seq: 2 },
        ),
        (&["DELETE FROM audit WHERE seq = 1"], ChainFault::Missing { seq: 1 }),
        (&["DELETE FROM audit WHERE seq = 4"], ChainFault::Missing { seq: 4 }),
        (
            &[
                "UPDATE audit SET seq = 90 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 90",
            ],
            ChainFault::Changed { seq: 2 },
        ),
        (&["DELETE FROM audit WHERE seq > 4"], ChainFault::Truncated { last: 4, written: 6 }),
        (
            &["DELETE FROM audit WHERE seq > 4", "UPDATE audit_head SET seq = 4"],
            ChainFault::HeadForged,
        ),
        (&["DELETE FROM audit", "DELETE FROM audit_head"], ChainFault::HeadForged),
        (
            &["UPDATE audit_personal SET value = '李四' WHERE seq = 5"],
            ChainFault::PersonalChanged { seq: 5 },
        ),
    ];
    for (meddling, fault) in cases {
        for sql in meddling {
            assert!(meddle(&store, sql).await > 0, "{sql}");
        }
        assert_eq!(store.verify_chain(None).await, Ok(Err(fault)), "{meddling:?}");
        for sql in [
            "DELETE FROM audit",
            "DELETE FROM audit_personal",
            "DELETE FROM audit_head",
            "INSERT INTO audit SELECT * FROM kept_audit",
            "INSERT INTO audit_personal SELECT * FROM kept_audit_personal",
            "INSERT INTO audit_head SELECT * FROM kept_audit_head",
        ] {
            meddle(&store, sql).await;
        }
    }
    assert_eq!(store.verify_chain(Some(&head)).await, Ok(Ok(head.clone())));
    // The whole database put back to an older state: only a head kept elsewhere tells.
    add(&store, 1).await;
    let younger = store.audit_head().await.expect("sealed");
    for sql in [
        "DELETE FROM audit WHERE seq = 7",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head SELECT * FROM kept_audit_head",
    ] {
        meddle(&store, sql).await;
    }
    let fault = ChainFault::Truncated { last: 6, written: 7 };
    assert_eq!(store.verify_chain(Some(&younger)).await, Ok(Err(fault)));
    assert_eq!(store.verify_chain(None).await, Ok(Ok(head)));
}

pub(super) async fn tampering_before_an_append_stays_visible(location: &Location) {
    let store = open(location).await;
    add(&store, 4).await;
    meddle(&store, "DELETE FROM audit WHERE seq > 2").await;
    add(&store, 1).await;
    let fault = ChainFault::Missing { seq: 3 };
    assert_eq!(store.verify_chain(None).await, Ok(Err(fault)));
    let entries = store.audit_after(2, 10).await.expect("a page");
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["audit.tampered", "meeting.create"]);
    meddle(&store, "UPDATE audit_head SET seal = 'AAAA'").await;
    assert_eq!(store.audit_head().await, Err(StoreError::Corrupt));
}

pub(super) async fn writers_of_several_nodes_make_one_chain(location: &Location) {
    let (one, two) = (open(location).await, open(location).await);
    tokio::join!(add(&one, 300), add(&two, 300), add(&one, 300));
    let head = one.verify_chain(None).await.expect("readable").expect("whole");
    assert_eq!(head.seq, 900);
    let mut ids = HashSet::new();
    let mut after = 0;
    while let Some(last) = {
        let page = two.audit_after(after, 500).await.expect("a page");
        ids.extend(page.iter().map(|entry| entry.id.clone()));
        page.last().map(|entry| entry.seq)
    } {
        after = last;
    }
    assert_eq!(ids.len(), 900, "none twice");
}

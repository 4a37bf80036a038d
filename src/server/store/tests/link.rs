//! Links that are over.

use super::{at, open};
use crate::link::Link;
use crate::store::{Location, Retention, Store};
use causeway_conference::{DisplayName, Role};
use jiff::{SignedDuration, Timestamp};

const NOW: &str = "2026-11-23T02:00:00Z";
const BOARD: &str = "conference-1001";

/// A link of a conference of the configuration.
fn link(id: &str, created: Timestamp) -> Link {
    Link {
        id: id.into(),
        meeting: BOARD.into(),
        role: Role::Guest,
        name: Some(DisplayName::new("Ann")),
        not_before: None,
        expires: None,
        uses: None,
        used: 0,
        created,
        revoked: None,
    }
}

async fn keep(store: &Store, link: Link) {
    store.insert_link(&link, false).await.expect("kept");
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

pub(super) async fn names_of_dead_links_are_swept(location: &Location) {
    let store = open(location).await;
    let now = at(NOW);
    let (old, young) = (now - days(100), now - days(80));
    for (id, created) in [("old", old), ("young", young), ("revoked", old)] {
        keep(&store, link(id, created)).await;
    }
    let until = Some(now + days(10));
    keep(&store, Link { expires: until, ..link("lasting", old) }).await;
    keep(&store, Link { expires: until, uses: Some(1), ..link("used", old) }).await;
    keep(&store, Link { expires: until, ..link("withdrawn", old) }).await;
    keep(&store, Link { expires: Some(young), ..link("expired", old) }).await;
    assert!(store.use_link("used").await.expect("used"));
    store.revoke_link(BOARD, "revoked", old).await.expect("revoked");
    store.revoke_link(BOARD, "withdrawn", old).await.expect("revoked");
    store.sweep(now, &Retention::default()).await.expect("swept");
    let mut named = Vec::new();
    for link in store.links(BOARD).await.expect("readable") {
        named.extend(link.name.map(|_| link.id.to_string()));
    }
    named.sort_unstable();
    // What lets in until a day that is known, and what has not been over for long.
    assert_eq!(named, ["expired", "lasting", "young"]);
    let mut revoked = store.revoked_links().await.expect("readable");
    revoked.sort_unstable();
    assert_eq!(revoked, ["revoked", "withdrawn"], "a restart must know them");
    assert!(store.use_link("old").await.expect("used"), "it stays good");
}

pub(super) async fn links_that_are_worth_nothing_take_no_place(location: &Location) {
    let store = open(location).await;
    let now = at(NOW);
    let counts = async |now| {
        let count = store.count_links(BOARD, now).await.expect("counted");
        (count.usable, count.kept)
    };
    assert_eq!(counts(now).await, (0, 0));
    keep(&store, link("good", now)).await;
    keep(&store, Link { meeting: "conference-2".into(), ..link("other", now) }).await;
    keep(&store, Link { expires: Some(now + days(1)), ..link("a day", now) }).await;
    keep(&store, Link { uses: Some(2), ..link("counted", now) }).await;
    keep(&store, link("revoked", now)).await;
    assert_eq!(counts(now).await, (4, 4));
    store.revoke_link(BOARD, "revoked", now).await.expect("revoked");
    assert!(store.use_link("counted").await.expect("used"));
    assert_eq!(counts(now).await, (3, 4));
    assert!(store.use_link("counted").await.expect("used"));
    assert_eq!(counts(now).await, (2, 4));
    assert_eq!(counts(now + days(1)).await, (1, 4));
    store.forget_links(BOARD).await.expect("forgotten");
    assert_eq!(counts(now).await, (0, 0));
}

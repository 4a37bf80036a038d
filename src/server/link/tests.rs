//! Links over a real store: what lets in, what does not, and what a restart remembers.

use super::token::Unproved;
use super::*;
use crate::meeting::{Kind as Time, Meetings, NewMeeting, Permanent};
use crate::store::{Location, Secrets, Store};
use causeway_base::Lang;
use causeway_conference::{DisplayName, Role, Settings};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use zeroize::Zeroizing;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-11-23T02:00:00Z")
}

const BOARD: &str = "conference-1001";

/// A directory with a database, that goes away with its test.
struct Bench(PathBuf);

impl Bench {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("causeway-link-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    async fn store(&self) -> Store {
        let location = Location::in_dir(&self.0);
        Store::open(&location, Secrets::new(&[7; 32])).await.expect("a store")
    }

    /// As after a start.
    async fn start(&self) -> (Links, Arc<Meetings>) {
        let store = self.store().await;
        let board = Permanent {
            key: BOARD.into(),
            aliases: vec!["1001".to_owned()],
            code: None,
            settings: Settings::default(),
            layout: None,
            host_pin: None,
            guest_pin: crate::meeting::Pin::parse("4711"),
        };
        let meetings = Meetings::open(store.clone(), vec![board]).await.expect("readable");
        let meetings = Arc::new(meetings);
        (Links::open(store, Arc::clone(&meetings)).await.expect("readable"), meetings)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn guest() -> NewLink {
    NewLink { role: Role::Guest, name: None, not_before: None, expires: None, uses: None }
}

async fn made(links: &Links, meeting: &str, new: NewLink) -> (Link, Zeroizing<String>) {
    let link = links.create(meeting, new, now()).await.expect("a link");
    let token = links.token(&link, now()).expect("the meeting is not over");
    (link, token)
}

#[tokio::test]
async fn a_link_lets_in_with_its_role_and_its_name_and_a_changed_one_does_not() {
    let bench = Bench::new("role");
    let (links, _) = bench.start().await;
    let name = DisplayName::new("王晓明");
    let new = NewLink { role: Role::Host, name: Some(name.clone()), ..guest() };
    let (link, token) = made(&links, BOARD, new).await;
    let grant = links.check(&token, now()).await.expect("good");
    assert_eq!((&*grant.meeting, grant.role, grant.name), (BOARD, Role::Host, Some(name)));
    assert_eq!(grant.link, link.id);
    assert!(token.len() < 100, "{} characters", token.len());
    for place in 0..token.len() {
        let mut changed = token.as_bytes().to_vec();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert_eq!(links.check(&changed, now()).await, Err(LinkProblem::Unknown), "{place}");
    }
    for wrong in ["", "A", &token[1..], &token[..token.len() - 1], &format!("{}=", &*token)] {
        assert_eq!(links.check(wrong, now()).await, Err(LinkProblem::Unknown), "{wrong}");
    }
    assert_eq!(links.check(&"A".repeat(1 << 20), now()).await, Err(LinkProblem::Unknown));
}

#[tokio::test]
async fn a_link_of_one_meeting_opens_no_other_and_no_other_bridge() {
    let bench = Bench::new("other");
    let (links, meetings) = bench.start().await;
    let meeting = meetings.create(&NewMeeting::new("x", Time::AdHoc), now()).await.expect("made");
    let token = links.standing(&meeting.id, Kind::Host, now()).expect("a link");
    assert_eq!(links.check(&token, now()).await.expect("good").meeting, meeting.id);
    // The same claims for another meeting, and the same meeting under another key.
    let forged = Claims::standing(BOARD, Kind::Host).sign(&Zeroizing::new([7; 32]));
    assert_eq!(links.check(&forged, now()).await, Err(LinkProblem::Unknown));
    let unknown = Claims::standing("conference-9", Kind::Host).sign(&Zeroizing::new([7; 32]));
    assert_eq!(links.check(&unknown, now()).await, Err(LinkProblem::Unknown));
    // The secret of a meeting alone signs nothing: it stood on invitations once.
    let mut key = Zeroizing::new([0; 32]);
    key.iter_mut().zip(meeting.link_secret.bytes()).for_each(|(to, from)| *to = from);
    let forged = Claims::standing(&meeting.id, Kind::Host).sign(&key);
    assert_eq!(links.check(&forged, now()).await, Err(LinkProblem::Unknown));
}

#[tokio::test]
async fn a_link_is_good_between_its_times_alone() {
    let bench = Bench::new("times");
    let (links, _) = bench.start().await;
    let (from, to) = (at("2026-11-23T03:00:00.5Z"), at("2026-11-23T04:00:00Z"));
    let new = NewLink { not_before: Some(from), expires: Some(to), ..guest() };
    let (_, token) = made(&links, BOARD, new).await;
    assert_eq!(links.check(&token, now()).await, Err(LinkProblem::TooEarly));
    links.check(&token, from).await.expect("from then on");
    links.check(&token, at("2026-11-23T03:59:59Z")).await.expect("until then");
    assert_eq!(links.check(&token, to).await, Err(LinkProblem::Expired));
    for (field, new) in [
        ("expires_at", NewLink { expires: Some(now()), ..guest() }),
        ("expires_at", NewLink { expires: Some(to), not_before: Some(to), ..guest() }),
        ("expires_at", NewLink { expires: Some(at("2200-01-01T00:00:00Z")), ..guest() }),
        ("uses", NewLink { uses: Some(0), ..guest() }),
    ] {
        let refused = links.create(BOARD, new, now()).await;
        assert_eq!(refused, Err(LinkError::Invalid(field)));
    }
}

#[tokio::test]
async fn asking_uses_nothing_up_and_a_restart_forgets_no_use() {
    let bench = Bench::new("uses");
    let (links, _) = bench.start().await;
    let (_, token) = made(&links, BOARD, NewLink { uses: Some(2), ..guest() }).await;
    let mut grant = links.check(&token, now()).await.expect("good");
    for _ in 0..10 {
        grant = links.check(&token, now()).await.expect("asking uses nothing up");
    }
    links.use_up(&grant).await.expect("the first");
    let (links, _) = bench.start().await;
    links.check(&token, now()).await.expect("one is left");
    links.use_up(&grant).await.expect("the second");
    assert_eq!(links.use_up(&grant).await, Err(LinkProblem::UsedUp));
    assert_eq!(links.check(&token, now()).await, Err(LinkProblem::UsedUp));
    let (links, _) = bench.start().await;
    assert_eq!(links.check(&token, now()).await, Err(LinkProblem::UsedUp));
    let listed = links.list(BOARD).await.expect("listed");
    assert_eq!((listed[0].uses, listed[0].used), (Some(2), 2));
}

#[tokio::test]
async fn of_many_who_come_for_the_last_use_one_gets_it() {
    let bench = Bench::new("race");
    let (links, _) = bench.start().await;
    let (_, token) = made(&links, BOARD, NewLink { uses: Some(1), ..guest() }).await;
    let links = Arc::new(links);
    let grant = links.check(&token, now()).await.expect("good");
    let come = |_| {
        let (links, grant) = (Arc::clone(&links), grant.clone());
        tokio::spawn(async move { links.use_up(&grant).await.is_ok() })
    };
    let mut let_in = 0;
    for one in (0..20).map(come).collect::<Vec<_>>() {
        let_in += u32::from(one.await.expect("no panic"));
    }
    assert_eq!(let_in, 1);
}

#[tokio::test]
async fn a_revoked_link_is_worthless_at_once_and_after_a_restart_and_others_stay() {
    let bench = Bench::new("revoked");
    let (links, _) = bench.start().await;
    let (link, token) = made(&links, BOARD, guest()).await;
    let (counted, counted_token) = made(&links, BOARD, NewLink { uses: Some(1), ..guest() }).await;
    let (_, other) = made(&links, BOARD, guest()).await;
    let grant = links.check(&token, now()).await.expect("good");
    let again = links.revoke("conference-2", &link.id, now()).await;
    assert_eq!(again, Err(LinkError::NotFound), "of another meeting");
    links.revoke(BOARD, &link.id, now()).await.expect("revoked");
    links.revoke(BOARD, &counted.id, now()).await.expect("revoked");
    assert_eq!(links.use_up(&grant).await, Err(LinkProblem::Revoked), "checked before");
    assert_eq!(links.revoke(BOARD, &link.id, now()).await, Err(LinkError::NotFound));
    let (after, _) = bench.start().await;
    for links in [links, after] {
        for token in [&token, &counted_token] {
            assert_eq!(links.check(token, now()).await, Err(LinkProblem::Revoked));
        }
        links.check(&other, now()).await.expect("another link");
    }
}

#[tokio::test]
async fn all_links_of_a_meeting_are_revoked_together_and_its_invitations_get_new_ones() {
    let bench = Bench::new("all");
    let (links, meetings) = bench.start().await;
    let meeting = meetings.create(&NewMeeting::new("x", Time::AdHoc), now()).await.expect("made");
    for key in [BOARD, &meeting.id] {
        let (_, token) = made(&links, key, guest()).await;
        let standing = links.standing(key, Kind::Guest, now()).expect("a link");
        links.check(&standing, now()).await.expect("good");
        links.revoke_all(key, now()).await.expect("revoked");
        let (after, _) = bench.start().await;
        for links in [&links, &after] {
            for old in [&token, &standing] {
                assert_eq!(links.check(old, now()).await, Err(LinkProblem::Unknown));
            }
            let new = links.standing(key, Kind::Guest, now()).expect("a link");
            links.check(&new, now()).await.expect("the new one is good");
        }
        assert_eq!(links.list(key).await.expect("listed"), []);
    }
}

#[tokio::test]
async fn the_links_of_a_meeting_that_is_over_say_so() {
    let bench = Bench::new("over");
    let (links, meetings) = bench.start().await;
    let meeting = meetings.create(&NewMeeting::new("x", Time::AdHoc), now()).await.expect("made");
    let other = meetings.create(&NewMeeting::new("y", Time::AdHoc), now()).await.expect("made");
    let (_, token) = made(&links, &meeting.id, guest()).await;
    let late = links.standing(&other.id, Kind::Guest, now()).expect("a link");
    meetings.end(&meeting.id, now()).await.expect("it ends");
    assert_eq!(links.check(&token, now()).await, Err(LinkProblem::MeetingOver));
    assert_eq!(links.standing(&meeting.id, Kind::Host, now()), None);
    assert_eq!(links.create(&meeting.id, guest(), now()).await, Err(LinkError::Over));
    let next_week = now() + SignedDuration::from_hours(24 * 7);
    assert_eq!(links.check(&late, next_week).await, Err(LinkProblem::MeetingOver));
}

#[tokio::test]
async fn a_guide_lets_nobody_in_and_a_guests_link_opens_no_guide() {
    let bench = Bench::new("guide");
    let (links, _) = bench.start().await;
    let standing = |kind| links.standing(BOARD, kind, now()).expect("a link");
    let guide = standing(Kind::Guide);
    assert_eq!(links.check(&guide, now()).await, Err(LinkProblem::Unknown));
    links.opens_guide(&guide, BOARD, now()).expect("its own");
    links.opens_guide(&standing(Kind::Host), BOARD, now()).expect("a host's");
    let guest = standing(Kind::Guest);
    assert_eq!(links.opens_guide(&guest, BOARD, now()), Err(LinkProblem::Unknown));
    assert_eq!(links.opens_guide(&guide, "conference-2", now()), Err(LinkProblem::Unknown));
}

#[tokio::test]
async fn guests_of_a_meeting_with_a_pin_are_asked_for_it_and_hosts_are_not() {
    let bench = Bench::new("pin");
    let (links, meetings) = bench.start().await;
    let open = meetings.create(&NewMeeting::new("x", Time::AdHoc), now()).await.expect("made");
    for (key, kind, asked) in
        [(BOARD, Kind::Guest, true), (BOARD, Kind::Host, false), (&open.id, Kind::Guest, false)]
    {
        let token = links.standing(key, kind, now()).expect("a link");
        let grant = links.check(&token, now()).await.expect("good");
        assert_eq!(links.pin_needed(&grant, now()), asked, "{key} {kind:?}");
    }
}

#[tokio::test]
async fn while_the_store_is_away_links_without_a_count_go_on() {
    let bench = Bench::new("away");
    let (links, _) = bench.start().await;
    let (_, open) = made(&links, BOARD, guest()).await;
    let (_, counted) = made(&links, BOARD, NewLink { uses: Some(5), ..guest() }).await;
    let grant = links.check(&counted, now()).await.expect("good");
    links.close_store().await;
    let free = links.check(&open, now()).await.expect("needs no store");
    links.use_up(&free).await.expect("needs no store");
    assert_eq!(links.check(&counted, now()).await, Err(LinkProblem::NotNow));
    assert_eq!(links.use_up(&grant).await, Err(LinkProblem::NotNow));
}

#[test]
fn every_problem_has_its_own_code_and_both_languages() {
    let codes: HashSet<_> = LinkProblem::ALL.iter().map(|problem| problem.code()).collect();
    assert_eq!(codes.len(), LinkProblem::ALL.len());
    for problem in LinkProblem::ALL {
        assert!(problem.code().starts_with("CW-LINK-"));
        assert!(!problem.sentence(Lang::Zh).is_ascii() && problem.sentence(Lang::En).is_ascii());
        assert!([403, 410, 503].contains(&problem.status()));
    }
}

#[test]
fn nothing_of_a_link_shows_a_name() {
    let claims =
        Claims { name: Some(DisplayName::new("Ann")), ..Claims::standing(BOARD, Kind::Guest) };
    assert!(!format!("{claims:?}").contains("Ann"));
}

fn some_claims() -> impl Strategy<Value = Claims> {
    let time = || proptest::option::of(0_i64..=i64::from(u32::MAX));
    let kind = prop_oneof![Just(Kind::Guest), Just(Kind::Host), Just(Kind::Guide)];
    (
        any::<[u8; 8]>(),
        kind,
        "[A-Za-z0-9_-]{1,64}",
        time(),
        time(),
        proptest::option::of(any::<u16>()),
        proptest::option::of("\\PC{0,80}"),
    )
        .prop_map(|(id, kind, meeting, from, to, uses, name)| Claims {
            id,
            kind,
            meeting: meeting.into(),
            not_before: from.map(|at| Timestamp::from_second(at).expect("a time")),
            expires: to.map(|at| Timestamp::from_second(at).expect("a time")),
            uses,
            name: name.map(|name| DisplayName::new(&name)),
        })
}

proptest! {
    #[test]
    fn what_is_signed_is_read_again(claims in some_claims()) {
        let token = claims.sign(&Zeroizing::new([1; 32]));
        prop_assert!(token.len() <= MAX_TOKEN);
        let read = Unproved::read(&token).expect("a token");
        prop_assert_eq!(read.prove(&Zeroizing::new([1; 32])), Some(claims));
        let read = Unproved::read(&token).expect("a token");
        prop_assert_eq!(read.prove(&Zeroizing::new([2; 32])), None);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[A-Za-z0-9_-]{0,700}") {
        let _ = Unproved::read(&text);
    }
}

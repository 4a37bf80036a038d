//! The layout that a meeting begins with, and what becomes of it while it runs.

use super::live_call::{TRUSTING, phones, until};
use super::real::Real;
use crate::meeting::{Kind, NewMeeting};
use causeway_conference::{Layout, Lobby, NamedLayout};
use jiff::Timestamp;
use serde_json::Value;

#[tokio::test]
async fn a_meeting_and_a_conference_begin_with_the_layout_that_they_name_or_with_the_bridges() {
    let more = "[[conference]]\naliases = [\"2001\"]\nopen = true\nlayout = \"side-by-side\"\n\
        [video]\nlayout = \"single\"\n";
    let real = Real::with("layout", more).await;
    let admin = real.admin().await;
    let begins = |id: &str| real.bridge.desk().settings(id).layout;
    let made = real.ask("POST", "/api/v1/meetings", &admin, r#"{"layout":"equal"}"#).await.json();
    assert_eq!(made["layout"], "equal", "{made}");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(begins(id), Layout::Equal);
    let path = format!("/api/v1/meetings/{id}");
    let named = real.ask("PATCH", &path, &admin, r#"{"name":"Weekly"}"#).await.json();
    assert_eq!(named["layout"], "equal", "what is left out stays");
    let cleared = real.ask("PATCH", &path, &admin, r#"{"layout":null}"#).await.json();
    assert_eq!((&cleared["layout"], begins(id)), (&Value::Null, Layout::Single));
    let plain = real.ask("POST", "/api/v1/meetings", &admin, "{}").await.json();
    assert_eq!(begins(plain["id"].as_str().expect("an id")), Layout::Single);
    let unknown = real.ask("POST", "/api/v1/meetings", &admin, r#"{"layout":"mosaic"}"#).await;
    assert_eq!(unknown.status.as_u16(), 400, "{unknown:?}");

    let fixed = real.ask("GET", "/api/v1/meetings/conference-2001", &admin, "").await.json();
    assert_eq!(
        (&fixed["layout"], begins("conference-2001")),
        (&"side-by-side".into(), Layout::SideBySide)
    );
    let (board, bridges) = ("conference-1001", Layout::Single);
    assert_eq!(begins(board), bridges);
    real.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_that_runs_takes_a_layout_that_is_set_and_keeps_its_own_where_none_is() {
    let real = Real::with("layout-runs", TRUSTING).await;
    let admin = real.admin().await;
    // Nobody is asked for a PIN: these telephones press no keys.
    let layout = Some(NamedLayout::Equal);
    let new = NewMeeting { lobby: Lobby::Off, layout, ..NewMeeting::new("Open", Kind::AdHoc) };
    let made = real.bridge.meetings().create(&new, Timestamp::now()).await.expect("a meeting");
    let phone = phones(&real, &made.code, 1, 3);
    let path = format!("/api/v1/meetings/{}", made.id);
    let shown = async || {
        let shown = real.ask("GET", &format!("{path}/layout"), &admin, "").await;
        shown.json()["layout"]["name"].as_str().map(str::to_owned)
    };
    assert_eq!(until("it runs", shown).await, "equal");
    for (change, layout) in [(r#"{"layout":"single"}"#, "single"), (r#"{"layout":null}"#, "single")]
    {
        real.ask("PATCH", &path, &admin, change).await.json();
        assert_eq!(shown().await.as_deref(), Some(layout), "{change}");
    }
    phone.join().expect("a telephone").expect("it was answered");
    real.end().await;
}

//! The API before calls that are made: telephones of our own speak real SIP and RTP to a bridge, and
//! whoever operates it does everything by HTTP.

use super::real::Real;
use super::request;
use crate::journal::Journal;
use crate::load::options::CodecName;
use crate::load::report::LoadReport;
use crate::load::{LoadError, LoadOptions};
use crate::meeting::{Kind, NewMeeting, Phase};
use crate::store::tests::PATIENCE;
use crate::store::{CallFilter, Location, Secrets, Store};
use causeway_base::{EndCause, Lang};
use causeway_conference::{By, Command, Lobby, Role};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tower::ServiceExt;

/// A conference with a lobby, callers who are trusted only where a test says so, and no last words.
const LOBBY: &str = "[reception]\nfarewell = false\n\
    [[conference]]\nname = \"Lobby\"\naliases = [\"2001\"]\nlobby = \"on\"\n";

/// Everybody on this machine is one of ours: nobody is asked for a PIN.
pub(super) const TRUSTING: &str =
    "[reception]\nfarewell = false\n[sip.trust]\nnetworks = [\"127.0.0.0/8\"]\n";

/// Telephones that call a name of the bridge and stay so long, if they are let.
pub(super) fn phones(
    real: &Real,
    name: &str,
    calls: u32,
    seconds: u32,
) -> JoinHandle<Result<LoadReport, LoadError>> {
    let (_, bound) = real.bridge.bound()[0];
    let options = LoadOptions {
        target: format!("sip:{name}@{bound}").parse().expect("an address"),
        calls,
        talkers: calls.min(2),
        codec: CodecName::G711,
        seconds,
        srtp: false,
        dtx: false,
        level: false,
        quiet_level: -64.0,
        rate: 50.0,
        transport: None,
        json: false,
    };
    std::thread::spawn(move || crate::load::run(&options, |_| {}))
}

/// Asks again until it is so.
pub(super) async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

struct Host<'a> {
    real: &'a Real,
    token: String,
    path: &'static str,
}

impl Host<'_> {
    async fn roster(&self) -> Vec<Value> {
        let path = format!("{}/participants", self.path);
        let roster = self.real.ask("GET", &path, &self.token, "").await.json();
        roster["items"].as_array().expect("a list").clone()
    }

    /// The participant that nobody knew before, once it waits.
    async fn newcomer(&self, known: &[&str]) -> String {
        until("somebody waits", async || {
            let roster = self.roster().await;
            let new = |one: &&Value| {
                one["presence"] == "waiting" && known.iter().all(|id| one["id"] != **id)
            };
            roster.iter().find(new).and_then(|one| one["id"].as_str()).map(str::to_owned)
        })
        .await
    }

    async fn does(&self, method: &str, rest: &str, body: &str) {
        let path = format!("{}{rest}", self.path);
        let done = self.real.ask(method, &path, &self.token, body).await;
        assert_eq!(done.status.as_u16(), 204, "{method} {rest}: {done:?}");
    }

    /// Waits until a field of a participant has this value; none is missing who is gone.
    async fn sees(&self, who: &str, field: &str, value: impl Into<Value>) {
        let value = value.into();
        until(&format!("{who} {field} {value}"), async || {
            let roster = self.roster().await;
            let one = roster.iter().find(|one| one["id"] == who);
            let found = one.map_or(&Value::Null, |one| one.pointer(field).unwrap_or(&Value::Null));
            (*found == value).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_does_everything_to_calls_that_are_made_and_finds_why_each_ended() {
    let real = Real::with("live", LOBBY).await;
    let token = real.admin().await;
    let stream = request("GET", "/api/v1/events", &token, "");
    let stream = real.router().oneshot(stream).await.expect("infallible");
    let mut stream = stream.into_body().into_data_stream();
    let host = Host { real: &real, token, path: "/api/v1/meetings/conference-2001" };

    let first = phones(&real, "2001", 1, 30);
    let chair = host.newcomer(&[]).await;
    host.does("POST", &format!("/participants/{chair}/admit"), "").await;
    host.sees(&chair, "/presence", "admitted").await;
    host.does("PUT", &format!("/participants/{chair}/role"), r#"{"role":"host"}"#).await;

    let second = phones(&real, "2001", 1, 30);
    let stranger = host.newcomer(&[&chair]).await;
    host.does("POST", &format!("/participants/{stranger}/deny"), "").await;
    host.sees(&stranger, "/presence", Value::Null).await;

    let third = phones(&real, "2001", 1, 30);
    let guest = host.newcomer(&[&chair, &stranger]).await;
    host.does("POST", &format!("/participants/{guest}/admit"), "").await;
    host.does("POST", &format!("/participants/{guest}/mute"), "").await;
    host.sees(&guest, "/mute/by_host", true).await;
    host.does("POST", &format!("/participants/{guest}/unmute"), "").await;
    host.sees(&guest, "/mute/by_host", false).await;
    let running = real.ask("GET", "/api/v1/calls", &host.token, "").await.json();
    let goes_on =
        |call: &&Value| call["ended_at"].is_null() && call["meeting"] == "conference-2001";
    let running = running["items"].as_array().expect("a list").iter().filter(goes_on).count();
    assert!(running >= 1, "calls that go on are among the records");

    let to = format!("{{\"to\":\"{guest}\"}}");
    host.does("POST", &format!("/participants/{chair}/hand-over"), &to).await;
    host.sees(&guest, "/role", "host").await;
    host.sees(&chair, "/role", "guest").await;
    host.does("PUT", "/lock", r#"{"locked":true}"#).await;
    let shown = real.ask("GET", host.path, &host.token, "").await.json();
    assert_eq!(shown["live"]["locked"], true, "{shown}");
    let fourth = phones(&real, "2001", 1, 1).join().expect("a telephone");
    assert!(matches!(&fourth, Err(LoadError::NoCalls(_))), "locked: {fourth:?}");
    host.does("DELETE", &format!("/participants/{chair}"), "").await;
    host.sees(&chair, "/presence", Value::Null).await;
    host.does("POST", "/end", "").await;
    until("it is over", async || host.roster().await.is_empty().then_some(())).await;

    let mut news = String::new();
    while !news.contains("meeting-ended") {
        let chunk = tokio::time::timeout(PATIENCE, stream.next()).await.expect("in time");
        news.push_str(&String::from_utf8_lossy(&chunk.expect("open").expect("bytes")));
    }
    for word in [
        "meeting-started",
        "participant-waiting",
        "participant-joined",
        "role-changed",
        "mute-changed",
        "lock-changed",
        "participant-left",
    ] {
        assert!(news.contains(word), "{word} in {news}");
    }
    for phone in [first, second, third] {
        phone.join().expect("a telephone").expect("it was answered");
    }
    let ended = until("four records", async || {
        let calls = real.ask("GET", "/api/v1/calls", &host.token, "").await.json();
        let calls = calls["items"].as_array().expect("a list").clone();
        let over = calls.iter().all(|call| !call["ended_at"].is_null());
        (calls.len() == 4 && over).then_some(calls)
    })
    .await;
    let mut codes: Vec<_> =
        ended.iter().map(|call| call["ending"]["code"].as_str().expect("a code")).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["CW-CONF-001", "CW-CONF-002", "CW-CONF-003", "CW-CONF-005"]);
    let path = format!("/api/v1/calls/{}", ended[0]["id"].as_str().expect("an id"));
    for (lang, line) in
        [("zh-CN", "结果：进入会议 conference-2001"), ("en", "into the conference conference-2001")]
    {
        let mut asked = request("GET", &path, &host.token, "");
        asked.headers_mut().insert("accept-language", lang.parse().expect("a header"));
        let call = real.send(asked).await.json();
        assert_eq!(call["explanation"]["plan"]["destination"]["key"], "conference-2001");
        let text = call["explanation"]["text"].as_str().expect("a text");
        assert!(text.contains(line), "{text}");
    }
    real.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_dies_with_its_conference_and_its_number_lets_nobody_in_again() {
    let real = Real::with("ends", TRUSTING).await;
    // Nobody is asked for a PIN: these telephones press no keys.
    let made = async || {
        let new = NewMeeting { lobby: Lobby::Off, ..NewMeeting::new("Open", Kind::AdHoc) };
        let made = real.bridge.meetings().create(&new, Timestamp::now()).await.expect("a meeting");
        (made.id.clone(), made.code.clone())
    };
    let joined = async |key: &str| {
        until("two are in", async || {
            let view = real.bridge.live().view(key).await?;
            let admitted = view.conference.participants.iter().filter(|one| one.admitted).count();
            (admitted == 2).then_some(())
        })
        .await;
    };
    let over = async |key: &str| {
        until("the meeting is over", async || {
            let phase = real.bridge.meetings().phase(key, Timestamp::now());
            (phase == Some(Phase::Over)).then_some(())
        })
        .await;
    };
    // A host ends it: what `##` does.
    let (id, code) = made().await;
    let phone = phones(&real, &code, 2, 4);
    joined(&id).await;
    let live = real.bridge.live();
    live.command(&id, Command::EndForAll { by: By::Operator }).await.expect("it runs");
    over(&id).await;
    phone.join().expect("telephones").expect("they were answered");
    let again = phones(&real, &code, 1, 1).join().expect("a telephone");
    let Err(LoadError::NoCalls(outcome)) = again else { panic!("{again:?}") };
    assert_eq!(
        outcome.failed.keys().collect::<Vec<_>>(),
        ["Gone"],
        "who is trusted learns what there was"
    );
    let call = crate::view::CallOut {
        target: "+8613800138000".to_owned(),
        trunk: None,
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::Zh,
        beside: None,
        bridging: None,
    };
    assert_eq!(live.call_out(&id, call).await, Err(EndCause::Gone), "it is not opened again");
    assert!(live.view(&id).await.is_none());

    // Its time passes while people are there.
    let (id, code) = made().await;
    let phone = phones(&real, &code, 2, 4);
    joined(&id).await;
    let later = Timestamp::now() + SignedDuration::from_hours(25);
    crate::sweep::over(live, real.bridge.meetings(), later).await;
    until("nobody is left", async || live.view(&id).await.is_none().then_some(())).await;
    over(&id).await;
    phone.join().expect("telephones").expect("they were answered");
    real.end().await;
}

#[tokio::test]
async fn a_meeting_outlives_its_last_participant_and_a_permanent_one_its_host() {
    let real = Real::start("outlives").await;
    let admin = real.admin().await;
    let made = async |draft: &str| {
        let made = real.ask("POST", "/api/v1/meetings", &admin, draft).await.json();
        Arc::<str>::from(made["id"].as_str().expect("an id"))
    };
    let (brief, permanent) = (made("{}").await, made(r#"{"permanent":true}"#).await);
    let (desk, journal) = (real.bridge.desk(), Arc::new(Journal::new(None)));
    let meetings = real.bridge.meetings();
    let phase = |key: &str| meetings.phase(key, Timestamp::now());
    for cause in [EndCause::Normal, EndCause::Internal, EndCause::Draining] {
        desk.conference_ended(&journal, Arc::clone(&brief), cause);
    }
    desk.conference_ended(&journal, Arc::clone(&permanent), EndCause::ConferenceEnded);
    assert_eq!((phase(&brief), phase(&permanent)), (Some(Phase::Open), Some(Phase::Open)));
    desk.conference_ended(&journal, Arc::clone(&brief), EndCause::ConferenceEnded);
    assert_eq!(phase(&brief), Some(Phase::Over), "at once");
    assert_eq!(desk.closed(&brief), Some(EndCause::Gone));
    real.end().await;
}

/// Whoever stops the bridge must find later what became of the calls that it hung up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_that_stops_writes_its_last_calls_down_first() {
    let mut real = Real::with("stops", TRUSTING).await;
    let phone = phones(&real, "1001", 2, 3);
    until("two are in", async || {
        let view = real.bridge.live().view("conference-1001").await?;
        (view.conference.participants.len() == 2).then_some(())
    })
    .await;
    real.bridge.leave().await;
    real.bridge.stopped().await;
    assert_eq!(real.bridge.store().health().queued, 0);
    let secrets = Secrets::load(&real.directory, None).expect("the key");
    let again = Store::open(&Location::in_dir(&real.directory), secrets).await.expect("opens");
    let records = again.records(&CallFilter::default(), None, 10).await.expect("a page");
    let causes: Vec<_> =
        records.iter().map(|record| (record.ended.is_some(), record.cause)).collect();
    assert_eq!(causes, [(true, Some(EndCause::Draining)); 2]);
    phone.join().expect("telephones").expect("they were answered");
    std::fs::remove_dir_all(&real.directory).expect("clean up");
}

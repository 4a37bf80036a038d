//! Streams of events: replay, filters, closing.

use super::super::resource::{ApiEvent, Happening, MeetingId, Time};
use super::super::stream_seat::MAX_STREAMS_PER_TOKEN;
use super::*;
use futures_util::StreamExt;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn event(meeting: Option<&str>, second: i64) -> ApiEvent {
    let meeting = meeting.map(|id| id.parse::<MeetingId>().expect("an identifier"));
    let at = Time(jiff::Timestamp::from_second(second).expect("in range"));
    ApiEvent { at, meeting, happening: Happening::LockChanged { locked: true } }
}

/// An open stream.
struct Ear(axum::body::BodyDataStream);

impl Ear {
    async fn open(bench: &Bench, request: Request<Body>) -> Self {
        let response = bench.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    /// The next chunk; `None` when the stream is over.
    async fn hear(&mut self) -> Option<String> {
        let chunk = tokio::time::timeout(Duration::from_secs(60), self.0.next()).await;
        let chunk = chunk.expect("something within a minute")?.expect("bytes");
        Some(String::from_utf8(chunk.to_vec()).expect("UTF-8"))
    }
}

fn last_id(text: &str) -> String {
    let line = text.lines().rfind(|line| line.starts_with("id: ")).expect("an id");
    line["id: ".len()..].to_owned()
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_cut_without_gap_or_repetition() {
    let bench = Bench::new();
    let mut ear = Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await;
    bench.fake.log.publish(event(Some("own"), 1));
    let first = ear.hear().await.expect("open");
    assert!(first.contains(r#"data: {"at":"1970-01-01T00:00:01Z","meeting":"own","type":"lock-changed","locked":true}"#), "{first}");
    drop(ear);
    for second in 2..=5 {
        bench.fake.log.publish(event(None, second));
    }
    let mut again = request("GET", "/api/v1/events", "read", "");
    again.headers_mut().insert("last-event-id", last_id(&first).parse().expect("a header"));
    let heard = Ear::open(&bench, again).await.hear().await.expect("open");
    let moments: Vec<_> = heard.lines().filter(|line| line.starts_with("data:")).collect();
    assert_eq!(moments.len(), 4);
    assert!(moments[0].contains("00:00:02Z") && moments[3].contains("00:00:05Z"), "{heard}");
    let cursor = format!("/api/v1/events?cursor={}", last_id(&first));
    let by_cursor = Ear::open(&bench, request("GET", &cursor, "read", "")).await.hear().await;
    assert_eq!(by_cursor.as_deref(), Some(heard.as_str()));
}

#[tokio::test]
async fn a_stream_that_fell_behind_is_told_so_and_closed() {
    let bench = Bench::new();
    let mut ear = Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await;
    for second in 0..5000 {
        bench.fake.log.publish(event(None, second));
    }
    let heard = ear.hear().await.expect("open");
    assert!(heard.contains("event: missed"), "{heard}");
    assert_eq!(ear.hear().await, None);
    let cursor = format!("/api/v1/events?cursor={}", last_id(&heard));
    let mut ear = Ear::open(&bench, request("GET", &cursor, "read", "")).await;
    bench.fake.log.publish(event(None, 5000));
    assert!(ear.hear().await.expect("open").contains("01:23:20Z"));
}

#[tokio::test]
async fn a_meeting_token_hears_its_meeting_only() {
    let bench = Bench::new();
    let path = "/api/v1/meetings/own/events";
    let mut ear = Ear::open(&bench, request("GET", path, "meeting:own", "")).await;
    for (second, meeting) in [Some("other"), None, Some("own")].into_iter().enumerate() {
        bench.fake.log.publish(event(meeting, second as i64));
    }
    let heard = ear.hear().await.expect("open");
    assert!(heard.contains("\"own\"") && !heard.contains("other"), "{heard}");
    assert_eq!(heard.matches("data:").count(), 1);
}

#[tokio::test]
async fn a_quiet_stream_beats_until_its_token_is_revoked_or_the_server_closes() {
    let pace = Pace { fresh: Duration::ZERO, heartbeat: Duration::from_millis(5) };
    let bench = Bench::at(pace);
    let open = || Ear::open(&bench, request("GET", "/api/v1/events", "read", ""));
    let (mut ear, mut other) = (open().await, open().await);
    let beat = ear.hear().await.expect("open");
    assert!(beat.contains("\n: here\n"), "{beat}");
    bench.close.send(true).expect("somebody listens");
    while other.hear().await.is_some() {}
    let bench = Bench::at(pace);
    let mut ear = Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await;
    assert!(ear.hear().await.is_some(), "good so far");
    bench.fake.revoked.store(true, Ordering::Relaxed);
    while ear.hear().await.is_some() {}
}

#[tokio::test]
async fn streams_are_few_and_cursors_are_checked() {
    let bench = Bench::new();
    let mut ears = Vec::new();
    for _ in 0..MAX_STREAMS_PER_TOKEN {
        ears.push(Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await);
    }
    let reply = bench.ask("GET", "/api/v1/events", "read", "").await;
    assert_eq!(reply.code(), "CW-API-018");
    ears.pop();
    let reply = bench.ask("GET", "/api/v1/events?cursor=nonsense", "read", "").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "CW-API-002"));
    let _ear = Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await;
}

/// A stream on which something always happens comes to no pause in which it could ask.
#[tokio::test]
async fn a_busy_stream_ends_too_when_its_token_is_revoked() {
    let pace = Pace { fresh: Duration::ZERO, heartbeat: Duration::from_millis(5) };
    let bench = Bench::at(pace);
    let mut ear = Ear::open(&bench, request("GET", "/api/v1/events", "read", "")).await;
    bench.fake.log.publish(event(None, 0));
    assert!(ear.hear().await.is_some(), "good so far");
    bench.fake.revoked.store(true, Ordering::Relaxed);
    let started = std::time::Instant::now();
    let mut second = 1;
    loop {
        bench.fake.log.publish(event(None, second));
        if ear.hear().await.is_none() {
            break;
        }
        second += 1;
        assert!(started.elapsed() < Duration::from_secs(30), "it heard {second} events");
    }
}

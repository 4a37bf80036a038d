//! What a link is worth, and the test before joining.

use super::super::probe::{MAX_AT_ONCE, MAX_AT_ONCE_PER_SOURCE, MAX_BYTES};
use super::*;
use crate::link::MAX_TOKEN;
use crate::tests::Pages;
use jiff::SignedDuration;

#[tokio::test]
async fn a_good_link_tells_the_meeting_and_whether_a_pin_will_be_asked_for() {
    let trunk = "[[trunk]]\nname = \"carrier\"\nsources = [\"192.0.2.0/24\"]\nnumbers = [\"+861055550100\"]\n\
        [[rule]]\nmatch = '\\+861055550100'\ntrunk = \"carrier\"\nto = \"reception\"\n";
    let bench = Bench::with("worth", trunk).await;
    let reply = bench.worth(&bench.standing(Kind::Guest), "en").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["meeting"]["name"], "评审会 <b>");
    assert!(answer["meeting"]["now"].as_str().is_some_and(|now| now.parse::<Timestamp>().is_ok()));
    let phone = serde_json::json!(
        { "number": "+861055550100", "code": "1001", "personal_code": null });
    assert_eq!(answer["phone"], phone);
    assert_eq!((&answer["pin_needed"], &answer["wanted_kbps"]), (&true.into(), &2000.into()));
    assert!(!reply.text().contains("4711") && !reply.text().contains("990011"));
    let host = bench.worth(&bench.standing(Kind::Host), "en").await.json();
    assert_eq!(host["pin_needed"], false);
    bench.end().await;
}

#[tokio::test]
async fn a_link_that_is_worth_nothing_says_why_and_what_to_do_in_both_languages() {
    let bench = Bench::new("worthless").await;
    let now = Timestamp::now();
    let (revoked, revoked_token) = bench.link(guest()).await;
    bench.bridge.links().revoke(BOARD, &revoked, now).await.expect("revoked");
    let (_, used) = bench.link(NewLink { uses: Some(1), ..guest() }).await;
    let grant = bench.bridge.links().check(&used, now).await.expect("good");
    for _ in 0..3 {
        assert_eq!(bench.worth(&used, "en").await.status, StatusCode::OK, "asking is free");
    }
    bench.bridge.links().use_up(&grant).await.expect("used");
    let later = Some(now + SignedDuration::from_hours(1));
    let (_, early) = bench.link(NewLink { not_before: later, ..guest() }).await;
    let guide = bench.standing(Kind::Guide);
    let long = "A".repeat(MAX_TOKEN + 1);
    for (token, status, code) in [
        (&*revoked_token, 410, "CW-LINK-005"),
        (&used, 410, "CW-LINK-004"),
        (&early, 403, "CW-LINK-003"),
        (&guide, 403, "CW-LINK-001"),
        ("", 403, "CW-LINK-001"),
        ("AQAA", 403, "CW-LINK-001"),
        (&long, 403, "CW-LINK-001"),
    ] {
        let en = bench.worth(token, "en").await;
        assert_eq!((en.status.as_u16(), &*en.code()), (status, code), "{en:?}");
        let zh = bench.worth(token, "zh-CN").await.json();
        assert_eq!((&zh["code"], &zh["pin_needed"]), (&code.into(), &false.into()));
        assert!(en.json()["text"].as_str().is_some_and(|text| text.is_ascii()));
        assert!(zh["text"].as_str().is_some_and(|text| !text.is_ascii()), "{zh}");
    }
    bench.end().await;
}

#[tokio::test]
async fn a_question_that_is_none_is_refused_and_too_many_are_too() {
    let bench = Bench::new("questions").await;
    let ask = |body: &'static str| bench.ask("POST", "/api/v1/link", "", body);
    for body in [
        "",
        "{}",
        "[]",
        "{\"token\":1,\"lang\":\"en\"}",
        "{\"token\":\"a\",\"lang\":\"en\",\"x\":1}",
    ] {
        let reply = ask(body).await;
        assert_eq!((reply.status.as_u16(), &*reply.code()), (400, "CW-API-001"), "{body}");
    }
    let long = "x".repeat(5000);
    let reply = bench.worth(&long, "en").await;
    assert_eq!((reply.status.as_u16(), &*reply.code()), (413, "CW-API-011"));
    let mut refused = None;
    for number in 0..1000 {
        let reply = bench.send(from(7, request("POST", "/api/v1/link", "", "{}"))).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(!reply.header("retry-after").is_empty());
            refused = Some(number);
            break;
        }
    }
    assert!(refused.is_some_and(|number| number >= 100), "{refused:?}");
    let other = bench.send(from(8, request("POST", "/api/v1/link", "", "{}"))).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "from elsewhere");
    bench.end().await;
}

#[tokio::test]
async fn bytes_come_and_go_for_who_has_a_link_and_nobody_else() {
    let bench = Bench::new("bytes").await;
    let token = bench.standing(Kind::Guest);
    let down = |bytes: usize, token: &str| {
        bench.send(request("GET", &format!("/api/v1/probe/down?bytes={bytes}"), token, ""))
    };
    let reply = down(200_000, &token).await;
    assert_eq!((reply.status, reply.body.len()), (StatusCode::OK, 200_000));
    assert_eq!(reply.header("content-length"), "200000");
    assert_eq!(reply.header("cache-control"), "no-store");
    let mut kinds = [false; 256];
    reply.body.iter().for_each(|byte| kinds[usize::from(*byte)] = true);
    assert!(kinds.iter().all(|seen| *seen), "it cannot be compressed on the way");
    for wrong in [0, MAX_BYTES + 1] {
        assert_eq!(down(wrong, &token).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(down(1, "").await.status, StatusCode::FORBIDDEN);
    let body = "x".repeat(300_000);
    let reply = bench.ask("POST", "/api/v1/probe/up", &token, &body).await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, "{}"));
    let body = "x".repeat(MAX_BYTES + 1);
    let reply = bench.ask("POST", "/api/v1/probe/up", &token, &body).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let reply = bench.ask("POST", "/api/v1/probe/up", "AQAA", "x").await;
    assert_eq!((reply.status.as_u16(), &*reply.code()), (403, "CW-LINK-001"));
    bench.end().await;
}

/// A link with a count is not used by its test.
#[tokio::test]
async fn testing_uses_no_link_up() {
    let bench = Bench::new("free").await;
    let (_, token) = bench.link(NewLink { uses: Some(1), ..guest() }).await;
    for _ in 0..3 {
        let reply = bench.ask("GET", "/api/v1/probe/down?bytes=10", &token, "").await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    assert_eq!(bench.worth(&token, "en").await.status, StatusCode::OK);
    bench.end().await;
}

#[tokio::test]
async fn tests_are_bounded_for_each_source_and_in_all_and_leave_nothing_behind() {
    let bench = Bench::new("bounds").await;
    let token = bench.standing(Kind::Guest);
    let open = |source: u32| {
        let request = from(source, request("GET", "/api/v1/probe/down?bytes=1000000", &token, ""));
        bench.router.clone().oneshot(request)
    };
    let mut running = Vec::new();
    for _ in 0..MAX_AT_ONCE_PER_SOURCE {
        let response = open(1).await.expect("infallible");
        assert_eq!(response.status(), StatusCode::OK);
        running.push(response);
    }
    assert_eq!(open(1).await.expect("infallible").status(), StatusCode::TOO_MANY_REQUESTS);
    for source in 2.. {
        let response = open(source).await.expect("infallible");
        if response.status() != StatusCode::OK {
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            break;
        }
        running.push(response);
    }
    assert_eq!(running.len(), MAX_AT_ONCE);
    drop(running);
    assert_eq!(open(1).await.expect("infallible").status(), StatusCode::OK);
    assert_eq!(bench.site.probes.running(), 0, "nobody is remembered");
    bench.end().await;
}

#[tokio::test]
async fn the_media_of_a_test_is_answered_with_the_servers_that_help() {
    let turn = "[turn]\nurls = [\"turns:turn.example.com:5349\"]\nsecret = \"north\"\n";
    let bench = Bench::with("rtc", turn).await;
    let token = bench.standing(Kind::Guest);
    let send = &bench;
    let ask = |token: String, body: &'static str| async move {
        send.ask("POST", "/api/v1/probe/rtc", &token, body).await
    };
    let reply = ask(token.clone(), "{\"sdp\":\"v=0\"}").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["sdp"], "v=0");
    let server = &answer["ice_servers"][0];
    assert_eq!(server["urls"], serde_json::json!(["turns:turn.example.com:5349"]));
    assert!(server["username"].as_str().is_some_and(|name| name.ends_with(":guest")), "{server}");
    let refused = ask(String::new(), "{\"sdp\":\"v=0\"}").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text().contains("turn"), "credentials are for who has a link");
    assert_eq!(ask(token.clone(), "{}").await.status, StatusCode::BAD_REQUEST);
    let bad = ask(token, "{\"sdp\":\"\"}").await;
    assert_eq!(bad.code(), EndCause::BadMediaDescription.code());
    bench.end().await;
}

#[tokio::test]
async fn no_token_and_no_meeting_reaches_the_log() {
    let bench = Bench::new("log").await;
    let token = bench.standing(Kind::Host);
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    {
        let _guard = tracing::subscriber::set_default(subscriber);
        bench.get("/j/conference-1001").await;
        bench.worth(&token, "en").await;
        bench.worth(&format!("{token}x"), "en").await;
        bench.ask("GET", "/api/v1/probe/down?bytes=10", &token, "").await;
        bench.ask("POST", "/api/v1/probe/rtc", &token, "{\"sdp\":\"v=0\"}").await;
        bench.ask("GET", "/m/conference-1001/guide", &token, "").await;
    }
    let logged = String::from_utf8(pages.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    assert!(logged.contains("/j/{meeting}"), "the test sees the log: {logged}");
    assert!(!logged.contains(&token) && !logged.contains("conference-1001"), "{logged}");
    bench.end().await;
}

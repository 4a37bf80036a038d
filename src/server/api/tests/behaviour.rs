//! Errors, bounds, names, pages, health: what a client sees.

use super::*;
use proptest::prelude::*;
use std::sync::atomic::Ordering;

async fn error(bench: &Bench, method: &str, path: &str, body: &str) -> (u16, String, String) {
    let reply = bench.ask(method, path, "admin", body).await;
    assert_eq!(reply.headers["content-type"], "application/problem+json", "{reply:?}");
    let json = reply.json();
    assert_eq!(json["request"], reply.headers["x-request-id"].to_str().expect("ASCII"));
    let field = json["field"].as_str().unwrap_or_default().to_owned();
    (reply.status.as_u16(), reply.code(), field)
}

#[tokio::test]
async fn what_is_wrong_is_named_by_code_and_field() {
    let bench = Bench::new();
    let successors = format!("{{\"participants\":[{}]}}", ["\"part-1\""; 17].join(","));
    let meetings = "/api/v1/meetings";
    for (method, path, body, expected) in [
        ("GET", "/nowhere", "", (404, "CW-API-006", "")),
        ("DELETE", meetings, "", (405, "CW-API-007", "")),
        ("GET", "/api/v1/meetings/none", "", (404, "CW-API-006", "")),
        ("GET", "/api/v1/meetings/a%20b", "", (404, "CW-API-006", "")),
        ("POST", "/api/v1/meetings/own/participants/7/mute", "", (404, "CW-API-006", "")),
        ("GET", "/api/v1/meetings?limit=0", "", (400, "CW-API-002", "limit")),
        ("GET", "/api/v1/meetings?limit=201", "", (400, "CW-API-002", "limit")),
        ("GET", "/api/v1/meetings?limt=5", "", (400, "CW-API-002", "")),
        ("GET", "/api/v1/meetings?cursor=..", "", (400, "CW-API-002", "")),
        ("POST", meetings, "{", (400, "CW-API-001", "")),
        ("POST", meetings, r#"{"naem":"x"}"#, (400, "CW-API-001", "naem")),
        ("POST", meetings, r#"{"starts_at":"soon"}"#, (400, "CW-API-001", "starts_at")),
        ("POST", meetings, r#"{"host_pin":"12a4"}"#, (422, "CW-API-003", "host_pin")),
        ("POST", meetings, r#"{"host_pin":"123"}"#, (422, "CW-API-003", "host_pin")),
        (
            "POST",
            meetings,
            r#"{"host_pin":"1234","guest_pin":"1234"}"#,
            (422, "CW-API-003", "guest_pin"),
        ),
        ("POST", meetings, r#"{"max_participants":0}"#, (422, "CW-API-003", "max_participants")),
        (
            "POST",
            meetings,
            r#"{"starts_at":"2026-01-02T00:00:00Z","ends_at":"2026-01-01T00:00:00Z"}"#,
            (422, "CW-API-003", "ends_at"),
        ),
        (
            "PUT",
            "/api/v1/meetings/own/participants/successors",
            successors.as_str(),
            (422, "CW-API-003", "participants"),
        ),
        ("POST", "/api/v1/dial/parse", r#"{"text":""}"#, (422, "CW-API-003", "text")),
        ("POST", "/api/v1/explanations", r#"{"alias":"a\u0000b"}"#, (422, "CW-API-003", "alias")),
        ("POST", "/api/v1/meetings/own/end", r#"{"x":1}"#, (400, "CW-API-001", "")),
        (
            "POST",
            "/api/v1/tokens",
            r#"{"scope":"read","expires_at":"2001-01-01T00:00:00Z"}"#,
            (422, "CW-API-003", "expires_at"),
        ),
    ] {
        let found = error(&bench, method, path, body).await;
        let found = (found.0, found.1.as_str(), found.2.as_str());
        assert_eq!(found, expected, "{method} {path} {body:.60}");
    }
    assert_eq!(bench.fake.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn bodies_and_addresses_have_bounds_and_kinds() {
    let bench = Bench::new();
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(error(&bench, "POST", "/api/v1/meetings", &long).await.0, 413);
    let path = format!("/api/v1/meetings?cursor={}", "x".repeat(3000));
    assert_eq!(error(&bench, "GET", &path, "").await.0, 414);
    let mut form = request("POST", "/api/v1/meetings", "admin", "{}");
    form.headers_mut().insert("content-type", "text/plain".parse().expect("a header"));
    assert_eq!(bench.send(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn errors_speak_the_language_that_is_asked_for() {
    let bench = Bench::new();
    for (asked, told) in [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("en;q=0.3, zh;q=0.7", "zh-CN"),
        ("zh;q=0, en;q=0.1", "en"),
        ("fr, de;q=0.5", "en"),
        ("zh;q=nonsense", "en"),
        (",;,;;q=,", "en"),
    ] {
        let mut request = request("GET", "/nowhere", "", "");
        request.headers_mut().insert("accept-language", asked.parse().expect("a header"));
        let reply = bench.send(request).await;
        assert_eq!(reply.headers["content-language"], told, "{asked}");
        let title = reply.json()["title"].as_str().expect("a title").to_owned();
        assert_eq!(title.is_ascii(), told == "en", "{asked}: {title}");
    }
}

#[tokio::test]
async fn names_are_made_safe_before_anything_keeps_them() {
    let bench = Bench::new();
    let body = r#"{"name":"  A\r\n\u202Eda\u0000ve "}"#;
    let reply = bench.ask("POST", "/api/v1/meetings", "operator", body).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(reply.headers["location"], "/api/v1/meetings/own");
    assert_eq!(reply.json()["name"], "Adave");
    assert_eq!(bench.fake.changes(), ["operator: create meeting \"Adave\""]);
}

#[tokio::test]
async fn orders_reach_the_meeting_in_the_name_of_the_token() {
    let bench = Bench::new();
    let of = "/api/v1/meetings/own/participants";
    for (method, path, body) in [
        ("POST", format!("{of}/part-7/admit"), ""),
        ("POST", format!("{of}/part-7/hand-over"), r#"{"to":"part-8"}"#),
        ("PUT", format!("{of}/part-7/hand"), r#"{"raised":false}"#),
        ("DELETE", format!("{of}/part-7"), ""),
        ("PUT", "/api/v1/meetings/own/lock".to_owned(), r#"{"locked":true}"#),
    ] {
        let reply = bench.ask(method, &path, "meeting:own", body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{path}");
    }
    let seven = "ParticipantId(ParticipantId(7))";
    assert_eq!(
        bench.fake.changes(),
        [
            format!("meeting:own: own Admit({seven})"),
            format!(
                "meeting:own: own HandOver {{ from: {seven}, to: ParticipantId(ParticipantId(8)) }}"
            ),
            format!("meeting:own: own Hand({seven}, false)"),
            format!("meeting:own: own Remove({seven})"),
            "meeting:own: own SetLock(true)".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_people_see_is_set_and_looked_at_through_the_eyes_of_one() {
    let bench = Bench::new();
    let of = "/api/v1/meetings/own";
    for (path, body) in [
        ("layout", r#"{"name":"custom","places":[{"left":0,"top":0,"width":500,"height":500}]}"#),
        ("spotlight", "{}"),
        ("participants/part-7/layout", r#"{"layout":{"name":"equal"},"page":2}"#),
    ] {
        let reply = bench.ask("PUT", &format!("{of}/{path}"), "meeting:own", body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{path}");
    }
    let changes = bench.fake.changes();
    assert!(changes[0].starts_with("meeting:own: own SetLayout(Custom([Area {"), "{changes:?}");
    assert_eq!(changes[1], "meeting:own: own Spotlight(None)");
    let choice = "PictureChoice { layout: Some(Equal), pinned: None, page: 2 }";
    assert_eq!(
        changes[2],
        format!("meeting:own: own ChoosePicture(ParticipantId(ParticipantId(7)), {choice})")
    );
    for wrong in [
        r#"{"name":"custom"}"#,
        r#"{"name":"single","places":[{"left":0,"top":0,"width":1,"height":1}]}"#,
        r#"{"name":"custom","places":[{"left":900,"top":0,"width":200,"height":1}]}"#,
    ] {
        let reply = bench.ask("PUT", &format!("{of}/layout"), "meeting:own", wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let layout = bench.ask("GET", &format!("{of}/layout"), "read", "").await.json();
    assert_eq!(layout, serde_json::json!({"layout": {"name": "speaker"}, "strain": "none"}));
    let path = format!("{of}/participants/part-7/picture.png");
    let picture = bench.ask("GET", &path, "meeting:own", "").await;
    assert_eq!(picture.headers["content-type"], "image/png");
    assert_eq!(picture.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn lists_go_on_by_their_cursor() {
    let bench = Bench::new();
    let first = bench.ask("GET", "/api/v1/meetings?limit=1", "read", "").await.json();
    assert_eq!(first["items"][0]["id"], "own");
    let next = first["next"].as_str().expect("a next page");
    let path = format!("/api/v1/meetings?limit=1&cursor={next}");
    let second = bench.ask("GET", &path, "read", "").await.json();
    assert_eq!(second["items"][0]["id"], "other");
    assert!(second.get("next").is_none());
}

#[tokio::test]
async fn an_invitation_comes_in_its_form_and_language() {
    let bench = Bench::new();
    for (query, kind, text) in [
        ("", "text/plain; charset=utf-8", "Text English"),
        ("?format=html&lang=zh-CN", "text/html; charset=utf-8", "Html Chinese"),
        ("?format=ics&lang=en", "text/calendar; charset=utf-8", "Ics English"),
    ] {
        let path = format!("/api/v1/meetings/own/invite{query}");
        let reply = bench.ask("GET", &path, "meeting:own", "").await;
        assert_eq!(reply.headers["content-type"], kind);
        assert_eq!(reply.text, format!("{text} 4711"));
        // Who only looks gets no PIN.
        assert_eq!(bench.ask("GET", &path, "read", "").await.text, text);
    }
}

#[tokio::test]
async fn a_handler_that_panics_answers_500_and_the_next_request_is_served() {
    let bench = Bench::new();
    let reply = bench.ask("GET", "/api/v1/meetings/panic", "admin", "").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (500, "CW-API-015"));
    assert_eq!(bench.ask("GET", "/healthz", "", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn readiness_says_why_not() {
    let bench = Bench::new();
    assert_eq!(bench.ask("GET", "/readyz", "", "").await.status, StatusCode::OK);
    bench.fake.store_down.store(true, Ordering::Relaxed);
    let reply = bench.ask("GET", "/readyz", "", "").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.json()["reasons"][0]["what"], "store");
    assert_eq!(bench.ask("GET", "/healthz", "", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_are_prometheus_text_with_bounded_labels() {
    let bench = Bench::new();
    crate::metrics::start();
    for n in 0..20 {
        bench.ask("GET", &format!("/api/v1/meetings/someone-{n}"), "admin", "").await;
        bench.ask("GET", &format!("/secret-{n}"), "", "").await;
        bench.ask(&format!("X{n}"), "/healthz", "", "").await;
    }
    let reply = bench.ask("GET", "/metrics", "read", "").await;
    assert!(reply.headers["content-type"].to_str().expect("ASCII").starts_with("text/plain"));
    for count in [
        "causeway_calls 3",
        "causeway_pictures_decoded_total 90",
        "causeway_decoder_restarts_total 1",
        "causeway_video_strains_total{strain=\"audio-only\"} 0",
        "causeway_faulty_pictures{picture=\"black\"} 2",
        "causeway_faulty_pictures{picture=\"frozen\"} 1",
        "causeway_screens{pictures=\"forwarded\"} 4",
    ] {
        assert!(reply.text.contains(count), "{}", reply.text);
    }
    assert!(reply.text.contains("causeway_trunk_up{trunk=\"carrier\"} 1"));
    assert!(reply.text.contains("route=\"/api/v1/meetings/{meeting}\""));
    assert!(!reply.text.contains("someone-") && !reply.text.contains("secret-"));
    assert!(reply.text.contains("method=\"other\""));
    for line in reply.text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.starts_with("causeway_"), "{line}");
    }
}

#[tokio::test]
async fn no_other_page_reads_the_api() {
    let bench = Bench::new();
    let mut request = request("OPTIONS", "/api/v1/meetings", "", "");
    request.headers_mut().insert("origin", "https://evil.example".parse().expect("a header"));
    let reply = bench.send(request).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    let allowed = reply.headers["allow"].to_str().expect("text");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
    assert!(!reply.headers.contains_key("set-cookie"));
}

#[test]
fn the_description_is_of_openapi_3_1_and_every_reference_leads_somewhere() {
    let bench = Bench::new();
    let document = block_on(bench.ask("GET", "/api/v1/openapi.json", "", "")).json();
    let version = document["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1."), "{version}");
    let mut seen = 0;
    let mut rest = vec![&document];
    while let Some(value) = rest.pop() {
        if let Some(to) = value.get("$ref").and_then(serde_json::Value::as_str) {
            let pointer = to.strip_prefix('#').expect("a reference into this document");
            assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
            seen += 1;
        }
        match value {
            serde_json::Value::Object(fields) => rest.extend(fields.values()),
            serde_json::Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    assert!(seen > 50, "{seen} references");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is asked, and however, the answer is never a fault of ours.
    #[test]
    fn any_body_on_any_path_is_answered_without_500(
        method in "(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|X)",
        row in 0..super::super::access::TABLE.len(),
        name in "[ -~]{0,12}",
        query in "[ -~]{0,24}",
        body in prop_oneof![
            "[ -~\u{80}-\u{ffff}]{0,64}",
            r#"\{"(to|alias|name|code|role|scope|locked)":(1|true|null|"x"|\[\]|\{\})\}"#,
        ],
    ) {
        let plain: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let route = super::super::access::TABLE[row].1;
        let path = ["{meeting}", "{participant}", "{token}", "{call}"]
            .iter()
            .fold(route.to_owned(), |path, part| path.replace(part, &plain));
        let query: String = query.bytes().map(|byte| match byte {
            b'&' | b'=' | b'a'..=b'z' => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        }).collect();
        let bench = Bench::new();
        bench.close.send(true).expect("streams end at once");
        let reply = block_on(bench.ask(&method, &format!("{path}?{query}"), "admin", &body));
        prop_assert!(!reply.status.is_server_error(), "{method} {path} {body}: {reply:?}");
    }

    #[test]
    fn the_fuzz_body_holds(
        data in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            r#"\{"[a-z_]{0,9}":("[ -~]{0,9}"|[0-9]{1,4}|null|true)\}"#.prop_map(String::into_bytes),
        ],
    ) {
        super::super::fuzz::json(&data);
    }
}

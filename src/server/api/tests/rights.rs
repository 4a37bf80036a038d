//! Every route with every kind of token, and the description of every route.

use super::super::access::TABLE;
use super::super::document::METHODS;
use super::fake::TOKENS;
use super::*;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Who gets through, written down a second time: `a`dmin, `o`perator, `r`ead, the meeting's
/// `m`eeting token, e`v`erybody. And a body that the route takes.
const EXPECTED: &[(&str, &str, &str, &str)] = &[
    ("GET", "/healthz", "v", ""),
    ("GET", "/readyz", "v", ""),
    ("GET", "/metrics", "aor", ""),
    ("GET", "/api/v1/openapi.json", "v", ""),
    ("POST", "/api/v1/session", "v", r#"{"code":"first-start"}"#),
    ("GET", "/api/v1/tokens", "a", ""),
    ("POST", "/api/v1/tokens", "a", r#"{"scope":"read"}"#),
    ("DELETE", "/api/v1/tokens/{token}", "a", ""),
    ("GET", "/api/v1/audit", "a", ""),
    ("POST", "/api/v1/audit/verify", "a", ""),
    ("GET", "/api/v1/meetings", "aor", ""),
    ("POST", "/api/v1/meetings", "ao", "{}"),
    ("GET", "/api/v1/meetings/{meeting}", "aorm", ""),
    ("PATCH", "/api/v1/meetings/{meeting}", "ao", "{}"),
    ("POST", "/api/v1/meetings/{meeting}/end", "aom", ""),
    ("PUT", "/api/v1/meetings/{meeting}/lock", "aom", r#"{"locked":true}"#),
    ("PUT", "/api/v1/meetings/{meeting}/lobby", "aom", r#"{"lobby":"on"}"#),
    ("GET", "/api/v1/meetings/{meeting}/layout", "aorm", ""),
    ("PUT", "/api/v1/meetings/{meeting}/layout", "aom", r#"{"name":"equal"}"#),
    ("PUT", "/api/v1/meetings/{meeting}/spotlight", "aom", r#"{"participant":"part-1"}"#),
    ("POST", "/api/v1/meetings/{meeting}/calls", "aom", r#"{"to":"+861012345678"}"#),
    ("POST", "/api/v1/meetings/{meeting}/room-addresses", "aom", r#"{"minutes":5}"#),
    ("GET", "/api/v1/meetings/{meeting}/invite", "aorm", ""),
    ("GET", "/api/v1/meetings/{meeting}/events", "aorm", ""),
    ("GET", "/api/v1/meetings/{meeting}/links", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/links", "aom", r#"{"role":"guest","uses":1}"#),
    ("DELETE", "/api/v1/meetings/{meeting}/links/{link}", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/links/revoke-all", "aom", ""),
    ("GET", "/api/v1/meetings/{meeting}/participants", "aorm", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/admit-all", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/mute-all", "aom", ""),
    ("PUT", "/api/v1/meetings/{meeting}/participants/allow-unmute", "aom", r#"{"allowed":true}"#),
    ("PUT", "/api/v1/meetings/{meeting}/participants/successors", "aom", r#"{"participants":[]}"#),
    ("DELETE", "/api/v1/meetings/{meeting}/participants/{participant}", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/admit", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/deny", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/mute", "aom", ""),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/unmute", "aom", ""),
    (
        "PUT",
        "/api/v1/meetings/{meeting}/participants/{participant}/hand",
        "aom",
        r#"{"raised":true}"#,
    ),
    (
        "PUT",
        "/api/v1/meetings/{meeting}/participants/{participant}/role",
        "aom",
        r#"{"role":"host"}"#,
    ),
    (
        "POST",
        "/api/v1/meetings/{meeting}/participants/{participant}/hand-over",
        "aom",
        r#"{"to":"part-2"}"#,
    ),
    (
        "PUT",
        "/api/v1/meetings/{meeting}/participants/{participant}/layout",
        "aom",
        r#"{"pinned":"part-2","page":1}"#,
    ),
    ("GET", "/api/v1/meetings/{meeting}/participants/{participant}/picture.png", "aom", ""),
    ("GET", "/api/v1/calls", "aor", ""),
    ("GET", "/api/v1/calls/{call}", "aor", ""),
    ("GET", "/api/v1/registrations", "aor", ""),
    ("GET", "/api/v1/trunks", "aor", ""),
    ("POST", "/api/v1/explanations", "aor", r#"{"alias":"1001"}"#),
    ("POST", "/api/v1/dial/parse", "aor", r#"{"text":"sip:1001@example.com"}"#),
    ("GET", "/api/v1/test-calls", "aor", ""),
    ("GET", "/api/v1/events", "aor", ""),
];

fn path(route: &str) -> String {
    let path = route.replace("{meeting}", "own").replace("{participant}", "part-1");
    let path = path.replace("{link}", "link-1");
    path.replace("{token}", "t-1").replace("{call}", "call-1")
}

/// Every operation of the description, as (method, route).
async fn described() -> BTreeSet<(String, String)> {
    let document = Bench::new().ask("GET", "/api/v1/openapi.json", "", "").await.json();
    let mut operations = BTreeSet::new();
    for (route, item) in document["paths"].as_object().expect("paths") {
        for method in METHODS {
            if item.get(method.to_lowercase()).is_some() {
                operations.insert((method.to_owned(), route.clone()));
            }
        }
    }
    operations
}

#[tokio::test]
async fn the_router_the_description_the_rights_and_this_test_name_the_same_routes() {
    let pair = |method: &str, route: &str| (method.to_owned(), route.to_owned());
    let described = described().await;
    let rights: BTreeSet<_> = TABLE.iter().map(|row| pair(row.0, row.1)).collect();
    let tested: BTreeSet<_> = EXPECTED.iter().map(|row| pair(row.0, row.1)).collect();
    assert_eq!(described, rights);
    assert_eq!(described, tested);
    assert_eq!(TABLE.len(), rights.len(), "a route has two rows");
}

/// A18: a token does what its scope says and nothing else, on every route.
#[tokio::test]
async fn every_route_takes_exactly_the_tokens_that_it_should() {
    for token in ["", "wrong", "admin", "operator", "read", "meeting:own", "meeting:other"] {
        let bench = Bench::new();
        bench.close.send(true).expect("streams end at once");
        for (number, (method, route, who, body)) in (0..).zip(EXPECTED) {
            bench.fake.changes.lock().expect("not poisoned").clear();
            bench.fake.revoked.store(false, Ordering::Relaxed);
            let request = request(method, &path(route), token, body);
            let reply = bench.send(from(number, request)).await;
            let kind = match token {
                "" | "wrong" => 'v',
                "meeting:other" => 'x',
                token => token.chars().next().expect("a scope"),
            };
            let text = format!("{method} {route} as {token:?}: {reply:?}");
            if who.contains(kind) || who.contains('v') {
                assert!(reply.status.is_success(), "{text}");
                continue;
            }
            let expected = if kind == 'v' { (401, "CW-API-004") } else { (403, "CW-API-005") };
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), expected, "{text}");
            assert!(bench.fake.changes().is_empty(), "{text}");
        }
    }
}

#[tokio::test]
async fn a_token_that_reads_never_writes() {
    let bench = Bench::new();
    bench.close.send(true).expect("streams end at once");
    for (method, route, _, body) in EXPECTED {
        bench.ask(method, &path(route), "read", body).await;
    }
    assert_eq!(bench.fake.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_meeting_token_learns_nothing_of_other_meetings_not_even_whether_they_exist() {
    let bench = Bench::new();
    for (method, route, _, body) in EXPECTED.iter().filter(|row| row.1.contains("{meeting}")) {
        let there = path(route).replace("/own", "/other");
        let nowhere = path(route).replace("/own", "/no-such-meeting");
        let mut replies = Vec::new();
        for at in [there, nowhere] {
            let reply = bench.ask(method, &at, "meeting:own", body).await;
            let mut body = reply.json();
            body["request"] = Value::Null;
            replies.push((reply.status, body));
        }
        assert_eq!(replies[0].0, StatusCode::FORBIDDEN, "{method} {route}");
        assert_eq!(replies[0], replies[1], "{method} {route}");
    }
    // Nor by writing the name in another way.
    for disguise in ["own/../other", "%6fwn", "own%2f..%2fother", "OWN", "own;x", "own%00"] {
        let path = format!("/api/v1/meetings/{disguise}/participants");
        let status = bench.ask("GET", &path, "meeting:own", "").await.status;
        assert!(!status.is_success() || disguise == "%6fwn", "{disguise}: {status}");
    }
}

#[tokio::test]
async fn a_wrong_token_and_none_answer_alike_and_ask_the_store_alike() {
    let mut replies = Vec::new();
    let long = "x".repeat(10_000);
    for token in ["", "wrong", "Admin", "admin x", long.as_str()] {
        let bench = Bench::new();
        let mut reply = bench.ask("GET", "/api/v1/meetings", token, "").await;
        let mut body = reply.json();
        body["request"] = Value::Null;
        reply.headers.remove("x-request-id");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert!(reply.headers.contains_key("www-authenticate"));
        assert_eq!(bench.fake.lookups.load(Ordering::Relaxed), 1, "{token:.20}");
        let mut headers: Vec<_> = reply.headers.iter().map(|(k, v)| format!("{k} {v:?}")).collect();
        headers.sort();
        replies.push((body, headers));
    }
    assert!(replies.windows(2).all(|pair| pair[0] == pair[1]), "{replies:?}");
}

#[tokio::test]
async fn guessing_tokens_ends_soon_and_locks_out_nobody_who_has_one() {
    let bench = Bench::new();
    let ask = |token: String, source| {
        bench.send(from(source, request("GET", "/api/v1/meetings", &token, "")))
    };
    assert_eq!(ask("read".to_owned(), 1).await.status, StatusCode::OK);
    let mut refused = None;
    for guess in 0..100 {
        let reply = ask(format!("guess-{guess}"), 1).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(reply.headers.contains_key("retry-after"));
            refused.get_or_insert(guess);
        }
    }
    assert!(refused.is_some_and(|guess| guess < 40), "{refused:?}");
    let lookups = bench.fake.lookups.load(Ordering::Relaxed);
    assert!(lookups < 45, "{lookups} lookups");
    assert_eq!(ask("admin".to_owned(), 1).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("read".to_owned(), 1).await.status, StatusCode::OK, "good before");
    assert_eq!(ask("admin".to_owned(), 2).await.status, StatusCode::OK, "from elsewhere");
    let code = |code: &str, source| {
        let body = format!("{{\"code\":\"{code}\"}}");
        bench.send(from(source, request("POST", "/api/v1/session", "", &body)))
    };
    assert_eq!(code("first-start", 1).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(code("wrong", 3).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(code("first-start", 3).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_revoked_token_is_worthless_at_once() {
    let bench = Bench::new();
    for token in TOKENS {
        bench.ask("GET", "/api/v1/meetings/own", token, "").await;
    }
    let revoked = bench.ask("DELETE", "/api/v1/tokens/t-1", "admin", "").await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    for token in TOKENS {
        let reply = bench.ask("GET", "/api/v1/meetings/own", token, "").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{token}");
    }
}

#[tokio::test]
async fn while_the_store_is_down_known_tokens_go_on_and_unknown_ones_wait() {
    let bench = Bench::at(Pace { fresh: Duration::ZERO, ..Pace::default() });
    let ask = |token: &'static str| bench.ask("GET", "/api/v1/meetings/own", token, "");
    assert_eq!(ask("operator").await.status, StatusCode::OK);
    bench.fake.store_down.store(true, Ordering::Relaxed);
    assert_eq!(ask("operator").await.status, StatusCode::OK);
    let reply = ask("admin").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "CW-API-017"));
}

#[tokio::test]
async fn pins_are_shown_to_hosts_and_to_nobody_else() {
    let bench = Bench::new();
    for token in ["admin", "operator", "meeting:own"] {
        let reply = bench.ask("GET", "/api/v1/meetings/own", token, "").await;
        assert_eq!(reply.json()["secrets"]["host_pin"], "987654321", "{token}");
    }
    let reply = bench.ask("GET", "/api/v1/meetings/own", "read", "").await;
    assert!(!reply.text.contains("987654321"));
    for token in ["admin", "read"] {
        let reply = bench.ask("GET", "/api/v1/meetings", token, "").await;
        assert!(!reply.text.contains("987654321"), "lists hold no secrets");
    }
}

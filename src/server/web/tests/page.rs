//! The page: what it is served with, and what is not served.

use super::*;

/// As the README of the page and the integration with Teams have it, written down a second time.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self' ws://localhost:8442; media-src blob:; base-uri 'none'; form-action 'none'; \
    object-src 'none'; frame-ancestors 'self' https://*.cloud.microsoft \
    https://teams.microsoft.com https://*.teams.microsoft.com https://*.microsoft365.com \
    https://*.office.com https://outlook.office.com https://outlook.office365.com";

fn encoded(path: &str, codings: &str) -> Request<Body> {
    let mut request = request("GET", path, "", "");
    request.headers_mut().insert("accept-encoding", codings.parse().expect("a value"));
    request
}

/// The addresses of the files that the page asks for.
fn files(page: &Reply) -> Vec<String> {
    let asked = page.text().split("\"./assets/").skip(1);
    asked.map(|rest| format!("/j/assets/{}", rest.split('"').next().unwrap_or_default())).collect()
}

#[tokio::test]
async fn the_page_is_served_with_its_policy_and_never_cached() {
    let bench = Bench::new("page").await;
    let page = bench.get("/j/m1").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("content-security-policy"), POLICY);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let permissions = "microphone=(self), camera=(self), speaker-selection=(self), \
                       autoplay=(self), picture-in-picture=(self), fullscreen=(self)";
    assert_eq!(page.header("permissions-policy"), permissions);
    assert!(!page.headers.contains_key("x-frame-options"), "Teams shows the page in a frame");
    assert!(!page.headers.contains_key("set-cookie"));
    let other = bench.get("/j/conference-1001").await;
    assert_eq!(other.body, page.body, "it tells nobody which meetings there are");
    let head = bench.ask("HEAD", "/j/m1", "", "").await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("content-security-policy"), POLICY);
    let small = bench.send(encoded("/j/m1", "gzip, br")).await;
    assert_eq!(small.header("content-encoding"), "br");
    assert_eq!(small.header("vary"), "accept-encoding");
    assert!(small.body.len() < page.body.len());
    bench.end().await;
}

#[tokio::test]
async fn the_frames_around_the_page_are_configured() {
    let ancestors = "[web]\nframe_ancestors = [\"https://portal.example.com\"]\n";
    for (name, more, end) in [
        ("one", ancestors, "frame-ancestors https://portal.example.com"),
        ("none", "[web]\nframe_ancestors = []\n", "frame-ancestors 'none'"),
    ] {
        let bench = Bench::with(&format!("ancestors-{name}"), more).await;
        let page = bench.get("/j/m1").await;
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with(end), "{policy}");
        bench.end().await;
    }
}

#[tokio::test]
async fn the_files_of_the_page_are_kept_for_ever_and_compressed() {
    let bench = Bench::new("files").await;
    let page = bench.get("/j/m1").await;
    let files = files(&page);
    assert!(files.len() >= 3, "{files:?}");
    for path in files {
        let file = bench.send(encoded(&path, "gzip")).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(
            ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml"]
                .contains(&file.header("content-type"))
        );
        if file.body.len() > 1000 {
            assert_eq!(file.header("content-encoding"), "gzip", "{path}");
            assert_eq!(file.body[..2], [0x1f, 0x8b], "{path}");
        }
    }
    bench.end().await;
}

#[tokio::test]
async fn no_path_leads_to_anything_else() {
    let bench = Bench::new("paths").await;
    let long = format!("/j/{}", "x".repeat(65));
    for path in [
        "/j/",
        "/j/m1/",
        "/j/m1/x",
        "/j/a.b",
        "/j/%2e%2e",
        "/j/m%2f1",
        "/j/m1%00",
        "/j/会议",
        &long,
        "/j/assets/",
        "/j/assets/index.html",
        "/j/assets/none.js",
        "/j/assets/../index.html",
        "/j/assets/%2e%2e%2findex.html",
        "/j/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/j/assets/%2fetc%2fpasswd",
        "/m/assets/mod.rs",
        "/m/assets/../page.rs",
        "/m/assets/%2e%2e%2fmod.rs",
        "/m/m1",
    ] {
        let path = path.replace("会议", "%E4%BC%9A%E8%AE%AE");
        let reply = bench.get(&path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        let shown = String::from_utf8_lossy(&reply.body);
        assert!(!shown.contains("root:") && !shown.contains("fn "), "{path}: {shown}");
    }
    let long = format!("/j/m1?{}", "x".repeat(2000));
    assert_eq!(bench.get(&long).await.status, StatusCode::URI_TOO_LONG);
    bench.end().await;
}

#[tokio::test]
async fn every_answer_has_a_policy_and_no_other_frame_rule() {
    let bench = Bench::new("policies").await;
    let file = files(&bench.get("/j/m1").await).remove(0);
    for (method, path, status) in [
        ("GET", "/j/m1", 200),
        ("GET", &*file, 200),
        ("GET", "/j/assets/none.js", 404),
        ("POST", "/j/m1", 405),
        ("OPTIONS", "/j/m1", 405),
        ("DELETE", &*file, 405),
        ("GET", "/api/v1/link", 405),
        ("POST", "/api/v1/link", 400),
        ("POST", "/api/v1/probe/up", 403),
        ("GET", "/api/v1/probe/down", 400),
        ("GET", "/api/v1/probe/down?bytes=1", 403),
        ("POST", "/api/v1/probe/rtc", 403),
        ("GET", "/m/m1/guide", 200),
        ("GET", "/m/assets/guide.css", 200),
        ("GET", "/m/assets/guide.js", 200),
    ] {
        let reply = bench.ask(method, path, "", "").await;
        assert_eq!(reply.status.as_u16(), status, "{method} {path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src '"), "{method} {path}: {policy}");
        assert!(policy.contains("frame-ancestors") && policy.contains("base-uri 'none'"));
        assert!(!policy.contains("unsafe"), "{method} {path}: {policy}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{method} {path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert!(!reply.headers.contains_key("x-frame-options"), "{method} {path}");
        if status == 405 {
            assert!(!reply.header("allow").is_empty(), "{method} {path}");
        }
    }
    bench.end().await;
}

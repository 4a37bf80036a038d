//! The API over a real bridge with a real store: nobody calls, everything else is true.

use super::super::BridgeBackend;
use super::*;
use crate::bridge::Bridge;
use crate::config::Config;
use crate::invite::Bound;
use crate::store::Tokens;
use std::path::PathBuf;

pub(super) struct Real {
    pub(super) directory: PathBuf,
    pub(super) bridge: Bridge,
    backend: Arc<BridgeBackend>,
    router: Router,
    code: String,
    _close: watch::Sender<bool>,
}

impl Real {
    pub(super) async fn start(name: &str) -> Self {
        Self::with(name, "[network]\nhosts = [\"meet.example.com\"]\n").await
    }

    pub(super) async fn with(name: &str, more: &str) -> Self {
        let name = format!("causeway-real-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let text = format!(
            "[node]\nstate_dir = {:?}\n[h323]\nlisten = []\n[sip]\n\
             udp = [\"127.0.0.1:0\"]\ntcp = []\ntls = []\n[media]\nrealtime = false\n\
             [webrtc]\nudp_port = 0\n\
             [[conference]]\nname = \"Board\"\naliases = [\"1001\"]\nopen = true\n{more}",
            directory.display().to_string()
        );
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let bridge = Bridge::start(config.clone()).await.expect("a bridge");
        let tokens = Tokens::open(bridge.store().clone()).await.expect("tokens");
        let code = tokens.bootstrap(jiff::Timestamp::now()).await.expect("a store");
        let cards = Arc::new(bridge.cards(&config, &Bound::configured(&config)));
        let backend = Arc::new(BridgeBackend::new(&bridge, tokens, cards));
        let (_close, closing) = watch::channel(false);
        let pace = Pace::default();
        let behind = backend.clone();
        let setting =
            Setting { pace, backend: behind, trusted_proxies: Vec::new(), run: 1, closing };
        let code = code.expect("a first start").to_string();
        Self { directory, bridge, backend, router: router(setting), code, _close }
    }

    pub(super) async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Reply {
        self.send(request(method, path, token, body)).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        Reply { status, headers, text: String::from_utf8(body.to_vec()).expect("UTF-8") }
    }

    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The token of an administrator, by the code of the first start.
    pub(super) async fn admin(&self) -> String {
        let body = format!("{{\"code\":\"{}\"}}", self.code);
        let opened = self.ask("POST", "/api/v1/session", "", &body).await.json();
        opened["token"].as_str().expect("a token").to_owned()
    }

    pub(super) async fn token(&self, admin: &str, scope: &str) -> String {
        let body = format!("{{\"scope\":\"{scope}\"}}");
        let made = self.ask("POST", "/api/v1/tokens", admin, &body).await.json();
        made["token"].as_str().expect("a token").to_owned()
    }

    pub(super) async fn end(mut self) {
        self.bridge.leave().await;
        self.bridge.stopped().await;
        std::fs::remove_dir_all(&self.directory).expect("clean up");
    }
}

#[tokio::test]
async fn from_the_first_code_to_a_meeting_that_ends_with_all_its_names() {
    let real = Real::start("meeting").await;
    let body = format!("{{\"code\":\"{}\"}}", real.code);
    let opened = real.ask("POST", "/api/v1/session", "", &body).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}");
    let admin = opened.json()["token"].as_str().expect("a token").to_owned();
    let again = real.ask("POST", "/api/v1/session", "", &body).await;
    assert_eq!(again.code(), "CW-API-020", "once only");

    let draft = r#"{"name":"周会","starts_at":"2036-01-01T01:00:00Z","guest_pin":"4711"}"#;
    let made = real.ask("POST", "/api/v1/meetings", &admin, draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let meeting = made.json();
    let id = meeting["id"].as_str().expect("an id");
    assert_eq!(meeting["state"], "scheduled");
    assert_eq!(meeting["ends_at"], "2036-01-01T02:00:00Z");
    assert_eq!(meeting["secrets"]["guest_pin"], "4711");
    let path = |rest: &str| format!("/api/v1/meetings/{id}{rest}");
    let code = meeting["alias"].as_str().expect("a code");
    assert_eq!(meeting["addresses"]["sip"][0], format!("sip:{code}@meet.example.com"));

    let token = format!("{{\"scope\":\"meeting:{id}\",\"name\":\"host\"}}");
    let host = real.ask("POST", "/api/v1/tokens", &admin, &token).await.json();
    let host = host["token"].as_str().expect("a token").to_owned();
    assert_eq!(real.ask("GET", &path(""), &host, "").await.status, StatusCode::OK);
    assert_eq!(real.ask("GET", "/api/v1/meetings", &host, "").await.code(), "CW-API-005");

    let change = r#"{"name":"Weekly","starts_at":null,"ends_at":null,"lobby":"on"}"#;
    let changed = real.ask("PATCH", &path(""), &admin, change).await.json();
    assert_eq!((&changed["name"], &changed["state"]), (&"Weekly".into(), &"idle".into()));
    let wrong = real.ask("PATCH", &path(""), &admin, r#"{"host_pin":"4711"}"#).await;
    assert_eq!(
        (wrong.code().as_str(), &wrong.json()["field"]),
        ("CW-MEET-014", &"host_pin".into())
    );
    let invite = real.ask("GET", &path("/invite?lang=zh-CN"), &host, "").await;
    assert!(invite.text.contains("meet.example.com"), "{invite:?}");
    assert_eq!(real.ask("GET", &path("/invite?format=ics"), &host, "").await.status, 409);

    let asked = format!("{{\"alias\":\"sip:{code}@meet.example.com\"}}");
    let why = real.ask("POST", "/api/v1/explanations", &admin, &asked).await.json();
    assert_eq!(why["plan"]["destination"]["key"], id, "{why}");
    let pasted =
        r#"{"text":"Meeting ID: 850 1234 5678\nPasscode: 246813\n85012345678@zoomcrc.com"}"#;
    let read = real.ask("POST", "/api/v1/dial/parse", &admin, pasted).await.json();
    let way = &read["invitations"][0]["ways"][0];
    assert_eq!(way["to"], "sip:85012345678.246813@zoomcrc.com", "{read}");
    assert_eq!(way["allowed"], false, "calling out is off by default");
    let roster = real.ask("GET", &path("/participants"), &host, "").await.json();
    assert_eq!(roster["items"], serde_json::json!([]));
    let order = real.ask("POST", &path("/participants/mute-all"), &host, "").await;
    assert_eq!(order.code(), "CW-API-009", "it does not run");
    let barred = real.ask("POST", &path("/calls"), &host, r#"{"to":"+861012345678"}"#).await;
    assert_eq!(barred.code(), "CW-DIAL-005", "calling out is off by default: {barred:?}");

    assert_eq!(real.ask("POST", &path("/end"), &host, "").await.status, StatusCode::NO_CONTENT);
    let over = real.ask("GET", &path(""), &admin, "").await.json();
    assert_eq!(over["state"], "ended");
    let why = real.ask("POST", "/api/v1/explanations", &admin, &asked).await.json();
    assert_eq!(why["plan"]["destination"]["code"], "CW-DIAL-002", "{why}");
    assert_eq!(real.ask("POST", &path("/end"), &host, "").await.status, StatusCode::GONE);
    real.end().await;
}

#[tokio::test]
async fn the_configured_conferences_the_lists_and_the_chain_of_who_did_what() {
    let real = Real::start("lists").await;
    let body = format!("{{\"code\":\"{}\"}}", real.code);
    let opened = real.ask("POST", "/api/v1/session", "", &body).await.json();
    let admin = opened["token"].as_str().expect("a token").to_owned();
    for name in ["a", "b", "c"] {
        let draft = format!("{{\"name\":\"{name}\"}}");
        real.ask("POST", "/api/v1/meetings", &admin, &draft).await;
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/meetings?limit=1{cursor}");
        let page = real.ask("GET", &path, &admin, "").await.json();
        names.extend(page["items"][0]["name"].as_str().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names, ["c", "b", "a", "Board"]);
    let board = real.ask("GET", "/api/v1/meetings/conference-1001", &admin, "").await.json();
    assert_eq!((&board["alias"], &board["state"]), (&"1001".into(), &"idle".into()));
    for path in ["calls", "test-calls", "registrations", "trunks"] {
        let reply = real.ask("GET", &format!("/api/v1/{path}"), &admin, "").await;
        assert_eq!(reply.json()["items"], serde_json::json!([]), "{path}");
    }
    let calls = real.ask("GET", "/api/v1/calls?cursor=rubbish", &admin, "").await;
    assert_eq!(calls.status, StatusCode::BAD_REQUEST);
    assert_eq!(real.ask("GET", "/api/v1/calls/none", &admin, "").await.status, 404);

    assert_eq!(real.bridge.store().flush(std::time::Duration::from_secs(10)).await, 0);
    let audit = real.ask("GET", "/api/v1/audit", &admin, "").await.json();
    let actions: Vec<_> = audit["items"].as_array().expect("entries").iter().collect();
    let actions: Vec<_> = actions.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "meeting.create").count(), 3);
    assert!(actions.contains(&"session.open"), "{actions:?}");
    let verdict = real.ask("POST", "/api/v1/audit/verify", &admin, "").await.json();
    assert_eq!(verdict["intact"], true, "{verdict}");

    let ready = real.ask("GET", "/readyz", "", "").await;
    assert_eq!(ready.status, StatusCode::OK, "{ready:?}");
    real.backend.drains();
    let ready = real.ask("GET", "/readyz", "", "").await;
    assert_eq!(ready.json()["reasons"][0]["what"], "draining");
    let metrics = real.ask("GET", "/metrics", &admin, "").await;
    assert!(metrics.text.contains("causeway_ticks_total"), "{}", metrics.text);
    real.end().await;
}

const INVITE: &str = "[network]\nhosts = [\"meet.example.com\"]\n\
    [web]\npublic_url = \"https://meet.example.com\"\n[invite]\norganizer = \"host@example.com\"\n\
    [[trunk]]\nname = \"carrier\"\nsources = [\"192.0.2.0/24\"]\nnumbers = [\"+861055550100\"]\n\
    [[rule]]\nmatch = '\\+861055550100'\ntrunk = \"carrier\"\nto = \"reception\"\n";

/// PINs and links let people in: who may only look must not find one, whichever way it looks.
#[tokio::test]
async fn a_token_that_only_reads_finds_no_pin_and_no_link_anywhere() {
    let real = Real::with("readers", INVITE).await;
    let admin = real.admin().await;
    let reader = real.token(&admin, "read").await;
    let draft = r#"{"name":"x","starts_at":"2036-01-01T01:00:00Z","guest_pin":"47110815"}"#;
    let made = real.ask("POST", "/api/v1/meetings", &admin, draft).await.json();
    let id = made["id"].as_str().expect("an id");
    let link = made["secrets"]["link"].as_str().expect("a link");
    let page = format!("https://meet.example.com/j/{id}#");
    let token = link.strip_prefix(&page).unwrap_or_else(|| panic!("{link}"));
    assert!(made["secrets"]["tel"].as_str().is_some_and(|tel| tel.contains("47110815")), "{made}");
    for rest in ["", "?format", "/invite", "/invite?format=html", "/invite?format=ics"] {
        let path = match rest {
            "?format" => "/api/v1/meetings".to_owned(),
            rest => format!("/api/v1/meetings/{id}{rest}"),
        };
        let seen = real.ask("GET", &path, &reader, "").await;
        assert_eq!(seen.status, StatusCode::OK, "{path}: {seen:?}");
        assert!(seen.text.contains("+861055550100"), "{path}: {seen:?}");
        assert!(!seen.text.contains("#A"), "no link of any kind: {path}: {seen:?}");
        assert!(!seen.text.contains("47110815") && !seen.text.contains(token), "{path}: {seen:?}");
        if rest.starts_with("/invite") {
            let host = real.ask("GET", &path, &admin, "").await;
            let plain = host.text.replace("\r\n ", "");
            assert!(plain.contains("47110815") && plain.contains(link), "{path}: {plain}");
        }
    }
    let ics =
        real.ask("GET", &format!("/api/v1/meetings/{id}/invite?format=ics"), &admin, "").await;
    assert_eq!(ics.headers["content-type"], "text/calendar; charset=utf-8; method=PUBLISH");
    assert!(ics.text.contains("SEQUENCE:0\r\n"), "{}", ics.text);
    let path = format!("/api/v1/meetings/{id}");
    let change = r#"{"starts_at":"2036-01-02T01:00:00Z","ends_at":"2036-01-02T02:00:00Z"}"#;
    assert_eq!(real.ask("PATCH", &path, &admin, change).await.status, StatusCode::OK);
    let ics = real.ask("GET", &format!("{path}/invite?format=ics"), &admin, "").await;
    assert!(ics.text.contains("SEQUENCE:1\r\n"), "{}", ics.text);

    assert_eq!(real.ask("POST", &format!("{path}/end"), &admin, "").await.status, 204);
    let over = real.ask("GET", &path, &admin, "").await.json();
    assert_eq!(over["addresses"], serde_json::json!({"sip": [], "ip_number": [], "phone": []}));
    let ics = real.ask("GET", &format!("{path}/invite?format=ics"), &admin, "").await;
    assert_eq!(ics.headers["content-type"], "text/calendar; charset=utf-8; method=CANCEL");
    assert!(ics.text.contains("SEQUENCE:2\r\n") && ics.text.contains("METHOD:CANCEL\r\n"));
    real.end().await;
}

/// Without any configuration of names the bridge is reached at the address that it is bound to.
#[tokio::test]
async fn a_bridge_without_a_name_invites_to_the_address_that_it_listens_on() {
    let real = Real::with("nameless", "").await;
    let admin = real.admin().await;
    let (_, bound) = real.bridge.bound()[0];
    let made = real.ask("POST", "/api/v1/meetings", &admin, "{}").await.json();
    let (id, code) = (made["id"].as_str().expect("an id"), made["alias"].as_str().expect("a code"));
    let sip = format!("sip:{code}@{bound}");
    assert_eq!(made["addresses"]["sip"][0], sip, "{made}");
    let invite = real.ask("GET", &format!("/api/v1/meetings/{id}/invite"), &admin, "").await;
    assert!(invite.status == StatusCode::OK && invite.text.contains(&sip), "{invite:?}");
    let board = real.ask("GET", "/api/v1/meetings/conference-1001", &admin, "").await.json();
    assert_eq!(board["addresses"]["sip"][0], format!("sip:1001@{bound}"));
    let invite = real.ask("GET", "/api/v1/meetings/conference-1001/invite", &admin, "").await;
    assert!(invite.text.contains(&format!("sip:1001@{bound}")), "{invite:?}");
    for taken in ["9000", "test", "1001"] {
        let draft = format!("{{\"alias\":\"{taken}\",\"guest_pin\":\"4711\"}}");
        let refused = real.ask("POST", "/api/v1/meetings", &admin, &draft).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{taken}: {refused:?}");
        assert_eq!(refused.json()["field"], "alias", "{taken}");
    }
    let short = real.ask("POST", "/api/v1/meetings", &admin, r#"{"alias":"1234"}"#).await;
    let named = (short.code(), short.json()["field"].clone());
    assert_eq!(named, ("CW-MEET-011".to_owned(), "alias".into()));
    real.end().await;
}

#[tokio::test]
async fn an_invitation_with_a_number_that_nobody_answers_is_refused_and_names_it() {
    let trunk = "[[trunk]]\nname = \"carrier\"\nsources = [\"192.0.2.0/24\"]\n\
        numbers = [\"+861055550100\"]\n";
    let real = Real::with("unanswered", trunk).await;
    let admin = real.admin().await;
    let refused = real.ask("GET", "/api/v1/meetings/conference-1001/invite", &admin, "").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "CW-INVITE-001"));
    assert_eq!(refused.json()["detail"], "+861055550100");
    real.end().await;
}

/// The token in a link, as the page takes it.
fn token(url: &str) -> &str {
    url.split_once('#').unwrap_or_else(|| panic!("{url}")).1
}

#[tokio::test]
async fn links_are_made_listed_and_revoked_one_by_one_and_together() {
    let real = Real::with("links", INVITE).await;
    let admin = real.admin().await;
    let links = real.bridge.links().clone();
    let worth = async |url: &str| {
        let checked = links.check(token(url), jiff::Timestamp::now()).await;
        checked.map_err(|problem| problem.code())
    };
    let made = real.ask("POST", "/api/v1/meetings", &admin, "{}").await.json();
    for id in [made["id"].as_str().expect("an id"), "conference-1001"] {
        let all = format!("/api/v1/meetings/{id}/links");
        let draft =
            r#"{"role":"host","name":"王晓明","uses":1,"expires_at":"2036-01-01T00:00:00Z"}"#;
        let made = real.ask("POST", &all, &admin, draft).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let first = made.json();
        let url = first["url"].as_str().expect("a link");
        assert!(url.starts_with(&format!("https://meet.example.com/j/{id}#")), "{url}");
        let grant = worth(url).await.expect("good");
        assert_eq!((&*grant.meeting, grant.role), (id, causeway_conference::Role::Host));
        links.use_up(&grant).await.expect("once");
        let second = real.ask("POST", &all, &admin, r#"{"role":"guest"}"#).await.json();
        let listed = real.ask("GET", &all, &admin, "").await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(listed["items"][0]["used"], 1);
        assert_eq!(listed["items"][0]["name"], "王晓明");
        assert_eq!(listed["items"][0]["url"], first["url"], "it can be sent again");

        let one = format!("{all}/{}", second["id"].as_str().expect("an id"));
        assert_eq!(real.ask("DELETE", &one, &admin, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(real.ask("DELETE", &one, &admin, "").await.status, StatusCode::NOT_FOUND);
        let gone = second["url"].as_str().expect("a link");
        assert_eq!(worth(gone).await, Err("CW-LINK-005"));
        let listed = real.ask("GET", &all, &admin, "").await.json();
        let revoked = &listed["items"][1];
        assert!(revoked["revoked_at"].is_string() && revoked.get("url").is_none(), "{revoked}");

        let secrets = async || {
            let path = format!("/api/v1/meetings/{id}");
            real.ask("GET", &path, &admin, "").await.json()["secrets"].clone()
        };
        let before = secrets().await;
        let standing = ["link", "host_link"].map(|name| before[name].as_str().expect("a link"));
        for url in standing {
            worth(url).await.expect("good");
        }
        let revoke_all = format!("{all}/revoke-all");
        assert_eq!(real.ask("POST", &revoke_all, &admin, "").await.status, StatusCode::NO_CONTENT);
        for url in standing.into_iter().chain([url]) {
            assert_eq!(worth(url).await, Err("CW-LINK-001"));
        }
        let after = secrets().await;
        worth(after["link"].as_str().expect("a link")).await.expect("the new one is good");
        let invite = format!("/api/v1/meetings/{id}/invite?audience=host");
        let invite = real.ask("GET", &invite, &admin, "").await.text;
        for name in ["link", "host_link", "guide"] {
            assert!(invite.contains(after[name].as_str().expect("a link")), "{name}: {invite}");
        }
        let guests = real.ask("GET", &format!("/api/v1/meetings/{id}/invite"), &admin, "").await;
        assert!(!guests.text.contains(token(after["host_link"].as_str().expect("a link"))));
    }
    real.end().await;
}

#[tokio::test]
async fn a_link_that_cannot_be_is_refused_with_its_field() {
    let real = Real::with("bad-links", INVITE).await;
    let admin = real.admin().await;
    let all = "/api/v1/meetings/conference-1001/links";
    for (draft, status, field) in [
        (r#"{}"#, 400, None),
        (r#"{"role":"guide"}"#, 400, Some("role")),
        (r#"{"role":"guest","uses":0}"#, 422, Some("uses")),
        (r#"{"role":"guest","uses":70000}"#, 400, Some("uses")),
        (r#"{"role":"guest","name":"\u202e"}"#, 422, Some("name")),
        (r#"{"role":"guest","expires_at":"2020-01-01T00:00:00Z"}"#, 422, Some("expires_at")),
        (r#"{"role":"guest","expires_at":"2200-01-01T00:00:00Z"}"#, 422, Some("expires_at")),
        (
            r#"{"role":"guest","not_before":"2036-01-02T00:00:00Z","expires_at":"2036-01-01T00:00:00Z"}"#,
            422,
            Some("expires_at"),
        ),
    ] {
        let refused = real.ask("POST", all, &admin, draft).await;
        assert_eq!(refused.status.as_u16(), status, "{draft}: {refused:?}");
        assert_eq!(refused.json()["field"].as_str(), field, "{draft}: {refused:?}");
    }
    let nowhere = real.ask("POST", "/api/v1/meetings/none/links", &admin, r#"{"role":"guest"}"#);
    assert_eq!(nowhere.await.status, StatusCode::NOT_FOUND);
    let made = real.ask("POST", "/api/v1/meetings", &admin, "{}").await.json();
    let id = made["id"].as_str().expect("an id");
    real.ask("POST", &format!("/api/v1/meetings/{id}/end"), &admin, "").await;
    let over = format!("/api/v1/meetings/{id}/links");
    let over = real.ask("POST", &over, &admin, r#"{"role":"guest"}"#).await;
    assert_eq!(over.status, StatusCode::GONE);
    real.end().await;
}

#[tokio::test]
async fn without_a_page_there_are_no_links() {
    let real = Real::with("no-page", "[web]\nenabled = false\n").await;
    let admin = real.admin().await;
    let all = "/api/v1/meetings/conference-1001/links";
    let refused = real.ask("POST", all, &admin, r#"{"role":"guest"}"#).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (501, "CW-API-016"));
    let shown = real.ask("GET", "/api/v1/meetings/conference-1001", &admin, "").await.json();
    assert!(shown["secrets"].get("link").is_none(), "{shown}");
    real.end().await;
}

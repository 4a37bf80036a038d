//! The page and its doors through their router, before a real bridge that nobody calls.

mod door;
mod guide;
mod page;
mod served;
mod whip;

use super::echo::{Echo, EchoAnswer};
use super::{Site, routes};
use crate::api::source::Source;
use crate::bridge::Bridge;
use crate::config::Config;
use crate::invite::Bound;
use crate::link::{Kind, NewLink};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use causeway_base::EndCause;
use causeway_conference::Role;
use jiff::Timestamp;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use tower::ServiceExt;

const BOARD: &str = "conference-1001";

/// Answers every offer with itself.
#[derive(Debug)]
struct Parrot;

impl Echo for Parrot {
    fn answer(&self, offer: String, _: IpAddr) -> EchoAnswer<'_> {
        Box::pin(async move {
            if offer.is_empty() { Err(EndCause::BadMediaDescription) } else { Ok(offer) }
        })
    }
}

struct Bench {
    directory: PathBuf,
    bridge: Bridge,
    site: Site,
    router: Router,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}

impl Bench {
    async fn new(name: &str) -> Self {
        Self::with(name, "").await
    }

    async fn with(name: &str, more: &str) -> Self {
        let name = format!("causeway-web-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let text = format!(
            "[node]\nstate_dir = {:?}\n[h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:0\"]\ntcp = []\ntls = []\n\
             [media]\nrealtime = false\n[webrtc]\nudp_port = 0\n\
             [[conference]]\nname = \"评审会 <b>\"\naliases = [\"1001\"]\nguest_pin = \"4711\"\n\
             host_pin = \"990011\"\n{more}",
            directory.display().to_string()
        );
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let bridge = Bridge::start(config.clone()).await.expect("a bridge");
        let cards = Arc::new(bridge.cards(&config, &Bound::configured(&config)));
        let site = Site::new(&bridge, &config, cards, Some(Arc::new(Parrot)));
        let router = routes(&site, Router::new());
        Self { directory, bridge, site, router }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 16 << 20).await.expect("a body").to_vec();
        Reply { status, headers, body }
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "", "").await
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Reply {
        self.send(request(method, path, token, body)).await
    }

    /// What the link of a token is worth, in a language.
    async fn worth(&self, token: &str, lang: &str) -> Reply {
        let body = serde_json::json!({ "token": token, "lang": lang }).to_string();
        self.ask("POST", "/api/v1/link", "", &body).await
    }

    fn standing(&self, kind: Kind) -> String {
        let token = self.bridge.links().standing(BOARD, kind, Timestamp::now());
        token.expect("a link").to_string()
    }

    async fn link(&self, new: NewLink) -> (String, String) {
        let links = self.bridge.links();
        let link = links.create(BOARD, new, Timestamp::now()).await.expect("made");
        let token = links.token(&link, Timestamp::now()).expect("a link");
        (link.id.to_string(), token.to_string())
    }

    async fn end(mut self) {
        self.bridge.leave().await;
        self.bridge.stopped().await;
        std::fs::remove_dir_all(&self.directory).expect("clean up");
    }
}

fn guest() -> NewLink {
    NewLink { role: Role::Guest, name: None, not_before: None, expires: None, uses: None }
}

/// A request; an empty token is none.
fn request(method: &str, path: &str, token: &str, body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from(body.to_owned())).expect("a request")
}

fn from(source: u32, mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(Source(IpAddr::V4(Ipv4Addr::from_bits(source))));
    request
}

//! The API through its router, before a [`fake`] of everything behind it.

mod authority;
mod behaviour;
mod fake;
mod layout;
mod listening;
mod live_call;
mod outage;
mod real;
mod rights;
mod streams;

use super::source::Source;
use super::{Pace, Setting, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use fake::Fake;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::sync::watch;
use tower::ServiceExt;

struct Bench {
    fake: Arc<Fake>,
    router: Router,
    close: watch::Sender<bool>,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Bench {
    fn new() -> Self {
        Self::at(Pace::default())
    }

    fn at(pace: Pace) -> Self {
        let fake = Arc::new(Fake::new());
        let (close, closing) = watch::channel(false);
        let backend = fake.clone();
        let setting = Setting { pace, backend, trusted_proxies: Vec::new(), run: 1, closing };
        Self { fake, router: router(setting), close }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        Reply { status, headers, text: String::from_utf8(body.to_vec()).expect("UTF-8") }
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Reply {
        self.send(request(method, path, token, body)).await
    }
}

/// A request; an empty token is none. Its source is another one each time it is asked for one.
fn request(method: &str, path: &str, token: &str, body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    request.body(Body::from(body.to_owned())).expect("a request")
}

fn from(source: u32, mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(Source(IpAddr::V4(Ipv4Addr::from_bits(source))));
    request
}

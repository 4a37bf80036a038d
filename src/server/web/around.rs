//! What is done around every answer: who asks, how long it may take, what it says besides its
//! content.

use super::{Site, header};
use crate::api::source::Source;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header as name};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tracing::{debug, error};

/// How long a request may take, its body included. What is opened by it may last longer.
const MAX_TIME: Duration = Duration::from_secs(30);

/// The longest address: ours have fewer than 100 bytes.
const MAX_ADDRESS: usize = 1024;

pub(super) async fn around(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let source = Source::find(Source::of(&request).0, request.headers(), &site.trusted_proxies);
    request.extensions_mut().insert(source);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let mut response = if length > MAX_ADDRESS {
        StatusCode::URI_TOO_LONG.into_response()
    } else {
        run(request, next).await
    };
    // A path would hold the name of a meeting, and a panic in a body its words.
    let (status, took) = (response.status(), started.elapsed());
    crate::metrics::api_request(method.as_str(), route, status.as_u16(), took);
    debug!(%method, route, status = status.as_u16(), ?took, "answered");
    header::finish(response.headers_mut());
    response
}

async fn run(request: Request, next: Next) -> Response {
    // What is open beyond its answer is bounded by whoever opens it.
    let upgrades = request.headers().contains_key(name::UPGRADE);
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(MAX_TIME, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            error!(upgrades, "a handler of the page panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

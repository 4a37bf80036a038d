//! The outermost layer: gives each request its id, catches what a handler lets fall, holds it to
//! its time, and writes a [`Problem`] in the language of the request (RFC 9457).

use super::Api;
use super::fault::{Fault, Problem};
use super::source::Source;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use causeway_base::Lang;
use futures_util::FutureExt;
use serde::Serialize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tracing::{debug, error};
use utoipa::ToSchema;

/// The longest address: ours have fewer than 300 bytes.
const MAX_ADDRESS: usize = 2048;

/// How long a request may take, its body included. Streams of events begin within it.
const MAX_TIME: Duration = Duration::from_secs(30);

/// The most languages that are looked at.
const MAX_LANGUAGES: usize = 16;

/// The language of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speech {
    pub(crate) lang: Lang,
}

impl Speech {
    /// By `Accept-Language` (RFC 9110 section 12.5.4); English where it asks for neither of ours.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, Lang::En);
        for range in value.unwrap_or_default().split(',').take(MAX_LANGUAGES) {
            let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
            let quality = quality.trim().strip_prefix("q=").and_then(|text| text.parse().ok());
            if let (Some(lang), Some(quality)) = (Lang::from_tag(tag.trim()), quality)
                && quality > best.0
            {
                best = (quality, lang);
            }
        }
        Self { lang: best.1 }
    }
}

/// The body of an error (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ProblemBody {
    /// A name of the kind of problem: `urn:causeway:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stable code.
    #[schema(example = "CW-API-003")]
    pub code: String,
    /// What is wrong and what to do, in Chinese or English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The field that is meant, as `participants[3]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What exactly is meant, such as the address that leads nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of the request, for the log.
    pub request: String,
}

/// Numbers requests. The first half tells one start of the server from another.
#[derive(Debug)]
pub(super) struct RequestIds {
    run: u32,
    last: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(run: u32) -> Self {
        Self { run, last: AtomicU64::new(0) }
    }

    fn next(&self) -> String {
        format!("{:08x}-{:x}", self.run, self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

pub(super) async fn around(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = api.request_ids.next();
    let speech = Speech::of(request.headers());
    let source = Source::find(Source::of(&request).0, request.headers(), &api.trusted_proxies);
    request.extensions_mut().insert(source);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let mut response = if length > MAX_ADDRESS {
        Problem::from(Fault::AddressTooLong).into_response()
    } else {
        run(request, next, &id).await
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        // Which methods there are instead (RFC 9110 section 15.5.6).
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = written(problem, speech, &id);
        response.headers_mut().extend(allowed.map(|allowed| (header::ALLOW, allowed)));
    } else if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        response = written(Fault::Internal.into(), speech, &id);
    }
    let (status, took) = (response.status(), started.elapsed());
    crate::metrics::api_request(method.as_str(), route, status.as_u16(), took);
    debug!(request = id, %method, route, status = status.as_u16(), ?took, "answered");
    finish(response.headers_mut(), &id);
    response
}

async fn run(request: Request, next: Next, id: &str) -> Response {
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(MAX_TIME, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            error!(request = id, "a handler of the API panicked");
            Problem::from(Fault::Internal).into_response()
        }
        Err(_) => Problem::from(Fault::TimedOut).into_response(),
    }
}

fn written(problem: Problem, speech: Speech, id: &str) -> Response {
    let fault = problem.fault;
    let status = fault.status();
    let body = ProblemBody {
        kind: format!("urn:causeway:{}", fault.code()),
        code: fault.code().to_owned(),
        title: fault.sentence(speech.lang),
        status: status.as_u16(),
        field: problem.field,
        detail: problem.detail,
        request: id.to_owned(),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, fixed(speech.lang.tag()));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, fixed("Bearer realm=\"causeway\""));
    }
    if let Some(wait) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    response
}

fn finish(headers: &mut HeaderMap, id: &str) {
    let fixed = HeaderValue::from_static;
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
    headers.insert(header::VARY, fixed("accept-language"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(fixed("no-store"));
}

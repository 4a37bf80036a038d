//! The test before joining: how fast bytes come and go, and whether media gets through. For those
//! alone who show a link that is good, and so many at a time that calls do not notice.

use super::echo::Echo;
use super::refusal::{Refusal, bearer};
use super::{Site, turn};
use crate::api::Fault;
use crate::api::source::Source;
use crate::api::speech::Speech;
use crate::link::Grant;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use causeway_adapter::webrtc::message::{MAX_FRAME, ProbeAnswer, ProbeOffer};
use causeway_dial::network::customer;
use causeway_dial::{RateLimit, RateRule};
use dashmap::DashMap;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

/// The most bytes of one request, each way: the page moves 2.5 MB in all.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// Probes at a time, of all and of one source: a floor that joins on the hour shares a line anyway,
/// and its turn comes within seconds.
pub(super) const MAX_AT_ONCE: usize = 64;
pub(super) const MAX_AT_ONCE_PER_SOURCE: usize = 16;

/// Requests of one source: a test makes some fifteen.
const RULE: RateRule = RateRule { per_second: 30, burst: 600, exempt: Vec::new() };

/// How long one test has its place: the page stops after ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent at a time.
const CHUNK: usize = 64 << 10;

/// The longest offer with its frame of JSON.
const MAX_OFFER: usize = MAX_FRAME;

/// Who tests at the moment, and how often.
pub(super) struct Probes {
    rate: Mutex<RateLimit>,
    all: Arc<Semaphore>,
    sources: Arc<DashMap<IpAddr, usize>>,
    patience: Duration,
    echo: Option<Arc<dyn Echo>>,
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes").finish_non_exhaustive()
    }
}

/// The place of one test. Dropping it frees the place, and so does its deadline: who holds a test
/// without reading it, which HTTP/2 lets anybody do, keeps others from their turn.
#[derive(Debug)]
struct Place {
    held: Arc<Mutex<Option<Held>>>,
    deadline: AbortHandle,
}

/// What counts a test while it is there.
#[derive(Debug)]
struct Held {
    sources: Arc<DashMap<IpAddr, usize>>,
    source: IpAddr,
    _all: OwnedSemaphorePermit,
}

impl Place {
    fn new(held: Held, patience: Duration) -> Self {
        let held = Arc::new(Mutex::new(Some(held)));
        let late = Arc::clone(&held);
        let deadline = tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            free(&late);
        });
        Self { held, deadline: deadline.abort_handle() }
    }

    fn is_over(&self) -> bool {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.deadline.abort();
        free(&self.held);
    }
}

fn free(held: &Mutex<Option<Held>>) {
    held.lock().unwrap_or_else(PoisonError::into_inner).take();
}

impl Drop for Held {
    fn drop(&mut self) {
        self.sources.remove_if_mut(&self.source, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

impl Probes {
    pub(super) fn new(echo: Option<Arc<dyn Echo>>) -> Self {
        Self {
            rate: Mutex::new(RateLimit::new(RULE)),
            all: Arc::new(Semaphore::new(MAX_AT_ONCE)),
            sources: Arc::default(),
            patience: PATIENCE,
            echo,
        }
    }

    #[cfg(test)]
    pub(super) fn running(&self) -> usize {
        self.sources.len()
    }

    fn place(&self, source: IpAddr) -> Result<Place, Fault> {
        let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        if !rate.take(Instant::now(), source) {
            return Err(Fault::TooManyAttempts);
        }
        drop(rate);
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Fault::Overloaded)?;
        let source = customer(source);
        let mut count = self.sources.entry(source).or_insert(0);
        if *count >= MAX_AT_ONCE_PER_SOURCE {
            return Err(Fault::TooManyAttempts);
        }
        *count += 1;
        drop(count);
        let held = Held { sources: Arc::clone(&self.sources), source, _all: all };
        Ok(Place::new(held, self.patience))
    }
}

/// Who may test: a place first, since looking at a link can ask the store.
async fn admit(
    site: &Site,
    source: Source,
    headers: &HeaderMap,
) -> Result<(Place, Grant), Refusal> {
    let place = site.probes.place(source.0)?;
    let grant = site.links.check(bearer(headers), Timestamp::now()).await?;
    Ok((place, grant))
}

fn refused(headers: &HeaderMap, refusal: Refusal) -> Response {
    refusal.answer(Speech::of(headers).lang)
}

/// `POST …/probe/up`: takes bytes and keeps none.
pub(super) async fn up(State(site): State<Site>, request: Request) -> Response {
    let (source, headers) = (Source::of(&request), request.headers().clone());
    let place = match admit(&site, source, &headers).await {
        Ok((place, _)) => place,
        Err(refusal) => return refused(&headers, refusal),
    };
    let mut body = request.into_body().into_data_stream();
    let mut taken = 0;
    while let Some(Ok(bytes)) = body.next().await {
        taken += bytes.len();
        if taken > MAX_BYTES {
            return refused(&headers, Fault::BodyTooLarge.into());
        }
    }
    drop(place);
    Json(serde_json::json!({})).into_response()
}

/// How many bytes are wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    bytes: usize,
}

/// `GET …/probe/down?bytes=N`: gives bytes that cannot be compressed on the way.
pub(super) async fn down(
    State(site): State<Site>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    Extension(source): Extension<Source>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(Wanted { bytes: bytes @ 1..=MAX_BYTES })) = wanted else {
        return refused(&headers, Fault::BadQuery.into());
    };
    match admit(&site, source, &headers).await {
        Ok((place, _)) => given(bytes, place),
        Err(refusal) => refused(&headers, refusal),
    }
}

/// What is given: the same noise again and again, too far apart for any window of a compressor.
static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut noise = vec![0; CHUNK];
    // Where the system has no random numbers it is zeros, and nothing is started anyway.
    let _ = getrandom::fill(&mut noise);
    noise.into()
});

fn given(bytes: usize, place: Place) -> Response {
    let body = stream::unfold((bytes, place), move |(left, place)| async move {
        if left == 0 {
            return None;
        }
        if place.is_over() {
            return Some((Err(io::Error::from(io::ErrorKind::TimedOut)), (0, place)));
        }
        let now = left.min(CHUNK);
        Some((Ok(NOISE.slice(..now)), (left - now, place)))
    });
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    response
}

/// `POST …/probe/rtc`: a peer connection that echoes.
pub(super) async fn rtc(State(site): State<Site>, request: Request) -> Response {
    let headers = request.headers().clone();
    match echoing(&site, &headers, request).await {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refused(&headers, refusal),
    }
}

async fn echoing(
    site: &Site,
    headers: &HeaderMap,
    request: Request,
) -> Result<ProbeAnswer, Refusal> {
    let echo = site.probes.echo.as_ref().ok_or(Fault::NotFound)?;
    let source = Source::of(&request);
    let (_place, grant) = admit(site, source, headers).await?;
    let body = to_bytes(request.into_body(), MAX_OFFER).await.map_err(|_| Fault::BodyTooLarge)?;
    let offer: ProbeOffer = serde_json::from_slice(&body).map_err(|_| Fault::BadBody)?;
    let sdp = echo.answer(offer.sdp, source.0).await.map_err(Fault::Refused)?;
    let servers = turn::servers(&site.turn, &grant.link, Timestamp::now());
    Ok(ProbeAnswer { sdp, ice_servers: servers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn a_closed_window_frees_its_place() {
        let probes = Probes { patience: Duration::from_secs(1), ..Probes::new(None) };
        let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let place = || probes.place(source);
        let open = |_| given(MAX_BYTES, place().expect("a place"));
        let held: Vec<Response> = (0..MAX_AT_ONCE_PER_SOURCE).map(open).collect();
        assert!(matches!(place(), Err(Fault::TooManyAttempts)));
        // Each gave its first bytes, and nothing asks for more.
        let mut bodies: Vec<_> =
            held.into_iter().map(|held| held.into_body().into_data_stream()).collect();
        for body in &mut bodies {
            body.next().await.expect("bytes").expect("no error");
        }
        let all = probes.all.acquire_many(MAX_AT_ONCE as u32);
        let all = tokio::time::timeout(PATIENCE, all).await.expect("freed").expect("open");
        assert_eq!(probes.running(), 0);
        drop(all);
        let again = place().expect("a place");
        for body in &mut bodies {
            body.next().await.expect("an end").expect_err("its time is over");
        }
        drop(bodies);
        assert_eq!(probes.running(), 1, "what is over frees nobody else's place");
        drop(again);
        assert_eq!(probes.running(), 0);
    }
}

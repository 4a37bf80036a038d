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

/// The most bytes of one request, each way: the page moves 2.5 MB in all.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// Probes at a time, of all and of one source: a floor that joins on the hour shares a line anyway,
/// and its turn comes within seconds.
pub(super) const MAX_AT_ONCE: usize = 64;
pub(super) const MAX_AT_ONCE_PER_SOURCE: usize = 16;

/// Requests of one source: a test makes some fifteen.
const RULE: RateRule = RateRule { per_second: 30, burst: 600, exempt: Vec::new() };

/// How long the answer of one may be read: the page stops after ten seconds.
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
    echo: Option<Arc<dyn Echo>>,
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes").finish_non_exhaustive()
    }
}

/// The place of one test. Dropping it frees the place.
#[derive(Debug)]
struct Place {
    sources: Arc<DashMap<IpAddr, usize>>,
    source: IpAddr,
    _all: OwnedSemaphorePermit,
}

impl Drop for Place {
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
        Ok(Place { sources: Arc::clone(&self.sources), source, _all: all })
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
    let until = Instant::now() + PATIENCE;
    let body = stream::unfold((bytes, place), move |(left, place)| async move {
        if left == 0 {
            return None;
        }
        if Instant::now() > until {
            // Who reads so slowly keeps others from their turn.
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

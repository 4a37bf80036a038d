//! The stream of events (server-sent events, WHATWG HTML section 9.2).
//!
//! A stream holds no queue: it reads the log as fast as its client takes the bytes. One that
//! falls behind what the log keeps is told so and closed; it comes back with its last number.

use super::super::Api;
use super::super::access::Credential;
use super::super::event_log::{EventNumber, Read};
use super::super::extract::{Asked, At};
use super::super::fault::{Fault, Problem};
use super::super::resource::{ApiEvent, EventQuery, MeetingId};
use super::super::source::Source;
use super::super::stream_seat::Seat;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Instant;
use tokio::sync::watch;

/// What happens on this node. Begins behind `Last-Event-ID` or `cursor`, else now.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventQuery),
    responses((status = 200, content((ApiEvent = "text/event-stream")))))]
pub(super) async fn stream_events(
    State(api): State<Api>,
    Extension(credential): Extension<Credential>,
    Extension(source): Extension<Source>,
    Asked(asked): Asked<EventQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(api, credential, source, None, &asked, &headers)
}

/// What happens in one meeting.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/events", tag = "events",
    params(("meeting" = MeetingId, Path), EventQuery),
    responses((status = 200, content((ApiEvent = "text/event-stream")))))]
pub(super) async fn stream_meeting_events(
    State(api): State<Api>,
    Extension(credential): Extension<Credential>,
    Extension(source): Extension<Source>,
    At(meeting): At<MeetingId>,
    Asked(asked): Asked<EventQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(api, credential, source, Some(meeting), &asked, &headers)
}

fn open(
    api: Api,
    credential: Credential,
    source: Source,
    meeting: Option<MeetingId>,
    asked: &EventQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let begin = match (last, &asked.cursor) {
        (Some(last), _) => EventNumber::parse(last),
        (None, Some(cursor)) => EventNumber::of(cursor),
        (None, None) => Some(api.backend.events().newest()),
    };
    let seen = begin.ok_or_else(|| Problem::from(Fault::BadQuery).of("cursor"))?;
    let seat = api.streams.take(&credential.grant.token).ok_or(Fault::Overloaded)?;
    let news = api.backend.events().watch();
    let checked = Instant::now();
    let subscription = Subscription {
        api,
        credential,
        source,
        meeting,
        seen,
        news,
        checked,
        open: true,
        _seat: seat,
    };
    let body = Body::from_stream(stream::unfold(subscription, Subscription::next));
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], body).into_response())
}

struct Subscription {
    api: Api,
    credential: Credential,
    source: Source,
    meeting: Option<MeetingId>,
    seen: EventNumber,
    news: watch::Receiver<u64>,
    /// When its token was last seen to be good.
    checked: Instant,
    open: bool,
    _seat: Seat,
}

impl Subscription {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.open {
            return None;
        }
        let text = loop {
            if !self.may_go_on().await {
                return None;
            }
            self.news.mark_unchanged();
            match self.api.backend.events().after(self.seen) {
                Read::Missed(newest) => {
                    self.open = false;
                    break format!("id: {newest}\nevent: missed\ndata: {{}}\n\n");
                }
                Read::Events(events) => {
                    let text = self.written(&events);
                    if !text.is_empty() {
                        break text;
                    }
                }
                Read::Nothing => {
                    if let Some(text) = self.wait().await? {
                        break text;
                    }
                }
            }
        };
        Some((Ok(Bytes::from(text)), self))
    }

    /// Whether its token still reaches so far: asked again and again, however busy the stream is.
    async fn may_go_on(&mut self) -> bool {
        if self.checked.elapsed() < self.api.heartbeat {
            return true;
        }
        self.checked = Instant::now();
        let Credential { grant, token } = &self.credential;
        let api = &self.api;
        let now = api.authentication.grant(&*api.backend, token, self.source.0).await;
        now.is_ok_and(|now| now == *grant)
    }

    /// Waits for more. Gives a heartbeat when there is none for long; `None` ends the stream.
    async fn wait(&mut self) -> Option<Option<String>> {
        tokio::select! {
            () = self.api.closing() => None,
            changed = self.news.changed() => changed.ok().map(|()| None),
            () = tokio::time::sleep(self.api.heartbeat) => {
                let heartbeat = format!("id: {}\n: here\n\n", self.seen);
                self.may_go_on().await.then_some(Some(heartbeat))
            }
        }
    }

    fn written(&mut self, events: &[(EventNumber, std::sync::Arc<ApiEvent>)]) -> String {
        let mut text = String::new();
        for (number, event) in events {
            self.seen = *number;
            if self.meeting.is_some() && self.meeting != event.meeting {
                continue;
            }
            if let Ok(data) = serde_json::to_string(&**event) {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "id: {number}\ndata: {data}\n\n");
            }
        }
        text
    }
}

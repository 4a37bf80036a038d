//! Requests to a session: further candidates, a restart of ICE, the goodbye.

use super::answer;
use super::endpoint::At;
use super::sessions::{Found, Id, Look, Taken, Token};
use crate::api::Fault;
use crate::api::source::Source;
use crate::api::speech::Speech;
use crate::web::refusal::{Refusal, bearer};
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::{Fragment, whip};
use causeway_base::Lang;

/// `GET` and `HEAD`: whether it is there.
pub(super) async fn there(State(at): State<At>, Path(id): Path<String>) -> StatusCode {
    match at.whip.sessions.has(&Id::from(&*id), at.door) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}

/// `OPTIONS`.
pub(super) async fn options() -> Response {
    answer::options(whip::SESSION_METHODS, true)
}

/// `DELETE`: ends it. Entity tags do not matter here.
pub(super) async fn delete(
    State(at): State<At>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match find(&at, &id, &headers) {
        Ok(session) => {
            session.end().await;
            StatusCode::OK.into_response()
        }
        Err(response) => response,
    }
}

/// `PATCH`: a fragment.
pub(super) async fn patch(
    State(at): State<At>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let lang = Speech::of(&headers).lang;
    if !at.whip.site.questions.take(Source::of(&request).0) {
        return Refusal::from(Fault::TooManyAttempts).answer(lang);
    }
    match take(&at, &id, &headers, request, lang).await {
        Ok(response) | Err(response) => response,
    }
}

async fn take(
    at: &At,
    id: &str,
    headers: &HeaderMap,
    request: Request,
    lang: Lang,
) -> Result<Response, Response> {
    let session = find(at, id, headers)?;
    let of = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if !whip::is_type(of(header::CONTENT_TYPE), whip::FRAGMENT) {
        return Err(answer::other_type(true));
    }
    let body = to_bytes(request.into_body(), whip::MAX_BODY).await;
    let body = body.map_err(|_| Refusal::from(Fault::BodyTooLarge).answer(lang))?;
    let fragment = Fragment::parse(&body).map_err(|refusal| answer::bad(&refusal, lang))?;
    let if_match = of(header::IF_MATCH).map(str::to_owned);
    let gone = || Refusal::from(Fault::Gone).answer(lang);
    match session.fragment(fragment, if_match).await.ok_or_else(gone)? {
        Taken::Candidates => Ok(StatusCode::NO_CONTENT.into_response()),
        Taken::Restarted { fragment, tag } => Ok(restarted(fragment, &tag)),
        Taken::Unmet(unmet) => {
            let status = StatusCode::from_u16(unmet.status());
            Err(status.unwrap_or(StatusCode::PRECONDITION_FAILED).into_response())
        }
        Taken::Refused(refusal) => Err(answer::bad(&refusal, lang)),
    }
}

fn restarted(fragment: String, tag: &str) -> Response {
    let mut response = (StatusCode::OK, fragment).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(whip::FRAGMENT));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The session, for whoever opened it.
fn find(at: &At, id: &str, headers: &HeaderMap) -> Result<Found, Response> {
    let bearer = bearer(headers);
    if bearer.is_empty() {
        return Err(answer::no_token());
    }
    match at.whip.sessions.look(&Id::from(id), at.door, Token::of(bearer)) {
        Look::Found(session) => Ok(session),
        Look::Nothing => Err(StatusCode::NOT_FOUND.into_response()),
        Look::NotYours => Err(StatusCode::FORBIDDEN.into_response()),
    }
}

//! What the answers of both doors have in common.

use crate::front_desk::Refusal as AtTheDesk;
use crate::web::refusal::Refusal;
use crate::web::signal;
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::message::Problem;
use causeway_adapter::webrtc::{Refusal as OfOffer, whip};
use causeway_base::{EndCause, Lang};

/// Seconds after which one may ask again whether a meeting has begun.
const UNTIL_IT_BEGINS: u16 = 30;

const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// A method that reads: there is nothing to read (RFC 9725 section 4.1).
pub(super) async fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Pages of every origin may come: they bring the token along, and no cookie of ours exists.
pub(super) async fn for_other_origins(mut response: Response) -> Response {
    let fixed = HeaderValue::from_static;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, fixed(whip::EXPOSED_HEADERS));
    response
}

/// The answer to `OPTIONS`: what may be done here, for browsers before they do it and for programs
/// that look first.
pub(super) fn options(methods: &'static str, of_session: bool) -> Response {
    let fixed = HeaderValue::from_static;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, fixed(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, fixed(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, fixed(whip::ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(86_400_u32));
    accepts(headers, of_session);
    response
}

/// What is taken here.
fn accepts(headers: &mut HeaderMap, of_session: bool) {
    if of_session {
        headers.insert(ACCEPT_PATCH, HeaderValue::from_static(whip::FRAGMENT));
    } else {
        headers.insert(ACCEPT_POST, HeaderValue::from_static(whip::SDP));
    }
}

/// The body has a type that is not taken.
pub(super) fn other_type(of_session: bool) -> Response {
    let mut response = StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    accepts(response.headers_mut(), of_session);
    response
}

/// There is no token.
pub(super) fn no_token() -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The offer, or the fragment, is of no use. Whoever wrote the program reads why.
pub(super) fn bad(refusal: &OfOffer, lang: Lang) -> Response {
    let cause = refusal.cause;
    let text = format!("{} ({})", cause.sentence(lang), refusal.warning);
    let problem = Problem { code: cause.code().to_owned(), text, pin_needed: false };
    let status = StatusCode::from_u16(whip::refused_status(cause));
    (status.unwrap_or(StatusCode::BAD_REQUEST), Json(problem)).into_response()
}

/// Somebody does not come in.
pub(super) fn not_admitted(refusal: AtTheDesk, lang: Lang) -> Response {
    match refusal {
        AtTheDesk::PinNeeded | AtTheDesk::PinWrong => {
            (StatusCode::FORBIDDEN, Json(signal::problem(refusal, lang))).into_response()
        }
        AtTheDesk::Link(problem) => Refusal::from(problem).answer(lang),
        AtTheDesk::Cause(cause) => over(cause, lang),
    }
}

/// The bridge does not take it, or it ended before its answer.
pub(super) fn over(cause: EndCause, lang: Lang) -> Response {
    let mut response = Refusal::Fault(crate::api::Fault::Refused(cause)).answer(lang);
    if cause == EndCause::NotStarted {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(UNTIL_IT_BEGINS));
    }
    response
}

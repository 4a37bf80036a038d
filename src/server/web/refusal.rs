//! How a door refuses: a status, and a [`Problem`] in the language of who asks.

use crate::api::Fault;
use crate::link::LinkProblem;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::message::Problem;
use causeway_base::Lang;

/// Seconds after which one may ask again who asked too much.
const LATER: u16 = 10;

/// A refusal of a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The link does not let in.
    Link(LinkProblem),
    /// The request is wrong, or too much.
    Fault(Fault),
}

impl From<LinkProblem> for Refusal {
    fn from(problem: LinkProblem) -> Self {
        Refusal::Link(problem)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal::Fault(fault)
    }
}

impl Refusal {
    /// The answer.
    pub(crate) fn answer(self, lang: Lang) -> Response {
        let (status, code, text) = match self {
            Refusal::Link(problem) => {
                let status = StatusCode::from_u16(problem.status());
                let status = status.unwrap_or(StatusCode::FORBIDDEN);
                (status, problem.code(), problem.sentence(lang).to_owned())
            }
            Refusal::Fault(fault) => (fault.status(), fault.code(), fault.sentence(lang)),
        };
        let problem = Problem { code: code.to_owned(), text, pin_needed: false };
        let mut response = (status, Json(problem)).into_response();
        if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(LATER));
        }
        response
    }
}

/// The token behind `Authorization: Bearer`, where a link's stands. Empty where there is none,
/// which opens nothing.
pub(crate) fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let parts = value.and_then(|value| value.split_once(' '));
    let token = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map_or("", |(_, token)| token.trim())
}

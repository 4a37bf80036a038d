//! What a handler takes out of a request, within bounds: a JSON body, a query, the names of the
//! path. Each tells as a [`Problem`] what is wrong.

use super::fault::{Fault, Problem};
use super::resource::page::{DEFAULT_PAGE, MAX_PAGE};
use super::resource::{Cursor, Language, Window};
use super::speech::Speech;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The longest body: 16 successors, names and PINs take less than 4 KiB.
pub(super) const MAX_BODY: usize = 64 << 10;

/// The deepest body: ours are three deep.
const MAX_DEPTH: usize = 8;

/// A JSON body.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if !kind.and_then(|kind| kind.to_str().ok()).is_some_and(is_json) {
            return Err(Fault::NotJson.into());
        }
        read_json(&read(request).await?).map(Self)
    }
}

/// No body, or one that says nothing: `{}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        match read(request).await?.trim_ascii() {
            b"" | b"{}" => Ok(Self),
            _ => Err(Fault::BadBody.into()),
        }
    }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| Fault::BodyTooLarge.into())
}

/// Reads a body as every handler does.
pub(super) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A list of values in order would pass for an object with serde.
    if depth(body) > MAX_DEPTH || !body.trim_ascii_start().starts_with(b"{") {
        return Err(Fault::BadBody.into());
    }
    let mut text = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut text)
        .map_err(|error| Problem::from(Fault::BadBody).of(&error.path().to_string()))?;
    text.end().map_err(|_| Fault::BadBody)?;
    Ok(value)
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/merge-patch+json"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

/// How deep brackets are nested, those in strings left out.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A query.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(_) => Err(Fault::BadQuery.into()),
        }
    }
}

/// The names in the path. What cannot be a name names nothing.
#[derive(Debug)]
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Self(names)),
            Err(_) => Err(Fault::NotFound.into()),
        }
    }
}

/// The language of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spoken(pub(super) Language);

impl<S: Send + Sync> FromRequestParts<S> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Speech::of(&parts.headers).lang.into()))
    }
}

/// Which part of a list is wanted, within bounds.
pub(super) fn window(limit: Option<u16>, cursor: Option<Cursor>) -> Result<Window, Problem> {
    let limit = limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::from(Fault::BadQuery).of("limit"));
    }
    Ok(Window { limit, cursor })
}

#[cfg(test)]
mod tests {
    use super::super::resource::{MeetingDraft, Successors};
    use super::*;

    #[test]
    fn deep_bodies_are_refused_before_they_are_read() {
        assert_eq!(depth(br#"{"a":["[[[\"[[",{}]}"#), 3);
        let bomb = "[".repeat(60_000);
        assert_eq!(read_json::<serde_json::Value>(bomb.as_bytes()), Err(Fault::BadBody.into()));
    }

    #[test]
    fn a_wrong_value_is_named() {
        let body = br#"{"participants":["part-1","part-x"]}"#;
        let problem = read_json::<Successors>(body).expect_err("not a participant");
        assert_eq!(problem.field.as_deref(), Some("participants[1]"));
        for body in ["{\"nam\":\"x\"}", "{\"name\":\"x\",\"name\":\"y\"}", "{} {}", "[]", "null"] {
            let problem = read_json::<MeetingDraft>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.fault, Fault::BadBody, "{body}");
        }
    }
}

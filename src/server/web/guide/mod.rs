//! `GET <prefix>/m/<meeting>/guide`: how one joins, on a sheet that the organizer prints or sends on.
//! It holds what guests get and nothing that is a host's.
//!
//! Who may see it has its link, as the API gives it to those who may host the meeting (or the link of
//! a host). The token stands in the fragment: what is answered without it is a shell, the same for
//! every meeting, whose script asks again with the token in `Authorization` and shows what comes.
//!
//! * [`page`]: the sheet. * [`picture`]: its drawings.

mod page;
mod picture;

use super::Site;
use super::refusal::{Refusal, bearer};
use super::site::absent;
use crate::api::Fault;
use crate::api::source::Source;
use crate::api::speech::Speech;
use crate::link::LinkProblem;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use causeway_base::Lang;
use jiff::Timestamp;
use serde::Deserialize;

/// What stands behind the `?`: the language, where somebody chose one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    lang: Option<String>,
}

pub(super) async fn guide(
    State(site): State<Site>,
    Path(meeting): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    Extension(source): Extension<Source>,
    headers: HeaderMap,
) -> Response {
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let chosen = wanted.lang.as_deref().and_then(Lang::from_tag);
    let lang = chosen.unwrap_or_else(|| Speech::of(&headers).lang);
    let mut response = if headers.contains_key(header::AUTHORIZATION) {
        let shown = sheet(&site, &meeting, source, bearer(&headers), lang);
        shown.unwrap_or_else(|refusal| refusal.answer(lang))
    } else {
        html(page::shell(lang))
    };
    let vary = HeaderValue::from_static("accept-language, authorization");
    response.headers_mut().insert(header::VARY, vary);
    site.policies.guide(response.headers_mut());
    response
}

fn sheet(
    site: &Site,
    meeting: &str,
    source: Source,
    token: &str,
    lang: Lang,
) -> Result<Response, Refusal> {
    if !site.questions.take(source.0) {
        return Err(Fault::TooManyAttempts.into());
    }
    site.links.opens_guide(token, meeting, Timestamp::now())?;
    let card = site.cards.of(meeting).ok_or(LinkProblem::Unknown)?;
    let card = card.map_err(|_| Fault::NotRouted)?.for_guests();
    Ok(html(page::sheet(&card, lang, site.web.wanted_kbps)))
}

fn html(text: String) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, text).into_response()
}

/// `GET <prefix>/m/assets/<file>`: its style and its script. They change with a release and have no
/// other name then, so that browsers ask again.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "guide.css" => ("text/css; charset=utf-8", include_str!("guide.css")),
        "guide.js" => ("text/javascript; charset=utf-8", include_str!("guide.js")),
        _ => return absent(),
    };
    let fresh = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")];
    (fresh, text).into_response()
}

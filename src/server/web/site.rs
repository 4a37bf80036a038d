//! The page by which one joins, and its files.

use super::Site;
use super::asset::{File, PAGE};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The longest name of a meeting in an address: that of the API's identifiers.
const MAX_NAME: usize = 64;

/// `GET <prefix>/j/<meeting>`: the same page for every meeting, whether there is one or not. What
/// lets in stands in the fragment, which browsers keep to themselves. Never cached: it names files
/// that the next release may not have.
pub(super) async fn page(
    State(site): State<Site>,
    Path(meeting): Path<String>,
    headers: HeaderMap,
) -> Response {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_name = (1..=MAX_NAME).contains(&meeting.len()) && meeting.bytes().all(named);
    let Some(file) = File::named(PAGE).filter(|_| is_name) else { return absent() };
    let mut response = served(file, &headers);
    site.policies.page(response.headers_mut());
    response
}

/// `GET <prefix>/j/assets/<file>`: kept for ever, since another content has another name.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = File::named(&name).filter(|file| file.name != PAGE) else { return absent() };
    let mut response = served(file, &headers);
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response
}

fn served(file: &'static File, headers: &HeaderMap) -> Response {
    let (bytes, form) = file.encoded(headers);
    let mut response = ([(header::CONTENT_TYPE, file.kind())], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(form) = form {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(form));
    }
    response
}

/// There is no such page.
pub(super) fn absent() -> Response {
    let text = "没有这个页面：请完整复制邀请中的链接。\n\
        There is no such page: copy the whole link from the invitation.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

//! The few facts of a message that transactions and dialogs need, read leniently: what cannot be
//! read is absent. [`sip_codec::validate`] has judged requests before.

use bytes::Bytes;
use sip_codec::header::{CSeq, CallId, Contact, From, NameAddr, To, Via};
use sip_codec::{HeaderName, Headers, Method, Text, TypedHeader, Uri};

/// What the topmost Via says.
pub(crate) struct TopVia {
    pub(crate) branch: Option<Text>,
    /// Host in lower case and port, as one text.
    pub(crate) sent_by: Text,
}

/// The first value, if it can be read.
pub(crate) fn first<T: TypedHeader>(headers: &Headers) -> Option<T> {
    headers.get::<T>()?.ok()
}

pub(crate) fn top_via(headers: &Headers) -> Option<TopVia> {
    let via = first::<Via>(headers)?;
    let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
    let sent_by = Text::from(format!("{}{port}", via.host).to_ascii_lowercase());
    Some(TopVia { branch: via.branch().map(Text::detached), sent_by })
}

pub(crate) fn cseq(headers: &Headers) -> Option<(u32, Method)> {
    first::<CSeq>(headers).map(|cseq| (cseq.seq, cseq.method))
}

pub(crate) fn call_id(headers: &Headers) -> Option<Text> {
    first::<CallId>(headers).map(|id| id.0.detached())
}

pub(crate) fn from_tag(headers: &Headers) -> Option<Text> {
    first::<From>(headers)?.tag().map(Text::detached)
}

pub(crate) fn to_tag(headers: &Headers) -> Option<Text> {
    first::<To>(headers)?.tag().map(Text::detached)
}

pub(crate) fn from(headers: &Headers) -> Option<NameAddr> {
    first::<From>(headers).map(|from| from.0)
}

pub(crate) fn to(headers: &Headers) -> Option<NameAddr> {
    first::<To>(headers).map(|to| to.0)
}

/// Where the sender wants the next requests of the dialog.
pub(crate) fn contact(headers: &Headers) -> Option<Uri> {
    match first::<Contact>(headers)? {
        Contact::Address(address) => Some(address.uri),
        Contact::Any => None,
    }
}

/// Whether a comma-separated header has this token.
pub(crate) fn has_token(headers: &Headers, name: &HeaderName, token: &str) -> bool {
    headers.raw(name).any(|line| {
        line.split(|b| *b == b',').any(|t| t.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    })
}

/// The media type of the body in lower case, without parameters.
pub(crate) fn content_type(headers: &Headers) -> Option<String> {
    let line = headers.raw(&HeaderName::ContentType).next()?;
    let kind = line.split(|b| *b == b';').next()?.trim_ascii();
    Some(String::from_utf8_lossy(kind).to_ascii_lowercase())
}

/// The session description, if the body is one.
pub(crate) fn sdp(headers: &Headers, body: &Bytes) -> Option<Bytes> {
    if body.is_empty() {
        return None;
    }
    match content_type(headers) {
        Some(kind) if kind != "application/sdp" => None,
        _ => Some(body.clone()),
    }
}

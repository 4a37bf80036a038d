//! The few facts of a message that transactions and dialogs need, read leniently: what cannot be
//! read is absent. [`sip_codec::validate`] has judged requests before.

use bytes::Bytes;
use sip_codec::header::{CSeq, CallId, Contact, ContentType, From, NameAddr, To, Via};
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

/// The session description of a message: the body, or the first such part of a `multipart/mixed` body
/// (RFC 5621), as trunks send that carry ISUP beside it.
pub fn sdp(headers: &Headers, body: &Bytes) -> Option<Bytes> {
    if body.is_empty() {
        return None;
    }
    match content_type(headers).as_deref() {
        None | Some("application/sdp") => Some(body.clone()),
        Some("multipart/mixed") => {
            let header: ContentType = first(headers)?;
            let boundary = header.params.unquoted("boundary")?;
            sdp_part(body, boundary.as_bytes().get(..MAX_BOUNDARY.min(boundary.len()))?)
        }
        Some(_) => None,
    }
}

/// Bytes of a boundary (RFC 2046 section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// Parts of one body that are looked at: trunks send two, mail programs are no callers.
const MAX_PARTS: usize = 8;

fn sdp_part(body: &Bytes, boundary: &[u8]) -> Option<Bytes> {
    let delimiter = [b"--", boundary].concat();
    let mut rest = body.slice(find(body, &delimiter)? + delimiter.len()..);
    for _ in 0..MAX_PARTS {
        let end = find(&rest, &[b"\r\n", delimiter.as_slice()].concat())?;
        let part = rest.slice(..end);
        let head_end = find(&part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..head_end)?).to_ascii_lowercase();
        let is_sdp = head.lines().any(|line| {
            line.strip_prefix("content-type:")
                .is_some_and(|kind| kind.trim().starts_with("application/sdp"))
        });
        if is_sdp {
            return Some(part.slice(head_end + 4..));
        }
        rest = rest.slice(end + 2 + delimiter.len()..);
    }
    None
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len().max(1)).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_found_among_parts() {
        let body = "preamble\r\n--x\r\nContent-Type: application/isup\r\n\r\n\u{1}\r\n\
                    --x\r\nContent-Type: application/sdp\r\nContent-Disposition: session\r\n\r\n\
                    v=0\r\ns=-\r\n\r\n--x--\r\n";
        let body = Bytes::from(body);
        let mut headers = Headers::new();
        headers.push_raw(HeaderName::ContentType, "multipart/mixed;boundary=\"x\"");
        assert_eq!(sdp(&headers, &body).as_deref(), Some(&b"v=0\r\ns=-\r\n"[..]));
        for cut in 0..body.len() {
            let _ = sdp(&headers, &body.slice(..cut));
        }
    }
}

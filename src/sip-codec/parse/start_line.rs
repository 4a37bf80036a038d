//! The first line: request line or status line.

use bytes::Bytes;

use super::head::Flaw;
use crate::{
    cursor::{Cursor, is_token, is_wsp},
    limits::Limits,
    method::Method,
    status::StatusCode,
    text::Text,
    uri::Uri,
};

/// What the first line says.
pub(crate) enum StartLine {
    Request(Method, Uri),
    Response(StatusCode, Text),
    Bad(Bad),
}

/// What a line that cannot be taken was meant to be.
#[derive(PartialEq, Eq)]
pub(crate) enum Bad {
    /// A request, with its method where that much is clear.
    Request(Option<Method>),
    Response,
    /// No SIP.
    Foreign,
}

const VERSION: &[u8] = b"SIP/2.0";

/// Reads the line without its CRLF. The flaw says why a line is bad; offsets count from its
/// start.
pub(crate) fn read(line: &Bytes, limits: &Limits) -> (StartLine, Option<Flaw>) {
    let result = match line.get(..4) {
        Some(start) if start.eq_ignore_ascii_case(b"SIP/") => status_line(line),
        _ => request_line(line, limits),
    };
    match result {
        Ok(start) => (start, None),
        Err((bad, flaw)) => (StartLine::Bad(bad), Some(flaw)),
    }
}

type Failed = (Bad, Flaw);

/// `SIP-Version SP Status-Code SP Reason-Phrase`. A missing phrase may miss its space too.
fn status_line(line: &Bytes) -> Result<StartLine, Failed> {
    let bad = |offset, reason| (Bad::Response, Flaw::bad(reason, offset));
    let mut cursor = Cursor::new(line);
    let version = cursor.run(|b| !is_wsp(b));
    if !version.eq_ignore_case(VERSION) {
        return Err(bad(0, "Version Not Supported"));
    }
    cursor.take(b' ');
    let digits = cursor.run(|b| b.is_ascii_digit());
    let code = digits.as_str().filter(|d| d.len() == 3).and_then(|d| d.parse().ok());
    let status = code.and_then(StatusCode::new).ok_or(bad(VERSION.len(), "Bad Status Code"))?;
    if !cursor.is_end() && !cursor.take(b' ') {
        return Err(bad(cursor.position(), "Bad Status Line"));
    }
    Ok(StartLine::Response(status, cursor.run(|_| true)))
}

/// `Method SP Request-URI SP SIP-Version`, exactly so (RFC 4475 sections 3.1.2.7 to 3.1.2.10
/// allow to refuse the rest, and two readings of one line are what an attacker wants).
fn request_line(line: &Bytes, limits: &Limits) -> Result<StartLine, Failed> {
    let end = line.iter().rposition(|&b| !is_wsp(b)).map_or(0, |last| last + 1);
    let words = line.get(..end).unwrap_or_default();
    let Some(last) = words.iter().rposition(|&b| b == b' ') else {
        return Err((Bad::Foreign, Flaw::bad("Not SIP", 0)));
    };
    let version = words.get(last + 1..).unwrap_or_default();
    if !version.get(..4).is_some_and(|v| v.eq_ignore_ascii_case(b"SIP/")) {
        return Err((Bad::Foreign, Flaw::bad("Not SIP", last + 1)));
    }

    let mut cursor = Cursor::new(line);
    let method = cursor.run(is_token);
    if method.is_empty() || cursor.peek() != Some(b' ') {
        let flaw = Flaw::bad("Bad Method", cursor.position());
        return Err((Bad::Request(None), flaw));
    }
    cursor.advance(1);
    let method = Method::from_token(method);
    let bad = |flaw| (Bad::Request(Some(method.clone())), flaw);
    if !version.eq_ignore_ascii_case(VERSION) {
        let flaw = Flaw::new(StatusCode::VERSION_NOT_SUPPORTED, "Version Not Supported", last + 1);
        return Err(bad(flaw));
    }
    if end != line.len() {
        return Err(bad(Flaw::bad("Space After the Request Line", end)));
    }
    let start = cursor.position();
    if start >= last {
        return Err(bad(Flaw::bad("Missing Request-URI", start)));
    }
    if last - start > limits.request_uri {
        let flaw = Flaw::new(StatusCode::REQUEST_URI_TOO_LONG, "Request-URI Too Long", start);
        return Err(bad(flaw));
    }
    match Uri::parse(line.slice(start..last)) {
        Ok(uri) => Ok(StartLine::Request(method, uri)),
        Err(error) => Err(bad(Flaw::bad("Bad Request-URI", start + error.offset))),
    }
}

//! Start line and header lines.
//!
//! A flaw does not end the reading: the headers that an answer needs may still come. The first
//! flaw counts.

use bytes::{Bytes, BytesMut};

use super::start_line::{self, Bad, StartLine};
use crate::{
    cursor::{is_token, is_wsp, trim},
    error::{Fault, ParseError, Refusal},
    header_name::HeaderName,
    headers::Headers,
    limits::Limits,
    message::{Message, RETURNED, Request, Response},
    method::Method,
    status::StatusCode,
    text::Text,
};

/// Header lines of a usual message: one allocation holds them.
const TYPICAL_LINES: usize = 24;

/// Something wrong, where, and what to answer.
#[derive(Clone, Copy)]
pub(crate) struct Flaw {
    status: StatusCode,
    reason: &'static str,
    offset: usize,
}

impl Flaw {
    pub(crate) fn new(status: StatusCode, reason: &'static str, offset: usize) -> Self {
        Self { status, reason, offset }
    }

    pub(crate) fn bad(reason: &'static str, offset: usize) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason, offset)
    }
}

/// Everything before the body.
pub(crate) struct Head {
    start: StartLine,
    headers: Headers,
    flaw: Option<Flaw>,
    /// Where the body begins.
    pub(crate) end: usize,
    /// What Content-Length says; more than memory holds counts as `usize::MAX`.
    pub(crate) content_length: Option<usize>,
    /// Content-Length cannot be believed: unreadable, or two that differ.
    pub(crate) length_unknown: bool,
}

impl Head {
    /// Reads up to and with the empty line, or up to the end of `message`.
    pub(crate) fn read(message: &Bytes, limits: &Limits) -> Self {
        let first = line_end(message, 0);
        let (start, flaw) =
            start_line::read(&message.slice(..first.text_end.min(message.len())), limits);
        let mut head = Self {
            start,
            headers: Headers::with_capacity(TYPICAL_LINES),
            flaw,
            end: first.next,
            content_length: None,
            length_unknown: false,
        };
        if matches!(head.start, StartLine::Bad(Bad::Foreign)) {
            return head;
        }
        if let Some(flaw) = first.flaw {
            head.flaw(flaw);
        }
        while head.end < message.len() {
            if head.end > limits.head {
                head.flaw(Flaw::bad("Headers Too Long", head.end));
                return head;
            }
            if message.get(head.end..head.end + 2) == Some(b"\r\n") {
                head.end += 2;
                return head;
            }
            head.read_header(message, limits);
        }
        head.flaw(Flaw::bad("Headers Without End", head.end));
        head
    }

    /// Notes what is wrong, unless something was wrong before.
    pub(crate) fn flaw(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }

    pub(crate) fn is_flawed(&self) -> bool {
        self.flaw.is_some()
    }

    /// One header with its folded lines.
    fn read_header(&mut self, message: &Bytes, limits: &Limits) {
        let start = self.end;
        let mut line = line_end(message, start);
        let mut folded = false;
        let mut flaw = line.flaw;
        while message.get(line.next).copied().is_some_and(is_wsp) {
            line = line_end(message, line.next);
            folded = true;
            flaw = flaw.or(line.flaw);
        }
        self.end = line.next;
        let text = message.slice(start..line.text_end);
        if let Some(flaw) = flaw {
            return self.flaw(flaw);
        }
        if text.len() > limits.header_line {
            return self.flaw(Flaw::bad("Header Line Too Long", start));
        }
        if self.headers.len() >= limits.headers {
            return self.flaw(Flaw::bad("Too Many Headers", start));
        }
        let name_end = text.iter().position(|&b| !is_token(b)).unwrap_or(text.len());
        let colon = name_end + text.iter().skip(name_end).take_while(|&&b| is_wsp(b)).count();
        if name_end == 0 || text.get(colon) != Some(&b':') {
            return self.flaw(Flaw::bad("Bad Header Name", start + name_end));
        }
        if let Some(offset) = unescaped_nul(&text) {
            return self.flaw(Flaw::bad("NUL in a Header", start + offset));
        }
        let name = HeaderName::from_token(Text::from(text.slice(..name_end)));
        let value = trim(&text.slice(colon + 1..));
        let value = if folded { unfold(&value) } else { value };
        if name == HeaderName::ContentLength {
            self.content_length(&value, start + colon + 1);
        }
        self.headers.push_parsed(name, value);
    }

    fn content_length(&mut self, value: &Bytes, offset: usize) {
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            self.length_unknown = true;
            return self.flaw(Flaw::bad("Bad Content-Length", offset));
        }
        let length = value.iter().fold(0_usize, |length, digit| {
            length.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
        });
        if self.content_length.is_some_and(|before| before != length) {
            self.length_unknown = true;
            return self.flaw(Flaw::bad("Differing Content-Length", offset));
        }
        self.content_length = Some(length);
    }

    /// The message, if there is no flaw; else what to do about it. `framing_lost`: a stream
    /// cannot go on after this message.
    pub(crate) fn into_message(
        self,
        body: Bytes,
        framing_lost: bool,
    ) -> Result<Message, ParseError> {
        let Some(Flaw { status, reason, offset }) = self.flaw else {
            return match self.start {
                StartLine::Request(method, uri) => {
                    Ok(Request { method, uri, headers: self.headers, body }.into())
                }
                StartLine::Response(status, reason) => {
                    Ok(Response { status, reason, headers: self.headers, body }.into())
                }
                // Every bad start line comes with its flaw.
                _ => Err(ParseError::Drop(Fault { offset: 0, reason: "Not SIP", framing_lost })),
            };
        };
        let answerable = match &self.start {
            StartLine::Request(method, _) | StartLine::Bad(Bad::Request(Some(method))) => {
                *method != Method::Ack
            }
            StartLine::Bad(Bad::Request(None)) => true,
            StartLine::Response(..) | StartLine::Bad(_) => false,
        };
        if !answerable || !self.headers.has(&HeaderName::Via) {
            return Err(ParseError::Drop(Fault { offset, reason, framing_lost }));
        }
        let recovered = recovered(&self.headers);
        let advice = Headers::new();
        let refusal = Refusal { status, reason, offset, framing_lost, recovered, advice };
        Err(ParseError::Answer(Box::new(refusal)))
    }
}

/// What an answer returns.
pub(crate) fn recovered(headers: &Headers) -> Headers {
    let mut recovered = Headers::new();
    for name in RETURNED {
        headers.copy_to(name, &mut recovered);
    }
    recovered
}

/// Where a line's text ends and where the next line begins.
struct Line {
    text_end: usize,
    next: usize,
    flaw: Option<Flaw>,
}

/// Finds the end of the line that begins at `start`. Only CRLF ends a line; a bare CR or LF is a
/// flaw, since peers disagree on what it means.
fn line_end(message: &Bytes, start: usize) -> Line {
    let rest = message.get(start..).unwrap_or_default();
    let Some(feed) = memchr::memchr(b'\n', rest) else {
        let flaw = Some(Flaw::bad("Line Without End", message.len()));
        return Line { text_end: message.len(), next: message.len(), flaw };
    };
    let text = rest.get(..feed).unwrap_or_default();
    let (text, ended) = match text.strip_suffix(b"\r") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let bare = !ended || memchr::memchr(b'\r', text).is_some();
    let flaw = bare.then(|| Flaw::bad("Bare CR or LF", start + text.len()));
    Line { text_end: start + text.len(), next: start + feed + 1, flaw }
}

/// The offset of a NUL that no backslash escapes. The grammar knows NUL only as a quoted pair.
fn unescaped_nul(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(0, text)
        .find(|&at| at.checked_sub(1).and_then(|before| text.get(before)) != Some(&b'\\'))
}

/// `value` with every fold, and the white space around it, as one space (RFC 3261 section 7.3.1).
fn unfold(value: &Bytes) -> Bytes {
    let mut plain = BytesMut::with_capacity(value.len());
    for (index, line) in value.split(|&b| b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if index == 0 { line } else { line.trim_ascii_start() };
        let line = line.trim_ascii_end();
        if index > 0 && !plain.is_empty() && !line.is_empty() {
            plain.extend_from_slice(b" ");
        }
        plain.extend_from_slice(line);
    }
    plain.freeze()
}

//! Whether a message that could be taken apart makes sense.
//!
//! The checks are those that RFC 3261 section 8.2 puts before any work on a request, in its
//! order, and what RFC 4475 adds. What needs a dialog, a transaction or a user belongs to
//! others.

use bytes::{Bytes, BytesMut};

use crate::{
    error::{Fault, ParseError, Refusal},
    header::{
        Accept, Allow, CSeq, CallId, Contact, ContentDisposition, ContentType, Date, Event, From,
        MaxForwards, MinSe, RAck, RecordRoute, ReferTo, Replaces, Require, Route, SessionExpires,
        To, Unsupported, Via,
    },
    header_name::HeaderName,
    headers::{Headers, TypedHeader},
    message::{Request, Response},
    method::Method,
    parse::head::recovered,
    status::StatusCode,
    uri::Uri,
};

/// What the element that received a request is able to do.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Methods it takes. A known one that is missing here is answered with 405, an unknown one
    /// with 501.
    pub methods: &'a [Method],
    /// Option tags that it understands in Require; others are answered with 420.
    pub extensions: &'a [&'a str],
    /// Media types (`type/subtype`) of bodies that it reads; others are answered with 415,
    /// unless Content-Disposition says `handling=optional`.
    pub reads: &'a [&'a str],
    /// Media types that it puts into the answer to an INVITE; where Accept names none of them,
    /// the answer is 406.
    pub writes: &'a [&'a str],
}

/// Judges a request.
///
/// # Errors
/// As [`crate::parse_datagram`]; offsets are 0, since they no longer mean anything to a reader
/// of typed headers.
pub fn request(request: &Request, element: &Element<'_>) -> Result<(), ParseError> {
    let judge = || -> Result<(), Verdict> {
        mandatory(&request.headers)?;
        method(request, element)?;
        request_uri(&request.uri)?;
        optional(request)?;
        extensions(request, element)?;
        body(request, element)
    };
    judge().map_err(|verdict| verdict.on(request))
}

/// Judges a response: whether a client may match it to a transaction at all.
///
/// # Errors
/// Always [`ParseError::Drop`].
pub fn response(response: &Response) -> Result<(), ParseError> {
    mandatory(&response.headers).map_err(|verdict| {
        ParseError::Drop(Fault { offset: 0, reason: verdict.reason, framing_lost: false })
    })
}

/// What to answer.
struct Verdict {
    status: StatusCode,
    reason: &'static str,
    advice: Headers,
}

impl Verdict {
    fn new(status: StatusCode, reason: &'static str) -> Self {
        Self { status, reason, advice: Headers::new() }
    }

    fn bad(reason: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// A verdict with the usual phrase and what the peer should know.
    fn advise(status: StatusCode, advice: Headers) -> Self {
        Self { status, reason: status.reason(), advice }
    }

    /// An ACK and a request without Via get no answer.
    fn on(self, request: &Request) -> ParseError {
        let Self { status, reason, advice } = self;
        if request.method == Method::Ack || !request.headers.has(&HeaderName::Via) {
            return ParseError::Drop(Fault { offset: 0, reason, framing_lost: false });
        }
        let recovered = recovered(&request.headers);
        let refusal = Refusal { status, reason, offset: 0, framing_lost: false, recovered, advice };
        ParseError::Answer(Box::new(refusal))
    }
}

/// The headers without which there is no transaction (section 8.1.1). Max-Forwards is not among
/// them: RFC 2543 did not know it (RFC 4475 section 3.4.1).
fn mandatory(headers: &Headers) -> Result<(), Verdict> {
    if headers.get::<Via>().ok_or(Verdict::bad("Missing Via"))?.is_err() {
        return Err(Verdict::bad("Bad Via"));
    }
    once::<From>(headers, "Missing From", "Bad From", "Differing From")?;
    once::<To>(headers, "Missing To", "Bad To", "Differing To")?;
    once::<CallId>(headers, "Missing Call-ID", "Bad Call-ID", "Differing Call-ID")?;
    once::<CSeq>(headers, "Missing CSeq", "Bad CSeq", "Differing CSeq")?;
    Ok(())
}

/// The one value of a header; several that are the same byte for byte count as one.
fn once<T: TypedHeader>(
    headers: &Headers,
    missing: &'static str,
    bad: &'static str,
    differing: &'static str,
) -> Result<T, Verdict> {
    same_lines(headers, &T::NAME, differing)?;
    let value = headers.get::<T>().ok_or(Verdict::bad(missing))?;
    value.map_err(|_| Verdict::bad(bad))
}

/// Like [`once`], for a header that may be missing.
fn at_most_once<T: TypedHeader>(
    headers: &Headers,
    bad: &'static str,
    differing: &'static str,
) -> Result<Option<T>, Verdict> {
    same_lines(headers, &T::NAME, differing)?;
    headers.get::<T>().transpose().map_err(|_| Verdict::bad(bad))
}

fn same_lines(
    headers: &Headers,
    name: &HeaderName,
    differing: &'static str,
) -> Result<(), Verdict> {
    let mut lines = headers.raw(name);
    let first = lines.next();
    match lines.all(|line| Some(line) == first) {
        true => Ok(()),
        false => Err(Verdict::bad(differing)),
    }
}

/// Whether every value of a list can be read.
fn all_readable<T: TypedHeader>(headers: &Headers, bad: &'static str) -> Result<(), Verdict> {
    match headers.all::<T>().all(|value| value.is_ok()) {
        true => Ok(()),
        false => Err(Verdict::bad(bad)),
    }
}

/// Section 8.2.1. An unknown method comes before its CSeq (RFC 4475 section 3.1.2.18).
fn method(request: &Request, element: &Element<'_>) -> Result<(), Verdict> {
    let allowed = element.methods.contains(&request.method);
    let allow = || {
        let value = list(element.methods.iter().map(|m| Allow(m.clone())));
        let mut advice = Headers::new();
        advice.push_raw(HeaderName::Allow, value);
        advice
    };
    if !allowed && matches!(request.method, Method::Other(_)) {
        return Err(Verdict::advise(StatusCode::NOT_IMPLEMENTED, allow()));
    }
    let cseq = request.headers.get::<CSeq>().and_then(Result::ok);
    if cseq.is_some_and(|cseq| cseq.method != request.method) {
        return Err(Verdict::bad("CSeq Method Differs"));
    }
    if !allowed {
        return Err(Verdict::advise(StatusCode::METHOD_NOT_ALLOWED, allow()));
    }
    Ok(())
}

/// Section 8.2.2.1. Headers in a request-URI are forbidden (section 19.1.1).
fn request_uri(uri: &Uri) -> Result<(), Verdict> {
    match uri {
        Uri::Sip(uri) if !uri.headers.is_empty() => Err(Verdict::bad("Headers in the Request-URI")),
        Uri::Sip(_) | Uri::Tel(_) => Ok(()),
        Uri::Other(_) => Err(Verdict::advise(StatusCode::UNSUPPORTED_URI_SCHEME, Headers::new())),
    }
}

/// Headers that may be missing, but that somebody acts on when they are there.
fn optional(request: &Request) -> Result<(), Verdict> {
    let headers = &request.headers;
    at_most_once::<MaxForwards>(headers, "Bad Max-Forwards", "Differing Max-Forwards")?;
    at_most_once::<ContentType>(headers, "Bad Content-Type", "Differing Content-Type")?;
    at_most_once::<SessionExpires>(headers, "Bad Session-Expires", "Differing Session-Expires")?;
    at_most_once::<MinSe>(headers, "Bad Min-SE", "Differing Min-SE")?;
    at_most_once::<Replaces>(headers, "Bad Replaces", "Differing Replaces")?;
    at_most_once::<RAck>(headers, "Bad RAck", "Differing RAck")?;
    at_most_once::<Event>(headers, "Bad Event", "Differing Event")?;
    at_most_once::<ReferTo>(headers, "Bad Refer-To", "Differing Refer-To")?;
    at_most_once::<Date>(headers, "Bad Date", "Differing Date")?;
    all_readable::<Route>(headers, "Bad Route")?;
    all_readable::<RecordRoute>(headers, "Bad Record-Route")?;
    all_readable::<Require>(headers, "Bad Require")?;
    all_readable::<Contact>(headers, "Bad Contact")?;
    contacts(request)
}

/// `*` stands alone and only in a REGISTER; the address of record is a SIP URI (section 10.2).
fn contacts(request: &Request) -> Result<(), Verdict> {
    let any = request.headers.readable::<Contact>().any(|c| c == Contact::Any);
    let register = request.method == Method::Register;
    if any && (!register || request.headers.all::<Contact>().count() > 1) {
        return Err(Verdict::bad("Bad Contact"));
    }
    let to = request.headers.get::<To>().and_then(Result::ok);
    if register && to.is_some_and(|to| to.0.uri.as_sip().is_none()) {
        return Err(Verdict::bad("To Is No SIP URI"));
    }
    Ok(())
}

/// Section 8.2.2.3. CANCEL and ACK carry no Require of their own.
fn extensions(request: &Request, element: &Element<'_>) -> Result<(), Verdict> {
    if matches!(request.method, Method::Cancel | Method::Ack) {
        return Ok(());
    }
    let known = |tag: &Require| element.extensions.iter().any(|e| tag.0.eq_ignore_case(e));
    let unknown = request.headers.readable::<Require>().filter(|tag| !known(tag));
    let value = list(unknown.map(|tag| Unsupported(tag.0)));
    if value.is_empty() {
        return Ok(());
    }
    let mut advice = Headers::new();
    advice.push_raw(HeaderName::Unsupported, value);
    Err(Verdict::advise(StatusCode::BAD_EXTENSION, advice))
}

/// Section 8.2.3, and Accept of an INVITE (RFC 4475 section 3.3.15).
fn body(request: &Request, element: &Element<'_>) -> Result<(), Verdict> {
    let headers = &request.headers;
    let is = |content: &ContentType, name: &str| {
        name.split_once('/').is_some_and(|(kind, subtype)| content.is(kind, subtype))
    };
    let disposition = headers.get::<ContentDisposition>().and_then(Result::ok);
    let skippable = disposition.is_some_and(|d| d.is_optional());
    if !request.body.is_empty() && !skippable {
        let content = headers.get::<ContentType>().and_then(Result::ok);
        if content.is_some_and(|content| !element.reads.iter().any(|name| is(&content, name))) {
            let mut advice = Headers::new();
            advice.push_raw(HeaderName::Accept, element.reads.join(", "));
            return Err(Verdict::advise(StatusCode::UNSUPPORTED_MEDIA_TYPE, advice));
        }
        let mut encodings = headers.raw(&HeaderName::ContentEncoding);
        if encodings.any(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
            let mut advice = Headers::new();
            advice.push_raw(HeaderName::AcceptEncoding, "identity");
            return Err(Verdict::advise(StatusCode::UNSUPPORTED_MEDIA_TYPE, advice));
        }
    }
    let covered = |accept: Accept| {
        let mut names = element.writes.iter().filter_map(|name| name.split_once('/'));
        names.any(|(kind, subtype)| accept.covers(kind, subtype))
    };
    let invite = request.method == Method::Invite;
    if invite && headers.has(&HeaderName::Accept) && !headers.readable::<Accept>().any(covered) {
        return Err(Verdict::advise(StatusCode::NOT_ACCEPTABLE, Headers::new()));
    }
    Ok(())
}

/// Values as one comma-separated line.
fn list<T: TypedHeader>(values: impl Iterator<Item = T>) -> Bytes {
    let mut line = BytesMut::new();
    for value in values {
        if !line.is_empty() {
            line.extend_from_slice(b", ");
        }
        value.encode(&mut line);
    }
    line.freeze()
}

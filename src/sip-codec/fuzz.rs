//! Bodies of the fuzz targets: no input may panic, and what is read must survive writing.

use bytes::{Bytes, BytesMut};

use crate::{
    header::{
        AuthenticationInfo, Authorization, Contact, Date, From, Reason, RecordRoute, Replaces,
        RetryAfter, SessionExpires, Via, Warning, WwwAuthenticate,
    },
    header_name::HeaderName,
    headers::{Headers, TypedHeader},
    limits::Limits,
    message::Message,
    parse::parse_datagram,
    stream::{StreamDecoder, StreamItem, StreamSide},
    uri::Uri,
    validate::{self, Element},
};

const ELEMENT: Element<'static> =
    Element { methods: &[], extensions: &[], reads: &[], writes: &[] };

/// Limits under which a message that was taken can be taken again: writing may lengthen a line
/// by a long name and a space.
const WIDE: Limits = Limits {
    message: usize::MAX,
    head: usize::MAX,
    request_uri: usize::MAX,
    header_line: usize::MAX,
    headers: usize::MAX,
    body: usize::MAX,
};

/// One datagram.
pub fn message(data: &[u8]) {
    let parsed = parse_datagram(&Bytes::copy_from_slice(data), &Limits::DEFAULT);
    let Ok(mut message) = parsed else { return };
    let _ = match &message {
        Message::Request(request) => validate::request(request, &ELEMENT),
        Message::Response(response) => validate::response(response),
    };
    let mut again = parse_datagram(&message.to_bytes(), &WIDE).expect("what was written is SIP");
    message.headers_mut().remove(&HeaderName::ContentLength);
    again.headers_mut().remove(&HeaderName::ContentLength);
    assert!(message == again, "writing changed the message");
}

/// A stream: whole and byte by byte it gives the same. The first byte picks the side.
pub fn stream(data: &[u8]) {
    let side = match data.first() {
        Some(byte) if byte % 2 == 1 => StreamSide::Opened,
        _ => StreamSide::Accepted,
    };
    let data = data.get(1..).unwrap_or_default();
    assert!(decoded(data, side, data.len().max(1)) == decoded(data, side, 1), "a cut matters");
}

fn decoded(data: &[u8], side: StreamSide, step: usize) -> Vec<Result<StreamItem, String>> {
    let mut decoder = StreamDecoder::new(Limits::DEFAULT, side);
    let mut buffer = BytesMut::new();
    let mut items = Vec::new();
    for piece in data.chunks(step) {
        buffer.extend_from_slice(piece);
        loop {
            match decoder.decode(&mut buffer) {
                Ok(Some(item)) => items.push(Ok(item)),
                Ok(None) => break,
                Err(error) => {
                    let lost = error.framing_lost();
                    items.push(Err(error.to_string()));
                    if lost {
                        return items;
                    }
                }
            }
        }
    }
    items
}

/// A URI.
pub fn uri(data: &[u8]) {
    if let Ok(uri) = Uri::parse(data.to_vec()) {
        assert!(Uri::parse(uri.to_bytes()).as_ref() == Ok(&uri), "writing changed the URI");
        assert!(uri.equivalent(&uri), "a URI differs from itself");
        let _ = (uri.user(), uri.host(), format!("{uri} {uri:?}"));
    }
}

/// Reads a header of several lines, writes each value and reads it again.
fn header<T: TypedHeader + PartialEq>(data: &[u8]) {
    let mut headers = Headers::new();
    data.split(|&b| b == b'\n').for_each(|line| headers.push_raw(T::NAME, line.to_vec()));
    for value in headers.readable::<T>() {
        let again = T::parse(&value.to_value());
        let written = value.to_value();
        assert!(again.is_ok_and(|again| again == value), "{}: {written:?}", T::NAME);
    }
    let count = headers.all::<T>().count();
    if let Some(Ok(first)) = headers.get::<T>() {
        headers.set_first(&first);
        assert_eq!(headers.all::<T>().count(), count, "replacing the first value lost another");
    }
    let mut popped = 0;
    while headers.pop_front::<T>().is_some() {
        popped += 1;
    }
    assert_eq!(popped, count, "a value was lost or came twice");
}

/// Via.
pub fn via(data: &[u8]) {
    header::<Via>(data);
    if let Ok(mut via) = Via::parse(&Bytes::copy_from_slice(data)) {
        let _ = (via.received(), via.rport(), via.maddr(), via.unique_branch().is_some());
        via.note_source([198, 51, 100, 7].into(), 5060);
        assert!(Via::parse(&via.to_value()).is_ok_and(|again| again == via));
    }
}

/// Contact.
pub fn contact(data: &[u8]) {
    header::<Contact>(data);
    if let Ok(contact) = Contact::parse(&Bytes::copy_from_slice(data)) {
        let _ = (contact.q(), contact.expires());
    }
}

/// Challenges and credentials.
pub fn auth(data: &[u8]) {
    header::<WwwAuthenticate>(data);
    header::<Authorization>(data);
    header::<AuthenticationInfo>(data);
}

/// From, Record-Route.
pub fn name_addr(data: &[u8]) {
    header::<From>(data);
    header::<RecordRoute>(data);
    if let Ok(from) = From::parse(&Bytes::copy_from_slice(data)) {
        let _ = (from.tag(), from.0.display_name(), format!("{from:?}"));
    }
}

/// Session-Expires and other small headers.
pub fn session_expires(data: &[u8]) {
    header::<SessionExpires>(data);
    header::<Replaces>(data);
    header::<RetryAfter>(data);
    header::<Warning>(data);
    header::<Reason>(data);
    header::<Date>(data);
}

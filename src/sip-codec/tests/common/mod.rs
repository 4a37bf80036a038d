//! A user agent server that judges messages.

use bytes::Bytes;
use sip_codec::{Limits, Message, Method, ParseError, parse_datagram, validate};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Take,
    Answer(u16),
    Drop,
}

/// All methods of the RFCs, no extension, SDP and multipart bodies.
const ELEMENT: validate::Element<'static> = validate::Element {
    methods: &[
        Method::Invite,
        Method::Ack,
        Method::Bye,
        Method::Cancel,
        Method::Options,
        Method::Register,
        Method::Message,
    ],
    extensions: &["100rel", "timer"],
    reads: &["application/sdp", "multipart/mixed", "text/plain"],
    writes: &["application/sdp"],
};

/// The outcome, and why.
pub(crate) fn outcome(bytes: Vec<u8>) -> (Outcome, &'static str) {
    let parsed = parse_datagram(&Bytes::from(bytes), &Limits::DEFAULT);
    let judged = parsed.and_then(|message| match message {
        Message::Request(request) => validate::request(&request, &ELEMENT),
        Message::Response(response) => validate::response(&response),
    });
    match judged {
        Ok(()) => (Outcome::Take, ""),
        Err(error @ ParseError::Drop(_)) => (Outcome::Drop, error.reason()),
        Err(ParseError::Answer(refusal)) => {
            let response = refusal.response();
            assert!(response.headers.has(&sip_codec::HeaderName::Via), "nowhere to answer to");
            (Outcome::Answer(response.status.code()), refusal.reason)
        }
    }
}

//! What can be wrong with a message, and what to do about it.

use std::fmt;

use crate::{header_name::HeaderName, headers::Headers, message::Response, status::StatusCode};

/// A value (URI, header value) does not follow its grammar. The peer is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes from the start of the value to the first that does not fit.
    pub offset: usize,
    /// What would have fitted there.
    pub expected: &'static str,
}

impl SyntaxError {
    /// The same in a value that has `bytes` more before it.
    pub(crate) fn after(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes, ..self }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// A header that is there but cannot be read. The peer is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    /// Which header.
    pub name: HeaderName,
    /// Where in its value, and what was expected.
    pub error: SyntaxError,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.error)
    }
}

impl std::error::Error for HeaderError {}

/// Why a message is not taken. The peer is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The request can be answered with a final response: [`Refusal::response`].
    Answer(Box<Refusal>),
    /// Nothing can or may be answered (no SIP, a response, an ACK, no Via to answer to): drop
    /// the datagram; on a stream where [`Fault::framing_lost`] is set, close the connection.
    Drop(Fault),
}

/// A fault without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes from the start of the message to the fault; 0 when the fault is an absence.
    pub offset: usize,
    /// What is wrong, for logs.
    pub reason: &'static str,
    /// On a stream: the start of the next message is not known any more.
    pub framing_lost: bool,
}

/// A request that is refused before any transaction exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer with.
    pub status: StatusCode,
    /// The reason phrase to answer with: what is wrong, in our words (never the peer's bytes).
    pub reason: &'static str,
    /// Bytes from the start of the message to the fault; 0 when the fault is an absence.
    pub offset: usize,
    /// On a stream: the start of the next message is not known any more; answer, then close.
    pub framing_lost: bool,
    /// What could be recovered of Via, From, To, Call-ID and CSeq, raw and in their order.
    pub recovered: Headers,
    /// Headers that the answer owes to the peer (Unsupported, Allow, Accept …).
    pub advice: Headers,
}

impl Refusal {
    /// The response to send statelessly: status, reason, the recovered headers, the advice. The
    /// To tag is the sender's to add (RFC 3261 section 8.2.6.2).
    pub fn response(&self) -> Response {
        let mut response = Response::new(self.status);
        response.reason = self.reason.into();
        for (name, value) in self.recovered.iter().chain(self.advice.iter()) {
            response.headers.push_raw(name.clone(), value.clone());
        }
        response
    }
}

impl ParseError {
    /// Where the fault is, in bytes from the start of the message.
    pub fn offset(&self) -> usize {
        match self {
            Self::Answer(refusal) => refusal.offset,
            Self::Drop(fault) => fault.offset,
        }
    }

    /// What is wrong, for logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Answer(refusal) => refusal.reason,
            Self::Drop(fault) => fault.reason,
        }
    }

    /// Whether a stream has to be closed.
    pub fn framing_lost(&self) -> bool {
        match self {
            Self::Answer(refusal) => refusal.framing_lost,
            Self::Drop(fault) => fault.framing_lost,
        }
    }

    /// The status to answer with, if an answer is due.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(refusal) => Some(refusal.status),
            Self::Drop(_) => None,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(refusal) => {
                write!(f, "{} {} at byte {}", refusal.status, refusal.reason, refusal.offset)
            }
            Self::Drop(fault) => write!(f, "dropped: {} at byte {}", fault.reason, fault.offset),
        }
    }
}

impl std::error::Error for ParseError {}

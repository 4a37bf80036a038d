//! A datagram -> a [`Message`].

pub(crate) mod head;
mod start_line;

use bytes::Bytes;

use crate::{
    error::{Fault, ParseError},
    limits::Limits,
    message::Message,
    parse::head::{Flaw, Head},
    status::StatusCode,
};

/// Reads the one message of a datagram (RFC 3261 section 18.3).
///
/// Without Content-Length the body runs to the end; what follows a body with Content-Length is
/// ignored. The message shares the datagram's buffer. [`crate::validate`] judges what the
/// message says; this judges only whether it can be taken apart.
///
/// # Errors
/// [`ParseError::Answer`] for a request that has a Via to answer to, else [`ParseError::Drop`].
pub fn parse_datagram(datagram: &Bytes, limits: &Limits) -> Result<Message, ParseError> {
    let blank = datagram.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let message = datagram.slice(blank..);
    if message.is_empty() {
        return Err(ParseError::Drop(Fault {
            offset: 0,
            reason: "Empty Datagram",
            framing_lost: false,
        }));
    }
    let mut head = Head::read(&message, limits);
    let rest = message.slice(head.end..);
    let length = head.content_length.unwrap_or(rest.len());
    if message.len() > limits.message {
        head.flaw(Flaw::new(StatusCode::MESSAGE_TOO_LARGE, "Message Too Large", limits.message));
    } else if length > limits.body {
        head.flaw(Flaw::new(
            StatusCode::REQUEST_ENTITY_TOO_LARGE,
            "Request Entity Too Large",
            head.end,
        ));
    } else if length > rest.len() {
        head.flaw(Flaw::bad("Content-Length Beyond the End of the Datagram", message.len()));
    }
    let body = rest.slice(..length.min(rest.len()));
    head.into_message(body, false)
}

//! A byte stream (TCP, TLS) -> messages and keep-alives.

use bytes::{Buf, Bytes, BytesMut};

use crate::{
    error::{Fault, ParseError},
    limits::Limits,
    message::Message,
    parse::head::{Flaw, Head},
    status::StatusCode,
};

/// What a stream carries.
#[expect(clippy::large_enum_variant, reason = "most items are messages; a box would be one more")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamItem {
    /// A message.
    Message(Message),
    /// CRLF CRLF from the peer that opened the connection (RFC 5626 section 3.5.1): answer with
    /// one CRLF.
    Ping,
    /// CRLF from the peer that accepted the connection: the answer to a ping.
    Pong,
}

/// Who opened the connection. A CRLF cannot be told from half a CRLF CRLF otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamSide {
    /// We accepted it: the peer may ping.
    Accepted,
    /// We opened it: the peer may pong.
    Opened,
}

/// Takes a stream apart. What it gives does not depend on how the bytes were cut in transit.
#[derive(Debug)]
pub struct StreamDecoder {
    limits: Limits,
    side: StreamSide,
    state: State,
}

enum State {
    /// Between messages; `half_ping`: one CRLF was taken that may begin a ping.
    Idle { half_ping: bool },
    /// In a head; the first `searched` bytes hold no end of it.
    Head { searched: usize },
    /// In the body of a message.
    Body { head: Box<Head>, length: usize },
    /// In the body of a message that was refused.
    Skip { length: usize },
    /// The start of the next message is not known.
    Lost,
}

const CRLF: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

impl StreamDecoder {
    /// A decoder at the start of a connection.
    pub fn new(limits: Limits, side: StreamSide) -> Self {
        Self { limits, side, state: State::Idle { half_ping: false } }
    }

    /// Takes the next item off the front of `buffer`; `Ok(None)` when more bytes are needed. It
    /// never needs more than `limits.head + limits.body` bytes at once.
    ///
    /// # Errors
    /// As [`crate::parse_datagram`]. After an error with `framing_lost` (no or a false
    /// Content-Length, no SIP, beyond the limits) the connection is to be closed: every further
    /// call is an error. After another the stream goes on behind the refused message.
    pub fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<StreamItem>, ParseError> {
        loop {
            match std::mem::replace(&mut self.state, State::Lost) {
                State::Idle { half_ping } => match self.idle(half_ping, buffer) {
                    Step::Wait => return Ok(None),
                    Step::Ping => return Ok(Some(StreamItem::Ping)),
                    Step::Pong => return Ok(Some(StreamItem::Pong)),
                    Step::Next => {}
                },
                State::Head { searched } => {
                    if !self.head(searched, buffer)? {
                        return Ok(None);
                    }
                }
                State::Body { head, length } if buffer.len() >= length => {
                    self.state = State::Idle { half_ping: false };
                    let body = buffer.split_to(length).freeze();
                    return head.into_message(body, false).map(|m| Some(StreamItem::Message(m)));
                }
                State::Skip { length } if buffer.len() >= length => {
                    buffer.advance(length);
                    self.state = State::Idle { half_ping: false };
                }
                State::Skip { length } => {
                    self.state = State::Skip { length: length - buffer.len() };
                    buffer.clear();
                    return Ok(None);
                }
                State::Lost => {
                    buffer.clear();
                    let reason = "Stream Out of Frame";
                    return Err(ParseError::Drop(Fault { offset: 0, reason, framing_lost: true }));
                }
                wait @ State::Body { .. } => {
                    self.state = wait;
                    return Ok(None);
                }
            }
        }
    }

    /// Takes line ends between messages.
    fn idle(&mut self, half_ping: bool, buffer: &mut BytesMut) -> Step {
        self.state = State::Idle { half_ping };
        if buffer.is_empty() || buffer.as_ref() == b"\r" {
            return Step::Wait;
        }
        if !buffer.starts_with(CRLF) {
            self.state = State::Head { searched: 0 };
            return Step::Next;
        }
        buffer.advance(CRLF.len());
        match (self.side, half_ping) {
            (StreamSide::Opened, _) => Step::Pong,
            (StreamSide::Accepted, true) => {
                self.state = State::Idle { half_ping: false };
                Step::Ping
            }
            (StreamSide::Accepted, false) => {
                self.state = State::Idle { half_ping: true };
                Step::Next
            }
        }
    }

    /// Looks for the end of the head and reads it; `false` when more bytes are needed.
    fn head(&mut self, searched: usize, buffer: &mut BytesMut) -> Result<bool, ParseError> {
        let seen = buffer.get(searched..).unwrap_or_default();
        let end = memchr::memmem::find(seen, HEAD_END).map(|at| searched + at + HEAD_END.len());
        let Some(end) = end.filter(|&end| end <= self.limits.head) else {
            if buffer.len() >= self.limits.head {
                let mut head =
                    Head::read(&buffer.split_to(self.limits.head).freeze(), &self.limits);
                head.flaw(Flaw::bad("Headers Too Long", self.limits.head));
                return self.refuse(head, None);
            }
            let searched = buffer.len().saturating_sub(HEAD_END.len() - 1);
            self.state = State::Head { searched };
            return Ok(false);
        };
        let mut head = Head::read(&buffer.split_to(end).freeze(), &self.limits);
        let Some(length) = head.content_length.filter(|_| !head.length_unknown) else {
            head.flaw(Flaw::bad("Missing Content-Length", 0));
            return self.refuse(head, None);
        };
        if length > self.limits.body || end.saturating_add(length) > self.limits.message {
            let status = StatusCode::REQUEST_ENTITY_TOO_LARGE;
            head.flaw(Flaw::new(status, "Request Entity Too Large", end));
            return self.refuse(head, None);
        }
        if head.end != end {
            head.flaw(Flaw::bad("Ambiguous End of the Headers", head.end));
            return self.refuse(head, None);
        }
        if head.is_flawed() {
            return self.refuse(head, Some(length));
        }
        self.state = State::Body { head: Box::new(head), length };
        Ok(true)
    }

    /// Refuses a message; `length` is that of its body, when it is known.
    fn refuse(&mut self, head: Head, length: Option<usize>) -> Result<bool, ParseError> {
        let framing_lost = length.is_none();
        self.state = length.map_or(State::Lost, |length| State::Skip { length });
        head.into_message(Bytes::new(), framing_lost).map(|_| true)
    }
}

/// What to do after looking at the bytes between messages.
enum Step {
    Wait,
    Ping,
    Pong,
    Next,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle { .. } => "Idle",
            Self::Head { .. } => "Head",
            Self::Body { .. } => "Body",
            Self::Skip { .. } => "Skip",
            Self::Lost => "Lost",
        })
    }
}

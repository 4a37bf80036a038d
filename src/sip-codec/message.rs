//! Requests and responses.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    header_name::HeaderName, headers::Headers, method::Method, status::StatusCode, text::Text,
    uri::Uri,
};

/// A SIP message (RFC 3261 section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A request.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// Whom: the request-URI.
    pub uri: Uri,
    /// The headers. Content-Length is written by [`Request::encode`] from `body`.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// A response.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The reason phrase; bytes of any charset, maybe none.
    pub reason: Text,
    /// The headers. Content-Length is written by [`Response::encode`] from `body`.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

impl Message {
    /// The headers.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The headers.
    pub fn headers_mut(&mut self) -> &mut Headers {
        match self {
            Self::Request(request) => &mut request.headers,
            Self::Response(response) => &mut response.headers,
        }
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }

    /// Writes the message with a Content-Length that tells the truth.
    pub fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Request(request) => request.encode(out),
            Self::Response(response) => response.encode(out),
        }
    }

    /// The message as bytes.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::new(), body: Bytes::new() }
    }

    /// The response to this request as RFC 3261 section 8.2.6 wants it: Via, From, To, Call-ID
    /// and CSeq copied as they stand (Timestamp too into a 100). The To tag is the caller's to
    /// add.
    pub fn response(&self, status: StatusCode) -> Response {
        let mut response = Response::new(status);
        for name in RETURNED {
            self.headers.copy_to(name, &mut response.headers);
        }
        if status == StatusCode::TRYING {
            self.headers.copy_to(&HeaderName::Timestamp, &mut response.headers);
        }
        response
    }

    /// Writes the request with a Content-Length that tells the truth.
    pub fn encode(&self, out: &mut BytesMut) {
        let start = out.len();
        out.put_slice(self.method.as_bytes());
        out.put_u8(b' ');
        self.uri.encode(out);
        out.put_slice(b" SIP/2.0");
        end_line(out, start);
        encode_rest(&self.headers, &self.body, out);
    }

    /// The request as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(TYPICAL_BYTES + self.body.len());
        self.encode(&mut out);
        out.freeze()
    }
}

impl Response {
    /// A response with the usual reason phrase, without headers and body.
    pub fn new(status: StatusCode) -> Self {
        let reason = Text::from_static(status.reason());
        Self { status, reason, headers: Headers::new(), body: Bytes::new() }
    }

    /// Writes the response with a Content-Length that tells the truth.
    pub fn encode(&self, out: &mut BytesMut) {
        let start = out.len();
        out.put_slice(b"SIP/2.0 ");
        out.put_slice(self.status.code().to_string().as_bytes());
        out.put_u8(b' ');
        out.put_slice(self.reason.as_bytes());
        end_line(out, start);
        encode_rest(&self.headers, &self.body, out);
    }

    /// The response as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(TYPICAL_BYTES + self.body.len());
        self.encode(&mut out);
        out.freeze()
    }
}

/// What a response returns to the sender, in the usual order.
pub(crate) const RETURNED: &[HeaderName] =
    &[HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq];

/// Bytes of the head of a usual message.
const TYPICAL_BYTES: usize = 1024;

/// Ends the line that begins at `start`. A CR or LF in it, from a value that somebody put
/// together, becomes a space: no value begins a line of its own.
fn end_line(out: &mut BytesMut, start: usize) {
    let line = out.get_mut(start..).unwrap_or_default();
    for byte in line.iter_mut().filter(|byte| matches!(**byte, b'\r' | b'\n')) {
        *byte = b' ';
    }
    out.put_slice(b"\r\n");
}

fn encode_rest(headers: &Headers, body: &Bytes, out: &mut BytesMut) {
    for (name, value) in headers.iter().filter(|(name, _)| **name != HeaderName::ContentLength) {
        let start = out.len();
        out.put_slice(name.as_bytes());
        out.put_slice(b": ");
        out.put_slice(value);
        end_line(out, start);
    }
    out.put_slice(b"Content-Length: ");
    out.put_slice(body.len().to_string().as_bytes());
    out.put_slice(b"\r\n\r\n");
    out.put_slice(body);
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

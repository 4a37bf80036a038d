//! How much of a message is read.

/// Bounds on one message. Each default is far above what devices send and far below what hurts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole message, also of the buffer of a stream. 65,535 is the most that a
    /// datagram can carry; a longer message on a stream is no call.
    pub message: usize,
    /// Bytes from the start of the message to the end of its headers. Large INVITEs of room
    /// systems have 4 KiB; a conference's roster travels in the body.
    pub head: usize,
    /// Bytes of the request-URI (414 beyond). RFC 4475 section 3.1.1.7 has one of 3,200 and calls
    /// it valid.
    pub request_uri: usize,
    /// Bytes of one header line, folded lines together. RFC 4475 section 3.1.1.7 has tokens of
    /// 800 and a Via far longer than any device's.
    pub header_line: usize,
    /// Header lines. A request through 70 proxies has 70 Via; devices send 20 to 30 in all.
    pub headers: usize,
    /// Bytes of the body (413 beyond). The largest SDP of video systems has 8 KiB.
    pub body: usize,
}

impl Limits {
    /// The bounds that hold where nothing else is said.
    pub const DEFAULT: Self = Self {
        message: 65_535,
        head: 32 * 1024,
        request_uri: 8 * 1024,
        header_line: 16 * 1024,
        headers: 256,
        body: 60 * 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

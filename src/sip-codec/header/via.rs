//! Via.

use std::net::IpAddr;

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor,
    error::SyntaxError,
    header_name::HeaderName,
    headers::{Shape, TypedHeader},
    host::Host,
    param::Params,
    text::Text,
};

/// One hop of a request's path, which its response goes back (RFC 3261 section 20.42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// What the request was sent over.
    pub transport: Transport,
    /// Host of the sender (sent-by), as it knows itself.
    pub host: Host,
    /// Port of the sender (sent-by).
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params,
}

/// The transport that a Via or a URI names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// UDP
    Udp,
    /// TCP
    Tcp,
    /// TLS over TCP
    Tls,
    /// SCTP (RFC 4168)
    Sctp,
    /// WebSocket (RFC 7118)
    Ws,
    /// WebSocket over TLS (RFC 7118)
    Wss,
    /// Any other token.
    Other(Text),
}

/// What every branch of RFC 3261 begins with (section 8.1.1.7).
const COOKIE: &[u8] = b"z9hG4bK";

impl Via {
    /// A Via without parameters.
    pub fn new(transport: Transport, host: impl Into<Host>, port: Option<u16>) -> Self {
        Self { transport, host: host.into(), port, params: Params::new() }
    }

    /// The same with a branch.
    pub fn with_branch(mut self, branch: impl Into<Text>) -> Self {
        self.params.set("branch", branch);
        self
    }

    /// The same with an empty `rport`: asks the next hop to note our port (RFC 3581).
    pub fn with_rport(mut self) -> Self {
        self.params.set_flag("rport");
        self
    }

    /// The `branch` parameter.
    pub fn branch(&self) -> Option<&Text> {
        self.params.get("branch")
    }

    /// The branch, if it names a transaction by itself: it begins with the magic cookie and has
    /// more than that. Others go by the rules of RFC 2543 (RFC 3261 section 17.2.3).
    pub fn unique_branch(&self) -> Option<&Text> {
        self.branch().filter(|branch| {
            let start = branch.as_bytes().get(..COOKIE.len());
            start.is_some_and(|s| s.eq_ignore_ascii_case(COOKIE)) && branch.len() > COOKIE.len()
        })
    }

    /// The `received` parameter. Brackets around an IPv6 address are taken (RFC 5118 section
    /// 4.5) and never written.
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.get("received")?.as_str()?;
        let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        text.parse().ok()
    }

    /// The `rport` parameter: `Some(None)` when the sender asks for it, `Some(Some(port))` when
    /// it is filled in. An unreadable one counts as absent.
    pub fn rport(&self) -> Option<Option<u16>> {
        match self.params.raw("rport")? {
            None => Some(None),
            Some(text) => text.as_str()?.parse().ok().map(Some),
        }
    }

    /// The `maddr` parameter.
    pub fn maddr(&self) -> Option<Host> {
        Host::parse(self.params.get("maddr")?.clone().into_bytes()).ok()
    }

    /// Notes where the request came from (RFC 3261 section 18.2.1, RFC 3581 section 4):
    /// `received` when sent-by is not that address or `rport` was asked for, and `rport`.
    pub fn note_source(&mut self, ip: IpAddr, port: u16) {
        let asked = self.params.has("rport");
        if asked {
            self.params.set("rport", port.to_string());
        }
        if asked || self.host.ip() != Some(ip) {
            self.params.set("received", ip.to_string());
        } else {
            self.params.remove("received");
        }
    }
}

impl Transport {
    /// Reads a name, without regard to case.
    pub fn from_name(name: &Text) -> Self {
        const KNOWN: [Transport; 6] = [
            Transport::Udp,
            Transport::Tcp,
            Transport::Tls,
            Transport::Sctp,
            Transport::Ws,
            Transport::Wss,
        ];
        let known = KNOWN.into_iter().find(|t| name.eq_ignore_case(t.as_bytes()));
        known.unwrap_or_else(|| Self::Other(name.clone()))
    }

    /// The name in a Via.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Udp => b"UDP",
            Self::Tcp => b"TCP",
            Self::Tls => b"TLS",
            Self::Sctp => b"SCTP",
            Self::Ws => b"WS",
            Self::Wss => b"WSS",
            Self::Other(name) => name.as_bytes(),
        }
    }
}

impl TypedHeader for Via {
    const NAME: HeaderName = HeaderName::Via;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let protocol = cursor.token("SIP")?;
        let slash = cursor.take_spaced(b'/');
        let version = cursor.token("2.0")?;
        if !protocol.eq_ignore_case("SIP") || !slash || version != "2.0" {
            return Err(SyntaxError { offset: 0, expected: "SIP/2.0" });
        }
        if !cursor.take_spaced(b'/') {
            return Err(cursor.error("a slash before the transport"));
        }
        let transport = Transport::from_name(&cursor.token("a transport")?);
        if !cursor.peek().is_some_and(crate::cursor::is_wsp) {
            return Err(cursor.error("a space after the transport"));
        }
        cursor.skip_wsp();
        let host = Host::read(&mut cursor)?;
        let port = Host::read_port(&mut cursor, true)?;
        let params = Params::read(&mut cursor)?;
        Ok(Self { transport, host, port, params })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(b"SIP/2.0/");
        out.put_slice(self.transport.as_bytes());
        out.put_u8(b' ');
        out.put_slice(self.host.to_string().as_bytes());
        if let Some(port) = self.port {
            out.put_slice(format!(":{port}").as_bytes());
        }
        self.params.encode(out);
    }
}

//! What `causeway load` is told.

use causeway_base::Codec;
use clap::{Args, ValueEnum};
use sip_codec::{SipScheme, Uri};
use std::net::{SocketAddr, ToSocketAddrs};

/// Calls that one run makes at most: their sockets have to fit the ports of one address.
pub const MAX_CALLS: u32 = 20_000;

/// Make many calls to one SIP address and measure what they hear.
#[derive(Clone, Debug, Args)]
pub struct LoadOptions {
    /// Whom to call, for example sip:1001@192.0.2.1:5060.
    #[arg(value_parser = parse_target)]
    pub target: Uri,
    /// Calls to make.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_CALLS)))]
    pub calls: u32,
    /// How many of the calls talk, taking turns to click; the others send a quiet room.
    #[arg(long, default_value_t = 3)]
    pub talkers: u32,
    /// The codec of all calls.
    #[arg(long, value_enum, default_value_t = CodecName::G711)]
    pub codec: CodecName,
    /// Seconds to measure, once all calls are up.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: u32,
    /// Encrypt the media (SRTP, keys in the SDP).
    #[arg(long)]
    pub srtp: bool,
    /// Quiet calls send almost nothing: comfort noise, or Opus with DTX.
    #[arg(long)]
    pub dtx: bool,
    /// Every packet tells its level in a header extension (RFC 6464).
    #[arg(long)]
    pub level: bool,
    /// Loudness of a quiet room in dBov.
    #[arg(long, default_value_t = -64.0, allow_negative_numbers = true)]
    pub quiet_level: f64,
    /// New calls in a second.
    #[arg(long, default_value_t = 50.0)]
    pub rate: f64,
    /// How signalling travels. TLS certificates are not verified: this measures capacity.
    #[arg(long, value_enum)]
    pub transport: Option<Transport>,
    /// Print JSON: a line when the measured window begins and when it ends, then the report.
    #[arg(long)]
    pub json: bool,
}

/// A codec as people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CodecName {
    /// G.711 A-law.
    G711,
    /// G.711 µ-law.
    G711u,
    /// G.722.
    G722,
    /// Opus.
    Opus,
}

impl CodecName {
    /// The codec.
    pub const fn codec(self) -> Codec {
        match self {
            CodecName::G711 => Codec::Pcma,
            CodecName::G711u => Codec::Pcmu,
            CodecName::G722 => Codec::G722,
            CodecName::Opus => Codec::Opus,
        }
    }
}

/// How signalling travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// One TCP connection for all calls.
    Tcp,
    /// One TLS connection for all calls.
    Tls,
}

impl LoadOptions {
    /// The transport: as stated, else as the URI says, else UDP.
    pub fn transport(&self) -> Transport {
        let sip = self.target.as_sip();
        let secure = sip.is_some_and(|uri| uri.scheme == SipScheme::Sips);
        let named = sip.and_then(|uri| uri.transport());
        let is = |name: &[u8]| named.is_some_and(|t| t.as_bytes().eq_ignore_ascii_case(name));
        self.transport.unwrap_or(match () {
            () if secure || is(b"tls") => Transport::Tls,
            () if is(b"tcp") => Transport::Tcp,
            () => Transport::Udp,
        })
    }

    /// The address to which signalling goes. Asks the system's resolver for a name.
    pub fn resolve(&self) -> Option<SocketAddr> {
        let uri = self.target.as_sip()?;
        let port = uri.port.unwrap_or(if self.transport() == Transport::Tls { 5061 } else { 5060 });
        let host = uri.host.to_string();
        let host = host.trim_matches(['[', ']']);
        (host, port).to_socket_addrs().ok()?.next()
    }
}

fn parse_target(text: &str) -> Result<Uri, String> {
    let uri = Uri::parse(text.as_bytes().to_vec()).map_err(|error| format!("{error:?}"))?;
    match uri.as_sip() {
        Some(_) => Ok(uri),
        None => Err("only sip: and sips: addresses can be called".to_owned()),
    }
}

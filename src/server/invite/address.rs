//! Where a bridge can be reached, as its operator publishes it.

use crate::config::{self, Config};
use crate::greeting::local_addresses;
use causeway_adapter::sip::Carrier;
use causeway_base::Lang;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where a bridge can be reached, as its operator publishes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// What a link begins with: `https://bridge.example.com/j/`. `None`: no browsers.
    pub link: Option<String>,
    /// Where SIP addresses lead. `None`: none are published.
    pub sip: Option<SipPlace>,
    /// The address that rooms dial as `IP##number`. `None`: none is published.
    pub ip: Option<IpAddr>,
    /// Telephone numbers that lead to the reception, the best first.
    pub phones: Vec<Phone>,
    /// Meetings are recorded.
    pub recorded: bool,
    /// The mail address of the organizer in calendars.
    pub organizer: Option<String>,
}

/// What stands behind the `@` of a SIP address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipPlace {
    /// The host, IPv6 in brackets.
    pub host: String,
    /// The port, where it is not the usual one.
    pub port: Option<u16>,
    /// `tcp` or `tls`, where UDP is not taken.
    pub transport: Option<&'static str>,
}

impl SipPlace {
    /// A name that callers look up (RFC 3263), so that it needs neither port nor transport.
    pub fn named(host: &str) -> Self {
        Self { host: host.to_owned(), port: None, transport: None }
    }

    /// Where SIP was bound, as peers see it: for a bridge that has no name.
    fn bound(config: &Config, bound: &[(Carrier, SocketAddr)]) -> Option<Self> {
        let of = |wanted: Carrier| bound.iter().find(|(carrier, _)| *carrier == wanted);
        let (carrier, address) =
            of(Carrier::Udp).or_else(|| of(Carrier::Tcp)).or_else(|| of(Carrier::Tls))?;
        let local = local_addresses(address.ip()).first().copied()?;
        let host = match config::advertised(&config.advertised, local) {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        let (usual, transport) = match carrier {
            Carrier::Udp => (5060, None),
            Carrier::Tcp => (5060, Some("tcp")),
            Carrier::Tls => (5061, Some("tls")),
        };
        let port = Some(address.port()).filter(|port| *port != usual);
        Some(Self { host, port, transport })
    }

    /// The SIP address of a user here.
    pub fn uri(&self, user: &str) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let transport = self.transport.map(|name| format!(";transport={name}")).unwrap_or_default();
        format!("sip:{user}@{}{port}{transport}", self.host)
    }
}

/// A telephone number that leads to the reception.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// E.164, with plus.
    pub number: String,
    /// Where it is, in Chinese.
    pub zh: String,
    /// Where it is, in English.
    pub en: String,
    /// The trunk that brings its calls.
    pub trunk: Option<Arc<str>>,
}

impl Phone {
    /// Where it is.
    pub fn place(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl Addresses {
    /// What a configuration publishes, for what was bound.
    pub fn of(config: &Config, bound: &[(Carrier, SocketAddr)]) -> Self {
        let named = config.hosts.first().map(|host| SipPlace::named(host));
        let invite = &config.invite;
        Self {
            link: invite.link_base.clone(),
            sip: named.or_else(|| SipPlace::bound(config, bound)),
            ip: invite.ip,
            phones: invite.phones.clone(),
            recorded: invite.recording_notice,
            organizer: invite.organizer.clone(),
        }
    }
}

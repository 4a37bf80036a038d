//! Where a bridge can be reached, as its operator publishes it.

use crate::config::{self, Config};
use crate::greeting::{links, local_addresses};
use causeway_adapter::sip::Carrier;
use causeway_base::Lang;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where a bridge can be reached, as its operator publishes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// What a link begins with: `https://bridge.example.com`, without a slash at its end. `None`:
    /// no browsers.
    pub web: Option<String>,
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

/// The addresses at which browsers are served, with the ports that the system chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// By HTTPS.
    pub https: Vec<SocketAddr>,
    /// Plain.
    pub http: Vec<SocketAddr>,
}

impl Bound {
    /// As configured, where nothing was bound.
    pub fn configured(config: &Config) -> Self {
        Self { https: config.api.listen.clone(), http: config.web.http.clone() }
    }
}

/// What links begin with: as configured, else by our name, else by an address. None where the page
/// is served to this machine alone while calls come from elsewhere: nobody invited could open it.
/// Where all is for this machine its browsers are spared our own certificate, which they do not know.
fn web_base(config: &Config, bound: &Bound) -> Option<String> {
    let web = Some(&config.web).filter(|web| web.enabled)?;
    if let Some(url) = &web.public_url {
        return Some(url.clone());
    }
    let prefix = &web.prefix;
    let port = |port: u16, usual: u16| match port {
        port if port == usual => String::new(),
        port => format!(":{port}"),
    };
    let local = |address: &&SocketAddr| address.ip().is_loopback();
    match (bound.https.iter().find(|address| !local(address)), config.hosts.first()) {
        (Some(https), Some(host)) => {
            Some(format!("https://{host}{}{prefix}", port(https.port(), 443)))
        }
        (Some(https), None) => Some(format!("{}{prefix}", links(config, &[*https]).first()?)),
        (None, _) if !config.is_for_this_machine() => None,
        (None, _) => match bound.http.iter().find(local) {
            Some(http) => Some(format!("http://localhost{}{prefix}", port(http.port(), 80))),
            None => Some(format!("{}{prefix}", links(config, &bound.https).first()?)),
        },
    }
}

/// Where rooms of H.323 dial `IP##number`: at its usual port, of a network that others share.
fn room_address(config: &Config, bound: &[SocketAddr]) -> Option<IpAddr> {
    let is_dialled = |address: &&SocketAddr| address.port() == 1720 && !address.ip().is_loopback();
    let local = local_addresses(bound.iter().find(is_dialled)?.ip()).first().copied()?;
    Some(config::advertised(&config.advertised, local))
}

impl Addresses {
    /// The link of a meeting. The token stands in the fragment, which browsers send to nobody.
    pub fn join(&self, meeting: &str, token: &str) -> Option<String> {
        self.web.as_ref().map(|base| format!("{base}/j/{meeting}#{token}"))
    }

    /// The printable guide of a meeting.
    pub fn guide(&self, meeting: &str, token: &str) -> Option<String> {
        self.web.as_ref().map(|base| format!("{base}/m/{meeting}/guide#{token}"))
    }

    /// What a configuration publishes, for what was bound.
    pub fn of(
        config: &Config,
        bound: &[(Carrier, SocketAddr)],
        h323: &[SocketAddr],
        web: &Bound,
    ) -> Self {
        let named = config.hosts.first().map(|host| SipPlace::named(host));
        let invite = &config.invite;
        Self {
            web: web_base(config, web),
            sip: named.or_else(|| SipPlace::bound(config, bound)),
            ip: invite.ip.or_else(|| room_address(config, h323)),
            phones: invite.phones.clone(),
            recorded: invite.recording_notice,
            organizer: invite.organizer.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_begins_with_the_best_name_that_there_is() {
        let base = |text: &str| {
            let config = Config::parse("test.toml", text, &|_| None).expect("valid");
            Addresses::of(&config, &[], &[], &Bound::configured(&config)).web
        };
        let base = |text: &str| base(text).unwrap_or_default();
        assert_eq!(base(""), "http://localhost:8442");
        assert_eq!(base("[web]\nhttp = []\nprefix = \"/b\"\n"), "https://127.0.0.1:8443/b");
        let named = "[network]\nhosts = [\"meet.example.com\"]\n";
        assert_eq!(base(named), "http://localhost:8442", "all is for this machine");
        let usual = format!("{named}[api]\nlisten = [\"127.0.0.1:8443\", \"0.0.0.0:8444\"]\n");
        assert_eq!(base(&usual), "https://meet.example.com:8444");
        let usual = format!("{named}[api]\nlisten = [\"0.0.0.0:443\"]\n[web]\nprefix = \"/b\"\n");
        assert_eq!(base(&usual), "https://meet.example.com/b");
        let told = format!("{named}[web]\npublic_url = \"https://example.com/b\"\n");
        assert_eq!(base(&told), "https://example.com/b");
        assert_eq!(base("[web]\nenabled = false\n"), "");
        assert_eq!(base("[api]\nlisten = []\n"), "");
        let open = base("[api]\nlisten = [\"0.0.0.0:8443\"]\n");
        assert!(open.starts_with("https://") && !open.contains("0.0.0.0"), "{open}");
        let calls = "[sip]\nudp = [\"0.0.0.0:5060\"]\n";
        assert_eq!(base(calls), "", "nobody invited could open http://localhost");
        assert_ne!(base(&format!("{calls}[api]\nlisten = [\"0.0.0.0:8443\"]\n")), "");
    }
}

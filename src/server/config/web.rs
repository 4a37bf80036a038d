//! `[web]`, `[webrtc]` and `[turn]`: the page by which browsers join, and how their media gets here.

use super::raw::{RawTurn, RawWeb, RawWebRtc};
use super::resolve::{Environment, Finder};
use super::source::At;
use super::{Api, Config};
use crate::greeting::local_addresses;
use causeway_engine::{EngineConfig, WebRtcConfig};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use zeroize::Zeroizing;

/// The most addresses around the page: Teams needs seven.
const MAX_ANCESTORS: usize = 64;

/// The most servers for ICE: browsers warn of five, since each makes candidates of its own.
const MAX_SERVERS: usize = 8;

/// The page and its doors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Browsers are taken at all: no API, no page.
    pub enabled: bool,
    /// Plain addresses, for this machine and for proxies that we trust.
    pub http: Vec<SocketAddr>,
    /// What our paths begin with: empty, or `/bridge`.
    pub prefix: String,
    /// What links begin with instead of what is found here, without a slash at the end.
    pub public_url: Option<String>,
    /// Who may show the page in a frame, as sources of a policy.
    pub frame_ancestors: Vec<String>,
    /// What the test before joining asks of the network, in kilobit a second each way.
    pub wanted_kbps: u32,
}

/// How browsers' media gets here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtc {
    /// The addresses as configured; none: those of SIP.
    pub addresses: Vec<IpAddr>,
    /// The UDP port of the first worker; the next has the next. 0: the system chooses.
    pub udp_port: u16,
    /// The same numbers are taken by TCP.
    pub tcp: bool,
    /// We answer checks of ICE and make none.
    pub ice_lite: bool,
}

/// TURN servers that browsers are told of. `Debug` does not show the secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// `turn:`, `turns:` and `stun:` addresses.
    pub urls: Vec<String>,
    /// What the servers share with us.
    pub secret: Zeroizing<String>,
    /// How long what a browser is given is good.
    pub lifetime: Duration,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl Config {
    /// The local addresses at which media of calls is taken: those of SIP and H.323.
    pub fn media_addresses(&self) -> Vec<IpAddr> {
        distinct(self.call_addresses().map(SocketAddr::ip))
    }

    /// Where calls are taken.
    fn call_addresses(&self) -> impl Iterator<Item = &SocketAddr> {
        let sip = &self.sip;
        [&sip.udp, &sip.tcp, &sip.tls, &self.h323.listen].into_iter().flatten()
    }

    /// The local addresses at which browsers' media is taken; none where browsers are not.
    pub fn browser_addresses(&self) -> Vec<IpAddr> {
        match (self.web.enabled, self.webrtc.addresses.is_empty()) {
            (false, _) => Vec::new(),
            (true, true) => self.media_addresses(),
            (true, false) => distinct(self.webrtc.addresses.iter().copied()),
        }
    }

    /// Whether calls come from this machine alone.
    pub(crate) fn is_for_this_machine(&self) -> bool {
        self.call_addresses().all(|address| address.ip().is_loopback())
    }

    /// The doors of the media workers for browsers.
    pub fn doors(&self) -> Option<WebRtcConfig> {
        let WebRtc { udp_port, tcp, .. } = self.webrtc;
        let tcp_port = tcp.then_some(udp_port);
        let doors = WebRtcConfig { addresses: self.browser_addresses(), udp_port, tcp_port };
        Some(doors).filter(|doors| !doors.addresses.is_empty())
    }
}

fn distinct(bound: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = bound.flat_map(local_addresses).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

pub(super) fn web(finder: &mut Finder<'_>, raw: &RawWeb, api: &Api) -> Web {
    let at = |key| [At::Key("web"), At::Key(key)];
    let fix = "write an address with a port, like \"127.0.0.1:8442\"";
    let http = finder.list::<SocketAddr>("web", "http", &raw.http, fix);
    let no_proxy = api.trusted_proxies.is_empty();
    if no_proxy && http.iter().any(|address| !address.ip().is_loopback()) {
        let what = "plain HTTP to others: links and tokens would pass in clear";
        let fix = "take an address of this machine, or name the proxies before it in \
            api.trusted_proxies: nobody else is answered there";
        finder.find(&at("http"), what, fix);
    }
    if !is_prefix(&raw.prefix) {
        let fix = "write a path like \"/bridge\", without a slash at its end, or nothing";
        finder.find(&at("prefix"), "not the beginning of a path", fix);
    }
    if !raw.public_url.is_empty() && !is_base(&raw.public_url) {
        let fix = "write an address like \"https://meet.example.com\" or \
            \"https://example.com/bridge\", without a slash at its end";
        finder.find(&at("public_url"), "not the beginning of a link", fix);
    }
    for (index, source) in raw.frame_ancestors.iter().enumerate() {
        if !is_ancestor(source) {
            let at = [At::Key("web"), At::Key("frame_ancestors"), At::Index(index)];
            let fix =
                "write a host like \"https://teams.example.com\" or \"https://*.example.com\"";
            finder.find(&at, "not a source of a policy", fix);
        }
    }
    if raw.frame_ancestors.len() > MAX_ANCESTORS {
        let what = format!("more than {MAX_ANCESTORS} places");
        finder.find(&at("frame_ancestors"), what, "name the hosts by \"https://*.example.com\"");
    }
    finder.range("web", "wanted_kbps", raw.wanted_kbps, 64, 1_000_000);
    Web {
        enabled: raw.enabled && !api.listen.is_empty(),
        http,
        prefix: raw.prefix.clone(),
        public_url: (!raw.public_url.is_empty()).then(|| raw.public_url.clone()),
        frame_ancestors: raw.frame_ancestors.clone(),
        wanted_kbps: raw.wanted_kbps,
    }
}

pub(super) fn webrtc(finder: &mut Finder<'_>, raw: &RawWebRtc, engine: &EngineConfig) -> WebRtc {
    let fix = "write an address of this machine, like \"192.0.2.5\"";
    let addresses = finder.list("webrtc", "addresses", &raw.addresses, fix);
    let last = usize::from(raw.udp_port) + engine.workers.saturating_sub(1);
    let at = [At::Key("webrtc"), At::Key("udp_port")];
    if raw.udp_port != 0 && (raw.udp_port < 1024 || last > usize::from(u16::MAX)) {
        let fix = "use 1024 to 65535 with room for a port a worker, or 0";
        finder.find(&at, format!("{} is out of range", raw.udp_port), fix);
    }
    let (min, max) = (usize::from(*engine.ports.start()), usize::from(*engine.ports.end()));
    if raw.udp_port != 0 && usize::from(raw.udp_port) <= max && min <= last {
        let fix = format!("take ports outside of {min} to {max}, one a worker");
        finder.find(&at, "among the ports of calls (media.port_min)", fix);
    }
    WebRtc { addresses, udp_port: raw.udp_port, tcp: raw.tcp, ice_lite: raw.ice_lite }
}

pub(super) fn turn(finder: &mut Finder<'_>, raw: &RawTurn, environment: Environment<'_>) -> Turn {
    let secret = environment("CAUSEWAY_TURN_SECRET");
    let secret = Zeroizing::new(secret.unwrap_or_else(|| raw.secret.reveal().to_owned()));
    let at = |key| [At::Key("turn"), At::Key(key)];
    for (index, url) in raw.urls.iter().enumerate() {
        if !is_server(url) {
            let at = [At::Key("turn"), At::Key("urls"), At::Index(index)];
            let fix = "write one like \"turns:turn.example.com:5349?transport=tcp\", \
                \"turn:turn.example.com:3478\" or \"stun:stun.example.com:3478\"";
            finder.find(&at, "not the address of a TURN or STUN server", fix);
        }
    }
    if raw.urls.len() > MAX_SERVERS {
        let what = format!("more than {MAX_SERVERS} servers make joining slow");
        finder.find(&at("urls"), what, "name the nearest ones");
    }
    let relays = raw.urls.iter().any(|url| url.starts_with("turn"));
    if relays && secret.is_empty() {
        let fix = "set `secret` or CAUSEWAY_TURN_SECRET to the `static-auth-secret` of the server";
        finder.find(&at("secret"), "a TURN server without its secret lets nobody in", fix);
    }
    finder.range("turn", "ttl_s", raw.ttl_s, 60, 7 * 86_400);
    Turn { urls: raw.urls.clone(), secret, lifetime: Duration::from_secs(raw.ttl_s) }
}

/// What is odd about the page.
pub(super) fn warnings(config: &Config) -> Vec<String> {
    unlinked(config).into_iter().chain(unnamed_proxy(config)).collect()
}

/// Everybody who comes through a proxy has its address, its trust and its limits, unless it is
/// named. Whether there is one nobody knows but the operator.
fn unnamed_proxy(config: &Config) -> Option<String> {
    let Config { web, api, .. } = config;
    let elsewhere = web.public_url.as_ref().is_some_and(|url| !is_local(url));
    (web.enabled && elsewhere && api.trusted_proxies.is_empty()).then(|| {
        "web.public_url: if a proxy stands before the page, name its address in \
         api.trusted_proxies: else everybody who comes through it is one source, and one of yours \
         where sip.trust.networks holds the proxy (no PIN, no lobby)"
            .to_owned()
    })
}

/// Why invitations hold no link although browsers are taken.
fn unlinked(config: &Config) -> Option<String> {
    let near = config.api.listen.iter().all(|address| address.ip().is_loopback());
    let told = config.web.public_url.is_some() || config.is_for_this_machine();
    (config.web.enabled && near && !told).then(|| {
        "browsers: the page is served to this machine alone, so that there are no links: let \
         api.listen take an address that browsers reach, set web.public_url behind a proxy, or \
         web.enabled = false"
            .to_owned()
    })
}

/// Nothing, or segments that need no escaping: `/bridge`, `/a/b`.
fn is_prefix(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let segment = |segment: &str| {
        !segment.is_empty() && ![".", ".."].contains(&segment) && segment.bytes().all(plain)
    };
    text.is_empty()
        || (text.len() <= 200
            && text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment)))
}

/// What a link begins with. Without TLS browsers give no microphone, but on this machine.
fn is_base(text: &str) -> bool {
    let authority = |scheme: &str| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ':']))
    };
    (authority("https://") || is_local(text))
        && !text.ends_with('/')
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"'<>@\\".contains(&byte))
}

/// Whether a link leads to this machine in clear.
fn is_local(text: &str) -> bool {
    ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|base| {
        text.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

/// A host source with its scheme (CSP level 3 section 2.3.1). Nothing that would end the directive.
fn is_ancestor(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:*[]".contains(&byte);
    text == "'self'" || host.is_some_and(|host| !host.is_empty() && host.bytes().all(plain))
}

/// `turn:host`, `turns:host:port?transport=tcp`, `stun:host` (RFC 7065, RFC 7064).
fn is_server(text: &str) -> bool {
    let schemes = ["turn:", "turns:", "stun:", "stuns:"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    rest.is_some_and(|rest| {
        let (host, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = ["", "transport=udp", "transport=tcp"].contains(&query);
        query && !host.is_empty() && host.len() <= 255 && host.bytes().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigError;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse("test.toml", text, &|name| {
            (name == "CAUSEWAY_TURN_SECRET").then(|| "from outside".to_owned())
        })
    }

    fn keys(text: &str) -> Vec<String> {
        let wrong = parse(text).expect_err(text).problems;
        wrong.into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn a_page_behind_a_prefix_in_frames_of_a_partner_is_configured() {
        let config = parse(
            "[api]\ntrusted_proxies = [\"10.0.0.0/8\"]\n[web]\nhttp = [\"10.0.0.5:8080\"]\n\
             prefix = \"/bridge\"\npublic_url = \"https://example.com/bridge\"\n\
             frame_ancestors = [\"'self'\", \"https://*.partner.example:8443\"]\n\
             [turn]\nurls = [\"turns:turn.example.com:5349?transport=tcp\"]\n",
        )
        .expect("valid");
        assert_eq!(config.web.prefix, "/bridge");
        assert_eq!(config.web.public_url.as_deref(), Some("https://example.com/bridge"));
        assert_eq!(&**config.turn.secret, "from outside");
        assert!(!format!("{:?}", config.turn).contains("outside"));
    }

    #[test]
    fn what_would_split_a_header_or_lead_nowhere_is_reported_with_its_place() {
        for prefix in ["bridge", "/", "/a/", "/a//b", "/../x", "/a b", "/é", "/a;b"] {
            assert_eq!(
                keys(&format!("[web]\nprefix = \"{prefix}\"\n")),
                ["web.prefix"],
                "{prefix}"
            );
        }
        for url in [
            "http://meet.example.com",
            "http://localhost.evil.example",
            "https://",
            "https://meet.example.com/",
            "https://meet.example.com?x",
            "https://u@meet.example.com",
            "meet.example.com",
        ] {
            let found = keys(&format!("[web]\npublic_url = \"{url}\"\n"));
            assert_eq!(found, ["web.public_url"], "{url}");
        }
        for source in ["*", "https://a.example; script-src *", "https://a.example, b", "teams", ""]
        {
            let found = keys(&format!("[web]\nframe_ancestors = [\"{source}\"]\n"));
            assert_eq!(found, ["web.frame_ancestors[0]"], "{source}");
        }
        for url in ["turn.example.com", "turn:", "turn:a b", "turn:a?transport=sctp", "http://a"] {
            assert_eq!(keys(&format!("[turn]\nurls = [\"{url}\"]\n")), ["turn.urls[0]"], "{url}");
        }
        assert_eq!(keys("[web]\nhttp = [\"0.0.0.0:8080\"]\n"), ["web.http"]);
        assert_eq!(keys("[webrtc]\nudp_port = 80\n"), ["webrtc.udp_port"]);
        assert_eq!(keys("[node]\nworkers = 4\n[webrtc]\nudp_port = 65533\n"), ["webrtc.udp_port"]);
        assert_eq!(keys("[webrtc]\nudp_port = 20000\n"), ["webrtc.udp_port"]);
        assert_eq!(keys("[node]\nworkers = 9\n[webrtc]\nudp_port = 9992\n"), ["webrtc.udp_port"]);
        assert_eq!(keys("[webrtc]\naddresses = [\"eth0\"]\n"), ["webrtc.addresses[0]"]);
    }

    #[test]
    fn a_page_that_nobody_invited_can_open_is_a_warning() {
        let warns = |text: &str| {
            let config = parse(text).expect("valid");
            config.warnings.iter().any(|warning| warning.starts_with("browsers:"))
        };
        let calls = "[sip]\nudp = [\"0.0.0.0:5060\"]\n";
        assert!(warns(calls));
        for fine in [
            "",
            &format!("{calls}[api]\nlisten = [\"0.0.0.0:8443\"]\n"),
            &format!("{calls}[api]\nlisten = []\n"),
            &format!("{calls}[web]\npublic_url = \"https://meet.example.com\"\n"),
            &format!("{calls}[web]\nenabled = false\n"),
        ] {
            assert!(!warns(fine), "{fine}");
        }
    }

    #[test]
    fn a_proxy_that_is_not_named_is_a_warning() {
        let warns = |text: &str| {
            let config = parse(text).expect("valid");
            config.warnings.iter().any(|warning| warning.starts_with("web.public_url:"))
        };
        let told = "[web]\npublic_url = \"https://meet.example.com\"\n";
        assert!(warns(told));
        for fine in [
            "",
            "[web]\npublic_url = \"http://localhost:8442\"\n",
            &format!("{told}enabled = false\n"),
            &format!("{told}[api]\ntrusted_proxies = [\"192.0.2.8\"]\n"),
        ] {
            assert!(!warns(fine), "{fine}");
        }
    }

    #[test]
    fn a_turn_server_needs_its_secret_and_a_stun_server_none() {
        let parse =
            |url: &str| Config::parse("x", &format!("[turn]\nurls = [\"{url}\"]\n"), &|_| None);
        let wrong = parse("turn:turn.example.com").expect_err("no secret").problems;
        assert_eq!(wrong[0].key, "turn.secret");
        parse("stun:stun.example.com").expect("needs none");
    }

    #[test]
    fn browsers_media_is_taken_where_sip_is_unless_another_address_is_named() {
        let of = |text: &str| parse(text).expect("valid").browser_addresses();
        let local: IpAddr = "127.0.0.1".parse().expect("an address");
        assert_eq!(of(""), [local]);
        assert!(of("[sip]\nudp = [\"0.0.0.0:5060\"]\n").contains(&local));
        let other: IpAddr = "127.0.0.2".parse().expect("an address");
        assert_eq!(of("[webrtc]\naddresses = [\"127.0.0.2\"]\n"), [other]);
        assert!(of("[web]\nenabled = false\n").is_empty());
        assert!(of("[api]\nlisten = []\n").is_empty(), "no API, no page");
    }
}

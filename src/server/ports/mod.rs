//! Every port of a configuration: for the firewall, and proved from inside.
//!
//! * This file: the [`table`]. * [`prove`]: trying each port. * `holder`: who has one that is
//!   taken. * [`text`]: the table for people, as lines and as Markdown.
//!
//! `deploy/PORTS.md` is the table of [`EXAMPLE`]; a test holds both together.

mod holder;
pub mod prove;
pub mod text;

use crate::config::Config;
use crate::direct_routing;
use crate::say::{Said, Speech, said};
use crate::serve::path_or_usual;
use crate::store::Location;
use rustix::net::{AddressFamily, SocketType, bind, listen, socket, sockopt};
use sip_codec::{SipScheme, Uri};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::{fmt, io};

/// A configuration that uses every port that there is.
pub const EXAMPLE: &str = include_str!("example.toml");

/// What a port carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Datagrams.
    Udp,
    /// Connections.
    Tcp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Udp => "UDP",
            Protocol::Tcp => "TCP",
        })
    }
}

impl Protocol {
    /// Takes an address as the bridge would.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(self, address: SocketAddr) -> io::Result<OwnedFd> {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let kind = match self {
            Protocol::Udp => SocketType::DGRAM,
            Protocol::Tcp => SocketType::STREAM,
        };
        let socket = socket(family, kind, None)?;
        if address.is_ipv6() {
            sockopt::set_ipv6_v6only(&socket, true)?;
        }
        if self == Protocol::Tcp {
            sockopt::set_socket_reuseaddr(&socket, true)?;
        }
        bind(&socket, &address)?;
        if self == Protocol::Tcp {
            listen(&socket, 1)?;
        }
        Ok(socket)
    }
}

/// Where packets of a port begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Others begin.
    In,
    /// We begin.
    Out,
    /// Both.
    Both,
}

/// What stands at a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// We listen at an address.
    Listen(SocketAddr),
    /// Ports of calls, at these addresses of ours.
    Media {
        /// The addresses.
        addresses: Vec<IpAddr>,
        /// The first port.
        min: u16,
        /// The last port.
        max: u16,
    },
    /// A port of each media worker, one after the other, at these addresses of ours.
    Workers {
        /// The addresses.
        addresses: Vec<IpAddr>,
        /// The port of the first worker; 0: the system chooses.
        first: u16,
        /// How many workers there are.
        count: u16,
    },
    /// Somebody else's: a host with a port.
    Remote(String),
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// What it carries.
    pub protocol: Protocol,
    /// Who begins.
    pub direction: Direction,
    /// What stands there.
    pub end: End,
    /// What it is for.
    pub purpose: Said,
    /// The key that sets it.
    pub key: &'static str,
}

/// Every port of a configuration.
pub fn table(config: &Config) -> Vec<Port> {
    let mut table = Vec::new();
    listening(config, &mut table);
    outgoing(config, &mut table);
    table
}

fn listening(config: &Config, table: &mut Vec<Port>) {
    let mut add = |protocol, direction, addresses: &[SocketAddr], purpose: Said, key| {
        table.extend(addresses.iter().map(|address| Port {
            protocol,
            direction,
            end: End::Listen(*address),
            purpose: purpose.clone(),
            key,
        }));
    };
    let (udp, tcp) = (Protocol::Udp, Protocol::Tcp);
    let sip = &config.sip;
    add(udp, Direction::Both, &sip.udp, said("SIP 信令", "SIP"), "sip.udp");
    add(tcp, Direction::Both, &sip.tcp, said("SIP 信令", "SIP"), "sip.tcp");
    add(tcp, Direction::Both, &sip.tls, said("加密的 SIP 信令（TLS）", "SIP over TLS"), "sip.tls");
    let teams = config.trunks.lines.iter().filter_map(|trunk| trunk.direct_routing.as_ref());
    for teams in teams {
        let purpose = said(
            format!("Teams 直接路由，来自 {}", direct_routing::networks(teams)),
            format!("Direct Routing of Teams, from {}", direct_routing::networks(teams)),
        );
        add(tcp, Direction::In, &teams.listen, purpose, "trunk.listen");
    }
    let purpose = said("H.323 呼叫信令", "H.323: calls");
    add(tcp, Direction::Both, &config.h323.listen, purpose, "h323.listen");
    let rooms = config.h323.gatekeeper.as_ref();
    let (ras, found) = (rooms.map(|own| own.listen), rooms.and_then(|own| own.discovery.as_ref()));
    let purpose = said("H.323 网守（RAS）", "H.323: rooms register (RAS)");
    add(udp, Direction::Both, ras.as_slice(), purpose, "h323.gatekeeper.listen");
    let purpose = said("H.323 网守发现（组播）", "H.323: rooms find the gatekeeper (multicast)");
    let found: Vec<SocketAddr> = found.map(|found| found.0).into_iter().collect();
    add(udp, Direction::In, &found, purpose, "h323.gatekeeper.discovery");
    let purpose = said("HTTPS 接口与浏览器页面", "HTTPS: the API, the page for browsers");
    add(tcp, Direction::In, &config.api.listen, purpose, "api.listen");
    if config.web.enabled {
        let purpose =
            said("明文 HTTP，仅限本机与反向代理", "plain HTTP, for this machine and proxies");
        add(tcp, Direction::In, &config.web.http, purpose, "web.http");
    }
    if let Some(acme) = &config.api.acme {
        let purpose = said("ACME 验证（HTTP-01）", "ACME challenges (HTTP-01)");
        add(tcp, Direction::In, &acme.http, purpose, "api.acme.http");
    }
    let addresses = config.media_addresses();
    let (min, max) = (*config.engine.ports.start(), *config.engine.ports.end());
    table.push(Port {
        protocol: udp,
        direction: Direction::Both,
        end: End::Media { addresses, min, max },
        purpose: said(
            "媒体（RTP、RTCP），每个通话两个，有画面时四个",
            "media (RTP, RTCP), two a call, four with pictures",
        ),
        key: "media.port_min, media.port_max",
    });
    if !config.h323.listen.is_empty() {
        let range = &config.h323.control_ports;
        let (min, max) = (*range.start(), *range.end());
        let mut addresses: Vec<IpAddr> = config.h323.listen.iter().map(SocketAddr::ip).collect();
        addresses.dedup();
        table.push(Port {
            protocol: tcp,
            direction: Direction::In,
            end: End::Media { addresses, min, max },
            purpose: said("H.323 独立的 H.245 连接", "H.323: H.245 on connections of its own"),
            key: "h323.control_port_min, h323.control_port_max",
        });
    }
    browsers(config, table);
}

/// All browsers of a worker share one port.
fn browsers(config: &Config, table: &mut Vec<Port>) {
    let Some(doors) = config.doors() else { return };
    let count = u16::try_from(config.engine.workers).unwrap_or(u16::MAX);
    let mut add = |protocol, direction, first, purpose: Said, key| {
        let addresses = doors.addresses.clone();
        let end = End::Workers { addresses, first, count };
        table.push(Port { protocol, direction, end, purpose, key });
    };
    let purpose =
        said("浏览器媒体（WebRTC），每个媒体线程一个", "media of browsers (WebRTC), one a worker");
    add(Protocol::Udp, Direction::Both, doors.udp_port, purpose, "webrtc.udp_port");
    if let Some(port) = doors.tcp_port {
        let purpose = said(
            "浏览器媒体，UDP 不通时（ICE-TCP）",
            "media of browsers without UDP (ICE over TCP)",
        );
        add(Protocol::Tcp, Direction::In, port, purpose, "webrtc.udp_port, webrtc.tcp");
    }
}

fn outgoing(config: &Config, table: &mut Vec<Port>) {
    let mut add = |protocol, remote: String, purpose: Said, key| {
        let end = End::Remote(remote);
        table.push(Port { protocol, direction: Direction::Out, end, purpose, key });
    };
    let teams = config.trunks.lines.iter().filter_map(|trunk| trunk.direct_routing.as_ref());
    for teams in teams {
        for proxy in &teams.proxies {
            let proxy = proxy.strip_prefix("sip:").unwrap_or(proxy).to_owned();
            let purpose = said("Teams 直接路由：信令", "Direct Routing of Teams: signalling");
            add(Protocol::Tcp, proxy, purpose, "trunk.proxies");
        }
        let networks = direct_routing::networks(teams);
        let media = format!("{networks}: {}", direct_routing::MEDIA_PORTS);
        let purpose = said("Teams 直接路由：媒体", "Direct Routing of Teams: media");
        add(Protocol::Udp, media, purpose, "trunk.proxies");
    }
    for trunk in &config.trunks.lines {
        let name = &trunk.name;
        for (protocol, remote) in trunk.target.as_deref().map(proxy).unwrap_or_default() {
            let purpose = said(format!("线路 {name}"), format!("trunk {name}"));
            add(protocol, remote, purpose, "trunk.target");
        }
    }
    for domain in &config.calling_out.domains {
        let all_below = if domain.starts_with('.') { "*" } else { "" };
        let tcp = Protocol::Tcp;
        let ways = [(Protocol::Udp, 5060), (tcp, 5060), (tcp, 5061), (tcp, 1720)];
        for (protocol, port) in ways {
            let purpose = said("呼出", "calling out");
            add(protocol, format!("{all_below}{domain}:{port}"), purpose, "calling_out.domains");
        }
    }
    for device in &config.devices {
        let name = &device.name;
        let purpose = said(format!("终端日程 {name}"), format!("bookings of {name}"));
        add(Protocol::Tcp, format!("{}:{}", device.host, device.port), purpose, "device.url");
    }
    if let Some(acme) = &config.api.acme {
        let purpose = said("证书机构（ACME）", "certificate authority (ACME)");
        add(Protocol::Tcp, authority(&acme.directory, 443), purpose, "api.acme.directory");
    }
    if let Location::Postgres(url) = &config.store.location {
        let purpose = said("数据库（PostgreSQL）", "database (PostgreSQL)");
        add(Protocol::Tcp, authority(url, 5432), purpose, "store.url");
    }
    let dns = || said("域名解析（DNS）", "DNS");
    let key = "network.nameservers";
    if config.nameservers.is_empty() {
        for protocol in [Protocol::Udp, Protocol::Tcp] {
            add(protocol, "/etc/resolv.conf:53".to_owned(), dns(), key);
        }
    }
    for server in &config.nameservers {
        for protocol in [Protocol::Udp, Protocol::Tcp] {
            add(protocol, server.to_string(), dns(), key);
        }
    }
}

/// How a trunk's proxy is reached where DNS says nothing else: by UDP, and by TCP for what is too
/// long for UDP, where its address does not name one.
fn proxy(target: &str) -> Vec<(Protocol, String)> {
    let Ok(uri) = Uri::parse(target.as_bytes().to_vec()) else { return Vec::new() };
    let Some(sip) = uri.as_sip() else { return Vec::new() };
    let named = sip.transport().map(|name| name.as_bytes().to_ascii_lowercase());
    let secure = sip.scheme == SipScheme::Sips || named.as_deref() == Some(b"tls");
    let tcp = secure || named.as_deref() == Some(b"tcp");
    let port = sip.port.unwrap_or(if secure { 5061 } else { 5060 });
    let ways: &[Protocol] = match named {
        _ if tcp => &[Protocol::Tcp],
        Some(_) => &[Protocol::Udp],
        None => &[Protocol::Udp, Protocol::Tcp],
    };
    ways.iter().map(|way| (*way, format!("{}:{port}", sip.host))).collect()
}

/// The host and port of a URL, without what stands before and after them.
fn authority(url: &str, usual: u16) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { host.to_owned() } else { format!("{host}:{usual}") }
}

/// Prints the table with what was found at each port.
///
/// # Errors
/// What is wrong with the configuration, or how many ports fail.
pub fn check_ports(path: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let config = Config::load(path_or_usual(path).as_deref())?;
    let speech = Speech::of(None);
    let proofs = prove::prove(&table(&config));
    print!("{}", text::lines(speech, &proofs));
    for note in prove::notes(&config) {
        println!("{}", speech.text(&note));
    }
    match proofs.iter().filter(|proof| proof.verdict.is_fault()).count() {
        0 => Ok(()),
        faults => Err(speech
            .text(&said(format!("{faults} 个端口有问题。"), format!("{faults} ports fail.")))
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_for_firewalls_is_that_of_the_configuration() {
        let config = Config::parse("example.toml", EXAMPLE, &|_| None).expect("valid");
        let made = text::markdown(&table(&config));
        assert_eq!(
            made,
            include_str!("../../../deploy/PORTS.md"),
            "deploy/PORTS.md should be:\n{made}"
        );
    }

    #[test]
    fn the_readme_names_every_port_of_the_defaults() {
        let readme = include_str!("../../../README.md");
        let config = Config::parse("", crate::config::DEFAULT_FILE, &|_| None).expect("valid");
        for port in table(&config) {
            let number = match &port.end {
                End::Listen(address) => address.port().to_string(),
                End::Media { min, max, .. } => format!("{min}-{max}"),
                // How many there are depends on the machine.
                End::Workers { first, .. } => first.to_string(),
                End::Remote(_) => continue,
            };
            let is_row = |line: &&str| {
                line.starts_with(&format!("| {number} "))
                    && line.contains(&port.protocol.to_string())
            };
            let row = readme.lines().find(is_row);
            let row = row.unwrap_or_else(|| panic!("{number} is missing"));
            let key = port.key.split(", ").all(|key| row.contains(&format!("`{key}`")));
            assert!(key && row.contains(&port.protocol.to_string()), "{row}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        assert_eq!(authority("postgres://u:p@db.example/causeway?x=1", 5432), "db.example:5432");
        assert_eq!(authority("postgres://u:p@[::1]:5433/causeway", 5432), "[::1]:5433");
        assert_eq!(authority("https://acme.example/directory", 443), "acme.example:443");
    }
}

//! Where an address of H.323 leads: its host by the DNS.

use crate::dns;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// The port of call signalling (H.225.0 section 7.1).
pub(super) const CALL_PORT: u16 = 1720;

/// Addresses of one host that are tried.
const MAX_WAYS: usize = 4;

/// How long all questions of one host may take.
const LOOKUP: Duration = Duration::from_secs(8);

/// `user@host:port` of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Whom to ask for; may be empty.
    pub(super) user: String,
    /// Empty: only a gatekeeper knows.
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

impl Target {
    /// Reads `h323:user@host:port`, `h323:user`. `None`: it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        if !scheme.eq_ignore_ascii_case("h323") {
            return None;
        }
        let rest = rest.split(';').next().unwrap_or_default();
        let (user, place) = rest.rsplit_once('@').unwrap_or((rest, ""));
        let (host, port) = match place.rsplit_once(':') {
            // An IPv6 address has colons of its own, within brackets.
            Some((host, port)) if !port.contains(']') => (host, Some(port.parse().ok()?)),
            _ => (place, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        (!user.is_empty() || !host.is_empty()).then(|| Self { user: user.to_owned(), host, port })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, host, port } = self;
        write!(f, "h323:{user}")?;
        match host.as_str() {
            "" => return Ok(()),
            host if host.contains(':') => write!(f, "@[{host}]")?,
            host => write!(f, "@{host}")?,
        }
        port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Finds hosts.
pub(super) struct Locator {
    resolver: Option<TokioResolver>,
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locator")
    }
}

impl Locator {
    /// Asks these servers; without any, those of the system.
    pub(super) fn new(nameservers: &[SocketAddr]) -> Self {
        Self { resolver: dns::resolver(nameservers) }
    }

    /// The addresses of a target, the best first.
    pub(super) async fn locate(&self, target: &Target) -> Vec<SocketAddr> {
        if let Ok(ip) = target.host.parse::<IpAddr>() {
            return vec![SocketAddr::new(ip, target.port.unwrap_or(CALL_PORT))];
        }
        let found = timeout(LOOKUP, self.ask(target)).await.unwrap_or_default();
        found.into_iter().take(MAX_WAYS).collect()
    }

    /// Annex O: the service record first, where no port is named.
    async fn ask(&self, target: &Target) -> Vec<SocketAddr> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let mut hosts = vec![(target.host.clone(), target.port.unwrap_or(CALL_PORT))];
        if target.port.is_none() {
            let served = served(resolver, &target.host).await;
            if !served.is_empty() {
                hosts = served;
            }
        }
        let mut ways = Vec::new();
        for (host, port) in hosts.into_iter().take(MAX_WAYS) {
            let Some(name) = dns::absolute(&host) else { continue };
            if let Ok(found) = resolver.lookup_ip(name).await {
                ways.extend(found.iter().map(|ip| SocketAddr::new(ip, port)));
            }
        }
        ways
    }
}

/// `_h323cs._tcp` of a host: where its calls are taken (H.323 Annex O).
async fn served(resolver: &TokioResolver, host: &str) -> Vec<(String, u16)> {
    let Some(name) = dns::absolute(&format!("_h323cs._tcp.{host}")) else { return Vec::new() };
    let Ok(found) = resolver.lookup(name, RecordType::SRV).await else { return Vec::new() };
    let mut records: Vec<_> = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::SRV(srv) => Some((srv.priority, srv.target.to_ascii(), srv.port)),
            _ => None,
        })
        .collect();
    records.sort();
    let bare = |target: String| target.trim_end_matches('.').to_owned();
    records.into_iter().map(|(_, target, port)| (bare(target), port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_they_are_dialled() {
        let target = |user: &str, host: &str, port| {
            Some(Target { user: user.into(), host: host.into(), port })
        };
        for (text, expected) in [
            ("h323:8001@192.0.2.7", target("8001", "192.0.2.7", None)),
            ("H323:room@example.com:1721", target("room", "example.com", Some(1721))),
            ("h323:8001@[2001:db8::7]:1721", target("8001", "2001:db8::7", Some(1721))),
            ("h323:8001@[2001:db8::7]", target("8001", "2001:db8::7", None)),
            ("h323:8001", target("8001", "", None)),
            ("sip:8001@192.0.2.7", None),
            ("h323:", None),
            ("h323:8001@192.0.2.7:x", None),
        ] {
            assert_eq!(Target::parse(text), expected, "{text}");
            let again = expected.as_ref().map(ToString::to_string);
            assert_eq!(again.and_then(|text| Target::parse(&text)), expected, "{text}");
        }
    }
}

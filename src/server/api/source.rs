//! Where a request comes from.

use axum::extract::Request;
use axum::http::HeaderMap;
use causeway_dial::Network;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address of the client: the connection's, or what a proxy of ours says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source(pub(crate) IpAddr);

impl Source {
    /// What was found at the door. Without a connection (a test) it is loopback.
    pub(crate) fn of(request: &Request) -> Self {
        let local = IpAddr::V6(Ipv6Addr::LOCALHOST);
        request.extensions().get::<Source>().copied().unwrap_or(Self(local))
    }

    /// The client behind a connection. `X-Forwarded-For` counts as far as our proxies wrote it:
    /// the last address in it that is not one of theirs is the client's.
    pub(crate) fn find(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let ours = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
        let mut client = peer.to_canonical();
        if !ours(client) {
            return Self(client);
        }
        let lines = headers.get_all("x-forwarded-for").iter();
        let texts: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        for text in texts.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Some(address) = address(text.trim()) else { break };
            client = address.to_canonical();
            if !ours(client) {
                break;
            }
        }
        Self(client)
    }
}

/// An address as proxies write it: some add the port, or put IPv6 into brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let plain = bare.unwrap_or(text).parse().ok();
    plain.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().expect("a header"));
        }
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        Source::find(peer.parse().expect("an address"), &headers, &proxies).0.to_string()
    }

    #[test]
    fn only_our_proxies_are_believed() {
        assert_eq!(found("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn an_address_is_read_with_its_port_and_in_brackets() {
        assert_eq!(found("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["198.51.100.1:4711, 10.0.0.2:80"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(found("10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(found("10.0.0.1", &["[::ffff:198.51.100.1]:9"]), "198.51.100.1");
        for wrong in ["198.51.100.1:", "198.51.100.1:65536", "[2001:db8::1", "[]:1", ":80"] {
            assert_eq!(found("10.0.0.1", &[wrong]), "10.0.0.1", "{wrong}");
        }
    }
}

//! Which address of ours a peer sees.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Mutex, PoisonError};

/// A local network whose peers see this node under another address (NAT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advertised {
    /// The local address; unspecified stands for every one of its family.
    pub local: IpAddr,
    /// What Via, Contact and SDP say instead.
    pub advertised: IpAddr,
}

/// Peers whose route is remembered. Beyond it all are forgotten and asked for again: one system
/// call each.
const MAX_REMEMBERED: usize = 4096;

/// The addresses of this node, as its peers see them.
#[derive(Debug)]
pub(crate) struct LocalAddresses {
    advertised: Vec<Advertised>,
    routes: Mutex<HashMap<IpAddr, IpAddr>>,
}

impl LocalAddresses {
    pub(crate) fn new(advertised: Vec<Advertised>) -> Self {
        Self { advertised, routes: Mutex::default() }
    }

    /// The address that a peer of `local`'s network sees.
    pub(crate) fn advertised(&self, local: IpAddr) -> IpAddr {
        self.advertised
            .iter()
            .find(|entry| {
                entry.local == local
                    || (entry.local.is_unspecified() && entry.local.is_ipv4() == local.is_ipv4())
            })
            .map_or(local, |entry| entry.advertised)
    }

    /// The address with which a socket bound to `bound` talks to `remote`. A wildcard socket has
    /// none of its own: the routing table tells.
    pub(crate) fn facing(&self, bound: SocketAddr, remote: SocketAddr) -> IpAddr {
        if !bound.ip().is_unspecified() {
            return bound.ip();
        }
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(local) = routes.get(&remote.ip()) {
            return *local;
        }
        let local = route(remote).unwrap_or(bound.ip());
        if routes.len() >= MAX_REMEMBERED {
            routes.clear();
        }
        routes.insert(remote.ip(), local);
        local
    }
}

/// Asks the routing table, by connecting a datagram socket: nothing is sent.
fn route(remote: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match remote {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    // The port only has to be one: port 0 cannot be connected to.
    socket.connect((remote.ip(), remote.port().max(1))).ok()?;
    socket.local_addr().ok().map(|local| local.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_wildcard_socket_shows_the_address_of_the_route() {
        let locals = LocalAddresses::new(vec![]);
        let bound: SocketAddr = "0.0.0.0:5060".parse().expect("an address");
        let remote: SocketAddr = "127.0.0.1:40000".parse().expect("an address");
        assert_eq!(locals.facing(bound, remote), ip("127.0.0.1"));
        let fixed: SocketAddr = "127.0.0.2:5060".parse().expect("an address");
        assert_eq!(locals.facing(fixed, remote), ip("127.0.0.2"));
    }

    #[test]
    fn the_first_advertised_address_that_matches_counts() {
        let entry = |local: &str, advertised: &str| Advertised {
            local: ip(local),
            advertised: ip(advertised),
        };
        let locals = LocalAddresses::new(vec![
            entry("10.0.0.5", "198.51.100.1"),
            entry("0.0.0.0", "203.0.113.9"),
        ]);
        assert_eq!(locals.advertised(ip("10.0.0.5")), ip("198.51.100.1"));
        assert_eq!(locals.advertised(ip("10.0.0.6")), ip("203.0.113.9"));
        assert_eq!(locals.advertised(ip("2001:db8::1")), ip("2001:db8::1"));
    }
}

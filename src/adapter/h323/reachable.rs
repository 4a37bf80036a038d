//! Where a peer's address for H.245 is reached.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// Where to connect for an address that a peer named. One that leads nowhere from here, as rooms
/// behind NAT give it, or to what only we reach, stands for the address that its signalling comes
/// from: nobody has us connect to our own services, or into our network from outside of it.
pub(super) fn reachable(
    given: SocketAddr,
    source: IpAddr,
    is_ours: impl Fn(IpAddr) -> bool,
) -> SocketAddr {
    let (there, source) = (given.ip().to_canonical(), source.to_canonical());
    let is_alien = is_inner(there) && !(is_inner(source) && there.is_ipv4() == source.is_ipv4());
    if leads_nowhere(there) || is_alien || (is_ours(there) && !is_ours(source)) {
        SocketAddr::new(source, given.port())
    } else {
        SocketAddr::new(there, given.port())
    }
}

/// Whether an address is one of this node: what is sent there goes out from there.
pub(super) fn is_ours(ip: IpAddr) -> bool {
    let any: IpAddr = match ip {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    // To connect a socket of UDP sends nothing.
    let route = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    ip.is_loopback() || route.is_ok_and(|local| local.ip() == ip)
}

/// Addresses of no host, or of this host or link alone.
fn leads_nowhere(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let here = ip.is_loopback() || ip.is_link_local() || ip.octets()[0] == 0;
            here || ip.is_multicast() || ip.is_broadcast()
        }
        IpAddr::V6(ip) => {
            let here = ip.is_loopback() || ip.is_unspecified() || ip.is_unicast_link_local();
            here || ip.is_multicast()
        }
    }
}

/// Addresses of inner networks: private ones (RFC 1918, RFC 4193) and those of carriers (RFC 6598).
fn is_inner(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_private() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_leads_elsewhere_from_here_stands_for_the_source() {
        let ours = |ip: IpAddr| ip == IpAddr::from([192, 0, 2, 5]) || ip.is_loopback();
        for (given, source, expected) in [
            ("192.0.2.9:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("192.0.2.10:2000", "192.0.2.9", "192.0.2.10:2000"),
            ("10.0.0.5:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("10.0.0.5:2000", "10.9.0.1", "10.0.0.5:2000"),
            ("10.0.0.5:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("10.0.0.5:2000", "fd00::9", "[fd00::9]:2000"),
            ("100.64.0.5:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("127.0.0.1:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("127.0.0.1:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("[::ffff:127.0.0.1]:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("0.0.0.0:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("0.1.2.3:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("224.0.0.1:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("169.254.169.254:80", "192.0.2.9", "192.0.2.9:80"),
            ("[::1]:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("[fe80::1]:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("[fd00::1]:2000", "2001:db8::9", "[2001:db8::9]:2000"),
            ("[fd00::1]:2000", "192.0.2.9", "192.0.2.9:2000"),
            ("[fd00::1]:2000", "fd00::9", "[fd00::1]:2000"),
            ("192.0.2.5:8443", "192.0.2.9", "192.0.2.9:8443"),
            ("192.0.2.5:8443", "127.0.0.1", "192.0.2.5:8443"),
        ] {
            let (there, from) = (given.parse().expect("given"), source.parse().expect("source"));
            assert_eq!(reachable(there, from, ours).to_string(), expected, "{given} {source}");
        }
    }

    #[test]
    fn an_address_of_this_node_is_known_as_such() {
        assert!(is_ours(IpAddr::from([127, 0, 0, 1])));
        assert!(!is_ours(IpAddr::from([192, 0, 2, 9])), "of documentation alone");
    }
}

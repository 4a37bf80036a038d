//! Addresses of H.245 <-> ours.

use causeway_asn1::h245::{
    TransportAddress, UnicastAddress, UnicastAddressIp6Address, UnicastAddressIpAddress,
};
use std::net::{IpAddr, SocketAddr};

/// Where a peer takes packets. `None` for networks that are none of ours, for groups, and for what
/// is nowhere: peers on hold write zeros.
pub(in crate::h323) fn socket(address: &TransportAddress) -> Option<SocketAddr> {
    let TransportAddress::UnicastAddress(address) = address else { return None };
    let socket: SocketAddr = match address {
        UnicastAddress::IpAddress(address) => (address.network, address.tsap_identifier).into(),
        UnicastAddress::Ip6Address(address) => (address.network, address.tsap_identifier).into(),
        _ => return None,
    };
    (socket.port() != 0 && !socket.ip().is_unspecified() && !socket.ip().is_multicast())
        .then_some(socket)
}

/// Where we take packets.
pub(in crate::h323) fn transport(ip: IpAddr, port: u16) -> TransportAddress {
    TransportAddress::UnicastAddress(match ip {
        IpAddr::V4(ip) => UnicastAddress::IpAddress(UnicastAddressIpAddress {
            network: ip.octets(),
            tsap_identifier: port,
        }),
        IpAddr::V6(ip) => UnicastAddress::Ip6Address(UnicastAddressIp6Address {
            network: ip.octets(),
            tsap_identifier: port,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_and_nowhere_is_none() {
        for text in ["192.0.2.7:5004", "[2001:db8::1]:5004"] {
            let address: SocketAddr = text.parse().expect("an address");
            assert_eq!(socket(&transport(address.ip(), address.port())), Some(address));
        }
        for text in ["0.0.0.0:5004", "192.0.2.7:0", "239.1.1.1:5004", "[::]:5004"] {
            let address: SocketAddr = text.parse().expect("an address");
            assert_eq!(socket(&transport(address.ip(), address.port())), None, "{text}");
        }
        let elsewhere = TransportAddress::UnicastAddress(UnicastAddress::NetBios([0; 16]));
        assert_eq!(socket(&elsewhere), None);
    }
}

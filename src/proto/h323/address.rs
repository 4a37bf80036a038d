//! Addresses of H.225.0 <-> ours, and names of parties as text.

use causeway_asn1::h225::{
    AliasAddress, PartyNumber, TransportAddress, TransportAddressIp6Address,
    TransportAddressIpAddress,
};
use std::net::SocketAddr;

/// Names of one party that are looked at: rooms send their name and their number.
pub const MAX_ALIASES: usize = 16;

/// The address of a socket. `None` for networks that are none of ours.
pub fn socket(address: &TransportAddress) -> Option<SocketAddr> {
    match address {
        TransportAddress::IpAddress(address) => Some((address.ip, address.port).into()),
        TransportAddress::Ip6Address(address) => Some((address.ip, address.port).into()),
        _ => None,
    }
}

/// The address that others connect to.
pub fn transport(socket: SocketAddr) -> TransportAddress {
    match socket {
        SocketAddr::V4(socket) => TransportAddress::IpAddress(TransportAddressIpAddress {
            ip: socket.ip().octets(),
            port: socket.port(),
        }),
        SocketAddr::V6(socket) => TransportAddress::Ip6Address(TransportAddressIp6Address {
            ip: socket.ip().octets(),
            port: socket.port(),
        }),
    }
}

/// A name as text, as it would be dialled. `None` for those that nobody dials here.
pub fn text(alias: &AliasAddress) -> Option<String> {
    match alias {
        AliasAddress::DialledDigits(digits) => Some(digits.clone()),
        AliasAddress::H323Id(name) => Some(name.to_string()),
        AliasAddress::UrlId(url) | AliasAddress::EmailId(url) => Some(url.clone()),
        AliasAddress::PartyNumber(PartyNumber::E164Number(number)) => {
            Some(number.public_number_digits.clone())
        }
        AliasAddress::PartyNumber(PartyNumber::PrivateNumber(number)) => {
            Some(number.private_number_digits.clone())
        }
        AliasAddress::TransportId(address) => socket(address).map(|socket| socket.to_string()),
        _ => None,
    }
}

/// The kind of name that `text` is: digits, a URL, or else a name. Longer than its kind allows it
/// is cut where it is written.
pub fn alias(text: &str) -> AliasAddress {
    let digit = |c: char| c.is_ascii_digit() || matches!(c, '#' | '*' | ',');
    if !text.is_empty() && text.chars().all(digit) {
        AliasAddress::DialledDigits(text.chars().take(128).collect())
    } else if text.contains('@') && text.is_ascii() {
        AliasAddress::UrlId(text.chars().take(512).collect())
    } else {
        let units: Vec<u16> = text.encode_utf16().take(256).collect();
        AliasAddress::H323Id(causeway_asn1::BmpString(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back() {
        for text in ["192.0.2.7:1720", "[2001:db8::1]:1720"] {
            let address: SocketAddr = text.parse().expect("an address");
            assert_eq!(socket(&transport(address)), Some(address));
        }
        assert_eq!(socket(&TransportAddress::NetBios([0; 16])), None);
    }

    #[test]
    fn names_are_of_the_kind_that_they_look_like() {
        for (name, expected) in [
            ("8001#12", AliasAddress::DialledDigits("8001#12".into())),
            ("8001@example.com", AliasAddress::UrlId("8001@example.com".into())),
            ("会议室", AliasAddress::H323Id("会议室".into())),
            ("Room 1", AliasAddress::H323Id("Room 1".into())),
        ] {
            assert_eq!(alias(name), expected);
            assert_eq!(text(&expected).as_deref(), Some(name));
        }
    }
}

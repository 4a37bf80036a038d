//! A range of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses in CIDR form (RFC 4632, RFC 4291): `10.0.0.0/8`, `fd00::/8`; an address
/// alone is the range of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text is not a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError;

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an address or a range like 10.0.0.0/8 or fd00::/8")
    }
}

impl std::error::Error for NetworkError {}

/// Every address in 128 bits, IPv4 as its mapped form, so that one mask serves both.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Network {
    /// The range of `prefix` leading bits; `None` when the family has fewer bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let most = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= most).then_some(Self { address, prefix })
    }

    /// Whether an address lies in the range. An IPv4-mapped one counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let offset = if self.address.is_ipv4() { 96 } else { 0 };
        let mask = !u128::MAX.checked_shr(offset + u32::from(self.prefix)).unwrap_or(0);
        bits(self.address) & mask == bits(address) & mask
    }

    /// Leading bits that all addresses of the range share; a larger one is more specific.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }
}

/// The block that one customer of a network usually holds: one IPv4 address, a /64 of IPv6
/// (RFC 6177). Limits count by it.
pub fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) => digits.parse().map_err(|_| NetworkError)?,
            None => whole,
        };
        Network::new(address, prefix).ok_or(NetworkError)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().expect(network).contains(address.parse().expect(address))
    }

    #[test]
    fn ranges_of_both_families() {
        assert!(contains("10.0.0.0/8", "10.255.1.2"));
        assert!(!contains("10.0.0.0/8", "11.0.0.0"));
        assert!(contains("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("fd00::/8", "fdff::1"));
        assert!(contains("::1", "::1"));
        assert!(!contains("192.0.2.1", "192.0.2.2"));
        for bad in ["10.0.0.0/33", "fd00::/129", "10.0.0/8", "10.0.0.0/-1", "", "/8"] {
            assert_eq!(bad.parse::<Network>(), Err(NetworkError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_range_reads_back_and_holds_its_own_address(address: IpAddr, prefix in 0u8..=128) {
            if let Some(network) = Network::new(address, prefix) {
                prop_assert!(network.contains(address));
                prop_assert_eq!(network.to_string().parse(), Ok(network));
            }
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}") {
            let _ = text.parse::<Network>();
        }
    }
}

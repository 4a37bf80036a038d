//! What `causeway init` has to know of the machine.

use crate::ports::Protocol;
use crate::{greeting, tls};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::path::Path;

/// The machine, as far as answers depend on it.
pub trait Facts {
    /// The addresses of a name; none where it leads nowhere.
    fn resolve(&self, name: &str) -> Vec<IpAddr>;
    /// The addresses of this machine by which networks reach it, the likeliest first.
    fn addresses(&self) -> Vec<IpAddr>;
    /// Whether something else listens on a port.
    fn is_taken(&self, protocol: Protocol, port: u16) -> bool;
    /// Why a certificate and its key cannot be used.
    fn certificate_fault(&self, certificate: &Path, key: &Path) -> Option<String>;
    /// The year of the clock.
    fn year(&self) -> i16;
}

/// This machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine;

impl Facts for Machine {
    fn resolve(&self, name: &str) -> Vec<IpAddr> {
        let mut addresses: Vec<IpAddr> = (name, 0)
            .to_socket_addrs()
            .map(|found| found.map(|address| address.ip()).collect())
            .unwrap_or_default();
        addresses.dedup();
        addresses
    }

    fn addresses(&self) -> Vec<IpAddr> {
        let all = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
        let found = all.into_iter().flat_map(greeting::local_addresses);
        found.filter(|address| !address.is_loopback()).collect()
    }

    fn is_taken(&self, protocol: Protocol, port: u16) -> bool {
        let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        protocol.bind(address).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
    }

    fn certificate_fault(&self, certificate: &Path, key: &Path) -> Option<String> {
        tls::certified(certificate, key).err().map(|error| error.to_string())
    }

    fn year(&self) -> i16 {
        Timestamp::now().to_zoned(TimeZone::UTC).year()
    }
}

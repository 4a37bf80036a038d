//! Questions to the DNS and what it says.

use crate::sip::words::Carrier;
use std::net::IpAddr;

/// A question to the DNS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// The NAPTR records of a name (RFC 3403).
    Naptr(String),
    /// The SRV records of a name, service labels included (RFC 2782).
    Srv(String),
    /// The A and AAAA records of a name, whichever families are of use.
    Address(String),
}

/// A record. Names are without the dot at their end; an empty one is the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// NAPTR.
    Naptr {
        /// Lower ones must be looked at first.
        order: u16,
        /// Lower ones should be, among those of one order.
        preference: u16,
        /// `s` where the replacement has SRV records.
        flags: String,
        /// `SIP+D2U` and the like (RFC 3263 section 4.1).
        service: String,
        /// The next name.
        replacement: String,
    },
    /// SRV.
    Srv {
        /// Lower ones are tried first.
        priority: u16,
        /// The share of calls among those of one priority.
        weight: u16,
        /// The port.
        port: u16,
        /// The host; empty: the service is not here.
        target: String,
    },
    /// A or AAAA.
    Address(IpAddr),
}

/// A way that a domain offers.
#[derive(Debug)]
pub(super) struct Service<'a> {
    pub(super) rank: (u16, u16),
    pub(super) carrier: Carrier,
    pub(super) replacement: &'a str,
}

/// One SRV record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Srv<'a> {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) port: u16,
    pub(super) target: &'a str,
}

impl Record {
    /// The way of a NAPTR record that leads to SRV records of SIP.
    pub(super) fn sip_service(&self) -> Option<Service<'_>> {
        let Record::Naptr { order, preference, flags, service, replacement } = self else {
            return None;
        };
        let is = |name: &str| service.eq_ignore_ascii_case(name);
        let carrier = match () {
            () if is("SIP+D2U") => Carrier::Udp,
            () if is("SIP+D2T") => Carrier::Tcp,
            () if is("SIPS+D2T") => Carrier::Tls,
            () => return None,
        };
        let leads = flags.eq_ignore_ascii_case("s") && !replacement.is_empty();
        leads.then_some(Service { rank: (*order, *preference), carrier, replacement })
    }

    pub(super) fn srv(&self) -> Option<Srv<'_>> {
        match self {
            Record::Srv { priority, weight, port, target } => {
                Some(Srv { priority: *priority, weight: *weight, port: *port, target })
            }
            _ => None,
        }
    }

    pub(super) fn is_srv(&self) -> bool {
        matches!(self, Record::Srv { .. })
    }

    pub(super) fn address(&self) -> Option<IpAddr> {
        match self {
            Record::Address(address) => Some(*address),
            _ => None,
        }
    }
}

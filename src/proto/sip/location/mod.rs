//! Where a SIP URI is reached (RFC 3263): it asks for DNS records and gives addresses in the order
//! in which to try them.
//!
//! [`Location::begin`] reads the URI; each [`Step::Ask`] is answered by [`Location::answer`] until
//! [`Step::Found`]: at most three rounds. Names of aliases (CNAME) are the resolver's matter.
//!
//! * [`record`]: questions and answers. * `weight`: the order of SRV records.

pub mod record;
#[cfg(test)]
mod tests;
mod weight;

pub use record::{Query, Record};

use super::words::Carrier;
use sip_codec::{Host, SipScheme, SipUri};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use weight::in_order;

/// Records of one answer that are looked at: the largest carriers publish some ten.
pub const MAX_RECORDS: usize = 32;

/// Addresses that come of one URI: nobody waits for more than this many silent ones.
pub const MAX_TARGETS: usize = 16;

/// Names asked for in one round: those of the SRV records that come first.
pub const MAX_QUERIES: usize = 16;

/// A domain name's longest text (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 255;

/// What this node can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Datagrams.
    pub udp: bool,
    /// Streams in the clear.
    pub tcp: bool,
    /// Streams under TLS.
    pub tls: bool,
    /// IPv4.
    pub ipv4: bool,
    /// IPv6.
    pub ipv6: bool,
}

impl Abilities {
    fn speaks(self, carrier: Carrier) -> bool {
        match carrier {
            Carrier::Udp => self.udp,
            Carrier::Tcp => self.tcp,
            Carrier::Tls => self.tls,
        }
    }

    fn reaches(self, address: IpAddr) -> bool {
        if address.is_ipv4() { self.ipv4 } else { self.ipv6 }
    }
}

/// One address to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// How.
    pub carrier: Carrier,
    /// Where.
    pub address: SocketAddr,
}

/// What a location wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The records of these names; at most [`MAX_QUERIES`].
    Ask(Vec<Query>),
    /// The addresses, the best first, each once; none where the URI leads nowhere.
    Found(Vec<Target>),
}

/// The look-up of one URI.
#[derive(Debug)]
pub struct Location {
    able: Abilities,
    sips: bool,
    name: String,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Waits for NAPTR records.
    Services,
    /// Waits for the SRV records of each way, in this order; without any, the name's own
    /// addresses are asked for, by the last ways.
    Servers {
        ways: Vec<Carrier>,
        plain: Vec<Carrier>,
    },
    /// Waits for addresses.
    Addresses(Vec<Server>),
    Done,
}

/// A host and the way to it.
#[derive(Clone, Debug)]
struct Server {
    carrier: Carrier,
    name: String,
    port: u16,
}

impl Location {
    /// Begins with a URI (RFC 3263 section 4.1). Its `maddr` is ignored: it would let the author
    /// of a URI choose whom we call (RFC 3261 section 26.4.4 is about such).
    pub fn begin(uri: &SipUri, able: Abilities) -> (Self, Step) {
        let sips = uri.scheme == SipScheme::Sips;
        let asked = asked_carrier(uri, sips);
        let name = host_name(&uri.host);
        let mut location = Self { able, sips, name, state: State::Done };
        let step = match (asked, uri.port) {
            (Asked::Unknown, _) => Step::Found(Vec::new()),
            (asked, port) if uri.host.ip().is_some() => {
                let ip = uri.host.ip();
                let targets = location.plain(asked).into_iter().filter_map(|carrier| {
                    let port = port.unwrap_or(carrier.default_port());
                    Some(Target { carrier, address: SocketAddr::new(ip?, port) })
                });
                Step::Found(location.usable(targets))
            }
            _ if location.name.is_empty() || location.name.len() > MAX_NAME => {
                Step::Found(Vec::new())
            }
            (asked, Some(port)) => {
                let ways = location.plain(asked);
                location.ask_addresses(ways.into_iter().map(|way| (way, port)).collect())
            }
            (Asked::Nothing, None) => {
                location.state = State::Services;
                Step::Ask(vec![Query::Naptr(location.name.clone())])
            }
            (Asked::Carrier(carrier), None) => location.ask_servers(vec![carrier], vec![carrier]),
        };
        (location, step)
    }

    /// Takes the records of each name of the last [`Step::Ask`], in its order; an empty list where
    /// there are none or the question failed. `draw` gives a random number below its argument.
    pub fn answer(&mut self, answers: &[Vec<Record>], draw: &mut dyn FnMut(u32) -> u32) -> Step {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Services => self.services(answers.first().map_or(&[][..], Vec::as_slice)),
            State::Servers { ways, plain } => self.servers(&ways, &plain, answers, draw),
            State::Addresses(servers) => self.addresses(&servers, answers),
            State::Done => Step::Found(Vec::new()),
        }
    }

    /// NAPTR records say which ways the domain wants, in its order (section 4.1).
    fn services(&mut self, records: &[Record]) -> Step {
        let mut services: Vec<_> = records
            .iter()
            .take(MAX_RECORDS)
            .filter_map(Record::sip_service)
            .filter(|service| self.able.speaks(service.carrier))
            .filter(|service| !self.sips || service.carrier == Carrier::Tls)
            .collect();
        services.sort_by_key(|service| service.rank);
        services.truncate(MAX_QUERIES);
        if services.is_empty() {
            // The securest first; none of them is the domain's choice.
            let ways = self.able_of(&[Carrier::Tls, Carrier::Tcp, Carrier::Udp]);
            return self.ask_servers(ways, self.plain(Asked::Nothing));
        }
        let ways = services.iter().map(|service| service.carrier).collect();
        let queries = services.iter().map(|s| Query::Srv(s.replacement.to_owned())).collect();
        self.state = State::Servers { ways, plain: self.plain(Asked::Nothing) };
        Step::Ask(queries)
    }

    fn ask_servers(&mut self, ways: Vec<Carrier>, plain: Vec<Carrier>) -> Step {
        let ways = self.able_of(&ways);
        if ways.is_empty() {
            return Step::Found(Vec::new());
        }
        let query = |way: &Carrier| Query::Srv(format!("{}.{}", service_label(*way), self.name));
        let queries = ways.iter().map(query).collect();
        self.state = State::Servers { ways, plain };
        Step::Ask(queries)
    }

    fn servers(
        &mut self,
        ways: &[Carrier],
        plain: &[Carrier],
        answers: &[Vec<Record>],
        draw: &mut dyn FnMut(u32) -> u32,
    ) -> Step {
        let mut servers = Vec::new();
        for (carrier, records) in ways.iter().zip(answers) {
            for server in in_order(records.get(..MAX_RECORDS).unwrap_or(records), draw) {
                if server.target.is_empty() || server.target.len() > MAX_NAME {
                    continue;
                }
                let name = server.target.to_owned();
                servers.push(Server { carrier: *carrier, name, port: server.port });
            }
        }
        if servers.is_empty() {
            // "." as the only target says: not here (RFC 2782).
            if answers.iter().flatten().any(Record::is_srv) {
                return Step::Found(Vec::new());
            }
            let ways = self.able_of(plain);
            return self
                .ask_addresses(ways.into_iter().map(|way| (way, way.default_port())).collect());
        }
        servers.truncate(MAX_TARGETS);
        self.ask_about(servers)
    }

    fn ask_addresses(&mut self, ways: Vec<(Carrier, u16)>) -> Step {
        let server = |(carrier, port)| Server { carrier, name: self.name.clone(), port };
        let servers: Vec<_> = ways.into_iter().map(server).collect();
        self.ask_about(servers)
    }

    fn ask_about(&mut self, servers: Vec<Server>) -> Step {
        let mut names: Vec<&str> = Vec::new();
        for server in &servers {
            if !names.contains(&server.name.as_str()) {
                names.push(&server.name);
            }
        }
        names.truncate(MAX_QUERIES);
        let queries: Vec<_> = names.into_iter().map(|n| Query::Address(n.to_owned())).collect();
        if queries.is_empty() {
            return Step::Found(Vec::new());
        }
        self.state = State::Addresses(servers);
        Step::Ask(queries)
    }

    fn addresses(&self, servers: &[Server], answers: &[Vec<Record>]) -> Step {
        let mut by_name: HashMap<&str, &[Record]> = HashMap::new();
        let mut answers = answers.iter();
        for server in servers {
            if !by_name.contains_key(server.name.as_str()) {
                let records = answers.next().map_or(&[][..], Vec::as_slice);
                by_name.insert(&server.name, records.get(..MAX_RECORDS).unwrap_or(records));
            }
        }
        let targets = servers.iter().flat_map(|server| {
            let records = by_name.get(server.name.as_str()).copied().unwrap_or_default();
            records.iter().filter_map(Record::address).map(|ip| Target {
                carrier: server.carrier,
                address: SocketAddr::new(ip, server.port),
            })
        });
        Step::Found(self.usable(targets))
    }

    /// The ways to a host for which no record chooses one: datagrams, and a stream where they do
    /// not get through; TLS alone for `sips`.
    fn plain(&self, asked: Asked) -> Vec<Carrier> {
        match asked {
            Asked::Carrier(carrier) => self.able_of(&[carrier]),
            Asked::Nothing => self.able_of(&[Carrier::Udp, Carrier::Tcp]),
            Asked::Unknown => Vec::new(),
        }
    }

    fn able_of(&self, ways: &[Carrier]) -> Vec<Carrier> {
        ways.iter().copied().filter(|way| self.able.speaks(*way)).collect()
    }

    fn usable(&self, targets: impl Iterator<Item = Target>) -> Vec<Target> {
        let mut usable: Vec<Target> = Vec::new();
        for target in targets {
            let reached = self.able.reaches(target.address.ip()) && target.address.port() != 0;
            if reached && self.able.speaks(target.carrier) && !usable.contains(&target) {
                usable.push(target);
            }
            if usable.len() == MAX_TARGETS {
                break;
            }
        }
        usable
    }
}

/// The way that a URI itself chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Carrier(Carrier),
    /// One that is not spoken here.
    Unknown,
}

fn asked_carrier(uri: &SipUri, sips: bool) -> Asked {
    let transport = uri.params.get("transport");
    let is = |name: &str| transport.as_ref().is_some_and(|text| text.eq_ignore_case(name));
    match (sips, &transport) {
        // `transport=tcp` in a SIPS URI is TLS over TCP; over UDP there is none.
        (true, Some(_)) if !is("tcp") && !is("tls") => Asked::Unknown,
        (true, _) => Asked::Carrier(Carrier::Tls),
        (false, None) => Asked::Nothing,
        (false, Some(_)) if is("udp") => Asked::Carrier(Carrier::Udp),
        (false, Some(_)) if is("tcp") => Asked::Carrier(Carrier::Tcp),
        (false, Some(_)) if is("tls") => Asked::Carrier(Carrier::Tls),
        (false, Some(_)) => Asked::Unknown,
    }
}

fn service_label(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Udp => "_sip._udp",
        Carrier::Tcp => "_sip._tcp",
        Carrier::Tls => "_sips._tcp",
    }
}

fn host_name(host: &Host) -> String {
    match host {
        Host::Name(name) => {
            let name = name.to_str_lossy();
            name.strip_suffix('.').unwrap_or(&name).to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

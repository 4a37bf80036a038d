//! `[h323.gatekeeper]` and `[h323.upstream]`: where rooms register here, and where we register.

use super::networks;
use super::raw::{RawGatekeeper, RawNeighbour, RawUpstream};
use super::resolve::{Environment, Finder};
use super::source::At;
use causeway_adapter::h323::ras::{Key, Neighbour, RoomUser, UpstreamConfig};
use causeway_adapter::sip::{Secret, User};
use causeway_dial::Network;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The port of discovery (H.225.0 section 7.2).
const DISCOVERY_PORT: u16 = 1718;

/// The most neighbours of a file: each is asked for one name only with the others of its prefix.
const MAX_NEIGHBOURS: usize = 256;

/// The most names of one registration: what is read of one message.
const MAX_NAMES: usize = causeway_proto::h323::address::MAX_ALIASES;

/// Our gatekeeper for rooms.
#[derive(Clone, Debug)]
pub struct Gatekeeper {
    /// Where RAS is taken.
    pub listen: SocketAddr,
    /// Where discovery is taken too, and by which interfaces.
    pub discovery: Option<(SocketAddr, Vec<Ipv4Addr>)>,
    /// Its name.
    pub identifier: String,
    /// How long a registration lasts at most.
    pub time_to_live: Duration,
    /// The most that one call may use, both directions together, in bit/s.
    pub bandwidth: u64,
    /// Whether calls between rooms go by way of us.
    pub routed: bool,
    /// Who has a password.
    pub users: Vec<RoomUser>,
    /// Networks whose rooms register without one.
    pub open: Vec<Network>,
    /// Other gatekeepers.
    pub neighbours: Vec<Neighbour>,
}

pub(super) fn gatekeeper(
    finder: &mut Finder<'_>,
    raw: &RawGatekeeper,
    users: &[User],
) -> Option<Gatekeeper> {
    let at = |key| [At::Key("h323"), At::Key("gatekeeper"), At::Key(key)];
    let open = networks(&raw.open).unwrap_or_else(|(index, error)| {
        let at = [&at("open")[..], &[At::Index(index)]].concat();
        finder.find(&at, error, "write a network like \"10.0.0.0/8\"");
        Vec::new()
    });
    if !(1..=128).contains(&raw.identifier.encode_utf16().count()) {
        finder.find(&at("identifier"), "not a name", "use 1 to 128 characters");
    }
    bounds(finder, &at("time_to_live_s"), raw.time_to_live_s, 60..=86_400);
    bounds(finder, &at("max_bandwidth_kbps"), raw.max_bandwidth_kbps, 64..=100_000);
    let neighbours = neighbours(finder, &raw.neighbour);
    let mut interfaces = Vec::new();
    for text in &raw.discovery {
        match text.parse() {
            Ok(interface) => interfaces.push(interface),
            Err(_) => {
                finder.find(&at("discovery"), "not an IPv4 address", "name ours, one a network")
            }
        }
    }
    let listen: SocketAddr = match raw.listen.as_str() {
        "" => return None,
        text => match text.parse() {
            Ok(listen) => listen,
            Err(error) => {
                let error: std::net::AddrParseError = error;
                finder.find(&at("listen"), error, "write one like \"192.0.2.5:1719\"");
                return None;
            }
        },
    };
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), DISCOVERY_PORT);
    Some(Gatekeeper {
        listen,
        discovery: (!interfaces.is_empty()).then_some((any, interfaces)),
        identifier: raw.identifier.clone(),
        time_to_live: Duration::from_secs(raw.time_to_live_s),
        bandwidth: raw.max_bandwidth_kbps * 1_000,
        routed: raw.routed,
        users: users.iter().filter_map(room_user).collect(),
        open,
        neighbours,
    })
}

fn bounds(finder: &mut Finder<'_>, at: &[At<'_>], value: u64, range: RangeInclusive<u64>) {
    if !range.contains(&value) {
        let fix = format!("use {} to {}", range.start(), range.end());
        finder.find(at, "out of range", fix);
    }
}

fn neighbours(finder: &mut Finder<'_>, raw: &[RawNeighbour]) -> Vec<Neighbour> {
    let table = [At::Key("h323"), At::Key("gatekeeper"), At::Key("neighbour")];
    if raw.len() > MAX_NEIGHBOURS {
        finder.find(&table, format!("more than {MAX_NEIGHBOURS}"), "remove some");
    }
    let mut neighbours = Vec::new();
    for (index, neighbour) in raw.iter().enumerate() {
        let Ok(address) = neighbour.address.parse() else {
            let at = [&table[..], &[At::Index(index), At::Key("address")]].concat();
            finder.find(&at, "not an address with a port", "write one like \"192.0.2.6:1719\"");
            continue;
        };
        neighbours.push(Neighbour { address, prefixes: neighbour.prefixes.clone() });
    }
    neighbours
}

/// A user as a room: of a password that stands in no form but as a digest of SIP no key can be made.
fn room_user(user: &User) -> Option<RoomUser> {
    let Secret::Password(password) = &user.password else { return None };
    let aliases = user.aliases.iter().map(|alias| alias.to_string()).collect();
    Some(RoomUser { name: user.name.to_string(), key: Key::of(password), aliases })
}

pub(super) fn upstream(
    finder: &mut Finder<'_>,
    raw: &RawUpstream,
    environment: Environment<'_>,
) -> Option<UpstreamConfig> {
    let at = |key| [At::Key("h323"), At::Key("upstream"), At::Key(key)];
    if raw.gatekeeper.is_empty() {
        return None;
    }
    let fix = "write one like \"192.0.2.9:1719\"";
    let Ok(gatekeeper) = raw.gatekeeper.parse::<SocketAddr>() else {
        finder.find(&at("gatekeeper"), "not an address with a port", fix);
        return None;
    };
    let Ok(listen) = raw.listen.parse() else {
        finder.find(&at("listen"), "not an address with a port", fix);
        return None;
    };
    if raw.aliases.is_empty() || raw.aliases.len() > MAX_NAMES {
        let fix = format!("give 1 to {MAX_NAMES} numbers or names under which we are called");
        finder.find(&at("aliases"), "no names, or too many", fix);
    }
    bounds(finder, &at("time_to_live_s"), raw.time_to_live_s, 60..=86_400);
    let password = environment("CAUSEWAY_H323_PASSWORD");
    let password = password.unwrap_or_else(|| raw.password.reveal().to_owned());
    if !raw.user.is_empty() && password.is_empty() {
        finder.find(&at("password"), "no password", "set it here, or remove `user`");
    }
    if raw.behind_firewall && !cfg!(feature = "h460-traversal") {
        let fix = "build with `--features h460-traversal`, or remove it";
        finder.find(&at("behind_firewall"), "not in this build", fix);
    }
    let credentials = (!raw.user.is_empty()).then(|| (raw.user.clone(), Key::of(&password)));
    Some(UpstreamConfig {
        gatekeeper,
        listen,
        discover: raw.discover,
        identifier: (!raw.identifier.is_empty()).then(|| raw.identifier.clone()),
        aliases: raw.aliases.clone(),
        inside: raw.behind_firewall,
        credentials,
        time_to_live: Duration::from_secs(raw.time_to_live_s),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigError};

    fn parse(text: &str) -> Result<Config, ConfigError> {
        let text = format!("[node]\nstate_dir = \"/nonexistent\"\n{text}");
        Config::parse("test.toml", &text, &|_| None)
    }

    #[test]
    fn without_addresses_there_are_no_gatekeepers() {
        let config = parse("").expect("right");
        assert!(config.h323.gatekeeper.is_none() && config.h323.upstream.is_none());
    }

    #[test]
    fn gatekeepers_are_read() {
        let config = parse(
            r#"
            [h323]
            listen = ["10.0.0.5:1720"]
            [h323.gatekeeper]
            listen = "10.0.0.5:1719"
            discovery = ["10.0.0.5"]
            open = ["10.1.0.0/16"]
            [[h323.gatekeeper.neighbour]]
            address = "10.0.0.6:1719"
            prefixes = ["77"]
            [h323.upstream]
            gatekeeper = "10.0.0.7:1719"
            aliases = ["8001"]
            user = "bridge"
            password = "secret"
            [[user]]
            name = "room9"
            password = "hunter2"
            aliases = ["9009"]
            "#,
        )
        .expect("right");
        let ours = config.h323.gatekeeper.expect("listens");
        assert_eq!((ours.users.len(), ours.users[0].key.clone()), (1, Key::of("hunter2")));
        assert_eq!(ours.neighbours[0].prefixes, ["77"]);
        assert_eq!(ours.discovery.expect("set").1, [Ipv4Addr::new(10, 0, 0, 5)]);
        assert!(!ours.routed, "rooms call each other themselves");
        let exempt = |ip: &str| {
            let ip = ip.parse().expect("an address");
            config.rate.exempt.iter().any(|network| network.contains(ip))
        };
        assert!(exempt("10.0.0.6") && exempt("10.0.0.7"), "gatekeepers bring many calls");
        assert!(!exempt("10.0.0.8"));
        let upstream = config.h323.upstream.expect("set");
        assert_eq!(upstream.credentials, Some(("bridge".to_owned(), Key::of("secret"))));
    }

    #[test]
    fn a_gatekeeper_for_this_machine_needs_no_other_address_of_calls() {
        for listen in ["127.0.0.1:1719", "[::1]:1719"] {
            let text = format!("[h323.gatekeeper]\nlisten = \"{listen}\"\nrouted = true");
            assert!(parse(&text).expect("right").h323.gatekeeper.expect("listens").routed);
        }
    }

    #[test]
    fn what_is_wrong_is_told_where() {
        let upstream = "[h323.upstream]\ngatekeeper = \"10.0.0.7:1719\"";
        for (text, key) in [
            ("[h323.gatekeeper]\nlisten = \"here\"".to_owned(), "h323.gatekeeper.listen"),
            ("[h323.gatekeeper]\nidentifier = \"\"".to_owned(), "h323.gatekeeper.identifier"),
            ("[h323.gatekeeper]\ndiscovery = [\"x\"]".to_owned(), "h323.gatekeeper.discovery"),
            ("[h323.gatekeeper]\nopen = [\"all\"]".to_owned(), "h323.gatekeeper.open[0]"),
            ("[h323.gatekeeper]\ntime_to_live_s = 5".to_owned(), "h323.gatekeeper.time_to_live_s"),
            (
                "[[h323.gatekeeper.neighbour]]\naddress = \"x\"".to_owned(),
                "h323.gatekeeper.neighbour[0].address",
            ),
            (
                "[h323]\nlisten = []\n[h323.gatekeeper]\nlisten = \"10.0.0.5:1719\"".to_owned(),
                "h323.listen",
            ),
            // So that rooms elsewhere register, and cannot call.
            ("[h323.gatekeeper]\nlisten = \"0.0.0.0:1719\"".to_owned(), "h323.listen"),
            (format!("[h323]\nlisten = []\n{upstream}\naliases = [\"1\"]"), "h323.listen"),
            // By default calls arrive from this machine alone.
            (format!("{upstream}\naliases = [\"1\"]"), "h323.listen"),
            ("[h323.upstream]\ngatekeeper = \"x\"".to_owned(), "h323.upstream.gatekeeper"),
            (upstream.to_owned(), "h323.upstream.aliases"),
            (format!("{upstream}\naliases = [\"1\"]\nuser = \"x\""), "h323.upstream.password"),
        ] {
            let error = parse(&text).expect_err(&text);
            let keys: Vec<&str> =
                error.problems.iter().map(|problem| problem.key.as_str()).collect();
            assert!(keys.contains(&key), "{text}: {keys:?}");
        }
    }
}

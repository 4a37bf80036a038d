//! `[h323.gatekeeper]` and `[h323.upstream]`: where rooms register here, and where we register.

use super::networks;
use super::raw::{RawGatekeeper, RawUpstream};
use super::resolve::{Environment, Finder};
use super::source::At;
use causeway_adapter::h323::ras::{Key, RoomUser, UpstreamConfig};
use causeway_adapter::sip::{Secret, User};
use causeway_dial::Network;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The port of discovery (H.225.0 section 7.2).
const DISCOVERY_PORT: u16 = 1718;

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
    /// Who has a password.
    pub users: Vec<RoomUser>,
    /// Networks whose rooms register without one.
    pub open: Vec<Network>,
}

pub(super) fn gatekeeper(
    finder: &mut Finder<'_>,
    raw: &RawGatekeeper,
    users: &[User],
) -> Option<Gatekeeper> {
    let at = |key| [At::Key("h323"), At::Key("gatekeeper"), At::Key(key)];
    let open = networks(&raw.open).unwrap_or_else(|(_, error)| {
        finder.find(&at("open"), error, "write a network like \"10.0.0.0/8\"");
        Vec::new()
    });
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
        users: users.iter().filter_map(room_user).collect(),
        open,
    })
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
    if raw.aliases.is_empty() {
        finder.find(&at("aliases"), "nobody could be called there", "give a number or a name");
    }
    let password = environment("CAUSEWAY_H323_PASSWORD");
    let password = password.unwrap_or_else(|| raw.password.reveal().to_owned());
    let credentials = (!raw.user.is_empty()).then(|| (raw.user.clone(), Key::of(&password)));
    Some(UpstreamConfig {
        gatekeeper,
        listen,
        discover: raw.discover,
        identifier: (!raw.identifier.is_empty()).then(|| raw.identifier.clone()),
        aliases: raw.aliases.clone(),
        credentials,
        time_to_live: Duration::from_secs(raw.time_to_live_s),
    })
}

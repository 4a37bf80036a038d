//! Who may register and who brings calls: users and trunks, as configured.

use causeway_dial::Network;
use causeway_proto::sip::{Credentials, Secret};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Somebody with a password of ours: a room, a phone, a person.
#[derive(Clone, Debug)]
pub struct User {
    /// The user name of its digest, and the user part of its address of record.
    pub name: Arc<str>,
    /// Its password.
    pub password: Secret,
    /// Further user parts under which it is called: its numbers.
    pub aliases: Vec<Arc<str>>,
}

impl User {
    /// Whether it is meant by the user part of an address at one of our hosts.
    pub fn is_called(&self, user: &str) -> bool {
        *self.name == *user || self.aliases.iter().any(|alias| **alias == *user)
    }
}

/// A trunk: a provider or another exchange that brings calls and carries them out.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// Its name.
    pub name: Arc<str>,
    /// Its proxy, as a SIP URI: calls out and health checks go there. `None`: it only brings
    /// calls.
    pub target: Option<String>,
    /// What answers its challenges. Its user name is the address that we register.
    pub credentials: Option<Credentials>,
    /// We register there, and ask for this interval.
    pub register: Option<Duration>,
    /// Networks from which its calls come. Over UDP a source address is a claim until the ACK.
    pub sources: Vec<Network>,
    /// Names in client certificates by which its calls are known.
    pub certificate_names: Vec<String>,
    /// What it asserts about callers is believed (RFC 3325).
    pub trusted: bool,
    /// Between two OPTIONS that ask whether it lives; `None`: nobody asks.
    pub health_interval: Option<Duration>,
    /// Our own number there, for calls of which nobody else is the caller.
    pub number: Option<String>,
    /// Calls at a time, in and out.
    pub max_calls: usize,
    /// The trunk that carries calls out when this one cannot.
    pub fallback: Option<Arc<str>>,
    /// Its calls may be transferred by REFER, where the node takes that at all.
    pub transfers: bool,
    /// It is the Direct Routing service of Microsoft Teams: `target`, `sources` and
    /// `certificate_names` count for nothing then.
    pub direct_routing: Option<DirectRouting>,
}

/// How we and the Direct Routing service of Microsoft Teams know each other.
#[derive(Clone, Debug)]
pub struct DirectRouting {
    /// Our name, as the tenant registered it. It stands in Contact, never an address.
    pub fqdn: Arc<str>,
    /// Where the service opens connections to us. The port stands in Contact.
    pub listen: Vec<SocketAddr>,
    /// Its proxies as SIP URIs, the one to be tried first first.
    pub proxies: Vec<String>,
    /// What both sides show each other. `None`: it was not read, and nobody is listened to or
    /// called.
    pub tls: Option<MutualTls>,
}

/// Both directions of a trunk under TLS whose peers show certificates.
#[derive(Clone, Debug)]
pub struct MutualTls {
    /// For connections that it opens.
    pub server: Arc<rustls::ServerConfig>,
    /// For connections that we open.
    pub client: Arc<rustls::ClientConfig>,
}

impl Trunk {
    /// Whether a call from an address, whose connection showed a certificate with these names,
    /// is brought by this trunk. A trunk that names certificates is known by nothing less.
    pub fn brings(&self, source: IpAddr, certificate_names: &[Arc<str>]) -> bool {
        if self.direct_routing.is_some() {
            return false; // Known by the listener, which takes nobody else.
        }
        if !self.certificate_names.is_empty() {
            let known = |name: &Arc<str>| {
                self.certificate_names.iter().any(|ours| ours.eq_ignore_ascii_case(name))
            };
            return certificate_names.iter().any(known);
        }
        self.sources.iter().any(|network| network.contains(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(sources: &[&str], names: &[&str]) -> Trunk {
        Trunk {
            name: "carrier".into(),
            target: None,
            credentials: None,
            register: None,
            sources: sources.iter().map(|text| text.parse().expect("a network")).collect(),
            certificate_names: names.iter().map(|name| (*name).to_owned()).collect(),
            trusted: true,
            health_interval: None,
            number: None,
            max_calls: 10,
            fallback: None,
            transfers: false,
            direct_routing: None,
        }
    }

    #[test]
    fn a_trunk_known_by_certificate_is_not_known_by_address_alone() {
        let source = "192.0.2.9".parse().expect("an address");
        let both = trunk(&["192.0.2.0/24"], &["sip.carrier.example"]);
        assert!(!both.brings(source, &[]));
        assert!(!both.brings(source, &["sip.other.example".into()]));
        assert!(both.brings(source, &["SIP.Carrier.example".into()]));
        assert!(trunk(&["192.0.2.0/24"], &[]).brings(source, &[]));
        assert!(!trunk(&[], &[]).brings(source, &["sip.carrier.example".into()]));
    }

    #[test]
    fn a_password_does_not_show() {
        let user = User {
            name: "room1".into(),
            password: Secret::Password("hunter2".to_owned()),
            aliases: vec!["2001".into()],
        };
        assert!(!format!("{user:?}").contains("hunter2"));
        assert!(user.is_called("room1") && user.is_called("2001") && !user.is_called("ROOM1"));
    }
}

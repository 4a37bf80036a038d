//! All users and trunks: who an address means, and who brings a call.

use super::account::{Trunk, User};
use causeway_base::Alias;
use causeway_dial::OurHosts;
use causeway_proto::sip::Secret;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// All users and trunks.
#[derive(Debug)]
pub(super) struct Accounts {
    hosts: OurHosts,
    users: HashMap<Arc<str>, User>,
    /// The user of each name and alias.
    called: HashMap<Arc<str>, Arc<str>>,
    /// The same by what a reader takes for the name.
    looks_like: HashMap<String, Arc<str>>,
    pub(super) trunks: Vec<Trunk>,
}

impl Accounts {
    pub(super) fn new(hosts: OurHosts, users: Vec<User>, trunks: Vec<Trunk>) -> Self {
        let (mut called, mut looks_like) = (HashMap::new(), HashMap::new());
        for user in &users {
            for name in std::iter::once(&user.name).chain(&user.aliases) {
                called.entry(Arc::clone(name)).or_insert_with(|| Arc::clone(&user.name));
                looks_like.entry(read(name)).or_insert_with(|| Arc::clone(&user.name));
            }
        }
        let users = users.into_iter().map(|user| (Arc::clone(&user.name), user)).collect();
        Self { hosts, users, called, looks_like, trunks }
    }

    pub(super) fn has_users(&self) -> bool {
        !self.users.is_empty()
    }

    /// The user whom an address at one of our hosts means. `local`: where it was heard of.
    pub(super) fn user_at(&self, alias: &Alias, local: IpAddr) -> Option<&User> {
        self.is_ours(alias, local).then(|| self.user_called(alias.user())).flatten()
    }

    /// The user whom whoever calls under this address would be taken for: in capitals, with a `+`
    /// before the number or parameters behind it just as well.
    pub(super) fn user_seen_at(&self, alias: &Alias, local: IpAddr) -> Option<&User> {
        let seen = || self.users.get(self.looks_like.get(&read(alias.user()))?);
        self.is_ours(alias, local).then(seen).flatten()
    }

    pub(super) fn is_ours(&self, alias: &Alias, local: IpAddr) -> bool {
        match alias {
            Alias::Sip { host, .. } => self.hosts.contains(host, local),
            // A number without a host is one of ours, if of anybody here.
            Alias::Number(_) => true,
            Alias::H323 { .. } => false,
        }
    }

    /// The user of a name or an alias.
    pub(super) fn user_called(&self, name: &str) -> Option<&User> {
        self.users.get(self.called.get(name)?)
    }

    /// The user of that name, not of an alias.
    pub(super) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    pub(super) fn password(&self, name: &str) -> Option<&Secret> {
        self.users.get(name).map(|user| &user.password)
    }

    pub(super) fn trunk_named(&self, name: &str) -> Option<usize> {
        self.trunks.iter().position(|trunk| *trunk.name == *name)
    }

    /// The trunk that brings a call: the first that is known by its certificate, else by its
    /// address. `proxies` are the addresses that each trunk's target led to.
    pub(super) fn trunk_of(
        &self,
        source: IpAddr,
        domains: &[Arc<str>],
        proxies: impl Fn(usize) -> Vec<IpAddr>,
    ) -> Option<usize> {
        let by_certificate = |trunk: &Trunk| !trunk.certificate_names.is_empty();
        let known = |(_, trunk): &(usize, &Trunk)| trunk.brings(source, domains);
        let trunks = || self.trunks.iter().enumerate();
        trunks()
            .filter(|(_, trunk)| by_certificate(trunk))
            .find(known)
            .or_else(|| trunks().filter(|(_, trunk)| !by_certificate(trunk)).find(known))
            // Who has our registration sends its calls from where we registered.
            .or_else(|| {
                trunks().find(|(index, trunk)| {
                    trunk.register.is_some()
                        && !by_certificate(trunk)
                        && trunk.sources.is_empty()
                        && proxies(*index).contains(&source)
                })
            })
            .map(|(index, _)| index)
    }
}

/// What a reader takes for the name.
fn read(name: &str) -> String {
    let name = name.split(';').next().unwrap_or_default();
    name.trim_start_matches('+').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn who_would_be_taken_for_a_user_has_to_prove_it() {
        let accounts = accounts();
        let seen = |user: &str| {
            let alias = Alias::sip(user, "bridge.example");
            accounts.user_seen_at(&alias, LOCAL).map(|user| &*user.name)
        };
        for name in ["room1", "Room1", "ROOM1;x=y", "2001", "+2001"] {
            assert_eq!(seen(name), Some("room1"), "{name}");
        }
        assert_eq!(seen("room10"), None);
        let elsewhere = Alias::sip("Room1", "elsewhere.example");
        assert!(accounts.user_seen_at(&elsewhere, LOCAL).is_none());
    }

    fn accounts() -> Accounts {
        let user = |name: &str, alias: &str| User {
            name: name.into(),
            password: Secret::Password(name.to_owned()),
            aliases: vec![alias.into()],
        };
        let trunk = |name: &str, source: Option<&str>, certificate: Option<&str>| Trunk {
            name: name.into(),
            target: None,
            credentials: None,
            register: (source.is_none() && certificate.is_none())
                .then_some(Duration::from_secs(60)),
            sources: source.iter().map(|text| text.parse().expect("a network")).collect(),
            certificate_names: certificate.iter().map(|name| (*name).to_owned()).collect(),
            trusted: false,
            health_interval: None,
            number: None,
            max_calls: 1,
            fallback: None,
            transfers: false,
            direct_routing: None,
        };
        Accounts::new(
            OurHosts::new(["bridge.example"]),
            vec![user("room1", "2001"), user("room2", "2002")],
            vec![
                trunk("registered", None, None),
                trunk("by-address", Some("198.51.100.0/24"), None),
                trunk("by-name", None, Some("carrier.example")),
            ],
        )
    }

    #[test]
    fn a_user_is_one_at_our_hosts_only() {
        let accounts = accounts();
        let name = |alias: &Alias| accounts.user_at(alias, LOCAL).map(|user| &*user.name);
        assert_eq!(name(&Alias::sip("room1", "bridge.example")), Some("room1"));
        assert_eq!(name(&Alias::sip("2002", "192.0.2.1")), Some("room2"));
        assert_eq!(name(&Alias::Number("2001".to_owned())), Some("room1"));
        assert_eq!(name(&Alias::sip("room1", "elsewhere.example")), None);
        assert_eq!(name(&Alias::sip("room9", "bridge.example")), None);
    }

    #[test]
    fn a_trunk_is_known_by_certificate_then_by_address_then_by_our_registration() {
        let accounts = accounts();
        let proxies =
            |index| if index == 0 { vec!["203.0.113.5".parse().expect("ip")] } else { vec![] };
        let of = |source: &str, domains: &[&str]| {
            let domains: Vec<Arc<str>> = domains.iter().map(|name| Arc::from(*name)).collect();
            let index = accounts.trunk_of(source.parse().expect("ip"), &domains, proxies);
            index.map(|index| &*accounts.trunks[index].name)
        };
        assert_eq!(of("198.51.100.9", &["carrier.example"]), Some("by-name"));
        assert_eq!(of("198.51.100.9", &[]), Some("by-address"));
        assert_eq!(of("203.0.113.5", &[]), Some("registered"));
        assert_eq!(of("203.0.113.6", &["other.example"]), None);
    }
}

//! `[[user]]` and `[sip.trust]`: who has a password here, and who passes the lobby.

use super::raw::{RawConfig, RawDigest, RawTrust, RawUser};
use super::resolve::{Environment, Finder};
use super::source::At;
use causeway_adapter::sip::{self, Secret};
use causeway_base::Lang;
use causeway_conference::{Offered, Protocol};
use causeway_dial::Network;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The most users of a file: what the registrar can hold.
pub const MAX_USERS: usize = 65_536;

/// Everybody with a password.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// For the adapter.
    pub accounts: Vec<sip::User>,
    /// What else is known of each, by name.
    pub profiles: HashMap<Arc<str>, UserProfile>,
}

/// What a user is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserProfile {
    /// The language in which it is spoken to; `None`: whatever the reception finds.
    pub lang: Option<Lang>,
    /// It passes a lobby that is for the untrusted.
    pub trusted: bool,
}

/// Who passes a lobby that is for the untrusted.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Whoever calls from here.
    pub networks: Vec<Network>,
    /// Whoever shows a certificate of our authorities.
    pub certificates: bool,
    /// Trusted users, by name.
    pub users: HashSet<Arc<str>>,
    /// The proxies before the page: their address says nothing of who comes through them.
    pub proxies: Vec<Network>,
}

impl Trust {
    /// Whether a caller passes. The address of a UDP caller is a claim until its ACK: without one it
    /// holds a seat at most, hears nothing, and nobody is called for it.
    pub fn covers(&self, offered: &Offered) -> bool {
        let proof = &offered.proof;
        if proof.user.as_ref().is_some_and(|user| self.users.contains(user)) {
            return true;
        }
        // A trunk stands between the caller and us: its certificate and its network say nothing
        // of the caller.
        proof.trunk.is_none()
            && (self.certificates && proof.certificate.is_some() || self.is_near(offered))
    }

    /// Whether the caller's own address is one of those that are trusted. A browser has a proxy's
    /// where the proxy did not say whose it is.
    fn is_near(&self, offered: &Offered) -> bool {
        let source = offered.source.ip();
        let holds = |networks: &[Network]| networks.iter().any(|network| network.contains(source));
        let proxied = offered.protocol == Protocol::WebRtc && holds(&self.proxies);
        holds(&self.networks) && !proxied
    }
}

pub(super) fn users(
    finder: &mut Finder<'_>,
    raw: &[RawUser],
    environment: Environment<'_>,
) -> Users {
    let mut users = Users::default();
    if raw.len() > MAX_USERS {
        finder.find(&[At::Key("user")], format!("more than {MAX_USERS} users"), "remove some");
        return users;
    }
    let mut taken: HashMap<&str, usize> = HashMap::new();
    for (index, user) in raw.iter().enumerate() {
        let at = |key| [At::Key("user"), At::Index(index), At::Key(key)];
        if !is_name(&user.name) {
            let fix = "use letters, digits and - _ . + only, like \"room1\"";
            finder.find(&at("name"), "not a user name", fix);
        }
        for name in std::iter::once(&user.name).chain(&user.aliases) {
            if let Some(other) = taken.insert(name, index) {
                let what = format!("user[{other}] has {name:?} already");
                finder.find(&at("aliases"), what, "give each user its own names and numbers");
            }
        }
        let password = secret("USER", &user.name, user.password.reveal(), environment);
        if password.is_empty() {
            let variable = variable("USER", &user.name);
            finder.find(&at("password"), "no password", format!("set it here or in {variable}"));
        }
        let name: Arc<str> = Arc::from(user.name.as_str());
        let lang = lang(finder, &at("lang"), &user.lang);
        users.profiles.insert(Arc::clone(&name), UserProfile { lang, trusted: user.trusted });
        users.accounts.push(sip::User {
            name,
            password: Secret::Password(password),
            aliases: user.aliases.iter().map(|alias| Arc::from(alias.as_str())).collect(),
        });
    }
    users
}

pub(super) fn trust(
    finder: &mut Finder<'_>,
    raw: &RawTrust,
    users: &Users,
    proxies: &[Network],
) -> Trust {
    let networks = super::networks(&raw.networks).unwrap_or_else(|(index, error)| {
        let at = [At::Key("sip"), At::Key("trust"), At::Key("networks"), At::Index(index)];
        finder.find(&at, error, "write a network like \"10.0.0.0/8\"");
        Vec::new()
    });
    let trusted = users.profiles.iter().filter(|(_, profile)| profile.trusted);
    Trust {
        networks,
        certificates: raw.certificates,
        users: trusted.map(|(name, _)| Arc::clone(name)).collect(),
        proxies: proxies.to_vec(),
    }
}

/// The realm of users: as configured, else the first name of ours.
pub(super) fn realm(raw: &RawConfig) -> String {
    let named = Some(&raw.sip.realm).filter(|realm| !realm.is_empty());
    named.or(raw.network.hosts.first()).cloned().unwrap_or_else(|| "causeway".to_owned())
}

/// The algorithms of challenges, each once.
pub(super) fn digest(finder: &mut Finder<'_>, raw: &[RawDigest]) -> Vec<sip::Algorithm> {
    let asks = |algorithm| raw.contains(&algorithm);
    if raw.is_empty() {
        let at = [At::Key("sip"), At::Key("digest")];
        finder.find(&at, "nobody could prove a password", "allow \"sha-256\", \"md5\" or both");
    }
    let sha256 = asks(RawDigest::Sha256).then_some(sip::Algorithm::Sha256);
    let md5 = asks(RawDigest::Md5).then_some(sip::Algorithm::Md5);
    sha256.into_iter().chain(md5).collect()
}

/// A user part that needs no escaping anywhere.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b))
}

pub(super) fn lang(finder: &mut Finder<'_>, at: &[At<'_>], text: &str) -> Option<Lang> {
    let lang = Lang::from_tag(text);
    if lang.is_none() && !text.is_empty() {
        finder.find(at, format!("no language {text:?} here"), "use \"zh-CN\" or \"en\"");
    }
    lang
}

/// A password: from its variable, else as the file has it.
pub(super) fn secret(
    kind: &str,
    name: &str,
    configured: &str,
    environment: Environment<'_>,
) -> String {
    environment(&variable(kind, name)).unwrap_or_else(|| configured.to_owned())
}

/// The variable that holds a password: `CAUSEWAY_USER_PASSWORD_ROOM1`.
pub(super) fn variable(kind: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    format!("CAUSEWAY_{kind}_PASSWORD_{name}")
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use causeway_adapter::sip::Secret;
    use causeway_base::{Alias, Lang, LegId};
    use causeway_conference::{Offered, Proof, Protocol};

    const FILE: &str = "[network]\nhosts = [\"bridge.example\"]\n\
        [[user]]\nname = \"room1\"\npassword = \"secret1\"\naliases = [\"2001\"]\nlang = \"en\"\ntrusted = true\n\
        [[user]]\nname = \"phone\"\n[sip.trust]\nnetworks = [\"10.0.0.0/8\"]\n";

    fn parse(text: &str) -> Result<Config, crate::config::ConfigError> {
        Config::parse("test.toml", text, &|name| {
            (name == "CAUSEWAY_USER_PASSWORD_PHONE").then(|| "hunter2".to_owned())
        })
    }

    fn offered(source: &str, proof: Proof) -> Offered {
        Offered {
            leg: LegId(1),
            protocol: Protocol::Sip,
            called: Alias::sip("1001", "bridge.example"),
            calling: Alias::sip("room1", "bridge.example"),
            private: false,
            proof,
            display_name: String::new(),
            source: source.parse().expect(source),
            local: [127, 0, 0, 1].into(),
            secure: false,
            user_agent: None,
            device: Default::default(),
            pictures: true,
        }
    }

    #[test]
    fn users_have_passwords_from_the_file_or_the_environment() {
        let config = parse(FILE).expect("valid");
        assert_eq!(config.sip.realm, "bridge.example");
        assert_eq!(config.users.accounts.len(), 2);
        let passwords: Vec<_> = config.users.accounts.iter().map(|user| &user.password).collect();
        let [Secret::Password(first), Secret::Password(second)] = passwords.as_slice() else {
            panic!("two passwords")
        };
        assert_eq!((first.as_str(), second.as_str()), ("secret1", "hunter2"));
        assert_eq!(config.users.profiles["room1"].lang, Some(Lang::En));
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("secret1"));
    }

    #[test]
    fn wrong_users_are_reported_with_their_place() {
        let text = "[[user]]\nname = \"a b\"\npassword = \"x\"\n\
            [[user]]\nname = \"c\"\npassword = \"x\"\naliases = [\"7\"]\n\
            [[user]]\nname = \"7\"\nlang = \"fr\"\n";
        let problems = parse(text).expect_err("wrong").problems;
        let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        let mut expected = ["user[0].name", "user[2].aliases", "user[2].password", "user[2].lang"];
        let mut keys = keys;
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected);
    }

    /// bigbluebutton issue 9531: who dialled in by telephone was let in past the lobby.
    #[test]
    fn bbb_9531_the_certificate_of_a_trunk_does_not_bring_its_callers_past_the_lobby() {
        let trust = parse(FILE).expect("valid").trust;
        let proof = Proof {
            trunk: Some("carrier".into()),
            certificate: Some("proxy.carrier.example".into()),
            ..Proof::default()
        };
        assert!(!trust.covers(&offered("192.0.2.1:5061", proof.clone())));
        assert!(!trust.covers(&offered("10.1.2.3:5061", proof)), "nor does its network");
    }

    #[test]
    fn trust_is_proved_and_a_trunk_lends_no_network() {
        let trust = parse(FILE).expect("valid").trust;
        let user = |name: &str| Proof { user: Some(name.into()), ..Proof::default() };
        assert!(trust.covers(&offered("192.0.2.1:5060", user("room1"))));
        assert!(!trust.covers(&offered("192.0.2.1:5060", user("phone"))));
        assert!(!trust.covers(&offered("192.0.2.1:5060", Proof::default())));
        assert!(trust.covers(&offered("10.1.2.3:5060", Proof::default())));
        let trunk = Proof { trunk: Some("carrier".into()), ..Proof::default() };
        assert!(!trust.covers(&offered("10.1.2.3:5060", trunk)));
        let certificate = Proof { certificate: Some("room.example".into()), ..Proof::default() };
        assert!(trust.covers(&offered("192.0.2.1:5060", certificate)));
    }
}

//! `[[trunk]]`: who brings calls and carries them out.

use super::direct_routing::{self, TlsFiles};
use super::raw::{RawPictures, RawTrunk};
use super::resolve::{Environment, Finder};
use super::source::At;
use super::user::{is_name, lang, secret, variable};
use causeway_adapter::sip;
use causeway_base::{Alias, Lang};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The most trunks: each call may have to be compared with all.
pub const MAX_TRUNKS: usize = 256;

/// All trunks.
#[derive(Clone, Debug, Default)]
pub struct Trunks {
    /// For the adapter.
    pub lines: Vec<sip::Trunk>,
    /// What else is known of each, by name.
    pub profiles: HashMap<Arc<str>, TrunkProfile>,
}

/// What a trunk is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrunkProfile {
    /// The numbers that ring here: they stand on invitations. Where they lead the dial plan says.
    pub numbers: Vec<String>,
    /// It leads to an exchange of our own, whose extensions cost nothing.
    pub internal: bool,
    /// There are rooms behind it: its calls may have pictures.
    pub pictures: bool,
    /// The language in which its callers are greeted.
    pub lang: Option<Lang>,
    /// Where its certificate and whom it trusts are kept, where it is Direct Routing.
    pub direct_routing: Option<TlsFiles>,
}

pub(super) fn trunks(
    finder: &mut Finder<'_>,
    raw: &[RawTrunk],
    environment: Environment<'_>,
) -> Trunks {
    let mut trunks = Trunks::default();
    if raw.len() > MAX_TRUNKS {
        finder.find(&[At::Key("trunk")], format!("more than {MAX_TRUNKS} trunks"), "remove some");
        return trunks;
    }
    let mut taken: HashMap<&str, usize> = HashMap::new();
    for (index, trunk) in raw.iter().enumerate() {
        let at = |key| [At::Key("trunk"), At::Index(index), At::Key(key)];
        if !is_name(&trunk.name) {
            let fix = "use letters, digits and - _ . + only, like \"carrier-a\"";
            finder.find(&at("name"), "not a name for a trunk", fix);
        }
        if let Some(other) = taken.insert(&trunk.name, index) {
            let what = format!("trunk[{other}] has this name already");
            finder.find(&at("name"), what, "give each its own");
        }
        if !trunk.fallback.is_empty() && !raw.iter().any(|other| other.name == trunk.fallback) {
            finder.find(&at("fallback"), "no such trunk", "name another trunk of this file");
        }
        let leads_to = |other: &RawTrunk| other.name == trunk.fallback && is_teams(other);
        if !is_teams(trunk) && raw.iter().any(leads_to) {
            let fix =
                "name another trunk: Direct Routing takes encrypted media and its own numbers only";
            finder.find(&at("fallback"), "Direct Routing stands in for nobody", fix);
        }
        let name: Arc<str> = Arc::from(trunk.name.as_str());
        let profile = TrunkProfile {
            numbers: trunk.numbers.clone(),
            internal: trunk.internal,
            // Behind an exchange of our own there are rooms, behind a carrier telephones.
            pictures: match trunk.pictures {
                RawPictures::Auto => trunk.internal,
                RawPictures::On => true,
                RawPictures::Off => false,
            },
            lang: lang(finder, &at("lang"), &trunk.lang),
            direct_routing: is_teams(trunk).then(|| direct_routing::files(trunk)),
        };
        trunks.profiles.insert(Arc::clone(&name), profile);
        let line = line(finder, index, trunk, name, environment);
        trunks.lines.push(line);
    }
    trunks
}

fn is_teams(trunk: &RawTrunk) -> bool {
    trunk.profile == direct_routing::PROFILE
}

fn line(
    finder: &mut Finder<'_>,
    index: usize,
    raw: &RawTrunk,
    name: Arc<str>,
    environment: Environment<'_>,
) -> sip::Trunk {
    let at = |key| [At::Key("trunk"), At::Index(index), At::Key(key)];
    let sources = super::networks(&raw.sources).unwrap_or_else(|(number, error)| {
        let at = [At::Key("trunk"), At::Index(index), At::Key("sources"), At::Index(number)];
        finder.find(&at, error, "write a network like \"203.0.113.0/28\"");
        Vec::new()
    });
    let teams = if is_teams(raw) {
        Some(direct_routing::direct_routing(finder, index, raw))
    } else {
        direct_routing::foreign(finder, index, raw);
        None
    };
    let target = target(finder, index, &raw.target);
    if raw.register && (target.is_none() || raw.user.is_empty()) {
        let fix = "set `target` and `user`, or register = false";
        finder.find(&at("register"), "nowhere or nobody to register", fix);
    }
    let is_known = !sources.is_empty() || !raw.certificate_names.is_empty();
    if target.is_none() && !is_known && teams.is_none() {
        let fix = "set `target` to call out; `sources` or `certificate_names` to be called";
        finder.find(&at("name"), "a trunk that leads nowhere and brings nobody", fix);
    }
    let password = secret("TRUNK", &raw.name, raw.password.reveal(), environment);
    if password.is_empty() && !raw.user.is_empty() {
        let fix = format!("set it here or in {}", variable("TRUNK", &raw.name));
        finder.find(&at("password"), "no password", fix);
    }
    if raw.max_calls == 0 {
        finder.find(&at("max_calls"), "no call fits", "use 1 or more");
    }
    if raw.register && !(60..=86_400).contains(&raw.register_interval_s) {
        finder.find(&at("register_interval_s"), "out of range", "use 60 to 86400");
    }
    let interval = Duration::from_secs(raw.register_interval_s);
    let health = match Duration::from_secs(raw.health_interval_s) {
        // It sends calls to those only that ask regularly, and wants no more than that.
        health if teams.is_some() => health.max(direct_routing::INTERVAL),
        health => health,
    };
    sip::Trunk {
        name,
        credentials: (!raw.user.is_empty()).then(|| sip::Credentials {
            username: raw.user.clone(),
            password,
            realm: (!raw.realm.is_empty()).then(|| raw.realm.clone()),
        }),
        register: (raw.register && target.is_some()).then_some(interval),
        target,
        sources,
        certificate_names: raw.certificate_names.clone(),
        trusted: raw.trusted,
        health_interval: (!health.is_zero()).then_some(health),
        number: raw.numbers.first().cloned(),
        max_calls: raw.max_calls,
        fallback: (!raw.fallback.is_empty()).then(|| Arc::from(raw.fallback.as_str())),
        transfers: raw.transfers,
        direct_routing: teams,
    }
}

/// The proxy. Written without a scheme it is SIP.
fn target(finder: &mut Finder<'_>, index: usize, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let sip = text.starts_with("sip:") || text.starts_with("sips:");
    let uri = if sip { text.to_owned() } else { format!("sip:{text}") };
    // Its host is judged as that of any address; parameters are the adapter's.
    let plain = uri.split(';').next().unwrap_or_default().replacen("sips:", "sip:", 1);
    if Alias::parse(&plain).is_err() {
        let at = [At::Key("trunk"), At::Index(index), At::Key("target")];
        finder.find(&at, "not a SIP address", "write \"sip:proxy.example.com;transport=tls\"");
        return None;
    }
    Some(uri)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use causeway_base::Lang;
    use std::time::Duration;

    fn parse(text: &str) -> Result<Config, crate::config::ConfigError> {
        Config::parse("test.toml", text, &|_| None)
    }

    #[test]
    fn a_trunk_by_registration_and_one_by_address() {
        let config = parse(
            "[[trunk]]\nname = \"carrier\"\ntarget = \"proxy.carrier.example\"\nregister = true\n\
             user = \"8610\"\npassword = \"secret1\"\nnumbers = [\"+861012345678\"]\nlang = \"zh-CN\"\n\
             fallback = \"pbx\"\n[[trunk]]\nname = \"pbx\"\nsources = [\"192.0.2.0/24\"]\n\
             trusted = true\nhealth_interval_s = 0\ntarget = \"sip:192.0.2.9:5070;transport=tcp\"\n",
        )
        .expect("valid");
        let [carrier, pbx] = config.trunks.lines.as_slice() else { panic!("two") };
        assert_eq!(carrier.target.as_deref(), Some("sip:proxy.carrier.example"));
        assert_eq!(carrier.register, Some(Duration::from_secs(600)));
        assert_eq!(carrier.fallback.as_deref(), Some("pbx"));
        assert_eq!(pbx.health_interval, None);
        assert_eq!(pbx.register, None);
        assert!(pbx.trusted && !carrier.trusted);
        assert_eq!(config.trunks.profiles["carrier"].lang, Some(Lang::Zh));
        assert!(!format!("{config:?}").contains("secret1"));
    }

    #[test]
    fn an_exchange_of_our_own_has_rooms_behind_it_and_a_carrier_has_none_unless_it_is_said() {
        let sees = |more: &str| {
            let text = format!("[[trunk]]\nname = \"t\"\ntarget = \"sip:192.0.2.9\"\n{more}");
            parse(&text).expect("valid").trunks.profiles["t"].pictures
        };
        assert!(!sees("") && sees("internal = true\n") && sees("pictures = \"on\"\n"));
        assert!(!sees("internal = true\npictures = \"off\"\n"));
    }

    #[test]
    fn wrong_trunks_are_reported_with_their_place() {
        let problems = parse(
            "[[trunk]]\nname = \"a\"\n[[trunk]]\nname = \"a\"\ntarget = \"sip:\"\nregister = true\n\
             sources = [\"10.0.0.0/64\"]\nfallback = \"zzz\"\nmax_calls = 0\nuser = \"u\"\n",
        )
        .expect_err("wrong")
        .problems;
        let mut keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        keys.sort_unstable();
        let expected = [
            "trunk[0].name",
            "trunk[1].fallback",
            "trunk[1].max_calls",
            "trunk[1].name",
            "trunk[1].name",
            "trunk[1].password",
            "trunk[1].register",
            "trunk[1].sources[0]",
            "trunk[1].target",
        ];
        assert_eq!(keys, expected);
    }
}

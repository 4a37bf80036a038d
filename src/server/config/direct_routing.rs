//! A trunk with `profile = "teams-direct-routing"`: how we and the service of Microsoft Teams know
//! each other.

use super::raw::RawTrunk;
use super::resolve::Finder;
use super::source::At;
use causeway_adapter::sip;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The profile that makes a trunk one of Direct Routing.
pub(super) const PROFILE: &str = "teams-direct-routing";

/// The proxies of the commercial cloud, in the order in which they are to be tried.
const PROXIES: [&str; 3] =
    ["sip.pstnhub.microsoft.com", "sip2.pstnhub.microsoft.com", "sip3.pstnhub.microsoft.com"];

/// Where the proxies take connections.
const PROXY_PORT: u16 = 5061;

/// Where we listen unless something else is written: beside the port of rooms and telephones,
/// which show no certificate.
const LISTEN: &str = "0.0.0.0:5067";

/// How often the proxies may be asked whether they live, and want to be.
pub const INTERVAL: Duration = Duration::from_secs(60);

/// The longest name of a gateway that a tenant takes.
const MAX_FQDN: usize = 63;

/// Proxies of one trunk: there are three, and three more for who moves between clouds.
const MAX_PROXIES: usize = 6;

/// The files of a trunk under mutual TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: our certificate with its chain. `None`: the one of SIP.
    pub certificate: Option<PathBuf>,
    /// PEM: its key.
    pub key: Option<PathBuf>,
    /// PEM: whom we trust there. Empty: the named roots among those of the system.
    pub authorities: Vec<PathBuf>,
}

/// What stands in the keys of Direct Routing.
pub(super) fn direct_routing(
    finder: &mut Finder<'_>,
    index: usize,
    raw: &RawTrunk,
) -> sip::DirectRouting {
    let at = |key| [At::Key("trunk"), At::Index(index), At::Key(key)];
    if let Err((what, fix)) = judge_name(&raw.fqdn) {
        finder.find(&at("fqdn"), what, fix);
    }
    let is_e164 = |number: &String| {
        let digits = number.strip_prefix('+').unwrap_or_default();
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !raw.numbers.first().is_some_and(is_e164) {
        let fix = "write one of your numbers in Teams with its country, like \"+861012345678\"";
        finder.find(&at("numbers"), "calls out need a number as their caller", fix);
    }
    for (key, is_set) in [
        ("target", !raw.target.is_empty()),
        ("user", !raw.user.is_empty()),
        ("register", raw.register),
        ("sources", !raw.sources.is_empty()),
        ("certificate_names", !raw.certificate_names.is_empty()),
        ("fallback", !raw.fallback.is_empty()),
    ] {
        if is_set {
            finder.find(&at(key), "means nothing to Direct Routing", "take it away");
        }
    }
    if raw.certificate.is_empty() != raw.key.is_empty() {
        finder.find(&at("key"), "a certificate and its key go together", "set both or neither");
    }
    let listen = match raw.listen.is_empty() {
        true => LISTEN.parse().into_iter().collect(),
        false => addresses(finder, index, &raw.listen),
    };
    sip::DirectRouting {
        fqdn: Arc::from(raw.fqdn.to_ascii_lowercase()),
        listen,
        proxies: proxies(finder, index, &raw.proxies),
        tls: None,
    }
}

/// Its files.
pub(super) fn files(raw: &RawTrunk) -> TlsFiles {
    let path = |text: &String| (!text.is_empty()).then(|| PathBuf::from(text));
    TlsFiles {
        certificate: path(&raw.certificate),
        key: path(&raw.key),
        authorities: raw.authorities.iter().map(PathBuf::from).collect(),
    }
}

/// A key of Direct Routing at a trunk that is another.
pub(super) fn foreign(finder: &mut Finder<'_>, index: usize, raw: &RawTrunk) {
    for (key, is_set) in [
        ("fqdn", !raw.fqdn.is_empty()),
        ("proxies", !raw.proxies.is_empty()),
        ("listen", !raw.listen.is_empty()),
        ("certificate", !raw.certificate.is_empty()),
        ("key", !raw.key.is_empty()),
        ("authorities", !raw.authorities.is_empty()),
    ] {
        if is_set {
            let at = [At::Key("trunk"), At::Index(index), At::Key(key)];
            let fix = "write profile = \"teams-direct-routing\", or take it away";
            finder.find(&at, "is for Direct Routing of Teams only", fix);
        }
    }
}

/// Whether a tenant can register this name.
fn judge_name(name: &str) -> Result<(), (&'static str, &'static str)> {
    let fix = "write the name that the tenant registered, like \"sbc1.example.com\"";
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.is_empty() {
        return Err(("Direct Routing knows us by a name, and there is none", fix));
    }
    if name.parse::<IpAddr>().is_ok() || !name.contains('.') || !name.split('.').all(is_label) {
        return Err(("not a full name in the DNS", fix));
    }
    if name.len() > MAX_FQDN {
        return Err(("longer than the 63 characters that a tenant takes", fix));
    }
    if name.to_ascii_lowercase().ends_with(".onmicrosoft.com") {
        return Err(("a tenant takes no name below onmicrosoft.com", "use a domain of your own"));
    }
    Ok(())
}

fn addresses(finder: &mut Finder<'_>, index: usize, texts: &[String]) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        match text.parse() {
            Ok(address) => addresses.push(address),
            Err(error) => {
                let at = [At::Key("trunk"), At::Index(index), At::Key("listen"), At::Index(number)];
                let error: std::net::AddrParseError = error;
                finder.find(&at, error, "write an address with a port, like \"0.0.0.0:5067\"");
            }
        }
    }
    addresses
}

/// As SIP URIs, each with its port: so that no service record leads elsewhere.
fn proxies(finder: &mut Finder<'_>, index: usize, texts: &[String]) -> Vec<String> {
    let mut proxies = Vec::new();
    if texts.len() > MAX_PROXIES {
        let at = [At::Key("trunk"), At::Index(index), At::Key("proxies")];
        finder.find(&at, format!("more than {MAX_PROXIES} proxies"), "remove some");
    }
    let usual = PROXIES.map(str::to_owned);
    let texts = if texts.is_empty() { usual.as_slice() } else { texts };
    for (number, text) in texts.iter().enumerate().take(MAX_PROXIES) {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (text.as_str(), Some(PROXY_PORT)),
        };
        match (judge_name(host), port) {
            (Ok(()), Some(port)) => proxies.push(format!("sip:{host}:{port}")),
            _ => {
                let at =
                    [At::Key("trunk"), At::Index(index), At::Key("proxies"), At::Index(number)];
                let fix = "write a name, like \"sip.pstnhub.microsoft.com\"";
                finder.find(&at, "not a proxy of Direct Routing", fix);
            }
        }
    }
    proxies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigError};

    const TRUNK: &str = "[[trunk]]\nname = \"teams\"\nprofile = \"teams-direct-routing\"\n\
        fqdn = \"SBC1.example.com\"\nnumbers = [\"+861012345678\"]\n";

    fn parse(more: &str) -> Result<Config, ConfigError> {
        Config::parse("test.toml", &format!("{TRUNK}{more}"), &|_| None)
    }

    #[test]
    fn four_keys_make_a_trunk_to_teams() {
        let config = parse("").expect("valid");
        let trunk = &config.trunks.lines[0];
        let teams = trunk.direct_routing.as_ref().expect("Direct Routing");
        assert_eq!(&*teams.fqdn, "sbc1.example.com");
        assert_eq!(teams.listen, ["0.0.0.0:5067".parse().expect("an address")]);
        assert_eq!(teams.proxies[0], "sip:sip.pstnhub.microsoft.com:5061");
        assert_eq!((teams.proxies.len(), trunk.health_interval), (3, Some(INTERVAL)));
        let local = "192.0.2.9".parse().expect("an address");
        assert!(config.our_hosts.contains("sbc1.example.com", local), "it is called by that name");
    }

    #[test]
    fn what_a_tenant_or_its_proxies_would_refuse_is_said_at_once() {
        for (more, key) in [
            ("target = \"sip:192.0.2.1\"\n", "trunk[0].target"),
            ("fallback = \"teams\"\n", "trunk[0].fallback"),
            ("listen = [\"5067\"]\n", "trunk[0].listen[0]"),
            ("proxies = [\"192.0.2.1\"]\n", "trunk[0].proxies[0]"),
            ("proxies = [\"sip.example.com:x\"]\n", "trunk[0].proxies[0]"),
            ("certificate = \"a.pem\"\n", "trunk[0].key"),
            (
                "[[trunk]]\nname = \"b\"\ntarget = \"sip:192.0.2.1\"\nfqdn = \"a.example.com\"\n",
                "trunk[1].fqdn",
            ),
            (
                "[[trunk]]\nname = \"b\"\ntarget = \"sip:192.0.2.1\"\nfallback = \"teams\"\n",
                "trunk[1].fallback",
            ),
        ] {
            let problems = parse(more).expect_err(more).problems;
            let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
            assert_eq!(keys, [key], "{more}");
        }
        for (name, is_right) in [
            ("sbc.example.com", true),
            ("", false),
            ("sbc", false),
            ("192.0.2.1", false),
            ("a b.example.com", false),
            ("contoso.onmicrosoft.com", false),
            ("a-label-that-is-long.another-label-that-is-long.third.example.com", false),
        ] {
            assert_eq!(judge_name(name).is_ok(), is_right, "{name}");
        }
    }
}

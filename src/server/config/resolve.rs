//! Raw values to meaning. Collects every problem instead of stopping at the first.

use super::problem::{ConfigError, Problem};
use super::raw::{
    RawConference, RawConfig, RawEncryption, RawLobby, RawLogFormat, RawMedia, RawSip, RawUser,
};
use super::reception;
use super::source::{At, Source};
use super::{
    Config, H323, Log, MAX_CONFERENCES, Sip, TlsIdentity, api, calling_out, device, h323, invite,
    networks, profile, rule, sealed, trunk, user, video, web,
};
use crate::meeting::{CODE_DIGITS, Permanent, Pin, fold};
use causeway_adapter::sip;
use causeway_base::Codec;
use causeway_conference::{EndRules, KeyTable, NamedLayout, Settings};
use causeway_dial::{AliasPattern, Found, NameTable, NumberPlan, OurHosts, RateRule};
use causeway_engine::EngineConfig;
use causeway_plan::{Encryption, OfferPolicy};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Problems found so far, with the text that they are in.
pub(super) struct Finder<'a> {
    source: &'a Source<'a>,
    pub(super) problems: Vec<Problem>,
}

impl Finder<'_> {
    /// A path as people write it: `trunk[0].password`.
    pub(super) fn key(path: &[At<'_>]) -> String {
        let mut key = String::new();
        for step in path {
            match step {
                At::Key(name) if key.is_empty() => key.push_str(name),
                At::Key(name) => key.push_str(&format!(".{name}")),
                At::Index(index) => key.push_str(&format!("[{index}]")),
            }
        }
        key
    }

    pub(super) fn find(&mut self, path: &[At<'_>], what: impl Display, fix: impl Display) {
        let key = Self::key(path);
        let position = self.source.position(path);
        self.problems.push(Problem { position, key, what: what.to_string(), fix: fix.to_string() });
    }

    /// Reads each text of a list.
    pub(super) fn list<T: FromStr>(
        &mut self,
        table: &str,
        key: &str,
        texts: &[String],
        fix: &str,
    ) -> Vec<T>
    where
        T::Err: Display,
    {
        let mut values = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(error) => {
                    self.find(&[At::Key(table), At::Key(key), At::Index(index)], error, fix);
                }
            }
        }
        values
    }

    pub(super) fn range<T: PartialOrd + Display>(
        &mut self,
        table: &str,
        key: &str,
        value: T,
        low: T,
        high: T,
    ) {
        if value < low || value > high {
            let what = format!("{value} is out of range");
            self.find(&[At::Key(table), At::Key(key)], what, format!("use {low} to {high}"));
        }
    }
}

pub(super) fn resolve(
    source: &Source<'_>,
    mut raw: RawConfig,
    environment: Environment<'_>,
) -> Result<Config, ConfigError> {
    let mut finder = Finder { source, problems: Vec::new() };
    let state_dir = state_dir(&raw.node.state_dir, environment);
    let clear_secrets = sealed::open_all(&mut finder, &mut raw, &state_dir, environment);
    if !finder.problems.is_empty() {
        // Whatever read a sealed value next would complain of what it is not.
        return Err(ConfigError { name: source.name.to_owned(), problems: finder.problems });
    }
    let sip = sip(&mut finder, &raw, environment);
    let users = user::users(&mut finder, &raw.user, environment);
    let h323 = h323::h323(&mut finder, &raw.h323, &users.accounts, environment);
    let trunks = trunk::trunks(&mut finder, &raw.trunk, environment);
    let known_devices = Arc::new(profile::devices(&mut finder, &raw));
    let nameservers = nameservers(&mut finder, &raw.network.nameservers);
    let advertised = advertised(&mut finder, &raw);
    let rate = rate(&mut finder, &raw);
    let api = api::api(&mut finder, &raw.api, environment);
    let trust = user::trust(&mut finder, &raw.sip.trust, &users, &api.trusted_proxies);
    let engine = engine(&mut finder, &raw);
    let web = web::web(&mut finder, &raw.web, &api);
    let webrtc = web::webrtc(&mut finder, &raw.webrtc, &engine);
    let turn = web::turn(&mut finder, &raw.turn, environment);
    let policy = policy(&mut finder, &raw.media);
    let video = video::resolve(&mut finder, &raw.video);
    let numbers = rule::numbers(&mut finder, &raw.dial);
    let reception = reception::resolve(&mut finder, &raw.reception);
    let services = reception::services(&mut finder, &raw.reception, &numbers);
    let keys = Arc::new(reception::keys(&mut finder, &raw.keys));
    let mut conferences = conferences(&mut finder, &raw.conference, &keys, &numbers, services);
    user_names(&mut finder, &raw.user, &numbers, &mut conferences.names);
    let store = super::store::store(&mut finder, &raw.store, &state_dir, environment);
    finder.range("node", "max_calls", raw.node.max_calls, 1, 1_000_000);
    listen_once(&mut finder, (&sip, &h323), &api, &web);
    let hosts = our_hosts(&raw, &sip, &h323, &advertised);
    let calling_out = calling_out::calling_out(&mut finder, &raw.calling_out);
    let invite = invite::invite(&mut finder, &raw.invite, &raw.trunk, &numbers);
    let devices = device::devices(&mut finder, &raw.device, environment);
    let (plan, mut warnings) = rule::plan(&mut finder, &raw, hosts.clone(), numbers);
    let plan = Arc::new(plan);
    let (names, permanent) = (&conferences.names, &conferences.permanent);
    let operator = reception.operator.as_ref();
    calling_out::operator_is_open(&mut finder, operator, &plan, names, permanent);
    if !finder.problems.is_empty() {
        finder.problems.sort_by_key(|problem| problem.position);
        return Err(ConfigError { name: source.name.to_owned(), problems: finder.problems });
    }
    warnings.extend(invite::warnings(&invite, &plan, &conferences.names));
    let mut config = Config {
        max_calls: raw.node.max_calls,
        drain_limit: Duration::from_secs(raw.node.drain_limit_s),
        state_dir,
        log: Log {
            filter: environment("CAUSEWAY_LOG").unwrap_or(raw.log.level),
            json: raw.log.format == RawLogFormat::Json,
        },
        hosts: raw.network.hosts,
        our_hosts: hosts,
        advertised,
        sip,
        h323,
        nameservers,
        users,
        trust,
        trunks,
        rate,
        known_devices,
        profile_folder: PathBuf::from(&raw.profiles.folder),
        api,
        web,
        webrtc,
        turn,
        engine,
        policy,
        video,
        invite,
        devices,
        store,
        reception,
        keys,
        conferences: conferences.permanent,
        dial_plan: plan,
        transfers: calling_out.enabled && raw.calling_out.transfers,
        calling_out: Arc::new(calling_out),
        warnings,
        clear_secrets,
        names: conferences.names,
    };
    let barred = calling_out::unreachable(&config);
    config.warnings.extend(barred);
    config.warnings.extend(web::warnings(&config));
    Ok(config)
}

/// No two that listen by TCP can have one address. Port 0 is another each time.
fn listen_once(
    finder: &mut Finder<'_>,
    (sip, h323): (&Sip, &H323),
    api: &api::Api,
    web: &web::Web,
) {
    let http = api.acme.as_ref().map_or(&[][..], |acme| &acme.http);
    let plain = if web.enabled { &web.http[..] } else { &[] };
    let all: [(&[&str], &[SocketAddr]); 6] = [
        (&["sip", "tcp"], &sip.tcp),
        (&["sip", "tls"], &sip.tls),
        (&["h323", "listen"], &h323.listen),
        (&["api", "listen"], &api.listen),
        (&["api", "acme", "http"], http),
        (&["web", "http"], plain),
    ];
    let mut seen: Vec<SocketAddr> = Vec::new();
    for (path, addresses) in all {
        for address in addresses.iter().filter(|address| address.port() != 0) {
            if seen.contains(address) {
                let path: Vec<_> = path.iter().map(|key| At::Key(key)).collect();
                let what = format!("{address} is listened on already");
                finder.find(&path, what, "give each its own port");
            }
            seen.push(*address);
        }
    }
}

fn our_hosts(raw: &RawConfig, sip: &Sip, h323: &H323, advertised: &[sip::Advertised]) -> OurHosts {
    let bound =
        [&sip.udp, &sip.tcp, &sip.tls, &h323.listen].into_iter().flatten().map(SocketAddr::ip);
    let addresses: Vec<String> = bound
        .chain(advertised.iter().map(|rule| rule.advertised))
        // Who dials what stands on an invitation dials us.
        .chain(raw.invite.ip.parse())
        .filter(|address| !address.is_unspecified())
        .map(|address| address.to_string())
        .collect();
    let at_trunks = raw.trunk.iter().map(|trunk| &trunk.fqdn).filter(|name| !name.is_empty());
    let names = raw.network.hosts.iter().chain(at_trunks);
    OurHosts::new(addresses.iter().chain(names).map(String::as_str))
}

pub(super) fn state_dir(configured: &str, environment: Environment<'_>) -> PathBuf {
    if !configured.is_empty() {
        return PathBuf::from(configured);
    }
    environment("STATE_DIRECTORY")
        .map(PathBuf::from)
        .or_else(|| environment("XDG_STATE_HOME").map(|dir| PathBuf::from(dir).join("causeway")))
        .or_else(|| environment("HOME").map(|dir| PathBuf::from(dir).join(".local/state/causeway")))
        .unwrap_or_else(|| PathBuf::from("causeway-state"))
}

/// DNS servers; port 53 where none is written.
fn nameservers(finder: &mut Finder<'_>, texts: &[String]) -> Vec<SocketAddr> {
    let mut servers = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let plain = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
        match text.parse().or_else(|_| plain()) {
            Ok(server) => servers.push(server),
            Err(error) => {
                let at = [At::Key("network"), At::Key("nameservers"), At::Index(index)];
                finder.find(&at, error, "write an address like \"192.0.2.53\"");
            }
        }
    }
    servers
}

fn sip(finder: &mut Finder<'_>, config: &RawConfig, environment: Environment<'_>) -> Sip {
    let raw = &config.sip;
    let fix = "write an address with a port, like \"192.0.2.5:5060\" or \"[::]:5060\"";
    let sip = Sip {
        udp: finder.list("sip", "udp", &raw.udp, fix),
        tcp: finder.list("sip", "tcp", &raw.tcp, fix),
        tls: finder.list("sip", "tls", &raw.tls, fix),
        limits: sip::Limits {
            calls: config.node.max_calls,
            calls_per_source: raw.max_calls_per_source,
            connections: raw.max_connections,
            connections_per_source: raw.max_connections_per_source,
        },
        realm: user::realm(config),
        digest: user::digest(finder, &raw.digest),
        tls_identity: tls_identity(finder, raw, environment),
    };
    if raw.udp.is_empty() && raw.tcp.is_empty() && raw.tls.is_empty() {
        let path = [At::Key("sip"), At::Key("udp")];
        finder.find(&path, "nobody can call", "listen on at least one address");
    }
    sip
}

fn tls_identity(
    finder: &mut Finder<'_>,
    raw: &RawSip,
    environment: Environment<'_>,
) -> TlsIdentity {
    let path = |text: &String| (!text.is_empty()).then(|| PathBuf::from(text));
    let raw = &raw.tls_identity;
    let identity = TlsIdentity {
        certificate: path(&raw.certificate),
        key: path(&raw.key),
        key_pem: environment("CAUSEWAY_SIP_TLS_KEY"),
        client_authorities: path(&raw.client_authorities),
        client_required: raw.client_required,
        server_authorities: path(&raw.server_authorities),
    };
    let has_key = identity.key.is_some() || identity.key_pem.is_some();
    let table = [At::Key("sip"), At::Key("tls_identity")];
    if identity.certificate.is_some() && !has_key {
        finder.find(&table, "a certificate without its key", "set `key` or CAUSEWAY_SIP_TLS_KEY");
    }
    if identity.certificate.is_none() && has_key {
        finder.find(&table, "a key without its certificate", "set `certificate`");
    }
    identity
}

fn advertised(finder: &mut Finder<'_>, raw: &RawConfig) -> Vec<sip::Advertised> {
    let mut rules = Vec::new();
    for (index, rule) in raw.network.advertised.iter().enumerate() {
        let at = [At::Key("network"), At::Key("advertised"), At::Index(index)];
        match (rule.local.parse(), rule.address.parse()) {
            (Ok(local), Ok(advertised)) => rules.push(sip::Advertised { local, advertised }),
            _ => finder.find(
                &at,
                "`local` and `address` are IP addresses",
                "write for instance local = \"0.0.0.0\", address = \"203.0.113.5\"",
            ),
        }
    }
    rules
}

fn rate(finder: &mut Finder<'_>, raw: &RawConfig) -> RateRule {
    finder.range("rate", "calls_per_second", raw.rate.calls_per_second, 1, 100_000);
    finder.range("rate", "burst", raw.rate.burst, 1, 100_000);
    let exempt = networks(&raw.rate.exempt).unwrap_or_else(|(index, error)| {
        let at = [At::Key("rate"), At::Key("exempt"), At::Index(index)];
        finder.find(&at, error, "write a network like \"10.0.0.0/8\"");
        Vec::new()
    });
    RateRule { per_second: raw.rate.calls_per_second, burst: raw.rate.burst, exempt }
}

fn engine(finder: &mut Finder<'_>, raw: &RawConfig) -> EngineConfig {
    let media = &raw.media;
    finder.range("media", "dscp", media.dscp, 0, 63);
    finder.range("media", "port_min", media.port_min, 1024, 65_534);
    finder.range("node", "workers", raw.node.workers, 0, 1024);
    if media.port_max <= media.port_min {
        let at = [At::Key("media"), At::Key("port_max")];
        finder.find(
            &at,
            "not above `port_min`",
            "a call needs two ports, with pictures four: leave room for them",
        );
    }
    let defaults = EngineConfig::default();
    EngineConfig {
        workers: if raw.node.workers == 0 { defaults.workers } else { raw.node.workers },
        ports: media.port_min..=media.port_max,
        drain: Duration::from_secs(media.port_rest_s),
        dscp: media.dscp,
        silence: Duration::from_secs(media.silence_s.max(1)),
        realtime: media.realtime,
        webrtc: None,
        video: None,
    }
}

fn policy(finder: &mut Finder<'_>, raw: &RawMedia) -> OfferPolicy {
    let mut codecs = Vec::new();
    for (index, name) in raw.codecs.iter().enumerate() {
        let at = [At::Key("media"), At::Key("codecs"), At::Index(index)];
        match Codec::from_name(name) {
            Some(codec) if codecs.contains(&codec) => {
                finder.find(&at, "named twice", "remove one of the two");
            }
            Some(codec) => codecs.push(codec),
            None => {
                let fix = "use opus, g722, pcma (G.711 A-law) or pcmu (G.711 µ-law)";
                finder.find(&at, format!("no codec {name:?} here"), fix);
            }
        }
    }
    if raw.codecs.is_empty() {
        finder.find(&[At::Key("media"), At::Key("codecs")], "empty", "allow at least one codec");
    }
    if ![10, 20, 30, 40, 60].contains(&raw.ptime_ms) {
        let at = [At::Key("media"), At::Key("ptime_ms")];
        finder.find(&at, "not a packet length", "use 10, 20, 30, 40 or 60");
    }
    OfferPolicy {
        codecs,
        encryption: match raw.encryption {
            RawEncryption::Off => Encryption::Off,
            RawEncryption::BestEffort => Encryption::BestEffort,
            RawEncryption::Required => Encryption::Required,
        },
        ptime_ms: raw.ptime_ms,
        ..OfferPolicy::default()
    }
}

#[derive(Default)]
struct Conferences {
    permanent: Vec<Permanent>,
    names: NameTable,
}

fn conferences(
    finder: &mut Finder<'_>,
    raw: &[RawConference],
    keys: &Arc<KeyTable>,
    numbers: &NumberPlan,
    services: NameTable,
) -> Conferences {
    let mut conferences = Conferences { names: services, ..Conferences::default() };
    if raw.len() > MAX_CONFERENCES {
        let what = format!("more than {MAX_CONFERENCES} conferences");
        finder.find(&[At::Key("conference")], what, "remove some");
        return conferences;
    }
    for (index, conference) in raw.iter().enumerate() {
        let key = key(conference.aliases.first().map_or("", String::as_str));
        name(finder, index, &key, conference, numbers, &mut conferences.names);
        conference_limits(finder, index, conference);
        let permanent = permanent(finder, index, key, conference, keys);
        conferences.permanent.push(permanent);
    }
    conferences
}

/// The key of a conference: by its first alias, so that records and tokens know it again whatever
/// stands before it in the file. It fits into an address.
fn key(alias: &str) -> Arc<str> {
    const LONGEST: usize = 40;
    let alias = fold(alias);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if (1..=LONGEST).contains(&alias.len()) && alias.bytes().all(fits) {
        return format!("conference-{alias}").into();
    }
    let digest = hex::encode(Sha256::digest(&alias));
    // Longer than any alias that fits, so that none looks like it.
    format!("conference-{}", digest.get(..48).unwrap_or(&digest)).into()
}

fn name(
    finder: &mut Finder<'_>,
    index: usize,
    key: &Arc<str>,
    conference: &RawConference,
    numbers: &NumberPlan,
    names: &mut NameTable,
) {
    let aliases = [At::Key("conference"), At::Index(index), At::Key("aliases")];
    if conference.aliases.is_empty() {
        finder.find(&aliases, "nobody can reach it", "give it at least one alias like \"1001\"");
    }
    let code = [At::Key("conference"), At::Index(index), At::Key("code")];
    let codes = (!conference.code.is_empty()).then_some((&code[..], &conference.code));
    let places: Vec<_> = (0..conference.aliases.len())
        .map(|at| [aliases[0], aliases[1], aliases[2], At::Index(at)])
        .collect();
    let named = places.iter().map(|place| &place[..]).zip(&conference.aliases);
    for (at, text) in named.chain(codes) {
        match AliasPattern::parse(text) {
            Ok(pattern) => {
                let found = Found::Conference(Arc::clone(key));
                if let Err(other) = names.insert(&pattern, numbers, found) {
                    let what = format!("{} has this alias already", owner(&other));
                    finder.find(at, what, "give each conference its own");
                }
            }
            Err(error) => finder.find(at, error, "write \"1001\" or \"sip:room@example.com\""),
        }
    }
}

/// Who has a name, in words for a problem.
fn owner(found: &Found) -> String {
    match found {
        Found::Conference(key) => key.to_string(),
        Found::Reception { .. } => "reception.aliases".to_owned(),
        Found::TestCall => "reception.test_aliases".to_owned(),
        Found::User(name) => format!("user {name:?}"),
        _ => "somebody".to_owned(),
    }
}

/// What users are called: their devices ring at it.
fn user_names(
    finder: &mut Finder<'_>,
    raw: &[RawUser],
    numbers: &NumberPlan,
    names: &mut NameTable,
) {
    for (index, user) in raw.iter().enumerate() {
        let name = Arc::<str>::from(user.name.as_str());
        let at = |key| [At::Key("user"), At::Index(index), At::Key(key)];
        let own = std::iter::once((at("name"), &user.name));
        for (at, text) in own.chain(user.aliases.iter().map(|alias| (at("aliases"), alias))) {
            // What is no name is reported where users are read.
            let Ok(pattern) = AliasPattern::parse(text) else { continue };
            match names.insert(&pattern, numbers, Found::User(Arc::clone(&name))) {
                Ok(()) => {}
                // The same number in two forms, or two users: reported there too.
                Err(Found::User(_)) => {}
                Err(other) => {
                    let what = format!("{} has this name already", owner(&other));
                    finder.find(&at, what, "give each its own");
                }
            }
        }
    }
}

fn conference_limits(finder: &mut Finder<'_>, index: usize, conference: &RawConference) {
    let at = |key| [At::Key("conference"), At::Index(index), At::Key(key)];
    if conference.max_participants == 0 {
        finder.find(&at("max_participants"), "nobody can join", "use 1 or more");
    }
    if !(1..=16).contains(&conference.max_talkers) {
        finder.find(&at("max_talkers"), "out of range", "use 1 to 16");
    }
}

fn permanent(
    finder: &mut Finder<'_>,
    index: usize,
    key: Arc<str>,
    raw: &RawConference,
    keys: &Arc<KeyTable>,
) -> Permanent {
    let mut pin = |name: &'static str, text: &str| {
        let pin = Pin::parse(text);
        if pin.is_none() && !text.is_empty() {
            let at = [At::Key("conference"), At::Index(index), At::Key(name)];
            finder.find(&at, "not a PIN", "use 4 to 10 digits");
        }
        pin
    };
    let host_pin = pin("host_pin", &raw.host_pin);
    let guest_pin = pin("guest_pin", &raw.guest_pin);
    if host_pin.is_some() && raw.host_pin == raw.guest_pin {
        let at = [At::Key("conference"), At::Index(index), At::Key("guest_pin")];
        finder.find(&at, "every guest would be a host", "give hosts and guests different PINs");
    }
    let names = std::iter::once(&raw.code).chain(&raw.aliases);
    let is_short = |name: &&String| {
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        is_number && name.len() < CODE_DIGITS
    };
    let is_held = raw.lobby != RawLobby::Off;
    if guest_pin.is_none() && !raw.open && !is_held && names.clone().any(|name| is_short(&name)) {
        let at = [At::Key("conference"), At::Index(index), At::Key("guest_pin")];
        let what =
            format!("a number under {CODE_DIGITS} digits, which can be guessed, without a PIN");
        let fix = "set guest_pin or a lobby, use longer numbers, or say open = true";
        finder.find(&at, what, fix);
    }
    let layout = NamedLayout::from_name(&raw.layout);
    if layout.is_none() && !raw.layout.is_empty() {
        let at = [At::Key("conference"), At::Index(index), At::Key("layout")];
        let names = NamedLayout::ALL.map(NamedLayout::name).join(", ");
        finder.find(&at, format!("no layout {:?}", raw.layout), format!("use {names} or nothing"));
    }
    let settings = settings(raw, keys);
    Permanent {
        key,
        aliases: raw.aliases.clone(),
        code: (!raw.code.is_empty()).then(|| raw.code.clone()),
        settings,
        layout,
        host_pin,
        guest_pin,
    }
}

fn settings(raw: &RawConference, keys: &Arc<KeyTable>) -> Settings {
    let limit = |seconds: u64| (seconds != 0).then(|| Duration::from_secs(seconds));
    Settings {
        name: raw.name.clone(),
        max_participants: raw.max_participants,
        max_talkers: raw.max_talkers,
        auto_gain: raw.auto_gain,
        lobby: reception::lobby(raw.lobby),
        wait_for_host: raw.wait_for_host,
        longest_wait: limit(raw.longest_wait_s),
        mute_on_entry: raw.mute_on_entry,
        chimes: raw.chimes,
        guests_call_me: raw.guests_call_me,
        starts_in: None,
        locked_at_start: raw.locked_at_start,
        keys: Arc::clone(keys),
        end: EndRules {
            linger: Duration::from_secs(raw.linger_s),
            max_duration: limit(raw.max_duration_s),
            host_grace: limit(raw.host_grace_s),
        },
        // What is the bridge's is given to every conference when it begins.
        ..Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_conference_follows_its_alias_and_fits_into_an_address() {
        let of = |text: &str| {
            let config = Config::parse("test.toml", text, &|_| None).expect("valid");
            config.conferences.iter().map(|one| one.key.to_string()).collect::<Vec<_>>()
        };
        let (first, second) = (
            "[[conference]]\naliases = [\"100100100\"]\n",
            "[[conference]]\naliases = [\"Board\"]\n",
        );
        assert_eq!(of(&format!("{first}{second}")), ["conference-100100100", "conference-board"]);
        assert_eq!(of(second), ["conference-board"]);
        for odd in ["+86 21 5555 0000", "sip:board@example.com", "会议室", &"x".repeat(41)] {
            let key = key(odd);
            assert!(
                key.len() <= 64 && key.parse::<crate::api::resource::MeetingId>().is_ok(),
                "{key}"
            );
        }
        assert_ne!(key("会议室"), key("会议"));
    }
}

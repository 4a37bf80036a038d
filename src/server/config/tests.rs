//! The configuration: the documented file and the types agree, and every error names its place.

use super::raw::RawConfig;
use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse("test.toml", text, &|_| None)
}

fn problems(text: &str) -> Vec<Problem> {
    parse(text).expect_err(text).problems
}

#[test]
fn the_documented_file_is_the_default() {
    let file: RawConfig = toml::from_str(DEFAULT_FILE).expect("the built-in file");
    assert_eq!(file, RawConfig::default());
    assert_eq!(toml::from_str::<RawConfig>("").expect("empty"), RawConfig::default());
}

/// Also with the examples (`#key = …`) taken in.
#[test]
fn the_documented_file_names_every_key() {
    let all: String = DEFAULT_FILE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(example) if !example.is_empty() && !example.starts_with(' ') => example,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    parse(&all).expect("the examples are valid");
    let documented: toml::Table = all.parse().expect("TOML");
    let schema = toml::Table::try_from(RawConfig::specimen()).expect("TOML");
    fn compare(schema: &toml::Table, documented: &toml::Table, path: &str) {
        for (key, value) in schema {
            let there = documented.get(key).unwrap_or_else(|| panic!("{path}{key} is missing"));
            match (value, there) {
                (toml::Value::Table(inner), toml::Value::Table(there)) => {
                    compare(inner, there, &format!("{path}{key}."));
                }
                (toml::Value::Array(inner), toml::Value::Array(there)) => {
                    if let (Some(inner), Some(there)) = (
                        inner.first().and_then(toml::Value::as_table),
                        there.first().and_then(toml::Value::as_table),
                    ) {
                        compare(inner, there, &format!("{path}{key}[]."));
                    }
                }
                _ => {}
            }
        }
    }
    compare(&schema, &documented, "");
}

#[test]
fn an_unknown_key_names_its_place_and_the_nearest_known_one() {
    let found = problems("[node]\nworkers = 1\n\n[media]\n  prot_min = 20000\n[sipp]\nudp = []\n");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].position, Some((5, 3)));
    assert_eq!(found[0].key, "media.prot_min");
    assert!(found[0].fix.contains("`port_min`"), "{}", found[0].fix);
    assert_eq!(found[1].key, "sipp");
    assert!(found[1].fix.contains("`sip`"), "{}", found[1].fix);
    let found = problems("[[conference]]\naliases = [\"1\"]\nlingers = 3\n");
    assert_eq!((found[0].position, found[0].key.as_str()), (Some((3, 1)), "conference.lingers"));
    assert!(found[0].fix.contains("`linger_s`"), "{}", found[0].fix);
    let found = problems("[log]\nzzz = 1\n");
    assert!(
        found[0].fix.contains("`level`, `format`") || found[0].fix.contains("`format`, `level`")
    );
}

#[test]
fn a_wrong_kind_names_its_place() {
    let found = problems("[media]\nport_min = \"many\"\n");
    assert_eq!((found[0].position, found[0].key.as_str()), (Some((2, 12)), "port_min"));
    let found = problems("[media]\nencryption = \"maybe\"\n");
    assert!(found[0].what.contains("best-effort"), "{}", found[0].what);
    let found = problems("[media\n");
    assert_eq!(found[0].position.map(|at| at.0), Some(1));
}

#[test]
fn every_wrong_value_is_reported_with_its_place() {
    let text = "[sip]\nudp = [\"127.0.0.1:5060\", \"localhost\"]\n[rate]\nburst = 0\nexempt = [\"10.0.0.0/64\"]\n\
        [media]\nport_min = 5000\nport_max = 5000\ncodecs = [\"opus\", \"g729\"]\nptime_ms = 25\n\
        [[conference]]\naliases = []\n[[conference]]\naliases = [\"7\", \"a b\"]\nopen = true\n[[conference]]\naliases = [\"7\"]\nopen = true\n";
    let found: Vec<_> = problems(text).into_iter().map(|p| (p.key, p.position)).collect();
    let expected = [
        ("sip.udp[1]", (2, 26)),
        ("rate.burst", (4, 9)),
        ("rate.exempt[0]", (5, 11)),
        ("media.port_max", (8, 12)),
        ("media.codecs[1]", (9, 19)),
        ("media.ptime_ms", (10, 12)),
        ("conference[0].aliases", (12, 11)),
        ("conference[1].aliases[1]", (14, 17)),
        ("conference[2].aliases[0]", (17, 12)),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(key, at)| ((*key).to_owned(), Some(*at))).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_short_number_needs_a_pin_for_guests_or_an_express_word() {
    let conference = |more: &str| format!("[[conference]]\naliases = [\"1001\"]\n{more}");
    let found = problems(&conference("host_pin = \"4711\"\n"));
    let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["conference[0].guest_pin"]);
    assert!(found[0].fix.contains("open = true"), "{}", found[0].fix);
    for fine in ["guest_pin = \"4711\"\n", "open = true\n", "lobby = \"untrusted\"\n"] {
        assert!(Config::parse("test.toml", &conference(fine), &|_| None).is_ok(), "{fine}");
    }
    for names in ["aliases = [\"123456789\"]", "aliases = [\"board\"]"] {
        let text = format!("[[conference]]\n{names}\n");
        assert!(Config::parse("test.toml", &text, &|_| None).is_ok(), "{names}");
    }
}

#[test]
fn configured_conferences_have_ten_minutes_of_grace_after_their_last_host() {
    let text = "[[conference]]\naliases = [\"board\"]\nlocked_at_start = true\n";
    let config = Config::parse("test.toml", text, &|_| None).expect("valid");
    let conference = &config.conferences[0];
    assert_eq!(conference.settings.end.host_grace, Some(causeway_conference::policy::HOST_GRACE));
    assert!(conference.settings.locked_at_start);
}

#[test]
fn a_wrong_rule_or_prefix_is_reported_with_its_place() {
    let text = "[dial]\ncountry_code = \"086\"\narea_code = \"x\"\n\
        [[rule]]\nmatch = '('\nto = \"test\"\n[[rule]]\nmatch = '5'\nto = 'sip:${x}@y'\nlang = \"fr\"\n\
        [[rule]]\nmatch = '5'\nto = 'gateway:isp:5'\ntrunk = \"x\"\n\
        [calling_out]\nallow = [\"+86\", \"0086\"]\ndomains = [\"*.example.com\"]\ncall_minutes = 0\n";
    let found: Vec<_> = problems(text).into_iter().map(|p| (p.key, p.position)).collect();
    let expected = [
        ("dial.country_code", (2, 16)),
        ("dial.area_code", (3, 13)),
        ("rule[0].match", (5, 9)),
        ("rule[1].to", (9, 6)),
        ("rule[2].to", (13, 6)),
        ("rule[2].trunk", (14, 9)),
        ("calling_out.allow[1]", (16, 17)),
        ("calling_out.domains[0]", (17, 12)),
        ("calling_out.call_minutes", (18, 16)),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(key, at)| ((*key).to_owned(), Some(*at))).collect();
    assert_eq!(found, expected);
}

#[test]
fn rules_that_take_each_others_calls_are_warned_of() {
    let text = "[[rule]]\nname = \"all\"\nmatch = '5.*'\nto = \"test\"\n[[rule]]\nmatch = '55'\nto = \"reject\"\n";
    let config = parse(text).expect("odd, but allowed");
    assert_eq!(config.warnings, ["rule \"rule[1]\": rule \"all\" comes first for \"55\""]);
    assert_eq!(config.dial_plan.rules().len(), 2);
    assert!(!config.calling_out.enabled);
}

#[test]
fn an_error_reads_as_file_line_column_key_and_fix() {
    let error = parse("[media]\nport_mix = 1\n").expect_err("unknown").to_string();
    assert!(
        error.starts_with("test.toml:2:1: `media.port_mix`: no such key\n    fix: "),
        "{error}"
    );
}

#[test]
fn secrets_come_from_the_environment_and_never_show() {
    let text = "[sip.tls_identity]\ncertificate = \"chain.pem\"\n";
    assert_eq!(problems(text)[0].key, "sip.tls_identity");
    let environment =
        |name: &str| (name == "CAUSEWAY_SIP_TLS_KEY").then(|| "-----BEGIN SECRET".to_owned());
    let config = Config::parse("test.toml", text, &environment).expect("with its key");
    assert!(config.sip.tls_identity.key_pem.is_some());
    assert!(!format!("{config:?}").contains("SECRET"));
}

#[test]
fn the_first_matching_local_address_is_advertised() {
    let text = "[[network.advertised]]\nlocal = \"10.0.0.5\"\naddress = \"203.0.113.5\"\n\
        [[network.advertised]]\nlocal = \"0.0.0.0\"\naddress = \"198.51.100.1\"\n";
    let config = parse(text).expect("valid");
    let told = |local: &str| config.advertised(local.parse().expect(local)).to_string();
    assert_eq!(told("10.0.0.5"), "203.0.113.5");
    assert_eq!(told("10.0.0.6"), "198.51.100.1");
    assert_eq!(told("fd00::1"), "fd00::1");
}

proptest! {
    /// A file that was damaged anywhere is refused with a problem or read, never a panic.
    #[test]
    fn a_damaged_file_is_survived(at in 0..DEFAULT_FILE.len(), cut in 0usize..40, text in "[ -~\n]{0,20}") {
        let start = DEFAULT_FILE.floor_char_boundary(at);
        let end = DEFAULT_FILE.ceil_char_boundary((at + cut).min(DEFAULT_FILE.len()));
        let damaged = [&DEFAULT_FILE[..start], text.as_str(), &DEFAULT_FILE[end.max(start)..]].concat();
        if let Err(error) = parse(&damaged) {
            prop_assert!(!error.problems.is_empty() && !error.to_string().is_empty());
        }
    }
}

#[test]
fn the_store_is_a_file_beside_the_bridge_unless_a_url_says_otherwise() {
    use crate::store::Location;
    let dir = "[node]\nstate_dir = \"/var/lib/causeway\"\n[store]\nretention_days = 7\n";
    let config = parse(dir).expect("valid");
    assert_eq!(config.store.location, Location::Sqlite("/var/lib/causeway/causeway.db".into()));
    assert_eq!(config.store.retention.personal.as_hours(), 7 * 24);
    let url = "postgres://causeway:secret@db.example.com/causeway?sslmode=verify-full";
    let config = parse(&format!("[store]\nurl = \"{url}\"\n")).expect("valid");
    assert_eq!(config.store.location, Location::Postgres(url.to_owned()));
    assert!(!format!("{config:?}").contains("secret@"));
    let secret = |name: &str| match name {
        "CAUSEWAY_STORE_URL" => Some(url.to_owned()),
        "CAUSEWAY_SECRET_KEY" => Some("c2VjcmV0".to_owned()),
        _ => None,
    };
    let config = Config::parse("test.toml", dir, &secret).expect("valid");
    assert_eq!(config.store.location, Location::Postgres(url.to_owned()));
    assert!(!format!("{config:?}").contains("c2VjcmV0"));
    let found = problems("[store]\nurl = \"mysql://x\"\nrecord_retention_days = 0\n");
    let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["store.url", "store.record_retention_days"]);
}

#[test]
fn two_that_listen_on_one_address_are_an_error_and_an_invited_address_is_ours() {
    let found = problems("[sip]\ntcp = [\"127.0.0.1:8443\"]\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "api.listen");
    let config = parse("[invite]\nip = \"203.0.113.5\"\n").expect("valid");
    let local = [192, 0, 2, 1].into();
    assert!(config.our_hosts.contains("203.0.113.5", local));
}

/// `make run` opens nothing to the network.
#[test]
fn the_built_in_file_listens_on_this_machine_only() {
    let config = parse(DEFAULT_FILE).expect("valid");
    let sip = [&config.sip.udp, &config.sip.tcp, &config.sip.tls].into_iter().flatten();
    let all: Vec<_> = sip.chain(&config.api.listen).collect();
    assert!(all.len() >= 4 && all.iter().all(|address| address.ip().is_loopback()), "{all:?}");
}

#[test]
fn a_name_that_two_have_is_an_error_whoever_has_it() {
    let twice = |text: &str| {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].key.clone(), found[0].what.clone())
    };
    let (key, what) = twice("[[conference]]\naliases = [\"9000\"]\nopen = true\n");
    assert_eq!(key, "conference[0].aliases[0]");
    assert!(what.contains("reception.aliases"), "{what}");
    let user = "[[user]]\nname = \"room1\"\npassword = \"secret1\"\naliases = [\"1001\"]\n";
    let (key, what) = twice(&format!("[[conference]]\naliases = [\"1001\"]\nopen = true\n{user}"));
    assert_eq!(key, "user[0].aliases");
    assert!(what.contains("conference-1001"), "{what}");
}

#[test]
fn an_operator_behind_a_pin_or_at_the_reception_or_the_test_call_is_an_error() {
    let rooms = "[[conference]]\naliases = [\"1001\"]\nguest_pin = \"135790\"\n\
        [[conference]]\naliases = [\"1002\"]\nopen = true\nhost_pin = \"4711\"\n\
        [[rule]]\nmatch = '77'\nto = \"conference:1001\"\n";
    let file = |operator: &str| format!("[reception]\noperator = \"{operator}\"\n{rooms}");
    for operator in ["1001", "77", "9000", "9999"] {
        let found = problems(&file(operator));
        assert_eq!(found.len(), 1, "{operator}: {found:?}");
        assert_eq!(
            (found[0].key.as_str(), found[0].position),
            ("reception.operator", Some((2, 12)))
        );
    }
    assert!(parse(&file("1002")).is_ok(), "hosts may have a PIN");
}

#[test]
fn an_operator_or_a_rule_that_calls_nobody_is_noted_and_one_that_does_is_not() {
    let trunk = "[[trunk]]\nname = \"pbx\"\ntarget = \"sip:192.0.2.8\"\n";
    let operator = |alias: &str, more: &str| {
        let text = format!("[reception]\noperator = \"{alias}\"\n{trunk}{more}");
        parse(&text).expect("valid").warnings
    };
    let [note] = operator("2001", "").try_into().expect("one note");
    assert!(note.starts_with("reception.operator"), "{note}");
    assert!(operator("2001", "internal = true\n").is_empty());
    assert!(operator("1001", "").is_empty(), "a conference");
    let user = "[[user]]\nname = \"desk\"\npassword = \"secret1\"\naliases = [\"2001\"]\n";
    assert!(operator("2001", user).is_empty(), "a user of ours");
    let rule = "[[rule]]\nmatch = '3\\d{3}'\nto = \"gateway:pbx:3001\"\n";
    assert_eq!(parse(&format!("{trunk}{rule}")).expect("valid").warnings.len(), 1);
    let internal = format!("{trunk}internal = true\n{rule}");
    assert!(parse(&internal).expect("valid").warnings.is_empty());
}

//! Secrets that stand encrypted in a file: `password = "sealed:…"`, made by `causeway seal` with
//! the key of the store. Wherever a secret may stand a sealed one may.

use super::raw::RawConfig;
use super::resolve::{Environment, Finder};
use super::source::At;
use crate::store::secret::KEY_VARIABLE;
use crate::store::{SecretError, Secrets, StoreError};
use std::path::Path;

/// How a sealed value begins. No PIN and no URL begins so; a password that does must be sealed.
const PREFIX: &str = "sealed:";

/// The value for a file.
///
/// # Errors
/// When the system has no random numbers.
pub fn seal(secrets: &Secrets, plain: &str) -> Result<String, StoreError> {
    Ok(format!("{PREFIX}{}", secrets.seal_setting(plain)?))
}

/// Puts the secret in the place of each sealed value. Returns the keys of those that stood there
/// as they are.
pub(super) fn open_all(
    finder: &mut Finder<'_>,
    raw: &mut RawConfig,
    state_dir: &Path,
    environment: Environment<'_>,
) -> Vec<String> {
    let mut opener = Opener { state_dir, environment, secrets: None };
    let mut clear = Vec::new();
    for (at, text) in places(raw) {
        match text.strip_prefix(PREFIX) {
            Some(sealed) => match opener.open(sealed) {
                Ok(plain) => *text = plain,
                Err((what, fix)) => finder.find(&at, what, fix),
            },
            None if !text.is_empty() => clear.push(Finder::key(&at)),
            None => {}
        }
    }
    clear
}

/// Every secret of a file, and where it stands.
fn places(raw: &mut RawConfig) -> Vec<(Vec<At<'static>>, &mut String)> {
    let mut places = Vec::new();
    for (index, user) in raw.user.iter_mut().enumerate() {
        places.push((entry("user", index, "password"), user.password.text_mut()));
    }
    for (index, trunk) in raw.trunk.iter_mut().enumerate() {
        places.push((entry("trunk", index, "password"), trunk.password.text_mut()));
    }
    for (index, device) in raw.device.iter_mut().enumerate() {
        places.push((entry("device", index, "password"), device.password.text_mut()));
    }
    for (index, conference) in raw.conference.iter_mut().enumerate() {
        places.push((entry("conference", index, "host_pin"), &mut conference.host_pin));
        places.push((entry("conference", index, "guest_pin"), &mut conference.guest_pin));
    }
    let upstream = vec![At::Key("h323"), At::Key("upstream"), At::Key("password")];
    places.push((upstream, raw.h323.upstream.password.text_mut()));
    places.push((vec![At::Key("turn"), At::Key("secret")], raw.turn.secret.text_mut()));
    if has_password(&raw.store.url) {
        places.push((vec![At::Key("store"), At::Key("url")], &mut raw.store.url));
    }
    places
}

fn entry(table: &'static str, index: usize, key: &'static str) -> Vec<At<'static>> {
    vec![At::Key(table), At::Index(index), At::Key(key)]
}

/// A URL without one is no secret.
fn has_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    url.starts_with(PREFIX) || user.contains(':')
}

/// Reads the key when the first sealed value needs it.
struct Opener<'a> {
    state_dir: &'a Path,
    environment: Environment<'a>,
    secrets: Option<Result<Secrets, SecretError>>,
}

impl Opener<'_> {
    fn open(&mut self, sealed: &str) -> Result<String, (String, &'static str)> {
        let secrets = self.secrets.get_or_insert_with(|| {
            let key = (self.environment)(KEY_VARIABLE);
            Secrets::existing(self.state_dir, key.as_deref())
        });
        match secrets {
            Err(error) => {
                let fix = "the key that it was sealed with must be in node.state_dir or in \
                    CAUSEWAY_SECRET_KEY; or seal it again with `causeway seal`";
                Err((format!("sealed, but there is no key: {error}"), fix))
            }
            Ok(secrets) => {
                secrets.open_setting(sealed).map(|plain| plain.to_string()).map_err(|_| {
                    let fix = "restore the key that it was sealed with, or seal it again with \
                    `causeway seal`";
                    ("sealed with another key, or damaged".to_owned(), fix)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigError};
    use causeway_adapter::sip::Secret;

    const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";

    fn parse(text: &str, key: Option<&str>) -> Result<Config, ConfigError> {
        let text = format!("[node]\nstate_dir = \"/nonexistent\"\n{text}");
        Config::parse("test.toml", &text, &|name| {
            (name == KEY_VARIABLE).then(|| key.map(str::to_owned)).flatten()
        })
    }

    fn sealed(plain: &str) -> String {
        seal(&Secrets::new(&[1; 32]), plain).expect("sealed")
    }

    fn file() -> String {
        format!(
            "[store]\nurl = \"{}\"\n[[user]]\nname = \"room1\"\npassword = \"{}\"\n\
             [[trunk]]\nname = \"isp\"\ntarget = \"sip:isp.example\"\nuser = \"8610\"\npassword = \"{}\"\n\
             [[conference]]\naliases = [\"board\"]\nhost_pin = \"{}\"\nguest_pin = \"{}\"\n",
            sealed("postgres://u:p4@db.example/causeway"),
            sealed("first secret"),
            sealed("second secret"),
            sealed("4711"),
            sealed("0815"),
        )
    }

    #[test]
    fn a_sealed_value_stands_wherever_a_secret_may() {
        let text = file();
        assert!(!text.contains("\"4711\"") && !text.contains("secret\""));
        let config = parse(&text, Some(KEY)).expect("valid");
        assert_eq!(config.clear_secrets, Vec::<String>::new());
        let Secret::Password(password) = &config.users.accounts[0].password else { panic!() };
        assert_eq!(password.as_str(), "first secret");
        let trunk = config.trunks.lines[0].credentials.as_ref().expect("credentials");
        assert_eq!(trunk.password.as_str(), "second secret");
        let room = &config.conferences[0];
        assert!(room.host_pin.as_ref().is_some_and(|pin| pin.matches("4711")));
        assert!(room.guest_pin.as_ref().is_some_and(|pin| pin.matches("0815")));
        let postgres =
            crate::store::Location::Postgres("postgres://u:p4@db.example/causeway".into());
        assert_eq!(config.store.location, postgres);
    }

    #[test]
    fn another_key_is_named_as_the_reason_and_no_key_is_made() {
        let other = KEY.replace("01", "02");
        let problems = parse(&file(), Some(&other)).expect_err("another key").problems;
        let places: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        for place in
            ["store.url", "user[0].password", "trunk[0].password", "conference[0].host_pin"]
        {
            let found = problems.iter().find(|problem| problem.key == place);
            let found = found.unwrap_or_else(|| panic!("{place} is missing in {places:?}"));
            assert_eq!(found.what, "sealed with another key, or damaged");
            assert!(found.position.is_some() && found.fix.contains("causeway seal"));
        }
        let problems = parse(&file(), None).expect_err("no key").problems;
        assert!(problems[0].what.contains("/nonexistent/secret.key"), "{:?}", problems[0]);
        assert!(!Path::new("/nonexistent").exists());
    }

    #[test]
    fn clear_secrets_are_named_without_their_values() {
        let text = "[store]\nurl = \"postgres://u:hunter2@db.example/causeway\"\n\
            [[user]]\nname = \"a\"\npassword = \"hunter2\"\n[[user]]\nname = \"b\"\npassword = \"";
        let text = format!(
            "{text}{}\"\n[[conference]]\naliases = [\"board\"]\nhost_pin = \"4711\"\n",
            sealed("x")
        );
        let config = parse(&text, Some(KEY)).expect("valid");
        assert_eq!(
            config.clear_secrets,
            ["user[0].password", "conference[0].host_pin", "store.url"]
        );
        let quiet = "[store]\nurl = \"postgres://db.example/causeway\"\n";
        assert!(parse(quiet, None).expect("valid").clear_secrets.is_empty());
    }
}

//! `[profiles]`: files of profiles of the operator's own, and who has which.

use super::raw::RawConfig;
use super::resolve::Finder;
use super::source::{At, read_text};
use crate::device::Devices;
use causeway_dial::Profiles;
use causeway_dial::profile::table::MAX_PROFILES;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

pub(super) fn devices(finder: &mut Finder<'_>, raw: &RawConfig) -> Devices {
    let mut devices = Devices { own: own(finder, &raw.profiles.folder), ..Devices::default() };
    let users = raw.user.iter().map(|user| (&user.name, &user.profile));
    devices.users = named(finder, "user", users, &devices);
    let trunks = raw.trunk.iter().map(|trunk| (&trunk.name, &trunk.profile));
    devices.trunks = named(finder, "trunk", trunks, &devices);
    devices
}

fn own(finder: &mut Finder<'_>, folder: &str) -> Option<Arc<Profiles>> {
    if folder.is_empty() {
        return None;
    }
    let at = [At::Key("profiles"), At::Key("folder")];
    let files = match files(Path::new(folder)) {
        Ok(files) => files,
        Err(what) => {
            finder.find(&at, what, "name a folder with files like acme.toml, or leave it empty");
            return None;
        }
    };
    match Profiles::with(&files) {
        Ok(profiles) => Some(Arc::new(profiles)),
        Err(errors) => {
            for error in errors {
                finder.find(&at, error, "`causeway profile new ID` prints a valid one");
            }
            None
        }
    }
}

/// The files of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let error = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        if paths.len() > MAX_PROFILES {
            return Err(format!("{}: more than {MAX_PROFILES} files", folder.display()));
        }
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.display().to_string();
        read_text(path).map(|text| (name.clone(), text)).map_err(|what| format!("{name}: {what}"))
    };
    paths.iter().map(read).collect()
}

/// Whom the configuration gives a profile, by name.
fn named<'a>(
    finder: &mut Finder<'_>,
    table: &str,
    all: impl Iterator<Item = (&'a String, &'a String)>,
    devices: &Devices,
) -> HashMap<Arc<str>, Arc<str>> {
    let mut named = HashMap::new();
    for (index, (name, profile)) in all.enumerate() {
        if profile.is_empty() {
            continue;
        }
        if devices.profiles().get(profile).is_none() {
            let at = [At::Key(table), At::Index(index), At::Key("profile")];
            let fix = "`causeway profile list` names them all";
            finder.find(&at, format!("no profile {profile:?}"), fix);
        }
        named.insert(name.as_str().into(), profile.as_str().into());
    }
    named
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(text: &str) -> Result<Config, crate::config::ConfigError> {
        Config::parse("test.toml", text, &|_| None)
    }

    #[test]
    fn a_profile_is_named_for_a_user_and_for_a_trunk_and_must_be_one() {
        let file = |user: &str, trunk: &str| {
            parse(&format!(
                "[[user]]\nname = \"room1\"\npassword = \"x\"\nprofile = \"{user}\"\n\
                 [[trunk]]\nname = \"cucm\"\ntarget = \"sip:192.0.2.9\"\nprofile = \"{trunk}\"\n"
            ))
        };
        let config = file("poly-hdx", "cucm-trunk").expect("valid");
        assert_eq!(&*config.known_devices.users["room1"], "poly-hdx");
        assert_eq!(&*config.known_devices.trunks["cucm"], "cucm-trunk");
        let problems = file("poly-hxd", "").expect_err("wrong").problems;
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.key.as_str(), problem.position), ("user[0].profile", Some((4, 11))));
        assert!(problem.fix.contains("profile list"));
    }

    #[test]
    fn a_folder_of_the_operators_is_read_and_what_is_wrong_in_it_is_told_with_its_line() {
        let folder = std::env::temp_dir().join(format!("causeway-profiles-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = format!("[profiles]\nfolder = {folder:?}\n");
        let own = causeway_dial::profile::BUILT_IN.iter().find(|one| one.id == "pexip");
        let own = own.expect("there").text.replace("id = \"pexip\"", "id = \"acme\"");
        std::fs::write(folder.join("acme.toml"), &own).expect("written");
        let config = parse(&text).expect("valid");
        assert!(config.known_devices.profiles().is_own("acme"));
        std::fs::write(folder.join("acme.toml"), format!("colour = 1\n{own}")).expect("written");
        let error = parse(&text).expect_err("wrong").to_string();
        assert!(error.contains("acme.toml:1:1") && error.contains("colour"), "{error}");
        std::fs::remove_dir_all(&folder).expect("removed");
        let none = parse("[profiles]\nfolder = \"/nonexistent\"\n").expect_err("no folder");
        assert_eq!(none.problems[0].key, "profiles.folder");
    }
}

//! The key of what is kept encrypted.

use super::Dir;
use crate::store::secret::{KEY_FILE, Place};
use crate::store::{SecretError, Secrets, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const PLACE: Place<'static> = Place { table: "meeting", column: "host_pin", row: "1" };

fn load(dir: &Path, variable: Option<&str>) -> Secrets {
    Secrets::load(dir, variable).expect("a key")
}

#[test]
fn the_key_is_made_once_private_and_refused_when_others_can_read_it() {
    let dir = Dir::new();
    let dir = dir.path().join("not there yet");
    let sealed = load(&dir, None).seal(PLACE, "4711").expect("sealed");
    assert_eq!(**load(&dir, None).open(PLACE, &sealed).expect("the same key"), *"4711");
    let file = dir.join(KEY_FILE);
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&dir)), (0o600, 0o700));
    assert_eq!(std::fs::read_dir(&dir).expect("there").count(), 1, "no draft stays behind");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("set");
    assert!(matches!(Secrets::load(&dir, None), Err(SecretError::Readable(_))));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("set");
    std::fs::write(&file, "short\n").expect("written");
    let error = Secrets::load(&dir, None).expect_err("no key");
    assert!(matches!(error, SecretError::NotAKey(_)), "{error}");
}

/// A new key beside an old database would hide that the right one is missing.
#[test]
fn no_key_is_made_beside_a_database() {
    let dir = Dir::new();
    std::fs::write(dir.path().join("causeway.db"), "").expect("written");
    let error = Secrets::load(dir.path(), None).expect_err("missing");
    assert!(matches!(error, SecretError::Missing(_)), "{error}");
    assert!(!dir.path().join(KEY_FILE).exists());
}

#[test]
fn the_environment_gives_the_key_in_base64_or_hex() {
    let nowhere = Path::new("/nonexistent");
    let key = [0xA7; 32];
    let base64 = load(nowhere, Some(&STANDARD.encode(key)));
    let hex = load(nowhere, Some(&format!("{}\n", hex::encode(key))));
    let sealed = base64.seal(PLACE, "4711").expect("sealed");
    assert_eq!(**hex.open(PLACE, &sealed).expect("the same key"), *"4711");
    for bad in ["", "x", &STANDARD.encode([1; 31]), &hex::encode([1; 33])] {
        assert!(matches!(Secrets::load(nowhere, Some(bad)), Err(SecretError::Variable)), "{bad}");
    }
}

#[test]
fn a_sealed_value_opens_in_its_place_only_and_never_looks_the_same() {
    let secrets = Secrets::new(&[7; 32]);
    let sealed = secrets.seal(PLACE, "4711").expect("sealed");
    assert_ne!(sealed, secrets.seal(PLACE, "4711").expect("sealed"));
    for place in [
        Place { table: "secret", ..PLACE },
        Place { column: "guest_pin", ..PLACE },
        Place { row: "2", ..PLACE },
    ] {
        assert_eq!(secrets.open(place, &sealed), Err(StoreError::Corrupt), "{place:?}");
    }
    for index in 0..sealed.len() {
        let mut bytes = STANDARD.decode(&sealed).expect("base64");
        if let Some(byte) = bytes.get_mut(index) {
            *byte ^= 1;
            let broken = STANDARD.encode(bytes);
            assert_eq!(secrets.open(PLACE, &broken), Err(StoreError::Corrupt), "{index}");
        }
    }
    assert_eq!(secrets.open(PLACE, ""), Err(StoreError::Corrupt));
}

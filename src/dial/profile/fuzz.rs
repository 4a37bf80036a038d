//! Fuzz bodies: profiles that nobody meant, and devices that show anything.

use super::{Chosen, Profiles, Quirk, Sample};
use causeway_base::Lang;

/// A file of a profile: what can be read can be compared with anything, and always alike.
pub fn file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(profiles) = Profiles::with(&[("fuzzed.toml".to_owned(), text.clone().into_owned())]) {
        device_of(&profiles, &text);
    }
}

/// A message of a device.
pub fn device(data: &[u8]) {
    device_of(&Profiles::built_in(), &String::from_utf8_lossy(data));
}

fn device_of(profiles: &Profiles, text: &str) {
    let Ok(sample) = Sample::read(text) else { return };
    let found = profiles.recognise(&sample.traits());
    assert_eq!(found, profiles.recognise(&sample.traits()), "the same device is the same");
    assert!(!found.to_text(Lang::Zh).is_empty() && !found.to_text(Lang::En).is_empty());
    let chosen: Chosen = profiles.choose(&sample.traits(), Some("sip-generic"));
    assert_eq!(chosen.profile.id, "sip-generic");
    assert!(chosen.kept().to_string().len() < 16 << 10);
    for quirk in Quirk::shown(&sample) {
        assert!(quirk.is_shown(&sample));
    }
}

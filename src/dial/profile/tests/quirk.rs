//! Each quirk has a profile that names it and a fixture that shows it.

use super::super::{Profiles, Quirk, Sample};
use super::fixtures;
use causeway_base::Lang;
use std::collections::BTreeSet;

#[test]
fn every_quirk_of_a_profile_is_shown_by_one_of_its_fixtures() {
    for profile in Profiles::built_in().iter() {
        let shown: BTreeSet<Quirk> = fixtures()
            .filter(|(id, ..)| *id == profile.id)
            .flat_map(|(.., sample)| Quirk::shown(&sample))
            .collect();
        let named: BTreeSet<Quirk> = profile.quirks.iter().copied().collect();
        assert!(named.is_subset(&shown), "{}: {:?}", profile.id, named.difference(&shown));
    }
}

#[test]
fn every_quirk_belongs_to_a_profile_and_says_what_becomes_of_it() {
    let all = Profiles::built_in();
    for quirk in Quirk::ALL {
        assert!(all.iter().any(|profile| profile.quirks.contains(quirk)), "{quirk}");
        for lang in [Lang::Zh, Lang::En] {
            let about = quirk.about(lang);
            assert!(!about.is_empty() && !about.contains('\n'), "{quirk}");
        }
    }
}

#[test]
fn a_plain_telephone_shows_none() {
    let plain = "INVITE sip:1 SIP/2.0\nFrom: <sip:a@b>\n\nv=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\n\
        c=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 8 0 101\na=rtpmap:101 telephone-event/8000\n";
    assert_eq!(Quirk::shown(&Sample::read(plain).expect("a message")), []);
    assert_eq!(Quirk::shown(&Sample::read("{}").expect("traits")), []);
}

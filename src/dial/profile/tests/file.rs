//! The files: those of the repository, and wrong ones.

use super::super::schema::MaxPicture;
use super::super::table::read;
use super::super::{BUILT_IN, Profiles};
use super::{file_of, with};
use crate::dial_string::Form;
use causeway_base::SizeClass;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_file_of_the_repository_is_built_in_and_is_what_its_name_says() {
    let ids: BTreeSet<String> = BUILT_IN.iter().map(|one| format!("{}.toml", one.id)).collect();
    assert_eq!(ids, names(&root().join("bridge-profiles")));
    for one in BUILT_IN {
        let profile = read(one.id, one.text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(profile.id, one.id);
        let listed: BTreeSet<String> = profile.fixture.iter().map(|f| f.file.clone()).collect();
        let embedded = one.fixtures.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, embedded, "{}", one.id);
        assert_eq!(listed, names(&root().join("fixtures/profiles").join(one.id)), "{}", one.id);
        assert!(profile.fixture.iter().all(|fixture| one.fixture(&fixture.file).is_some()));
    }
    assert_eq!(Profiles::built_in().iter().count(), BUILT_IN.len());
}

#[test]
fn the_example_of_a_dial_string_is_one() {
    let all = Profiles::built_in();
    let dials = all.iter().flat_map(|profile| profile.dial.iter().map(move |dial| (profile, dial)));
    for (profile, dial) in dials {
        let form =
            Form::parse(&dial.form).unwrap_or_else(|error| panic!("{}: {error}", profile.id));
        let read = form.read(&dial.example);
        assert!(read.is_some(), "{}: {} is not {}", profile.id, dial.example, dial.form);
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_with_what_there_is() {
    let error = read("x.toml", &file_of("x", "colour = \"red\"")).unwrap_err();
    assert_eq!((error.file.as_str(), error.position), ("x.toml", Some((6, 1))));
    assert!(error.what.contains("colour") && error.what.contains("provenance"), "{error}");
    let error = read("x.toml", &file_of("x", "[audio]\naccept = [\"mp3\"]")).unwrap_err();
    assert_eq!(error.position, Some((7, 11)));
    assert!(error.what.contains("mp3") && error.what.contains("g722"), "{error}");
    let error = read("x.toml", &file_of("x", "quirks = [\"sings\"]")).unwrap_err();
    assert!(error.what.contains("sings") && error.what.contains("fir-without-pli"), "{error}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (more, part) in [
        ("[audio]\naccept = [\"g729\"]", "decline"),
        ("[audio]\nptime_ms = 25", "ptime_ms"),
        ("[security]\nsuites = [\"AES\"]", "AEAD_AES_128_GCM"),
        ("[video]\nmax = \"1280x721@30\"", "1280x720"),
        ("[video]\nmax = \"1280x720@0\"", "1280x720@30"),
        ("[[match]]\nuser_agent = \"(\"", "user_agent"),
        ("[[match]]\nuser_agent = \".*\"", "every text"),
        ("[[match]]\n", "every device"),
        ("[[dial]]\nby = \"sip-tls\"\nform = \"{room\"\nexample = \"1\"", "form"),
        ("[[match]]\nh221 = [300, 0, 1]", "below 256"),
        ("[[match]]\nuser_agent = \"(a{9999}){9999}\"", "user_agent"),
    ] {
        let error = read("x.toml", &file_of("x", more)).expect_err(more);
        assert!(error.to_string().contains(part), "{more}: {error}");
        assert!(error.position.is_some(), "{more}: {error}");
    }
    let outside = file_of("x", "").replace("first.sip", "../first.sip");
    assert!(read("x.toml", &outside).unwrap_err().what.contains("outside"));
    assert!(read("x.toml", &file_of("X Y", "")).unwrap_err().what.contains("lower case"));
    let alone = file_of("x", "").split("[[fixture]]").next().unwrap().to_owned();
    assert!(read("x.toml", &alone).is_err(), "no fixture");
    assert!(read("x.toml", &"#".repeat(70_000)).unwrap_err().what.contains("longer"));
}

#[test]
fn a_second_match_that_is_wrong_is_told_by_its_line() {
    let more = "[[match]]\nuser_agent = \"fine\"\n[[match]]\nuser_agent = \"(\"";
    let error = read("x.toml", &file_of("x", more)).unwrap_err();
    assert_eq!(error.position, Some((8, 1)), "{error}");
}

#[test]
fn a_file_of_the_operator_takes_the_place_of_ours_and_no_two_have_one_name() {
    let profiles = with(&[("pexip", "[[match]]\nuser_agent = \"pexip\"")]).expect("valid");
    assert_eq!(profiles.get("pexip").expect("there").title.en, "Room");
    assert!(profiles.is_own("pexip") && !profiles.is_own("yealink"));
    assert_eq!(profiles.iter().count(), BUILT_IN.len());
    let twice = with(&[("x", ""), ("x", "")]).expect_err("twice");
    assert!(twice[0].what.contains("another file"), "{}", twice[0]);
}

#[test]
fn the_largest_picture_is_written_as_it_is_read() {
    let max = MaxPicture::try_from("640x360@15".to_owned()).expect("a picture");
    assert_eq!((max.class, max.frame_rate), (SizeClass::P360, 15));
    assert_eq!(String::from(max), "640x360@15");
    for wrong in ["", "640x360", "x@", "640x360@61", "640x360@-1", "99999999x1@30"] {
        assert!(MaxPicture::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
}

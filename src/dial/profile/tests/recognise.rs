//! Which profile a device has, and why.

use super::super::matching::Traits;
use super::super::{By, Condition, DeviceKind, ProfileProtocol, Profiles, Sample, Verdict, fuzz};
use super::{agent, fixtures, with};
use causeway_base::{Device, H221, Lang};
use proptest::prelude::*;

/// What a fixture of a profile that nothing recognises by itself is, by its shape.
const BY_NAME_ALONE: [&str; 3] = ["carrier-trunk", "teams-audio-conferencing", "default"];

#[test]
fn every_fixture_is_recognised_as_that_of_its_profile() {
    let profiles = Profiles::built_in();
    for (id, name, sample) in fixtures() {
        let found = profiles.recognise(&sample.traits());
        if BY_NAME_ALONE.contains(&id) {
            assert!(!found.is_specific(), "{id}/{name}: {}", found.to_text(Lang::En));
        } else {
            assert_eq!(found.profile.id, id, "{name}: {}", found.to_text(Lang::En));
        }
    }
}

#[test]
fn a_device_is_known_by_what_it_calls_itself() {
    let profiles = Profiles::built_in();
    for (text, id, kind) in [
        ("PolycomRealPresenceGroup/6.2", "poly-group", DeviceKind::Room),
        ("Polycom HDX 9000 HD (Release - 3.0)", "poly-hdx", DeviceKind::Room),
        ("PolycomVVX-VVX_410-UA/5.9", "desk-phone", DeviceKind::Phone),
        ("PolycomRealPresenceTrio-Trio_8800-UA/5.4.3", "poly-trio", DeviceKind::Phone),
        ("TANDBERG/529 (ce9.15)", "cisco-ce", DeviceKind::Room),
        ("TANDBERG/529 (ce9.1.4.3ae3106) Cisco-MX700ST", "cisco-ce", DeviceKind::Room),
        ("TANDBERG/512 (TC3.1.3.234045)", "tandberg", DeviceKind::Room),
        ("TANDBERG/528 (RoomOS 11.0)", "cisco-roomos", DeviceKind::Room),
        ("TANDBERG/4352 (X8.10.2-b2bua-1.0)", "cisco-expressway", DeviceKind::Room),
        ("Cisco-CUCM12.5", "cucm-trunk", DeviceKind::Phone),
        ("Acano CallBridge", "cisco-cms", DeviceKind::Bridge),
        ("Yealink VC400 30.23.0.20", "yealink", DeviceKind::Room),
        ("Yealink SIP-T48G 35.83", "desk-phone", DeviceKind::Phone),
        ("Huawei ViewPoint9000", "huawei", DeviceKind::Room),
        ("Huawei-MC850/V100R001C02B120", "huawei", DeviceKind::Room),
        ("Huawei SoftX3000 V600R013", "sip-generic", DeviceKind::Phone),
        ("LifeSize Express_220/LS_EX2_4.7.11 (4)", "lifesize", DeviceKind::Room),
        ("Pexip Infinity/35", "pexip", DeviceKind::Bridge),
        ("Microsoft.PSTNHub.SIPProxy v.2020.5.27.2", "teams-direct-routing", DeviceKind::Phone),
        ("Webex SBC", "webex", DeviceKind::Bridge),
        ("LinphoneIPhone/2.2.3 (belle-sip/1.3.3)", "softphone", DeviceKind::Phone),
        ("baresip v4.4.0", "softphone", DeviceKind::Phone),
        ("Asterisk PBX 20", "sip-generic", DeviceKind::Phone),
        ("", "sip-generic", DeviceKind::Phone),
    ] {
        let found = profiles.recognise(&agent(text).traits());
        assert_eq!(found.profile.id, id, "{text}: {}", found.to_text(Lang::En));
        assert_eq!(found.profile.kind, kind, "{text}");
    }
}

#[test]
fn a_room_of_h323_is_known_by_its_product_before_its_maker() {
    let profiles = Profiles::built_in();
    let found = |product: &str, manufacturer| {
        let h221 = Some(H221 { country: 181, extension: 0, manufacturer });
        let device = Device { h221, product: product.to_owned(), ..Device::default() };
        let protocol = Some(ProfileProtocol::H323);
        let traits = Traits { protocol, device: Some(&device), ..Traits::default() };
        profiles.recognise(&traits).profile.id.clone()
    };
    assert_eq!(found("Polycom HDX 9000", 0x5050), "poly-hdx");
    assert_eq!(found("", 0x5050), "poly-group");
    assert_eq!(found("LifeSize Room 220", 0), "lifesize");
    assert_eq!(found("", 0xA11A), "lifesize");
    assert_eq!(found("Some Room", 1), "h323-generic");
}

#[test]
fn the_more_specific_match_wins_then_the_operators_then_the_name() {
    let own = with(&[
        ("b-room", "[[match]]\nuser_agent = \"acme room\""),
        ("a-room", "[[match]]\nuser_agent = \"acme room\""),
        ("long-room", "[[match]]\nuser_agent = \"acme room mark two\""),
        ("own-pexip", "[[match]]\nuser_agent = \"pexip\""),
    ])
    .expect("valid");
    let id = |text: &str| own.recognise(&agent(text).traits()).profile.id.clone();
    assert_eq!(id("Acme Room 1"), "a-room");
    assert_eq!(id("Acme Room Mark Two"), "long-room");
    assert_eq!(id("Pexip Infinity"), "own-pexip", "the operator's before ours");
}

#[test]
fn every_match_that_was_tried_is_explained() {
    let profiles = Profiles::built_in();
    let found = profiles.recognise(&agent("Polycom HDX 8000").traits());
    let verdict = |id: &str| found.steps.iter().find(|step| step.profile.id == id).unwrap().verdict;
    assert!(matches!(verdict("poly-hdx"), Verdict::Matched(_)));
    assert_eq!(verdict("pexip"), Verdict::Differs(Condition::UserAgent));
    assert_eq!(verdict("h323-generic"), Verdict::Differs(Condition::Protocol));
    let matches: usize = profiles.iter().map(|profile| profile.matches.len()).sum();
    assert_eq!(found.steps.len(), matches);
    let text = found.to_text(Lang::Zh);
    assert_eq!(text.lines().count(), matches);
    assert!(text.lines().next().unwrap().starts_with("poly-hdx 规则 1：符合"), "{text}");
    assert!(found.to_text(Lang::En).contains("pexip, match 1: `user_agent` is another"));
}

#[test]
fn the_configuration_counts_before_the_device_which_says_what_it_looks_like() {
    let profiles = Profiles::built_in();
    let hdx = agent("Polycom HDX 8000");
    let chosen = profiles.choose(&hdx.traits(), Some("yealink"));
    assert_eq!((chosen.profile.id.as_str(), chosen.by), ("yealink", By::Configured));
    assert_eq!(chosen.better.as_ref().expect("told").id, "poly-hdx");
    assert!(chosen.why(Lang::En).ends_with("looks like poly-hdx"), "{}", chosen.why(Lang::En));
    assert_eq!(chosen.kept()["better"], "poly-hdx");
    let same = profiles.choose(&hdx.traits(), Some("poly-hdx"));
    assert_eq!(same.better, None);
    let unknown = profiles.choose(&agent("Acme").traits(), Some("poly-hdx"));
    assert_eq!(unknown.better, None, "a protocol alone recognises nobody");
    let gone = profiles.choose(&hdx.traits(), Some("no-such-profile"));
    assert!(matches!(gone.by, By::Matched { .. }));
    let nothing = profiles.choose(&Traits::default(), None);
    assert_eq!((nothing.profile.id.as_str(), nothing.by), ("default", By::Default));
}

#[test]
fn whoever_calls_us_is_not_known_by_a_host() {
    let profiles = Profiles::built_in();
    let sip = Some(ProfileProtocol::Sip);
    let called = Traits { protocol: sip, host: "zoomcrc.com", ..Traits::default() };
    assert_eq!(profiles.recognise(&called).profile.id, "zoom-crc");
    let elsewhere = Traits { protocol: sip, host: "zoomcrc.com.evil.example", ..called };
    assert_eq!(profiles.recognise(&elsewhere).profile.id, "sip-generic");
    let calls = Sample::read("INVITE sip:zoomcrc.com SIP/2.0\nFrom: <sip:a@zoomcrc.com>\n\n");
    let calls = profiles.recognise(&calls.expect("a message").traits()).profile.id.clone();
    assert_eq!(calls, "sip-generic");
}

proptest! {
    #[test]
    fn no_file_and_no_message_breaks_anything(data in proptest::collection::vec(any::<u8>(), 0..600)) {
        fuzz::file(&data);
        fuzz::device(&data);
    }

    #[test]
    fn a_device_that_shows_anything_gets_a_profile(
        agent in "\\PC{0,60}", line in "[ -~]{0,60}", product in "[ -~]{0,40}"
    ) {
        let sip = format!("INVITE sip:1 SIP/2.0\nUser-Agent: {agent}\n\nv=0\no={line}\nm=audio 1 RTP/AVP {line}\na={line}\n");
        fuzz::device(sip.as_bytes());
        let json = serde_json::json!({ "protocol": "h323", "product": product, "h221": [181, 0, 1] });
        fuzz::device(json.to_string().as_bytes());
        fuzz::file(super::file_of("x", &format!("[[match]]\nuser_agent = {agent:?}")).as_bytes());
    }
}

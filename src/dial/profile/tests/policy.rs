//! What a profile makes of what the configuration allows.

use super::super::Profiles;
use super::super::table::read;
use super::file_of;
use causeway_base::{Bitrate, Codec, SizeClass, VideoCodec};
use causeway_plan::{Encryption, OfferPolicy, SrtpSuite, VideoPolicy};
use proptest::prelude::*;

fn policy(more: &str, general: &OfferPolicy) -> OfferPolicy {
    read("x.toml", &file_of("x", more)).expect(more).policy(general)
}

fn general() -> OfferPolicy {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    OfferPolicy { video, ..OfferPolicy::default() }
}

#[test]
fn a_profile_that_says_nothing_changes_nothing() {
    assert_eq!(policy("", &general()), general());
}

#[test]
fn codecs_are_chosen_and_ordered_among_those_that_are_allowed() {
    let wants = "[audio]\naccept = [\"pcma\", \"opus\", \"g722\"]\n";
    assert_eq!(policy(wants, &general()).codecs, [Codec::Pcma, Codec::Opus, Codec::G722]);
    let few = OfferPolicy { codecs: vec![Codec::Pcmu, Codec::G722], ..general() };
    assert_eq!(policy(wants, &few).codecs, [Codec::G722]);
    let none = OfferPolicy { codecs: vec![Codec::Pcmu], ..general() };
    assert_eq!(policy(wants, &none).codecs, [Codec::Pcmu], "rather that than no call");
    let only = policy("[video]\ncodecs = [\"h264\"]", &general());
    assert_eq!(only.video.codecs, [VideoCodec::H264]);
    assert!(policy("[video]\ncodecs = []", &general()).video.codecs.is_empty());
    let off = OfferPolicy::default();
    assert!(policy("[video]\ncodecs = [\"h264\"]", &off).video.codecs.is_empty(), "never more");
}

#[test]
fn a_picture_is_made_smaller_and_never_larger() {
    let small = policy("[video]\nmax = \"640x360@15\"\n[bandwidth]\nmax_kbps = 512", &general());
    assert_eq!((small.video.largest, small.video.frame_rate), (SizeClass::P360, 15));
    assert_eq!(small.video.max_bitrate, Bitrate::kbps(512));
    let large = policy("[video]\nmax = \"1920x1080@60\"\n[bandwidth]\nmax_kbps = 9999", &general());
    assert_eq!(large, general());
}

#[test]
fn telephone_networks_get_the_short_offer() {
    let plain = policy("[audio]\nextras = false\nptime_ms = 30", &general());
    assert!(!plain.rtcp_mux && !plain.opus_fec && !plain.level_extension);
    assert_eq!(plain.ptime_ms, 30);
    assert!(!policy("[audio]\ndigits = [\"sip-info\"]", &general()).telephone_events);
    assert!(policy("[audio]\ndigits = [\"sip-info\", \"rfc4733\"]", &general()).telephone_events);
}

#[test]
fn encryption_is_never_less_than_the_configuration_demands() {
    use Encryption::{BestEffort, Off, Required};
    for (wanted, configured, expected) in [
        ("off", Required, Required),
        ("off", BestEffort, Off),
        ("best-effort", Off, Off),
        ("best-effort", BestEffort, BestEffort),
        ("required", Off, Required),
        ("required", BestEffort, Required),
    ] {
        let general = OfferPolicy { encryption: configured, ..general() };
        let text = format!("[security]\nsrtp = \"{wanted}\"");
        assert_eq!(policy(&text, &general).encryption, expected, "{wanted} {configured:?}");
    }
    let one = "[security]\nsuites = [\"AES_CM_128_HMAC_SHA1_80\"]";
    assert_eq!(policy(one, &general()).suites, [SrtpSuite::Aes128CmSha1_80]);
}

proptest! {
    /// Whatever a profile says, it allows nothing that the configuration does not.
    #[test]
    fn no_profile_adds_to_what_is_allowed(
        index in 0..super::BUILT_IN.len(),
        codecs in proptest::sample::subsequence(Codec::ALL.to_vec(), 1..=4),
        videos in proptest::sample::subsequence(VideoCodec::ALL.to_vec(), 0..=2),
        rate in 1u8..=60,
    ) {
        let video = VideoPolicy { codecs: videos, frame_rate: rate, ..VideoPolicy::default() };
        let general = OfferPolicy { codecs, video, ..OfferPolicy::default() };
        let profiles = Profiles::built_in();
        let made = profiles.iter().nth(index).expect("there").policy(&general);
        prop_assert!(!made.codecs.is_empty());
        prop_assert!(made.codecs.iter().all(|codec| general.codecs.contains(codec)));
        prop_assert!(made.video.codecs.iter().all(|codec| general.video.codecs.contains(codec)));
        prop_assert!(made.video.largest <= general.video.largest);
        prop_assert!(made.video.frame_rate <= general.video.frame_rate);
        prop_assert!(made.video.max_bitrate <= general.video.max_bitrate);
        prop_assert!(made.suites.iter().all(|suite| general.suites.contains(suite)));
    }
}

//! Every offer of `fixtures/sdp` with its whole answer or refusal.

use super::super::{LocalMedia, Negotiator, Refusal};
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_plan::{Encryption, LegMedia, OfferPolicy, VideoPolicy};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

const OFFER: &str = ".offer.sdp";

fn offers() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sdp");
    let mut found = Vec::new();
    for family in fs::read_dir(root).unwrap().filter_map(Result::ok) {
        let Ok(files) = fs::read_dir(family.path()) else { continue };
        let paths = files.map(|file| file.unwrap().path());
        found.extend(paths.filter(|path| path.to_string_lossy().ends_with(OFFER)));
    }
    found.sort();
    found
}

/// What is agreed on the offer of this name, below `fixtures/sdp`.
pub(super) fn media(name: &str) -> Result<LegMedia, Refusal> {
    let path = format!("{}/../../fixtures/sdp/{name}{OFFER}", env!("CARGO_MANIFEST_DIR"));
    take(&path).map(|(_, media)| media)
}

fn take(path: &str) -> Result<(Vec<u8>, LegMedia), Refusal> {
    let variants = path.trim_end_matches(OFFER).split('+').skip(1);
    let (mut encryption, mut video) = (Encryption::BestEffort, VideoPolicy::default());
    for variant in variants {
        match variant {
            "off" => encryption = Encryption::Off,
            "required" => encryption = Encryption::Required,
            "video" => video.codecs = VideoCodec::ALL.to_vec(),
            "1080p" => {
                video.largest = SizeClass::P1080;
                video.max_bitrate = Bitrate::kbps(4_096);
            }
            other => panic!("{path}: +{other}"),
        }
    }
    let advertised = IpAddr::from([192, 0, 2, 1]);
    let local = LocalMedia { advertised, rtp_port: 10_000, rtcp_port: 10_001 };
    let policy = OfferPolicy { encryption, video, ..OfferPolicy::default() };
    let leg = Negotiator::new(policy, local, IpAddr::from([192, 0, 2, 2]), [0; 32]);
    let offer = fs::read_to_string(path).unwrap().replace('\n', "\r\n");
    leg.with_video(10_002, 10_003).answer(offer.as_bytes())
}

fn answer(path: &str) -> String {
    match take(path) {
        Ok((answer, _)) => String::from_utf8(answer).unwrap().replace("\r\n", "\n"),
        Err(Refusal { cause, warning_code, warning }) => {
            format!("{}\n{warning_code} {warning}\n", cause.code())
        }
    }
}

#[test]
fn every_offer_gets_its_answer() {
    let offers = offers();
    assert!(offers.len() >= 80, "{}", offers.len());
    for path in offers {
        let path = path.to_str().unwrap();
        let stem = path.trim_end_matches(OFFER);
        let expected = fs::read_to_string(format!("{stem}.answer.sdp"))
            .or_else(|_| fs::read_to_string(format!("{stem}.refusal")));
        let answer = answer(path);
        assert_eq!(answer, expected.expect(path), "{path}");
    }
}

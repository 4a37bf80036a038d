//! Every offer of `fixtures/sdp/webrtc` with its whole answer or refusal.

use super::{
    Direction, OfferPolicy, WebRtcNegotiator, WebRtcTerms, answer_probe, local, with_video,
};
use std::fs;
use std::path::{Path, PathBuf};

const OFFER: &str = ".offer.sdp";

fn offers() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sdp/webrtc");
    let families = fs::read_dir(root).unwrap().map(|family| family.unwrap().path());
    let files = families.flat_map(|family| fs::read_dir(family).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    let mut found: Vec<_> = paths.filter(|p| p.to_string_lossy().ends_with(OFFER)).collect();
    found.sort();
    found
}

fn answer(path: &str) -> String {
    let mut terms = WebRtcTerms { ice_lite: false, direction: Direction::SendReceive };
    let (mut policy, mut probe) = (OfferPolicy::default(), false);
    for variant in path.trim_end_matches(OFFER).split('+').skip(1) {
        match variant {
            "lite" => terms.ice_lite = true,
            "publish" => terms.direction = Direction::ReceiveOnly,
            "play" => terms.direction = Direction::SendOnly,
            "probe" => probe = true,
            "video" => policy = with_video(),
            other => panic!("{path}: +{other}"),
        }
    }
    let offer = fs::read_to_string(path).unwrap().replace('\n', "\r\n");
    let answered = match probe {
        true => answer_probe(offer.as_bytes(), local(), terms.ice_lite, [0; 32]),
        false => WebRtcNegotiator::new(policy, local(), terms, [0; 32]).answer(offer.as_bytes()),
    };
    match answered {
        Ok((answer, _)) => answer.replace("\r\n", "\n"),
        Err(refusal) => format!("{}\n{}\n", refusal.cause.code(), refusal.warning),
    }
}

#[test]
fn every_browser_gets_its_answer() {
    let offers = offers();
    assert!(offers.len() >= 22, "{}", offers.len());
    for path in offers {
        let path = path.to_str().unwrap();
        let stem = path.trim_end_matches(OFFER);
        let expected = fs::read_to_string(format!("{stem}.answer.sdp"))
            .or_else(|_| fs::read_to_string(format!("{stem}.refusal")));
        let answer = answer(path);
        assert_eq!(answer, expected.expect(path), "{path}");
    }
}

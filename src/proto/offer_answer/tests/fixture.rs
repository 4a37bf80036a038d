//! Every offer of `fixtures/sdp` with its whole answer or refusal.

use super::super::{LocalMedia, Negotiator, Refusal};
use causeway_plan::{Encryption, OfferPolicy};
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

fn answer(path: &str) -> String {
    let encryption = match path.trim_end_matches(OFFER).rsplit_once('+') {
        Some((_, "off")) => Encryption::Off,
        Some((_, "required")) => Encryption::Required,
        _ => Encryption::BestEffort,
    };
    let advertised = IpAddr::from([192, 0, 2, 1]);
    let local = LocalMedia { advertised, rtp_port: 10_000, rtcp_port: 10_001 };
    let policy = OfferPolicy { encryption, ..OfferPolicy::default() };
    let mut leg = Negotiator::new(policy, local, IpAddr::from([192, 0, 2, 2]), [0; 32]);
    let offer = fs::read_to_string(path).unwrap().replace('\n', "\r\n");
    match leg.answer(offer.as_bytes()) {
        Ok((answer, _)) => String::from_utf8(answer).unwrap().replace("\r\n", "\n"),
        Err(Refusal { cause, warning_code, warning }) => {
            format!("{}\n{warning_code} {warning}\n", cause.code())
        }
    }
}

#[test]
fn every_offer_gets_its_answer() {
    let offers = offers();
    assert!(offers.len() >= 30, "{}", offers.len());
    for path in offers {
        let path = path.to_str().unwrap();
        let stem = path.trim_end_matches(OFFER);
        let expected = fs::read_to_string(format!("{stem}.answer.sdp"))
            .or_else(|_| fs::read_to_string(format!("{stem}.refusal")));
        let answer = answer(path);
        assert_eq!(answer, expected.expect(path), "{path}");
    }
}

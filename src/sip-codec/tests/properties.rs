//! Random and nearly right input through every fuzz target.

use proptest::prelude::*;
use sip_codec::fuzz;

const INVITE: &str = concat!(
    "INVITE sip:lobby;x=1@example.com:5060;transport=tcp?a=b SIP/2.0\r\n",
    "Via: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKa;rport, SIP/2.0/TCP a.example.org\r\n",
    "Max-Forwards: 70\r\nf: \"R, \\\"4\\\"\" <sip:room4@example.net>;tag=r\r\n",
    "To: sip:lobby@example.com\r\nCall-ID: a@b\r\nCSeq: 1 INVITE\r\n",
    "m: <sip:r@198.51.100.7;lr>;q=0.5;expires=60, *\r\nX-Fold: a\r\n b\r\n",
    "Session-Expires: 1800;refresher=uac\r\nContent-Length: 4\r\n\r\nbody",
);

/// What a parser trips over.
const BAITS: [&str; 16] = [
    "\r\n", "\n", "\r", "\0", "\"", "\\", "<", ">", ",", ";", "%", "%41", " ", "\r\n ", ":",
    "\r\n\r\n",
];

/// `seed` with a few pieces cut out and baits put in.
fn mutated(seed: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), 0_usize..6, prop::sample::select(&BAITS[..]));
    prop::collection::vec(edit, 0..5).prop_map(move |edits| {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, cut, bait) in edits {
            let start = at.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, bait.bytes());
        }
        bytes
    })
}

fn input(seed: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => mutated(seed), 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

fn session(seeds: [&'static str; 3]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(seeds.to_vec()).prop_flat_map(mutated);
    (any::<u8>(), prop::collection::vec(piece, 0..4))
        .prop_map(|(side, pieces)| [vec![side], pieces.concat()].concat())
}

const OPTIONS_WITHOUT_LENGTH: &str =
    "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bKb\r\n\r\n";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn message(data in input(INVITE)) { fuzz::message(&data); }

    #[test]
    fn stream(data in session([INVITE, "\r\n\r\n", OPTIONS_WITHOUT_LENGTH])) {
        fuzz::stream(&data);
    }

    #[test]
    fn uri(data in input("sips:us%65r:pw@example.com:5061;lr;maddr=192.0.2.1?a=b&c=d")) {
        fuzz::uri(&data);
    }

    #[test]
    fn tel(data in input("tel:+1-555(0100);phone-context=example.com")) { fuzz::uri(&data); }

    #[test]
    fn via(data in input("SIP/2.0/UDP a.example.org:5060;branch=z9hG4bK1;rport;received=192.0.2.1, SIP / 2.0 / TCP [::1]")) {
        fuzz::via(&data);
    }

    #[test]
    fn contact(data in input("\"A, b\" <sip:a@b;x=1?y=z>;q=0.7;expires=60, sip:c@d;e=f, *")) {
        fuzz::contact(&data);
    }

    #[test]
    fn auth(data in input("Digest realm=\"a\\\"b\", nonce=\"c,d\", qop=\"auth\", stale=true\nBearer abc==")) {
        fuzz::auth(&data);
    }

    #[test]
    fn name_addr(data in input("Mr. Bell \t<sip:bell@example.org>;tag=1;x=\"<>\"\n\"\\\\\"<tel:+1>")) {
        fuzz::name_addr(&data);
    }

    #[test]
    fn session_expires(data in input("1800;refresher=uas\na@b;to-tag=1;from-tag=2;early-only\n18 (busy (very)) ;duration=5\n399 me \"no\"\nQ.850;cause=16;text=\"x\"\nSat, 13 Nov 2010 23:29:00 GMT")) {
        fuzz::session_expires(&data);
    }
}

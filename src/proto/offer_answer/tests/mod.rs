mod fixture;
mod malformed;
mod regression;
mod reoffer;
mod video;

use super::*;
use causeway_base::Codec;
use causeway_plan::{Encryption, SrtpSuite};
use proptest::prelude::*;

fn negotiator(policy: OfferPolicy, host: u8) -> Negotiator {
    let advertised = IpAddr::from([192, 0, 2, host]);
    let local = LocalMedia {
        advertised,
        rtp_port: 4000 + u16::from(host) * 2,
        rtcp_port: 4001 + u16::from(host) * 2,
    };
    Negotiator::new(policy, local, advertised, [host; 32])
}

fn policy() -> impl Strategy<Value = OfferPolicy> {
    let codecs = prop::sample::subsequence(Codec::ALL.to_vec(), 0..=4).prop_shuffle();
    let suites = prop::sample::subsequence(SrtpSuite::ALL.to_vec(), 0..=6).prop_shuffle();
    let encryption =
        prop::sample::select(vec![Encryption::Off, Encryption::BestEffort, Encryption::Required]);
    let ptime = prop::sample::select(vec![10, 20, 30, 40, 60]);
    (codecs, suites, encryption, ptime, any::<[bool; 4]>()).prop_map(
        |(codecs, suites, encryption, ptime_ms, [rtcp_mux, events, fec, level])| OfferPolicy {
            codecs,
            encryption,
            suites,
            ptime_ms,
            rtcp_mux,
            telephone_events: events,
            opus_fec: fec,
            level_extension: level,
            ..OfferPolicy::default()
        },
    )
}

/// Offer and answer between two of ours: both hold the same, or both hold nothing.
fn exchange(caller: &mut Negotiator, callee: &mut Negotiator) -> Option<(LegMedia, LegMedia)> {
    let offer = caller.offer();
    let (answer, theirs) = callee.answer(&offer).ok()?;
    let ours = caller.accept_answer(&answer).expect("what one answers, the other takes");
    Some((ours, theirs))
}

fn assert_agreed(a: &LegMedia, b: &LegMedia) {
    assert_eq!(a.audio.send.codec, b.audio.send.codec);
    for (from, to) in [(a, b), (b, a)] {
        assert_eq!(to.audio.receive.first().unwrap().payload_type, from.audio.send.payload_type);
        assert_eq!(from.audio.ptime_ms, to.audio.ptime_ms);
        if let Some(number) = from.audio.send_events {
            assert!(to.audio.receive_events.contains(&number));
        }
    }
    assert_eq!(a.direction, b.direction.mirrored());
    assert_eq!(a.transport.rtp().unwrap().rtcp_mux, b.transport.rtp().unwrap().rtcp_mux);
    match (a.transport.srtp(), b.transport.srtp()) {
        (Some(a), Some(b)) => {
            assert_eq!((a.suite, a.send, a.receive), (b.suite, b.receive, b.send));
            assert!(a.send != a.receive);
        }
        (None, None) => {}
        one_sided => panic!("{one_sided:?}"),
    }
}

proptest! {
    #[test]
    fn two_legs_agree_or_both_refuse(
        ours in policy(),
        theirs in policy(),
        turns in prop::collection::vec((any::<bool>(), 0u8..4), 0..6),
    ) {
        let (mut a, mut b) = (negotiator(ours.clone(), 1), negotiator(theirs.clone(), 2));
        let codec = theirs.codecs.iter().find(|codec| ours.codecs.contains(codec));
        let both = [&ours, &theirs];
        a.offer();
        let offered = &a.open.as_ref().unwrap().keys;
        let suite = offered.iter().any(|offered| theirs.suites.contains(&offered.suite));
        let encrypted = suite && both.iter().all(|p| p.encryption != Encryption::Off);
        let required = both.iter().any(|p| p.encryption == Encryption::Required);
        let first = exchange(&mut a, &mut b);
        prop_assert_eq!(first.is_some(), codec.is_some() && (encrypted || !required));
        let Some((at_a, at_b)) = first else {
            prop_assert!(a.media().is_none() && b.media().is_none());
            return Ok(());
        };
        prop_assert_eq!(Some(at_a.audio.send.codec), codec.copied());
        prop_assert_eq!(at_a.transport.srtp().is_some(), encrypted);
        assert_agreed(&at_a, &at_b);
        for (by_a, direction) in turns {
            let direction = Direction::of(direction & 1 != 0, direction & 2 != 0);
            let (caller, callee) = if by_a { (&mut a, &mut b) } else { (&mut b, &mut a) };
            caller.set_direction(direction);
            let (x, y) = exchange(caller, callee).expect("a re-offer of what was agreed");
            assert_agreed(&x, &y);
            // A call in the clear may become encrypted: the callee may offer a suite that did
            // not fit the first offer. Nothing goes the other way.
            if let Some(srtp) = at_a.transport.srtp() {
                prop_assert_eq!(x.transport.srtp().map(|srtp| srtp.suite), Some(srtp.suite));
            }
            prop_assert_eq!(a.sent.as_ref().unwrap().media.len(), 1);
        }
    }
}

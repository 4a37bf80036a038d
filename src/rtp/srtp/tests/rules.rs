//! What must hold for every suite.

use super::*;
use proptest::prelude::*;

fn suites() -> impl Strategy<Value = SrtpSuite> {
    prop::sample::select(SrtpSuite::ALL.as_slice())
}

#[test]
fn each_suite_adds_its_tag() {
    for suite in SrtpSuite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let tag = match suite {
            SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => 16,
            SrtpSuite::Aes128CmSha1_32 | SrtpSuite::Aes256CmSha1_32 => 4,
            _ => 10,
        };
        let sealed = protect_rtp(&mut sender, &rtp(1, 1));
        assert_eq!(sealed.len(), rtp(1, 1).len() + tag);
        assert_ne!(sealed[12..40], rtp(1, 1)[12..40]);
        assert_eq!(open_rtp(&mut receiver, &sealed), Ok(rtp(1, 1)));
        let report = protect_rtcp(&mut sender, &rtcp(1));
        assert_eq!(report.len(), rtcp(1).len() + tag.max(10) + 4);
    }
}

/// RFC 3711 section 3.1: the identifier stands before the tag, which does not cover it.
#[test]
fn the_identifier_of_a_key_is_taken_out_where_a_peer_writes_it() {
    let identifier = causeway_plan::KeyIdentifier { value: [0, 0, 1, 2], len: 2 };
    for suite in SrtpSuite::ALL {
        let (mut sender, _) = pair(suite);
        let named = key(suite, 1).named(Some(identifier));
        let mut receiver = SrtpReceiver::new(suite, &named).unwrap();
        let (rtp_tag, rtcp_tag) = match suite {
            SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => (0, 0),
            SrtpSuite::Aes128CmSha1_32 | SrtpSuite::Aes256CmSha1_32 => (4, 10),
            _ => (10, 10),
        };
        let with = |mut packet: Vec<u8>, tag: usize| {
            let at = packet.len() - tag;
            packet.splice(at..at, [1, 2]);
            packet
        };
        let sealed = protect_rtp(&mut sender, &rtp(1, 1));
        assert_eq!(open_rtp(&mut receiver, &with(sealed, rtp_tag)), Ok(rtp(1, 1)), "{suite:?}");
        let report = protect_rtcp(&mut sender, &rtcp(1));
        assert_eq!(open_rtcp(&mut receiver, &with(report, rtcp_tag)), Ok(rtcp(1)), "{suite:?}");
        // Announced and left out.
        let sealed = protect_rtp(&mut sender, &rtp(1, 2));
        assert_eq!(open_rtp(&mut receiver, &sealed), Ok(rtp(1, 2)), "{suite:?}");
        for len in 0..40 {
            assert!(open_rtp(&mut receiver, &with(rtp(1, 3), 0)[..len]).is_err());
        }
    }
}

#[test]
fn a_replayed_packet_is_refused_also_after_a_reoffer_with_the_same_key() {
    for suite in SrtpSuite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let packets: Vec<_> = (0..200).map(|seq| protect_rtp(&mut sender, &rtp(1, seq))).collect();
        let report = protect_rtcp(&mut sender, &rtcp(1));
        packets.iter().for_each(|packet| assert!(open_rtp(&mut receiver, packet).is_ok()));
        assert!(open_rtcp(&mut receiver, &report).is_ok());
        assert!(receiver.rekey(suite, &key(suite, 1)));
        for packet in &packets {
            assert_eq!(open_rtp(&mut receiver, packet), Err(SrtpError::Replayed));
        }
        assert_eq!(open_rtcp(&mut receiver, &report), Err(SrtpError::Replayed));
    }
}

#[test]
fn the_roll_over_counter_survives_a_reoffer_with_the_same_key() {
    let suite = SrtpSuite::Aes128CmSha1_80;
    let (mut sender, mut receiver) = pair(suite);
    for seq in [65_000, 65_500, 100] {
        assert!(open_rtp(&mut receiver, &protect_rtp(&mut sender, &rtp(1, seq))).is_ok());
    }
    assert!(sender.rekey(suite, &key(suite, 1)) && receiver.rekey(suite, &key(suite, 1)));
    assert!(open_rtp(&mut receiver, &protect_rtp(&mut sender, &rtp(1, 101))).is_ok());
}

#[test]
fn a_new_key_takes_over_while_packets_of_the_old_one_are_under_way() {
    for (old, new) in [
        (SrtpSuite::Aes128CmSha1_80, SrtpSuite::Aes128CmSha1_80),
        (SrtpSuite::AeadAes256Gcm, SrtpSuite::Aes128CmSha1_32),
    ] {
        let (mut sender, mut receiver) = pair(old);
        let first = protect_rtp(&mut sender, &rtp(1, 1));
        let late = protect_rtp(&mut sender, &rtp(1, 2));
        let too_late = protect_rtp(&mut sender, &rtp(1, 3));
        assert!(open_rtp(&mut receiver, &first).is_ok());
        assert!(receiver.rekey(new, &key(new, 9)) && sender.rekey(new, &key(new, 9)));
        assert_eq!(open_rtp(&mut receiver, &late), Ok(rtp(1, 2)));
        assert!(open_rtp(&mut receiver, &first).is_err(), "replayed");
        assert_eq!(open_rtp(&mut receiver, &protect_rtp(&mut sender, &rtp(1, 4))), Ok(rtp(1, 4)));
        assert_eq!(open_rtp(&mut receiver, &too_late), Err(SrtpError::Unauthentic));
    }
}

#[test]
fn several_sources_have_their_own_roll_overs() {
    let (mut sender, mut receiver) = pair(SrtpSuite::AeadAes128Gcm);
    for seq in [10, 30_000, 60_000, 100] {
        for ssrc in 1..=MAX_SSRCS as u32 {
            let packet = rtp(ssrc, seq);
            assert_eq!(open_rtp(&mut receiver, &protect_rtp(&mut sender, &packet)), Ok(packet));
        }
    }
    let mut buffer = [rtp(99, 1), vec![0; 20]].concat();
    assert_eq!(sender.protect_rtp(&mut buffer, 172), Err(SrtpError::KeyExhausted));
}

#[test]
fn forged_sources_push_no_genuine_one_out() {
    let (mut sender, mut receiver) = pair(SrtpSuite::Aes128CmSha1_80);
    let genuine = protect_rtp(&mut sender, &rtp(1, 1));
    assert!(open_rtp(&mut receiver, &genuine).is_ok());
    for ssrc in 2..100 {
        let forged = [rtp(ssrc, 1), vec![0; 10]].concat();
        assert_eq!(open_rtp(&mut receiver, &forged), Err(SrtpError::Unauthentic));
    }
    assert_eq!(open_rtp(&mut receiver, &genuine), Err(SrtpError::Replayed));
}

#[test]
fn rtcp_in_the_clear_is_refused() {
    for suite in SrtpSuite::ALL {
        let (_, mut receiver) = pair(suite);
        let plain = [rtcp(1), vec![0; 14]].concat();
        assert_eq!(open_rtcp(&mut receiver, &plain), Err(SrtpError::Unauthentic));
    }
}

#[test]
fn a_buffer_without_room_is_refused_and_changes_nothing() {
    for suite in SrtpSuite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let mut tight = rtp(1, 1);
        assert_eq!(sender.protect_rtp(&mut tight, 172), Err(SrtpError::Truncated));
        assert_eq!(tight, rtp(1, 1));
        let mut tight = rtcp(1);
        assert_eq!(sender.protect_rtcp(&mut tight, 32), Err(SrtpError::Truncated));
        assert!(open_rtp(&mut receiver, &protect_rtp(&mut sender, &rtp(1, 1))).is_ok());
        assert!(sender.protect_rtp(&mut [0; 40], 60).is_err());
    }
}

#[test]
fn keys_never_show() {
    let suite = SrtpSuite::Aes128CmSha1_80;
    let (sender, receiver) = pair(suite);
    let shown = format!("{sender:?} {receiver:?}");
    assert!(!shown.contains("keying") && !shown.contains("salt") && shown.len() < 200, "{shown}");
    assert!(SrtpSender::new(SrtpSuite::AeadAes256Gcm, &key(suite, 1)).is_none());
}

proptest! {
    #[test]
    fn a_changed_or_cut_packet_is_refused_and_the_genuine_one_still_opens(
        suite in suites(), at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<prop::sample::Index>()
    ) {
        let (mut sender, mut receiver) = pair(suite);
        let sealed = protect_rtp(&mut sender, &rtp(7, 300));
        let mut changed = sealed.clone();
        changed[at.index(sealed.len())] ^= 1 << bit;
        prop_assert!(open_rtp(&mut receiver, &changed).is_err());
        prop_assert!(open_rtp(&mut receiver, &sealed[..cut.index(sealed.len())]).is_err());
        prop_assert_eq!(open_rtp(&mut receiver, &sealed), Ok(rtp(7, 300)));
        let report = protect_rtcp(&mut sender, &rtcp(7));
        let mut changed = report.clone();
        changed[at.index(report.len())] ^= 1 << bit;
        prop_assert!(open_rtcp(&mut receiver, &changed).is_err());
        prop_assert!(open_rtcp(&mut receiver, &report[..cut.index(report.len())]).is_err());
        prop_assert_eq!(open_rtcp(&mut receiver, &report), Ok(rtcp(7)));
    }

    #[test]
    fn order_and_loss_over_roll_overs_do_not_matter(
        suite in suites(), start: u16, steps in prop::collection::vec(1u32..20_000, 1..40)
    ) {
        let (mut sender, mut receiver) = pair(suite);
        let mut seq = u32::from(start);
        let mut sealed = Vec::new();
        for step in steps {
            seq += step;
            sealed.push((seq, protect_rtp(&mut sender, &rtp(7, seq as u16))));
        }
        // Neighbours that are not far apart may change places, but for the first two.
        for at in 2..sealed.len() {
            if sealed[at].0 - sealed[at - 1].0 < 100 {
                sealed.swap(at, at - 1);
            }
        }
        for (seq, packet) in sealed {
            prop_assert_eq!(open_rtp(&mut receiver, &packet), Ok(rtp(7, seq as u16)));
        }
    }
}

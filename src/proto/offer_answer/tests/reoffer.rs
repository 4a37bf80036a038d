//! What happens after the first exchange.

use super::{exchange, negotiator};
use crate::offer_answer::Negotiator;
use causeway_base::{Codec, EndCause};
use causeway_plan::{Direction, Encryption, OfferPolicy, SrtpSuite};
use causeway_wire::sdp::SessionDescription;
use std::net::SocketAddr;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const OTHER_KEY: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

fn leg() -> Negotiator {
    negotiator(OfferPolicy::default(), 1)
}

fn offer(lines: &str) -> Vec<u8> {
    let head = "v=0\no=- 9 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n";
    format!("{head}{lines}").replace('\n', "\r\n").into_bytes()
}

fn crypto(key: &str) -> Vec<u8> {
    offer(&format!("m=audio 5000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\n"))
}

fn version(bytes: &[u8]) -> u64 {
    SessionDescription::parse(bytes).unwrap().origin.version
}

#[test]
fn the_peer_holds_in_both_forms_and_resumes() {
    let mut leg = leg();
    let table = [
        ("m=audio 5000 RTP/AVP 8\n", Direction::SendReceive, "sendrecv", true),
        ("m=audio 5000 RTP/AVP 8\na=sendonly\n", Direction::ReceiveOnly, "recvonly", true),
        ("m=audio 5000 RTP/AVP 8\na=inactive\n", Direction::Inactive, "inactive", true),
        ("m=audio 5000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n", Direction::ReceiveOnly, "recvonly", false),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP4 0.0.0.0\na=sendonly\n",
            Direction::ReceiveOnly,
            "recvonly",
            false,
        ),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP4 0.0.0.0\na=inactive\n",
            Direction::Inactive,
            "inactive",
            false,
        ),
        ("a=sendonly\nm=audio 5000 RTP/AVP 8\n", Direction::ReceiveOnly, "recvonly", true),
        (
            "a=sendonly\nm=audio 5000 RTP/AVP 8\na=sendrecv\n",
            Direction::SendReceive,
            "sendrecv",
            true,
        ),
        ("m=audio 5000 RTP/AVP 8\na=recvonly\n", Direction::SendOnly, "sendonly", true),
        ("m=audio 5000 RTP/AVP 8\n", Direction::SendReceive, "sendrecv", true),
    ];
    for (lines, direction, attribute, addressed) in table {
        let (answer, media) = leg.answer(&offer(lines)).unwrap();
        assert_eq!(media.direction, direction, "{lines}");
        assert_eq!(media.transport.rtp().unwrap().remote_rtp.is_some(), addressed, "{lines}");
        assert!(SessionDescription::parse(&answer).unwrap().media[0].has(attribute), "{lines}");
    }
}

#[test]
fn we_hold_and_resume_and_the_version_counts_changes_only() {
    let (mut a, mut b) = (leg(), negotiator(OfferPolicy::default(), 2));
    let first = a.offer();
    a.accept_answer(&b.answer(&first).unwrap().0).unwrap();
    let keys = a.media().unwrap().transport.srtp();
    assert!(keys.is_some());

    a.set_direction(Direction::SendOnly);
    let hold = a.offer();
    let (answer, theirs) = b.answer(&hold).unwrap();
    assert_eq!(theirs.direction, Direction::ReceiveOnly);
    assert_eq!(a.accept_answer(&answer).unwrap().direction, Direction::SendOnly);
    assert_eq!(version(&hold), version(&first) + 1);
    assert_eq!(a.media().unwrap().transport.srtp(), keys, "a hold keeps the keys");

    let again = a.offer();
    assert_eq!(again, hold, "nothing changed");
    a.accept_answer(&b.answer(&again).unwrap().0).unwrap();

    // The peer refreshes: we still hold.
    let (media, _) = exchange(&mut b, &mut a).unwrap();
    assert_eq!(media.direction, Direction::ReceiveOnly);

    a.set_direction(Direction::SendReceive);
    let (resumed, _) = exchange(&mut a, &mut b).unwrap();
    assert_eq!(resumed.direction, Direction::SendReceive);
    assert_eq!(resumed.transport.srtp(), keys);
}

#[test]
fn a_failed_reoffer_leaves_what_was_agreed() {
    let mut leg = leg();
    let (_, media) = leg.answer(&offer("m=audio 5000 RTP/AVP 8\n")).unwrap();
    for bad in [
        &b"rubbish"[..],
        &offer("m=audio 5000 RTP/AVP 18\n"),
        &offer("m=video 5000 RTP/AVP 8\n")[..0],
        &offer("m=audio 5000 RTP/SAVP 8\n"),
        &offer("m=audio 5000 RTP/AVP 8\nc=IN IP4 239.0.0.1\n"),
    ] {
        leg.answer(bad).unwrap_err();
        assert_eq!(leg.media(), Some(&media));
    }

    leg.set_direction(Direction::Inactive);
    let refused = leg.offer();
    assert!(leg.is_offering());
    leg.rollback();
    assert!(!leg.is_offering());
    assert_eq!(leg.media(), Some(&media));
    let (answer, after) = leg.answer(&offer("m=audio 5000 RTP/AVP 8\n")).unwrap();
    assert_eq!(after, media, "the hold that failed is forgotten");
    assert_eq!(version(&answer), version(&refused) + 1, "versions never go back");

    leg.answer(&offer("m=audio 6000 RTP/AVP 0\n")).unwrap();
    leg.rollback();
    assert_eq!(leg.media(), Some(&media), "an answer that could not be delivered");

    leg.offer();
    leg.accept_answer(b"rubbish").unwrap_err();
    assert_eq!(leg.media(), Some(&media));
    assert!(leg.accept_answer(&offer("m=audio 5000 RTP/AVP 8\n")).is_err(), "no offer is open");
}

#[test]
fn our_key_stays_until_the_peer_changes_its_own_and_never_comes_back() {
    let mut leg = leg();
    let send = |leg: &mut Negotiator, key| {
        let (_, media) = leg.answer(&crypto(key)).unwrap();
        media.transport.srtp().unwrap().send
    };
    let mut seen = Vec::new();
    for key in [KEY, OTHER_KEY, KEY, OTHER_KEY] {
        let new = send(&mut leg, key);
        assert!(!seen.contains(&new));
        assert_eq!(send(&mut leg, key), new);
        seen.push(new);
        // A re-offer of ours repeats the key in use.
        let offered = String::from_utf8(leg.offer()).unwrap();
        let answer =
            format!("m=audio 5000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\n");
        assert!(offered.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80"), "{offered}");
        assert_eq!(leg.accept_answer(&offer(&answer)).unwrap().transport.srtp().unwrap().send, new);
    }
}

#[test]
fn a_suite_that_was_left_has_another_key_when_it_returns() {
    let policy = OfferPolicy { encryption: Encryption::Required, ..OfferPolicy::default() };
    let mut leg = negotiator(policy, 1);
    let mut seen = Vec::new();
    for suite in ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"].repeat(3) {
        let lines = format!("m=audio 5000 RTP/SAVP 0\na=crypto:7 {suite} inline:{KEY}\n");
        let (answer, media) = leg.answer(&offer(&lines)).unwrap();
        let srtp = media.transport.srtp().unwrap();
        assert_eq!(Some(srtp.suite), SrtpSuite::from_name(suite));
        assert!(!seen.contains(&srtp.send));
        seen.push(srtp.send);
        assert!(String::from_utf8(answer).unwrap().contains(&format!("a=crypto:7 {suite} ")));
    }
}

#[test]
fn lines_keep_their_order_and_number() {
    let mut leg = leg();
    let lines = "m=video 5002 RTP/AVP 97\na=rtpmap:97 H264/90000\nm=audio 5000 RTP/AVP 111 77\n\
                 a=rtpmap:111 opus/48000/2\na=rtpmap:77 telephone-event/48000\n\
                 m=application 5004 UDP/BFCP *\n";
    leg.answer(&offer(lines)).unwrap();
    let ours = SessionDescription::parse(&leg.offer()).unwrap();
    let shape: Vec<_> =
        ours.media.iter().map(|m| (&m.kind[..], m.port > 0, &m.proto[..])).collect();
    assert_eq!(
        shape,
        [
            ("video", false, "RTP/AVP"),
            ("audio", true, "RTP/AVP"),
            ("application", false, "UDP/BFCP")
        ]
    );
    let maps: Vec<_> = ours.media[1].values("rtpmap").collect();
    assert!(maps.contains(&"111 opus/48000/2"), "numbers keep their meaning: {maps:?}");
    assert!(maps.contains(&"77 telephone-event/48000"), "{maps:?}");

    // Poly adds its slides line later; the audio line stays where it is.
    leg.rollback();
    let added = format!("{lines}m=video 5006 RTP/AVP 97\na=content:slides\n");
    let (answer, _) = leg.answer(&offer(&added)).unwrap();
    assert_eq!(SessionDescription::parse(&answer).unwrap().media.len(), 4);
    assert_eq!(SessionDescription::parse(&leg.offer()).unwrap().media.len(), 4);
}

#[test]
fn a_line_switched_off_is_silence_and_comes_back() {
    let mut leg = leg();
    let (_, media) = leg.answer(&offer("m=audio 5000 RTP/AVP 8\n")).unwrap();
    let (answer, off) = leg.answer(&offer("m=audio 0 RTP/AVP 8\n")).unwrap();
    assert_eq!(SessionDescription::parse(&answer).unwrap().media[0].port, 0);
    assert_eq!(
        (off.direction, off.transport.rtp().unwrap().remote_rtp),
        (Direction::Inactive, None)
    );
    assert_eq!(leg.answer(&offer("m=audio 5000 RTP/AVP 8\n")).unwrap().1, media);
    let mut fresh = super::negotiator(OfferPolicy::default(), 1);
    let refusal = fresh.answer(&offer("m=audio 0 RTP/AVP 8\n")).unwrap_err();
    assert_eq!(refusal.cause, EndCause::NoCommonCodec);
}

#[test]
fn a_late_offer_may_meet_other_numbers() {
    let mut leg = leg();
    let ours = String::from_utf8(leg.offer()).unwrap();
    assert!(ours.len() < 850, "room for the headers of an INVITE: {}", ours.len());
    assert!(ours.contains("m=audio 4002 RTP/AVP 96 9 8 0 13 100 101\r\n"), "{ours}");
    let media = leg
        .accept_answer(&offer(
            "m=audio 5000 RTP/AVP 116 120 122\na=rtpmap:116 vnd.polycom.lpr/9000\n\
             a=rtpmap:120 OPUS/48000/2\na=fmtp:120 maxaveragebitrate=32000;usedtx=1\n\
             a=rtpmap:122 telephone-event/48000\na=rtcp:5009\na=ptime:40\n\
             a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\n",
        ))
        .unwrap();
    let audio = &media.audio;
    assert_eq!((audio.send.codec, audio.send.payload_type), (Codec::Opus, 120));
    assert!(audio.send.dtx && !audio.send.fec);
    assert_eq!(audio.send.max_bitrate.map(|rate| rate.as_bps()), Some(32_000));
    assert_eq!(audio.receive.iter().map(|f| f.payload_type).collect::<Vec<_>>(), [96]);
    assert_eq!((audio.send_events, &audio.receive_events[..]), (Some(122), &[100][..]));
    assert_eq!((audio.ptime_ms, audio.level_extension), (40, Some(1)));
    assert_eq!(
        media.transport.rtp().unwrap().remote_rtcp,
        "192.0.2.7:5009".parse::<SocketAddr>().ok()
    );
}

#[test]
fn answers_that_cannot_be_used_are_refused() {
    let off = OfferPolicy { encryption: Encryption::Off, ..OfferPolicy::default() };
    let required = OfferPolicy { encryption: Encryption::Required, ..OfferPolicy::default() };
    let line = |tag: u32, suite: &str| {
        format!("m=audio 5000 RTP/AVP 0\na=crypto:{tag} {suite} inline:{KEY}\n")
    };
    let sha1 = "AES_CM_128_HMAC_SHA1_80";
    let table = [
        (&off, "m=audio 5000 RTP/AVP 0\n".to_owned(), None),
        (&off, line(3, sha1), None),
        (&off, "m=audio 0 RTP/AVP 0\n".to_owned(), Some(EndCause::NoCommonCodec)),
        (&off, "m=audio 5000 RTP/AVP 18\n".to_owned(), Some(EndCause::NoCommonCodec)),
        (&off, "m=audio 5000 RTP/AVP 101\n".to_owned(), Some(EndCause::NoCommonCodec)),
        (&off, "m=video 5000 RTP/AVP 0\n".to_owned(), Some(EndCause::BadMediaDescription)),
        (&off, String::new(), Some(EndCause::NoCommonCodec)),
        (&off, "m=audio 5000 RTP/SAVP 0\n".to_owned(), Some(EndCause::NoCommonEncryption)),
        (&required, "m=audio 5000 RTP/AVP 0\n".to_owned(), Some(EndCause::EncryptionRequired)),
        (&required, line(3, sha1), None),
        (&required, line(2, sha1), Some(EndCause::NoCommonEncryption)),
        (&required, line(9, sha1), Some(EndCause::NoCommonEncryption)),
    ];
    for (policy, lines, cause) in table {
        let mut leg = negotiator(policy.clone(), 1);
        leg.offer();
        let got = leg.accept_answer(&offer(&lines)).map_err(|refusal| refusal.cause);
        assert_eq!(got.as_ref().err(), cause.as_ref(), "{lines}");
    }
}

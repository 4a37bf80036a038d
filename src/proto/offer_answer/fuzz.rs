//! Body of the fuzz target of offer/answer.

use super::webrtc::{Fragment, Taken};
use super::{LocalMedia, Negotiator, WebRtcNegotiator, WebRtcTerms, answer_probe};
use causeway_plan::webrtc::{MAX_CANDIDATES, MAX_ICE_CREDENTIAL, MAX_MID};
use causeway_plan::{
    Direction, Encryption, Fingerprint, IceCredentials, LegMedia, OfferPolicy, WebRtcAddress,
};
use causeway_wire::sdp::{SdpError, SessionDescription};
use std::net::{IpAddr, SocketAddr};

/// Descriptions handed to one leg, in any order of offers and answers. The input is cut at
/// each zero byte; the first byte of a piece says what it is.
pub fn offer_answer_sequence(data: &[u8]) {
    let encryption = match data.first().map(|byte| byte % 3) {
        Some(0) => Encryption::Off,
        Some(1) => Encryption::BestEffort,
        _ => Encryption::Required,
    };
    let policy = OfferPolicy { encryption, ..OfferPolicy::default() };
    let advertised = IpAddr::from([192, 0, 2, 1]);
    let local = LocalMedia { advertised, rtp_port: 4000, rtcp_port: 4001 };
    let fresh = || Negotiator::new(policy.clone(), local, IpAddr::from([192, 0, 2, 9]), [1; 32]);
    let mut leg = fresh();
    for piece in data.split(|byte| *byte == 0) {
        let Some((action, text)) = piece.split_first() else { continue };
        let before = leg.media().cloned();
        match action % 6 {
            0 | 1 => match leg.answer(text) {
                Ok((answer, media)) => {
                    assert_eq!(leg.media(), Some(&media));
                    check(text, &answer);
                }
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            2 => assert!(fresh().answer(&leg.offer()).is_ok(), "a twin takes our offer"),
            3 => match leg.accept_answer(text) {
                Ok(media) => assert_eq!(leg.media(), Some(&media)),
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            4 => leg.rollback(),
            _ => leg.set_direction(Direction::of(text.len() % 2 == 0, text.len() % 3 == 0)),
        }
    }
}

/// Offers, candidates and fragments of a browser, handed to one leg in any order. The input is cut at each
/// zero byte; the first byte of a piece says what it is.
pub fn webrtc_sequence(data: &[u8]) {
    let address = |port| SocketAddr::from(([192, 0, 2, 1], port));
    let local = WebRtcAddress {
        ice: IceCredentials { ufrag: "ours".to_owned(), password: "o".repeat(22) },
        fingerprint: Fingerprint([1; 32]),
        udp: vec![address(4000)],
        tcp: vec![address(4001)],
    };
    let ice_lite = data.len().is_multiple_of(2);
    let terms = WebRtcTerms { ice_lite, direction: Direction::SendReceive };
    let mut leg = WebRtcNegotiator::new(OfferPolicy::default(), local.clone(), terms, [1; 32]);
    for piece in data.split(|byte| *byte == 0) {
        let Some((action, text)) = piece.split_first() else { continue };
        let before = leg.media().cloned();
        match action % 5 {
            0 | 1 => match leg.answer(text) {
                Ok((answer, media)) => {
                    assert_eq!(leg.media(), Some(&media));
                    check(text, answer.as_bytes());
                    check_browser(&media, ice_lite);
                }
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            2 => {
                if let Ok((answer, media)) = answer_probe(text, local.clone(), ice_lite, [1; 32]) {
                    check(text, answer.as_bytes());
                    check_browser(&media, ice_lite);
                }
            }
            3 => {
                let Ok(fragment) = Fragment::parse(text) else { continue };
                match leg.fragment(&fragment) {
                    Ok(Taken::Restarted { fragment, media }) => {
                        assert!(Fragment::parse(fragment.as_bytes()).is_ok());
                        check_browser(&media, ice_lite);
                    }
                    Ok(Taken::Candidates(taken)) => assert!(taken.len() <= MAX_CANDIDATES),
                    Err(_) => assert!(before.is_none()),
                }
            }
            _ => {
                let taken = leg.candidate(&String::from_utf8_lossy(text));
                assert!(taken.is_none() || before.is_some());
            }
        }
    }
}

/// Nothing of a browser goes beyond its bounds.
fn check_browser(media: &LegMedia, ice_lite: bool) {
    let spec = media.transport.webrtc().expect("a browser's");
    assert_eq!(spec.ice_lite, ice_lite);
    assert!(spec.remote_candidates.len() <= MAX_CANDIDATES);
    assert!((4..=MAX_ICE_CREDENTIAL).contains(&spec.remote_ice.ufrag.len()));
    assert!((22..=MAX_ICE_CREDENTIAL).contains(&spec.remote_ice.password.len()));
    assert!(spec.audio.iter().all(|audio| audio.mid.len() <= MAX_MID));
    assert!(spec.data.iter().all(|data| data.mid.len() <= MAX_MID && data.sctp_port != 0));
    if let Some(audio) = &spec.audio {
        let numbers = media.audio.receive.iter().map(|format| format.payload_type);
        let mut numbers: Vec<_> = numbers.chain(audio.receive_red).collect();
        numbers.extend(&media.audio.receive_events);
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]), "one number, one meaning");
        assert!(numbers.iter().all(|number| !(64..=95).contains(number)));
        assert_ne!(audio.remote_ssrc, Some(audio.local_ssrc));
    }
}

/// An answer has a line for each of the offer's, of the same kind and transport, and uses at
/// most one.
fn check(offer: &[u8], answer: &[u8]) {
    let Ok(offer) = SessionDescription::parse(offer) else { panic!("it was answered") };
    let answer = match SessionDescription::parse(answer) {
        Err(SdpError::TooLong) => return, // the longest offers have longer answers
        answer => answer.expect("what we write can be read"),
    };
    assert_eq!(offer.media.len(), answer.media.len());
    for (asked, answered) in offer.media.iter().zip(&answer.media) {
        assert!(asked.kind.eq_ignore_ascii_case(&answered.kind));
        assert_eq!(asked.proto, answered.proto);
        assert!(answered.port == 0 || asked.port != 0 || asked.has("bundle-only"));
    }
    assert!(answer.media.iter().filter(|line| line.port != 0).count() <= 1);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Lines of descriptions, right and wrong, with actions between them.
    fn piece() -> impl Strategy<Value = String> {
        let lines = [
            "m=audio 5000 RTP/AVP 0 8 96 97 101",
            "m=audio 5000 RTP/AVP 13",
            "m=audio 0 RTP/AVP 0",
            "m=audio 5000 RTP/SAVP 0",
            "m=audio 5000 RTP/SAVPF 96",
            "m=video 6000 RTP/AVP 97",
            "m=application 7000 UDP/BFCP *",
            "m=",
            "c=IN IP4 192.0.2.7",
            "c=IN IP4 0.0.0.0",
            "c=IN IP4 239.1.1.1",
            "c=IN IP6 2001:db8::1",
            "c=IN IP4 host.example",
            "a=rtpmap:96 opus/48000/2",
            "a=rtpmap:97 H264/90000",
            "a=rtpmap:101 telephone-event/8000",
            "a=rtpmap:101 telephone-event/48000",
            "a=fmtp:96 useinbandfec=1;maxaveragebitrate=1",
            "a=sendonly",
            "a=inactive",
            "a=ptime:30",
            "a=maxptime:10",
            "a=rtcp-mux",
            "a=rtcp:0 IN IP4 1.2.3.4",
            "a=extmap:3/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "b=AS:1",
        ];
        let text = prop::collection::vec(prop::sample::select(lines.to_vec()), 0..12)
            .prop_map(|lines| format!("v=0\r\n{}", lines.join("\r\n")));
        (b'0'..=b'5', text).prop_map(|(action, text)| format!("{}{text}", char::from(action)))
    }

    /// Lines of browsers' descriptions, right and wrong, in any order behind a head that is right.
    fn browser_piece() -> impl Strategy<Value = String> {
        let lines = [
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 110",
            "m=audio 0 UDP/TLS/RTP/SAVPF 111",
            "m=audio 9 RTP/SAVPF 111",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "a=mid:0",
            "a=mid:1",
            "a=mid:waytoolongforanytag",
            "a=bundle-only",
            "a=rtcp-mux",
            "a=sendrecv",
            "a=recvonly",
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:63 red/48000/2",
            "a=fmtp:63 111/111",
            "a=rtpmap:110 telephone-event/48000",
            "a=rtpmap:65 opus/48000/2",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            "a=ssrc:7 cname:x",
            "a=sctp-port:5000",
            "a=candidate:1 1 udp 9 192.0.2.7 5000 typ host",
            "a=candidate:1 1 tcp 9 192.0.2.7 9 typ host tcptype active",
            "a=ice-ufrag:other",
            "a=ice-pwd:short",
            "a=setup:active",
            "a=setup:holdconn",
            "a=ice-lite",
        ];
        let hash = prop::sample::select(vec!["0a", "0b", "xx"]);
        let ufrag = prop::sample::select(vec!["abcd", "efgh"]);
        let group = prop::sample::select(vec!["BUNDLE 0 1", "BUNDLE 1", "LS 0"]);
        let lines = prop::collection::vec(prop::sample::select(lines.to_vec()), 0..14);
        (b'0'..=b'4', hash, ufrag, group, lines).prop_map(|(action, hash, ufrag, group, lines)| {
            let hash = [hash; 32].join(":");
            let head = format!(
                "v=0\r\na=group:{group}\r\na=fingerprint:sha-256 {hash}\r\na=ice-ufrag:{ufrag}\r\n\
                 a=ice-pwd:{}\r\n",
                "p".repeat(22)
            );
            let sure = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=rtcp-mux\r\n\
                        a=rtpmap:111 opus/48000/2\r\n";
            format!("{}{head}{sure}{}", char::from(action), lines.join("\r\n"))
        })
    }

    proptest! {
        #[test]
        fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::offer_answer_sequence(&data);
        }

        #[test]
        fn any_bytes_of_a_browser(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::webrtc_sequence(&data);
        }

        #[test]
        fn offers_of_a_browser_in_any_order(
            pieces in prop::collection::vec(browser_piece(), 1..6),
        ) {
            super::webrtc_sequence(pieces.join("\0").as_bytes());
        }

        #[test]
        fn descriptions_in_any_order(pieces in prop::collection::vec(piece(), 1..8)) {
            super::offer_answer_sequence(pieces.join("\0").as_bytes());
        }
    }
}

//! Body of the fuzz target of offer/answer.

use super::{LocalMedia, Negotiator};
use causeway_plan::{Direction, Encryption, OfferPolicy};
use causeway_wire::sdp::{SdpError, SessionDescription};
use std::net::IpAddr;

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
        assert!(answered.port == 0 || asked.port != 0);
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

    proptest! {
        #[test]
        fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::offer_answer_sequence(&data);
        }

        #[test]
        fn descriptions_in_any_order(pieces in prop::collection::vec(piece(), 1..8)) {
            super::offer_answer_sequence(pieces.join("\0").as_bytes());
        }
    }
}

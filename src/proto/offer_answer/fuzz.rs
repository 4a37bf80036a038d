//! Body of the fuzz target of offer/answer.

use super::webrtc::{Fragment, Taken};
use super::{LocalMedia, Negotiator, WebRtcNegotiator, WebRtcTerms, answer_probe};
use causeway_base::VideoCodec;
use causeway_plan::video::{MAX_LABEL, MAX_VIDEO_LINES};
use causeway_plan::webrtc::{
    MAX_CANDIDATES, MAX_ICE_CREDENTIAL, MAX_MID, MAX_RID, MAX_RIDS, MAX_VIDEO_FORMATS,
};
use causeway_plan::{
    Direction, Encryption, Fingerprint, IceCredentials, LegMedia, OfferPolicy, VideoFormat,
    VideoPolicy, WebRtcAddress, WebRtcSpec,
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
    let policy = OfferPolicy { encryption, video: video(data), ..OfferPolicy::default() };
    let advertised = IpAddr::from([192, 0, 2, 1]);
    let local = LocalMedia { advertised, rtp_port: 4000, rtcp_port: 4001 };
    let fresh = || {
        let leg = Negotiator::new(policy.clone(), local, IpAddr::from([192, 0, 2, 9]), [1; 32]);
        leg.with_video(6000, 6001)
    };
    let mut leg = fresh();
    for piece in data.split(|byte| *byte == 0) {
        let Some((action, text)) = piece.split_first() else { continue };
        let before = leg.media().cloned();
        match action % 6 {
            0 | 1 => match leg.answer(text) {
                Ok((answer, media)) => {
                    assert_eq!(leg.media(), Some(&media));
                    check(text, &answer, 1);
                    check_video(&media, &policy.video);
                }
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            2 => assert!(fresh().answer(&leg.offer()).is_ok(), "a twin takes our offer"),
            3 => match leg.accept_answer(text) {
                Ok(media) => {
                    assert_eq!(leg.media(), Some(&media));
                    check_video(&media, &policy.video);
                }
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            4 => leg.rollback(),
            _ => leg.set_direction(Direction::of(text.len() % 2 == 0, text.len() % 3 == 0)),
        }
    }
}

/// What is allowed of video, by the length of the input: nothing, or both codecs in either order.
fn video(data: &[u8]) -> VideoPolicy {
    let [first, second] = VideoCodec::ALL;
    let codecs = match data.len() % 4 {
        0 => Vec::new(),
        1 => vec![second, first],
        _ => vec![first, second],
    };
    VideoPolicy { codecs, ..VideoPolicy::default() }
}

/// Video is within policy, and one number has one meaning.
fn check_video(media: &LegMedia, policy: &VideoPolicy) {
    assert!(media.video.len() <= MAX_VIDEO_LINES);
    for video in &media.video {
        let mut numbers: Vec<_> = video.receive.iter().map(|format| format.payload_type).collect();
        numbers.extend(video.receive.iter().filter_map(|format| format.rtx));
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(count == numbers.len() && count > 0, "one number, one meaning");
        let shares_port = video.transport.rtp().is_none_or(|spec| spec.rtcp_mux);
        assert!(!shares_port || numbers.iter().all(|number| !(64..=95).contains(number)));
        assert!(video.label.as_ref().is_none_or(|label| label.len() <= MAX_LABEL));
        let Some(send) = video.send else {
            assert!(!video.direction.sends());
            continue;
        };
        assert!(policy.codecs.contains(&send.format.coding.codec()));
        assert!(send.ceiling.class <= policy.largest && send.max_bitrate <= policy.max_bitrate);
        assert!((1..=policy.frame_rate).contains(&send.ceiling.frame_rate));
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
    let policy = OfferPolicy { video: video(data), ..OfferPolicy::default() };
    let mut leg = WebRtcNegotiator::new(policy.clone(), local.clone(), terms, [1; 32]);
    for piece in data.split(|byte| *byte == 0) {
        let Some((action, text)) = piece.split_first() else { continue };
        let before = leg.media().cloned();
        match action % 5 {
            0 | 1 => match leg.answer(text) {
                Ok((answer, media)) => {
                    assert_eq!(leg.media(), Some(&media));
                    check(text, answer.as_bytes(), MAX_VIDEO_LINES);
                    check_browser(&media, ice_lite);
                    check_video(&media, &policy.video);
                }
                Err(_) => assert_eq!(leg.media(), before.as_ref()),
            },
            2 => {
                if let Ok((answer, media)) = answer_probe(text, local.clone(), ice_lite, [1; 32]) {
                    check(text, answer.as_bytes(), 0);
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
    assert!(spec.video_formats.len() <= MAX_VIDEO_FORMATS);
    check_lines(media, spec);
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

/// A browser's video lines use what was declared, and no source twice.
fn check_lines(media: &LegMedia, spec: &WebRtcSpec) {
    let mut sources: Vec<u32> = spec.audio.iter().map(|audio| audio.local_ssrc).collect();
    for video in &media.video {
        let line = video.transport.bundle().expect("a browser's");
        assert!(line.mid.len() <= MAX_MID && line.remote_rids.len() <= MAX_RIDS);
        assert!(line.remote_rids.iter().all(|rid| rid.rid.len() <= MAX_RID));
        sources.extend([line.local_ssrc, line.local_rtx_ssrc]);
        for format in &video.receive {
            let declared = |known: &&VideoFormat| known.payload_type == format.payload_type;
            let known = spec.video_formats.iter().find(declared).expect("declared");
            assert_eq!(known.coding.codec(), format.coding.codec());
            assert!(format.rtx.is_none() || format.rtx == known.rtx);
        }
    }
    let count = sources.len();
    sources.sort_unstable();
    sources.dedup();
    assert_eq!(sources.len(), count);
}

/// An answer has a line for each of the offer's, of the same kind and transport, and uses at
/// most one beside `videos` of video.
fn check(offer: &[u8], answer: &[u8], videos: usize) {
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
    let used = answer.media.iter().filter(|line| line.port != 0);
    let (video, others): (Vec<_>, Vec<_>) =
        used.partition(|line| line.kind.eq_ignore_ascii_case("video"));
    assert!(others.len() <= 1 && video.len() <= videos);
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
            "m=video 6002 RTP/AVP 99 98 97 72 100",
            "m=video 6000 RTP/SAVP 97",
            "m=video 0 RTP/AVP 97",
            "a=rtpmap:98 VP8/90000",
            "a=rtpmap:72 H264/90000",
            "a=rtpmap:99 rtx/90000",
            "a=fmtp:99 apt=98",
            "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1;max-fs=8160",
            "a=fmtp:97 profile-level-id=640c28;level-asymmetry-allowed=1;max-br=1;max-fps=1",
            "a=fmtp:98 max-fs=1;max-fr=300",
            "a=rtcp-fb:* ccm fir",
            "a=rtcp-fb:98 nack pli",
            "a=content:slides",
            "a=label:11",
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
            "m=video 9 UDP/TLS/RTP/SAVPF 102 97 111 96 72\r\na=mid:1\r\na=rtcp-mux",
            "a=rtpmap:96 VP8/90000",
            "a=rtpmap:96 H264/90000",
            "a=rtpmap:102 H264/90000",
            "a=rtpmap:97 rtx/90000",
            "a=fmtp:97 apt=96",
            "a=rtcp-fb:96 transport-cc",
            "a=rtcp-fb:96 goog-remb",
            "a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
            "a=rid:h send",
            "a=rid:waytoolongforanyidentifier send",
            "a=simulcast:send h;~waytoolongforanyidentifier;x",
            "a=ssrc-group:FID 7 8",
            "a=inactive",
            "a=sendonly",
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

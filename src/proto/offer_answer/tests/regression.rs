//! What others got wrong with video, by the names of their reports.

use super::{fixture, negotiator};
use crate::offer_answer::Negotiator;
use causeway_base::VideoCodec;
use causeway_plan::{Content, Direction, OfferPolicy, PacketizationMode, VideoCoding, VideoPolicy};
use causeway_wire::sdp::SessionDescription;

const AUDIO: &str = "m=audio 5000 RTP/AVP 8\n";
const H264: &str = "m=video 5002 RTP/AVP 97\na=rtpmap:97 H264/90000\n\
                    a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\n";

fn leg() -> Negotiator {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    let policy = OfferPolicy { video, ..OfferPolicy::default() };
    negotiator(policy, 1).with_video(6002, 6003)
}

fn description(connection: &str, lines: &str) -> Vec<u8> {
    format!("v=0\no=- 9 1 IN IP4 192.0.2.7\ns=-\n{connection}t=0 0\n{lines}")
        .replace('\n', "\r\n")
        .into_bytes()
}

fn with_address(lines: &str) -> Vec<u8> {
    description("c=IN IP4 192.0.2.7\n", lines)
}

fn ports(answer: &[u8]) -> Vec<u16> {
    SessionDescription::parse(answer).unwrap().media.iter().map(|line| line.port).collect()
}

/// A meeting service answers in mode 0: the call had no video.
#[test]
fn freeswitch_2205_h264_in_mode_0_is_taken_and_sent() {
    let media = fixture::media("zoom/crc+video").unwrap();
    let sent = media.video[0].send.expect("pictures").format.coding;
    let is_single = |coding: &VideoCoding| matches!(coding, VideoCoding::H264(h264) if h264.mode == PacketizationMode::SingleNal);
    assert!(is_single(&sent), "{sent:?}");
    assert!(media.video[0].receive.iter().any(|format| is_single(&format.coding)));
}

/// A line that is inactive, and a description without any `c=`: the call was refused.
#[test]
fn kamailio_3406_an_inactive_picture_without_an_address_leaves_the_sound() {
    let sound = "m=audio 5000 RTP/AVP 8\nc=IN IP4 192.0.2.7\n";
    let offer = description("", &format!("{sound}{H264}a=inactive\n"));
    let (answer, media) = leg().answer(&offer).unwrap();
    assert_eq!(ports(&answer)[0], 4002);
    assert_eq!((media.direction, media.pictures()), (Direction::SendReceive, Direction::Inactive));
}

/// We offer `RTP/AVP` with keys, and the answer says `RTP/SAVP`: it was taken for another line.
#[test]
fn pjproject_467_an_answer_in_savp_to_an_offer_in_avp_is_protected() {
    let mut leg = leg();
    let offer = String::from_utf8(leg.offer()).unwrap();
    assert!(offer.contains("m=video 6002 RTP/AVP "), "{offer}");
    let key =
        |letter: &str| format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}\n", letter.repeat(40));
    let answer = format!("{AUDIO}{}{H264}{}", key("A"), key("B")).replace("RTP/AVP", "RTP/SAVP");
    let suite = offer.lines().find(|line| line.contains("AES_CM_128_HMAC_SHA1_80")).unwrap();
    let tag = suite.trim_start_matches("a=crypto:").split(' ').next().unwrap();
    let answer = answer.replace("a=crypto:1 ", &format!("a=crypto:{tag} "));
    let media = leg.accept_answer(&with_address(&answer)).unwrap();
    assert!(media.transport.srtp().is_some());
    assert!(media.video[0].transport.rtp().unwrap().srtp().is_some());
}

/// A middlebox wrote `RTP/AVP` into the line of floor control.
#[test]
fn rtpengine_80_a_rewritten_floor_line_is_refused_and_pictures_go_on() {
    let media = fixture::media("tandberg/bfcp-turned-into-rtp+video").unwrap();
    assert_eq!((media.video.len(), media.pictures()), (1, Direction::SendReceive));
}

/// Loss recovery of Poly stands before H.264 in its list, in answers though it was never offered.
#[test]
fn livekit_sip_lpr_first_in_an_answer_is_no_codec() {
    let mut leg = leg();
    leg.offer();
    let lines = "m=video 5002 RTP/AVP 116 97\na=rtpmap:116 vnd.polycom.lpr/9000\n\
                 a=rtpmap:97 H264/90000\na=fmtp:97 profile-level-id=42e01f;packetization-mode=1\n";
    let media = leg.accept_answer(&with_address(&format!("{AUDIO}{lines}"))).unwrap();
    let sent = media.video[0].send.expect("pictures").format;
    assert_eq!((sent.payload_type, sent.coding.codec()), (97, VideoCodec::H264));
}

/// HDX adds its line of slides by a re-INVITE, behind the line of floor control.
#[test]
fn livekit_sip_slides_that_hdx_adds_late_do_not_take_the_place_of_people() {
    let first = fixture::media("poly/hdx+video").unwrap();
    let then = fixture::media("poly/hdx-slides-added+video").unwrap();
    for media in [first, then] {
        assert_eq!((media.video.len(), media.pictures()), (1, Direction::SendReceive));
        assert_eq!(media.video[0].content, Content::Main);
    }
}

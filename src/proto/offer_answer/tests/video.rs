//! Video beside the sound: what is agreed of it, and what comes later.

use super::{exchange, negotiator};
use crate::offer_answer::{LocalMedia, Negotiator};
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_plan::{
    Direction, FeedbackKind, H264Level, H264Profile, LegVideo, OfferPolicy, PacketizationMode,
    VideoCoding, VideoPolicy,
};
use causeway_wire::sdp::SessionDescription;
use std::net::IpAddr;

const AUDIO: &str = "m=audio 5000 RTP/AVP 8\n";
const H264: &str = "m=video 5002 RTP/AVP 97\na=rtpmap:97 H264/90000\n\
                    a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\n";
const SLIDES: &str = "m=video 5006 RTP/AVP 97\na=rtpmap:97 H264/90000\n\
                      a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\na=content:slides\n";

fn policy() -> OfferPolicy {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    OfferPolicy { video, ..OfferPolicy::default() }
}

fn leg() -> Negotiator {
    negotiator(policy(), 1).with_video(6002, 6003)
}

fn offer(lines: &str) -> Vec<u8> {
    let head = "v=0\no=- 9 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n";
    format!("{head}{lines}").replace('\n', "\r\n").into_bytes()
}

fn read(description: &[u8]) -> SessionDescription {
    SessionDescription::parse(description).unwrap()
}

fn ports(description: &[u8]) -> Vec<u16> {
    read(description).media.iter().map(|line| line.port).collect()
}

fn h264(video: &LegVideo) -> causeway_plan::H264Format {
    match video.send.unwrap().format.coding {
        VideoCoding::H264(h264) => h264,
        VideoCoding::Vp8(_) => panic!("VP8"),
    }
}

/// Packets are numbered where both ways and a report of them are offered, and never by an offer
/// of ours.
#[test]
fn packets_are_numbered_for_who_asks_when_they_came() {
    for (name, expected) in [
        ("gateway/arrivals-reported+video", Some(5)),
        ("gateway/arrivals-one-way+video", None),
        ("pexip/vp8-only+video", None),
    ] {
        let video = super::fixture::media(name).unwrap().video.remove(0);
        assert_eq!(video.transport_cc, expected, "{name}");
        let asks = |feedback: causeway_plan::Feedback| feedback.has(FeedbackKind::TransportCc);
        assert_eq!(asks(video.send.unwrap().format.feedback), expected.is_some(), "{name}");
        assert_eq!(asks(video.receive[0].feedback), expected.is_some(), "{name}");
    }
    let mut leg = leg();
    let ours = String::from_utf8(leg.offer()).unwrap();
    assert!(ours.contains("m=video") && !ours.contains("transport-cc"), "{ours}");
}

/// What we send to the devices of the fixtures.
#[test]
fn levels_rates_and_policy_make_the_picture() {
    let table = [
        ("poly/studio-x+video", 110, SizeClass::P720, 30, 2_048),
        ("poly/studio-x+1080p+video", 110, SizeClass::P1080, 30, 3_938),
        ("poly/g7500-lpr+video", 110, SizeClass::P720, 30, 2_048),
        ("poly/hdx+video", 109, SizeClass::P720, 30, 768),
        ("poly/hdx-narrow+video", 109, SizeClass::P180, 30, 184),
        ("poly/rmx+video", 97, SizeClass::P720, 30, 2_048),
        ("cisco-room/behind-cucm+1080p+video", 126, SizeClass::P1080, 30, 4_096),
        ("cisco-room/direct+video", 126, SizeClass::P720, 30, 2_048),
        ("cisco-room/sx20-384k+video", 126, SizeClass::P360, 30, 320),
        ("tandberg/mxp+video", 97, SizeClass::P360, 30, 704),
        ("cucm/trunk-video+video", 99, SizeClass::P360, 30, 1_984),
        ("yealink/vc800+video", 99, SizeClass::P720, 30, 1_969),
        ("yealink/t58-phone+video", 99, SizeClass::P180, 30, 492),
        ("pexip/vp8-only+video", 107, SizeClass::P720, 30, 1_500),
        ("zoom/crc+video", 109, SizeClass::P720, 30, 1_415),
        ("h264/few-pictures+video", 96, SizeClass::P720, 5, 2_048),
        ("h264/level-1-upwards+video", 96, SizeClass::P720, 30, 2_048),
    ];
    for (name, payload_type, class, frame_rate, kbps) in table {
        let media = super::fixture::media(name).unwrap();
        let send = media.video[0].send.unwrap_or_else(|| panic!("{name}: nothing is sent"));
        let got = (
            send.format.payload_type,
            send.ceiling.class,
            send.ceiling.frame_rate,
            send.max_bitrate.as_kbps(),
        );
        assert_eq!(got, (payload_type, class, frame_rate, kbps), "{name}");
    }
    for name in ["h264/nothing-said+video", "h264/level-1b-by-flag+video"] {
        let media = super::fixture::media(name).unwrap();
        assert_eq!(media.video[0].send, None, "{name}: no picture fits level 1");
        assert_eq!(media.video[0].direction, Direction::ReceiveOnly, "{name}");
    }
}

#[test]
fn without_codecs_or_ports_there_is_no_video() {
    let without_codecs = negotiator(OfferPolicy::default(), 1).with_video(6002, 6003);
    for mut leg in [without_codecs, negotiator(policy(), 1)] {
        assert_eq!(ports(&leg.offer()).len(), 1);
        let (answer, media) = leg.answer(&offer(&format!("{AUDIO}{H264}"))).unwrap();
        assert_eq!(ports(&answer)[1], 0);
        assert!(media.video.is_empty());
        assert_eq!(ports(&leg.offer()), [4002, 0]);
    }
}

#[test]
fn the_whole_offer() {
    let text = String::from_utf8(leg().offer()).unwrap();
    assert!(text.len() < 1_800, "{} bytes; an INVITE with them goes by TCP", text.len());
    let (_, video) = text.split_at(text.find("m=video").unwrap());
    let video: Vec<_> = video.lines().filter(|line| !line.starts_with("a=crypto")).collect();
    assert_eq!(
        video,
        [
            "m=video 6002 RTP/AVP 97 98 99 100",
            "b=AS:2129",
            "b=TIAS:2048000",
            "a=rtpmap:97 H264/90000",
            "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1",
            "a=rtpmap:98 H264/90000",
            "a=fmtp:98 profile-level-id=640c1f;packetization-mode=1;level-asymmetry-allowed=1",
            "a=rtpmap:99 H264/90000",
            "a=fmtp:99 profile-level-id=42e01f;packetization-mode=0;level-asymmetry-allowed=1",
            "a=rtpmap:100 VP8/90000",
            "a=fmtp:100 max-fr=30;max-fs=3600",
            "a=rtcp-fb:* nack",
            "a=rtcp-fb:* nack pli",
            "a=rtcp-fb:* ccm fir",
            "a=rtcp-fb:* ccm tmmbr",
            "a=sendrecv",
            "a=rtcp-mux",
            "a=content:main",
        ]
    );
}

#[test]
fn an_answer_may_be_in_mode_0_under_another_number_and_name_what_was_not_offered() {
    let mut leg = leg();
    leg.offer();
    let answer = "m=video 5002 RTP/AVP 116 120 34\na=rtpmap:116 vnd.polycom.lpr/9000\n\
                  a=fmtp:116 V=2;minPP=0\na=rtpmap:120 H264/90000\n\
                  a=fmtp:120 profile-level-id=42801e;max-fs=3600;max-mbps=108000\n\
                  a=rtpmap:34 H263/90000\na=rtcp-fb:* ccm fir\nb=AS:1040\na=label:7\n";
    let media = leg.accept_answer(&offer(&format!("{AUDIO}{answer}"))).unwrap();
    let [video] = &media.video[..] else { panic!("one line") };
    let send = video.send.unwrap();
    assert_eq!(send.format.payload_type, 120);
    let format = h264(video);
    assert_eq!((format.mode, format.level), (PacketizationMode::SingleNal, H264Level::L3));
    assert_eq!(format.profile, H264Profile::Baseline);
    assert_eq!(send.ceiling.class, SizeClass::P720, "by max-fs and max-mbps");
    assert_eq!(send.max_bitrate, Bitrate::kbps(1_000));
    assert_eq!(send.format.feedback.kinds().collect::<Vec<_>>(), [FeedbackKind::Fir]);
    let numbers: Vec<_> = video.receive.iter().map(|format| format.payload_type).collect();
    assert_eq!(numbers, [97, 98, 99], "ours, of the codec that was answered");
    assert_eq!(video.label.as_deref(), Some("7"));
}

#[test]
fn a_lower_level_without_asymmetry_holds_both_ways() {
    for (asymmetry, level) in [("", H264Level::L3), (";level-asymmetry-allowed=1", H264Level::L4)] {
        let mut policy = policy();
        policy.video.largest = SizeClass::P360;
        let mut leg = negotiator(policy, 1).with_video(6002, 6003);
        let lines = format!(
            "{AUDIO}m=video 5002 RTP/AVP 97\na=rtpmap:97 H264/90000\n\
             a=fmtp:97 profile-level-id=42e028;packetization-mode=1{asymmetry}\n"
        );
        let (answer, media) = leg.answer(&offer(&lines)).unwrap();
        assert_eq!(h264(&media.video[0]).level, level);
        let fmtp = read(&answer).media[1].values("fmtp").next().unwrap().to_owned();
        assert!(fmtp.starts_with("97 profile-level-id=42e01e;packetization-mode=1"), "{fmtp}");
        assert_eq!(fmtp.contains("asymmetry"), !asymmetry.is_empty());
    }
}

#[test]
fn a_format_in_which_nothing_can_be_sent_is_the_last_choice() {
    let lines = "m=video 5002 RTP/AVP 98 99\na=rtpmap:98 H264/90000\na=rtpmap:99 VP8/90000\n";
    let (answer, media) = leg().answer(&offer(&format!("{AUDIO}{lines}"))).unwrap();
    assert_eq!(read(&answer).media[1].formats, ["99"], "H.264 of level 1");
    assert_eq!(media.video[0].send.unwrap().format.coding.codec(), VideoCodec::Vp8);
}

#[test]
fn a_refused_video_line_leaves_the_sound() {
    for line in [
        "",
        "m=video 0 RTP/AVP 97\n",
        "m=application 5002 UDP/BFCP *\n",
        "m=video 5002 RTP/AVP 34\na=rtpmap:34 H263/90000\n",
        "m=video 5002 RTP/SAVP 97\na=rtpmap:97 H264/90000\n",
        "m=video 5002 RTP/AVP 97\nc=IN IP6 2001:db8::1\na=rtpmap:97 H264/90000\n",
    ] {
        let mut leg = leg();
        leg.offer();
        let media = leg.accept_answer(&offer(&format!("{AUDIO}{line}"))).unwrap();
        assert!(media.video.is_empty(), "{line}");
        assert_eq!(media.direction, Direction::SendReceive);
        // Whoever asks for an offer hears of video again.
        assert_eq!(ports(&leg.offer()), [4002, 6002]);
    }
}

#[test]
fn slides_that_come_later_leave_the_line_of_people() {
    let mut leg = leg();
    let bfcp = "m=application 5004 TCP/BFCP *\na=setup:actpass\n";
    let (_, first) = leg.answer(&offer(&format!("{AUDIO}{H264}{bfcp}"))).unwrap();
    let (answer, second) = leg.answer(&offer(&format!("{AUDIO}{H264}{bfcp}{SLIDES}"))).unwrap();
    assert_eq!(ports(&answer), [4002, 6002, 0, 0]);
    assert_eq!(second, first);
    assert_eq!(ports(&leg.offer()), [4002, 6002, 0, 0]);

    // A second line without a=content does not take the place of the first.
    let unnamed = SLIDES.replace("a=content:slides\n", "");
    leg.rollback();
    let (answer, third) = leg.answer(&offer(&format!("{AUDIO}{H264}{bfcp}{unnamed}"))).unwrap();
    assert_eq!((ports(&answer), third), (vec![4002, 6002, 0, 0], first));
}

#[test]
fn pictures_are_held_and_resumed_like_sound() {
    let mut leg = leg();
    let lines = |attribute: &str| format!("{AUDIO}{attribute}{H264}{attribute}");
    for (attribute, direction) in [
        ("", Direction::SendReceive),
        ("a=sendonly\n", Direction::ReceiveOnly),
        ("a=inactive\n", Direction::Inactive),
        ("c=IN IP4 0.0.0.0\n", Direction::ReceiveOnly),
        ("a=recvonly\n", Direction::SendOnly),
        ("", Direction::SendReceive),
    ] {
        let (_, media) = leg.answer(&offer(&lines(attribute))).unwrap();
        assert_eq!((media.direction, media.video[0].direction), (direction, direction));
    }
    leg.set_direction(Direction::Inactive);
    let hold = read(&leg.offer());
    assert!(hold.media.iter().all(|line| line.has("inactive")));
    let held = leg.accept_answer(&offer(&lines("a=inactive\n"))).unwrap();
    assert_eq!(held.video[0].direction, Direction::Inactive);
}

#[test]
fn a_line_switched_off_comes_back_and_a_line_that_became_another_is_left_alone() {
    let mut leg = leg();
    let whole = offer(&format!("{AUDIO}{H264}"));
    let (_, on) = leg.answer(&whole).unwrap();
    let off = H264.replace("5002", "0");
    let (answer, media) = leg.answer(&offer(&format!("{AUDIO}{off}"))).unwrap();
    assert_eq!((ports(&answer)[1], media.video.len()), (0, 0));
    let offered = read(&leg.offer());
    assert_eq!(offered.media[1].port, 6002);
    assert!(offered.media[1].values("rtpmap").any(|map| map == "97 H264/90000"));
    leg.rollback();
    assert_eq!(leg.answer(&whole).unwrap().1, on);

    let other = "m=application 5004 UDP/BFCP *\n";
    leg.answer(&offer(&format!("{AUDIO}{other}"))).unwrap();
    assert_eq!(ports(&leg.offer()), [4002, 0], "BFCP, refused");
}

#[test]
fn the_place_of_the_sound_is_not_taken_by_a_picture() {
    let mut leg = leg();
    leg.answer(&offer(AUDIO)).unwrap();
    let (answer, media) = leg.answer(&offer(H264)).unwrap();
    assert_eq!((ports(&answer), media.video.len()), (vec![0], 0));
    assert_eq!(read(&leg.offer()).media[0].kind, "audio");
}

#[test]
fn the_format_in_use_stays_and_numbers_keep_their_meaning() {
    let two = "m=video 5002 RTP/AVP 109 110\na=rtpmap:109 H264/90000\n\
               a=fmtp:109 profile-level-id=42801f\na=rtpmap:110 H264/90000\n\
               a=fmtp:110 profile-level-id=42801f;packetization-mode=1\n";
    let one = two.replace(" 109 110", " 109");
    let mut leg = leg();
    let sent = |leg: &mut Negotiator, lines: &str| {
        let (_, media) = leg.answer(&offer(&format!("{AUDIO}{lines}"))).unwrap();
        media.video[0].send.unwrap().format.payload_type
    };
    assert_eq!(sent(&mut leg, &one), 109);
    assert_eq!(sent(&mut leg, two), 109, "mode 1 would be better, but 109 is in use");
    let offered = read(&leg.offer());
    assert_eq!(offered.media[1].formats, ["109", "110"]);
    let fmtp: Vec<_> = offered.media[1].values("fmtp").collect();
    assert_eq!(
        fmtp[1],
        "110 profile-level-id=42801f;packetization-mode=1;level-asymmetry-allowed=1"
    );
}

#[test]
fn keys_of_pictures_are_their_own() {
    let key =
        |letter: &str| format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}\n", letter.repeat(40));
    let mut leg = leg();
    let mut seen = Vec::new();
    for letter in ["A", "B", "A"] {
        let lines = format!("{AUDIO}{}{H264}{}", key("S"), key(letter));
        let (_, media) = leg.answer(&offer(&lines)).unwrap();
        let video = media.video[0].transport.rtp().unwrap().srtp().unwrap();
        let audio = media.transport.srtp().unwrap();
        assert!(video.send != audio.send && !seen.contains(&video.send));
        assert_eq!(leg.answer(&offer(&lines)).unwrap().1, media, "the same again");
        seen.push(video.send);
    }
    // Switched off and on again, it has another key: its numbering begins anew.
    leg.answer(&offer(&format!("{AUDIO}{}", key("S")))).unwrap();
    let lines = format!("{AUDIO}{}{H264}{}", key("S"), key("A"));
    let (_, media) = leg.answer(&offer(&lines)).unwrap();
    let video = media.video[0].transport.rtp().unwrap().srtp().unwrap();
    assert!(!seen.contains(&video.send));
}

#[test]
fn a_failed_offer_leaves_the_picture() {
    let mut leg = leg();
    let (_, media) = leg.answer(&offer(&format!("{AUDIO}{H264}"))).unwrap();
    leg.answer(&offer("m=audio 5000 RTP/AVP 18\n")).unwrap_err();
    assert_eq!(leg.media(), Some(&media));
    leg.answer(&offer(AUDIO)).unwrap();
    assert!(leg.media().unwrap().video.is_empty());
    leg.rollback();
    assert_eq!(leg.media(), Some(&media));
}

#[test]
fn twins_see_each_other() {
    let at = |host: u8| {
        let advertised = IpAddr::from([192, 0, 2, host]);
        let local = LocalMedia { advertised, rtp_port: 4000, rtcp_port: 4001 };
        Negotiator::new(policy(), local, advertised, [host; 32]).with_video(6000, 6001)
    };
    let (mut a, mut b) = (at(1), at(2));
    for turn in 0..4 {
        let (caller, callee) = if turn % 2 == 0 { (&mut a, &mut b) } else { (&mut b, &mut a) };
        let (ours, theirs) = exchange(caller, callee).unwrap();
        for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
            let (from, to) = (&from.video[0], &to.video[0]);
            let send = from.send.unwrap();
            assert_eq!(send.format.payload_type, to.receive[0].payload_type);
            assert_eq!(send.format.coding, to.receive[0].coding);
            assert_eq!(send.ceiling.class, SizeClass::P720);
            assert_eq!(from.direction, to.direction.mirrored());
            let (from, to) = (from.transport.rtp().unwrap(), to.transport.rtp().unwrap());
            let (from, to) = (from.srtp().unwrap(), to.srtp().unwrap());
            assert_eq!((from.suite, from.send), (to.suite, to.receive));
        }
    }
}

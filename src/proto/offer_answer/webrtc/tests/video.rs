//! Cameras and pictures.

use super::*;
use causeway_base::SizeClass;
use causeway_plan::picture::MAX_FORWARDED;
use causeway_plan::video::Content;
use causeway_plan::{FeedbackKind, LegVideo, VideoCoding, WebRtcVideo};

const BUNDLE: &str = "a=group:BUNDLE 0 1 2";

const FORMATS: &str = "a=rtcp-mux\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 goog-remb\n\
    a=rtcp-fb:96 transport-cc\na=rtcp-fb:96 ccm fir\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n\
    a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\na=rtpmap:102 H264/90000\na=rtcp-fb:102 nack pli\n\
    a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\n\
    a=rtpmap:103 rtx/90000\na=fmtp:103 apt=102\n\
    a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\n\
    a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\n\
    a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\n";

fn leg() -> WebRtcNegotiator {
    granted(Direction::SendReceive)
}

fn granted(direction: Direction) -> WebRtcNegotiator {
    let terms = WebRtcTerms { ice_lite: false, direction };
    WebRtcNegotiator::new(with_video(), local(), terms, [0; 32])
}

fn line(mid: &str, direction: &str) -> String {
    format!("m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103\na=mid:{mid}\na={direction}\n{FORMATS}")
}

fn offer_of(certificate: u8, lines: &[String]) -> Vec<u8> {
    let head = head("first", certificate).replace("a=group:BUNDLE 0", BUNDLE);
    wire(&format!("{head}{AUDIO}{}", lines.concat()))
}

fn offer(lines: &[String]) -> Vec<u8> {
    offer_of(1, lines)
}

fn carried(video: &LegVideo) -> &WebRtcVideo {
    video.transport.bundle().unwrap()
}

fn shape(media: &LegMedia) -> Vec<(&str, Direction)> {
    media.video.iter().map(|video| (carried(video).mid.as_str(), video.direction)).collect()
}

#[test]
fn a_camera_comes_by_one_line_and_the_picture_goes_by_another() {
    let camera = line("1", "sendonly") + "a=ssrc-group:FID 71 72\na=ssrc:71 cname:x\n";
    let (answer, media) = leg().answer(&offer(&[camera, line("2", "recvonly")])).unwrap();
    assert_eq!(shape(&media), [("1", Direction::ReceiveOnly), ("2", Direction::SendOnly)]);
    let [camera, picture] = &media.video[..] else { panic!("two lines") };
    assert_eq!(
        (carried(camera).remote_ssrc, carried(camera).remote_rtx_ssrc),
        (Some(71), Some(72))
    );
    let numbers: Vec<_> = camera.receive.iter().map(|f| (f.payload_type, f.rtx)).collect();
    assert_eq!(numbers, [(102, Some(103)), (96, Some(97))], "H.264 before VP8");
    let send = picture.send.unwrap();
    assert_eq!((send.format.payload_type, send.ceiling.class), (102, SizeClass::P720));
    let declared: Vec<_> = spec(&media).video_formats.iter().map(|f| f.payload_type).collect();
    assert_eq!(declared, [102, 96]);
    let ours = spec(&media).audio.as_ref().unwrap().local_ssrc;
    let (a, b) = (carried(camera), carried(picture));
    let mut sources = [ours, a.local_ssrc, a.local_rtx_ssrc, b.local_ssrc, b.local_rtx_ssrc];
    sources.sort_unstable();
    assert!(sources.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(answer.contains("a=group:BUNDLE 0 1 2\r\n"), "{answer}");
    assert_eq!(answer.matches("a=candidate:").count(), 3, "in the first line alone");
    let group = format!("a=ssrc-group:FID {} {}\r\n", b.local_ssrc, b.local_rtx_ssrc);
    assert_eq!(answer.matches(&group).count(), 1);
    assert_eq!(answer.matches("a=ssrc-group").count(), 1, "we send by one of them");
}

#[test]
fn without_codecs_or_without_a_group_video_is_refused() {
    let lines = [line("1", "sendrecv")];
    let (answer, media) = super::leg().answer(&offer(&lines)).unwrap();
    assert!(media.video.is_empty() && spec(&media).video_formats.is_empty());
    assert!(answer.contains("m=video 0 ") && answer.contains("a=group:BUNDLE 0\r\n"));
    for other in ["a=group:LS 0 1 2", "a=group:BUNDLE 0"] {
        let text = String::from_utf8(offer(&lines)).unwrap().replace(BUNDLE, other);
        let (answer, media) = leg().answer(text.as_bytes()).unwrap();
        assert!(media.video.is_empty() && answer.contains("m=video 0 "), "{other}");
    }
}

#[test]
fn lines_rest_until_they_are_needed() {
    let mut leg = leg();
    let rest = offer(&[line("1", "inactive"), line("2", "recvonly")]);
    let (answer, media) = leg.answer(&rest).unwrap();
    assert_eq!(shape(&media), [("1", Direction::Inactive), ("2", Direction::SendOnly)]);
    assert!(!answer.contains("m=video 0 "), "a page cannot use a refused line again");
    let (_, on) = leg.answer(&offer(&[line("1", "sendonly"), line("2", "recvonly")])).unwrap();
    assert_eq!(shape(&on), [("1", Direction::ReceiveOnly), ("2", Direction::SendOnly)]);
    assert_eq!(carried(&on.video[1]), carried(&media.video[1]));
    // The line of the picture stays it when the camera's could be it too.
    let (_, both) = leg.answer(&offer(&[line("1", "sendrecv"), line("2", "recvonly")])).unwrap();
    assert_eq!(shape(&both), shape(&on));
    let (_, again) = leg.answer(&rest).unwrap();
    assert_eq!(again, media);
}

#[test]
fn one_line_may_be_both_and_further_lines_rest() {
    let (_, media) = leg().answer(&offer(&[line("1", "sendrecv"), line("2", "sendrecv")])).unwrap();
    assert_eq!(shape(&media), [("1", Direction::SendReceive), ("2", Direction::Inactive)]);
    for (direction, expected) in [
        (Direction::ReceiveOnly, Direction::ReceiveOnly),
        (Direction::SendOnly, Direction::SendOnly),
    ] {
        let (_, media) = granted(direction).answer(&offer(&[line("1", "sendrecv")])).unwrap();
        assert_eq!(shape(&media), [("1", expected)], "what a door grants");
    }
}

#[test]
fn further_lines_of_one_who_takes_are_tiles_and_stay_in_their_order() {
    let mut leg = leg();
    let (_, first) = leg.answer(&offer(&[line("1", "sendonly"), line("2", "recvonly")])).unwrap();
    assert_eq!(first.tile_lines(), 0);
    let lines: Vec<_> = (1..16)
        .map(|at| line(&at.to_string(), if at == 1 { "sendonly" } else { "recvonly" }))
        .collect();
    let tags: Vec<_> = (0..16).map(|at| at.to_string()).collect();
    let group = format!("a=group:BUNDLE {}", tags.join(" "));
    let more = String::from_utf8(offer(&lines)).unwrap().replace(BUNDLE, &group);
    let (answer, media) = leg.answer(more.as_bytes()).unwrap();
    assert_eq!(media.tile_lines(), MAX_FORWARDED);
    let is_tile = |video: &&LegVideo| video.content == Content::Tile;
    let tiles = media.video.iter().filter(is_tile).map(|video| carried(video).mid.as_str());
    assert_eq!(tiles.collect::<Vec<_>>(), ["3", "4", "5", "6", "7", "8", "9", "10", "11"]);
    assert_eq!(carried(&media.video[1]).local_ssrc, carried(&first.video[1]).local_ssrc);
    let mut names: Vec<_> = answer.lines().filter(|line| line.contains("msid:tile")).collect();
    names.dedup();
    assert_eq!(names.len(), MAX_FORWARDED, "each is a track of its own");
}

#[test]
fn numbers_that_were_not_declared_at_first_are_not_taken_later() {
    let mut leg = leg();
    leg.answer(&offer(&[])).unwrap();
    let camera = [line("1", "sendonly")];
    let (answer, media) = leg.answer(&offer(&camera)).unwrap();
    assert!(media.video.is_empty() && answer.contains("m=video 0 "), "it runs without video");
    let (_, media) = leg.answer(&offer_of(2, &camera)).unwrap();
    assert_eq!(shape(&media), [("1", Direction::ReceiveOnly)], "another peer connection");

    // Another meaning of a known number, and a number beside it.
    let other = line("1", "sendonly").replace("103\n", "103 108 109\n").replace("VP8", "H264")
        + "a=rtpmap:108 VP8/90000\na=rtpmap:109 rtx/90000\na=fmtp:109 apt=108\n";
    let (_, media) = leg.answer(&offer_of(2, &[other])).unwrap();
    let numbers: Vec<_> = media.video[0].receive.iter().map(|f| f.payload_type).collect();
    assert_eq!(numbers, [102]);
    assert_eq!(spec(&media).video_formats.len(), 2);
}

#[test]
fn numbers_of_the_sound_are_not_taken() {
    let clash = line("1", "sendonly").replace(" 96 97 ", " 111 97 ").replace(":96 ", ":111 ");
    let (_, media) = leg().answer(&offer(&[clash])).unwrap();
    let numbers: Vec<_> = media.video[0].receive.iter().map(|f| f.payload_type).collect();
    assert_eq!(numbers, [102]);
}

#[test]
fn sizes_at_once_are_taken_where_they_can_be_told_apart() {
    let sizes = "a=rid:h send\na=rid:m send\na=rid:l send\na=simulcast:send h;~m;x;l\n";
    let camera = line("1", "sendonly") + sizes;
    let (answer, media) = leg().answer(&offer(std::slice::from_ref(&camera))).unwrap();
    let rids = &carried(&media.video[0]).remote_rids;
    let rids: Vec<_> = rids.iter().map(|rid| (rid.rid.as_str(), rid.paused)).collect();
    assert_eq!(rids, [("h", false), ("m", true), ("l", false)]);
    assert!(answer.contains("a=rid:m recv\r\n") && answer.contains("a=simulcast:recv h;m;l\r\n"));
    assert!(answer.contains("a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"));

    let untold = camera.replace("a=extmap:10 ", "a=extmap:4 ");
    let (answer, media) = leg().answer(&offer(&[untold])).unwrap();
    assert!(carried(&media.video[0]).remote_rids.is_empty() && !answer.contains("simulcast"));
    let (answer, media) = leg().answer(&offer(&[camera.replace("sendonly", "recvonly")])).unwrap();
    assert!(carried(&media.video[0]).remote_rids.is_empty() && !answer.contains("simulcast"));
    let many: String = (0..40).map(|n| format!("a=rid:r{n} send\n")).collect();
    let list: Vec<_> = (0..40).map(|n| format!("r{n}")).collect();
    let many = format!("{}{many}a=simulcast:send {}\n", line("1", "sendonly"), list.join(";"));
    let (_, media) = leg().answer(&offer(&[many])).unwrap();
    assert_eq!(carried(&media.video[0]).remote_rids.len(), causeway_plan::webrtc::MAX_RIDS);
}

#[test]
fn a_camera_that_rests_keeps_its_sizes() {
    let sizes = "a=rid:l send\na=rid:h send\na=simulcast:send l;h\n";
    let mut leg = leg();
    for (direction, taken) in [
        ("sendonly", Direction::ReceiveOnly),
        ("inactive", Direction::Inactive),
        ("sendonly", Direction::ReceiveOnly),
    ] {
        let camera = line("1", direction) + sizes;
        let (answer, media) = leg.answer(&offer(&[camera, line("2", "recvonly")])).unwrap();
        assert_eq!(shape(&media)[0], ("1", taken));
        let rids: Vec<_> =
            carried(&media.video[0]).remote_rids.iter().map(|r| r.rid.as_str()).collect();
        assert_eq!(rids, ["l", "h"]);
        assert!(answer.contains("a=simulcast:recv l;h\r\n"), "{answer}");
        assert!(answer.contains("a=extmap:10 "), "by it they are told apart: {answer}");
    }
}

#[test]
fn packets_are_counted_only_where_their_number_is_told() {
    let has = |lines: String| {
        let (answer, media) = leg().answer(&offer(&[lines])).unwrap();
        let [video] = &media.video[..] else { panic!("one line") };
        let vp8 = video.receive.iter().find(|f| matches!(f.coding, VideoCoding::Vp8(_))).unwrap();
        let counted = vp8.feedback.has(FeedbackKind::TransportCc);
        assert_eq!(counted, carried(video).extensions.transport_cc.is_some());
        assert_eq!(counted, answer.contains("transport-cc\r\n"));
        counted
    };
    let whole = line("1", "sendonly");
    assert!(has(whole.clone()));
    assert!(!has(whole.replace("a=extmap:3 ", "a=extmap:4 ")));
    assert!(!has(whole.replace("a=rtcp-fb:96 transport-cc\n", "")));
}

#[test]
fn video_goes_with_the_sound_that_is_switched_off() {
    let mut leg = leg();
    let whole = offer(&[line("1", "sendonly")]);
    let (_, before) = leg.answer(&whole).unwrap();
    let off = String::from_utf8(whole.clone()).unwrap().replace("audio 9", "audio 0");
    let (_, media) = leg.answer(off.as_bytes()).unwrap();
    assert!(media.video.is_empty());
    assert_eq!(leg.answer(&whole).unwrap().1, before);
}

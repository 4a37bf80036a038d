//! Sources that nobody stated: told apart once they are authentic, and never before.

use super::peer::{repeats, sized};
use super::*;
use crate::webrtc::hearing::MAX_UNSTATED_VIDEO;
use crate::webrtc::lines::MAX_SOURCES;
use causeway_rtp::video::KeyFrameMethod;
use causeway_wire::rtp::{Extension, RtpHeader};
use str0m::Event;

const LINE: SessionLine = SessionLine::Video(0);

/// A packet of somebody without keys, who knows all the rest.
fn forged(ssrc: u32, payload_type: u8, tags: &[(u8, &str)]) -> Vec<u8> {
    let header = RtpHeader { marker: false, payload_type, sequence: 7, timestamp: 9, ssrc };
    let extensions: Vec<_> =
        tags.iter().map(|(id, tag)| Extension { id: *id, data: tag.as_bytes() }).collect();
    let mut packet = vec![0x55; 400];
    header.write(&[], &extensions, &mut packet).expect("fits");
    packet
}

#[test]
fn sizes_are_told_apart() {
    let mut call = Call::open(vec![simulcast(&["q", "h", "f"])]);
    for number in 1..=20 {
        for size in 0..3 {
            call.peer.film(call.now.instant, sized(size), number);
        }
        call.tick();
    }
    for size in 0..3 {
        assert_eq!(call.sequences(LINE, size), (1..=20).collect::<Vec<_>>());
        let of = |taken: &&Taken| taken.layer == size;
        assert!(call.taken.iter().filter(of).all(|taken| taken.ssrc == sized(size as u32)));
    }
    // Each is asked by itself.
    let outbox = &mut call.outbox;
    call.session.ask_key_frame(call.now, 0, 2, KeyFrameMethod::Pli, outbox).expect("goes on");
    call.tick();
    let asked = |event: &Event| match event {
        Event::KeyframeRequest(request) => request.rid,
        _ => None,
    };
    let asked: Vec<_> = call.peer.events.iter().filter_map(asked).collect();
    assert_eq!(asked, ["f".into()]);
}

#[test]
fn sizes_that_change_their_names_are_told_apart_anew() {
    let mut call = Call::open(vec![simulcast(&["q", "h"])]);
    call.peer.film(call.now.instant, sized(0), 1);
    call.peer.film(call.now.instant, sized(1), 1);
    call.tick();
    // What the packets of before said holds no more; those of now say the same as ever.
    call.reconfigure(vec![both_ways(simulcast(&["h", "q"]))]);
    call.peer.film(call.now.instant, sized(0), 2);
    call.tick();
    assert_eq!(call.sequences(LINE, 0), [1]);
    assert_eq!(call.sequences(LINE, 1), [1, 2]);
}

#[test]
fn lost_packets_of_each_size_come_again() {
    let mut call = Call::open(vec![simulcast(&["q", "h", "f"])]);
    call.to_session = Box::new(|datagram| {
        let of_a_size =
            source_of(datagram).is_some_and(|source| (0x5000..0x5003).contains(&source));
        !(of_a_size && sequence_of(datagram).is_some_and(|number| number % 7 == 3))
    });
    for number in 1..=60 {
        for size in 0..3 {
            call.peer.film(call.now.instant, sized(size), number);
        }
        call.tick();
    }
    call.wait(Duration::from_millis(300));
    for size in 0..3 {
        let mut came = call.sequences(LINE, size);
        came.sort_unstable();
        came.dedup();
        assert_eq!(came, (1..=60).collect::<Vec<_>>(), "size {size}");
        let again = |taken: &&Taken| taken.layer == size && taken.sequence % 7 == 3;
        let sources: Vec<_> = call.taken.iter().filter(again).map(|taken| taken.ssrc).collect();
        assert!(sources.iter().all(|ssrc| *ssrc == sized(size as u32)), "{sources:x?}");
    }
}

#[test]
fn forged_packets_teach_nothing() {
    let mut call = Call::open(vec![simulcast(&["q", "h", "f"]), line(1)]);
    let lies = [
        forged(sized(0), VP8, &[(MID, "1"), (RID, "f")]),
        forged(sized(1), RTX, &[(MID, "1"), (REPAIRED_RID, "q")]),
        forged(sized(2), OPUS, &[(MID, "0")]),
        forged(repeats(0), VP8, &[(MID, "1"), (RID, "q")]),
        forged(!repeats(1), VP8, &[(MID, "1"), (RID, "h")]),
        forged(!CAMERA, RTX, &[(MID, "1"), (REPAIRED_RID, "h")]),
    ];
    for number in 1..=40u16 {
        lies.iter().for_each(|lie| call.deliver(lie));
        for stranger in 0..100 {
            let ssrc = 0x7000_0000 + 100 * u32::from(number) + stranger;
            let (payload_type, rid) =
                if stranger % 2 == 0 { (VP8, RID) } else { (RTX, REPAIRED_RID) };
            call.deliver(&forged(ssrc, payload_type, &[(MID, "1"), (rid, "h")]));
        }
        for size in 0..3 {
            call.peer.film(call.now.instant, sized(size), u64::from(number));
        }
        call.peer.film(call.now.instant, CAMERA + 1, u64::from(number));
        call.tick();
        assert!(call.session.lines().heard() <= 6, "three sizes and their repeats");
    }
    for size in 0..3 {
        let came = call.sequences(LINE, size);
        assert_eq!(came, (1..=40).collect::<Vec<_>>(), "size {size}");
        let of = |taken: &&Taken| taken.line == LINE && taken.layer == size;
        assert!(call.taken.iter().filter(of).all(|taken| taken.ssrc == sized(size as u32)));
    }
    assert_eq!(call.sequences(SessionLine::Video(1), 0), (1..=40).collect::<Vec<_>>());
    assert_eq!(call.taken.len(), 160, "and nothing else");
}

#[test]
fn a_source_without_tags_is_of_the_only_line_that_it_can_be_of() {
    let mut bare = line(0);
    bare.remote_ssrc = None;
    bare.remote_rtx_ssrc = None;
    bare.extensions = WebRtcExtensions::default();
    let mut call = Call::open(vec![bare]);
    call.peer.rtc.direct_api().declare_stream_tx(
        CAMERA.into(),
        Some(CAMERA_RTX.into()),
        "1".into(),
        None,
    );
    call.to_session = Box::new(|datagram| {
        source_of(datagram) != Some(CAMERA) || sequence_of(datagram) != Some(4)
    });
    for number in 1..=20 {
        call.peer.film(call.now.instant, CAMERA, number);
        call.tick();
    }
    call.wait(Duration::from_millis(200));
    let mut came = call.sequences(LINE, 0);
    came.sort_unstable();
    // The first repeat makes its source known, and is asked for once more.
    came.dedup();
    assert_eq!(came, (1..=20).collect::<Vec<_>>(), "the lost one came again too");
}

#[test]
fn no_more_sources_are_believed_than_are_remembered() {
    let mut call = Call::open(vec![simulcast(&["h"])]);
    call.peer.rtc.direct_api().remove_stream_tx(sized(0).into());
    for number in 0..400 {
        let ssrc = 0x9000 + number;
        let rid = Some("h".into());
        call.peer.rtc.direct_api().declare_stream_tx(ssrc.into(), None, "1".into(), rid);
        call.peer.film(call.now.instant, ssrc, 1);
        call.tick();
        call.peer.rtc.direct_api().remove_stream_tx(ssrc.into());
    }
    assert_eq!(call.taken.len(), MAX_SOURCES);
    assert!(call.session.lines().heard() <= MAX_UNSTATED_VIDEO);
}

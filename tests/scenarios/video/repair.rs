//! A path that loses packets, between the bridge and a room: each asks the other for them again.

use super::{BLUE, EQUAL, FIRST, RED, SECOND};
use crate::peer::{Bridge, Coding, Film, Gstreamer, PATIENCE, Room, Setting, Towards, Transport};
use crate::picture::Picture;
use std::time::{Duration, Instant};

const FILM: Film =
    Film { coding: Coding::Vp8, colour: "blue", width: 640, height: 360, rate: 15, level: 30 };

/// For so long the picture has to stay right.
const SPAN: Duration = Duration::from_secs(4);

#[test]
fn what_a_path_loses_is_sent_again_by_gstreamer_and_the_picture_stays() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let lossy = Gstreamer::call("lossy", "1001", port, Towards::Bridge);
    bridge.wait_for_lines("state=Coming", 1);
    let room = Room::call("room", FILM, "1001", port);
    bridge.wait_for_lines("state=Coming", 2);
    let is_right =
        |picture: &Picture| picture.share(FIRST, RED) > 0.6 && picture.share(SECOND, BLUE) > 0.6;
    let deadline = Instant::now() + PATIENCE;
    while !(is_right(&room.snapshot()) && is_right(&lossy.snapshot())) {
        assert!(Instant::now() < deadline, "both never saw both: {:?}", lossy.counts());
    }
    let before = lossy.counts();
    let end = Instant::now() + SPAN;
    while Instant::now() < end {
        for picture in [room.snapshot(), lossy.snapshot()] {
            assert!(is_right(&picture), "a picture was lost: {:?}", lossy.counts());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let after = lossy.counts();
    assert!(after.lost > before.lost + 3, "{before:?} {after:?}");
    assert!(after.nacks > before.nacks && after.again > before.again, "{before:?} {after:?}");
    assert!(after.full <= before.full, "what comes again needs no full picture: {after:?}");
}

/// By the requests of GStreamer's own jitter buffer and session. Where they come too late for its
/// own decoder, it goes on with what it has: its picture proves nothing here.
#[test]
fn what_gstreamer_asks_for_again_it_is_sent_again() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let lossy = Gstreamer::call("lossy", "1001", port, Towards::Room);
    bridge.wait_for_lines("state=Coming", 1);
    let _room = Room::call("room", FILM, "1001", port);
    bridge.wait_for_lines("state=Coming", 2);
    let deadline = Instant::now() + PATIENCE;
    while lossy.counts().nacks < 5 || lossy.counts().again < 5 {
        assert!(Instant::now() < deadline, "{:?}", lossy.counts());
        std::thread::sleep(Duration::from_millis(100));
    }
}

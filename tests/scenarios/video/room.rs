//! Rooms whose camera and screen are ffmpeg: each sees both, in its own codec and size, and sees
//! what moves there move.

use super::{BLUE, EQUAL, FIRST, RED, SECOND};
use crate::peer::{Bridge, Coding, Film, Linphone, PATIENCE, Room, Setting, Transport};
use crate::picture::{Part, Picture};
use crate::sound::tone;
use std::time::{Duration, Instant};

const WHITE: [u8; 3] = [254, 254, 254];

/// Where the marks pass by in the two halves, above the names.
const FIRST_MARKS: Part = Part { left: 10, top: 380, right: 490, bottom: 560 };
const SECOND_MARKS: Part = Part { left: 510, top: 380, right: 990, bottom: 560 };

/// How far a mark has to move to have moved, in thousandths of the picture.
const MOVED: usize = 40;

/// 1080p by level 4, in H.264.
const WIDE: Film = Film {
    coding: Coding::H264Mode1,
    colour: "red",
    width: 1920,
    height: 1080,
    rate: 15,
    level: 40,
};

/// No more than 320x180, by level 1.2.
const NARROW: Film =
    Film { coding: Coding::Vp8, colour: "blue", width: 320, height: 180, rate: 30, level: 12 };

#[test]
fn a_room_of_h264_at_1080p_and_one_of_vp8_at_180p_see_what_moves() {
    let (_bridge, [wide, narrow]) = see_each_other([WIDE, NARROW]);
    assert!(wide.height() >= 360, "{}", wide.height());
    assert!(wide.fragments() > 0, "mode 1 has fragments");
    assert!(narrow.height() >= 180);
}

/// A meeting service answers in packetization mode 0 alone: whole NAL units both ways.
#[test]
fn a_room_of_h264_in_mode_0_is_sent_no_fragments_and_sees_a_room_of_720p() {
    let single = Film { coding: Coding::H264Mode0, width: 640, height: 360, level: 30, ..WIDE };
    let wide = Film { width: 1280, height: 720, colour: "blue", level: 31, ..WIDE };
    let (_bridge, [single, wide]) = see_each_other([single, wide]);
    assert_eq!(single.fragments(), 0, "mode 0 has whole units only");
    assert!(wide.fragments() > 0, "mode 1 has fragments");
}

/// linphone films a still picture in VP8; what it sees comes in VP8 too.
#[test]
fn linphone_and_a_room_of_h264_see_each_other() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let voice = tone(440.0, Duration::from_secs(60));
    let mut linphone = Linphone::with_camera("linphone", &voice, "red");
    linphone.call("1001", port);
    bridge.wait_for_lines("state=Coming", 1);
    let film = Film { width: 1280, height: 720, colour: "blue", level: 31, ..WIDE };
    let room = Room::call("room", film, "1001", port);
    let is_right =
        |picture: &Picture| picture.share(FIRST, RED) > 0.6 && picture.share(SECOND, BLUE) > 0.6;
    see(&room, "linphone in the first place, itself in the second", is_right);
    let deadline = Instant::now() + PATIENCE;
    while !is_right(&linphone.snapshot()) {
        assert!(Instant::now() < deadline, "linphone never saw both");
    }
    linphone.hang_up();
}

/// A telephone that talks already gets ports for its pictures by a re-INVITE.
#[test]
fn linphone_adds_its_camera_while_it_talks_and_both_see_each_other() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let voice = tone(440.0, Duration::from_secs(60));
    let mut linphone = Linphone::with_camera_off("linphone", &voice, "red");
    linphone.call("1001", port);
    let film = Film { width: 640, height: 360, colour: "blue", level: 30, ..WIDE };
    let room = Room::call("room", film, "1001", port);
    see(&room, "itself alone", |picture| picture.share(FIRST, BLUE) > 0.6);
    assert_eq!(bridge.count_lines("state=Coming"), 1, "the telephone has no picture");
    linphone.add_camera();
    bridge.wait_for_lines("state=Coming", 2);
    let is_right =
        |picture: &Picture| picture.share(FIRST, BLUE) > 0.6 && picture.share(SECOND, RED) > 0.6;
    see(&room, "itself in the first place, linphone in the second", is_right);
    let deadline = Instant::now() + PATIENCE;
    while !is_right(&linphone.snapshot()) {
        assert!(Instant::now() < deadline, "linphone never saw both");
    }
    linphone.hang_up();
}

/// Both call, the first in red and the second in blue, and see both.
fn see_each_other(films: [Film; 2]) -> (Bridge, [Room; 2]) {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    // Places are given in the order in which pictures come.
    let call = |name, film, coming| {
        let room = Room::call(name, film, "1001", port);
        bridge.wait_for_lines("state=Coming", coming);
        room
    };
    let rooms = [call("red", films[0], 1), call("blue", films[1], 2)];
    for room in &rooms {
        see(room, "red in the first place, blue in the second", |picture| {
            picture.share(FIRST, RED) > 0.7 && picture.share(SECOND, BLUE) > 0.7
        });
        for (part, whose) in [(FIRST_MARKS, "the first mark"), (SECOND_MARKS, "the second mark")] {
            let at = see(room, whose, |picture| picture.column(part, WHITE).is_some());
            let at = at.column(part, WHITE).expect("just seen");
            see(room, &format!("{whose} move"), |picture| {
                picture.column(part, WHITE).is_some_and(|now| now.abs_diff(at) > MOVED)
            });
        }
    }
    (bridge, rooms)
}

/// Takes pictures until one is right.
fn see(room: &Room, what: &str, is_right: impl Fn(&Picture) -> bool) -> Picture {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let picture = room.snapshot();
        if is_right(&picture) {
            return picture;
        }
        let (name, film) = (room.name(), room.film());
        assert!(Instant::now() < deadline, "{name} ({film:?}) never saw {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

//! Telephones with cameras: each sees all, in its own codec, at the place that the layout says.

mod repair;
mod room;

use crate::peer::{Baresip, Bridge, Camera, Line, PATIENCE, Setting, Transport};
use crate::picture::{Part, Picture};
use crate::sound::tone;
use causeway_base::VideoCodec::{self, H264, Vp8};
use std::time::{Duration, Instant};

pub(crate) const RED: [u8; 3] = [254, 0, 0];
pub(crate) const BLUE: [u8; 3] = [0, 0, 254];

/// The two halves of a picture of two equals, without their edges and names.
pub(crate) const FIRST: Part = Part { left: 30, top: 290, right: 470, bottom: 640 };
pub(crate) const SECOND: Part = Part { left: 530, top: 290, right: 970, bottom: 640 };

/// Everybody alike: places do not change with who speaks.
pub(crate) const EQUAL: &str = "[video]\nlayout = \"equal\"\n";

#[test]
fn two_rooms_of_h264_see_each_other() {
    see_each_other(H264, H264);
}

#[test]
fn two_rooms_of_vp8_see_each_other() {
    see_each_other(Vp8, Vp8);
}

#[test]
fn a_room_of_h264_and_a_room_of_vp8_see_each_other() {
    see_each_other(H264, Vp8);
}

fn see_each_other(first: VideoCodec, second: VideoCodec) {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let room = |name, codec, colour| {
        let camera = Camera { codec, colour };
        Baresip::with_camera(name, Line::PLAIN, &tone(440.0, Duration::from_secs(60)), camera)
    };
    let mut red = room("red", first, "red");
    let mut blue = room("blue", second, "blue");
    for room in [&mut red, &mut blue] {
        room.call("1001", bridge.port(Transport::Udp));
    }
    for room in [&mut red, &mut blue] {
        sees(room, "red in the first place, blue in the second", |picture| {
            picture.share(FIRST, RED) > 0.7 && picture.share(SECOND, BLUE) > 0.7
        });
    }
    // Who leaves is gone from the picture, and who stays has all of it.
    red.hang_up();
    sees(&mut blue, "itself alone", |picture| picture.share(FIRST, BLUE) > 0.6);
    blue.hang_up();
}

/// Takes pictures until one is right.
fn sees(room: &mut Baresip, what: &str, is_right: impl Fn(&Picture) -> bool) -> Picture {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let picture = room.snapshot();
        if is_right(&picture) {
            return picture;
        }
        assert!(
            Instant::now() < deadline,
            "{} never saw {what}: {:?}",
            room.name(),
            picture.size()
        );
    }
}

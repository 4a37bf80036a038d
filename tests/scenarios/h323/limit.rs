//! Rooms that may have less than others, or that leave their call half open.

use super::together::{film, sees};
use super::{SETTLING, USUAL, level};
use crate::{
    conference::{AUDIBLE_DB, TONES},
    peer::{Bridge, H323Room, PATIENCE, Room, Setting, Start, talk},
    video::EQUAL,
};
use causeway_base::{Bitrate, EndCause};
use causeway_plan::Direction;
use causeway_proto::h323::session::Command;
use std::time::{Duration, Instant};

/// Its gatekeeper lets a room have sound alone, and later pictures again.
#[test]
fn a_room_that_may_have_no_pictures_keeps_its_sound_and_sees_again_once_it_may() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let [one, other, _] = TONES;
    let red = Room::call_h323("red", film("red"), "1001", bridge.h323(), USUAL, one);
    bridge.wait_for_lines("state=Coming", 1);
    let blue = Room::call_h323("blue", film("blue"), "1001", bridge.h323(), USUAL, other);
    bridge.wait_for_lines("state=Coming", 2);
    sees(&blue);
    blue.h323().tell(Command::Admit(Bitrate::kbps(64)));
    blue.h323().wait_for_pictures(Direction::Inactive);
    let heard = level(blue.h323(), one);
    assert!(heard > AUDIBLE_DB, "{heard:.1} dB");
    blue.h323().tell(Command::Admit(Bitrate::kbps(512)));
    blue.h323().wait_for_pictures(Direction::SendReceive);
    let before = blue.full_pictures();
    let deadline = Instant::now() + PATIENCE;
    while blue.full_pictures() == before {
        assert!(Instant::now() < deadline, "no picture comes back");
        blue.ask_key_frame();
        talk(SETTLING / 5);
    }
    sees(&red);
}

/// It is let go by itself, and nobody else hears of it.
#[test]
fn a_room_that_never_comes_for_h245_is_let_go() {
    /// As long as a call without H.245 is waited for, and the end of it.
    const LONGEST: Duration = Duration::from_secs(30);
    let bridge = Bridge::start();
    let half = Start { comes_for_control: false, ..Start::new(false, false) };
    let half = H323Room::dial("half", "1001", bridge.h323(), half, TONES[0], None);
    let one = H323Room::call("one", "1001", bridge.h323(), USUAL, TONES[0]);
    let other = H323Room::call("other", "1001", bridge.h323(), USUAL, TONES[1]);
    let heard = level(&one, TONES[1]);
    assert!(heard > AUDIBLE_DB, "{heard:.1} dB");
    let deadline = Instant::now() + LONGEST;
    while !half.has_ended() {
        assert!(Instant::now() < deadline, "it is kept");
        talk(SETTLING / 5);
    }
    assert_ne!(half.wait_for_end(), EndCause::Normal);
    assert!(!one.has_ended() && !other.has_ended());
}

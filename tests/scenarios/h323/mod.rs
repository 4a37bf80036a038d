//! Rooms of H.323: what is theirs alone beside what `contract` demands of everybody. They call in
//! however they begin, or dial nobody.
//!
//! - `hostile`: those who do not mean well. - `limit`: those that may have less, or half a call.
//! - `secret`: those whose media is encrypted. - `together`: with phones, SIP rooms and browsers.
//! - `gatekeeper`: rooms that register here, and one elsewhere that refuses. - `discovery`: a room
//!   that looks for the gatekeeper by multicast.

mod discovery;
mod gatekeeper;
mod hostile;
mod limit;
mod secret;
mod together;

use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, H323Room, Line, Start, Transport, talk},
    sound::{level_db, tone},
};
use std::time::Duration;

/// What rooms mostly do.
const USUAL: Start = Start::USUAL;

/// What everybody needs before anything is judged, and what of it is judged.
const SETTLING: Duration = Duration::from_secs(1);
const JUDGED: Duration = Duration::from_secs(2);

/// How loud a room hears a tone now.
fn level(room: &H323Room, hertz: f64) -> f64 {
    talk(SETTLING + JUDGED);
    level_db(&room.heard(JUDGED), hertz)
}

#[test]
fn rooms_hear_a_telephone_and_are_heard_however_they_begin() {
    let bridge = Bridge::start();
    let mut phone = Baresip::start("phone", Line::PLAIN, &tone(TONES[1], 2 * VOICE));
    phone.call("1001", bridge.port(Transport::Udp));
    let mut calls = Vec::new();
    for (tunnelled, fast) in [(true, false), (false, false), (true, true), (false, true)] {
        let start = Start::new(tunnelled, fast);
        let room = H323Room::call("room", "1001", bridge.h323(), start, TONES[0]);
        let since = phone.in_call();
        let heard = level(&room, TONES[1]);
        assert!(heard > AUDIBLE_DB, "{start:?}: the room hears {heard:.1} dB");
        let itself = level_db(&room.heard(JUDGED), TONES[0]);
        assert!(itself < INAUDIBLE_DB, "{start:?}: and itself at {itself:.1} dB");
        calls.push((start, since));
    }
    phone.hang_up();
    let recording = phone.heard();
    for (start, since) in calls {
        let level = level_db(&recording.part(since + SETTLING, JUDGED), TONES[0]);
        assert!(level > AUDIBLE_DB, "{start:?}: the phone hears {level:.1} dB");
    }
    assert_eq!(bridge.count_lines("participant joined"), 5);
}

/// Whoever dials the address alone, or a number that there is not, is asked for one.
#[test]
fn a_room_that_dials_nobody_gives_the_number_by_its_keys() {
    let bridge = Bridge::start();
    for (joined, dialled) in ["", "4711"].into_iter().enumerate() {
        let room = H323Room::call("room", dialled, bridge.h323(), USUAL, TONES[0]);
        talk(SETTLING);
        room.press("1002#");
        bridge.wait_for_lines("participant joined", joined + 1);
    }
}

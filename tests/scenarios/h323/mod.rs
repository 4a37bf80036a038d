//! Rooms of H.323: they call in however they begin, are heard and seen by all, press keys, are held,
//! are called by us, and are let go.
//!
//! - `hostile`: those who do not mean well. - `together`: with phones, SIP rooms and browsers.

mod hostile;
mod together;

use crate::{
    browser::{self, api::Api},
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, H323Room, Line, Setting, Start, Transport, talk},
    sound::{level_db, tone},
};
use causeway_base::EndCause;
use causeway_proto::h323::session::Command;
use std::time::Duration;

/// What rooms mostly do.
const USUAL: Start = Start { tunnelled: true, fast: false };

/// What everybody needs before anything is judged, and what of it is judged.
const SETTLING: Duration = Duration::from_secs(1);
const JUDGED: Duration = Duration::from_secs(2);

/// A meeting with PINs, 1001, and an open one, 1002.
const MEETINGS: &str = "
[[conference]]
name = \"Weekly\"
aliases = [\"1001\"]
host_pin = \"246810\"
guest_pin = \"135790\"
[[conference]]
name = \"Open\"
aliases = [\"1002\"]
open = true
";

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
        let start = Start { tunnelled, fast };
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
fn a_room_gives_number_and_pin_by_its_keys_and_wrong_ones_let_nobody_in() {
    let bridge = Bridge::with(Setting { more: MEETINGS, ..Setting::default() });
    for dialled in ["", "4711"] {
        let room = H323Room::call("room", dialled, bridge.h323(), USUAL, TONES[0]);
        let joined = bridge.count_lines("participant joined");
        talk(SETTLING);
        room.press("1001#");
        talk(SETTLING);
        room.press("999999#");
        talk(SETTLING);
        assert_eq!(bridge.count_lines("participant joined"), joined, "a wrong PIN");
        // Which of the two was wrong is not told.
        room.press("1001#135790#");
        bridge.wait_for_lines("participant joined", joined + 1);
    }
}

#[test]
fn three_wrong_numbers_end_the_call() {
    let bridge = Bridge::with(Setting { more: MEETINGS, ..Setting::default() });
    let room = H323Room::call("room", "9000", bridge.h323(), USUAL, TONES[0]);
    for _ in 0..3 {
        talk(SETTLING);
        room.press("4711#99999#");
    }
    room.wait_for_end();
}

#[test]
fn a_room_on_hold_is_not_heard_and_returns() {
    let bridge = Bridge::start();
    let held = H323Room::call("held", "1001", bridge.h323(), USUAL, TONES[0]);
    let other = H323Room::call("other", "1001", bridge.h323(), USUAL, TONES[1]);
    assert!(level(&other, TONES[0]) > AUDIBLE_DB);
    held.tell(Command::Hold(true));
    held.wait_until_talking(false);
    let on_hold = level(&other, TONES[0]);
    assert!(on_hold < INAUDIBLE_DB, "on hold: {on_hold:.1} dB");
    held.tell(Command::Hold(false));
    held.wait_until_talking(true);
    let again = level(&other, TONES[0]);
    assert!(again > AUDIBLE_DB, "after: {again:.1} dB");
}

/// A host's words by the API: whom the bridge calls is in the conference once it answers.
#[test]
fn a_room_that_the_bridge_calls_is_heard_and_is_removed() {
    const CALLING_OUT: &str = "[calling_out]\nenabled = true\ndomains = [\"127.0.0.1\"]\n";
    let bridge = Bridge::with(Setting { api: true, more: CALLING_OUT, ..Setting::default() });
    let inside = H323Room::call("inside", "1001", bridge.h323(), USUAL, TONES[0]);
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let called = tokio::task::spawn_blocking(move || {
            H323Room::await_call("called", &listener, TONES[1])
        });
        let target = format!("h323:8001@127.0.0.1:{port}");
        api.call_out("conference-1001", &target).await;
        let called = called.await.expect("it is called");
        called.wait_until_talking(true);
        bridge.wait_for_lines("participant joined", 2);
        let heard = level(&inside, TONES[1]);
        assert!(heard > AUDIBLE_DB, "inside hears {heard:.1} dB");
        let heard = level_db(&called.heard(JUDGED), TONES[0]);
        assert!(heard > AUDIBLE_DB, "who was called hears {heard:.1} dB");
        api.remove_called("conference-1001").await;
        called.wait_for_end();
        assert!(!inside.has_ended());
    });
}

#[test]
fn a_draining_bridge_lets_a_room_finish_and_takes_no_other() {
    let bridge = Bridge::start();
    let room = H323Room::call("room", "1001", bridge.h323(), USUAL, TONES[0]);
    bridge.terminate();
    bridge.wait_for_lines("draining", 1);
    let late = H323Room::dial("late", "1001", bridge.h323(), USUAL, TONES[1], None);
    assert_ne!(late.wait_for_end(), EndCause::Normal);
    assert!(!room.has_ended(), "the running call goes on");
    drop(room);
    bridge.wait_for_clean_exit();
}

#[test]
fn an_interrupted_bridge_hangs_up_its_rooms() {
    let bridge = Bridge::start();
    let room = H323Room::call("room", "1001", bridge.h323(), USUAL, TONES[0]);
    bridge.interrupt();
    room.wait_for_end();
    bridge.wait_for_clean_exit();
}

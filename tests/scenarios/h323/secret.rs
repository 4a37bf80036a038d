//! Rooms whose media is encrypted (H.235.6): heard and seen like all others, called as they call,
//! under new keys in the midst of a call; and those that meet a bridge which insists on it.

use super::together::{film, sees};
use super::{JUDGED, SETTLING, USUAL, level};
use crate::{
    browser::{self, api::Api},
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, H323Room, Line, Room, Setting, Start, Transport, talk},
    sound::{level_db, tone},
    video::EQUAL,
};
use causeway_base::EndCause;
use causeway_plan::Encryption;

/// A conference bridge of more than the bridge has: the room makes the keys.
const MASTER: u8 = 240;

#[test]
fn rooms_that_insist_on_encryption_hear_and_are_heard_however_they_begin() {
    let bridge = Bridge::start();
    let mut phone = Baresip::start("phone", Line::PLAIN, &tone(TONES[1], 2 * VOICE));
    phone.call("1001", bridge.port(Transport::Udp));
    let mut calls = Vec::new();
    for (tunnelled, fast, terminal) in
        [(true, false, 50), (false, false, MASTER), (true, true, MASTER), (false, true, 50)]
    {
        let start = Start { terminal, ..Start::new(tunnelled, fast).secret() };
        let room = H323Room::call("room", "1001", bridge.h323(), start, TONES[0]);
        let since = phone.in_call();
        let heard = level(&room, TONES[1]);
        assert!(heard > AUDIBLE_DB, "{start:?}: the room hears {heard:.1} dB");
        let itself = level_db(&room.heard(JUDGED), TONES[0]);
        assert!(itself < INAUDIBLE_DB, "{start:?}: and itself at {itself:.1} dB");
        assert_eq!(room.secrecy(), (true, 0), "{start:?}");
        calls.push((start, since));
    }
    phone.hang_up();
    let recording = phone.heard();
    for (start, since) in calls {
        let level = level_db(&recording.part(since + SETTLING, JUDGED), TONES[0]);
        assert!(level > AUDIBLE_DB, "{start:?}: the phone hears {level:.1} dB");
    }
}

/// H.245 has a connection of its own, by which new keys are asked for while pictures leave.
#[test]
fn two_rooms_see_and_hear_each_other_encrypted_and_through_new_keys() {
    const RENEWALS: usize = 10;
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let start = Start::new(false, false).secret();
    let [one, other, _] = TONES;
    let red = Room::call_h323("red", film("red"), "1001", bridge.h323(), start, one);
    bridge.wait_for_lines("state=Coming", 1);
    let best_effort = Start { encryption: Encryption::BestEffort, ..start };
    let blue = Room::call_h323("blue", film("blue"), "1001", bridge.h323(), best_effort, other);
    bridge.wait_for_lines("state=Coming", 2);
    sees(&red);
    sees(&blue);
    for _ in 0..RENEWALS {
        let before = red.h323().media();
        red.h323().renew_keys();
        red.h323().wait_for_other_media(&before);
        talk(SETTLING / 5);
    }
    let heard = level(red.h323(), other);
    assert!(heard > AUDIBLE_DB, "{heard:.1} dB");
    sees(&red);
    sees(&blue);
    for room in [&red, &blue] {
        assert_eq!((room.h323().secrecy(), room.shut()), ((true, 0), 0), "{}", room.name());
    }
}

#[test]
fn a_room_that_the_bridge_calls_is_heard_encrypted() {
    const REQUIRED: &str = "encryption = \"required\"
[calling_out]
enabled = true
domains = [\"127.0.0.1\"]
";
    let bridge = Bridge::with(Setting { api: true, more: REQUIRED, ..Setting::default() });
    let start = USUAL.secret();
    let inside = H323Room::call("inside", "1001", bridge.h323(), start, TONES[0]);
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let best_effort = Start { encryption: Encryption::BestEffort, ..start };
        let called = tokio::task::spawn_blocking(move || {
            H323Room::await_call("called", &listener, best_effort, TONES[1])
        });
        api.call_out("conference-1001", &format!("h323:8001@127.0.0.1:{port}")).await;
        let called = called.await.expect("it is called");
        called.wait_until_talking(true);
        bridge.wait_for_lines("participant joined", 2);
        let heard = level(&inside, TONES[1]);
        assert!(heard > AUDIBLE_DB, "inside hears {heard:.1} dB");
        let heard = level_db(&called.heard(JUDGED), TONES[0]);
        assert!(heard > AUDIBLE_DB, "who was called hears {heard:.1} dB");
        assert_eq!(called.secrecy(), (true, 0));
    });
}

/// By each start mode, and so that its person learns why.
#[test]
fn a_room_in_the_clear_is_refused_where_encryption_is_required() {
    let more = "encryption = \"required\"\n";
    let bridge = Bridge::with(Setting { more, ..Setting::default() });
    for (tunnelled, fast) in [(true, false), (false, false), (true, true), (false, true)] {
        let start = Start::new(tunnelled, fast);
        let room = H323Room::dial("clear", "1001", bridge.h323(), start, TONES[0], None);
        assert_eq!(room.wait_for_end(), EndCause::NoCommonEncryption, "{start:?}");
        assert!(room.heard(JUDGED).samples.is_empty(), "{start:?}");
    }
    assert_eq!(bridge.count_lines("participant joined"), 0);
}

//! Who need not wait.

use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Line, Setting, Transport, talk},
    sound::tone,
};
use std::time::Duration;

const ROOM: &str = "
[[user]]
name = \"room1\"
password = \"correct-horse\"
trusted = true
[[conference]]
name = \"Ours\"
aliases = [\"1001\"]
lobby = \"untrusted\"
";

/// A room that proves who it is passes a lobby that is for the untrusted; a stranger waits,
/// under whatever name.
#[test]
fn a_room_with_a_password_passes_the_lobby_and_a_stranger_waits() {
    let bridge = Bridge::with(Setting { more: ROOM, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let voice = tone(TONES[0], VOICE);
    let mut stranger = Baresip::start("stranger", Line::PLAIN, &voice);
    stranger.call("1001", port);
    bridge.wait_for_lines("participant waits", 1);
    let mut room = Baresip::registering("room1", Line::PLAIN, &voice, port, "correct-horse");
    // It may register before its control port is listened to.
    bridge.wait_for_lines("registered=true", 1);
    room.call("1001", port);
    bridge.wait_for_lines("participant joined", 1);
    talk(Duration::from_secs(1));
    assert_eq!(bridge.count_lines("participant joined"), 1);
    assert_eq!(bridge.count_lines("participant waits"), 1);
    // Somebody who only says to be the room is asked for its password, and has none.
    let mut forger = Baresip::start("room1", Line::PLAIN, &voice);
    forger.dial("1001", port);
    let why = forger.wait_for("CALL_CLOSED");
    assert!(why.contains("401") || why.contains("Unauthorized"), "{why}");
    room.hang_up();
    stranger.hang_up();
}

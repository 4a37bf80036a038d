//! What rooms with a camera may rely on.

use crate::{
    conference::TONES,
    peer::{Bridge, Coding, Film, PATIENCE, Room, Setting, Start, Transport, talk},
    video::{BLUE, EQUAL, FIRST, RED, SECOND},
};
use std::time::{Duration, Instant};

/// How a room calls.
type Call = fn(&Bridge, &str, Film) -> Room;

fn by_sip(bridge: &Bridge, name: &str, film: Film) -> Room {
    Room::call(name, film, "1001", bridge.port(Transport::Udp))
}

fn by_h323(bridge: &Bridge, name: &str, film: Film) -> Room {
    Room::call_h323(name, film, "1001", bridge.h323(), Start::USUAL, TONES[0])
}

macro_rules! contract {
    ($($name:ident)*) => {
        mod sip { $(#[test] fn $name() { super::$name(super::by_sip); })* }
        mod h323 { $(#[test] fn $name() { super::$name(super::by_h323); })* }
    };
}

contract! {
    sees_and_is_seen
    asks_for_full_pictures_without_end
}

fn two(bridge: &Bridge, call: Call) -> [Room; 2] {
    let film = |colour| Film {
        coding: Coding::H264Mode1,
        colour,
        width: 640,
        height: 360,
        rate: 15,
        level: 30,
    };
    // Places are given in the order in which pictures come.
    [("red", 1), ("blue", 2)].map(|(colour, coming)| {
        let room = call(bridge, colour, film(colour));
        bridge.wait_for_lines("state=Coming", coming);
        room
    })
}

fn sees(room: &Room) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let picture = room.snapshot();
        if picture.share(FIRST, RED) > 0.7 && picture.share(SECOND, BLUE) > 0.7 {
            return;
        }
        assert!(Instant::now() < deadline, "{} never saw both", room.name());
        talk(Duration::from_millis(100));
    }
}

fn bridge() -> Bridge {
    Bridge::with(Setting { more: EQUAL, ..Setting::default() })
}

fn sees_and_is_seen(call: Call) {
    let bridge = bridge();
    two(&bridge, call).iter().for_each(sees);
}

/// One that asks fifty times a second is sent some, and nobody else loses anything by it.
fn asks_for_full_pictures_without_end(call: Call) {
    const STORM: Duration = Duration::from_secs(4);
    /// As many as a budget of requests leaves in that time, and those that come by themselves.
    const MOST: u32 = 12;
    let bridge = bridge();
    let rooms = two(&bridge, call);
    rooms.iter().for_each(sees);
    let [stormy, calm] = &rooms;
    let before = stormy.full_pictures();
    let until = Instant::now() + STORM;
    while Instant::now() < until {
        stormy.ask_key_frame();
        talk(Duration::from_millis(20));
    }
    let sent = stormy.full_pictures() - before;
    assert!((1..=MOST).contains(&sent), "{sent} full pictures");
    rooms.iter().for_each(sees);
    assert!(calm.full_pictures() > 0);
}

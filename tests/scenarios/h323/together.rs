//! One conference with a room of H.323, a room of SIP, a browser and a telephone: all are heard by
//! all, and both rooms see each other.

use super::{JUDGED, SETTLING, USUAL};
use crate::{
    browser::{self, Browser, api::Api},
    conference::{AUDIBLE_DB, INAUDIBLE_DB},
    peer::{Baresip, Bridge, Coding, Film, Line, PATIENCE, Room, Setting, Transport},
    sound::{level_db, tone},
    video::{BLUE, EQUAL, FIRST, RED, SECOND},
};
use std::time::{Duration, Instant};
use tokio::time;

/// The telephone, the room of H.323 and the browser; no multiples of each other.
const PHONE: f64 = 440.0;
const H323: f64 = 1_020.0;
const BROWSER: f64 = 1_870.0;

pub(super) fn film(colour: &'static str) -> Film {
    Film { coding: Coding::H264Mode1, colour, width: 640, height: 360, rate: 15, level: 30 }
}

/// Waits until a room sees both, each in its place.
pub(super) fn sees(room: &Room) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let picture = room.snapshot();
        if picture.share(FIRST, RED) > 0.7 && picture.share(SECOND, BLUE) > 0.7 {
            return;
        }
        assert!(Instant::now() < deadline, "{} never saw both", room.name());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn two_rooms_of_h323_see_each_other() {
    let bridge = Bridge::with(Setting { more: EQUAL, ..Setting::default() });
    let red = Room::call_h323("red", film("red"), "1001", bridge.h323(), USUAL, H323);
    bridge.wait_for_lines("state=Coming", 1);
    let blue = Room::call_h323("blue", film("blue"), "1001", bridge.h323(), USUAL, PHONE);
    bridge.wait_for_lines("state=Coming", 2);
    sees(&red);
    sees(&blue);
    assert!(!red.h323().has_ended());
}

#[test]
fn a_room_of_h323_a_room_of_sip_a_browser_and_a_telephone_are_one_conference() {
    let bridge = Bridge::with(Setting { api: true, more: EQUAL, ..Setting::default() });
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let link = api.link("conference-1001").await;
        let red = Room::call("red", film("red"), "1001", bridge.port(Transport::Udp));
        bridge.wait_for_lines("state=Coming", 1);
        let blue = Room::call_h323("blue", film("blue"), "1001", bridge.h323(), USUAL, H323);
        bridge.wait_for_lines("state=Coming", 2);
        let voice = tone(PHONE, Duration::from_secs(60));
        let mut phone = Baresip::start("phone", Line::PLAIN, &voice);
        phone.call("1001", bridge.port(Transport::Udp));
        let browser = Box::pin(Browser::come(address, &link, "Browser")).await;
        let speaking = browser.peer.speak(&tone(BROWSER, JUDGED));
        let since = phone.in_call();
        time::sleep(SETTLING + JUDGED).await;
        let of_browser = browser.peer.heard();
        let of_room = blue.h323().heard(JUDGED);
        phone.hang_up();
        let of_phone = phone.heard().part(since + SETTLING, JUDGED);
        for (who, heard, own) in
            [("browser", of_browser, BROWSER), ("room", of_room, H323), ("phone", of_phone, PHONE)]
        {
            for hertz in [PHONE, H323, BROWSER] {
                let level = level_db(&heard, hertz);
                if hertz == own {
                    assert!(level < INAUDIBLE_DB, "the {who} hears itself at {level:.1} dB");
                } else {
                    assert!(level > AUDIBLE_DB, "the {who} hears {hertz} Hz at {level:.1} dB");
                }
            }
        }
        sees(&red);
        sees(&blue);
        speaking.abort();
        browser.leave().await;
    });
}

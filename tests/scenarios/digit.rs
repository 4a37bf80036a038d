//! Digits pressed on a telephone reach the conference once each.

use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Line, Transport},
    sound::tone,
};

/// What the bridge logs of a digit; which one it was is personal.
const PRESSED: &str = "digit pressed";

#[test]
fn telephone_events_are_digits_without_doubles() {
    let bridge = Bridge::start();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("1001", bridge.port(Transport::Udp));
    for (index, digit) in "15#".chars().enumerate() {
        caller.send_digit(digit);
        bridge.wait_for_lines(PRESSED, index + 1);
    }
    caller.hang_up();
    bridge.wait_for_lines("participant left", 1);
    assert_eq!(bridge.count_lines(PRESSED), 3);
}

//! SIGTERM: new calls are refused, and the bridge ends once its calls have. How running calls end is
//! the same for all (`contract`).

use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Line, Transport},
    sound::tone,
};

#[test]
fn a_draining_bridge_says_that_it_is_not_available() {
    let bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let phone = |name| Baresip::start(name, Line::PLAIN, &tone(TONES[0], VOICE));
    let (mut first, mut late) = (phone("first"), phone("late"));
    first.call("1001", port);
    bridge.terminate();
    bridge.wait_for_lines("draining", 1);
    late.dial("1001", port);
    let reason = late.wait_for("CALL_CLOSED");
    assert!(reason.starts_with("503"), "a new call ended with {reason:?}");
}

#[test]
fn a_bridge_without_calls_ends_at_once() {
    let bridge = Bridge::start();
    bridge.terminate();
    bridge.wait_for_clean_exit();
}

//! SIGTERM: running calls end by themselves, new ones are refused, then the bridge ends. SIGINT:
//! the bridge hangs up and ends.

use crate::{
    conference::{AUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Line, Transport, talk},
    sound::{level_db, tone},
};
use std::time::Duration;

#[test]
fn a_draining_bridge_finishes_its_calls_and_takes_no_new_ones() {
    let mut bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let [one, other, _] = TONES;
    let mut talker = Baresip::start("talker", Line::PLAIN, &tone(one, VOICE));
    let mut listener = Baresip::start("listener", Line::PLAIN, &tone(other, VOICE));
    let mut late = Baresip::start("late", Line::PLAIN, &tone(other, VOICE));
    talker.call("1001", port);
    listener.call("1001", port);

    bridge.terminate();
    bridge.wait_for_lines("draining", 1);
    late.dial("1001", port);
    let reason = late.wait_for("CALL_CLOSED");
    assert!(reason.starts_with("503"), "a new call ended with {reason:?}");

    let draining = listener.in_call();
    talk(Duration::from_secs(2));
    assert!(bridge.is_running(), "the bridge left its calls");
    listener.hang_up();
    talker.hang_up();
    let heard = listener.heard().part(draining, Duration::from_secs(2));
    assert!(level_db(&heard, one) > AUDIBLE_DB, "the running call lost its sound");
    bridge.wait_for_clean_exit();
}

#[test]
fn an_interrupted_bridge_hangs_up_and_ends() {
    let bridge = Bridge::start();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("1001", bridge.port(Transport::Udp));
    bridge.interrupt();
    caller.wait_for("CALL_CLOSED");
    bridge.wait_for_clean_exit();
}

#[test]
fn a_bridge_without_calls_ends_at_once() {
    let bridge = Bridge::start();
    bridge.terminate();
    bridge.wait_for_clean_exit();
}

//! Calls that cannot be taken are refused with the status that says why.

use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Line, Setting, Transport},
    sound::tone,
};

#[test]
fn an_unknown_alias_is_not_found() {
    let bridge = Bridge::start();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.dial("4711", bridge.port(Transport::Udp));
    let reason = caller.wait_for("CALL_CLOSED");
    assert!(reason.starts_with("404"), "the call ended with {reason:?}");
}

#[test]
fn a_call_beyond_the_last_media_port_is_refused_and_the_first_goes_on() {
    // One pair of ports: RTP and RTCP of one call.
    let bridge = Bridge::with(Setting { media_ports: 2, ..Setting::default() });
    let port = bridge.port(Transport::Udp);
    let mut first = Baresip::start("first", Line::PLAIN, &tone(TONES[0], VOICE));
    let mut second = Baresip::start("second", Line::PLAIN, &tone(TONES[1], VOICE));
    first.call("1001", port);
    second.dial("1001", port);
    let reason = second.wait_for("CALL_CLOSED");
    assert!(reason.starts_with("503"), "the call ended with {reason:?}");
    first.hang_up();
}

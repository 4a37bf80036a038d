//! Hold and resume: who is held is not heard, and hears again afterwards.

use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Line, Transport, talk},
    sound::{level_db, tone},
};
use std::time::Duration;

#[test]
fn a_held_telephone_falls_silent_and_returns() {
    const PHASE: Duration = Duration::from_secs(3);
    const SETTLING: Duration = Duration::from_secs(1);
    let bridge = Bridge::start();
    let [held, other, _] = TONES;
    let mut holder = Baresip::start("holder", Line::PLAIN, &tone(held, VOICE));
    let mut listener = Baresip::start("listener", Line::PLAIN, &tone(other, VOICE));
    holder.call("1001", bridge.port(Transport::Udp));
    listener.call("1001", bridge.port(Transport::Udp));

    let together = listener.in_call();
    talk(PHASE);
    holder.hold();
    holder.wait_for("CALL_REMOTE_SDP");
    let on_hold = listener.in_call();
    talk(PHASE);
    holder.resume();
    holder.wait_for("CALL_REMOTE_SDP");
    let again = listener.in_call();
    talk(PHASE);
    listener.hang_up();
    holder.hang_up();

    let heard = listener.heard();
    let level = |start| level_db(&heard.part(start + SETTLING, PHASE - SETTLING * 2), held);
    assert!(level(together) > AUDIBLE_DB, "before: {:.1} dB", level(together));
    assert!(level(on_hold) < INAUDIBLE_DB, "on hold: {:.1} dB", level(on_hold));
    assert!(level(again) > AUDIBLE_DB, "after: {:.1} dB", level(again));
}

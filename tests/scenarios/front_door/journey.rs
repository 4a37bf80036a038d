//! The way of a person with a telephone: one number, a voice that asks, the lobby, the host.

use super::{holds_in_order, press};
use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Flow, Line, Setting, Transport, talk},
    sound::{level_db, prompts, recognise, tone},
};
use causeway_base::Lang;
use causeway_plan::Prompt;
use std::time::Duration;

/// A meeting with a lobby and PINs, 1001, and an open one, 1002.
const MEETINGS: &str = "
[[conference]]
name = \"周会 / Weekly\"
aliases = [\"1001\"]
host_pin = \"246810\"
guest_pin = \"135790\"
lobby = \"on\"
[[conference]]
name = \"Open\"
aliases = [\"1002\"]
open = true
";

const SETTING: Setting<'static> =
    Setting { workers: 1, media_ports: 200, h323: "127.0.0.1:0", api: false, more: MEETINGS };

fn bridge() -> Bridge {
    Bridge::with(SETTING)
}

#[test]
fn a_caller_is_led_in_by_voice_waits_is_admitted_and_asked_how_it_was() {
    let bridge = bridge();
    let port = bridge.port(Transport::Udp);
    let mut guest = Baresip::start("guest", Line::PLAIN, &tone(TONES[0], 3 * VOICE));
    guest.call("9000", port);
    talk(Duration::from_secs(11));
    press(&mut guest, "1001#");
    talk(Duration::from_secs(4));
    press(&mut guest, "135790#");
    bridge.wait_for_lines("participant waits", 1);
    talk(Duration::from_secs(9));
    let mut host = Baresip::start("host", Line::PLAIN, &tone(TONES[2], 3 * VOICE));
    host.call("1001", port);
    talk(Duration::from_secs(1));
    press(&mut host, "246810#");
    bridge.wait_for_lines("participant joined", 1);
    press(&mut host, "*8");
    bridge.wait_for_lines("participant joined", 2);
    let together = guest.in_call();
    talk(Duration::from_secs(8));
    press(&mut host, "##");
    bridge.wait_for_lines("conference ended", 1);
    talk(Duration::from_secs(7));
    press(&mut guest, "5");
    guest.wait_for("CALL_CLOSED");
    let recording = guest.heard();
    let heard = prompts(&recording, Lang::Zh);
    let wanted = [
        Prompt::Welcome,
        Prompt::EnterNumber,
        Prompt::EnterPin,
        Prompt::HoldMusic,
        Prompt::Admitted,
        Prompt::ConferenceEnded,
        Prompt::AskFeedback,
        Prompt::ThankYou,
    ];
    assert!(holds_in_order(&heard, &wanted), "{:?}", recognise(&recording, Lang::Zh));
    let lobby = recording.part(Duration::ZERO, together.saturating_sub(Duration::from_secs(2)));
    // Prompts hold a little of every frequency; a voice is above -35 dB.
    assert!(level_db(&lobby, TONES[2]) < -45.0, "{} dB", level_db(&lobby, TONES[2]));
    let meeting = recording.part(together + Duration::from_secs(5), Duration::from_secs(3));
    assert!(level_db(&meeting, TONES[2]) > -35.0, "{} dB", level_db(&meeting, TONES[2]));
    assert!(level_db(&meeting, TONES[0]) < -50.0, "{} dB", level_db(&meeting, TONES[0]));
}

/// bbb#9531: who comes by phone waits like everybody; nothing is heard of the guest before.
#[test]
fn bbb_9531_the_lobby_is_not_passed_by_phone() {
    let bridge = bridge();
    let port = bridge.port(Transport::Udp);
    let mut host = Baresip::start("host", Line::PLAIN, &tone(TONES[1], VOICE));
    host.call("1001", port);
    press(&mut host, "246810#");
    bridge.wait_for_lines("participant joined", 1);
    let mut guest = Baresip::start("guest", Line::PLAIN, &tone(TONES[2], VOICE));
    guest.call("1001", port);
    press(&mut guest, "135790#");
    bridge.wait_for_lines("participant waits", 1);
    talk(Duration::from_secs(3));
    guest.hang_up();
    host.hang_up();
    assert_eq!(bridge.count_lines("participant joined"), 1);
    let heard = host.heard();
    // The host's own prompts hold a little of every frequency; a voice is above -35 dB.
    assert!(level_db(&heard, TONES[2]) < -45.0, "{} dB", level_db(&heard, TONES[2]));
}

/// Three wrong entries, and the reason is said before the call ends.
#[test]
fn three_wrong_numbers_end_in_goodbye() {
    let bridge = bridge();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], 2 * VOICE));
    caller.call("9000", bridge.port(Transport::Udp));
    for _ in 0..3 {
        talk(Duration::from_secs(1));
        press(&mut caller, "4711#99999#");
    }
    talk(Duration::from_secs(4));
    caller.wait_for("CALL_CLOSED");
    let heard = prompts(&caller.heard(), Lang::Zh);
    assert!(holds_in_order(&heard, &[Prompt::TooManyAttempts, Prompt::Goodbye]), "{heard:?}");
}

#[test]
fn a_number_by_info_leads_into_the_conference() {
    let bridge = bridge();
    let flow = Flow::start("info_number", "9000", bridge.port(Transport::Udp), None);
    bridge.wait_for_lines("participant joined", 1);
    flow.finish();
}

/// Hears itself after a moment, then how good the line is.
#[test]
fn the_test_call_gives_back_what_it_heard_and_says_the_verdict() {
    let bridge = bridge();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], 3 * VOICE));
    caller.call("9999", bridge.port(Transport::Udp));
    talk(Duration::from_secs(34));
    caller.hang_up();
    let recording = caller.heard();
    let heard = prompts(&recording, Lang::Zh);
    let wanted = [Prompt::TestIntroduction, Prompt::TestBothWays, Prompt::TestClear];
    assert!(holds_in_order(&heard, &wanted), "{:?}", recognise(&recording, Lang::Zh));
    assert!(level_db(&recording, TONES[0]) > -40.0, "it did not hear itself");
}

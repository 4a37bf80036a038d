//! Who waits, for whom, and who lets in.

use super::{holds_in_order, press};
use crate::{
    conference::{AUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Flow, Line, Setting, Transport, talk},
    sound::{level_db, prompts, tone},
};
use causeway_base::Lang;
use causeway_plan::Prompt;
use std::time::Duration;

/// A lobby for guests with a PIN-less entry; hosts have a PIN.
const LOBBY: &str = "
[[conference]]
name = \"Lobby\"
aliases = [\"1001\"]
host_pin = \"246810\"
lobby = \"on\"
[[conference]]
name = \"Early\"
aliases = [\"1003\"]
open = true
host_pin = \"246810\"
wait_for_host = true
[[conference]]
name = \"Waiting room\"
aliases = [\"1004\"]
lobby = \"on\"
";

const SETTING: Setting<'static> =
    Setting { workers: 1, media_ports: 200, h323: "127.0.0.1:0", api: false, more: LOBBY };

/// Fifty wait; two hosts press the same keys in the same moment; everybody comes in once.
#[test]
fn two_hosts_let_a_lobby_of_fifty_in_once() {
    let bridge = Bridge::with(SETTING);
    let port = bridge.port(Transport::Udp);
    let hosts = [("one", TONES[1]), ("two", TONES[2])];
    let mut hosts = hosts.map(|(name, hertz)| {
        let mut host = Baresip::start(name, Line::PLAIN, &tone(hertz, 2 * VOICE));
        host.call("1001", port);
        press(&mut host, "246810#");
        host
    });
    bridge.wait_for_lines("participant joined", 2);
    let mut guest = Baresip::start("guest", Line::PLAIN, &tone(TONES[0], 2 * VOICE));
    guest.call("1001", port);
    press(&mut guest, "#");
    let crowd = Flow::many("guests", "1001", port, None, 49);
    bridge.wait_for_lines("participant waits", 50);
    assert_eq!(bridge.count_lines("participant joined"), 2);
    talk(Duration::from_secs(2));
    let admitted = guest.in_call();
    for key in ['*', '8'] {
        hosts.iter_mut().for_each(|host| host.send_digit(key));
        talk(Duration::from_millis(200));
    }
    bridge.wait_for_lines("participant joined", 52);
    talk(Duration::from_secs(7));
    press(&mut hosts[0], "##");
    bridge.wait_for_lines("participant left", 52);
    crowd.finish();
    assert_eq!(bridge.count_lines("participant joined"), 52);
    let recording = guest.heard();
    let waiting = recording.part(Duration::ZERO, admitted);
    let meeting = recording.part(admitted + Duration::from_secs(4), Duration::from_secs(3));
    for hertz in &TONES[1..] {
        // Music and prompts hold a little of every frequency; a voice is above -20 dB.
        assert!(level_db(&waiting, *hertz) < -38.0, "waiting: {} dB", level_db(&waiting, *hertz));
        assert!(level_db(&meeting, *hertz) > AUDIBLE_DB, "{} dB", level_db(&meeting, *hertz));
    }
}

/// bbb#9161: who comes before the host waits with music, and is in when the host is.
#[test]
fn bbb_9161_an_early_caller_waits_for_the_host() {
    let bridge = Bridge::with(SETTING);
    let port = bridge.port(Transport::Udp);
    let mut guest = Baresip::start("guest", Line::PLAIN, &tone(TONES[0], VOICE));
    guest.call("1003", port);
    press(&mut guest, "#");
    bridge.wait_for_lines("participant waits", 1);
    talk(Duration::from_secs(8));
    assert_eq!(bridge.count_lines("participant joined"), 0);
    let mut host = Baresip::start("host", Line::PLAIN, &tone(TONES[1], VOICE));
    host.call("1003", port);
    press(&mut host, "246810#");
    bridge.wait_for_lines("participant joined", 2);
    talk(Duration::from_secs(3));
    host.hang_up();
    guest.hang_up();
    let said = prompts(&guest.heard(), Lang::Zh);
    let wanted = [Prompt::WaitForHost, Prompt::HoldMusic, Prompt::Admitted];
    assert!(holds_in_order(&said, &wanted), "{said:?}");
}

/// Who hangs up and dials again within two minutes stands where it stood, and is told so.
#[test]
fn who_dials_again_keeps_the_place() {
    let bridge = Bridge::with(SETTING);
    let port = bridge.port(Transport::Udp);
    let phone = |name| Baresip::start(name, Line::PLAIN, &tone(TONES[0], VOICE));
    let (mut first, mut second) = (phone("first"), phone("second"));
    first.call("1004", port);
    bridge.wait_for_lines("participant waits", 1);
    second.call("1004", port);
    bridge.wait_for_lines("participant waits", 2);
    // Recordings are named by the second.
    talk(Duration::from_secs(2));
    first.hang_up();
    bridge.wait_for_lines("call ended", 1);
    first.call("1004", port);
    bridge.wait_for_lines("participant waits", 3);
    talk(Duration::from_secs(7));
    first.hang_up();
    second.hang_up();
    let again = first.heard_in_calls().swap_remove(1);
    let said = prompts(&again, Lang::Zh);
    let wanted = [Prompt::PlaceKept, Prompt::PlaceBefore, Prompt::Digit1, Prompt::PlaceAfter];
    assert!(holds_in_order(&said, &wanted), "{said:?}");
    assert_eq!(bridge.count_lines("participant joined"), 0, "a place is no admission");
}

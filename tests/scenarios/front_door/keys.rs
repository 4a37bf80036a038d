//! What pressed keys do, however they arrive.

use super::press;
use crate::{
    conference::{AUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Flow, Line, Setting, Transport, talk},
    sound::{keys, level_db, prompts, silence, tone},
};
use causeway_base::Lang;
use causeway_plan::Prompt;
use std::time::Duration;

/// A telephone that knows no telephone events: its keys are tones in the voice, over the prompt.
#[test]
fn tones_in_the_voice_lead_into_the_conference() {
    let bridge = Bridge::start();
    let pause = silence(Duration::from_secs(2));
    let voice = pause.clone().then(&keys("1002#")).then(&pause);
    let flow = Flow::start("tones", "9000", bridge.port(Transport::Udp), Some(&voice));
    bridge.wait_for_lines("participant joined", 1);
    flow.finish();
}

/// bbb#9890: who came by phone mutes and unmutes by phone, and the others hear it.
#[test]
fn bbb_9890_a_phone_mutes_and_unmutes_itself() {
    let bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let mut listener = Baresip::start("listener", Line::PLAIN, &tone(TONES[0], VOICE));
    let mut speaker = Baresip::start("speaker", Line::PLAIN, &tone(TONES[1], VOICE));
    listener.call("1002", port);
    speaker.call("1002", port);
    bridge.wait_for_lines("participant joined", 2);
    talk(Duration::from_secs(3));
    press(&mut speaker, "*6");
    let muted = listener.in_call();
    talk(Duration::from_secs(4));
    press(&mut speaker, "*6");
    let unmuted = listener.in_call();
    talk(Duration::from_secs(4));
    speaker.hang_up();
    listener.hang_up();
    let recording = listener.heard();
    let around = |at: Duration, from_s: u64| {
        let part = recording.part(at + Duration::from_secs(from_s), Duration::from_secs(2));
        level_db(&part, TONES[1])
    };
    let before =
        recording.part(muted.saturating_sub(Duration::from_secs(2)), Duration::from_secs(1));
    assert!(level_db(&before, TONES[1]) > AUDIBLE_DB, "{} dB", level_db(&before, TONES[1]));
    assert!(around(muted, 1) < -45.0, "muted: {} dB", around(muted, 1));
    assert!(around(unmuted, 1) > AUDIBLE_DB, "unmuted: {} dB", around(unmuted, 1));
    let said = prompts(&speaker.heard(), Lang::Zh);
    assert!(said.contains(&Prompt::Muted) && said.contains(&Prompt::Unmuted), "{said:?}");
}

/// The operator's own table counts, in the binary too: the usual keys then mean nothing.
#[test]
fn keys_of_ones_own_replace_the_usual_ones() {
    let more = "[keys]\nhand = \"#5\"\nmute = \"#6\"\n";
    let bridge = Bridge::with(Setting { more, ..Setting::default() });
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("1002", bridge.port(Transport::Udp));
    bridge.wait_for_lines("participant joined", 1);
    talk(Duration::from_secs(2));
    press(&mut caller, "*5");
    talk(Duration::from_secs(2));
    press(&mut caller, "#6");
    talk(Duration::from_secs(3));
    caller.hang_up();
    let said = prompts(&caller.heard(), Lang::Zh);
    assert!(said.contains(&Prompt::Muted), "{said:?}");
    assert!(!said.contains(&Prompt::HandRaised), "{said:?}");
}

//! In which language a caller is spoken to, and with whose voice.

use super::press;
use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Bridge, Folder, Line, Setting, Transport, talk},
    sound::{level_db, prompts, tone},
};
use causeway_base::Lang;
use causeway_plan::Prompt;
use std::{fs, time::Duration};

#[test]
fn nine_is_english() {
    let bridge = Bridge::start();
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("9000", bridge.port(Transport::Udp));
    talk(Duration::from_secs(1));
    press(&mut caller, "9");
    talk(Duration::from_secs(7));
    caller.hang_up();
    let said = prompts(&caller.heard(), Lang::En);
    assert!(said.contains(&Prompt::EnterNumber), "{said:?}");
}

#[test]
fn callers_of_a_trunk_hear_its_language_at_once() {
    let more = "[[trunk]]\nname = \"isp\"\nsources = [\"127.0.0.0/8\"]\nlang = \"en\"\n";
    let bridge = Bridge::with(Setting { more, ..Setting::default() });
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("9000", bridge.port(Transport::Udp));
    talk(Duration::from_secs(10));
    caller.hang_up();
    let said = prompts(&caller.heard(), Lang::En);
    assert!(said.contains(&Prompt::Welcome) && said.contains(&Prompt::EnterNumber), "{said:?}");
}

/// A pack of one's own: what it has is played, what it lacks comes from the built-in one.
#[test]
fn a_prompt_of_ones_own_is_played() {
    let pack = Folder::new("pack");
    fs::create_dir(pack.join("zh-CN")).expect("the temporary folder is writable");
    tone(TONES[2], Duration::from_secs(2)).resampled(16_000).write(&pack.join("zh-CN/welcome.wav"));
    let more = format!("[reception]\nprompts = \"{}\"\n", pack.display());
    let bridge = Bridge::with(Setting { more: &more, ..Setting::default() });
    let mut caller = Baresip::start("caller", Line::PLAIN, &tone(TONES[0], VOICE));
    caller.call("9000", bridge.port(Transport::Udp));
    talk(Duration::from_secs(11));
    caller.hang_up();
    let recording = caller.heard();
    let beginning = recording.part(Duration::from_millis(500), Duration::from_secs(1));
    assert!(level_db(&beginning, TONES[2]) > -25.0, "{} dB", level_db(&beginning, TONES[2]));
    let said = prompts(&recording, Lang::Zh);
    assert!(said.contains(&Prompt::EnterNumber), "{said:?}");
}

//! The default pack: whole, made from the present text, audible, and not to be taken for keys.

use causeway_base::Lang;
use causeway_media::audio::dtmf::DtmfDetector;
use causeway_media::audio::level::Level;
use causeway_media::prompt::Pack;
use causeway_plan::{Clip, Prompt};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::{Table, Value};

/// What is not speech.
const TONES: [Prompt; 4] = [Prompt::ChimeIn, Prompt::ChimeOut, Prompt::Beep, Prompt::HoldMusic];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prompt")
}

fn table(file: &str) -> Table {
    fs::read_to_string(folder().join(file)).expect("a file").parse().expect("TOML")
}

fn every_clip() -> impl Iterator<Item = (Lang, Prompt, Clip)> {
    let pack = Pack::embedded();
    [Lang::Zh, Lang::En].into_iter().flat_map(move |lang| {
        let pack = pack.clone();
        Prompt::ALL.iter().map(move |prompt| (lang, *prompt, pack.clip(*prompt, lang)))
    })
}

fn pcm(clip: &Clip) -> Vec<f32> {
    clip.0.iter().map(|x| f32::from(*x) / 32_768.0).collect()
}

#[test]
fn the_text_table_has_every_prompt_and_no_other() {
    let keys: BTreeSet<String> = table("text.toml").into_iter().map(|(key, _)| key).collect();
    let prompts = Prompt::ALL.iter().map(|prompt| prompt.file().to_owned()).collect();
    assert_eq!(keys, prompts);
}

#[test]
fn every_sound_was_made_from_the_present_text() {
    let (texts, manifest) = (table("text.toml"), table("pack/manifest.toml"));
    let hash = |bytes: &[u8]| Value::String(hex::encode(Sha256::digest(bytes)));
    let text = |table: &Value, key: &str| {
        table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    for (lang, key) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for prompt in Prompt::ALL {
            let name = format!("{}/{}", lang.tag(), prompt.file());
            let entry = &texts[prompt.file()];
            let said =
                text(entry, "sound") + &text(entry, key) + &text(entry, &format!("{key}-pinyin"));
            let made = &manifest[lang.tag()][prompt.file()];
            assert_eq!(made["text"], hash(said.as_bytes()), "{name}: run deploy/prompt/generate");
            let file = fs::read(folder().join("pack").join(&name).with_extension("wav"));
            assert_eq!(made["sound"], hash(&file.expect("made")), "{name} is another's work");
        }
    }
}

#[test]
fn every_prompt_can_be_understood_as_a_telephone_prompt() {
    for (lang, prompt, clip) in every_clip() {
        let pcm = pcm(&clip);
        let name = format!("{lang:?} {prompt:?}");
        let peak = pcm.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert!((0.1..0.95).contains(&peak), "{name} peaks at {peak}");
        if TONES.contains(&prompt) {
            continue;
        }
        let length = clip.duration();
        let longest = Duration::from_secs(13);
        assert!(length > Duration::from_millis(200) && length < longest, "{name}: {length:?}");
        let blocks: Vec<f32> = pcm.chunks(320).map(|block| Level::of_pcm(block).dbov()).collect();
        let sounding = blocks.iter().filter(|level| **level > -45.0).count();
        assert!(sounding * 100 / blocks.len() > 45, "{name}: {sounding} of {}", blocks.len());
        let level = Level::of_pcm(&pcm).dbov();
        assert!((-26.0..-16.0).contains(&level), "{name}: {level} dBov");
        // Speech changes: its loudness is not that of a tone or of noise.
        let mean = blocks.iter().sum::<f32>() / blocks.len() as f32;
        let spread = blocks.iter().map(|x| (x - mean).abs()).sum::<f32>() / blocks.len() as f32;
        assert!(spread > 2.0, "{name}: {spread} dB");
        let ends = [pcm[0], pcm[pcm.len() - 1]];
        assert!(ends.iter().all(|x| x.abs() < 0.01), "{name} clicks: {ends:?}");
    }
}

/// Rivals' talk-off: a prompt that comes back from a telephone's hybrid must not press keys.
#[test]
fn talk_off_no_prompt_is_heard_as_a_key_not_even_as_an_echo() {
    for (lang, prompt, clip) in every_clip() {
        for gain in [1.0, 0.25, 0.06] {
            let echoed: Vec<f32> = pcm(&clip).iter().map(|x| x * gain).collect();
            let mut tones = DtmfDetector::new(16_000);
            tones.process(&echoed, |key| panic!("{lang:?} {prompt:?} presses {key}"));
        }
    }
}

#[test]
fn hold_music_loops_without_a_seam() {
    for lang in [Lang::Zh, Lang::En] {
        let music = Pack::embedded().clip(Prompt::HoldMusic, lang);
        assert!((12..=20).contains(&music.duration().as_secs()));
        let steps = music.0.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
        let largest = steps.max().unwrap_or(0);
        let (first, last) = (i32::from(music.0[0]), i32::from(music.0[music.0.len() - 1]));
        assert!((first - last).abs() <= largest / 2, "{last} to {first}, elsewhere {largest}");
        let blocks = pcm(&music);
        let quietest =
            blocks.chunks(8_000).map(|block| Level::of_pcm(block).dbov()).fold(0.0, f32::min);
        assert!(quietest > -40.0, "{quietest}: nobody should think that the line is dead");
    }
}

#[test]
fn the_pack_stays_small() {
    let sizes = ["zh-CN", "en"].into_iter().flat_map(|lang| {
        let files = fs::read_dir(folder().join("pack").join(lang)).expect("a folder");
        files.map(|file| file.and_then(|file| file.metadata()).expect("a file").len())
    });
    assert!(sizes.sum::<u64>() < 6_000_000);
}

//! `causeway profile`: what devices and services are like. `trial`: the profiles tried by their
//! fixtures.

mod trial;

use crate::config::Config;
use crate::dial_command::Language;
use crate::serve::path_or_usual;
use causeway_base::Lang;
use causeway_dial::profile::schema::{Dial, Provenance, Trust};
use causeway_dial::profile::{BridgeProfile, Profiles, Quirk, Sample};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What can be asked of profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Every profile: devices and services that are known, and how much is known of them.
    List(Common),
    /// One profile: what to type on the device, what works, what does not, and where this is from.
    Show {
        /// Its name.
        id: String,
        /// The configuration, the language, and the form.
        #[command(flatten)]
        common: Common,
    },
    /// Which profile a device has, with every match that is tried, and why.
    Match {
        /// A SIP message, a session description, or what an H.323 device shows, as JSON.
        file: PathBuf,
        /// The configuration, the language, and the form.
        #[command(flatten)]
        common: Common,
    },
    /// Try profiles by the messages of their fixtures.
    Test {
        /// One of them; all without.
        id: Option<String>,
        /// The configuration, the language, and the form.
        #[command(flatten)]
        common: Common,
    },
    /// Print a new profile, every key explained.
    New {
        /// Its name: lower case letters, digits and `-`.
        id: String,
    },
}

/// What every question takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The configuration, whose [profiles] may name a folder; by default ./causeway.toml if it
    /// exists, else the built-in one.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
    /// The language.
    #[arg(long, value_enum, default_value = "zh")]
    lang: Language,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Common {
    fn lang(&self) -> Lang {
        self.lang.into()
    }

    fn config(&self) -> Result<Config, Box<dyn Error>> {
        Ok(Config::load(path_or_usual(self.config.clone()).as_deref())?)
    }

    fn print(&self, json: &Value, text: &str) {
        if self.json {
            println!("{json:#}");
        } else {
            print!("{text}");
        }
    }
}

/// Answers on the standard output.
///
/// # Errors
/// What is wrong with the configuration or the file, a profile that there is not, or trials that
/// failed.
pub fn profile(command: &ProfileCommand) -> Result<(), Box<dyn Error>> {
    match command {
        ProfileCommand::List(common) => {
            let profiles = common.config()?.known_devices.profiles();
            common.print(&list_json(&profiles), &list_text(&profiles, common.lang()));
        }
        ProfileCommand::Show { id, common } => {
            let profiles = common.config()?.known_devices.profiles();
            let profile = find(&profiles, id)?;
            common.print(&serde_json::to_value(&**profile)?, &show(profile, common.lang()));
        }
        ProfileCommand::Match { file, common } => {
            let profiles = common.config()?.known_devices.profiles();
            let text =
                std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let read = Sample::read(&String::from_utf8_lossy(&text));
            let sample = read.map_err(|error| format!("{}: {error}", file.display()))?;
            let (json, text) = matched(&profiles, &sample, common.lang());
            common.print(&json, &text);
        }
        ProfileCommand::Test { id, common } => {
            let config = common.config()?;
            let profiles = config.known_devices.profiles();
            let chosen: Vec<_> = match id {
                Some(id) => vec![find(&profiles, id)?],
                None => profiles.iter().collect(),
            };
            let own =
                (!config.profile_folder.as_os_str().is_empty()).then_some(&*config.profile_folder);
            let tried = trial::all(&profiles, &chosen, own, common.lang());
            common.print(&trial::to_json(&tried), &trial::to_text(&tried, common.lang()));
            let faults = tried.iter().filter(|one| !one.faults.is_empty()).count();
            if faults > 0 {
                return Err(format!("{faults} 项未通过 / {faults} failed").into());
            }
        }
        ProfileCommand::New { id } => print!("{}", new(id)?),
    }
    Ok(())
}

fn find<'p>(profiles: &'p Profiles, id: &str) -> Result<&'p Arc<BridgeProfile>, String> {
    let near = || {
        let nearness = |one: &Arc<BridgeProfile>| strsim::jaro_winkler(id, &one.id);
        let near = profiles.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
        near.map(|near| near.id.clone()).unwrap_or_default()
    };
    profiles
        .get(id)
        .ok_or_else(|| format!("没有此配置档 / no profile {id:?}; did you mean {:?}?", near()))
}

const fn trust(trust: Trust, lang: Lang) -> &'static str {
    match (trust, lang) {
        (Trust::Modelled, Lang::Zh) => "仅按资料建模，未用真机试过",
        (Trust::Modelled, Lang::En) => "modelled: of documents, no such device was tried",
        (Trust::FieldTested, Lang::Zh) => "已有人提供实测证据",
        (Trust::FieldTested, Lang::En) => "field-tested: somebody sent proof",
        (Trust::Certified, Lang::Zh) => "厂商已测试",
        (Trust::Certified, Lang::En) => "certified by its maker",
    }
}

fn list_text(profiles: &Profiles, lang: Lang) -> String {
    let mut text = String::new();
    for one in profiles.iter() {
        let own = match (profiles.is_own(&one.id), lang) {
            (false, _) => "",
            (true, Lang::Zh) => "（自有）",
            (true, Lang::En) => " (yours)",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<26} {:<7} {:<13} {}{own}",
            one.id,
            one.kind.name(),
            one.trust.name(),
            one.title.of(lang)
        );
    }
    text
}

fn list_json(profiles: &Profiles) -> Value {
    let one = |one: &Arc<BridgeProfile>| {
        json!({ "id": one.id, "kind": one.kind.name(), "trust": one.trust.name(), "title": one.title,
            "limits": one.limits, "own": profiles.is_own(&one.id) })
    };
    profiles.iter().map(one).collect()
}

fn show(profile: &BridgeProfile, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let word = |zh_word: &'static str, en_word: &'static str| if zh { zh_word } else { en_word };
    let mut text =
        format!("{} — {}\n{}\n", profile.id, profile.title.of(lang), trust(profile.trust, lang));
    let mut section = |title: &str, body: String| {
        if !body.trim().is_empty() {
            let _ = write!(text, "\n{title}\n");
            for line in body.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
    };
    section(word("在设备上输入", "what to type on it"), profile.hint.of(lang).to_owned());
    let dial = |dial: &Dial| {
        let then = word("，接通后输入 ", ", then type ");
        let digits =
            dial.digits.as_ref().map(|digits| format!("{then}{digits}")).unwrap_or_default();
        format!("{}: {}{digits}  ({})\n", dial.by, dial.form, dial.example)
    };
    section(word("呼叫它", "how to call it"), profile.dial.iter().map(dial).collect());
    let limits = profile.limits.as_ref().map(|limits| limits.of(lang).to_owned());
    section(word("不能做什么", "what cannot be done"), limits.unwrap_or_default());
    let quirk = |quirk: &Quirk| format!("{quirk}: {}\n", quirk.about(lang));
    section(word("特点", "what is peculiar"), profile.quirks.iter().map(quirk).collect());
    section(word("设置", "what it is like"), facts(profile));
    let source = |one: &Provenance| format!("{} ({}, {})\n", one.source, one.kind, one.seen);
    section(word("来源", "where this is from"), profile.provenance.iter().map(source).collect());
    text
}

/// The rest, as it stands in the file.
fn facts(profile: &BridgeProfile) -> String {
    let whole = serde_json::to_value(profile).unwrap_or_default();
    let mut text = String::new();
    for table in
        ["match", "signalling", "audio", "video", "content", "security", "camera", "bandwidth"]
    {
        let parts = match whole.get(table) {
            Some(Value::Array(parts)) => parts.as_slice(),
            Some(part) => std::slice::from_ref(part),
            None => &[],
        };
        for part in parts.iter().filter_map(Value::as_object).filter(|part| !part.is_empty()) {
            let facts: Vec<_> =
                part.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            let _ = writeln!(text, "{table}: {}", facts.join(", "));
        }
    }
    text
}

fn matched(profiles: &Profiles, sample: &Sample, lang: Lang) -> (Value, String) {
    let found = profiles.recognise(&sample.traits());
    let shown = Quirk::shown(sample);
    let mut json = found.to_json();
    json["quirks"] = shown.iter().map(|quirk| quirk.name()).collect();
    let (id, title) = (&found.profile.id, found.profile.title.of(lang));
    let mut text = format!("{id} — {title}\n{}\n\n", trust(found.profile.trust, lang));
    for quirk in &shown {
        let new = match (found.profile.quirks.contains(quirk), lang) {
            (true, _) => "",
            (false, Lang::Zh) => "（此配置档未列出）",
            (false, Lang::En) => " (the profile does not name it)",
        };
        let _ = writeln!(text, "{quirk}{new}: {}", quirk.about(lang));
    }
    text.push('\n');
    text.push_str(&found.to_text(lang));
    (json, text)
}

/// A new profile, every key explained.
fn new(id: &str) -> Result<String, String> {
    let text = include_str!("new.toml").replace("ID", id);
    let read = causeway_dial::profile::table::read(&format!("{id}.toml"), &text);
    read.map(|_| text).map_err(|error| error.to_string())
}

/// The text of a fixture: built in, or in the folder of the operator's.
fn fixture(id: &str, file: &str, own: Option<&Path>) -> Result<String, String> {
    if let Some(path) = own.map(|folder| folder.join(id).join(file)).filter(|path| path.exists()) {
        return std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()));
    }
    let built_in = causeway_dial::profile::BUILT_IN.iter().find(|one| one.id == id);
    let text = built_in.and_then(|one| one.fixture(file));
    text.map(str::to_owned).ok_or_else(|| format!("{id}/{file}: 没有此文件 / no such file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_shown_with_what_to_type_and_where_it_is_from_in_both_languages() {
        let profiles = Profiles::built_in();
        for one in profiles.iter() {
            for (lang, type_on, from) in [
                (Lang::Zh, "在设备上输入", "来源"),
                (Lang::En, "what to type", "where this is from"),
            ] {
                let text = show(one, lang);
                assert!(text.contains(type_on) && text.contains(from), "{}: {text}", one.id);
                assert!(text.contains(one.title.of(lang)));
            }
        }
        assert_eq!(list_text(&profiles, Lang::En).lines().count(), profiles.iter().count());
        assert_eq!(list_json(&profiles)[0]["trust"], "modelled");
        assert!(find(&profiles, "poly-hxd").expect_err("none").contains("poly-hdx"));
    }

    #[test]
    fn a_new_profile_is_one_and_passes_no_trial_before_it_has_a_message() {
        let text = new("acme-room").expect("valid");
        assert!(text.contains("id = \"acme-room\""));
        assert!(new("Acme Room").is_err());
    }

    #[test]
    fn a_message_is_matched_with_its_quirks_and_every_step() {
        let text = fixture("poly-studio-x", "first-offer.sip", None).expect("built in");
        let sample = Sample::read(&text).expect("a message");
        let (json, text) = matched(&Profiles::built_in(), &sample, Lang::En);
        assert_eq!((&json["id"], &json["specific"]), (&json!("poly-studio-x"), &json!(true)));
        assert!(json["quirks"].as_array().expect("a list").contains(&json!("two-bfcp-lines")));
        assert!(text.contains("poly-studio-x, match 1: taken"), "{text}");
    }
}

//! `causeway dial parse`: what an invitation says, and every way into its meeting.

use super::Language;
use crate::config::Config;
use crate::serve::path_or_usual;
use causeway_base::Lang;
use causeway_dial::invite::{Allow, Invitation, Kind, MAX_PASTED, Pasted, Way, parse};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The invitation that is read.
#[derive(Debug, Args)]
pub struct ParseOptions {
    /// The file that holds it; `-`: the standard input.
    file: PathBuf,
    /// What it is; by default what it looks like.
    #[arg(long, value_enum)]
    kind: Option<PastedKind>,
    /// The configuration, whose `[calling_out]` says what may be called; by default
    /// ./causeway.toml if it exists, else the built-in one, which allows nothing.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
    /// The language.
    #[arg(long, value_enum, default_value = "zh")]
    lang: Language,
    /// Print one JSON array of the ways, the best first, for programs.
    #[arg(long)]
    json: bool,
}

/// What an invitation is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PastedKind {
    Text,
    Html,
    Calendar,
}

impl From<PastedKind> for Kind {
    fn from(kind: PastedKind) -> Self {
        match kind {
            PastedKind::Text => Kind::Text,
            PastedKind::Html => Kind::Html,
            PastedKind::Calendar => Kind::Calendar,
        }
    }
}

/// Answers on the standard output.
///
/// # Errors
/// What is wrong with the configuration, or a file that cannot be read.
pub(super) fn run(options: &ParseOptions) -> Result<(), Box<dyn Error>> {
    let config = Config::load(path_or_usual(options.config.clone()).as_deref())?;
    let text =
        read(&options.file).map_err(|error| format!("{}: {error}", options.file.display()))?;
    let pasted = Pasted { text: &text, kind: options.kind.map(Kind::from) };
    let allow = Allow { rules: &config.calling_out, numbers: config.dial_plan.numbers() };
    let invitations = parse(&pasted, &allow);
    let lang = Lang::from(options.lang);
    if options.json {
        println!("{}", to_json(&invitations, lang));
    } else {
        print!("{}", to_text(&invitations, lang));
    }
    Ok(())
}

/// As much as is read of one: a file may be anything.
fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let most = MAX_PASTED as u64;
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Every way of every invitation, the best first.
fn to_json(invitations: &[Invitation], lang: Lang) -> Value {
    invitations
        .iter()
        .flat_map(|invitation| &invitation.ways)
        .map(|way| of_way(way, lang))
        .collect()
}

/// A way for programs.
pub(crate) fn of_way(way: &Way, lang: Lang) -> Value {
    json!({
        "service": way.service.brand(),
        "meeting": way.meeting,
        "passcode": way.passcode,
        "protocol": way.protocol.name(),
        "address": way.address,
        "digits": way.digits,
        "why": way.reason(lang),
        "allowed": way.barred.is_none(),
    })
}

/// What people read.
fn to_text(invitations: &[Invitation], lang: Lang) -> String {
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    if invitations.is_empty() {
        return format!("{}\n", say("没有找到会议。", "There is no meeting in it."));
    }
    let mut text = String::new();
    for (number, invitation) in invitations.iter().enumerate() {
        let _ = write!(text, "{}. {}", number + 1, invitation.service.brand());
        for (label, value) in [
            (say("会议号", "meeting"), &invitation.meeting),
            (say("密码", "passcode"), &invitation.passcode),
            (say("租户密钥", "tenant key"), &invitation.tenant),
        ] {
            if let Some(value) = value {
                let _ = write!(text, "  {label} {value}");
            }
        }
        if invitation.quoted {
            text.push_str(say("  （引用的邮件）", "  (quoted mail)"));
        }
        if invitation.cancelled {
            text.push_str(say("  （已取消）", "  (called off)"));
        }
        text.push('\n');
        invitation.ways.iter().for_each(|way| write_way(&mut text, way, lang));
        for host in &invitation.look_alikes {
            let refused = say("已忽略：冒充服务的主机", "left out: a host that imitates a service");
            let _ = writeln!(text, "   ! {refused} {host}");
        }
    }
    text
}

fn write_way(text: &mut String, way: &Way, lang: Lang) {
    let mark = if way.barred.is_none() { '+' } else { '-' };
    let _ = write!(text, "   {mark} {:<4} {}", way.protocol.name(), way.address);
    if !way.digits.is_empty() {
        let then = if lang == Lang::Zh { "接通后" } else { "then" };
        let _ = write!(text, "  {then} {}", way.digits);
    }
    let _ = writeln!(text, "\n     {}", way.reason(lang));
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASTED: &str = "Join Zoom Meeting\nhttps://us02web.zoom.us/j/85012345678\n\
        Meeting ID: 850 1234 5678\nPasscode: 246813\n+13017158592,,85012345678#,,,,*246813#\n";
    const FILE: &str = "[calling_out]\nenabled = true\ndomains = [\"zoomcrc.com\"]\n";

    fn invitations() -> Vec<Invitation> {
        let config = Config::parse("test.toml", FILE, &|_| None).expect("valid");
        let allow = Allow { rules: &config.calling_out, numbers: config.dial_plan.numbers() };
        parse(&Pasted { text: PASTED, kind: None }, &allow)
    }

    #[test]
    fn programs_get_one_object_for_each_way_the_best_first() {
        let ways = to_json(&invitations(), Lang::En);
        let ways = ways.as_array().expect("an array");
        let protocols: Vec<_> = ways.iter().filter_map(|way| way["protocol"].as_str()).collect();
        assert_eq!(protocols, ["sip", "tel", "web"]);
        let mut keys: Vec<_> = ways[0].as_object().expect("an object").keys().collect();
        keys.sort();
        assert_eq!(
            keys,
            ["address", "allowed", "digits", "meeting", "passcode", "protocol", "service", "why"]
        );
        assert_eq!(ways[0]["address"], "85012345678.246813@zoomcrc.com");
        assert_eq!((&ways[0]["allowed"], &ways[1]["allowed"]), (&true.into(), &false.into()));
        assert_eq!(ways[1]["digits"], "85012345678#,,,,*246813#");
    }

    #[test]
    fn people_get_words_in_both_languages() {
        let zh = to_text(&invitations(), Lang::Zh);
        assert!(zh.contains("会议号 85012345678") && zh.contains("未允许呼叫"), "{zh}");
        let en = to_text(&invitations(), Lang::En);
        assert!(en.contains("+ sip  85012345678.246813@zoomcrc.com"), "{en}");
        assert!(to_text(&[], Lang::En).contains("no meeting"));
    }
}

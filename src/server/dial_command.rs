//! `causeway dial explain`: where a call would go, and why, without making it. `causeway dial
//! parse`: what an invitation says.

pub(crate) mod parse;

use crate::calling_out::Outgoing;
use crate::config::Config;
use crate::explanation;
use crate::serve::path_or_usual;
use causeway_base::alias::AliasError;
use causeway_base::{Alias, EndCause, Lang};
use causeway_dial::{Explanation, IncomingCall, Resolver};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use sip_codec::Host;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// What the dial plan can be asked.
#[derive(Debug, Subcommand)]
pub enum DialCommand {
    /// Say where a call would go, with every rule that is tried, and why. Knows the conferences
    /// of the configuration; those that were scheduled are known to the running bridge only.
    Explain(ExplainOptions),
    /// Read an invitation that somebody pasted, text, HTML or iCalendar, and list every way into
    /// its meeting, the best first, with whether the configuration lets it be called.
    Parse(parse::ParseOptions),
}

/// The call that is explained.
#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// Whom it calls: a number, user@host, sip:…, h323:…, tel:…, or 10.0.0.5##1001.
    alias: String,
    /// Who calls.
    #[arg(long)]
    from: Option<String>,
    /// The trunk that brings it.
    #[arg(long)]
    trunk: Option<String>,
    /// The address of this bridge at which it arrives; by default the first that SIP is taken on.
    #[arg(long)]
    local: Option<IpAddr>,
    /// The configuration; by default ./causeway.toml if it exists, else the built-in one.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
    /// The language.
    #[arg(long, value_enum, default_value = "zh")]
    lang: Language,
    /// Print one JSON object, for programs.
    #[arg(long)]
    json: bool,
}

/// A language of what a command says.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Language {
    Zh,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

/// Answers on the standard output.
///
/// # Errors
/// What is wrong with the configuration, or an alias or a file that cannot be read.
pub fn dial(command: &DialCommand) -> Result<(), Box<dyn Error>> {
    let options = match command {
        DialCommand::Explain(options) => options,
        DialCommand::Parse(options) => return parse::run(options),
    };
    let config = Config::load(path_or_usual(options.config.clone()).as_deref())?;
    let explanation = explain(&config, options)?;
    let outgoing = Outgoing::of(&config);
    let is_proved = options.trunk.is_some();
    if options.json {
        println!("{}", to_json(&explanation, &outgoing, is_proved));
    } else {
        print!("{}", to_text(&explanation, &outgoing, is_proved, options.lang.into()));
    }
    Ok(())
}

fn explain(config: &Config, options: &ExplainOptions) -> Result<Explanation, String> {
    let bound = [&config.sip.udp, &config.sip.tcp, &config.sip.tls];
    let first = bound.into_iter().flatten().map(|address| address.ip()).next();
    let local = options.local.or(first).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let read = |text: &str| dialled(text, local).map_err(|error| format!("{text}: {error}"));
    let called = read(&options.alias)?;
    let anonymous = Alias::sip("", "anonymous.invalid");
    let calling = options.from.as_deref().map_or(Ok(anonymous), read)?;
    let unknown = options
        .trunk
        .as_ref()
        .filter(|name| !config.trunks.lines.iter().any(|trunk| *trunk.name == ***name));
    if let Some(name) = unknown {
        return Err(format!("没有此中继 / no trunk {name:?}"));
    }
    let call =
        IncomingCall { called: &called, calling: &calling, trunk: options.trunk.as_deref(), local };
    let mut resolver = Resolver::new(config.dial_plan.clone());
    Ok(resolver.resolve(&call, &config.names).1)
}

/// What a person dials: an alias, or a bare name of this bridge.
pub(crate) fn dialled(text: &str, local: IpAddr) -> Result<Alias, AliasError> {
    Alias::parse(text).or_else(|error| {
        let is_name =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let at_us = || Alias::sip(text, &Host::from(local).to_string());
        (is_name && !text.is_empty()).then(at_us).ok_or(error)
    })
}

/// An explanation for programs, with whether whom it leads to may be called. `is_proved`: the
/// caller proved who it is.
pub(crate) fn to_json(explanation: &Explanation, outgoing: &Outgoing, is_proved: bool) -> Value {
    let mut plan = explanation::to_json(&explanation.told());
    let verdict = outgoing.verdict(explanation.destination(), is_proved);
    plan["calling_out"] = verdict
        .map(|verdict| json!({ "allowed": verdict.is_ok(), "code": verdict.err().map(EndCause::code) }))
        .into();
    plan
}

/// An explanation for people: also whether whom it leads to may be called. `is_proved`: the
/// caller proved who it is.
pub(crate) fn to_text(
    explanation: &Explanation,
    outgoing: &Outgoing,
    is_proved: bool,
    lang: Lang,
) -> String {
    let mut text = explanation.to_text(lang);
    let verdict = |is_proved| outgoing.verdict(explanation.destination(), is_proved);
    let said = match (verdict(is_proved), verdict(true)) {
        (None, _) => return text,
        (Some(Ok(())), _) => match lang {
            Lang::Zh => "呼出：允许（次数和时长上限在呼叫时检查）".to_owned(),
            Lang::En => "calling out: allowed (caps are checked when it is called)".to_owned(),
        },
        (Some(Err(_)), Some(Ok(()))) => match lang {
            Lang::Zh => "呼出：仅限身份已证实的主叫，或规则设 open = true".to_owned(),
            Lang::En => {
                "calling out: only for callers who proved who they are, or with open = true"
                    .to_owned()
            }
        },
        (Some(Err(cause)), _) => {
            let barred = if lang == Lang::Zh { "呼出：禁止" } else { "calling out: barred" };
            format!("{barred} {} — {}", cause.code(), cause.sentence(lang))
        }
    };
    text.push_str(&said);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::json;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: DialCommand,
    }

    const FILE: &str = "[[trunk]]\nname = \"isp\"\nsources = [\"203.0.113.0/28\"]\n[[conference]]\naliases = [\"+86 21 5555 0000\"]\n[[rule]]\nname = \"zoom\"\n\
        match = 'zoom\\.(?P<id>\\d+)@'\ntrunk = \"isp\"\ncalling = '\\+86139.*'\nto = 'gateway:isp:${id}'\n";

    fn asked(line: &[&str]) -> ExplainOptions {
        match Line::try_parse_from(line).expect("a command").command {
            DialCommand::Explain(options) => options,
            DialCommand::Parse(_) => panic!("another command"),
        }
    }

    fn ask(words: &[&str]) -> Result<Explanation, String> {
        let line = [&["causeway", "explain"], words].concat();
        let options = asked(line.as_slice());
        explain(&Config::parse("test.toml", FILE, &|_| None).expect("valid"), &options)
    }

    fn plan(words: &[&str]) -> Value {
        let config = Config::parse("test.toml", FILE, &|_| None).expect("valid");
        to_json(&ask(words).expect("an alias"), &Outgoing::of(&config), false)
    }

    fn text(file: &str, alias: &str, is_proved: bool) -> String {
        let line = ["causeway", "explain", alias];
        let options = asked(line.as_slice());
        let config = Config::parse("test.toml", file, &|_| None).expect("valid");
        let why = explain(&config, &options).expect("an alias");
        to_text(&why, &Outgoing::of(&config), is_proved, Lang::En)
    }

    #[test]
    fn a_call_out_that_would_be_barred_is_said_to_be() {
        let file = |calling_out: &str| {
            format!(
                "[[trunk]]\nname = \"isp\"\ntarget = \"sip:192.0.2.9\"\n[[rule]]\nname = \"out\"\n\
                 match = '(?P<n>\\+86.*)'\nto = 'gateway:isp:${{n}}'\n{calling_out}"
            )
        };
        let barred = text(&file(""), "13800138000", true);
        assert!(barred.contains("calling out: barred CW-DIAL-005"), "{barred}");
        let on = file("[calling_out]\nenabled = true\nallow = [\"+86138\"]\n");
        assert!(text(&on, "13800138000", true).contains("calling out: allowed"));
        let stranger = text(&on, "13800138000", false);
        assert!(stranger.contains("only for callers who proved who they are"), "{stranger}");
        assert!(text(&on, "13900139000", true).contains("barred"), "another prefix");
        assert!(!text(&on, "1001", true).contains("calling out"), "nobody is called");
    }

    #[test]
    fn a_trunk_that_nobody_configured_is_an_error() {
        assert!(ask(&["1001", "--trunk", "ips"]).expect_err("unknown").contains("ips"));
    }

    #[test]
    fn a_call_is_explained_from_the_words_of_a_command() {
        let why = plan(&["02155550000"]);
        let to = &why["destination"];
        assert!(to["key"].as_str().is_some_and(|key| key.starts_with("conference-")), "{to}");
        assert_eq!(why["number"]["canonical"], "+862155550000");
        let zoom = [
            "zoom.123@10.0.0.5",
            "--local",
            "10.0.0.5",
            "--trunk",
            "isp",
            "--from",
            "139 1234 5678",
        ];
        let why = plan(&zoom);
        assert_eq!(why["rules"], json!([{ "rule": "zoom", "place": 1, "verdict": "matched" }]));
        let to = json!({ "to": "gateway", "trunk": "isp", "target": "123", "open": false });
        assert_eq!(why["destination"], to);
        let why = plan(&["zoom.123@127.0.0.1"]);
        assert_eq!(why["rules"][0]["verdict"], "other_trunk");
        assert_eq!(why["destination"]["sip_status"], 404);
        assert_eq!(plan(&["reception"])["destination"]["to"], "reception", "as people dial it");
        assert!(ask(&["a b"]).is_err());
    }
}

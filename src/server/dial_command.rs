//! `causeway dial explain`: where a call would go, and why, without making it.

use crate::config::Config;
use crate::explanation::to_json;
use crate::serve::path_or_usual;
use causeway_base::{Alias, Lang};
use causeway_dial::{Explanation, IncomingCall, Resolver};
use clap::{Args, Subcommand, ValueEnum};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// What the dial plan can be asked.
#[derive(Debug, Subcommand)]
pub enum DialCommand {
    /// Say where a call would go, with every rule that is tried, and why. Knows the conferences
    /// of the configuration; those that were scheduled are known to the running bridge only.
    Explain(ExplainOptions),
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

/// A language of the explanation.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Zh,
    En,
}

/// Answers on the standard output.
///
/// # Errors
/// What is wrong with the configuration, or an alias that cannot be read.
pub fn dial(command: &DialCommand) -> Result<(), Box<dyn Error>> {
    let DialCommand::Explain(options) = command;
    let config = Config::load(path_or_usual(options.config.clone()).as_deref())?;
    let explanation = explain(&config, options)?;
    if options.json {
        println!("{}", to_json(&explanation.told()));
    } else {
        let lang = match options.lang {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        };
        print!("{}", explanation.to_text(lang));
    }
    Ok(())
}

fn explain(config: &Config, options: &ExplainOptions) -> Result<Explanation, String> {
    let read = |text: &str| Alias::parse(text).map_err(|error| format!("{text}: {error}"));
    let called = read(&options.alias)?;
    let anonymous = Alias::sip("", "anonymous.invalid");
    let calling = options.from.as_deref().map_or(Ok(anonymous), read)?;
    let bound = [&config.sip.udp, &config.sip.tcp, &config.sip.tls];
    let first = bound.into_iter().flatten().map(|address| address.ip()).next();
    let local = options.local.or(first).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let call =
        IncomingCall { called: &called, calling: &calling, trunk: options.trunk.as_deref(), local };
    let mut resolver = Resolver::new(config.dial_plan.clone());
    Ok(resolver.resolve(&call, &config.names).1)
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

    fn ask(words: &[&str]) -> Result<Explanation, String> {
        let line = [&["causeway", "explain"], words].concat();
        let DialCommand::Explain(options) = Line::try_parse_from(line).expect("a command").command;
        explain(&Config::parse("test.toml", FILE, &|_| None).expect("valid"), &options)
    }

    #[test]
    fn a_call_is_explained_from_the_words_of_a_command() {
        let why = ask(&["02155550000"]).expect("an alias");
        let to = &to_json(&why.told())["destination"];
        assert!(to["key"].as_str().is_some_and(|key| key.starts_with("conference-")), "{to}");
        assert_eq!(to_json(&why.told())["number"]["canonical"], "+862155550000");
        let zoom = [
            "zoom.123@10.0.0.5",
            "--local",
            "10.0.0.5",
            "--trunk",
            "isp",
            "--from",
            "139 1234 5678",
        ];
        let why = to_json(&ask(&zoom).expect("an alias").told());
        assert_eq!(why["rules"], json!([{ "rule": "zoom", "place": 1, "verdict": "matched" }]));
        assert_eq!(why["destination"], json!({ "to": "gateway", "trunk": "isp", "target": "123" }));
        let why = to_json(&ask(&["zoom.123@127.0.0.1"]).expect("an alias").told());
        assert_eq!(why["rules"][0]["verdict"], "other_trunk");
        assert_eq!(why["destination"]["sip_status"], 404);
        assert!(ask(&["a b"]).is_err());
    }
}

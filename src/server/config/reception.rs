//! `[reception]` and `[keys]`: the voice menu, the test call, and the keys in a conference.

use super::raw::{RawKeys, RawLobby, RawReception};
use super::resolve::Finder;
use super::source::At;
use causeway_base::{Alias, Lang};
use causeway_conference::{KeyAction, KeyTable, Lobby, reception};
use causeway_dial::{AliasPattern, Found, NameTable, NumberPlan};
use std::path::PathBuf;

/// The voice menu and the test call.
#[derive(Clone, Debug)]
pub struct ReceptionConfig {
    /// What callers dial for the reception, as written.
    pub aliases: Vec<String>,
    /// What callers dial for the test call, as written.
    pub test_aliases: Vec<String>,
    /// The menu.
    pub settings: reception::Settings,
    /// The language where nothing else tells.
    pub lang: Lang,
    /// Whom a caller is put through to after too many wrong entries.
    pub operator: Option<Alias>,
    /// Who is let go hears why, and is asked how it was.
    pub farewell: bool,
    /// The folder of a prompt pack; `None`: the built-in one.
    pub prompts: Option<PathBuf>,
}

/// The names of the reception and the test call.
pub(super) fn services(
    finder: &mut Finder<'_>,
    raw: &RawReception,
    numbers: &NumberPlan,
) -> NameTable {
    let mut services = NameTable::new();
    let mut name = |key: &'static str, aliases: &[String], found: &Found| {
        for (index, text) in aliases.iter().enumerate() {
            let at = [At::Key("reception"), At::Key(key), At::Index(index)];
            match AliasPattern::parse(text) {
                Ok(pattern) => {
                    if services.insert(&pattern, numbers, found.clone()).is_err() {
                        finder.find(&at, "a service has this name already", "give it one only");
                    }
                }
                Err(error) => finder.find(&at, error, "write \"9000\" or \"reception\""),
            }
        }
    };
    name("aliases", &raw.aliases, &Found::Reception { lang: None });
    name("test_aliases", &raw.test_aliases, &Found::TestCall);
    services
}

pub(super) fn resolve(finder: &mut Finder<'_>, raw: &RawReception) -> ReceptionConfig {
    finder.range("reception", "tries", raw.tries, 1, 10);
    let lang = Lang::from_tag(&raw.lang).unwrap_or_else(|| {
        let at = [At::Key("reception"), At::Key("lang")];
        finder.find(&at, "no language that the bridge speaks", "use \"zh-CN\" or \"en\"");
        Lang::default()
    });
    let operator = (!raw.operator.is_empty()).then(|| Alias::parse(&raw.operator));
    let operator = operator.and_then(|alias| match alias {
        Ok(alias) => Some(alias),
        Err(error) => {
            let at = [At::Key("reception"), At::Key("operator")];
            finder.find(&at, error, "write a number or \"sip:desk@example.com\"");
            None
        }
    });
    ReceptionConfig {
        aliases: raw.aliases.clone(),
        test_aliases: raw.test_aliases.clone(),
        settings: reception::Settings {
            tries: raw.tries,
            operator: operator.is_some(),
            hide_numbers: raw.hide_numbers,
            ..reception::Settings::default()
        },
        lang,
        operator,
        farewell: raw.farewell,
        prompts: (!raw.prompts.is_empty()).then(|| PathBuf::from(&raw.prompts)),
    }
}

/// The keys in a conference; an empty text takes a key away.
pub(super) fn keys(finder: &mut Finder<'_>, raw: &RawKeys) -> KeyTable {
    let texts = [
        (&raw.mute, KeyAction::ToggleMute),
        (&raw.hand, KeyAction::ToggleHand),
        (&raw.layout, KeyAction::NextLayout),
        (&raw.page, KeyAction::NextPage),
        (&raw.help, KeyAction::Help),
        (&raw.lock, KeyAction::ToggleLock),
        (&raw.admit_all, KeyAction::AdmitAll),
        (&raw.mute_all, KeyAction::MuteAll),
        (&raw.leave, KeyAction::Leave),
        (&raw.end, KeyAction::EndForAll),
    ];
    let keys = texts.into_iter().filter(|(text, _)| !text.is_empty());
    match KeyTable::new(keys.map(|(text, action)| (text.clone(), action))) {
        Ok(table) => table,
        Err(error) => {
            finder.find(
                &[At::Key("keys")],
                error,
                "use sequences like \"*6\", none the beginning of another",
            );
            KeyTable::default()
        }
    }
}

pub(super) const fn lobby(raw: RawLobby) -> Lobby {
    match raw {
        RawLobby::Off => Lobby::Off,
        RawLobby::Untrusted => Lobby::ForUntrusted,
        RawLobby::On => Lobby::On,
    }
}

//! What is said, in both languages or in one.

use crate::config::variable;
use causeway_base::Lang;
use clap::ValueEnum;

/// A language that a command is told to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// 中文
    Zh,
    /// English
    En,
    /// 中文 and English
    Both,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A text in both languages.
pub fn said(zh: impl Into<String>, en: impl Into<String>) -> Said {
    Said { zh: zh.into(), en: en.into() }
}

/// Which languages are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// One.
    One(Lang),
    /// Chinese, then English.
    Both,
}

impl Speech {
    /// As a command was told, else as the environment says.
    pub fn of(tongue: Option<Tongue>) -> Self {
        let locale = variable("LC_ALL").or_else(|| variable("LANG")).unwrap_or_default();
        tongue.map_or_else(|| Self::of_locale(&locale), Self::from)
    }

    /// By a locale like `zh_CN.UTF-8`; both where it tells nothing.
    pub fn of_locale(locale: &str) -> Self {
        Lang::from_tag(locale).map_or(Speech::Both, Speech::One)
    }

    /// What is printed.
    pub fn text(self, said: &Said) -> String {
        match self {
            Speech::One(Lang::Zh) => said.zh.clone(),
            Speech::One(Lang::En) => said.en.clone(),
            Speech::Both => format!("{}\n{}", said.zh, said.en),
        }
    }

    /// The same within a line.
    pub fn word(self, said: &Said) -> String {
        match self {
            Speech::One(_) => self.text(said),
            Speech::Both if said.zh == said.en => said.en.clone(),
            Speech::Both => format!("{} / {}", said.zh, said.en),
        }
    }
}

impl From<Tongue> for Speech {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Zh => Speech::One(Lang::Zh),
            Tongue::En => Speech::One(Lang::En),
            Tongue::Both => Speech::Both,
        }
    }
}

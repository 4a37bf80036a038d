//! All profiles: those of the repository, and those of a folder of the operator's.

use super::built_in::BUILT_IN;
use super::matching::{Condition, Rule, SPECIFIC, Traits};
use super::schema::BridgeProfile;
use crate::dial_string::Form;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The most profiles: every call is compared with all of them.
pub const MAX_PROFILES: usize = 256;

/// The most bytes of one file: the longest of ours has four thousand.
pub const MAX_PROFILE_LEN: usize = 64 << 10;

/// The most matches of one profile.
pub const MAX_MATCHES: usize = 16;

/// The profile of whatever no other one takes.
pub const DEFAULT: &str = "default";

/// What is wrong with the file of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The name of the file.
    pub file: String,
    /// Line and column, both from 1; `None` where the whole is meant.
    pub position: Option<(usize, usize)>,
    /// What is wrong; of an unknown key also which keys there are.
    pub what: String,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for ProfileError {}

/// Reads the file of one profile.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(file: &str, text: &str) -> Result<BridgeProfile, ProfileError> {
    entry(file, text, true).map(|entry| BridgeProfile::clone(&entry.profile))
}

fn entry(file: &str, text: &str, own: bool) -> Result<Entry, ProfileError> {
    let error = |position, what| ProfileError { file: file.to_owned(), position, what };
    if text.len() > MAX_PROFILE_LEN {
        return Err(error(None, format!("longer than {MAX_PROFILE_LEN} bytes")));
    }
    let profile: BridgeProfile = toml::from_str(text).map_err(|wrong| {
        error(wrong.span().map(|span| position(text, span.start)), wrong.message().to_owned())
    })?;
    let rules = rules(&profile, !own).map_err(|(index, key, what)| {
        let what = format!("`{}` of match {}: {what}", key.key(), index + 1);
        error(nth(text, "[[match]]", index), what)
    })?;
    if let Some((key, what)) = fault(&profile) {
        return Err(error(nth(text, key, 0), format!("`{key}`: {what}")));
    }
    Ok(Entry { profile: Arc::new(profile), rules, own })
}

fn rules(profile: &BridgeProfile, trusted: bool) -> Result<Vec<Rule>, (usize, Condition, String)> {
    if profile.matches.len() > MAX_MATCHES {
        let what = format!("more than {MAX_MATCHES} matches");
        return Err((MAX_MATCHES, Condition::Protocol, what));
    }
    let rules = profile.matches.iter().enumerate();
    rules
        .map(|(at, rule)| Rule::read(rule, trusted).map_err(|(key, what)| (at, key, what)))
        .collect()
}

/// What no type can hold.
fn fault(profile: &BridgeProfile) -> Option<(&'static str, String)> {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=48).contains(&profile.id.len()) || !profile.id.bytes().all(is_name) {
        return Some(("id", "use at most 48 lower case letters, digits and `-`".to_owned()));
    }
    if profile.provenance.is_empty() {
        return Some(("provenance", "say where this is from".to_owned()));
    }
    if profile.fixture.is_empty() {
        return Some(("fixture", "a profile without a message to try it by".to_owned()));
    }
    let words = [("title", &profile.title), ("hint", &profile.hint)];
    if let Some((key, _)) = words.iter().find(|(_, text)| text.zh.is_empty() || text.en.is_empty())
    {
        return Some((*key, "write it in both languages".to_owned()));
    }
    let spoken = |sound: &super::schema::Sound| sound.codec().is_none();
    if let Some(sound) = profile.audio.accept.iter().find(|sound| spoken(sound)) {
        return Some(("accept", format!("{sound} is not spoken here; `decline` is for it")));
    }
    if profile.audio.ptime_ms.is_some_and(|ptime| ![10, 20, 30, 40, 60].contains(&ptime)) {
        return Some(("ptime_ms", "use 10, 20, 30, 40 or 60".to_owned()));
    }
    let known = |name: &String| causeway_plan::SrtpSuite::from_name(name).is_none();
    if let Some(name) = profile.security.suites.iter().find(|name| known(name)) {
        let all = causeway_plan::SrtpSuite::ALL.map(causeway_plan::SrtpSuite::name).join(", ");
        return Some(("suites", format!("no suite {name:?}; there are {all}")));
    }
    let texts =
        profile.dial.iter().flat_map(|dial| std::iter::once(&dial.form).chain(&dial.digits));
    for text in texts {
        if let Err(error) = Form::parse(text) {
            return Some(("form", format!("{text:?}: {error}")));
        }
    }
    let leaves = |name: &String| name.contains(['/', '\\']) || name.starts_with('.');
    let file = profile.fixture.iter().map(|fixture| &fixture.file).find(|name| leaves(name));
    file.map(|name| ("file", format!("{name:?} is outside the folder of its fixtures")))
}

/// Where a word stands for the `index`th time at the beginning of a line.
fn nth(text: &str, word: &str, index: usize) -> Option<(usize, usize)> {
    let begins = |(_, line): &(usize, &str)| {
        line.trim_start_matches(['[', ' ']).starts_with(word.trim_start_matches('['))
    };
    let (line, _) = text.lines().enumerate().filter(begins).nth(index)?;
    Some((line + 1, 1))
}

/// Line and column of a byte, both from 1; the column counts characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

#[derive(Clone, Debug)]
struct Entry {
    profile: Arc<BridgeProfile>,
    rules: Vec<Rule>,
    /// The operator's.
    own: bool,
}

/// All profiles, by their names.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    entries: Vec<Arc<Entry>>,
    default: Arc<BridgeProfile>,
}

/// Why a match of a profile did or did not take a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It took it, and tells so much.
    Matched(u32),
    /// This is not true of it.
    Differs(Condition),
}

/// One match that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose.
    pub profile: Arc<BridgeProfile>,
    /// Which of it, from 1.
    pub rule: usize,
    /// What it said.
    pub verdict: Verdict,
}

/// Which profile a device has by what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// It.
    pub profile: Arc<BridgeProfile>,
    /// The match that decided, from 1, and how much it tells; `None`: none took the device.
    pub by: Option<(usize, u32)>,
    /// Every match that was tried, by the names of the profiles.
    pub steps: Vec<Step>,
}

impl Recognised {
    /// Something but its protocol speaks for it.
    pub fn is_specific(&self) -> bool {
        self.by.is_some_and(|(_, score)| score >= SPECIFIC)
    }
}

/// Why a call has its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The configuration names it for this user, trunk or target.
    Configured,
    /// The device shows it: by this match, from 1, which tells so much.
    Matched {
        /// Which match.
        rule: usize,
        /// How much it tells.
        score: u32,
    },
    /// Nothing is known of the device.
    Default,
}

/// The profile of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// It.
    pub profile: Arc<BridgeProfile>,
    /// Why.
    pub by: By,
    /// What the device itself shows, where that is another one than was configured.
    pub better: Option<Arc<BridgeProfile>>,
    /// Every match that took the device.
    pub taken: Vec<Step>,
    /// How many were tried.
    pub tried: usize,
}

impl Chosen {
    /// The configuration names it, or something but its protocol speaks for it.
    pub fn is_known(&self) -> bool {
        match self.by {
            By::Configured => true,
            By::Matched { score, .. } => score >= SPECIFIC,
            By::Default => false,
        }
    }
}

impl Profiles {
    /// Those of the repository. Read once: their files are part of the program.
    pub fn built_in() -> Arc<Self> {
        static ALL: OnceLock<Arc<Profiles>> = OnceLock::new();
        Arc::clone(ALL.get_or_init(|| {
            // A test holds that every one of them can be read.
            Arc::new(Self::ours().unwrap_or_default())
        }))
    }

    /// Those of the repository, and further ones, each by the name of its file and its text; one
    /// of the same `id` takes the place of ours.
    ///
    /// # Errors
    /// What is wrong with each.
    pub fn with(own: &[(String, String)]) -> Result<Self, Vec<ProfileError>> {
        let ours = &Self::built_in().entries;
        let ours = ours.iter().map(|entry| (entry.profile.id.clone(), Arc::clone(entry)));
        Self::of(ours.collect(), own)
    }

    fn ours() -> Result<Self, Vec<ProfileError>> {
        let files = BUILT_IN.iter().map(|ours| entry(ours.id, ours.text, false));
        let (entries, errors): (Vec<_>, Vec<_>) = files.partition(Result::is_ok);
        let errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
        let entries = entries.into_iter().flatten().map(Arc::new);
        let entries = entries.map(|entry| (entry.profile.id.clone(), entry)).collect();
        if errors.is_empty() { Self::of(entries, &[]) } else { Err(errors) }
    }

    fn of(
        mut entries: BTreeMap<String, Arc<Entry>>,
        own: &[(String, String)],
    ) -> Result<Self, Vec<ProfileError>> {
        let mut errors = Vec::new();
        for (file, text) in own {
            match entry(file, text, true) {
                Ok(entry) => {
                    let id = entry.profile.id.clone();
                    let before = entries.insert(id.clone(), Arc::new(entry));
                    if before.is_some_and(|before| before.own) {
                        let what = format!("another file has the id {id:?} too");
                        errors.push(ProfileError { file: file.clone(), position: None, what });
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        if entries.len() > MAX_PROFILES {
            let what = format!("more than {MAX_PROFILES} profiles");
            errors.push(ProfileError { file: String::new(), position: None, what });
        }
        let default = entries.get(DEFAULT).map(|entry| Arc::clone(&entry.profile));
        match default {
            Some(default) if errors.is_empty() => {
                Ok(Self { entries: entries.into_values().collect(), default })
            }
            _ => Err(errors),
        }
    }

    /// All, by their names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<BridgeProfile>> {
        self.entries.iter().map(|entry| &entry.profile)
    }

    /// Whether one is the operator's.
    pub fn is_own(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.own)
    }

    /// One by its name.
    pub fn get(&self, id: &str) -> Option<&Arc<BridgeProfile>> {
        self.entry(id).map(|entry| &entry.profile)
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.profile.id.as_str().cmp(id));
        at.ok().and_then(|at| self.entries.get(at)).map(Arc::as_ref)
    }

    /// Which profile a device has by what it shows: that of the match that tells most. Of two that
    /// tell as much the operator's counts, then the first by name.
    pub fn recognise(&self, traits: &Traits<'_>) -> Recognised {
        let mut steps = Vec::with_capacity(self.entries.len() * 2);
        let mut best: Option<(u32, bool, &Entry, usize)> = None;
        for entry in &self.entries {
            for (at, rule) in entry.rules.iter().enumerate() {
                let verdict = match rule.differs(traits) {
                    Some(condition) => Verdict::Differs(condition),
                    None => Verdict::Matched(rule.score()),
                };
                let profile = Arc::clone(&entry.profile);
                steps.push(Step { profile, rule: at + 1, verdict });
                if let Verdict::Matched(score) = verdict
                    && best.is_none_or(|(most, own, ..)| (score, entry.own) > (most, own))
                {
                    best = Some((score, entry.own, entry, at + 1));
                }
            }
        }
        let profile = best.map_or(&self.default, |(_, _, entry, _)| &entry.profile);
        let by = best.map(|(score, _, _, rule)| (rule, score));
        Recognised { profile: Arc::clone(profile), by, steps }
    }

    /// The profile of a call: the one that the configuration names, else the one that the device
    /// shows. A name that there is not counts as none.
    pub fn choose(&self, traits: &Traits<'_>, configured: Option<&str>) -> Chosen {
        let recognised = self.recognise(traits);
        let is_specific = recognised.is_specific();
        let Recognised { profile, by, mut steps } = recognised;
        let tried = steps.len();
        steps.retain(|step| matches!(step.verdict, Verdict::Matched(_)));
        steps.shrink_to_fit();
        let taken = steps;
        if let Some(named) = configured.and_then(|id| self.get(id)) {
            let better = (is_specific && profile.id != named.id).then_some(profile);
            return Chosen { profile: Arc::clone(named), by: By::Configured, better, taken, tried };
        }
        let by = by.map_or(By::Default, |(rule, score)| By::Matched { rule, score });
        Chosen { profile, by, better: None, taken, tried }
    }
}

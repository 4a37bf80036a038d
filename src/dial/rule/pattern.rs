//! What a rule matches: a regular expression over what was dialled, in linear time.
//!
//! * It always matches as a whole: `1001` does not take `10012345`.
//! * Without `@` it speaks of the user or number, at any of our hosts. Ending in `@` means the
//!   same. With a text behind `@` it speaks of `user@host`, at the hosts that it names.
//! * Upper and lower case are the same; classes such as `\d` and `\w` are ASCII; no Unicode.
//! * It is tried on what was dialled and, where that is a number, on its canonical form, so that
//!   `\+8621\d{8}` also takes what a trunk sends as `021…`.

use crate::dialled::Text;
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::sync::OnceLock;

/// The longest pattern: no name that one dials needs more.
pub const MAX_PATTERN_LEN: usize = 512;

/// The most that one compiled pattern may take, in bytes: counted repetitions multiply.
const MAX_COMPILED_SIZE: usize = 128 << 10;

/// How deep a pattern may nest.
const MAX_NEST: u32 = 32;

/// Bytes of a literal prefix that the index uses: longer ones tell no more apart.
pub(super) const MAX_PREFIX: usize = 32;

/// A pattern that can be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    whole: bool,
    prefix: Vec<u8>,
    captures: Vec<Option<String>>,
}

impl Pattern {
    /// Reads a pattern, and compiles it once to know that it can be.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_PATTERN_LEN {
            return Err(format!("longer than {MAX_PATTERN_LEN} bytes"));
        }
        let (body, whole) = match text.strip_suffix('@') {
            Some(body) => (body, body.contains('@')),
            None => (text, text.contains('@')),
        };
        let body = if whole { text } else { body };
        let hir = read(body)?;
        let regex = compile(&hir)?;
        let mut prefix = Vec::new();
        literal_prefix(&hir, &mut prefix);
        prefix.truncate(MAX_PREFIX);
        let captures = regex.group_info().pattern_names(regex_automata::PatternID::ZERO);
        let captures = captures.map(|name| name.map(str::to_owned)).collect();
        Ok(Self { text: body.to_owned(), whole, prefix, captures })
    }

    /// What every text that it matches begins with, in lower case.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// The place of a named capture.
    pub(super) fn capture(&self, name: &str) -> Option<usize> {
        self.captures.iter().position(|capture| capture.as_deref() == Some(name))
    }

    /// Whether it speaks of the host too.
    pub(crate) fn names_host(&self) -> bool {
        self.whole
    }

    /// What of a text it is tried on.
    pub(crate) fn subject<'t>(&self, text: &'t Text) -> &'t str {
        if self.whole { text.whole() } else { text.user() }
    }

    /// What was checked when it was read cannot fail now; `None` would match nothing.
    pub(crate) fn compile(&self) -> Option<Regex> {
        compile(&read(&self.text).ok()?).ok()
    }

    /// A short text that it matches, if one is found easily: not proof of anything until it is
    /// tried.
    pub(super) fn sample(&self) -> Option<String> {
        let mut bytes = Vec::new();
        sample(&read(&self.text).ok()?, &mut bytes);
        String::from_utf8(bytes).ok()
    }

    /// Whether it is the same pattern.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.whole == other.whole && self.text.eq_ignore_ascii_case(&other.text)
    }
}

fn read(text: &str) -> Result<Hir, String> {
    let config = syntax::Config::new()
        .unicode(false)
        .utf8(false)
        .case_insensitive(true)
        .nest_limit(MAX_NEST);
    syntax::parse_with(text, &config).map_err(|error| last_line(&error.to_string()))
}

/// The engine's errors draw the pattern first; the sentence is the last line.
fn last_line(error: &str) -> String {
    let line = error.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or(error);
    line.trim().trim_start_matches("error: ").to_owned()
}

/// A pattern that is looked for anywhere in a text, under the same limits. It is compiled when it
/// is first tried.
#[derive(Clone, Debug)]
pub(crate) struct Anywhere {
    text: String,
    letters: usize,
    regex: OnceLock<Option<Regex>>,
}

impl Anywhere {
    /// Reads one that is known to be right: what is wrong with it may show when it is tried, and it
    /// then takes nothing.
    ///
    /// # Errors
    /// What is wrong with how it is written, as a sentence.
    pub(crate) fn trusted(text: &str) -> Result<Self, String> {
        if text.len() > MAX_PATTERN_LEN {
            return Err(format!("longer than {MAX_PATTERN_LEN} bytes"));
        }
        let letters = read(text)?.properties().minimum_len().unwrap_or(0);
        Ok(Self { text: text.to_owned(), letters, regex: OnceLock::new() })
    }

    /// Reads one, and compiles it to know that it can be.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let pattern = Self::trusted(text)?;
        let regex = build(&read(text)?)?;
        Ok(Self { regex: OnceLock::from(Some(regex)), ..pattern })
    }

    /// How many bytes every text that it takes has at least.
    pub(crate) fn letters(&self) -> usize {
        self.letters
    }

    /// Whether it is found in a text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let compile = || build(&read(&self.text).ok()?).ok();
        self.regex.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(hir: &Hir) -> Result<Regex, String> {
    build(&Hir::concat(vec![Hir::look(Look::Start), hir.clone(), Hir::look(Look::End)]))
}

/// Without automata made in advance: of thousands of patterns most are tried on a few short names,
/// if ever, and one takes longer to make than those names to read.
fn build(hir: &Hir) -> Result<Regex, String> {
    let config = meta::Config::new()
        .hybrid(false)
        .dfa(false)
        .utf8_empty(false)
        .nfa_size_limit(Some(MAX_COMPILED_SIZE))
        .onepass_size_limit(Some(MAX_COMPILED_SIZE));
    meta::Builder::new().configure(config).build_from_hir(hir).map_err(|error| {
        match error.size_limit() {
            Some(_) => "it grows too large; use smaller counts in {}".to_owned(),
            None => last_line(&error.to_string()),
        }
    })
}

/// Collects what every match begins with. Says whether the whole of `hir` was literal, so that
/// what follows belongs to the prefix too.
fn literal_prefix(hir: &Hir, prefix: &mut Vec<u8>) -> bool {
    if prefix.len() >= MAX_PREFIX {
        return false;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            prefix.extend(literal.0.iter().map(u8::to_ascii_lowercase));
            true
        }
        HirKind::Class(class) => match single(class) {
            Some(byte) => {
                prefix.push(byte);
                true
            }
            None => false,
        },
        HirKind::Capture(capture) => literal_prefix(&capture.sub, prefix),
        HirKind::Concat(parts) => parts.iter().all(|part| literal_prefix(part, prefix)),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                if !literal_prefix(&repetition.sub, prefix) {
                    return false;
                }
                // A part that is always empty repeats for ever without growing.
                if prefix.is_empty() {
                    break;
                }
            }
            repetition.max == Some(repetition.min)
        }
        HirKind::Alternation(_) => false,
    }
}

/// The lower-case letter of a class that holds one letter in both cases.
fn single(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else { return None };
    let mut bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    let first = bytes.next()?.to_ascii_lowercase();
    bytes.take(2).all(|byte| byte.to_ascii_lowercase() == first).then_some(first)
}

/// The longest sample: longer ones tell no more.
const MAX_SAMPLE: usize = 256;

/// Writes one text that `hir` probably matches.
fn sample(hir: &Hir, bytes: &mut Vec<u8>) {
    if bytes.len() > MAX_SAMPLE {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => bytes.extend_from_slice(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            let within = |byte: &u8| {
                class.ranges().iter().any(|range| (range.start()..=range.end()).contains(byte))
            };
            let readable = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'!'..=b'~');
            bytes.extend(readable.chain(0..=255).find(within));
        }
        HirKind::Class(Class::Unicode(_)) => {}
        HirKind::Capture(capture) => sample(&capture.sub, bytes),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, bytes)),
        HirKind::Repetition(repetition) => {
            let least = repetition.min.max(u32::from(repetition.max != Some(0)));
            for _ in 0..least.min(MAX_SAMPLE as u32) {
                sample(&repetition.sub, bytes);
            }
        }
        HirKind::Alternation(parts) => {
            if let Some(first) = parts.first() {
                sample(first, bytes);
            }
        }
    }
}

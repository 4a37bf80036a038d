//! The text of a configuration, the places of its keys, and the keys that nobody knows.

use super::MAX_CONFIG_LEN;
use super::problem::{ConfigError, Problem};
use super::raw::RawConfig;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use toml_edit::{Document, Item, TableLike};

/// How near a key must be to be proposed instead (Jaro-Winkler, 1 is the same).
const NEAR: f64 = 0.75;

/// One step into a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'a> {
    Key(&'a str),
    Index(usize),
}

/// A configuration that is TOML.
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    text: &'a str,
    document: Document<&'a str>,
}

/// Reads a file, with a limit.
pub(super) fn read_text(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(MAX_CONFIG_LEN + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MAX_CONFIG_LEN {
        return Err(format!("the file is longer than {MAX_CONFIG_LEN} bytes"));
    }
    Ok(text)
}

impl<'a> Source<'a> {
    pub(super) fn parse(name: &'a str, text: &'a str) -> Result<Self, ConfigError> {
        let document = Document::parse(text).map_err(|error| ConfigError {
            name: name.to_owned(),
            problems: vec![Problem {
                position: error.span().map(|span| position(text, span)),
                key: String::new(),
                what: error.message().to_owned(),
                fix: "write valid TOML here (https://toml.io)".to_owned(),
            }],
        })?;
        Ok(Self { name, text, document })
    }

    /// The raw values; defaults where the text is silent.
    pub(super) fn read(&self) -> Result<RawConfig, ConfigError> {
        let mut problems = self.unknown_keys();
        if problems.is_empty() {
            match toml::from_str(self.text) {
                Ok(raw) => return Ok(raw),
                Err(error) => problems.push(self.wrong_type(&error)),
            }
        }
        Err(ConfigError { name: self.name.to_owned(), problems })
    }

    /// The line and column of a value, or of the nearest table around it that is in the text.
    pub(super) fn position(&self, path: &[At<'_>]) -> Option<(usize, usize)> {
        let mut item: &Item = self.document.as_item();
        let mut found = None;
        for step in path {
            let next = match step {
                At::Key(key) => item.get(key),
                At::Index(index) => item.get(*index),
            };
            let Some(next) = next else { break };
            found = next.span().or(found);
            item = next;
        }
        found.map(|span| position(self.text, span))
    }

    fn wrong_type(&self, error: &toml::de::Error) -> Problem {
        let span = error.span();
        let key = span.as_ref().and_then(|span| key_of(self.text, span)).unwrap_or_default();
        Problem {
            position: span.map(|span| position(self.text, span)),
            key,
            what: error.message().to_owned(),
            fix: "write a value of the kind that `causeway check --defaults` shows for this key"
                .to_owned(),
        }
    }

    fn unknown_keys(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        // The specimen is made of our own types: it always serialises.
        if let Ok(schema) = toml::Table::try_from(RawConfig::specimen()) {
            self.compare(self.document.as_table(), &schema, "", &mut problems);
        }
        problems.sort_by_key(|problem| problem.position);
        problems
    }

    fn compare(
        &self,
        table: &dyn TableLike,
        schema: &toml::Table,
        prefix: &str,
        problems: &mut Vec<Problem>,
    ) {
        for (name, item) in table.iter() {
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            match schema.get(name) {
                None => problems.push(self.unknown(table, name, path, schema)),
                Some(toml::Value::Table(known)) => {
                    if let Some(inner) = item.as_table_like() {
                        self.compare(inner, known, &path, problems);
                    }
                }
                Some(toml::Value::Array(known)) => {
                    let Some(toml::Value::Table(known)) = known.first() else { continue };
                    for element in item.as_array_of_tables().into_iter().flatten() {
                        self.compare(element, known, &path, problems);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn unknown(
        &self,
        table: &dyn TableLike,
        name: &str,
        path: String,
        schema: &toml::Table,
    ) -> Problem {
        let span = table.get_key_value(name).and_then(|(key, item)| key.span().or(item.span()));
        let nearest = schema
            .keys()
            .map(|known| (strsim::jaro_winkler(name, known), known))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(nearness, _)| *nearness >= NEAR);
        let fix = match nearest {
            Some((_, known)) => format!("did you mean `{known}`?"),
            None => {
                let known: Vec<_> = schema.keys().map(|key| format!("`{key}`")).collect();
                format!("remove it; the keys here are {}", known.join(", "))
            }
        };
        Problem {
            position: span.map(|span| position(self.text, span)),
            key: path,
            what: "no such key".to_owned(),
            fix,
        }
    }
}

/// The key to the left of a value on its line.
fn key_of(text: &str, span: &Range<usize>) -> Option<String> {
    let before = text.get(..span.start)?;
    let line = before.rsplit('\n').next()?;
    let (key, _) = line.split_once('=')?;
    Some(key.trim().to_owned())
}

/// Line and column, both from 1; the column counts characters.
fn position(text: &str, span: Range<usize>) -> (usize, usize) {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

//! A dial string with places for fields.
//!
//! * `{meeting}`: a field that must be there.
//! * `[.{passcode}]`: goes as a whole, with its separator, when the field is empty.
//! * `[.{passcode}.{layout}.{host_key}]`: a chain. As much of it is written as the last field that
//!   has a value needs; empty fields before that one keep their separators.
//!
//! A form that could be read in two ways is refused when it is made, so that reading never tries
//! twice and gives back what was built.

use super::field::{Field, Fields, Kind};
use causeway_base::alias::MAX_ALIAS_LEN;
use std::fmt;

/// A dial string with places for fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
    Chain(Chain),
}

/// Optional fields, each with what stands before it. `after` belongs to a chain of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chain {
    links: Vec<(String, Field)>,
    after: String,
}

/// Why a text is no form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormError {
    /// Empty, or longer than any dial string.
    Length,
    /// A bracket or brace that nothing closes or opens.
    Unbalanced,
    /// Not the name of a field.
    NoField(String),
    /// A field twice.
    Twice(Field),
    /// A bracket without a field, or with text after the last of several.
    Chain,
    /// Where the field ends cannot be told.
    Ambiguous(Field),
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormError::Length => write!(f, "a form has 1 to {MAX_ALIAS_LEN} bytes"),
            FormError::Unbalanced => f.write_str("`{` and `[` need their `}` and `]`"),
            FormError::NoField(name) => {
                let names = Field::ALL.map(Field::name).join(", ");
                write!(f, "no field {name:?}: one of {names}")
            }
            FormError::Twice(field) => write!(f, "{{{}}} stands twice", field.name()),
            FormError::Chain => f.write_str(
                "`[…]` holds fields; text after the field only where it is the only one",
            ),
            FormError::Ambiguous(field) => {
                write!(f, "where {{{}}} ends, or whether it is there, cannot be told", field.name())
            }
        }
    }
}

impl std::error::Error for FormError {}

/// Why a form cannot be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillError {
    /// A field that must be there has no value.
    Missing(Field),
    /// Longer than [`MAX_ALIAS_LEN`].
    TooLong,
}

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FillError::Missing(field) => write!(f, "{} is missing", field.name()),
            FillError::TooLong => write!(f, "longer than {MAX_ALIAS_LEN} bytes"),
        }
    }
}

impl std::error::Error for FillError {}

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        if text.is_empty() || text.len() > MAX_ALIAS_LEN {
            return Err(FormError::Length);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(['{', '}', '[', ']']).unwrap_or(rest.len());
            let (plain, after) = rest.split_at(end);
            if !plain.is_empty() {
                pieces.push(Piece::Text(plain.to_owned()));
            }
            rest = match after.chars().next() {
                None => after,
                Some('{') => {
                    let (field, after) = field(after)?;
                    pieces.push(Piece::Field(field));
                    after
                }
                Some('[') => {
                    let inner = after.get(1..).unwrap_or_default();
                    let (inner, after) = inner.split_once(']').ok_or(FormError::Unbalanced)?;
                    pieces.push(Piece::Chain(chain(inner)?));
                    after
                }
                Some(_) => return Err(FormError::Unbalanced),
            };
        }
        let form = Self { text: text.to_owned(), pieces };
        form.check()?;
        Ok(form)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its fields in the order of the form, and whether each must be there.
    pub fn fields(&self) -> impl Iterator<Item = (Field, bool)> {
        self.pieces.iter().flat_map(|piece| match piece {
            Piece::Text(_) => Vec::new(),
            Piece::Field(field) => vec![(*field, true)],
            Piece::Chain(chain) => chain.links.iter().map(|(_, field)| (*field, false)).collect(),
        })
    }

    /// Whether it has a place for a field.
    pub fn has(&self, field: Field) -> bool {
        self.fields().any(|(own, _)| own == field)
    }

    /// Builds the dial string. Fields that it has no place for are left out.
    ///
    /// # Errors
    /// A field that is missing, or a string that grows too long.
    pub fn fill(&self, fields: &Fields) -> Result<String, FillError> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Field(field) => {
                    filled.push_str(fields.get(*field).ok_or(FillError::Missing(*field))?);
                }
                Piece::Chain(chain) => chain.fill(fields, &mut filled),
            }
        }
        if filled.len() > MAX_ALIAS_LEN { Err(FillError::TooLong) } else { Ok(filled) }
    }

    /// The fields of a dial string; `None` where this form does not build it. Letters of the form
    /// itself compare without case.
    pub fn read(&self, text: &str) -> Option<Fields> {
        if text.len() > MAX_ALIAS_LEN {
            return None;
        }
        let mut fields = Fields::new();
        let mut rest = text;
        for piece in &self.pieces {
            rest = match piece {
                Piece::Text(text) => strip(rest, text)?,
                Piece::Field(field) => take(rest, *field, &mut fields)?,
                Piece::Chain(chain) => chain.read(rest, &mut fields)?,
            };
        }
        rest.is_empty().then_some(fields)
    }

    /// Whether every field's end, and whether each optional one is there, shows at the character
    /// behind.
    fn check(&self) -> Result<(), FormError> {
        let mut seen = Vec::new();
        for (field, _) in self.fields() {
            if seen.contains(&field) {
                return Err(FormError::Twice(field));
            }
            seen.push(field);
        }
        for (at, piece) in self.pieces.iter().enumerate() {
            let follows = self.starts(at + 1);
            match piece {
                Piece::Text(_) => {}
                Piece::Field(field) => ends(*field, &follows)?,
                Piece::Chain(chain) => chain.check(&follows)?,
            }
        }
        Ok(())
    }

    /// With what the pieces from one on may begin.
    fn starts(&self, from: usize) -> Vec<Start> {
        let mut starts = Vec::new();
        for piece in self.pieces.iter().skip(from) {
            match piece {
                Piece::Text(text) => {
                    starts.extend(text.chars().next().map(Start::Char));
                    return starts;
                }
                Piece::Field(field) => {
                    starts.push(Start::Kind(field.kind()));
                    return starts;
                }
                Piece::Chain(chain) => starts.extend(chain.start()),
            }
        }
        starts
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// With what a piece may begin.
#[derive(Clone, Copy)]
enum Start {
    Char(char),
    Kind(Kind),
}

impl Start {
    fn is_in(self, kind: Kind) -> bool {
        match self {
            Start::Char(c) => kind.has(c),
            // Every kind has digits.
            Start::Kind(_) => true,
        }
    }

    fn meets(self, other: Start) -> bool {
        match (self, other) {
            (Start::Char(one), Start::Char(other)) => one.eq_ignore_ascii_case(&other),
            (Start::Kind(kind), start) | (start, Start::Kind(kind)) => start.is_in(kind),
        }
    }
}

/// Whether a field ends where what follows begins.
fn ends(field: Field, follows: &[Start]) -> Result<(), FormError> {
    let runs_on = follows.iter().any(|start| start.is_in(field.kind()));
    if runs_on { Err(FormError::Ambiguous(field)) } else { Ok(()) }
}

impl Chain {
    fn start(&self) -> Option<Start> {
        let (before, field) = self.links.first()?;
        Some(before.chars().next().map_or(Start::Kind(field.kind()), Start::Char))
    }

    fn check(&self, follows: &[Start]) -> Result<(), FormError> {
        for (at, (_, field)) in self.links.iter().enumerate() {
            let next = self.links.get(at + 1).map(|(before, _)| before);
            let mut behind: Vec<Start> = next
                .and_then(|before| before.chars().next())
                .map(Start::Char)
                .into_iter()
                .collect();
            match self.after.chars().next() {
                Some(after) => behind.push(Start::Char(after)),
                None => behind.extend(follows),
            }
            if next.is_some_and(String::is_empty) {
                return Err(FormError::Ambiguous(*field));
            }
            ends(*field, &behind)?;
        }
        // Whether each link is there shows at its first character.
        for (before, field) in &self.links {
            let start = before.chars().next().map_or(Start::Kind(field.kind()), Start::Char);
            if follows.iter().any(|other| start.meets(*other)) {
                return Err(FormError::Ambiguous(*field));
            }
        }
        Ok(())
    }

    fn fill(&self, fields: &Fields, filled: &mut String) {
        let last = self.links.iter().rposition(|(_, field)| fields.get(*field).is_some());
        let Some(last) = last else { return };
        for (before, field) in self.links.iter().take(last + 1) {
            filled.push_str(before);
            filled.push_str(fields.get(*field).unwrap_or_default());
        }
        filled.push_str(&self.after);
    }

    fn read<'t>(&self, text: &'t str, fields: &mut Fields) -> Option<&'t str> {
        let mut rest = text;
        let mut last_is_empty = false;
        for (at, (before, field)) in self.links.iter().enumerate() {
            let here = rest.chars().next().is_some_and(|c| field.kind().has(c));
            let Some(inner) = strip(rest, before).filter(|_| here || !before.is_empty()) else {
                break;
            };
            rest = inner;
            last_is_empty = !rest.chars().next().is_some_and(|c| field.kind().has(c));
            if last_is_empty && at + 1 < self.links.len() {
                continue;
            }
            rest = take(rest, *field, fields)?;
        }
        let is_there = rest.len() < text.len();
        match is_there {
            true if last_is_empty => None,
            true => strip(rest, &self.after),
            false => Some(rest),
        }
    }
}

fn field(text: &str) -> Result<(Field, &str), FormError> {
    let inner = text.strip_prefix('{').ok_or(FormError::Unbalanced)?;
    let (name, after) = inner.split_once('}').ok_or(FormError::Unbalanced)?;
    let field = Field::of_name(name).ok_or_else(|| FormError::NoField(name.to_owned()))?;
    Ok((field, after))
}

fn chain(text: &str) -> Result<Chain, FormError> {
    let mut links = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        if before.contains(['}', '[']) {
            return Err(FormError::Unbalanced);
        }
        let (field, after) = field(after)?;
        links.push((before.to_owned(), field));
        rest = after;
    }
    if rest.contains(['}', '[']) {
        return Err(FormError::Unbalanced);
    }
    if links.is_empty() || (links.len() > 1 && !rest.is_empty()) {
        return Err(FormError::Chain);
    }
    Ok(Chain { links, after: rest.to_owned() })
}

/// What follows a text, without its case.
fn strip<'t>(rest: &'t str, text: &str) -> Option<&'t str> {
    let (start, after) = rest.split_at_checked(text.len())?;
    start.eq_ignore_ascii_case(text).then_some(after)
}

/// Takes as much as a field can hold.
fn take<'t>(rest: &'t str, field: Field, fields: &mut Fields) -> Option<&'t str> {
    let end = rest.find(|c| !field.kind().has(c)).unwrap_or(rest.len());
    let (value, after) = rest.split_at(end);
    fields.set(field, value).ok()?;
    Some(after)
}

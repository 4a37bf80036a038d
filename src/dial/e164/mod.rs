//! Telephone numbers: every form in which a trunk, a room or a person writes one, to one form.
//!
//! The canonical form of a number that can be dialled from anywhere is `+` and its digits (ITU-T
//! E.164); anything else that is dialled with digits, such as the number of a room, is an
//! extension and stays as it is. Names and prefixes compare canonical forms only, and trunks are
//! given canonical forms only: what was compared is what is dialled.

mod china;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;

/// The most digits of a number: E.164 has 15, prefixes and room codes come on top.
pub const MAX_DIGITS: usize = 32;

/// The most digits of an international number (E.164 section 6).
const MAX_E164: usize = 15;

/// The fewest digits of an international number: the shortest of small countries, and `+86 95588`.
const MIN_E164: usize = 7;

/// How numbers are dialled where the bridge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPlan {
    /// The country code, without `+`. Only for `86` the forms of national numbers are known; of
    /// another country a number counts as national when the national prefix was dialled.
    pub country_code: String,
    /// What is dialled before a number of another area; empty where there is none.
    pub national_prefix: String,
    /// What is dialled before a number of another country; empty where there is none.
    pub international_prefix: String,
    /// What an extension of a branch exchange dials to reach the public network; empty: nothing.
    pub outside_prefix: String,
    /// The area of local numbers; empty: a local number is not understood.
    pub area_code: String,
}

impl Default for NumberPlan {
    fn default() -> Self {
        Self {
            country_code: "86".to_owned(),
            national_prefix: "0".to_owned(),
            international_prefix: "00".to_owned(),
            outside_prefix: "9".to_owned(),
            area_code: String::new(),
        }
    }
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// A mobile phone of the home country.
    Mobile,
    /// A fixed line of the home country.
    Geographic,
    /// 400 or 800: the callee pays at least a part.
    Freephone,
    /// A short number of a company or an authority: 95588, 10086, 12345, 1010xxxx, 96xxx.
    Service,
    /// Police, fire brigade, ambulance, traffic police.
    Emergency,
    /// A number of the home country whose kind is not known.
    National,
    /// A number of another country.
    Foreign,
    /// Digits that mean something only here.
    Extension,
}

/// A number in canonical form. `Debug` shows its kind only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number {
    text: String,
    kind: NumberKind,
}

impl Number {
    /// `+` and digits; for an extension digits, `*` and `#` as dialled.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub fn kind(&self) -> NumberKind {
        self.kind
    }

    /// Whether it can be dialled from anywhere.
    pub fn is_e164(&self) -> bool {
        self.kind != NumberKind::Extension
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Number").field(&self.kind).finish()
    }
}

/// Digits with what a `tel:` URI says of their scope (RFC 3966 section 5.1.5).
struct Written {
    digits: String,
    context: Option<String>,
}

impl NumberPlan {
    /// Reads what somebody dials or a trunk sends. `None` when it is no number at all.
    ///
    /// Taken are `tel:` URIs with `phone-context`, visual separators of any script, full-width
    /// characters, and marks of writing direction, as they come with a number that was copied
    /// from an address book.
    pub fn read(&self, text: &str) -> Option<Number> {
        let written = written(text)?;
        let known = match &written.context {
            Some(context) => self.in_context(&written.digits, context),
            None => self.e164(&written.digits),
        };
        known.or(Some(Number { text: written.digits, kind: NumberKind::Extension }))
    }

    fn e164(&self, digits: &str) -> Option<Number> {
        if digits.contains(['*', '#']) {
            return None;
        }
        if let Some(global) = digits.strip_prefix('+') {
            return self.global(global);
        }
        self.dialable(digits).or_else(|| self.without_prefix(digits)).or_else(|| {
            let inner = prefixed(digits, &self.outside_prefix)?;
            self.dialable(inner)
        })
    }

    /// What stands behind a `+`.
    fn global(&self, digits: &str) -> Option<Number> {
        if let Some(national) = prefixed(digits, &self.country_code) {
            // "+86 (0)21": written so on many cards. A second prefix would be dialled as an
            // international call by a trunk that cuts the country code off: not a number.
            return self
                .national(national)
                .or_else(|| self.national(prefixed(national, &self.national_prefix)?));
        }
        let fits = (MIN_E164..=MAX_E164).contains(&digits.len()) && !digits.starts_with('0');
        fits.then(|| Number { text: format!("+{digits}"), kind: NumberKind::Foreign })
    }

    /// A national significant number: behind the country code or the national prefix.
    fn national(&self, digits: &str) -> Option<Number> {
        let kind = if self.country_code == "86" {
            china::significant(digits)?
        } else {
            let length = digits.len() + self.country_code.len();
            let prefix = self.national_prefix.as_str();
            let again = !prefix.is_empty() && digits.starts_with(prefix);
            let fits = (MIN_E164..=MAX_E164).contains(&length) && !again;
            fits.then_some(NumberKind::National)?
        };
        Some(Number { text: format!("+{}{digits}", self.country_code), kind })
    }

    /// What a subscriber of the home country dials.
    fn dialable(&self, digits: &str) -> Option<Number> {
        if let Some(global) = prefixed(digits, &self.international_prefix) {
            return self.global(global);
        }
        if let Some(national) = prefixed(digits, &self.national_prefix) {
            return self.national(national).filter(|number| number.kind != NumberKind::Emergency);
        }
        if self.country_code != "86" {
            return None;
        }
        if china::without_area(digits).is_some() {
            return self.national(digits);
        }
        let local = !self.area_code.is_empty() && matches!(digits.len(), 7 | 8);
        let whole = local.then(|| format!("{}{digits}", self.area_code))?;
        self.national(&whole)
    }

    /// What trunks make of a number: without the national prefix, or without the `+`.
    fn without_prefix(&self, digits: &str) -> Option<Number> {
        if self.country_code != "86" {
            return None;
        }
        let whole =
            |number: &Number| !matches!(number.kind, NumberKind::Service | NumberKind::Emergency);
        let national = self.national(digits).filter(whole);
        national.or_else(|| self.national(prefixed(digits, &self.country_code)?).filter(whole))
    }

    fn in_context(&self, digits: &str, context: &str) -> Option<Number> {
        if digits.starts_with('+') {
            return self.e164(digits);
        }
        let bare = prefixed(digits, &self.national_prefix).unwrap_or(digits);
        self.global(&format!("{context}{bare}"))
    }
}

/// What stands behind a prefix that is not empty.
fn prefixed<'a>(digits: &'a str, prefix: &str) -> Option<&'a str> {
    if prefix.is_empty() { None } else { digits.strip_prefix(prefix) }
}

fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    let tel = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:"));
    let text = if tel.is_some() { text.get(4..)? } else { text };
    let mut parts = text.split(';');
    let digits = digits(parts.next()?)?;
    let context = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case("phone-context"))
        .and_then(|(_, value)| self::digits(value))
        .and_then(|value| value.strip_prefix('+').map(str::to_owned))
        .filter(|value| !value.contains(['*', '#']));
    Some(Written { digits, context })
}

/// The digits of a text, when it holds nothing but digits and what people put between them.
fn digits(text: &str) -> Option<String> {
    if text.parse::<IpAddr>().is_ok() {
        return None;
    }
    let mut digits = String::new();
    for c in text.chars().map(narrow) {
        match c {
            '+' if digits.is_empty() => digits.push(c),
            '0'..='9' | '*' | '#' => digits.push(c),
            c if is_separator(c) => {}
            _ => return None,
        }
        if digits.len() > MAX_DIGITS {
            return None;
        }
    }
    (!digits.trim_start_matches('+').is_empty()).then_some(digits)
}

/// The ASCII character of a full-width one.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// What stands between digits and means nothing: RFC 3966 section 5.1.1, spaces, the dashes of
/// Unicode, and marks of width and direction.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        '-' | '.' | '(' | ')' | ' ' | '\u{A0}' | '\u{2007}'..='\u{2015}' | '\u{202A}'..='\u{202F}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{2212}' | '\u{FEFF}'
    )
}

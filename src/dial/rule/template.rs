//! What a rule makes of the captures of its pattern.

use super::Pattern;
use causeway_base::alias::MAX_ALIAS_LEN;
use std::fmt::Write;

/// A text with places for captures: `sip:${id}@example.com`; `$$` is a dollar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Capture(usize),
}

impl Template {
    /// Reads a template for the captures of a pattern.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn parse(text: &str, pattern: &Pattern) -> Result<Self, String> {
        if text.is_empty() || text.len() > MAX_ALIAS_LEN {
            return Err(format!("a target has 1 to {MAX_ALIAS_LEN} bytes"));
        }
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            plain.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                plain.push('$');
                rest = after;
                continue;
            }
            let named = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let (name, after) = named.ok_or("a `$` that begins no `${name}`; a dollar is `$$`")?;
            let capture = pattern
                .capture(name)
                .ok_or_else(|| format!("`match` has no capture {name:?}: (?P<{name}>…)"))?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Capture(capture));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    /// Whether it has a place for a capture.
    pub(crate) fn has_captures(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Capture(_)))
    }

    /// The text, with what was captured as it is. `None` where it grows too long or a capture is
    /// not text; one that took no part is empty.
    pub(crate) fn fill<'t>(&self, capture: impl Fn(usize) -> Option<&'t str>) -> Option<String> {
        self.fill_with(capture, |filled, text| filled.push_str(text))
    }

    /// The text for a URI: what is not safe in the user part of one is percent-encoded, so that
    /// no caller chooses a host or a parameter (RFC 3261 section 25.1).
    pub(crate) fn fill_uri<'t>(
        &self,
        capture: impl Fn(usize) -> Option<&'t str>,
    ) -> Option<String> {
        self.fill_with(capture, |filled, text| {
            for byte in text.bytes() {
                if byte.is_ascii_alphanumeric() || b"-_.!~*'()+".contains(&byte) {
                    filled.push(char::from(byte));
                } else {
                    let _ = write!(filled, "%{byte:02X}");
                }
            }
        })
    }

    fn fill_with<'t>(
        &self,
        capture: impl Fn(usize) -> Option<&'t str>,
        write: impl Fn(&mut String, &str),
    ) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Capture(place) => write(&mut filled, capture(*place).unwrap_or_default()),
            }
        }
        (!filled.is_empty() && filled.len() <= MAX_ALIAS_LEN).then_some(filled)
    }
}

//! What was pasted, as lines of plain text in parts: one mail, one quoted mail, one event of a
//! calendar is a part, and nothing is put together across parts.

use super::{Kind, MAX_PASTED, Pasted, calendar, fold, html, quote};

/// The most parts: a mail thread longer than that repeats itself.
pub(super) const MAX_PARTS: usize = 64;

/// A part of what was pasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// It was written by somebody else earlier.
    pub(super) quoted: bool,
    /// The event was called off.
    pub(super) cancelled: bool,
}

/// A line, folded (see [`fold`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// The part it stands in.
    pub(super) part: usize,
    /// A link in it is a way in, whatever its host: a property of a calendar said so.
    pub(super) is_link: bool,
}

/// Lines in parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) parts: Vec<Part>,
    pub(super) lines: Vec<Line>,
}

impl Document {
    /// Reads what was pasted. What is longer than [`MAX_PASTED`] is cut: an invitation stands
    /// above the mail thread.
    pub(super) fn read(pasted: &Pasted<'_>) -> Self {
        let end = pasted.text.floor_char_boundary(MAX_PASTED);
        let text = pasted.text.get(..end).unwrap_or_default();
        let text = text.trim_start_matches('\u{feff}');
        let mut document = Self::default();
        match pasted.kind.unwrap_or_else(|| Kind::of(text)) {
            Kind::Calendar => calendar::read(text, &mut document),
            Kind::Html => {
                document.begin(Part::default());
                html::read(text, &mut document);
                quote::split(&mut document);
            }
            Kind::Text => {
                document.begin(Part::default());
                text.lines().for_each(|line| document.push(line, false));
                quote::split(&mut document);
            }
        }
        document
    }

    /// Begins a part; beyond [`MAX_PARTS`] the last one goes on.
    pub(super) fn begin(&mut self, part: Part) {
        if self.parts.len() < MAX_PARTS {
            self.parts.push(part);
        }
    }

    /// The part that lines are added to.
    pub(super) fn part(&self) -> Part {
        self.parts.last().copied().unwrap_or_default()
    }

    /// Adds a line to the last part.
    pub(super) fn push(&mut self, text: &str, is_link: bool) {
        let part = self.parts.len().saturating_sub(1);
        self.lines.push(Line { text: fold::line(text), part, is_link });
    }
}

impl Kind {
    /// What a text seems to be.
    pub fn of(text: &str) -> Self {
        const TAGS: [&str; 9] =
            ["<html", "<!doctype", "<body", "<div", "<p>", "<br", "<a href", "<table", "<span"];
        let folded = text.to_ascii_lowercase();
        if folded.starts_with("begin:vcalendar") || folded.contains("\nbegin:vcalendar") {
            Kind::Calendar
        } else if TAGS.iter().any(|tag| folded.contains(tag)) {
            Kind::Html
        } else {
            Kind::Text
        }
    }
}

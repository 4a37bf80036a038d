//! A calendar object (RFC 5545) as lines: an event is a part, its properties in the order in
//! which they are believed.

use super::Kind;
use super::document::{Document, Part};
use super::html;
use std::borrow::Cow;

/// The most events that are read.
const MAX_EVENTS: usize = 32;

/// What properties say, those first that programs write for programs.
const PROPERTIES: [&str; 8] = [
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-GOOGLE-CONFERENCE",
    "CONFERENCE",
    "URL",
    "LOCATION",
    "DESCRIPTION",
    "X-ALT-DESC",
];

/// Properties whose value is one link.
const LINKS: usize = 5;

#[derive(Default)]
struct Event {
    uid: String,
    sequence: u64,
    cancelled: bool,
    /// Place in [`PROPERTIES`] and value, in the order of the file.
    values: Vec<(usize, String)>,
}

/// Adds the events of a calendar to a document, of several versions of one the newest first.
pub(super) fn read(text: &str, document: &mut Document) {
    let mut events = events(text);
    let first = events.first().map(|event| event.uid.clone());
    if events.iter().all(|event| Some(&event.uid) == first.as_ref()) {
        events.sort_by_key(|event| std::cmp::Reverse(event.sequence));
    }
    for event in &mut events {
        document.begin(Part { quoted: false, cancelled: event.cancelled });
        event.values.sort_by_key(|(place, _)| *place);
        for (place, value) in &event.values {
            add(*place, value, document);
        }
    }
}

fn add(place: usize, value: &str, document: &mut Document) {
    let plain = if place < LINKS { Cow::Borrowed(value) } else { Cow::Owned(unescape(value)) };
    let is_html = PROPERTIES.get(place) == Some(&"X-ALT-DESC") || Kind::of(&plain) == Kind::Html;
    if is_html {
        html::read(&plain, document);
    } else {
        plain.lines().for_each(|line| document.push(line, place < LINKS));
    }
}

fn events(text: &str) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut all_cancelled = false;
    for line in unfold(text) {
        let Some((name, value)) = property(&line) else { continue };
        match name.as_str() {
            "BEGIN" => {
                let component = value.trim().to_ascii_uppercase();
                if component == "VEVENT" && events.len() < MAX_EVENTS {
                    events.push(Event::default());
                }
                // Nothing of a calendar nests deeper than an alarm in an event.
                open.truncate(8);
                open.push(component);
            }
            "END" => {
                open.pop();
            }
            "METHOD" => all_cancelled |= value.trim().eq_ignore_ascii_case("CANCEL"),
            _ if open.last().is_some_and(|component| component == "VEVENT") => {
                if let Some(event) = events.last_mut() {
                    event.take(&name, value);
                }
            }
            _ => {}
        }
    }
    events.iter_mut().for_each(|event| event.cancelled |= all_cancelled);
    events
}

impl Event {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "UID" => self.uid = value.to_owned(),
            "SEQUENCE" => self.sequence = value.trim().parse().unwrap_or_default(),
            "STATUS" => self.cancelled |= value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {
                let place = PROPERTIES.iter().position(|property| *property == name);
                self.values.extend(place.map(|place| (place, value.to_owned())));
            }
        }
    }
}

/// Lines with what was folded (RFC 5545 section 3.1) put together.
fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The name in upper case and the value of a property; parameters may hold colons in quotes.
fn property(line: &str) -> Option<(String, &str)> {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let name = head.split(';').next().unwrap_or_default();
    Some((name.to_ascii_uppercase(), value))
}

/// A value of type TEXT (RFC 5545 section 3.3.11).
fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            c => plain.push(c),
        }
    }
    plain
}

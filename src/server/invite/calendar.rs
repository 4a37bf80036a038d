//! The invite as iCalendar (RFC 5545, RFC 5546, `CONFERENCE` of RFC 7986). Times are UTC, which
//! every program reads alike; Beijing time stands in the words.

use super::card::Card;
use super::html;
use super::text;
use crate::meeting::Kind;
use causeway_base::Lang;
use jiff::Timestamp;

/// Octets of a line before it is folded (RFC 5545 section 3.1).
const FOLD: usize = 75;

/// What a calendar object asks for (RFC 5546 section 1.4). Nobody is invited by name here, so that
/// it publishes and never requests; the Content-Type repeats it (RFC 6047 section 2.4).
pub const fn method(card: &Card) -> &'static str {
    if card.cancelled { "CANCEL" } else { "PUBLISH" }
}

/// The calendar object of a scheduled meeting; `None` for one without a time. `host` is where the
/// bridge is reached.
pub fn render(card: &Card, lang: Lang, host: &str, now: Timestamp) -> Option<String> {
    let Kind::Scheduled { starts, ends } = card.kind else { return None };
    let method = method(card);
    let mut calendar = Lines::default();
    calendar.raw("BEGIN:VCALENDAR");
    calendar.raw("PRODID:-//Causeway//Invite//EN");
    calendar.raw("VERSION:2.0");
    calendar.raw(&format!("METHOD:{method}"));
    calendar.raw("BEGIN:VEVENT");
    calendar.raw(&format!("UID:{}@{}", token(&card.id), token(host)));
    calendar.raw(&format!("DTSTAMP:{}", utc(now)));
    calendar.raw(&format!("SEQUENCE:{}", card.sequence));
    calendar.raw(&format!("DTSTART:{}", utc(starts)));
    calendar.raw(&format!("DTEND:{}", utc(ends)));
    calendar.text("SUMMARY", &card.name);
    // PUBLISH and CANCEL must name one (RFC 5546 sections 3.2.1 and 3.2.5).
    match &card.organizer {
        Some(organizer) => calendar.raw(&format!("ORGANIZER:mailto:{}", uri(organizer))),
        None => calendar.raw(&format!("ORGANIZER:sip:{}", uri(host))),
    }
    ways(&mut calendar, card, lang);
    calendar.raw(if card.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    calendar.raw("TRANSP:OPAQUE");
    calendar.raw("X-MICROSOFT-CDO-BUSYSTATUS:BUSY");
    calendar.text("DESCRIPTION", &text::render(card, lang));
    calendar.text("X-ALT-DESC;FMTTYPE=text/html", &html::render(card, lang));
    calendar.raw("END:VEVENT");
    calendar.raw("END:VCALENDAR");
    Some(calendar.0)
}

/// Where one joins, in the places that programs and room systems read.
fn ways(calendar: &mut Lines, card: &Card, lang: Lang) {
    if card.cancelled {
        return;
    }
    // One address of SIP alone and bare, which all room systems that read calendars understand:
    // they take the first that they find.
    let bare = card.sip.as_deref().map(|sip| sip.strip_prefix("sip:").unwrap_or(sip));
    if let Some(place) = bare.or(card.link.as_deref()) {
        calendar.text("LOCATION", place);
    }
    if let Some(link) = &card.link {
        calendar.raw(&format!("URL:{}", uri(link)));
        calendar.conference("AUDIO,VIDEO", lang, link);
    }
    if let Some(sip) = &card.sip {
        calendar.conference("AUDIO,VIDEO", lang, sip);
    }
    for phone in &card.phones {
        calendar.conference("PHONE,AUDIO", lang, &card.one_tap(phone));
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A line that needs no escaping, folded between characters.
    fn raw(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > FOLD {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of type TEXT (RFC 5545 section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.raw(&line);
    }

    fn conference(&mut self, feature: &str, lang: Lang, target: &str) {
        let tag = lang.tag();
        self.raw(&format!("CONFERENCE;VALUE=URI;FEATURE={feature};LANGUAGE={tag}:{}", uri(target)));
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What may stand in an identifier.
fn token(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
}

/// What may stand in a URI: nothing that ends the line.
fn uri(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

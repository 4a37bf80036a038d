//! The invite as HTML for a mail: no style sheet, no script, no picture from elsewhere; what mail
//! programs leave in.

use super::card::Card;
use super::text::{heading, notes, steps, ways};
use super::time::when;
use causeway_base::Lang;
use std::fmt::Write;

/// The HTML of an invite.
pub fn render(card: &Card, lang: Lang) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5\">\n<h2>{heading}</h2>\n<p><strong>{title}</strong><br>{when}</p>\n",
        lang.tag(),
        title = escape(&card.name),
        heading = escape(heading(card, lang)),
        when = escape(&when(card.kind, lang)).replace('\n', "<br>"),
    );
    if !card.cancelled {
        body(&mut html, card, lang);
    }
    html.push_str("</body></html>\n");
    html
}

fn body(html: &mut String, card: &Card, lang: Lang) {
    html.push_str("<table cellpadding=\"4\">\n");
    for (label, value) in ways(card, lang) {
        let _ = writeln!(
            html,
            "<tr><th align=\"left\" scope=\"row\">{}</th><td>{}</td></tr>",
            escape(label),
            linked(card, &value)
        );
    }
    html.push_str("</table>\n<ol>\n");
    for step in steps(card, lang) {
        let _ = writeln!(html, "<li>{}</li>", escape(&step));
    }
    html.push_str("</ol>\n");
    for note in notes(card, lang) {
        let _ = writeln!(html, "<p><em>{}</em></p>", escape(note));
    }
}

/// A value with the address that a tap opens.
pub(crate) fn linked(card: &Card, value: &str) -> String {
    let shown = escape(value);
    let phone = card.phones.iter().find(|phone| value.starts_with(&phone.number));
    let target = match phone {
        Some(phone) => Some(card.one_tap(phone)),
        None if ["https://", "http://", "sip:"].iter().any(|scheme| value.starts_with(scheme)) => {
            Some(value.to_owned())
        }
        None => None,
    };
    match target {
        Some(target) => format!("<a href=\"{}\">{shown}</a>", escape(&target)),
        None => shown,
    }
}

/// Text that is text in HTML, also inside an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' => {}
            c => safe.push(c),
        }
    }
    safe
}

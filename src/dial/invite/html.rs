//! HTML as lines: what a reader sees, with where its links lead behind them. One pass; what is
//! hidden is left out, since nobody who pasted it saw it.

use super::document::{Document, Part};
use super::fold;

/// The deepest nesting of quotes and hidden pieces that is followed.
const MAX_DEPTH: usize = 32;

/// Tags that begin a line, and end one.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "br",
    "tr",
    "li",
    "table",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "header",
    "footer",
    "article",
    "pre",
    "blockquote",
];

/// Tags whose content nobody sees.
const UNSEEN: [&str; 7] = ["script", "style", "head", "template", "noscript", "title", "svg"];

/// Tags that nothing closes.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "meta", "link", "wbr", "col"];

/// Schemes of links that lead somewhere.
const SCHEMES: [&str; 8] =
    ["http:", "https:", "sip:", "sips:", "h323:", "tel:", "zoommtg:", "pexip:"];

/// Adds the lines of HTML to the last part of a document, and parts for what is quoted.
pub(super) fn read(html: &str, document: &mut Document) {
    let part = document.part();
    let mut reader =
        Reader { document, part, line: String::new(), regions: Vec::new(), link: None };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, after) = rest.split_at(at);
        reader.text(text);
        if let Some(comment) = after.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag) = Tag::read(after) else {
            reader.text("<");
            rest = after.get(1..).unwrap_or_default();
            continue;
        };
        rest = after.get(tag.length..).unwrap_or_default();
        reader.tag(&tag);
    }
    reader.text(rest);
    reader.end_line();
}

/// `<name attributes>` or `</name>`.
struct Tag<'t> {
    name: String,
    closes: bool,
    attributes: &'t str,
    length: usize,
}

impl<'t> Tag<'t> {
    /// `None` where `<` is just a character.
    fn read(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let (closes, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let first = inner.chars().next()?;
        if !first.is_ascii_alphabetic() && first != '!' && first != '?' {
            return None;
        }
        let name_end = inner
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '!' | '?' | ':' | '-'))
            .unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(name_end);
        // `<https://…>` and `<sip:…>` of plain text are no tags.
        if name.contains(':') && name.ends_with(':') || attributes.starts_with(['@', '.']) {
            return None;
        }
        let end = end_of_tag(attributes);
        let length = text.len() - attributes.len() + end;
        let attributes = attributes.get(..end.saturating_sub(1)).unwrap_or_default();
        Some(Self { name: name.to_ascii_lowercase(), closes, attributes, length })
    }

    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (value, after) = value(after.trim_start());
            if name.eq_ignore_ascii_case(wanted) {
                return Some(fold::entities(value));
            }
            rest = if after.len() < rest.len() { after } else { "" };
        }
    }

    /// Whether what it holds is not shown.
    fn is_hidden(&self) -> bool {
        if UNSEEN.contains(&self.name.as_str()) || self.attribute("hidden").is_some() {
            return true;
        }
        let style: String = self.attribute("style").unwrap_or_default().to_ascii_lowercase();
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        ["display:none", "visibility:hidden", "font-size:0;", "font-size:0px", "opacity:0;"]
            .iter()
            .any(|hidden| style.contains(hidden))
            || style.ends_with("font-size:0")
            || style.ends_with("opacity:0")
    }

    /// Whether it holds a mail that is quoted.
    fn quotes(&self) -> bool {
        let class = self.attribute("class").unwrap_or_default();
        self.name == "blockquote" || class.split_whitespace().any(|name| name == "gmail_quote")
    }

    /// Whether a mail that is quoted begins behind it, without anything around.
    fn begins_quote(&self) -> bool {
        let id = self.attribute("id").unwrap_or_default();
        ["divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg", "isForwardContent"]
            .contains(&id.as_str())
    }
}

/// Behind the `>` that ends a tag; quotes hide one. Without any, the tag takes all that is left.
fn end_of_tag(attributes: &str) -> usize {
    let mut quote = None;
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    attributes.len()
}

/// The value of an attribute and what follows it.
fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.strip_prefix('=').map(str::trim_start) else { return ("", text) };
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// A piece that is quoted or hidden, until its tag closes.
struct Region {
    name: String,
    /// Tags of its name that are open.
    open: usize,
    is_hidden: bool,
}

struct Reader<'d> {
    document: &'d mut Document,
    /// What holds for everything that is not in a quote.
    part: Part,
    line: String,
    regions: Vec<Region>,
    /// Where the link that is open leads.
    link: Option<String>,
}

impl Reader<'_> {
    fn is_hidden(&self) -> bool {
        self.regions.iter().any(|region| region.is_hidden)
    }

    fn text(&mut self, text: &str) {
        if self.is_hidden() {
            return;
        }
        for c in fold::entities(text).chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c != ' ' || !self.line.ends_with(' ') {
                self.line.push(c);
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if let Some(region) = self.regions.last_mut()
            && region.name == name
            && !VOID.contains(&name)
        {
            region.open = if tag.closes { region.open - 1 } else { region.open + 1 };
            if region.open == 0 {
                self.leave();
            }
        }
        if self.is_hidden() {
            return;
        }
        if tag.closes {
            self.close(name);
        } else {
            self.open(tag);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if BLOCKS.contains(&name) {
            self.end_line();
        }
        if name == "a" {
            self.link = tag.attribute("href");
        }
        let can_nest = !VOID.contains(&name) && self.regions.len() < MAX_DEPTH;
        if can_nest && tag.is_hidden() {
            self.regions.push(Region { name: name.to_owned(), open: 1, is_hidden: true });
        } else if can_nest && tag.quotes() {
            self.regions.push(Region { name: name.to_owned(), open: 1, is_hidden: false });
            self.begin(true);
        } else if tag.begins_quote() {
            self.part.quoted = true;
            self.begin(true);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.write_link(),
            // A cell's end parts a label from its value.
            "td" | "th" if !self.line.ends_with('\t') => self.line.push('\t'),
            _ if BLOCKS.contains(&name) => self.end_line(),
            _ => {}
        }
    }

    /// A region ends: what follows a quote is the writer's again.
    fn leave(&mut self) {
        let Some(region) = self.regions.pop() else { return };
        if !region.is_hidden {
            let quoted = self.regions.iter().any(|outer| !outer.is_hidden);
            self.begin(quoted);
        }
    }

    fn begin(&mut self, quoted: bool) {
        self.end_line();
        self.document.begin(Part { quoted: quoted || self.part.quoted, ..self.part });
    }

    fn write_link(&mut self) {
        let Some(link) = self.link.take() else { return };
        let link: String = link
            .trim()
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>'))
            .collect();
        let scheme = link.get(..link.find(':').map_or(0, |at| at + 1)).unwrap_or_default();
        let leads = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
        if leads && !self.line.trim_end().ends_with(&link) {
            self.line.push_str(" <");
            self.line.push_str(&link);
            self.line.push_str("> ");
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.document.push(&line, false);
        }
    }
}

//! What stands in the lines: links, addresses, numbers, and labels with their values. One pass
//! over each line, nothing is tried twice.

use super::document::Line;
use super::host;
use super::label::{self, Label, Section};
use super::link::{self, Link, Read};
use crate::dial_string::{Field, Fields, MAX_DIGITS, MAX_PASSCODE, Protocol, Service};
use std::net::Ipv4Addr;

/// The most that is found: an invitation with every number of Zoom has 150.
pub(super) const MAX_FOUND: usize = 4000;

/// Lines below a heading that it speaks of: Zoom lists ten addresses and more below one.
const REACH: usize = 24;

/// The most digits that are typed after the answer, pauses among them.
const MAX_TYPED: usize = 64;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A link into a meeting.
    Link(Box<Link>),
    /// A page of which only the words before it say that it is a way in.
    Page(String),
    /// An address.
    Address(Address),
    /// `IP##…`: the address and what follows.
    Dial(Ipv4Addr, String),
    /// An address of H.323 alone.
    Ip(Ipv4Addr),
    /// A telephone number with what is typed after the answer.
    Phone(Phone),
    /// A label with digits.
    Number(Label, String),
    /// A passcode as it was written, and the one in digits that stands beside it.
    Passcode { text: String, digits: Option<String> },
    /// A key of a tenant.
    Tenant(String),
    /// Whose meeting it is, as a word says.
    Of(Service),
    /// A host that was made to look like a service's.
    LookAlike(String),
}

/// An address of SIP or H.323.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) protocol: Protocol,
    /// `sips:` was written.
    pub(super) secure: bool,
    pub(super) user: String,
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    pub(super) number: String,
    /// Digits, `*`, `#` and commas; empty where none stand there.
    pub(super) typed: String,
}

/// What was found, with the part it stands in.
pub(super) type Placed = (usize, Found);

/// Everything in the lines, in their order.
pub(super) fn find(lines: &[Line]) -> Vec<Placed> {
    let mut finder = Finder::default();
    for line in lines {
        finder.line(line);
        if finder.found.len() >= MAX_FOUND {
            break;
        }
    }
    finder.found.truncate(MAX_FOUND);
    finder.found
}

#[derive(Default)]
struct Finder {
    found: Vec<Placed>,
    part: usize,
    /// By what the lines here are dialled, and for how many more lines that holds.
    section: Option<(Section, usize)>,
    /// A label whose value stands on the next line.
    waiting: Option<Label>,
}

impl Finder {
    fn line(&mut self, line: &Line) {
        if line.part != self.part {
            (self.part, self.section, self.waiting) = (line.part, None, None);
        }
        if line.text.trim().is_empty() {
            return;
        }
        self.section =
            self.section.and_then(|(section, left)| Some((section, left.checked_sub(1)?)));
        if line.is_link {
            self.section = Some((Section::Web, 0));
        }
        // What trails is looked at by each label: a long run of it would cost the square of it.
        let text = line.text.trim_end();
        let mut at = 0;
        if let Some(label) = self.waiting.take() {
            at = self.value(label, text, 0, true).unwrap_or(0);
        }
        self.scan(text, at);
        if line.is_link {
            self.section = None;
        }
    }

    /// From left to right: what begins here, else the next character.
    fn scan(&mut self, line: &str, from: usize) {
        let labels = label::find(line);
        let mut labels = labels.iter().peekable();
        let mut at = from;
        let mut before = None;
        let mut is_mail = false;
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            while labels.peek().is_some_and(|label| label.start < at) {
                labels.next();
            }
            let begins =
                !before.is_some_and(|c: char| c.is_ascii_alphanumeric() || "@/".contains(c));
            if let Some(taken) =
                begins.then(|| self.scheme(rest)).flatten().filter(|taken| *taken > 0)
            {
                at += taken;
                before = line.get(..at).and_then(|text| text.chars().next_back());
                continue;
            }
            if let Some(found) = labels.peek().filter(|label| label.start == at) {
                is_mail |= found.label == Label::Person && colon(line, found.end).is_some();
                at = self.label(found.label, line, found.end);
                before = line.get(..at).and_then(|text| text.chars().next_back());
                continue;
            }
            let taken = if begins { self.token(rest, is_mail) } else { 0 };
            let step = rest.chars().next().map_or(1, char::len_utf8).max(taken);
            at += step;
            before = line.get(..at).and_then(|text| text.chars().next_back());
        }
    }

    /// Takes a label with its value; gives back where to go on.
    fn label(&mut self, label: Label, line: &str, end: usize) -> usize {
        match label {
            Label::Section(section) => {
                self.section = Some((section, REACH));
                end
            }
            Label::Of(service) => {
                self.push(Found::Of(service));
                end
            }
            Label::Person => end,
            Label::MeetingOf(service) => {
                self.push(Found::Of(service));
                self.value(label, line, end, false).unwrap_or(end)
            }
            _ => match self.value(label, line, end, false) {
                Some(end) => end,
                None => {
                    let rest = window(line.get(end..).unwrap_or_default(), LONGEST_WORD);
                    let nothing =
                        rest.trim_matches(|c: char| c.is_whitespace() || ":*".contains(c));
                    self.waiting = nothing.is_empty().then_some(label);
                    end
                }
            },
        }
    }

    /// Reads the value of a label; `alone`: it stands on a line of its own.
    fn value(&mut self, label: Label, line: &str, from: usize, alone: bool) -> Option<usize> {
        let after_colon = if alone { Some(from) } else { colon(line, from) };
        match label {
            Label::Passcode => self.passcode(line, after_colon, from),
            Label::Tenant => {
                self.section = Some((Section::Video, REACH));
                let (text, end) = word(line, after_colon?);
                // With the partner's host it is an address.
                let is_key = !text.is_empty() && !text.contains('@');
                is_key.then(|| self.push(Found::Tenant(text.to_owned())))?;
                Some(end)
            }
            _ => {
                let start = after_colon.unwrap_or(from);
                let (digits, end) = digits(line, start)?;
                let kind = match label {
                    Label::MeetingOf(_) => Label::Meeting,
                    other => other,
                };
                if kind != Label::HostKey {
                    self.push(Found::Number(kind, digits));
                }
                Some(end)
            }
        }
    }

    /// A passcode is one word, and what is one word of several without a digit is a sentence.
    fn passcode(&mut self, line: &str, colon: Option<usize>, from: usize) -> Option<usize> {
        let (text, end) = word(line, colon.unwrap_or(from));
        let text = text.trim_end_matches([',', ';', '。', '，']);
        let in_digits = text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        let rest = line.get(end..).unwrap_or_default().trim();
        let is_alone = rest.is_empty() || rest.starts_with(['(', '<']);
        let fits = !text.is_empty()
            && text.len() <= MAX_PASSCODE
            && text.is_ascii()
            && (colon.is_some() || in_digits)
            && (has_digit || is_alone)
            && !text.contains("://");
        if !fits {
            return None;
        }
        let beside = window(rest, LONGEST_WORD).strip_prefix('(').and_then(|inner| {
            let inner = inner.split(')').next().unwrap_or_default();
            let mut runs = inner.split(|c: char| !c.is_ascii_digit());
            runs.find(|run| (4..=MAX_DIGITS).contains(&run.len())).map(str::to_owned)
        });
        self.push(Found::Passcode { text: text.to_owned(), digits: beside });
        Some(end)
    }

    /// What begins at a word; how many bytes of it were taken, 0 for none.
    fn token(&mut self, rest: &str, is_mail: bool) -> usize {
        let first = rest.chars().next().unwrap_or_default();
        if first == '+' {
            return self.phone(rest).unwrap_or(0);
        }
        if !first.is_ascii_alphanumeric() {
            return 0;
        }
        let text = token(window(rest, LONGEST_WORD));
        if first.is_ascii_digit() {
            if let Some(taken) = self.ip(text) {
                return taken;
            }
            if let Some(taken) = self.national(rest) {
                return taken;
            }
        }
        if !text.contains('@') {
            // The whole word, but no further than a letter that a label may begin at.
            return text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        }
        let address = Address::read(Protocol::Sip, text).filter(|_| !is_mail);
        if let Some(address) = address.filter(|address| self.is_room(address)) {
            self.address(address);
        }
        text.len()
    }

    /// What begins with a scheme.
    fn scheme(&mut self, rest: &str) -> Option<usize> {
        let name_end = rest.bytes().take(LONGEST_SCHEME + 1).position(|byte| byte == b':')?;
        let (name, _) = rest.split_at_checked(name_end)?;
        if !SCHEMES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return None;
        }
        let is_link = rest.get(name_end + 1..).is_some_and(|rest| rest.starts_with("//"));
        let most = if is_link { link::MAX_LINK + 1 } else { LONGEST_WORD };
        let text = token(window(rest, most));
        let inner = text.get(name_end + 1..).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "http" | "https" | "zoommtg" if inner.starts_with("//") => self.link(text),
            "sip" | "sips" | "h323" if !inner.is_empty() => {
                let protocol =
                    if name.eq_ignore_ascii_case("h323") { Protocol::H323 } else { Protocol::Sip };
                let secure = name.eq_ignore_ascii_case("sips");
                match Address::read(protocol, inner) {
                    Some(address) => self.address(Address { secure, ..address }),
                    None if protocol == Protocol::H323 => {
                        let inner = inner.split(['?', ';']).next().unwrap_or_default();
                        self.section = Some((Section::H323, REACH));
                        self.ip(inner);
                    }
                    None => {}
                }
            }
            "pexip" => {
                let inner = inner.trim_start_matches('/');
                if let Some(address) = Address::read(Protocol::Sip, inner) {
                    self.push(Found::Of(Service::Pexip));
                    self.address(address);
                }
            }
            "tel" => {
                let after = rest.get(name_end + 1..).unwrap_or_default();
                return Some(name_end + 1 + self.tel(after, inner));
            }
            "mailto" => {}
            _ => return None,
        }
        Some(text.len())
    }

    fn link(&mut self, text: &str) {
        match link::read(text) {
            Read::Meeting(link) => self.push(Found::Link(link)),
            Read::Other(url) if matches!(self.section, Some((Section::Web, _))) => {
                self.section = None;
                self.push(Found::Page(url));
            }
            Read::LookAlike(host) => self.push(Found::LookAlike(host)),
            Read::Other(_) | Read::Nothing => {}
        }
    }

    /// The number of a `tel:` URI (RFC 3966), with commas as telephones write them, encoded or
    /// not, and with the spaces that invitations put in.
    fn tel(&mut self, after: &str, inner: &str) -> usize {
        if inner.contains('%') {
            let decoded = link::decoded(inner);
            self.number(&decoded);
            return inner.len();
        }
        match self.number(after) {
            0 => inner.len(),
            taken => taken,
        }
    }

    fn phone(&mut self, rest: &str) -> Option<usize> {
        let taken = self.number(rest);
        (taken > 0).then_some(taken)
    }

    /// A number without a country, where telephones are spoken of.
    fn national(&mut self, rest: &str) -> Option<usize> {
        let in_section = matches!(self.section, Some((Section::Phone, _)));
        let begins = ["0", "400", "800", "95"].iter().any(|start| rest.starts_with(start));
        if !in_section || !begins {
            return None;
        }
        self.phone(rest)
    }

    /// A number with what is typed after it; how much was taken.
    fn number(&mut self, rest: &str) -> usize {
        let Some((number, end)) = telephone(rest) else { return 0 };
        let after = rest.get(end..).unwrap_or_default();
        let is_typed = |c: char| c.is_ascii_digit() || matches!(c, ',' | '#' | '*' | ';');
        let typed_end = match after.starts_with([',', ';']) {
            true => after.find(|c| !is_typed(c)).unwrap_or(after.len()),
            false => 0,
        };
        let typed = after.get(..typed_end).unwrap_or_default();
        let typed = typed.trim_matches([',', ';']).replace(';', ",");
        let typed = if typed.len() > MAX_TYPED { String::new() } else { typed };
        self.push(Found::Phone(Phone { number, typed }));
        end + typed_end
    }

    /// An address of IPv4, alone where addresses are spoken of, or with what is dialled there.
    fn ip(&mut self, text: &str) -> Option<usize> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (ip, after) = text.split_at(end);
        let address: Ipv4Addr = ip.trim_end_matches('.').parse().ok()?;
        if let Some(dialled) = after.strip_prefix("##") {
            let is_dialled =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '*' | '-' | '_');
            let end = dialled.find(|c| !is_dialled(c)).unwrap_or(dialled.len());
            let dialled = dialled.get(..end.min(MAX_TYPED)).unwrap_or_default();
            self.push(Found::Dial(address, dialled.to_owned()));
            return Some(text.len());
        }
        let spoken_of = matches!(self.section, Some((Section::H323 | Section::Video, _)));
        if spoken_of && !after.starts_with('@') {
            self.push(Found::Ip(address));
        }
        (!after.starts_with('@')).then_some(text.len())
    }

    /// Whether an address without a scheme is one of a room, and not of a mail box.
    fn is_room(&self, address: &Address) -> bool {
        if host::service(&address.host).is_some() || host::is_look_alike(&address.host) {
            return true;
        }
        if host::is_mail(&address.host) {
            return false;
        }
        let is_number = address.user.len() >= 3
            && address.user.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '*'));
        is_number || matches!(self.section, Some((Section::Video | Section::H323, _)))
    }

    fn address(&mut self, address: Address) {
        if host::is_look_alike(&address.host) {
            self.push(Found::LookAlike(address.host.clone()));
        }
        self.push(Found::Address(address));
    }

    fn push(&mut self, found: Found) {
        self.found.push((self.part, found));
    }
}

impl Address {
    /// Reads `user@host:port`, without what parameters and headers would do to a call.
    pub(super) fn read(protocol: Protocol, text: &str) -> Option<Self> {
        let text = text.split(['?', ';']).next().unwrap_or_default();
        let (user, place) = text.trim_end_matches('.').rsplit_once('@')?;
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !place.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (place, None),
        };
        let safe = |c: char| c.is_ascii_graphic() && !"@:;?<>\"\\[]{}()|^`',/%".contains(c);
        let fits = !user.is_empty() && user.len() <= MAX_USER && user.chars().all(safe);
        let host = host.to_lowercase();
        // A host in other letters than ASCII is kept, so that it can be said to be one.
        let is_host = !host.is_ascii() || Fields::new().with(Field::Address, &host).is_ok();
        (fits && is_host && host.len() <= MAX_USER).then(|| Self {
            protocol,
            secure: false,
            user: user.to_owned(),
            host,
            port,
        })
    }
}

/// The longest word that is looked at whole, links apart: so that no line costs more than its
/// length.
const LONGEST_WORD: usize = 300;

/// The schemes that are known: of any other word nothing more is looked at.
const SCHEMES: [&str; 9] =
    ["http", "https", "zoommtg", "sip", "sips", "h323", "pexip", "tel", "mailto"];

/// The longest scheme that is known: `zoommtg`.
const LONGEST_SCHEME: usize = 8;

/// The beginning of a text.
fn window(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// The longest user or host of an address that is taken: with its scheme it is still an alias.
const MAX_USER: usize = 120;

/// What stands up to a space, a bracket or a sign of punctuation that ends it.
fn token(rest: &str) -> &str {
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '<' | '>' | '"' | '\'' | '|' | '`' | '{' | '}')
            || matches!(c, '、' | '。' | '）' | '》' | '】' | '」' | '，' | '；')
            || ('\u{4e00}'..='\u{9fff}').contains(&c)
    };
    let end = rest.find(ends).unwrap_or(rest.len());
    let text = rest.get(..end).unwrap_or_default();
    let text = text.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*']);
    // Of an address of IPv6 the bracket is a part.
    if text.contains('[') { text } else { text.trim_end_matches(']') }
}

/// Where a value begins behind a label: behind a colon, an equals sign or the end of a cell of a
/// table, perhaps behind a remark in brackets.
fn colon(line: &str, from: usize) -> Option<usize> {
    const LONGEST_REMARK: usize = 60;
    let rest = line.get(from..)?;
    let mut inner = rest.trim_start_matches([' ', '*']);
    if let Some(remark) = inner.strip_prefix('(') {
        let end = window(remark, LONGEST_REMARK).find(')')?;
        inner = remark.get(end + 1..)?.trim_start_matches([' ', '*']);
    }
    let inner = inner.strip_prefix([':', '=', '\t']).or_else(|| inner.strip_prefix('为'))?;
    let inner = inner.trim_start_matches([' ', '\t', '*', ':']);
    Some(line.len() - inner.len())
}

/// One word and where it ends.
fn word(line: &str, from: usize) -> (&str, usize) {
    let rest = window(line.get(from..).unwrap_or_default(), LONGEST_WORD);
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '('))
        .unwrap_or(rest.len());
    (rest.get(..end).unwrap_or_default(), start + end)
}

/// Digits in groups, at least three, and where they end with the `#` behind them.
fn digits(line: &str, from: usize) -> Option<(String, usize)> {
    let rest = line.get(from..)?;
    let mut digits = String::new();
    let mut end = 0;
    let mut gap = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '0'..='9' => {
                digits.push(c);
                end = at + 1;
                gap = 0;
            }
            ' ' | '-' | '.' if gap < 1 && !digits.is_empty() => gap += 1,
            ' ' | ':' | '#' | '*' | '\t' if digits.is_empty() && at < 4 => {}
            '#' if end == at => {
                end = at + 1;
                break;
            }
            _ => break,
        }
        if digits.len() > MAX_DIGITS {
            return None;
        }
    }
    (digits.len() >= 3).then_some((digits, from + end))
}

/// A telephone number in its one form and where it ends.
fn telephone(rest: &str) -> Option<(String, usize)> {
    const FEWEST: usize = 7;
    const MOST: usize = 15;
    let mut number = String::new();
    let (mut end, mut gap, mut brackets) = (0, 0, 0_u8);
    for (at, c) in rest.char_indices() {
        match c {
            '+' if number.is_empty() => number.push(c),
            '0'..='9' => {
                number.push(c);
                end = at + 1;
                gap = 0;
            }
            '(' if brackets == 0 => (brackets, gap) = (1, 0),
            ')' if brackets == 1 => (brackets, gap) = (2, 0),
            ' ' | '-' | '.' if gap < 2 => gap += 1,
            _ => break,
        }
        if number.len() > MOST + 1 {
            return None;
        }
    }
    let count = number.trim_start_matches('+').len();
    ((FEWEST..=MOST).contains(&count)).then_some((number, end))
}

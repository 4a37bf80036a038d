//! Which lines are a mail that is quoted: nobody who pastes one means its addresses first.

use super::document::{Document, Line, MAX_PARTS, Part};

/// What stands above a mail that was forwarded or answered, on a line of its own.
const RULES: [&str; 8] = [
    "original message",
    "forwarded message",
    "begin forwarded message",
    "原始邮件",
    "邮件原件",
    "转发的邮件",
    "ursprüngliche nachricht",
    "message d'origine",
];

/// How a line ends that says who wrote what follows.
const WROTE: [&str; 7] =
    ["wrote:", "写道:", "寫道:", "schrieb:", "a écrit :", "escribió:", "escreveu:"];

/// The first line of a mail's head, and those below it.
const FROM: [&str; 6] = ["from:", "发件人:", "寄件者:", "von:", "de:", "差出人:"];
const HEAD: [&str; 14] = [
    "sent:",
    "date:",
    "to:",
    "subject:",
    "发送时间:",
    "发送日期:",
    "日期:",
    "时间:",
    "收件人:",
    "gesendet:",
    "envoyé:",
    "enviado:",
    "送信日時:",
    "an:",
];

/// Lines below the first that are looked at.
const HEAD_LINES: usize = 3;

/// Splits the lines of a document where a quoted mail begins or ends.
pub(super) fn split(document: &mut Document) {
    let lines = std::mem::take(&mut document.lines);
    let parts = std::mem::take(&mut document.parts);
    let mut splitter = Splitter { document, old: None, depth: 0, is_below: false, wrote: false };
    for (at, line) in lines.iter().enumerate() {
        let below = lines.get(at + 1..).unwrap_or_default();
        splitter.line(line, below, parts.get(line.part).copied().unwrap_or_default());
    }
}

struct Splitter<'d> {
    document: &'d mut Document,
    /// The part of the line before, as it was.
    old: Option<usize>,
    /// How many `>` stand before the lines.
    depth: usize,
    /// A mark was seen: everything below is quoted.
    is_below: bool,
    /// Something was written above.
    wrote: bool,
}

impl Splitter<'_> {
    fn line(&mut self, line: &Line, below: &[Line], part: Part) {
        let (depth, text) = unquoted(&line.text);
        let marks = is_mark(text) || is_head(text, below);
        // What stands on top is the mail itself, not one that is quoted.
        self.is_below |= marks && self.wrote;
        if marks || depth != self.depth || self.old != Some(line.part) {
            self.depth = depth;
            self.old = Some(line.part);
            let quoted = part.quoted || self.is_below || depth > 0;
            self.begin(Part { quoted, ..part });
        }
        self.wrote |= !marks && !text.trim().is_empty();
        let part = self.document.parts.len().saturating_sub(1);
        self.document.lines.push(Line { text: text.to_owned(), part, is_link: line.is_link });
    }

    fn begin(&mut self, part: Part) {
        if self.document.parts.len() < MAX_PARTS {
            self.document.begin(part);
        } else if let Some(last) = self.document.parts.last_mut() {
            // Rather all quoted than one of them not.
            last.quoted = true;
        }
    }
}

/// How deep a line is quoted, and what it says.
fn unquoted(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    while let Some(inner) = rest.trim_start().strip_prefix('>') {
        depth += 1;
        rest = inner;
    }
    (depth, rest)
}

fn is_mark(line: &str) -> bool {
    // A line that long says more than that.
    const LONGEST: usize = 200;
    if line.len() > LONGEST {
        return false;
    }
    let folded = line.trim().to_lowercase();
    let bare = folded.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | ' ' | ':' | '*'));
    RULES.contains(&bare) || WROTE.iter().any(|end| folded.ends_with(end))
}

fn is_head(line: &str, below: &[Line]) -> bool {
    let begins = |line: &str, labels: &[&str]| {
        let folded: String = line.trim().chars().take(20).collect::<String>().to_lowercase();
        let folded = folded.trim_start_matches('*').replace(" :", ":").replace("*:", ":");
        labels.iter().any(|label| folded.starts_with(label))
    };
    begins(line, &FROM)
        && below.iter().take(HEAD_LINES).any(|line| begins(unquoted(&line.text).1, &HEAD))
}

//! Characters that only look different, to one form; and entities of HTML.

/// A line as it is scanned: full-width characters, spaces and dashes of every kind as ASCII, and
/// nothing that is not seen: marks of writing direction hide what an address is.
pub(super) fn line(text: &str) -> String {
    text.chars().filter_map(character).collect()
}

fn character(c: char) -> Option<char> {
    Some(match c {
        '\t' | ' '..='~' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => return None,
        '\u{2060}'..='\u{2069}' | '\u{feff}' => return None,
        c if c.is_control() => return None,
        c => c,
    })
}

/// The longest entity that is looked for, with `&` and `;`.
const MAX_ENTITY: usize = 12;

/// Undoes the entities of HTML that mail programs write; what is none stays.
pub(super) fn entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let window = after.get(..after.floor_char_boundary(MAX_ENTITY)).unwrap_or_default();
        let end = window.find(';');
        match end.and_then(|end| Some((end, entity(window.get(1..end)?)?))) {
            Some((end, c)) => {
                plain.push(c);
                rest = after.get(end + 1..).unwrap_or_default();
            }
            None => {
                plain.push('&');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "zwnj" | "zwj" | "lrm" | "rlm" | "shy" => '\u{200b}',
        "ndash" | "mdash" => '-',
        "colon" => ':',
        "commat" => '@',
        "num" => '#',
        "plus" => '+',
        "period" => '.',
        "lpar" => '(',
        "rpar" => ')',
        "bull" | "middot" => '·',
        "hellip" => '…',
        _ => return None,
    })
}

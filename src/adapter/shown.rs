//! Texts of strangers, as they may be shown to people and kept.

/// Characters of a `User-Agent` that are kept.
pub(crate) const MAX_USER_AGENT: usize = 256;

/// Characters of a display name that are kept: what a tile can show.
pub(crate) const MAX_DISPLAY_NAME: usize = 64;

/// Text that may be shown: no control characters, no marks that turn the writing direction.
pub(crate) fn shown(text: &str, most: usize) -> String {
    seen(text).chars().take(most).collect::<String>().trim().to_owned()
}

/// What a reader sees of a text: no control and no format characters, which forge lines, turn the
/// writing direction, or are refused by a database.
pub(crate) fn seen(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !is_format(*c)).collect()
}

/// The format characters of Unicode (general category Cf) and its separators of lines.
fn is_format(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_line_or_turn_the_text_around() {
        let name = "Ann\r\nInjected: yes\u{202e}gnp.exe\u{7}";
        assert_eq!(shown(name, MAX_DISPLAY_NAME), "AnnInjected: yesgnp.exe");
        assert_eq!(shown(&"会".repeat(100), MAX_DISPLAY_NAME).chars().count(), 64);
    }
}

//! The words of an ASN.1 module.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word(String),
    Number(i64),
    Text(String),
    /// `::=`, `...`, `..` or one character.
    Mark(String),
}

/// Splits a module into words, without comments. A comment ends with its line or with `--`.
pub fn tokens(text: &str) -> Vec<Token> {
    let text: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (vec![], 0);
    let starts =
        |at: usize, mark: &str| text[at..].iter().copied().take(mark.len()).eq(mark.chars());
    while at < text.len() {
        let c = text[at];
        if c.is_whitespace() || !c.is_ascii() {
            at += 1;
        } else if starts(at, "--") {
            at += 2;
            while at < text.len() && text[at] != '\n' && !starts(at, "--") {
                at += 1;
            }
            at += if at < text.len() && text[at] == '-' { 2 } else { 0 };
        } else if c.is_ascii_alphabetic() {
            let start = at;
            while at < text.len()
                && (text[at].is_ascii_alphanumeric() || text[at] == '-')
                && !starts(at, "--")
            {
                at += 1;
            }
            out.push(Token::Word(text[start..at].iter().collect()));
        } else if c.is_ascii_digit() || c == '-' {
            let start = at;
            at += 1;
            while at < text.len() && text[at].is_ascii_digit() {
                at += 1;
            }
            let number: String = text[start..at].iter().collect();
            out.push(Token::Number(number.parse().expect("a number")));
        } else if c == '"' {
            let end = (at + 1..text.len()).find(|at| text[*at] == '"').expect("a closing quote");
            out.push(Token::Text(text[at + 1..end].iter().collect()));
            at = end + 1;
        } else {
            let mark = ["::=", "...", ".."].into_iter().find(|mark| starts(at, mark));
            let mark = mark.map_or_else(|| c.to_string(), str::to_owned);
            at += mark.len();
            out.push(Token::Mark(mark));
        }
    }
    out
}

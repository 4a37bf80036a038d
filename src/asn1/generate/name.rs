//! Names of ASN.1 -> names of Rust.

/// The words of a name: `nonStandardData` has three, `iPAddress` two.
fn words(name: &str) -> Vec<String> {
    let mut chars: Vec<char> = name.chars().collect();
    // A first capital that ASN.1 made small: iPAddress, nSAP.
    if chars.len() > 1 && chars[0].is_ascii_lowercase() && chars[1].is_ascii_uppercase() {
        chars[0] = chars[0].to_ascii_uppercase();
    }
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        if c == '-' {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).map_or('-', |at| chars[at]);
        let after = chars.get(at + 1).copied().unwrap_or('-');
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && after.is_ascii_lowercase());
        if begins {
            words.push(String::new());
        }
        words.last_mut().expect("there is one").push(c.to_ascii_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `SetupUuie`.
pub fn pascal(name: &str) -> String {
    let upper = |word: String| word[..1].to_ascii_uppercase() + &word[1..];
    words(name).into_iter().map(upper).collect()
}

/// `h323_uu_pdu`; a keyword gets an underscore.
pub fn snake(name: &str) -> String {
    let snake = words(name).join("_");
    match snake.as_str() {
        "type" | "in" | "ref" | "where" | "self" | "loop" | "move" => snake + "_",
        _ => snake,
    }
}

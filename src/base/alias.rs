//! A dialable name in canonical form.

use std::fmt;
use std::net::IpAddr;

/// The longest alias that is taken: no dialable name of any service comes near it.
pub const MAX_ALIAS_LEN: usize = 256;

/// A dialable name, parsed once. Two aliases that reach the same place compare equal:
/// schemes, hosts and `user=phone` are folded away, visual separators of numbers removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alias {
    /// `sip:user@host` and `sips:user@host` without port and parameters.
    Sip {
        /// The user part, percent-decoded where that is unambiguous. May be empty.
        user: String,
        /// The host in lower case.
        host: String,
    },
    /// `h323:user@host` (RFC 3508).
    H323 {
        /// The user part.
        user: String,
        /// The host in lower case, empty where the alias has none.
        host: String,
    },
    /// A telephone number: `+` and digits, or digits as dialled.
    Number(String),
}

/// Why a text is not an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasError {
    /// Longer than [`MAX_ALIAS_LEN`].
    TooLong,
    /// Neither a number, nor `user@host`, nor a known scheme.
    NotAnAlias,
    /// A control character or a space inside.
    BadCharacter,
}

impl fmt::Display for AliasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AliasError::TooLong => "an alias has at most 256 bytes",
            AliasError::NotAnAlias => "expected a number, user@host, sip:, sips:, h323: or tel:",
            AliasError::BadCharacter => "an alias has no space and no control character",
        })
    }
}

impl std::error::Error for AliasError {}

impl Alias {
    /// A SIP alias of its parts.
    pub fn sip(user: &str, host: &str) -> Self {
        Alias::Sip { user: user.to_owned(), host: host.to_ascii_lowercase() }
    }

    /// Reads what a person types or a configuration holds.
    pub fn parse(text: &str) -> Result<Self, AliasError> {
        let text = text.trim();
        if text.len() > MAX_ALIAS_LEN {
            return Err(AliasError::TooLong);
        }
        if text.chars().any(|c| c.is_control()) {
            return Err(AliasError::BadCharacter);
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if !scheme.contains(['@', '[']) => {
                (scheme.to_ascii_lowercase(), rest)
            }
            _ => (String::new(), text),
        };
        match scheme.as_str() {
            "tel" => number(rest.split(';').next().unwrap_or_default()),
            "sip" | "sips" => sip(rest),
            "h323" => h323(rest),
            "" => room_at_address(rest).or_else(|_| number(rest)).or_else(|_| {
                if rest.contains('@') { sip(rest) } else { Err(AliasError::NotAnAlias) }
            }),
            _ => Err(AliasError::NotAnAlias),
        }
    }

    /// The part that names the callee at its host: the user, or the number.
    pub fn user(&self) -> &str {
        match self {
            Alias::Sip { user, .. } | Alias::H323 { user, .. } => user,
            Alias::Number(digits) => digits,
        }
    }
}

fn sip(rest: &str) -> Result<Alias, AliasError> {
    let (user, host) = user_and_host(rest)?;
    Ok(Alias::Sip { user, host })
}

/// RFC 3508: without `@` it is a user.
fn h323(rest: &str) -> Result<Alias, AliasError> {
    let parameters = rest.find(';').filter(|_| !rest.contains('@'));
    let bare = parameters.and_then(|at| rest.get(..at)).unwrap_or(rest);
    let (user, host) = match bare.contains('@') {
        true => user_and_host(bare)?,
        false => (bare.to_owned(), String::new()),
    };
    if user.is_empty() && host.is_empty() {
        return Err(AliasError::NotAnAlias);
    }
    if user.contains(char::is_whitespace) {
        return Err(AliasError::BadCharacter);
    }
    Ok(Alias::H323 { user, host })
}

fn user_and_host(rest: &str) -> Result<(String, String), AliasError> {
    let rest = rest.split(['?', '>']).next().unwrap_or_default();
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", rest),
    };
    let host = host.split(';').next().unwrap_or_default();
    let host = if let Some(end) = host.strip_prefix('[').and_then(|h| h.find(']')) {
        &host[..=end + 1]
    } else {
        host.split(':').next().unwrap_or_default()
    };
    if user.contains(char::is_whitespace) || host.contains(char::is_whitespace) {
        return Err(AliasError::BadCharacter);
    }
    if user.is_empty() && host.is_empty() {
        return Err(AliasError::NotAnAlias);
    }
    let user = user.split(';').next().unwrap_or_default();
    Ok((user.to_owned(), host.to_ascii_lowercase()))
}

/// `10.0.0.5##1001`, as room systems dial a room at an address.
fn room_at_address(text: &str) -> Result<Alias, AliasError> {
    let parts = text.split_once("##").filter(|(host, _)| host.parse::<IpAddr>().is_ok());
    let (host, room) = parts.ok_or(AliasError::NotAnAlias)?;
    if room.contains(char::is_whitespace) {
        return Err(AliasError::BadCharacter);
    }
    Ok(Alias::H323 { user: room.to_owned(), host: host.to_ascii_lowercase() })
}

fn number(text: &str) -> Result<Alias, AliasError> {
    let mut digits = String::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        match c {
            '+' if at == 0 => digits.push(c),
            '0'..='9' | '*' | '#' => digits.push(c),
            '-' | '.' | '(' | ')' | ' ' => {}
            _ => return Err(AliasError::NotAnAlias),
        }
    }
    if digits.trim_start_matches('+').is_empty() {
        return Err(AliasError::NotAnAlias);
    }
    Ok(Alias::Number(digits))
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alias::Sip { user, host } if user.is_empty() => write!(f, "sip:{host}"),
            Alias::Sip { user, host } => write!(f, "sip:{user}@{host}"),
            Alias::H323 { user, host } if host.is_empty() => write!(f, "h323:{user}"),
            Alias::H323 { user, host } => write!(f, "h323:{user}@{host}"),
            Alias::Number(digits) => f.write_str(digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_that_reach_the_same_place_are_equal() {
        let canonical = Alias::sip("room", "example.com");
        for text in
            ["sip:room@Example.COM", "sips:room@example.com:5061;transport=tls", "room@example.com"]
        {
            assert_eq!(Alias::parse(text), Ok(canonical.clone()), "{text}");
        }
        assert_eq!(
            Alias::parse("tel:+86-21-1234-5678;ext=1"),
            Ok(Alias::Number("+862112345678".into()))
        );
        assert_eq!(Alias::parse("400 820 8820"), Ok(Alias::Number("4008208820".into())));
        assert_eq!(Alias::parse("sip:1@[2001:DB8::1]:5060"), Ok(Alias::sip("1", "[2001:db8::1]")));
        let room = Alias::H323 { user: "1001".into(), host: String::new() };
        assert_eq!(Alias::parse("h323:1001"), Ok(room), "RFC 3508");
        let room = Alias::H323 { user: "1001".into(), host: "10.0.0.5".into() };
        assert_eq!(Alias::parse("10.0.0.5##1001"), Ok(room));
        assert_eq!(Alias::parse("mailto:x@y"), Err(AliasError::NotAnAlias));
        assert_eq!(Alias::parse("sip:a\u{7}b@c"), Err(AliasError::BadCharacter));
        assert_eq!(Alias::parse("+"), Err(AliasError::NotAnAlias));
    }

    proptest! {
        #[test]
        fn the_canonical_form_reads_back(text in "\\PC{0,40}") {
            if let Ok(alias) = Alias::parse(&text)
                && let Ok(again) = Alias::parse(&alias.to_string()) {
                    prop_assert_eq!(again, alias);
                }
        }
    }
}

//! What a name is: a user at any of our hosts, or one alias as a whole.

use crate::NumberPlan;
use crate::dialled::Dialled;
use causeway_base::Alias;
use causeway_base::alias::AliasError;
use std::fmt;

/// A name: a user or a number at any of our hosts, or one alias as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AliasPattern {
    /// A user or a number, in every protocol, at any of our hosts.
    AtOurHosts(String),
    /// This alias and no other; for bridges that serve several domains.
    Exactly(Alias),
}

/// Why a text is not a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// Empty, or a user name with a space or a control character.
    BadName,
    /// An alias that cannot be read.
    BadAlias(AliasError),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternError::BadName => f.write_str("expected a name like 1001 or room@example.com"),
            PatternError::BadAlias(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PatternError {}

impl AliasPattern {
    /// Reads a pattern: `1001`, `+86 21 1234`, `room`, `sip:room@example.com`.
    ///
    /// # Errors
    /// When the text is neither a name nor an alias.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        match Alias::parse(text) {
            Ok(Alias::Number(digits)) => Ok(AliasPattern::AtOurHosts(digits)),
            Ok(alias) => Ok(AliasPattern::Exactly(alias)),
            Err(error) if text.contains(['@', ':']) => Err(PatternError::BadAlias(error)),
            Err(_)
                if text.is_empty()
                    || text.contains(|c: char| c.is_whitespace() || c.is_control()) =>
            {
                Err(PatternError::BadName)
            }
            Err(_) => Ok(AliasPattern::AtOurHosts(text.to_owned())),
        }
    }

    /// The keys under which a call asks for it ([`Names::find`](super::Names::find)): one, or two
    /// for a number that has a canonical form. Names compare without regard to ASCII case:
    /// people read them aloud.
    pub fn keys(&self, numbers: &NumberPlan) -> Vec<String> {
        let name = match self {
            AliasPattern::AtOurHosts(name) | AliasPattern::Exactly(Alias::Number(name)) => name,
            AliasPattern::Exactly(alias) => {
                let dialled = Dialled::new(alias, numbers);
                return vec![dialled.whole().unwrap_or_else(|| dialled.user.to_ascii_lowercase())];
            }
        };
        let mut keys = vec![name.to_ascii_lowercase()];
        if let Some(number) = numbers.read(name)
            && Some(number.as_str()) != keys.first().map(String::as_str)
        {
            keys.push(number.as_str().to_owned());
        }
        keys
    }
}

//! What a rule matches.

use crate::IncomingCall;
use crate::explanation::Verdict;
use causeway_base::Alias;
use causeway_base::alias::AliasError;
use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

/// The names under which callers reach this bridge.
#[derive(Clone, Debug, Default)]
pub struct OurHosts(HashSet<String>);

impl OurHosts {
    /// From names and addresses, IPv6 with or without brackets.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(hosts.into_iter().map(canonical).collect())
    }

    /// Whether a host is ours. The address at which the call arrived always is, and so is
    /// `localhost` on the loopback.
    pub fn contains(&self, host: &str, local: IpAddr) -> bool {
        let host = canonical(host);
        self.0.contains(&host)
            || host == local.to_canonical().to_string()
            || (local.to_canonical().is_loopback() && host == "localhost")
    }
}

fn canonical(host: &str) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => bare.to_ascii_lowercase(),
    }
}

/// What a rule matches: a name at any of our hosts, or one alias as a whole.
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

    /// What the pattern says to a call. Names compare without regard to ASCII case: people read
    /// them aloud.
    pub fn verdict(&self, call: &IncomingCall<'_>, ours: &OurHosts) -> Verdict {
        let called = call.called;
        match self {
            AliasPattern::AtOurHosts(name) => {
                if !same(called.user(), name) {
                    return Verdict::OtherName;
                }
                match host(called) {
                    Some(host) if !ours.contains(host, call.local) => Verdict::NotOurHost,
                    _ => Verdict::Matched,
                }
            }
            AliasPattern::Exactly(alias) => {
                if !same(called.user(), alias.user()) {
                    Verdict::OtherName
                } else if std::mem::discriminant(called) != std::mem::discriminant(alias) {
                    Verdict::OtherProtocol
                } else if host(called).map(canonical) != host(alias).map(canonical) {
                    Verdict::OtherHost
                } else {
                    Verdict::Matched
                }
            }
        }
    }
}

/// The host of an alias that has one.
fn host(alias: &Alias) -> Option<&str> {
    match alias {
        Alias::Sip { host, .. } | Alias::H323 { host, .. } => {
            Some(host.as_str()).filter(|host| !host.is_empty())
        }
        Alias::Number(_) => None,
    }
}

/// Same name; visual separators of a number do not count (RFC 3966 section 5.1.1).
fn same(called: &str, name: &str) -> bool {
    called.eq_ignore_ascii_case(name)
        || matches!(Alias::parse(called), Ok(Alias::Number(digits)) if digits == name)
}

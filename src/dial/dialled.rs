//! What somebody dialled, in the forms in which names and rules know it.

use crate::e164::{Number, NumberPlan, narrow};
use crate::host::canonical;
use causeway_base::Alias;
use std::net::IpAddr;

/// An alias taken apart.
pub(crate) struct Dialled {
    /// `sip:` or `h323:`; empty for a number without a host.
    scheme: &'static str,
    /// The user or the number as dialled; empty when only an address was dialled.
    pub(crate) user: String,
    /// The host in canonical form.
    pub(crate) host: Option<String>,
    /// The user as a number in canonical form, where it is one.
    pub(crate) number: Option<Number>,
}

impl Dialled {
    pub(crate) fn new(alias: &Alias, numbers: &NumberPlan) -> Self {
        let (scheme, host) = match alias {
            Alias::Sip { host, .. } => ("sip:", host.as_str()),
            Alias::H323 { host, .. } => ("h323:", host.as_str()),
            Alias::Number(_) => ("", ""),
        };
        let (address, user) = address_and_room(alias.user());
        let host = address.unwrap_or(host);
        let user: String = user.chars().map(narrow).collect();
        let number = numbers.read(&user);
        let host = (!host.is_empty()).then(|| canonical(host));
        Self { scheme, user, host, number }
    }

    /// The texts that a rule may match, `user@host` or a number alone, each with the length of
    /// its user: as dialled, and with the number in canonical form where that differs.
    pub(crate) fn texts(&self) -> Vec<Text> {
        let mut texts = vec![Text::new(&self.user, self.host.as_deref())];
        if let Some(number) = &self.number
            && number.as_str() != self.user
        {
            texts.push(Text::new(number.as_str(), self.host.as_deref()));
        }
        texts
    }

    /// The whole alias as names know it.
    pub(crate) fn whole(&self) -> Option<String> {
        let host = self.host.as_ref()?;
        Some(format!("{}{}@{host}", self.scheme, self.user.to_ascii_lowercase()))
    }
}

/// A text that a rule may match.
pub(crate) struct Text {
    whole: String,
    user: usize,
}

impl Text {
    /// Of its parts.
    pub(crate) fn new(user: &str, host: Option<&str>) -> Self {
        let whole = match host {
            Some(host) => format!("{user}@{host}"),
            None => user.to_owned(),
        };
        Self { whole, user: user.len() }
    }

    pub(crate) fn user(&self) -> &str {
        self.whole.get(..self.user).unwrap_or(&self.whole)
    }

    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }
}

/// `10.0.0.5##1001`, as room systems dial a room at an address: the address, empty where none
/// stands there, and the room. Without this the address would be read as a part of the number.
fn address_and_room(user: &str) -> (Option<&str>, &str) {
    match user.split_once("##") {
        Some(("", room)) if !room.is_empty() => (None, room.trim_end_matches('#')),
        Some((address, room)) if address.parse::<IpAddr>().is_ok() => {
            (Some(address), room.trim_end_matches('#'))
        }
        _ => (None, user),
    }
}

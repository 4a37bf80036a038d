//! When two URIs mean the same.

use super::{SipUri, TelUri, Uri, escape};
use crate::{param::Params, text::Text};

pub(super) fn uris(a: &Uri, b: &Uri) -> bool {
    match (a, b) {
        (Uri::Sip(a), Uri::Sip(b)) => sip(a, b),
        (Uri::Tel(a), Uri::Tel(b)) => tel(a, b),
        (Uri::Other(a), Uri::Other(b)) => a.scheme.eq_ignore_case(&b.scheme) && a.rest == b.rest,
        _ => false,
    }
}

/// RFC 3261 section 19.1.4.
fn sip(a: &SipUri, b: &SipUri) -> bool {
    a.scheme == b.scheme
        && optional(a.user.as_ref(), b.user.as_ref(), |a, b| same(a, b, Case::Sensitive))
        && optional(a.password.as_ref(), b.password.as_ref(), |a, b| same(a, b, Case::Sensitive))
        && a.host.equivalent(&b.host)
        && a.port == b.port
        && params(&a.params, &b.params)
        && headers(&a.headers, &b.headers)
}

/// A parameter in both must be the same in both; these in one must be in both.
const IN_BOTH: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

fn params(a: &Params, b: &Params) -> bool {
    let agrees = |one: &Params, other: &Params| {
        one.iter().all(|(name, value)| {
            let is_this = |n: &Text| same(n, name, Case::Insensitive);
            let mut theirs = other.iter().filter(|(n, _)| is_this(n)).peekable();
            if theirs.peek().is_none() {
                return !IN_BOTH.iter().any(|must| is_this(&Text::from_static(must)));
            }
            theirs.any(|(_, v)| optional(value, v, |a, b| same(a, b, Case::Insensitive)))
        })
    };
    agrees(a, b) && agrees(b, a)
}

/// Every header in one must be in the other, in any order.
fn headers(a: &Params, b: &Params) -> bool {
    let found = |name: &Text, value: Option<&Text>, other: &Params| {
        other.iter().any(|(n, v)| {
            same(n, name, Case::Insensitive)
                && optional(v, value, |a, b| same(a, b, Case::Sensitive))
        })
    };
    a.len() == b.len()
        && a.iter().all(|(name, value)| found(name, value, b))
        && b.iter().all(|(name, value)| found(name, value, a))
}

/// RFC 3966 section 4: visual separators do not count; parameters compare without order.
fn tel(a: &TelUri, b: &TelUri) -> bool {
    let digits = |uri: &TelUri| -> Vec<u8> {
        let number = uri.number.as_bytes().iter();
        number
            .filter(|b| !matches!(b, b'-' | b'.' | b'(' | b')'))
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let params = |a: &TelUri, b: &TelUri| {
        a.params.iter().all(|(name, value)| {
            let mut theirs = b.params.iter().filter(|(n, _)| n.eq_ignore_case(name));
            theirs.any(|(_, v)| optional(value, v, |a, b| a.eq_ignore_case(b)))
        })
    };
    digits(a) == digits(b) && params(a, b) && params(b, a)
}

fn optional(a: Option<&Text>, b: Option<&Text>, same: impl Fn(&Text, &Text) -> bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Sensitive,
    Insensitive,
}

/// Equality where a character and its escape are the same, unless it is a reserved one.
fn same(a: &Text, b: &Text, case: Case) -> bool {
    let mut a = Characters(a.as_bytes());
    let mut b = Characters(b.as_bytes());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) => {
                let folded = a.1.eq_ignore_ascii_case(&b.1) && case == Case::Insensitive;
                if a.0 != b.0 || !(a.1 == b.1 || folded) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// (is an escaped reserved character, the character)
struct Characters<'a>(&'a [u8]);

impl Iterator for Characters<'_> {
    type Item = (bool, u8);

    fn next(&mut self) -> Option<(bool, u8)> {
        let (&byte, tail) = self.0.split_first()?;
        let Some(plain) = escape::escaped(self.0) else {
            self.0 = tail;
            return Some((false, byte));
        };
        self.0 = self.0.get(3..).unwrap_or_default();
        Some((b";/?:@&=+$,".contains(&plain), plain))
    }
}

//! `[calling_out]`: whom the bridge may call, and how much.

use super::raw::RawCallingOut;
use super::resolve::Finder;
use super::source::At;
use causeway_dial::calling_out::MAX_DAY_CALLS;
use causeway_dial::{CallingOut, Prefix};
use std::time::Duration;

/// Minutes of a day on every line of a large trunk.
const MAX_MINUTES: u64 = 10_000_000;

pub(super) fn calling_out(finder: &mut Finder<'_>, raw: &RawCallingOut) -> CallingOut {
    let table = "calling_out";
    finder.range(table, "day_calls", raw.day_calls, 0, MAX_DAY_CALLS);
    finder.range(table, "day_minutes", raw.day_minutes, 0, MAX_MINUTES);
    finder.range(table, "call_minutes", raw.call_minutes, 1, 24 * 60);
    let allow = prefixes(finder, "allow", &raw.allow);
    let deny = prefixes(finder, "deny", &raw.deny);
    for (index, domain) in raw.domains.iter().enumerate() {
        let host = domain.strip_prefix('.').unwrap_or(domain);
        if host.is_empty() || host.contains(['@', ':', '/', '*', ' ']) {
            let at = [At::Key(table), At::Key("domains"), At::Index(index)];
            finder.find(
                &at,
                "not a host",
                "write \"example.com\", or \".example.com\" for all below",
            );
        }
    }
    CallingOut {
        enabled: raw.enabled,
        host_needed: raw.host_needed,
        allow,
        deny,
        domains: raw.domains.clone(),
        conference_simultaneous: raw.conference_simultaneous,
        conference_total: raw.conference_total,
        day_calls: raw.day_calls,
        day_time: Duration::from_secs(raw.day_minutes.min(MAX_MINUTES) * 60),
        call_time: Duration::from_secs(raw.call_minutes.min(24 * 60) * 60),
    }
}

fn prefixes(finder: &mut Finder<'_>, key: &str, texts: &[String]) -> Vec<Prefix> {
    let mut prefixes = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match Prefix::parse(text) {
            Some(prefix) => prefixes.push(prefix),
            None => {
                let at = [At::Key("calling_out"), At::Key(key), At::Index(index)];
                finder.find(&at, "not an international prefix", "write \"+86\" or \"+8621\"");
            }
        }
    }
    prefixes
}

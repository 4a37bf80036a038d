//! `[calling_out]`: whom the bridge may call, and how much.

use super::Config;
use super::raw::RawCallingOut;
use super::resolve::Finder;
use super::source::At;
use crate::calling_out::Outgoing;
use causeway_base::{EndCause, Lang};
use causeway_dial::calling_out::MAX_DAY_CALLS;
use causeway_dial::{CallingOut, Destination, IncomingCall, Prefix, Resolver, Rule, Target};
use std::net::{IpAddr, Ipv4Addr};
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

/// Whom the configuration sends callers to although it does not allow to call them: a line each.
pub(super) fn unreachable(config: &Config) -> Vec<String> {
    let outgoing = Outgoing::of(config);
    let rules = config.dial_plan.rules().iter().filter_map(|rule| barred(rule, config));
    rules.chain(operator(config, &outgoing)).collect()
}

/// A rule that calls out while nobody may be called. Extensions of our own exchange may be.
fn barred(rule: &Rule, config: &Config) -> Option<String> {
    let is_internal = match rule.target() {
        Target::Gateway { trunk, .. } => {
            config.trunks.profiles.get(trunk).is_some_and(|profile| profile.internal)
        }
        _ => false,
    };
    let barred = rule.target().calls_out() && !is_internal && !config.calling_out.enabled;
    barred.then(|| format!("rule {:?} calls out, but `calling_out.enabled` is off", rule.name()))
}

/// The operator, where callers could not be put through to it.
fn operator(config: &Config, outgoing: &Outgoing) -> Option<String> {
    let alias = config.reception.operator.as_ref()?;
    let local = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let call = IncomingCall { called: alias, calling: alias, trunk: None, local };
    let (found, _) = Resolver::new(config.dial_plan.clone()).resolve(&call, &config.names);
    let destination = match found {
        // No name and no rule: called as it stands.
        Destination::Reject(EndCause::NotFound) => {
            Destination::Gateway { trunk: None, target: alias.to_string(), open: true }
        }
        other => other,
    };
    let why = match destination {
        Destination::Reject(cause) => Some(cause),
        other => outgoing.verdict(&other, true).and_then(Result::err),
    };
    let sentence = why?.sentence(Lang::En);
    Some(format!("reception.operator: nobody can be put through to it: {sentence}"))
}

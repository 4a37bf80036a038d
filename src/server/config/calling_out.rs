//! `[calling_out]`: whom the bridge may call, and how much.

use super::Config;
use super::raw::RawCallingOut;
use super::resolve::Finder;
use super::source::At;
use crate::calling_out::Outgoing;
use crate::meeting::Permanent;
use causeway_base::{Alias, EndCause, Lang};
use causeway_dial::calling_out::MAX_DAY_CALLS;
use causeway_dial::{
    CallingOut, Destination, DialPlan, IncomingCall, NameTable, Prefix, Resolver, Rule, Target,
};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
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

/// An operator to whom no caller may be put through: who guesses a PIN must not pass another by
/// failing, and who failed at the reception does not begin there anew.
pub(super) fn operator_is_open(
    finder: &mut Finder<'_>,
    operator: Option<&Alias>,
    plan: &Arc<DialPlan>,
    names: &NameTable,
    conferences: &[Permanent],
) {
    let needs_pin = |key: &Arc<str>| {
        conferences
            .iter()
            .any(|conference| conference.key == *key && conference.guest_pin.is_some())
    };
    let what = match operator.map(|alias| led_to(alias, plan, names)) {
        Some(Destination::Conference(key)) if needs_pin(&key) => {
            "a conference with a guest PIN, which nobody would be asked for"
        }
        Some(Destination::Reception { .. }) => "the reception itself",
        Some(Destination::TestCall) => "the test call, where nobody is",
        _ => return,
    };
    let at = [At::Key("reception"), At::Key("operator")];
    finder.find(&at, what, "write a number, a user, or a conference without a guest PIN");
}

/// Where the operator's number leads.
fn led_to(operator: &Alias, plan: &Arc<DialPlan>, names: &NameTable) -> Destination {
    let local = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let call = IncomingCall { called: operator, calling: operator, trunk: None, local };
    Resolver::new(Arc::clone(plan)).resolve(&call, names).0
}

/// The operator, where callers could not be put through to it.
fn operator(config: &Config, outgoing: &Outgoing) -> Option<String> {
    let alias = config.reception.operator.as_ref()?;
    let destination = match led_to(alias, &config.dial_plan, &config.names) {
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

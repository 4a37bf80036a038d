//! `[dial]` and `[[rule]]`: how numbers are written here, and what takes a call that no name took.

use super::raw::{RawConfig, RawDial, RawRule};
use super::resolve::Finder;
use super::source::At;
use causeway_dial::{DialPlan, NumberPlan, OurHosts, PlanError, Rule, RuleError, RuleText, Target};
use std::collections::HashSet;

/// Digits that may stand before a number.
const MAX_PREFIX_LEN: usize = 8;

pub(super) fn numbers(finder: &mut Finder<'_>, raw: &RawDial) -> NumberPlan {
    let keys = [
        ("country_code", &raw.country_code),
        ("national_prefix", &raw.national_prefix),
        ("international_prefix", &raw.international_prefix),
        ("outside_prefix", &raw.outside_prefix),
        ("area_code", &raw.area_code),
    ];
    for (key, value) in keys {
        let at = [At::Key("dial"), At::Key(key)];
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || value.len() > MAX_PREFIX_LEN {
            finder.find(&at, "not digits", "write digits like \"86\", without + and spaces");
        }
    }
    let code = &raw.country_code;
    if code.is_empty() || code.len() > 3 || code.starts_with('0') {
        let at = [At::Key("dial"), At::Key("country_code")];
        finder.find(&at, "not a country code", "use 1 to 3 digits like \"86\" (ITU-T E.164)");
    }
    if raw.area_code.starts_with('0') {
        let at = [At::Key("dial"), At::Key("area_code")];
        finder.find(&at, "an area code begins without 0", "write \"21\" for Shanghai");
    }
    NumberPlan {
        country_code: raw.country_code.clone(),
        national_prefix: raw.national_prefix.clone(),
        international_prefix: raw.international_prefix.clone(),
        outside_prefix: raw.outside_prefix.clone(),
        area_code: raw.area_code.clone(),
    }
}

/// The plan, and what is odd about it: a line each, for the log.
pub(super) fn plan(
    finder: &mut Finder<'_>,
    raw: &RawConfig,
    hosts: OurHosts,
    numbers: NumberPlan,
) -> (DialPlan, Vec<String>) {
    let trunks: HashSet<&str> = raw.trunk.iter().map(|trunk| trunk.name.as_str()).collect();
    let mut rules = Vec::with_capacity(raw.rule.len());
    for (index, raw) in raw.rule.iter().enumerate() {
        let errors = match read(index, raw) {
            Ok(rule) => {
                let errors = unknown_trunks(&rule, &trunks);
                rules.push(rule);
                errors
            }
            Err(errors) => errors,
        };
        for error in errors {
            let at = [At::Key("rule"), At::Index(index), At::Key(error.key)];
            finder.find(&at, error.what, error.fix);
        }
    }
    let nothing = DialPlan::of_names(hosts.clone(), numbers.clone());
    if !finder.problems.is_empty() {
        return (nothing, Vec::new());
    }
    match DialPlan::new(hosts, numbers, rules) {
        Ok(plan) => {
            let odd = plan.overlaps();
            let warnings = odd.iter().map(|odd| format!("rule {:?}: {odd}", odd.later.1));
            let warnings = warnings.collect();
            (plan, warnings)
        }
        Err(error) => {
            let (path, fix) = place(error);
            finder.find(&path, error, fix);
            (nothing, Vec::new())
        }
    }
}

fn read(index: usize, raw: &RawRule) -> Result<Rule, Vec<RuleError>> {
    let unnamed = format!("rule[{index}]");
    Rule::read(&RuleText {
        name: if raw.name.is_empty() { &unnamed } else { &raw.name },
        pattern: &raw.r#match,
        trunk: &raw.trunk,
        calling: &raw.calling,
        to: &raw.to,
        open: raw.open,
        lang: &raw.lang,
    })
}

/// A rule that names a trunk which nobody described never takes a call, or loses it.
fn unknown_trunks(rule: &Rule, trunks: &HashSet<&str>) -> Vec<RuleError> {
    let out = match rule.target() {
        Target::Gateway { trunk, .. } => Some(&**trunk),
        _ => None,
    };
    [("trunk", rule.trunk()), ("to", out)]
        .into_iter()
        .filter_map(|(key, trunk)| Some((key, trunk.filter(|trunk| !trunks.contains(trunk))?)))
        .map(|(key, trunk)| RuleError {
            key,
            what: format!("no trunk {trunk:?}"),
            fix: "write the name of a [[trunk]]",
        })
        .collect()
}

fn place(error: PlanError) -> (Vec<At<'static>>, &'static str) {
    match error {
        PlanError::TooManyRules => (vec![At::Key("rule")], "join some with one pattern"),
        PlanError::TooManyCandidates { rule } => (
            vec![At::Key("rule"), At::Index(rule), At::Key("match")],
            "let patterns begin with different plain text, or join some with (a|b)",
        ),
    }
}

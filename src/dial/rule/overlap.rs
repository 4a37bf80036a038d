//! Rules that take each other's calls: allowed, since rules are ordered, but often a mistake.
//!
//! The check is sound, not complete: what it reports is true, and it may miss some.

use super::Rule;
use super::index::Index;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The most overlaps that are reported: whoever has more reads the first ones.
pub(crate) const MAX_OVERLAPS: usize = 100;

/// Two rules of which the earlier takes calls of the later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The earlier rule's place in the plan, from 0, and its name.
    pub earlier: (usize, Arc<str>),
    /// The later rule's.
    pub later: (usize, Arc<str>),
    /// What both match; `None`: the later can never match.
    pub sample: Option<String>,
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earlier = &self.earlier.1;
        match &self.sample {
            None => write!(f, "never reached: rule {earlier:?} takes all its calls"),
            Some(sample) => write!(f, "rule {earlier:?} comes first for {sample:?}"),
        }
    }
}

/// Every overlap that is found, at most `MAX_OVERLAPS`, by the later rule.
pub(crate) fn find(rules: &[Rule], index: &Index) -> Vec<Overlap> {
    let mut found: BTreeMap<(u32, u32), Overlap> = BTreeMap::new();
    for chain in index.chains() {
        for (at, later) in chain.iter().enumerate().skip(1) {
            let earlier = chain.get(..at).unwrap_or_default();
            if let Some((place, overlap)) = first(rules, earlier, *later) {
                found.insert((*later, place), overlap);
            }
            if found.len() >= MAX_OVERLAPS {
                return found.into_values().collect();
            }
        }
    }
    found.into_values().collect()
}

/// The first rule that takes calls of a later one.
fn first(rules: &[Rule], earlier: &[u32], later: u32) -> Option<(u32, Overlap)> {
    let rule = rules.get(later as usize)?;
    let sample = rule.pattern.sample().filter(|sample| {
        rule.pattern.compile().is_some_and(|pattern| pattern.is_match(sample.as_str()))
    });
    earlier.iter().find_map(|place| {
        let before = rules.get(*place as usize)?;
        let apart = matches!((&before.trunk, &rule.trunk), (Some(a), Some(b)) if a != b)
            || (before.calling.is_some()
                && rule.calling.is_some()
                && before.calling != rule.calling);
        if apart {
            return None;
        }
        let covers = before.pattern.same(&rule.pattern)
            && (before.trunk.is_none() || before.trunk == rule.trunk)
            && (before.calling.is_none() || before.calling == rule.calling);
        let sample = if covers { None } else { Some(shared(before, rule, sample.as_deref()?)?) };
        let overlap = Overlap {
            earlier: (*place as usize, Arc::clone(&before.name)),
            later: (later as usize, Arc::clone(&rule.name)),
            sample,
        };
        Some((*place, overlap))
    })
}

/// The sample of the later rule, where the earlier one matches it too.
fn shared(before: &Rule, rule: &Rule, sample: &str) -> Option<String> {
    if before.pattern.names_host() != rule.pattern.names_host() {
        return None;
    }
    before.pattern.compile()?.is_match(sample).then(|| sample.to_owned())
}

//! Rules that take each other's calls: allowed, since rules are ordered, but often a mistake.
//!
//! The check is sound, not complete: what it reports is true, and it may miss some.

use super::Rule;
use super::index::Index;
use crate::dialled::Text;
use crate::resolver::MAX_COMPILED;
use lru::LruCache;
use regex_automata::meta::Regex;
use std::fmt;
use std::num::NonZeroUsize;
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
///
/// A text that the later rule matches is looked up like a call: whatever takes it earlier
/// overlaps. So a rule is compared with the few that share its beginning, not with all.
pub(crate) fn find(rules: &[Rule], index: &Index) -> Vec<Overlap> {
    let most = NonZeroUsize::new(MAX_COMPILED).unwrap_or(NonZeroUsize::MIN);
    let mut compiled = LruCache::new(most);
    let mut found = Vec::new();
    for (place, rule) in (0u32..).zip(rules) {
        found.extend(first(rules, index, place, rule, &mut compiled));
        if found.len() >= MAX_OVERLAPS {
            break;
        }
    }
    found
}

/// The first rule that takes calls of a later one.
fn first(
    rules: &[Rule],
    index: &Index,
    later: u32,
    rule: &Rule,
    compiled: &mut LruCache<u32, Option<Regex>>,
) -> Option<Overlap> {
    let sample = rule.pattern.sample()?;
    let candidates = index.candidates(&[Text::new(&sample, None)]);
    let earlier = candidates.get(..candidates.partition_point(|place| *place < later))?;
    if earlier.is_empty() || !rule.pattern.compile()?.is_match(&sample) {
        return None;
    }
    earlier.iter().find_map(|place| {
        let before = rules.get(*place as usize)?;
        let apart = matches!((&before.trunk, &rule.trunk), (Some(a), Some(b)) if a != b)
            || (before.calling.is_some()
                && rule.calling.is_some()
                && before.calling != rule.calling)
            || before.pattern.names_host() != rule.pattern.names_host();
        let pattern = compiled.get_or_insert(*place, || before.pattern.compile());
        if apart || !pattern.as_ref()?.is_match(&sample) {
            return None;
        }
        let covers = before.pattern.same(&rule.pattern)
            && (before.trunk.is_none() || before.trunk == rule.trunk)
            && (before.calling.is_none() || before.calling == rule.calling);
        Some(Overlap {
            earlier: (*place as usize, Arc::clone(&before.name)),
            later: (later as usize, Arc::clone(&rule.name)),
            sample: (!covers).then(|| sample.clone()),
        })
    })
}

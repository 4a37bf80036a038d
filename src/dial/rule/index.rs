//! Which rules can take a name at all: by the literal text that every match of theirs begins
//! with. Those that the index leaves out would not have matched; the order stays that of the
//! plan.

use super::Rule;
use super::pattern::MAX_PREFIX;
use crate::dialled::Text;
use std::collections::{BTreeSet, HashMap};

/// Rules by what they begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    buckets: HashMap<Vec<u8>, Vec<u32>>,
    lengths: BTreeSet<usize>,
}

impl Index {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (place, rule) in (0u32..).zip(rules) {
            let prefix = rule.pattern.prefix();
            index.lengths.insert(prefix.len());
            index.buckets.entry(prefix.to_vec()).or_default().push(place);
        }
        index
    }

    /// The rules that could match one of these texts, in the order of the plan.
    pub(crate) fn candidates(&self, texts: &[Text]) -> Vec<u32> {
        let mut places = Vec::new();
        for text in texts {
            self.add(text.whole().as_bytes(), &mut places);
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn add(&self, text: &[u8], places: &mut Vec<u32>) {
        let head = text.get(..MAX_PREFIX).unwrap_or(text).to_ascii_lowercase();
        for length in &self.lengths {
            let Some(prefix) = head.get(..*length) else { break };
            places.extend(self.buckets.get(prefix).into_iter().flatten());
        }
    }

    /// For every bucket the rules that one name can have to try, in the order of the plan: its
    /// own and those of every shorter prefix.
    pub(crate) fn chains(&self) -> impl Iterator<Item = Vec<u32>> + '_ {
        self.buckets.keys().map(|prefix| {
            let mut places = Vec::new();
            self.add(prefix, &mut places);
            places.sort_unstable();
            places
        })
    }
}

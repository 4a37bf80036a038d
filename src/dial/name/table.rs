//! The names that a configuration holds: they never change while the bridge runs.

use super::{AliasPattern, Found, Names};
use crate::NumberPlan;
use std::collections::HashMap;

/// Names that do not change.
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    found: HashMap<String, Found>,
}

impl NameTable {
    /// A table without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `found` a name.
    ///
    /// # Errors
    /// Who has that name, or another form of the same number, already; the table is unchanged.
    pub fn insert(
        &mut self,
        pattern: &AliasPattern,
        numbers: &NumberPlan,
        found: Found,
    ) -> Result<(), Found> {
        let keys = pattern.keys(numbers);
        if let Some(other) = keys.iter().find_map(|key| self.found.get(key)) {
            return Err(other.clone());
        }
        self.found.extend(keys.into_iter().map(|key| (key, found.clone())));
        Ok(())
    }

    /// How many keys the table holds: one or two for each name.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing has a name.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl Names for NameTable {
    fn find(&self, name: &str) -> Option<Found> {
        self.found.get(name).cloned()
    }
}

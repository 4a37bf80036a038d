//! Everything that decides where a call goes, but for the names: hosts, number forms and rules.
//!
//! The plan never changes once it is made; it is shared. What grows with use, the compiled
//! patterns, belongs to a [`Resolver`](crate::Resolver).

use crate::rule::index::Index;
use crate::rule::overlap;
use crate::{NumberPlan, OurHosts, Overlap, Rule};
use std::fmt;
use std::sync::Arc;

/// The most rules: a national numbering plan by area codes has a few thousand.
pub const MAX_RULES: usize = 100_000;

/// The most rules that one name may have to try: what one call can cost is bounded, and so is
/// what its patterns take once they are compiled.
pub const MAX_CANDIDATES: usize = 128;

/// Which call goes where.
#[derive(Clone, Debug)]
pub struct DialPlan {
    pub(crate) ours: OurHosts,
    pub(crate) numbers: NumberPlan,
    pub(crate) rules: Vec<Rule>,
    pub(crate) index: Index,
    pub(crate) labels: Arc<[Arc<str>]>,
}

/// Why rules are not a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// More than [`MAX_RULES`].
    TooManyRules,
    /// More than [`MAX_CANDIDATES`] could take the same name; the place of the first beyond.
    TooManyCandidates {
        /// The rule's place, from 0.
        rule: usize,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::TooManyRules => write!(f, "more than {MAX_RULES} rules"),
            PlanError::TooManyCandidates { .. } => {
                write!(f, "more than {MAX_CANDIDATES} rules could take the same name")
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl DialPlan {
    /// A plan of rules, first come first served.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn new(ours: OurHosts, numbers: NumberPlan, rules: Vec<Rule>) -> Result<Self, PlanError> {
        if rules.len() > MAX_RULES {
            return Err(PlanError::TooManyRules);
        }
        let index = Index::new(&rules);
        let beyond = index.chains().filter_map(|chain| chain.get(MAX_CANDIDATES).copied()).min();
        if let Some(rule) = beyond {
            return Err(PlanError::TooManyCandidates { rule: rule as usize });
        }
        let labels = rules.iter().map(|rule| Arc::clone(&rule.name)).collect();
        Ok(Self { ours, numbers, rules, index, labels })
    }

    /// A plan without rules: only names take calls.
    pub fn of_names(ours: OurHosts, numbers: NumberPlan) -> Self {
        Self { ours, numbers, rules: Vec::new(), index: Index::default(), labels: Arc::new([]) }
    }

    /// How numbers are dialled here.
    pub fn numbers(&self) -> &NumberPlan {
        &self.numbers
    }

    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Rules that take each other's calls, for a warning when the plan is loaded. Compiles many
    /// patterns: not for every call.
    pub fn overlaps(&self) -> Vec<Overlap> {
        overlap::find(&self.rules, &self.index)
    }
}

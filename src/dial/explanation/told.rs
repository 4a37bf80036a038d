//! An explanation in plain values: what is kept of it, and what its sentences are made of.

use super::{Explanation, NameStep, Verdict};
use crate::{Destination, NumberKind};
use causeway_base::alias::MAX_ALIAS_LEN;

/// The most rules that are kept with a call: the first ones and the last, which decided. A page; a
/// dial plan may have ten thousand.
pub const MAX_TOLD: usize = 32;

/// The longest name of a rule that is told, in characters: it is a word or two.
const MAX_TEXT: usize = 128;

/// One rule and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRule {
    /// The rule's place in the plan, from 1.
    pub place: u64,
    /// Its name in the configuration.
    pub name: String,
    /// What it said.
    pub verdict: Verdict,
}

/// An explanation in plain values. Shows what was dialled: for operators, not for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whom the call was for.
    pub called: String,
    /// The same as a number in canonical form, where it is one.
    pub number: Option<(String, NumberKind)>,
    /// Whether the host called is one of ours.
    pub our_host: bool,
    /// Every look at the names, in order.
    pub names: Vec<NameStep>,
    /// The rules that were tried, in order, without those left out.
    pub rules: Vec<ToldRule>,
    /// How many were left out, before the last one.
    pub left_out: usize,
    /// Rules that were passed over without a trial.
    pub passed_over: usize,
    /// Where the call goes.
    pub destination: Destination,
}

impl Told {
    /// Whether a rule took the call; it is the last one then.
    pub fn is_taken(&self) -> bool {
        let last = self.rules.last().map(|rule| rule.verdict);
        matches!(last, Some(Verdict::Matched | Verdict::BadTarget))
    }
}

impl Explanation {
    /// All of it.
    pub fn told(&self) -> Told {
        self.tell(usize::MAX)
    }

    /// What is kept with a call: at most [`MAX_TOLD`] rules.
    pub fn kept(&self) -> Told {
        self.tell(MAX_TOLD)
    }

    fn tell(&self, most: usize) -> Told {
        let left_out = self.rules.len().saturating_sub(most);
        let before = self.rules.len().min(most).saturating_sub(1);
        let steps = self.rules.iter().enumerate();
        let steps = steps.filter(|(index, _)| *index < before || *index >= before + left_out);
        let told = |step: &super::RuleStep| ToldRule {
            place: u64::from(step.rule) + 1,
            name: self.rule_name(step.rule).chars().take(MAX_TEXT).collect(),
            verdict: step.verdict,
        };
        Told {
            called: self.called.to_string().chars().take(MAX_ALIAS_LEN).collect(),
            number: self.number.as_ref().map(|number| (number.as_str().to_owned(), number.kind())),
            our_host: self.our_host,
            names: self.names.clone(),
            rules: steps.map(|(_, step)| told(step)).collect(),
            left_out,
            passed_over: self.passed_over(),
            destination: self.destination.clone(),
        }
    }
}

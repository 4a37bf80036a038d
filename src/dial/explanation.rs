//! Why a call went where it went: for the operator who wonders.

use std::fmt;
use std::sync::Arc;

/// What a rule said to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It takes the call.
    Matched,
    /// It is for another user or number.
    OtherName,
    /// The name is the rule's, but the host is not one of ours.
    NotOurHost,
    /// The name is the rule's, at another host than the rule asks for.
    OtherHost,
    /// The name is the rule's, in another protocol.
    OtherProtocol,
}

/// One rule and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule's name in the configuration.
    pub rule: Arc<str>,
    /// What it said.
    pub verdict: Verdict,
}

/// Every rule that was tried, in order. Holds nothing of the call: safe to log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The rules. Only the last one can have matched.
    pub steps: Vec<Step>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Matched => "matched",
            Verdict::OtherName => "another name was called",
            Verdict::NotOurHost => "the name fits, but the host called is not one of `hosts`",
            Verdict::OtherHost => "the name fits, but the rule asks for another host",
            Verdict::OtherProtocol => "the name fits, but in another protocol",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "{}: {}; ", step.rule, step.verdict)?;
        }
        match self.steps.last() {
            Some(Step { verdict: Verdict::Matched, .. }) => Ok(()),
            _ => f.write_str("no rule takes this call, so it is refused"),
        }
    }
}

//! Why a call went where it went: for the operator who wonders.
//!
//! Plain data, made while the call is resolved: numbers and small enums; sentences are made when
//! somebody reads them.

mod text;
mod told;

pub use told::{MAX_TOLD, Told, ToldRule};

use crate::{Destination, Number, NumberKind};
use causeway_base::Alias;
use std::fmt;
use std::sync::Arc;

/// In which form a name was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The user or number as dialled, at one of our hosts.
    AsDialled,
    /// The number in canonical form, at one of our hosts.
    Canonical,
    /// The whole alias with its host.
    Whole,
    /// The name that the rule gives which took the call.
    ByRule,
    /// As a room is registered, after names and rules.
    Registered,
}

/// One look at the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameStep {
    /// In which form.
    pub form: Form,
    /// Whether somebody has that name.
    pub found: bool,
}

/// What a rule said to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It takes the call.
    Matched,
    /// It is for another trunk, or for calls without one.
    OtherTrunk,
    /// It is for another user or number.
    OtherName,
    /// The name is the rule's, but the host is not one of ours.
    NotOurHost,
    /// It is for other callers.
    OtherCaller,
    /// It takes the call, but what it makes of it is no address.
    BadTarget,
}

/// One rule and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleStep {
    /// The rule's place in the plan, from 0.
    pub rule: u32,
    /// What it said.
    pub verdict: Verdict,
}

/// How a call was resolved, step by step. `Display` and `Debug` hold nothing of the call and are
/// safe to log; [`Explanation::to_text`] is for operators and shows what was dialled.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) called: Alias,
    pub(crate) number: Option<Number>,
    pub(crate) our_host: bool,
    pub(crate) names: Vec<NameStep>,
    pub(crate) rules: Vec<RuleStep>,
    pub(crate) labels: Arc<[Arc<str>]>,
    pub(crate) destination: Destination,
}

impl Explanation {
    /// Whom the call was for. Personal: not for the log.
    pub fn called(&self) -> &Alias {
        &self.called
    }

    /// What was dialled as a number in canonical form, where it is one. Personal: not for the
    /// log.
    pub fn number(&self) -> Option<&Number> {
        self.number.as_ref()
    }

    /// Whether the host called is one of ours; a number alone is.
    pub fn our_host(&self) -> bool {
        self.our_host
    }

    /// Every look at the names, in order. At most one, the last, found something.
    pub fn names(&self) -> &[NameStep] {
        &self.names
    }

    /// Every rule that was tried, in order. Only the last one can have matched.
    pub fn rules(&self) -> &[RuleStep] {
        &self.rules
    }

    /// The name of a rule in the configuration.
    pub fn rule_name(&self, rule: u32) -> &str {
        self.labels.get(rule as usize).map_or("", |label| label)
    }

    /// The rule that took the call.
    pub fn taken_by(&self) -> Option<&str> {
        let last = self.rules.last()?;
        matches!(last.verdict, Verdict::Matched | Verdict::BadTarget)
            .then(|| self.rule_name(last.rule))
    }

    /// Rules that were passed over without a trial, because every name that they match begins
    /// otherwise. Where one rule took the call, only those before it count.
    pub fn passed_over(&self) -> usize {
        let is_named = |step: &NameStep| step.found && step.form != Form::Registered;
        let by_name = self.rules.is_empty() && self.names.iter().any(is_named);
        let reach = match self.taken_by() {
            _ if by_name => 0,
            Some(_) => self.rules.last().map_or(0, |last| last.rule as usize + 1),
            None => self.labels.len(),
        };
        reach.saturating_sub(self.rules.len())
    }

    /// Where the call goes.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 6] = [
        Verdict::Matched,
        Verdict::OtherTrunk,
        Verdict::OtherName,
        Verdict::NotOurHost,
        Verdict::OtherCaller,
        Verdict::BadTarget,
    ];

    /// The stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Matched => "matched",
            Verdict::OtherTrunk => "other_trunk",
            Verdict::OtherName => "other_name",
            Verdict::NotOurHost => "not_our_host",
            Verdict::OtherCaller => "other_caller",
            Verdict::BadTarget => "bad_target",
        }
    }
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 5] =
        [Form::AsDialled, Form::Canonical, Form::Whole, Form::ByRule, Form::Registered];

    /// The stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Form::AsDialled => "as_dialled",
            Form::Canonical => "canonical",
            Form::Whole => "whole",
            Form::ByRule => "by_rule",
            Form::Registered => "registered",
        }
    }
}

impl NumberKind {
    /// Every kind.
    pub const ALL: [NumberKind; 8] = [
        NumberKind::Mobile,
        NumberKind::Geographic,
        NumberKind::Freephone,
        NumberKind::Service,
        NumberKind::Emergency,
        NumberKind::National,
        NumberKind::Foreign,
        NumberKind::Extension,
    ];

    /// The stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            NumberKind::Mobile => "mobile",
            NumberKind::Geographic => "geographic",
            NumberKind::Freephone => "freephone",
            NumberKind::Service => "service",
            NumberKind::Emergency => "emergency",
            NumberKind::National => "national",
            NumberKind::Foreign => "foreign",
            NumberKind::Extension => "extension",
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.our_host {
            f.write_str("not our host; ")?;
        }
        for step in &self.names {
            let found = if step.found { "found" } else { "unknown" };
            write!(f, "name {}: {found}; ", step.form.code())?;
        }
        for step in &self.rules {
            write!(f, "rule {}: {}; ", self.rule_name(step.rule), step.verdict.code())?;
        }
        write!(f, "{} passed over; ", self.passed_over())?;
        match &self.destination {
            Destination::Conference(_) | Destination::Once(_) => f.write_str("to a conference"),
            Destination::Reception { .. } => f.write_str("to the reception"),
            Destination::TestCall => f.write_str("to the test call"),
            Destination::User(_) => f.write_str("to a user of ours"),
            Destination::Gateway { .. } => f.write_str("out through a gateway"),
            Destination::Reject(cause) => write!(f, "refused with {}", cause.code()),
        }
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Explanation({self})")
    }
}

//! The rules in order; the first that matches decides, and what none takes is refused.

use crate::{AliasPattern, Destination, Explanation, IncomingCall, OurHosts, Step, Verdict};
use causeway_base::EndCause;
use std::sync::Arc;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, for the explanation.
    pub name: Arc<str>,
    /// What it matches: any of these.
    pub patterns: Vec<AliasPattern>,
    /// Where a call that matches goes.
    pub destination: Destination,
}

/// Which call goes where.
#[derive(Clone, Debug, Default)]
pub struct DialPlan {
    ours: OurHosts,
    rules: Vec<Rule>,
}

impl DialPlan {
    /// A plan of rules, first come first served.
    pub fn new(ours: OurHosts, rules: Vec<Rule>) -> Self {
        Self { ours, rules }
    }

    /// Where a call goes, and why.
    pub fn resolve(&self, call: &IncomingCall<'_>) -> (Destination, Explanation) {
        let mut explanation = Explanation::default();
        for rule in &self.rules {
            let verdict = self.ask(rule, call);
            explanation.steps.push(Step { rule: rule.name.clone(), verdict });
            if verdict == Verdict::Matched {
                return (rule.destination.clone(), explanation);
            }
        }
        (Destination::Reject(EndCause::NotFound), explanation)
    }

    /// The verdict of the pattern that came nearest.
    fn ask(&self, rule: &Rule, call: &IncomingCall<'_>) -> Verdict {
        let mut nearest = Verdict::OtherName;
        for pattern in &rule.patterns {
            match pattern.verdict(call, &self.ours) {
                Verdict::Matched => return Verdict::Matched,
                Verdict::OtherName => {}
                other => nearest = other,
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::Alias;
    use proptest::prelude::*;

    fn plan() -> DialPlan {
        let rule = |name: &str, patterns: &[&str]| Rule {
            name: name.into(),
            patterns: patterns.iter().map(|p| AliasPattern::parse(p).expect(p)).collect(),
            destination: Destination::Conference(name.into()),
        };
        DialPlan::new(
            OurHosts::new(["Bridge.Example.com", "2001:db8::7"]),
            vec![
                rule("one", &["1001", "huiyi"]),
                rule("two", &["sip:1002@rooms.example.net", "+86 21 5555 0000"]),
            ],
        )
    }

    fn resolve(called: &str) -> (Destination, Vec<Verdict>) {
        let called = Alias::parse(called).expect(called);
        let local = "192.0.2.5".parse().expect("an address");
        let (destination, explanation) =
            plan().resolve(&IncomingCall { called: &called, calling: &called, trunk: None, local });
        (destination, explanation.steps.iter().map(|step| step.verdict).collect())
    }

    #[test]
    fn a_name_is_reached_at_every_host_of_ours_and_by_number() {
        for called in [
            "sip:1001@bridge.example.com",
            "sips:1001@BRIDGE.example.com.:5061",
            "sip:1001@192.0.2.5:5060",
            "sip:1001@[2001:DB8:0::7]",
            "sip:HuiYi@192.0.2.5",
            "h323:1001@bridge.example.com",
            "tel:1001",
            "10-01",
        ] {
            assert_eq!(resolve(called).0, Destination::Conference("one".into()), "{called}");
        }
        for called in
            ["tel:+86-21-5555-0000", "sip:+862155550000@192.0.2.5", "sip:1002@rooms.example.net"]
        {
            assert_eq!(resolve(called).0, Destination::Conference("two".into()), "{called}");
        }
    }

    #[test]
    fn what_no_rule_takes_is_refused_and_the_explanation_says_why() {
        let refused = Destination::Reject(EndCause::NotFound);
        let elsewhere = resolve("sip:1001@other.example.com");
        assert_eq!(elsewhere, (refused.clone(), vec![Verdict::NotOurHost, Verdict::OtherName]));
        let host = resolve("sip:1002@192.0.2.5");
        assert_eq!(host, (refused.clone(), vec![Verdict::OtherName, Verdict::OtherHost]));
        let protocol = resolve("h323:1002@rooms.example.net");
        assert_eq!(protocol, (refused.clone(), vec![Verdict::OtherName, Verdict::OtherProtocol]));
        assert_eq!(resolve("sip:bridge.example.com").0, refused);
        assert_eq!(resolve("sip:1001@localhost").0, refused, "not on the loopback");
    }

    proptest! {
        #[test]
        fn only_a_rule_that_matched_decides(called in "\\PC{0,30}") {
            if let Ok(called) = Alias::parse(&called) {
                let local = "192.0.2.5".parse().expect("an address");
                let (destination, why) = plan().resolve(&IncomingCall { called: &called, calling: &called, trunk: None, local });
                let matched = why.steps.iter().filter(|s| s.verdict == Verdict::Matched).count();
                prop_assert_eq!(matched == 1, matches!(destination, Destination::Conference(_)));
            }
        }
    }
}

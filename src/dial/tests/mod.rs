//! The dial plan as its callers see it.

mod explain;
mod names;
mod property;
mod rules;

use crate::{
    AliasPattern, Destination, DialPlan, Explanation, Found, IncomingCall, NameTable, NumberPlan,
    OurHosts, Resolver, Rule, RuleText,
};
use causeway_base::Alias;
use std::sync::Arc;

/// The address at which the calls of these tests arrive.
const LOCAL: &str = "192.0.2.5";

fn names() -> NameTable {
    let mut names = NameTable::new();
    let mut name = |text: &str, found| {
        let pattern = AliasPattern::parse(text).expect(text);
        names.insert(&pattern, &NumberPlan::default(), found).expect(text);
    };
    for alias in ["1001", "huiyi"] {
        name(alias, Found::Conference("one".into()));
    }
    for alias in ["sip:1002@rooms.example.net", "+86 21 5555 0000"] {
        name(alias, Found::Conference("two".into()));
    }
    name("test", Found::TestCall);
    names
}

fn rule(name: &str, pattern: &str, to: &str) -> Rule {
    Rule::read(&RuleText { name, pattern, to, ..RuleText::default() }).expect(pattern)
}

fn resolver(rules: Vec<Rule>) -> Resolver {
    let hosts = OurHosts::new(["Bridge.Example.com", "2001:db8::7"]);
    Resolver::new(Arc::new(DialPlan::new(hosts, NumberPlan::default(), rules).expect("a plan")))
}

fn resolve(resolver: &mut Resolver, called: &str) -> (Destination, Explanation) {
    let called = Alias::parse(called).expect(called);
    let local = LOCAL.parse().expect("an address");
    let call = IncomingCall { called: &called, calling: &called, trunk: None, local };
    resolver.resolve(&call, &names())
}

//! Fuzz bodies: rules, targets, numbers and aliases that nobody meant.

use crate::invite::{Allow, Kind, Pasted, parse};
use crate::{
    AliasPattern, Asker, CallingOut, DialPlan, Found, IncomingCall, Line, NameTable, NumberPlan,
    OurHosts, Prefix, Resolver, Rule, RuleText,
};
use causeway_base::{Alias, Lang};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Lines of a rule, `match`, `to`, `calling`, and of aliases that are called.
pub fn rule(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (pattern, to, called, calling) = (line(), line(), line(), line());
    let read = RuleText { name: "fuzzed", pattern, to, calling, ..RuleText::default() };
    let rules: Vec<Rule> = Rule::read(&read).into_iter().collect();
    let numbers = NumberPlan::default();
    let Ok(plan) = DialPlan::new(OurHosts::new(["example.com"]), numbers.clone(), rules) else {
        return;
    };
    let mut names = NameTable::new();
    if let Ok(name) = AliasPattern::parse(calling) {
        let keys = name.keys(&numbers);
        assert!(!keys.is_empty() && keys.len() <= 2);
        let _ = names.insert(&name, &numbers, Found::TestCall);
    }
    for overlap in plan.overlaps() {
        assert!(overlap.earlier.0 < overlap.later.0);
    }
    let mut resolver = Resolver::new(Arc::new(plan));
    let aliases = [called, calling, pattern].map(|text| Alias::parse(text).ok());
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for called in aliases.iter().flatten() {
        let call = IncomingCall { called, calling: called, trunk: None, local };
        let (to, why) = resolver.resolve(&call, &names);
        assert_eq!(&to, why.destination());
        assert!(!why.to_text(Lang::Zh).is_empty() && !why.to_text(Lang::En).is_empty());
        let again = resolver.resolve(&call, &names);
        assert_eq!((to, why), again, "the same call goes the same way");
    }
}

/// A number in any form: what is allowed to be called is canonical and begins as allowed.
pub fn number(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let numbers = NumberPlan::default();
    if let Some(number) = numbers.read(&text)
        && number.is_e164()
    {
        assert!(number.as_str().starts_with('+'));
        assert_eq!(numbers.read(number.as_str()).as_ref(), Some(&number));
    }
    let rules = CallingOut {
        enabled: true,
        allow: Prefix::parse("+86").into_iter().collect(),
        deny: Prefix::parse("+86168").into_iter().collect(),
        ..CallingOut::default()
    };
    if let Ok(callee) = rules.callee(&text, Asker::Host, Line::Public, &numbers) {
        let digits = callee.as_str().strip_prefix("+86");
        assert!(digits.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())));
        assert!(!callee.as_str().starts_with("+86168"));
    }
}

/// Text that somebody pasted, of each kind: it is bounded, and nothing may be called that the
/// rules do not have.
pub fn invite(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let numbers = NumberPlan::default();
    let rules = CallingOut {
        enabled: true,
        allow: Prefix::parse("+86").into_iter().collect(),
        domains: vec!["zoomcrc.com".to_owned()],
        ..CallingOut::default()
    };
    let allow = Allow { rules: &rules, numbers: &numbers };
    for kind in [None, Some(Kind::Text), Some(Kind::Html), Some(Kind::Calendar)] {
        let invitations = parse(&Pasted { text: &text, kind }, &allow);
        assert!(invitations.len() <= crate::invite::MAX_INVITATIONS);
        for way in invitations.iter().flat_map(|invitation| &invitation.ways) {
            assert!(!way.reason(Lang::Zh).is_empty() && !way.reason(Lang::En).is_empty());
            let verdict = way.target().map(|target| allow.verdict(&target));
            assert!(way.barred.is_some() || verdict == Some(Ok(())), "{way:?}");
            let typed = |c: char| c.is_ascii_alphanumeric() || "#*,-_".contains(c);
            assert!(way.digits.chars().all(typed), "{way:?}");
        }
    }
}

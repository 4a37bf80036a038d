//! The index changes nothing, and no text breaks anything.

use super::*;
use crate::fuzz;
use crate::{Template, Verdict};
use causeway_base::EndCause;
use proptest::prelude::*;

/// Pieces of patterns that share beginnings, in both cases, with every kind of repetition.
const PIECES: &[&str] = &[
    "a",
    "ab",
    "A",
    "b",
    "(?:ab)",
    "[ab]",
    "[aA]",
    "a?",
    "a*",
    "b+",
    "(?:ab){2}",
    "(?:a|b)",
    ".",
    "\\d",
    "1",
    "^",
    "$",
    "(?-i:A)",
    "@",
    "x",
    "(?P<n>b)",
    "a{0}",
    "(?:)",
    "\\x61",
    "@x",
];

/// Pieces of invitations, whole and broken.
const INVITED: &[&str] = &[
    "\n",
    " ",
    "Meeting ID: ",
    "密码：",
    "850 1234 5678",
    "Passcode: ",
    "https://us02web.zoom.us/j/85012345678?pwd=a",
    "https://eur01.safelinks.protection.outlook.com/?url=",
    "sip:",
    "h323:",
    "tel:+1 ",
    "+8613800138000,,",
    "123#",
    "@zoomcrc.com",
    "10.0.0.5##",
    "162.255.37.11",
    "Join by H.323\n",
    "<a href=\"",
    "\">",
    "</a>",
    "<div style='display:none'>",
    "</div>",
    "<blockquote>",
    "&#x40;",
    "> ",
    "From: a\nSent: b\n",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
    "\nDESCRIPTION:",
    "\n ",
    "\\n",
    "\nEND:VEVENT\n",
    "VTC Conference ID: 117 202 068 4\n",
    "813878896@t.plcm.vc\n",
    "(",
    ")",
];

fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 1..5).prop_map(|pieces| pieces.concat())
}

/// Every rule in order, without the index.
fn one_by_one(rules: &[Rule], called: &str) -> Option<usize> {
    (0..rules.len()).find(|place| {
        let alone = vec![rules[*place].clone()];
        let (_, why) = resolve(&mut resolver(alone), called);
        why.taken_by().is_some()
    })
}

proptest! {
    #[test]
    fn the_index_gives_what_trying_every_rule_in_order_gives(
        patterns in prop::collection::vec(pattern(), 0..12),
        user in "[abAB1x]{0,5}", host in prop::sample::select(vec!["192.0.2.5", "x", "xb"]),
    ) {
        let called = if user.is_empty() { format!("sip:{host}") } else { format!("sip:{user}@{host}") };
        let rules: Vec<_> = patterns
            .iter()
            .enumerate()
            .filter_map(|(place, pattern)| {
                let (name, to) = (place.to_string(), "reject:486");
                Rule::read(&RuleText { name: &name, pattern, to, ..RuleText::default() }).ok()
            })
            .collect();
        let expected = one_by_one(&rules, &called);
        let (to, why) = resolve(&mut resolver(rules.clone()), &called);
        prop_assert_eq!(why.taken_by(), expected.map(|place| rules[place].name()));
        let cause = if expected.is_some() { EndCause::Busy } else { EndCause::NotFound };
        prop_assert_eq!(to, Destination::Reject(cause));
        let matched = why.rules().iter().filter(|step| step.verdict == Verdict::Matched).count();
        prop_assert_eq!(matched, usize::from(expected.is_some()));
        let reach = expected.map_or(rules.len(), |place| place + 1);
        prop_assert_eq!(why.passed_over() + why.rules().len(), reach);
    }

    #[test]
    fn any_rule_is_survived(data in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzz::rule(&data);
    }

    #[test]
    fn any_pattern_and_target_is_survived(pattern in "(\\PC|[\\[\\](){}?*+|^$.\\\\@]){0,30}", to in "(conference:|sip:|gateway:t:|reject:)?(\\PC|[$\\{\\}]){0,20}", called in "\\PC{0,20}") {
        fuzz::rule(format!("{pattern}\n{to}\n{called}").as_bytes());
    }

    #[test]
    fn any_number_is_survived(data in prop::collection::vec(any::<u8>(), 0..60)) {
        fuzz::number(&data);
    }

    #[test]
    fn any_invitation_is_survived(
        pieces in prop::collection::vec(prop_oneof![prop::sample::select(INVITED).prop_map(str::to_owned), "\\PC{0,12}"], 0..24),
    ) {
        fuzz::invite(pieces.concat().as_bytes());
    }

    #[test]
    fn only_known_captures_are_taken(text in "[a-z$\\{\\}]{1,12}") {
        let pattern = crate::rule::Pattern::parse("(?P<a>x)(?P<b>y)").expect("a pattern");
        if let Ok(template) = Template::parse(&text, &pattern) {
            let filled = template.fill(|place| ["0", "1", "2"].get(place).copied());
            let left_open = filled.is_some_and(|filled| filled.contains("${"));
            prop_assert!(!left_open || text.contains("$$"));
        }
    }
}

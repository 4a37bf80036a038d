//! Rules in order, and what nothing takes.

use super::*;
use crate::plan::MAX_CANDIDATES;
use crate::resolver::MAX_COMPILED;
use crate::{PlanError, Verdict};
use causeway_base::{EndCause, Lang};

fn read(pattern: &str, to: &str) -> Result<Rule, String> {
    let text = RuleText { name: "r", pattern, to, ..RuleText::default() };
    Rule::read(&text).map_err(|errors| errors[0].key.to_owned() + ": " + &errors[0].what)
}

fn taken(rules: Vec<Rule>, called: &str) -> Destination {
    resolve(&mut resolver(rules), called).0
}

fn gateway(trunk: Option<&str>, target: &str) -> Destination {
    Destination::Gateway { trunk: trunk.map(Arc::from), target: target.to_owned(), open: false }
}

const NOWHERE: Destination = Destination::Reject(EndCause::NotFound);

/// livekit/sip#460: a catch-all made a room for every scanner.
#[test]
fn an_unmatched_invite_goes_nowhere_sip_460() {
    for called in
        ["sip:100@192.0.2.5", "sip:'or''='@192.0.2.5", "sip:192.0.2.5", "sip:1@evil", "00"]
    {
        assert_eq!(taken(Vec::new(), called), NOWHERE, "{called}");
        assert_eq!(taken(vec![rule("x", "zoom\\..*", "reception")], called), NOWHERE, "{called}");
    }
    // Even a rule that takes everything opens no conference that nobody made.
    let all = || vec![rule("all", "(?P<name>.*)", "conference:${name}")];
    assert_eq!(taken(all(), "sip:4711@192.0.2.5"), NOWHERE);
    assert_eq!(taken(all(), "sip:4711@evil.example"), NOWHERE);
    let front = vec![rule("front", "4(?P<name>.*)", "conference:${name}")];
    assert_eq!(taken(front, "sip:41001@192.0.2.5"), Destination::Conference("one".into()));
}

#[test]
fn a_pattern_matches_as_a_whole_in_any_case() {
    let take = |pattern: &str, called: &str| {
        taken(vec![rule("r", pattern, "test")], called) == Destination::TestCall
    };
    for (pattern, called, expected) in [
        ("2001", "sip:2001@192.0.2.5", true),
        ("2001", "sip:20011@192.0.2.5", false),
        ("001", "sip:2001@192.0.2.5", false),
        ("^2001$", "sip:2001@192.0.2.5", true),
        ("20|01", "sip:2001@192.0.2.5", false),
        ("2001@", "sip:2001@192.0.2.5", true),
        ("2001@", "sip:2001@elsewhere.example", false),
        ("2001@192\\.0\\.2\\.5", "sip:2001@192.0.2.5", true),
        (".*@rooms\\.example\\.net", "sip:x@Rooms.example.net", true),
        (".*@rooms\\.example\\.net", "sip:x@rooms.example.net.evil.example", false),
        (".*@rooms\\.example\\.net", "20010", false),
        ("Lobby-[a-c]", "sip:lobby-B@192.0.2.5", true),
        ("\\d+", "sip:２０01@192.0.2.5", true),
        ("\\d+", "sip:٢٠٠١@192.0.2.5", false),
        ("会议.", "sip:会议a@192.0.2.5", true),
        ("20 ?01", "2001", true),
    ] {
        assert_eq!(take(pattern, called), expected, "{pattern} {called}");
    }
}

/// The number of the trunk's form, and the canonical one (see also the DIDs under names).
#[test]
fn a_rule_sees_a_number_in_both_forms_agents_5847() {
    let rules = || vec![rule("did", "\\+8621(?P<ext>\\d{8})", "gateway:pbx:${ext}")];
    for called in [
        "+862166660000",
        "02166660000",
        "2166660000",
        "9 021 6666 0000",
        "sip:00862166660000@192.0.2.5",
    ] {
        assert_eq!(taken(rules(), called), gateway(Some("pbx"), "66660000"), "{called}");
    }
    assert_eq!(
        taken(vec![rule("raw", "021(?P<ext>\\d+)", "gateway:pbx:${ext}")], "02166660000"),
        gateway(Some("pbx"), "66660000")
    );
}

#[test]
fn captures_go_into_targets_and_choose_no_host() {
    let zoom = || {
        vec![rule(
            "zoom",
            r"^zoom\.(?P<id>\d{9,11})(\.(?P<pass>\w+))?@",
            "sip:${id}.${pass}@zoomcrc.com",
        )]
    };
    assert_eq!(
        taken(zoom(), "sip:Zoom.123456789.aB9@192.0.2.5"),
        gateway(None, "sip:123456789.aB9@zoomcrc.com")
    );
    assert_eq!(
        taken(zoom(), "sip:zoom.123456789@bridge.example.com"),
        gateway(None, "sip:123456789.@zoomcrc.com")
    );
    assert_eq!(taken(zoom(), "sip:zoom.12345678@192.0.2.5"), NOWHERE);
    let open = || vec![rule("open", "x(?P<rest>.*)", "sip:${rest}@safe.example")];
    let sneaky =
        Alias::Sip { user: "xa@evil;maddr=1?b<>%41".to_owned(), host: "192.0.2.5".to_owned() };
    let local = LOCAL.parse().expect("an address");
    let call = IncomingCall { called: &sneaky, calling: &sneaky, trunk: None, local };
    let (to, why) = resolver(open()).resolve(&call, &names());
    assert_eq!(to, gateway(None, "sip:a%40evil%3Bmaddr%3D1%3Fb%3C%3E%2541@safe.example"));
    assert_eq!(why.taken_by(), Some("open"));
    assert_eq!(taken(vec![rule("d", "5", "gateway:t:$$5")], "5"), gateway(Some("t"), "$5"));
}

#[test]
fn trunk_and_caller_choose_among_rules() {
    let text = |name, trunk, calling, to| RuleText {
        name,
        pattern: "8\\d",
        trunk,
        calling,
        to,
        ..RuleText::default()
    };
    let rules = [
        text("by trunk", "isp", "", "reject:486"),
        text("by caller", "", "\\+86139.*", "test"),
        text("rest", "", "", "reception"),
    ];
    let rules = rules.iter().map(|text| Rule::read(text).expect("a rule")).collect();
    let mut resolver = resolver(rules);
    let mut ask = |trunk, calling: &str| {
        let (called, calling) = (Alias::parse("88").expect("a"), Alias::parse(calling).expect("a"));
        let local = LOCAL.parse().expect("an address");
        let call = IncomingCall { called: &called, calling: &calling, trunk, local };
        let (to, why) = resolver.resolve(&call, &names());
        (to, why.rules().iter().map(|step| step.verdict).collect::<Vec<_>>())
    };
    let busy = Destination::Reject(EndCause::Busy);
    assert_eq!(ask(Some("isp"), "13912345678"), (busy, vec![Verdict::Matched]));
    let test = (Destination::TestCall, vec![Verdict::OtherTrunk, Verdict::Matched]);
    assert_eq!(ask(Some("other"), "sip:13912345678@isp.example"), test);
    assert_eq!(ask(None, "0139-1234-5678"), test);
    let rest = vec![Verdict::OtherTrunk, Verdict::OtherCaller, Verdict::Matched];
    assert_eq!(ask(None, "13812345678"), (Destination::Reception { lang: None }, rest));
}

#[test]
fn the_reception_begins_in_a_language() {
    assert_eq!(
        taken(vec![rule("en", "7", "reception:en")], "7"),
        Destination::Reception { lang: Some(Lang::En) }
    );
    let zh = RuleText {
        name: "zh",
        pattern: "7",
        to: "reception",
        lang: "zh-CN",
        ..RuleText::default()
    };
    let zh = Rule::read(&zh).expect("a rule");
    assert_eq!(taken(vec![zh], "7"), Destination::Reception { lang: Some(Lang::Zh) });
}

#[test]
fn what_is_wrong_with_a_rule_is_said_when_it_is_read() {
    for (pattern, to, what) in [
        ("", "test", "match: empty"),
        ("(", "test", "match: unclosed group"),
        ("a)b(", "test", "match: unopened group"),
        ("(a)\\1", "test", "match: backreferences are not supported"),
        (
            "(?=a)",
            "test",
            "match: look-around, including look-ahead and look-behind, is not supported",
        ),
        ("(\\d{900}){900}", "test", "match: it grows too large; use smaller counts in {}"),
        ("5", "", "to: no such destination \"\""),
        ("5", "room:5", "to: no such destination \"room\""),
        ("5", "conference", "to: no such destination \"conference\""),
        ("5", "conference:${id}", "to: `match` has no capture \"id\": (?P<id>…)"),
        ("(?P<id>5)", "conference:$id", "to: a `$` that begins no `${name}`; a dollar is `$$`"),
        ("5", "gateway:isp", "to: expected gateway:TRUNK:NUMBER"),
        ("(?P<h>5)", "sip:5@${h}", "to: the host must stand here; callers do not choose it"),
        ("5", "reject:200", "to: no reason \"200\" to refuse; use 403, 404, 480, 486, 603 or CW-…"),
        ("5", "reception:fr", "to: no language \"fr\" here; use \"zh\" or \"en\""),
    ] {
        assert_eq!(read(pattern, to).expect_err(pattern), what, "{pattern} {to}");
    }
    assert!(read(&"5".repeat(600), "test").is_err());
    assert!(read(&"(".repeat(200), "test").is_err());
    assert!(read("\\p{Han}", "test").is_err(), "no Unicode classes");
    let lang = RuleText { name: "r", pattern: "5", to: "test", lang: "zh", ..RuleText::default() };
    assert_eq!(Rule::read(&lang).expect_err("nobody speaks")[0].key, "lang");
}

#[test]
fn the_work_of_one_call_is_bounded_when_the_plan_is_loaded() {
    let many = |count: usize, pattern: &dyn Fn(usize) -> String| {
        let rules = (0..count).map(|n| rule("r", &pattern(n), "test")).collect();
        DialPlan::new(OurHosts::default(), NumberPlan::default(), rules).map(|_| ())
    };
    assert_eq!(many(MAX_CANDIDATES, &|n| format!(".*{n}")), Ok(()));
    let beyond = PlanError::TooManyCandidates { rule: MAX_CANDIDATES };
    assert_eq!(many(MAX_CANDIDATES + 1, &|n| format!(".*{n}")), Err(beyond));
    assert_eq!(many(MAX_CANDIDATES * 4, &|n| format!("r{n:05}.*")), Ok(()));
}

#[test]
fn patterns_are_compiled_when_a_call_needs_them_and_the_oldest_are_dropped() {
    let rules = (0..2 * MAX_COMPILED).map(|n| rule("r", &format!("r{n:05}\\d"), "test")).collect();
    let mut resolver = resolver(rules);
    assert_eq!(resolver.compiled(), 0);
    for n in 0..2 * MAX_COMPILED {
        let (to, why) = resolve(&mut resolver, &format!("sip:r{n:05}7@192.0.2.5"));
        assert_eq!((to, why.rules().len()), (Destination::TestCall, 1));
    }
    assert_eq!(resolver.compiled(), MAX_COMPILED);
}

#[test]
fn overlaps_are_found_and_only_true_ones() {
    let overlaps = |rules: Vec<Rule>| -> Vec<String> {
        let found = resolver(rules).plan().overlaps();
        found.iter().map(|overlap| format!("{}: {overlap}", overlap.later.1)).collect()
    };
    let same = vec![rule("a", "zoom\\d", "test"), rule("b", "ZOOM\\d@", "reception")];
    assert_eq!(overlaps(same), ["b: never reached: rule \"a\" takes all its calls"]);
    let wide =
        vec![rule("wide", "z.*", "test"), rule("narrow", "zoom\\.(\\d{2,}|x)@", "reception")];
    assert_eq!(overlaps(wide), ["narrow: rule \"wide\" comes first for \"zoom.00\""]);
    let ordered = vec![rule("narrow", "zoom\\d+", "test"), rule("rest", ".*", "reception")];
    assert_eq!(overlaps(ordered), Vec::<String>::new(), "the wide one comes last");
    let trunk = |name, trunk| {
        Rule::read(&RuleText { name, trunk, pattern: "5", to: "test", ..RuleText::default() })
            .expect("a rule")
    };
    assert_eq!(overlaps(vec![trunk("a", "x"), trunk("b", "y")]), Vec::<String>::new());
    assert_eq!(overlaps(vec![trunk("a", "x"), trunk("b", "x")]).len(), 1);
    assert_eq!(overlaps(vec![trunk("a", "x"), trunk("b", "")]).len(), 1);
}

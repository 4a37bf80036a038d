//! What an operator reads.

use super::*;
use crate::{Form, Verdict};
use causeway_base::Lang;

fn plan(extra: usize) -> Resolver {
    let mut rules = vec![
        rule("elsewhere", "zoom\\.\\d", "test"),
        rule("zoom", "zoom\\.(?P<id>\\d+)", "sip:${id}@zoomcrc.com"),
    ];
    rules.extend((0..extra).map(|n| rule("extra", &format!("branch-{n:05}-.*"), "test")));
    resolver(rules)
}

#[test]
fn every_step_is_told_in_both_languages() {
    let (_, why) = resolve(&mut plan(9_998), "sip:02166660000@192.0.2.5");
    assert_eq!(
        why.to_text(Lang::En),
        "called: sip:02166660000@192.0.2.5\n\
         number: +862166660000 (fixed line)\n\
         name (as dialled): unknown\n\
         name (canonical number): unknown\n\
         name (whole address): unknown\n\
         10,000 rules begin with another prefix\n\
         result: no name and no rule takes this call; refused CW-DIAL-001 — No such number or address. Check it and dial again.\n"
    );
    let (_, why) = resolve(&mut plan(3), "sip:zoom.123@192.0.2.5");
    assert_eq!(
        why.to_text(Lang::Zh),
        "被叫：sip:zoom.123@192.0.2.5\n\
         名称（原样）：没有\n\
         名称（完整地址）：没有\n\
         规则 1（elsewhere）：被叫与 match 不符\n\
         规则 2（zoom）：匹配\n\
         结果：直接呼叫 sip:123@zoomcrc.com\n"
    );
    assert_eq!(why.passed_over(), 0);
    assert_eq!(why.taken_by(), Some("zoom"));
    let (_, why) = resolve(&mut plan(3), "sip:zoom.123@evil.example");
    let text = why.to_text(Lang::En);
    assert!(text.contains("host: not one of ours"), "{text}");
    assert_eq!(why.rules()[1].verdict, Verdict::NotOurHost);
}

#[test]
fn a_name_needs_no_rule() {
    let (_, why) = resolve(&mut plan(3), "1001");
    assert_eq!((why.rules().len(), why.passed_over()), (0, 0));
    assert_eq!(why.names()[0].form, Form::AsDialled);
    assert!(why.to_text(Lang::Zh).ends_with("结果：进入会议 one\n"));
}

#[test]
fn a_log_shows_nothing_of_the_call() {
    for called in ["sip:13800138000@192.0.2.5", "sip:zoom.123456@192.0.2.5", "13800138000"] {
        let (_, why) = resolve(&mut plan(3), called);
        for log in [why.to_string(), format!("{why:?}")] {
            assert!(
                !log.contains("138") && !log.contains("123456") && !log.contains("192."),
                "{log}"
            );
        }
    }
}

#[test]
fn every_word_of_a_program_is_unique() {
    use Verdict::{BadTarget, Matched, NotOurHost, OtherCaller, OtherName, OtherTrunk};
    let verdicts = [Matched, OtherTrunk, OtherName, NotOurHost, OtherCaller, BadTarget];
    let words: std::collections::HashSet<_> =
        verdicts.iter().map(|verdict| verdict.code()).collect();
    assert_eq!(words.len(), verdicts.len());
}

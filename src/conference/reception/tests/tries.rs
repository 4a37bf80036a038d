//! Wrong, unknown, late and missing answers.

use super::{LEG, Phone, called, enter, hosts_need_pin, needs_pin, secs};
use crate::reception::{Answer, LONGEST_PHRASE, Settings};
use crate::{Goal, ReceptionCommand, Role};
use causeway_base::Lang;
use std::time::Duration;

#[test]
fn star_does_not_take_back_a_wrong_pin() {
    let (mut phone, _) = Phone::call(called(true), Lang::Zh);
    for _ in 0..2 {
        phone.press("1#*");
        assert_eq!(phone.answer(Answer::No), ["zh-CN: other-language enter-pin"]);
    }
    phone.press("1#*");
    assert_eq!(phone.answer(Answer::No), ["zh-CN: too-many-attempts goodbye"]);
}

/// Everything that a caller can perceive of three tries, with its time.
fn three_tries(operator: bool, number_exists: bool) -> Vec<(Duration, String)> {
    let settings = Settings { operator, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::Zh);
    let begin = phone.now;
    let mut heard = Vec::new();
    for _ in 0..3 {
        let mut lines = phone.press("4711#");
        phone.now += Duration::from_millis(20);
        lines.extend(phone.answer(if number_exists { hosts_need_pin() } else { Answer::No }));
        lines.extend(phone.press("0815"));
        lines.extend(phone.pass(secs(10)));
        lines.extend(phone.answer(Answer::No));
        let at = phone.now - begin;
        heard.extend(lines.into_iter().map(|line| (at, line)));
    }
    heard.extend(phone.played().into_iter().map(|line| (phone.now - begin, line)));
    assert!(phone.is_gone());
    heard.retain(|(_, line)| !line.ends_with('?'));
    heard
}

#[test]
fn an_unknown_number_cannot_be_told_from_a_wrong_pin() {
    for operator in [false, true] {
        assert_eq!(three_tries(operator, true), three_tries(operator, false));
    }
}

#[test]
fn after_three_tries_comes_goodbye_with_the_reason_or_the_operator() {
    let lines = |operator| {
        let heard: Vec<String> =
            three_tries(operator, true).into_iter().map(|(_, line)| line).collect();
        let refused = heard.iter().filter(|line| line.contains("not-right try-again")).count();
        assert_eq!(refused, 2);
        heard[heard.len() - 2..].to_vec()
    };
    assert_eq!(lines(false), ["zh-CN: too-many-attempts goodbye", "dismissed CW-AUTH-004"]);
    assert_eq!(lines(true), ["zh-CN: too-many-attempts connecting-operator", "to the operator"]);
}

#[test]
fn an_unknown_number_is_told_at_once_where_numbers_are_not_hidden() {
    let settings = Settings { hide_numbers: false, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::En);
    for _ in 0..2 {
        phone.press("4711#12");
        assert_eq!(
            phone.answer(Answer::No),
            ["en: not-right try-again other-language enter-number"],
            "what was typed ahead is void"
        );
    }
    phone.press("4711#");
    assert_eq!(phone.answer(Answer::No), ["en: too-many-attempts goodbye"]);
}

#[test]
fn nobody_enters_where_nothing_is() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    phone.answer(Answer::No);
    assert_eq!(phone.press("2#"), ["hush", "pin 2 at nothing?"]);
    assert_eq!(
        phone.answer(enter(Role::Host)),
        ["zh-CN: not-right try-again other-language enter-number"]
    );
}

#[test]
fn who_has_used_up_the_attempts_hears_the_same_goodbye() {
    let settings = Settings { operator: true, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::En);
    phone.press("1#");
    assert_eq!(phone.answer(Answer::Exhausted), ["en: too-many-attempts goodbye"]);
    assert_eq!(phone.played(), ["dismissed CW-AUTH-004"]);
}

#[test]
fn a_late_answer_to_an_old_question_is_ignored() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    let old = phone.question;
    phone.answer(needs_pin());
    let late = |answer| ReceptionCommand::Answered { leg: LEG, question: old, answer, skipped: 0 };
    assert_eq!(phone.tell(late(enter(Role::Host))), [""; 0], "while the PIN is entered");
    phone.press("2#");
    assert_eq!(phone.tell(late(enter(Role::Host))), [""; 0], "while the PIN is compared");
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
    assert_eq!(phone.answer(enter(Role::Guest)), [""; 0], "afterwards");
}

#[test]
fn a_slow_answer_is_bridged_and_a_missing_one_is_our_fault() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    assert_eq!(phone.pass(secs(2)), ["zh-CN: one-moment"]);
    assert_eq!(phone.press("4#"), [""; 0], "kept");
    assert_eq!(phone.pass(secs(13)), ["zh-CN: fault goodbye"]);
    assert_eq!(phone.answer(enter(Role::Host)), [""; 0]);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["dismissed CW-NODE-003"]);
}

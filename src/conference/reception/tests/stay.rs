//! How long callers stay, and that nothing stays of them.

use super::{LEG, Phone, needs_pin, secs};
use crate::reception::{Answer, Entered, LONGEST_PHRASE, MAX_CALLERS, Question, QuestionId};
use crate::{Arrival, Goal, ReceptionCommand, ReceptionEvent};
use causeway_base::{EndCause, Lang, LegId};
use causeway_plan::PlayId;

#[test]
fn who_enters_nothing_for_ten_seconds_is_asked_again_and_let_go_after_five_minutes() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::En);
    let mut prompts = 0;
    loop {
        phone.now += secs(5);
        phone.played();
        let before = phone.now;
        let lines = phone.pass(secs(10));
        if lines != ["en: nothing-entered other-language enter-number"] {
            assert_eq!(lines, ["en: nothing-entered goodbye"]);
            assert!(phone.now <= before + secs(10));
            break;
        }
        prompts += 1;
    }
    assert_eq!(prompts, 19, "15 s each, in 300 s");
    assert_eq!(phone.played(), [format!("dismissed {}", EndCause::WaitedTooLong.code())]);
    assert!(phone.is_gone());
}

#[test]
fn a_prompt_whose_end_is_never_reported_ends_by_itself() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["zh-CN: nothing-entered other-language enter-number"]);
    let old = PlayId(phone.play.0 - 1);
    phone.tell(ReceptionCommand::Played { leg: LEG, play: old });
    assert_eq!(phone.pass(secs(10)), [""; 0], "the end of another playing");
}

#[test]
fn who_leaves_at_any_stage_leaves_nothing_behind() {
    let leave = || ReceptionCommand::Leave { leg: LEG };
    let steps: [&dyn Fn(&mut Phone); 6] = [
        &|_| {},
        &|phone| drop(phone.press("12")),
        &|phone| drop(phone.press("12#3")),
        &|phone| drop((phone.press("12#"), phone.answer(needs_pin()), phone.press("3"))),
        &|phone| drop((phone.press("12#"), phone.answer(needs_pin()), phone.press("3#"))),
        &|phone| drop((phone.press("12#"), phone.answer(Answer::Test), phone.played())),
    ];
    for step in steps {
        let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
        step(&mut phone);
        assert_eq!(phone.tell(leave()), [""; 0]);
        assert!(phone.is_gone());
        let late = [phone.answer(Answer::No), phone.press("1#"), phone.played()].concat();
        assert_eq!(late, [""; 0]);
    }
}

#[test]
fn a_caller_whose_media_is_never_agreed_is_let_go() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.tell(ReceptionCommand::Leave { leg: LEG });
    let arrival = Arrival { leg: LEG, goal: Goal::Ask, lang: Lang::Zh, connected: false };
    phone.tell(ReceptionCommand::Arrive(arrival));
    assert_eq!(phone.pass(secs(64)), ["dismissed CW-PROTO-003"]);
}

#[test]
fn callers_beyond_the_bound_are_dismissed_at_once() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    for n in 2..=MAX_CALLERS as u64 + 1 {
        let arrival = Arrival { leg: LegId(n), goal: Goal::Ask, lang: Lang::Zh, connected: true };
        let lines = phone.tell(ReceptionCommand::Arrive(arrival));
        let is_full = n == MAX_CALLERS as u64 + 1;
        assert_eq!(lines == ["dismissed CW-NODE-001"], is_full, "{n}");
    }
    assert_eq!(phone.reception.callers(), MAX_CALLERS);
}

#[test]
fn the_log_shows_no_digits() {
    let press = ReceptionCommand::Digit { leg: LEG, digit: '7' };
    let asked =
        Question::Pin { key: Some("r1".into()), pin: Entered { digits: "777".into(), choices: 0 } };
    let event = ReceptionEvent::Asked { leg: LEG, id: QuestionId(1), question: asked };
    let shown = format!("{press:?} {event:?}");
    assert!(!shown.contains('7'), "{shown}");
}

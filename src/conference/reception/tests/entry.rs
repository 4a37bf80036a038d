//! Number, PIN, language, typing ahead.

use super::{LEG, Phone, called, enter, needs_pin, secs};
use crate::reception::{Answer, Settings};
use crate::{Arrival, Goal, ReceptionCommand, Role};
use causeway_base::{Lang, LegId};
use causeway_plan::DigitMethod;
use std::time::Duration;

#[test]
fn a_chinese_caller_enters_number_and_pin_and_is_in() {
    let (mut phone, said) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(said, ["zh-CN: welcome other-language enter-number"]);
    assert_eq!(phone.press("1234#"), ["hush", "number 1234?"]);
    assert_eq!(phone.answer(needs_pin()), ["zh-CN: enter-pin"]);
    assert_eq!(phone.played(), [""; 0]);
    assert_eq!(phone.press("5678#"), ["pin 5678 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in zh-CN"]);
    assert!(phone.is_gone());
}

#[test]
fn nine_is_english_and_eight_is_chinese() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("9"), ["en: other-language enter-number"]);
    assert_eq!(phone.press("8"), ["zh-CN: other-language enter-number"]);
    let (mut phone, said) = Phone::call(Goal::Ask, Lang::En);
    assert_eq!(said, ["en: welcome other-language enter-number"]);
    assert_eq!(phone.press("8"), ["zh-CN: other-language enter-number"]);
    assert_eq!(phone.press("123#"), ["hush", "number 123?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn a_language_digit_after_another_digit_is_a_digit() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("198#"), ["hush", "number 198?"]);
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("81#"), ["hush", "number 81?"], "chinese already");
}

#[test]
fn a_number_that_begins_with_a_language_digit_can_be_dialled() {
    let (mut twice, _) = Phone::call(Goal::Ask, Lang::Zh);
    twice.press("98123#");
    assert_eq!(twice.answer(Answer::No), ["number 8123?"]);
    assert_eq!(twice.answer(Answer::No), ["number 98123?"]);
    assert_eq!(twice.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"], "not english");
}

#[test]
fn who_chose_a_language_and_mistypes_is_answered_in_it() {
    let settings = Settings { hide_numbers: false, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::Zh);
    phone.press("9123#");
    assert_eq!(phone.answer(Answer::No), ["number 9123?"]);
    assert_eq!(phone.answer(Answer::No), ["en: not-right try-again other-language enter-number"]);
}

#[test]
fn a_number_without_hash_is_complete_four_seconds_after_its_last_digit() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("12");
    assert_eq!(phone.pass(secs(3)), [""; 0]);
    phone.press("34");
    assert_eq!(phone.pass(Duration::from_millis(3999)), [""; 0]);
    assert_eq!(phone.pass(Duration::from_millis(1)), ["number 1234?"]);
    phone.answer(needs_pin());
    phone.press("99");
    assert_eq!(phone.pass(secs(4)), ["pin 99 at r1?"]);
}

#[test]
fn number_and_pin_in_one_burst_are_taken_without_a_prompt() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("1234#5678#"), ["hush", "number 1234?"]);
    assert_eq!(phone.answer(needs_pin()), ["pin 5678 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn what_is_typed_before_media_is_ready_is_kept() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    let leg = LegId(2);
    let arrival = Arrival { leg, goal: Goal::Ask, lang: Lang::Zh, connected: false };
    phone.tell(ReceptionCommand::Arrive(arrival));
    for digit in "77#".chars() {
        let method = DigitMethod::SipInfo;
        assert_eq!(phone.tell(ReceptionCommand::Digit { leg, digit, method }), [""; 0]);
    }
    assert_eq!(phone.tell(ReceptionCommand::MediaReady { leg }), ["number 77?"]);
}

#[test]
fn typing_ahead_is_bounded_and_a_star_makes_room() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    phone.press(&"7".repeat(100));
    phone.press("*22#");
    assert_eq!(phone.answer(needs_pin()), ["number 22?"]);
}

#[test]
fn a_press_that_comes_by_three_ways_counts_once() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    let mut lines = Vec::new();
    for digit in "12#".chars() {
        for method in [DigitMethod::Rfc4733, DigitMethod::InBand, DigitMethod::SipInfo] {
            phone.now += Duration::from_millis(50);
            lines.extend(phone.tell(ReceptionCommand::Digit { leg: LEG, digit, method }));
        }
    }
    assert_eq!(lines, ["hush", "number 12?"]);
}

#[test]
fn star_restarts_from_the_number_at_every_step() {
    let again = "zh-CN: other-language enter-number";
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("12*"), ["hush", again], "while entering the number");
    assert_eq!(phone.press("34#*"), ["hush", "number 34?"], "while it is looked up");
    assert_eq!(phone.answer(needs_pin()), [again]);
    assert_eq!(phone.press("34#*56#"), ["hush", "number 34?"], "with the next number");
    assert_eq!(phone.answer(enter(Role::Guest)), ["number 56?"]);
    assert_eq!(phone.answer(needs_pin()), ["zh-CN: enter-pin"]);
    assert_eq!(phone.press("7*"), ["hush", again], "while entering the PIN");
    phone.press("56#");
    phone.answer(needs_pin());
    phone.press("78#*");
    assert_eq!(phone.answer(enter(Role::Host)), [again], "while the PIN is compared");
    assert_eq!(phone.press("*"), [again], "while the prompt plays");
}

#[test]
fn who_called_a_conference_begins_at_its_pin_and_restarts_there() {
    let (mut phone, said) = Phone::call(called(true), Lang::En);
    assert_eq!(said, ["en: welcome enter-pin"]);
    assert_eq!(phone.press("9*"), ["hush", "en: enter-pin"], "9 is no language here");
    assert_eq!(phone.press("#"), ["en: nothing-entered enter-pin"]);
    assert_eq!(phone.press("98#"), ["hush", "pin 98 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in en"]);
}

#[test]
fn hash_alone_makes_a_guest_where_guests_need_no_pin() {
    let (mut phone, said) = Phone::call(called(false), Lang::Zh);
    assert_eq!(said, ["zh-CN: welcome enter-pin-or-hash"]);
    assert_eq!(phone.press("#"), ["hush", "pin  at r1?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

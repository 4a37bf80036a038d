//! Number, PIN, language, typing ahead.

use super::{Phone, called, enter, needs_pin, secs};
use crate::reception::{Answer, Settings};
use crate::{Arrival, Goal, ReceptionCommand, Role};
use causeway_base::{Lang, LegId};
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
    assert_eq!(phone.press("123#"), ["hush", "number 8123 or 123?"]);
    assert_eq!(phone.answer_without(1, enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
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
    let asked = ["en: other-language enter-number", "zh-CN: other-language enter-number", "hush"];
    let number = "number 98123 or 8123 or 123?";
    assert_eq!(twice.press("98123#"), [&asked[..], &[number]].concat(), "asked once");
    assert_eq!(twice.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"], "not english");
    let (mut english, _) = Phone::call(Goal::Ask, Lang::Zh);
    english.press("9123#");
    assert_eq!(english.answer_without(1, enter(Role::Guest)), ["to r1 as Guest in en"]);
}

#[test]
fn who_chose_a_language_and_mistypes_is_answered_in_it() {
    let settings = Settings { hide_numbers: false, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::Zh);
    phone.press("9123#");
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
        assert_eq!(phone.tell(ReceptionCommand::Digit { leg, digit }), [""; 0]);
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
    assert_eq!(said, ["en: welcome other-language enter-pin"]);
    assert_eq!(phone.press("1*"), ["hush", "en: other-language enter-pin"]);
    assert_eq!(phone.press("#"), ["en: nothing-entered other-language enter-pin"]);
    assert_eq!(phone.press("98#"), ["hush", "pin 98 at r1?"], "english already");
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in en"]);
}

#[test]
fn hash_alone_makes_a_guest_where_guests_need_no_pin() {
    let (mut phone, said) = Phone::call(called(false), Lang::Zh);
    assert_eq!(said, ["zh-CN: welcome other-language enter-pin-or-hash"]);
    assert_eq!(phone.press("#"), ["hush", "pin  at r1?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn who_says_nothing_where_guests_need_no_pin_comes_in_as_a_guest() {
    let (mut phone, _) = Phone::call(called(false), Lang::Zh);
    phone.played();
    assert_eq!(phone.pass(secs(10)), ["pin  at r1?"], "a room need not type anything");
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn who_called_a_conference_chooses_the_language_at_its_pin() {
    let (mut phone, _) = Phone::call(called(true), Lang::Zh);
    assert_eq!(phone.press("9"), ["en: other-language enter-pin"]);
    assert_eq!(phone.press("4711#"), ["hush", "pin 94711 or 4711 at r1?"]);
    assert_eq!(phone.answer_without(1, enter(Role::Host)), ["to r1 as Host in en"]);
    let (mut phone, _) = Phone::call(called(true), Lang::Zh);
    phone.press("94711#");
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in zh-CN"], "9 was of the PIN");
}

#[test]
fn a_conference_that_has_not_started_is_told_and_counts_no_try() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::En);
    phone.press("123456789#");
    phone.answer(needs_pin());
    phone.press("4711#");
    assert_eq!(phone.answer(Answer::NotStarted), ["en: not-started goodbye"]);
    assert_eq!(phone.played(), ["dismissed CW-CONF-007"]);
}

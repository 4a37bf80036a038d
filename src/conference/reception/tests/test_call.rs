//! The test call.

use super::{LEG, Phone, secs};
use crate::reception::{Answer, Heard, Settings};
use crate::{Goal, ReceptionCommand, Verdict};
use causeway_base::{Codec, Lang};
use std::time::Duration;

pub(super) fn verdict() -> Verdict {
    Verdict {
        heard: Heard::Sound,
        lost_per_mille: 0,
        remote_lost_per_mille: None,
        jitter: Duration::ZERO,
        round_trip: None,
        codec: Codec::Pcma,
        encrypted: false,
        picture: None,
    }
}

#[test]
fn a_test_call_hears_itself_then_the_verdict_and_may_repeat() {
    for lang in [Lang::Zh, Lang::En] {
        let tag = lang.tag();
        let introduction = format!("{tag}: test-introduction beep");
        let (mut phone, said) = Phone::call(Goal::Test, lang);
        assert_eq!(said.join(";"), introduction);
        assert_eq!(phone.played(), ["echo true"]);
        assert_eq!(phone.pass(secs(8)), ["echo false", "measure"]);
        let verdict = || ReceptionCommand::Measured { leg: LEG, verdict: verdict() };
        let said = format!(
            "{tag}: test-result test-both-ways test-line-good test-clear test-codec-g711 test-repeat"
        );
        assert_eq!(phone.tell(verdict()).join(";"), said);
        assert_eq!(phone.press("2"), [""; 0]);
        assert_eq!(phone.press("1"), [introduction]);
        phone.played();
        phone.pass(secs(8));
        assert_eq!(phone.tell(verdict()), [said]);
        phone.played();
        assert_eq!(phone.pass(secs(5)), [format!("{tag}: goodbye")]);
        assert_eq!(phone.played(), ["dismissed CW-CALL-000"]);
        assert!(phone.is_gone());
    }
}

#[test]
fn a_number_can_lead_to_the_test_call_and_measures_that_do_not_come_end_it() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::En);
    phone.press("1#");
    assert_eq!(phone.answer(Answer::Test), ["en: test-introduction beep"]);
    phone.played();
    assert_eq!(phone.pass(secs(8) + secs(5)), ["echo false", "measure", "en: fault goodbye"]);
}

#[test]
fn the_echo_is_taken_back_when_the_time_is_over() {
    let settings = Settings { longest_stay: secs(3), ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Test, Lang::En);
    phone.played();
    assert_eq!(phone.pass(secs(3)), ["echo false", "en: goodbye"]);
}

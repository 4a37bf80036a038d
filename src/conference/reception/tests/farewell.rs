//! Why it is over, and the score.

use super::{Phone, secs};
use crate::Goal;
use crate::reception::LONGEST_PHRASE;
use causeway_base::{EndCause, Lang};

#[test]
fn a_score_is_taken_once_and_thanked_for_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        let tag = lang.tag();
        let goal = Goal::Feedback { cause: EndCause::ConferenceEnded };
        let (mut phone, said) = Phone::call(goal, lang);
        assert_eq!(said, [format!("{tag}: conference-ended ask-feedback")]);
        assert_eq!(phone.press("07*#6"), [""; 0], "no scores");
        assert_eq!(phone.press("45"), ["score 4".to_owned(), format!("{tag}: thank-you goodbye")]);
        assert_eq!(phone.played(), ["dismissed CW-CONF-002"]);
    }
}

#[test]
fn who_gives_no_score_for_eight_seconds_hears_goodbye() {
    let (mut phone, said) = Phone::call(Goal::Feedback { cause: EndCause::Normal }, Lang::En);
    assert_eq!(said, ["en: ask-feedback"]);
    phone.played();
    assert_eq!(phone.pass(secs(8)), ["en: goodbye"]);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["dismissed CW-CALL-000"]);
}

#[test]
fn who_is_sent_away_hears_why_and_is_not_asked() {
    for (cause, prompt) in [
        (EndCause::Removed, "removed goodbye"),
        (EndCause::Denied, "denied goodbye"),
        (EndCause::WaitedTooLong, "waited-too-long goodbye"),
        (EndCause::CapacityReached, "full goodbye"),
        (EndCause::ConferenceLocked, "is-locked goodbye"),
        (EndCause::Internal, "fault goodbye"),
        (EndCause::Replaced, "goodbye"),
    ] {
        for goal in [Goal::Feedback { cause }, Goal::Dismissal { cause }] {
            let (mut phone, said) = Phone::call(goal, Lang::Zh);
            assert_eq!(said, [format!("zh-CN: {prompt}")]);
            assert_eq!(phone.press("5"), [""; 0]);
            assert_eq!(phone.played(), [format!("dismissed {}", cause.code())]);
        }
    }
}

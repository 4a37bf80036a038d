//! What a room shows meanwhile.

use super::{LEG, Phone, called, hosts_need_pin, needs_pin, secs, test_call};
use crate::reception::Answer;
use crate::{Goal, ReceptionCommand};
use causeway_base::Lang;
use causeway_plan::Show;
use causeway_plan::picture::{MAX_TEXT, ScreenEntry, TextScreen};

impl Phone {
    fn screen(&self) -> Show {
        self.reception.screen(LEG).expect("it is here")
    }

    fn text(&self) -> TextScreen {
        match self.screen() {
            Show::Text(screen) => screen,
            other => panic!("{other:?}"),
        }
    }

    fn bars(&self) -> String {
        match self.screen() {
            Show::Bars { text, source: Some(LEG) } => text,
            other => panic!("{other:?}"),
        }
    }
}

fn digits(typed: &str) -> Option<ScreenEntry> {
    Some(ScreenEntry::Digits(typed.to_owned()))
}

#[test]
fn a_number_is_echoed_and_a_pin_is_not() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.text().title, "欢迎");
    assert_eq!(phone.text().entry, digits(""));
    phone.press("10");
    assert_eq!(phone.text().entry, digits("10"));
    assert!(phone.text().lines[0].contains("会议号"));
    phone.press("01#");
    assert_eq!((phone.text().lines[0].as_str(), phone.text().entry), ("请稍候", digits("1001")));
    phone.answer(needs_pin());
    assert!(phone.text().lines[0].starts_with("请输入密码"));
    phone.press("471");
    assert_eq!(phone.text().entry, Some(ScreenEntry::Hidden(3)));
    assert!(!format!("{:?}", phone.screen()).contains("471"), "nobody may read a PIN");
    phone.press("#");
    assert_eq!(phone.text().entry, Some(ScreenEntry::Hidden(3)));
}

#[test]
fn the_screen_changes_its_language_with_the_voice() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert!(phone.text().lines[1].contains("press 9"));
    phone.press("9");
    assert_eq!((phone.text().title.as_str(), phone.text().entry), ("Welcome", digits("")));
    assert!(phone.text().lines[1].contains("按 8"));
    phone.press("1#");
    phone.answer_without(1, hosts_need_pin());
    assert!(phone.text().lines[0].contains("Guests: press #"));
}

#[test]
fn who_is_let_go_reads_why() {
    let (mut phone, _) = Phone::call(called(true), Lang::En);
    phone.press("1#");
    phone.answer(Answer::Exhausted);
    let cause = causeway_base::EndCause::AttemptsExhausted;
    assert_eq!(phone.text().lines, [cause.sentence(Lang::En)]);
    let ended = causeway_base::EndCause::ConferenceEnded;
    let (phone, _) = Phone::call(Goal::Feedback { cause: ended }, Lang::Zh);
    assert_eq!(phone.text().title, ended.sentence(Lang::Zh));
    assert!(phone.text().lines[0].contains("1（差）"));
}

#[test]
fn a_test_call_shows_bars_the_callers_picture_and_what_was_found() {
    for (lang, good) in [(Lang::Zh, "线路良好"), (Lang::En, "The line is good")] {
        let (mut phone, _) = Phone::call(Goal::Test, lang);
        let introduction = phone.bars();
        phone.played();
        assert_ne!(phone.bars(), introduction);
        phone.pass(secs(8));
        phone.tell(ReceptionCommand::Measured { leg: LEG, verdict: test_call::verdict() });
        let found = phone.bars();
        assert!(found.contains(good) && found.contains("G.711"), "{found}");
        assert!(found.chars().count() <= MAX_TEXT, "{found}");
    }
}

#[test]
fn who_is_gone_has_no_screen() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.tell(ReceptionCommand::Leave { leg: LEG });
    assert_eq!(phone.reception.screen(LEG), None);
}

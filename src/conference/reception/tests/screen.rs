//! What a room shows meanwhile.

use super::{LEG, Phone, called, hosts_need_pin, needs_pin, secs, test_call};
use crate::reception::{Answer, Came, PictureVerdict, Sent};
use crate::{Goal, ReceptionCommand, Verdict};
use causeway_base::{Bitrate, Lang, SizeClass, VideoCodec, VideoSize};
use causeway_plan::Show;
use causeway_plan::picture::{MAX_BAR_LINES, MAX_TEXT, ScreenEntry, TextScreen};
use causeway_plan::video::Sight;

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

    fn bars(&self) -> Vec<String> {
        match self.screen() {
            Show::Bars { lines, source: Some(LEG) } => lines,
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
        assert_eq!(found.len(), 2, "nothing of pictures that were not agreed: {found:?}");
        assert!(found[0].contains(good) && found[0].contains("G.711"), "{found:?}");
    }
}

/// The longest of everything: no line is cut.
#[test]
fn a_test_call_with_pictures_tells_what_came_of_them_both_ways() {
    let size = Some(VideoSize::new(1280, 720));
    let rate = Some(Bitrate::kbps(812));
    let pictures = |sight, lost_per_mille| Came::Pictures { size, rate, sight, lost_per_mille };
    let sent = |remote_lost_per_mille, asks| {
        let (codec, class) = (VideoCodec::H264, SizeClass::P720);
        Some(Sent { codec, class, remote_lost_per_mille, asks })
    };
    for (came, sent, zh, en) in [
        (
            pictures(Sight::Fine, 0),
            sent(Some(0), 1),
            "画面已收到：1280x720，812 kbit/s · 您能收到我们的画面：720p H.264",
            "Your picture arrives: 1280x720, 812 kbit/s · Ours reaches you: 720p H.264",
        ),
        (
            pictures(Sight::Black, 52),
            sent(None, 0),
            "您的画面为黑屏：请检查镜头盖 · 丢包 5% · 已发出画面，您的设备未回报：720p H.264",
            "Your picture is black: is the lens covered? · 5% of the packets are lost · \
             Ours is sent, your device reports nothing: 720p H.264",
        ),
        (
            Came::Nothing,
            sent(Some(950), 0),
            "没有收到画面：请检查摄像头 · 您收不到我们的画面",
            "No picture arrives: is the camera on? · Our picture does not reach you",
        ),
        (Came::Undecodable, None, "您的画面无法解码", "Your picture cannot be decoded"),
    ] {
        for (lang, line) in [(Lang::Zh, zh), (Lang::En, en)] {
            let (mut phone, _) = Phone::call(Goal::Test, lang);
            phone.played();
            phone.pass(secs(8));
            let picture = Some(PictureVerdict { came, sent });
            let verdict = Verdict { picture, ..test_call::verdict() };
            phone.tell(ReceptionCommand::Measured { leg: LEG, verdict });
            let found = phone.bars();
            assert_eq!((found.len(), found[1].as_str()), (MAX_BAR_LINES, line));
            assert!(found.iter().all(|line| line.chars().count() <= MAX_TEXT), "{found:?}");
        }
    }
}

#[test]
fn who_is_gone_has_no_screen() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.tell(ReceptionCommand::Leave { leg: LEG });
    assert_eq!(phone.reception.screen(LEG), None);
}

//! What a room shows while the reception speaks with it.

use crate::reception::caller::{Caller, Departure, Stage};
use crate::reception::test_call::TestStage;
use crate::reception::{Finding, PictureFinding, Verdict};
use causeway_base::{Codec, EndCause, Lang, VideoCodec};
use causeway_plan::Show;
use causeway_plan::picture::{ScreenEntry, TextScreen};

/// The text for a language.
const fn text(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

impl Caller {
    /// Where it stands, for the eyes.
    pub(super) fn screen(&self) -> Show {
        let lang = self.lang;
        let ask = |line, entry| with_entry(text(lang, "欢迎", "Welcome"), &[line], entry);
        let other = text(lang, "English: press 9", "中文请按 8");
        match &self.stage {
            Stage::Number(entry) => with_entry(
                text(lang, "欢迎", "Welcome"),
                &[
                    text(lang, "请输入会议号，按 # 号键结束", "Enter the meeting number, then #"),
                    other,
                ],
                Some(ScreenEntry::Digits(entry.typed().to_owned())),
            ),
            Stage::NumberAsked(_, entry) => {
                ask(one_moment(lang), Some(ScreenEntry::Digits(entry.typed().to_owned())))
            }
            Stage::Pin(door, entry) => {
                let line = match door.guests_need_pin {
                    true => text(lang, "请输入密码，按 # 号键结束", "Enter the PIN, then #"),
                    false => text(
                        lang,
                        "主持人请输入密码并按 # 号键；来宾请直接按 # 号键",
                        "Hosts: enter your PIN, then #. Guests: press #",
                    ),
                };
                ask(line, Some(ScreenEntry::Hidden(entry.typed().len())))
            }
            Stage::PinAsked(_, _, entry) => {
                ask(one_moment(lang), Some(ScreenEntry::Hidden(entry.typed().len())))
            }
            Stage::Feedback(cause) => with_entry(
                cause.sentence(lang),
                &[text(
                    lang,
                    "通话质量如何？请按 1（差）到 5（好）",
                    "How good was the call? Press 1 (bad) to 5 (good)",
                )],
                None,
            ),
            Stage::Test(stage) => Show::Bars { lines: test(stage, lang), source: Some(self.leg) },
            Stage::Farewell(Departure::Operator) => with_entry(
                text(lang, "正在为您转接人工", "You are put through to the operator"),
                &[one_moment(lang)],
                None,
            ),
            Stage::Farewell(Departure::Dismiss(EndCause::Normal)) => {
                with_entry(text(lang, "再见", "Goodbye"), &[], None)
            }
            Stage::Farewell(Departure::Dismiss(cause)) => {
                with_entry(text(lang, "再见", "Goodbye"), &[cause.sentence(lang)], None)
            }
            Stage::Arriving(_) | Stage::Gone => ask(one_moment(lang), None),
        }
    }
}

const fn one_moment(lang: Lang) -> &'static str {
    text(lang, "请稍候", "One moment, please")
}

fn with_entry(title: &str, lines: &[&str], entry: Option<ScreenEntry>) -> Show {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Show::Text(TextScreen { title: title.to_owned(), lines, entry })
}

fn test(stage: &TestStage, lang: Lang) -> Vec<String> {
    let lines = match stage {
        TestStage::Introduction => [
            text(lang, "测试呼叫：这是您的画面", "Test call: this is your picture"),
            text(
                lang,
                "提示音后请讲话，您会听到自己的声音",
                "Speak after the tone, and hear yourself",
            ),
        ],
        TestStage::Echo => {
            [text(lang, "请讲话：您会听到自己的声音", "Speak: you hear yourself"), ""]
        }
        TestStage::Measuring => [text(lang, "正在检查线路", "The line is being checked"), ""],
        TestStage::Verdict(verdict) => return self::verdict(verdict, lang),
    };
    lines.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect()
}

/// What was found: of the sound, of pictures where any were agreed, and how to test again.
fn verdict(verdict: &Verdict, lang: Lang) -> Vec<String> {
    let again = text(lang, "按 1 再测一次", "Press 1 to test again");
    let sound = verdict.findings().into_iter().map(|finding| found(finding, lang));
    let pictures = verdict.picture_findings();
    let pictures = pictures.into_iter().map(|finding| found_of_pictures(finding, lang));
    let joined = [join(sound), join(pictures), again.to_owned()];
    joined.into_iter().filter(|line| !line.is_empty()).collect()
}

fn join(findings: impl Iterator<Item = String>) -> String {
    findings.collect::<Vec<_>>().join(" · ")
}

fn found_of_pictures(finding: PictureFinding, lang: Lang) -> String {
    let words = match finding {
        PictureFinding::Received { size, rate } => {
            let size = size.map(|size| size.to_string());
            let figures: Vec<_> =
                size.into_iter().chain(rate.map(|rate| rate.to_string())).collect();
            let came = text(lang, "画面已收到", "Your picture arrives");
            return match (figures.as_slice(), lang) {
                ([], _) => came.to_owned(),
                (figures, Lang::Zh) => format!("{came}：{}", figures.join("，")),
                (figures, Lang::En) => format!("{came}: {}", figures.join(", ")),
            };
        }
        PictureFinding::Missing => {
            text(lang, "没有收到画面：请检查摄像头", "No picture arrives: is the camera on?")
        }
        PictureFinding::Undecodable => {
            text(lang, "您的画面无法解码", "Your picture cannot be decoded")
        }
        PictureFinding::Black => text(
            lang,
            "您的画面为黑屏：请检查镜头盖",
            "Your picture is black: is the lens covered?",
        ),
        PictureFinding::Frozen => text(lang, "您的画面静止不动", "Your picture stands still"),
        PictureFinding::LowLight => {
            text(lang, "您的画面过暗：请开灯", "Your picture is dark: switch on a light")
        }
        PictureFinding::Lossy { per_mille } => return lossy(per_mille, lang),
        PictureFinding::Taken(codec, class) => {
            let ours = text(lang, "您能收到我们的画面：", "Ours reaches you: ");
            return format!("{ours}{class} {}", spoken(codec));
        }
        PictureFinding::Unconfirmed(codec, class) => {
            let ours = text(
                lang,
                "已发出画面，您的设备未回报：",
                "Ours is sent, your device reports nothing: ",
            );
            return format!("{ours}{class} {}", spoken(codec));
        }
        PictureFinding::NotTaken => {
            text(lang, "您收不到我们的画面", "Our picture does not reach you")
        }
        PictureFinding::NotDecoded => {
            text(lang, "您的设备似乎无法解码我们的画面", "Your device seems unable to decode ours")
        }
    };
    words.to_owned()
}

/// As people write it.
const fn spoken(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::H264 => "H.264",
        VideoCodec::Vp8 => "VP8",
    }
}

fn lossy(per_mille: u16, lang: Lang) -> String {
    let percent = (u32::from(per_mille) + 5) / 10;
    match lang {
        Lang::Zh => format!("丢包 {percent}%"),
        Lang::En => format!("{percent}% of the packets are lost"),
    }
}

fn found(finding: Finding, lang: Lang) -> String {
    let words = match finding {
        Finding::BothWays => text(lang, "双向声音正常", "Sound goes both ways"),
        Finding::OneWay => text(lang, "您听不到我们的声音", "Our sound does not reach you"),
        Finding::OnlySilence => {
            text(lang, "只收到静音：请检查静音键", "Only silence: is it muted?")
        }
        Finding::NothingHeard => text(lang, "没有收到声音", "No sound arrives"),
        Finding::LineGood => text(lang, "线路良好", "The line is good"),
        Finding::LineLossy { per_mille } => return lossy(per_mille, lang),
        Finding::LineJittery => text(lang, "线路抖动", "Packets come unevenly"),
        Finding::Encrypted => text(lang, "已加密", "Encrypted"),
        Finding::Clear => text(lang, "未加密", "Not encrypted"),
        Finding::Codec(Codec::Opus) => "Opus",
        Finding::Codec(Codec::G722) => "G.722",
        Finding::Codec(Codec::Pcma | Codec::Pcmu) => "G.711",
    };
    words.to_owned()
}

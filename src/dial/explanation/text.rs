//! The sentences of an explanation.

use super::{Explanation, Form, Told, Verdict};
use crate::{Destination, NumberKind};
use causeway_base::Lang;
use std::fmt::Write;

impl Explanation {
    /// Every step in a person's language, a line each. Shows what was dialled: for operators,
    /// not for the log.
    pub fn to_text(&self, lang: Lang) -> String {
        self.told().to_text(lang)
    }
}

impl Told {
    /// Every step in a person's language, a line each, as [`Explanation::to_text`].
    pub fn to_text(&self, lang: Lang) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text, lang);
        text
    }

    fn write(&self, text: &mut String, lang: Lang) -> std::fmt::Result {
        let zh = lang == Lang::Zh;
        let called = plain(&self.called);
        if zh {
            writeln!(text, "被叫：{called}")?
        } else {
            writeln!(text, "called: {called}")?
        }
        if let Some((form, number)) = &self.number {
            let (kind, form) = (kind(*number, lang), plain(form));
            if zh {
                writeln!(text, "号码：{form}（{kind}）")?;
            } else {
                writeln!(text, "number: {form} ({kind})")?;
            }
        }
        if !self.our_host {
            text.push_str(if zh {
                "主机：不是本系统的地址，只查完整地址\n"
            } else {
                "host: not one of ours, so that only the whole address is looked up\n"
            });
        }
        for step in &self.names {
            let (form, found) = (form(step.form, lang), found(step.found, lang));
            if zh {
                writeln!(text, "名称（{form}）：{found}")?;
            } else {
                writeln!(text, "name ({form}): {found}")?;
            }
        }
        self.write_rules(text, lang)?;
        self.write_destination(text, lang)
    }

    fn write_rules(&self, text: &mut String, lang: Lang) -> std::fmt::Result {
        let zh = lang == Lang::Zh;
        for (index, step) in self.rules.iter().enumerate() {
            let left_out = thousands(self.left_out);
            match (zh, self.left_out) {
                (_, 1..) if index + 1 < self.rules.len() => {}
                (true, 1..) => writeln!(text, "……另有 {left_out} 条规则未列出")?,
                (false, 1..) => writeln!(text, "… and {left_out} more")?,
                (_, 0) => {}
            }
            let (place, name, verdict) =
                (step.place, plain(&step.name), verdict(step.verdict, lang));
            if zh {
                writeln!(text, "规则 {place}（{name}）：{verdict}")?;
            } else {
                writeln!(text, "rule {place} ({name}): {verdict}")?;
            }
        }
        let over = thousands(self.passed_over);
        match (zh, self.passed_over) {
            (_, 0) => Ok(()),
            (true, _) => writeln!(text, "另有 {over} 条规则的开头与被叫不同，未逐一尝试"),
            (false, 1) => writeln!(text, "1 rule begins with another prefix"),
            (false, _) => writeln!(text, "{over} rules begin with another prefix"),
        }
    }

    fn write_destination(&self, text: &mut String, lang: Lang) -> std::fmt::Result {
        let zh = lang == Lang::Zh;
        let label = if zh { "结果：" } else { "result: " };
        text.push_str(label);
        match &self.destination {
            Destination::Conference(key) if zh => writeln!(text, "进入会议 {key}"),
            Destination::Conference(key) => writeln!(text, "into the conference {key}"),
            Destination::Reception { lang: first } => {
                let first = first.map_or(String::new(), |first| format!(" ({})", first.tag()));
                let to = if zh { "转语音接待" } else { "to the reception" };
                writeln!(text, "{to}{first}")
            }
            Destination::TestCall => {
                writeln!(text, "{}", if zh { "转测试呼叫" } else { "to the test call" })
            }
            Destination::Once(key) if zh => {
                writeln!(text, "转入会议 {key}：此地址为一次呼叫签发，用过即失效，不问密码")
            }
            Destination::Once(key) => writeln!(
                text,
                "into the conference {key}: the address was issued for one call, asks for no PIN, \
                 and is used up by it"
            ),
            Destination::User(name) if zh => writeln!(text, "呼叫本系统用户 {name}"),
            Destination::User(name) => writeln!(text, "to our user {name}"),
            Destination::Gateway { trunk, target, .. } => match (trunk, zh, plain(target)) {
                (Some(trunk), true, target) => writeln!(text, "经中继 {trunk} 呼叫 {target}"),
                (Some(trunk), false, target) => {
                    writeln!(text, "out through the trunk {trunk} to {target}")
                }
                (None, true, target) => writeln!(text, "直接呼叫 {target}"),
                (None, false, target) => writeln!(text, "out to {target}"),
            },
            Destination::Reject(cause) => {
                let refused = if zh { "拒绝" } else { "refused" };
                let unmatched = !self.is_taken() && !self.names.iter().any(|s| s.found);
                let why = match (unmatched, zh) {
                    (true, true) => "没有名称和规则接受此呼叫；",
                    (true, false) => "no name and no rule takes this call; ",
                    (false, _) => "",
                };
                writeln!(text, "{why}{refused} {} — {}", cause.code(), cause.sentence(lang))
            }
        }
    }
}

/// A text of somebody else on one line of ours: it can neither begin a line nor turn one around.
fn plain(text: &str) -> String {
    let harmless = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    text.chars().filter(harmless).collect()
}

fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    let (zh, en) = match verdict {
        Verdict::Matched => ("匹配", "matched"),
        Verdict::OtherTrunk => {
            ("此规则只用于另一条中继", "it is only for calls that another trunk brings")
        }
        Verdict::OtherName => ("被叫与 match 不符", "`match` does not match what was called"),
        Verdict::NotOurHost => (
            "名称相符，但主机不在 hosts 之中",
            "the name fits, but the host called is not one of `hosts`",
        ),
        Verdict::OtherCaller => ("主叫与 calling 不符", "`calling` does not match the caller"),
        Verdict::BadTarget => {
            ("匹配，但 to 得出的目标无效", "matched, but what `to` makes of it is no address")
        }
    };
    if lang == Lang::Zh { zh } else { en }
}

fn form(form: Form, lang: Lang) -> &'static str {
    let (zh, en) = match form {
        Form::AsDialled => ("原样", "as dialled"),
        Form::Canonical => ("规范号码", "canonical number"),
        Form::Whole => ("完整地址", "whole address"),
        Form::ByRule => ("规则给出", "given by the rule"),
        Form::Registered => ("已注册的会议室", "registered room"),
    };
    if lang == Lang::Zh { zh } else { en }
}

fn found(found: bool, lang: Lang) -> &'static str {
    match (found, lang) {
        (true, Lang::Zh) => "找到",
        (false, Lang::Zh) => "没有",
        (true, Lang::En) => "found",
        (false, Lang::En) => "unknown",
    }
}

fn kind(kind: NumberKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        NumberKind::Mobile => ("手机", "mobile"),
        NumberKind::Geographic => ("固定电话", "fixed line"),
        NumberKind::Freephone => ("400/800 号码", "freephone 400/800"),
        NumberKind::Service => ("短号服务", "short service number"),
        NumberKind::Emergency => ("紧急号码", "emergency"),
        NumberKind::National => ("国内号码", "national"),
        NumberKind::Foreign => ("国际号码", "foreign"),
        NumberKind::Extension => ("内部号码", "extension"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// A count with a comma at every third digit.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

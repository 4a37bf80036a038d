//! Why a call of ours was made, as its record keeps it: who asked, by which way, what was checked.

use super::Wanted;
use causeway_base::{EndCause, Lang};
use causeway_dial::calling_out::{Asker, CalleeKind, CallingOut};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Why a call was made.
#[derive(Debug)]
pub(super) struct Why {
    wanted: Wanted,
    trunk: Option<String>,
    kind: CalleeKind,
    /// The calls and minutes of the day, with this one, and their caps.
    day: Option<[u64; 4]>,
    /// It is made once more: which call it is, and why the one before ended.
    pub(super) repeats: Option<(u8, EndCause)>,
}

impl Why {
    pub(super) fn new(wanted: &Wanted, trunk: Option<&str>, kind: CalleeKind) -> Self {
        Self {
            wanted: wanted.clone(),
            trunk: trunk.map(str::to_owned),
            kind,
            day: None,
            repeats: None,
        }
    }

    /// It counts against the caps, which stand so with it.
    pub(super) fn count(&mut self, (calls, time): (usize, Duration), rules: &CallingOut) {
        let minutes = |time: Duration| time.as_secs().div_ceil(60);
        let (calls, most) = (calls as u64, rules.day_calls as u64);
        self.day = Some([calls, most, minutes(time), minutes(rules.day_time)]);
    }

    pub(super) fn to_json(&self) -> String {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| self.to_text(lang));
        json!({
            "zh-CN": zh,
            "en": en,
            "counted": self.day.is_some(),
            "conference": self.wanted.conference.as_deref(),
        })
        .to_string()
    }

    fn to_text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let rule = &self.wanted.rule;
        let asked = match (self.wanted.asker, zh) {
            (Asker::Host, true) => "由主持人或接口发起".to_owned(),
            (Asker::Host, false) => "asked for by a host or the API".to_owned(),
            (Asker::Guest, true) => "由参会者为自己的电话发起".to_owned(),
            (Asker::Guest, false) => "asked for by a guest for a telephone of its own".to_owned(),
            (Asker::Rule, true) => format!("由规则 {rule} 转接，主叫身份已证实或规则对所有人开放"),
            (Asker::Rule, false) => {
                format!("put through by {rule}, for a caller who proved who it is or for anybody")
            }
            (Asker::Stranger, true) => format!("由规则 {rule} 转接，主叫身份未证实"),
            (Asker::Stranger, false) => {
                format!("put through by {rule}, for a caller of whom nothing is proved")
            }
        };
        let way = match (&self.trunk, zh) {
            (Some(trunk), true) => format!("经中继 {trunk}"),
            (Some(trunk), false) => format!("by the trunk {trunk}"),
            (None, true) => "直接呼叫".to_owned(),
            (None, false) => "directly".to_owned(),
        };
        let allowed = match (self.kind, zh) {
            (CalleeKind::Number, true) => "号码前缀在允许之列",
            (CalleeKind::Number, false) => "its prefix is allowed",
            (CalleeKind::Extension, true) => "内部分机，不计费",
            (CalleeKind::Extension, false) => "an extension of our own exchange: no toll",
            (CalleeKind::Uri, true) => "域名在允许之列",
            (CalleeKind::Uri, false) => "its host is allowed",
        };
        let caps = match (self.day, zh) {
            (None, _) => String::new(),
            (Some([calls, most, minutes, longest]), true) => {
                format!("\n24 小时内第 {calls}/{most} 次，已用和预留 {minutes}/{longest} 分钟")
            }
            (Some([calls, most, minutes, longest]), false) => format!(
                "\ncall {calls} of {most} within 24 hours, {minutes} of {longest} minutes used or \
                 set aside"
            ),
        };
        let repeated = match (self.repeats, zh) {
            (None, _) => String::new(),
            (Some((call, cause)), true) => {
                format!("\n第 {call} 次呼叫，前一次因 {} 结束", cause.code())
            }
            (Some((call, cause)), false) => {
                format!("\ncall {call} of the same, after {}", cause.code())
            }
        };
        format!("{asked}\n{way}\n{allowed}{caps}{repeated}\n")
    }
}

/// Why a user of ours was called.
pub(super) fn to_user() -> String {
    let zh = "转接到本系统用户已注册的终端，不计费\n";
    let en = "put through to the devices of a user of ours: no toll\n";
    json!({ "zh-CN": zh, "en": en, "counted": false }).to_string()
}

fn read(explanation: &str) -> Value {
    serde_json::from_str(explanation).unwrap_or_default()
}

/// Whether the call of this explanation counted against the caps.
pub(super) fn was_counted(explanation: &str) -> bool {
    read(explanation).get("counted").and_then(Value::as_bool) == Some(true)
}

/// The conference that it counted for.
pub(super) fn conference(explanation: &str) -> Option<Arc<str>> {
    read(explanation).get("conference").and_then(Value::as_str).map(Arc::from)
}

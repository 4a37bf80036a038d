//! Why a call has its profile, for people and for programs.

use super::schema::BridgeProfile;
use super::table::{By, Chosen, Recognised, Step, Verdict};
use causeway_base::Lang;
use serde_json::{Value, json};
use std::fmt::Write;

/// The most matches that are kept with a call, besides the one that decided: those that took the
/// device too. More are relatives of relatives.
pub const MAX_KEPT: usize = 8;

impl Chosen {
    /// In one sentence.
    pub fn why(&self, lang: Lang) -> String {
        let id = &self.profile.id;
        let mut text = match (self.by, lang) {
            (By::Configured, Lang::Zh) => format!("配置指定 {id}"),
            (By::Configured, Lang::En) => format!("the configuration names {id}"),
            (By::Matched { rule, .. }, Lang::Zh) => {
                format!(
                    "设备符合 {id} 的第 {rule} 条识别规则（{}）",
                    conditions(&self.profile, rule)
                )
            }
            (By::Matched { rule, .. }, Lang::En) => {
                format!(
                    "match {rule} of {id} takes the device ({})",
                    conditions(&self.profile, rule)
                )
            }
            (By::Default, Lang::Zh) => "没有任何识别规则符合此设备".to_owned(),
            (By::Default, Lang::En) => "no match takes the device".to_owned(),
        };
        if let Some(better) = &self.better {
            let better = &better.id;
            text += &match lang {
                Lang::Zh => format!("；设备本身像 {better}"),
                Lang::En => format!("; the device itself looks like {better}"),
            };
        }
        text
    }

    /// What is kept with a call, as JSON.
    pub fn kept(&self) -> Value {
        let (by, rule, score) = match self.by {
            By::Configured => ("configured", None, None),
            By::Matched { rule, score } => ("matched", Some(rule), Some(score)),
            By::Default => ("default", None, None),
        };
        let taken: Vec<Value> = self.taken.iter().take(MAX_KEPT).map(step).collect();
        json!({
            "id": self.profile.id,
            "title": { "zh": self.profile.title.zh, "en": self.profile.title.en },
            "trust": self.profile.trust.name(),
            "by": by,
            "rule": rule,
            "score": score,
            "better": self.better.as_ref().map(|better| &better.id),
            "matched": taken,
            "tried": self.tried,
            "why": { "zh": self.why(Lang::Zh), "en": self.why(Lang::En) },
        })
    }
}

impl Recognised {
    /// Every match that was tried, a line each; those that took the device first.
    pub fn to_text(&self, lang: Lang) -> String {
        let mut steps: Vec<&Step> = self.steps.iter().collect();
        steps.sort_by_key(|step| match step.verdict {
            Verdict::Matched(score) => (0, std::cmp::Reverse(score)),
            Verdict::Differs(_) => (1, std::cmp::Reverse(0)),
        });
        let mut text = String::new();
        for Step { profile, rule, verdict } in steps {
            let id = &profile.id;
            let line = match (verdict, lang) {
                (Verdict::Matched(score), Lang::Zh) => {
                    format!("{id} 规则 {rule}：符合，{score} 分（{}）", conditions(profile, *rule))
                }
                (Verdict::Matched(score), Lang::En) => format!(
                    "{id}, match {rule}: taken, {score} points ({})",
                    conditions(profile, *rule)
                ),
                (Verdict::Differs(key), Lang::Zh) => {
                    format!("{id} 规则 {rule}：{} 不符", key.key())
                }
                (Verdict::Differs(key), Lang::En) => {
                    format!("{id}, match {rule}: `{}` is another", key.key())
                }
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// The same as JSON.
    pub fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.steps.iter().map(step).collect();
        json!({
            "id": self.profile.id,
            "rule": self.by.map(|(rule, _)| rule),
            "score": self.by.map(|(_, score)| score),
            "specific": self.is_specific(),
            "steps": steps,
        })
    }
}

fn step(Step { profile, rule, verdict }: &Step) -> Value {
    match verdict {
        Verdict::Matched(score) => json!({ "id": profile.id, "rule": rule, "score": score }),
        Verdict::Differs(key) => json!({ "id": profile.id, "rule": rule, "differs": key.key() }),
    }
}

/// The keys of a match.
fn conditions(profile: &BridgeProfile, rule: usize) -> String {
    let Some(one) = rule.checked_sub(1).and_then(|at| profile.matches.get(at)) else {
        return String::new();
    };
    let keys = [
        ("protocol", one.protocol.is_some()),
        ("user_agent", one.user_agent.is_some()),
        ("host", one.host.is_some()),
        ("sdp_origin", one.sdp_origin.is_some()),
        ("sdp_lines", !one.sdp_lines.is_empty()),
        ("h221", one.h221.is_some()),
        ("product", one.product.is_some()),
        ("version", one.version.is_some()),
    ];
    let keys: Vec<&str> = keys.into_iter().filter(|(_, is)| *is).map(|(key, _)| key).collect();
    keys.join(", ")
}

//! Explanations of the dial plan as JSON: for programs, and in the records of calls, from which they
//! are read again in whichever language somebody asks for.

use causeway_base::{EndCause, Lang};
use causeway_dial::{Destination, Form, NameStep, NumberKind, Told, ToldRule, Verdict};
use serde_json::{Value, json};

/// An explanation for programs. Shows what was dialled: for operators, not for the log.
pub(crate) fn to_json(told: &Told) -> Value {
    let number = told
        .number
        .as_ref()
        .map(|(number, kind)| json!({ "canonical": number, "kind": kind.code() }));
    let names: Vec<Value> = told
        .names
        .iter()
        .map(|step| json!({ "form": step.form.code(), "found": step.found }))
        .collect();
    let rule = |rule: &ToldRule| json!({ "rule": rule.name, "place": rule.place, "verdict": rule.verdict.code() });
    json!({
        "called": told.called,
        "number": number,
        "our_host": told.our_host,
        "names": names,
        "rules": told.rules.iter().map(rule).collect::<Vec<_>>(),
        "left_out": told.left_out,
        "passed_over": told.passed_over,
        "destination": destination(&told.destination),
    })
}

fn destination(destination: &Destination) -> Value {
    match destination {
        Destination::Conference(key) => json!({ "to": "conference", "key": &**key }),
        Destination::Once(key) => json!({ "to": "conference", "key": &**key, "once": true }),
        Destination::Reception { lang } => {
            json!({ "to": "reception", "lang": lang.map(Lang::tag) })
        }
        Destination::TestCall => json!({ "to": "test" }),
        Destination::User(name) => json!({ "to": "user", "name": &**name }),
        Destination::Gateway { trunk, target, open } => {
            json!({ "to": "gateway", "trunk": trunk.as_deref(), "target": target, "open": open })
        }
        Destination::Reject(cause) => {
            json!({ "to": "reject", "code": cause.code(), "sip_status": cause.sip_status() })
        }
        _ => json!({ "to": "other" }),
    }
}

/// Reads what [`to_json`] wrote; `None` for what another release wrote.
pub(crate) fn from_json(value: &Value) -> Option<Told> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let count = |key: &str| usize::try_from(value.get(key)?.as_u64()?).ok();
    let list = |key: &str| value.get(key)?.as_array();
    let number = |number: &Value| {
        let kind = number.get("kind")?.as_str()?;
        let kind = NumberKind::ALL.into_iter().find(|known| known.code() == kind)?;
        Some((text(number.get("canonical")?)?, kind))
    };
    let name = |step: &Value| {
        let form = step.get("form")?.as_str()?;
        let form = Form::ALL.into_iter().find(|known| known.code() == form)?;
        Some(NameStep { form, found: step.get("found")?.as_bool()? })
    };
    let rule = |step: &Value| {
        let verdict = step.get("verdict")?.as_str()?;
        let verdict = Verdict::ALL.into_iter().find(|known| known.code() == verdict)?;
        let name = text(step.get("rule")?)?;
        Some(ToldRule { place: step.get("place")?.as_u64()?, name, verdict })
    };
    Some(Told {
        called: text(value.get("called")?)?,
        number: match value.get("number")? {
            Value::Null => None,
            some => Some(number(some)?),
        },
        our_host: value.get("our_host")?.as_bool()?,
        names: list("names")?.iter().map(name).collect::<Option<_>>()?,
        rules: list("rules")?.iter().map(rule).collect::<Option<_>>()?,
        left_out: count("left_out")?,
        passed_over: count("passed_over")?,
        destination: destination_of(value.get("destination")?)?,
    })
}

fn destination_of(value: &Value) -> Option<Destination> {
    let text = |key: &str| value.get(key)?.as_str();
    Some(match text("to")? {
        "conference" if value.get("once").is_some() => Destination::Once(text("key")?.into()),
        "conference" => Destination::Conference(text("key")?.into()),
        "reception" => Destination::Reception { lang: text("lang").and_then(Lang::from_tag) },
        "test" => Destination::TestCall,
        "user" => Destination::User(text("name")?.into()),
        "gateway" => Destination::Gateway {
            trunk: text("trunk").map(Into::into),
            target: text("target")?.to_owned(),
            open: value.get("open")?.as_bool()?,
        },
        "reject" => {
            let code = text("code")?;
            Destination::Reject(EndCause::ALL.iter().copied().find(|known| known.code() == code)?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::Alias;
    use causeway_dial::{
        DialPlan, IncomingCall, MAX_TOLD, NameTable, NumberPlan, OurHosts, Resolver, Rule, RuleText,
    };
    use std::sync::Arc;

    /// Every rule begins alike, so that all are tried; the last one takes the call.
    fn explained(rules: usize) -> causeway_dial::Explanation {
        let rule = |number: usize| {
            let (name, last) = (format!("rule-{number}"), number + 1 == rules);
            let pattern = if last { "55.*".to_owned() } else { format!(r"55\d+x{number}") };
            let text = RuleText {
                name: &name,
                pattern: &pattern,
                trunk: "",
                calling: "",
                to: "gateway:carrier:+86138",
                ..RuleText::default()
            };
            Rule::read(&text).expect("a rule")
        };
        let rules = (0..rules).map(rule).collect();
        let plan =
            DialPlan::new(OurHosts::default(), NumberPlan::default(), rules).expect("a plan");
        let called = Alias::sip("55999", "127.0.0.1");
        let local = "127.0.0.1".parse().expect("an address");
        let call = IncomingCall { called: &called, calling: &called, trunk: None, local };
        Resolver::new(Arc::new(plan)).resolve(&call, &NameTable::new()).1
    }

    #[test]
    fn what_is_kept_of_an_explanation_is_read_again_in_either_language() {
        for rules in [0, 1, 2, MAX_TOLD, MAX_TOLD + 1, 60] {
            let explanation = explained(rules);
            let kept = to_json(&explanation.kept());
            assert!(kept.to_string().len() < crate::store::call_record::MAX_JSON);
            let told = from_json(&kept).expect("its own text");
            assert_eq!(told, explanation.kept());
            assert!(told.rules.len() <= MAX_TOLD);
            assert_eq!(told.rules.len() + told.left_out, explanation.rules().len());
            for lang in [Lang::Zh, Lang::En] {
                let (short, whole) = (told.to_text(lang), explanation.to_text(lang));
                assert_eq!(short == whole, rules <= MAX_TOLD, "{short}");
                assert_eq!(short.lines().last(), whole.lines().last(), "where it goes stays");
            }
        }
        let told = explained(60).kept().to_text(Lang::En);
        assert!(told.contains("… and 28 more\nrule 60 (rule-59): matched"), "{told}");
        assert_eq!(from_json(&json!({ "zh-CN": "x", "en": "y" })), None);
        assert_eq!(from_json(&Value::Null), None);
    }
}

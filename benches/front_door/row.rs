//! One measured case.

use crate::server::Reading;
use serde_json::{Map, Value, json};

/// What a server spent on the calls of a case.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    calls_per_s: f64,
    failed: u32,
    cpu_us_per_call: f64,
    /// Without the threads of media; `None` where it has none.
    signalling_us_per_call: Option<f64>,
    /// Of the one core.
    load: f64,
    resident_kb: u64,
    cpu_us_per_registration: Option<f64>,
}

impl Row {
    pub(crate) fn new(calls: u32, failed: u32, before: &Reading, after: &Reading) -> Self {
        let seconds = (after.at - before.at).as_secs_f64();
        let cpu = (after.cpu - before.cpu).as_secs_f64();
        let media = (after.media - before.media).as_secs_f64();
        let each = |seconds: f64| seconds * 1e6 / f64::from(calls);
        Self {
            calls_per_s: f64::from(calls) / seconds,
            failed,
            cpu_us_per_call: each(cpu),
            signalling_us_per_call: (media > 0.0).then(|| each(cpu - media)),
            load: cpu / seconds,
            resident_kb: after.resident_kb,
            cpu_us_per_registration: None,
        }
    }

    /// With what a registration took.
    pub(crate) fn registered(self, cpu_us: f64) -> Self {
        Self { cpu_us_per_registration: Some(cpu_us), ..self }
    }
}

/// Prints a row as one JSON object on a line, with its ratio to each of `others`.
pub(crate) fn print(case: &str, row: &Row, others: &[(&str, &Row)]) {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let mut line = Map::new();
    let mut set = |key: &str, value: Value| line.insert(key.to_owned(), value);
    set("case", json!(case));
    set("calls_per_s", json!(round(row.calls_per_s)));
    set("failed", json!(row.failed));
    set("cpu_us_per_call", json!(row.cpu_us_per_call.round()));
    if let Some(signalling) = row.signalling_us_per_call {
        set("signalling_us_per_call", json!(signalling.round()));
    }
    if let Some(registration) = row.cpu_us_per_registration {
        set("cpu_us_per_registration", json!(registration.round()));
    }
    set("load_of_one_core", json!(round(row.load)));
    set("resident_kb", json!(row.resident_kb));
    for (name, other) in others {
        set(&format!("ratio_{name}"), json!(round(row.cpu_us_per_call / other.cpu_us_per_call)));
        if let (Some(ours), Some(theirs)) =
            (row.cpu_us_per_registration, other.cpu_us_per_registration)
        {
            set(&format!("registration_ratio_{name}"), json!(round(ours / theirs)));
        }
    }
    println!("{}", Value::Object(line));
}

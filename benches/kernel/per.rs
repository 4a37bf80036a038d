//! Kernels of ASN.1: each message of `fixtures/h323` read and written in aligned PER. Where python
//! has pycrate, the same by that beside it in the same run, and how many times longer it takes.

use crate::Bench;
use causeway_asn1::h225::{H323UserInformation, RasMessage};
use causeway_asn1::h245::{MultimediaSystemControlMessage, OpenLogicalChannel};
use causeway_asn1::{Codec, decode, encode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hint::black_box;
use std::process::Command;

const MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/h323/messages.txt");

const PYCRATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/kernel/per.py");

/// Runs them.
pub(crate) fn run(bench: &mut Bench) {
    let text = std::fs::read_to_string(MESSAGES).expect("fixtures");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let messages: Vec<[&str; 3]> = lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.try_into().expect("a name, a kind and bytes")
        })
        .collect();
    let asked = |name: &str| ["read", "write"].iter().any(|way| bench.asks(&kernel(way, name)));
    if !messages.iter().any(|[name, ..]| asked(name)) {
        return;
    }
    let beside = pycrate();
    for [name, kind, bytes] in messages {
        let bytes = hex::decode(bytes).expect("hexadecimal");
        let beside = Beside { of: beside.as_ref().map(|all| all.get(name)), name };
        match kind {
            "ras" => both::<RasMessage>(bench, &bytes, &beside),
            "signalling" => both::<H323UserInformation>(bench, &bytes, &beside),
            "control" => both::<MultimediaSystemControlMessage>(bench, &bytes, &beside),
            "channel" => both::<OpenLogicalChannel>(bench, &bytes, &beside),
            other => panic!("{other} is no kind"),
        }
    }
}

/// What a way of a message is called among the kernels.
fn kernel(way: &str, name: &str) -> String {
    format!("per_{way}_{name}")
}

/// What pycrate takes for one message.
struct Beside<'a> {
    name: &'a str,
    /// `None` without pycrate; within it, where pycrate does not read the message.
    of: Option<Option<&'a Value>>,
}

impl Beside<'_> {
    /// What a row says of it, next to what we take.
    fn say(&self, way: &str, ns: f64) -> Value {
        let Some(times) = self.of else { return json!({ "pycrate": "absent" }) };
        let time = times.and_then(|times| times.get(format!("{way}_ns"))).and_then(Value::as_f64);
        match time {
            Some(time) => json!({ "pycrate_ns": time, "ratio": (time / ns).round() }),
            None => json!({ "pycrate": "fails" }),
        }
    }
}

/// Measures reading and writing.
fn both<T: Codec<T>>(bench: &mut Bench, bytes: &[u8], beside: &Beside<'_>) {
    let say = |way| move |ns| beside.say(way, ns);
    bench.measure_beside(&kernel("read", beside.name), say("read"), || {
        let message = decode::<T>(black_box(bytes));
        assert!(black_box(message).is_ok(), "as the tests read it");
    });
    let Ok(message) = decode::<T>(bytes) else { return };
    bench.measure_beside(&kernel("write", beside.name), say("write"), || {
        assert!(black_box(encode(black_box(&message))).is_ok(), "as the tests write it");
    });
}

/// What pycrate takes, by the names of messages. `None` where it is not there.
fn pycrate() -> Option<HashMap<String, Value>> {
    let output = Command::new("python3").args([PYCRATE, MESSAGES]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).ok()?;
        Some((row.get("name")?.as_str()?.to_owned(), row))
    };
    text.lines().map(row).collect()
}

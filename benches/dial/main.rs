//! What a call costs the dial plan, with ten thousand rules, and what a pasted invitation costs.
//!
//! Last, `profiles`: what sixty bridge profiles take to load (`load_ms`; with the ten thousand rules
//! `start_ms`, which must stay below 300), what the first device that is recognised costs
//! (`cold_us`, its patterns compiled among it), and further ones (`ns`).
//!
//! `cargo bench --bench dial` prints one JSON object a line: first `invitations`, how many are read
//! `per_second` on one core and the `worst_us` of one; then `call`, what is called, and the `ns`
//! of resolving it (the best of several runs: the least disturbed one); `cold_ns` where the
//! pattern had to be compiled first; `text_ns` of writing the explanation out. Resolving always
//! makes the explanation: there is no way without one, and what `causeway dial explain` does more
//! is the text. Then what the plan takes to load, and in memory. The last line sums up:
//! `worst_resolve_us`, cold ones among them, which must stay below 1,000; and
//! `explain_over_resolve`, the text over resolving with its pattern compiled for the occasion, as
//! `causeway dial explain` does; `text_over_resolve` with the pattern at hand, at its worst.
#![allow(clippy::disallowed_methods)] // a bench reads the clock

use causeway_base::{Alias, Lang};
use causeway_dial::invite::{Allow, Pasted, parse};
use causeway_dial::profile::{BUILT_IN, Profiles, Sample};
use causeway_dial::{
    AliasPattern, CallingOut, DialPlan, Found, IncomingCall, NameTable, NumberPlan, OurHosts, Resolver, Rule,
    RuleText,
};
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RULES: usize = 10_000;

/// How long one run lasts.
const RUN: Duration = Duration::from_millis(40);

/// Runs; the best counts.
const RUNS: usize = 7;

fn main() {
    invitations();
    let numbers = NumberPlan::default();
    let mut names = NameTable::new();
    for room in 0..RULES {
        let alias = AliasPattern::parse(&format!("3{room:05}")).expect("a name");
        let found = Found::Conference(format!("conference[{room}]").into());
        names.insert(&alias, &numbers, found).expect("free");
    }
    let before = resident();
    let begin = Instant::now();
    let plan = Arc::new(plan(&numbers));
    let loaded = begin.elapsed();
    let taken = resident().saturating_sub(before);
    let begin = Instant::now();
    let overlaps = plan.overlaps().len();
    println!(
        "{}",
        json!({ "plan": { "rules": RULES, "load_ms": millis(loaded), "bytes_per_rule": taken / RULES,
            "overlaps": overlaps, "overlaps_ms": millis(begin.elapsed()) } })
    );
    let mut costs = Vec::new();
    for (name, called) in [
        ("name", "sip:300007@bridge.example.com"),
        ("rule, first", "sip:branch-00000.123@bridge.example.com"),
        ("rule, last", "sip:branch-09989.123@bridge.example.com"),
        ("rule, of those without a prefix", "sip:2024-08-15.m@bridge.example.com"),
        ("rule, by number in another form", "sip:02166660000@bridge.example.com"),
        ("nothing", "sip:branch-xyz@bridge.example.com"),
        ("nothing, a scanner", "sip:00442079460000@bridge.example.com"),
    ] {
        costs.push(measure(&plan, &names, name, called));
    }
    fill(&plan, &names);
    let worst = |of: &dyn Fn(&Cost) -> f64| costs.iter().map(of).fold(0.0, f64::max);
    let round = |value: f64| (value * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({ "worst_resolve_us": round(worst(&|cost| cost.cold.max(cost.warm)) / 1000.0),
            "explain_over_resolve": round(worst(&|cost| (cost.cold + cost.text) / cost.cold)),
            "text_over_resolve": round(worst(&|cost| cost.text / cost.warm)) })
    );
    profiles(loaded);
}

/// Profiles of a large node: ours, and as many of an operator's as make sixty.
const PROFILES: usize = 60;

fn profiles(rules: Duration) {
    let own: Vec<(String, String)> = (0..PROFILES - BUILT_IN.len())
        .map(|n| {
            let pattern = BUILT_IN[n % BUILT_IN.len()];
            let id = format!("id = \"{}\"", pattern.id);
            let text = pattern.text.replace(&id, &format!("id = \"own-{n}\""));
            (format!("own-{n}.toml"), text)
        })
        .collect();
    let before = resident();
    let begin = Instant::now();
    let profiles = Profiles::with(&own).expect("valid");
    let loaded = begin.elapsed();
    assert_eq!(profiles.iter().count(), PROFILES);
    let samples: Vec<Sample> = BUILT_IN
        .iter()
        .flat_map(|one| one.fixtures)
        .map(|(name, text)| Sample::read(text).expect(name))
        .collect();
    let begin = Instant::now();
    black_box(profiles.choose(&samples[0].traits(), None));
    let cold = begin.elapsed();
    let all = best(|| {
        for sample in &samples {
            black_box(profiles.choose(&sample.traits(), None));
        }
    });
    println!(
        "{}",
        json!({ "profiles": { "profiles": PROFILES, "load_ms": millis(loaded),
            "start_ms": millis(loaded + rules), "cold_us": cold.as_micros() as u64,
            "ns": (all / samples.len() as f64).round(),
            "bytes": resident().saturating_sub(before) } })
    );
}

/// Every invitation of the fixtures in turn, on one core: how many a second, and the worst.
fn invitations() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/invites");
    let files = std::fs::read_dir(folder).expect("fixtures").flatten().map(|file| file.path());
    let texts: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|kind| kind != "json" && kind != "md"))
        .map(|path| std::fs::read_to_string(path).expect("UTF-8"))
        .collect();
    let (rules, numbers) = (CallingOut::default(), NumberPlan::default());
    let allow = Allow { rules: &rules, numbers: &numbers };
    let read = |text: &str| {
        black_box(parse(&Pasted { text, kind: None }, &allow));
    };
    let all = best(|| texts.iter().for_each(|text| read(text)));
    let least = |text: &String| {
        let once = || {
            let begin = Instant::now();
            read(text);
            begin.elapsed().as_nanos() as f64
        };
        (0..20).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    let worst = texts.iter().map(least).fold(0.0, f64::max);
    println!(
        "{}",
        json!({ "invitations": texts.len(), "bytes": texts.iter().map(String::len).sum::<usize>(),
            "per_second": (texts.len() as f64 * 1e9 / all).round(), "worst_us": (worst / 1000.0).round() })
    );
}

/// Nanoseconds.
struct Cost {
    warm: f64,
    cold: f64,
    text: f64,
}

/// One rule for each branch, one for a trunk's numbers, and some that begin with anything.
fn plan(numbers: &NumberPlan) -> DialPlan {
    let rule = |pattern: &str, to: &str| {
        Rule::read(&RuleText { name: pattern, pattern, to, ..RuleText::default() }).expect("a rule")
    };
    let branches = RULES - 10;
    let mut rules: Vec<Rule> = (0..branches)
        .map(|n| rule(&format!(r"branch-{n:05}\.(?P<room>\d{{3,6}})@"), "gateway:pbx:${room}"))
        .collect();
    rules.push(rule(r"\+8621(?P<ext>\d{8})", "gateway:pbx:${ext}"));
    for n in 0..8 {
        rules.push(rule(&format!(r"[a-z]+{n}\.(?P<id>\d+)"), "conference:${id}"));
    }
    rules.push(rule(r"\d{4}-\d{2}-\d{2}\.\w+", "reception"));
    DialPlan::new(OurHosts::new(["bridge.example.com"]), numbers.clone(), rules).expect("a plan")
}

fn measure(plan: &Arc<DialPlan>, names: &NameTable, name: &str, called: &str) -> Cost {
    let called = Alias::parse(called).expect(called);
    let calling = Alias::sip("somebody", "elsewhere.example");
    let local = "192.0.2.5".parse().expect("an address");
    let call = IncomingCall { called: &called, calling: &calling, trunk: None, local };
    let mut resolver = Resolver::new(Arc::clone(plan));
    let begin = Instant::now();
    let (_, why) = resolver.resolve(&call, names);
    let cold = begin.elapsed();
    let resolve = best(|| {
        black_box(resolver.resolve(&call, names));
    });
    let text = best(|| {
        black_box(why.to_text(Lang::Zh));
    });
    println!(
        "{}",
        json!({ "call": name, "ns": resolve.round(), "cold_ns": cold.as_nanos() as u64, "text_ns": text.round(),
            "tried": why.rules().len(), "passed_over": why.passed_over(), "taken_by": why.taken_by() })
    );
    Cost { warm: resolve, cold: cold.as_nanos() as f64, text }
}

/// Every branch is called once, so that the resolver holds as many patterns as it ever does.
fn fill(plan: &Arc<DialPlan>, names: &NameTable) {
    let mut resolver = Resolver::new(Arc::clone(plan));
    let calling = Alias::sip("somebody", "elsewhere.example");
    let local = "192.0.2.5".parse().expect("an address");
    let before = resident();
    let begin = Instant::now();
    let calls = RULES - 10;
    for n in 0..calls {
        let called = Alias::sip(&format!("branch-{n:05}.123"), "bridge.example.com");
        let call = IncomingCall { called: &called, calling: &calling, trunk: None, local };
        black_box(resolver.resolve(&call, names));
    }
    let ns = begin.elapsed().as_nanos() as f64 / calls as f64;
    let bytes = resident().saturating_sub(before);
    println!(
        "{}",
        json!({ "call": "another rule every time", "ns": ns.round(),
            "compiled": resolver.compiled(), "bytes": bytes })
    );
}

/// Nanoseconds of one call.
fn best(mut call: impl FnMut()) -> f64 {
    let mut run = || {
        let begin = Instant::now();
        let mut calls = 0u32;
        while begin.elapsed() < RUN {
            for _ in 0..16 {
                call();
            }
            calls += 16;
        }
        begin.elapsed().as_nanos() as f64 / f64::from(calls)
    };
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Bytes of this process in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

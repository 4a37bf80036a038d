//! What the pieces of the media and signalling paths cost, one call at a time.
//!
//! `cargo bench --bench kernel [-- name …]` prints one JSON object a line: `kernel`, the
//! `ns` of one call (the best of several runs: the least disturbed one), and what one call is.
//! One call is 20 ms of sound, one packet or one message, warm in the cache. Rows of `per_…` have
//! what pycrate takes for the same message beside it, where python has that: `ratio` is how many
//! times longer.
#![allow(clippy::disallowed_methods)] // a bench reads the clock

mod media;
mod packet;
mod per;
mod video;

use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long one run lasts.
const RUN: Duration = Duration::from_millis(40);

/// Runs; the best counts.
const RUNS: usize = 5;

fn main() {
    let names: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut bench = Bench { names };
    media::run(&mut bench);
    packet::run(&mut bench);
    per::run(&mut bench);
    video::run(&mut bench);
}

/// Runs kernels that were asked for, and prints what they cost.
struct Bench {
    names: Vec<String>,
}

impl Bench {
    /// Whether a name that was asked for begins this one, or none was asked for.
    fn asks(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|asked| name.starts_with(asked))
    }

    /// Measures `call`, if it was asked for.
    fn measure(&mut self, name: &str, call: impl FnMut()) {
        self.measure_beside(name, |_| json!({}), call);
    }

    /// The same, with what `beside` says to its nanoseconds in the row.
    fn measure_beside(
        &mut self,
        name: &str,
        beside: impl FnOnce(f64) -> Value,
        mut call: impl FnMut(),
    ) {
        if !self.asks(name) {
            return;
        }
        let best = (0..RUNS).map(|_| run(&mut call)).fold(f64::INFINITY, f64::min);
        let mut row = json!({ "kernel": name, "ns": (best * 10.0).round() / 10.0 });
        if let (Some(row), Value::Object(beside)) = (row.as_object_mut(), beside(best)) {
            row.extend(beside);
        }
        println!("{row}");
    }
}

/// Nanoseconds of one call.
fn run(call: &mut impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut calls = 0u32;
    while begin.elapsed() < RUN {
        for _ in 0..16 {
            call();
        }
        calls += 16;
    }
    begin.elapsed().as_nanos() as f64 / f64::from(calls)
}

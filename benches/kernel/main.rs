//! What the pieces of the media and signalling paths cost, one call at a time.
//!
//! `cargo bench --bench kernel [-- name …]` prints one JSON object a line: `kernel`, the
//! `ns` of one call (the best of several runs: the least disturbed one), and what one call is.
//! One call is 20 ms of sound, one packet or one message, warm in the cache.
#![allow(clippy::disallowed_methods)] // a bench reads the clock

mod media;
mod packet;
mod video;

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
    video::run(&mut bench);
}

/// Runs kernels that were asked for, and prints what they cost.
struct Bench {
    names: Vec<String>,
}

impl Bench {
    /// Measures `call`, if a name that was asked for begins its name, or none was asked for.
    fn measure(&mut self, name: &str, mut call: impl FnMut()) {
        if !self.names.is_empty() && !self.names.iter().any(|asked| name.starts_with(asked)) {
            return;
        }
        let best = (0..RUNS).map(|_| run(&mut call)).fold(f64::INFINITY, f64::min);
        println!("{}", serde_json::json!({ "kernel": name, "ns": (best * 10.0).round() / 10.0 }));
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

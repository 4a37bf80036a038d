//! What a composed picture costs, beside the codec calls that it needs.
//!
//! `cargo bench --bench video -- 4x360:1 9x360:100 …` runs the named cases (sources x height :
//! receivers), one JSON object a line. Without names it runs the default set
//! ([`case::Case::default_set`]). The picture is of 1280x720 with 30 pictures a second; from two
//! receivers on every second one takes VP8. `cpu_s_per_s` is what the engine with its decoder
//! processes takes of one core, `raw_s_per_s` what its codec calls took in the same run.
//! `added_delay_ms` is from the last packet of a picture that is sent to the last packet of the
//! composed one that shows it, less the codecs' time, on average.
//!
//! * [`case`]: how a case is named. * [`clip`]: what is sent. * [`tile`]: where it is shown.
//! * [`load`]: sends and receives, in a process of its own. * [`engine`]: the engine, in this
//!   one. * [`raw`]: the codec calls alone.
#![allow(clippy::disallowed_methods)] // a bench owns its sockets, threads and clocks

mod case;
mod clip;
mod engine;
mod load;
mod raw;
mod tile;

use case::Case;
use serde_json::json;
use std::process::ExitCode;

fn main() -> ExitCode {
    causeway_engine::decode_if_asked();
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == load::FLAG).is_some() {
        return done(arguments.next().unwrap_or_default(), load::serve);
    }
    // What cargo itself says to a bench begins with two dashes.
    let names: Vec<String> = arguments.filter(|name| !name.starts_with("--")).collect();
    let cases = match names.iter().map(|name| name.parse()).collect::<Result<Vec<Case>, _>>() {
        Ok(named) if named.is_empty() => Case::default_set(),
        Ok(named) => named,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for case in &cases {
        if let Err(error) = run(case) {
            eprintln!("{case}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn done(name: String, work: impl FnOnce(&Case) -> std::io::Result<()>) -> ExitCode {
    match name.parse().map_err(std::io::Error::other).and_then(|case| work(&case)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(case: &Case) -> std::io::Result<()> {
    let access_units = clip::encoded(case.size)?;
    let raw = raw::measure(case, &access_units)?;
    let row = engine::measure(case)?;
    let cpu = row.cpu.as_secs_f64() / load::WINDOW.as_secs_f64();
    let codecs = (raw.decode + raw.h264).as_secs_f64() * 1_000.0;
    let (receivers, sources) = (case.receivers as u64, case.sources as u64);
    let encodes = 1 + u64::from(case.has_two_codecs());
    let output = json!({
        "case": case.to_string(),
        "cpu_s_per_s": round(cpu),
        "raw_s_per_s": round(raw.total(case)),
        "ratio": round(cpu / raw.total(case)),
        "decodes": sources,
        "encodes": encodes,
        "fps": round(row.heard.pictures as f64 / receivers as f64 / load::WINDOW.as_secs_f64()),
        "fps_least": round(row.heard.least as f64 / load::WINDOW.as_secs_f64()),
        "added_delay_ms": round(row.heard.delay_ms - codecs),
        "worst_delay_ms": round(row.heard.worst_ms),
        "late_ticks": row.late_ticks,
        "rss_kb_per_leg": row.grown_kb / (receivers + sources),
    });
    println!("{output}");
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

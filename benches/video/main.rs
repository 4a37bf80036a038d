//! What a composed picture costs, beside the codec calls that it needs.
//!
//! `cargo bench --bench video -- 4x360:1 9x360:100 …` runs the named cases, one JSON object a
//! line. Without names it runs the default set ([`case::Case::default_set`]), `sync` and `memory`.
//!
//! * `9x360:100`: sources x height : receivers, with ports of their own; all look at one picture
//!   of 1280x720 with 30 pictures a second. From two receivers on every second one takes VP8.
//! * `h323:9x360:100`: the same, where cameras and receivers are rooms of H.323: what both ends of
//!   their calls settle, so H.264 alone, and full pictures asked for by H.245.
//! * `rooms25`: so many rooms, each of which sends 640x360 and looks at a picture of its own, of
//!   640x360, with four of the others.
//! * `300b9:300`: browsers `b` shown : receivers. All have a camera of 640x360; those that are not
//!   shown rest, as they are asked to.
//! * `30f9:30`, or `30b9:30`: the same, but each gets those who are shown as they send themselves,
//!   each by a line. `floor_s_per_s` is what bare sends of the same packets take, `floor_ratio` the
//!   whole to it. Goal: 2. Decoding is that of moments in which it is seen what sources look like.
//! * `sync`: a source flashes and clicks at the same instants. `sound_after_picture_ms` and
//!   `worst_ms` are how far apart a receiver plays both that goes by the sender reports,
//!   `arrival_ms` and `arrival_worst_ms` how far apart they arrive. Goal: 45 ms.
//! * `memory`: what a shown source of either size and a listener take, in kB: the difference
//!   between cases. A listener takes so little that it may be lost in what cases differ by anyway.
//!
//! In each row:
//! * `cpu_s_per_s`: what the engine with its decoder processes takes of one core.
//! * `raw_s_per_s`: what the codec calls that the pictures need take alone, on one thread, in the
//!   same run, each source with a decoder of its own, one after the other; `ratio` to them.
//!   `paced_s_per_s` and `paced_ratio`: the same calls on one thread that makes them when they are
//!   due and sleeps in between, so that it finds the caches as cold as whoever serves the case.
//!   Goal: 1.15 at most. `vp8_s_per_s` is the second codec's own part of that.
//! * `decodes`, `encodes`: pictures decoded and encoded in the window, counted by the engine, in
//!   streams of 30 a second.
//! * `fps`, `fps_least`: pictures a second that receivers get, on average and the worst of them.
//! * `added_delay_ms`, `worst_delay_ms`: from the last packet of a picture that is sent to the
//!   last packet of the composed one that shows it; the mean without the codecs' own time. Goal:
//!   50 ms, a frame and a half.
//! * `first_picture_ms`, `first_source_ms`: from the plan that shows the sources to a first picture
//!   that decodes, and to one in which a source is seen. Goal: 1,000 ms, browsers 800 ms.
//! * `late_ticks` of the worker; `rss_kb_per_leg`: what the engine grew by; `load_s_per_s`: what the
//!   load takes on the same machine.
//!
//! * [`case`]: how a case is named. * [`clip`]: what is sent. * [`tile`]: where it is shown.
//! * [`load`]: sends and receives, in a process of its own. * [`engine`]: the engine, in this
//!   one; [`leg`], [`browser`] and [`call`]: what it is told. * [`raw`]: the codec calls alone;
//!   [`floor`]: the packets alone. * [`usage`]: what processes take. * [`memory`], [`sync`]: their
//!   rows.
#![allow(clippy::disallowed_methods)] // a bench owns its sockets, threads and clocks

mod browser;
mod call;
mod case;
mod clip;
mod engine;
mod floor;
mod leg;
mod load;
mod memory;
mod raw;
mod sync;
mod tile;
mod usage;

use case::{Case, Kind};
use raw::Pace;
use serde_json::json;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    causeway_engine::decode_if_asked();
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == load::FLAG).is_some() {
        return done(load::serve(&arguments.next().unwrap_or_default()));
    }
    // What cargo itself says to a bench begins with two dashes.
    let mut names: Vec<String> = arguments.filter(|name| !name.starts_with("--")).collect();
    if names.is_empty() {
        names = Case::default_set().iter().map(Case::to_string).collect();
        names.extend([sync::NAME, memory::NAME].map(str::to_owned));
    }
    done(names.iter().try_for_each(|name| {
        run(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
    }))
}

fn done(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> io::Result<()> {
    match name {
        memory::NAME => memory::run(),
        sync::NAME => sync::run(),
        name => measure(&name.parse().map_err(io::Error::other)?),
    }
}

fn measure(case: &Case) -> io::Result<()> {
    let access_units = clip::encoded(case.size)?;
    let raw = raw::measure(case, &access_units, Pace::AtOnce)?;
    let paced = raw::measure(case, &access_units, Pace::InTime)?;
    let row = engine::measure(case)?;
    let window = load::WINDOW.as_secs_f64();
    let cpu = row.cpu.as_secs_f64() / window;
    let codecs = (raw.decode + raw.h264).as_secs_f64() * 1_000.0;
    let streams = |pictures: u64| round(pictures as f64 / window / f64::from(clip::FRAME_RATE));
    let since_shown = |at: u64| (at > 0).then(|| at.saturating_sub(row.shown_us) / 1_000);
    let mut output = json!({
        "case": case.to_string(),
        "cpu_s_per_s": round(cpu),
        "raw_s_per_s": round(raw.total(case)),
        "ratio": round(cpu / raw.total(case)),
        "paced_s_per_s": round(paced.total(case)),
        "paced_ratio": round(cpu / paced.total(case)),
        "vp8_s_per_s": round(paced.vp8_alone(case)),
        "decodes": streams(row.decoded),
        "encodes": streams(row.encoded),
        "fps": round(row.heard.pictures as f64 / case.streams() as f64 / window),
        "fps_least": round(row.heard.least as f64 / window),
        "added_delay_ms": round(row.heard.delay_ms - codecs),
        "worst_delay_ms": round(row.heard.worst_ms),
        "first_picture_ms": since_shown(row.heard.first_us),
        "first_source_ms": since_shown(row.heard.first_source_us),
        "late_ticks": row.late_ticks,
        "load_s_per_s": round(row.heard.cpu.as_secs_f64() / window),
        "rss_kb_per_leg": row.grown_kb / (case.receivers + case.sources) as u64,
    });
    if case.kind == Kind::Forwarded {
        let floor = floor::measure(&row.heard, case.receivers)?;
        let per_second = row.heard.packets as f64 / window;
        output["packets_per_s"] = json!(round(per_second));
        output["floor_s_per_s"] = json!(round(floor));
        output["floor_ratio"] = json!(round(cpu / floor));
    }
    println!("{output}");
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

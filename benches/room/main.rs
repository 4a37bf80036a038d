//! What a conference costs: CPU per leg, latency and memory, each row beside its floor.
//!
//! `cargo bench --bench room -- g711:100:3 opus:50:3+srtp …` runs the named cases, one JSON
//! object a line. Without names it runs the default set ([`case::Case::default_set`]).
//! `--engine` before the names leaves signalling out and measures the engine alone.
//!
//! * [`case`]: how a case is named.
//! * [`server`]: the case on a `causeway serve` process, loaded by a `causeway load` process.
//! * [`engine`]: the same on the engine alone, inside this process.
//! * [`floor`]: the least that the case can cost, measured in the same run.
//! * [`load`]: media without signalling; [`usage`]: what a process uses; [`row`]: the output.
#![allow(clippy::disallowed_methods)] // a bench owns its sockets, threads and clocks

mod case;
mod engine;
mod floor;
mod load;
mod row;
mod server;
mod usage;

use case::Case;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut cases = vec![];
    let mut engine_alone = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--engine" => engine_alone = true,
            // What cargo itself says to a bench.
            flag if flag.starts_with("--") => {}
            name => match name.parse() {
                Ok(case) => cases.push(case),
                Err(error) => {
                    eprintln!("{error}");
                    return ExitCode::FAILURE;
                }
            },
        }
    }
    if cases.is_empty() {
        cases = Case::default_set();
    }
    for case in &cases {
        if let Err(error) = run(case, engine_alone) {
            eprintln!("{case}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(case: &Case, engine_alone: bool) -> std::io::Result<()> {
    let row = if engine_alone { engine::measure(case)? } else { server::measure(case)? };
    row.print(case, floor::measure(case)?);
    Ok(())
}

//! What a conference costs: CPU per leg, latency and memory, each row beside its floor.
//!
//! `cargo bench --bench room -- g711:100:3 opus:50:3+srtp …` runs the named cases, one JSON
//! object a line. Without names it runs the default set ([`case::Case::default_set`]).
//! `join` is how long a browser takes from the click to the first sound, `h323-setup` what a call
//! of H.323 costs to take. `--engine` before the
//! names leaves signalling out and measures the engine alone.
//!
//! * [`case`]: how a case is named.
//! * [`server`]: a `causeway serve` process; [`telephone`]: the case on it, loaded by a
//!   `causeway load` process; [`browser`]: loaded by browsers; [`h323`]: by rooms of H.323.
//! * [`engine`]: the same on the engine alone, inside this process.
//! * [`floor`]: the least that the case can cost, measured in the same run.
//! * [`load`]: media without signalling; [`usage`]: what a process uses; [`row`]: the output.
#![allow(clippy::disallowed_methods)] // a bench owns its sockets, threads and clocks

mod browser;
mod case;
mod engine;
mod floor;
mod h323;
mod load;
mod row;
mod server;
mod telephone;
mod usage;

use case::{Case, Door};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut cases, mut joins, mut setups) = (vec![], false, false);
    let mut engine_alone = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--engine" => engine_alone = true,
            browser::join::NAME => joins = true,
            h323::setup::NAME => setups = true,
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
    if cases.is_empty() && !joins && !setups {
        (cases, joins, setups) = (Case::default_set(), true, true);
    }
    for case in &cases {
        if let Err(error) = run(case, engine_alone) {
            eprintln!("{case}: {error}");
            return ExitCode::FAILURE;
        }
    }
    if joins && let Err(error) = browser::join::run() {
        eprintln!("{}: {error}", browser::join::NAME);
        return ExitCode::FAILURE;
    }
    if setups && let Err(error) = h323::setup::run() {
        eprintln!("{}: {error}", h323::setup::NAME);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(case: &Case, engine_alone: bool) -> std::io::Result<()> {
    let row = match case.door {
        Door::Telephone | Door::Room if engine_alone => engine::measure(case)?,
        Door::Telephone => telephone::measure(case)?,
        Door::Room => h323::measure(case)?,
        Door::Browser if engine_alone => browser::alone::measure(case)?,
        Door::Browser => browser::measure(case)?,
    };
    row.print(case, floor::measure(case)?);
    Ok(())
}

//! `causeway load`: many calls to one SIP address, what each of them hears, and how late.
//!
//! * [`material`]: what is said, encoded once; [`click`]: the sound whose delay is measured;
//!   [`codec`]: the codecs.
//! * [`leg`]: the media of one call; [`direct`]: by what a telephone's packets travel;
//!   [`reception`]: what is received, counted; [`ear`]: what is heard, on a sample of legs.
//! * [`traffic`]: the media of all calls, on one thread; [`running`]: that thread and its judge.
//! * [`options`]: what it is told; [`run`](mod@run): from the first call to the report;
//!   [`report`]: what was found.
//! * [`call`]: signalling of all calls, on one thread; [`wire`]: its socket; [`offer`]: offers
//!   and answers.
//!
//! **Added latency** is from the instant at which a click was said to the instant at which it
//! can be played elsewhere, both on one clock. A wire with nothing in between adds nothing: the
//! time in which a packet fills at the talker (20 ms) and the load's own codec delay are not
//! counted. Talkers' phases are spread evenly over the packet time from a random beginning, so
//! that no lucky alignment with the server's clock makes the figure better than it is.

pub mod call;
pub mod click;
pub mod codec;
pub mod direct;
pub mod ear;
pub mod leg;
pub mod material;
pub mod offer;
pub mod options;
pub mod reception;
pub mod report;
pub mod run;
pub mod running;
pub mod traffic;
pub mod wire;

pub use options::LoadOptions;
pub use run::{LoadError, run};

use leg::Role;
use std::error::Error;
use std::time::Duration;

/// Runs a load and prints what it found: the command `load`.
///
/// # Errors
/// Why there is nothing to print.
pub fn print(options: &LoadOptions) -> Result<(), Box<dyn Error>> {
    let report = run(options, |phase| {
        if options.json {
            println!("{}", serde_json::json!({ "phase": phase.name() }));
        }
    })?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

/// Roles and phases of `legs` legs, the first `talkers` of which talk. Talkers' phases are
/// spread evenly over 20 ms from a random beginning, listeners' are random.
pub fn cast(legs: usize, talkers: usize, random: &mut impl rand::Rng) -> Vec<(Role, Duration)> {
    use rand::RngExt as _;
    let packet = f64::from(codec::PACKET_MS) / 1000.0;
    let begin: f64 = random.random();
    (0..legs)
        .map(|leg| {
            let (role, phase) = if leg < talkers {
                let part = begin + leg as f64 / talkers as f64;
                (Role::Talker(leg % material::VOICES), part.fract())
            } else {
                (Role::Listener, random.random())
            };
            (role, Duration::from_secs_f64(phase * packet))
        })
        .collect()
}

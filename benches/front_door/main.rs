//! What it costs to receive a call, beside programs that do less.
//!
//! `cargo bench --bench front_door` registers 1,000 devices by digest, then makes 200 new calls a
//! second that are hung up as soon as they are answered, and prints one JSON object a case:
//!
//! * `sipp`: SIPp's own UAS (`sipp -sn uas`): it answers by rote, without digest, dial plan or
//!   media. The least that a call can cost in a program of one thread.
//! * `kamailio`: as registrar and answering proxy: digest, location in memory, a transaction for
//!   each request; no dialog, no media, nobody meets anybody.
//! * `causeway plain`: a stranger's call into a conference: rates, dial plan, offer and answer,
//!   media ports, admission, a record in the store.
//! * `causeway`: the same by digest, through a thousand rules.
//!
//! The server has the first processor core for itself and SIPp, which calls, the second.
//! `cpu_us_per_call` is all its threads and processes; `ratio_…` is ours over theirs.
#![allow(clippy::disallowed_methods)] // a bench owns its processes and clocks

mod caller;
mod row;
mod server;
#[path = "../room/usage.rs"]
mod usage;

use caller::{Call, Caller};
use row::{Row, print};
use server::Server;
use std::io;
use std::process::ExitCode;

/// Devices that register.
const DEVICES: u32 = 1000;

/// New calls in a second.
const RATE: u32 = 200;

/// Calls of one case: fifteen seconds.
const CALLS: u32 = 3000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let folder = server::Folder::new()?;
    let caller = Caller::new(&folder)?;
    let sipp = {
        let server = Server::sipp(&folder)?;
        measure(&server, &caller, Call::Plain)?
    };
    print("sipp", &sipp, &[]);
    let kamailio = {
        let server = Server::kamailio(&folder)?;
        let registered = caller.register(&server)?;
        measure(&server, &caller, Call::Proved)?.registered(registered)
    };
    print("kamailio", &kamailio, &[]);
    let server = Server::causeway(&folder)?;
    let plain = measure(&server, &caller, Call::Plain)?;
    print("causeway plain", &plain, &[("sipp", &sipp), ("kamailio", &kamailio)]);
    let registered = caller.register(&server)?;
    let proved = measure(&server, &caller, Call::Proved)?.registered(registered);
    print("causeway", &proved, &[("sipp", &sipp), ("kamailio", &kamailio)]);
    Ok(())
}

/// Makes the calls of a case, and reads what the server used meanwhile.
fn measure(server: &Server, caller: &Caller, call: Call) -> io::Result<Row> {
    let before = server.reading()?;
    let failed = caller.call(server, call)?;
    let after = server.reading()?;
    Ok(Row::new(CALLS, failed, &before, &after))
}

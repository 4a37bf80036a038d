//! What it costs to take a call of H.323: from the connection to sound both ways, and its end.

use super::call::Call;
use crate::load::LOCAL;
use serde_json::json;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

/// Its name among the cases.
pub(crate) const NAME: &str = "h323-setup";

/// Calls that are measured, one after the other.
const CALLS: u32 = 500;

/// One call stands all the time, so that the conference does.
pub(crate) fn run() -> io::Result<()> {
    let (server, at) = super::serve(CALLS as usize)?;
    let socket = UdpSocket::bind((LOCAL, 0))?;
    let local: SocketAddr = socket.local_addr()?;
    let mut standing = Call::place(at, local)?;
    standing.talks()?;
    let (begin, began) = (server.reading()?, Instant::now());
    for _ in 0..CALLS {
        let mut call = Call::place(at, local)?;
        call.talks()?;
        call.hang_up()?;
    }
    let (end, took) = (server.reading()?, began.elapsed());
    standing.hang_up()?;
    let cpu = (end.cpu - begin.cpu).as_secs_f64();
    let row = json!({
        "case": NAME,
        "calls": CALLS,
        "cpu_ms_per_call": cpu * 1e3 / f64::from(CALLS),
        "calls_per_core_second": f64::from(CALLS) / cpu,
        "ms_per_call": took.as_secs_f64() * 1e3 / f64::from(CALLS),
    });
    println!("{row}");
    Ok(())
}

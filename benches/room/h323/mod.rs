//! A case of rooms of H.323: `causeway serve` in one process; the rooms in this one, their media on
//! one thread, their signalling on another. [`call`]: one room's signalling. [`setup`]: what it
//! costs to take their calls.

mod call;
pub(crate) mod setup;

use crate::case::Case;
use crate::load::{self, LOCAL, QUIET_DBOV, SETTLE};
use crate::row::Row;
use crate::server::{Server, free_port, settings};
use call::Call;
use causeway_server::load::direct::Remote;
use causeway_server::load::material::Material;
use causeway_server::load::report::MediaReport;
use causeway_server::load::running::Running;
use causeway_server::load::traffic::Order;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The measured window.
const WINDOW: Duration = Duration::from_secs(10);

/// How long the thread of signalling rests when nothing came.
const REST: Duration = Duration::from_millis(5);

/// Runs a case: starts a server, has it called, reads what it used in the steady window.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let (server, at) = serve(case.legs)?;
    let idle_kb = server.resident_kb()?;
    let legs = load::legs(case)?;
    let locals: Vec<SocketAddr> =
        legs.iter().map(|leg| leg.carrier().local()).collect::<io::Result<_>>()?;
    let material = Material::new(case.codec, QUIET_DBOV, case.dtx).map_err(io::Error::other)?;
    let mut running = Running::start(case.codec, material, legs)?;
    let mut calls = Vec::new();
    for (index, local) in locals.iter().enumerate() {
        let mut call = Call::place(at, *local)?;
        let (rtp, payload_type) = call.talks()?;
        running.order(Order::Start(index, Box::new(remote(case, rtp, payload_type))));
        calls.push(call);
    }
    let standing = Standing::of(calls);
    thread::sleep(SETTLE);
    running.order(Order::Measure);
    let begin = server.reading()?;
    thread::sleep(WINDOW);
    let end = server.reading()?;
    let (tally, clicks) = running.finish()?;
    standing.end()?;
    Ok(Row::of(case, idle_kb, &begin, &end, MediaReport::new(&tally, &clicks)))
}

/// A server that takes H.323, and where.
fn serve(legs: usize) -> io::Result<(Server, SocketAddr)> {
    let at = SocketAddr::new(LOCAL, free_port()?);
    let listen = format!("[h323]\nlisten = [\"{at}\"]\nmax_connections_per_source = 4096\n");
    let settings = settings(free_port()?, legs, "[api]\nlisten = []\n");
    let settings = settings.replace("[h323]\nlisten = []\n", &listen);
    Ok((Server::start(&settings, "sip:1001")?, at))
}

fn remote(case: &Case, rtp: SocketAddr, payload_type: u8) -> Remote {
    let receive_payload_type = load::payload_type(case);
    let comfort_noise = case.dtx.then_some(13);
    Remote {
        rtp,
        payload_type,
        receive_payload_type,
        comfort_noise,
        level_extension: None,
        srtp: None,
    }
}

/// Calls that stand, and whose signalling is answered.
struct Standing {
    over: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<()>>,
}

impl Standing {
    fn of(mut calls: Vec<Call>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let thread = thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                for call in &mut calls {
                    call.turn()?;
                }
                thread::sleep(REST);
            }
            calls.into_iter().try_for_each(Call::hang_up)
        });
        Self { over, thread }
    }

    fn end(self) -> io::Result<()> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the signalling failed"))?
    }
}

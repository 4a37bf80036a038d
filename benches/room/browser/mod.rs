//! A case of browsers: `causeway serve` in one process; the browsers in this one, their media on
//! one thread, their WebSockets on another.
//!
//! * [`session`]: a browser's ICE, DTLS and SRTP; [`carrier`]: it as a leg of the load.
//! * [`signal`]: its WebSocket; [`api`]: what an operator does before; both as the scenarios
//!   speak them. [`way_in`]: a server that takes browsers, and the link by which they come.
//! * [`alone`]: the same on the engine alone.
//! * [`join`]: how long it takes from the click to the first sound.

pub(crate) mod alone;
#[allow(dead_code, reason = "the scenarios ask for more")]
#[path = "../../../tests/scenarios/browser/api.rs"]
mod api;
mod carrier;
pub(crate) mod join;
mod session;
#[path = "../../../tests/scenarios/browser/signal.rs"]
mod signal;
mod way_in;

use crate::case::Case;
use crate::load::{LOCAL, QUIET_DBOV, SETTLE};
use crate::row::Row;
use carrier::{Browser, Tally};
use causeway_server::load::leg::Leg;
use causeway_server::load::material::Material;
use causeway_server::load::report::MediaReport;
use causeway_server::load::running::Running;
use causeway_server::load::traffic::Order;
use session::{Offered, Session};
use signal::Signal;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use way_in::WayIn;

/// The measured window.
const WINDOW: Duration = Duration::from_secs(10);

/// How long the last browser may take to be connected.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a case: starts a server, lets browsers in, reads what it used in the steady window.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let way_in = WayIn::open(case.legs)?;
    let server = way_in.server();
    let idle_kb = server.resident_kb()?;
    let room = let_in(&way_in, case)?;
    let (begin, end) = room.measure(|| {
        let begin = server.reading()?;
        std::thread::sleep(WINDOW);
        Ok((begin, server.reading()?))
    })?;
    let media = room.close(case)?;
    Ok(Row::of(case, idle_kb, &begin, &end, media))
}

/// Brings the browsers of a case in by a link, one after the other, and waits until all are
/// connected.
fn let_in(way_in: &WayIn, case: &Case) -> io::Result<Room> {
    let (mut room, locals) = Room::open(case)?;
    let signalling = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("load-signal")
        .enable_all()
        .build()?;
    for (index, local) in locals.into_iter().enumerate() {
        let offered = Offered::new(local)?;
        let (bridge, token) = (way_in.address(), way_in.token().to_owned());
        let sdp = offered.sdp.clone();
        let (mut signal, answer) = signalling.block_on(async move {
            let mut signal = Signal::open(bridge).await;
            signal.join(&token, &format!("browser {index}")).await;
            let answer = signal.offer(sdp).await;
            (signal, answer)
        });
        signalling.spawn(async move { signal.drain().await });
        room.begin(index, offered.answered(&answer)?);
    }
    room.signalling = Some(signalling);
    room.wait_until_connected(case.legs)?;
    let participants = way_in.participants();
    if participants != case.legs {
        return Err(io::Error::other(format!("{participants} of {} are in", case.legs)));
    }
    Ok(room)
}

/// The browsers of a case.
struct Room {
    running: Running<Browser>,
    tally: Arc<Tally>,
    /// Reads their WebSockets.
    signalling: Option<Runtime>,
}

impl Room {
    /// Browsers that are silent until each begins, and where they take packets.
    fn open(case: &Case) -> io::Result<(Self, Vec<SocketAddr>)> {
        let tally = Arc::new(Tally::default());
        let cast = causeway_server::load::cast(case.legs, case.talkers, &mut rand::rng());
        let (mut legs, mut locals) = (vec![], vec![]);
        for (role, phase) in cast {
            let browser = Browser::bind(LOCAL, &tally)?;
            locals.push(browser.local()?);
            legs.push(Leg::new(browser, case.codec, role, phase));
        }
        let material = Material::new(case.codec, QUIET_DBOV, case.dtx).map_err(io::Error::other)?;
        let running = Running::start(case.codec, material, legs)?;
        Ok((Self { running, tally, signalling: None }, locals))
    }

    fn begin(&mut self, index: usize, session: Session) {
        self.running.order(Order::Start(index, Box::new(session)));
    }

    fn wait_until_connected(&self, legs: usize) -> io::Result<()> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let connected = self.tally.connected.load(Ordering::Relaxed);
            if connected == legs {
                return Ok(());
            }
            if Instant::now() > patience {
                return Err(io::Error::other(format!("{connected} of {legs} are connected")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs `measure` over the steady window.
    fn measure<T>(&self, measure: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        std::thread::sleep(SETTLE);
        self.running.order(Order::Measure);
        measure()
    }

    fn close(mut self, case: &Case) -> io::Result<MediaReport> {
        let lost = self.tally.lost.load(Ordering::Relaxed);
        if lost > 0 {
            eprintln!("{case}: {lost} browsers lost their way");
        }
        let (media, clicks) = self.running.finish()?;
        drop(self.signalling);
        Ok(MediaReport::new(&media, &clicks))
    }
}

//! The floor of what is only passed on: the same packets by bare sends, and nothing else.

use crate::load::{Heard, LOCAL, WINDOW};
use crate::usage::thread_cpu;
use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Packets leave some at a time, as from the engine.
const TICK: Duration = Duration::from_millis(10);

/// How long is sent.
const SPAN: Duration = Duration::from_secs(3);

/// CPU seconds a second of one thread that sends as many packets of the same mean length as came
/// in the window, one call each, to as many sockets as there are receivers; another takes them.
pub(crate) fn measure(heard: &Heard, receivers: usize) -> io::Result<f64> {
    let bytes = heard.octets.checked_div(heard.packets).unwrap_or(0) as usize;
    let ticks = (SPAN.as_millis() / TICK.as_millis()) as u64;
    let window_ticks = (WINDOW.as_millis() / TICK.as_millis()) as u64;
    let sender = UdpSocket::bind((LOCAL, 0))?;
    let sinks = (0..receivers).map(|_| sink()).collect::<io::Result<Vec<_>>>()?;
    let targets = sinks.iter().map(UdpSocket::local_addr).collect::<io::Result<Vec<_>>>()?;
    let goes_on = Arc::new(AtomicBool::new(true));
    let taking = {
        let goes_on = Arc::clone(&goes_on);
        std::thread::spawn(move || {
            let mut buffer = [0; 2_048];
            while goes_on.load(Ordering::Relaxed) {
                for sink in &sinks {
                    while sink.recv(&mut buffer).is_ok() {}
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        })
    };
    let packet = vec![0x55; bytes];
    let (begin, before, mut sent) = (Instant::now(), thread_cpu(), 0);
    let mut targets = targets.iter().cycle();
    for tick in 1..=ticks {
        while sent < heard.packets * tick / window_ticks {
            if let Some(target) = targets.next() {
                // What a socket does not take is lost, and was paid for.
                let _ = sender.send_to(&packet, target);
            }
            sent += 1;
        }
        let due = begin + TICK * tick as u32;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    let spent = thread_cpu() - before;
    goes_on.store(false, Ordering::Relaxed);
    taking.join().map_err(|_| io::Error::other("who takes them ended"))?;
    Ok(spent.as_secs_f64() / SPAN.as_secs_f64())
}

fn sink() -> io::Result<UdpSocket> {
    let sink = UdpSocket::bind((LOCAL, 0))?;
    sink.set_nonblocking(true)?;
    Ok(sink)
}

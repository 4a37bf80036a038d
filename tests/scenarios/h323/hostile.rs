//! Connections that nobody should make, while a call goes on.

use super::{JUDGED, SETTLING, USUAL, level};
use crate::{
    conference::{AUDIBLE_DB, TONES},
    peer::{Bridge, H323Room, PATIENCE},
};
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

#[test]
fn a_thousand_idle_and_slow_connections_harm_no_call() {
    let bridge = Bridge::start();
    let one = H323Room::call("one", "1001", bridge.h323(), USUAL, TONES[0]);
    let at = (Ipv4Addr::LOCALHOST, bridge.h323());
    let mut idle: Vec<TcpStream> =
        (0..1_000).map(|_| TcpStream::connect(at).expect("a connection")).collect();
    for (index, stream) in idle.iter_mut().enumerate().filter(|(index, _)| index % 2 == 0) {
        // The first bytes of a packet that never becomes whole.
        let _ = stream.write_all(if index % 4 == 0 { &[3, 0, 1] } else { &[3, 0, 255, 255, 8] });
    }
    let began = Instant::now();
    let other = H323Room::call("other", "1001", bridge.h323(), USUAL, TONES[1]);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let heard = level(&one, TONES[1]);
    assert!(heard > AUDIBLE_DB, "{heard:.1} dB");
    // Each is let go by itself.
    let deadline = Instant::now() + PATIENCE + SETTLING + JUDGED;
    for stream in &mut idle {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).expect("above zero");
        let gone = match stream.read(&mut [0; 64]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        };
        assert!(gone, "a connection without a call is kept");
    }
    assert!(!one.has_ended() && !other.has_ended());
}

/// Whoever sends something else is let go, and the next call is answered.
#[test]
fn what_is_no_h323_ends_its_connection_alone() {
    let mut bridge = Bridge::start();
    let at = (Ipv4Addr::LOCALHOST, bridge.h323());
    for garbage in
        [&b"GET / HTTP/1.1\r\n\r\n"[..], &[3, 0, 0, 3], &[3, 0, 0, 9, 8, 2, 0, 1, 5], &[0; 70]]
    {
        let mut stream = TcpStream::connect(at).expect("a connection");
        stream.write_all(garbage).expect("loopback");
    }
    let room = H323Room::call("room", "1001", bridge.h323(), USUAL, TONES[0]);
    assert!(!room.has_ended() && bridge.is_running());
}

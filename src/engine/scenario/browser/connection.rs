//! Connections of ICE over TCP: as long as their leg, and nobody else's afterwards.

use super::insider::check;
use super::peer::{Browser, Habit};
use crate::order::Order;
use crate::scenario::CONFERENCE;
use crate::scenario::virtual_time::VirtualTime;
use causeway_base::LegId;
use causeway_plan::{Feed, WebRtcAddress};
use causeway_wire::framing;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// Longer than a connection may be without proof.
const ELEVEN_SECONDS: usize = 1_100;

/// Ends of connections that say something as often as each is to stay open.
struct Ends(Vec<TcpStream>);

impl Ends {
    fn open(bridge: &WebRtcAddress, count: usize) -> Self {
        let open = |_| {
            let stream = TcpStream::connect(bridge.tcp[0]).expect("open");
            stream.set_nonblocking(true).expect("supported");
            stream
        };
        Self((0..count).map(open).collect())
    }

    fn say(&mut self, datagram: &[u8]) {
        let frame = [&framing::length(datagram).expect("short"), datagram].concat();
        // The bridge may have closed it.
        self.0.iter_mut().for_each(|end| drop(end.write_all(&frame)));
    }

    /// Lets the time pass, while they say what nobody takes.
    fn wait(&mut self, bench: &mut VirtualTime) {
        for tick in 0..ELEVEN_SECONDS {
            if tick.is_multiple_of(100) {
                self.say(b"here");
            }
            bench.tick();
        }
    }

    fn open_ends(&mut self) -> usize {
        let is_open = |end: &mut TcpStream| match end.read(&mut [0; 64]) {
            Ok(length) => length > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        self.0.iter_mut().map(is_open).filter(|open| *open).count()
    }
}

#[test]
fn connections_end_with_their_leg() {
    let mut bench = VirtualTime::new(33_800);
    let bridge = bench.reserve(1);
    bench.tick();
    let mut ends = Ends::open(&bridge, 20);
    bench.tick();
    ends.say(&check(&format!("{}:peer", bridge.ice.ufrag), &bridge.ice.password));
    (0..5).for_each(|_| bench.tick());
    let (_, (_, _, known)) = bench.residue();
    assert!((1..20).contains(&known), "{known} of one leg");
    ends.wait(&mut bench);
    assert_eq!(ends.open_ends(), known, "those that gave way to others are closed");
    bench.order(Order::Forget(LegId(1)));
    bench.order(Order::Release(LegId(1)));
    ends.wait(&mut bench);
    assert_eq!(ends.open_ends(), 0);
}

#[test]
fn a_connection_that_closes_is_forgotten() {
    let mut bench = VirtualTime::new(33_820);
    let mut browser: Browser = bench.open(1, Habit { tcp: true, ..Habit::default() });
    bench.plan(CONFERENCE, &[(browser.leg, true, Feed::Mix)]);
    bench.talk(200, &mut [&mut browser], &mut []);
    assert!(browser.is_connected());
    assert_eq!(bench.residue().1, (1, 1, 1));
    drop(browser);
    (0..3).for_each(|_| bench.tick());
    assert_eq!(bench.residue().1, (1, 1, 0), "who has its address next must prove itself");
}

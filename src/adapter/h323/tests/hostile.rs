//! Connections that nobody should make: silent, slow, out of frame, too many, of a stranger.

use super::node::{Node, PATIENCE, config};
use crate::h323::{H323Config, Limits};
use causeway_wire::tpkt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Short enough for a test to wait for, long enough for a busy machine.
const SOON: Duration = Duration::from_millis(300);

fn hasty() -> H323Config {
    let limits = Limits { first_call: SOON, packet: SOON, control: SOON, ..Limits::default() };
    H323Config { limits, ..config() }
}

/// Waits until the other side closes. How long that took.
async fn closed(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("in time");
    drop(read);
    began.elapsed()
}

async fn from(address: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(format!("{address}:0").parse().expect("an address"))?;
    socket.connect(to).await
}

#[tokio::test]
async fn whoever_says_nothing_or_trickles_or_speaks_another_protocol_is_let_go() {
    let node = Node::start(hasty());
    let mut silent = TcpStream::connect(node.address()).await.expect("connects");
    assert!(closed(&mut silent).await >= SOON / 2);

    let patient = Limits { first_call: PATIENCE, packet: SOON, ..Limits::default() };
    let node = Node::start(H323Config { limits: patient, ..config() });
    let mut slow = TcpStream::connect(node.address()).await.expect("connects");
    let packet = tpkt::frame(&[8, 2, 0, 1, 5]).expect("short");
    // One byte, and later another: neither prolongs the packet's time.
    slow.write_all(&packet[..1]).await.expect("sent");
    tokio::time::sleep(SOON / 2).await;
    let _ = slow.write_all(&packet[1..2]).await;
    assert!(closed(&mut slow).await < PATIENCE / 2);

    let mut other = TcpStream::connect(node.address()).await.expect("connects");
    other.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
    assert!(closed(&mut other).await < PATIENCE / 2);
}

#[tokio::test]
async fn a_source_has_so_many_connections_and_others_still_call() {
    let limits = Limits { connections_per_source: 3, ..Limits::default() };
    let mut node = Node::start(H323Config { limits, ..config() });
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(from("127.0.0.2", node.address()).await.expect("connects"));
    }
    let mut further = from("127.0.0.2", node.address()).await.expect("the system takes it");
    closed(&mut further).await;
    let caller = Node::start(config());
    caller.dial("8001", node.address());
    assert_eq!(node.offered().await.called.user(), "8001");
}

#[tokio::test]
async fn a_thousand_idle_connections_leave_a_call_its_place() {
    let mut node = Node::start(config());
    let mut idle = Vec::new();
    for host in 0..20 {
        for _ in 0..50 {
            let address = format!("127.0.1.{}", host + 1);
            idle.push(from(&address, node.address()).await.expect("connects"));
        }
    }
    let began = Instant::now();
    let mut caller = Node::start(config());
    caller.dial("8001", node.address());
    let offered = node.offered().await;
    node.accept(offered.leg);
    caller.talks().await;
    assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
    assert_eq!(idle.len(), 1000);
}

/// The port of H.245 is for the peer alone, and not for ever.
#[tokio::test]
async fn a_stranger_at_the_port_of_h245_is_sent_away_and_the_call_goes_on() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound").port()
    };
    let separate = H323Config { tunnelling: false, control_ports: Some(port..=port), ..config() };
    let mut node = Node::start(separate);
    let mut caller = Node::start(config());
    caller.dial("8001", node.address());
    let offered = node.offered().await;
    // Nobody waits there before the call is answered.
    assert!(from("127.0.0.3", ([127, 0, 0, 1], port).into()).await.is_err());
    node.accept(offered.leg);
    caller.talks().await;
    node.talks().await;
    assert!(from("127.0.0.3", ([127, 0, 0, 1], port).into()).await.is_err(), "it is taken");
}

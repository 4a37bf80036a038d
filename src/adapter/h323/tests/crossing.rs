//! Rooms behind firewalls: nobody connects to them, and where they say they are is nowhere.

use super::gatekeeper::{any_port, call_address, gatekeeper, registered, start_with, upstream};
use super::node::{Node, PATIENCE, config};
use crate::h323::ras::{RasHandle, Reach, UpstreamConfig};
use crate::h323::{Advertised, H323Config};
use causeway_base::EndCause;
use causeway_conference::LegCommand;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// Where a room is behind its router: nothing gets there from here.
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 99, 99, 99));

/// A bridge with its gatekeeper, a room behind a firewall that is registered there, and where the
/// room says that it takes calls, though nobody gets there.
async fn site(tunnelling: bool) -> (Node, RasHandle, Node, RasHandle, TcpListener) {
    let here = call_address();
    let h323 = H323Config { listeners: vec![here], tunnelling, ..config() };
    let (bridge, ras) = start_with(here, h323, Some(gatekeeper(10_000_000)), None).await;
    let door = TcpListener::bind(any_port()).await.expect("a port");
    let local = Ipv4Addr::UNSPECIFIED.into();
    let advertised = vec![Advertised { local, advertised: INSIDE }];
    let h323 = H323Config { advertised, tunnelling, ..config() };
    let upstream = UpstreamConfig { inside: true, ..upstream(&ras) };
    let at_the_door = door.local_addr().expect("bound");
    let (room, client) = start_with(at_the_door, h323, None, Some(upstream)).await;
    registered(&client).await;
    (bridge, ras, room, client, door)
}

async fn nobody_connected(door: &TcpListener) {
    let waiting = std::future::poll_fn(|context| match door.poll_accept(context) {
        std::task::Poll::Ready(_) => std::task::Poll::Ready(true),
        std::task::Poll::Pending => std::task::Poll::Ready(false),
    });
    assert!(!waiting.await, "somebody connected to the room");
}

#[tokio::test]
async fn a_room_is_called_over_connections_that_it_makes() {
    for tunnelling in [true, false] {
        let (mut bridge, ras, mut room, _client, door) = site(tunnelling).await;
        let shown = ras.room("8001").expect("registered");
        assert_eq!(shown.reach, Reach::Indicated);
        assert_ne!(shown.call.ip(), INSIDE);

        let leg = bridge.dial_target("h323:8001".to_owned());
        let offered = room.offered().await;
        assert_eq!(offered.called.user(), "8001");
        room.accept(offered.leg);
        let media = bridge.talks().await;
        let transport = media.transport.rtp().expect("RTP").clone();
        assert_eq!(transport.signalling_source, IpAddr::from(Ipv4Addr::LOCALHOST));
        room.talks().await;
        bridge.tell(LegCommand::End { leg, cause: EndCause::Normal });
        bridge.ended().await;
        room.ended().await;

        room.dial_target("h323:1001".to_owned());
        let offered = bridge.offered().await;
        assert_eq!(offered.proof.user.as_deref(), Some("r3f"), "by its registration");
        bridge.accept(offered.leg);
        bridge.talks().await;
        room.talks().await;
        bridge.tell(LegCommand::End { leg: offered.leg, cause: EndCause::Normal });
        room.ended().await;
        nobody_connected(&door).await;
        bridge.h323.stop(PATIENCE).await;
        assert!(bridge.h323.shared.awaited.is_empty());
    }
}

#[tokio::test]
async fn a_call_to_a_room_that_does_not_come_ends_and_who_hangs_up_is_forgotten() {
    let (mut bridge, _ras, room, client, _door) = site(true).await;
    room.h323.drain();
    let leg = bridge.dial_target("h323:8001".to_owned());
    let waits = async {
        while bridge.h323.shared.awaited.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, waits).await.expect("it waits for the room");
    bridge.tell(LegCommand::End { leg, cause: EndCause::Cancelled });
    assert_eq!(bridge.ended().await, EndCause::Cancelled);
    assert!(bridge.h323.shared.awaited.is_empty());

    // A connection for a call that nobody waits for is let go.
    let call: SocketAddr = bridge.address();
    let late = tokio::net::TcpStream::connect(call).await.expect("connects");
    let packet = causeway_proto::h323::traversal::open([5; 16]).expect("short");
    let framed = causeway_wire::tpkt::frame(&packet).expect("short");
    late.writable().await.expect("open");
    late.try_write(&framed).expect("written");
    drop(late);
    client.stop(PATIENCE).await;
    bridge.h323.stop(PATIENCE).await;
}

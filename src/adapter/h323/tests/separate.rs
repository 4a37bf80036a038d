//! H.245 on a connection of its own, whoever makes it, and numbers that come digit by digit.

use super::node::{Node, PATIENCE, config};
use super::room::Room;
use crate::h323::H323Config;
use causeway_base::EndCause;
use causeway_conference::{LegCommand, LegEvent, MediaAddress};
use causeway_plan::{Encryption, OfferPolicy};
use causeway_proto::h323::session::{Command, Event};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

/// Whether the bridge says something by H.245 there, rather than hang up.
async fn is_spoken(stream: &mut TcpStream) -> bool {
    let read = timeout(PATIENCE, stream.read(&mut [0; 64])).await.expect("in time");
    read.is_ok_and(|count| count > 0)
}

#[tokio::test]
async fn a_connection_of_h245_that_stands_before_the_answer_goes_on() {
    let mut node = Node::start(config());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut room = Room::call(node.address(), None, false).await;
    let address = listener.local_addr().expect("bound");
    room.command(Command::AnnounceControl(address)).await;
    let offered = node.offered().await;
    let (mut control, _) =
        timeout(PATIENCE, listener.accept()).await.expect("in time").expect("one");
    node.accept(offered.leg);
    assert!(is_spoken(&mut control).await, "it was dropped");
    room.until(|_, heard| {
        heard.iter().any(|event| matches!(event, Event::Answered { .. })).then_some(())
    })
    .await;
    assert_eq!(room.control, None, "nobody need connect again");
}

/// Calls with H.245 apart, and connects it from another address than the signalling.
async fn comes_from_elsewhere(ours: H323Config, source: Option<&str>) -> bool {
    let mut node = Node::start(ours);
    let source = source.map(|source| SocketAddr::new(source.parse().expect("an address"), 1720));
    let mut room = Room::call(node.address(), source, false).await;
    let offered = node.offered().await;
    node.accept(offered.leg);
    let control = room.until(|room, _| room.control).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.3:0".parse().expect("an address")).expect("of the loopback");
    let mut stream = socket.connect(control).await.expect("connects");
    is_spoken(&mut stream).await
}

#[tokio::test]
async fn behind_a_gatekeeper_h245_comes_from_where_the_room_is() {
    let home: IpAddr = [127, 0, 0, 1].into();
    assert!(!comes_from_elsewhere(config(), None).await, "a stranger");
    assert!(!comes_from_elsewhere(config(), Some("127.0.0.4")).await, "another stranger");
    assert!(comes_from_elsewhere(config(), Some("127.0.0.3")).await, "as its Setup says");
    let routed = H323Config { gatekeepers: vec![home], ..config() };
    assert!(comes_from_elsewhere(routed, None).await, "whom the gatekeeper brings");
}

/// Else anybody could ask digit by digit which numbers lead somewhere, and count as no attempt.
#[tokio::test]
async fn of_whom_nothing_is_proved_no_further_digits_are_taken() {
    let nowhere = H323Config { leads: Arc::new(|_| false), ..config() };
    let node = Node::start(nowhere);
    let mut room = Room::call(node.address(), None, true).await;
    let answer = room.until(|_, heard| {
        heard.iter().find_map(|event| match event {
            Event::Proceeding => Some(true),
            Event::NumberWanted => Some(false),
            _ => None,
        })
    });
    assert!(answer.await, "the number is complete");
}

#[tokio::test]
async fn a_call_that_ends_instead_of_its_answer_was_never_answered() {
    let mut node = Node::start(config());
    let _room = Room::call(node.address(), None, false).await;
    let leg = node.offered().await.leg;
    let policy = OfferPolicy { encryption: Encryption::Required, ..OfferPolicy::default() };
    let media: MediaAddress = super::node::media(30_000);
    node.tell(LegCommand::Accept { leg, policy: Box::new(policy), media });
    loop {
        match node.event().await {
            LegEvent::Ended { cause, .. } => {
                return assert_eq!(cause, EndCause::EncryptionRequired);
            }
            event => assert!(!matches!(event, LegEvent::Answered { .. }), "{event:?}"),
        }
    }
}

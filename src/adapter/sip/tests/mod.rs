//! Adapters that talk to each other on the loopback: registrations, trunks, identities, failover.

mod dns;
mod keep_alive;
mod node;
mod outgoing;
mod tls;
mod widening;

use super::{Decision, TrunkHealth, TrunkRegistration};
use causeway_base::EndCause;
use causeway_plan::Direction;
use causeway_proto::sip::Carrier;
use dns::Zone;
use node::{Node, account, config, trunk, user};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A registrar with one user, and a node that registers there as its trunk.
async fn pair(password: &str) -> (Node, Node) {
    let mut office = config(1);
    office.users = vec![user("line", "right")];
    let office = Node::start(office).await;
    let mut bridge = config(2);
    let mut carrier =
        trunk("carrier", Some(format!("sip:127.0.0.1:{}", office.port(Carrier::Udp))));
    carrier.credentials = Some(account("line", password));
    carrier.register = Some(Duration::from_secs(600));
    carrier.health_interval = Some(Duration::from_secs(30));
    bridge.trunks = vec![carrier];
    (office, Node::start(bridge).await)
}

#[tokio::test]
async fn a_trunk_by_registration_brings_calls_and_carries_them_out() {
    let (mut office, mut bridge) = pair("right").await;
    bridge.is_registered_and_up().await;
    let registered = office.sip.registrations();
    assert_eq!(registered.len(), 1);
    assert_eq!((&*registered[0].user, registered[0].carrier), ("line", Carrier::Udp));

    // In: whoever is called at the name that registered, or at its number.
    for called in ["sip:line@127.0.0.1", "sip:2001@127.0.0.1"] {
        let leg = office.dial(called, None, "caller").await;
        let offered = bridge.offered().await;
        assert_eq!(offered.proof.trunk.as_deref(), Some("carrier"));
        assert_eq!(offered.called.user(), "line");
        assert_eq!(bridge.sip.trunks()[0].calls, 1);
        bridge.accept(offered.leg).await;
        office.answered().await;
        office.end(leg).await;
        assert_eq!(bridge.ended().await, EndCause::Normal);
        assert_eq!(office.ended().await, EndCause::Normal);
        assert_eq!(bridge.sip.trunks()[0].calls, 0);
    }

    // Out: our account proves itself when it is challenged.
    bridge.dial("sip:1001@ignored.example", Some("carrier"), "+8610").await;
    let offered = office.offered().await;
    assert_eq!(offered.proof.user.as_deref(), Some("line"));
    assert_eq!((offered.called.user(), offered.calling.user()), ("1001", "line"));
    office.accept(offered.leg).await;
    bridge.answered().await;
}

#[tokio::test]
async fn a_wrong_password_registers_nobody_and_its_trunk_carries_nothing() {
    let (office, mut bridge) = pair("wrong").await;
    bridge
        .trunk_is(|trunk| trunk.registration == TrunkRegistration::Failed(EndCause::Unauthorized))
        .await;
    assert!(office.sip.registrations().is_empty());
    bridge.dial("sip:1001@ignored.example", Some("carrier"), "+8610").await;
    assert_eq!(bridge.ended().await, EndCause::NoTrunk);
}

#[tokio::test]
async fn nobody_calls_under_the_name_of_a_user_without_its_password() {
    let (mut office, _bridge) = pair("right").await;
    let mut thief = Node::start(config(3)).await;
    let port = office.port(Carrier::Udp);
    for name in ["line", "2001"] {
        thief.dial(&format!("sip:1001@127.0.0.1:{port};transport=udp"), None, name).await;
        assert_eq!(thief.ended().await, EndCause::Unauthorized);
    }
    // A guest under its own name is one.
    thief.dial(&format!("sip:1001@127.0.0.1:{port};transport=udp"), None, "guest").await;
    let offered = office.offered().await;
    assert_eq!((offered.proof.user, offered.calling.user()), (None, "guest"));
}

#[tokio::test]
async fn a_trunk_known_by_address_is_believed_only_when_trusted() {
    for trusted in [true, false] {
        let mut bridge = config(1);
        let mut carrier = trunk("carrier", None);
        carrier.sources = vec!["127.0.0.0/8".parse().expect("a network")];
        carrier.trusted = trusted;
        carrier.max_calls = 1;
        bridge.trunks = vec![carrier];
        let mut bridge = Node::start(bridge).await;
        let mut exchange = config(2);
        let to = format!("sip:127.0.0.1:{};transport=udp", bridge.port(Carrier::Udp));
        let mut line = trunk("bridge", Some(to));
        line.credentials = Some(account("exchange", "x"));
        // Trusted from its side, so that it says who calls.
        line.trusted = true;
        exchange.trunks = vec![line];
        let mut exchange = Node::start(exchange).await;
        exchange.dial_as("sip:1001@x.example", Some("bridge"), "+86138", true).await;
        let offered = bridge.offered().await;
        assert_eq!(offered.proof.trunk.as_deref(), Some("carrier"));
        assert!(offered.private && offered.display_name != "Ann");
        let said = if trusted { "+86138" } else { "anonymous" };
        assert_eq!(offered.calling.user(), said);
        // The contract says one call at a time.
        exchange.dial("sip:1002@x.example", Some("bridge"), "+86139").await;
        assert_eq!(exchange.ended().await, EndCause::Unavailable);
        bridge
            .sip
            .command(causeway_conference::LegCommand::Reject {
                leg: offered.leg,
                cause: EndCause::Declined,
            })
            .await
            .expect("alive");
        assert_eq!(exchange.ended().await, EndCause::Declined);
    }
}

/// Both sides may have pictures, then one may not; whole ones are asked for by INFO both ways.
#[tokio::test]
async fn pictures_are_offered_and_answered_where_there_are_ports_for_them() {
    let (mut callee, mut caller) = (Node::start(config(1)).await, Node::start(config(2)).await);
    let to = format!("sip:1001@127.0.0.1:{};transport=tcp", callee.port(Carrier::Tcp));
    let leg = caller.dial_seeing(&to).await;
    let offered = callee.offered().await.leg;
    callee.accept_seeing(offered).await;
    for (node, ours) in [(&mut callee, "the answer"), (&mut caller, "the offer")] {
        let media = node.media_ready().await;
        assert_eq!(media.pictures(), Direction::SendReceive, "{ours}");
        let transport = media.video[0].transport.rtp().expect("ports of its own");
        assert_eq!(transport.remote_rtp.map(|at| at.port()), Some(40_002), "{ours}");
    }
    caller.answered().await;
    caller.ask_for_a_whole_picture(leg).await;
    callee.is_asked_for_a_whole_picture().await;
    callee.ask_for_a_whole_picture(offered).await;
    caller.is_asked_for_a_whole_picture().await;
    caller.end(leg).await;
    assert_eq!(callee.ended().await, EndCause::Normal);

    caller.dial_seeing(&to).await;
    let offered = callee.offered().await.leg;
    callee.accept(offered).await;
    let media = caller.media_ready().await;
    assert_eq!((media.pictures(), media.direction), (Direction::Inactive, Direction::SendReceive));
}

/// NAPTR -> SRV -> addresses; the first server is full, the second one takes the call.
#[tokio::test]
async fn a_call_goes_on_by_the_next_server_of_the_domain() {
    let mut full = config(1);
    full.admission = Arc::new(|_| Decision::Refuse(EndCause::CapacityReached));
    let full = Node::start(full).await;
    let mut free = Node::start(config(2)).await;
    let zone = Zone::default()
        .naptr("example.test", 20, "SIP+D2T", "_sip._tcp.example.test")
        .naptr("example.test", 10, "SIP+D2U", "_sip._udp.example.test")
        .srv("_sip._udp.example.test", 1, full.port(Carrier::Udp), "a.example.test")
        .srv("_sip._tcp.example.test", 1, free.port(Carrier::Tcp), "b.example.test")
        .address("a.example.test", LOOPBACK)
        .address("b.example.test", LOOPBACK);
    let mut caller = config(3);
    caller.nameservers = vec![zone.serve().await];
    let mut caller = Node::start(caller).await;
    caller.dial("sip:1001@example.test", None, "ann").await;
    let offered = free.offered().await;
    assert_eq!((offered.called.user(), offered.calling.user()), ("1001", "ann"));
    free.accept(offered.leg).await;
    caller.answered().await;
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_unreachable() {
    let mut caller = config(1);
    caller.nameservers = vec![Zone::default().serve().await];
    let mut caller = Node::start(caller).await;
    caller.dial("sip:1001@nowhere.test", None, "ann").await;
    assert_eq!(caller.ended().await, EndCause::Unreachable);
    caller.dial("sip:1001@x.test", Some("nobody"), "ann").await;
    assert_eq!(caller.ended().await, EndCause::NoTrunk);
}

/// The first trunk's connection is refused; the one that stands in for it carries the call.
#[tokio::test]
async fn another_trunk_stands_in_for_one_that_cannot_be_reached() {
    let mut callee = Node::start(config(1)).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("bound").port();
    drop(closed);
    let mut first = trunk("first", Some(format!("sip:127.0.0.1:{port};transport=tcp")));
    first.fallback = Some("second".into());
    let to = format!("sip:127.0.0.1:{};transport=tcp", callee.port(Carrier::Tcp));
    let mut bridge = config(2);
    bridge.trunks = vec![first, trunk("second", Some(to))];
    let bridge = Node::start(bridge).await;
    bridge.dial("sip:1001@x.example", Some("first"), "ann").await;
    assert_eq!(callee.offered().await.called.user(), "1001");
    assert_eq!(bridge.sip.trunks()[0].health, TrunkHealth::Unknown);
}

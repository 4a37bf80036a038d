//! Calls out: by trunks and those that stand in, given up in time, and too long for a datagram.

use super::node::{Node, account, config, trunk, user};
use crate::sip::{Listener, Transport, TrunkHealth};
use causeway_base::EndCause;
use causeway_conference::LegEvent;
use causeway_proto::sip::Carrier;
use std::net::SocketAddr;
use std::time::Duration;

fn target(node: &Node, carrier: Carrier) -> String {
    let name = if carrier == Carrier::Udp { "udp" } else { "tcp" };
    format!("sip:127.0.0.1:{};transport={name}", node.port(carrier))
}

/// A TCP port on which nobody listens.
async fn closed_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("bound").port()
}

#[tokio::test]
async fn a_number_goes_by_its_trunk_as_it_stands_and_the_bridge_calls_under_its_number_there() {
    let mut carrier = Node::start(config(1)).await;
    let mut line = trunk("carrier", Some(target(&carrier, Carrier::Udp)));
    line.number = Some("+861012345678".to_owned());
    let mut bridge = config(2);
    bridge.trunks = vec![line];
    let bridge = Node::start(bridge).await;
    bridge.dial("+8613800138000", Some("carrier"), "").await;
    let offered = carrier.offered().await;
    assert_eq!(offered.called.user(), "+8613800138000");
    assert_eq!(offered.calling.user(), "+861012345678");
}

/// A call that its conference hung up while the DNS was asked would have rung for nobody.
#[tokio::test]
async fn a_call_that_is_given_up_while_its_way_is_looked_up_is_never_made() {
    let mut callee = Node::start(config(1)).await;
    let mut caller = Node::start(config(2)).await;
    let at =
        |user: &str| format!("sip:{user}@127.0.0.1:{};transport=udp", callee.port(Carrier::Udp));
    let (given_up, wanted) = (at("1001"), at("1002"));
    let leg = caller.dial(&given_up, None, "ann").await;
    caller.end(leg).await;
    assert!(matches!(caller.event().await, LegEvent::Ended { leg: l, .. } if l == leg));
    caller.dial(&wanted, None, "ann").await;
    assert_eq!(callee.offered().await.called.user(), "1002", "the first call that rings");
}

#[tokio::test]
async fn a_bridge_that_stops_makes_no_call_whose_way_is_looked_up_still() {
    let mut callee = Node::start(config(1)).await;
    let mut caller = Node::start(config(2)).await;
    let port = callee.port(Carrier::Udp);
    caller.dial(&format!("sip:1001@127.0.0.1:{port};transport=udp"), None, "ann").await;
    caller.sip.stop(Duration::from_secs(4)).await;
    assert_eq!(caller.ended().await, EndCause::Draining);
    let other = Node::start(config(3)).await;
    other.dial(&format!("sip:1002@127.0.0.1:{port};transport=udp"), None, "ann").await;
    assert_eq!(callee.offered().await.called.user(), "1002", "the first call that rings");
}

#[tokio::test]
async fn the_trunk_that_carries_a_call_is_the_one_whose_calls_it_counts_among() {
    let mut callee = Node::start(config(1)).await;
    let mut first =
        trunk("first", Some(format!("sip:127.0.0.1:{};transport=tcp", closed_port().await)));
    first.fallback = Some("second".into());
    first.trusted = true;
    let mut second = trunk("second", Some(target(&callee, Carrier::Tcp)));
    second.credentials = Some(account("account", "x"));
    let mut bridge = config(2);
    bridge.trunks = vec![first, second];
    let mut bridge = Node::start(bridge).await;
    let leg = bridge.dial("sip:1001@x.example", Some("first"), "+8613800138000").await;
    let offered = callee.offered().await;
    assert_eq!(offered.calling.user(), "account", "the second one is not told who calls");
    assert_eq!(offered.display_name, "");
    let calls: Vec<usize> = bridge.sip.trunks().iter().map(|trunk| trunk.calls).collect();
    assert_eq!(calls, [0, 1]);
    for name in ["first", "second"] {
        let LegEvent::Carried { trunk, .. } = bridge.event().await else { panic!("not told") };
        assert_eq!(trunk.as_deref(), Some(name));
    }
    bridge.end(leg).await;
    bridge.ended().await;
    assert!(bridge.sip.trunks().iter().all(|trunk| trunk.calls == 0));
}

#[tokio::test]
async fn a_trunk_that_answers_no_options_is_down_and_the_one_that_stands_in_is_asked_at_once() {
    let mut callee = Node::start(config(1)).await;
    let mut first =
        trunk("first", Some(format!("sip:127.0.0.1:{};transport=tcp", closed_port().await)));
    first.fallback = Some("second".into());
    first.health_interval = Some(Duration::from_millis(100));
    let mut bridge = config(2);
    bridge.trunks = vec![first, trunk("second", Some(target(&callee, Carrier::Udp)))];
    let mut bridge = Node::start(bridge).await;
    bridge.trunk_is(|trunk| matches!(trunk.health, TrunkHealth::Down(_))).await;
    bridge.dial("sip:1001@x.example", Some("first"), "ann").await;
    assert_eq!(callee.offered().await.called.user(), "1001");
    let LegEvent::Carried { trunk, .. } = bridge.event().await else { panic!("not told") };
    assert_eq!(trunk.as_deref(), Some("second"), "the first one is not even tried");
}

/// RFC 3261 section 18.1.1: the callee takes nothing but TCP.
#[tokio::test]
async fn a_request_too_long_for_a_datagram_goes_over_tcp() {
    let address: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let mut callee = config(1);
    callee.listeners = vec![Listener { transport: Transport::Tcp, address }];
    let mut callee = Node::start(callee).await;
    let caller = Node::start(config(2)).await;
    let user = "a".repeat(600);
    let port = callee.port(Carrier::Tcp);
    caller.dial(&format!("sip:{user}@127.0.0.1:{port};transport=udp"), None, "ann").await;
    assert_eq!(callee.offered().await.called.user(), user);
}

#[tokio::test]
async fn devices_with_wrong_passwords_lock_nobody_else_out_behind_the_same_nat() {
    let mut office = config(1);
    office.users = vec![user("room1", "right"), user("room2", "right"), user("room3", "right")];
    let office = Node::start(office).await;
    for (name, seed) in [("room1", 2), ("room2", 3)] {
        let mut line = trunk("office", Some(target(&office, Carrier::Udp)));
        line.credentials = Some(account(name, "wrong"));
        let mut device = config(seed);
        device.trunks = vec![line];
        let mut device = Node::start(device).await;
        let mut causes = Vec::new();
        for _ in 0..7 {
            device.dial("1001", Some("office"), name).await;
            causes.push(device.ended().await);
        }
        assert_eq!(causes[..5], [EndCause::Unauthorized; 5]);
        assert_eq!(causes[5..], [EndCause::Forbidden; 2], "this one is locked out");
    }
    let mut line = trunk("office", Some(target(&office, Carrier::Udp)));
    line.credentials = Some(account("room3", "right"));
    line.register = Some(Duration::from_secs(600));
    line.health_interval = Some(Duration::from_secs(30));
    let mut device = config(4);
    device.trunks = vec![line];
    Node::start(device).await.is_registered_and_up().await;
}

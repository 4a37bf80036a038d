//! Calls to names without a host: a room that registered here is reached, and proves who it is.

use super::node::{Node, PATIENCE, config, media};
use crate::h323::H323Config;
use crate::h323::ras::{
    CallKey, Decision, GatekeeperConfig, Key, Ras, RasConfig, RasEvent, RasHandle, RoomUser,
    UpstreamConfig, UpstreamState,
};
use causeway_base::{Bitrate, EndCause, VideoCodec};
use causeway_conference::{LegCommand, LegEvent};
use causeway_plan::{LegMedia, OfferPolicy};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

pub(super) fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A port for call signalling, as RAS must know it before.
pub(super) fn call_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind(any_port()).expect("a port");
    listener.local_addr().expect("bound")
}

async fn start(
    call: SocketAddr,
    gatekeeper: Option<GatekeeperConfig>,
    upstream: Option<UpstreamConfig>,
) -> (Node, RasHandle) {
    let h323 = H323Config { listeners: vec![call], ..config() };
    start_with(call, h323, gatekeeper, upstream).await
}

/// A node that tells gatekeepers that it takes calls at `call`.
pub(super) async fn start_with(
    call: SocketAddr,
    h323: H323Config,
    gatekeeper: Option<GatekeeperConfig>,
    upstream: Option<UpstreamConfig>,
) -> (Node, RasHandle) {
    let (wishes, mut wished) = mpsc::channel(8);
    let ras = RasConfig {
        call_address: call,
        advertised: h323.advertised.clone(),
        product: ("Test".into(), "1".into()),
        gatekeeper,
        upstream,
        seed: [u8::try_from(call.port() % 251).expect("small"); 32],
    };
    let ras = Ras::start(ras, wishes).await.expect("starts");
    let node = Node::start(H323Config { ras: Some(ras.clone()), ..h323 });
    let h323 = node.h323.clone();
    tokio::spawn(async move {
        while let Some(wish) = wished.recv().await {
            h323.gatekeeper_wants(&wish);
        }
    });
    (node, ras)
}

/// As a room agreed of its picture: the most that is sent.
fn most(media: &LegMedia) -> Option<Bitrate> {
    media.video.first()?.send.map(|send| send.max_bitrate)
}

fn with_pictures() -> Box<OfferPolicy> {
    let mut policy = OfferPolicy::default();
    policy.video.codecs = vec![VideoCodec::H264];
    Box::new(policy)
}

/// Waits until a picture is sent at that rate at most.
async fn until_bounded(node: &mut Node, kbps: u64) {
    node.until(|event| match event {
        LegEvent::MediaReady { media, .. } => {
            (most(&media) == Some(Bitrate::kbps(kbps))).then_some(())
        }
        _ => None,
    })
    .await;
}

/// The gatekeeper where both are registered leaves each 384 kbit/s a way, and less later.
#[tokio::test]
async fn what_gatekeepers_admit_bounds_what_is_sent_and_what_they_lower_too() {
    let (mut bridge, ras) = start(call_address(), Some(gatekeeper(768_000)), None).await;
    let (mut room, client) = start(call_address(), None, Some(upstream(&ras))).await;
    registered(&client).await;

    room.dial_with("h323:1001".to_owned(), with_pictures());
    let leg = bridge.offered().await.leg;
    bridge.tell(LegCommand::Accept { leg, policy: with_pictures(), media: media(30_000) });
    for node in [&mut bridge, &mut room] {
        until_bounded(node, 320).await;
    }
    let admitted = &bridge.h323.shared.admitted;
    let identifier = *admitted.iter().find(|call| **call == leg).expect("by our gatekeeper").key();
    for (bandwidth, kbps) in [(512_000, 192), (700_000, 286)] {
        for (node, answer) in [(&mut bridge, true), (&mut room, false)] {
            let key = CallKey { identifier, answer };
            node.h323.gatekeeper_wants(&RasEvent::Bandwidth(key, bandwidth));
            until_bounded(node, kbps).await;
        }
    }
    bridge.tell(LegCommand::End { leg, cause: EndCause::Normal });
    bridge.ended().await;
    room.ended().await;
    let told = async {
        while !bridge.h323.shared.admitted.is_empty() || !room.h323.shared.admitted.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, told).await.expect("both forget it");
}

pub(super) fn gatekeeper(bandwidth: u64) -> GatekeeperConfig {
    let user =
        RoomUser { name: "r3f".into(), key: Key::of("secret"), aliases: vec!["8001".into()] };
    GatekeeperConfig {
        listen: any_port(),
        discovery: None,
        identifier: "Causeway".into(),
        time_to_live: Duration::from_secs(300),
        bandwidth,
        routed: false,
        users: vec![user],
        open: vec![],
        neighbours: vec![],
        admission: Arc::new(|_| Decision::Here),
    }
}

pub(super) fn upstream(there: &RasHandle) -> UpstreamConfig {
    UpstreamConfig {
        gatekeeper: *there.bound().first().expect("bound"),
        listen: any_port(),
        discover: false,
        identifier: None,
        aliases: vec!["8001".into()],
        inside: false,
        credentials: Some(("r3f".into(), Key::of("secret"))),
        time_to_live: Duration::from_secs(300),
    }
}

pub(super) async fn registered(client: &RasHandle) {
    let mut news = client.news();
    let registered = async {
        while client.upstream().is_none_or(|view| view.state != UpstreamState::Registered) {
            let _ = timeout(Duration::from_millis(200), news.recv()).await;
        }
    };
    timeout(PATIENCE, registered).await.expect("registers");
}

#[tokio::test]
async fn a_registered_room_is_called_by_its_name_and_proves_who_it_is_when_it_calls() {
    let (mut bridge, ras) = start(call_address(), Some(gatekeeper(10_000_000)), None).await;
    let (mut room, client) = start(call_address(), None, Some(upstream(&ras))).await;
    registered(&client).await;

    bridge.dial_target("h323:8001".to_owned());
    let offered = room.offered().await;
    assert_eq!(offered.called.user(), "8001");
    let asked = room.h323.shared.admitted.iter().any(|call| *call == offered.leg);
    assert!(asked, "who is called asks its gatekeeper, too");
    room.tell(LegCommand::Reject { leg: offered.leg, cause: EndCause::Busy });
    assert_eq!(bridge.ended().await, EndCause::Busy);
    room.ended().await;

    room.dial_target("h323:1001".to_owned());
    let offered = bridge.offered().await;
    assert_eq!(offered.called.user(), "1001");
    assert_eq!(offered.proof.user.as_deref(), Some("r3f"), "by its registration");
    bridge.tell(LegCommand::Reject { leg: offered.leg, cause: EndCause::Normal });
    room.ended().await;
    bridge.ended().await;
    let told = async {
        while !room.h323.shared.admitted.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, told).await.expect("the gatekeeper is told that it is over");

    bridge.dial_target("h323:4711".to_owned());
    assert_eq!(bridge.ended().await, EndCause::NotFound);
}

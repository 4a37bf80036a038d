//! Rooms that are registered at the bridge's gatekeeper, and a gatekeeper that refuses its calls.

use super::{JUDGED, USUAL, level};
use crate::{
    browser::{self, api::Api},
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES},
    peer::{Bridge, H323Room, PATIENCE, Setting},
    sound::level_db,
};
use causeway_adapter::h323::ras::{
    CallKey, CallRequest, Ras, RasConfig, RasHandle, UpstreamConfig, UpstreamState,
};
use causeway_base::EndCause;
use serde_json::Value;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    thread,
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, time};

/// The identifier of every call of the rooms of these scenarios.
const CALL: [u8; 16] = [7; 16];

fn tcp_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("bound").port()
}

fn udp_port() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.local_addr().expect("bound").port()
}

fn at(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Registers a room that takes calls there, and waits until it is.
async fn register(gatekeeper: SocketAddr, call: SocketAddr, alias: &str) -> RasHandle {
    let config = RasConfig {
        call_address: call,
        advertised: vec![],
        product: ("Scenario".to_owned(), "1".to_owned()),
        gatekeeper: None,
        upstream: Some(UpstreamConfig {
            gatekeeper,
            listen: at(0),
            discover: false,
            identifier: None,
            aliases: vec![alias.to_owned()],
            credentials: None,
            time_to_live: Duration::from_secs(300),
            inside: false,
        }),
        seed: [u8::try_from(call.port() % 251).expect("small"); 32],
    };
    let (sender, mut events) = mpsc::channel(8);
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let ras = Ras::start(config, sender).await.expect("loopback");
    let mut news = ras.news();
    let registered = async {
        while ras.upstream().is_none_or(|view| view.state != UpstreamState::Registered) {
            let _ = time::timeout(Duration::from_millis(100), news.recv()).await;
        }
    };
    time::timeout(PATIENCE, registered).await.expect("it registers");
    ras
}

/// Where a room is told to call.
async fn admitted(ras: &RasHandle, to: &str) -> SocketAddr {
    let request = CallRequest {
        key: CallKey { identifier: CALL, answer: false },
        call_reference: 7,
        conference: [8; 16],
        to: vec![to.to_owned()],
        address: None,
        from: vec![],
        bandwidth: 768_000,
    };
    ras.admit(request).await.expect("it may call").address.expect("somewhere")
}

async fn record(api: &Api, is_meant: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let records = api.records().await;
        if let Some(record) = records.iter().find(|record| is_meant(record)) {
            return record.clone();
        }
        assert!(Instant::now() < deadline, "no such record: {records:#?}");
        time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn two_registered_rooms_call_each_other_by_way_of_the_bridge() {
    let (call, ras) = (tcp_port(), udp_port());
    let more = format!(
        "[h323.gatekeeper]\nlisten = \"127.0.0.1:{ras}\"\nrouted = true\nopen = [\"127.0.0.0/8\"]\n"
    );
    let h323 = format!("127.0.0.1:{call}");
    let bridge =
        Bridge::with(Setting { api: true, h323: &h323, more: &more, ..Setting::default() });
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let door = TcpListener::bind(at(0)).expect("a port");
        let _called = register(at(ras), door.local_addr().expect("bound"), "7002").await;
        let calling = register(at(ras), at(tcp_port()), "7001").await;
        assert_eq!(admitted(&calling, "7002").await, at(call), "by way of the bridge");

        let answering = thread::spawn(move || H323Room::await_call("7002", &door, USUAL, TONES[1]));
        let caller = H323Room::call("7001", "7002", call, USUAL, TONES[0]);
        let callee = answering.join().expect("it is called");
        callee.wait_until_talking(true);
        let heard = level(&caller, TONES[1]);
        assert!(heard > AUDIBLE_DB, "who calls hears {heard:.1} dB");
        let heard = callee.heard(JUDGED);
        let (other, own) = (level_db(&heard, TONES[0]), level_db(&heard, TONES[1]));
        assert!(other > AUDIBLE_DB, "who is called hears {other:.1} dB");
        assert!(own < INAUDIBLE_DB, "and itself at {own:.1} dB");

        drop(caller);
        assert_eq!(callee.wait_for_end(), EndCause::Normal);
        let ended = |record: &Value| record["ended_at"].is_string();
        let call = record(&api, |call| call["direction"] == "in" && ended(call)).await;
        assert_eq!(call["explanation"]["plan"]["destination"]["to"], "user", "{call:#}");
        let names = call["explanation"]["plan"]["names"].as_array().expect("a list");
        assert_eq!(names.last().expect("some")["form"], "registered", "{call:#}");
        record(&api, |call| call["direction"] == "out" && ended(call)).await;
    });
}

/// What a gatekeeper answers to a registration and to an admission, without their numbers: a
/// registration for 300 s, invalidPermission.
const CONFIRM: [u8; 25] = [
    0x12, 0x00, 0x12, 0x34, 0x06, 0x00, 0x08, 0x91, 0x4a, 0x00, 0x07, 0x00, 0x02, 0x00, 0x45, 0x00,
    0x31, 0x0c, 0x84, 0x03, 0x40, 0x01, 0x2b, 0x01, 0x00,
];
const REJECT: [u8; 4] = [0x2c, 0x12, 0x34, 0x10];

/// A gatekeeper that registers everybody and admits nobody.
fn refuse_all(socket: &UdpSocket) {
    let mut request = [0; 1_500];
    while let Ok((length, from)) = socket.recv_from(&mut request) {
        let mut answer = match request[0] >> 2 {
            3 => CONFIRM.to_vec(),
            9 => REJECT.to_vec(),
            _ => continue,
        };
        assert!(length > 4, "a whole request");
        // Behind the choice and what is there of the message.
        let behind = if request[0] >> 2 == 3 { 2 } else { 1 };
        answer[behind..behind + 2].copy_from_slice(&request[2..4]);
        let _ = socket.send_to(&answer, from);
    }
}

#[test]
fn a_call_that_the_upstream_gatekeeper_refuses_is_released_with_the_reason_and_recorded() {
    let upstream = UdpSocket::bind(at(0)).expect("a port");
    upstream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let port = upstream.local_addr().expect("bound").port();
    let more =
        format!("[h323.upstream]\ngatekeeper = \"127.0.0.1:{port}\"\naliases = [\"8001\"]\n");
    let gatekeeper = thread::spawn(move || refuse_all(&upstream));
    let bridge = Bridge::with(Setting { api: true, more: &more, ..Setting::default() });
    bridge.wait_for_lines("our registration at a gatekeeper changed", 1);
    let room = H323Room::dial("room", "1001", bridge.h323(), USUAL, TONES[0], None);
    // As Q.850 says what may not be.
    assert_eq!(room.wait_for_end(), EndCause::Declined);
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let refused = record(&api, |call| call["direction"] == "in").await;
        assert_eq!(refused["ending"]["code"], EndCause::Forbidden.code(), "{refused:#}");
        assert_eq!(refused["called"], "h323:1001@127.0.0.1");
        assert!(refused["answered_at"].is_null());
    });
    drop(bridge);
    // Ends once nobody asks any more.
    drop(gatekeeper);
}

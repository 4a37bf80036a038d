//! Flows that registrations hold by: kept alive over UDP by STUN, made anew when they are lost.

use super::node::{Node, account, config, trunk, user};
use crate::sip::{TrunkRegistration, TrunkView};
use causeway_proto::sip::registration::{Account, Event, Output};
use causeway_proto::sip::{Carrier, Credentials, Flow, Registration};
use sip_codec::header::Via;
use sip_codec::{Limits, Message, Request, Uri, parse_datagram};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A Binding request without attributes.
const BINDING: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42transaction!";

/// A device on a socket of its own, so that it can send what is no SIP.
struct Device {
    socket: UdpSocket,
    registration: Registration,
    flow: Flow,
}

impl Device {
    async fn new(office: &Node) -> Self {
        let remote = SocketAddr::from(([127, 0, 0, 1], office.port(Carrier::Udp)));
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        socket.connect(remote).await.expect("a route");
        let local = socket.local_addr().expect("bound");
        let host = format!("sip:127.0.0.1:{}", remote.port());
        let account = Account {
            registrar: Uri::parse(host).expect("a URI"),
            aor: Uri::parse("sip:line@127.0.0.1".to_owned()).expect("a URI"),
            contact_user: "line".to_owned(),
            route: Vec::new(),
            credentials: Some(Credentials {
                realm: None,
                username: "line".to_owned(),
                password: "right".to_owned(),
            }),
            expires: Duration::from_secs(600),
            instance: crate::sip::config::instance([7; 32]),
        };
        let flow = Flow { carrier: Carrier::Udp, socket: 0, local, remote, name: None };
        Self { socket, registration: Registration::new(Instant::now(), account, [7; 32]), flow }
    }

    /// Registers: once unproved, then with its password.
    async fn register(&mut self) {
        self.registration.handle_timeout(Instant::now(), self.flow);
        loop {
            match self.registration.poll_output() {
                Output::Send { request, .. } => self.ask(*request).await,
                Output::Event(Event::Registered { .. }) => return,
                other => panic!("{other:?}"),
            }
        }
    }

    async fn ask(&mut self, mut request: Request) {
        let branch = request.headers.iter().count() + request.to_bytes().len();
        let via = format!("SIP/2.0/UDP {};branch=z9hG4bK{branch};rport", self.flow.local);
        request.headers.push_raw(sip_codec::HeaderName::Via, via);
        assert!(request.headers.get::<Via>().is_some());
        self.socket.send(&request.to_bytes()).await.expect("sent");
        let answer = self.receive().await;
        let message = parse_datagram(&answer.into(), &Limits::default()).expect("a message");
        let Message::Response(response) = message else { panic!("no response") };
        self.registration.handle_response(Instant::now(), self.flow, Some(&response));
    }

    async fn receive(&self) -> Vec<u8> {
        let mut buffer = vec![0; 4096];
        let received = timeout(PATIENCE, self.socket.recv(&mut buffer)).await;
        let len = received.expect("in time").expect("bytes");
        buffer.truncate(len);
        buffer
    }
}

#[tokio::test]
async fn a_registered_device_is_shown_its_address_and_a_stranger_gets_no_answer() {
    let mut office = config(1);
    office.users = vec![user("line", "right")];
    let office = Node::start(office).await;
    let stranger = Device::new(&office).await;
    stranger.socket.send(BINDING).await.expect("sent");
    let mut device = Device::new(&office).await;
    device.register().await;
    device.socket.send(BINDING).await.expect("sent");
    let answer = device.receive().await;
    assert_eq!(answer[..2], [1, 1], "a success");
    assert_eq!(answer[8..20], BINDING[8..20]);
    let port = device.flow.local.port() ^ 0x2112;
    assert_eq!(answer[26..28], port.to_be_bytes());
    // What came first was taken first: it would have been answered by now.
    let mut buffer = [0; 64];
    assert!(stranger.socket.try_recv(&mut buffer).is_err());
}

/// Passes one connection on to a port, until it is aborted.
async fn relay(listener: &TcpListener, port: u16) -> JoinHandle<()> {
    let (mut near, _) = timeout(PATIENCE, listener.accept()).await.expect("in time").expect("one");
    let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    tokio::spawn(async move {
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    })
}

/// A trunk calls by the connection that registered: without it nobody reaches us.
#[tokio::test]
async fn a_registration_whose_connection_is_lost_is_made_anew_and_calls_come_by_the_new_one() {
    let mut office = config(1);
    office.users = vec![user("line", "right")];
    let mut office = Node::start(office).await;
    let wire = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = wire.local_addr().expect("bound").port();
    let mut line = trunk("office", Some(format!("sip:127.0.0.1:{port};transport=tcp")));
    line.credentials = Some(account("line", "right"));
    line.register = Some(Duration::from_secs(600));
    let mut bridge = config(2);
    bridge.trunks = vec![line];
    let mut bridge = Node::start(bridge).await;
    let first = relay(&wire, office.port(Carrier::Tcp)).await;
    office.has_registered("line").await;
    let registered =
        |trunk: &TrunkView| matches!(trunk.registration, TrunkRegistration::Registered { .. });
    bridge.trunk_is(registered).await;
    first.abort();
    let _second = relay(&wire, office.port(Carrier::Tcp)).await;
    office.has_registered("line").await;
    office.dial("sip:line@127.0.0.1", None, "caller").await;
    assert_eq!(bridge.offered().await.called.user(), "line");
}

//! Our gatekeeper and our registration against each other, over loopback sockets.

use super::*;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);
const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn at(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
}

fn config(call_port: u16) -> RasConfig {
    RasConfig {
        call_address: at(call_port),
        advertised: Vec::new(),
        product: ("Causeway".into(), "1".into()),
        gatekeeper: None,
        upstream: None,
        seed: [call_port as u8; 32],
    }
}

/// What was asked, and what is answered.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<AdmissionRequest>>>);

impl Asked {
    fn admission(&self, decide: fn(&AdmissionRequest) -> Decision) -> Admission {
        let asked = Arc::clone(&self.0);
        Arc::new(move |request| {
            asked.lock().expect("no panic").push(request.clone());
            decide(request)
        })
    }

    fn take(&self) -> Vec<AdmissionRequest> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

fn ours(admission: Admission) -> GatekeeperConfig {
    GatekeeperConfig {
        listen: ANY,
        discovery: Some((ANY, Vec::new())),
        identifier: "Causeway".into(),
        time_to_live: Duration::from_secs(300),
        bandwidth: 4_000_000,
        routed: false,
        users: vec![RoomUser {
            name: "room9".into(),
            key: Key::of("secret"),
            aliases: vec!["9009".into()],
        }],
        open: vec!["127.0.0.0/8".parse().expect("a network")],
        neighbours: Vec::new(),
        admission,
    }
}

fn room(gatekeeper: SocketAddr, aliases: &[&str], password: Option<&str>) -> UpstreamConfig {
    UpstreamConfig {
        gatekeeper,
        listen: ANY,
        discover: false,
        identifier: None,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        inside: false,
        credentials: password.map(|password| (aliases[0].to_owned(), Key::of(password))),
        time_to_live: Duration::from_secs(300),
    }
}

struct Node {
    handle: RasHandle,
    events: mpsc::Receiver<RasEvent>,
}

async fn start(config: RasConfig) -> Node {
    let (sender, events) = mpsc::channel(16);
    let handle = Ras::start(config, sender).await.expect("loopback can be bound");
    Node { handle, events }
}

async fn gatekeeper(config: GatekeeperConfig) -> Node {
    start(RasConfig { gatekeeper: Some(config), ..self::config(1720) }).await
}

/// Until a gatekeeper said something to a room.
async fn settled(config: RasConfig) -> (Node, UpstreamState) {
    let node = start(config).await;
    let mut news = node.handle.news();
    let settled = async {
        loop {
            let state = node.handle.upstream().expect("configured").state;
            if state != UpstreamState::Trying {
                return state;
            }
            news.recv().await.expect("the task lives");
        }
    };
    let state = timeout(PATIENCE, settled).await.expect("in time");
    (node, state)
}

async fn registered(
    call_port: u16,
    gatekeeper: SocketAddr,
    aliases: &[&str],
    password: Option<&str>,
) -> Node {
    let upstream = Some(room(gatekeeper, aliases, password));
    let (node, state) = settled(RasConfig { upstream, ..config(call_port) }).await;
    assert_eq!(state, UpstreamState::Registered);
    node
}

fn call(n: u8, to: &[&str]) -> CallRequest {
    CallRequest {
        key: CallKey { identifier: [n; 16], answer: false },
        call_reference: 7,
        conference: [n; 16],
        to: to.iter().map(|name| (*name).to_owned()).collect(),
        address: None,
        from: Vec::new(),
        bandwidth: 2_000_000,
    }
}

#[tokio::test]
async fn rooms_register_call_and_leave() {
    let asked = Asked::default();
    let ours = ours(asked.admission(|request| match request.room {
        Some(address) => Decision::Direct(address),
        None if request.called == ["8001"] => Decision::Here,
        None => Decision::Refuse(EndCause::NotFound),
    }));
    let mut gatekeeper = gatekeeper(ours).await;
    let ras = gatekeeper.handle.bound()[0];
    let mut news = gatekeeper.handle.news();
    let nine = registered(1721, ras, &["room9", "9009"], Some("secret")).await;
    let other = registered(1722, ras, &["Room 1", "1001"], None).await;
    for name in ["room9", "Room 1"] {
        let expected = RasNews::Registered { name: name.into() };
        assert_eq!(news.recv().await, Ok(expected));
    }
    let shown = gatekeeper.handle.registrations();
    let shown: Vec<_> = shown.iter().map(|room| (room.user.as_deref(), room.call)).collect();
    assert_eq!(shown, [(None, at(1722)), (Some("room9"), at(1721))]);
    assert_eq!(gatekeeper.handle.room("ROOM 1").map(|room| room.call), Some(at(1722)));
    assert_eq!(gatekeeper.handle.room("9009").map(|room| room.call), Some(at(1721)));

    // To us, and it is known whose call that is.
    let admitted = nine.handle.admit(call(1, &["8001"])).await.expect("admitted");
    assert_eq!((admitted.address, admitted.bandwidth), (Some(at(1720)), 2_000_000));
    let request = asked.take().remove(0);
    assert_eq!(request.user.as_deref(), Some("room9"));
    let known = gatekeeper.handle.admitted(&[1; 16]).expect("known");
    assert_eq!((known.user.as_deref(), &known.called[..]), (Some("room9"), &["8001".into()][..]));
    nine.handle.end(call(1, &[]).key).await;
    let left = timeout(PATIENCE, gatekeeper.events.recv()).await.expect("in time");
    assert_eq!(left, Some(RasEvent::RoomLeft(call(1, &[]).key)));
    assert_eq!(gatekeeper.handle.admitted(&[1; 16]), None);

    // From room to room, and to nobody.
    let admitted = other.handle.admit(call(2, &["9009"])).await.expect("admitted");
    assert_eq!(admitted.address, Some(at(1721)));
    assert_eq!(gatekeeper.handle.admitted(&[2; 16]), None, "it is not ours");
    other.handle.end(call(2, &[]).key).await;
    let left = timeout(PATIENCE, gatekeeper.events.recv()).await.expect("in time");
    assert_eq!(left, Some(RasEvent::RoomLeft(call(2, &[]).key)));
    let called = timeout(PATIENCE, gatekeeper.events.recv()).await.expect("in time");
    let Some(RasEvent::RoomCalled(called)) = called else { panic!("{called:?}") };
    assert_eq!((&called.calling[..], &called.called[..]), ("Room 1", "9009"));
    let refused = other.handle.admit(call(3, &["nobody"])).await;
    assert_eq!(refused, Err(EndCause::NotFound));

    other.handle.stop(PATIENCE).await;
    let expected = RasNews::Unregistered { name: "Room 1".into() };
    assert_eq!(timeout(PATIENCE, news.recv()).await.expect("in time"), Ok(expected));
    // We stop: the last room is told.
    let mut heard = nine.handle.news();
    timeout(PATIENCE, gatekeeper.handle.stop(PATIENCE)).await.expect("in time");
    let thrown_out = timeout(PATIENCE, heard.recv()).await.expect("in time");
    assert!(matches!(
        thrown_out,
        Ok(RasNews::UpstreamChanged(UpstreamView { state: UpstreamState::Trying, .. }))
    ));
    let refused = nine.handle.admit(call(4, &["8001"])).await;
    assert_eq!(refused, Err(EndCause::Unreachable));
}

#[tokio::test]
async fn a_gatekeeper_is_discovered_at_its_other_port() {
    let gatekeeper = gatekeeper(ours(Arc::new(|_| Decision::Here))).await;
    let [_, discovery] = gatekeeper.handle.bound() else { panic!("two ports") };
    let mut upstream = room(*discovery, &["Room 1"], None);
    upstream.discover = true;
    let config = RasConfig { upstream: Some(upstream), ..config(1721) };
    let (node, state) = settled(config).await;
    assert_eq!(state, UpstreamState::Registered);
    assert!(node.handle.admit(call(1, &["8001"])).await.is_ok());
}

#[tokio::test]
async fn names_without_a_password_come_from_open_networks_only() {
    let ours = GatekeeperConfig { open: Vec::new(), ..ours(Arc::new(|_| Decision::Here)) };
    let gatekeeper = gatekeeper(ours).await;
    let upstream = Some(room(gatekeeper.handle.bound()[0], &["Room 1"], None));
    let (_, state) = settled(RasConfig { upstream, ..config(1721) }).await;
    assert_eq!(state, UpstreamState::Failed(EndCause::Unauthorized));
    assert_eq!(gatekeeper.handle.registrations(), []);
}

#[tokio::test]
async fn guesses_at_a_password_are_limited_and_the_right_one_too_then() {
    let gatekeeper = gatekeeper(ours(Arc::new(|_| Decision::Here))).await;
    let ras = gatekeeper.handle.bound()[0];
    let guess = async |password: &'static str| {
        let upstream = Some(room(ras, &["room9"], Some(password)));
        settled(RasConfig { upstream, ..config(1721) }).await
    };
    let (node, state) = guess("secret").await;
    assert_eq!(state, UpstreamState::Registered);
    node.handle.stop(PATIENCE).await;
    for _ in 0..5 {
        assert_eq!(guess("wrong").await.1, UpstreamState::Failed(EndCause::Unauthorized));
    }
    let (_, state) = guess("secret").await;
    assert!(matches!(state, UpstreamState::Failed(_)), "{state:?}");
    // Others are not locked out with it.
    registered(1722, ras, &["Room 1"], None).await;
}

#[tokio::test]
async fn neighbours_find_each_others_rooms() {
    let asked = Asked::default();
    let theirs = ours(asked.admission(|request| match request.room {
        Some(address) => Decision::Direct(address),
        None => Decision::Refuse(EndCause::NotFound),
    }));
    // Each is told where the other is, so both ports are chosen before.
    let free = || async {
        let socket = tokio::net::UdpSocket::bind(ANY).await.expect("bound");
        socket.local_addr().expect("bound")
    };
    let (here, there) = (free().await, free().await);
    let neighbour = |address| vec![Neighbour { address, prefixes: vec!["77".into()] }];
    let theirs = GatekeeperConfig { listen: there, neighbours: neighbour(here), ..theirs };
    let theirs = gatekeeper(theirs).await;
    let ours = GatekeeperConfig {
        listen: here,
        neighbours: neighbour(there),
        ..ours(Arc::new(|_| Decision::Neighbour))
    };
    let ours = gatekeeper(ours).await;
    let far = registered(1723, there, &["7701"], None).await;
    let near = registered(1724, here, &["Room 1"], None).await;
    assert_eq!(ours.handle.find("7701").await, Some(at(1723)));
    assert_eq!(asked.take()[0].by, By::Neighbour);
    assert_eq!(ours.handle.find("7702").await, None, "it does not know");
    assert_eq!(ours.handle.find("8001").await, None, "nobody has the prefix");
    let admitted = near.handle.admit(call(1, &["7701"])).await.expect("admitted");
    assert_eq!(admitted.address, Some(at(1723)));
    assert_eq!(near.handle.admit(call(2, &["7702"])).await, Err(EndCause::NotFound));
    drop((theirs, far));
}

#[tokio::test]
async fn who_hangs_up_while_the_gatekeeper_is_asked_waits_no_more() {
    // It is asked, and never says where the other room is.
    let silent = tokio::net::UdpSocket::bind(ANY).await.expect("bound");
    let address = silent.local_addr().expect("bound");
    let ours = GatekeeperConfig {
        neighbours: vec![Neighbour { address, prefixes: vec!["77".into()] }],
        ..ours(Arc::new(|_| Decision::Neighbour))
    };
    let gatekeeper = gatekeeper(ours).await;
    let room = registered(1724, gatekeeper.handle.bound()[0], &["Room 1"], None).await;
    let handle = room.handle.clone();
    let asking = tokio::spawn(async move { handle.admit(call(1, &["7701"])).await });
    let mut question = [0; 1_500];
    timeout(PATIENCE, silent.recv_from(&mut question)).await.expect("in time").expect("asked");
    room.handle.end(call(1, &[]).key).await;
    let answer = timeout(PATIENCE, asking).await.expect("in time").expect("no panic");
    assert_eq!(answer, Err(EndCause::Cancelled));
}

#[tokio::test]
async fn who_dials_an_address_is_for_the_room_there_or_for_a_name_of_ours() {
    let asked = Asked::default();
    let ours = GatekeeperConfig { routed: true, ..ours(asked.admission(|_| Decision::Here)) };
    let gatekeeper = gatekeeper(ours).await;
    let ras = gatekeeper.handle.bound()[0];
    let nine = registered(1721, ras, &["room9", "9009"], Some("secret")).await;
    let other = registered(1722, ras, &["Room 1"], None).await;
    let dial = async |n: u8, to: &[&str], address: Option<SocketAddr>| {
        let admitted = other.handle.admit(CallRequest { address, ..call(n, to) }).await;
        assert_eq!(admitted.expect("admitted").address, Some(at(1720)), "{to:?} {address:?}");
        let known = gatekeeper.handle.admitted(&[n; 16]).expect("it comes here");
        let request = asked.take().remove(0);
        (request.called, request.room, request.at, known.room)
    };
    // The other room's own address: whatever its Setup will say.
    let there = (Some(at(1721)), Some("room9".to_owned()));
    let (called, _, place, room) = dial(1, &[], Some(at(1721))).await;
    assert_eq!((called.len(), (place, room)), (0, there.clone()));
    let (_, _, place, room) = dial(2, &["127.0.0.1:1721"], None).await;
    assert_eq!((place, room), there);
    // Ours, with a name: the name counts.
    let nine_by_name = (vec!["9009".to_owned()], Some(at(1721)), None, None);
    for (n, to) in [(3, "127.0.0.1##9009"), (4, "9009@127.0.0.1"), (5, "h323:9009@127.0.0.1")] {
        assert_eq!(dial(n, &[to], None).await, nine_by_name, "{to}");
    }
    assert_eq!(dial(6, &["9009"], Some(at(1720))).await, nine_by_name);
    // Somebody else's, where nobody is registered.
    let (called, room, place, _) = dial(7, &["192.0.2.9##9009"], None).await;
    assert_eq!((&called[0][..], room, place), ("192.0.2.9##9009", None, None));
    let loopback = Ipv4Addr::LOCALHOST.into();
    let known = |ip: [u8; 4]| gatekeeper.handle.knows(ip.into());
    assert!(gatekeeper.handle.knows(loopback) && !known([192, 0, 2, 9]));
    nine.handle.stop(PATIENCE).await;
}

#[tokio::test]
async fn whom_a_neighbour_was_told_to_call_here_is_expected() {
    let free = tokio::net::UdpSocket::bind(ANY).await.expect("bound");
    let neighbour = free.local_addr().expect("bound");
    drop(free);
    let theirs = GatekeeperConfig {
        neighbours: vec![Neighbour { address: neighbour, prefixes: vec![] }],
        ..ours(Arc::new(|_| Decision::Here))
    };
    let theirs = gatekeeper(theirs).await;
    let ours = GatekeeperConfig {
        listen: neighbour,
        neighbours: vec![Neighbour {
            address: theirs.handle.bound()[0],
            prefixes: vec!["77".into()],
        }],
        ..ours(Arc::new(|_| Decision::Neighbour))
    };
    let ours = gatekeeper(ours).await;
    assert!(!theirs.handle.expects("7701"));
    assert_eq!(ours.handle.find("7701").await, Some(at(1720)), "by way of them");
    assert!(theirs.handle.expects("7701") && !theirs.handle.expects("7702"));
}

/// A registration that is confirmed with preGrantedARQ.answerCall, without its number.
const CONFIRM: &str = "12001234060008914a00070002004500310c840340012b0110";

#[tokio::test]
async fn that_calls_are_taken_unasked_is_shown() {
    let gatekeeper = tokio::net::UdpSocket::bind(ANY).await.expect("bound");
    let upstream = Some(room(gatekeeper.local_addr().expect("bound"), &["8001"], None));
    let node = start(RasConfig { upstream, ..config(1725) }).await;
    assert!(!node.handle.upstream().expect("configured").pre_granted_answer);
    let mut news = node.handle.news();
    let mut request = [0; 1_500];
    let asked = timeout(PATIENCE, gatekeeper.recv_from(&mut request)).await.expect("in time");
    let (_, from) = asked.expect("asked");
    let byte = |n: usize| u8::from_str_radix(&CONFIRM[2 * n..2 * n + 2], 16).expect("hexadecimal");
    let mut confirm: Vec<u8> = (0..CONFIRM.len() / 2).map(byte).collect();
    // Behind the choice and what is there of the message, which have ten bits in both.
    confirm[2..4].copy_from_slice(&request[2..4]);
    gatekeeper.send_to(&confirm, from).await.expect("sent");
    let changed = timeout(PATIENCE, news.recv()).await.expect("in time");
    let Ok(RasNews::UpstreamChanged(view)) = changed else { panic!("{changed:?}") };
    assert_eq!((view.state, view.pre_granted_answer), (UpstreamState::Registered, true));
}

#[tokio::test]
async fn without_a_gatekeeper_every_call_may_be() {
    let node = start(config(1720)).await;
    assert_eq!(node.handle.bound(), []);
    let admitted = node.handle.admit(call(1, &["8001"])).await.expect("admitted");
    assert_eq!((admitted.address, admitted.bandwidth), (None, 2_000_000));
    assert_eq!(node.handle.upstream(), None);
    timeout(PATIENCE, node.handle.stop(PATIENCE)).await.expect("in time");
}

/// The first thing that a room says, which is answered whoever asks.
fn discovery(ras: SocketAddr) -> Vec<u8> {
    use causeway_proto::h323::ras::{Client, Clock, Command, Config, Input, Output};
    let now = std::time::Instant::now();
    let mut client = Client::new(Config {
        gatekeeper: ras,
        discover: true,
        gatekeeper_identifier: None,
        ras_address: ANY,
        call_address: ANY,
        product: Default::default(),
        aliases: Vec::new(),
        time_to_live: PATIENCE,
        inside: false,
        credentials: None,
        clock: Clock { at: now, seconds: 1 },
        seed: [1; 32],
    });
    client.handle_input(now, Input::Command(Command::Start));
    let Output::Transmit { data, .. } = client.poll_output() else { panic!("it asks") };
    data
}

#[tokio::test]
async fn one_address_does_not_keep_the_gatekeeper_from_others() {
    let gatekeeper = gatekeeper(ours(Arc::new(|_| Decision::Here))).await;
    let ras = gatekeeper.handle.bound()[0];
    let question = discovery(ras);
    let flood = tokio::net::UdpSocket::bind("127.0.0.9:0").await.expect("bound");
    let mut answered = 0;
    let mut answer = [0; 1_500];
    loop {
        flood.send_to(&question, ras).await.expect("sent");
        match timeout(Duration::from_millis(200), flood.recv_from(&mut answer)).await {
            Ok(_) => answered += 1,
            Err(_) => break,
        }
        assert!(answered < 50_000, "there is a limit");
    }
    assert!(answered >= 2_000, "{answered}: as many as a building's rooms ask at once");
    // A room elsewhere registers meanwhile.
    registered(1721, ras, &["Room 1"], None).await;
    assert_eq!(gatekeeper.handle.registrations().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_bound_is_said() {
    let taken = tokio::net::UdpSocket::bind(ANY).await.expect("bound");
    let address = taken.local_addr().expect("bound");
    let ours = GatekeeperConfig { listen: address, ..ours(Arc::new(|_| Decision::Here)) };
    let (sender, _events) = mpsc::channel(1);
    let started = Ras::start(RasConfig { gatekeeper: Some(ours), ..config(1720) }, sender).await;
    assert_eq!(started.err().map(|error| error.address), Some(address));
}

//! A room that looks for the gatekeeper by multicast, on an interface of its own: the bridge at one
//! end of a virtual cable, the room in another network namespace at its other end.

use crate::peer::{Bridge, PATIENCE, Setting};
use causeway_proto::h323::ras::{Client, Clock, Command, Config, Event, Input, Output};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::{
    env,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    os::fd::AsFd as _,
    process::{self, Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Set within the namespace.
const WITHIN: &str = "CAUSEWAY_WITHIN_NAMESPACE";

const TEST: &str = "h323::discovery::a_room_finds_the_gatekeeper_by_multicast_and_registers";

const BRIDGE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const ROOM: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);

/// H.225.0 section 7.2.1.
const GROUP: ([u8; 4], u16) = ([224, 0, 1, 41], 1718);

#[test]
fn a_room_finds_the_gatekeeper_by_multicast_and_registers() {
    if env::var_os(WITHIN).is_some() {
        return within();
    }
    let unshare = |arguments: &[&str]| {
        let mut command = process::Command::new("unshare");
        command.args(["--map-root-user", "--net"]).args(arguments).stdin(Stdio::null());
        command
    };
    if !unshare(&["true"]).status().is_ok_and(|status| status.success()) {
        return eprintln!("no network namespace can be made here: nothing is tried");
    }
    let this = env::current_exe().expect("this program");
    let this = this.to_str().expect("a path");
    let mut itself = unshare(&[this, "--exact", TEST, "--nocapture"]);
    let status = itself.env(WITHIN, "1").status().expect("it runs");
    assert!(status.success(), "{status}");
}

/// The namespace of the room's end, until it is dropped.
struct FarEnd(Child);

impl FarEnd {
    fn new() -> Self {
        let mut command = process::Command::new("unshare");
        let child = command.args(["--net", "cat"]).stdin(Stdio::piped()).spawn().expect("unshare");
        let far = Self(child);
        let own = fs::read_link("/proc/self/ns/net").expect("a namespace");
        let deadline = Instant::now() + PATIENCE;
        while fs::read_link(far.namespace()).is_ok_and(|theirs| theirs == own) {
            assert!(Instant::now() < deadline, "no second namespace");
            thread::sleep(Duration::from_millis(2));
        }
        far
    }

    fn namespace(&self) -> String {
        format!("/proc/{}/ns/net", self.0.id())
    }
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(line: &str) {
    let mut words = line.split(' ');
    let status = process::Command::new(words.next().expect("a program")).args(words).status();
    assert!(status.is_ok_and(|status| status.success()), "{line}");
}

fn within() {
    let far = FarEnd::new();
    let there = format!("nsenter --net={}", far.namespace());
    run("ip link set lo up");
    run(&format!("ip link add bridge type veth peer name room netns {}", far.0.id()));
    run(&format!("ip addr add {BRIDGE}/24 dev bridge"));
    run("ip link set bridge up");
    run(&format!("{there} ip addr add {ROOM}/24 dev room"));
    run(&format!("{there} ip link set room up"));
    run(&format!("{there} ip route add 224.0.0.0/4 dev room"));

    let more = format!(
        "[h323.gatekeeper]\nlisten = \"{BRIDGE}:1719\"\ndiscovery = [\"{BRIDGE}\"]\nopen = [\"10.77.0.0/24\"]\n"
    );
    let h323 = format!("{BRIDGE}:1720");
    let _bridge = Bridge::with(Setting { h323: &h323, more: &more, ..Setting::default() });
    let namespace = File::open(far.namespace()).expect("the namespace");
    let room = thread::spawn(move || {
        let kind = Some(LinkNameSpaceType::Network);
        move_into_link_name_space(namespace.as_fd(), kind).expect("the right to enter it");
        let socket = UdpSocket::bind((ROOM, 0)).expect("a port");
        register(&socket)
    });
    let senders = room.join().expect("no panic");
    let ras = |port| SocketAddr::from((BRIDGE, port));
    assert_eq!(senders, [ras(1718), ras(1719)], "discovered where it asked, registered where told");
}

/// Looks for a gatekeeper and registers there. Who answered, in turn.
fn register(socket: &UdpSocket) -> Vec<SocketAddr> {
    let own = socket.local_addr().expect("bound");
    let mut client = Client::new(Config {
        gatekeeper: GROUP.into(),
        discover: true,
        gatekeeper_identifier: None,
        ras_address: own,
        call_address: (ROOM, 1720).into(),
        product: ("Scenario".to_owned(), "1".to_owned()),
        aliases: vec!["7001".to_owned()],
        time_to_live: Duration::from_secs(300),
        inside: false,
        credentials: None,
        clock: Clock { at: Instant::now(), seconds: 1 },
        seed: [7; 32],
    });
    client.handle_input(Instant::now(), Input::Command(Command::Start));
    let (mut senders, deadline) = (Vec::new(), Instant::now() + PATIENCE);
    socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a socket");
    let mut buffer = [0; 1_500];
    loop {
        match client.poll_output() {
            Output::Transmit { to, data } => {
                socket.send_to(&data, to).expect("there is a way");
            }
            Output::Event(Event::Registered(_)) => return senders,
            Output::Event(event) => panic!("{event:?}"),
            Output::Timeout(_) => {
                assert!(Instant::now() < deadline, "only {senders:?} answered");
                client.handle_timeout(Instant::now());
                if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                    senders.push(from);
                    let data = &buffer[..length];
                    client.handle_input(Instant::now(), Input::Datagram { from, data });
                }
            }
        }
    }
}

//! Trying each port from inside. What a firewall before this machine does, only somebody outside
//! can find out.

use super::holder::{self, Holder};
use super::{Config, End, Port, Protocol};
use crate::say::{Said, said};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

/// How long our own datagram may take: it never leaves the machine.
const PATIENCE: Duration = Duration::from_secs(1);

/// What we send ourselves.
const GREETING: &[u8] = b"causeway check --ports";

/// What was found at one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It could be bound.
    Free,
    /// A datagram to it arrived.
    Heard,
    /// A bridge has it already: this process.
    Ours(u32),
    /// Another program has it; unknown where only root may know.
    Taken(Option<Holder>),
    /// A port that only root or CAP_NET_BIND_SERVICE may take.
    Privileged,
    /// No such address on this machine.
    NotHere,
    /// Our own datagram did not arrive: a packet filter on this machine drops it.
    Lost,
    /// Anything else that the system said.
    Failed(ErrorKind),
    /// Not ours to try.
    Elsewhere,
}

impl Verdict {
    /// Whether the bridge would not work so.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Verdict::Free | Verdict::Heard | Verdict::Ours(_) | Verdict::Elsewhere)
    }

    /// What a person reads.
    pub fn said(&self) -> Said {
        match self {
            Verdict::Free => said("可用", "free"),
            Verdict::Heard => said("可用，自收自发正常", "free; a datagram to it arrived"),
            Verdict::Ours(pid) => said(
                format!("causeway（进程 {pid}）正在使用"),
                format!("causeway has it (process {pid})"),
            ),
            Verdict::Taken(Some(Holder { pid, name })) => said(
                format!("被 {name}（进程 {pid}）占用：请停掉它，或换端口"),
                format!("{name} has it (process {pid}): stop it, or choose another port"),
            ),
            Verdict::Taken(None) => said(
                "被其他用户的程序占用：用 root 运行本命令可查到是谁",
                "a program of another user has it: run this as root to learn which",
            ),
            Verdict::Privileged => said(
                "1024 以下的端口需要 CAP_NET_BIND_SERVICE（systemd：AmbientCapabilities；容器：cap_add）",
                "a port below 1024 needs CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities; \
                 containers: cap_add)",
            ),
            Verdict::NotHere => said(
                "本机没有这个地址：请改为本机地址或 0.0.0.0",
                "this machine has no such address: write one of its own, or 0.0.0.0",
            ),
            Verdict::Lost => said(
                "发给自己的数据报没有到达：本机防火墙丢弃了它，请放行",
                "a datagram to it did not arrive: a packet filter on this machine drops it; open it",
            ),
            Verdict::Failed(kind) => said(format!("失败：{kind}"), format!("fails: {kind}")),
            Verdict::Elsewhere => said("对方的端口，防火墙需放行", "another's: let it out"),
        }
    }
}

/// A port with what was found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The row.
    pub port: Port,
    /// What exactly was tried.
    pub place: String,
    /// What was found.
    pub verdict: Verdict,
}

/// Tries every row: a listening port is bound, and the first and last media port of each address
/// is sent a datagram.
pub fn prove(table: &[Port]) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for port in table {
        let mut add = |place: String, verdict| {
            proofs.push(Proof { port: port.clone(), place, verdict });
        };
        match &port.end {
            End::Listen(address) => add(address.to_string(), bound(port.protocol, *address)),
            End::Media { addresses, min, max } => {
                for address in addresses {
                    for edge in [*min, *max] {
                        let place = SocketAddr::new(*address, edge);
                        add(format!("{place} ({min}-{max})"), tried(port.protocol, place));
                    }
                }
            }
            End::Workers { addresses, first, count } => {
                for address in addresses {
                    for number in (*first..=u16::MAX).take(usize::from(*count)) {
                        let place = SocketAddr::new(*address, number);
                        add(place.to_string(), tried(port.protocol, place));
                    }
                }
            }
            End::Remote(remote) => add(remote.clone(), Verdict::Elsewhere),
        }
    }
    proofs
}

fn bound(protocol: Protocol, address: SocketAddr) -> Verdict {
    match protocol.bind(address) {
        Ok(_) => Verdict::Free,
        Err(error) => fault(protocol, address, &error),
    }
}

fn tried(protocol: Protocol, address: SocketAddr) -> Verdict {
    match protocol {
        Protocol::Udp => heard(address),
        Protocol::Tcp => bound(protocol, address),
    }
}

fn heard(address: SocketAddr) -> Verdict {
    let receiver = match Protocol::Udp.bind(address) {
        Ok(socket) => UdpSocket::from(socket),
        Err(error) => return fault(Protocol::Udp, address, &error),
    };
    match echo(&receiver, address.ip()) {
        Ok(true) => Verdict::Heard,
        Ok(false) => Verdict::Lost,
        Err(error) => Verdict::Failed(error.kind()),
    }
}

/// Whether our own datagram arrives.
fn echo(receiver: &UdpSocket, local: IpAddr) -> io::Result<bool> {
    receiver.set_read_timeout(Some(PATIENCE))?;
    let sender = UdpSocket::bind((local, 0))?;
    let from = sender.local_addr()?;
    match sender.send_to(GREETING, receiver.local_addr()?) {
        // A packet filter refuses it at once.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(false),
        sent => sent?,
    };
    let mut bytes = [0; 64];
    loop {
        match receiver.recv_from(&mut bytes) {
            Ok((length, source)) if source == from => return Ok(&bytes[..length] == GREETING),
            // A stranger's: ours is still on its way.
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
    }
}

fn fault(protocol: Protocol, address: SocketAddr, error: &io::Error) -> Verdict {
    match error.kind() {
        ErrorKind::AddrInUse => match holder::of(protocol, address) {
            Some(holder) if holder.name == "causeway" => Verdict::Ours(holder.pid),
            holder => Verdict::Taken(holder),
        },
        ErrorKind::PermissionDenied if address.port() < 1024 => Verdict::Privileged,
        ErrorKind::AddrNotAvailable => Verdict::NotHere,
        kind => Verdict::Failed(kind),
    }
}

/// What is worth knowing besides.
pub fn notes(config: &Config) -> Vec<Said> {
    let mut notes = vec![said(
        "以上从本机内部检查；外部防火墙是否放行，需从外部呼叫测试号验证。",
        "This was proved from inside; whether firewalls outside let it pass shows a call to the test \
         number from there.",
    )];
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    let range = range.ok().and_then(|text| {
        let mut ports = text.split_whitespace().map(str::parse::<u16>);
        Some((ports.next()?.ok()?, ports.next()?.ok()?))
    });
    let (min, max) = (*config.engine.ports.start(), *config.engine.ports.end());
    if let Some((low, high)) = range.filter(|(low, high)| min <= *high && *low <= max) {
        notes.push(said(
            format!(
                "媒体端口 {min}-{max} 与系统临时端口 {low}-{high} 重叠，可能被其他程序占用；请缩小范围，或设置 net.ipv4.ip_local_reserved_ports = {min}-{max}。"
            ),
            format!(
                "The media ports {min}-{max} overlap those that the system gives to programs \
                 ({low}-{high}): take others, or set net.ipv4.ip_local_reserved_ports = {min}-{max}."
            ),
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::table;
    use std::net::{Ipv4Addr, TcpListener};

    fn config(port: u16, media: u16) -> Config {
        let text = format!(
            "[sip]\nudp = [\"127.0.0.1:{port}\"]\ntcp = [\"127.0.0.1:0\"]\ntls = [\"192.0.2.7:5061\"]\n\
             [api]\nlisten = [\"127.0.0.1:0\"]\n[web]\nhttp = []\n[node]\nworkers = 1\n\
             [webrtc]\nudp_port = {}\n[media]\nport_min = {media}\nport_max = {}\n",
            media + 2,
            media + 1
        );
        Config::parse("test.toml", &text, &|_| None).expect("valid")
    }

    fn verdict<'a>(proofs: &'a [Proof], place: &str) -> &'a Verdict {
        let found = proofs.iter().find(|proof| proof.place.starts_with(place));
        &found.unwrap_or_else(|| panic!("{place} is missing in {proofs:?}")).verdict
    }

    #[test]
    fn a_taken_port_names_its_holder_and_a_free_media_port_hears_itself() {
        let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let sip = taken.local_addr().expect("an address").port();
        // Free ports above those that the system gives, each process beginning elsewhere.
        let first = 61_000 + (std::process::id() % 400) as u16 * 10;
        let free = (first..65_000).step_by(2).find(|port| {
            let udp = |port: u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
            let tcp = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
            udp(*port) && udp(port + 1) && udp(port + 2) && tcp(port + 2)
        });
        let media = free.expect("three free ports");
        let proofs = prove(&table(&config(sip, media)));
        let Verdict::Taken(Some(holder)) = verdict(&proofs, &format!("127.0.0.1:{sip}")) else {
            panic!("{proofs:?}")
        };
        assert_eq!(holder.pid, std::process::id());
        assert_eq!(verdict(&proofs, "127.0.0.1:0"), &Verdict::Free);
        assert_eq!(verdict(&proofs, "192.0.2.7:5061"), &Verdict::NotHere);
        assert_eq!(verdict(&proofs, &format!("127.0.0.1:{media}")), &Verdict::Heard);
        let browsers = format!("127.0.0.1:{}", media + 2);
        let of = |protocol| {
            let found = proofs.iter().find(|p| p.port.protocol == protocol && p.place == browsers);
            &found.expect("both protocols").verdict
        };
        assert_eq!((of(Protocol::Udp), of(Protocol::Tcp)), (&Verdict::Heard, &Verdict::Free));
        assert_eq!(verdict(&proofs, "/etc/resolv.conf"), &Verdict::Elsewhere);
        assert!(Verdict::Taken(None).is_fault() && Verdict::NotHere.is_fault());
        assert!(!Verdict::Ours(1).is_fault() && !Verdict::Heard.is_fault());
    }

    #[test]
    fn a_listening_socket_is_found_and_a_stranger_does_not_pass_for_our_own_datagram() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let found = holder::of(Protocol::Tcp, address).expect("a holder");
        assert_eq!(found.pid, std::process::id());
        let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let to = receiver.local_addr().expect("an address");
        let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        stranger.send_to(b"scan", to).expect("sent");
        assert!(echo(&receiver, to.ip()).expect("heard"));
    }
}

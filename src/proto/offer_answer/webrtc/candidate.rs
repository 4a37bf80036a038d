//! Candidates: the peer's, and ours.

use causeway_plan::{CandidateKind, CandidateProtocol, IceCandidate, WebRtcAddress};
use causeway_wire::sdp::Candidate;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The type preference of our addresses by UDP (RFC 8445 section 5.1.2.2).
const UDP_PREFERENCE: u32 = 126;

/// By TCP, where every loss delays what follows: below UDP of every kind but relayed, as browsers
/// have it (RFC 6544 section 4.2 leaves it open).
const TCP_PREFERENCE: u32 = 90;

/// The direction preference of the side that waits for connections (RFC 6544 section 4.2).
const TCP_PASSIVE: u32 = 4;

/// A candidate of the peer, as text with or without `candidate:`. `None` where it is of no use:
/// broken, a name (multicast DNS hides addresses from us), of RTCP's own port, of TCP where we
/// would have to connect, an address that nobody can send to, or of other credentials.
pub(super) fn theirs(text: &str, ufrag: &str) -> Option<IceCandidate> {
    let read = Candidate::parse(text)?;
    let is_ours = read.component == 1 && read.ufrag.as_deref().is_none_or(|of| of == ufrag);
    if !is_ours {
        return None;
    }
    let protocol = if read.transport.eq_ignore_ascii_case("udp") {
        CandidateProtocol::Udp
    } else if read.transport.eq_ignore_ascii_case("tcp") {
        read.tcp_type.as_deref().filter(|kind| kind.eq_ignore_ascii_case("active"))?;
        CandidateProtocol::Tcp
    } else {
        return None;
    };
    let kind = match read.kind.as_str() {
        "host" => CandidateKind::Host,
        "srflx" => CandidateKind::ServerReflexive,
        "prflx" => CandidateKind::PeerReflexive,
        "relay" => CandidateKind::Relayed,
        _ => return None,
    };
    let ip = read.address.parse::<IpAddr>().ok()?.to_canonical();
    let nowhere = ip.is_unspecified() || ip.is_multicast() || ip == Ipv4Addr::BROADCAST;
    if nowhere || read.port == 0 {
        return None;
    }
    let address = SocketAddr::new(ip, read.port);
    Some(IceCandidate { address, protocol, kind, priority: read.priority })
}

/// Ours, best first.
pub(super) fn ours(local: &WebRtcAddress) -> Vec<Candidate> {
    let udp = local.udp.iter().map(|address| (*address, CandidateProtocol::Udp));
    let tcp = local.tcp.iter().map(|address| (*address, CandidateProtocol::Tcp));
    // Each has a foundation of its own: no two share both address and transport.
    (1..).zip(udp.chain(tcp)).map(|(number, (address, by))| our(number, address, by)).collect()
}

fn our(number: u16, address: SocketAddr, protocol: CandidateProtocol) -> Candidate {
    let rank = u32::from(number - 1);
    let (transport, tcp_type, preference, local) = match protocol {
        CandidateProtocol::Udp => ("udp", None, UDP_PREFERENCE, 65_535 - rank),
        CandidateProtocol::Tcp => {
            let local = (TCP_PASSIVE << 13) + 8_191_u32.saturating_sub(rank);
            ("tcp", Some("passive".to_owned()), TCP_PREFERENCE, local)
        }
    };
    Candidate {
        foundation: number.to_string(),
        component: 1,
        transport: transport.to_owned(),
        priority: (preference << 24) + (local << 8) + 255,
        address: address.ip().to_string(),
        port: address.port(),
        kind: "host".to_owned(),
        tcp_type,
        ufrag: None,
    }
}

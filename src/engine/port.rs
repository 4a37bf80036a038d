//! The ports of legs: pairs of a range, each with one holder, drained after use.

use socket2::{Domain, Protocol, Socket, Type};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use crate::burst::Burst;
use crate::egress::random_u32;
use crate::sys::{self, Segmentation};

/// What one call of [`PortRange::reserve`] tries before it gives up. Another program that holds
/// nine of ten ports is stepped over; an answer still comes at once.
const MAX_BIND_TRIES: usize = 64;

/// Bytes of datagrams that wait for one tick: a key frame of 1080p twice over, as the kernel
/// counts them.
const VIDEO_BUFFER: usize = 1 << 20;

/// The ports that media may use: RTP on even ones, RTCP on the next (RFC 3550 section 11).
#[derive(Debug)]
pub(crate) struct PortRange {
    first: u16,
    pairs: u16,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: HashSet<(IpAddr, u16)>,
    next: u16,
}

/// No pair is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no media port is free")
    }
}

/// A pair of bound sockets, and the right to their ports. Dropping it gives the ports back.
#[derive(Debug)]
pub(crate) struct PortPair {
    /// For RTP, and RTCP beside it under rtcp-mux.
    pub(crate) rtp: UdpSocket,
    /// For RTCP.
    pub(crate) rtcp: UdpSocket,
    /// Where `rtp` is bound.
    pub(crate) rtp_address: SocketAddr,
    /// Where `rtcp` is bound.
    pub(crate) rtcp_address: SocketAddr,
    /// Whom `rtp` is connected to.
    peer: Option<SocketAddr>,
    /// Of what leaves at once on the RTP port: that of a picture.
    segmentation: Cell<Segmentation>,
    range: Arc<PortRange>,
}

impl PortPair {
    /// Has the kernel itself keep RTP to one peer: strangers are dropped before they cost
    /// anything, and each packet saves the look-up of its route.
    pub(crate) fn keep_to(&mut self, peer: SocketAddr) {
        // Where it is refused, the source guard alone does the work.
        if self.rtp.connect(peer).is_ok() {
            self.peer = Some(peer);
        }
    }

    /// Takes RTP from everywhere again, for the source guard to judge.
    pub(crate) fn open_up(&mut self) {
        if self.peer.take().is_some()
            && let Err(error) = rustix::net::connect_unspec(&self.rtp)
        {
            tracing::warn!(%error, "a media socket stays with its old peer");
        }
    }

    /// The same pair with room for a full picture at once.
    pub(crate) fn for_video(self) -> Self {
        sys::enlarge_buffers(self.rtp.as_fd(), VIDEO_BUFFER);
        self.segmentation.set(Segmentation::of(self.rtp.as_fd()));
        self
    }

    /// Whom RTP is kept to.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Sends on the RTP port. A full socket buffer or an unreachable peer loses the packet, as a
    /// network would.
    pub(crate) fn send_rtp(&self, packet: &[u8], target: SocketAddr) {
        let _ = if self.peer == Some(target) {
            self.rtp.send(packet)
        } else {
            self.rtp.send_to(packet, target)
        };
    }

    /// Sends what leaves at once on the RTP port, with one system call. What is lost is as above.
    pub(crate) fn send_burst(&self, burst: &Burst, target: SocketAddr) {
        let target = Some(target).filter(|target| self.peer != Some(*target));
        let mut segmentation = self.segmentation.get();
        let packets = burst.packets().map(|packet| (target, packet));
        sys::send_all(self.rtp.as_fd(), packets, &mut segmentation);
        self.segmentation.set(segmentation);
    }
}

impl Drop for PortPair {
    fn drop(&mut self) {
        let key = (self.rtp_address.ip(), self.rtp_address.port());
        self.range.state.lock().unwrap_or_else(PoisonError::into_inner).held.remove(&key);
    }
}

impl PortRange {
    /// The pairs within `ports`; an odd first port is left out.
    pub(crate) fn new(ports: &RangeInclusive<u16>) -> Arc<Self> {
        let first = ports.start().saturating_add(ports.start() & 1);
        let last = u32::from(*ports.end());
        let pairs = (last + 1).saturating_sub(u32::from(first)) / 2;
        let pairs = u16::try_from(pairs).unwrap_or(u16::MAX / 2);
        // A bridge that starts again does not begin with the ports that its last calls used.
        let state = State { next: random_below(pairs), ..State::default() };
        Arc::new(Self { first, pairs, state: Mutex::new(state) })
    }

    /// Binds the next free pair, round robin, so that a port rests as long as possible.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        local: IpAddr,
        dscp: u8,
    ) -> Result<PortPair, Exhausted> {
        for _ in 0..MAX_BIND_TRIES {
            let port = self.take(local)?;
            match self.bind(local, port, dscp) {
                Ok(pair) => return Ok(pair),
                Err(_) => self.step_over(local, port),
            }
        }
        Err(Exhausted)
    }

    /// Goes on elsewhere: who holds one port of this range often holds its neighbours.
    fn step_over(&self, local: IpAddr, port: u16) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.held.remove(&(local, port));
        state.next = random_below(self.pairs);
    }

    fn take(&self, local: IpAddr) -> Result<u16, Exhausted> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..self.pairs {
            let port = self.first + 2 * state.next;
            state.next = (state.next + 1) % self.pairs;
            if state.held.insert((local, port)) {
                return Ok(port);
            }
        }
        Err(Exhausted)
    }

    fn bind(self: &Arc<Self>, local: IpAddr, port: u16, dscp: u8) -> io::Result<PortPair> {
        let rtp_address = SocketAddr::new(local, port);
        let rtcp_address = SocketAddr::new(local, port + 1);
        Ok(PortPair {
            rtp: socket(rtp_address, dscp)?,
            rtcp: socket(rtcp_address, dscp)?,
            rtp_address,
            rtcp_address,
            peer: None,
            segmentation: Cell::new(Segmentation::Ours),
            range: Arc::clone(self),
        })
    }
}

fn random_below(limit: u16) -> u16 {
    (random_u32() % u32::from(limit.max(1))) as u16
}

fn socket(address: SocketAddr, dscp: u8) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    let traffic_class = u32::from(dscp) << 2;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
        socket.set_tclass_v6(traffic_class)?;
    } else {
        socket.set_tos_v4(traffic_class)?;
    }
    socket.bind(&address.into())?;
    sys::enable_timestamps(socket.as_fd())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_are_even_distinct_and_come_back_when_dropped() {
        let range = PortRange::new(&(32_701..=32_707));
        let pairs: Vec<_> =
            (0..3).map(|_| range.reserve(LOOPBACK, 46).expect("three pairs fit")).collect();
        let mut ports: Vec<_> = pairs.iter().map(|pair| pair.rtp_address.port()).collect();
        ports.sort_unstable();
        assert_eq!(ports, [32_702, 32_704, 32_706]);
        assert_eq!(pairs[0].rtcp_address.port(), pairs[0].rtp_address.port() + 1);
        assert_eq!(range.reserve(LOOPBACK, 46).expect_err("all held"), Exhausted);
        drop(pairs);
        assert!(range.reserve(LOOPBACK, 46).is_ok());
    }

    #[test]
    fn a_port_that_another_program_holds_is_stepped_over() {
        let range = PortRange::new(&(32_710..=32_713));
        let _other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 32_711)).expect("free");
        let pair = range.reserve(LOOPBACK, 0).expect("the second pair is free");
        assert_eq!(pair.rtp_address.port(), 32_712);
    }

    #[test]
    fn fifty_neighbours_that_another_bridge_holds_are_stepped_over() {
        let range = PortRange::new(&(32_400..=32_599));
        let _others: Vec<_> = (32_400..32_500)
            .map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("free"))
            .collect();
        for _ in 0..30 {
            range.reserve(LOOPBACK, 0).expect("half of the range is free");
        }
    }

    #[test]
    fn an_empty_range_is_exhausted() {
        assert_eq!(PortRange::new(&(9..=9)).reserve(LOOPBACK, 0).expect_err("none"), Exhausted);
    }
}

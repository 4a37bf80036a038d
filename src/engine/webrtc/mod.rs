//! Browsers: one UDP port and one TCP port of a worker for all of them, and a session each.
//!
//! Read in the order of a datagram:
//! * `door`: the sockets that a worker's browsers share. `stream` is its TCP connections.
//! * `lookup`: whose a datagram is. Nothing but a connectivity check with the right password
//!   makes a source known, and from sources that are not known nothing else is taken.
//! * `inlet`: a worker's end of its door, and the way of what belongs to another worker's legs
//!   (`passage`).
//! * `peer`: a browser's leg as the engine sees it: datagrams in, packets out, news.
//! * `session`: one peer connection, a state machine without sockets and clock; `declare` is what
//!   it is told of formats and candidates, `echo` its data channels.
//! * `lines`: its media lines, and which packet is of which. `line` is one of them, `hearing` the
//!   sources that it is heard from.
//! * `outbox`: what goes out, in batches.

mod credentials;
mod declare;
mod door;
mod echo;
mod hearing;
mod identity;
mod inlet;
mod line;
mod lines;
mod lookup;
mod outbox;
mod passage;
mod peer;
mod session;
mod stream;

#[cfg(test)]
mod scenario;

pub(crate) use credentials::credentials;
pub(crate) use door::{Door, Taken};
pub(crate) use identity::identity;
pub(crate) use inlet::Inlet;
pub(crate) use line::{MAX_PAYLOAD, MediaPacket};
pub(crate) use outbox::{Load, Outbox};
pub(crate) use passage::{MAX_PARCELS, Parcel};
pub(crate) use peer::{Peer, VideoNews, add_candidate, run, take};

use causeway_plan::CandidateProtocol;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// The settings of the engine's doors for browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcConfig {
    /// The addresses to bind, each of the machine itself. Not `0.0.0.0` and not `::`: ICE must
    /// know which one a datagram came to.
    pub addresses: Vec<IpAddr>,
    /// The UDP port of the first worker; those of the others follow it. 0: the system chooses.
    pub udp_port: u16,
    /// The same for ICE over TCP (RFC 6544). `None`: no TCP.
    pub tcp_port: Option<u16>,
}

/// By what and from where to where a datagram came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) protocol: CandidateProtocol,
    pub(crate) source: SocketAddr,
    /// The address of the door that it came to, as bound.
    pub(crate) local: SocketAddr,
}

/// One datagram for a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagram<'a> {
    pub(crate) route: Route,
    pub(crate) arrival: Instant,
    pub(crate) bytes: &'a [u8],
}

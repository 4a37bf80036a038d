//! UDP: one task a listener.

use super::Arrived;
use crate::local::LocalAddresses;
use bytes::{Bytes, BytesMut};
use causeway_proto::sip::{Carrier, Flow};
use causeway_wire::stun::BindingRequest;
use sip_codec::{Limits, parse_datagram};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// The longest datagram there is.
const MAX_DATAGRAM: usize = 65_535;

/// The kernel's buffer for what arrives while the task is busy: 2,000 INVITEs.
const RECEIVE_BUFFER: usize = 4 << 20;

pub(super) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The kernel gives what its own limit allows.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// Reads until the adapter is gone.
pub(super) fn listen(
    number: u32,
    socket: Arc<UdpSocket>,
    bound: SocketAddr,
    locals: Arc<LocalAddresses>,
    arrived: mpsc::Sender<Arrived>,
) {
    tokio::spawn(async move {
        let mut buffer = vec![0; MAX_DATAGRAM];
        let limits = Limits::default();
        loop {
            let received = tokio::select! {
                received = socket.recv_from(&mut buffer) => received,
                () = arrived.closed() => return,
            };
            // An error is an ICMP complaint about something sent before.
            let Ok((len, remote)) = received else { continue };
            let Some(datagram) = buffer.get(..len) else { continue };
            if is_keep_alive(datagram) {
                continue;
            }
            let ip = locals.advertised(locals.facing(bound, remote));
            let local = SocketAddr::new(ip, bound.port());
            let flow = Flow { carrier: Carrier::Udp, socket: number, local, remote, name: None };
            if let Some(request) = BindingRequest::parse(datagram) {
                let _ = arrived.try_send(Arrived::KeepAlive { flow, request });
                continue;
            }
            let datagram = Bytes::from(BytesMut::from(datagram));
            let message = Box::new(parse_datagram(&datagram, &limits));
            // What finds no room is lost, as the network loses datagrams.
            let _ = arrived.try_send(Arrived::Message { flow, message, size: len });
        }
    });
}

/// Line ends, or zeros, that keep a NAT binding alive (RFC 5626 and older habits).
fn is_keep_alive(datagram: &[u8]) -> bool {
    datagram.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0 | b' '))
}

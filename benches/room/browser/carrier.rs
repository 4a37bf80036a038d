//! A browser as a carrier of the load's media.

use super::session::{Happened, Session};
use causeway_server::load::leg::{Carrier, Received};
use causeway_server::load::material::Payload;
use causeway_server::load::reception::RtpHeader;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// How the browsers of a load fare.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// That media may flow.
    pub(crate) connected: AtomicUsize,
    /// That their way was lost.
    pub(crate) lost: AtomicUsize,
}

/// One browser's socket, and its session once it has an answer.
#[derive(Debug)]
pub(crate) struct Browser {
    socket: UdpSocket,
    session: Option<Session>,
    silent: bool,
    tally: Arc<Tally>,
}

impl Browser {
    pub(crate) fn bind(local: IpAddr, tally: &Arc<Tally>) -> io::Result<Self> {
        let socket = UdpSocket::bind((local, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, session: None, silent: true, tally: Arc::clone(tally) })
    }

    /// The address of its candidate.
    pub(crate) fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl Carrier for Browser {
    type Answer = Session;

    fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    fn start(&mut self, session: Session, _ssrc: u32) -> io::Result<()> {
        self.session = Some(session);
        Ok(())
    }

    fn stop(&mut self) {
        self.session = None;
    }

    fn is_active(&self) -> bool {
        self.session.is_some()
    }

    fn send(&mut self, timestamp: u32, payload: &Payload) -> io::Result<bool> {
        let Some(session) = &mut self.session else { return Ok(false) };
        let (now, tally) = (Instant::now(), &self.tally);
        let sends = session.is_connected() && !payload.bytes.is_empty();
        if sends {
            session.write(now, timestamp, &payload.bytes, payload.level, self.silent);
        }
        self.silent = !sends;
        session.turn(now, &self.socket, |happened| note(tally, &happened))?;
        Ok(sends)
    }

    fn receive(&mut self, packet: &mut [u8], opened: bool) -> Option<Received> {
        let (len, source) = self.socket.recv_from(packet).ok()?;
        let session = self.session.as_mut()?;
        session.take(Instant::now(), source, packet.get(..len)?);
        let (mut taken, tally) = (None, &self.tally);
        let drained = session.drain(&self.socket, &mut |happened| {
            note(tally, &happened);
            if let Happened::Media(media) = happened {
                taken = Some(media);
            }
        });
        if drained.is_err() {
            self.session = None;
            return None;
        }
        let media = taken?;
        let header = RtpHeader {
            payload_type: *media.header.payload_type,
            sequence: media.header.sequence_number,
            timestamp: media.header.timestamp,
            ssrc: *media.header.ssrc,
            len: 0,
        };
        let mut payload = 0..0;
        if opened && self.session.as_ref()?.speaks(media.header.payload_type) {
            payload = 0..media.payload.len();
            packet.get_mut(payload.clone())?.copy_from_slice(&media.payload);
        }
        Some(Received { header, payload })
    }
}

fn note(tally: &Tally, happened: &Happened) {
    match happened {
        Happened::Connected => tally.connected.fetch_add(1, Ordering::Relaxed),
        Happened::Lost => tally.lost.fetch_add(1, Ordering::Relaxed),
        Happened::IceConnected | Happened::Media(_) => return,
    };
}

//! One connection: packets with the framing of TPKT, both ways, neither of which waits for the
//! other.

use super::config::H323Config;
use causeway_wire::tpkt::{self, TpktStream};
use socket2::{SockRef, TcpKeepalive};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// Bytes that wait for a slow peer. A call sends some kilobytes in all; a peer that is further
/// behind does not read.
const MAX_UNSENT: usize = 256 << 10;

/// Bytes read at once.
const READ: usize = 8_192;

/// Between the questions of the system whether a silent peer is there, and how many go unanswered.
const ASK_AGAIN: Duration = Duration::from_secs(10);
const MAX_UNANSWERED: u32 = 3;

/// The connection is of no use any more: closed, broken, stalled or out of frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// One connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    packets: TpktStream,
    unsent: VecDeque<u8>,
    /// Since when a packet is under way that is not whole.
    partial: Option<Instant>,
    /// Since when the peer takes nothing of what waits.
    stalled: Option<Instant>,
    patience: Duration,
}

/// Marks a connection as the configuration says. What the system does not take is no reason to
/// drop a call.
pub(super) fn prepare(stream: &TcpStream, config: &H323Config) {
    let socket = SockRef::from(stream);
    let alive = TcpKeepalive::new()
        .with_time(config.keep_alive)
        .with_interval(ASK_AGAIN)
        .with_retries(MAX_UNANSWERED);
    let class = u32::from(config.dscp) << 2;
    let is_v6 = stream.local_addr().is_ok_and(|local| local.is_ipv6());
    let marked = if is_v6 { socket.set_tclass_v6(class) } else { socket.set_tos_v4(class) };
    let done = [stream.set_nodelay(true), socket.set_tcp_keepalive(&alive), marked];
    if done.iter().any(Result::is_err) {
        tracing::debug!("a connection is not marked as configured");
    }
}

impl Wire {
    pub(super) fn new(stream: TcpStream, config: &H323Config) -> Self {
        prepare(&stream, config);
        Self {
            stream,
            packets: TpktStream::default(),
            unsent: VecDeque::new(),
            partial: None,
            stalled: None,
            patience: config.limits.packet,
        }
    }

    /// Our end of it.
    pub(super) fn local_port(&self) -> u16 {
        self.stream.local_addr().map_or(0, |local| local.port())
    }

    /// Sends a packet, as soon as the peer takes it.
    ///
    /// # Errors
    /// [`Lost`]: more than [`MAX_UNSENT`] bytes wait, or the packet is longer than any.
    pub(super) fn send(&mut self, payload: &[u8]) -> Result<(), Lost> {
        let framed = tpkt::frame(payload).ok_or(Lost)?;
        if self.unsent.len() + framed.len() > MAX_UNSENT {
            return Err(Lost);
        }
        self.unsent.extend(framed);
        self.write()
    }

    /// Waits until something was read. Dropping the wait loses nothing.
    ///
    /// # Errors
    /// [`Lost`].
    pub(super) async fn read(&mut self) -> Result<(), Lost> {
        loop {
            let ready = self.ready(Interest::READABLE).await?;
            if ready.is_writable() {
                self.write()?;
            }
            if ready.is_readable() && self.fill()? {
                return Ok(());
            }
        }
    }

    /// The next packet that is whole.
    ///
    /// # Errors
    /// [`Lost`]: the stream has slipped.
    pub(super) fn take(&mut self) -> Result<Option<Vec<u8>>, Lost> {
        let packet = self.packets.take().map_err(|error| {
            tracing::debug!(%error, "a connection of H.323 is out of frame");
            Lost
        })?;
        let packet = packet.map(<[u8]>::to_vec);
        self.partial = match packet {
            // What follows has its own time.
            Some(_) => None,
            None if self.packets.held() > 0 => self.partial.or_else(|| Some(Instant::now())),
            None => None,
        };
        Ok(packet)
    }

    /// Sends what waits, for as long as that may take, and says that nothing follows.
    pub(super) async fn finish(mut self) {
        let until = Instant::now() + self.patience;
        while !self.unsent.is_empty() {
            match timeout_at(until, self.stream.writable()).await {
                Ok(Ok(())) if self.write().is_ok() => {}
                _ => return,
            }
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut self.stream).await;
    }

    async fn ready(&self, interest: Interest) -> Result<tokio::io::Ready, Lost> {
        let interest =
            if self.unsent.is_empty() { interest } else { interest | Interest::WRITABLE };
        let since = [self.partial, self.stalled].into_iter().flatten().min();
        let ready = self.stream.ready(interest);
        let ready = match since {
            Some(since) => timeout_at(since + self.patience, ready).await.map_err(|_| Lost)?,
            None => ready.await,
        };
        ready.map_err(|_| Lost)
    }

    /// Reads what is there. Whether anything was.
    fn fill(&mut self) -> Result<bool, Lost> {
        let mut buffer = [0; READ];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => Err(Lost),
            Ok(read) => {
                let bytes = buffer.get(..read).unwrap_or_default();
                self.packets.push(bytes).map_err(|_| Lost).map(|()| true)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(_) => Err(Lost),
        }
    }

    /// Writes what the system takes.
    fn write(&mut self) -> Result<(), Lost> {
        while !self.unsent.is_empty() {
            match self.try_write() {
                Ok(written) => {
                    self.unsent.drain(..written);
                    self.stalled = None;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.stalled.get_or_insert_with(Instant::now);
                    return Ok(());
                }
                Err(_) => return Err(Lost),
            }
        }
        Ok(())
    }

    fn try_write(&self) -> io::Result<usize> {
        let (front, _) = self.unsent.as_slices();
        self.stream.try_write(front)
    }
}

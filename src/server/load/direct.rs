//! The packets of a telephone: a socket of its own, RTP or SRTP to the address that the answer
//! names.

use super::leg::{Carrier, MAX_PACKET, Received};
use super::material::Payload;
use super::reception::RtpHeader;
use causeway_plan::SrtpSpec;
use causeway_rtp::srtp::{MAX_SRTP_OVERHEAD, SrtpReceiver, SrtpSender};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// The one-byte header extension profile (RFC 8285 section 4.2).
const ONE_BYTE_EXTENSION: [u8; 2] = [0xbe, 0xde];

/// What the answer said of one leg.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Where its RTP goes.
    pub rtp: SocketAddr,
    /// The payload type that we send.
    pub payload_type: u8,
    /// The payload type of the codec that we take.
    pub receive_payload_type: u8,
    /// The payload type of comfort noise, if both speak it.
    pub comfort_noise: Option<u8>,
    /// The identifier of the level extension, if both speak it.
    pub level_extension: Option<u8>,
    /// SRTP, unless in the clear.
    pub srtp: Option<SrtpSpec>,
}

/// A telephone's socket and streams.
#[derive(Debug)]
pub struct Direct {
    socket: UdpSocket,
    stream: Option<Stream>,
}

/// A leg's stream once it has an answer.
#[derive(Debug)]
struct Stream {
    remote: Remote,
    ssrc: u32,
    sequence: u16,
    silent: bool,
    protect: Option<SrtpSender>,
    open: Option<SrtpReceiver>,
}

impl Direct {
    /// Binds a socket on `local`.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(local: IpAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind((local, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, stream: None })
    }

    /// The address that the offer names.
    ///
    /// # Errors
    /// What the system says.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl Carrier for Direct {
    type Answer = Remote;

    fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// To and from `remote` alone.
    fn start(&mut self, remote: Remote, ssrc: u32) -> io::Result<()> {
        self.socket.connect(remote.rtp)?;
        let (mut protect, mut open) = (None, None);
        if let Some(srtp) = &remote.srtp {
            protect = Some(SrtpSender::new(srtp.suite, &srtp.send).ok_or(BAD_KEY)?);
            open = Some(SrtpReceiver::new(srtp.suite, &srtp.receive).ok_or(BAD_KEY)?);
        }
        let sequence = ssrc as u16 & 0x7fff;
        self.stream = Some(Stream { remote, ssrc, sequence, silent: true, protect, open });
        Ok(())
    }

    fn stop(&mut self) {
        self.stream = None;
    }

    fn is_active(&self) -> bool {
        self.stream.is_some()
    }

    fn send(&mut self, timestamp: u32, payload: &Payload) -> io::Result<bool> {
        let Some(stream) = &mut self.stream else { return Ok(false) };
        if payload.bytes.is_empty() {
            stream.silent = true;
            return Ok(false);
        }
        let mut packet = [0; MAX_PACKET + MAX_SRTP_OVERHEAD];
        let len = stream.write(&mut packet, timestamp, payload).ok_or(TOO_LONG)?;
        let packet = packet.get(..len).ok_or(TOO_LONG)?;
        match self.socket.send(packet) {
            Ok(_) => Ok(true),
            // The port at the other side is not open yet, or no longer.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn receive(&mut self, packet: &mut [u8], opened: bool) -> Option<Received> {
        let mut len = self.socket.recv(packet).ok()?;
        let packet = packet.get_mut(..len)?;
        let header = RtpHeader::parse(packet)?;
        let stream = self.stream.as_mut()?;
        let mut payload = 0..0;
        if opened && header.payload_type == stream.remote.receive_payload_type {
            if let Some(open) = &mut stream.open {
                len = open.unprotect_rtp(packet).ok()?;
            }
            payload = header.len..len;
        }
        Some(Received { header, payload })
    }
}

impl Stream {
    /// Writes the next packet; its length.
    fn write(&mut self, packet: &mut [u8], timestamp: u32, payload: &Payload) -> Option<usize> {
        let (payload_type, marker) = match (payload.comfort_noise, self.remote.comfort_noise) {
            (true, comfort_noise) => (comfort_noise?, false),
            (false, _) => (self.remote.payload_type, self.silent),
        };
        self.silent = payload.comfort_noise;
        let extension = self.remote.level_extension;
        let mut header = [0; 20];
        header[0] = 0x80 | if extension.is_some() { 0x10 } else { 0 };
        header[1] = payload_type | if marker { 0x80 } else { 0 };
        header[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        header[4..8].copy_from_slice(&timestamp.to_be_bytes());
        header[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        let mut len = 12;
        if let Some(id) = extension {
            header[12..14].copy_from_slice(&ONE_BYTE_EXTENSION);
            header[15] = 1;
            // Length 1 is written as 0; the highest bit says voice (RFC 6464 section 3).
            header[16] = id << 4;
            header[17] = payload.level | if payload.level < 40 { 0x80 } else { 0 };
            len = 20;
        }
        self.sequence = self.sequence.wrapping_add(1);
        packet.get_mut(..len)?.copy_from_slice(header.get(..len)?);
        let end = len + payload.bytes.len();
        packet.get_mut(len..end)?.copy_from_slice(&payload.bytes);
        match &mut self.protect {
            Some(protect) => protect.protect_rtp(packet, end).ok(),
            None => Some(end),
        }
    }
}

const TOO_LONG: io::ErrorKind = io::ErrorKind::InvalidData;
const BAD_KEY: io::ErrorKind = io::ErrorKind::InvalidInput;

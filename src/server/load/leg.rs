//! The media of one call: a socket, a loop that is sent, and what comes back.

use super::codec::PACKET_MS;
use super::ear::Ear;
use super::material::Payload;
use super::reception::{Reception, RtpHeader};
use causeway_base::Codec;
use causeway_plan::SrtpSpec;
use causeway_rtp::srtp::{MAX_SRTP_OVERHEAD, SrtpReceiver, SrtpSender};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Bytes of the largest packet that is sent or read.
const MAX_PACKET: usize = 1_500;

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

/// What a leg does in the conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Speaks with the voice of this number.
    Talker(usize),
    /// Sends a quiet room.
    Listener,
}

/// One leg's media.
#[derive(Debug)]
pub struct Leg {
    /// What it does.
    pub role: Role,
    /// When in each 20 ms it sends.
    pub phase: Duration,
    /// What it receives.
    pub reception: Reception,
    /// Listens at present.
    pub ear: Option<Ear>,
    /// RTP packets sent since the measured window began.
    pub sent: u64,
    codec: Codec,
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

impl Leg {
    /// Binds a socket on `local` for a leg.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(local: IpAddr, codec: Codec, role: Role, phase: Duration) -> io::Result<Self> {
        let socket = UdpSocket::bind((local, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            role,
            phase,
            reception: Reception::default(),
            ear: None,
            sent: 0,
            codec,
            socket,
            stream: None,
        })
    }

    /// The address that the offer names.
    ///
    /// # Errors
    /// What the system says.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The socket, to wait on.
    pub fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// Begins to send to and to take from `remote` alone.
    ///
    /// # Errors
    /// What the system says; `InvalidInput` for a key that does not fit its suite.
    pub fn start(&mut self, remote: Remote, ssrc: u32) -> io::Result<()> {
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

    /// Sends and takes nothing any more.
    pub fn stop(&mut self) {
        self.stream = None;
    }

    /// Whether it sends.
    pub fn is_active(&self) -> bool {
        self.stream.is_some()
    }

    /// Forgets what was counted.
    pub fn reset(&mut self) {
        self.reception.reset();
        self.sent = 0;
    }

    /// Sends the payload of one 20 ms round.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&mut self, round: u64, payload: &Payload) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        if payload.bytes.is_empty() {
            stream.silent = true;
            return Ok(());
        }
        let clock = self.codec.clock_rate();
        let timestamp = (round as u32).wrapping_mul(clock / 1000 * PACKET_MS);
        let mut packet = [0; MAX_PACKET + MAX_SRTP_OVERHEAD];
        let len = stream.write(&mut packet, timestamp, payload).ok_or(TOO_LONG)?;
        let packet = packet.get(..len).ok_or(TOO_LONG)?;
        match self.socket.send(packet) {
            Ok(_) => self.sent += 1,
            // The port at the other side is not open yet, or no longer.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Takes one packet; says how late it came. `None` if it was not ours to take.
    pub fn receive(&mut self) -> Option<Duration> {
        let mut packet = [0; MAX_PACKET];
        let len = self.socket.recv(&mut packet).ok()?;
        let now = Instant::now();
        let packet = packet.get_mut(..len)?;
        let header = RtpHeader::parse(packet)?;
        let stream = self.stream.as_mut()?;
        let lateness = self.reception.count(now, &header, self.codec.clock_rate());
        if let Some(ear) = &mut self.ear
            && header.payload_type == stream.remote.receive_payload_type
        {
            // Opened only where somebody listens: the load must stay cheap.
            let len = match &mut stream.open {
                Some(open) => open.unprotect_rtp(packet).ok()?,
                None => len,
            };
            ear.push(now, packet.get(header.len..len)?);
        }
        Some(lateness)
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
